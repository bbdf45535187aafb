package sqlstate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
	"github.com/seed-42871e99/crmsync/sqlstate"
)

// world is a CRM and an Outlook in memory, under a clock that stands still until it is moved, with what the engine remembers in
// the database under test.
type world struct {
	*store
	t      testing.TB
	now    time.Time
	tenant *memstore.Tenant
	box    *memstore.Mailbox
	engine *contactsync.Engine
	conn   contactsync.Connection
	person *record.Schema

	config    contactsync.Config
	remembers *sqlstate.State
	noCommit  error // what a commit of the CRM answers
}

func newWorld(t testing.TB, d database) *world {
	t.Helper()
	w := &world{store: d.migrated(t), t: t, now: noon}
	w.options.WorkersClock = true // the world's clock, too
	clock := func() time.Time { return w.now }
	var err error
	w.person, err = record.NewSchema(record.Contact,
		record.Field{Name: "firstName", Type: record.Name}, record.Field{Name: "lastName", Type: record.Name},
		record.Field{Name: "company"}, record.Field{Name: "emails", Type: record.Email, Shape: record.List},
		record.Field{Name: "mobile", Type: record.Phone}, record.Field{Name: "notes"},
	)
	require.NoError(t, err)
	mailbox := contactsync.Mailbox{Account: "account 1"}
	crm, outlook := memstore.NewStore(w.person), memstore.NewDirectory(record.OutlookContact)
	crm.Now, outlook.Now = clock, clock
	w.tenant, w.box = crm.Tenant("acme"), outlook.Mailbox(mailbox)
	all := &contactsync.Ops{Create: true, Update: true, Delete: true}
	settings := contactsync.Settings{
		Region: "NL", Flow: contactsync.Flow{ToOutlook: all, ToCRM: all}, Deleted: contactsync.OnDelete{InCRM: contactsync.Propagate, InOutlook: contactsync.Propagate},
		Mapping: []mapping.Rule{
			{ID: "first", CRM: []string{"firstName"}, Outlook: []string{"givenName"}},
			{ID: "last", CRM: []string{"lastName"}, Outlook: []string{"surname"}},
			{ID: "company", CRM: []string{"company"}, Outlook: []string{"companyName"}},
			{ID: "emails", CRM: []string{"emails"}, Outlook: []string{"emailAddresses"}, Lens: mapping.Spec{Kind: mapping.List}},
			{ID: "mobile", CRM: []string{"mobile"}, Outlook: []string{"mobilePhone"}},
			{ID: "notes", CRM: []string{"notes"}, Outlook: []string{"personalNotes"}},
		},
	}
	w.remembers = w.state(t)
	w.config = contactsync.Config{
		Store: crm, Directory: outlook, State: w.remembers, Policy: contactsync.Fixed(settings), Key: []byte("a key of the host"),
		Journal: contactsync.Journaling{Keep: 30 * 24 * time.Hour, Key: []byte("another key of the host, 32 long")},
		CRM:     map[record.Kind]*record.Schema{record.Contact: w.person}, Now: clock,
	}
	w.engine, err = contactsync.New(w.config)
	require.NoError(t, err)
	w.conn, err = w.engine.Connect(t.Context(), contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: mailbox})
	require.NoError(t, err)
	return w
}

// transacts has the CRM offer its transactions to the engine.
func (w *world) transacts() {
	w.t.Helper()
	w.config.Store = transacting{w.config.Store.(*memstore.Store), w}
	var err error
	w.engine, err = contactsync.New(w.config)
	require.NoError(w.t, err)
}

func (w *world) sync() contactsync.Report {
	w.t.Helper()
	w.now = w.now.Add(time.Hour)
	return w.syncNow()
}

func (w *world) syncNow() contactsync.Report {
	w.t.Helper()
	r, err := w.engine.Sync(w.t.Context(), w.conn.ID)
	require.NoError(w.t, err)
	return r
}

// fields reads pairs such as "firstName=Ada".
func fields(s *record.Schema, pairs ...string) record.Fields {
	b := s.Build()
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		b.Set(name, value)
	}
	return b.Fields()
}

func (w *world) put(id string, pairs ...string) {
	w.t.Helper()
	_, err := w.tenant.Put(id, fields(w.person, pairs...))
	require.NoError(w.t, err)
}

func (w *world) add(pairs ...string) string {
	w.t.Helper()
	rec, err := w.box.Add(w.conn.Folder, fields(record.OutlookContact, pairs...))
	require.NoError(w.t, err)
	return rec.ID
}
