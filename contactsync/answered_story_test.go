package contactsync_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// summed is how many rows the summary of the user says there are, are to be settled and are answered.
func (w *world) summed() [3]int {
	w.t.Helper()
	s, err := w.me().Summary(w.ctx)
	require.NoError(w.t, err)
	return [3]int{s.Problems, s.Resolvable, s.Answered}
}

// marked is the label of a record of the user.
func (w *world) marked(crmID string) contactsync.Marked {
	w.t.Helper()
	list, err := w.me().Labels(w.ctx, []string{crmID})
	require.NoError(w.t, err)
	require.Len(w.t, list, 1)
	return list[0]
}

// L1, L2, L3: who answers sees at once that they did, in the list, the label and the summary, until a run has acted on it; another
// answer takes the place of the first.
func TestAnswerShowsUntilTheNextRun(t *testing.T) {
	w, _ := twoUsersInConflict(t)
	open := w.only()
	assert.Empty(t, open.Answered)
	assert.Equal(t, [3]int{1, 1, 0}, w.summed())

	require.NoError(t, w.me().Decide(w.ctx, open.ID, record.CRM))
	assert.Equal(t, contactsync.AnsweredCRM, w.only().Answered)
	require.NoError(t, w.me().Decide(w.ctx, open.ID, record.Outlook))

	list := w.myProblems(contactsync.ProblemFilter{})
	require.Len(t, list.Rows, 1)
	assert.Equal(t, contactsync.AnsweredOutlook, list.Rows[0].Problems[0].Answered, "the last answer counts")
	assert.True(t, list.Rows[0].Answered)
	assert.False(t, list.Rows[0].Resolvable)
	assert.Equal(t, [2]int{0, 1}, [2]int{list.Resolvable, list.Answered})
	assert.Empty(t, w.myProblems(contactsync.ProblemFilter{Resolvable: true}).Rows)
	assert.Equal(t, 1, w.myProblems(contactsync.ProblemFilter{Resolvable: true}).Answered)
	assert.Equal(t, [3]int{1, 0, 1}, w.summed())
	assert.Equal(t, contactsync.SyncError, w.marked("c1").Mark)
	assert.True(t, w.marked("c1").Answered)
	x, err := w.me().Explain(w.ctx, w.conn.ID, record.CRM, "c1")
	require.NoError(t, err)
	assert.Equal(t, contactsync.AnsweredOutlook, x.Problems[0].Answered)
	theirs, err := w.engine.User("acme", "u2").Problems(w.ctx, contactsync.ProblemFilter{})
	require.NoError(t, err)
	assert.Zero(t, theirs.Answered, "a colleague's question is open still")
	_, err = w.engine.Plan(w.ctx, w.conn.ID) // looks, and uses nothing up
	require.NoError(t, err)
	assert.Equal(t, contactsync.AnsweredOutlook, w.only().Answered)

	w.sync()
	assert.Equal(t, "Countess", titles(w)[0])
	assert.Equal(t, [3]int{}, w.summed())
	assert.False(t, w.marked("c1").Answered)
}

// L3: a record with two questions is settled once both are answered; an answer that is stale by the next run leaves the question
// there, without it.
func TestAnswerToOneOfTwoQuestions(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "jobTitle=Poet", "company=Engines")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess", "companyName=Looms")
	w.editCRM("c1", "jobTitle=Analyst", "company=Cards")
	w.sync()
	both := w.myProblems(contactsync.ProblemFilter{}).Rows[0].Problems
	require.Len(t, both, 2)

	require.NoError(t, w.me().Decide(w.ctx, both[0].ID, record.CRM))
	assert.Equal(t, [3]int{1, 1, 0}, w.summed())
	assert.False(t, w.marked("c1").Answered)
	require.NoError(t, w.me().Decide(w.ctx, both[1].ID, record.CRM))
	assert.Equal(t, [3]int{1, 0, 1}, w.summed())
	assert.True(t, w.marked("c1").Answered)

	w.editOutlook(w.outlookID("c1"), "jobTitle=Baroness", "companyName=Mills") // before the run: both answers are stale
	w.sync()
	assert.Equal(t, [3]int{1, 1, 0}, w.summed())
	for _, p := range w.myProblems(contactsync.ProblemFilter{}).Rows[0].Problems {
		assert.Empty(t, p.Answered)
	}
}

// B8: a match that was answered says what was said of the two.
func TestAnsweredMatch(t *testing.T) {
	w, _ := household(t, twoWay())
	w.reject(w.only().ID)
	assert.Equal(t, contactsync.AnsweredTwo, w.only().Answered)
	w.accept(w.only().ID)
	assert.Equal(t, contactsync.AnsweredSame, w.only().Answered)
	assert.Equal(t, "You said that this is one person. It is acted on at the next run.", w.only().Answered.Words())
	w.sync()
	for _, row := range w.myProblems(contactsync.ProblemFilter{}).Rows {
		assert.False(t, row.Answered, "what is asked once the two are linked")
	}
}

// L4: a correction whose run has to wait for another one says that it was made.
func TestCorrectionThatWaitsForARun(t *testing.T) {
	busy := false
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		c.State = contactsynctest.InterceptState(c.State, contactsynctest.StateHooks{Before: func(_ context.Context, method string) error {
			if busy && method == "Acquire" {
				return contactsync.ErrBusy
			}
			return nil
		}})
	})
	w.put("c1", "firstName=Kees", "lastName=Jansen", "mobile=0612345678")
	w.addOutlook("givenName=Tineke", "surname=de Vries", "mobilePhone=+31612345678")
	w.sync()
	open := w.only()
	busy = true
	_, err := w.me().Resolve(w.ctx, open.ID, contactsync.Correction{Set: crmFields("mobile=0687654321")})
	require.ErrorIs(t, err, contactsync.ErrBusy)

	assert.Equal(t, contactsync.AnsweredCorrected, w.only().Answered)
	assert.Equal(t, [3]int{1, 0, 1}, w.summed())
	busy = false
	w.sync()
	assert.Equal(t, [3]int{}, w.summed())
}
