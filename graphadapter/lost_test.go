package graphadapter_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// The SDK's default client sends a POST again on 429, 503 and 504. With a batch that was carried out and answered 504,
// exactly one must arrive.
func TestOuter504AfterTheWorkWasDone(t *testing.T) {
	w := start(t, graphtest.Quirks{BatchTimeoutEvery: 1})
	set := fields(t, map[string]record.Value{"givenName": {"Grace"}})
	results, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{create("1a", set), create("1b", set)})
	require.NoError(t, err)
	for _, r := range results {
		require.ErrorIs(t, r.Err, contactsync.ErrUnconfirmed)
	}
	require.Equal(t, 1, w.srv.Counts().Requests)
	require.Len(t, w.srv.Contacts(me, ""), 2, "no duplicate")

	w.srv.SetQuirks(graphtest.Quirks{})
	found, err := w.dir.Get(t.Context(), w.scope, []contactsync.Ref{{Stamp: "1a"}, {Stamp: "1B"}, {Stamp: "1c"}})
	require.NoError(t, err)
	require.Len(t, found[0].Records, 1)
	require.Len(t, found[1].Records, 1)
	require.Equal(t, contactsync.Unknown, found[2].Removed)
}

// lossy loses what a fault function says: the connection breaks before or after the request is carried out.
type lossy struct {
	next  http.RoundTripper
	mu    sync.Mutex
	n     int
	fault func(n int, r *http.Request) fault
}

type fault int

const (
	fine fault = iota
	breaksBefore
	breaksAfter
	answers503
	answers504
	answers429
	truncated
)

var errReset = errors.New("connection reset by peer")

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	l.n++
	f := l.fault(l.n, r)
	l.mu.Unlock()
	status := map[fault]int{answers503: 503, answers504: 504, answers429: 429}[f]
	switch f {
	case breaksBefore:
		return nil, errReset
	case answers429:
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	}
	res, err := l.next.RoundTrip(r)
	switch {
	case err != nil || f == fine:
		return res, err
	case f == breaksAfter:
		return nil, errReset
	case f == truncated:
		res.Body = http.MaxBytesReader(nil, res.Body, 20)
		return res, nil
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// startLossy is a world whose requests meet faults.
func startLossy(t *testing.T, q graphtest.Quirks, faults func(n int, r *http.Request) fault) *world {
	t.Helper()
	w := start(t, q)
	var err error
	w.dir, err = graphadapter.New(graphadapter.FromClient(client{sdkAdapter(t, &lossy{next: w.srv, fault: faults})}), graphadapter.Options{
		PropertySet: propertySet, Now: w.clock.now, Sleep: w.clock.sleep,
	})
	require.NoError(t, err)
	return w
}

func isBatch(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/$batch") }

// A create whose answer is lost, in whatever way, is reported as such and never repeated; what is in the same batch and
// safe to repeat is repeated.
func TestLostBatch(t *testing.T) {
	for f, name := range map[fault]string{breaksBefore: "broken before", breaksAfter: "broken after", answers503: "503", answers504: "504", truncated: "truncated"} {
		t.Run(name, func(t *testing.T) {
			var hit bool
			w := startLossy(t, graphtest.Quirks{}, func(n int, r *http.Request) fault {
				if isBatch(r) && hit {
					hit = false
					return f
				}
				return fine
			})
			doomed, kept := w.srv.AddContact(me, full()), w.srv.AddContact(me, full())
			u := update(w.one(kept.ImmutableID), fields(t, map[string]record.Value{"jobTitle": {"Captain"}}))
			set := fields(t, map[string]record.Value{"givenName": {"New"}})
			hit = true
			w.srv.Reset()
			results, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{
				create("1a", set), u, {Op: contactsync.Delete, ID: doomed.ImmutableID, Version: `W/"` + doomed.ChangeKey + `"`}, create("1b", set),
			})
			require.NoError(t, err)
			require.ErrorIs(t, results[0].Err, contactsync.ErrUnconfirmed)
			require.ErrorIs(t, results[3].Err, contactsync.ErrUnconfirmed)
			require.NoError(t, results[2].Err)
			require.NoError(t, results[1].Err, "that our own write made the version stale is nobody's edit")
			now := w.one(kept.ImmutableID)
			require.Equal(t, now.Version, results[1].Version)
			require.Equal(t, "Captain", must(w.srv.Contact(me, kept.ImmutableID)).JobTitle)
			require.LessOrEqual(t, w.srv.Counts().Routes["POST /contacts"], 2)
			made := 0
			for _, c := range w.srv.Contacts(me, "") {
				if c.GivenName == "New" {
					made++
				}
			}
			require.LessOrEqual(t, made, 2)
		})
	}
}

// An update whose answer was lost is not known to have been carried out, whatever it is answered when it is sent again: what the
// item holds then may be what somebody wrote after it. One that was not carried out is carried out then, or is stale.
func TestLostUpdate(t *testing.T) {
	for name, c := range map[string]struct {
		lost, then fault
		edit       bool
		want       error
		title      string
	}{
		"done, and nobody touched it":           {breaksAfter, fine, false, nil, "Captain"},
		"done, and edited before it is re-sent": {breaksAfter, fine, true, contactsync.ErrUnconfirmed, "Admiral"},
		"done, and refused from then on":        {breaksAfter, answers429, false, contactsync.ErrUnconfirmed, "Captain"},
		"refused, and edited":                   {answers429, fine, true, contactsync.ErrStale, "Admiral"},
		"refused, and nobody touched it":        {answers429, fine, false, nil, "Captain"},
	} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			var id string
			var w *world
			w = startLossy(t, graphtest.Quirks{}, func(n int, r *http.Request) fault {
				if !isBatch(r) || id == "" {
					return fine
				}
				sent++
				if sent == 1 {
					return c.lost
				}
				if sent == 2 && c.edit {
					_, err := w.srv.EditContact(me, id, func(c *graphtest.Contact) { c.JobTitle = "Admiral" })
					require.NoError(t, err)
				}
				return c.then
			})
			made := w.srv.AddContact(me, full())
			u := update(w.one(made.ImmutableID), fields(t, map[string]record.Value{"jobTitle": {"Captain"}}))
			id = made.ImmutableID

			results, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{u})

			require.NoError(t, err)
			require.ErrorIs(t, results[0].Err, c.want)
			if c.want == contactsync.ErrStale {
				require.NotErrorIs(t, results[0].Err, contactsync.ErrUnconfirmed)
			}
			require.Equal(t, c.title, must(w.srv.Contact(me, id)).JobTitle)
		})
	}
}

// A delete without a version is not repeated: the second one would find the item in Deleted Items, and remove it from there.
func TestLostDeleteWithoutVersion(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	id := w.srv.AddContact(me, full()).ImmutableID
	w.srv.SetQuirks(graphtest.Quirks{BatchTimeoutEvery: 1})
	results, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{{Op: contactsync.Delete, ID: id}})
	require.NoError(t, err)
	require.ErrorIs(t, results[0].Err, contactsync.ErrUnconfirmed)
	_, recoverable := w.srv.Contact(me, id)
	require.True(t, recoverable)
}

// A 429 is a refusal: nothing was carried out, so that creates too are sent again.
func TestThrottledBatchIsRepeated(t *testing.T) {
	w := startLossy(t, graphtest.Quirks{}, func(n int, r *http.Request) fault {
		if isBatch(r) && n < 3 {
			return answers429
		}
		return fine
	})
	var writes []contactsync.Write
	for i := range 25 {
		writes = append(writes, create(fmt.Sprint("1", i), fields(t, map[string]record.Value{"givenName": {"New"}})))
	}
	w.write(writes...)
	require.Len(t, w.srv.Contacts(me, ""), 25)
	require.NotEmpty(t, w.clock.slept())
}

// Parts are retried one by one: those that failed, and no others.
func TestOnlyFailedPartsAreRetried(t *testing.T) {
	for _, q := range []graphtest.Quirks{{ThrottleEvery: 5}, {ThrottleEvery: 5, LowerBatchHeaders: true}, {ConflictEvery: 7}} {
		w := start(t, graphtest.Quirks{})
		var refs []contactsync.Ref
		for range 40 {
			refs = append(refs, contactsync.Ref{ID: w.srv.AddContact(me, full()).ImmutableID})
		}
		_, _ = w.round("")
		w.srv.SetQuirks(q)
		w.srv.Reset()
		found, err := w.dir.Get(t.Context(), w.scope, refs)
		require.NoError(t, err)
		for _, f := range found {
			require.Len(t, f.Records, 1)
		}
		ok, refused := 0, 0
		for _, r := range w.srv.Requests() {
			switch {
			case r.Part == "":
			case r.Status == 200:
				ok++
			default:
				refused++
			}
		}
		require.Equal(t, 40, ok, "no part is asked again after its answer")
		require.NotZero(t, refused)
	}
}

// Where Graph sends all parts of a batch to the mailbox at once, most are refused: batches grow small, and all is done.
func TestPartsThatCrowdEachOtherOut(t *testing.T) {
	for _, silent := range []bool{false, true} {
		w := start(t, graphtest.Quirks{BatchFiresAll: true, EmptyErrorCodes: silent})
		var writes []contactsync.Write
		for i := range 100 {
			writes = append(writes, create(fmt.Sprint("1", i), fields(t, map[string]record.Value{"givenName": {"New"}})))
		}
		w.write(writes...)
		require.Len(t, w.srv.Contacts(me, ""), 100)
		if !silent {
			require.Equal(t, 16, w.srv.Counts().Throttled, "of the first batch only")
		}
	}
}

// A create that fails inside a batch: a 429 is sent again, an error of the server is not.
func TestCreateFailsInsideABatch(t *testing.T) {
	for status, unsure := range map[int]bool{429: false, 424: false, 500: true, 502: true, 503: true, 504: true, 408: true} {
		w := start(t, graphtest.Quirks{})
		first := true
		w.srv.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, a *graphtest.Answer) {
			if r.Part != "" && first && status >= 500 {
				first = false
				*a = *graphtest.ErrorAnswer(status, "UnknownError", "")
			}
		}, Before: func(r graphtest.Request) *graphtest.Answer {
			if r.Part != "" && first && status < 500 {
				first = false
				return graphtest.ErrorAnswer(status, "UnknownError", "")
			}
			return nil
		}})
		results, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{create("1a", fields(t, map[string]record.Value{"givenName": {"New"}}))})
		require.NoError(t, err)
		require.Equal(t, unsure, errors.Is(results[0].Err, contactsync.ErrUnconfirmed), "%d: %v", status, results[0].Err)
		require.Equal(t, unsure, results[0].Err != nil, "%d: %v", status, results[0].Err)
		if status != 408 {
			require.Len(t, w.srv.Contacts(me, ""), 1, "%d", status)
		}
	}
}

// A batch that leaves out a part says nothing about it.
func TestPartWithoutAnswer(t *testing.T) {
	for _, body := range []string{`{"responses":[]}`, `{}`, `{"responses":null}`, `{"responses":[null,7,{"id":"0"},{"id":"0","status":"x"}]}`, `[]`, `"text"`, ``} {
		w := start(t, graphtest.Quirks{})
		w.srv.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, a *graphtest.Answer) {
			if r.Route == "/$batch" {
				a.Body = []byte(body)
			}
		}})
		results, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{create("1a", fields(t, map[string]record.Value{"givenName": {"New"}}))})
		require.NoError(t, err)
		require.ErrorIs(t, results[0].Err, contactsync.ErrUnconfirmed, body)
		require.Equal(t, 1, w.srv.Counts().Batches)
	}
}

// A malformed part that makes Graph refuse the whole batch costs the others nothing.
func TestBatchRefusedAsAWhole(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	w.srv.SetHooks(graphtest.Hooks{Before: func(r graphtest.Request) *graphtest.Answer {
		if r.Route == "/$batch" && strings.Contains(string(r.Body), "Poison") {
			return graphtest.ErrorAnswer(400, "BadRequest", "Invalid batch payload format.")
		}
		return nil
	}})
	var writes []contactsync.Write
	for i := range 25 {
		name := fmt.Sprint("Person ", i)
		if i == 7 {
			name = "Poison"
		}
		writes = append(writes, create(fmt.Sprint("1", i), fields(t, map[string]record.Value{"givenName": {name}})))
	}
	results, err := w.dir.Apply(t.Context(), w.scope, writes)
	require.NoError(t, err)
	for i, r := range results {
		if i == 7 {
			var invalid *contactsync.InvalidError
			require.ErrorAs(t, r.Err, &invalid)
			continue
		}
		require.NoError(t, r.Err, i)
	}
	require.Len(t, w.srv.Contacts(me, ""), 24)
}

// A call that runs out of time leaves its creates unconfirmed and what was not sent unsent.
func TestCallEndsWithinABatch(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.srv.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, a *graphtest.Answer) {
		if r.Route == "/$batch" {
			cancel()
			a.Lost = true
		}
	}})
	var writes []contactsync.Write
	for i := range 21 {
		writes = append(writes, create(fmt.Sprint("1", i), fields(t, map[string]record.Value{"givenName": {"New"}})))
	}
	results, err := w.dir.Apply(ctx, w.scope, writes)
	require.NoError(t, err, "what may have been done must be told")
	for i, r := range results[:20] {
		require.ErrorIs(t, r.Err, contactsync.ErrUnconfirmed, i)
	}
	require.Error(t, results[20].Err)
	require.NotErrorIs(t, results[20].Err, contactsync.ErrUnconfirmed)
	require.Equal(t, 1, w.srv.Counts().Requests)

	// A call that never began has done nothing.
	_, err = w.dir.Apply(ctx, w.scope, writes)
	require.ErrorIs(t, err, context.Canceled)
}

// Reads are repeated; each lost answer costs one more request.
func TestLostReads(t *testing.T) {
	for _, f := range []fault{breaksBefore, breaksAfter, answers503, answers504, answers429, truncated} {
		broken := 0
		w := startLossy(t, graphtest.Quirks{}, func(n int, r *http.Request) fault {
			if n%2 == 1 {
				broken++
				return f
			}
			return fine
		})
		w.srv.AddContact(me, full())
		changes, last := w.round("")
		require.True(t, last.Complete)
		require.Len(t, changes, 1)
		require.NotZero(t, broken)
		for _, d := range w.clock.slept() {
			require.Less(t, d, 2*time.Second)
		}
	}
}
