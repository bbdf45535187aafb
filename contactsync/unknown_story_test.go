package contactsync_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// newVague is a world one of whose sides cannot tell about any record that it is asked for, while vague is set.
func newVague(t *testing.T, s contactsync.Settings, side record.Side) (w *world, vague *bool) {
	vague = new(bool)
	hide := func(found []contactsync.Found, err error) ([]contactsync.Found, error) {
		for i := range found {
			if *vague {
				found[i] = contactsync.Found{Ref: found[i].Ref, Removed: contactsync.Unknown}
			}
		}
		return found, err
	}
	return newWorld(t, s, func(c *contactsync.Config) {
		store, directory := c.Store, c.Directory
		if side == record.CRM {
			c.Store = contactsynctest.InterceptStore(store, contactsynctest.StoreHooks{
				Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
					return hide(store.Get(ctx, sc, refs))
				},
			})
			return
		}
		c.Directory = contactsynctest.Intercept(directory, contactsynctest.Hooks{
			Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
				return hide(directory.Get(ctx, sc, refs))
			},
		})
	}), vague
}

// B4: a person has let be restored what was removed from Outlook, and the run that does it is told nothing about the records: they
// are restored once the side can tell again, and none is deleted for want of an answer. The answer covers nothing beside.
func TestRestoreOutlastsASideThatCannotTell(t *testing.T) {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		t.Run(side.String(), func(t *testing.T) {
			w, vague := newVague(t, propagating(), side)
			w.people(20)
			w.deleteOutlook(0, 10)
			require.Equal(t, contactsync.Halted, w.sync().Status)
			require.NoError(t, w.answer(contactsync.AnswerRestore))

			*vague = true
			w.sync()
			*vague = false
			w.now = w.now.Add(time.Hour)
			w.sync()

			assert.Len(t, w.crmSide("firstName"), 20)
			assert.Len(t, w.outlookSide("givenName"), 20)
			assert.Empty(t, w.problems())
			w.settled()
			w.now = w.now.Add(25 * time.Hour)
			w.deleteOutlook(10, 12) // the answer is used up
			w.sync()
			assert.Len(t, w.crmSide("firstName"), 18)
		})
	}
}

// A1: a new CRM record may be the person of a card that Outlook cannot tell about at present. No second card is made; once Outlook
// can tell, the two are tied, and where the card is gone, one is made.
func TestCardThatCannotBeReadIsNotDoubled(t *testing.T) {
	for _, deleted := range []bool{false, true} {
		s := twoWay()
		s.Flow.ToCRM = &contactsync.Ops{Update: true}
		w, vague := newVague(t, s, record.Outlook)
		card := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
		w.sync()
		w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "company=Engines")

		*vague = true
		w.sync()

		assert.Len(t, w.outlookSide("givenName"), 1)
		assert.Equal(t, []string{"unknown "}, w.problems())
		if deleted {
			require.NoError(t, w.box.Delete(card))
		}
		*vague = false
		w.now = w.now.Add(time.Hour)
		w.sync()
		assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
		assert.Equal(t, !deleted, w.outlookID("c1") == card)
		assert.Empty(t, w.problems())
		w.settled()
	}
}

// Promise 4: what a side cannot tell about is reported as that side's.
func TestProblemNamesTheSideThatCannotTell(t *testing.T) {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		t.Run(side.String(), func(t *testing.T) {
			w, vague := newVague(t, propagating(), side)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.sync()
			item := w.outlookID("c1")
			*vague = true
			if side == record.CRM {
				require.NoError(t, w.tenant.Delete("c1"))
			} else {
				require.NoError(t, w.box.Delete(item))
			}

			r := w.sync(contactsync.Full())

			require.Len(t, r.Problems, 1)
			p := r.Problems[0]
			assert.Equal(t, contactsync.CodeUnknown, p.Code)
			assert.Equal(t, [2]string{"c1", item}, p.Record)
			want := [2]bool{}
			want[side] = true
			assert.Equal(t, want, p.Sides)
			assert.Contains(t, p.Message, map[record.Side]string{record.CRM: "The CRM cannot say", record.Outlook: "The Outlook folder cannot say"}[side])
		})
	}
}
