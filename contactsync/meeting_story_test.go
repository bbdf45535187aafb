package contactsync_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// F2, G4: the first run copies what is missing on either side, and the second writes nothing.
func TestFirstRunBothWays(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "mobile=06-12345678")
	w.addOutlook("givenName=Alan", "surname=Turing", "emailAddresses=alan@example.org")

	r := w.sync()

	assert.Equal(t, contactsync.Counts{Created: 2}, r.Counts[record.Outlook])
	assert.Equal(t, contactsync.Counts{Created: 1}, r.Counts[record.CRM])
	assert.Empty(t, r.Problems)
	assert.Equal(t, 3, r.Linked)
	want := []string{"Ada, Lovelace", "Alan, Turing", "Grace, Hopper"}
	assert.Equal(t, want, w.crmSide("firstName", "lastName"))
	assert.Equal(t, want, w.outlookSide("givenName", "surname"))
	w.settled()
}

// M1, M2, C2: who is there already is linked, not doubled; empty fields are filled and nothing is blanked.
func TestFirstMeeting(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ADA@example.com", "company=Analytical Engines")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@EXAMPLE.com", "jobTitle=Countess", "mobilePhone=+31612345678")

	r := w.sync()

	assert.Equal(t, 1, r.Matched)
	assert.Equal(t, []string{"ADA@example.com, Analytical Engines, Countess, +31612345678"}, w.crmSide("emails", "company", "jobTitle", "mobile"))
	assert.Equal(t, []string{"ada@EXAMPLE.com, Analytical Engines, Countess"}, w.outlookSide("emailAddresses", "companyName", "jobTitle"))
	w.settled()
}

// B21: private items stay out of the CRM.
func TestPrivateStaysOut(t *testing.T) {
	w := newWorld(t, twoWay())
	secret := w.addOutlook("givenName=Secret", "surname=Friend", "emailAddresses=secret@example.com")
	require.NoError(t, w.box.SetPrivate(secret, true))
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	shared := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "personalNotes=only for me")
	require.NoError(t, w.box.SetPrivate(shared, true))

	w.sync()

	assert.Equal(t, []string{"Ada, "}, w.crmSide("firstName", "notes"))
	assert.Len(t, w.outlookSide("givenName"), 2)
	w.settled()
}

// B20: a colleague's record is recognised already by the first run, reported, and not doubled.
func TestStrangerIsReportedByTheFirstRun(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	require.NoError(t, w.tenant.Hide("c1", "u1"))
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")

	r := w.sync()

	require.Len(t, r.Problems, 1)
	assert.Equal(t, contactsync.CodeStrangerMatch, r.Problems[0].Code)
	assert.Zero(t, r.Wrote())
	w.settled()
}

// M2, C2: at a first meeting what only adds is filled without a question: another address, and nobody's is lost.
func TestFirstMeetingFillsLists(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com|ada@example.org")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ADA@example.com")
	w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.org|grace@example.com")

	r := w.sync()

	assert.Empty(t, r.Problems)
	assert.Equal(t, []string{"Ada, ADA@example.com|ada@example.org", "Grace, grace@example.org|grace@example.com"}, w.outlookSide("givenName", "emailAddresses"))
	crm := w.crmSide("firstName", "emails")
	assert.Equal(t, "Ada, ada@example.com|ada@example.org", crm[0])
	assert.Contains(t, crm[1], "grace@example.org")
	w.settled()
}

// M1, promise 3: a card that is deleted while its first meeting with a record is written is not met; the record is looked at again,
// though nobody changes it, and gets a card of its own.
func TestCardDeletedAsItIsMet(t *testing.T) {
	item, looks := "", 0
	var w *world
	w = newWorld(t, twoWay(), func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
				if slices.Contains(refs, contactsync.Ref{ID: item}) {
					if looks++; looks == 2 { // the first is before they are matched
						require.NoError(t, w.box.Delete(item))
					}
				}
				return inner.Get(ctx, sc, refs)
			},
		})
	})
	w.sync()
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Countess")
	item = w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")

	w.sync()
	require.Equal(t, 2, looks)
	require.Empty(t, w.outlookSide("givenName"))
	w.sync()

	assert.Equal(t, []string{"Ada, Countess"}, w.outlookSide("givenName", "jobTitle"))
	assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
	assert.Empty(t, w.problems())
	w.settled()
}

// M1: a family's address. Whom a new card means is asked with all who could be meant, also with those that no listing names again: a
// card that was asked about before makes the new one no more certain than a complete listing would.
func TestWhoElseCouldBeMeantIsNotForgotten(t *testing.T) {
	for name, opts := range map[string][]contactsync.SyncOption{"what changed": nil, "a complete run": {contactsync.Full()}} {
		t.Run(name, func(t *testing.T) {
			s := twoWay()
			s.Flow = contactsync.Flow{ToOutlook: &contactsync.Ops{Update: true}, ToCRM: &contactsync.Ops{Update: true}}
			w := newWorld(t, s)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=lovelace@example.com")
			w.addOutlook("givenName=Grace", "surname=Lovelace", "emailAddresses=lovelace@example.com")
			w.sync()
			w.sync()
			require.Equal(t, []string{"doubtfulMatch "}, w.problems())
			w.addOutlook("givenName=Ada", "emailAddresses=lovelace@example.com")

			r := w.sync(opts...)

			assert.Zero(t, r.Matched)
			assert.Equal(t, []string{"doubtfulMatch ", "doubtfulMatch "}, w.problems())
			w.settled()
		})
	}
}

// M1, promise 3: somebody of a family, with an initial that is the surname's too, is not taken for another one of it.
func TestInitialOfAFamily(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Peter", "lastName=Miller", "emails=family@example.com", "mobile=+442079460123", "company=Mill")
	card := w.addOutlook("givenName=M.", "surname=Miller", "emailAddresses=family@example.com", "mobilePhone=+442079460123")

	r := w.sync()

	assert.Zero(t, r.Wrote())
	item, _ := w.box.Item(card)
	assert.Empty(t, item.Fields.Text("companyName"))
	require.Len(t, r.Problems, 1)
	assert.Equal(t, contactsync.CodeDoubtfulMatch, r.Problems[0].Code)
}

// B8, promise 3: an office's mailbox and its telephone are nobody's own together either: a company's record without a person, and one who
// works there, are asked about, and stay as they are.
func TestOfficeIsNobody(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "emails=info@acme.example", "workPhone=0201234567", "company=Acme")
	card := w.addOutlook("givenName=Eva", "surname=Smit", "emailAddresses=info@acme.example", "businessPhones=+31201234567", "mobilePhone=0612345678")

	r := w.sync()

	assert.Zero(t, r.Wrote())
	assert.Zero(t, r.Matched)
	require.Len(t, r.Problems, 1)
	assert.Equal(t, contactsync.CodeDoubtfulMatch, r.Problems[0].Code)
	assert.Equal(t, [2]string{"c1", card}, r.Problems[0].Record)
	assert.Equal(t, []string{"sameEmail", "samePhone", "nameMissing"}, r.Problems[0].Score.Reasons)
	w.settled()
}
