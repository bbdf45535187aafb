package contactsync_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// lateStore is a CRM that carries out creates and loses its answers, and in which a create under way does not show yet.
type lateStore struct {
	contactsync.Store
	lose, late bool
}

func (l *lateStore) Apply(ctx context.Context, sc contactsync.Scope, w []contactsync.Write) ([]contactsync.Result, error) {
	res, err := l.Store.Apply(ctx, sc, w)
	for i := range res {
		if l.lose {
			res[i] = contactsync.Result{Err: contactsync.ErrUnconfirmed}
		}
	}
	return res, err
}

func (l *lateStore) Get(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
	found, err := l.Store.Get(ctx, sc, refs)
	for i, f := range found {
		if l.late && f.Ref.Stamp != "" {
			found[i] = contactsync.Found{Ref: f.Ref, Removed: contactsync.Unknown}
		}
	}
	return found, err
}

// A record is made from an Outlook contact, the answer is lost, and somebody merges the record into another before the
// next run. Whether that run learns it from the stamp, or only from the answer to the create that it repeats: a survivor
// with an item of its own leaves the contact as it is, and none of its values are written over it. One without is tied to it.
func TestMergedBeforeItsCreateWasConfirmed(t *testing.T) {
	for _, tt := range []struct {
		name       string
		late, tied bool // the create does not show under its stamp at first; the survivor has an item
		want       []string
	}{
		{"found by its stamp", false, true, []string{"Ada, Lovelace, ", "Grace, Hopper, Admiral"}},
		{"told by the repeated create", true, true, []string{"Ada, Lovelace, ", "Grace, Hopper, Admiral"}},
		{"a survivor without an item", false, false, []string{"Ada, Lovelace, Admiral"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			crm := &lateStore{}
			w := newWorld(t, twoWay(), func(c *contactsync.Config) {
				crm.Store = c.Store
				c.Store = crm
			})
			survivor := func() { w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com") }
			if tt.tied {
				survivor()
			}
			w.sync()
			w.addOutlook("givenName=Grace", "surname=Hopper", "jobTitle=Admiral", "emailAddresses=grace@example.com")
			crm.lose = true
			w.sync()
			crm.lose = false
			if !tt.tied {
				survivor()
			}
			for _, r := range w.tenant.Records(record.Contact) {
				if r.ID != "c1" {
					require.NoError(t, w.tenant.Merge(r.ID, "c1"))
				}
			}

			crm.late = tt.late
			w.sync()
			crm.late = false

			w.settled()
			assert.Equal(t, tt.want, w.outlookSide("givenName", "surname", "jobTitle"))
			assert.Equal(t, []string{"Ada, Lovelace"}, w.crmSide("firstName", "lastName"))
		})
	}
}

// COMPLAINTS 24: two people in sync are merged in the CRM. The card of the one that is gone stays, and the report says why it is
// no longer in sync, until it is deleted.
func TestMergedAwayCardIsReported(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Ada", "lastName=King", "emails=king@example.com")
	w.sync()
	card := w.outlookID("c2")
	require.NoError(t, w.tenant.Merge("c2", "c1"))

	report := w.sync()

	require.Len(t, report.Problems, 1)
	p := report.Problems[0]
	assert.Equal(t, card, p.Record[record.Outlook])
	assert.Equal(t, "In the CRM this contact was merged into another one. This card stays in Outlook and is no longer in sync; delete it if you do not need it.", p.Message)
	w.settled()
	w.editOutlook(card, "jobTitle=Countess")
	w.sync()
	assert.Equal(t, []string{"severalMatches "}, w.problems())
	require.NoError(t, w.box.Delete(card))
	w.sync()
	assert.Empty(t, w.problems())
	w.settled()
}

// COMPLAINTS 24: two people in sync are merged in the CRM, under settings that delete or put back what was deleted there. Merging is
// neither: the card of the one that is gone stays, with what was edited on it, and the CRM is not given a second record of them.
func TestMergedAwayCardOutlivesTheSettings(t *testing.T) {
	for name, edited := range map[string]bool{"as it was": false, "edited meanwhile": true} {
		for _, d := range []contactsync.Disposition{contactsync.Propagate, contactsync.Restore} {
			if d == contactsync.Propagate && !edited { // then the settings delete it
				continue
			}
			t.Run(string(d)+", "+name, func(t *testing.T) {
				s := propagating()
				s.Deleted.InCRM = d
				w := newWorld(t, s)
				w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
				w.put("c2", "firstName=Ada", "lastName=King", "emails=king@example.com")
				w.sync()
				card := w.outlookID("c2")
				want := []string{"King, ", "Lovelace, "}
				if edited {
					w.editOutlook(card, "jobTitle=Countess")
					want[0] = "King, Countess"
				}
				require.NoError(t, w.tenant.Merge("c2", "c1"))

				w.sync()

				assert.Equal(t, want, w.outlookSide("surname", "jobTitle"))
				assert.Equal(t, []string{"Lovelace"}, w.crmSide("lastName"))
				assert.Equal(t, []string{"severalMatches "}, w.problems())
				w.settled()
			})
		}
	}
}

// L3: a run that did nothing but find a problem over is remembered among the runs.
func TestRunThatClosesAProblemIsRemembered(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Ada", "lastName=King", "emails=king@example.com")
	w.sync()
	card := w.outlookID("c2")
	require.NoError(t, w.tenant.Merge("c2", "c1"))
	w.sync()
	before, err := w.state.Runs(w.ctx, w.conn.ID, 100)
	require.NoError(t, err)
	require.NoError(t, w.box.Delete(card))

	r := w.sync()

	require.Equal(t, 1, r.Closed)
	require.Zero(t, r.Wrote())
	after, err := w.state.Runs(w.ctx, w.conn.ID, 100)
	require.NoError(t, err)
	require.Len(t, after, len(before)+1)
	w.sync()
	w.sync(contactsync.Full())
	after, err = w.state.Runs(w.ctx, w.conn.ID, 100)
	require.NoError(t, err)
	assert.Len(t, after, len(before)+2, "so is a complete one, and not one that found nothing")
}
