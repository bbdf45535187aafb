package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// Promise 3, B5: a run that has only to do with ties that are there, or an undo, does not hide that others are missing from the State: who is edited
// after it is recognised all the same.
func TestStatePartlyLostAndARunBetween(t *testing.T) {
	between := map[string]func(w *world){
		"a run":   func(w *world) { w.editCRM("c2", "jobTitle=Poet"); w.sync() },
		"an undo": func(w *world) { w.undo(w.undoable()) },
	}
	for name, do := range between {
		t.Run(name, func(t *testing.T) {
			w := newUndoWorld(t, twoWay())
			w.put("c1", "firstName=Ada", "emails=ada@example.com")
			w.put("c2", "firstName=Grace", "emails=grace@example.com")
			w.sync()
			w.editCRM("c2", "company=Engines")
			w.sync()
			w.dropLinks("c1")
			do(w)
			w.editCRM("c1", "company=Engines")

			w.sync()
			w.sync()

			assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
		})
	}
}

// undoable is the last run that the journal has anything of.
func (w *world) undoable() (r contactsync.Report) {
	runs, err := w.engine.Undoable(w.ctx, w.conn.ID)
	if err != nil || len(runs) == 0 {
		w.t.Fatal("nothing to undo", err)
	}
	r.Run = runs[0].Run
	return r
}
