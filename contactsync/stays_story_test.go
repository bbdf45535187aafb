package contactsync_test

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// staysInOutlook are settings under which the card of a person stays who is deleted in the CRM: left alone, or since it was edited meanwhile.
func staysInOutlook() map[string]contactsync.Settings {
	leave, ask := propagating(), propagating()
	leave.Deleted = contactsync.OnDelete{InCRM: contactsync.LeaveAlone}
	ask.EditVsDelete = "ask"
	return map[string]contactsync.Settings{"left alone": leave, "asked": ask}
}

// adaDeleted is a world in which Ada's record was deleted, and her card stays.
func adaDeleted(t *testing.T, settings contactsync.Settings, with ...func(*contactsync.Config)) (w *world, card string) {
	w = newWorld(t, settings, with...)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
	w.sync()
	card = w.outlookID("c1")
	if settings.EditVsDelete == "ask" {
		w.editOutlook(card, "jobTitle=Countess")
	}
	require.NoError(t, w.tenant.Delete("c1"))
	w.sync()
	require.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	return w, card
}

// X1, B8: who was deleted in the CRM, and is typed in again there long after, gets the card that stayed, and no second one.
func TestRecordTypedInAgainLater(t *testing.T) {
	for name, settings := range staysInOutlook() {
		for _, complete := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				w, card := adaDeleted(t, settings)
				w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "company=Engines", "kind=customer")
				if complete {
					w.crm.ExpireCursors()
					w.outlook.ExpireCursors()
				}

				w.sync()

				assert.Empty(t, w.problems())
				assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
				assert.Equal(t, card, w.outlookID("c2"))
				w.settled()
				w.editCRM("c2", "firstName=Augusta")
				w.sync()
				assert.Equal(t, []string{"Augusta, Engines"}, w.outlookSide("givenName", "companyName"))
				w.settled()
			})
		}
	}
}

// Who may be the person, or may not, is asked about, and nothing is made of them until that is clear.
func TestPerhapsTypedInAgainInTheCRM(t *testing.T) {
	for name, settings := range staysInOutlook() {
		t.Run(name, func(t *testing.T) {
			w, card := adaDeleted(t, settings)
			w.policy.EditVsDelete = cmp.Or(w.policy.EditVsDelete, "delete")
			w.editOutlook(card, "businessPhones=+31 20 555 0101", "emailAddresses=")
			w.sync()
			w.put("c2", "firstName=A.", "lastName=Lovelace", "workPhone=+31 20 555 0101", "kind=customer")

			w.sync()

			assert.Contains(t, w.problems(), "doubtfulMatch ")
			assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
			w.settled()
			w.editCRM("c2", "firstName=Ada")
			w.sync()
			assert.Empty(t, w.problems())
			assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
			assert.Equal(t, card, w.outlookID("c2"))
			w.settled()
		})
	}
}

// The card is known by what it says now, not by what it said when the record was deleted.
func TestTypedInAgainByWhatTheCardSaysNow(t *testing.T) {
	for name, settings := range staysInOutlook() {
		t.Run(name, func(t *testing.T) {
			w, card := adaDeleted(t, settings)
			w.policy.EditVsDelete = cmp.Or(w.policy.EditVsDelete, "delete")
			w.editOutlook(card, "givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com")
			w.sync()
			w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
			w.put("c3", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "kind=customer")

			w.sync()

			assert.ElementsMatch(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
			assert.Equal(t, card, w.outlookID("c3"))
			assert.Empty(t, w.problems())
			w.settled()
		})
	}
}

// Who comes back under the old id takes the old tie up, also beside somebody who was typed in again in the same run; and once another has the
// card, a card of its own.
func TestDeletedRecordComesBackBesideItsTwin(t *testing.T) {
	for name, settings := range staysInOutlook() {
		t.Run(name, func(t *testing.T) {
			w, card := adaDeleted(t, settings)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
			w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
			w.sync()
			assert.Equal(t, card, w.outlookID("c1"))
			w.settled()
		})
		t.Run(name+", alone", func(t *testing.T) {
			w, card := adaDeleted(t, settings)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
			w.sync()
			assert.Equal(t, card, w.outlookID("c1"))
			known, err := w.state.KnownOf(w.ctx, w.conn.ID, []string{card})
			require.NoError(t, err)
			assert.Empty(t, known, "it is no orphan any more")
			w.settled()
		})
		t.Run(name+", later", func(t *testing.T) {
			w, card := adaDeleted(t, settings)
			w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
			w.sync()
			require.Equal(t, card, w.outlookID("c2"))
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
			w.sync()
			assert.Equal(t, card, w.outlookID("c2"))
			w.settled()
		})
	}
}

// A State from before such cards were noted: a complete run notes them.
func TestStayingCardIsNotedByACompleteRun(t *testing.T) {
	w, card := adaDeleted(t, staysInOutlook()["left alone"])
	w.rewrite(func(contactsync.Lease) contactsync.Batch { return contactsync.Batch{DropKnown: []string{card}} })
	w.crm.ExpireCursors()
	w.outlook.ExpireCursors()
	w.sync()
	w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")

	w.sync()

	assert.Equal(t, card, w.outlookID("c2"))
	assert.Len(t, w.outlookSide("givenName"), 1)
	w.settled()
}

// B11: an undo of the run that tied the card to the record typed in again leaves the card as it was.
func TestUndoOfTypedInAgainLater(t *testing.T) {
	w, card := adaDeleted(t, staysInOutlook()["left alone"], journaled)
	w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "company=Engines", "kind=customer")
	run := w.sync()
	w.undo(run)
	assert.Equal(t, []string{"Ada, "}, w.outlookSide("givenName", "companyName"))
	assert.Equal(t, []string{"Ada, Engines"}, w.crmSide("firstName", "company"))
	w.sync()
	assert.Len(t, w.outlookSide("givenName"), 1)
	assert.Equal(t, card, w.outlookID("c2"))
	w.settled()
}

// B8: a person says whether a card that stayed is of who was typed in, and a run for some records asks as well.
func TestAnswersAboutWhoWasTypedInAgain(t *testing.T) {
	perhaps := func(t *testing.T, settings contactsync.Settings) (*world, string, string) {
		w, card := adaDeleted(t, settings)
		w.policy.EditVsDelete = cmp.Or(w.policy.EditVsDelete, "delete")
		w.editOutlook(card, "businessPhones=+31 20 555 0101", "emailAddresses=")
		w.sync()
		w.put("c2", "firstName=A.", "lastName=Lovelace", "workPhone=+31 20 555 0101", "kind=customer")
		_, err := w.engine.SyncRecords(w.ctx, w.conn.ID, []string{"c2"})
		require.NoError(t, err)
		for _, p := range w.report().Problems {
			if p.Code == contactsync.CodeDoubtfulMatch {
				return w, card, p.ID
			}
		}
		t.Fatal("nobody is asked")
		return nil, "", ""
	}
	for name, settings := range staysInOutlook() {
		t.Run(name+", the same", func(t *testing.T) {
			w, card, question := perhaps(t, settings)
			w.accept(question)
			w.sync()
			assert.Equal(t, card, w.outlookID("c2"))
			assert.Len(t, w.outlookSide("givenName"), 1)
			assert.Equal(t, []string{"conflict first"}, w.problems(), "which first name counts")
			w.settled()
		})
		t.Run(name+", somebody else", func(t *testing.T) {
			w, card, question := perhaps(t, settings)
			w.reject(question)
			w.sync()
			assert.NotEqual(t, card, w.outlookID("c2"))
			assert.Len(t, w.outlookSide("givenName"), 2)
			assert.NotContains(t, w.problems(), "doubtfulMatch ")
			w.settled()
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
			w.sync()
			assert.Equal(t, card, w.outlookID("c1"))
			w.settled()
		})
	}
}

// B11: an undo of the run that had made the card, for who was deleted since, leaves it to who was typed in again, and says so; of the run that
// left it alone there is nothing to undo.
func TestUndoOfTheCardThatStayed(t *testing.T) {
	w := newWorld(t, staysInOutlook()["left alone"], journaled)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
	made := w.sync()
	card := w.outlookID("c1")
	require.NoError(t, w.tenant.Delete("c1"))
	w.sync()
	w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "company=Engines", "kind=customer")
	w.sync()

	r := w.undo(made)

	assert.Len(t, r.Problems, 1)
	assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
	assert.Equal(t, card, w.outlookID("c2"))
	w.settled()
	assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
}

// X1, B8: a card was left alone when its record was deleted, and it is edited as the person is typed in again. One of each is left: an edit
// brings nobody back who is there.
func TestRecordTypedInAgainAndTheCardEdited(t *testing.T) {
	for name, c := range map[string]struct {
		was, again, card []string
		asked            string
	}{
		"by address":         {[]string{"lastName=Lovelace", "emails=ada@example.com"}, []string{"lastName=Lovelace", "emails=ada@example.com"}, nil, ""},
		"new name":           {[]string{"lastName=Lovelace", "emails=ada@example.com"}, []string{"lastName=King", "emails=ada@example.com"}, nil, "doubtfulMatch "},
		"by name":            {[]string{"lastName=Lovelace", "company=Engines"}, []string{"lastName=Lovelace", "company=Engines"}, nil, ""},
		"by name alone":      {[]string{"lastName=Lovelace"}, []string{"lastName=Lovelace"}, nil, "doubtfulMatch "},
		"new address, asked": {[]string{"lastName=Lovelace", "emails=ada@example.com"}, []string{"lastName=Lovelace"}, []string{"emailAddresses="}, "doubtfulMatch "},
	} {
		for _, complete := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				settings := twoWay()
				settings.Deleted.InCRM = contactsync.LeaveAlone
				w := newWorld(t, settings)
				w.put("c1", append(c.was, "firstName=Ada", "kind=customer")...)
				w.sync()
				card := w.outlookID("c1")
				require.NoError(t, w.tenant.Delete("c1"))
				w.sync()
				w.editOutlook(card, append(c.card, "jobTitle=Countess")...)
				w.put("c2", append(c.again, "firstName=Ada", "kind=customer")...)
				if complete {
					w.crm.ExpireCursors()
					w.outlook.ExpireCursors()
				}

				w.sync()

				assert.Len(t, w.crmSide("firstName"), 1)
				assert.Len(t, w.outlookSide("givenName"), 1)
				if c.asked != "" {
					assert.Equal(t, []string{c.asked}, w.problems())
				} else {
					assert.Empty(t, w.problems())
					assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
				}
				w.settled()
			})
		}
	}
}
