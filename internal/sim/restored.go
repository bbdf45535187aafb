package sim

import (
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// checkRestored: after a run to which a person had said restore, and in which nothing went wrong, everything that was missing
// is there again, or something says why not. What a run before had seen removed and left alone, as the settings say, a run
// that reads changes does not come upon again.
func (g *guardBook) checkRestored(u *user, b *guarded) {
	w := g.w
	for left, side := range b.owed {
		if !b.restoring[side] || b.resting[left] || len(w.struck) > 0 || w.unseen || w.refused || !g.mayBeMade(u, left, side) {
			continue
		}
		underWay := slices.ContainsFunc(w.linksOf(u.conn.ID, left.side, left.id), func(l contactsync.Link) bool { return l.Phase == contactsync.Intended })
		if underWay {
			continue // it may have been made
		}
		problems, err := w.state.Problems(w.ctx, u.conn.ID)
		if err == nil && !slices.ContainsFunc(problems, func(p contactsync.Problem) bool { return p.Record[left.side] == left.id }) {
			w.broken("converges", "%s %s is left, its partner was to be restored in the %s and was not, and nothing says why", left.side, left.id, side)
		}
	}
}

// told notes of which cards a run that restored has said, also one that was stopped at its end or carried out a plan, that another record was
// put in the place of theirs, which is not for them: it says so once.
func (g *guardBook) told(u *user, b *guarded) {
	if !b.restoring[record.CRM] {
		return
	}
	problems, err := g.w.state.Problems(g.w.ctx, u.conn.ID)
	if err != nil {
		return
	}
	for _, p := range problems {
		if p.Code == contactsync.CodeSeveralMatches && p.Link != "" {
			b.resting[itemPlace(u, p.Record[record.Outlook])] = true
		}
	}
}

// mayBeMade reports whether the settings let the sync make a record on the side from the one that is left.
func (g *guardBook) mayBeMade(u *user, left place, side record.Side) bool {
	w, rec := g.w, left.in(g.w)
	switch {
	case !w.ledger.allow(side).Create || w.blank(left.side, rec):
		return false
	case side == record.Outlook:
		return w.visible(u, rec.ID) && w.eligible(u.name, rec.Fields) == filter.Yes
	}
	return rec.Folder == u.folder && (w.settings.Private || rec.Fields.Text("private") != "true")
}

// applied notes that a plan was carried out. What was removed and the settings leave alone it has seen. Where it put back all that a
// person had let be restored, the answer is used up.
func (g *guardBook) applied(u *user, report contactsync.Report) {
	b := g.of(u.conn.ID)
	if report.Status != contactsync.Idle {
		return
	}
	skipped := report.Counts[record.CRM].Skipped + report.Counts[record.Outlook].Skipped
	harms := func(fault string) bool { return !slices.Contains([]string{"second", "other", "slow"}, fault) }
	if skipped > 0 || slices.ContainsFunc(g.w.struck, harms) {
		b.spent = !g.owesAny(u, b) // what is looked at again for its problem alone leaves nothing unfinished
		return
	}
	leaves := [2]contactsync.Disposition{record.CRM: g.w.settings.Deleted.InCRM, record.Outlook: g.w.settings.Deleted.InOutlook}
	for _, l := range g.w.links(u.conn.ID) {
		for side, id := range l.IDs {
			gone := g.deleted(u, record.Side(side), id) || record.Side(side) == record.CRM && g.w.removed(u, id) == contactsync.Merged
			if gone && leaves[side] == contactsync.LeaveAlone && !b.restoring[side] && l.Phase == contactsync.Linked {
				b.left[side][l.ID] = true
			}
		}
	}
	if g.owesAny(u, b) {
		return
	}
	b.restoring, b.answer, b.before = [2]bool{}, nil, nil
}

// owesAny reports whether anything is still to be put back.
func (g *guardBook) owesAny(u *user, b *guarded) bool {
	for left, side := range b.owed {
		if b.restoring[side] && !b.resting[left] && g.mayBeMade(u, left, side) {
			return true
		}
	}
	return false
}
