package contactsync

import (
	"context"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// claimant says what has a record that a create was answered with.
type claimant uint8

const (
	nobody     claimant = iota
	anItem              // it is tied to one, or an earlier create of the same call is
	anItemSoon          // one is being made of it
)

// taken tells by whom the records are taken that creates were answered with: survivors, into which what was made the first
// time has been merged, or records that the CRM takes for the same person by a check of its own.
func (r *run) taken(ctx context.Context, side record.Side, writes []Write, results []Result) ([]claimant, error) {
	taken := make([]claimant, len(results))
	var ids []string
	for i, res := range results {
		if writes[i].Op == Create && res.Err == nil && res.ID != "" {
			ids = append(ids, res.ID)
		}
	}
	if side != record.CRM || len(ids) == 0 {
		return taken, nil
	}
	links, err := r.linksOf(ctx, side, ids)
	if err != nil {
		return nil, err
	}
	tied := map[string]claimant{}
	for _, l := range links {
		switch id := l.IDs[side]; {
		case l.Phase == Linked:
			tied[id] = anItem
		case l.Phase == Intended && tied[id] == nobody:
			tied[id] = anItemSoon
		}
	}
	for i, res := range results {
		if writes[i].Op == Create && res.Err == nil && res.ID != "" {
			taken[i] = tied[res.ID]
			tied[res.ID] = anItem
		}
	}
	return taken, nil
}

// existed notes what became of a create that was answered with a record which is there already, or is taken.
func (r *run) existed(side record.Side, t *task, res Result, taken claimant) {
	t.fate[side] = outdated
	t.over[side] = nil
	delete(r.live[side], res.ID)
	again := t.undo != nil || t.link.Revives != "" // in the place of one that was there before
	fresh := !again && !t.repeat
	switch {
	case taken == anItemSoon && r.terms.Match.Several != match.All:
		r.failed(side, t, ErrUnconfirmed) // the next run knows whether that was made
	case taken == anItem && r.terms.Match.Several != match.All:
		if res.Existed && again { // what was made the first time has been merged into it
			t.link = confirmed(t.link, "")
			t.over[side] = &half{gone: Merged, into: res.ID}
			return
		}
		t.leave = res.Existed && t.repeat // perhaps this has been merged, too: making it again would undo that
		r.notMade(side, t, res.ID)
	case fresh || !res.Existed: // the CRM had the record before: what it holds was never sent
		t.link = confirmed(t.link, res.ID)
		t.link.Seen = []conflict.Seen{}
	default:
		t.link = r.adopted(t.link, record.Record{ID: res.ID, Fields: res.Stored})
	}
}

// notMade reports a create that was answered with the record of another item. Nothing is concluded from it: both items stay.
func (r *run) notMade(side record.Side, t *task, id string) {
	t.fate[side] = refused
	p := Problem{
		Code: CodeSeveralMatches, Record: t.link.IDs, Sides: onSide(record.Outlook), Resolvable: true,
		Message: "The CRM takes this contact for somebody who is in sync with another Outlook contact. This one stays as it is; where they are two people, tell the CRM so.",
	}
	p.Record[side] = id
	r.report.Counts[side].Failed++
	r.problem(p)
}
