package contactsync_test

import (
	"context"
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

// B11, promise 2: a card whose record an undo deleted meets anew what another mailbox puts in the CRM in its place: what that says
// may be older, and is no edit of what the card holds.
func TestUndoneCardMeetsWhatAnotherMailboxPutsBack(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com", "jobTitle=Admiral")
	other := contactsync.Mailbox{Account: "a-eva", User: "eva@example.com"}
	box := w.outlook.Mailbox(other)
	eva, err := w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u2", Mailbox: other, Kind: record.Contact})
	require.NoError(t, err)
	syncOther := func() {
		_, err := w.engine.Sync(w.ctx, eva.ID)
		require.NoError(t, err)
	}
	run := w.sync()
	syncOther()
	require.NoError(t, box.Edit(box.Items(record.Contact, eva.Folder)[0].ID, outlookFields("jobTitle=Captain"))) // which keeps it
	w.undo(run)
	require.Empty(t, w.crmSide("jobTitle"))

	syncOther()
	w.sync()

	assert.Equal(t, []string{"Captain"}, w.crmSide("jobTitle"))
	assert.Equal(t, []string{"Admiral"}, w.outlookSide("jobTitle"), "nobody has changed it")
	assert.Equal(t, []string{"conflict title"}, w.problems())
	w.rests()
}

// B11: who takes a card out of Deleted Items that an undo deleted, and edits it, does so before an undo of the undo ties it again:
// the edit flows like any other.
func TestUndoOfAnUndoFindsAnEditedCard(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	run := w.sync()
	item := w.outlookID("c1")
	undone := w.undo(run)
	require.NoError(t, w.box.Move(item, w.conn.Folder))
	w.editOutlook(item, "jobTitle=Countess")

	w.undo(undone)
	w.sync()

	assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
	assert.Equal(t, []string{"Ada, Countess"}, w.outlookSide("givenName", "jobTitle"))
	w.rests()
}

// B11, promise 2: several cards wrote to one record, one over the other. Wherever its undo is stopped, what it emptied there is no
// edit that empties a card.
func TestStoppedUndoOfSeveralCards(t *testing.T) {
	settings := twoWay()
	settings.Match.Several, settings.Conflict = match.All, mapping.OutlookWins
	for n := 1; ; n++ {
		s := &stopper{}
		w := newUndoWorld(t, settings, s.around)
		w.put("c1", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
		w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com", "personalNotes=Admiral")
		second := w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com", "personalNotes=Compilers", "mobilePhone=+31 6 1234 0002")
		run := w.sync()
		w.now = w.now.Add(time.Minute)
		s.n, s.after = n, true
		_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
		s.starts(w, time.Hour)
		w.sync()
		w.sync()

		item, _ := w.box.Item(second)
		require.Equal(t, "Compilers", item.Fields.Text("personalNotes"), "effect %d", n)
		w.settled()
		if err == nil {
			require.Greater(t, n, 4)
			return
		}
	}
}

// B11, promise 3: who takes a card out of Deleted Items that a run had deleted has it tied to another record by the next run. The undo of the
// first ties it to nothing else.
func TestUndoOfADeletedCardThatIsTiedAnew(t *testing.T) {
	for _, several := range []match.Several{match.First, match.All} {
		settings := propagating()
		settings.Match.Several = several
		w := newUndoWorld(t, settings)
		w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
		w.sync()
		item := w.outlookID("c1")
		require.NoError(t, w.tenant.Delete("c1"))
		run := w.sync()
		require.Empty(t, w.outlookSide())
		w.put("c2", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
		require.NoError(t, w.box.Move(item, w.conn.Folder))
		require.Equal(t, 1, w.sync().Matched)

		report := w.undo(run)

		require.Len(t, report.Problems, 1)
		assert.Equal(t, contactsync.CodeChangedSince, report.Problems[0].Code)
		links, err := w.state.LinksOf(w.ctx, w.conn.ID, record.Outlook, []string{item})
		require.NoError(t, err)
		assert.Len(t, links, 1)
		w.editCRM("c2", "jobTitle=Countess")
		w.sync()
		assert.Equal(t, []string{"Ada, Countess"}, w.outlookSide("givenName", "jobTitle"))
		w.rests()
	}
}

// B11: a card that an undo puts back rests when its record was deleted meanwhile. What its user writes there then reaches the record once
// that is back, by the first run.
func TestCardThatIsPutBackAndRestsIsReadWhenItsRecordIsBack(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	undone := w.undo(w.sync())
	require.NoError(t, w.tenant.Delete("c1"))
	w.undo(undone)
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	w.sync()
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")

	w.sync()

	assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
	w.rests()
}

// B11: the record whose values an undo put back is there beside the one that was made in its place. A second undo names the one
// that somebody has changed since.
func TestUndoNamesTheRecordThatWasChanged(t *testing.T) {
	w := newUndoWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	item := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "mobilePhone=+31 6 1234 0001")
	run := w.sync()
	require.NoError(t, w.tenant.Delete("c1"))
	w.editOutlook(item, "jobTitle=Countess")
	w.sync()
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "mobile=+31 6 1234 0001")
	undone := w.undo(run)
	w.editCRM("c1", "mobile=+31 6 1234 0002")

	report := w.undo(undone)

	require.Len(t, report.Problems, 1)
	assert.Equal(t, contactsync.CodeChangedSince, report.Problems[0].Code)
	assert.Equal(t, [2]string{"c1", item}, report.Problems[0].Record)
}

// B11: a card is moved out, another one of the person takes over its tie, and the answer to what was written there is lost. What an undo of
// the first meeting then takes off the record is not brought back from that card.
func TestUndoAfterAnotherCardTookTheTie(t *testing.T) {
	lost := false
	w := newUndoWorld(t, twoWay(), func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				results, err := inner.Apply(ctx, sc, writes)
				for i := range results {
					if lost {
						results[i] = contactsync.Result{ID: writes[i].ID, Err: contactsync.ErrUnconfirmed}
					}
				}
				return results, err
			},
		})
	})
	w.put("c1", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "company=Navy")
	first := w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com", "jobTitle=Admiral")
	run := w.sync()
	w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com")
	w.sync()
	require.NoError(t, w.box.Move(first, w.box.AddFolder(record.Contact, "Elsewhere").ID))
	lost = true
	w.sync()
	lost = false
	require.Equal(t, []string{"Admiral"}, w.outlookSide("jobTitle"))

	w.undo(run)
	w.now = w.now.Add(time.Hour)
	w.sync()

	assert.Equal(t, []string{""}, w.crmSide("jobTitle"))
	w.rests()
}

// B11, B9: an undo of an undo finds that another user's edit has put the record back. What they wrote reaches the card.
func TestUndoOfAnUndoFindsARecordThatAnotherPutBack(t *testing.T) {
	for _, first := range []bool{true, false} {
		w := newUndoWorld(t, twoWay())
		eva := w.colleague("u2")
		w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com")
		run := w.sync()
		w.syncOf(eva)
		id := w.tenantOf("Grace")[0]
		undone := w.undo(run)
		w.editOf(eva, id, "jobTitle=Admiral")
		require.Equal(t, 1, w.syncOf(eva).Counts[record.CRM].Created)
		if first {
			w.sync()
		}

		w.undo(undone)
		w.sync()

		assert.Equal(t, []string{"Grace, Admiral"}, w.crmSide("firstName", "jobTitle"))
		assert.Equal(t, []string{"Grace, Admiral"}, w.outlookSide("givenName", "jobTitle"))
		w.rests()
	}
}

// B11, M7: a record that an undo made again has since taken in another, whose card is tied to it now. The undo of the undo leaves it.
func TestUndoLeavesTheSurvivorOfAMerge(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace")
	w.put("c2", "firstName=Alan", "lastName=King")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	undone := w.undo(w.sync())
	require.NoError(t, w.tenant.Merge("c2", w.tenantOf("Ada")[0]))
	w.sync()

	r := w.undo(undone)

	assert.Equal(t, []string{"notUndone "}, codes(r.Problems))
	assert.Equal(t, []string{"Lovelace"}, w.crmSide("lastName"))
	assert.Equal(t, []string{"Lovelace"}, w.outlookSide("surname"))
	w.rests()
}
