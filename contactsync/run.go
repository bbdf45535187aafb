package contactsync

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// A SyncOption changes how one run is done; nil changes nothing.
type SyncOption func(*mode)

// mode is what is asked of one run.
type mode struct {
	byPerson bool      // started by a person: allowed while automatic runs are off, if the settings say so (A9)
	full     [2]bool   // sides to read completely
	dry      bool      // stop before anything is written
	only     *Plan     // carry out just these actions
	settings *Settings // in the place of those in force; of a dry run
	crmIDs   []string
	undo     *undoMode   // take back what a run wrote
	forget   *forgetting // erase persons

	disconnect *disconnecting // end the connection
}

// ByPerson marks a run that a person started (G6): it is allowed while the administrator has switched automatic runs
// off, where Settings.Manual says so.
func ByPerson() SyncOption { return func(m *mode) { m.byPerson = true } }

// Full makes the run read both sides completely, as if it were the first.
func Full() SyncOption { return func(m *mode) { m.full = [2]bool{true, true} } }

// Sync brings both sides of the connection together once. It is level-based: it looks at both sides and makes them right,
// whatever happened since; twice equals once, and it may be stopped anywhere and run again.
//
// The error says that the run could not go on; it may be tried again. What went wrong with single records is in
// Report.Problems. A connection that is off, halted by a guard, or lacks its sign-in is no error: Report.Status says so.
// [ErrBusy] means that another run is under way.
func (e *Engine) Sync(ctx context.Context, conn string, opts ...SyncOption) (Report, error) {
	var m mode
	for _, o := range opts {
		if o != nil {
			o(&m)
		}
	}
	r, err := e.run(ctx, conn, m)
	return r.report, named(err)
}

// Plan makes the plan of the next run, and writes nothing (B3). The plan of a connection that is off or lacks its sign-in
// has no actions: Plan.Status says so. [ErrBusy] while a run is under way.
func (e *Engine) Plan(ctx context.Context, conn string) (*Plan, error) {
	return e.planned(ctx, conn, mode{dry: true, byPerson: true})
}

// Preview makes the plan that the next run would have if these were the settings of the connection, and writes nothing (B17).
// A host shows it before it stores a change of settings: [Plan.Entering] and [Plan.Leaving] say how many records would begin
// and cease to take part, [Plan.Counts] what would be written and deleted on each side, Plan.Halt whether a guard would stop
// it. The plan also has what changed on either side since the last run, as Engine.Plan has: compare with that to see the
// change alone.
//
// Once the policy answers with these settings, [Engine.Apply] carries the plan out; before that, it is outdated. Settings
// that are not valid are refused as [Settings.Validate] does; [ErrBusy] while a run is under way.
func (e *Engine) Preview(ctx context.Context, conn string, s Settings) (*Plan, error) {
	return e.planned(ctx, conn, mode{dry: true, byPerson: true, settings: &s})
}

func (e *Engine) planned(ctx context.Context, conn string, m mode) (*Plan, error) {
	r, err := e.run(ctx, conn, m)
	if err != nil {
		return nil, named(err)
	}
	if r.plan == nil { // the run ended before it had looked at anything
		r.plan = r.emptyPlan()
		r.plan.Status, r.plan.Reason = r.report.Status, r.report.Reason
	}
	return r.plan, nil
}

// Apply carries out a plan. A record that moved since the plan was made is skipped, counted in the report, and left to
// the next run; so is what the plan does not name. The plan is refused with [ErrPlanOutdated] when the settings changed.
// A plan that a guard would stop is stopped here too, unless a person let it go on with [Engine.Resume].
func (e *Engine) Apply(ctx context.Context, p *Plan) (Report, error) {
	if p == nil {
		return Report{}, fmt.Errorf("contactsync: apply: %w", &InvalidError{Field: "plan", Reason: "is missing"})
	}
	if p.Undoes != 0 {
		return Report{Conn: p.Conn}, fmt.Errorf("contactsync: apply: %w", &InvalidError{Field: "plan", Reason: "it is the plan of an undo: Undo carries it out"})
	}
	r, err := e.run(ctx, p.Conn, mode{only: p, byPerson: true})
	return r.report, named(err)
}

// SyncRecords brings just these CRM records of the connection together with their Outlook items, for a host that knows
// what changed (G2). It moves no cursor: the next Sync looks again. On a connection that has not had its first complete
// run, or that a person lets wait after a halt, it does what Sync does. Without ids it looks at what is open, and at no record beside. A record whose Outlook item it
// finds gone, or that is gone itself, is left to the next Sync where something would be deleted or made for it: that sees what is new on both
// sides, and perhaps its person was typed in again. A record that is new is made in Outlook, though it may be of somebody whose record was just
// deleted: a host that hears of deletes lets a Sync take those up before.
func (e *Engine) SyncRecords(ctx context.Context, conn string, crmIDs []string) (Report, error) {
	r, err := e.run(ctx, conn, mode{crmIDs: append([]string{}, crmIDs...)}) // never nil, and never the caller's
	return r.report, named(err)
}

// run is one run: what it works with, and what it has found so far.
type run struct {
	e      *Engine
	mode   mode
	lease  Lease
	conn   Connection
	terms  *terms
	scope  [2]Scope
	start  time.Time
	report Report
	plan   *Plan

	live       [2]map[string]half // what was read, by side and id
	moved      [2]map[string]bool // what the rounds of changes or a message named, by side and id
	written    [2]map[string]bool // what this run updated, by side and id
	freed      [2][]string        // records that lose their tie with the batch
	apart      [2][]string        // cards held until the tie of their record has ended
	made       []string           // Outlook items that this run made
	lookFor    []string           // Outlook items that earlier runs made
	parted     map[string]bool    // CRM records that lost their item in this run
	spares     spares             // cards beside those in sync, of people who are deleted in the CRM
	full       [2]bool            // the side was read completely in this run
	next       [2]Cursor
	began      [2]time.Time               // when the reading of the side began
	resync     bool                       // the reading changed: nothing may be skipped because its version is the same
	partly     [2]bool                    // a complete listing of the side was begun and did not name everything
	unlisted   bool                       // a listing of the CRM for what is new in Outlook did not name everything
	incomplete bool                       // a complete listing was asked for and did not come
	links      int                        // links in phase Linked, once known; with what this run makes and ends
	linksKnown bool                       // they were counted
	over       map[string]bool            // links that this run has ended to match their records anew
	stored     map[string]Phase           // by link: its phase as the last batch has it; of links that are not here it is Linked
	missing    int                        // how many links less the State had than it should
	had, most  int                        // links when the guards were asked, and the most there were within the day
	spare      counts                     // how much more the guards let this run come upon
	unsaved    bool                       // something was counted, or the settings differ, and no save has said so yet
	recovered  map[string]recovery        // by link: what became of creates under way
	settled    map[string]bool            // links that recovery or a merge changed
	stamped    map[string][]record.Record // by link: listed items that carry its stamp
	copied     map[string][]record.Record // by CRM record: listed items whose stamp names it; after a backup was put back
	decisions  map[string][]conflict.Decision
	reread     [2][]string              // records to read again before their jobs are looked at once more
	decided    [][2]string              // records of decided problems
	identities []PersonDecision         // answers to matches, the last of each
	unanswered map[[2]string]bool       // those of them that wait, by record
	unreadable []string                 // Outlook items that were answered with something unusable
	distinct   map[[2]string]Link       // by its records: pairs of which a person said that they are two people
	times      [2]map[string]fieldTimes // by record: when people changed its fields
	due        [2]map[string]bool       // records of problems whose time has come
	rights     map[string]bool          // by CRM record: whether the user may delete it, where that was asked or told
	asked      []Problem                // doubtful matches that are open
	askedOf    [2]map[string]bool       // the records that they are about
	open       []Problem                // those of them that were asked about under these settings

	noted       map[string][2]string // the records of the links that are there
	linked      [2]map[string]bool   // records that are spoken for
	detached    []string             // Outlook items of links in phase Detached
	withoutItem map[string]Link      // by CRM record: its link whose item is gone; it may be matched, and makes no new item by itself
	comeback    map[string]bool      // those of them that changed since: they take part again
	orphans     map[string]bool      // Outlook items that were left behind and are there
	orphanLinks map[string][]string  // by Outlook item: links of earlier ties
	resting     map[string]Link      // by Outlook item: links of orphans that go on though their CRM record is deleted
	known       map[string]bool      // Outlook ids that are known items in the State
	asking      []Known              // Outlook items without a partner that are saved with the question about them
	strangers   map[string]bool      // CRM records of others that the Finder named
	replaced    map[string]string    // by deleted CRM record: why this run may not tie the one that is in its place, in words
	retied      map[string]bool      // Outlook items that were orphans until this run
	tied        map[string][]Link    // links of CRM records that had several items, one of which is gone
	bereft      [2]map[string]Link   // by the record that is left: links whose other record was deleted; judged once all are matched
	elsewhere   [2]map[string]string // by record: the link that ties it, where one that rests may be taken up again
	shared      map[string]bool      // CRM records that changed: whether they are tied to other items too

	wondered map[string]bool               // CRM records whose item is gone, and of which a person is asked whether a card that is there is theirs
	apartOf  [2]map[string][]conflict.Seen // by record: rules that undos left apart in ties that it has or had

	borrowed map[string][]string       // by link: rules in which its card seems to hold another person's values
	accounts map[accountName][]Account // what was looked up; nil in it: there is none

	jobs         []*job
	room         []task             // of the chunk that is being applied
	again        []*job             // found while applying: to be looked at once more
	judged       map[string]bool    // links that were judged
	judgedRecord [2]map[string]bool // unlinked records that were looked at; false: the side could not tell
	opened       map[string]bool    // subjects of problems opened or renewed in this run
	leftTo       [2]map[string]bool // records of which something was left to the next run
	told         bool               // the filter could tell of a CRM record
	untold       *record.Record     // one of which it could not
	leftOver     bool               // something the run saw was neither done nor made a problem: cursors stay
	batch        Batch              // what the next save will hold
	lapsed       bool               // the lease was lost
	saved        Connection         // as the State has it
	doubtful     bool               // it may have more by now: a save failed, and may have had its effect
	failure      error              // what stopped the run
	undone       *undoing           // of an undo
	kept         int                // journal entries so far
	sealing      *runSealer         // of this run's entries; nil until the first
}

// half is one side of a pair as this run knows it.
type half struct {
	rec  *record.Record
	gone Removal // why rec is nil although it was asked for
	into string
}

func (h half) read() bool { return h.rec != nil || h.gone != "" && h.gone != Unknown }

func (h half) fields() record.Fields {
	if h.rec == nil {
		return record.Fields{}
	}
	return h.rec.Fields
}

// named says of the error of a run which package it comes from.
func named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("contactsync: %w", err)
}

// run is the eight steps of a run. It returns the run even with an error, for its report.
func (e *Engine) run(ctx context.Context, conn string, m mode) (*run, error) {
	r := &run{e: e, mode: m, start: e.cfg.Now()}
	r.report = Report{Conn: conn, Status: Idle, Started: r.start}
	if err := e.unlock(ctx); err != nil {
		return r, err
	}
	if err := r.acquire(ctx, conn); err != nil {
		return r, err
	}
	e.cfg.Observer.Observe(ctx, RunStarted{Conn: conn, At: r.start})
	err := r.work(ctx)
	if err != nil {
		err = r.stopped(ctx, err)
	}
	r.report.Ended = e.cfg.Now()
	e.cfg.Observer.Observe(ctx, RunEnded{Conn: conn, Report: r.report, Err: err})
	if err != nil {
		return r, err
	}
	return r, nil
}

func (r *run) work(ctx context.Context) error {
	if d := r.mode.disconnect; d != nil && !d.takeBack { // nothing is compared, so that a lost key keeps nobody from leaving
		return r.disconnect(ctx)
	}
	if err := r.sameKey(); err != nil {
		return err
	}
	switch {
	case r.mode.disconnect != nil:
		return r.disconnect(ctx)
	case r.mode.undo != nil:
		return r.undo(ctx)
	case r.mode.forget != nil:
		return r.forget(ctx)
	}
	ready, err := r.ready(ctx)
	if err != nil || !ready {
		return err
	}
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"recover", r.recoverCreates},
		{"pull", r.pull},
		{"pair and merge", r.pair},
		{"plan", r.makePlan},
		{"apply", r.apply},
		{"advance", r.advance},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		if r.report.Status != Idle || r.mode.dry && r.plan != nil {
			return r.release(ctx)
		}
	}
	return nil
}

// stopped ends a run that an error stopped: what was confirmed is saved, the lease given back, and a lack of access is
// turned into a status.
func (r *run) stopped(ctx context.Context, cause error) error {
	if r.lapsed || errors.Is(cause, ErrFenced) {
		return cause
	}
	status, reason := accessStatus(cause)
	if r.mode.disconnect != nil { // the caller is told
		status = ""
	}
	if status == "" {
		r.failure = cause
	}
	if status != "" {
		r.report.Status, r.report.Reason = status, reason
		conn := r.conn
		syncs := r.mode.undo == nil && r.mode.forget == nil
		waits := conn.Halt != nil && conn.Halt.Waiting
		if conn.Status != Halted || syncs && waits { // a halt is for a person to answer; who lets it wait has done so
			conn.Status, conn.Reason = status, reason
		}
		conn.Progress.LastRun = r.e.cfg.Now()
		if r.linksKnown {
			conn.Progress.Linked = r.links + r.missing
		}
		r.batch.Connection = &conn
		report := r.report
		report.Ended = r.e.cfg.Now()
		r.batch.Report = &report
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.e.cfg.RequestTimeout)
	defer cancel()
	if err := r.release(ctx); err != nil {
		return errors.Join(cause, err)
	}
	if status != "" {
		r.e.cfg.Logger.WarnContext(ctx, "run stopped for lack of access", slog.String("conn", r.conn.ID), slog.String("status", string(status)))
		return nil
	}
	return cause
}
