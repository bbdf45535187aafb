package contactsync_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// fromBackup puts a backup of the State back and says so.
func (w *world) fromBackup(backup []byte) {
	w.t.Helper()
	w.restore(backup)
	require.NoError(w.t, w.engine.StateFromBackup(w.ctx, w.conn.ID))
}

// Promises 2 and 4: what an undo has deleted since the backup was nobody's delete. It is left on the other side and told of, until
// somebody deletes it there.
func TestUndoneSinceTheBackup(t *testing.T) {
	for name, made := range map[string]func(w *world){
		"imported": func(w *world) { w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com") },
		"copied":   func(w *world) { w.put("c1", "firstName=Ada", "emails=ada@example.com") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newUndoWorld(t, everythingFlows())
			made(w)
			run := w.sync()
			old := w.backup()
			w.undo(run)
			require.Equal(t, 1, len(w.crmSide("firstName"))+len(w.outlookSide("givenName")))
			before := w.sides()

			w.fromBackup(old)
			r := w.sync()

			assert.Equal(t, before, w.sides())
			assert.Equal(t, []string{"missing "}, w.problems())
			require.Len(t, r.Problems, 1)
			assert.NotContains(t, r.Problems[0].Message, "Ada")
			w.rests()
			assert.Equal(t, []string{"missing "}, w.problems(), "it is told for as long as it is so")

			for _, rec := range w.tenant.Records(record.Contact) {
				require.NoError(t, w.tenant.Delete(rec.ID))
			}
			for _, item := range w.box.Items(record.Contact, w.folder) {
				require.NoError(t, w.box.Delete(item.ID))
			}
			w.sync(contactsync.Full())
			assert.Empty(t, w.problems())
			assert.Equal(t, [2][]string{{}, {}}, w.sides())
			w.rests()
		})
	}
}

// What a person deleted while nothing ran is left on the other side, too, and Explain tells why; put back, the two are in sync again. A
// delete after that run goes across as ever.
func TestDeletedByAPersonBeforeTheBackupCameBack(t *testing.T) {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		t.Run(side.String(), func(t *testing.T) {
			w := newWorld(t, everythingFlows())
			w.put("c1", "firstName=Ada", "emails=ada@example.com")
			w.put("c2", "firstName=Grace", "emails=grace@example.com")
			w.sync()
			old := w.backup()
			ids := [2]string{record.CRM: "c1", record.Outlook: w.outlookID("c1")}
			remove := [2]func(string) error{record.CRM: w.tenant.Delete, record.Outlook: w.box.Delete}
			require.NoError(t, remove[side](ids[side]))

			w.fromBackup(old)
			w.sync()

			assert.Equal(t, []string{"missing "}, w.problems())
			assert.Contains(t, w.explain(side.Other(), ids[side.Other()]).Words, "put back from a backup")
			w.rests()

			if side == record.CRM {
				w.put("c1", "firstName=Ada", "emails=ada@example.com")
			} else {
				require.NoError(t, w.box.Move(ids[side], w.folder))
			}
			w.sync()
			assert.Empty(t, w.problems())
			w.editCRM("c1", "company=Engines")
			w.sync()
			assert.Equal(t, []string{"Ada, Engines", "Grace, "}, w.outlookSide("givenName", "companyName"))

			require.NoError(t, w.box.Delete(w.outlookID("c2")))
			w.sync()
			assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"), "a delete of today goes across")
			w.rests()
		})
	}
}

// Who left the filter since the backup has lost the card for it: the record stays also where nobody said that the State is an old one, and
// who is selected again gets a card.
func TestLeftSinceTheBackup(t *testing.T) {
	s := everythingFlows()
	s.Filter = filter.Equals("kind", "client")
	s.Left = contactsync.Propagate
	for _, told := range []bool{false, true} {
		w := newWorld(t, s)
		w.put("c1", "firstName=Ada", "kind=client")
		w.sync()
		old := w.backup()
		w.editCRM("c1", "kind=lead")
		w.sync()
		require.Empty(t, w.outlookSide("givenName"))
		w.restore(old)
		if told {
			require.NoError(t, w.engine.StateFromBackup(w.ctx, w.conn.ID))
		}

		w.sync()

		assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"), "told %v", told)
		assert.Empty(t, w.problems())
		w.rests()
		w.editCRM("c1", "kind=client")
		w.sync()
		assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
		w.rests()
	}
}

// Who left the filter since the backup and is back in it stays, where a host has said so.
func TestLeftAndBackSinceTheBackup(t *testing.T) {
	s := everythingFlows()
	s.Filter = filter.Equals("kind", "client")
	s.Left = contactsync.Propagate
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "kind=client")
	w.sync()
	old := w.backup()
	w.editCRM("c1", "kind=lead")
	w.sync()
	w.editCRM("c1", "kind=client")

	w.fromBackup(old)
	w.sync()

	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"missing "}, w.problems())
	w.rests()
}

// A connection that ended since, and all its cards were taken back: the backup has it going on. Guards stop that, and who lets it
// go on loses nothing either.
func TestEndedSinceTheBackup(t *testing.T) {
	s := everythingFlows()
	s.Guards = contactsync.Guards{}
	w := newWorld(t, s)
	w.people(8)
	old := w.backup()
	w.disconnect(contactsync.TakeBack(8))
	require.Empty(t, w.outlookSide("givenName"))

	w.fromBackup(old)
	r := w.sync()

	require.NotNil(t, r.Halt)
	require.NoError(t, w.answer(contactsync.AnswerGoOn))
	w.sync()
	assert.Len(t, w.crmSide("firstName"), 8)
	assert.Len(t, w.problems(), 8)
	w.rests()
}

// Until a run has seen all that is gone the State counts as an old one: also where a side could not tell at first, where a run was
// stopped, and beside runs for some records.
func TestBackupUntilAllIsSeen(t *testing.T) {
	var unknown, stop bool
	w := newWorld(t, everythingFlows(), func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Before: func(_ context.Context, method string) error {
				if stop && method == "Changes" {
					return assert.AnError
				}
				return nil
			},
			Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
				found, err := inner.Get(ctx, sc, refs)
				for i := range found {
					if unknown && found[i].Removed == contactsync.Deleted {
						found[i].Removed = contactsync.Unknown
					}
				}
				return found, err
			},
		})
	})
	w.people(3)
	old := w.backup()
	w.deleteOutlook(0, 1)
	w.fromBackup(old)

	stop = true
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, assert.AnError)
	stop, unknown = false, true
	_, err = w.engine.SyncRecords(w.ctx, w.conn.ID, []string{id("c", 1)})
	require.NoError(t, err)
	_, err = w.engine.Plan(w.ctx, w.conn.ID)
	require.NoError(t, err)
	w.sync()
	w.sync()
	unknown = false
	w.sync(contactsync.Full())

	assert.Len(t, w.crmSide("firstName"), 3)
	assert.Equal(t, []string{"missing "}, w.problems())
	w.rests()
}

// A backup that nothing has happened since changes nothing; a connection that is not there is refused.
func TestBackupOfJustNow(t *testing.T) {
	w := newWorld(t, everythingFlows())
	w.people(3)
	before := w.sides()

	w.fromBackup(w.backup())
	require.NoError(t, w.engine.StateFromBackup(w.ctx, w.conn.ID))

	r := w.sync()
	assert.Equal(t, [2]bool{true, true}, r.Full)
	assert.Equal(t, before, w.sides())
	assert.Empty(t, w.problems())
	w.settled()
	w.deleteCRM(0, 1)
	w.sync()
	assert.Len(t, w.outlookSide("givenName"), 2)
	require.ErrorIs(t, w.engine.StateFromBackup(w.ctx, "nobody's"), contactsync.ErrNotFound)
}

// CRM and State are in one database, and one backup puts both back: what had come to Outlook since comes back to the CRM, and a delete
// since then, which had reached Outlook, is left to people, and so is the card of a record that was made since: where the CRM cannot tell of
// that, the card waits.
func TestBackupOfCRMAndState(t *testing.T) {
	for _, tells := range []bool{true, false} {
		t.Run(fmt.Sprintf("the CRM tells %v", tells), func(t *testing.T) {
			w := newWorld(t, everythingFlows(), func(c *contactsync.Config) {
				inner := c.Store
				c.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
					found, err := inner.Get(ctx, sc, refs)
					for i, ref := range refs {
						if tells && ref.ID != "" && found[i].Removed == contactsync.Unknown {
							found[i].Removed = contactsync.Deleted
						}
					}
					return found, err
				}})
			})
			w.people(3)
			w.addOutlook("givenName=Alan", "emailAddresses=alan@example.org")
			w.sync()
			old := w.backup()
			var crm bytes.Buffer
			_, err := w.crm.WriteTo(&crm)
			require.NoError(t, err)

			w.editCRM(id("c", 0), "company=Engines")
			w.addOutlook("givenName=Barbara")
			w.editOutlook(w.outlookID(id("c", 1)), "companyName=Navy")
			w.deleteCRM(2, 3)
			w.put("new", "firstName=Grace")
			w.sync()
			_, err = w.crm.ReadFrom(&crm)
			require.NoError(t, err)
			w.tenant = w.crm.Tenant("acme")
			w.fromBackup(old)
			w.sync()

			told := map[bool]string{true: "missing ", false: "unknown "}[tells]
			assert.Equal(t, []string{"Alan, ", "Barbara, ", "Fa0, Engines", "Fa1, Navy", "Fa2, "}, w.crmSide("firstName", "company"))
			assert.Equal(t, []string{"Alan, ", "Barbara, ", "Fa0, Engines", "Fa1, Navy", "Grace, "}, w.outlookSide("givenName", "companyName"))
			assert.Equal(t, []string{"missing ", told}, w.problems())
			w.rests()
		})
	}
}
