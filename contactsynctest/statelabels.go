package contactsynctest

import (
	"fmt"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	ruleLabels      = "Labels returns what there is to say of these CRM records in the connections of the user of the tenant, and in nobody else's: a [Label] for each connection and record that has a link in phase Linked or an open problem, in order of Record, and of Conn (bytewise)."
	ruleLabel       = "Label is what there is to say beside a CRM record of one of its user's connections (L1)."
	ruleLabelLinked = "Linked: a link in phase Linked has it."
	ruleLabelCode   = "Code is of the open problem of the record that was seen last, of several at once the one with the least id; empty: there is none."
	ruleLabelSince  = "Since is its First."
)

var labelChecks = []check[*stateSession]{
	{"Labels", []string{ruleLabels, ruleLabel, ruleLabelLinked}, (*stateSession).checkLabels},
	{"Labels/problems", []string{ruleLabelCode, ruleLabelSince}, (*stateSession).checkLabelProblems},
	{"Labels/many, strange ids", []string{ruleLabels}, (*stateSession).checkManyLabels},
}

// owned makes a connection of a user and takes its lease.
func (s *stateSession) owned(id, tenant, user string) contactsync.Lease {
	s.Helper()
	s.put(contactsync.Connection{ID: id, Tenant: tenant, User: user, Kind: record.Contact, Mailbox: contactsync.Mailbox{Account: "account of " + id}})
	return s.acquire(id, "worker", noon)
}

func (s *stateSession) wantLabels(what, tenant, user string, ids []string, want ...contactsync.Label) {
	s.Helper()
	got, err := s.state.Labels(s.Context(), tenant, user, ids)
	s.must("Labels", err)
	s.want(what+": Labels", append([]contactsync.Label{}, want...), append([]contactsync.Label{}, got...))
}

// aboutRecord is a problem about a CRM record.
func aboutRecord(conn, id, crmID string, code contactsync.Code, first, last time.Time) contactsync.Problem {
	p := sampleProblem(conn, id)
	p.Record, p.Code, p.First, p.Last = [2]string{record.CRM: crmID, record.Outlook: "an item"}, code, first, last
	return p
}

func (s *stateSession) checkLabels() {
	phases := []contactsync.Phase{contactsync.Linked, contactsync.Intended, contactsync.Detached, contactsync.Unlinked, contactsync.Distinct}
	for _, of := range [][3]string{{"b", "acme", "ann"}, {"B", "acme", "ann"}, {"others", "acme", "bob"}, {"elsewhere", "globex", "ann"}} {
		l := s.owned(of[0], of[1], of[2])
		var b contactsync.Batch
		for i, phase := range phases {
			link := sampleLink(of[0], fmt.Sprintf("l%d", i))
			link.IDs[record.CRM], link.Phase = "of "+string(phase), phase
			b.Links = append(b.Links, link)
		}
		spare := sampleLink(of[0], "spare") // a tie that rests beside one that does not
		spare.IDs[record.CRM], spare.Phase = "of linked", contactsync.Detached
		second := sampleLink(of[0], "second") // and another item of the same record
		second.IDs[record.CRM] = "of linked"
		b.Links = append(b.Links, spare, second)
		b.Problems = []contactsync.Problem{
			aboutRecord(of[0], "p1", "of detached", contactsync.CodeFailed, noon, noon),
			aboutRecord(of[0], "p2", "", contactsync.CodeNoKey, noon, noon),
		}
		s.save(l, b)
	}
	all := []string{"nobody", "of unlinked", "of linked", "", "of detached", "of intended", "of distinct", "of linked"}
	s.wantLabels("of a user", "acme", "ann", all,
		contactsync.Label{Conn: "B", Record: "of detached", Code: contactsync.CodeFailed, Since: noon},
		contactsync.Label{Conn: "b", Record: "of detached", Code: contactsync.CodeFailed, Since: noon},
		contactsync.Label{Conn: "B", Record: "of linked", Linked: true},
		contactsync.Label{Conn: "b", Record: "of linked", Linked: true},
	)
	s.wantLabels("of one record", "globex", "ann", []string{"of linked"}, contactsync.Label{Conn: "elsewhere", Record: "of linked", Linked: true})
	s.wantLabels("of no record", "acme", "ann", nil)
	s.wantLabels("of a user without connections", "acme", "eve", all)
	s.wantLabels("of a user of another tenant", "globex", "bob", all)
}

func (s *stateSession) checkLabelProblems() {
	l := s.owned("c1", "acme", "ann")
	link := sampleLink("c1", "l1")
	link.IDs[record.CRM] = "r"
	ago := func(minutes int) time.Time { return noon.Add(-time.Duration(minutes) * time.Minute) }
	s.save(l, contactsync.Batch{Links: []contactsync.Link{link}, Problems: []contactsync.Problem{
		aboutRecord("c1", "p1", "r", contactsync.CodeFailed, ago(9), ago(5)),
		aboutRecord("c1", "p3", "r", contactsync.CodeInvalidValue, ago(7), ago(3)),
		aboutRecord("c1", "p2", "r", contactsync.CodeDenied, ago(8), ago(3)),
		aboutRecord("c1", "p0", "r", contactsync.CodeConflict, ago(30), ago(20)),
		aboutRecord("c1", "p4", "another", contactsync.CodeUnknown, ago(2), ago(1)),
	}})
	is := func(code contactsync.Code, since time.Time) contactsync.Label {
		return contactsync.Label{Conn: "c1", Record: "r", Linked: true, Code: code, Since: since}
	}
	s.wantLabels("of a record with four problems", "acme", "ann", []string{"r"}, is(contactsync.CodeDenied, ago(8)))
	moved := aboutRecord("c1", "p2", "another", contactsync.CodeDenied, ago(8), ago(3))
	s.save(l, contactsync.Batch{Close: []string{"p3"}, Problems: []contactsync.Problem{moved}})
	s.wantLabels("once one was closed, and one is about another record", "acme", "ann", []string{"r"}, is(contactsync.CodeFailed, ago(9)))
	s.save(l, contactsync.Batch{Close: []string{"p0", "p1"}, DropLinks: []string{"l1"}})
	s.wantLabels("once all was closed and the link dropped", "acme", "ann", []string{"r"})
}

func (s *stateSession) checkManyLabels() {
	l := s.owned("c1", "acme", "ann")
	var b contactsync.Batch
	var want []contactsync.Label
	ids := append([]string{}, strangeIDs...)
	for i := range 200 {
		ids = append(ids, fmt.Sprintf("r%03d", i))
	}
	for i, id := range ids {
		link := sampleLink("c1", fmt.Sprintf("l%03d", i))
		link.IDs[record.CRM] = id
		b.Links = append(b.Links, link)
		b.Problems = append(b.Problems, aboutRecord("c1", fmt.Sprintf("p%03d", i), id, contactsync.CodeFailed, noon, noon))
	}
	s.save(l, b)
	for _, id := range slices.Sorted(slices.Values(ids)) {
		want = append(want, contactsync.Label{Conn: "c1", Record: id, Linked: true, Code: contactsync.CodeFailed, Since: noon})
	}
	s.wantLabels("of many records", "acme", "ann", ids, want...)
	s.wantLabels("of ids in other letters", "acme", "ann", []string{"R001", "r001 ", "r%", "r___"})
}
