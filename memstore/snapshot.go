package memstore

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Errors of reading a snapshot, which then leaves what is in memory as it was.
var (
	// ErrDamaged says that what is read is not a whole snapshot of the right kind, as it was saved.
	ErrDamaged = errors.New("memstore: not an undamaged snapshot")
	// ErrNewer says that a newer version of this package has written the snapshot.
	ErrNewer = errors.New("memstore: snapshot of a newer version")
)

// A snapshot is a line of text that says of what it is and in which version, and then frames:
//
//	tag (a byte), length of the payload (a uvarint), payload, CRC-32C of all of these (four bytes, little-endian)
//
// The last frame has the tag frameEnd and the number of frames before it.
const (
	snapshotVersion = 1
	frameEnd        = byte('.')
	maxFrame        = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// snapshotWriter writes frames. After an error it writes nothing more, and close tells it.
type snapshotWriter struct {
	out    counter
	w      *bufio.Writer
	frames uint64
	err    error
}

func newSnapshotWriter(w io.Writer, kind string) *snapshotWriter {
	s := &snapshotWriter{out: counter{w: w}}
	s.w = bufio.NewWriterSize(&s.out, 1<<16)
	_, s.err = s.w.WriteString(snapshotHeader(kind, snapshotVersion))
	return s
}

func snapshotHeader(kind string, version int) string {
	return fmt.Sprintf("contactsync %s snapshot %d\n", kind, version)
}

// counter counts the bytes that a writer took.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func (s *snapshotWriter) frame(tag byte, payload string) {
	if s.err != nil {
		return
	}
	if len(payload) > maxFrame {
		s.err = fmt.Errorf("a part of %d bytes is too large", len(payload))
		return
	}
	head := binary.AppendUvarint([]byte{tag}, uint64(len(payload)))
	sum := crc32.Update(crc32.Update(0, castagnoli, head), castagnoli, []byte(payload))
	s.w.Write(head)
	s.w.WriteString(payload)
	_, s.err = s.w.Write(binary.LittleEndian.AppendUint32(nil, sum))
	s.frames++
}

func (s *snapshotWriter) json(tag byte, v any) {
	payload, err := json.Marshal(v)
	if s.err == nil && err != nil {
		s.err = err
	}
	s.frame(tag, string(payload))
}

// close ends the snapshot, and answers as [io.WriterTo] does.
func (s *snapshotWriter) close() (int64, error) {
	s.frame(frameEnd, string(binary.AppendUvarint(nil, s.frames)))
	if s.err == nil {
		s.err = s.w.Flush()
	}
	if s.err != nil {
		return s.out.n, fmt.Errorf("memstore: snapshot: %w", s.err)
	}
	return s.out.n, nil
}
