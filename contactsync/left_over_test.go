package contactsync_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// listed is a world in which what Outlook lists is changed on the way.
func listed(t *testing.T, s contactsync.Settings, change func(*contactsync.Page)) *world {
	t.Helper()
	return newWorld(t, s, func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				page, err := inner.Changes(ctx, sc, after)
				change(&page)
				return page, err
			},
		})
	})
}

// Promise 3: a new card of which the listing left a field out is made in the CRM with all that is on it.
func TestNewCardIsReadWhole(t *testing.T) {
	w := listed(t, twoWay(), func(page *contactsync.Page) {
		for i, c := range page.Changes {
			if c.Record != nil {
				rec := *c.Record
				rec.Fields, rec.StampRead = rec.Fields.Only(func(name string) bool { return name != "personalNotes" }), true
				page.Changes[i].Record = &rec
			}
		}
	})
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "personalNotes=met in Turin")

	w.sync()

	assert.Equal(t, []string{"Ada, met in Turin"}, w.crmSide("firstName", "notes"))
	w.settled()
}

// L3: what a run had to leave to the next, for Outlook did not list all, is still open after it; who has no key can be helped.
func TestProblemOutlastsAPartialListing(t *testing.T) {
	partial := false
	s := twoWay()
	s.Match.RequireKey = true
	w := listed(t, s, func(page *contactsync.Page) { page.Complete = page.Complete && !partial })
	w.put("c1", "firstName=Ada", "lastName=Lovelace")
	r := w.sync()
	require.Len(t, r.Problems, 1)
	assert.Equal(t, contactsync.CodeNoKey, r.Problems[0].Code)
	assert.True(t, r.Problems[0].Resolvable)
	partial = true

	w.sync(contactsync.Full())

	assert.Equal(t, []string{"noKey "}, w.problems())
	partial = false
	w.editCRM("c1", "emails=ada@example.com")
	w.sync()
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	assert.Empty(t, w.problems())
	w.settled()
}

// L3: a card that changes as often as it is written is reported in words, and written once it rests.
func TestCardThatKeepsChanging(t *testing.T) {
	g := newGuarded(t, twoWay())
	g.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	g.sync()
	g.editCRM("c1", "jobTitle=Countess")
	item := g.outlookID("c1")
	note := "a"
	g.write = func(_ record.Side, writes []contactsync.Write) error {
		if writes[0].ID == item {
			note += "a"
			require.NoError(t, g.box.Edit(item, outlookFields("spouseName="+note)))
		}
		return nil
	}

	r := g.sync()

	require.Len(t, r.Problems, 1)
	assert.Equal(t, "The contact kept changing while it was synced. It is tried again by itself.", r.Problems[0].Message)
	assert.False(t, r.Problems[0].RetryAt.IsZero())
	g.write = nil
	g.now = g.now.Add(time.Hour)
	g.sync()
	assert.Equal(t, []string{"Countess"}, g.outlookSide("jobTitle"))
	assert.Empty(t, g.problems())
	g.settled()
}

// B11, B7: people took back both deletes before the undo, and the record is none that the filter selects by now: the tie goes on
// outside the filter, and the card does not leave with it.
func TestUndoMeetsARecordOutsideTheFilter(t *testing.T) {
	s := everythingFlows()
	s.Left = contactsync.Propagate
	s.Filter = filter.Equals("kind", "customer")
	w := newUndoWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
	w.sync()
	item := w.outlookID("c1")
	require.NoError(t, w.box.Delete(item))
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.CRM].Deleted)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=former")
	require.NoError(t, w.box.Move(item, w.folder))

	w.undo(run)
	w.sync()

	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
	w.rests()
}
