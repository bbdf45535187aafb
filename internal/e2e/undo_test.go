package e2e

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// card is what people see of a contact, without what the server gives it.
func card(c graphtest.Contact) graphtest.Contact {
	c.ID, c.ImmutableID, c.ChangeKey, c.ParentFolderID = "", "", "", ""
	c.CreatedDateTime, c.LastModifiedDateTime = time.Time{}, time.Time{}
	extended := map[string]string{}
	for id, v := range c.Extended {
		if v != "" && id != graphtest.PrivateID && len(v) < 60 { // the stamp is of its own generation
			extended[id] = v
		}
	}
	c.Extended = extended
	return c
}

// cards are the contacts of the folder by first name.
func (w *world) cards() map[string]graphtest.Contact {
	w.t.Helper()
	all := map[string]graphtest.Contact{}
	for _, c := range w.srv.Contacts(me, "") {
		require.NotContains(w.t, all, c.GivenName)
		all[c.GivenName] = card(c)
	}
	return all
}

// find is a contact with all that the server knows of it.
func (w *world) find(first string) graphtest.Contact {
	w.t.Helper()
	for _, c := range w.srv.Contacts(me, "") {
		if c.GivenName == first {
			return c
		}
	}
	w.t.Fatalf("no contact %q", first)
	return graphtest.Contact{}
}

// B11: over Graph's wire a run is taken back with all that Graph can hold: unmapped properties, names of addresses, extended
// properties; the next runs leave it so.
func TestUndoOverGraph(t *testing.T) {
	for name, quirks := range map[string]graphtest.Quirks{
		"as documented":        {},
		"names follow":         {DisplayNameOverwritten: true},
		"names stay":           {RenameKeepsNames: true},
		"writes are not shown": {NoEcho: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options{quirks: quirks, journal: true})
			ids := make([]string, 25)
			for i := range ids {
				ids[i] = w.put(i)
			}
			w.sync()
			_, err := w.srv.EditContact(me, w.find("First1").ID, func(c *graphtest.Contact) {
				c.Department, c.SpouseName, c.Children, c.PersonalNotes = "Maths", "William", []string{"Byron", "Anne"}, "met in Turin"
				c.EmailAddresses[0].Name = "The Countess"
				c.HomeAddress = graphtest.Address{Street: "St James's Square 12", City: "London"}
				c.Categories = []string{"Friends"}
				c.Birthday = "1815-12-10T11:59:00Z"
			})
			require.NoError(t, err)
			w.sync()
			before := w.cards()
			w.edit(ids[0], "firstName", "Renamed")
			w.edit(ids[2], "city", "Turin")
			w.edit(ids[3], "emails", "other@example.com", "more@example.com")
			require.NoError(t, w.tenant.Delete(ids[1]))
			w.put(90)
			run := w.sync()
			require.Equal(t, contactsync.Counts{Created: 1, Updated: 3, Deleted: 1}, run.Counts[record.Outlook])
			w.pass(time.Minute)
			was := w.find("First90")
			is, err := w.srv.EditContact(me, was.ID, func(*graphtest.Contact) {}) // a new version of the same
			require.NoError(t, err)
			require.NotEqual(t, was.ChangeKey, is.ChangeKey)

			r, err := w.engine.Undo(t.Context(), w.conn.ID, run.Run)

			require.NoError(t, err)
			assert.Empty(t, r.Problems)
			assert.Equal(t, contactsync.Counts{Created: 1, Updated: 3, Deleted: 1}, r.Counts[record.Outlook])
			assert.Empty(t, cmp.Diff(before, w.cards()))
			for _, full := range []bool{false, false, true} {
				var opts []contactsync.SyncOption
				if full {
					opts = append(opts, contactsync.Full())
				}
				assert.Zero(t, w.sync(opts...).Wrote())
			}
			assert.Empty(t, cmp.Diff(before, w.cards()))
		})
	}
}

// B11, B12: what a journal costs on the wire: a delete is read before, an update always was, a create costs nothing more.
func TestRequestsOfAJournal(t *testing.T) {
	w := newWorld(t, options{journal: true})
	ids := make([]string, 21)
	for i := range ids {
		ids[i] = w.put(i)
	}
	w.srv.Reset()
	w.sync()
	assert.Equal(t, 2, w.srv.Counts().Batches, "21 creates")
	w.sync()
	for i, id := range ids {
		if i < 4 {
			require.NoError(t, w.tenant.Delete(id))
		}
	}
	r, c := w.counted()
	assert.Equal(t, 4, r.Counts[record.Outlook].Deleted)
	assert.Equal(t, map[string]int{delta: 1, batches: 2, oneGet: 4, remove: 4}, routes(c))
	w.edit(ids[5], "jobTitle", "Analyst")
	_, c = w.counted()
	assert.Equal(t, map[string]int{delta: 1, batches: 2, oneGet: 1, patch: 1}, routes(c))
}

// B11: an undo of 1,000 records over Graph's wire, with a guard that a person lets pass.
func TestUndoAThousandOverGraph(t *testing.T) {
	w := newWorld(t, options{journal: true})
	const n = 1000
	for i := range n {
		w.put(i)
	}
	run := w.sync()
	require.Equal(t, n, run.Counts[record.Outlook].Created)
	w.pass(time.Minute)
	r, err := w.engine.Undo(t.Context(), w.conn.ID, run.Run)
	require.NoError(t, err)
	require.Equal(t, contactsync.Halted, r.Status)
	w.srv.Reset()

	r, err = w.engine.Undo(t.Context(), w.conn.ID, run.Run, contactsync.LetPass(*r.Halt))

	require.NoError(t, err)
	assert.Empty(t, r.Problems)
	assert.Equal(t, n, r.Counts[record.Outlook].Deleted)
	assert.Empty(t, w.cards())
	assert.Equal(t, map[string]int{batches: 3 * n / 20, oneGet: 2 * n, remove: n}, routes(w.srv.Counts()))
	assert.Zero(t, w.sync().Wrote())
	assert.Zero(t, w.sync(contactsync.Full()).Wrote())
	assert.Len(t, w.tenant.Records(record.Contact), n, "nothing is lost in the CRM")
}
