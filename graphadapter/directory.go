package graphadapter

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	abstractions "github.com/microsoft/kiota-abstractions-go"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

var (
	_ contactsync.Directory    = (*Directory)(nil)
	_ contactsync.BlindUpdater = (*Directory)(nil)
)

// Directory is the contacts of mailboxes on Microsoft Graph. It keeps nothing that matters between calls: any number of
// directories in any number of processes may serve one mailbox. It is safe for concurrent use.
type Directory struct {
	connect  Connect
	opts     Options
	contacts *contactTable
	boxes    mailboxes
	rounds   rounds
}

// New checks the options and returns a directory. It does no I/O.
func New(connect Connect, o Options) (*Directory, error) {
	if connect == nil {
		return nil, errors.New("graphadapter: the function that connects a mailbox is missing")
	}
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("graphadapter: %w", err)
	}
	table, err := newContactTable(o)
	if err != nil {
		return nil, fmt.Errorf("graphadapter: %w", err)
	}
	return &Directory{connect: connect, opts: o, contacts: table}, nil
}

// session is one call of the Directory on one mailbox.
type session struct {
	d    *Directory
	sdk  abstractions.RequestAdapter
	root root
	user string // path of the mailbox's owner: "/me" or "/users/…"
	box  *mailbox
}

// open begins a call on a mailbox; close ends it.
func (d *Directory) open(ctx context.Context, m contactsync.Mailbox, kind record.Kind) (*session, error) {
	// Each kind of record is served by files of its own; meetings and tasks would join here.
	if kind != record.Contact {
		return nil, &contactsync.InvalidError{Field: "kind", Reason: fmt.Sprintf("%q is not a kind that is served", kind)}
	}
	sdk, err := d.connect(ctx, m)
	if err != nil {
		return nil, credentialError(err)
	}
	if sdk == nil {
		return nil, errors.New("the connect function gave no request adapter")
	}
	r, err := d.rootOf(m, sdk.GetBaseUrl())
	if err != nil {
		return nil, err
	}
	s := &session{d: d, sdk: sdk, root: r, user: "/me"}
	if m.User != "" {
		s.user = "/users/" + url.PathEscape(m.User)
	}
	s.box = d.boxes.open(r.String() + "|" + m.Key())
	return s, nil
}

func (s *session) close() { s.d.boxes.close(s.box, s.d.opts.Now()) }

// failed puts the operation in front of an error that ends a call.
func failed(operation string, err error) error {
	return fmt.Errorf("graphadapter: %s: %w", operation, err)
}
