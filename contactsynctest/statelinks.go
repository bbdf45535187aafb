package contactsynctest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	ruleLinksOf  = "LinksOf returns the links of the connection that have any of these ids on the side, in no particular order."
	ruleAllPhase = "Links of every phase are returned."
	ruleReplace  = "inserted or replaced, by id"
	ruleLinks    = "Links returns up to n links of the connection with an id greater than after, in order of id (bytewise)."
	ruleCount    = "CountLinks returns how many links of the connection are in phase Linked."
	ruleLinkedTo = "LinkedTo returns the ids of the tenant's connections that have a link with any of the CRM ids, sorted."
)

var linkChecks = []check[*stateSession]{
	{"Links/all that a link holds", []string{ruleLinks, ruleReplace}, (*stateSession).checkLinkWhole},
	{"Links/pages in order of id", []string{ruleLinks}, (*stateSession).checkLinkPages},
	{"LinksOf/any of the ids", []string{ruleLinksOf, ruleAllPhase}, (*stateSession).checkLinksOf},
	{"LinksOf/ids of all kinds", []string{ruleLinksOf}, (*stateSession).checkStrangeIDs},
	{"LinksOf/many ids", []string{ruleLinksOf}, (*stateSession).checkManyIDs},
	{"LinksOf/follows the link", []string{ruleLinksOf}, (*stateSession).checkLinkMoves},
	{"CountLinks", []string{ruleCount}, (*stateSession).checkCount},
	{"LinkedTo", []string{ruleLinkedTo}, (*stateSession).checkLinkedTo},
}

func (s *stateSession) checkLinkWhole() {
	l := s.lease("c1")
	link := fullLink("c1", "l1")
	bare := contactsync.Link{ID: "l2", Conn: "c1", Phase: contactsync.Intended}
	s.save(l, contactsync.Batch{Links: []contactsync.Link{link, bare}})
	s.wantLinks("after a save", "c1", link, bare)
	s.save(l, contactsync.Batch{Links: []contactsync.Link{sampleLink("c1", "l1")}})
	s.wantLinks("after a link was replaced by one that holds less", "c1", sampleLink("c1", "l1"), bare)
	s.save(l, contactsync.Batch{DropLinks: []string{"l1"}})
	s.wantLinks("after a link was dropped", "c1", bare)
	s.save(l, contactsync.Batch{Links: []contactsync.Link{link}})
	s.wantLinks("after a link came back", "c1", link, bare)
}

func (s *stateSession) checkLinkPages() {
	l := s.lease("c1")
	s.save(s.lease("c2"), contactsync.Batch{Links: []contactsync.Link{sampleLink("c2", "a1")}})
	ids := slices.Clone(strangeIDs)
	for i := range 300 {
		ids = append(ids, fmt.Sprintf("l%d", i))
	}
	var links []contactsync.Link
	for i, id := range ids {
		links = append(links, sampleLink("c1", id))
		if len(links) == 7 || i == len(ids)-1 {
			s.save(l, contactsync.Batch{Links: links})
			links = nil
		}
	}
	s.save(l, contactsync.Batch{DropLinks: []string{"l7"}})
	want := slices.DeleteFunc(slices.Sorted(slices.Values(ids)), func(id string) bool { return id == "l7" })
	for _, n := range []int{1, 50, len(want), len(want) + 1} {
		var got []string
		for after := ""; ; {
			page, err := s.state.Links(s.Context(), "c1", after, n)
			s.must("Links", err)
			if len(page) > n {
				s.Fatalf("Links with n = %d: %d links", n, len(page))
			}
			if len(page) == 0 {
				break
			}
			for _, link := range page {
				got = append(got, link.ID)
			}
			if got[len(got)-1] <= after || len(got) > len(want) {
				s.Fatalf("Links after %q with n = %d: ends at %q; want ids that are greater, bytewise", short(after), n, short(got[len(got)-1]))
			}
			after = got[len(got)-1]
		}
		if !slices.Equal(got, want) {
			s.Errorf("Links, read %d at a time: %d ids in this order: %s; want %d in the order of their bytes: %s", n, len(got), shortList(got), len(want), shortList(want))
		}
	}
	if page, err := s.state.Links(s.Context(), "c1", "l1zzz", 1); err != nil || len(page) != 1 || page[0].ID != "l2" {
		s.Errorf("Links after an id that is not there: %d links, error %v; want those after its place", len(page), err)
	}
}

func shortList(ids []string) string {
	var parts []string
	for _, id := range ids[:min(len(ids), 25)] {
		parts = append(parts, fmt.Sprintf("%q", short(id)))
	}
	return strings.Join(parts, " ")
}

// wantLinksOf holds the ids of the links found against those expected.
func (s *stateSession) wantLinksOf(what, conn string, side record.Side, ids []string, want ...string) {
	s.Helper()
	links, err := s.state.LinksOf(s.Context(), conn, side, ids)
	s.must("LinksOf", err)
	var got []string
	for _, link := range links {
		got = append(got, link.ID)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.Errorf("LinksOf %s on the side %v: links %s, want %s", what, side, shortList(got), shortList(want))
	}
}

func (s *stateSession) checkLinksOf() {
	l := s.lease("c1")
	s.save(s.lease("c2"), contactsync.Batch{Links: []contactsync.Link{sampleLink("c2", "elsewhere")}})
	intended, detached, unlinked, twin := sampleLink("c1", "intended"), sampleLink("c1", "detached"), sampleLink("c1", "unlinked"), sampleLink("c1", "twin")
	distinct := sampleLink("c1", "distinct")
	distinct.Phase, distinct.Seen, distinct.Asked = contactsync.Distinct, nil, []conflict.Seen{{Raw: [2]uint64{math.MaxUint64, 1}, Version: math.MaxUint32}}
	intended.Phase, intended.IDs[record.Outlook] = contactsync.Intended, ""
	detached.Phase, unlinked.Phase = contactsync.Detached, contactsync.Unlinked
	twin.IDs[record.CRM] = "crm of linked" // one CRM record tied to two items
	s.save(l, contactsync.Batch{Links: []contactsync.Link{sampleLink("c1", "linked"), intended, detached, unlinked, twin, distinct}})

	of := func(side string, ids ...string) []string {
		for i := range ids {
			ids[i] = side + " of " + ids[i]
		}
		return ids
	}
	s.wantLinksOf("six ids", "c1", record.CRM, of("crm", "linked", "intended", "detached", "unlinked", "distinct", "elsewhere"), "linked", "twin", "intended", "detached", "unlinked", "distinct")
	s.wantLinksOf("five ids", "c1", record.Outlook, of("outlook", "linked", "intended", "detached", "twin", "elsewhere"), "linked", "detached", "twin")
	s.wantLinksOf("an id twice", "c1", record.Outlook, of("outlook", "linked", "linked"), "linked")
	s.wantLinksOf("an id of the other side", "c1", record.CRM, of("outlook", "linked"))
	s.wantLinksOf("no ids", "c1", record.CRM, nil)
	links, err := s.state.LinksOf(s.Context(), "c1", record.CRM, of("crm", "detached"))
	s.must("LinksOf", err)
	s.want("LinksOf", []contactsync.Link{detached}, links)
	links, err = s.state.LinksOf(s.Context(), "c1", record.Outlook, of("outlook", "distinct"))
	s.must("LinksOf", err)
	s.want("LinksOf", []contactsync.Link{distinct}, links)
}

func (s *stateSession) checkStrangeIDs() {
	l := s.lease("c1")
	var links []contactsync.Link
	for i, id := range strangeIDs {
		link := sampleLink("c1", fmt.Sprintf("l%02d", i))
		link.IDs = [2]string{id, strangeIDs[len(strangeIDs)-1-i]}
		link.Version = [2]string{longID("v"), id}
		links = append(links, link)
	}
	s.save(l, contactsync.Batch{Links: links})
	s.wantLinks("with ids of all kinds", "c1", links...)
	for i, id := range strangeIDs {
		what := fmt.Sprintf("id %q", short(id))
		s.wantLinksOf(what, "c1", record.CRM, []string{id}, links[i].ID)
		s.wantLinksOf(what, "c1", record.Outlook, []string{id}, links[len(links)-1-i].ID)
	}
}

func (s *stateSession) checkManyIDs() {
	l := s.lease("c1")
	s.save(l, contactsync.Batch{Links: []contactsync.Link{sampleLink("c1", "first"), sampleLink("c1", "last")}})
	ids := []string{"crm of first"}
	for i := range 3000 {
		ids = append(ids, fmt.Sprintf("nobody %d", i))
	}
	s.wantLinksOf("3002 ids", "c1", record.CRM, append(ids, "crm of last"), "first", "last")
}

func (s *stateSession) checkLinkMoves() {
	l := s.lease("c1")
	link := sampleLink("c1", "l1")
	s.save(l, contactsync.Batch{Links: []contactsync.Link{link}})
	link.IDs = [2]string{"another record", "another item"}
	s.save(l, contactsync.Batch{Links: []contactsync.Link{link}})
	for side, id := range []string{"crm of l1", "outlook of l1"} {
		s.wantLinksOf("the id a link had before", "c1", record.Side(side), []string{id})
		s.wantLinksOf("the id a link has now", "c1", record.Side(side), []string{link.IDs[side]}, "l1")
	}
	s.save(l, contactsync.Batch{DropLinks: []string{"l1"}})
	for side, id := range link.IDs {
		s.wantLinksOf("the id of a dropped link", "c1", record.Side(side), []string{id})
	}
}

func (s *stateSession) wantCount(what, conn string, want int) {
	s.Helper()
	n, err := s.state.CountLinks(s.Context(), conn)
	s.must("CountLinks", err)
	if n != want {
		s.Errorf("CountLinks %s: %d, want %d", what, n, want)
	}
}

func (s *stateSession) checkCount() {
	l := s.lease("c1")
	s.save(s.lease("c2"), contactsync.Batch{Links: []contactsync.Link{sampleLink("c2", "l1")}})
	a, b := sampleLink("c1", "a"), sampleLink("c1", "b")
	intended, detached, unlinked, distinct := sampleLink("c1", "c"), sampleLink("c1", "d"), sampleLink("c1", "e"), sampleLink("c1", "f")
	intended.Phase, detached.Phase, unlinked.Phase, distinct.Phase = contactsync.Intended, contactsync.Detached, contactsync.Unlinked, contactsync.Distinct
	s.wantCount("of a new connection", "c1", 0)
	s.save(l, contactsync.Batch{Links: []contactsync.Link{a, b, intended, detached, unlinked, distinct}})
	s.wantCount("with links of every phase", "c1", 2)
	a.Phase, intended.Phase = contactsync.Unlinked, contactsync.Linked
	s.save(l, contactsync.Batch{Links: []contactsync.Link{a, b, intended}, DropLinks: []string{"e"}})
	s.wantCount("after phases changed", "c1", 2)
	s.save(l, contactsync.Batch{DropLinks: []string{"b", "b"}})
	s.wantCount("after one was dropped", "c1", 1)
}

func (s *stateSession) checkLinkedTo() {
	for _, id := range []string{"c2", "c1", "c3"} {
		l := s.lease(id)
		link := sampleLink(id, "l1")
		link.IDs[record.CRM] = "shared"
		if id == "c3" {
			link.IDs[record.CRM], link.Phase = "its own", contactsync.Detached
		}
		s.save(l, contactsync.Batch{Links: []contactsync.Link{link}})
	}
	foreign := s.connection("c4")
	foreign.ID, foreign.Tenant = "c5", "globex"
	s.put(foreign)
	link := sampleLink("c5", "l1")
	link.IDs[record.CRM] = "shared"
	s.save(s.acquire("c5", "worker", noon), contactsync.Batch{Links: []contactsync.Link{link}})

	for _, tt := range []struct {
		tenant string
		ids    []string
		want   []string
	}{
		{"acme", []string{"shared"}, []string{"c1", "c2"}},
		{"acme", []string{"nobody", "its own", "shared"}, []string{"c1", "c2", "c3"}},
		{"acme", []string{"outlook of l1"}, nil},
		{"acme", nil, nil},
		{"globex", []string{"shared", "its own"}, []string{"c5"}},
		{"nobody", []string{"shared"}, nil},
	} {
		got, err := s.state.LinkedTo(s.Context(), tt.tenant, tt.ids)
		s.must("LinkedTo", err)
		if !slices.Equal(got, tt.want) {
			s.Errorf("LinkedTo of tenant %q and records %q: connections %q, want %q", tt.tenant, tt.ids, got, tt.want)
		}
	}
}
