package integration_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	propertySet = "6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11"
	me          = "ada@example.com"
)

var mailbox = contactsync.Mailbox{Account: "a-ada", User: me}

// clock stands still, but for waits and where a test moves it.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.advance(d)
	return ctx.Err()
}

// newAdapter starts a Graph and our adapter on Microsoft's typed client to it.
func newAdapter(t *testing.T, q graphtest.Quirks) (*graphadapter.Directory, *graph, *clock) {
	t.Helper()
	c := newClock()
	g := newGraph(t, graphtest.Options{Me: me, Now: c.now, Quirks: q})
	d, err := graphadapter.New(graphadapter.FromClient(g), graphadapter.Options{PropertySet: propertySet, Now: c.now, Sleep: c.sleep})
	require.NoError(t, err)
	return d, g, c
}

// customer is the CRM of the tests.
var customer = func() *record.Schema {
	s, err := record.NewSchema(record.Contact,
		record.Field{Name: "first", Label: "First name", Type: record.Name},
		record.Field{Name: "last", Label: "Last name", Type: record.Name},
		record.Field{Name: "email", Label: "Email", Type: record.Email},
		record.Field{Name: "phone", Label: "Phone", Type: record.Phone},
		record.Field{Name: "job", Label: "Job title", Type: record.Text},
		record.Field{Name: "fax", Label: "Fax", Type: record.Phone, NoMatch: true},
	)
	if err != nil {
		panic(err)
	}
	return s
}()

// world is a CRM in memory and a mailbox behind Microsoft's typed client, with the engine between them.
type world struct {
	*graph
	*clock
	t      *testing.T
	crm    *memstore.Tenant
	engine *contactsync.Engine
	conn   contactsync.Connection
}

func newWorld(t *testing.T, q graphtest.Quirks) *world {
	t.Helper()
	all := &contactsync.Ops{Create: true, Update: true, Delete: true}
	d, g, c := newAdapter(t, q)
	store := memstore.NewStore(customer)
	store.Now = c.now
	copied := func(crm, outlook string) mapping.Rule {
		return mapping.Rule{ID: crm, CRM: []string{crm}, Outlook: []string{outlook}}
	}
	emails, phones := copied("email", "emailAddresses"), copied("phone", "businessPhones")
	emails.Lens, phones.Lens = mapping.Spec{Kind: mapping.First}, mapping.Spec{Kind: mapping.First}
	engine, err := contactsync.New(contactsync.Config{
		Store: store, Directory: d, State: memstore.NewState(), Now: c.now,
		Policy: contactsync.Fixed(contactsync.Settings{
			Region: "GB", Flow: contactsync.Flow{ToOutlook: all, ToCRM: all},
			Mapping: []mapping.Rule{copied("first", "givenName"), copied("last", "surname"), copied("job", "jobTitle"), copied("fax", "businessFax"), emails, phones},
			Deleted: contactsync.OnDelete{InCRM: contactsync.Propagate, InOutlook: contactsync.Propagate},
			Match:   contactsync.Match{Doubtful: "link"},
		}),
		Key: []byte("a key for tests, and for nothing else"),
		CRM: map[record.Kind]*record.Schema{record.Contact: customer},
	})
	require.NoError(t, err)
	w := &world{graph: g, clock: c, t: t, crm: store.Tenant("acme"), engine: engine}
	w.conn, err = engine.Connect(t.Context(), contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: mailbox})
	require.NoError(t, err)
	return w
}

// customers puts n people into the CRM.
func (w *world) customers(n int) {
	w.t.Helper()
	for i := range n {
		b := customer.Build()
		b.Set("first", "Person")
		b.Set("last", fmt.Sprintf("No %03d", i))
		b.Set("email", fmt.Sprintf("person%d@example.com", i))
		b.Set("phone", fmt.Sprintf("+44 20 7946 0%03d", i))
		b.Set("job", "Engineer")
		b.Set("fax", fmt.Sprintf("+44 20 7946 0%03d", 500+i))
		_, err := w.crm.Put(crmID(i), b.Fields())
		require.NoError(w.t, err)
	}
}

func crmID(i int) string { return fmt.Sprintf("c%03d", i) }

// sync runs once, a minute after the last run.
func (w *world) sync() contactsync.Report {
	w.t.Helper()
	w.advance(time.Minute)
	w.Reset()
	report, err := w.engine.Sync(w.t.Context(), w.conn.ID)
	require.NoError(w.t, err)
	return report
}

// settled asserts that a further run changes nothing and asks for one page of changes.
func (w *world) settled() {
	w.t.Helper()
	report := w.sync()
	require.Zero(w.t, report.Wrote(), "a run that should find nothing wrote: %+v", report.Counts)
	require.Equal(w.t, map[string]int{"GET /contactFolders/{id}/contacts/delta": 1}, w.Counts().Routes)
}

// people are the contacts of the default folder, "surname, job, address".
func (w *world) people() []string {
	found := []string{}
	for _, c := range w.Contacts(me, "") {
		address := ""
		if len(c.EmailAddresses) > 0 {
			address = c.EmailAddresses[0].Address
		}
		found = append(found, c.Surname+", "+c.JobTitle+", "+address)
	}
	slices.Sort(found)
	return found
}
