package contactsync_test

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

const erased = "crm-record-4711" // an id that is found wherever it is written

// forgetWorld is a tenant of three users: Ada's own card of Grace is tied to the record to be erased, the other two mailboxes have a
// copy of it that the sync made. Everything that can know of her does: links, problems, messages, reports and the journal.
func forgetWorld(t *testing.T, with ...func(*contactsync.Config)) (w *dueWorld, own string) {
	settings := everythingFlows()
	settings.Conflict = mapping.Ask
	w = newDueWorld(t, 3, append([]func(*contactsync.Config){journaled}, with...)...)
	*w.policy = settings
	w.put(erased, "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "jobTitle=Admiral")
	w.put("c2", "firstName=Alan", "lastName=Turing", "emails=alan@example.com")
	own = w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com", "jobTitle=Admiral", "pager=1234")
	w.everybody()
	w.editCRM(erased, "jobTitle=Rear Admiral")
	w.editOutlook(own, "jobTitle=Professor")
	w.everybody()
	require.Contains(t, w.problems(), "conflict title")
	require.NoError(t, w.engine.Wake(t.Context(), w.conn.ID, erased, "c2"))
	w.forgotten(true, erased)
	return w, own
}

func (d *dueWorld) everybody() {
	d.t.Helper()
	d.pass(20 * time.Minute)
	for _, c := range d.conns {
		_, err := d.engine.Sync(d.ctx, c.ID)
		require.NoError(d.t, err)
	}
}

// forgotten asserts that the State knows, or does not know, a text.
func (d *dueWorld) forgotten(known bool, text string) {
	d.t.Helper()
	var snapshot bytes.Buffer
	_, err := d.state.WriteTo(&snapshot)
	require.NoError(d.t, err)
	assert.Equal(d.t, known, strings.Contains(snapshot.String(), text), "the State knows %q", text)
}

// erasePerson erases her in the CRM, as a host does before it has the sync forget her.
func (d *dueWorld) erasePerson() { require.NoError(d.t, d.tenant.Delete(erased)) }

func (d *dueWorld) graces() (mailboxes []int) {
	for i, c := range d.conns {
		for _, item := range d.outlook.Mailbox(c.Mailbox).Items(record.Contact, c.Folder) {
			if item.Fields.Text("surname") == "Hopper" {
				mailboxes = append(mailboxes, i)
			}
		}
	}
	return mailboxes
}

// settledAll asserts that nothing is written any more by anybody, not even after a whole listing.
func (d *dueWorld) settledAll() {
	d.t.Helper()
	for range 2 {
		d.pass(20 * time.Minute)
		for _, c := range d.conns {
			report, err := d.engine.Sync(d.ctx, c.ID, contactsync.Full())
			require.NoError(d.t, err)
			assert.Zero(d.t, report.Wrote(), "%+v", report.Counts)
		}
	}
}

// B18: a person is erased everywhere, with the copies that were asked for, and stays erased.
func TestForget(t *testing.T) {
	for _, tt := range []struct {
		copies  contactsync.Copies
		left    []int
		deleted int
	}{
		{contactsync.CopiesKept, []int{0, 1, 2}, 0},
		{contactsync.CopiesMade, []int{0}, 2},
		{contactsync.CopiesAll, nil, 3},
	} {
		t.Run("copies "+string(tt.copies), func(t *testing.T) {
			w, own := forgetWorld(t)
			w.erasePerson()
			report, err := w.engine.Forget(t.Context(), "acme", []string{erased, "nobody"}, tt.copies)
			require.NoError(t, err)
			assert.Len(t, report.Connections, 3)
			assert.Equal(t, 3, report.Links)
			deleted := 0
			for _, c := range report.Copies {
				require.NoError(t, c.Err)
				if c.Deleted {
					deleted++
				}
			}
			assert.Len(t, report.Copies, 3)
			assert.Equal(t, tt.deleted, deleted)
			assert.Equal(t, tt.left, w.graces())
			w.forgotten(false, erased)
			known, err := w.state.KnownOf(t.Context(), w.conn.ID, []string{own})
			require.NoError(t, err)
			if tt.copies == contactsync.CopiesAll {
				assert.Empty(t, known)
			} else {
				assert.Equal(t, []contactsync.Known{{Candidate: match.Candidate{ID: own}, Orphan: true}}, known, "its id and nothing else")
			}
			assert.Empty(t, w.problems())
			for _, c := range w.conns {
				runs, err := w.state.Runs(t.Context(), c.ID, 100)
				require.NoError(t, err)
				require.NotEmpty(t, runs, "what else the reports say is kept")
				for _, entry := range journalOf(w, c) {
					assert.NotContains(t, entry, "Hopper")
				}
			}

			w.settledAll()
			assert.Equal(t, []string{"Turing"}, w.crmSide("lastName"), "nobody brings her back")
			assert.Equal(t, tt.left, w.graces())
			again, err := w.engine.Forget(t.Context(), "acme", []string{erased}, tt.copies)
			require.NoError(t, err)
			assert.Equal(t, contactsync.ForgetReport{}, again)
			w.editCRM("c2", "jobTitle=Reader")
			w.everybody()
			assert.Contains(t, w.outlookSide("jobTitle"), "Reader", "the others are synced as before")
		})
	}
}

// journalOf is what an undo of each run of a connection would put back, in words.
func journalOf(w *dueWorld, c contactsync.Connection) (shown []string) {
	runs, err := w.engine.Undoable(w.ctx, c.ID)
	require.NoError(w.t, err)
	for _, run := range runs {
		entries, err := w.state.JournalEntries(w.ctx, c.ID, run.Run, 0, 1000)
		require.NoError(w.t, err)
		assert.NotEmpty(w.t, entries)
		plan, err := w.engine.PlanUndo(w.ctx, c.ID, run.Run)
		require.NoError(w.t, err)
		shown = append(shown, fmt.Sprintf("%+v %+v", plan.Actions, plan.Problems))
	}
	return shown
}

// A delete that was undone is in the journal whole: it goes too, although no link tells of it.
func TestForgetWhatOnlyTheJournalKnows(t *testing.T) {
	w, own := forgetWorld(t)
	w.editOutlook(own, "jobTitle=Rear Admiral") // nobody's edit stands against the delete
	w.everybody()
	w.erasePerson()
	w.everybody() // the delete is passed on, and with it the links
	assert.Empty(t, w.graces())
	before := entriesOf(w)
	_, err := w.engine.Forget(t.Context(), "acme", []string{erased}, contactsync.CopiesAll)
	require.NoError(t, err)
	w.forgotten(false, erased)
	assert.Less(t, entriesOf(w), before, "journal entries")
	for _, c := range w.conns {
		runs, err := w.engine.Undoable(t.Context(), c.ID)
		require.NoError(t, err)
		for _, run := range runs {
			_, err := w.engine.Undo(t.Context(), c.ID, run.Run, contactsync.LetPass(contactsync.Halt{Guard: contactsync.GuardDeletes, Count: 99}))
			require.NoError(t, err)
		}
	}
	assert.Empty(t, w.graces(), "no undo brings her back")
}

func entriesOf(w *dueWorld) (n int) {
	for _, c := range w.conns {
		runs, err := w.state.JournalRuns(w.ctx, c.ID)
		require.NoError(w.t, err)
		for _, run := range runs {
			n += run.Entries
		}
	}
	return n
}

// With the journal off, what an earlier configuration kept cannot be read: it goes whole.
func TestForgetWithTheJournalSwitchedOff(t *testing.T) {
	w, _ := forgetWorld(t)
	require.NotZero(t, entriesOf(w))
	w.cfg.Journal = contactsync.Journaling{}
	w.restart()
	w.erasePerson()
	_, err := w.engine.Forget(t.Context(), "acme", []string{erased}, contactsync.CopiesKept)
	require.NoError(t, err)
	assert.Zero(t, entriesOf(w))
	w.forgotten(false, erased)
}

// A journal under a key that is gone cannot be searched: an error, and nothing is erased there.
func TestForgetWithoutTheJournalKey(t *testing.T) {
	w, _ := forgetWorld(t)
	w.cfg.Journal.Key = []byte("a third secret, of 32 bytes long")
	w.restart()
	w.erasePerson()
	report, err := w.engine.Forget(t.Context(), "acme", []string{erased}, contactsync.CopiesKept)
	require.ErrorIs(t, err, contactsync.ErrJournalKey)
	assert.Zero(t, report)
	w.forgotten(true, erased)
}

// What one connection's worker holds is done when it is asked for again; the others are not kept from it. A connection that is
// switched off is no exception.
func TestForgetWhileARunIsUnderWay(t *testing.T) {
	w, _ := forgetWorld(t)
	w.erasePerson()
	off := w.conns[1]
	off.Inactive = true
	require.NoError(t, w.state.PutConnection(t.Context(), off))
	lease, err := w.state.Acquire(t.Context(), w.conns[2].ID, "another", w.world.now, time.Hour)
	require.NoError(t, err)
	report, err := w.engine.Forget(t.Context(), "acme", []string{erased}, contactsync.CopiesAll)
	require.ErrorIs(t, err, contactsync.ErrBusy)
	assert.ErrorContains(t, err, w.conns[2].ID)
	assert.Equal(t, 2, report.Links)
	assert.Equal(t, []int{2}, w.graces())
	require.NoError(t, w.state.Save(t.Context(), lease, contactsync.Batch{Release: true}))
	report, err = w.engine.Forget(t.Context(), "acme", []string{erased}, contactsync.CopiesAll)
	require.NoError(t, err)
	assert.Equal(t, 1, report.Links)
	assert.Empty(t, w.graces())
	w.forgotten(false, erased)
}

// A copy that Outlook does not give up keeps its tie, so that the next call finds it.
func TestForgetACopyThatStays(t *testing.T) {
	refused := true
	w, _ := forgetWorld(t, func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				results, err := inner.Apply(ctx, sc, writes)
				for i := range results {
					if refused && writes[i].Op == contactsync.Delete {
						results[i].Err = errors.Join(contactsync.ErrUnconfirmed, errors.New("no answer"))
					}
				}
				return results, err
			},
		})
	})
	w.erasePerson()
	report, err := w.engine.Forget(t.Context(), "acme", []string{erased}, contactsync.CopiesAll)
	require.NoError(t, err)
	assert.Zero(t, report.Links)
	require.Len(t, report.Copies, 3)
	for _, c := range report.Copies {
		require.ErrorIs(t, c.Err, contactsync.ErrUnconfirmed)
		assert.False(t, c.Deleted)
	}
	refused = false
	report, err = w.engine.Forget(t.Context(), "acme", []string{erased}, contactsync.CopiesAll)
	require.NoError(t, err)
	assert.Equal(t, 3, report.Links)
	w.forgotten(false, erased)
	w.settledAll()
}

// A create whose answer was lost is found by its stamp, or waited for; it leaves no copy behind.
func TestForgetACreateThatIsNotConfirmed(t *testing.T) {
	lost := true
	w := newWorld(t, twoWay(), journaled, func(c *contactsync.Config) {
		c.Rand = crand.Reader
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				results, err := inner.Apply(ctx, sc, writes)
				for i := range results {
					if lost {
						results[i] = contactsync.Result{Err: contactsync.ErrUnconfirmed}
					}
				}
				return results, err
			},
		})
	})
	w.put(erased, "firstName=Grace", "lastName=Hopper")
	w.sync()
	lost = false
	require.NoError(t, w.tenant.Delete(erased))
	report, err := w.engine.Forget(t.Context(), "acme", []string{erased}, contactsync.CopiesMade)
	require.NoError(t, err)
	assert.Equal(t, 1, report.Links)
	assert.Empty(t, w.outlookSide("surname"))
	w.settled()
}

// One that never came about is waited for while it may be under way, and then forgotten.
func TestForgetACreateThatNeverCameAbout(t *testing.T) {
	lost := true
	w := newWorld(t, twoWay(), journaled, func(c *contactsync.Config) {
		c.Rand = crand.Reader
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				if !lost {
					return inner.Apply(ctx, sc, writes)
				}
				return []contactsync.Result{{Err: contactsync.ErrUnconfirmed}}, nil
			},
		})
	})
	w.put(erased, "firstName=Grace", "lastName=Hopper")
	w.sync()
	lost = false
	require.NoError(t, w.tenant.Delete(erased))
	report, err := w.engine.Forget(t.Context(), "acme", []string{erased}, contactsync.CopiesMade)
	require.NoError(t, err)
	require.Len(t, report.Copies, 1)
	require.ErrorIs(t, report.Copies[0].Err, contactsync.ErrUnconfirmed)
	assert.Zero(t, report.Links)
	w.now = w.now.Add(time.Hour)

	report, err = w.engine.Forget(t.Context(), "acme", []string{erased}, contactsync.CopiesMade)

	require.NoError(t, err)
	assert.Equal(t, 1, report.Links)
	assert.Empty(t, report.Copies)
	assert.Empty(t, w.outlookSide("surname"))
	w.settled()
}

func TestForgetRefusesUnknownCopies(t *testing.T) {
	w := newWorld(t, twoWay())
	_, err := w.engine.Forget(t.Context(), "acme", []string{"c1"}, "some")
	var invalid *contactsync.InvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "copies", invalid.Field)
}
