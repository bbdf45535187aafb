package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// B11, promise 1: a question is open, and what it is about is taken back in the CRM before an undo writes to the same record. The next run looks at it: the
// question is over, and what nobody disputes any more is carried.
func TestUndoBesideAQuestionThatIsOver(t *testing.T) {
	for _, merge := range []string{"field", "record"} {
		t.Run(merge, func(t *testing.T) {
			settings := twoWay()
			settings.Merge = merge
			w := newUndoWorld(t, settings)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "company=Old")
			w.sync()
			w.editOutlook(w.outlookID("c1"), "companyName=New")
			run := w.sync()
			w.editOutlook(w.outlookID("c1"), "personalNotes=mine", "jobTitle=Countess")
			w.editCRM("c1", "notes=theirs")
			w.sync()
			require.NotEmpty(t, w.problems())
			w.editCRM("c1", "notes=")

			w.undo(run)
			w.sync()
			w.sync()

			assert.Equal(t, []string{"mine, Countess, Old"}, w.crmSide("notes", "jobTitle", "company"))
			assert.Empty(t, w.problems())
			w.rests()
		})
	}
}
