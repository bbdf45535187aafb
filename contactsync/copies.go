package contactsync

import (
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

const copyWords = "The sync made this contact twice, and could not remove this second card. It is tried again by itself; the card is not copied to the CRM."

// removeCopy plans the delete of a further record that an unconfirmed create left behind. The State knows it before: should
// the delete be refused, or the run be stopped, it is held, reported and tried again, and never taken for somebody's own card.
func (r *run) removeCopy(side record.Side, c *record.Record) {
	r.live[side][c.ID] = half{rec: c}
	r.linked[side][c.ID] = true
	j := &job{why: WhyCopies, ops: opsOn(side, Delete), copy: true}
	j.ids[side] = c.ID
	r.jobs = append(r.jobs, j)
	if side != record.Outlook {
		return
	}
	r.batch.Known = append(r.batch.Known, Known{Candidate: r.candidate(side, c), Orphan: true})
	p := Problem{Conn: r.conn.ID, Code: CodeFailed, Record: j.ids, Sides: onSide(side), Message: copyWords, First: r.start, Last: r.start, RetryAt: r.start}
	p.ID = r.problemID(p)
	r.batch.Problems = append(r.batch.Problems, p)
}

// finishCopy forgets a copy that is gone.
func (r *run) finishCopy(t *task) {
	if t.fate[record.Outlook] == done {
		r.batch.DropKnown = append(r.batch.DropKnown, t.ids[record.Outlook])
	}
}

// retryCopies tries again to remove the copies that could not be removed. One that somebody has worked on since, or that the
// card in sync has moved away from, is left alone and reported.
func (r *run) retryCopies(ctx context.Context) error {
	var ids []string
	for _, p := range r.lease.Retry {
		if id := p.Record[record.Outlook]; aboutCopy(p) && r.live[record.Outlook][id].rec != nil && !r.linked[record.Outlook][id] {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	known, err := r.e.cfg.State.KnownOf(ctx, r.conn.ID, ids)
	if err != nil {
		return err
	}
	ids = nil
	for _, k := range known {
		if k.Orphan {
			ids = append(ids, k.ID)
		}
	}
	if err := r.fetch(ctx, record.Outlook, ids); err != nil {
		return err
	}
	for _, id := range ids {
		if c := r.live[record.Outlook][id].rec; c != nil {
			if err := r.retryCopy(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// aboutCopy reports whether a problem may be about a copy that could not be removed: if its item is one that was left behind, it is.
func aboutCopy(p Problem) bool {
	return p.Link == "" && p.Record[record.CRM] == "" && p.Record[record.Outlook] != "" && (p.Code == CodeFailed || p.Code == CodeDenied)
}

func (r *run) retryCopy(ctx context.Context, c *record.Record) error {
	s, ok := r.ownStamp(c.Stamp)
	if !ok || s.Record == "" {
		return nil
	}
	links, err := r.noteLinksOf(ctx, []string{s.Record})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(links, func(l Link) bool { return l.ID == s.Link && l.Phase == Linked })
	if i < 0 {
		return nil // it may be matched, like any card that was left behind
	}
	item := links[i].IDs[record.Outlook]
	if err := r.fetch(ctx, record.Outlook, []string{item}); err != nil {
		return err
	}
	kept := r.live[record.Outlook][item].rec
	switch {
	case kept == nil:
	case r.untouched(links[i].Seen, record.Outlook, kept, c):
		r.removeCopy(record.Outlook, c)
	default:
		r.problem(matchProblem(CodeSeveralMatches, match.Pairing{CRM: links[i].IDs[record.CRM], Outlook: c.ID}, anotherInSync))
	}
	return nil
}

// untouched reports whether a copy holds what the base says was sent, and beside that nothing that the kept one lacks.
func (r *run) untouched(base []conflict.Seen, side record.Side, kept, c *record.Record) bool {
	if len(base) == 0 || len(r.terms.merger.Changed(base, side, c.Fields)) > 0 {
		return false
	}
	sent := map[string]bool{}
	for i := range r.terms.rules.Rules {
		rule := &r.terms.rules.Rules[i]
		if !slices.ContainsFunc(base, func(s conflict.Seen) bool { return s.Rule == rule.ID && s.Diverged != conflict.OtherKind }) {
			continue // it is for other records
		}
		for _, f := range rule.Fields[side] {
			sent[f.Name] = true
		}
	}
	for name, v := range c.Fields.All() {
		if w, _ := kept.Fields.Get(name); !sent[name] && !v.IsEmpty() && !slices.Equal(v, w) {
			return false
		}
	}
	return true
}
