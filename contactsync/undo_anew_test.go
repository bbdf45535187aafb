package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// deletedAndAnew is a world in which Ada was deleted on a side, which run deleted on the other, and somebody was typed in on the first since, whom
// later has made on the other.
func deletedAndAnew(t *testing.T, gone record.Side, was, anew []string) (w *world, run, later contactsync.Report) {
	t.Helper()
	w = newUndoWorld(t, everythingFlows())
	w.put("c1", append([]string{"firstName=Ada"}, was...)...)
	w.sync()
	if gone == record.CRM {
		require.NoError(t, w.tenant.Delete("c1"))
	} else {
		require.NoError(t, w.box.Delete(w.outlookID("c1")))
	}
	run = w.sync()
	require.Equal(t, 1, run.Counts[gone.Other()].Deleted)
	if gone == record.CRM {
		w.put("c2", anew...)
	} else {
		inOutlook := map[string]string{
			"firstName=Ada": "givenName=Ada", "firstName=Eva": "givenName=Eva", "lastName=Lovelace": "surname=Lovelace", "company=Engines": "companyName=Engines",
			"emails=ada@example.com": "emailAddresses=ada@example.com", "emails=eva@example.com": "emailAddresses=eva@example.com", "jobTitle=Countess": "jobTitle=Countess",
			"workPhone=+31 20 555 0101": "businessPhones=+31 20 555 0101",
		}
		var card []string
		for _, pair := range anew {
			require.Contains(t, inOutlook, pair)
			card = append(card, inOutlook[pair])
		}
		w.addOutlook(card...)
	}
	later = w.sync()
	require.Equal(t, 1, later.Counts[gone.Other()].Created)
	return w, run, later
}

// B11, promise 3: who was typed in again since, and is in sync, is not there twice for an undo of the run that deleted them. Once the run that
// made them is undone too, they are put back.
func TestUndoOfADeleteBesideWhoIsThereAnew(t *testing.T) {
	for name, c := range map[string]struct{ was, anew []string }{
		"by address": {[]string{"lastName=Lovelace", "emails=ada@example.com"}, []string{"firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Countess"}},
		"by name":    {[]string{"lastName=Lovelace", "company=Engines"}, []string{"firstName=Ada", "lastName=Lovelace", "company=Engines", "emails=ada@example.com"}},
	} {
		for _, gone := range []record.Side{record.CRM, record.Outlook} {
			t.Run(name+" "+gone.String(), func(t *testing.T) {
				w, run, later := deletedAndAnew(t, gone, c.was, c.anew)

				r := w.undo(run)

				assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
				place := map[record.Side]string{record.CRM: "CRM", record.Outlook: "Outlook folder"}[gone.Other()]
				assert.Equal(t, "Somebody who may be the same person is in the "+place+" since. It is not put back beside them; to have it back, delete that one and run the undo again.",
					r.Problems[0].Message)
				w.rests()
				assert.Len(t, w.crmSide("firstName"), 1)
				assert.Len(t, w.outlookSide("givenName"), 1)

				w.undo(later)
				w.undo(run)
				if gone == record.CRM {
					assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
				} else {
					assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
				}
			})
		}
	}
}

// B11: somebody else who came since, or may only be the same person, keeps nobody from being put back.
func TestUndoOfADeleteBesideSomebodyElse(t *testing.T) {
	ada := []string{"lastName=Lovelace", "workPhone=+31 20 555 0101"}
	for name, c := range map[string]struct{ was, anew []string }{
		"the same number":  {ada, []string{"firstName=Eva", "workPhone=+31 20 555 0101"}},
		"the same company": {[]string{"lastName=Lovelace", "company=Engines"}, []string{"firstName=Eva", "company=Engines"}},
		"another company":  {[]string{"lastName=Lovelace", "company=Engines"}, []string{"firstName=Ada", "lastName=Lovelace", "company=Looms"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, run, _ := deletedAndAnew(t, record.CRM, c.was, c.anew)

			r := w.undo(run)

			assert.Equal(t, 1, r.Counts[record.Outlook].Created)
			assert.Len(t, w.outlookSide("givenName"), 2)
			w.rests()
		})
	}
}

// B11: who was typed in again and is gone once more does not stand in the way.
func TestUndoOfADeleteBesideWhoIsGoneOnceMore(t *testing.T) {
	ada := []string{"firstName=Ada", "emails=ada@example.com"}
	w, run, _ := deletedAndAnew(t, record.CRM, ada[1:], ada)
	require.NoError(t, w.tenant.Delete("c2"))
	w.sync()
	require.Empty(t, w.outlookSide("givenName"))

	w.undo(run)

	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	w.rests()
}
