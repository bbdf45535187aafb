package contactsync

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// Undo takes back what a run of the connection wrote (B11), on both sides, as far as [Config].Journal has kept it: a value
// that was overwritten is put back, a record that the run made is deleted, a record that it deleted is made again. What
// people wrote, before the run or since, is left alone.
//
// Somebody changed it since, where a side no longer holds what the run wrote there. Of an updated record that is told field by
// field: those that hold what the run wrote are put back, the others are left and reported. A record that the run made is
// deleted only if nobody touched anything in it, and no other contact is tied to it by now: of its user, or another user's own one; what the
// sync has copied from it to others is no reason. Versions do not count, for echoes and
// other connections change them too. A problem of code changedSince or notUndone in the report names what was left, and why, and one of code
// failed what a service had no time for, or may have done: the undo run again takes it up. Nothing is done about any of it by itself, and no
// correction answers it, so that it is in the report alone and not in the user's list of problems.
//
// What was undone is not done again by the next run. Both sides' values as they are then are the new base, so that nothing flows until
// somebody edits, but for what they had edited that no run had looked at: that flows, as any edit. So it is also where one of the two meets
// another record of the person that says the same; of a record that was deleted again the link stays, detached, as if its user had deleted
// it; a record that was put back is tied again to its partner where that is there, and else stays as a detachment leaves it; none is put
// back beside another that its partner, or what took that one's place, was given since, nor beside somebody whom a later run has made there
// and who is the same person, nor, by the undo of an undo, beside anybody who has come since and may be. The tie of two records that the run
// matched stays: Undo takes back writes, not ties. A decision that the run had carried out is spent. What is put back of a rule that the
// settings do not have at that time meets anew once they have it again.
//
// What is taken back is in the journal of the undo, and nowhere else where what it came from has been deleted since. Of a run that
// was stopped the journal has what it was about to write: where a later run then did that in its place, that is taken back too, to
// what the later run had found. Where somebody else did just that since, nothing tells the two apart, and it counts as the run's.
// So does the delete of somebody who came just before the run, for its side answers both alike. A record that was moved, hidden or
// merged is not deleted, and is not made a second time; that is told. A value that its field takes no more is told and stays in the journal.
//
// A record that is put back keeps all fields of its side's schema that can be written, and no others: not what the schema
// does not have, such as an Outlook contact's photo or the folder of an item that was moved, and not its id, which is new. An
// item that was marked private is not made again, as it would no longer be; its owner finds it in Deleted Items.
//
// What a later run wrote over is left too, and the problem names that run: undo it first. Once nothing of a run is left to be undone, Report.Reason
// says which run has undone it, and whether that was undone in turn; so it says of a run of which nothing arrived. To begin again after a bad
// first run was undone, end the connection with [Engine.Disconnect] and connect it again: all meet as at first then, by the settings of that
// time, and nothing stays apart that was undone. What the journal has goes with the connection.
//
// Undo is itself a run: under the lease, by the current settings, in chunks, with a journal of its own, so that it can be
// undone in turn. Undoing twice is the same as once; an undo that was stopped can be run again. It works on a connection
// that is switched off or halted too, for that is when it is wanted, and leaves it so. It works in its user's name, as a sync does: of a
// user whom the CRM has deactivated ([ActiveUsers]) nothing is undone, and Report.Status is Off; a record that its run made in the CRM and that the user may not
// delete there ([DeleteRights], or [ErrDenied]) stays and is named, whatever Settings.Deleted.WithoutRight says of a sync. The settings' flow does not bind it,
// their guards do: where it exceeds any limit, by itself or with what earlier runs of the day have done, Report.Status is Halted, nothing is written and the connection itself
// is not halted. To take a run back is one decision: the halt names all that is exceeded, and [LetPass] lets just that pass, at once.
//
// Where the connection's folder is gone, nothing of a run can be undone, in the CRM neither.
//
// [ErrNoJournal] means that no journal is kept, [ErrNotFound] that it has nothing of the run, which may have written nothing, [ErrJournalKey] that it was
// sealed under another key, [ErrBusy] that another run is under way. With any of them nothing was written.
func (e *Engine) Undo(ctx context.Context, conn string, run uint64, opts ...UndoOption) (Report, error) {
	m := mode{undo: &undoMode{run: run}}
	for _, o := range opts {
		if o != nil {
			o(m.undo)
		}
	}
	if m.undo.fault != nil {
		return Report{Conn: conn}, fmt.Errorf("contactsync: undo: %w", m.undo.fault)
	}
	r, err := e.run(ctx, conn, m)
	return r.report, named(err)
}

// PlanUndo makes the plan of an undo, for a person to look at, and writes nothing: what would be put back, and in Problems
// what would be left because somebody changed it since.
func (e *Engine) PlanUndo(ctx context.Context, conn string, run uint64) (*Plan, error) {
	return e.planned(ctx, conn, mode{undo: &undoMode{run: run}, dry: true})
}

// Undoable returns the runs of the connection of which the journal has something, the newest first; a run that was stopped
// and has no report is among them. A run none of whose entries is open has nothing left to be undone. [ErrNoJournal] when none
// is kept.
func (e *Engine) Undoable(ctx context.Context, conn string) ([]JournalRun, error) {
	if e.cfg.Journal.Keep == 0 {
		return nil, fmt.Errorf("contactsync: undoable: %w", ErrNoJournal)
	}
	runs, err := e.cfg.State.(Journal).JournalRuns(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("contactsync: undoable: %w", err)
	}
	oldest := e.cfg.Now().Add(-e.cfg.Journal.Keep)
	return slices.DeleteFunc(runs, func(r JournalRun) bool { return r.At.Before(oldest) }), nil
}

// An UndoOption changes how an undo is done; nil changes nothing.
type UndoOption func(*undoMode)

// undoMode is what is asked of an undo.
type undoMode struct {
	run    uint64
	passed []Halt
	fault  error // in what was said
}

// LetPass lets an undo exceed the limits that halted it, that of the halt and those in its Also, each up to the count that was shown, and no
// other. The halt is that of [Report.Halt] or [Plan.Halt], whole: one of the undo of another run is an [*InvalidError].
func LetPass(h Halt) UndoOption {
	return func(m *undoMode) {
		if h.Undoes != 0 && h.Undoes != m.run {
			m.fault = &InvalidError{Field: "shown", Reason: fmt.Sprintf("that is the halt of the undo of run %d", h.Undoes)}
			return
		}
		for _, one := range h.each() {
			if at := slices.IndexFunc(m.passed, one.same); at >= 0 { // shown more than once
				m.passed[at].Count = max(m.passed[at].Count, one.Count)
				continue
			}
			m.passed = append(m.passed, one)
		}
	}
}

// undoing is what a run that undoes another works with.
type undoing struct {
	sealing *runSealer // of the entries of the run that is undone
	ties    []*untie
	links   map[string]bool   // those of the ties, by id
	passed  []Halt            // what the connection has let pass, for the runs that sync
	jobs    map[string][]*job // those of a CRM record
	// put is what will be put back, by side and record, beside the ties that ask for it.
	put [2]map[string]record.Fields
	// lookAt are records for the next run. While a tie that is put back rested, nobody looked at what people wrote there; and a
	// record that was to be deleted may still be there, though its tie rests from then on.
	lookAt [2][]string
	listed [2]bool // a side has named everything, not only what has changed since the last run
}

// undo is the steps of a run that undoes another.
func (r *run) undo(ctx context.Context) error {
	if r.e.sealer == nil {
		return fmt.Errorf("undo: %w", ErrNoJournal)
	}
	r.report.Undoes = r.mode.undo.run
	settings, err := r.e.cfg.Policy.For(ctx, r.conn)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	if r.terms, err = r.e.termsOf(r.conn, settings); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	if active, err := r.e.activeUser(ctx, r.conn); err != nil {
		return err
	} else if !active {
		r.report.Status, r.report.Reason = Off, "This user is deactivated in the CRM. Nothing is undone; run the undo again once they are active."
		return r.release(ctx)
	}
	r.current(r.lease.Open)
	for side := range r.scope {
		r.scope[side] = r.terms.scope(r.conn, record.Side(side))
		r.scope[side] = r.wholeScope(record.Side(side))
	}
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"count", r.countLinks}, // before anything is put into a batch, which would be saved without the count
		{"journal", r.readJournal},
		{"recover", r.recoverForUndo},
		{"look up", r.lookUpUndo},
		{"plan", r.planUndo},
		{"apply", r.apply},
		{"end", r.endUndo},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("undo: %s: %w", step.name, err)
		}
		if r.report.Status != Idle || r.mode.dry && r.plan != nil {
			return r.release(ctx)
		}
	}
	return nil
}

// journalPage is how many entries are read at a time.
const journalPage = 500

// readJournal reads and opens all that is kept of the run, before anything else is done: one entry that cannot be opened
// stops the undo.
func (r *run) readJournal(ctx context.Context) error {
	number := r.mode.undo.run
	r.undone = &undoing{sealing: r.e.sealer.of(r.conn.ID, number), passed: r.conn.Progress.Passed, jobs: map[string][]*job{}}
	r.conn.Progress.Passed = slices.Clone(r.mode.undo.passed)
	for side := range r.undone.put {
		r.undone.put[side] = map[string]record.Fields{}
	}
	traces, found, err := r.readTraces(ctx, number, func(*JournalEntry) bool { return true })
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("run %d has nothing in the journal: it wrote nothing, was before what is kept, or never was: %w", number, ErrNotFound)
	}
	if len(traces) == 0 {
		if err := r.nothingLeft(ctx); err != nil {
			return err
		}
	}
	r.undone.ties, r.undone.links = fold(traces), map[string]bool{}
	for _, u := range r.undone.ties {
		r.undone.links[u.link.ID] = true
	}
	return r.readLater(ctx)
}

// readTraces opens those entries of a run that are wanted and not over. found, the journal has any entry of it.
func (r *run) readTraces(ctx context.Context, number uint64, wanted func(*JournalEntry) bool) (traces []*kept, found bool, err error) {
	sealing := r.e.sealer.of(r.conn.ID, number)
	oldest := r.start.Add(-r.e.cfg.Journal.Keep)
	for after := 0; ; {
		if err := r.keep(ctx); err != nil {
			return nil, false, err
		}
		entries, err := r.e.cfg.State.(Journal).JournalEntries(ctx, r.conn.ID, number, after, journalPage)
		if err != nil {
			return nil, false, err
		}
		if len(entries) == 0 {
			return traces, found, nil
		}
		for i := range entries {
			e := &entries[i]
			after = e.Seq
			if e.At.Before(oldest) {
				continue
			}
			found = true
			if e.Over || !wanted(e) {
				continue
			}
			plain, err := sealing.open(e)
			if err != nil {
				return nil, false, fmt.Errorf("entry %d of run %d: %w", e.Seq, number, err)
			}
			t, err := decodeTrace(plain)
			if err != nil {
				return nil, false, fmt.Errorf("entry %d of run %d: %w", e.Seq, number, err)
			}
			traces = append(traces, &kept{entry: *e, trace: t})
		}
	}
}

// planUndo lets the guards look at what is about to be put back. A dry run ends here, with the plan spelled out; so does one
// that a guard stops, which halts nothing but itself.
func (r *run) planUndo(ctx context.Context) error {
	r.order()
	r.bringTogether()
	runs := r.conn.Progress.Runs
	r.conn.Progress.Runs = max(runs, 1) // it is no first run
	halt := r.guard()
	r.conn.Progress.Runs = runs
	r.observePlan(ctx, halt)
	if len(r.undone.ties) > 0 && len(r.jobs)+len(r.report.Problems) == 0 {
		r.report.Reason = fmt.Sprintf("Nothing that run %d wrote is there to be undone: it did not arrive, or was taken back since.", r.mode.undo.run)
	}
	switch {
	case r.mode.dry:
		return r.spellOut(ctx, halt)
	case halt != nil:
		r.report.Status, r.report.Reason, r.report.Halt = Halted, r.haltWords(halt), halt
		r.report.Ended = r.e.cfg.Now()
		report := r.report
		r.batch, r.linksKnown = Batch{Report: &report}, false // no link is saved, so none is counted
	case len(r.undone.lookAt[0])+len(r.undone.lookAt[1]) > 0: // before any of it is saved: a stop must not lose this
		m := Message{Conn: r.conn.ID, CRMIDs: r.undone.lookAt[record.CRM], OutlookIDs: r.undone.lookAt[record.Outlook]}
		return r.e.cfg.State.Post(ctx, m)
	}
	return nil
}

// endUndo saves the report, and gives the lease back. Cursors, messages, problems and the connection's status are left to the
// runs that sync.
func (r *run) endUndo(ctx context.Context) error {
	for i := range r.report.Problems { // they are in no list of problems: nobody answers them, and nothing tries again by itself
		p := &r.report.Problems[i]
		p.Resolvable, p.RetryAt = false, time.Time{}
	}
	conn := r.conn
	conn.Progress.Linked = r.links + r.missing
	r.report.Linked, r.report.Ended = r.links, r.e.cfg.Now()
	report := r.report
	r.batch.Connection, r.batch.Report = &conn, &report
	r.batch.ForgetJournal = r.report.Ended.Add(-r.e.cfg.Journal.Keep)
	return r.release(ctx)
}
