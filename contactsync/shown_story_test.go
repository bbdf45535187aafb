package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

const notUsed = "was not used"

// C1, L3: a page shows a conflict, both sides change, and a run passes. A click on that page takes neither of the values that were never
// shown; the question goes on, as old as it was.
func TestAnswerToWhatIsNoLongerShown(t *testing.T) {
	answers := map[string]func(*world, string) error{
		"a user":           func(w *world, id string) error { return w.me().Decide(w.ctx, id, record.Outlook) },
		"an administrator": func(w *world, id string) error { return w.engine.Decide(w.ctx, w.conn.ID, id, record.Outlook) },
		"a third value": func(w *world, id string) error {
			_, err := w.me().Resolve(w.ctx, id, corrected("jobTitle=Mathematician"))
			return err
		},
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			w, shown := inConflict(t)
			w.editCRM("c1", "jobTitle=Baroness")
			w.editOutlook(w.outlookID("c1"), "jobTitle=Writer")
			w.sync()

			require.ErrorIs(t, answer(w, shown.ID), contactsync.ErrStale)

			w.sync()
			assert.Equal(t, []string{"Baroness"}, w.crmSide("jobTitle"))
			assert.Equal(t, []string{"Writer"}, w.outlookSide("jobTitle"))
			assert.Equal(t, []string{"conflict company", "conflict title"}, w.problems(), "asked once")
			now := w.asked("title")
			assert.Equal(t, shown.First, now.First)
			assert.Empty(t, now.Answered)
			assert.NotContains(t, now.Message, notUsed, "the person heard it at once")

			w.decide(now.ID, record.Outlook)
			w.sync()
			assert.Equal(t, []string{"Writer"}, w.crmSide("jobTitle"))
			w.settled()
		})
	}
}

// asked is the user's problem about a rule.
func (w *world) asked(rule string) contactsync.Problem {
	w.t.Helper()
	for _, row := range w.myProblems(contactsync.ProblemFilter{}).Rows {
		for _, p := range row.Problems {
			if p.Rule == rule {
				return p
			}
		}
	}
	require.Fail(w.t, "no problem", rule)
	return contactsync.Problem{}
}

// B8, X1: neither does an answer to a match, or to a removal against an edit.
func TestWordOnWhatIsNoLongerShown(t *testing.T) {
	w, item := household(t, twoWay())
	shown := w.only()
	w.editOutlook(item, "surname=Bakker")
	w.sync()
	require.ErrorIs(t, w.me().Accept(w.ctx, shown.ID), contactsync.ErrStale)
	require.ErrorIs(t, w.me().Reject(w.ctx, shown.ID), contactsync.ErrStale)
	w.settled()
	assert.Equal(t, []string{"doubtfulMatch "}, w.problems())

	w, _ = editedAndRemoved(t, record.Outlook, contactsync.Propagate)
	shown = w.only()
	w.editCRM("c1", "company=Looms")
	w.sync()
	require.ErrorIs(t, w.me().Decide(w.ctx, shown.ID, record.Outlook), contactsync.ErrStale)
	w.settled()
	assert.Equal(t, []string{"Ada", "Grace"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"editVsDelete "}, w.problems())
}

// L3: who answered, and whose answer the next run could not use, is told by the problem and the report; the next look says no more of it.
func TestAnswerThatWasNotUsedIsTold(t *testing.T) {
	w, shown := inConflict(t)
	w.decide(shown.ID, record.CRM)
	w.editOutlook(w.outlookID("c1"), "jobTitle=Writer")

	r := w.sync()

	assert.Equal(t, []string{"Analyst"}, w.crmSide("jobTitle"))
	assert.Equal(t, []string{"Writer"}, w.outlookSide("jobTitle"))
	now := w.asked("title")
	assert.Contains(t, now.Message, notUsed)
	assert.NotContains(t, w.asked("company").Message, notUsed, "nobody answered that")
	told := 0
	for _, p := range r.Problems {
		if p.ID == now.ID {
			told++
			assert.Equal(t, now.Message, p.Message)
		}
	}
	assert.Equal(t, 1, told)

	w.editOutlook(w.outlookID("c1"), "jobTitle=Poetess")
	w.sync()
	assert.NotContains(t, w.asked("title").Message, notUsed)

	w, item := household(t, twoWay())
	w.accept(w.only().ID)
	w.editOutlook(item, "surname=Bakker")
	w.sync()
	assert.Contains(t, w.only().Message, notUsed)
	w.sync(contactsync.Full())
	assert.NotContains(t, w.only().Message, notUsed)
}
