package contactsync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// pull reads both sides: each round of pages to its end.
func (r *run) pull(ctx context.Context) error {
	if r.mode.crmIDs != nil {
		return r.pullRecords(ctx)
	}
	p := r.conn.Progress
	full := r.mode.full
	now := r.start
	switch {
	case p.Cursor[record.Outlook] == "", p.Settings.Outlook != r.terms.reading.Outlook, p.KeyVersion != match.Version(),
		now.Sub(p.Full[record.Outlook]) >= r.e.cfg.ReconcileOutlook:
		full[record.Outlook] = true
	}
	switch {
	case p.Cursor[record.CRM] == "", p.Settings.CRM != r.terms.reading.CRM, p.Settings.Selection != r.terms.reading.Selection,
		p.Untold != "" && now.Sub(p.Full[record.CRM]) >= r.e.cfg.ReconcileCRM: // no row changes where a hidden field is shown again
		full[record.CRM] = true
	}
	for side, restore := range p.Restore { // what this run did not come upon, a later one would delete on the other side
		full[side] = full[side] || restore && r.deletesFollow(record.Side(side)) || p.unseenSince(record.Side(side))
	}
	r.resync = p.Settings != r.terms.reading
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		if err := r.drain(ctx, side, full[side]); err != nil {
			return fmt.Errorf("%v: %w", side, err)
		}
		r.incomplete = r.incomplete || full[side] && !r.full[side]
		if r.partly[side] && (side == record.Outlook || p.Restore[side]) {
			r.leftOver = true
		}
	}
	if r.full != [2]bool{} || r.sweeps() {
		if err := r.countLinks(ctx); err != nil {
			return err
		}
	}
	return r.lookForMade(ctx)
}

// lookForMade reads the items that earlier runs made and that no round has named since: one that its user deleted before the
// next round may leave no trace in it.
func (r *run) lookForMade(ctx context.Context) error {
	unseen := slices.DeleteFunc(r.lookFor, func(id string) bool {
		_, named := r.live[record.Outlook][id]
		return named
	})
	return r.fetch(ctx, record.Outlook, unseen)
}

// sweeps reports whether this run re-reads the linked CRM records: eligibility can change without a row changing.
func (r *run) sweeps() bool {
	return r.mode.crmIDs == nil && !r.full[record.CRM] && r.start.Sub(r.conn.Progress.Full[record.CRM]) >= r.e.cfg.ReconcileCRM
}

// drain reads one side to the end of its round.
func (r *run) drain(ctx context.Context, side record.Side, full bool) error {
	cursor := r.conn.Progress.Cursor[side]
	if full {
		cursor = ""
	}
	startedOver := cursor == ""
	r.began[side] = r.e.cfg.Now()
	n := 0
	for pages := 0; ; pages++ {
		page, err := r.page(ctx, side, cursor)
		if errors.Is(err, ErrCursorExpired) && !startedOver {
			clear(r.live[side])
			cursor, startedOver, n = "", true, 0
			r.began[side] = r.e.cfg.Now()
			continue
		}
		if err != nil {
			return err
		}
		n += len(page.Changes)
		for _, c := range page.Changes {
			r.take(side, c)
		}
		for _, b := range page.Bad {
			r.malformed(side, b.ID, b.Reason)
		}
		if page.More && page.Next == cursor {
			return errors.New("the page that follows is the same page again: the side never comes to the end of its round")
		}
		cursor = page.Next
		r.e.cfg.Observer.Observe(ctx, Pulled{Conn: r.conn.ID, Side: side, N: n, Full: startedOver, Done: !page.More})
		if !page.More {
			r.full[side] = startedOver && page.Complete
			r.partly[side] = startedOver && !page.Complete
			break
		}
	}
	r.next[side] = cursor
	return nil
}

func (r *run) page(ctx context.Context, side record.Side, cursor Cursor) (Page, error) {
	if err := r.keep(ctx); err != nil {
		return Page{}, err
	}
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	return r.side(side).Changes(ctx, r.scope[side], cursor)
}

// take notes one change; the last one of an id counts.
func (r *run) take(side record.Side, c Change) {
	id := c.ID
	if c.Record != nil && id == "" {
		id = c.Record.ID
	}
	if !storable(id) || !storable(c.Into) {
		r.malformed(side, id, fmt.Sprintf("an id that is not UTF-8 text of at most %d bytes", maxID))
		return
	}
	r.moved[side][id] = true
	switch {
	case id == "", c.Record != nil && c.Record.ID != id:
		r.malformed(side, id, "a change without an id, or with two")
	case c.Record == nil && c.Removed == "":
		r.live[side][id] = half{gone: Unknown}
	case c.Record == nil:
		r.live[side][id] = half{gone: c.Removed, into: c.Into}
	default:
		rec := *c.Record
		if r.usable(side, &rec) {
			r.live[side][id] = half{rec: &rec}
		} else {
			delete(r.live[side], id)
		}
	}
}

// usable brings a record's fields under the configured schema, and refuses one that has fields the schema lacks.
func (r *run) usable(side record.Side, rec *record.Record) bool {
	fields, err := rec.Fields.Under(r.terms.schema[side])
	if err != nil {
		r.malformed(side, rec.ID, err.Error())
		return false
	}
	rec.Fields = fields
	return true
}

// malformed opens a problem for what a side answered about one record; the record is left alone.
func (r *run) malformed(side record.Side, id, reason string) {
	p := Problem{Code: CodeMalformed, Sides: onSide(side), Message: fmt.Sprintf("The %s answered with something unusable: %s.", sideName(side), reason)}
	p.Record[side] = legible(id)
	p.RetryAt = r.start.Add(time.Minute)
	p.RetryAt = r.later(p)
	r.problem(p)
	if side == record.Outlook {
		r.unreadable = append(r.unreadable, p.Record[side])
	}
}

func sideName(side record.Side) string {
	if side == record.CRM {
		return "CRM"
	}
	return "Outlook folder"
}

// pullRecords reads just the CRM records that were named.
func (r *run) pullRecords(ctx context.Context) error {
	return r.fetch(ctx, record.CRM, r.mode.crmIDs)
}

// fetchSize is how many records are asked for in one call.
const fetchSize = 100

// fetch reads records by id into live, replacing what is there. What a side cannot tell stays unknown, which concludes
// nothing.
func (r *run) fetch(ctx context.Context, side record.Side, ids []string) error {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for chunk := range slices.Chunk(ids, fetchSize) {
		refs := make([]Ref, len(chunk))
		for i, id := range chunk {
			refs[i] = Ref{ID: id}
		}
		found, err := r.get(ctx, side, refs)
		if err != nil {
			return err
		}
		for i, f := range found {
			id := chunk[i]
			switch {
			case len(f.Records) > 0 && f.Records[0].ID == id:
				if rec := &f.Records[0]; r.usable(side, rec) {
					r.live[side][id] = half{rec: rec}
				}
			case len(f.Records) > 0 || f.Removed == "":
				r.malformed(side, id, "asked for one record, it answered with another")
				r.live[side][id] = half{gone: Unknown}
			default:
				r.live[side][id] = half{gone: f.Removed, into: f.Into}
			}
		}
	}
	return nil
}

// get asks a side for refs and returns an answer for each, in their order. An answer that is missing is Unknown,
// and for a stamp none: it says neither that the record is there nor that it never was.
func (r *run) get(ctx context.Context, side record.Side, refs []Ref) ([]Found, error) {
	if err := r.keep(ctx); err != nil {
		return nil, err
	}
	call, cancel := r.bounded(ctx)
	defer cancel()
	found, err := r.side(side).Get(call, r.scope[side], refs)
	if err != nil {
		return nil, fmt.Errorf("get %d records of the %s: %w", len(refs), sideName(side), err)
	}
	if len(found) == len(refs) && !slices.ContainsFunc(found, func(f Found) bool { return f.Ref == Ref{} }) {
		inOrder := true
		for i := range found {
			inOrder = inOrder && found[i].Ref == refs[i]
		}
		if inOrder {
			return found, nil
		}
	}
	byRef := make(map[Ref]Found, len(found))
	for _, f := range found {
		byRef[f.Ref] = f
	}
	answers := make([]Found, len(refs))
	for i, ref := range refs {
		f, ok := byRef[ref]
		if !ok {
			f = Found{Ref: ref}
			if ref.ID != "" {
				f.Removed = Unknown
				r.malformed(side, ref.ID, "asked for it, it gave no answer")
			}
		}
		answers[i] = f
	}
	return answers, nil
}
