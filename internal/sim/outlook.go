package sim

import (
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// Outlook is the service behind the Directory, and what people do in it past the sync.
type Outlook interface {
	contactsync.Directory
	// Mailbox makes a mailbox when it is first named.
	Mailbox(contactsync.Mailbox) Mailbox
	// ExpireCursors makes every cursor given so far one that is no longer understood.
	ExpireCursors()
}

// Calmer is implemented by an Outlook that has faults of its own. Calm ends them, before everything settles.
type Calmer interface{ Calm() }

// Composer is implemented by an Outlook that composes fields from others, of which the simulation knows nothing: a display name.
type Composer interface{ Composes() }

// Mailbox is what the owner of a mailbox does, as [memstore.Mailbox]. A folder is named by its id, empty for the default one.
type Mailbox interface {
	Add(folder string, f record.Fields) (record.Record, error)
	Edit(id string, set record.Fields) error
	Delete(id string) error
	Move(id, into string) error // out of Deleted Items too
	Copy(id, into string) (record.Record, error)
	SetPrivate(id string, private bool) error
	AddFolder(kind record.Kind, name string) contactsync.Folder
	Item(id string) (record.Record, bool) // wherever it lies, but not in Deleted Items
	Items(kind record.Kind, folder string) []record.Record
}

// OutlookOptions say how an Outlook is to behave; see [memstore.Directory].
type OutlookOptions struct {
	Now                                           func() time.Time
	PageSize                                      int
	IgnoreVersions, BlindUpdates, StampsInChanges bool
	Graph                                         []string            // quirks, of an emulated Graph
	Pass                                          func(time.Duration) // lets time pass, where the Directory waits
}

// InMemory is the Outlook of [memstore.Directory].
func InMemory(o OutlookOptions) (Outlook, error) {
	d := memstore.NewDirectory()
	d.Now, d.PageSize = o.Now, o.PageSize
	d.IgnoreVersions, d.BlindUpdates, d.StampsInChanges = o.IgnoreVersions, o.BlindUpdates, o.StampsInChanges
	return inMemory{d}, nil
}

type inMemory struct{ *memstore.Directory }

func (m inMemory) Mailbox(of contactsync.Mailbox) Mailbox { return m.Directory.Mailbox(of) }
