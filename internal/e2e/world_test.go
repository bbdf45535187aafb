// Package e2e runs the engine over the Graph adapter, the SDK's default client and the emulator: what a sync costs in
// requests, and what it survives on the wire.
package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	nethttp "github.com/microsoft/kiota-http-go"
	msgraphgocore "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

const me = "ada@example.com"

func schema() *record.Schema {
	s, err := record.NewSchema(record.Contact,
		record.Field{Name: "firstName", Type: record.Name},
		record.Field{Name: "lastName", Type: record.Name},
		record.Field{Name: "company"},
		record.Field{Name: "jobTitle"},
		record.Field{Name: "emails", Type: record.Email, Shape: record.List},
		record.Field{Name: "mobile", Type: record.Phone},
		record.Field{Name: "city"},
		record.Field{Name: "fax", Type: record.Phone, NoMatch: true},
	)
	if err != nil {
		panic(err)
	}
	return s
}

var person = schema()

func settings() contactsync.Settings {
	all := contactsync.Ops{Create: true, Update: true, Delete: true}
	return contactsync.Settings{
		Region:  "NL",
		Flow:    contactsync.Flow{ToOutlook: &all, ToCRM: &all},
		Deleted: contactsync.OnDelete{InCRM: contactsync.Propagate, InOutlook: contactsync.Propagate},
		Mapping: []mapping.Rule{
			{ID: "first", CRM: []string{"firstName"}, Outlook: []string{"givenName"}},
			{ID: "last", CRM: []string{"lastName"}, Outlook: []string{"surname"}},
			{ID: "company", CRM: []string{"company"}, Outlook: []string{"companyName"}},
			{ID: "title", CRM: []string{"jobTitle"}, Outlook: []string{"jobTitle"}},
			{ID: "emails", CRM: []string{"emails"}, Outlook: []string{"emailAddresses"}, Lens: mapping.Spec{Kind: mapping.List}},
			{ID: "mobile", CRM: []string{"mobile"}, Outlook: []string{"mobilePhone"}},
			{ID: "city", CRM: []string{"city"}, Outlook: []string{"businessAddress.city"}},
		},
	}
}

// world is a CRM in memory and an emulated mailbox, under a clock that moves only by waits and by hand.
type world struct {
	t      testing.TB
	mu     sync.Mutex
	now    time.Time
	crm    *memstore.Store
	tenant *memstore.Tenant
	state  *memstore.State
	srv    *graphtest.Server
	engine *contactsync.Engine
	conn   contactsync.Connection
}

type options struct {
	settings contactsync.Settings
	quirks   graphtest.Quirks
	honoured bool
	journal  bool
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) sleep(ctx context.Context, d time.Duration) error {
	w.pass(d)
	return ctx.Err()
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func newWorld(t testing.TB, o options) *world {
	t.Helper()
	if o.settings.Mapping == nil {
		o.settings = settings()
	}
	w := &world{t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), state: memstore.NewState(), crm: memstore.NewStore(person)}
	w.crm.Now = w.clock
	w.tenant = w.crm.Tenant("acme")
	w.srv = graphtest.New(graphtest.Options{Me: me, Now: w.clock, Quirks: o.quirks, Requests: 10_000_000})
	w.engine = w.process("w1", 3, o)
	var err error
	w.conn, err = w.engine.Connect(t.Context(), contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: contactsync.Mailbox{Account: "a1"}})
	require.NoError(t, err)
	return w
}

// process is an engine with an adapter of its own, as another process has.
func (w *world) process(name string, seed byte, o options) *contactsync.Engine {
	w.t.Helper()
	directory, err := graphadapter.New(graphadapter.FromClient(client{w.requestAdapter()}), graphadapter.Options{
		PropertySet: "6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11", Now: w.clock, Sleep: w.sleep, IfMatchHonoured: o.honoured,
	})
	require.NoError(w.t, err)
	cfg := contactsync.Config{
		Store: w.crm, Directory: directory, State: w.state, Policy: contactsync.Fixed(o.settings), Key: []byte("0123456789abcdef"),
		CRM: map[record.Kind]*record.Schema{record.Contact: person}, Worker: name, Now: w.clock, Rand: rand.NewChaCha8([32]byte{seed}),
	}
	if o.journal {
		cfg.Journal = contactsync.Journaling{Keep: 24 * time.Hour, Key: []byte("0123456789abcdef0123456789abcdef")}
	}
	engine, err := contactsync.New(cfg)
	require.NoError(w.t, err)
	return engine
}

type client struct{ abstractions.RequestAdapter }

func (c client) GetAdapter() abstractions.RequestAdapter { return c.RequestAdapter }

// requestAdapter is the SDK's default client, with all its middleware, over the emulator.
func (w *world) requestAdapter() abstractions.RequestAdapter {
	w.t.Helper()
	options := msgraphgocore.GraphClientOptions{}
	httpClient := msgraphgocore.GetDefaultClient(&options)
	httpClient.Transport = nethttp.NewCustomTransportWithParentTransport(w.srv, msgraphgocore.GetDefaultMiddlewaresWithOptions(&options)...)
	a, err := msgraphgocore.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, options, nil, nil, httpClient)
	require.NoError(w.t, err)
	return a
}

func (w *world) put(i int) string {
	w.t.Helper()
	id := fmt.Sprintf("c%05d", i)
	b := person.Build()
	for _, f := range person.Fields() {
		b.Set(f.Name)
	}
	b.Set("firstName", fmt.Sprintf("First%d", i)).Set("lastName", fmt.Sprintf("Last%d", i)).Set("emails", fmt.Sprintf("p%d@example.com", i)).Set("mobile", fmt.Sprintf("06%08d", 10000000+i))
	_, err := w.tenant.Put(id, b.Fields())
	require.NoError(w.t, err)
	return id
}

func (w *world) edit(id, field string, entries ...string) {
	w.t.Helper()
	w.pass(time.Minute)
	require.NoError(w.t, w.tenant.Edit(id, person.Build().Set(field, entries...).Fields()))
}

func (w *world) sync(opts ...contactsync.SyncOption) contactsync.Report {
	w.t.Helper()
	w.pass(time.Minute)
	r, err := w.engine.Sync(w.t.Context(), w.conn.ID, opts...)
	require.NoError(w.t, err)
	require.Equal(w.t, contactsync.Idle, r.Status, r.Reason)
	return r
}

// counted syncs and returns what it sent.
func (w *world) counted() (contactsync.Report, graphtest.Counts) {
	w.t.Helper()
	w.srv.Reset()
	r := w.sync()
	return r, w.srv.Counts()
}

// routes leaves out what is zero.
func routes(c graphtest.Counts) map[string]int {
	out := map[string]int{}
	for route, n := range c.Routes {
		if n != 0 {
			out[route] = n
		}
	}
	return out
}
