package contactsynctest

import (
	"reflect"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

const (
	ruleJournal        = "Journal is implemented by a State that keeps the undo journal (B11, see [Journaling]): [Batch].Journal and ForgetJournal are part of its atomic, fenced saves."
	ruleJournalEntries = "JournalEntries returns up to n entries of a run of the connection with a Seq greater than after, in order of Seq."
	ruleJournalRuns    = "JournalRuns returns the runs of the connection that have entries, the one with the greatest number first."
	ruleJournalKey     = "Its key within the connection is Run and Seq."
	ruleJournalPut     = "Journal are entries of the undo journal, inserted or replaced, by run and number."
	ruleJournalForget  = "ForgetJournal, when not zero, removes the entries of the connection that are older."
	ruleJournalAt      = "of its oldest entry"
	ruleJournalCounts  = "Entries is how many it has, Open how many of them are not over."
)

// journalChecks hold for a State that is a Journal.
var journalChecks = []check[*stateSession]{
	{"Journal/pages in order", []string{ruleJournalEntries, ruleJournalKey}, journaling((*stateSession).checkJournalPages)},
	{"Journal/replaced", []string{ruleJournalPut, ruleRepeat}, journaling((*stateSession).checkJournalReplaced)},
	{"Journal/runs", []string{ruleJournalRuns, ruleJournalAt, ruleJournalCounts}, journaling((*stateSession).checkJournalRuns)},
	{"Journal/forgotten", []string{ruleJournalForget}, journaling((*stateSession).checkJournalForgotten)},
	{"Journal/fenced", []string{ruleJournal, ruleSave}, journaling((*stateSession).checkJournalFenced)},
	{"Journal/zero batch", []string{ruleZeroBatch}, journaling((*stateSession).checkJournalZero)},
	{"Journal/copies", []string{ruleJournalPut}, journaling((*stateSession).checkJournalCopies)},
}

// journaling leaves a check out for a State that is no Journal.
func journaling(run func(s *stateSession, j contactsync.Journal)) func(*stateSession) {
	return func(s *stateSession) {
		if j, keeps := s.state.(contactsync.Journal); keeps {
			run(s, j)
		}
	}
}

// journalSample has bytes of every value in it, as ciphertext has.
func journalSample(run uint64, seq int) contactsync.JournalEntry {
	e := contactsync.JournalEntry{Run: run, Seq: seq, Link: "link", At: noon.Add(time.Duration(seq) * time.Minute)}
	for i := range 256 {
		e.Sealed = append(e.Sealed, byte(i+seq))
	}
	return e
}

func (s *stateSession) wantEntries(j contactsync.Journal, what, conn string, run uint64, after, n int, want ...contactsync.JournalEntry) {
	s.Helper()
	got, err := j.JournalEntries(s.Context(), conn, run, after, n)
	s.must("JournalEntries", err)
	s.want(what+": JournalEntries", want, got)
}

func (s *stateSession) wantJournal(j contactsync.Journal, what, conn string, want ...contactsync.JournalRun) {
	s.Helper()
	got, err := j.JournalRuns(s.Context(), conn)
	s.must("JournalRuns", err)
	s.want(what+": JournalRuns", want, got)
}

func (s *stateSession) checkJournalPages(j contactsync.Journal) {
	l, other := s.lease("c1"), s.lease("c2")
	var of1, of2 []contactsync.JournalEntry
	for seq := 1; seq <= 12; seq++ { // ten and more: in order of number, not of text
		of1, of2 = append(of1, journalSample(1, seq)), append(of2, journalSample(2, seq))
	}
	s.save(l, contactsync.Batch{Journal: append(of2[6:12:12], of1[6:]...)})
	s.save(l, contactsync.Batch{Journal: append(of2[:6:6], of1[:6]...)})
	s.save(other, contactsync.Batch{Journal: []contactsync.JournalEntry{journalSample(1, 99)}})
	s.wantEntries(j, "all of a run", "c1", 1, 0, 100, of1...)
	s.wantEntries(j, "a page", "c1", 2, 3, 8, of2[3:11]...)
	s.wantEntries(j, "the last page", "c1", 2, 11, 8, of2[11])
	s.wantEntries(j, "after the last", "c1", 2, 12, 8)
	s.wantEntries(j, "none asked for", "c1", 2, 0, 0)
	s.wantEntries(j, "of a run that has none", "c1", 3, 0, 8)
	s.wantEntries(j, "of another connection", "c2", 1, 0, 8, journalSample(1, 99))
	s.wantEntries(j, "of no connection", "nobody", 1, 0, 8)
}

func (s *stateSession) checkJournalReplaced(j contactsync.Journal) {
	l := s.lease("c1")
	b := contactsync.Batch{Journal: []contactsync.JournalEntry{journalSample(1, 1), journalSample(1, 2)}}
	s.save(l, b)
	s.save(l, b)
	s.wantEntries(j, "after a batch was saved again", "c1", 1, 0, 9, b.Journal...)
	over := contactsync.JournalEntry{Run: 1, Seq: 1, Link: "another", At: noon, Over: true}
	s.save(l, contactsync.Batch{Journal: []contactsync.JournalEntry{over}})
	s.wantEntries(j, "after one was replaced", "c1", 1, 0, 9, over, journalSample(1, 2))
}

func (s *stateSession) checkJournalRuns(j contactsync.Journal) {
	l := s.lease("c1")
	s.lease("c2")
	s.wantJournal(j, "before anything was kept", "c1")
	over := journalSample(10, 3)
	over.Over, over.Sealed, over.At = true, nil, noon.Add(-time.Hour)
	s.save(l, contactsync.Batch{Journal: []contactsync.JournalEntry{journalSample(9, 4), journalSample(10, 2), over, journalSample(10, 1)}})
	s.wantJournal(j, "after two runs", "c1",
		contactsync.JournalRun{Run: 10, At: noon.Add(-time.Hour), Entries: 3, Open: 2},
		contactsync.JournalRun{Run: 9, At: noon.Add(4 * time.Minute), Entries: 1, Open: 1})
	s.wantJournal(j, "of another connection", "c2")
}

func (s *stateSession) checkJournalForgotten(j contactsync.Journal) {
	l, other := s.lease("c1"), s.lease("c2")
	s.save(other, contactsync.Batch{Journal: []contactsync.JournalEntry{journalSample(1, 1)}})
	s.save(l, contactsync.Batch{Journal: []contactsync.JournalEntry{journalSample(1, 1), journalSample(2, 2), journalSample(2, 3)}})
	s.save(l, contactsync.Batch{ForgetJournal: noon.Add(3 * time.Minute)})
	s.wantJournal(j, "after the older ones were forgotten", "c1", contactsync.JournalRun{Run: 2, At: noon.Add(3 * time.Minute), Entries: 1, Open: 1})
	s.wantEntries(j, "after the older ones were forgotten", "c1", 2, 0, 9, journalSample(2, 3))
	s.wantEntries(j, "of a run that is forgotten", "c1", 1, 0, 9)
	s.wantEntries(j, "of another connection", "c2", 1, 0, 9, journalSample(1, 1))
}

func (s *stateSession) checkJournalFenced(j contactsync.Journal) {
	stalled := s.lease("c1")
	s.save(stalled, contactsync.Batch{Journal: []contactsync.JournalEntry{journalSample(1, 1)}})
	s.acquire("c1", "newer", noon.Add(ttl))
	s.wantFenced(stalled, contactsync.Batch{Journal: []contactsync.JournalEntry{journalSample(1, 2)}}, "that stalled, with an entry")
	s.wantFenced(stalled, contactsync.Batch{ForgetJournal: noon.Add(time.Hour)}, "that stalled, to forget entries")
	s.wantEntries(j, "after fenced saves", "c1", 1, 0, 9, journalSample(1, 1))
}

func (s *stateSession) checkJournalZero(j contactsync.Journal) {
	l := s.lease("c1")
	s.save(l, contactsync.Batch{Journal: []contactsync.JournalEntry{journalSample(1, 1)}})
	s.save(l, contactsync.Batch{})
	s.wantEntries(j, "after a save of nothing", "c1", 1, 0, 9, journalSample(1, 1))
}

// checkJournalCopies: nobody may change what was saved by changing what was given or answered.
func (s *stateSession) checkJournalCopies(j contactsync.Journal) {
	l := s.lease("c1")
	b := contactsync.Batch{Journal: []contactsync.JournalEntry{journalSample(1, 1)}}
	s.save(l, b)
	clear(b.Journal[0].Sealed)
	scribble(reflect.ValueOf(&b))
	answer, err := j.JournalEntries(s.Context(), "c1", 1, 0, 9)
	s.must("JournalEntries", err)
	s.want("after the caller changed the batch it had saved", []contactsync.JournalEntry{journalSample(1, 1)}, answer)
	for i := range answer {
		clear(answer[i].Sealed)
	}
	s.wantEntries(j, "after the caller changed what it was answered", "c1", 1, 0, 9, journalSample(1, 1))
}
