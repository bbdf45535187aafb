package memstore

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/seed-42871e99/crmsync/internal/statecode"
)

// readSnapshot calls visit with every frame of a snapshot of the kind. It returns how many bytes it read.
func readSnapshot(from io.Reader, kind string, visit func(tag byte, payload string) error) (int64, error) {
	read := counting{r: from}
	in := frameReader{in: bufio.NewReaderSize(&read, 1<<16)}
	err := in.header(kind)
	if err == nil {
		err = in.frames(visit)
	}
	if errors.Is(err, statecode.ErrMalformed) {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return read.n, err
}

// counting counts the bytes that a reader gave.
type counting struct {
	r io.Reader
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

type frameReader struct {
	in   *bufio.Reader
	body bytes.Buffer
}

func (f *frameReader) header(kind string) error {
	line, err := f.in.ReadSlice('\n')
	if err != nil && err != bufio.ErrBufferFull && err != io.EOF {
		return fmt.Errorf("memstore: snapshot: %w", err)
	}
	var of string
	var version int
	if fmt.Sscanf(string(line), "contactsync %s snapshot %d\n", &of, &version); version < 1 || snapshotHeader(of, version) != string(line) {
		return fmt.Errorf("%w: it does not begin as one", statecode.ErrMalformed)
	}
	if of != kind {
		return fmt.Errorf("%w: it is of a %s, not of a %s", statecode.ErrMalformed, of, kind)
	}
	if version > snapshotVersion {
		return fmt.Errorf("%w: it has version %d, this package reads up to %d", ErrNewer, version, snapshotVersion)
	}
	return nil
}

func (f *frameReader) frames(visit func(tag byte, payload string) error) error {
	for n := uint64(0); ; n++ {
		tag, payload, err := f.next()
		if err == nil && tag == frameEnd {
			return f.end(payload, n)
		}
		if err == nil {
			err = visit(tag, payload)
		}
		if err != nil {
			return fmt.Errorf("memstore: snapshot: part %d: %w", n+1, err)
		}
	}
}

func (f *frameReader) end(payload string, n uint64) error {
	r := statecode.NewReader(payload)
	if want := r.Uvarint(); r.End() != nil || want != n {
		return fmt.Errorf("%w: parts are missing", statecode.ErrMalformed)
	}
	if _, err := f.in.ReadByte(); err != io.EOF {
		return fmt.Errorf("%w: there is more after its end", statecode.ErrMalformed)
	}
	return nil
}

func (f *frameReader) next() (tag byte, payload string, err error) {
	if tag, err = f.in.ReadByte(); err != nil {
		return 0, "", early(err)
	}
	n, err := binary.ReadUvarint(f.in)
	if err != nil {
		return 0, "", early(err)
	}
	if n > maxFrame {
		return 0, "", fmt.Errorf("%w: a length of %d", statecode.ErrMalformed, n)
	}
	f.body.Reset() // it grows with what is there, not with what the length says
	if _, err := io.CopyN(&f.body, f.in, int64(n)+4); err != nil {
		return 0, "", early(err)
	}
	data := f.body.Bytes()
	head := binary.AppendUvarint([]byte{tag}, n)
	sum := crc32.Update(crc32.Update(0, castagnoli, head), castagnoli, data[:n])
	if sum != binary.LittleEndian.Uint32(data[n:]) {
		return 0, "", fmt.Errorf("%w: the checksum is wrong", statecode.ErrMalformed)
	}
	return tag, string(data[:n]), nil
}

// early says in words that a snapshot ends too soon.
func early(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: it ends too early", statecode.ErrMalformed)
	}
	return err
}

// readJSON reads a payload, all of it and nothing it does not know.
func readJSON(payload string, v any) error {
	d := json.NewDecoder(bytes.NewReader([]byte(payload)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%w: %w", statecode.ErrMalformed, err)
	}
	return nil
}
