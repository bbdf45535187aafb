package graphadapter_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// every runs all methods of a world's directory and returns their errors by name.
func (w *world) every() map[string]error {
	ctx := w.t.Context()
	_, changes := w.dir.Changes(ctx, w.scope, "")
	_, get := w.dir.Get(ctx, w.scope, []contactsync.Ref{{ID: "x"}})
	_, stamps := w.dir.Get(ctx, w.scope, []contactsync.Ref{{Stamp: "x"}})
	_, apply := w.dir.Apply(ctx, w.scope, []contactsync.Write{{Op: contactsync.Delete, ID: "x"}})
	_, folders := w.dir.Folders(ctx, w.scope.Mailbox, record.Contact)
	_, createFolder := w.dir.CreateFolder(ctx, w.scope.Mailbox, record.Contact, "CRM")
	return map[string]error{"Changes": changes, "Get": get, "Get stamps": stamps, "Apply": apply, "Folders": folders, "CreateFolder": createFolder}
}

// A8: a mailbox that cannot be reached is refused with its reason, whatever is asked of it.
func TestMailboxThatCannotBeReached(t *testing.T) {
	for access, want := range map[graphtest.Access]error{
		graphtest.Unauthorized:    contactsync.ErrSignInRequired,
		graphtest.ClaimsChallenge: contactsync.ErrSignInRequired,
		graphtest.Denied:          contactsync.ErrDenied,
		graphtest.NotEnabled:      contactsync.ErrNoMailbox,
	} {
		w := start(t, graphtest.Quirks{})
		w.srv.SetAccess(me, access)
		for method, err := range w.every() {
			require.ErrorIs(t, err, want, method)
			require.ErrorContains(t, err, "graphadapter: ", method)
			var service *graphadapter.ServiceError
			require.ErrorAs(t, err, &service, method)
			require.NotContains(t, err.Error(), me, method)
			if access == graphtest.ClaimsChallenge {
				var signIn *graphadapter.SignInError
				require.ErrorAs(t, err, &signIn, method)
				require.NotEmpty(t, signIn.Claims, method)
			}
		}
	}
}

func TestMailboxOfNobody(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	w.scope.Mailbox.User = "nobody@example.com"
	for method, err := range w.every() {
		require.ErrorIs(t, err, contactsync.ErrNoMailbox, method)
		require.NotContains(t, err.Error(), "nobody", method)
	}
}

func TestKindThatIsNotServed(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	w.scope.Kind = record.Meeting
	_, err := w.dir.Changes(t.Context(), w.scope, "")
	var invalid *contactsync.InvalidError
	require.ErrorAs(t, err, &invalid)
	_, err = w.dir.Folders(t.Context(), w.scope.Mailbox, record.Task)
	require.ErrorAs(t, err, &invalid)
}

// The statuses and codes of a delta, each with its meaning.
func TestDeltaErrors(t *testing.T) {
	for _, tt := range []struct {
		status int
		code   string
		want   error
	}{
		{410, "SyncStateNotFound", contactsync.ErrCursorExpired},
		{410, "", contactsync.ErrCursorExpired},
		{410, "somethingNew", contactsync.ErrCursorExpired},
		{404, "syncStateNotFound", contactsync.ErrCursorExpired},
		{400, "SYNCSTATEINVALID", contactsync.ErrCursorExpired},
		{409, "resyncRequired", contactsync.ErrCursorExpired},
		{400, "BadRequest", contactsync.ErrCursorExpired},
		{404, "ErrorSyncFolderNotFound", contactsync.ErrFolderGone},
		{400, "ErrorSyncFolderNotFound", contactsync.ErrFolderGone},
		{404, "ErrorItemNotFound", contactsync.ErrFolderGone},
		{404, "MailboxNotEnabledForRESTAPI", contactsync.ErrNoMailbox},
		{404, "ErrorInvalidUser", contactsync.ErrNoMailbox},
		{403, "ErrorAccessDenied", contactsync.ErrDenied},
		{401, "InvalidAuthenticationToken", contactsync.ErrSignInRequired},
	} {
		w := start(t, graphtest.Quirks{})
		_, last := w.round("")
		w.srv.SetHooks(graphtest.Hooks{Before: func(graphtest.Request) *graphtest.Answer {
			return graphtest.ErrorAnswer(tt.status, tt.code, "Something about Grace Hopper.")
		}})
		_, err := w.dir.Changes(t.Context(), w.scope, last.Next)
		require.ErrorIs(t, err, tt.want, "%d %s", tt.status, tt.code)
		require.NotContains(t, err.Error(), "Grace")
		var service *graphadapter.ServiceError
		require.ErrorAs(t, err, &service)
		require.Equal(t, tt.status, service.Status)
	}
}

// Codes may stand in the inner error, spelled either way.
func TestInnerCodes(t *testing.T) {
	for _, body := range []string{
		`{"error":{"code":"BadGateway","message":"m","innerError":{"code":"resyncRequired"}}}`,
		`{"error":{"code":"UnknownError","message":"m","innererror":{"code":"a","innererror":{"code":"SyncStateNotFound"}}}}`,
	} {
		w := start(t, graphtest.Quirks{})
		_, last := w.round("")
		w.srv.SetHooks(graphtest.Hooks{Before: func(graphtest.Request) *graphtest.Answer {
			return &graphtest.Answer{Status: 404, Body: []byte(body)}
		}})
		_, err := w.dir.Changes(t.Context(), w.scope, last.Next)
		require.ErrorIs(t, err, contactsync.ErrCursorExpired)
	}
}

// The body of an error may be anything.
func TestErrorBodies(t *testing.T) {
	for _, body := range []string{"", "<html>Bad gateway</html>", "null", "[]", `{"error":"x"}`, `{"error":{"code":7}}`, `{"error":{"code":null}}`, "{"} {
		w := start(t, graphtest.Quirks{})
		_, last := w.round("")
		w.srv.SetHooks(graphtest.Hooks{Before: func(graphtest.Request) *graphtest.Answer {
			return &graphtest.Answer{Status: 403, Body: []byte(body)}
		}})
		_, err := w.dir.Changes(t.Context(), w.scope, last.Next)
		require.ErrorIs(t, err, contactsync.ErrDenied, body)
	}
}

func TestRetryAfter(t *testing.T) {
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, header string
		want         time.Duration // of the first wait; 0: by ourselves, with jitter
	}{
		{"seconds", "7", 7 * time.Second},
		{"fraction", "2.128", 2128 * time.Millisecond},
		{"date", at.Add(9 * time.Second).Format(http.TimeFormat), 9 * time.Second},
		{"missing", "", 0},
		{"nonsense", "soon", 0},
		{"not a number", "NaN", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := start(t, graphtest.Quirks{})
			_, last := w.round("")
			n := 0
			w.srv.SetHooks(graphtest.Hooks{Before: func(graphtest.Request) *graphtest.Answer {
				if n++; n > 1 {
					return nil
				}
				a := graphtest.ErrorAnswer(429, "TooManyRequests", "")
				a.Header = http.Header{}
				if tt.header != "" {
					a.Header.Set("Retry-After", tt.header)
				}
				return a
			}})
			_, _ = w.round(last.Next)
			slept := w.clock.slept()
			require.Len(t, slept, 1)
			if tt.want > 0 {
				require.Equal(t, tt.want, slept[0])
				return
			}
			require.Positive(t, slept[0])
			require.Less(t, slept[0], time.Second)
		})
	}
}

// A date is taken from the answer's own clock: ours may be an hour off.
func TestRetryAfterDateOfAnotherClock(t *testing.T) {
	w := start(t, graphtest.Quirks{}, func(g *graphtest.Options, o *graphadapter.Options) {
		now := g.Now
		o.Now = func() time.Time { return now().Add(time.Hour) }
	})
	_, last := w.round("")
	w.srv.SetQuirks(graphtest.Quirks{ThrottleEvery: 2, RetryAfter: graphtest.Date})
	_, _ = w.round(last.Next)
	_, _ = w.round(last.Next)
	require.Equal(t, []time.Duration{3 * time.Second}, w.clock.slept())
}

// A wait that is longer than allowed, or than the call has left, is passed up; others of the mailbox wait it out too.
func TestLongWaitIsPassedUp(t *testing.T) {
	for _, part := range []bool{false, true} {
		w := start(t, graphtest.Quirks{})
		_, last := w.round("")
		w.srv.Reset()
		w.srv.SetHooks(graphtest.Hooks{Before: func(r graphtest.Request) *graphtest.Answer {
			if r.Route == "/$batch" && part {
				return nil
			}
			a := graphtest.ErrorAnswer(429, "ApplicationThrottled", "")
			a.Header = http.Header{"Retry-After": {"300"}}
			return a
		}})
		var throttled *contactsync.ThrottledError
		_, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{create("1a", fields(t, map[string]record.Value{"givenName": {"X"}}))})
		require.ErrorAs(t, err, &throttled)
		require.Equal(t, 300*time.Second, throttled.RetryAfter)
		require.NotErrorIs(t, err, contactsync.ErrUnconfirmed)
		require.Equal(t, 1, w.srv.Counts().Requests)
		w.srv.SetHooks(graphtest.Hooks{})
		_, err = w.dir.Changes(t.Context(), w.scope, last.Next)
		require.ErrorAs(t, err, &throttled)
		require.Equal(t, 1, w.srv.Counts().Requests, "refused requests count against the limit: none is sent")
		require.Empty(t, w.clock.slept())
		require.NoError(t, w.clock.sleep(t.Context(), 300*time.Second))
		_, _ = w.round(last.Next)
	}
}

// A service that stays down is given up after a few tries.
func TestServiceThatStaysDown(t *testing.T) {
	for _, status := range []int{429, 500, 502, 503, 504} {
		w := start(t, graphtest.Quirks{})
		_, last := w.round("")
		w.srv.Reset()
		w.srv.SetHooks(graphtest.Hooks{Before: func(graphtest.Request) *graphtest.Answer { return &graphtest.Answer{Status: status} }})
		_, err := w.dir.Changes(t.Context(), w.scope, last.Next)
		var throttled *contactsync.ThrottledError
		require.Equal(t, status != 500 && status != 502, errors.As(err, &throttled), "%d: %v", status, err)
		require.Error(t, err)
		require.Equal(t, 4, w.srv.Counts().Requests)
	}
}

// One record's refusal is its own; one of the mailbox is everybody's.
func TestGetOfOneThatIsRefused(t *testing.T) {
	for status, fatal := range map[int]bool{400: false, 500: false, 503: false, 403: true, 401: true, 429: true} {
		w := start(t, graphtest.Quirks{})
		good, bad := w.srv.AddContact(me, full()), w.srv.AddContact(me, full())
		_, _ = w.round("")
		w.srv.SetHooks(graphtest.Hooks{Before: func(r graphtest.Request) *graphtest.Answer {
			if r.Path == "/me/contacts/"+bad.ImmutableID {
				return graphtest.ErrorAnswer(status, "SomeError", "")
			}
			return nil
		}})
		found, err := w.dir.Get(t.Context(), w.scope, []contactsync.Ref{{ID: bad.ImmutableID}, {ID: good.ImmutableID}})
		require.Equal(t, fatal, err != nil, "%d: %v", status, err)
		if !fatal {
			require.Equal(t, contactsync.Unknown, found[0].Removed)
			require.Len(t, found[1].Records, 1)
		}
	}
}
