package contactsync_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// Promise 3: what Outlook did not take is no first meeting when it is tried again: the CRM's edit is the only one, and nobody is
// asked about it.
func TestRefusedEditIsStillTheOnlyOne(t *testing.T) {
	g := newGuarded(t, twoWay())
	g.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet", "company=Navy")
	g.sync()
	g.editCRM("c1", "jobTitle=Countess")
	g.refuse = true
	g.sync()
	g.refuse = false
	g.now = g.now.Add(time.Hour)

	r := g.sync()

	assert.Equal(t, contactsync.Counts{Updated: 1}, r.Counts[record.Outlook])
	assert.Equal(t, []string{"Countess, Navy"}, g.outlookSide("jobTitle", "companyName"))
	assert.Empty(t, g.problems())
	g.settled()
}

// M3: where all cards of a person are in sync, an edit of one reaches the record and the other cards, and the card that was edited
// is not written again.
func TestEditOfOneCardReachesTheOthers(t *testing.T) {
	s := twoWay()
	s.Match.Several = match.All
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	first := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	w.sync()
	w.editOutlook(first, "jobTitle=Countess")

	r := w.sync()

	assert.Equal(t, contactsync.Counts{Updated: 1}, r.Counts[record.CRM])
	assert.Equal(t, contactsync.Counts{Updated: 1}, r.Counts[record.Outlook])
	assert.Equal(t, []string{"Countess", "Countess"}, w.outlookSide("jobTitle"))
	w.settled()
}

// M3, promise 4: that one of a record's cards is gone may turn out only just before it is written to. The record stays for the other's sake.
func TestOneOfSeveralCardsIsFoundGone(t *testing.T) {
	s := propagating()
	s.Match.Several, s.MovedOut, s.EditVsDelete = match.All, contactsync.Propagate, conflict.DeleteWins
	for _, gone := range []int{0, 1} {
		w := newWorld(t, s)
		w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
		cards := []string{
			w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com"),
			w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com"),
		}
		require.Equal(t, 2, w.sync().Matched)
		require.NoError(t, w.box.Move(cards[gone], w.box.AddFolder(record.Contact, "Elsewhere").ID))
		w.editCRM("c1", "jobTitle=Countess")

		_, err := w.engine.SyncRecords(w.ctx, w.conn.ID, []string{"c1"})

		require.NoError(t, err)
		assert.Equal(t, []string{"Countess"}, w.crmSide("jobTitle"))
		assert.Equal(t, []string{"Countess"}, w.outlookSide("jobTitle"))
		w.rests()
	}
}

// countSavedLinks counts the links that are saved.
func countSavedLinks(saved *int) func(*contactsync.Config) {
	return func(c *contactsync.Config) {
		inner := c.State
		c.State = contactsynctest.InterceptState(inner, contactsynctest.StateHooks{Save: func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			*saved += len(b.Links)
			return inner.Save(ctx, l, b)
		}})
	}
}

// Promise 6: the echo of a write is known by its version: the run that sees it saves no link again.
func TestEchoOfAWriteChangesNoLink(t *testing.T) {
	saved := 0
	w := newWorld(t, twoWay(), countSavedLinks(&saved))
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	w.sync()
	w.editCRM("c1", "jobTitle=Countess")
	w.sync()
	require.Equal(t, []string{"Countess"}, w.outlookSide("jobTitle"))
	saved = 0

	w.sync()

	assert.Zero(t, saved)
}

// Promise 2: a create in Outlook whose answer was lost, and about which Outlook says nothing when it is asked by the stamp, is not
// made a second time, however long ago it was and though the folder is listed completely.
func TestNoAnswerAboutAStampRepeatsNothing(t *testing.T) {
	lost, mute := true, true
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				results, err := inner.Apply(ctx, sc, writes)
				if lost {
					return nil, context.DeadlineExceeded
				}
				return results, err
			},
			Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				page, err := inner.Changes(ctx, sc, after)
				if mute { // nor does it show the new item yet
					page.Changes = nil
				}
				return page, err
			},
			Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
				found, err := inner.Get(ctx, sc, refs)
				for i := range found {
					if mute && refs[i].Stamp != "" {
						found[i] = contactsync.Found{Ref: refs[i]}
					}
				}
				return found, err
			},
		})
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.now = w.now.Add(time.Minute)
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.Error(t, err)
	lost = false
	w.now = w.now.Add(time.Hour)
	w.sync(contactsync.Full())
	require.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	mute = false

	w.sync(contactsync.Full())

	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	assert.NotEmpty(t, w.outlookID("c1"))
	w.settled()
}

// B4: where a person has removed records restored, the CRM is read completely: what its list of changes did not tell is not deleted
// in Outlook by a later run. That goes by what the settings do with deletes on that side, not on the other.
func TestRestoreReadsTheSideCompletely(t *testing.T) {
	hidden := ""
	s := propagating()
	s.Deleted.InOutlook = contactsync.Detach
	w := newWorld(t, s, func(c *contactsync.Config) {
		inner := c.Store
		c.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{
			Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				page, err := inner.Changes(ctx, sc, after)
				for i, c := range page.Changes {
					if c.ID == hidden && after != "" {
						page.Changes = append(page.Changes[:i:i], page.Changes[i+1:]...)
						break
					}
				}
				return page, err
			},
		})
	})
	w.people(20)
	hidden = id("c", 0)
	w.deleteCRM(0, 11)
	require.Equal(t, contactsync.Halted, w.sync().Status)
	require.NoError(t, w.answer(contactsync.AnswerRestore))

	r := w.sync()

	assert.True(t, r.Full[record.CRM])
	assert.Equal(t, contactsync.Counts{Created: 11}, r.Counts[record.CRM])
	assert.Len(t, w.outlookSide("givenName"), 20)
	w.settled()
}

// B7: a card that rests because it was moved away is nothing new to a complete run: no link is saved for it again.
func TestWhatRestsIsNotSavedAgain(t *testing.T) {
	saved := 0
	w := newWorld(t, twoWay(), countSavedLinks(&saved))
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	require.NoError(t, w.box.Move(w.outlookID("c1"), w.box.AddFolder(record.Contact, "Other").ID))
	w.sync()
	w.sync(contactsync.Full())
	saved = 0

	w.sync(contactsync.Full())

	assert.Zero(t, saved)
}

// M2: what a person is asked at a first meeting does not claim that anybody changed anything.
func TestFirstMeetingAsksAboutDifferentValues(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Countess")

	r := w.sync()

	require.Len(t, r.Problems, 1)
	assert.Equal(t, "The CRM and Outlook have different values. Choose which counts; until then both sides keep their own.", r.Problems[0].Message)

	w.editCRM("c2", "jobTitle=Clerk")
	w.editOutlook(w.outlookID("c2"), "jobTitle=Admiral")
	r = w.sync()
	require.Len(t, r.Problems, 1)
	assert.Equal(t, "Changed in the CRM and in Outlook. Choose which value counts; until then both sides keep their own.", r.Problems[0].Message)
}

// Promise 6: what did not change is not read one by one: neither where the listing leaves fields out, which a complete run finds on every
// card, nor on the side where nothing happened, when a card comes with a new version and the values it had.
func TestWhatDidNotChangeIsNotRead(t *testing.T) {
	var read [2]int
	count := func(side record.Side, inner contactsync.Store) func(context.Context, contactsync.Scope, []contactsync.Ref) ([]contactsync.Found, error) {
		return func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
			read[side] += len(refs)
			return inner.Get(ctx, sc, refs)
		}
	}
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		inner := c.Directory
		c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{Get: count(record.CRM, c.Store)})
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Get: count(record.Outlook, inner),
			Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				page, err := inner.Changes(ctx, sc, after)
				for i, c := range page.Changes {
					if c.Record != nil {
						listed := *c.Record
						listed.Fields = listed.Fields.Only(func(name string) bool { return name != "personalNotes" })
						page.Changes[i].Record = &listed
					}
				}
				return page, err
			},
		})
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "notes=met in Turin")
	w.sync()
	w.settled()
	read = [2]int{}

	w.sync(contactsync.Full())

	assert.Zero(t, read)

	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	w.editOutlook(w.outlookID("c1"), "jobTitle=")
	w.sync()
	assert.Equal(t, [2]int{record.Outlook: 1}, read)
	assert.Equal(t, []string{"Ada, , met in Turin"}, w.outlookSide("givenName", "jobTitle", "personalNotes"))
	w.settled()
}
