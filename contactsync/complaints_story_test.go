package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/record"
)

// Complaint 6: what somebody empties on one side is emptied on the other, and does not come back.
func TestEmptiedFieldsAreEmptied(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "emails=ada@example.com|ada@example.org", "jobTitle=Countess", "birthday=1815-12-10", "mobile=+31612345678")
	w.sync()
	item := w.outlookID("c1")
	w.editCRM("c1", "birthday=", "emails=ada@example.com")
	w.editOutlook(item, "jobTitle=", "mobilePhone=")
	w.sync()

	assert.Equal(t, []string{"Ada, , ada@example.com, , "}, w.crmSide("firstName", "jobTitle", "emails", "birthday", "mobile"))
	assert.Equal(t, []string{"Ada, , ada@example.com, , "}, w.outlookSide("givenName", "jobTitle", "emailAddresses", "birthday", "mobilePhone"))
	w.settled()
}

// Complaint 7: what one side has no place for stays on the other through edits, of lists too.
func TestWhatTheOtherSideCannotHoldStays(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "owner=u7")
	w.sync()
	item := w.outlookID("c1")
	w.editOutlook(item, "spouseName=William", "homePhones=+31201234567", "businessPhones=+31207654321|+31207654322", "categories=Friends")
	w.sync()
	w.editCRM("c1", "jobTitle=Countess", "workPhone=+31207654323")
	w.sync()

	assert.Equal(t, []string{"Ada, Countess, William, +31201234567, +31207654323|+31207654322, Friends"},
		w.outlookSide("givenName", "jobTitle", "spouseName", "homePhones", "businessPhones", "categories"))
	assert.Equal(t, []string{"Ada, u7, +31207654323"}, w.crmSide("firstName", "owner", "workPhone"))
	w.settled()
}

// Complaint 9: a number keeps the form that its own side gave it, and a new number takes the place of the old one.
func TestNumbersKeepTheirForm(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "mobile=06-12345678")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "mobilePhone=+31 6 1234 5678")
	w.sync()
	w.editCRM("c1", "jobTitle=Countess")
	w.sync()
	assert.Equal(t, []string{"Countess, +31 6 1234 5678"}, w.outlookSide("jobTitle", "mobilePhone"))
	assert.Equal(t, []string{"06-12345678"}, w.crmSide("mobile"))

	w.editCRM("c1", "mobile=06-87654321")
	w.sync()
	assert.Equal(t, []string{"06-87654321"}, w.outlookSide("mobilePhone"), "the old number is gone")
	w.settled()
}

// Complaint 10: notes go both ways, several lines of them, and an edit on one side does not take the other's earlier one back.
func TestNotesGoBothWays(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "notes=met in Turin\r\nlikes engines")
	w.sync()
	item := w.outlookID("c1")
	assert.Equal(t, []string{"met in Turin\r\nlikes engines"}, w.outlookSide("personalNotes"))
	w.editOutlook(item, "personalNotes=met in Turin\nlikes engines\ncalls on Mondays")
	w.sync()
	w.editCRM("c1", "jobTitle=Countess")
	w.sync()

	assert.Equal(t, []string{"met in Turin\nlikes engines\ncalls on Mondays"}, w.crmSide("notes"))
	assert.Equal(t, []string{"met in Turin\nlikes engines\ncalls on Mondays"}, w.outlookSide("personalNotes"))
	w.settled()
}

// Complaints 1 and 21: starting over, with a complete pass or with nothing remembered at all, deletes nothing and doubles nobody.
func TestStartingOverDoublesNobody(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Nameless", "notes=without a key")
	w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com")
	w.sync()
	crm, outlook := w.crmSide("firstName", "emails", "notes"), w.outlookSide("givenName", "emailAddresses", "personalNotes")
	require.Len(t, crm, 3)
	items := w.box.Items(record.Contact, w.folder)

	w.settled()
	w.loseState()
	for range 3 {
		w.sync()
	}

	assert.Equal(t, crm, w.crmSide("firstName", "emails", "notes"))
	assert.Equal(t, outlook, w.outlookSide("givenName", "emailAddresses", "personalNotes"))
	assert.Len(t, w.box.Items(record.Contact, w.folder), len(items))
	w.settled()
}
