package contactsynctest_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// capable is a side with every optional capability.
type capable struct {
	contactsync.Directory
	timed
}

type timed struct{ asked *[]string }

func (c timed) FieldTimes(_ context.Context, _ contactsync.Scope, id string, _ []string) (map[string]time.Time, error) {
	*c.asked = append(*c.asked, "FieldTimes of "+id)
	return map[string]time.Time{"a": time.Unix(1, 0)}, nil
}

func (c timed) Find(context.Context, contactsync.Scope, []match.Key) (contactsync.Matches, error) {
	*c.asked = append(*c.asked, "Find")
	return contactsync.Matches{}, nil
}

func (c timed) BlindUpdate(record.Fields) bool {
	*c.asked = append(*c.asked, "BlindUpdate")
	return true
}

type onlyTimes struct {
	contactsync.Directory
	t timed
}

func (o onlyTimes) FieldTimes(ctx context.Context, sc contactsync.Scope, id string, fields []string) (map[string]time.Time, error) {
	return o.t.FieldTimes(ctx, sc, id, fields)
}

type onlyFind struct {
	contactsync.Directory
	t timed
}

func (o onlyFind) Find(ctx context.Context, sc contactsync.Scope, keys []match.Key) (contactsync.Matches, error) {
	return o.t.Find(ctx, sc, keys)
}

type onlyBlind struct {
	contactsync.Directory
	t timed
}

func (o onlyBlind) BlindUpdate(set record.Fields) bool { return o.t.BlindUpdate(set) }

// TestInterceptShowsWhatIsThere: a capability is there behind the wrapper where it is without it, and nowhere else.
func TestInterceptShowsWhatIsThere(t *testing.T) {
	var asked []string
	all := timed{&asked}
	none := struct{ contactsync.Directory }{memstore.NewDirectory()}
	for name, inner := range map[string]contactsync.Directory{
		"none": none, "all": capable{none, all}, "times": onlyTimes{none, all}, "find": onlyFind{none, all}, "blind": onlyBlind{none, all},
	} {
		for wrap, outer := range map[string]contactsync.Store{
			"Intercept":      contactsynctest.Intercept(inner, contactsynctest.Hooks{}),
			"InterceptStore": contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{}),
		} {
			asked = nil
			ft, has := outer.(contactsync.FieldTimes)
			require.Equal(t, name == "all" || name == "times", has, "%s of %s: FieldTimes", wrap, name)
			if has {
				times, err := ft.FieldTimes(t.Context(), contactsync.Scope{}, "id", nil)
				require.NoError(t, err)
				require.Len(t, times, 1)
			}
			f, has := outer.(contactsync.Finder)
			require.Equal(t, wrap == "InterceptStore" && (name == "all" || name == "find"), has, "%s of %s: Finder", wrap, name)
			if has {
				_, err := f.Find(t.Context(), contactsync.Scope{}, nil)
				require.NoError(t, err)
			}
			b, has := outer.(contactsync.BlindUpdater)
			require.Equal(t, wrap == "Intercept" && (name == "all" || name == "blind"), has, "%s of %s: BlindUpdater", wrap, name)
			if has {
				require.True(t, b.BlindUpdate(record.Fields{}))
			}
			_, isDirectory := outer.(contactsync.Directory)
			require.Equal(t, wrap == "Intercept", isDirectory)
		}
	}
}

func TestInterceptHooksOfCapabilities(t *testing.T) {
	var asked []string
	inner := capable{memstore.NewDirectory(), timed{&asked}}
	d := contactsynctest.Intercept(inner, contactsynctest.Hooks{
		BlindUpdate: func(record.Fields) bool { return false },
		FieldTimes: func(context.Context, contactsync.Scope, string, []string) (map[string]time.Time, error) {
			return nil, errors.New("hooked")
		},
	})
	require.False(t, d.(contactsync.BlindUpdater).BlindUpdate(record.Fields{}))
	_, err := d.(contactsync.FieldTimes).FieldTimes(t.Context(), contactsync.Scope{}, "", nil)
	require.EqualError(t, err, "hooked")
	require.Empty(t, asked)
}

// TestInterceptSeesEveryCall goes through every method with hooks before and after.
func TestInterceptSeesEveryCall(t *testing.T) {
	box := contactsync.Mailbox{Account: "a"}
	outlook := memstore.NewDirectory()
	outlook.Mailbox(box)
	sc := contactsync.Scope{Mailbox: box, Kind: record.Contact}
	stopped, lost := errors.New("stopped before"), errors.New("answer lost")
	calls := map[string]func(d contactsync.Directory, ctx context.Context) (bool, error){
		"Changes": func(d contactsync.Directory, ctx context.Context) (bool, error) {
			p, err := d.Changes(ctx, sc, "")
			return p.Next != "", err
		},
		"Get": func(d contactsync.Directory, ctx context.Context) (bool, error) {
			found, err := d.Get(ctx, sc, []contactsync.Ref{{ID: "a"}})
			return found != nil, err
		},
		"Apply": func(d contactsync.Directory, ctx context.Context) (bool, error) {
			res, err := d.Apply(ctx, sc, []contactsync.Write{{Op: contactsync.Create}})
			return res != nil, err
		},
		"Folders": func(d contactsync.Directory, ctx context.Context) (bool, error) {
			list, err := d.Folders(ctx, box, record.Contact)
			return list != nil, err
		},
		"CreateFolder": func(d contactsync.Directory, ctx context.Context) (bool, error) {
			f, err := d.CreateFolder(ctx, box, record.Contact, "New")
			return f.ID != "", err
		},
	}
	for method, call := range calls {
		var seen []string
		answered, err := call(contactsynctest.Intercept(outlook, contactsynctest.Hooks{
			Before: func(_ context.Context, m string) error { seen = append(seen, "before "+m); return nil },
			After:  func(_ context.Context, m string, err error) error { seen = append(seen, "after "+m); return err },
		}), t.Context())
		require.NoError(t, err)
		require.True(t, answered)
		require.Equal(t, []string{"before " + method, "after " + method}, seen)

		items := len(outlook.Mailbox(box).Items(record.Contact, ""))
		answered, err = call(contactsynctest.Intercept(outlook, contactsynctest.Hooks{
			Before: func(context.Context, string) error { return stopped },
			After:  func(context.Context, string, error) error { panic("after what did not happen") },
		}), t.Context())
		require.ErrorIs(t, err, stopped)
		require.False(t, answered)
		require.Len(t, outlook.Mailbox(box).Items(record.Contact, ""), items, "what was stopped has had an effect")

		answered, err = call(contactsynctest.Intercept(outlook, contactsynctest.Hooks{
			After: func(context.Context, string, error) error { return lost },
		}), t.Context())
		require.ErrorIs(t, err, lost)
		require.False(t, answered, "%s: an answer beside the error", method)
		if method == "Apply" {
			require.Len(t, outlook.Mailbox(box).Items(record.Contact, ""), items+1, "what was lost is the answer, not the effect")
		}
	}
}

// TestInterceptState has a hook for every method of a State.
func TestInterceptState(t *testing.T) {
	hooked := errors.New("hooked")
	inner := memstore.NewState()
	require.NoError(t, inner.PutConnection(t.Context(), contactsync.Connection{ID: "c1", Tenant: "acme"}))
	var seen []string
	s := contactsynctest.InterceptState(inner, contactsynctest.StateHooks{
		Before: func(_ context.Context, method string) error { seen = append(seen, method); return nil },
		Post:   func(context.Context, contactsync.Message) error { return hooked },
	})
	ctx := t.Context()
	l, err := s.Acquire(ctx, "c1", "w", time.Unix(0, 0), time.Minute)
	require.NoError(t, err)
	require.EqualValues(t, 1, l.Token)
	require.NoError(t, s.Save(ctx, l, contactsync.Batch{}))
	require.ErrorIs(t, s.Post(ctx, contactsync.Message{Conn: "c1"}), hooked)
	_, err = s.LinksOf(ctx, "c1", record.CRM, nil)
	require.NoError(t, err)
	_, err = s.Links(ctx, "c1", "", 1)
	require.NoError(t, err)
	_, err = s.CountLinks(ctx, "c1")
	require.NoError(t, err)
	_, err = s.KnownBy(ctx, "c1", nil)
	require.NoError(t, err)
	_, err = s.KnownOf(ctx, "c1", nil)
	require.NoError(t, err)
	_, err = s.Claim(ctx, "acme", "c1", nil, time.Unix(0, 0), time.Unix(1, 0))
	require.NoError(t, err)
	require.NoError(t, s.PutConnection(ctx, l.Conn))
	_, err = s.Connection(ctx, "c1")
	require.NoError(t, err)
	_, err = s.Connections(ctx, "acme")
	require.NoError(t, err)
	_, err = s.ConnectionsOf(ctx, "acme", "u1")
	require.NoError(t, err)
	_, err = s.LinkedTo(ctx, "acme", nil)
	require.NoError(t, err)
	_, err = s.Labels(ctx, "acme", "u1", nil)
	require.NoError(t, err)
	_, err = s.Problems(ctx, "c1")
	require.NoError(t, err)
	_, err = s.Answers(ctx, "c1")
	require.NoError(t, err)
	_, err = s.Runs(ctx, "c1", 1)
	require.NoError(t, err)
	require.Equal(t, []string{
		"Acquire", "Save", "Post", "LinksOf", "Links", "CountLinks", "KnownBy", "KnownOf", "Claim",
		"PutConnection", "Connection", "Connections", "ConnectionsOf", "LinkedTo", "Labels", "Problems", "Answers", "Runs",
	}, slices.Compact(seen))
}
