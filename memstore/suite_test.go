package memstore_test

import (
	"bytes"
	"context"
	"io"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// people is the schema of the CRM in these tests, with a field of every shape and type.
var people = func() *record.Schema {
	s, err := record.NewSchema(record.Contact,
		record.Field{Name: "first", Type: record.Name},
		record.Field{Name: "last", Type: record.Name},
		record.Field{Name: "title", MaxLen: 64},
		record.Field{Name: "emails", Type: record.Email, Shape: record.List, MaxCount: 5},
		record.Field{Name: "mobile", Type: record.Phone},
		record.Field{Name: "born", Type: record.Date},
		record.Field{Name: "met", Type: record.Time},
		record.Field{Name: "site", Type: record.URL},
		record.Field{Name: "former", Type: record.Bool},
		record.Field{Name: "tags", Shape: record.Set},
		record.Field{Name: "company", Type: record.Reference},
		record.Field{Name: "owner", ReadOnly: true},
	)
	if err != nil {
		panic(err)
	}
	return s
}()

var (
	crmScope = contactsync.Scope{Tenant: "acme", User: "u17", Kind: record.Contact}
	mailbox  = contactsync.Mailbox{Account: "a1", User: "ada@example.com"}
)

func storeConfig(pageSize int, form func(*memstore.Store) contactsync.Store) contactsynctest.StoreConfig {
	// The helpers of the CRM's user work on the store inside, whatever form the suite gets to see.
	inside := map[contactsync.Store]*memstore.Store{}
	return contactsynctest.StoreConfig{
		New: func(*testing.T) contactsync.Store {
			s := memstore.NewStore(people)
			s.PageSize = pageSize
			shown := form(s)
			inside[shown] = s
			return shown
		},
		Scope:    crmScope,
		Schema:   people,
		Required: []string{},
		Hide:     func(s contactsync.Store, id string) error { return inside[s].Tenant("acme").Hide(id, "u17") },
		Merge: func(s contactsync.Store, loser, survivor string) error {
			return inside[s].Tenant("acme").Merge(loser, survivor)
		},
		Stranger: &contactsync.Scope{Tenant: "globex", User: "u17"},
	}
}

func TestStore(t *testing.T) {
	contactsynctest.Store(t, storeConfig(0, func(s *memstore.Store) contactsync.Store { return s }))
}

func TestStoreInSmallPages(t *testing.T) {
	contactsynctest.Store(t, storeConfig(7, func(s *memstore.Store) contactsync.Store { return s }))
}

func TestStoreWithoutFinder(t *testing.T) {
	cfg := storeConfig(0, func(s *memstore.Store) contactsync.Store { return memstore.WithoutFinder(s) })
	_, can := cfg.New(t).(contactsync.Finder)
	require.False(t, can)
	contactsynctest.Store(t, cfg)
}

func directoryConfig(set func(d *memstore.Directory)) contactsynctest.DirectoryConfig {
	box := func(d contactsync.Directory) *memstore.Mailbox { return d.(*memstore.Directory).Mailbox(mailbox) }
	return contactsynctest.DirectoryConfig{
		New: func(*testing.T) contactsync.Directory {
			d := memstore.NewDirectory()
			set(d)
			d.Mailbox(mailbox)
			return d
		},
		Scope:     contactsync.Scope{Mailbox: mailbox},
		NoMailbox: &contactsync.Mailbox{Account: "nobody"},
		Move:      func(d contactsync.Directory, id, folder string) error { return box(d).Move(id, folder) },
		Copy: func(d contactsync.Directory, id, folder string) error {
			_, err := box(d).Copy(id, folder)
			return err
		},
	}
}

func TestDirectory(t *testing.T) {
	contactsynctest.Directory(t, directoryConfig(func(*memstore.Directory) {}))
}

func TestDirectoryInSmallPagesWithStamps(t *testing.T) {
	contactsynctest.Directory(t, directoryConfig(func(d *memstore.Directory) {
		d.PageSize, d.StampsInChanges, d.BlindUpdates = 7, true, true
	}))
}

func TestDirectoryThatIgnoresVersions(t *testing.T) {
	cfg := directoryConfig(func(d *memstore.Directory) { d.IgnoreVersions, d.BlindUpdates = true, true })
	cfg.IgnoresVersions = true
	require.False(t, cfg.New(t).(contactsync.BlindUpdater).BlindUpdate(record.Fields{}))
	contactsynctest.Directory(t, cfg)
}

func TestState(t *testing.T) {
	contactsynctest.State(t, func(*testing.T) contactsync.State { return memstore.NewState() })
}

// TestStateThroughSnapshots runs the suite on a State that is saved and loaded after every save.
func TestStateThroughSnapshots(t *testing.T) {
	contactsynctest.State(t, func(t *testing.T) contactsync.State {
		s := memstore.NewState()
		var one sync.Mutex // what others write between saving and loading would be lost
		return contactsynctest.InterceptState(s, contactsynctest.StateHooks{
			Before: func(context.Context, string) error { one.Lock(); return nil },
			After:  func(_ context.Context, _ string, err error) error { one.Unlock(); return err },
			Save: func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
				if err := s.Save(ctx, l, b); err != nil {
					return err
				}
				return reload(s, s)
			},
		})
	})
}

// reload carries all of one instance over to another, which may be itself.
func reload(from io.WriterTo, to io.ReaderFrom) error {
	var b bytes.Buffer
	if _, err := from.WriteTo(&b); err != nil {
		return err
	}
	_, err := to.ReadFrom(&b)
	return err
}
