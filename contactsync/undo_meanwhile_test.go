package contactsync_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// slow holds back the writes to one side while it is told to: nobody learns what became of them, and they may arrive later.
type slow struct {
	holds bool
	held  []func()
}

func (s *slow) apply(inner contactsync.Store) func(context.Context, contactsync.Scope, []contactsync.Write) ([]contactsync.Result, error) {
	return func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
		if !s.holds {
			return inner.Apply(ctx, sc, writes)
		}
		late := context.WithoutCancel(ctx)
		s.held = append(s.held, func() { _, _ = inner.Apply(late, sc, writes) })
		results := make([]contactsync.Result, len(writes))
		for i := range results {
			results[i].Err = contactsync.ErrUnconfirmed
		}
		return results, nil
	}
}

func (s *slow) arrives() {
	for _, f := range s.held {
		f()
	}
	s.held = nil
}

func slowCRM(s *slow) func(*contactsync.Config) {
	return func(c *contactsync.Config) {
		c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{Apply: s.apply(c.Store)})
	}
}

func slowOutlook(s *slow) func(*contactsync.Config) {
	return func(c *contactsync.Config) {
		c.Directory = contactsynctest.Intercept(c.Directory, contactsynctest.Hooks{Apply: s.apply(c.Directory)})
	}
}

// B11, X4: what an undo puts back in the CRM of a record whose item was deleted arrives only after a run has looked for it: it is
// no change of a person's even so, and brings no card back.
func TestLateUndoOfAnUnlinkedRecord(t *testing.T) {
	var s slow
	settings := twoWay()
	settings.Deleted.InOutlook = contactsync.Unlink
	w := newUndoWorld(t, settings, slowCRM(&s))
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	item := w.outlookID("c1")
	w.editOutlook(item, "jobTitle=Countess")
	run := w.sync()
	require.NoError(t, w.box.Delete(item))
	w.sync()
	w.sync()
	s.holds = true
	w.now = w.now.Add(time.Minute)
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	require.NoError(t, err)
	s.holds = false
	_, err = w.engine.Sync(w.ctx, w.conn.ID) // before the record's turn to be tried again
	require.NoError(t, err)
	w.sync()
	s.arrives()
	require.Equal(t, []string{"Ada, Poet"}, w.crmSide("firstName", "jobTitle"))

	for range 3 {
		w.now = w.now.Add(20 * time.Minute)
		w.sync()
	}

	assert.Empty(t, w.outlookSide("givenName"))
	w.rests()
	w.editCRM("c1", "company=Engines")
	w.sync()
	assert.Equal(t, []string{"Ada, Poet, Engines"}, w.outlookSide("givenName", "jobTitle", "companyName"), "an edit does")
	w.rests()
}

// B11, E9: an undo of what an action wrote arrives late, and is put back by nobody, though another action writes the same field and the
// settings restore what drifts.
func TestLateUndoOfAnAction(t *testing.T) {
	var s slow
	settings := acting(contactsync.IfThen{ID: "all", Value: "In the CRM"}, formerCleared)
	settings.Drift = conflict.DriftRestore
	w := newUndoWorld(t, settings, slowOutlook(&s))
	w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com", "categories=Golf")
	w.sync()
	run := w.sync()
	require.Equal(t, []string{"Ada, Golf|In the CRM"}, w.outlookSide("givenName", "categories"))
	s.holds = true
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	require.NoError(t, err)
	s.holds = false
	_, err = w.engine.Sync(w.ctx, w.conn.ID)
	require.NoError(t, err)
	s.arrives()

	w.sync()

	assert.Equal(t, []string{"Ada, Golf"}, w.outlookSide("givenName", "categories"))
	w.rests()
}

// B11, promise 1: an undo's write that was not confirmed, and over which the next run wrote, is over: who then types the same value
// has made an edit of it, which reaches the CRM.
func TestEditThatLooksLikeALateUndo(t *testing.T) {
	var s slow
	w := newUndoWorld(t, twoWay(), slowOutlook(&s))
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	run := w.sync()
	s.holds = true
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	require.NoError(t, err)
	s.holds = false
	w.editCRM("c1", "jobTitle=Countess")
	w.sync()
	require.Equal(t, []string{"Countess"}, w.outlookSide("jobTitle"))
	w.editOutlook(w.outlookID("c1"), "jobTitle=Poet")

	w.sync()

	assert.Equal(t, []string{"Poet"}, w.crmSide("jobTitle"))
	assert.Equal(t, []string{"Poet"}, w.outlookSide("jobTitle"))
	assert.Empty(t, w.problems())
	w.rests()
}

// B11: what the mailbox made of a new card is no touch of anybody's: the card is taken back, though its version has moved on.
func TestUndoOfACreateThatTheMailboxRewrote(t *testing.T) {
	w := newUndoWorld(t, everythingFlows(), func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				for i := range writes {
					if title := writes[i].Set.Text("jobTitle"); title != "" {
						writes[i].Set = writes[i].Set.With(outlookFields("jobTitle=" + strings.ToUpper(title)))
					}
				}
				results, err := inner.Apply(ctx, sc, writes)
				for i := range results {
					results[i].Stored = writes[i].Set
				}
				return results, err
			},
		})
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	run := w.sync()
	require.Equal(t, []string{"POET"}, w.outlookSide("jobTitle"))
	w.editOutlook(w.outlookID("c1"), "givenName=Adele")
	w.editOutlook(w.outlookID("c1"), "givenName=Ada") // as it was, under a new version

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Empty(t, w.outlookSide("givenName"))
	w.rests()
}

// B11, M3: two cards wrote to one record in a run, and one of them was deleted since: the record goes back through the other, and
// the tie that is over stays over.
func TestUndoThroughTheCardThatIsLeft(t *testing.T) {
	for which, name := range []string{"the first is deleted", "the second is deleted"} {
		t.Run(name, func(t *testing.T) {
			s := severalItems()
			s.Conflict = mapping.OutlookWins
			w := newUndoWorld(t, s)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			cards := []string{
				w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Engines"),
				w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Mills"),
			}
			run := w.sync()
			require.NoError(t, w.box.Delete(cards[which]))
			w.sync()

			w.undo(run)

			assert.Equal(t, []string{"Ada, "}, w.crmSide("firstName", "company"))
			links, err := w.state.Links(w.ctx, w.conn.ID, "", 10)
			require.NoError(t, err)
			assert.Len(t, links, 1)
			w.rests()
		})
	}
}

// B11: a card that a run deleted because its record was, and that its owner has taken back from Deleted Items by the time of the
// undo, rests as it would if the undo had put it back: nobody brings the record back for it.
func TestUndoMeetsTheCardThatWasTakenBack(t *testing.T) {
	w := newUndoWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	item := w.outlookID("c1")
	require.NoError(t, w.tenant.Delete("c1"))
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.Outlook].Deleted)
	require.NoError(t, w.box.Move(item, w.folder))

	r := w.undo(run)

	assert.Zero(t, r.Wrote())
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	w.rests()
	assert.Equal(t, []string{"Grace"}, w.crmSide("firstName"))
}

// B11, promise 2: a card is not put back while another one is on its way to the record: only one of them may be there in the end.
func TestUndoWhileANewCardIsUnderWay(t *testing.T) {
	var s slow
	settings := everythingFlows()
	settings.Left = contactsync.Propagate
	settings.Filter = filter.Equals("kind", "customer")
	w := newUndoWorld(t, settings, slowOutlook(&s))
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
	w.sync()
	w.editCRM("c1", "kind=former")
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.Outlook].Deleted)
	w.editCRM("c1", "kind=customer")
	s.holds = true
	w.sync()
	s.holds = false

	r := w.undo(run)

	assert.Equal(t, []string{"changedSince "}, codes(r.Problems))
	assert.Zero(t, r.Wrote())
	w.now = w.now.Add(time.Hour)
	w.sync()
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	w.rests()
}

// B11: an undo that Outlook refuses leaves no tie of what it did not put back; repeated, it does.
func TestRefusedUndoLeavesNoTie(t *testing.T) {
	refuse := false
	w := newUndoWorld(t, everythingFlows(), func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				if !refuse {
					return inner.Apply(ctx, sc, writes)
				}
				results := make([]contactsync.Result, len(writes))
				for i := range results {
					results[i].Err = contactsync.ErrDenied
				}
				return results, nil
			},
		})
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	require.NoError(t, w.tenant.Delete("c1"))
	run := w.sync()
	refuse = true
	require.Equal(t, 1, w.undo(run).Counts[record.Outlook].Failed)
	refuse = false

	links, err := w.state.Links(w.ctx, w.conn.ID, "", 10)
	require.NoError(t, err)
	assert.Len(t, links, 1)
	w.undo(run)
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	w.rests()
}

// B11, X4: a record that came back to Outlook by an edit goes away from there again with the undo of that run, and comes back with
// the next edit.
func TestUndoOfAComeback(t *testing.T) {
	s := everythingFlows()
	s.Deleted.InOutlook = contactsync.Unlink
	w := newUndoWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	w.sync()
	w.editCRM("c1", "company=Engines")
	run := w.sync()
	require.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))

	undo := w.undo(run)

	assert.Empty(t, undo.Problems)
	assert.Empty(t, w.outlookSide("givenName"))
	w.rests()
	w.undo(undo)
	assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
	w.rests()
}

// B11, B9: a record that a run deleted, and that was put back since for another user's edit, is there: the undo makes no second one, and
// does not say that anybody has deleted it again.
func TestUndoOfADeleteThatAnotherUserTookBack(t *testing.T) {
	for name, between := range map[string]bool{"at once": false, "after a run": true} {
		t.Run(name, func(t *testing.T) {
			w := newUndoWorld(t, everythingFlows())
			other := contactsync.Mailbox{Account: "a-eva", User: "eva@example.com"}
			box := w.outlook.Mailbox(other)
			eva, err := w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u2", Mailbox: other, Kind: record.Contact})
			require.NoError(t, err)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.sync()
			_, err = w.engine.Sync(w.ctx, eva.ID)
			require.NoError(t, err)
			require.NoError(t, w.box.Delete(w.outlookID("c1")))
			run := w.sync()
			require.Equal(t, 1, run.Counts[record.CRM].Deleted)
			require.NoError(t, box.Edit(box.Items(record.Contact, eva.Folder)[0].ID, outlookFields("companyName=Engines")))
			_, err = w.engine.Sync(w.ctx, eva.ID)
			require.NoError(t, err)
			require.Equal(t, []string{"Ada, Engines"}, w.crmSide("firstName", "company"))
			if between {
				w.sync()
			}

			r := w.undo(run)

			assert.Empty(t, r.Problems)
			assert.Equal(t, contactsync.Counts{}, r.Counts[record.CRM])
			assert.Equal(t, []string{"Ada, Engines"}, w.crmSide("firstName", "company"))
			w.sync()
			w.rests()
		})
	}
}
