package contactsync_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// kept is what the journal has of a run.
func (w *world) kept(run contactsync.Report) []contactsync.JournalEntry {
	w.t.Helper()
	entries, err := w.state.JournalEntries(w.ctx, w.conn.ID, run.Run, 0, 1000)
	require.NoError(w.t, err)
	return entries
}

// writtenRun is a world with a run of one create, one update and one delete in Outlook.
func writtenRun(t *testing.T, with ...func(*contactsync.Config)) (*world, contactsync.Report) {
	w := newUndoWorld(t, everythingFlows(), with...)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	require.NoError(t, w.tenant.Delete("c2"))
	w.put("c3", "firstName=Alan", "lastName=Turing", "emails=alan@example.com")
	run := w.sync()
	require.Equal(t, contactsync.Counts{Created: 1, Updated: 1, Deleted: 1}, run.Counts[record.Outlook])
	return w, run
}

// B16: what is kept shows nothing of what people wrote without the key, neither by its bytes nor by being the same twice.
func TestJournalIsSealed(t *testing.T) {
	w, run := writtenRun(t)
	var snapshot bytes.Buffer
	_, err := w.state.WriteTo(&snapshot)
	require.NoError(t, err)
	for _, secret := range []string{"Lovelace", "Hopper", "Turing", "grace@example.com", "Analyst", "Poet"} {
		assert.False(t, strings.Contains(snapshot.String(), secret), "the State shows %q", secret)
	}
	entries := w.kept(run)
	require.Len(t, entries, 3)
	for _, e := range entries {
		assert.Equal(t, run.Run, e.Run)
		assert.NotEmpty(t, e.Link)
		assert.False(t, e.Over)
		assert.Greater(t, len(e.Sealed), 100)
		for _, secret := range []string{"Lovelace", "Hopper", "Turing", "Analyst", "Poet", "jobTitle"} {
			assert.False(t, bytes.Contains(e.Sealed, []byte(secret)))
		}
	}
	w.undo(run)
	for _, e := range w.kept(run) {
		assert.True(t, e.Over)
		assert.Empty(t, e.Sealed, "what was undone is not kept")
	}
}

// B11, B16: another key, an entry that was changed, and entries that changed places are refused before anything is written.
func TestUndoRefusesWhatItCannotOpen(t *testing.T) {
	tamper := func(change func(e []contactsync.JournalEntry)) func(w *world, run contactsync.Report) {
		return func(w *world, run contactsync.Report) {
			entries := w.kept(run)
			change(entries)
			lease, err := w.state.Acquire(w.ctx, w.conn.ID, "an intruder", w.now, time.Minute)
			require.NoError(w.t, err)
			require.NoError(w.t, w.state.Save(w.ctx, lease, contactsync.Batch{Journal: entries, Release: true}))
		}
	}
	for name, tt := range map[string]struct {
		spoil func(w *world, run contactsync.Report)
		want  string
	}{
		"another key": {func(w *world, _ contactsync.Report) {
			w.cfg.Journal.Key = []byte("fedcba9876543210fedcba9876543210")
			w.restart()
		}, "another key"},
		"one byte changed": {tamper(func(e []contactsync.JournalEntry) { e[2].Sealed[len(e[2].Sealed)-1]++ }), "entry 3 of run"},
		"cut off":          {tamper(func(e []contactsync.JournalEntry) { e[1].Sealed = e[1].Sealed[:5] }), "entry 2 of run"},
		"in another's place": {tamper(func(e []contactsync.JournalEntry) {
			e[0].Sealed, e[1].Sealed = e[1].Sealed, e[0].Sealed
		}), "entry 1 of run"},
		"of another link": {tamper(func(e []contactsync.JournalEntry) { e[0].Link = e[1].Link }), "entry 1 of run"},
		"of another run": {func(w *world, run contactsync.Report) {
			first := run
			first.Run--
			other := w.kept(first)
			require.NotEmpty(w.t, other)
			tamper(func(e []contactsync.JournalEntry) { e[0].Sealed = other[0].Sealed })(w, run)
		}, "entry 1 of run"},
	} {
		t.Run(name, func(t *testing.T) {
			w, run := writtenRun(t)
			tt.spoil(w, run)
			before := w.sides()

			report, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)

			require.ErrorContains(t, err, tt.want)
			assert.Equal(t, name == "another key", errors.Is(err, contactsync.ErrJournalKey))
			assert.Zero(t, report.Wrote())
			assert.Equal(t, before, w.sides())
			for _, secret := range []string{"Ada", "Lovelace", "Poet"} {
				assert.NotContains(t, err.Error(), secret)
			}
			w.rests()
		})
	}
}

// B16: a key that was replaced still opens what was sealed under it.
func TestJournalKeyIsReplaced(t *testing.T) {
	w, run := writtenRun(t)
	w.cfg.Journal.Former = [][]byte{w.cfg.Journal.Key}
	w.cfg.Journal.Key = []byte("fedcba9876543210fedcba9876543210")
	w.restart()

	assert.Equal(t, 3, w.undo(run).Wrote())
	w.rests()
}

// B11: without a journal nothing is kept, nothing more is read, and nothing can be undone.
func TestNoJournal(t *testing.T) {
	w, run := writtenRun(t, func(c *contactsync.Config) { c.Journal = contactsync.Journaling{} })
	assert.Empty(t, w.kept(run))
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
	assert.ErrorIs(t, err, contactsync.ErrNoJournal)
	_, err = w.engine.PlanUndo(w.ctx, w.conn.ID, run.Run)
	assert.ErrorIs(t, err, contactsync.ErrNoJournal)
	_, err = w.engine.Undoable(w.ctx, w.conn.ID)
	assert.ErrorIs(t, err, contactsync.ErrNoJournal)
	assert.Zero(t, w.sync().Wrote(), "the lease was given back")
}

func TestUndoOfARunThatIsNotKept(t *testing.T) {
	w, run := writtenRun(t)
	_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run+100)
	assert.ErrorIs(t, err, contactsync.ErrNotFound)
	_, err = w.engine.Undo(w.ctx, "no such connection", run.Run)
	assert.ErrorIs(t, err, contactsync.ErrNotFound)
	runs, err := w.engine.Undoable(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, []int{3, 2}, []int{runs[0].Open, runs[1].Open})
	assert.Equal(t, run.Run, runs[0].Run)
	w.rests()
}

// B11: a refused write leaves nothing to be undone.
func TestJournalOfRefusedWrites(t *testing.T) {
	d := &refuser{}
	w := newUndoWorld(t, twoWay(), func(c *contactsync.Config) {
		d.Directory = c.Directory
		c.Directory = d
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	d.err = contactsync.ErrDenied
	run := w.sync()
	require.Equal(t, 1, run.Counts[record.Outlook].Failed)
	d.err = nil

	entries := w.kept(run)

	require.Len(t, entries, 1)
	assert.True(t, entries[0].Over)
	assert.Empty(t, entries[0].Sealed)
	assert.Zero(t, w.undo(run).Wrote())
	assert.Equal(t, []string{"Poet"}, w.outlookSide("jobTitle"))
}

// B11: what an undo cannot put back stays as it is, with a problem, and can be tried again.
func TestUndoThatIsRefused(t *testing.T) {
	for name, failure := range map[string]error{"denied": contactsync.ErrDenied, "not known": contactsync.ErrUnconfirmed} {
		t.Run(name, func(t *testing.T) {
			d := &refuser{}
			w, run := writtenRun(t, func(c *contactsync.Config) {
				d.Directory = c.Directory
				c.Directory = d
			})
			before := w.sides()
			d.err = failure

			r := w.undo(run)

			assert.Equal(t, 3, r.Counts[record.Outlook].Failed)
			assert.Len(t, r.Problems, 3)
			assert.Equal(t, before, w.sides())
			d.err = nil
			w.now = w.now.Add(time.Hour)
			r = w.undo(run)
			assert.Empty(t, r.Problems)
			assert.Equal(t, contactsync.Counts{Created: 1, Updated: 1, Deleted: 1}, r.Counts[record.Outlook])
			assert.Equal(t, []string{"Ada, Poet", "Grace, "}, w.outlookSide("givenName", "jobTitle"))
			w.rests()
		})
	}
}

// refuser is a Directory that refuses every write while err is set.
type refuser struct {
	contactsync.Directory
	err error
}

func (d *refuser) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	if d.err == nil {
		return d.Directory.Apply(ctx, sc, writes)
	}
	results := make([]contactsync.Result, len(writes))
	for i, w := range writes {
		results[i] = contactsync.Result{ID: w.ID, Err: d.err}
	}
	return results, nil
}

func TestJournalConfig(t *testing.T) {
	w := newWorld(t, twoWay())
	key := []byte("0123456789abcdef0123456789abcdef")
	for name, tt := range map[string]struct {
		journal contactsync.Journaling
		state   contactsync.State
		want    string
	}{
		"a short key":             {contactsync.Journaling{Keep: time.Hour, Key: key[:31]}, w.state, "Journal.Key: a key has 31 bytes"},
		"no key":                  {contactsync.Journaling{Keep: time.Hour}, w.state, "0 bytes"},
		"a short former key":      {contactsync.Journaling{Keep: time.Hour, Key: key, Former: [][]byte{key[:3]}}, w.state, "Journal.Former: a key has 3 bytes"},
		"a key and no time":       {contactsync.Journaling{Key: key}, w.state, "Journal.Keep: is missing"},
		"a negative time":         {contactsync.Journaling{Keep: -1, Key: key}, w.state, "negative"},
		"a State that keeps none": {contactsync.Journaling{Keep: time.Hour, Key: key}, struct{ contactsync.State }{w.state}, "cannot keep"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := w.cfg
			cfg.Journal, cfg.State = tt.journal, tt.state
			_, err := contactsync.New(cfg)
			require.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), string(key[:3]))
		})
	}
}

// B11: where an undo was refused the ties are as they were before it: edits flow.
func TestUndoThatIsDeniedLeavesTies(t *testing.T) {
	d := &refuser{}
	w, run := writtenRun(t, func(c *contactsync.Config) {
		d.Directory = c.Directory
		c.Directory = d
	})
	d.err = contactsync.ErrDenied
	require.Equal(t, 3, w.undo(run).Counts[record.Outlook].Failed)
	d.err = nil
	w.editCRM("c1", "company=Engines")
	w.editCRM("c3", "company=King's")

	r := w.sync()

	assert.Equal(t, contactsync.Counts{Updated: 2}, r.Counts[record.Outlook])
	assert.Equal(t, []string{"Ada, Engines", "Alan, King's"}, w.outlookSide("givenName", "companyName"))
	w.rests()
	r = w.undo(run)
	assert.Equal(t, contactsync.Counts{Created: 1, Updated: 1}, r.Counts[record.Outlook])
	assert.Equal(t, []string{"changedSince "}, codes(r.Problems), "the one that was made and edited since")
	w.rests()
}
