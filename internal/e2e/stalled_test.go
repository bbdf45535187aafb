package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphtest"
)

// Promise 3: a process stalls in the middle of a request, on its way there or back, until its lease is over. Another takes the
// connection over; the first wakes up, and is fenced off. Each person is in the mailbox once, with the last values.
func TestStalledProcess(t *testing.T) {
	for batch := 1; batch <= 6; batch++ {
		for _, answered := range []bool{false, true} {
			t.Run(fmt.Sprintf("batch %d, done %v", batch, answered), func(t *testing.T) {
				o := options{settings: settings()}
				w := newWorld(t, o)
				second := w.process("w2", 4, o)
				for i := range 25 {
					w.put(i)
				}
				w.sync()
				for i := range 50 { // creates and updates
					w.put(i)
					if i < 25 {
						require.NoError(t, w.tenant.Edit(fmt.Sprintf("c%05d", i), person.Build().Set("company", "Engines").Fields()))
					}
				}
				n, stalled := 0, false
				stall := func(r graphtest.Request) {
					if r.Route != "/$batch" {
						return
					}
					if n++; n != batch {
						return
					}
					stalled = true
					w.pass(lease + time.Second)
					_, err := second.Sync(t.Context(), w.conn.ID)
					assert.NoError(t, err)
				}
				hooks := graphtest.Hooks{Before: func(r graphtest.Request) *graphtest.Answer { stall(r); return nil }}
				if answered {
					hooks = graphtest.Hooks{After: func(r graphtest.Request, _ *graphtest.Answer) { stall(r) }}
				}
				w.srv.SetHooks(hooks)
				_, err := w.engine.Sync(t.Context(), w.conn.ID)
				w.srv.SetHooks(graphtest.Hooks{})
				if stalled {
					require.ErrorIs(t, err, contactsync.ErrFenced)
				} else {
					require.NoError(t, err)
				}
				for range 3 {
					w.pass(30 * time.Minute)
					_, err := second.Sync(t.Context(), w.conn.ID)
					require.NoError(t, err)
				}

				items := w.srv.Contacts(me, "")
				assert.Equal(t, 50, len(items), "contacts")
				names, engines := map[string]bool{}, 0
				for _, c := range items {
					names[c.GivenName] = true
					if c.CompanyName == "Engines" {
						engines++
					}
				}
				assert.Equal(t, 50, len(names), "people")
				assert.Equal(t, 25, engines)
				assert.Equal(t, 50, len(w.tenant.Records("contact")), "records")
				problems, err := w.state.Problems(t.Context(), w.conn.ID)
				require.NoError(t, err)
				assert.Equal(t, 0, len(problems), "problems")
			})
		}
	}
}

const lease = 5 * time.Minute // the default
