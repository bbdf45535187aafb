package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// M6: hours after a card was made, by us or by its user, Outlook fills it in from another one with the same address. Nothing of it
// reaches the CRM; once rejected it is put right in Outlook too.
func TestCompletionDoesNotReachTheCRM(t *testing.T) {
	for name, made := range map[string]func(*world) string{
		"a card of ours": func(w *world) string {
			w.put(2)
			w.edit("c00002", "emails", "p2@example.com", "p1@example.com")
			w.sync()
			return w.find("First2").ID
		},
		"the user's card": func(w *world) string {
			w.srv.AddContact(me, graphtest.Contact{GivenName: "First2", Surname: "Last2", MobilePhone: "0610000002", EmailAddresses: []graphtest.EmailAddress{
				{Address: "p2@example.com"}, {Address: "p1@example.com"},
			}})
			w.sync()
			for _, p := range w.problems() {
				require.NoError(w.t, w.engine.User("acme", "u1").Reject(w.t.Context(), p.ID))
			}
			w.sync()
			return w.find("First2").ID
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options{})
			w.put(1)
			w.edit("c00001", "company", "Engines")
			w.edit("c00001", "jobTitle", "Analyst")
			w.sync()
			card := made(w)
			w.sync()
			require.Len(t, w.people(), 2)
			before := w.people()
			w.pass(3 * time.Hour)
			_, err := w.srv.CompleteContact(me, card, w.find("First1").ID)
			require.NoError(t, err)

			w.sync()

			assert.Equal(t, before, w.people())
			problems := w.problems()
			require.Len(t, problems, 5, "both names, company, title, mobile")
			for _, p := range problems {
				assert.Equal(t, contactsync.CodeCompletion, p.Code)
				require.NoError(t, w.engine.User("acme", "u1").Decide(t.Context(), p.ID, record.CRM))
			}
			w.sync()
			assert.Equal(t, before, w.people())
			assert.Equal(t, "Last2", w.find("First2").Surname)
			assert.Empty(t, w.find("First2").CompanyName)
			assert.Empty(t, w.problems())
			for range 2 {
				require.Zero(t, w.sync(contactsync.Full()).Wrote())
			}
		})
	}
}

func (w *world) problems() []contactsync.Problem {
	w.t.Helper()
	problems, err := w.state.Problems(w.t.Context(), w.conn.ID)
	require.NoError(w.t, err)
	return problems
}

// people is what the CRM holds, by first name.
func (w *world) people() map[string][]string {
	all := map[string][]string{}
	for _, r := range w.tenant.Records(record.Contact) {
		f := r.Fields
		all[f.Text("firstName")] = []string{f.Text("lastName"), f.Text("company"), f.Text("jobTitle"), f.Text("mobile")}
	}
	return all
}
