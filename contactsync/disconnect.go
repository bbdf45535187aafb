package contactsync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// Disconnection is what became of a connection and its items, or in a plan what would.
type Disconnection struct {
	Conn string
	// Ended: the connection is no more. It is not, and Disconnect is to be called again, where an item could not be taken back
	// although it may yet be: Kept says which.
	Ended bool
	// SwitchedOff: this call has switched the connection off for its user and could not end it. It stays off until it is ended, or
	// [Engine.Activate] switches it on.
	SwitchedOff bool
	// Links is how many records were in step when it began.
	Links int
	// Made is how many Outlook items there are that the sync made, Removed how many of them were taken back, and Kept are the others.
	// Nothing of it is known of a disconnection that takes nothing back.
	Made, Removed int
	Kept          []KeptItem
}

// KeptItem is an Outlook item that the sync made and that stays.
type KeptItem struct {
	ID  string // empty of one that may be made yet
	Why KeptWhy
	Err error // of KeptFailed
}

// KeptWhy says why an item stays that the sync made.
type KeptWhy string

const (
	KeptTouched KeptWhy = "touched" // it holds what the sync did not put there and the CRM does not have
	KeptMoved   KeptWhy = "moved"   // it was moved to another folder
	KeptTied    KeptWhy = "tied"    // another connection of the mailbox has it in step
	KeptAsked   KeptWhy = "asked"   // a person was asked about it, and has not answered
	KeptLast    KeptWhy = "last"    // its record was deleted in the CRM since: what it says is nowhere else
	KeptUnknown KeptWhy = "unknown" // a side cannot say what became of it or of its record, or whether it was made; try again in a while
	KeptFailed  KeptWhy = "failed"  // it could not be deleted; try again
)

// Words says it to a person.
func (w KeptWhy) Words() string {
	return map[KeptWhy]string{
		KeptTouched: "Somebody has added or changed something in it that the CRM does not have.",
		KeptMoved:   "It was moved to another folder.",
		KeptTied:    "It is in sync through another connection.",
		KeptAsked:   "A question about it is open.",
		KeptLast:    "The CRM does not have it any more. Delete it in Outlook if you do not need it.",
		KeptUnknown: "Outlook or the CRM cannot say at present what became of it. Disconnect again in a while.",
		KeptFailed:  "It could not be deleted. Disconnect again.",
	}[w]
}

// again reports whether an item may be taken back by another call.
func (w KeptWhy) again() bool { return w == KeptUnknown || w == KeptFailed }

// A DisconnectOption changes how a connection is ended; nil changes nothing.
type DisconnectOption func(*disconnecting)

// TakeBack removes from the mailbox just what the sync made there and nobody touched since (B19): at most as many items as the
// person was shown, which is Removed of a [Engine.PlanDisconnect].
func TakeBack(shown int) DisconnectOption {
	return func(d *disconnecting) { d.takeBack, d.shown = true, shown }
}

// Disconnect ends a connection. All that is remembered of it goes: links, keys, problems, reports, the journal. Nothing is written
// to the CRM, and without [TakeBack] nothing to Outlook either, nor is the mailbox asked: both address books stay as they are. Who
// connects the folder again meets everybody anew, by stamps and match keys, and nobody is doubled.
//
// With TakeBack the items go that the sync made, where they are as the sync left them. Nobody touched an item that holds nothing
// but what rules carried there, and of what its owner wrote there since only what was carried to the CRM and is there. What the
// Outlook schema does not have, such as a photo, is not seen. What was in the folder before stays, and so does an
// item whose record was deleted in the CRM since: it is the last that says what it says.
// No delete follows in the CRM, neither from this connection nor from others, whose items stay. Guards are not asked: the person
// has seen the number, and Outlook keeps what is deleted in Deleted Items for a while.
//
// It is safe to stop anywhere and to repeat. It works under the lease, on a connection that is off or halted too. Before the first item
// goes, the connection is switched off, and stays off where it could then not be ended: Disconnection.SwitchedOff says so. What is
// refused before changes nothing, and a connection that was on stays on: with [ErrBusy], since a run is under way, with
// [ErrPlanOutdated], since more would be removed than was shown, and where the mailbox cannot be reached ([ErrSignInRequired],
// [ErrDenied], [ErrNoMailbox], [ErrFolderGone]), from which one may disconnect without TakeBack. [ErrNotFound] means that there is no
// such connection, or no more.
func (e *Engine) Disconnect(ctx context.Context, conn string, opts ...DisconnectOption) (Disconnection, error) {
	d := &disconnecting{}
	for _, o := range opts {
		if o != nil {
			o(d)
		}
	}
	d.report.Conn = conn
	_, err := e.run(ctx, conn, mode{disconnect: d})
	return d.report, named(err)
}

// PlanDisconnect says what a [Engine.Disconnect] with [TakeBack] would remove and what it would leave, for a person to look at, and
// writes nothing.
func (e *Engine) PlanDisconnect(ctx context.Context, conn string) (Disconnection, error) {
	d := &disconnecting{takeBack: true}
	d.report.Conn = conn
	_, err := e.run(ctx, conn, mode{disconnect: d, dry: true})
	return d.report, named(err)
}

// disconnecting is a run that ends a connection.
type disconnecting struct {
	takeBack bool
	shown    int
	beside   []string // ids of other connections of the mailbox
	doomed   []ownItem
	report   Disconnection
}

// ownItem is an Outlook item that the sync made.
type ownItem struct {
	link Link
	rec  *record.Record // as read just now
}

// disconnect is the steps of a run that ends a connection.
func (r *run) disconnect(ctx context.Context) error {
	d := r.mode.disconnect
	n, err := r.e.cfg.State.CountLinks(ctx, r.conn.ID)
	if err != nil {
		return fmt.Errorf("disconnect: %w", err)
	}
	d.report.Links, r.links, r.linksKnown = n, n, true
	if d.takeBack {
		if err := r.takeBack(ctx); err != nil {
			return fmt.Errorf("disconnect: %w", err)
		}
	}
	r.batch.End = !r.mode.dry && !slices.ContainsFunc(d.report.Kept, func(l KeptItem) bool { return l.Why.again() })
	if !r.mode.dry && !r.batch.End {
		if err := r.switchOff(ctx); err != nil {
			return fmt.Errorf("disconnect: %w", err)
		}
	}
	ends := r.batch.End
	if err := r.release(ctx); err != nil {
		return fmt.Errorf("disconnect: %w", err)
	}
	if d.report.Ended = ends; ends {
		d.report.SwitchedOff = false
	}
	return nil
}

// switchOff keeps the connection from syncing until it is ended.
func (r *run) switchOff(ctx context.Context) error {
	if r.conn.Inactive {
		return nil
	}
	if err := r.e.switchTo(ctx, r.conn.ID, true); err != nil {
		return err
	}
	r.conn.Inactive, r.mode.disconnect.report.SwitchedOff = true, true
	return nil
}

// takeBack finds the items that are to go, and deletes them.
func (r *run) takeBack(ctx context.Context) error {
	d := r.mode.disconnect
	settings, err := r.e.cfg.Policy.For(ctx, r.conn)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	if r.terms, err = r.e.termsOf(r.conn, settings); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	for side := range r.scope {
		r.scope[side] = r.terms.scope(r.conn, record.Side(side))
		r.scope[side] = r.wholeScope(record.Side(side))
	}
	if err := r.findBeside(ctx); err != nil {
		return err
	}
	for after := ""; ; {
		links, err := r.e.cfg.State.Links(ctx, r.conn.ID, after, linksPage)
		if err != nil {
			return err
		}
		if len(links) == 0 {
			break
		}
		after = links[len(links)-1].ID
		r.current(links)
		own := slices.DeleteFunc(links, func(l Link) bool { return r.copyOf(l) == Ref{} || !l.Made[record.Outlook] && r.copyOf(l).Stamp == "" })
		for chunk := range slices.Chunk(own, fetchSize) {
			if err := r.judgeOwn(ctx, chunk); err != nil {
				return err
			}
		}
	}
	switch {
	case r.mode.dry:
		d.report.Removed = len(d.doomed)
		return nil
	case len(d.doomed) > d.shown:
		return fmt.Errorf("%w: %d items would be removed, and %d were shown", ErrPlanOutdated, len(d.doomed), d.shown)
	}
	if len(d.doomed) > 0 {
		if err := r.switchOff(ctx); err != nil {
			return err
		}
	}
	for try := 0; len(d.doomed) > 0; try++ {
		doomed := d.doomed
		d.doomed = nil
		for chunk := range slices.Chunk(doomed, r.e.cfg.ChunkSize) {
			if err := r.removeOwn(ctx, chunk, try == maxTries); err != nil {
				return err
			}
		}
	}
	return nil
}

// findBeside finds the other connections of the tenant that work on the same mailbox.
func (r *run) findBeside(ctx context.Context) error {
	conns, err := r.e.cfg.State.Connections(ctx, r.conn.Tenant)
	if err != nil {
		return err
	}
	mine := r.conn.Mailbox
	for _, c := range conns {
		sameUser := mine.User != "" && mine.Cloud == c.Mailbox.Cloud && mine.User == c.Mailbox.User
		if c.ID != r.conn.ID && (sameUser || mine.Key() == c.Mailbox.Key()) {
			r.mode.disconnect.beside = append(r.mode.disconnect.beside, c.ID)
		}
	}
	return nil
}

// removeOwn deletes items on the version that was read, and judges those again that changed since. A link rests before its item
// is deleted, as after a delete by its user that goes no further: should this be stopped, no run takes it to the CRM. Should the connection
// be switched on again instead, its next run looks at what is there still: a message says so, before anything is saved.
func (r *run) removeOwn(ctx context.Context, items []ownItem, last bool) error {
	d := r.mode.disconnect
	look := Message{Conn: r.conn.ID}
	for _, own := range items {
		look.OutlookIDs = append(look.OutlookIDs, own.rec.ID)
	}
	if err := r.e.cfg.State.Post(ctx, look); err != nil {
		return err
	}
	writes := make([]Write, len(items))
	for i, own := range items {
		writes[i] = Write{Op: Delete, ID: own.rec.ID, Version: own.rec.Version}
		l := own.link
		l.IDs[record.Outlook], l.Since = own.rec.ID, r.e.cfg.Now()
		l.Phase, l.Cause, l.Target = Detached, CauseOutlookDeleted, record.Outlook
		l.Version, l.Asked = [2]string{}, nil
		r.saveLink(l)
	}
	if err := r.save(ctx); err != nil {
		return err
	}
	answers, err := r.sendDeletes(ctx, writes)
	if err != nil {
		return err
	}
	var again []Link
	for i, own := range items {
		err := answers[i]
		switch {
		case err == nil, errors.Is(err, ErrNotFound):
			d.report.Removed++
		case errors.Is(err, ErrStale) && !last:
			d.report.Made-- // it is judged, and counted, once more
			again = append(again, own.link)
		default:
			r.keepOwn(own.rec.ID, KeptFailed, err)
		}
	}
	return r.judgeOwn(ctx, again)
}

func (r *run) keepOwn(id string, why KeptWhy, err error) {
	d := r.mode.disconnect
	d.report.Kept = append(d.report.Kept, KeptItem{ID: id, Why: why, Err: err})
}
