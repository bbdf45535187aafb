package contactsync

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// linksOf returns the ties of records on a side, in no particular order, and notes which of the records a person told apart.
func (r *run) linksOf(ctx context.Context, side record.Side, ids []string) ([]Link, error) {
	links, err := r.e.cfg.State.LinksOf(ctx, r.conn.ID, side, ids)
	return r.ties(links), err
}

// ties are those of the links that tie anything, and that this run has not ended to match their records anew; what tells people apart is noted.
func (r *run) ties(links []Link) []Link {
	return slices.DeleteFunc(links, func(l Link) bool {
		if l.Phase != Distinct {
			return r.over[l.ID]
		}
		if _, noted := r.stored[l.ID]; !noted {
			r.noteStored(&l)
			r.distinct[l.IDs] = l
		}
		return true
	})
}

// toldApart reports whether a person said of two records that they are two people.
func (r *run) toldApart(ids [2]string) bool {
	_, told := r.distinct[ids]
	return told
}

// settleDistinct ends what people said of records of which one is gone or says something else by now to matching: they are asked
// about again, should they still look like one. What was said stands under a newer form of keys.
func (r *run) settleDistinct(ctx context.Context) error {
	var unsure [2][]string
	for ids := range r.distinct {
		for side, id := range ids {
			h, listed := r.live[side][id]
			if !listed && r.full[side] || listed && h.gone == Unknown {
				unsure[side] = append(unsure[side], id)
			}
		}
	}
	for side, ids := range unsure {
		slices.Sort(ids)
		if err := r.fetch(ctx, record.Side(side), slices.Compact(ids)); err != nil {
			return err
		}
	}
	for ids, l := range r.distinct {
		if stands, renewed := r.stillDistinct(&l); !stands {
			delete(r.distinct, ids)
			r.dropLink(l.ID)
		} else if renewed {
			r.saveLink(l)
		}
	}
	return nil
}

func (r *run) stillDistinct(l *Link) (stands, renewed bool) {
	h := r.halves(l.IDs)
	if len(l.Asked) == 0 {
		return false, false
	}
	said := l.Asked[0]
	now := said
	for side := range h {
		switch {
		case h[side].gone == Deleted || h[side].gone == Merged:
			return false, false
		case h[side].rec != nil:
			now.Raw[side] = r.matchPrint(r.candidate(record.Side(side), h[side].rec))
		}
	}
	if said.Version == match.Version() {
		return now.Raw == said.Raw, false
	}
	if h[0].rec == nil || h[1].rec == nil {
		return true, false
	}
	now.Version = match.Version()
	l.Asked = []conflict.Seen{now}
	return true, true
}

// tellApart remembers that two records are two people.
func (r *run) tellApart(d PersonDecision) {
	l := Link{
		ID: r.distinctID(d.Record), Conn: r.conn.ID, IDs: d.Record, Phase: Distinct,
		Asked: []conflict.Seen{{Raw: d.Raw, Version: match.Version()}},
	}
	if _, noted := r.stored[l.ID]; !noted {
		r.stored[l.ID] = ""
	}
	r.distinct[l.IDs] = l
	r.saveLink(l)
}

// distinctID follows from the records, so that what is said twice is remembered once.
func (r *run) distinctID(ids [2]string) string {
	return r.idOf("distinct", r.conn.ID, ids[record.CRM], ids[record.Outlook])
}

// matchPrint is a fingerprint of what matching looks at: the keys and the words of the name.
func (r *run) matchPrint(c match.Candidate) uint64 {
	var b []byte
	add := func(list []uint64) {
		list = slices.Clone(list)
		slices.Sort(list)
		b = binary.AppendUvarint(b, uint64(len(list)))
		for _, x := range slices.Compact(list) {
			b = binary.BigEndian.AppendUint64(b, x)
		}
	}
	add(c.Emails)
	add(c.Phones)
	words := make([]uint64, len(c.Name))
	for i, w := range c.Name {
		words[i] = w.Full
	}
	add(words)
	return r.e.ids.Text("match\x00" + string(b))
}

// distinctPairs are the pairs that matching leaves alone.
func (r *run) distinctPairs() map[[2]string]bool {
	pairs := make(map[[2]string]bool, len(r.distinct))
	for ids := range r.distinct {
		pairs[ids] = true
	}
	return pairs
}
