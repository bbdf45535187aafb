package contactsynctest

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// linksAs changes the links that are answered.
func linksAs(change func(l *contactsync.Link)) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		h.Links = func(ctx context.Context, conn, after string, n int) ([]contactsync.Link, error) {
			links, err := s.Links(ctx, conn, after, n)
			for i := range links {
				change(&links[i])
			}
			return links, err
		}
	}
}

// linksOf changes what is found by ids.
func linksOf(change func(side record.Side, ids []string, found []contactsync.Link) []contactsync.Link) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		h.LinksOf = func(ctx context.Context, conn string, side record.Side, ids []string) ([]contactsync.Link, error) {
			found, err := s.LinksOf(ctx, conn, side, ids)
			return change(side, ids, found), err
		}
	}
}

// folded stores ids without case, as a database with the wrong collation.
func folded(s contactsync.State, h *StateHooks) {
	h.LinksOf = func(ctx context.Context, conn string, side record.Side, ids []string) ([]contactsync.Link, error) {
		all, err := s.Links(ctx, conn, "", math.MaxInt)
		return slices.DeleteFunc(all, func(l contactsync.Link) bool {
			return !slices.ContainsFunc(ids, func(id string) bool { return strings.EqualFold(id, l.IDs[side]) })
		}), err
	}
}

var lookupFaults = []stateFaultCase{
	{"fingerprints lose a bit", "Links/all that a link holds", linksAs(func(l *contactsync.Link) {
		for i := range l.Seen {
			l.Seen[i].Raw[0] &= math.MaxInt64
		}
	})},
	{"pending fingerprints are not kept", "Links/all that a link holds", linksAs(func(l *contactsync.Link) { l.Pending[0] = nil })},
	{"the time of an intent is not kept", "Links/all that a link holds", linksAs(func(l *contactsync.Link) { l.Since = time.Time{} })},
	{"a page too many", "Links/pages in order of id", func(s contactsync.State, h *StateHooks) {
		h.Links = func(ctx context.Context, conn, after string, n int) ([]contactsync.Link, error) {
			return s.Links(ctx, conn, after, n+1)
		}
	}},
	{"the last link of a page comes again", "Links/pages in order of id", func(s contactsync.State, h *StateHooks) {
		h.Links = func(ctx context.Context, conn, after string, n int) ([]contactsync.Link, error) {
			page, err := s.Links(ctx, conn, after, n)
			if again, _ := s.LinksOf(ctx, conn, record.CRM, []string{"crm of " + after}); len(page) > 0 && len(again) > 0 {
				page = append(again, page[:len(page)-1]...)
			}
			return page, err
		}
	}},
	{"links in the order of a language", "Links/pages in order of id", func(s contactsync.State, h *StateHooks) {
		h.Links = func(ctx context.Context, conn, after string, n int) ([]contactsync.Link, error) {
			all, err := s.Links(ctx, conn, "", math.MaxInt)
			fold := func(id string) string { return strings.ToLower(id) + id }
			slices.SortFunc(all, func(a, b contactsync.Link) int { return strings.Compare(fold(a.ID), fold(b.ID)) })
			all = slices.DeleteFunc(all, func(l contactsync.Link) bool { return after != "" && fold(l.ID) <= fold(after) })
			return all[:min(n, len(all))], err
		}
	}},
	{"only links in phase Linked are found", "LinksOf/any of the ids", linksOf(func(_ record.Side, _ []string, found []contactsync.Link) []contactsync.Link {
		return slices.DeleteFunc(found, func(l contactsync.Link) bool { return l.Phase != contactsync.Linked })
	})},
	{"one link for each id", "LinksOf/any of the ids", linksOf(func(side record.Side, _ []string, found []contactsync.Link) []contactsync.Link {
		seen := map[string]bool{}
		return slices.DeleteFunc(found, func(l contactsync.Link) bool {
			again := seen[l.IDs[side]]
			seen[l.IDs[side]] = true
			return again
		})
	})},
	{"an id twice, a link twice", "LinksOf/any of the ids", linksOf(func(side record.Side, ids []string, found []contactsync.Link) []contactsync.Link {
		var all []contactsync.Link
		for _, id := range ids {
			for _, l := range found {
				if l.IDs[side] == id {
					all = append(all, l)
				}
			}
		}
		return all
	})},
	{"ids are compared without case", "LinksOf/ids of all kinds", folded},
	{"long ids are cut", "LinksOf/ids of all kinds", func(s contactsync.State, h *StateHooks) {
		cut := func(id string) string { return id[:min(len(id), 255)] }
		saving(func(_ *contactsync.Lease, b *contactsync.Batch) {
			for i, l := range b.Links {
				b.Links[i].IDs = [2]string{cut(l.IDs[0]), cut(l.IDs[1])}
			}
		})(s, h)
	}},
	{"too many ids at once", "LinksOf/many ids", func(s contactsync.State, h *StateHooks) {
		h.LinksOf = func(ctx context.Context, conn string, side record.Side, ids []string) ([]contactsync.Link, error) {
			return s.LinksOf(ctx, conn, side, ids[:min(len(ids), 999)])
		}
	}},
	{"a link is found by an id it had", "LinksOf/follows the link", func(s contactsync.State, h *StateHooks) {
		var mu sync.Mutex
		had := map[string]string{}
		saving(func(_ *contactsync.Lease, b *contactsync.Batch) {
			mu.Lock()
			defer mu.Unlock()
			for _, l := range b.Links {
				had[l.IDs[0]] = l.ID
			}
		})(s, h)
		h.LinksOf = func(ctx context.Context, conn string, side record.Side, ids []string) ([]contactsync.Link, error) {
			found, err := s.LinksOf(ctx, conn, side, ids)
			mu.Lock()
			defer mu.Unlock()
			if len(found) == 0 && len(ids) == 1 && had[ids[0]] != "" {
				found = append(found, contactsync.Link{ID: had[ids[0]]})
			}
			return found, err
		}
	}},
	{"all links are counted", "CountLinks", func(s contactsync.State, h *StateHooks) {
		h.CountLinks = func(ctx context.Context, conn string) (int, error) {
			all, err := s.Links(ctx, conn, "", math.MaxInt)
			return len(all), err
		}
	}},
	{"other tenants' connections are named", "LinkedTo", func(s contactsync.State, h *StateHooks) {
		h.LinkedTo = func(ctx context.Context, tenant string, ids []string) ([]string, error) {
			a, err := s.LinkedTo(ctx, "acme", ids)
			b, err2 := s.LinkedTo(ctx, "globex", ids)
			return append(a, b...), errors.Join(err, err2)
		}
	}},
	{"an item is known twice", "KnownBy/any of the keys", func(s contactsync.State, h *StateHooks) {
		h.KnownBy = func(ctx context.Context, conn string, keys []uint64) ([]contactsync.Known, error) {
			var all []contactsync.Known
			for _, k := range keys {
				one, err := s.KnownBy(ctx, conn, []uint64{k})
				if err != nil {
					return nil, err
				}
				all = append(all, one...)
			}
			return all, nil
		}
	}},
	{"phones are no keys", "KnownBy/any of the keys", func(s contactsync.State, h *StateHooks) {
		h.KnownBy = func(ctx context.Context, conn string, keys []uint64) ([]contactsync.Known, error) {
			found, err := s.KnownBy(ctx, conn, keys)
			return slices.DeleteFunc(found, func(k contactsync.Known) bool {
				return !slices.ContainsFunc(k.Emails, func(e uint64) bool { return slices.Contains(keys, e) })
			}), err
		}
	}},
	{"orphans are forgotten", "KnownBy/any of the keys", saving(func(_ *contactsync.Lease, b *contactsync.Batch) {
		for i := range b.Known {
			b.Known[i].Orphan = false
		}
	})},
	{"items are never dropped", "KnownBy/follows the item", saving(func(_ *contactsync.Lease, b *contactsync.Batch) { b.DropKnown = nil })},
	{"too many keys at once", "KnownBy/many keys", func(s contactsync.State, h *StateHooks) {
		h.KnownBy = func(ctx context.Context, conn string, keys []uint64) ([]contactsync.Known, error) {
			return s.KnownBy(ctx, conn, keys[:min(len(keys), 999)])
		}
	}},
	{"known items of all connections", "KnownOf", func(s contactsync.State, h *StateHooks) {
		h.KnownOf = func(ctx context.Context, conn string, ids []string) ([]contactsync.Known, error) {
			found, err := s.KnownOf(ctx, conn, ids)
			other, err2 := s.KnownOf(ctx, "c2", ids)
			return append(found, other...), errors.Join(err, err2)
		}
	}},
	{"a refused claim takes nothing", "Claim/one holder", func(s contactsync.State, h *StateHooks) {
		h.Claim = func(ctx context.Context, tenant, by string, keys []uint64, now, until time.Time) ([]uint64, error) {
			refused, err := s.Claim(ctx, tenant, by, keys, now, now)
			if len(refused) > 0 || err != nil {
				return refused, err
			}
			return s.Claim(ctx, tenant, by, keys, now, until)
		}
	}},
	{"claims of all tenants", "Claim/one holder", func(s contactsync.State, h *StateHooks) {
		h.Claim = func(ctx context.Context, _, by string, keys []uint64, now, until time.Time) ([]uint64, error) {
			return s.Claim(ctx, "all", by, keys, now, until)
		}
	}},
	{"claims never end", "Claim/prolonged, run out", func(s contactsync.State, h *StateHooks) {
		h.Claim = func(ctx context.Context, tenant, by string, keys []uint64, now, until time.Time) ([]uint64, error) {
			return s.Claim(ctx, tenant, by, keys, now, until.AddDate(10, 0, 0))
		}
	}},
	{"claims are not prolonged", "Claim/prolonged, run out", func(s contactsync.State, h *StateHooks) {
		var mu sync.Mutex
		first := map[uint64]time.Time{}
		h.Claim = func(ctx context.Context, tenant, by string, keys []uint64, now, until time.Time) ([]uint64, error) {
			mu.Lock()
			defer mu.Unlock()
			for _, k := range keys {
				if end, set := first[k]; set && end.After(now) {
					until = end
				}
				first[k] = until
			}
			return s.Claim(ctx, tenant, by, keys, now, until)
		}
	}},
	{"look, then claim", "Claim/at once", func(s contactsync.State, h *StateHooks) {
		var mu sync.Mutex
		var looked atomic.Int64
		holder := map[uint64]string{}
		h.Claim = func(ctx context.Context, tenant, by string, keys []uint64, now, until time.Time) ([]uint64, error) {
			mu.Lock()
			held := holder[keys[0]]
			mu.Unlock()
			if held != "" && held != by {
				return keys, nil
			}
			looked.Add(1)
			await(func() bool { return looked.Load() > 1 }) // another has looked too
			mu.Lock()
			defer mu.Unlock()
			holder[keys[0]] = by
			return nil, nil
		}
	}},
	{"anybody's claim is released", "Claim/released", func(s contactsync.State, h *StateHooks) {
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			for _, k := range b.Unclaim {
				for _, by := range []string{"c1", "c2", "c3"} {
					if refused, _ := s.Claim(ctx, "acme", by, []uint64{k}, noon, noon); len(refused) == 0 {
						break // the holder has given it up
					}
				}
			}
			return s.Save(ctx, l, b)
		}
	}},
	{"claims are not released", "Claim/released", saving(func(_ *contactsync.Lease, b *contactsync.Batch) { b.Unclaim = nil })},
	{"a connection put again starts anew", "PutConnection/again", func(s contactsync.State, h *StateHooks) {
		lease := newest(s, h)
		h.PutConnection = func(ctx context.Context, c contactsync.Connection) error {
			if l := lease(c.ID); l.Token != 0 {
				s.Save(ctx, l, contactsync.Batch{Connection: &contactsync.Connection{ID: c.ID}})
			}
			return s.PutConnection(ctx, c)
		}
	}},
	{"a connection put again stays as it is", "PutConnection/again", func(s contactsync.State, h *StateHooks) {
		h.PutConnection = func(ctx context.Context, c contactsync.Connection) error {
			if _, err := s.Connection(ctx, c.ID); err == nil {
				return nil
			}
			return s.PutConnection(ctx, c)
		}
	}},
	{"no connection is an empty one", "PutConnection", func(s contactsync.State, h *StateHooks) {
		h.Connection = func(ctx context.Context, id string) (contactsync.Connection, error) {
			c, err := s.Connection(ctx, id)
			if errors.Is(err, contactsync.ErrNotFound) {
				err = nil
			}
			return c, err
		}
	}},
	{"connections of all tenants", "Connections", func(s contactsync.State, h *StateHooks) {
		h.Connections = func(ctx context.Context, tenant string) ([]contactsync.Connection, error) {
			a, err := s.Connections(ctx, "acme")
			b, err2 := s.Connections(ctx, "globex")
			return append(a, b...), errors.Join(err, err2)
		}
	}},
	{"connections of the whole tenant", "ConnectionsOf", func(s contactsync.State, h *StateHooks) {
		h.ConnectionsOf = func(ctx context.Context, tenant, _ string) ([]contactsync.Connection, error) {
			return s.Connections(ctx, tenant)
		}
	}},
	{"connections of a user of any tenant", "ConnectionsOf", func(s contactsync.State, h *StateHooks) {
		h.ConnectionsOf = func(ctx context.Context, _, user string) ([]contactsync.Connection, error) {
			a, err := s.ConnectionsOf(ctx, "acme", user)
			b, err2 := s.ConnectionsOf(ctx, "globex", user)
			return append(a, b...), errors.Join(err, err2)
		}
	}},
	{"a user's connections the other way round", "ConnectionsOf", func(s contactsync.State, h *StateHooks) {
		h.ConnectionsOf = func(ctx context.Context, tenant, user string) ([]contactsync.Connection, error) {
			conns, err := s.ConnectionsOf(ctx, tenant, user)
			slices.Reverse(conns)
			return conns, err
		}
	}},
	{"a save is lost beside others", "many connections at once", func(s contactsync.State, h *StateHooks) {
		var mu sync.Mutex
		n := 0
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			mu.Lock()
			n++
			lost := n%9 == 0
			mu.Unlock()
			if lost {
				b.Links = nil
			}
			return s.Save(ctx, l, b)
		}
	}},
}
