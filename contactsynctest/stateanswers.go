package contactsynctest

import (
	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	ruleAnswers      = "Answers returns the messages of the connection that answer a problem ([Message.Answers]), whether or not it is open, and that no batch has named in Done, in the order in which they were posted."
	ruleAnswersLease = "A lease that brought them changes nothing of that."
	ruleLabelAnswers = "Answered: for each open problem of the record there is an answer among [State.Answers], and there is such a problem."
)

var answerChecks = []check[*stateSession]{
	{"Answers", []string{ruleAnswers, ruleAnswersLease}, (*stateSession).checkAnswers},
	{"Labels/answers", []string{ruleLabelAnswers}, (*stateSession).checkLabelAnswers},
}

// wantAnswers holds the answers of a connection against those expected; their ids are the State's.
func (s *stateSession) wantAnswers(what, conn string, want ...contactsync.Message) {
	s.Helper()
	got, err := s.state.Answers(s.Context(), conn)
	s.must("Answers", err)
	for i := range got {
		if got[i].ID == "" {
			s.Errorf("%s: Answers: a message without an id", what)
		}
		got[i].ID = ""
	}
	s.want(what+": Answers", append([]contactsync.Message{}, want...), append([]contactsync.Message{}, got...))
}

// choosing is an answer to a problem, and correcting says that somebody corrected a record for its sake.
func choosing(conn, problem string, side record.Side) contactsync.Message {
	return contactsync.Message{Conn: conn, Decision: &contactsync.PersonDecision{
		Problem: problem, Link: "l1", Record: [2]string{"r", "i"}, Decision: conflict.Decision{Rule: "title", Side: side, Raw: [2]uint64{1 << 63, 2}},
	}}
}

func correcting(conn, problem, crmID string) contactsync.Message {
	return contactsync.Message{Conn: conn, CRMIDs: []string{crmID}, Corrected: problem}
}

func (s *stateSession) post(messages ...contactsync.Message) {
	s.Helper()
	for _, m := range messages {
		s.must("Post", s.state.Post(s.Context(), m))
	}
}

func (s *stateSession) checkAnswers() {
	s.connection("c1")
	s.connection("c2")
	s.wantAnswers("before any was posted", "c1")
	first, again, corrected := choosing("c1", "p2", record.Outlook), choosing("c1", "p2", record.CRM), correcting("c1", "p1", "r")
	s.post(
		first, contactsync.Message{Conn: "c1"}, contactsync.Message{Conn: "c1", CRMIDs: []string{"r"}, Made: []string{"i"}}, corrected,
		choosing("c2", "p2", record.CRM), again, contactsync.Message{Conn: "c1", Full: [2]bool{true, false}},
	)
	s.wantAnswers("once some were posted", "c1", first, corrected, again)
	s.wantAnswers("in another connection", "c2", choosing("c2", "p2", record.CRM))
	s.wantAnswers("in no connection", "c3")

	l := s.acquire("c1", "worker", noon)
	s.wantAnswers("while a lease has them", "c1", first, corrected, again)
	var done []string
	for _, m := range l.Messages {
		if m.Decision != nil && m.Decision.Side == record.Outlook || m.Answers() == "" {
			done = append(done, m.ID)
		}
	}
	s.save(l, contactsync.Batch{Done: done, Release: true})
	s.wantAnswers("once one was dealt with", "c1", corrected, again)
	l = s.acquire("c1", "worker", noon)
	s.save(l, contactsync.Batch{Erase: &contactsync.Erasure{Records: [2][]string{record.CRM: {"r"}}}})
	s.wantAnswers("once the record was erased", "c1")
}

func (s *stateSession) checkLabelAnswers() {
	for _, conn := range []string{"c1", "c2"} {
		l := s.owned(conn, "acme", "ann")
		s.save(l, contactsync.Batch{Problems: []contactsync.Problem{
			aboutRecord(conn, "p1", "one", contactsync.CodeConflict, noon, noon),
			aboutRecord(conn, "p2", "two", contactsync.CodeConflict, noon, noon.Add(1)),
			aboutRecord(conn, "p3", "two", contactsync.CodeConflict, noon, noon),
		}, Links: []contactsync.Link{sampleLink(conn, "l1")}})
	}
	linked := sampleLink("c1", "l1").IDs[record.CRM]
	want := func(what string, one, two bool) {
		s.Helper()
		is := func(conn, id string, answered bool) contactsync.Label {
			return contactsync.Label{Conn: conn, Record: id, Code: contactsync.CodeConflict, Since: noon, Answered: answered}
		}
		s.wantLabels(what, "acme", "ann", []string{"one", "two", linked},
			contactsync.Label{Conn: "c1", Record: linked, Linked: true}, contactsync.Label{Conn: "c2", Record: linked, Linked: true},
			is("c1", "one", one), is("c2", "one", false), is("c1", "two", two), is("c2", "two", false))
	}
	want("before any answer", false, false)
	s.post(choosing("c1", "p9", record.CRM), choosing("c1", "p2", record.CRM), contactsync.Message{Conn: "c1", CRMIDs: []string{"one"}})
	want("once one of two problems was answered", false, false)
	s.post(choosing("c1", "p3", record.CRM), correcting("c1", "p1", "one"))
	want("once all were answered", true, true)
	l := s.acquire("c1", "worker", noon)
	var done []string
	for _, m := range l.Messages {
		done = append(done, m.ID)
	}
	s.save(l, contactsync.Batch{Done: done, Release: true})
	want("once a run has dealt with the answers", false, false)
}
