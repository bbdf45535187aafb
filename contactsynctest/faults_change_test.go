package contactsynctest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// paging changes the pages of Changes.
func paging(change func(after contactsync.Cursor, p contactsync.Page) contactsync.Page) fault {
	return func(s contactsync.Store, h *StoreHooks) {
		h.Changes = func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
			p, err := s.Changes(ctx, sc, after)
			if err != nil {
				return p, err
			}
			return change(after, p), nil
		}
	}
}

func dropChanges(p contactsync.Page, drop func(c contactsync.Change) bool) contactsync.Page {
	p.Changes = slices.DeleteFunc(p.Changes, drop)
	return p
}

var changeFaults = []faultCase{
	{"the last record of a page is skipped", "Changes/full listing", paging(func(_ contactsync.Cursor, p contactsync.Page) contactsync.Page {
		if p.More {
			p.Changes = p.Changes[:len(p.Changes)-1]
		}
		return p
	})},
	{"a listing is never complete", "Changes/full listing", paging(func(_ contactsync.Cursor, p contactsync.Page) contactsync.Page {
		p.Complete = false
		return p
	})},
	{"an empty listing is not complete", "Changes/listing of nothing", paging(func(_ contactsync.Cursor, p contactsync.Page) contactsync.Page {
		p.Complete = p.Complete && len(p.Changes) > 0
		return p
	})},
	{"every round is complete", "Changes/nothing new", paging(func(_ contactsync.Cursor, p contactsync.Page) contactsync.Page {
		p.Complete = !p.More
		return p
	})},
	{"complete while there is more", "Changes/full listing", paging(func(_ contactsync.Cursor, p contactsync.Page) contactsync.Page {
		p.Complete = true
		return p
	})},
	{"a listing never ends", "Changes/full listing", paging(func(after contactsync.Cursor, p contactsync.Page) contactsync.Page {
		if !p.More && after != "" {
			p.More, p.Next, p.Complete = true, after, false
		}
		return p
	})},
	{"no cursor at the end", "Changes/full listing", paging(func(_ contactsync.Cursor, p contactsync.Page) contactsync.Page {
		if !p.More {
			p.Next = ""
		}
		return p
	})},
	{"every round lists everything", "Changes/nothing new", func(s contactsync.Store, h *StoreHooks) {
		h.Changes = func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
			if strings.Contains(string(after), "changes") {
				after = ""
			}
			p, err := s.Changes(ctx, sc, after)
			p.Complete = false
			return p, err
		}
	}},
	{"removals are not told", "Changes/created, updated, deleted", paging(func(_ contactsync.Cursor, p contactsync.Page) contactsync.Page {
		return dropChanges(p, func(c contactsync.Change) bool { return c.Removed == contactsync.Deleted })
	})},
	{"updates are not told", "Changes/created, updated, deleted", paging(func(after contactsync.Cursor, p contactsync.Page) contactsync.Page {
		return dropChanges(p, func(c contactsync.Change) bool {
			return strings.Contains(string(after), "changes") && c.Record != nil && c.Record.Version != "1"
		})
	})},
	{"old values are told", "Changes/created, updated, deleted", paging(func(after contactsync.Cursor, p contactsync.Page) contactsync.Page {
		for _, c := range p.Changes {
			if c.Record != nil && c.Record.Version != "1" {
				c.Record.Fields = c.Record.Fields.With(testSchema.Build().Set("title", "old").Fields())
			}
		}
		return p
	})},
	{"the deleted are listed", "Changes/a deleted record is not listed", paging(func(after contactsync.Cursor, p contactsync.Page) contactsync.Page {
		if after == "" {
			p.Changes = append(p.Changes, contactsync.Change{ID: "contact-1", Record: &record.Record{ID: "contact-1"}})
		}
		return p
	})},
	{"newest first", "Changes/oldest first", paging(func(_ contactsync.Cursor, p contactsync.Page) contactsync.Page {
		slices.Reverse(p.Changes)
		return p
	})},
	{"the first one counts", "Changes/the last one counts", paging(func(after contactsync.Cursor, p contactsync.Page) contactsync.Page {
		for _, c := range slices.Clone(p.Changes) {
			if c.Record != nil && c.Record.Version == "4" {
				old := *c.Record
				old.Version = "2"
				p.Changes = append(p.Changes, contactsync.Change{ID: c.ID, Record: &old})
			}
		}
		return p
	})},
	{"any cursor will do", "Changes/a foreign cursor", func(s contactsync.Store, h *StoreHooks) {
		h.Changes = func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
			p, err := s.Changes(ctx, sc, after)
			if errors.Is(err, contactsync.ErrCursorExpired) {
				return s.Changes(ctx, sc, "")
			}
			return p, err
		}
	}},
	{"a change is told once", "Changes/a page asked for again", func(s contactsync.Store, h *StoreHooks) {
		var mu sync.Mutex
		told := map[string]bool{}
		h.Changes = func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
			p, err := s.Changes(ctx, sc, after)
			mu.Lock()
			defer mu.Unlock()
			if !strings.Contains(string(after), "changes") {
				return p, err
			}
			return dropChanges(p, func(c contactsync.Change) bool {
				key := c.ID + string(c.Removed)
				if c.Record != nil {
					key += c.Record.Version
				}
				again := told[key]
				told[key] = true
				return again
			}), err
		}
	}},
	{"a listing's cursor is taken at its end", "Changes/written during the listing", func(s contactsync.Store, h *StoreHooks) {
		var listing []contactsync.Change // as it was when the listing began
		h.Changes = func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
			var at int
			if after == "" {
				listing = drainAll(ctx, s, sc)
			} else if _, err := fmt.Sscanf(string(after), "page %d", &at); err != nil {
				return s.Changes(ctx, sc, after)
			}
			if end := at + 7; end < len(listing) {
				return contactsync.Page{Changes: slices.Clone(listing[at:end]), Next: contactsync.Cursor(fmt.Sprintf("page %d", end)), More: true}, nil
			}
			head := contactsync.Page{More: true}
			for head.More {
				var err error
				if head, err = s.Changes(ctx, sc, head.Next); err != nil {
					return head, err
				}
			}
			return contactsync.Page{Changes: slices.Clone(listing[at:]), Next: head.Next, Complete: true}, nil
		}
	}},
	{"a cursor passes what is not visible yet", "Changes/nothing is missed while others write", func(s contactsync.Store, h *StoreHooks) {
		var mu sync.Mutex
		unseen := map[string]bool{} // numbered, and not committed
		var rounds atomic.Int64
		h.Apply = func(ctx context.Context, sc contactsync.Scope, w []contactsync.Write) ([]contactsync.Result, error) {
			mu.Lock()
			res, err := s.Apply(ctx, sc, w)
			for _, r := range res {
				unseen[r.ID] = true
			}
			mu.Unlock()
			read := rounds.Load()
			await(func() bool { return rounds.Load() > read }) // somebody has read to the end
			mu.Lock()
			for _, r := range res {
				delete(unseen, r.ID)
			}
			mu.Unlock()
			return res, err
		}
		h.Changes = func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
			mu.Lock()
			defer mu.Unlock()
			p, err := s.Changes(ctx, sc, after)
			if !p.More {
				rounds.Add(1)
			}
			return dropChanges(p, func(c contactsync.Change) bool { return unseen[c.ID] }), err
		}
	}},
	{"a change names no record", "Changes/created, updated, deleted", paging(func(_ contactsync.Cursor, p contactsync.Page) contactsync.Page {
		for i := range p.Changes {
			p.Changes[i].ID = ""
		}
		return p
	})},
	{"a merge is told without its survivor", "Scope/merged", paging(func(_ contactsync.Cursor, p contactsync.Page) contactsync.Page {
		for i := range p.Changes {
			p.Changes[i].Into = ""
		}
		return p
	})},
	{"what is hidden is told as deleted", "Scope/hidden", paging(func(_ contactsync.Cursor, p contactsync.Page) contactsync.Page {
		for i, c := range p.Changes {
			if c.Removed == contactsync.Hidden {
				p.Changes[i].Removed = contactsync.Deleted
			}
		}
		return p
	})},
}

func drainAll(ctx context.Context, s contactsync.Store, sc contactsync.Scope) []contactsync.Change {
	var all []contactsync.Change
	for p := (contactsync.Page{More: true}); p.More; {
		var err error
		if p, err = s.Changes(ctx, sc, p.Next); err != nil {
			panic(err)
		}
		all = append(all, p.Changes...)
	}
	return all
}

// matching changes what a Finder answers.
func matching(change func(keys []match.Key, m contactsync.Matches) contactsync.Matches) fault {
	return func(s contactsync.Store, h *StoreHooks) {
		h.Find = func(ctx context.Context, sc contactsync.Scope, keys []match.Key) (contactsync.Matches, error) {
			m, err := s.(contactsync.Finder).Find(ctx, sc, keys)
			return change(keys, m), err
		}
	}
}

var finderFaults = []faultCase{
	{"a record is found twice", "Finder/any of the keys", matching(func(_ []match.Key, m contactsync.Matches) contactsync.Matches {
		m.Records = append(m.Records, m.Records...)
		return m
	})},
	{"only the first key counts", "Finder/any of the keys", func(s contactsync.Store, h *StoreHooks) {
		h.Find = func(ctx context.Context, sc contactsync.Scope, keys []match.Key) (contactsync.Matches, error) {
			return s.(contactsync.Finder).Find(ctx, sc, keys[:min(len(keys), 1)])
		}
	}},
	{"an index that is not kept up", "Finder/follows the record", func(s contactsync.Store, h *StoreHooks) {
		var mu sync.Mutex
		index := map[match.Key]map[string]bool{}
		h.Find = func(ctx context.Context, sc contactsync.Scope, keys []match.Key) (contactsync.Matches, error) {
			mu.Lock()
			defer mu.Unlock()
			m, err := s.(contactsync.Finder).Find(ctx, sc, keys)
			for _, r := range m.Records {
				for _, k := range match.Keys(r.Fields, sc.Locale) {
					if index[k] == nil {
						index[k] = map[string]bool{}
					}
					index[k][r.ID] = true
				}
			}
			ids := map[string]bool{}
			for _, k := range keys {
				for id := range index[k] {
					ids[id] = true
				}
			}
			m.Records = nil
			for id := range ids {
				m.Records = append(m.Records, record.Record{ID: id})
			}
			return m, err
		}
	}},
	{"too many keys at once", "Finder/many keys", func(s contactsync.Store, h *StoreHooks) {
		h.Find = func(ctx context.Context, sc contactsync.Scope, keys []match.Key) (contactsync.Matches, error) {
			if len(keys) > 999 {
				return contactsync.Matches{}, errors.New("too many SQL variables")
			}
			return s.(contactsync.Finder).Find(ctx, sc, keys)
		}
	}},
	{"strangers are shown", "Finder/strangers", matching(func(_ []match.Key, m contactsync.Matches) contactsync.Matches {
		return contactsync.Matches{Records: append(m.Records, m.Strangers...)}
	})},
	{"strangers are left out", "Finder/strangers", matching(func(_ []match.Key, m contactsync.Matches) contactsync.Matches {
		return contactsync.Matches{Records: m.Records}
	})},
	{"old values are found", "Finder/any of the keys", matching(func(_ []match.Key, m contactsync.Matches) contactsync.Matches {
		for i := range m.Records {
			m.Records[i].Version = "0"
		}
		return m
	})},
}
