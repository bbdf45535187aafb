package contactsync

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// acquire takes the lease of the connection and its mailbox.
func (r *run) acquire(ctx context.Context, conn string) error {
	worker := r.e.cfg.Worker + "/" + newID(r.e.cfg.Rand) // each run is a worker of its own: two at once shut each other out
	lease, err := r.e.cfg.State.Acquire(ctx, conn, worker, r.start, r.e.cfg.Lease)
	if err != nil {
		return fmt.Errorf("acquire %q: %w", conn, err)
	}
	r.lease, r.conn, r.saved = lease, lease.Conn, lease.Conn
	r.report.Run = lease.Token
	for side := range r.live {
		r.leftTo[side] = map[string]bool{}
		r.live[side], r.moved[side], r.written[side] = map[string]half{}, map[string]bool{}, map[string]bool{}
		r.linked[side] = map[string]bool{}
		r.due[side], r.times[side] = map[string]bool{}, map[string]fieldTimes{}
		r.judgedRecord[side], r.bereft[side] = map[string]bool{}, map[string]Link{}
		r.elsewhere[side] = map[string]string{}
		r.apartOf[side], r.askedOf[side] = map[string][]conflict.Seen{}, map[string]bool{}
	}
	r.settled, r.over, r.stamped = map[string]bool{}, map[string]bool{}, map[string][]record.Record{}
	r.stored, r.rights = map[string]Phase{}, map[string]bool{}
	r.decisions = map[string][]conflict.Decision{}
	r.withoutItem, r.comeback = map[string]Link{}, map[string]bool{}
	r.parted, r.wondered = map[string]bool{}, map[string]bool{}
	r.orphans = map[string]bool{}
	r.resting = map[string]Link{}
	r.orphanLinks, r.shared, r.strangers = map[string][]string{}, map[string]bool{}, map[string]bool{}
	r.retied, r.noted = map[string]bool{}, map[string][2]string{}
	r.replaced, r.tied = map[string]string{}, map[string][]Link{}
	r.distinct, r.unanswered = map[[2]string]Link{}, map[[2]string]bool{}
	r.known, r.judged, r.opened = map[string]bool{}, map[string]bool{}, map[string]bool{}
	return nil
}

// ready asks for the settings and says whether the connection may be worked on; where not, it says why and gives the
// lease back.
func (r *run) ready(ctx context.Context) (bool, error) {
	settings, err := r.settings(ctx)
	if err != nil {
		return false, fmt.Errorf("policy: %w", err)
	}
	if r.terms, err = r.e.termsOf(r.conn, settings); err != nil {
		return false, fmt.Errorf("settings: %w", err)
	}
	if r.mode.only != nil && r.mode.only.Settings != r.terms.print {
		return false, ErrPlanOutdated
	}
	r.unsaved = r.conn.Progress.Settings.outdate(r.terms.reading) && !r.mode.dry
	r.current(r.lease.Open)
	for side := range r.scope {
		r.scope[side] = r.terms.scope(r.conn, record.Side(side))
	}
	if r.mode.crmIDs != nil && r.conn.Progress.Cursor[record.Outlook] == "" {
		r.mode.crmIDs = nil
	}
	r.readMessages()
	if r.conn.Halt != nil && r.conn.Halt.Waiting { // a few records do not tell whether what halted it is over
		r.mode.crmIDs = nil
	}
	off, err := r.e.off(ctx, r.conn, &r.terms.Settings, r.mode.byPerson)
	switch {
	case err != nil:
		return false, err
	case off != "":
		r.report.Status, r.report.Reason = Off, off
	case r.conn.Status == Halted && !r.mode.dry && !(r.conn.Halt != nil && r.conn.Halt.Waiting):
		r.report.Status, r.report.Reason, r.report.Halt = Halted, r.conn.Reason, r.conn.Halt
	default:
		return true, nil
	}
	return false, r.release(ctx)
}

func (r *run) settings(ctx context.Context) (Settings, error) {
	if r.mode.settings != nil {
		return *r.mode.settings, nil
	}
	return r.e.cfg.Policy.For(ctx, r.conn)
}

// readMessages takes in what was posted since the last run.
func (r *run) readMessages() {
	r.resume()
	for _, m := range r.lease.Messages {
		if m.FromBackup {
			r.conn.Progress.FromBackup = r.start
		}
		for side, full := range m.Full {
			r.mode.full[side] = r.mode.full[side] || full
		}
		r.lookFor = append(r.lookFor, m.Made...)
		for side, ids := range [2][]string{record.CRM: m.CRMIDs, record.Outlook: m.OutlookIDs} {
			for _, id := range ids {
				r.due[side][id], r.moved[side][id] = true, true
			}
		}
		switch d := m.Decision; {
		case d == nil:
		case d.Identity != "":
			r.identify(*d)
		default:
			r.decisions[d.Link] = append(r.decisions[d.Link], d.Decision)
			r.decided = append(r.decided, d.Record)
			if d.Rule == "" { // of the whole record
				for side, id := range d.Record {
					if id != "" {
						r.due[side][id] = true
					}
				}
			}
		}
	}
}

// keep prolongs the lease where less than half of it is left, saving what is ready to be saved.
func (r *run) keep(ctx context.Context) error {
	now := r.e.cfg.Now()
	if r.lease.Until.Sub(now) > r.e.cfg.Lease/2 {
		return nil
	}
	return r.save(ctx)
}

// save writes the batch collected so far and prolongs the lease.
func (r *run) save(ctx context.Context) error {
	if err := r.postFreed(ctx); err != nil {
		return err
	}
	b := r.batch
	b.Extend = r.e.cfg.Now().Add(r.e.cfg.Lease)
	r.withCounts(&b)
	r.withKey(&b)
	if err := r.e.cfg.State.Save(ctx, r.lease, b); err != nil {
		r.lapsed = true
		return fmt.Errorf("save: %w", err)
	}
	r.lease.Until = b.Extend
	if b.Connection != nil {
		r.saved = *b.Connection
	}
	r.batch = Batch{Links: make([]Link, 0, len(b.Links))} // the next is mostly as large
	return nil
}

// release saves what is left and gives the lease back. A dry run saves nothing.
func (r *run) release(ctx context.Context) error {
	if err := r.postFreed(ctx); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	b := r.batch
	r.withCounts(&b)
	r.withKey(&b)
	r.schedule(&b)
	if r.mode.dry {
		b = Batch{}
	}
	b.Release = true
	r.batch = Batch{}
	woken := r.wakeAgain(ctx)
	if err := r.e.cfg.State.Save(ctx, r.lease, b); err != nil {
		r.doubtful, r.linksKnown = true, false // what was counted went with the batch, wherever that is
		return fmt.Errorf("release: %w", err)
	}
	if woken != nil {
		return fmt.Errorf("release: %w", woken)
	}
	return nil
}

// wakeAgain has the connection stay due where what was posted for a whole run was brought to one that looks at a part, or only
// looks: a lease that is given back counts its messages as seen. It comes before the lease is given back, so that no stop in between
// loses it.
func (r *run) wakeAgain(ctx context.Context) error {
	part := r.mode.dry || r.mode.crmIDs != nil || r.mode.only != nil || r.mode.undo != nil
	if !part || !slices.ContainsFunc(r.lease.Messages, func(m Message) bool { return m.Wakes() }) {
		return nil
	}
	return r.e.cfg.State.Post(ctx, Message{Conn: r.conn.ID})
}

// postFreed has the next run look at the records whose ties end with the batch: they may belong to somebody now. It comes
// before the batch is saved, for once the tie is gone nothing else tells of them.
func (r *run) postFreed(ctx context.Context) error {
	if r.mode.dry || len(r.freed[0])+len(r.freed[1]) == 0 {
		return nil
	}
	m := Message{Conn: r.conn.ID, CRMIDs: r.freed[record.CRM], OutlookIDs: r.freed[record.Outlook]}
	if err := r.e.cfg.State.Post(ctx, m); err != nil {
		return err
	}
	r.freed = [2][]string{}
	return nil
}

// side is the Store or the Directory.
func (r *run) side(s record.Side) Store {
	if s == record.CRM {
		return r.e.cfg.Store
	}
	return r.e.cfg.Directory
}

// bounded bounds one call of a Store or Directory, so that it ends before the lease does.
func (r *run) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, r.e.cfg.RequestTimeout)
}

// untilRepeat is how old the intent of a create must be before it may be repeated.
func (r *run) untilRepeat() time.Duration {
	return r.e.cfg.Lease + r.e.cfg.RequestTimeout + r.e.cfg.VisibilityDelay
}
