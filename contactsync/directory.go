package contactsync

import (
	"context"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// Directory is the Outlook side. Its Changes, Get and Apply keep the contract of [Store], over the items of one folder,
// with these differences:
//
//   - Changes may report an item that is gone from the folder as [Unknown]; Get then tells deleted from moved.
//   - Get reads all wanted fields, and the stamp. The stamp of an item that was moved to another folder of the mailbox is
//     [Moved], with its id: else its create would be repeated.
//   - Apply may meet a service that ignores versions; the engine therefore reads an item just before it updates it,
//     unless the Directory is a [BlindUpdater] that says otherwise.
//   - A create is not idempotent on most services: the engine looks for the stamp before it repeats one.
//   - A write to an id that is none of the service's may also be refused with an [*InvalidError].
type Directory interface {
	Store
	// Folders lists the personal folders of the mailbox that hold the kind, the default folder first (F4, F5). An
	// error wraps [ErrSignInRequired], [ErrDenied] or [ErrNoMailbox] where that is the reason.
	Folders(ctx context.Context, mailbox Mailbox, kind record.Kind) ([]Folder, error)
	// CreateFolder makes a folder for the kind and returns it. Where one of that name exists, that one is returned.
	CreateFolder(ctx context.Context, mailbox Mailbox, kind record.Kind, name string) (Folder, error)
}

// BlindUpdater is implemented by a Directory whose service is known to honour versions on updates: BlindUpdate reports
// whether an update of just these fields may be sent on the strength of its version, without reading the item first.
type BlindUpdater interface {
	BlindUpdate(set record.Fields) bool
}

// Mailbox names a mailbox and the account it is reached with. A connection needs Account or User: without either, the mailboxes of
// all who sign in would be one to limits and locks.
type Mailbox struct {
	// Account is the host's id of the linked Microsoft account.
	Account string `json:"account"`
	// User is the user principal name or object id of the mailbox's owner, for a host that signs in as an application; empty: the
	// signed-in user. Where people sign in, leave it empty: a name may be that of a mailbox that others share with them (F5).
	User string `json:"user,omitempty"`
	// Cloud is a national cloud's Graph root, such as "https://graph.microsoft.us"; empty: the global one.
	Cloud string `json:"cloud,omitempty"`
}

// Key is what makes two Mailbox values the same mailbox: limits and locks are kept under it. Different values have
// different keys, whatever characters a host puts into them.
func (m Mailbox) Key() string {
	return mailboxKey.Replace(m.Cloud) + "|" + mailboxKey.Replace(m.Account) + "|" + mailboxKey.Replace(m.User)
}

var mailboxKey = strings.NewReplacer(`\`, `\\`, "|", `\|`)

// Folder is one folder of a mailbox.
type Folder struct {
	ID      string
	Name    string
	Parent  string // id of the folder it lies in; empty at the top
	Default bool
}
