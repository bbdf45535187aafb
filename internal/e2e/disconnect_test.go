package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphtest"
)

// B19: over Graph's wire, with what a mailbox composes by itself, everything that the sync made and nobody touched is taken back, and
// nothing else; the CRM keeps all, and connecting again makes each once.
func TestTakeBackOverGraph(t *testing.T) {
	for name, quirks := range map[string]graphtest.Quirks{
		"as documented":        {},
		"names follow":         {DisplayNameOverwritten: true},
		"names stay":           {RenameKeepsNames: true},
		"writes are not shown": {NoEcho: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options{quirks: quirks})
			own := w.srv.AddContact(me, graphtest.Contact{GivenName: "Alan", Surname: "Turing", EmailAddresses: []graphtest.EmailAddress{{Address: "alan@example.com"}}})
			for i := range 25 {
				w.put(i)
			}
			w.sync()
			w.edit("c00003", "city", "Turin")
			w.edit("c00004", "jobTitle", "Analyst")
			w.sync()
			for first, change := range map[string]func(c *graphtest.Contact){
				"First1": func(c *graphtest.Contact) { c.SpouseName = "William" },
				"First2": func(c *graphtest.Contact) { c.PersonalNotes = "met in Turin" },
				"First5": func(c *graphtest.Contact) { c.CompanyName = "Engines" }, // which is carried to the CRM
				"First6": func(c *graphtest.Contact) { c.BusinessAddress.Street = "St James's Square 12" },
			} {
				_, err := w.srv.EditContact(me, w.find(first).ID, change)
				require.NoError(t, err)
			}
			w.sync()
			people := len(w.tenant.Records("contact"))

			plan, err := w.engine.PlanDisconnect(t.Context(), w.conn.ID)
			require.NoError(t, err)
			d, err := w.engine.Disconnect(t.Context(), w.conn.ID, contactsync.TakeBack(plan.Removed))
			require.NoError(t, err)

			assert.True(t, d.Ended)
			assert.Equal(t, 25, d.Made)
			assert.Equal(t, 22, d.Removed)
			for _, l := range d.Kept {
				assert.Equal(t, contactsync.KeptTouched, l.Why)
			}
			left := w.cards()
			assert.Len(t, left, 4)
			for _, first := range []string{"First1", "First2", "First6", "Alan"} {
				assert.Contains(t, left, first)
			}
			assert.Equal(t, own.ID, w.find("Alan").ID)
			assert.Len(t, w.tenant.Records("contact"), people, "the CRM keeps all")
			w.conn, err = w.engine.Connect(t.Context(), contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: contactsync.Mailbox{Account: "a1"}})
			require.NoError(t, err)
			w.sync()
			assert.Zero(t, w.sync().Wrote())
			assert.Len(t, w.cards(), 26, "each once")
			assert.Len(t, w.tenant.Records("contact"), people)
		})
	}
}
