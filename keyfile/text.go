package keyfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
)

const (
	keyLen      = 32
	sumLen      = 4
	header      = "contactsync keys 1"
	fingerprint = "fingerprint"
	journal     = "journal"
	footer      = "end"
)

func encode(k contactsync.Keys) string {
	lines := []string{header, line(fingerprint, k.Fingerprint)}
	for _, key := range append([][]byte{k.Journal}, k.FormerJournal...) {
		lines = append(lines, line(journal, key))
	}
	return strings.Join(append(lines, footer, ""), "\n")
}

func line(name string, key []byte) string {
	return fmt.Sprintf("%s %x %x", name, key, sum(name, key))
}

func sum(name string, key []byte) []byte {
	s := sha256.Sum256(append([]byte("contactsync keys "+name+" "), key...))
	return s[:sumLen]
}

// decode reads the text of a file. Its errors hold nothing of it.
func decode(text string) (k contactsync.Keys, err error) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if lines[0] != header {
		return k, fmt.Errorf("it does not begin with %q", header)
	}
	if lines = lines[1:]; len(lines) < 2 || lines[len(lines)-1] != "" || lines[len(lines)-2] != footer {
		return k, errors.New("its end is missing")
	}
	for i, text := range lines[:len(lines)-2] {
		name, key, ok := readLine(text)
		switch {
		case !ok, name == fingerprint && k.Fingerprint != nil:
			return contactsync.Keys{}, fmt.Errorf("line %d is damaged", i+2)
		case name == fingerprint:
			k.Fingerprint = key
		case k.Journal == nil:
			k.Journal = key
		default:
			k.FormerJournal = append(k.FormerJournal, key)
		}
	}
	if k.Fingerprint == nil || k.Journal == nil {
		return contactsync.Keys{}, errors.New("a key is missing")
	}
	return k, nil
}

func readLine(text string) (name string, key []byte, ok bool) {
	parts := strings.Split(text, " ")
	if len(parts) != 3 || parts[0] != fingerprint && parts[0] != journal {
		return "", nil, false
	}
	key, err := hex.DecodeString(parts[1])
	if err != nil || len(key) != keyLen || parts[2] != hex.EncodeToString(sum(parts[0], key)) {
		return "", nil, false
	}
	return parts[0], key, true
}
