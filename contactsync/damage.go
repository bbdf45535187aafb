package contactsync

import (
	"context"
	"log/slog"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// countLinks finds out how many links the State has, once in a run, and whether it has lost any: they are not as many as the
// last save left. Then both sides are listed anew, whatever the run is about. How many are missing is remembered until a run that
// has both lists comes to its end.
func (r *run) countLinks(ctx context.Context) error {
	if r.linksKnown {
		return nil
	}
	n, err := r.e.cfg.State.CountLinks(ctx, r.conn.ID)
	if err != nil {
		return err
	}
	r.linksKnown, r.missing = true, r.conn.Progress.Linked-n
	r.links += n
	if !r.damaged() || r.full == [2]bool{true, true} || r.mode.dry {
		return nil
	}
	r.e.cfg.Logger.WarnContext(ctx, "links are missing from the state; both sides are listed anew", slog.String("conn", r.conn.ID))
	return r.e.cfg.State.Post(ctx, Message{Conn: r.conn.ID, Full: [2]bool{true, true}})
}

// damaged reports whether links are missing from the State.
func (r *run) damaged() bool { return r.missing != 0 }

// hasGaps reports whether the State may lack ties that there were: it is damaged, or an old backup; forgetful, whether it may also be new.
func (r *run) hasGaps() bool   { return r.damaged() || r.fromBackup() }
func (r *run) forgetful() bool { return r.conn.Progress.Cursor[record.Outlook] == "" || r.hasGaps() }

// noteLinked notes in the connection how many links there are and should be.
func (r *run) noteLinked() {
	if r.linksKnown {
		r.conn.Progress.Linked = r.links + r.missing
	}
}

// noteStored notes the phase of a link as the State has it, unless this run has changed it: what the batch holds of it is newer.
func (r *run) noteStored(l *Link) {
	if _, noted := r.stored[l.ID]; noted || l.Phase == Linked {
		return
	}
	if unsaved := slices.ContainsFunc(r.batch.Links, func(b Link) bool { return b.ID == l.ID }); !unsaved {
		r.stored[l.ID] = l.Phase
	}
}

// saveLink puts a link into the batch, and dropLink takes one out of the State with it; both keep count.
func (r *run) saveLink(l Link) {
	r.batch.Links = append(r.batch.Links, l)
	r.countLink(l.ID, l.Phase)
}

func (r *run) dropLink(id string) {
	r.batch.DropLinks = append(r.batch.DropLinks, id)
	r.countLink(id, "")
}

// countLink keeps count of the links in phase Linked.
func (r *run) countLink(id string, now Phase) {
	if before, noted := r.stored[id]; !noted || before == Linked {
		r.links--
	}
	if now == Linked {
		r.links++
		delete(r.stored, id)
		return
	}
	r.stored[id] = now
}

// mayMake reports whether new records may be made in this run. Where links are missing from the State, what seems to be new may
// have a partner: both sides are listed completely first, and all of Outlook is readable, so that stamps and keys tell.
func (r *run) mayMake(ctx context.Context, u *unlinked) (bool, error) {
	if len(u.crm)+len(u.outlook) == 0 || r.full == [2]bool{true, true} && !u.unknown {
		return true, nil
	}
	if err := r.countLinks(ctx); err != nil || !r.damaged() {
		return true, err
	}
	r.leftOver = true
	return false, nil
}
