package graphtest_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// Four requests of a mailbox may be under way; the fifth is refused at once, another mailbox is not.
func TestConcurrencyLimit(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	s.AddMailbox("bob@example.com")
	gate := s.Hold()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { send(s, "POST", "/me/contacts", `{"givenName":"x"}`) })
	}
	gate.Wait(4)
	require.Empty(t, s.Contacts("", ""), "held requests are not carried out yet")
	fifth := call(t, s, "GET", "/me/contacts", nil)
	require.Equal(t, []any{429, "ApplicationThrottled"}, []any{fifth.status, fifth.code()})
	wg.Go(func() { send(s, "GET", "/users/bob@example.com/contacts", "") })
	gate.Wait(5)
	gate.Release()
	gate.Release()
	wg.Wait()
	require.Len(t, s.Contacts("", ""), 4)
	require.Equal(t, 200, call(t, s, "GET", "/me/contacts", nil).status)
	c := s.Counts()
	require.Equal(t, []int{5, 1}, []int{c.MaxConcurrent, c.Throttled})
}

func TestNoConcurrencyLimit(t *testing.T) {
	s := newServer(t, graphtest.Options{Concurrency: -1})
	gate := s.Hold()
	var wg sync.WaitGroup
	for range 9 {
		wg.Go(func() { send(s, "GET", "/me/contacts", "") })
	}
	gate.Wait(9)
	gate.Release()
	wg.Wait()
	c := s.Counts()
	require.Equal(t, []int{9, 0}, []int{c.MaxConcurrent, c.Throttled})
}

// A caller that gives up while held leaves its place, and its request is not carried out.
func TestHeldCallerGivesUp(t *testing.T) {
	s := newServer(t, graphtest.Options{Concurrency: 1})
	gate := s.Hold()
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	req := request(t, "POST", "/me/contacts", m{"givenName": "x"}).WithContext(ctx)
	go func() {
		_, err := s.Client().Do(req)
		failed <- err
	}()
	gate.Wait(1)
	cancel()
	require.ErrorIs(t, <-failed, context.Canceled)
	gate.Release()
	require.Equal(t, 200, call(t, s, "GET", "/me/contacts", nil).status)
	require.Empty(t, s.Contacts("", ""))
}

// The window slides; parts of a batch count singly, and refused requests count as well.
func TestRequestLimit(t *testing.T) {
	clk := newClock()
	s := newServer(t, graphtest.Options{Now: clk.now, Requests: 10})
	for i := range 6 {
		require.Equal(t, 200, call(t, s, "GET", "/me/contacts", nil).status, i)
		clk.advance(time.Minute)
	}
	var parts []m
	for i := range 5 {
		parts = append(parts, get(fmt.Sprint(i), "/me/contacts"))
	}
	require.Equal(t, map[string]int{"0": 200, "1": 200, "2": 200, "3": 200, "4": 429}, batch(t, s, parts...).statuses())
	r := call(t, s, "GET", "/me/contacts", nil)
	require.Equal(t, 429, r.status)
	require.Equal(t, "360", r.header.Get("Retry-After"), "the refused two take the place of the two that leave the window first")
	clk.advance(359 * time.Second)
	require.Equal(t, 429, call(t, s, "GET", "/me/contacts", nil).status)
	require.Equal(t, 200, call(t, s, "GET", "/users/"+s.AddMailbox("bob@example.com")+"/contacts", nil).status, "another mailbox has its own")
	clk.advance(10 * time.Minute)
	require.Equal(t, 200, call(t, s, "GET", "/me/contacts", nil).status)
}

func TestNoRequestLimit(t *testing.T) {
	s := newServer(t, graphtest.Options{Requests: -1})
	for range 10100 {
		if r := send(s, "GET", "/me", ""); r != 200 {
			t.Fatalf("GET /me: %d", r)
		}
	}
	s = newServer(t, graphtest.Options{})
	refused := 0
	for range 10100 {
		if send(s, "GET", "/me", "") == 429 {
			refused++
		}
	}
	require.Equal(t, 100, refused, "the default is 10,000 in ten minutes")
}

// Latency is per request, for a batch per wave of four parts; fake time will do.
func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := graphtest.New(graphtest.Options{Latency: 200 * time.Millisecond})
		start := time.Now()
		call(t, s, "GET", "/me/contacts", nil)
		require.Equal(t, 200*time.Millisecond, time.Since(start))
		start = time.Now()
		var parts []m
		for i := range 9 {
			parts = append(parts, get(fmt.Sprint(i), "/me/contacts"))
		}
		batch(t, s, parts...)
		require.Equal(t, 600*time.Millisecond, time.Since(start))

		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := s.Client().Do(request(t, "POST", "/me/contacts", m{}).WithContext(ctx))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Empty(t, s.Contacts("", ""))
	})
}
