package memstore_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// persistent is what each of the three can do.
type persistent interface {
	io.WriterTo
	io.ReaderFrom
}

// filledStore is a CRM with everything that a snapshot must carry.
func filledStore(t testing.TB) *memstore.Store {
	crm := memstore.NewStore(people)
	for _, tenant := range []string{"acme", "globex"} {
		tenantPeople := crm.Tenant(tenant)
		for _, id := range []string{"a", "b", "c", "d", "e"} {
			_, err := tenantPeople.Put(id, values(people, "last", "Zoë of "+tenant+" "+id, "mobile", "+44 20 7946 0101"))
			require.NoError(t, err)
		}
		require.NoError(t, tenantPeople.Delete("b"))
		require.NoError(t, tenantPeople.Merge("c", "a"))
		require.NoError(t, tenantPeople.Hide("d", "u17"))
		require.NoError(t, tenantPeople.Share("e", "u17", "u18"))
	}
	_, err := crm.Apply(t.Context(), crmScope, []contactsync.Write{{Op: contactsync.Create, Stamp: "1stamp", Set: values(people, "last", "New")}})
	require.NoError(t, err)
	return crm
}

func filledDirectory(t testing.TB) *memstore.Directory {
	outlook := memstore.NewDirectory()
	outlook.StampsInChanges = true
	box := outlook.Mailbox(mailbox)
	outlook.Mailbox(contactsync.Mailbox{Account: "empty"})
	sc := contactsync.Scope{Mailbox: mailbox, Kind: record.Contact}
	var writes []contactsync.Write
	for i := range 5 {
		writes = append(writes, contactsync.Write{Op: contactsync.Create, Stamp: fmt.Sprint("1", i), Set: values(record.OutlookContact, "surname", fmt.Sprint("Zoë ", i))})
	}
	res, err := outlook.Apply(t.Context(), sc, writes)
	require.NoError(t, err)
	other := box.AddFolder(record.Contact, "Other")
	gone := box.AddFolder(record.Contact, "Gone")
	require.NoError(t, box.Move(res[0].ID, other.ID))
	require.NoError(t, box.Delete(res[1].ID))
	_, err = box.Copy(res[2].ID, other.ID)
	require.NoError(t, err)
	require.NoError(t, box.SetPrivate(res[3].ID, true))
	require.NoError(t, box.DeleteFolder(gone.ID))
	return outlook
}

func filledState(t testing.TB) *memstore.State {
	s := memstore.NewState()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, id := range []string{"c1", "c2"} {
		require.NoError(t, s.PutConnection(t.Context(), contactsync.Connection{ID: id, Tenant: "acme", Mailbox: contactsync.Mailbox{Account: id}}))
		l, err := s.Acquire(t.Context(), id, "w", now, time.Minute)
		require.NoError(t, err)
		require.NoError(t, s.Post(t.Context(), contactsync.Message{Conn: id, CRMIDs: []string{"a"}}))
		b := contactsync.Batch{
			Problems: []contactsync.Problem{{ID: "p1", Conn: id, RetryAt: now, Message: "Zoë's"}},
			Report:   &contactsync.Report{Conn: id, Diverged: map[string]int{"cut": 1}, Halt: &contactsync.Halt{Count: 3}},
		}
		for n := range 2 {
			b.Links = append(b.Links, bigLink(id, n))
			b.Known = append(b.Known, contactsync.Known{})
			b.Known[n].ID, b.Known[n].Emails = fmt.Sprint("k", n), []uint64{uint64(n % 3)}
		}
		require.NoError(t, s.Save(t.Context(), l, b))
		_, err = s.Claim(t.Context(), "acme", id, []uint64{1, 2, 3}, now, now.Add(time.Hour))
		require.NoError(t, err)
	}
	return s
}

// snapshots are the three, filled and empty.
var snapshots = []struct {
	kind   string
	filled func(t testing.TB) persistent
	empty  func() persistent
}{
	{"store", func(t testing.TB) persistent { return filledStore(t) }, func() persistent { return memstore.NewStore(people) }},
	{"directory", func(t testing.TB) persistent { return filledDirectory(t) }, func() persistent { return memstore.NewDirectory() }},
	{"state", func(t testing.TB) persistent { return filledState(t) }, func() persistent { return memstore.NewState() }},
}

func write(t testing.TB, from io.WriterTo) []byte {
	t.Helper()
	var b bytes.Buffer
	n, err := from.WriteTo(&b)
	require.NoError(t, err)
	require.EqualValues(t, b.Len(), n)
	return b.Bytes()
}

// TestSnapshotIsWhole: what was loaded writes the same snapshot again.
func TestSnapshotIsWhole(t *testing.T) {
	for _, tt := range snapshots {
		t.Run(tt.kind, func(t *testing.T) {
			first := write(t, tt.filled(t))
			loaded := tt.empty()
			n, err := loaded.ReadFrom(iotest.OneByteReader(bytes.NewReader(first)))
			require.NoError(t, err)
			require.EqualValues(t, len(first), n)
			if diff := cmp.Diff(lines(first), lines(write(t, loaded))); diff != "" {
				t.Errorf("the snapshot of what was loaded differs (-first +second):\n%s", diff)
			}
		})
	}
}

func lines(b []byte) []string { return strings.Split(string(b), "\n") }

// TestSnapshotDamaged changes a snapshot at every byte and cuts it at many: each is told, and changes nothing.
func TestSnapshotDamaged(t *testing.T) {
	for _, tt := range snapshots {
		t.Run(tt.kind, func(t *testing.T) {
			whole := write(t, tt.filled(t))
			into := tt.filled(t)
			before := write(t, into)
			refuse := func(what string, damaged []byte) {
				t.Helper()
				_, err := into.ReadFrom(bytes.NewReader(damaged))
				if !errors.Is(err, memstore.ErrDamaged) && !errors.Is(err, memstore.ErrNewer) {
					t.Fatalf("%s: error %v", what, err)
				}
			}
			for i := range whole {
				if i%5 == 0 {
					refuse(fmt.Sprintf("cut at byte %d of %d", i, len(whole)), whole[:i])
				}
				changed := bytes.Clone(whole)
				changed[i] ^= 1 << (i % 8)
				refuse(fmt.Sprintf("byte %d of %d changed", i, len(whole)), changed)
			}
			refuse("something after its end", append(bytes.Clone(whole), 'x'))
			require.Equal(t, before, write(t, into), "a refused snapshot has changed something")
		})
	}
}

func TestSnapshotOfAnotherKindOrVersion(t *testing.T) {
	for _, tt := range snapshots {
		t.Run(tt.kind, func(t *testing.T) {
			whole := string(write(t, tt.filled(t)))
			_, rest, _ := strings.Cut(whole, "\n")
			for head, want := range map[string]error{
				"contactsync " + tt.kind + " snapshot 2":  memstore.ErrNewer,
				"contactsync " + tt.kind + " snapshot 0":  memstore.ErrDamaged,
				"contactsync nothing snapshot 1":          memstore.ErrDamaged,
				"":                                        memstore.ErrDamaged,
				"BEGIN:VCARD":                             memstore.ErrDamaged,
				strings.Repeat("contactsync ", 100_000):   memstore.ErrDamaged,
				"contactsync " + tt.kind + " snapshot 1 ": memstore.ErrDamaged,
			} {
				_, err := tt.empty().ReadFrom(strings.NewReader(head + "\n" + rest))
				require.ErrorIs(t, err, want, "%.40q", head)
			}
			broken := errors.New("the disk is broken")
			_, err := tt.empty().ReadFrom(iotest.ErrReader(broken))
			require.ErrorIs(t, err, broken)
			_, err = tt.empty().ReadFrom(io.MultiReader(strings.NewReader(whole[:len(whole)/2]), iotest.ErrReader(broken)))
			require.ErrorIs(t, err, broken)
			require.NotErrorIs(t, err, memstore.ErrDamaged)
		})
	}
}

// TestSnapshotUnderAnotherSchema names what does not fit.
func TestSnapshotUnderAnotherSchema(t *testing.T) {
	small, err := record.NewSchema(record.Contact, record.Field{Name: "last", Type: record.Name}, record.Field{Name: "new"})
	require.NoError(t, err)
	_, err = memstore.NewStore(small).ReadFrom(bytes.NewReader(write(t, filledStore(t))))
	require.ErrorIs(t, err, record.ErrUnknownField)
	require.ErrorContains(t, err, "mobile")
	_, err = memstore.NewStore().ReadFrom(bytes.NewReader(write(t, filledStore(t))))
	require.ErrorContains(t, err, `no schema for "contact" records`)

	// A field that came after the snapshot is known to be empty.
	crm := memstore.NewStore(small)
	_, err = crm.Tenant("acme").Put("a", values(small, "last", "Ada"))
	require.NoError(t, err)
	larger, err := record.NewSchema(record.Contact, append(small.Fields(), record.Field{Name: "newer"})...)
	require.NoError(t, err)
	loaded := memstore.NewStore(larger)
	require.NoError(t, reload(crm, loaded))
	r, _ := loaded.Tenant("acme").Record("a")
	require.Equal(t, "Ada", r.Fields.Text("last"))
	require.True(t, r.Fields.Known("newer"))
}

// TestCursorsOutliveSnapshots: who has read up to a cursor goes on from it, and people's handles stay good.
func TestCursorsOutliveSnapshots(t *testing.T) {
	crm := filledStore(t)
	want, next := told(t, crm, crmScope, "last", "")
	loaded := memstore.NewStore(people)
	acme, other := loaded.Tenant("acme"), loaded.Tenant("other")
	_, err := other.Put("x", values(people, "last", "X"))
	require.NoError(t, err)
	require.NoError(t, reload(crm, loaded))
	got, _ := told(t, loaded, crmScope, "last", "")
	require.Empty(t, cmp.Diff(want, got, cmpopts.EquateEmpty()))
	require.Empty(t, other.Records(record.Contact), "what was not in the snapshot is gone")

	require.NoError(t, acme.Edit("a", values(people, "last", "Later")))
	got, _ = told(t, loaded, crmScope, "last", next)
	require.Equal(t, map[string]string{"a": "Later"}, got)
	res, err := loaded.Apply(t.Context(), crmScope, []contactsync.Write{{Op: contactsync.Create, Stamp: "1stamp"}, {Op: contactsync.Create, Stamp: "1other"}})
	require.NoError(t, err)
	require.True(t, res[0].Existed)
	require.NotEqual(t, res[0].ID, res[1].ID)

	outlook := filledDirectory(t)
	sc := contactsync.Scope{Mailbox: mailbox, Kind: record.Contact}
	want, next = told(t, outlook, sc, "surname", "")
	again := memstore.NewDirectory()
	again.StampsInChanges = true
	box := again.Mailbox(mailbox)
	require.NoError(t, reload(outlook, again))
	got, _ = told(t, again, sc, "surname", "")
	require.Equal(t, want, got)
	added, err := box.Add("", values(record.OutlookContact, "surname", "Later"))
	require.NoError(t, err)
	got, _ = told(t, again, sc, "surname", next)
	require.Equal(t, map[string]string{added.ID: "Later"}, got)
}

// TestLoadedStateIsLocked: a lease outlives the process that holds it.
func TestLoadedStateIsLocked(t *testing.T) {
	s := memstore.NewState()
	require.NoError(t, reload(filledState(t), s))
	now := time.Date(2026, 3, 2, 9, 0, 30, 0, time.UTC)
	_, err := s.Acquire(t.Context(), "c1", "other", now, time.Minute)
	require.ErrorIs(t, err, contactsync.ErrBusy)
	l, err := s.Acquire(t.Context(), "c1", "other", now.Add(time.Hour), time.Minute)
	require.NoError(t, err)
	require.EqualValues(t, 2, l.Token)
	require.Len(t, l.Retry, 1)
	require.Len(t, l.Messages, 1)
}

func TestSaveFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state")
	require.ErrorIs(t, memstore.LoadFile(path, memstore.NewState()), fs.ErrNotExist)
	state := filledState(t)
	require.NoError(t, memstore.SaveFile(path, state))
	loaded := memstore.NewState()
	require.NoError(t, memstore.LoadFile(path, loaded))
	require.Equal(t, write(t, state), write(t, loaded))

	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

	// A save that fails half way leaves the old file, and nothing else.
	broken := errors.New("the disk is full")
	require.ErrorIs(t, memstore.SaveFile(path, halfWay{broken}), broken)
	require.NoError(t, memstore.LoadFile(path, memstore.NewState()))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)

	require.Error(t, memstore.SaveFile(filepath.Join(dir, "no", "such", "folder"), state))
	require.NoError(t, os.WriteFile(path, []byte("contactsync state snapshot 1\nL"), 0o600))
	err = memstore.LoadFile(path, loaded)
	require.ErrorIs(t, err, memstore.ErrDamaged)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "part 1")
}

type halfWay struct{ err error }

func (h halfWay) WriteTo(w io.Writer) (int64, error) {
	n, _ := w.Write([]byte("half"))
	return int64(n), h.err
}

// failing takes some bytes and then no more.
type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if f.left < len(p) {
		return f.left, errors.New("the disk is full")
	}
	f.left -= len(p)
	return len(p), nil
}

func TestWriteToFails(t *testing.T) {
	for _, tt := range snapshots {
		from := tt.filled(t)
		size := len(write(t, from))
		for left := 0; left < size; left += 1 + size/20 {
			_, err := from.WriteTo(&failing{left})
			require.ErrorContains(t, err, "the disk is full")
		}
	}
}

// seal makes a snapshot of frames without checksums: tag, length (two bytes), payload, again and again. So a fuzzer gets past
// the checksums.
func seal(kind string, data []byte) []byte {
	out := []byte("contactsync " + kind + " snapshot 1\n")
	frames := uint64(0)
	add := func(tag byte, payload []byte) {
		start := len(out)
		out = append(binary.AppendUvarint(append(out, tag), uint64(len(payload))), payload...)
		out = binary.LittleEndian.AppendUint32(out, crc32.Checksum(out[start:], crc32.MakeTable(crc32.Castagnoli)))
		frames++
	}
	for len(data) >= 3 {
		n := min(int(data[1])|int(data[2])<<8, len(data)-3)
		if data[0] != '.' {
			add(data[0], data[3:3+n])
		}
		data = data[3+n:]
	}
	add('.', binary.AppendUvarint(nil, frames))
	return out
}

// unseal is the reverse.
func unseal(t testing.TB, snapshot []byte) []byte {
	_, rest, _ := bytes.Cut(snapshot, []byte("\n"))
	var out []byte
	for len(rest) > 0 {
		n, size := binary.Uvarint(rest[1:])
		out = append(out, rest[0], byte(n), byte(n>>8))
		out = append(out, rest[1+size:1+size+int(n)]...)
		rest = rest[1+size+int(n)+4:]
	}
	return out
}

func TestSeal(t *testing.T) {
	for _, tt := range snapshots {
		whole := write(t, tt.filled(t))
		require.Equal(t, whole, seal(tt.kind, unseal(t, whole)))
	}
}

// FuzzReadFrom reads frames of all kinds, with the right checksums: whatever they hold is refused, or can be kept.
func FuzzReadFrom(f *testing.F) {
	for _, tt := range snapshots {
		f.Add(unseal(f, write(f, tt.filled(f))))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, tt := range snapshots {
			into := tt.empty()
			if _, err := into.ReadFrom(bytes.NewReader(seal(tt.kind, data))); err != nil {
				continue
			}
			again := tt.empty()
			if _, err := again.ReadFrom(bytes.NewReader(write(t, into))); err != nil {
				t.Errorf("a %s that was loaded cannot be loaded again: %v", tt.kind, err)
			}
			use(t, into)
		}
	})
}

// use works on what was loaded, whatever it is.
func use(t *testing.T, loaded persistent) {
	switch loaded := loaded.(type) {
	case *memstore.Store:
		got, _ := told(t, loaded, crmScope, "last", "")
		for id := range got {
			if err := loaded.Tenant("acme").Edit(id, values(people, "last", "edited")); err != nil && !errors.Is(err, contactsync.ErrNotFound) {
				t.Error(err)
			}
		}
	case *memstore.Directory:
		sc := contactsync.Scope{Mailbox: mailbox, Kind: record.Contact}
		page, err := loaded.Changes(t.Context(), sc, "")
		if err != nil {
			return // without the mailbox, or its folder
		}
		for _, c := range page.Changes {
			if err := loaded.Mailbox(mailbox).Delete(c.ID); err != nil && c.Record != nil {
				t.Error(err)
			}
		}
	case *memstore.State:
		conns, err := loaded.Connections(t.Context(), "acme")
		require.NoError(t, err)
		for _, c := range conns {
			l, err := loaded.Acquire(t.Context(), c.ID, "fuzz", time.Unix(1<<40, 0), time.Minute)
			require.NoError(t, err)
			links, err := loaded.Links(t.Context(), c.ID, "", 100)
			require.NoError(t, err)
			require.NoError(t, loaded.Save(t.Context(), l, contactsync.Batch{Links: links}))
		}
	}
}
