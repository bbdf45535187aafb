package contactsynctest

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	ruleErase         = "Erase, when not nil, is done before the rest."
	ruleErasure       = "Erasure names by id what a [Batch] erases of its connection (B18): the known items and the problems that name any of the records, the problems and the journal entries of the links, and the problems of either in remembered reports."
	ruleEraseMessages = "Messages lose the records they name, and those that are left with nothing, or that hold a decision about one, are dropped."
	ruleEraseLinks    = "Links themselves are not: that is what DropLinks is for."
)

var eraseChecks = []check[*stateSession]{
	{"Erase", []string{ruleErasure, ruleEraseLinks}, (*stateSession).checkErase},
	{"Erase/before the rest", []string{ruleErase}, (*stateSession).checkEraseFirst},
	{"Erase/messages", []string{ruleEraseMessages}, (*stateSession).checkEraseMessages},
	{"Erase/journal", []string{ruleErasure}, journaling((*stateSession).checkEraseJournal)},
}

// theirs is what is erased: a record, an item and a link.
func theirs() *contactsync.Erasure {
	return &contactsync.Erasure{
		Records: [2][]string{record.CRM: {"crm of p1", "nobody"}, record.Outlook: {"outlook of p2", "i1"}},
		Links:   []string{"link of p3"},
	}
}

func (s *stateSession) checkErase() {
	problems := map[string][]contactsync.Problem{}
	for _, conn := range []string{"c1", "c2"} {
		l := s.lease(conn)
		report := sampleReport(conn, 1)
		for _, id := range []string{"p1", "p2", "p3", "p4"} {
			problems[conn] = append(problems[conn], sampleProblem(conn, id))
		}
		report.Problems = problems[conn]
		link := sampleLink(conn, "link of p3")
		link.IDs = [2]string{"crm of p1", "outlook of p2"}
		s.save(l, contactsync.Batch{
			Links: []contactsync.Link{link}, Problems: problems[conn], Report: &report,
			Known: []contactsync.Known{sampleKnown("i1"), sampleKnown("i2"), sampleKnown("crm of p1")},
		})
		if conn == "c2" {
			s.save(l, contactsync.Batch{Erase: theirs()})
			s.save(l, contactsync.Batch{Erase: theirs()})
			s.wantLinks("after an erasure", conn, link)
		}
	}
	for conn, want := range map[string][]contactsync.Problem{"c1": problems["c1"], "c2": problems["c2"][3:]} {
		report := sampleReport(conn, 1)
		report.Problems = want
		s.wantProblems("after an erasure in c2", conn, want...)
		s.wantRuns("after an erasure in c2", conn, 5, report)
	}
	others := []contactsync.Known{sampleKnown("crm of p1"), sampleKnown("i2")}
	s.want("KnownOf after an erasure", others, s.knownOf("c2", "i1", "i2", "crm of p1"))
	s.want("KnownOf after an erasure in another connection", []contactsync.Known{sampleKnown("crm of p1"), sampleKnown("i1"), sampleKnown("i2")}, s.knownOf("c1", "i1", "i2", "crm of p1"))
	s.want("KnownBy the keys of an item that was erased", []contactsync.Known{}, s.knownBy("c2", sampleKnown("i1").Emails...))
}

func (s *stateSession) checkEraseFirst() {
	l := s.lease("c1")
	problem := sampleProblem("c1", "p1")
	left := contactsync.Known{Candidate: match.Candidate{ID: "i1"}, Orphan: true}
	s.save(l, contactsync.Batch{Known: []contactsync.Known{sampleKnown("i1")}})
	s.save(l, contactsync.Batch{Erase: theirs(), Known: []contactsync.Known{left}, Problems: []contactsync.Problem{problem}})
	s.want("KnownOf after an erasure and the rest of its batch", []contactsync.Known{left}, s.knownOf("c1", "i1"))
	s.wantProblems("after an erasure and the rest of its batch", "c1", problem)
}

func (s *stateSession) checkEraseMessages() {
	s.connection("c1")
	decision := func(link string, ids [2]string) *contactsync.PersonDecision {
		return &contactsync.PersonDecision{Problem: "p", Link: link, Record: ids}
	}
	for _, m := range []contactsync.Message{
		{CRMIDs: []string{"crm of p1", "crm of p4"}, OutlookIDs: []string{"i1"}, Made: []string{"i1", "i2"}},
		{CRMIDs: []string{"crm of p1"}, Made: []string{"i1"}},
		{CRMIDs: []string{"crm of p1"}, Full: [2]bool{true, false}},
		{CRMIDs: []string{"i1"}, OutlookIDs: []string{"crm of p1"}},
		{},
		{Decision: decision("link of p3", [2]string{"x", "y"})},
		{Decision: decision("link", [2]string{"crm of p1", "y"})},
		{Decision: decision("link", [2]string{"x", "i1"})},
		{Decision: decision("link", [2]string{"x", "y"})},
	} {
		m.Conn = "c1"
		s.must("Post", s.state.Post(s.Context(), m))
	}
	l := s.acquire("c1", "worker", noon)
	s.save(l, contactsync.Batch{Erase: theirs(), Release: true})
	s.wantMessages("Acquire after an erasure", []contactsync.Message{
		{Conn: "c1", CRMIDs: []string{"crm of p4"}, Made: []string{"i2"}},
		{Conn: "c1", Full: [2]bool{true, false}},
		{Conn: "c1", CRMIDs: []string{"i1"}, OutlookIDs: []string{"crm of p1"}},
		{Conn: "c1"},
		{Conn: "c1", Decision: decision("link", [2]string{"x", "y"})},
	}, s.acquire("c1", "worker", noon).Messages)
}

func (s *stateSession) checkEraseJournal(j contactsync.Journal) {
	l := s.lease("c1")
	entries := []contactsync.JournalEntry{journalSample(7, 1), journalSample(7, 2), journalSample(8, 1)}
	entries[0].Link, entries[2].Link = "link of p3", "link of p3"
	s.save(l, contactsync.Batch{Journal: entries})
	s.save(l, contactsync.Batch{Erase: theirs()})
	s.wantEntries(j, "after an erasure", "c1", 7, 0, 10, entries[1])
	s.wantJournal(j, "after an erasure", "c1", contactsync.JournalRun{Run: 7, At: entries[1].At, Entries: 1, Open: 1})
}
