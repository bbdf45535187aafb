package contactsync_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// M3, complaint 1: a second card shares nothing with the CRM record, but an address with the card that is matched with it in the
// same run, which the record gets from there. It is no second person.
func TestSecondCardOfSomebodyJustMatched(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com|ada@example.org")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.org")
	w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=ada@example.org")

	w.sync()

	assert.Equal(t, []string{"Ada, ada@example.com|ada@example.org", "Grace, ada@example.org"}, w.crmSide("firstName", "emails"))
	assert.Equal(t, []string{"severalMatches "}, w.problems())
	w.settled()
	assert.Len(t, w.crmSide("firstName"), 2)
}

// B8: a card that is one person with another, about which a person is asked, waits with that one. Imported, it would be the double
// of whoever the other turns out to be.
func TestSecondCardOfSomebodyAskedAbout(t *testing.T) {
	s := twoWay()
	s.Match.By = match.ByEmailAndPhone
	w := newWorld(t, s)
	w.put("c1", "firstName=A.", "lastName=Lovelace", "emails=ada@example.com|info@example.com", "mobile=+31612345678")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=info@example.com", "mobilePhone=+31612345678", "businessPhones=+31201234567")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=info@example.com", "businessPhones=+31201234567")

	w.sync()

	assert.Len(t, w.crmSide("firstName"), 1)
	assert.Len(t, w.outlookSide("givenName"), 2)
	assert.Equal(t, []string{"doubtfulMatch ", "doubtfulMatch "}, w.problems())
	w.settled()
	assert.Equal(t, []string{"doubtfulMatch ", "doubtfulMatch "}, w.problems())

	// Once it is clear who the first is, the second is a further card of theirs.
	w.editCRM("c1", "firstName=Ada")
	w.sync()
	w.sync()
	assert.Len(t, w.crmSide("firstName"), 1)
	assert.Equal(t, []string{"severalMatches "}, w.problems())
	w.settled()
}

// oneSwitchboard is a world in which six people of each side have one switchboard, and one on each side may be the same person.
func oneSwitchboard(t *testing.T) (w *world, asked string) {
	w = newWorld(t, twoWay())
	for i := range 6 {
		w.put(fmt.Sprintf("c%d", i), fmt.Sprintf("firstName=Clerk%c", 'a'+i), fmt.Sprintf("lastName=Smith%c", 'a'+i), "workPhone=+31201234567", fmt.Sprintf("emails=c%d@example.com", i))
		w.addOutlook(fmt.Sprintf("givenName=Agent%c", 'a'+i), fmt.Sprintf("surname=Jones%c", 'a'+i), "businessPhones=+31201234567", fmt.Sprintf("emailAddresses=o%d@example.com", i))
	}
	w.put("ada", "firstName=Ada", "workPhone=+31201234567")
	asked = w.addOutlook("givenName=Ada", "surname=Lovelace", "businessPhones=+31201234567")
	w.now = w.now.Add(time.Hour)
	return w, asked
}

// B8, M1: behind a switchboard, a card with no more than an initial and a surname is asked about, whatever is done with what is
// doubtful, and is neither copied nor written meanwhile. Told apart from the record it could be, it is copied.
func TestAnInitialBehindASwitchboardIsAskedAbout(t *testing.T) {
	for _, doubtful := range []string{"", "link"} {
		s := twoWay()
		s.Match = contactsync.Match{By: match.ByPhone, Doubtful: doubtful}
		w := newWorld(t, s)
		for i := range 20 {
			w.put(fmt.Sprintf("c%d", i), fmt.Sprintf("firstName=Clerk%c", 'a'+i), fmt.Sprintf("lastName=Smith%c", 'a'+i), "workPhone=+31201234567")
		}
		w.put("ada", "firstName=Ada", "lastName=Lovelace", "workPhone=+31201234567")
		item := w.addOutlook("givenName=A.", "surname=Lovelace", "businessPhones=+31201234567")
		other := w.addOutlook("givenName=B.", "surname=Lovelace", "businessPhones=+31201234567")
		w.now = w.now.Add(time.Hour)
		w.sync()
		w.sync()

		require.True(t, w.askedAbout("ada", item))
		assert.False(t, w.askedAbout("ada", other), "it may not be Ada")
		assert.Equal(t, []string{"doubtfulMatch "}, w.problems())
		assert.Len(t, w.crmSide("firstName"), 22, "Ada, her 20 colleagues and B.")
		assert.Len(t, w.outlookSide("givenName"), 22)
		w.settled()

		problems, err := w.state.Problems(w.ctx, w.conn.ID)
		require.NoError(t, err)
		require.NoError(t, w.me().Reject(w.ctx, problems[0].ID))
		w.sync()
		assert.Empty(t, w.problems())
		assert.Len(t, w.crmSide("firstName"), 23)
		assert.Len(t, w.outlookSide("givenName"), 23)
		w.settled()
	}
}

func (w *world) askedAbout(crm, item string) bool {
	problems, err := w.state.Problems(w.ctx, w.conn.ID)
	require.NoError(w.t, err)
	for _, p := range problems {
		if p.Code == contactsync.CodeDoubtfulMatch && p.Record == [2]string{crm, item} {
			return true
		}
	}
	return false
}

// B8: what a person is asked about waits for the answer. That others with the same number were copied meanwhile, until it is a
// crowd's and says nothing by itself, is none.
func TestAQuestionOutlivesThatItsNumberBecomesACrowds(t *testing.T) {
	w, item := oneSwitchboard(t)
	w.sync()
	require.True(t, w.askedAbout("ada", item))
	for i := range 6 { // new colleagues
		w.put(fmt.Sprintf("n%d", i), fmt.Sprintf("firstName=New%c", 'a'+i), fmt.Sprintf("lastName=Brown%c", 'a'+i), "workPhone=+31201234567", fmt.Sprintf("emails=n%d@example.com", i))
	}
	w.sync()
	w.sync(contactsync.Full())

	assert.True(t, w.askedAbout("ada", item))
	assert.Len(t, w.tenantOf("Ada"), 1)
	w.settled()

	// A change of either is an answer, for it is looked at anew.
	w.now = w.now.Add(time.Hour)
	w.editCRM("ada", "firstName=Ada", "lastName=Byron")
	w.sync()
	assert.False(t, w.askedAbout("ada", item))
	assert.Len(t, w.tenantOf("Ada"), 2, "they are two people")
	w.settled()
}

func (w *world) tenantOf(first string) (ids []string) {
	for _, r := range w.tenant.Records(record.Contact) {
		if r.Fields.Text("firstName") == first {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// B8: two records are at hand in a run because each could be meant by what is new there; who else they share a key with is not. That
// nobody else is at hand makes nothing certain between them.
func TestBystandersAreNotLinked(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "workPhone=+31201234567", "mobile=+31612345678")
	w.put("c2", "firstName=Ada", "lastName=Lovelace", "mobile=+31612345678")
	item := w.addOutlook("givenName=Ada", "surname=Lovelace", "mobilePhone=+31612345678", "businessPhones=+31207654321")
	w.now = w.now.Add(time.Hour)
	w.sync()
	require.True(t, w.askedAbout("c1", item))

	w.addOutlook("givenName=Grace", "surname=Hopper", "businessPhones=+31201234567", "emailAddresses=grace@example.com")
	for range 3 {
		w.sync()
	}

	assert.True(t, w.askedAbout("c1", item))
	assert.True(t, w.askedAbout("c2", item))
}
