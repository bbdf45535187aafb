package contactsync_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// person is the CRM of the stories.
var person = must(record.NewSchema(record.Contact,
	record.Field{Name: "firstName", Label: "First name", Type: record.Name},
	record.Field{Name: "lastName", Label: "Last name", Type: record.Name},
	record.Field{Name: "company", Label: "Company"},
	record.Field{Name: "jobTitle", Label: "Job title", MaxLen: 60},
	record.Field{Name: "emails", Label: "Emails", Type: record.Email, Shape: record.List},
	record.Field{Name: "workPhone", Label: "Work phone", Type: record.Phone},
	record.Field{Name: "mobile", Label: "Mobile", Type: record.Phone},
	record.Field{Name: "notes", Label: "Notes"},
	record.Field{Name: "birthday", Label: "Birthday", Type: record.Date},
	record.Field{Name: "owner", Label: "Owner", Type: record.Reference},
	record.Field{Name: "kind", Label: "Kind"},
	record.Field{Name: "selectedBy", Label: "Selected by", Type: record.Reference, Shape: record.Set},
))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func rules() []mapping.Rule {
	return []mapping.Rule{
		{ID: "first", CRM: []string{"firstName"}, Outlook: []string{"givenName"}},
		{ID: "last", CRM: []string{"lastName"}, Outlook: []string{"surname"}},
		{ID: "company", CRM: []string{"company"}, Outlook: []string{"companyName"}},
		{ID: "title", CRM: []string{"jobTitle"}, Outlook: []string{"jobTitle"}},
		{ID: "emails", CRM: []string{"emails"}, Outlook: []string{"emailAddresses"}, Lens: mapping.Spec{Kind: mapping.List}},
		{ID: "work", CRM: []string{"workPhone"}, Outlook: []string{"businessPhones"}, Lens: mapping.Spec{Kind: mapping.First}},
		{ID: "mobile", CRM: []string{"mobile"}, Outlook: []string{"mobilePhone"}},
		{ID: "notes", CRM: []string{"notes"}, Outlook: []string{"personalNotes"}},
		{ID: "birthday", CRM: []string{"birthday"}, Outlook: []string{"birthday"}},
	}
}

func twoWay() contactsync.Settings {
	return contactsync.Settings{Mapping: rules(), Region: "NL"}
}

// world is a CRM, an Outlook and a State in memory under a clock that stands still until it is moved.
type world struct {
	t       *testing.T
	ctx     context.Context
	now     time.Time
	crm     *memstore.Store
	outlook *memstore.Directory
	state   *memstore.State
	tenant  *memstore.Tenant
	box     *memstore.Mailbox
	policy  *contactsync.Settings
	cfg     contactsync.Config
	engine  *contactsync.Engine
	conn    contactsync.Connection
	folder  string
}

var ada = contactsync.Mailbox{Account: "a-ada", User: "ada@example.com"}

type settable struct{ s *contactsync.Settings }

func (p settable) For(context.Context, contactsync.Connection) (contactsync.Settings, error) {
	return *p.s, nil
}

func newWorld(t *testing.T, s contactsync.Settings, with ...func(*contactsync.Config)) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), policy: &s}
	clock := func() time.Time { return w.now }
	w.crm = memstore.NewStore(person)
	w.outlook = memstore.NewDirectory(record.OutlookContact)
	w.crm.Now, w.outlook.Now = clock, clock
	w.state = memstore.NewState()
	w.tenant = w.crm.Tenant("acme")
	w.box = w.outlook.Mailbox(ada)
	seed := rand.NewChaCha8([32]byte{1})
	w.cfg = contactsync.Config{
		Store: w.crm, Directory: w.outlook, State: w.state, Policy: settable{w.policy},
		Key: []byte("0123456789abcdef"), CRM: map[record.Kind]*record.Schema{record.Contact: person},
		Worker: "w1", Rand: seed, Now: clock,
	}
	for _, f := range with {
		f(&w.cfg)
	}
	w.restart()
	var err error
	w.conn, err = w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: ada, Kind: record.Contact})
	require.NoError(t, err)
	w.folder = w.conn.Folder
	return w
}

// restart makes a new engine over the same state, as a new process would.
func (w *world) restart() {
	w.t.Helper()
	var err error
	w.engine, err = contactsync.New(w.cfg)
	require.NoError(w.t, err)
}

// loseState leaves the connection as it was set up, and nothing else of what was remembered.
func (w *world) loseState() {
	w.t.Helper()
	w.state = memstore.NewState()
	w.cfg.State = w.state
	w.restart()
	require.NoError(w.t, w.state.PutConnection(w.ctx, w.conn))
}

func (w *world) sync(opts ...contactsync.SyncOption) contactsync.Report {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	report, err := w.engine.Sync(w.ctx, w.conn.ID, opts...)
	require.NoError(w.t, err)
	return report
}

// settled asserts that two more runs write nothing.
func (w *world) settled() {
	w.t.Helper()
	for range 2 {
		r := w.sync()
		require.Zero(w.t, r.Wrote(), "a run after everything settled wrote: %+v", r.Counts)
	}
	r := w.sync(contactsync.Full())
	require.Zero(w.t, r.Wrote(), "a full run after everything settled wrote: %+v", r.Counts)
}

func crmFields(pairs ...string) record.Fields     { return fieldsOf(person, pairs) }
func outlookFields(pairs ...string) record.Fields { return fieldsOf(record.OutlookContact, pairs) }

// fieldsOf reads "name=value|value"; an empty value clears.
func fieldsOf(s *record.Schema, pairs []string) record.Fields {
	b := s.Build()
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		if value == "" {
			b.Set(name)
			continue
		}
		b.Set(name, strings.Split(value, "|")...)
	}
	if b.Err() != nil {
		panic(b.Err())
	}
	return b.Fields()
}

func (w *world) put(id string, pairs ...string) {
	w.t.Helper()
	b := person.Build()
	for _, f := range person.Fields() {
		b.Set(f.Name)
	}
	_, err := w.tenant.Put(id, b.Fields().With(crmFields(pairs...)))
	require.NoError(w.t, err)
}

func (w *world) editCRM(id string, pairs ...string) {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	require.NoError(w.t, w.tenant.Edit(id, crmFields(pairs...)))
}

func (w *world) addOutlook(pairs ...string) string {
	w.t.Helper()
	rec, err := w.box.Add(w.folder, outlookFields(pairs...))
	require.NoError(w.t, err)
	return rec.ID
}

func (w *world) editOutlook(id string, pairs ...string) {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	require.NoError(w.t, w.box.Edit(id, outlookFields(pairs...)))
}

// crmSide and outlookSide show what a side holds, one line a record, in the order of names.
func (w *world) crmSide(fields ...string) []string {
	return show(w.tenant.Records(record.Contact), fields)
}

func (w *world) outlookSide(fields ...string) []string {
	return show(w.box.Items(record.Contact, w.folder), fields)
}

func show(records []record.Record, fields []string) []string {
	var lines []string
	for _, r := range records {
		var parts []string
		for _, f := range fields {
			v, _ := r.Fields.Get(f)
			parts = append(parts, strings.Join(v, "|"))
		}
		lines = append(lines, strings.Join(parts, ", "))
	}
	return sorted(lines)
}

func sorted(lines []string) []string {
	out := append([]string{}, lines...)
	slices.Sort(out)
	return out
}

// outlookID finds the item of a CRM record through the state.
func (w *world) outlookID(crmID string) string {
	w.t.Helper()
	links, err := w.state.LinksOf(w.ctx, w.conn.ID, record.CRM, []string{crmID})
	require.NoError(w.t, err)
	links = slices.DeleteFunc(links, func(l contactsync.Link) bool { return l.Phase == contactsync.Distinct })
	require.Len(w.t, links, 1, "links of %s", crmID)
	return links[0].IDs[record.Outlook]
}

func (w *world) problems() []string {
	w.t.Helper()
	problems, err := w.state.Problems(w.ctx, w.conn.ID)
	require.NoError(w.t, err)
	var lines []string
	for _, p := range problems {
		lines = append(lines, fmt.Sprintf("%s %s", p.Code, p.Rule))
	}
	return sorted(lines)
}
