package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// twins is a world in which two cards fit one record, and the settings ask which.
func twins(t *testing.T) (w *world, cards [2]string, byItem map[string]contactsync.Problem) {
	s := twoWay()
	s.Match.Several = match.AskSeveral
	w = newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	cards[0] = w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Poet")
	cards[1] = w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Countess")
	w.sync()
	byItem = map[string]contactsync.Problem{}
	for _, row := range w.myProblems(contactsync.ProblemFilter{Resolvable: true}).Rows {
		for _, p := range row.Problems {
			byItem[p.Record[record.Outlook]] = p
		}
	}
	require.Len(t, byItem, 2)
	return w, cards, byItem
}

// M3: several: ask. The person chooses one; it is linked, the other is left alone, and nothing is asked again.
func TestChooseOneOfSeveral(t *testing.T) {
	w, cards, byItem := twins(t)
	assert.Contains(t, byItem[cards[1]].Score.Reasons, "several")
	assert.Contains(t, byItem[cards[1]].Message, "of which you choose one")
	w.settled()

	w.accept(byItem[cards[1]].ID)
	w.sync()

	assert.Equal(t, cards[1], w.outlookID("c1"))
	assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
	assert.Equal(t, []string{"Ada, Countess", "Ada, Poet"}, w.outlookSide("givenName", "jobTitle"))
	assert.Equal(t, []string{"severalMatches "}, w.problems())
	assert.False(t, w.only().Resolvable)
	w.settled()
}

// M3: one told apart, the other is no question any more: it is linked, and the rejected one is somebody of their own.
func TestRejectOneOfTwins(t *testing.T) {
	w, cards, byItem := twins(t)

	w.reject(byItem[cards[0]].ID)
	w.sync()

	assert.Equal(t, cards[1], w.outlookID("c1"))
	assert.Empty(t, w.problems())
	assert.Equal(t, []string{"Ada, Countess", "Ada, Poet"}, w.crmSide("firstName", "jobTitle"))
	assert.Len(t, w.outlookSide("givenName"), 2)
	w.settled()
}

// M3: both accepted, the first answer is as good as the second: one is linked, and the other not a second time.
func TestAcceptBothOfTwins(t *testing.T) {
	w, cards, byItem := twins(t)
	w.accept(byItem[cards[0]].ID)
	w.accept(byItem[cards[1]].ID)
	w.sync()

	assert.Equal(t, cards[0], w.outlookID("c1"))
	assert.Equal(t, []string{"severalMatches "}, w.problems())
	assert.Len(t, w.crmSide("firstName"), 1)
	w.settled()
}

// owned are settings that select the user's own records.
func owned() contactsync.Settings {
	s := twoWay()
	s.Filter = filter.Equals("owner", "$user")
	return s
}

func colleaguesContact(t *testing.T) (w *world, item string) {
	w = newWorld(t, owned())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "owner=u2", "company=Engines")
	item = w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Poet")
	w.sync()
	require.Equal(t, []string{"strangerMatch "}, w.problems())
	return w, item
}

// B20: a match with a colleague's record is linked on request, and stays linked though the filter does not select it.
func TestAcceptColleaguesRecord(t *testing.T) {
	w, item := colleaguesContact(t)
	p := w.only()
	assert.True(t, p.Resolvable)
	assert.Contains(t, p.Score.Reasons, "sameEmail")
	w.settled()

	w.accept(p.ID)
	r := w.sync()

	assert.Equal(t, 1, r.Matched)
	assert.Equal(t, item, w.outlookID("c1"))
	assert.Equal(t, []string{"Ada, Engines, Poet"}, w.crmSide("firstName", "company", "jobTitle"))
	assert.Equal(t, []string{"Ada, Engines, Poet"}, w.outlookSide("givenName", "companyName", "jobTitle"))
	assert.Empty(t, w.problems())
	w.settled()
	w.editCRM("c1", "company=Looms")
	w.sync()
	assert.Equal(t, []string{"Ada, Looms"}, w.outlookSide("givenName", "companyName"))
	assert.Equal(t, item, w.outlookID("c1"))
	w.settled()
}

// B20, M3: of two cards of a colleague's contact one is linked on request; the other is one too many of somebody in sync.
func TestAcceptOneOfTwoForAColleaguesRecord(t *testing.T) {
	w, item := colleaguesContact(t)
	w.accept(w.only().ID)
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")

	w.sync()

	assert.Equal(t, item, w.outlookID("c1"))
	assert.Equal(t, []string{"severalMatches "}, w.problems())
	assert.Len(t, w.crmSide("firstName"), 1)
	w.settled()
}

// B20: rejected, the card is another person's, and is imported as such; nobody asks again.
func TestRejectColleaguesRecord(t *testing.T) {
	w, _ := colleaguesContact(t)
	w.reject(w.only().ID)

	w.sync()

	assert.Equal(t, []string{"Ada, , Poet", "Ada, Engines, "}, w.crmSide("firstName", "company", "jobTitle"))
	assert.Len(t, w.outlookSide("givenName"), 1)
	assert.Empty(t, w.problems())
	w.settled()
	w.editCRM("c1", "notes=met in May")
	w.sync()
	assert.Empty(t, w.problems())
	w.settled()
}

// B20: a record that the user may not see cannot be linked by them, and the answer says so before anything happens; one that is hidden
// after the answer is not linked either.
func TestRecordThatIsNotToBeSeen(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	require.NoError(t, w.tenant.Hide("c1", "u1"))
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	w.sync()
	p := w.only()
	require.Equal(t, contactsync.CodeStrangerMatch, p.Code)
	assert.False(t, p.Resolvable)
	var invalid *contactsync.InvalidError
	require.ErrorAs(t, w.me().Accept(w.ctx, p.ID), &invalid)

	w, _ = colleaguesContact(t)
	w.accept(w.only().ID)
	require.NoError(t, w.tenant.Hide("c1", "u1"))
	r := w.sync()
	assert.Zero(t, r.Wrote())
	assert.Zero(t, r.Matched)
	assert.Equal(t, []string{"strangerMatch "}, w.problems())
	w.settled()
}
