package contactsync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// since is a write of a later run to what the run had written to.
type since struct {
	run   uint64
	trace *trace
}

// readSince looks up the later runs that wrote to what seems to have been changed since: what the sync did itself is undone by its own
// number first, and is no edit of a person.
func (r *run) readSince(ctx context.Context) error {
	left := map[string]*untie{}
	for _, u := range r.undone.ties {
		for _, p := range r.judgeJob(u.job()).asked {
			if p.Code == CodeChangedSince {
				left[u.link.ID] = u
			}
		}
	}
	if len(left) == 0 {
		return nil
	}
	return r.laterTraces(ctx, func(e *JournalEntry) bool { return left[e.Link] != nil }, func(run uint64, traces []*kept) {
		slices.Reverse(traces) // its last write first
		for _, k := range traces {
			if u := left[k.entry.Link]; k.trace.Op == Update && !k.trace.Undo { // what an undo put back is an earlier run's
				u.since[k.trace.Side] = append(u.since[k.trace.Side], since{run, k.trace})
			}
		}
	})
}

// laterTraces hands over those writes of later runs that are wanted and not undone, the newest run first. Runs whose entries cannot be opened
// are passed over: nothing of theirs is put back.
func (r *run) laterTraces(ctx context.Context, wanted func(*JournalEntry) bool, each func(run uint64, traces []*kept)) error {
	runs, err := r.e.cfg.State.(Journal).JournalRuns(ctx, r.conn.ID)
	if err != nil {
		return err
	}
	for _, later := range runs { // the newest first
		if later.Run <= r.mode.undo.run || later.Open == 0 {
			continue
		}
		traces, _, err := r.readTraces(ctx, later.Run, wanted)
		if errors.Is(err, ErrJournalKey) || errors.Is(err, errDamaged) {
			continue
		}
		if err != nil {
			return err
		}
		each(later.Run, traces)
	}
	return nil
}

// wroteSince is the later run that has last written a field of a record, where that still holds what it wrote; 0: there is none.
func (u *untie) wroteSince(side record.Side, rec *record.Record, f record.Field, loc record.Locale) uint64 {
	now, _ := rec.Fields.Get(f.Name)
	for _, s := range u.since[side] {
		set, wrote := s.trace.Set[f.Name]
		if s.trace.ID != rec.ID || !wrote {
			continue
		}
		after, told := s.trace.After[f.Name]
		if f.Equal(now, set, loc) || told && f.Equal(now, after, loc) {
			return s.run
		}
		return 0
	}
	return 0
}

// madeSince is the newest later run that wrote to a record which the run made, where nobody else did; 0: somebody did.
func (u *untie) madeSince(side record.Side, rec *record.Record, loc record.Locale) (run uint64) {
	for _, f := range rec.Fields.Schema().Fields() {
		if !u.did[side].touched(rec, f, loc) {
			continue
		}
		by := u.wroteSince(side, rec, f, loc)
		if by == 0 && !slices.Contains(composedFields, f.Name) {
			return 0
		}
		run = max(run, by)
	}
	return run
}

// changedWords say who has changed a field since the run: people, or a later run that wrote it or another of the same rule.
func (r *run) changedWords(u *untie, side record.Side, rec *record.Record, name string, left map[string]record.Value) string {
	together := []string{name}
	for _, group := range u.did[side].groups {
		if slices.Contains(group, name) {
			together = append(together, group...)
		}
	}
	for _, n := range together {
		f, has := r.terms.schema[side].Field(n)
		if _, is := left[n]; !is || !has {
			continue
		}
		if by := u.wroteSince(side, rec, f, r.terms.rules.Locale); by != 0 {
			return fmt.Sprintf("Run %d has written it in the %s since. It stays as it is; undo run %d first.", by, sideName(side), by)
		}
	}
	return "Changed in the " + sideName(side) + " since the run. It stays as it is."
}

// touchedWords do so of a record that the run made.
func (r *run) touchedWords(u *untie, side record.Side, rec *record.Record) string {
	if by := u.madeSince(side, rec, r.terms.rules.Locale); by != 0 {
		return fmt.Sprintf("Run %d has written to it in the %s since the run made it. It is not deleted; undo run %d first.", by, sideName(side), by)
	}
	return "Changed in the " + sideName(side) + " since the run made it. It is not deleted."
}

// undoneAlready is how many of the newest reports are looked at for those that undid a run.
const undoneAlready = 200

// nothingLeft says why there is nothing to be undone: another undo has done it, and that may have been undone in turn.
func (r *run) nothingLeft(ctx context.Context) error {
	reports, err := r.e.cfg.State.Runs(ctx, r.conn.ID, undoneAlready)
	if err != nil {
		return err
	}
	run := r.mode.undo.run
	var by []string
	again := ""
	for last := run; ; {
		i := slices.IndexFunc(reports, func(p Report) bool { return p.Undoes == last && p.Run > last && p.Wrote() > 0 })
		if i < 0 {
			break
		}
		what := "that"
		if last == run {
			what = "it"
		}
		last = reports[i].Run
		by = append(by, fmt.Sprintf("run %d has undone %s", last, what))
		if again = ""; len(by)%2 == 0 {
			again = fmt.Sprintf(" To take it back once more, undo run %d.", last)
		}
	}
	words := fmt.Sprintf("Nothing of run %d is left to be undone", run)
	if len(by) > 0 {
		words += ": " + enumerate(by)
	}
	r.report.Reason = words + "." + again
	return nil
}

func enumerate(parts []string) string {
	switch n := len(parts); n {
	case 1:
		return parts[0]
	case 2:
		return parts[0] + ", and " + parts[1]
	default:
		return strings.Join(parts[:n-1], ", ") + ", and " + parts[n-1]
	}
}
