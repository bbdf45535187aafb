package contactsync_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// Promise 3: a copy of a card was imported, and its tie is lost while that of the card is there. The copy is its own record's still, though it
// carries the card's stamp.
func TestStatePartlyLostBesideACopy(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Grace")
	w.sync()
	_, err := w.box.Copy(w.outlookID("c1"), w.conn.Folder)
	require.NoError(t, err)
	w.sync()
	require.Equal(t, []string{"Grace", "Grace"}, w.crmSide("firstName"))
	w.dropLinks(w.tenant.Records(record.Contact)[1].ID)

	for range 2 {
		w.now = w.now.Add(25 * time.Hour)
		w.sync()
	}

	assert.Equal(t, []string{"Grace", "Grace"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Grace", "Grace"}, w.outlookSide("givenName"))
	assert.Empty(t, w.problems())
	w.settled()
}

// Promise 3: two records are merged, and the tie of the survivor is lost. The card of the other becomes the survivor's, and the survivor's own
// one is told of and left, and not imported.
func TestStatePartlyLostAndMerged(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Barbara")
	w.put("c2", "lastName=Liskov")
	w.sync()
	w.dropLinks("c1")
	require.NoError(t, w.tenant.Merge("c2", "c1"))

	w.sync(contactsync.Full())

	assert.Len(t, w.tenant.Records(record.Contact), 1)
	assert.Equal(t, []string{"severalMatches "}, w.problems())
	w.settled()
}

// B5: links are lost, and nobody edits anything. The run that re-reads the CRM once a day finds out, and the next puts the ties back: edits flow
// again, deletes too, and the count of who is in sync is right.
func TestStatePartlyLostAndNothingNew(t *testing.T) {
	w := mixedPeople(t, true)
	w.dropLinks("c1", "c2")

	w.now = w.now.Add(25 * time.Hour)
	w.sync()
	r := w.sync()

	assert.Equal(t, 5, r.Linked)
	w.sameMixedPeople()
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	w.sync()
	assert.Contains(t, w.crmSide("firstName", "jobTitle"), "Ada, Countess")
	w.settled()
}

// Promise 3: after a loss, of the State or of a tie, a person is asked whether a card is that of the record which its stamp names, since the two
// are called otherwise by now. A run that is stopped before it has saved the question asks it once more, and makes neither anew.
func TestQuestionAfterALossOutlivesAStop(t *testing.T) {
	for name, lose := range map[string]func(w *world){
		"all": (*world).loseState,
		"a tie": func(w *world) {
			w.dropLinks("c1")
			w.outlook.ExpireCursors()
			w.crm.ExpireCursors()
		},
	} {
		for stop := range 2 {
			t.Run(fmt.Sprintf("%s, stopped after %d saves", name, stop), func(t *testing.T) {
				w := newWorld(t, twoWay())
				w.put("c1", "firstName=Edsger")
				w.sync()
				w.editCRM("c1", "firstName=Barbara")
				w.put("c2", "firstName=Grace")
				lose(w)
				cfg, n := w.cfg, 1-stop
				cfg.State = saves{w.state, &n}
				_, err := must(contactsync.New(cfg)).Sync(w.ctx, w.conn.ID)
				require.ErrorIs(t, err, errCrash)
				w.now = w.now.Add(time.Hour)

				w.sync()

				assert.Equal(t, []string{"Barbara", "Grace"}, w.crmSide("firstName"))
				assert.Equal(t, []string{"Edsger", "Grace"}, w.outlookSide("givenName"))
				assert.Equal(t, []string{"doubtfulMatch "}, w.problems())
			})
		}
	}
}

// Promise 3, B5: somebody without address or number was imported, and their tie is lost. An undo, which finds no tie to undo, and a run for some
// records come between: the run after them looks at everything first all the same, and asks instead of making anybody a second time.
func TestStatePartlyLostAndOtherRunsBetween(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.addOutlook("givenName=Ada")
	w.sync()
	c := w.crmID("Ada")
	w.dropLinks(c)

	r := w.undo(w.undoable())
	require.Len(t, r.Problems, 1)
	assert.Equal(t, contactsync.CodeNotUndone, r.Problems[0].Code)
	_, err := w.engine.SyncRecords(w.ctx, w.conn.ID, nil)
	require.NoError(t, err)
	w.editCRM(c, "jobTitle=Poet")
	r = w.sync()

	assert.Equal(t, [2]bool{true, true}, r.Full)
	assert.Equal(t, []string{"doubtfulMatch "}, w.problems())
	assert.Equal(t, []string{"Ada, Poet"}, w.crmSide("firstName", "jobTitle"))
	assert.Equal(t, []string{"Ada, "}, w.outlookSide("givenName", "jobTitle"))
	w.settled()
}

// garbled is a Directory that cannot read one item, for now.
type garbled struct {
	*memstore.Directory
	item *string
}

func (g garbled) Changes(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
	page, err := g.Directory.Changes(ctx, sc, after)
	page.Changes = slices.DeleteFunc(page.Changes, func(c contactsync.Change) bool {
		if c.ID != *g.item {
			return false
		}
		page.Bad = append(page.Bad, contactsync.BadRow{ID: c.ID, Reason: "givenName: not text"})
		return true
	})
	return page, err
}

// Promise 3: as the State is lost, the card of somebody who was imported cannot be read. Once it can, it is its record's still, also where nothing
// is made in Outlook.
func TestStateLostAndACardThatCannotBeRead(t *testing.T) {
	for _, makes := range []bool{true, false} {
		s := twoWay()
		s.Flow = contactsync.Flow{ToCRM: &contactsync.Ops{Create: true, Update: true}, ToOutlook: &contactsync.Ops{Create: makes, Update: true}}
		w := newWorld(t, s)
		item := w.addOutlook("givenName=Grace")
		w.sync()
		w.loseState()
		cfg := w.cfg
		cfg.Directory = garbled{w.outlook, &item}
		report, err := must(contactsync.New(cfg)).Sync(w.ctx, w.conn.ID)
		require.NoError(t, err)
		require.NotEmpty(t, report.Problems)
		w.now = w.now.Add(time.Hour)

		w.sync()

		assert.Equal(t, []string{"Grace"}, w.crmSide("firstName"))
		assert.Equal(t, []string{"Grace"}, w.outlookSide("givenName"))
		assert.Empty(t, w.problems())
		w.settled()
	}
}
