package contactsync_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// B5, promise 3: a process stops when a create is intended and not sent, and the person comes to the other side by another way before the next run:
// they are there once. Where that run comes while the create may still be under way, nothing is made until it no longer can be.
func TestCreateThatDidNotArriveAndWasOvertaken(t *testing.T) {
	card := []string{"givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com"}
	person := []string{"firstName=Ada", "lastName=Lovelace", "emails=ada@example.com"}
	for name, tc := range map[string]struct {
		before, meanwhile func(w *world)
		crm, outlook      []string
	}{
		"typed into the CRM": {
			func(w *world) { w.addOutlook(card...) },
			func(w *world) { w.put("c1", person...) },
			[]string{"Ada"}, []string{"Ada"},
		},
		"typed into Outlook": {
			func(w *world) { w.put("c1", person...) },
			func(w *world) { w.addOutlook(card...) },
			[]string{"Ada"}, []string{"Ada"},
		},
		"made for another user's card": {
			func(w *world) { w.addOutlook(card...) },
			func(w *world) {
				u2 := w.colleague("u2")
				_, err := u2.box.Add(u2.conn.Folder, outlookFields(card...))
				require.NoError(w.t, err)
				w.syncOf(u2)
			},
			[]string{"Ada"}, []string{"Ada"},
		},
		"somebody else at the same address": {
			func(w *world) { w.addOutlook(card...) },
			func(w *world) { w.put("c1", "firstName=George", "lastName=Byron", "emails=ada@example.com") },
			[]string{"George"}, []string{"Ada"}, // who is who is asked, as of anybody
		},
	} {
		for _, later := range []time.Duration{5 * time.Minute, time.Hour} {
			for _, first := range []bool{true, false} {
				t.Run(name+" "+later.String(), func(t *testing.T) {
					s := &stopper{}
					w := newUndoWorld(t, twoWay(), s.around)
					if !first {
						w.put("c0", "firstName=Grace", "emails=grace@example.com")
						w.sync()
					}
					tc.before(w)
					s.n = 2 // the intent is saved, nothing is sent
					_, err := w.engine.Sync(w.ctx, w.conn.ID)
					require.ErrorIs(t, err, errStopped)
					s.starts(w, later)
					tc.meanwhile(w)

					w.sync()
					w.now = w.now.Add(time.Hour)
					w.sync()
					w.sync()

					before := []string{"Grace"}
					if first {
						before = nil
					}
					assert.ElementsMatch(t, slices.Concat(before, tc.crm), w.crmSide("firstName"))
					assert.ElementsMatch(t, slices.Concat(before, tc.outlook), w.outlookSide("givenName"))
					w.rests()
				})
			}
		}
	}
}
