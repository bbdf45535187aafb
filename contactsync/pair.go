package contactsync

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// linksPage is how many links are worked on at a time where all of them are looked at.
const linksPage = 1000

// pair finds the partner of everything that changed: through links first, then by stamps and match keys.
func (r *run) pair(ctx context.Context) error {
	if err := r.readStamps(ctx); err != nil {
		return err
	}
	if err := r.followLinks(ctx); err != nil {
		return fmt.Errorf("links: %w", err)
	}
	if err := r.retryCopies(ctx); err != nil {
		return fmt.Errorf("copies: %w", err)
	}
	if err := r.matchUnlinked(ctx); err != nil {
		return fmt.Errorf("match: %w", err)
	}
	r.enlistBereft()
	return nil
}

// readStamps notes which listed records carry a stamp of this connection. A listing need not tell stamps: before a create in
// Outlook is repeated, whatever was made there since it was intended is read.
func (r *run) readStamps(ctx context.Context) error {
	var since time.Time
	for _, rec := range r.recovered {
		if l := rec.link; rec.repeat && l.Target == record.Outlook && (since.IsZero() || l.Since.Before(since)) {
			since = l.Since
		}
	}
	if last := r.saved.Progress.LastRun; r.fromBackup() && (since.IsZero() || last.Before(since)) {
		since = last
	}
	if !since.IsZero() {
		var unread []string
		for id, h := range r.live[record.Outlook] {
			if h.rec != nil && !h.rec.StampRead && !h.rec.Created.Before(since.Add(-defaultSkew)) {
				unread = append(unread, id)
			}
		}
		if err := r.fetch(ctx, record.Outlook, unread); err != nil {
			return err
		}
	}
	for _, live := range r.live {
		for _, h := range live {
			if h.rec == nil || !h.rec.StampRead {
				continue
			}
			if s, ok := r.ownStamp(h.rec.Stamp); ok {
				r.stamped[s.Link] = append(r.stamped[s.Link], *h.rec)
			}
		}
	}
	return r.readAdopted(ctx)
}

// readAdopted reads what a listing alone shows to be of an unconfirmed create, where it leaves fields out: what the mailbox did not keep of
// them would pass for taken off by a person.
func (r *run) readAdopted(ctx context.Context) error {
	var ids [2][]string
	for link, rec := range r.recovered {
		for _, listed := range r.stamped[link] {
			if side := rec.link.Target; len(rec.records) == 0 && !r.whole(side, &listed) {
				ids[side] = append(ids[side], listed.ID)
			}
		}
	}
	for side := range ids {
		if err := r.fetch(ctx, record.Side(side), ids[side]); err != nil {
			return err
		}
	}
	for link, rec := range r.recovered {
		for i, listed := range r.stamped[link] {
			if now := r.live[rec.link.Target][listed.ID].rec; now != nil {
				r.stamped[link][i] = *now
			}
		}
	}
	return nil
}

// followLinks judges the links that anything happened to. Where a side was read completely that is every link.
func (r *run) followLinks(ctx context.Context) error {
	for _, p := range r.lease.Retry {
		for side, id := range p.Record {
			if id != "" {
				r.due[side][id] = true
			}
		}
	}
	if err := r.askAgain(ctx); err != nil {
		return err
	}
	if err := r.readDue(ctx); err != nil {
		return err
	}
	if err := r.readSpares(ctx); err != nil {
		return err
	}
	if err := r.readRevivals(ctx); err != nil {
		return err
	}
	if r.full[record.CRM] || r.full[record.Outlook] || r.sweeps() {
		for after := ""; ; {
			links, err := r.e.cfg.State.Links(ctx, r.conn.ID, after, linksPage)
			if err != nil {
				return err
			}
			if len(links) == 0 {
				return nil
			}
			after = links[len(links)-1].ID
			links = r.ties(links)
			r.current(links)
			if err := r.follow(ctx, links); err != nil {
				return err
			}
		}
	}
	links, err := r.touchedLinks(ctx)
	if err != nil || len(links) == 0 {
		return err
	}
	return r.follow(ctx, links)
}

// askedAgain is how many open problems a sweep looks at again.
const askedAgain = 500

// askAgain has what is open looked at once more. What is asked about two records needs both, where one of them is at hand: apart,
// each would be taken for new. A sweep looks at others too, those first that were not looked at for longest: somebody who
// could have been meant in a doubtful match may be gone, which no change of the two records tells; and a run that was
// stopped may have left a problem open that is over. When the settings that answer open questions changed, it looks at all.
func (r *run) askAgain(ctx context.Context) error {
	limit := 0
	switch {
	case r.mode.crmIDs == nil && r.conn.Progress.Settings.Answers != r.terms.reading.Answers:
		limit = math.MaxInt
	case r.sweeps():
		limit = askedAgain
	case len(r.live[record.CRM])+len(r.live[record.Outlook])+len(r.due[record.CRM])+len(r.due[record.Outlook])+len(r.decided) == 0:
		return nil
	}
	open, err := r.e.cfg.State.Problems(ctx, r.conn.ID)
	if err != nil {
		return err
	}
	r.askOfSpares(open)
	slices.SortFunc(open, func(a, b Problem) int { return cmp.Or(a.Last.Compare(b.Last), compareIDs(a.ID, b.ID)) })
	for _, p := range open[:min(len(open), limit)] {
		for side, id := range p.Record {
			if id != "" {
				r.due[side][id] = true
			}
		}
	}
	r.asked = slices.DeleteFunc(slices.Clone(open), func(p Problem) bool { return p.Code != CodeDoubtfulMatch })
	for _, p := range r.asked {
		for side, id := range p.Record {
			r.askedOf[side][id] = true
		}
	}
	if r.conn.Progress.Settings.Answers == r.terms.reading.Answers {
		r.open = r.asked
	}
	r.askBeside(open)
	return r.askSiblings(ctx)
}

// askBeside makes due the other records of doubtful matches that name one at hand, and all that are asked about with those.
func (r *run) askBeside(open []Problem) {
	var about [2]map[string][]string // by side and record: whom it may be
	var reached [2][]string
	for side := range about {
		about[side] = map[string][]string{}
	}
	for _, p := range open {
		if p.Code != CodeDoubtfulMatch {
			continue
		}
		for side, id := range p.Record {
			_, atHand := r.live[side][id]
			if len(about[side][id]) == 0 && (atHand || r.due[side][id]) {
				reached[side] = append(reached[side], id)
			}
			about[side][id] = append(about[side][id], p.Record[1-side])
		}
	}
	for len(reached[0])+len(reached[1]) > 0 {
		var next [2][]string
		for side, ids := range reached {
			for _, id := range ids {
				for _, other := range about[side][id] {
					if !r.due[1-side][other] {
						r.due[1-side][other] = true
						next[1-side] = append(next[1-side], other)
					}
				}
			}
		}
		reached = next
	}
}

// readDue reads the records of problems whose time has come.
func (r *run) readDue(ctx context.Context) error {
	for side, due := range r.due {
		var ids []string
		for id := range due {
			if !r.live[side][id].read() {
				ids = append(ids, id)
			}
		}
		if err := r.fetch(ctx, record.Side(side), ids); err != nil {
			return err
		}
	}
	return nil
}

// touchedLinks are the links of what changed, of creates under way, of problems that are due, and of decisions.
func (r *run) touchedLinks(ctx context.Context) ([]Link, error) {
	byID := map[string]Link{}
	for _, l := range r.lease.Open {
		byID[l.ID] = l
	}
	var ids [2][]string
	for side := range r.live {
		for id := range r.live[side] {
			ids[side] = append(ids[side], id)
		}
	}
	for side := range ids {
		for id := range r.due[side] {
			ids[side] = append(ids[side], id)
		}
	}
	for _, ds := range r.decided {
		for side, id := range ds {
			if id != "" {
				ids[side] = append(ids[side], id)
			}
		}
	}
	for side := range ids {
		slices.Sort(ids[side])
		for chunk := range slices.Chunk(slices.Compact(ids[side]), linksPage) {
			links, err := r.linksOf(ctx, record.Side(side), chunk)
			if err != nil {
				return nil, err
			}
			r.current(links)
			for _, l := range links {
				byID[l.ID] = l
			}
		}
	}
	links := make([]Link, 0, len(byID))
	for _, l := range byID {
		links = append(links, l)
	}
	slices.SortFunc(links, func(a, b Link) int { return compareIDs(a.ID, b.ID) })
	return links, nil
}

func compareIDs(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
