package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	delta   = "GET /contactFolders/{id}/contacts/delta"
	oneGet  = "GET /contacts/{id}"
	patch   = "PATCH /contacts/{id}"
	remove  = "DELETE /contacts/{id}"
	batches = "POST /$batch"
)

// B12, DESIGN "Limits to reach": a run that finds nothing new is exactly one delta request.
func TestNoOpIsOneRequest(t *testing.T) {
	w := newWorld(t, options{})
	for i := range 30 {
		w.put(i)
	}
	w.sync()
	w.sync() // the echoes of the first run

	r, c := w.counted()

	assert.Zero(t, r.Wrote())
	assert.Equal(t, 1, c.Requests)
	assert.Equal(t, map[string]int{delta: 1}, routes(c))
}

// The echoes of our own writes cost nothing either: they are known by their version.
func TestEchoesAreOneRequest(t *testing.T) {
	w := newWorld(t, options{})
	for i := range 30 {
		w.put(i)
	}
	w.sync()

	r, c := w.counted()

	assert.Zero(t, r.Wrote())
	assert.Equal(t, map[string]int{delta: 1}, routes(c))
}

// n creates are n parts in ceil(n/20) batches.
func TestCreates(t *testing.T) {
	for _, n := range []int{1, 20, 21, 45, 100} {
		w := newWorld(t, options{})
		w.sync()
		for i := range n {
			w.put(i)
		}

		r, c := w.counted()

		assert.Equal(t, n, r.Counts[record.Outlook].Created)
		assert.Equal(t, (n+19)/20, c.Batches, "%d creates", n)
		assert.Equal(t, n, c.Parts)
		assert.Equal(t, 1+(n+19)/20, c.Requests, "one delta, and the batches")
	}
}

// An update is one GET and one PATCH part; with IfMatchHonoured a plain scalar is one PATCH.
func TestUpdates(t *testing.T) {
	for _, tt := range []struct {
		name     string
		honoured bool
		field    string
		entries  []string
		gets     int
	}{
		{"scalar", false, "jobTitle", []string{"Analyst"}, 1},
		{"list", false, "emails", []string{"new@example.com", "more@example.com"}, 1},
		{"scalar, If-Match honoured", true, "jobTitle", []string{"Analyst"}, 0},
		{"list, If-Match honoured", true, "emails", []string{"new@example.com", "more@example.com"}, 1},
		{"address, If-Match honoured", true, "city", []string{"Utrecht"}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, options{honoured: tt.honoured})
			var ids []string
			for i := range 25 {
				ids = append(ids, w.put(i))
			}
			w.sync()
			w.sync()
			for _, id := range ids[:7] {
				w.edit(id, tt.field, tt.entries...)
			}

			r, c := w.counted()

			assert.Equal(t, 7, r.Counts[record.Outlook].Updated)
			want := map[string]int{delta: 1, patch: 7, batches: 1}
			if tt.gets > 0 {
				want[oneGet], want[batches] = 7*tt.gets, 2
			}
			assert.Equal(t, want, routes(c))
			r, c = w.counted()
			assert.Zero(t, r.Wrote())
			assert.Equal(t, map[string]int{delta: 1}, routes(c))
		})
	}
}

// A delete is one part.
func TestDeletes(t *testing.T) {
	w := newWorld(t, options{})
	var ids []string
	for i := range 100 {
		ids = append(ids, w.put(i))
	}
	w.sync()
	w.sync()
	for _, id := range ids[:5] {
		require.NoError(t, w.tenant.Delete(id))
	}

	r, c := w.counted()

	assert.Equal(t, 5, r.Counts[record.Outlook].Deleted)
	assert.Equal(t, map[string]int{delta: 1, remove: 5, batches: 1}, routes(c))
	w.sync()
	assert.Len(t, w.srv.Contacts(me, ""), 95)
}

// A delete that meets an edit made in Outlook at the last moment does not go through: the edit lives on.
func TestDeleteMeetsEdit(t *testing.T) {
	w := newWorld(t, options{})
	id := w.put(1)
	w.put(2)
	w.sync()
	w.sync()
	require.NoError(t, w.tenant.Delete(id))
	edited := false
	w.srv.SetHooks(graphtest.Hooks{Before: func(r graphtest.Request) *graphtest.Answer {
		if r.Method == "DELETE" && !edited {
			edited = true
			for _, c := range w.srv.Contacts(me, "") {
				if c.GivenName == "First1" {
					_, err := w.srv.EditContact(me, c.ID, func(c *graphtest.Contact) { c.JobTitle = "Countess" })
					assert.NoError(t, err)
				}
			}
		}
		return nil
	}})

	w.sync()
	w.sync()

	assert.True(t, edited)
	var titles []string
	for _, c := range w.srv.Contacts(me, "") {
		titles = append(titles, c.GivenName+" "+c.JobTitle)
	}
	assert.ElementsMatch(t, []string{"First1 Countess", "First2 "}, titles)
	var crm []string
	for _, r := range w.tenant.Records(record.Contact) {
		crm = append(crm, r.Fields.Text("firstName")+" "+r.Fields.Text("jobTitle"))
	}
	assert.ElementsMatch(t, []string{"First1 Countess", "First2 "}, crm, "the edit revived the record")
}

// The work of a $batch was done and its answer lost on the outside, as a gateway does: no duplicate, with the SDK's own
// default client, whose middleware would otherwise send the batch again.
func TestOuter504DoublesNothing(t *testing.T) {
	for batch := 1; batch <= 3; batch++ {
		w := newWorld(t, options{})
		for i := range 50 {
			w.put(i)
		}
		n := 0
		w.srv.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, a *graphtest.Answer) {
			if r.Route == "/$batch" {
				if n++; n == batch {
					a.Status, a.Body = 504, nil
				}
			}
		}})
		_, err := w.engine.Sync(t.Context(), w.conn.ID)
		require.NoError(t, err, "one lost batch is no reason to stop")
		w.srv.SetHooks(graphtest.Hooks{})
		for range 3 {
			w.sync()
		}

		assert.Len(t, w.srv.Contacts(me, ""), 50)
		r := w.sync(contactsync.Full())
		assert.Zero(t, r.Wrote())
		problems, err := w.state.Problems(t.Context(), w.conn.ID)
		require.NoError(t, err)
		assert.Empty(t, problems)
	}
}
