// Package graphsim plays the simulation over the Graph adapter, the SDK's default client and the emulator of Graph. A script's
// line "graph displayName replayRows" turns quirks of the emulator on.
package graphsim

import (
	"context"
	"fmt"
	"net/http"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	nethttp "github.com/microsoft/kiota-http-go"
	msgraphgocore "github.com/microsoftgraph/msgraph-sdk-go-core"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/internal/sim"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	propertySet = "6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11"
	stampName   = graphadapter.StampName
)

// New makes an Outlook of the emulator and the adapter.
func New(o sim.OutlookOptions) (sim.Outlook, error) {
	quirks, err := quirksOf(o.Graph)
	if err != nil {
		return nil, err
	}
	quirks.PatchIgnoresIfMatch = o.IgnoreVersions
	quirks.PageCap = o.PageSize
	srv := graphtest.New(graphtest.Options{Now: o.Now, Quirks: quirks, Requests: -1, Seed: 1})
	out := &outlook{srv: srv, quirks: quirks}
	options := graphadapter.Options{
		PropertySet: propertySet, PageSize: o.PageSize, Now: o.Now, IfMatchHonoured: o.BlindUpdates && !o.IgnoreVersions,
		Sleep: func(ctx context.Context, d time.Duration) error {
			o.Pass(d)
			return ctx.Err()
		},
	}
	out.Directory, err = graphadapter.New(func(context.Context, contactsync.Mailbox) (abstractions.RequestAdapter, error) {
		return adapter(srv)
	}, options)
	return out, err
}

// adapter is the SDK's own with its default middleware, over the emulator.
func adapter(srv http.RoundTripper) (abstractions.RequestAdapter, error) {
	options := msgraphgocore.GraphClientOptions{}
	client := msgraphgocore.GetDefaultClient(&options)
	client.Transport = nethttp.NewCustomTransportWithParentTransport(srv, msgraphgocore.GetDefaultMiddlewaresWithOptions(&options)...)
	return msgraphgocore.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, options, nil, nil, client)
}

type outlook struct {
	*graphadapter.Directory
	srv    *graphtest.Server
	quirks graphtest.Quirks
	boxes  []string
}

func (o *outlook) Mailbox(m contactsync.Mailbox) sim.Mailbox {
	o.srv.AddMailbox(m.User)
	o.boxes = append(o.boxes, m.User)
	return &mailbox{srv: o.srv, address: m.User, trash: o.srv.DeletedItemsID(m.User)}
}

func (o *outlook) ExpireCursors() {
	for _, address := range o.boxes {
		o.srv.ExpireTokens(address)
	}
}

// Calm ends the quirks that make requests fail.
func (o *outlook) Calm() {
	q := o.quirks
	q.ConflictEvery, q.ThrottleEvery, q.UnavailableEvery, q.LostCreateEvery, q.BatchTimeoutEvery = 0, 0, 0, 0, 0
	o.srv.SetQuirks(q)
}

// Composes says that the emulator makes display names of its own, as Outlook does.
func (o *outlook) Composes() {}

// mailbox is a person at work in Outlook, past Graph.
type mailbox struct {
	srv     *graphtest.Server
	address string
	trash   string
}

var _ sim.Mailbox = (*mailbox)(nil)

// Add and Edit take what Outlook's own form has places for: Graph refuses to write more, to an undo as well.
func (m *mailbox) Add(folder string, f record.Fields) (record.Record, error) {
	if err := f.Schema().Check(f); err != nil {
		return record.Record{}, err
	}
	c := graphtest.Contact{ParentFolderID: folder}
	put(&c, f)
	return recordOf(m.srv.AddContact(m.address, c)), nil
}

func (m *mailbox) Edit(id string, set record.Fields) error {
	if err := set.Schema().Check(set); err != nil {
		return err
	}
	_, err := m.srv.EditContact(m.address, id, func(c *graphtest.Contact) { put(c, set) })
	return err
}

func (m *mailbox) Delete(id string) error { return m.srv.DeleteContact(m.address, id) }

func (m *mailbox) Move(id, into string) error {
	if c, ok := m.srv.Contact(m.address, id); ok && c.ParentFolderID == into {
		return nil
	}
	_, err := m.srv.MoveContact(m.address, id, into)
	return err
}

func (m *mailbox) Copy(id, into string) (record.Record, error) {
	c, err := m.srv.CopyContact(m.address, id, into)
	return recordOf(c), err
}

func (m *mailbox) SetPrivate(id string, private bool) error {
	_, err := m.srv.EditContact(m.address, id, func(c *graphtest.Contact) {
		if private {
			*c = c.Private()
		} else {
			delete(c.Extended, graphtest.PrivateID)
		}
	})
	return err
}

func (m *mailbox) AddFolder(_ record.Kind, name string) contactsync.Folder {
	id, err := m.srv.AddFolder(m.address, "", name)
	if err != nil {
		panic(fmt.Sprintf("graphsim: %v", err))
	}
	return contactsync.Folder{ID: id, Name: name}
}

func (m *mailbox) Item(id string) (record.Record, bool) {
	c, ok := m.srv.Contact(m.address, id)
	if !ok || c.ParentFolderID == m.trash {
		return record.Record{}, false
	}
	return recordOf(c), true
}

func (m *mailbox) Items(_ record.Kind, folder string) []record.Record {
	var all []record.Record
	for _, c := range m.srv.Contacts(m.address, folder) {
		all = append(all, recordOf(c))
	}
	return all
}
