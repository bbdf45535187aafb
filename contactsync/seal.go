package contactsync

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// A sealed entry is, in this order: the version of the form, which key it is under, the nonce, the ciphertext with its tag.
const (
	sealVersion = 1
	sealKeyMark = 8 // bytes that tell keys apart
	sealKeyLen  = 32
)

// sealer seals and opens journal entries. It is immutable.
type sealer struct{ keys [][]byte } // the one in use first

func newSealer(k Keys) (*sealer, error) {
	s := &sealer{}
	for i, key := range append([][]byte{k.Journal}, k.FormerJournal...) {
		if len(key) != sealKeyLen {
			field := "Journal"
			if i > 0 {
				field = "FormerJournal"
			}
			return nil, &InvalidError{Field: field, Reason: fmt.Sprintf("a key has %d bytes, it needs %d", len(key), sealKeyLen)}
		}
		s.keys = append(s.keys, bytes.Clone(key))
	}
	return s, nil
}

// derive makes a key for one purpose, so that no key ever seals more than a run's entries.
func derive(key []byte, purpose string, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(bound(append([]string{"contactsync journal", purpose}, parts...)...))
	return h.Sum(nil)
}

// bound writes texts after another so that they cannot run into each other.
func bound(texts ...string) []byte {
	var b []byte
	for _, t := range texts {
		b = binary.AppendUvarint(b, uint64(len(t)))
		b = append(b, t...)
	}
	return b
}

// markOf tells a key from others, and nothing else of it.
func markOf(key []byte) []byte { return derive(key, "mark")[:sealKeyMark] }

// runSealer seals and opens the entries of one run.
type runSealer struct {
	conn  string
	run   uint64
	marks [][]byte
	aeads []cipher.AEAD // by key
}

func (s *sealer) of(conn string, run uint64) *runSealer {
	r := &runSealer{conn: conn, run: run}
	for _, key := range s.keys {
		block, err := aes.NewCipher(derive(key, "run", conn, fmt.Sprint(run)))
		if err != nil {
			panic("contactsync: a derived key of the wrong length: " + err.Error())
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			panic("contactsync: AES without GCM: " + err.Error())
		}
		r.marks, r.aeads = append(r.marks, markOf(key)), append(r.aeads, aead)
	}
	return r
}

// about is what an entry is bound to.
func (r *runSealer) about(e *JournalEntry) []byte {
	return bound("contactsync journal entry", r.conn, fmt.Sprint(r.run), fmt.Sprint(e.Seq), e.Link)
}

func (r *runSealer) seal(e *JournalEntry, plain []byte) {
	head := append([]byte{sealVersion}, r.marks[0]...)
	e.Sealed = r.aeads[0].Seal(head, nil, plain, r.about(e))
}

var errDamaged = errors.New("it is damaged, or was not written for its place")

// open returns what was sealed. [ErrJournalKey] where none of the keys is the one it is under.
func (r *runSealer) open(e *JournalEntry) ([]byte, error) {
	if len(e.Sealed) < 1+sealKeyMark || e.Sealed[0] != sealVersion {
		return nil, errDamaged
	}
	mark, rest := e.Sealed[1:1+sealKeyMark], e.Sealed[1+sealKeyMark:]
	for i := range r.marks {
		if !bytes.Equal(mark, r.marks[i]) {
			continue
		}
		plain, err := r.aeads[i].Open(nil, nil, rest, r.about(e))
		if err != nil {
			return nil, errDamaged
		}
		return plain, nil
	}
	return nil, ErrJournalKey
}
