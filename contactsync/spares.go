package contactsync

import (
	"context"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// spares are the further cards of people whose CRM record is deleted: cards that were left beside the one in sync, and reported. Whoever
// deletes a person in the CRM does not mean that such a card bring them back, so none is imported; it stays in Outlook as a copy that was
// left behind, and is matched when the person comes to the CRM again.
type spares struct {
	open  []Problem          // that tell of such cards
	of    map[string][]Known // by CRM record
	twins map[string]bool    // cards that were to wait until another one of their person is in the CRM
	left  map[string]bool    // cards that this run leaves behind
	waits map[string]bool    // all of those: as long as the tie goes on beside which they were left, they stay as they are
}

// askOfSpares notes what is open about them, and has the CRM asked for the records of those at hand.
func (r *run) askOfSpares(open []Problem) {
	for _, p := range open {
		crm, item := p.Record[record.CRM], p.Record[record.Outlook]
		if p.Code != CodeSeveralMatches || p.Link != "" || item == "" {
			continue
		}
		r.spares.open = append(r.spares.open, p)
		if _, listed := r.live[record.Outlook][item]; listed && crm != "" {
			r.due[record.CRM][crm] = true
		}
	}
}

// readSpares finds those whose CRM record is deleted.
func (r *run) readSpares(ctx context.Context) error {
	s := &r.spares
	s.of, s.twins, s.left, s.waits = map[string][]Known{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	crmOf := map[string]string{}
	for _, p := range s.open {
		crm, item := p.Record[record.CRM], p.Record[record.Outlook]
		switch {
		case crm == "":
			s.twins[item] = true
		case r.live[record.CRM][crm].gone == Deleted:
			crmOf[item] = crm
		}
	}
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(crmOf)), linksPage) {
		known, err := r.e.cfg.State.KnownOf(ctx, r.conn.ID, chunk)
		if err != nil {
			return err
		}
		for _, k := range known {
			if crm := crmOf[k.ID]; !k.Orphan {
				s.of[crm], s.waits[k.ID] = append(s.of[crm], k), true
			}
		}
	}
	return nil
}

// leaveSparesOf leaves the further cards of a CRM record behind, with whose delete its tie ends or for which it rests.
func (r *run) leaveSparesOf(crm string) {
	for _, k := range r.spares.of[crm] {
		if r.linked[record.Outlook][k.ID] || r.spares.left[k.ID] {
			continue
		}
		k.Orphan, r.spares.left[k.ID] = true, true
		r.batch.Known = append(r.batch.Known, k)
	}
}

// leaveSparesAtHand keeps those that this run looks at from being imported by it: also a card that was to wait for another one of its person,
// who was deleted in the CRM, or taken back, before the two met.
func (r *run) leaveSparesAtHand(ctx context.Context, u *unlinked) error {
	var twins []string
	var keys []uint64
	for _, id := range u.outlook {
		if r.linked[record.Outlook][id] || u.known[id].Orphan {
			continue
		}
		if r.spares.twins[id] {
			twins, keys = append(twins, id), append(keys, candidateKeys(*u.keys[record.Outlook][id])...)
		}
	}
	for _, crm := range slices.Sorted(maps.Keys(r.spares.of)) {
		var still []Known
		for _, k := range r.spares.of[crm] {
			if c := u.keys[record.Outlook][k.ID]; c != nil && !r.linked[record.Outlook][k.ID] {
				if r.matchPrint(*c) != r.matchPrint(k.Candidate) && !r.takenForOne(*c, k.Candidate) { // it says somebody else by now
					delete(r.spares.waits, k.ID)
					continue
				}
				k.Candidate = *c
				u.known[k.ID] = Known{Candidate: *c, Orphan: true}
			}
			still = append(still, k)
		}
		r.spares.of[crm] = still
		if !r.linked[record.CRM][crm] { // its tie has ended before
			r.leaveSparesOf(crm)
		}
	}
	if len(twins) == 0 {
		return nil
	}
	return r.leaveTwins(ctx, u, twins, keys)
}

// leaveTwins keeps cards from being imported that were to wait for another one of their person, whose record was deleted before or is found to
// be in this run. Where that one's record is made again, they wait on; so they do in a run for some records, which would not hear of the delete.
func (r *run) leaveTwins(ctx context.Context, u *unlinked, twins []string, keys []uint64) error {
	slices.Sort(keys)
	var orphans []Known
	for chunk := range slices.Chunk(slices.Compact(keys), linksPage) {
		known, err := r.e.cfg.State.KnownBy(ctx, r.conn.ID, chunk)
		if err != nil {
			return err
		}
		orphans = append(orphans, slices.DeleteFunc(known, func(k Known) bool { return !k.Orphan })...)
	}
	first, err := r.bereftCards(ctx)
	if err != nil {
		return err
	}
	for _, id := range twins {
		if r.mode.crmIDs != nil {
			r.waitOn(u, id)
			continue
		}
		c := u.keys[record.Outlook][id]
		isOf := func(k Known) bool { return k.ID != id && r.takenForOne(*c, k.Candidate) }
		if i := slices.IndexFunc(first, isOf); i >= 0 {
			l := r.bereft[record.Outlook][first[i].ID]
			if r.judge(l, r.halves(l.IDs)).ops[record.CRM] == Create {
				r.waitOn(u, id)
				continue
			}
			orphans = append(orphans, first[i])
		}
		if slices.ContainsFunc(orphans, isOf) {
			u.known[id] = Known{Candidate: *c, Orphan: true}
			r.batch.Known = append(r.batch.Known, u.known[id])
		}
	}
	return nil
}

// waitOn keeps a card waiting for another one of its person, unless it is asked about.
func (r *run) waitOn(u *unlinked, id string) {
	if !u.held[record.Outlook][id] {
		u.held[record.Outlook][id] = true
		r.reportTwin(id)
	}
}

// bereftCards are the cards that are left of those whose record was deleted in the CRM since the last run, in order of id.
func (r *run) bereftCards(ctx context.Context) (cards []Known, err error) {
	ids := slices.Sorted(maps.Keys(r.bereft[record.Outlook]))
	unread := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return r.live[record.Outlook][id].rec != nil })
	if err := r.fetch(ctx, record.Outlook, unread); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if rec := r.live[record.Outlook][id].rec; rec != nil {
			cards = append(cards, Known{Candidate: r.candidate(record.Outlook, rec)})
		}
	}
	return cards, nil
}

// takenForOne reports whether two cards share what the settings match by, and no name speaks against it.
func (r *run) takenForOne(a, b match.Candidate) bool {
	score, known := match.Agrees(a.Name, b.Name)
	return r.shareKeys(a, b) && !(known && score == 0)
}
