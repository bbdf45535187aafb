package contactsync_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// severalItems lets a CRM record be tied to several items.
func severalItems() contactsync.Settings {
	s := everythingFlows()
	s.Match.Several = match.All
	return s
}

// B11, M3: of two cards that wrote to one record in a run, one over the other, the undo puts back what was there before both, and
// the cards keep what is their owner's.
func TestUndoOfOneWriteOverAnother(t *testing.T) {
	for name, more := range map[string][]string{"in what both wrote": nil, "and in what one wrote": {"jobTitle=Poet"}} {
		t.Run(name, func(t *testing.T) {
			s := severalItems()
			s.Conflict = mapping.OutlookWins
			w := newUndoWorld(t, s)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Engines")
			w.addOutlook(append(more, "givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Mills")...)
			before := w.sides()
			run := w.sync()
			require.Equal(t, 2, run.Counts[record.CRM].Updated, "each card wrote to the record")

			r := w.undo(run)

			assert.Empty(t, r.Problems)
			assert.Equal(t, before, w.sides())
			w.rests()
			assert.Zero(t, w.undo(run).Wrote())
		})
	}
}

// B11, M3: an undo of such a run that was refused is run again: it knows still what was there before both cards, though nothing had to be put
// back of what the first of them wrote.
func TestUndoOfOneWriteOverAnotherRunAgain(t *testing.T) {
	s := severalItems()
	s.Flow.ToOutlook, s.Deleted = &contactsync.Ops{}, contactsync.OnDelete{}
	refuse := false
	w := newUndoWorld(t, s, func(c *contactsync.Config) {
		c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{Before: func(_ context.Context, method string) error {
			if refuse && method == "Apply" {
				return errors.New("out of order")
			}
			return nil
		}})
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "company=Engines")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Mills")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Engines", "jobTitle=Poet")
	before := w.sides()
	run := w.sync()
	require.Equal(t, []string{"Engines, Poet"}, w.crmSide("company", "jobTitle"), "the second card has written over the first")
	refuse = true
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	require.Error(t, err)
	refuse = false
	w.restart()
	w.now = w.now.Add(time.Hour)

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, before, w.sides())
}

// B11, M3: where the run wrote to both sides of a tie, and both were changed since, the undo says so of each.
func TestUndoNamesBothSidesOfATie(t *testing.T) {
	s := severalItems()
	s.Conflict = mapping.OutlookWins
	w := newUndoWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Mills")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Engines")
	run := w.sync()
	require.Equal(t, []string{"Engines", "Engines"}, w.outlookSide("companyName"), "the record has brought the second card's to the first")
	w.put("c1", "company=Analytics")
	w.sync()
	before := w.sides()

	r := w.undo(run)

	var sides [2]int
	for _, p := range r.Problems {
		require.Equal(t, contactsync.CodeChangedSince, p.Code)
		for side, is := range p.Sides {
			if is {
				sides[side]++
			}
		}
	}
	assert.Equal(t, [2]int{record.CRM: 2, record.Outlook: 1}, sides)
	assert.Equal(t, before, w.sides())
}

// B11, M3, promise 2: an undo that is stopped once it has put back what was there before two cards wrote to one record takes nothing from the
// card that it has not come to.
func TestUndoStoppedBetweenTwoCards(t *testing.T) {
	for n := 1; ; n++ {
		s := severalItems()
		s.Conflict = mapping.OutlookWins
		stops := &stopper{}
		w := newUndoWorld(t, s, stops.around, func(c *contactsync.Config) { c.ChunkSize = 1 })
		w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
		w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Mills")
		w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Engines")
		run := w.sync()
		require.Equal(t, []string{"Engines"}, w.crmSide("company"))
		stops.n, stops.after = n, true
		_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
		undone := w.crmSide("company")[0] == ""
		stops.starts(w, time.Hour)

		w.sync()

		if undone {
			assert.Empty(t, w.crmSide("company")[0], "effect %d", n)
			assert.Equal(t, []string{"Engines", "Mills"}, w.outlookSide("companyName"), "effect %d", n)
			w.rests()
		}
		if err == nil {
			require.True(t, undone)
			return
		}
	}
}

// B11, M3: a card has one record, whatever the settings allow a record: what an undo deleted is not put back beside the record
// that the card was matched with since.
func TestUndoOfAnUndoWhoseCardIsTakenSince(t *testing.T) {
	w := newUndoWorld(t, severalItems())
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	undo := w.undo(w.sync())
	require.Empty(t, w.crmSide("firstName"))
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	require.Equal(t, 1, w.sync().Matched)

	r := w.undo(undo)

	assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	w.rests()
}

// B11, M3: a card is not put back beside the one that was made in its place.
func TestUndoOfAnUndoWhoseCardWasMadeAgain(t *testing.T) {
	w := newUndoWorld(t, severalItems())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	undo := w.undo(w.sync())
	require.NoError(t, w.tenant.Delete("c1"))
	w.sync()
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	require.Equal(t, []string{"Ada"}, w.outlookSide("givenName"), "who is back in the CRM is told anew")

	r := w.undo(undo)

	assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	w.rests()
}

// B11, promise 3: another user's undo has put a record back that was deleted meanwhile, and its card was made anew. The card that was deleted is
// not put back beside that.
func TestUndoOfAnUndoWhoseRecordAnotherUserPutBack(t *testing.T) {
	for _, several := range []match.Several{match.First, match.All} {
		t.Run(string(several), func(t *testing.T) {
			s := everythingFlows()
			s.Match.Several = several
			w := newUndoWorld(t, s)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			undo := w.undo(w.sync())
			require.Empty(t, w.outlookSide("givenName"))
			other := contactsync.Mailbox{Account: "a-eva", User: "eva@example.com"}
			box := w.outlook.Mailbox(other)
			eva, err := w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u2", Mailbox: other, Kind: record.Contact})
			require.NoError(t, err)
			syncEva := func() contactsync.Report {
				r, err := w.engine.Sync(w.ctx, eva.ID)
				require.NoError(t, err)
				return r
			}
			syncEva()
			require.NoError(t, box.Delete(box.Items(record.Contact, eva.Folder)[0].ID))
			removed := syncEva()
			require.Empty(t, w.crmSide("firstName"))
			_, err = w.engine.Undo(w.ctx, eva.ID, removed.Run)
			require.NoError(t, err)
			w.sync()
			require.Equal(t, []string{"Ada"}, w.outlookSide("givenName"), "who is back in the CRM is told anew")

			r := w.undo(undo)

			assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
			assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
			w.rests()
		})
	}
}

// B11, M3: the cards of a record that a run deleted are all put back.
func TestUndoPutsSeveralItemsBack(t *testing.T) {
	w := newUndoWorld(t, severalItems())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "department=Maths")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "department=Mills")
	require.Equal(t, 2, w.sync().Matched)
	before := w.sides()
	require.NoError(t, w.tenant.Delete("c1"))
	run := w.sync()
	require.Equal(t, 2, run.Counts[record.Outlook].Deleted)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, before, w.sides())
	assert.Equal(t, 2, r.Linked)
	w.rests()
}

// B11, M3: a record that the run made for one card and that another card is tied to by now is left and reported. Were it deleted, the
// next run would take that for a person's and delete the other card.
func TestUndoLeavesARecordThatAnotherCardShares(t *testing.T) {
	s := severalItems()
	s.Deleted.InCRM = contactsync.Restore
	w := newUndoWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "department=Maths")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "department=Mills")
	require.Equal(t, 2, w.sync().Matched)
	require.NoError(t, w.tenant.Delete("c1"))
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.CRM].Created, "one record takes its place for both")
	w.policy.Deleted.InCRM = contactsync.Propagate
	before := w.sides()

	r := w.undo(run)

	assert.Equal(t, []string{"notUndone "}, codes(r.Problems))
	assert.Equal(t, before, w.sides())
	w.rests()
}
