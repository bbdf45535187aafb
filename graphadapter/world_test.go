package graphadapter_test

import (
	"context"
	"net/http"
	"sync"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	nethttp "github.com/microsoft/kiota-http-go"
	msgraphgocore "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	propertySet = "6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11"
	stampID     = "String {" + propertySet + "} Name ContactSyncStamp"
	me          = "ada@example.com"
)

// tester is what a world needs of a test, a benchmark or a property.
type tester interface {
	require.TestingT
	Helper()
	Context() context.Context
}

// world is an emulated Graph and a Directory on it, over the SDK's default client with all its middleware.
type world struct {
	t     tester
	srv   *graphtest.Server
	dir   *graphadapter.Directory
	scope contactsync.Scope
	clock *clock
}

// clock is the time of a world: it stands still, but for waits.
type clock struct {
	mu    sync.Mutex
	t     time.Time
	waits []time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	c.waits = append(c.waits, d)
	return ctx.Err()
}

func (c *clock) slept() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waits
}

// start makes a world; change may alter the options of either side.
func start(t tester, q graphtest.Quirks, change ...func(*graphtest.Options, *graphadapter.Options)) *world {
	t.Helper()
	c := &clock{t: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	g := graphtest.Options{Me: me, Now: c.now, Quirks: q, LogBodies: true}
	o := graphadapter.Options{PropertySet: propertySet, Now: c.now, Sleep: c.sleep}
	for _, f := range change {
		f(&g, &o)
	}
	w := &world{t: t, srv: graphtest.New(g), clock: c}
	var err error
	w.dir, err = graphadapter.New(graphadapter.FromClient(client{sdkAdapter(t, w.srv)}), o)
	require.NoError(t, err)
	w.scope = contactsync.Scope{Tenant: "acme", Conn: "c1", User: "u1", Kind: record.Contact}
	return w
}

type client struct{ abstractions.RequestAdapter }

func (c client) GetAdapter() abstractions.RequestAdapter { return c.RequestAdapter }

// sdkAdapter is the SDK's own adapter with its default middleware, retries included, over a round tripper.
func sdkAdapter(t tester, rt http.RoundTripper) abstractions.RequestAdapter {
	t.Helper()
	options := msgraphgocore.GraphClientOptions{}
	httpClient := msgraphgocore.GetDefaultClient(&options)
	httpClient.Transport = nethttp.NewCustomTransportWithParentTransport(rt, msgraphgocore.GetDefaultMiddlewaresWithOptions(&options)...)
	a, err := msgraphgocore.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, options, nil, nil, httpClient)
	require.NoError(t, err)
	return a
}

// fields makes fields of the contact schema; a nil value clears.
func fields(t tester, values map[string]record.Value) record.Fields {
	t.Helper()
	f, err := record.OutlookContact.Make(values)
	require.NoError(t, err)
	return f
}

// round reads a round to its end.
func (w *world) round(after contactsync.Cursor) (changes []contactsync.Change, last contactsync.Page) {
	w.t.Helper()
	for {
		p, err := w.dir.Changes(w.t.Context(), w.scope, after)
		require.NoError(w.t, err)
		changes = append(changes, p.Changes...)
		after = p.Next
		if !p.More {
			return changes, p
		}
	}
}

// view is a folder as pages of changes tell it: removals are confirmed, the last change of an id counts.
type view map[string]record.Record

func (w *world) apply(v view, changes []contactsync.Change) {
	w.t.Helper()
	removed := map[string]bool{}
	for _, c := range changes {
		removed[c.ID] = c.Record == nil
		if c.Record != nil {
			v[c.ID] = *c.Record
		}
	}
	var refs []contactsync.Ref
	for id, gone := range removed {
		if gone {
			refs = append(refs, contactsync.Ref{ID: id})
		}
	}
	found, err := w.dir.Get(w.t.Context(), w.scope, refs)
	require.NoError(w.t, err)
	for _, f := range found {
		if len(f.Records) > 0 {
			v[f.Ref.ID] = f.Records[0]
			continue
		}
		delete(v, f.Ref.ID)
	}
}

// write carries out writes, none of which may fail.
func (w *world) write(writes ...contactsync.Write) []contactsync.Result {
	w.t.Helper()
	results, err := w.dir.Apply(w.t.Context(), w.scope, writes)
	require.NoError(w.t, err)
	for i, r := range results {
		require.NoError(w.t, r.Err, "write %d", i)
	}
	return results
}

// one reads one item that must be there.
func (w *world) one(id string) record.Record {
	w.t.Helper()
	found, err := w.dir.Get(w.t.Context(), w.scope, []contactsync.Ref{{ID: id}})
	require.NoError(w.t, err)
	require.Len(w.t, found, 1)
	require.Len(w.t, found[0].Records, 1, "removed: %s", found[0].Removed)
	return found[0].Records[0]
}
