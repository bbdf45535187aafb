package contactsync

import (
	"context"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// addKnown brings in the known items that share a key with a CRM record, and what is known of the items that were listed.
// After a complete listing everything is at hand already, except which items are orphans.
func (r *run) addKnown(ctx context.Context, u *unlinked) error {
	if !r.full[record.Outlook] {
		known, err := r.knownBy(ctx, r.keysOfCRM(u))
		if err != nil {
			return err
		}
		for _, k := range known {
			u.known[k.ID] = k
		}
		if err := r.readKnown(ctx, u); err != nil {
			return err
		}
	}
	known, err := r.knownOf(ctx, u.outlook) // on a first run too: one before it may have been stopped
	if err != nil {
		return err
	}
	for _, k := range known {
		u.known[k.ID] = k
		r.orphans[k.ID] = k.Orphan
	}
	return r.addOrphans(ctx, u)
}

// keysOfCRM are the keys of the CRM records that known items are looked for by.
func (r *run) keysOfCRM(u *unlinked) []uint64 {
	var keys []uint64
	for _, id := range u.crm {
		keys = append(keys, candidateKeys(*u.keys[record.CRM][id])...)
	}
	for _, rec := range r.bereftRecords(record.CRM) {
		keys = append(keys, candidateKeys(r.candidate(record.CRM, rec))...)
	}
	for id := range u.strangers {
		if r.terms.Match.Ineligible != ineligibleIgnore {
			keys = append(keys, candidateKeys(*u.keys[record.CRM][id])...)
		}
	}
	return keys
}

// knownBy returns the known items that have any of the keys and are still without a partner.
func (r *run) knownBy(ctx context.Context, keys []uint64) ([]Known, error) {
	slices.Sort(keys)
	var all []Known
	for chunk := range slices.Chunk(slices.Compact(keys), linksPage) {
		known, err := r.e.cfg.State.KnownBy(ctx, r.conn.ID, chunk)
		if err != nil {
			return nil, err
		}
		all = append(all, known...)
	}
	return r.untied(ctx, all)
}

// knownOf returns those of the items that are known and still without a partner.
func (r *run) knownOf(ctx context.Context, ids []string) ([]Known, error) {
	var all []Known
	for chunk := range slices.Chunk(ids, linksPage) {
		known, err := r.e.cfg.State.KnownOf(ctx, r.conn.ID, chunk)
		if err != nil {
			return nil, err
		}
		all = append(all, known...)
	}
	return r.untied(ctx, all)
}

// unheardOf returns those of the items that the State knows nothing of, or no more than that they wait for their record. Should it have been
// lost, their stamps tell whose they are.
func (r *run) unheardOf(ctx context.Context, u *unlinked, ids []string) ([]string, error) {
	if len(ids) == 0 || !r.terms.allow[record.CRM].Create && !r.terms.allow[record.Outlook].Create {
		return nil, nil
	}
	heard := map[string]bool{}
	for chunk := range slices.Chunk(ids, linksPage) {
		known, err := r.e.cfg.State.KnownOf(ctx, r.conn.ID, chunk)
		if err != nil {
			return nil, err
		}
		for _, k := range known {
			heard[k.ID] = true
		}
	}
	if len(heard) == 0 {
		return ids, nil
	}
	waiting, err := r.waitingCards(ctx, u)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(ids, func(id string) bool { return heard[id] && !waiting[id] }), nil
}

// untied leaves out the items that were listed as gone or that have a tie: a run that was stopped may have left an item known
// that it tied. Of orphans it notes the ties they had, which end when one is tied anew. Of those whose record an undo may still be
// deleting nobody knows yet whether they have a tie.
func (r *run) untied(ctx context.Context, known []Known) ([]Known, error) {
	tied, waits := map[string]bool{}, map[string]bool{}
	var ids []string
	for _, k := range known {
		ids = append(ids, k.ID)
	}
	slices.Sort(ids)
	for chunk := range slices.Chunk(slices.Compact(ids), linksPage) {
		links, err := r.linksOf(ctx, record.Outlook, chunk)
		if err != nil {
			return nil, err
		}
		if err := r.followResting(ctx, known, links); err != nil {
			return nil, err
		}
		for _, l := range links {
			r.noteStored(&l)
			r.noteApart(&l)
			switch id := l.IDs[record.Outlook]; l.Phase {
			case Linked, Intended:
				tied[id] = tied[id] || r.resting[id].ID != l.ID
			case Detached:
				waits[id] = waits[id] || r.undoUnderWay(l)
				if !slices.Contains(r.orphanLinks[id], l.ID) {
					r.orphanLinks[id] = append(r.orphanLinks[id], l.ID)
				}
			}
		}
	}
	return slices.DeleteFunc(known, func(k Known) bool {
		r.known[k.ID] = true
		if tied[k.ID] {
			r.linked[record.Outlook][k.ID] = true
			r.batch.DropKnown = append(r.batch.DropKnown, k.ID)
			return true
		}
		h, listed := r.live[record.Outlook][k.ID]
		return waits[k.ID] || r.retied[k.ID] || listed && h.rec == nil || !k.Orphan && r.linked[record.Outlook][k.ID]
	}), nil
}

// noteResting notes a link that goes on though its CRM record is deleted: its item may be tied anew like an orphan.
func (r *run) noteResting(l Link) {
	item := l.IDs[record.Outlook]
	if _, noted := r.resting[item]; !noted {
		r.detached = append(r.detached, item)
	}
	r.resting[item] = l
}

// followResting judges those links of orphans that go on, and that this run did not come upon: their record may be deleted still.
func (r *run) followResting(ctx context.Context, known []Known, links []Link) error {
	orphan := map[string]bool{}
	for _, k := range known {
		orphan[k.ID] = k.Orphan
	}
	links = slices.DeleteFunc(slices.Clone(links), func(l Link) bool {
		return l.Phase != Linked || l.Version != [2]string{} || r.judged[l.ID] || !orphan[l.IDs[record.Outlook]]
	})
	if len(links) == 0 {
		return nil
	}
	var unread []string
	for _, l := range links {
		if id := l.IDs[record.CRM]; !r.live[record.CRM][id].read() {
			unread = append(unread, id)
		}
	}
	if err := r.fetch(ctx, record.CRM, unread); err != nil {
		return err
	}
	r.current(links)
	return r.follow(ctx, links)
}

// readKnown reads the known items that share a key with a CRM record, so that they are matched as after a complete listing:
// with all who share a key with them.
func (r *run) readKnown(ctx context.Context, u *unlinked) error {
	var unread []string
	for id := range u.known {
		if _, ok := r.live[record.Outlook][id]; !ok {
			unread = append(unread, id)
		}
	}
	if err := r.fetch(ctx, record.Outlook, unread); err != nil {
		return err
	}
	var gone []string
	for _, id := range unread {
		switch h := r.live[record.Outlook][id]; {
		case h.gone == Unknown:
			r.waitForKnown(u, u.known[id])
			delete(u.known, id)
		case h.rec == nil:
			gone = append(gone, id)
			delete(u.known, id)
		case !r.linked[record.Outlook][id]:
			u.outlook = append(u.outlook, id)
			u.note(record.Outlook, r.candidate(record.Outlook, h.rec))
			r.judgedRecord[record.Outlook][id] = true
		}
	}
	slices.Sort(u.outlook)
	return r.dropKnown(ctx, gone)
}

// waitForKnown holds the CRM records whose item may be one of which the folder cannot tell at present: they are looked at again
// together, and nothing is made beside it.
func (r *run) waitForKnown(u *unlinked, k Known) {
	for _, crm := range u.crm {
		if share(candidateKeys(*u.keys[record.CRM][crm]), candidateKeys(k.Candidate)) {
			u.held[record.CRM][crm] = true
			r.unknownRecord([2]string{crm, k.ID}, record.Outlook)
		}
	}
}

// addOrphans brings in the orphans whose old tie was looked at, by the keys they have now.
func (r *run) addOrphans(ctx context.Context, u *unlinked) error {
	known, err := r.knownOf(ctx, r.detached)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(r.resting)) { // left before such items were noted
		if r.live[record.Outlook][id].rec != nil && !r.known[id] {
			known = append(known, Known{Candidate: match.Candidate{ID: id}, Orphan: true})
		}
	}
	for _, k := range known {
		if !k.Orphan {
			continue
		}
		u.known[k.ID] = k
		if rec := r.live[record.Outlook][k.ID].rec; rec != nil && r.whole(record.Outlook, rec) {
			k.Candidate = r.candidate(record.Outlook, rec)
			r.remember(k, u)
			u.known[k.ID] = k
			u.orphans = append(u.orphans, k.ID)
		}
	}
	return nil
}

// knownBeside returns the known items that share a key with the CRM records found for other items: whoever else could be
// meant makes a match less certain. After a complete listing they are all at hand.
func (r *run) knownBeside(ctx context.Context, u *unlinked, found []match.Candidate) ([]Known, error) {
	if r.full[record.Outlook] {
		return nil, nil
	}
	var keys []uint64
	for _, c := range found {
		keys = append(keys, candidateKeys(c)...)
	}
	known, err := r.knownBy(ctx, keys)
	if err != nil {
		return nil, err
	}
	var beside []Known
	for _, k := range known {
		if _, had := u.known[k.ID]; !had && r.live[record.Outlook][k.ID] == (half{}) {
			u.known[k.ID] = k
			beside = append(beside, k)
		}
	}
	return beside, nil
}

// dropKnown forgets unlinked items that are confirmed gone from the folder.
func (r *run) dropKnown(ctx context.Context, ids []string) error {
	var unsure []string
	for chunk := range slices.Chunk(ids, linksPage) {
		known, err := r.e.cfg.State.KnownOf(ctx, r.conn.ID, chunk)
		if err != nil {
			return err
		}
		for _, k := range known {
			if r.live[record.Outlook][k.ID].gone == Unknown {
				unsure = append(unsure, k.ID)
				continue
			}
			r.batch.DropKnown = append(r.batch.DropKnown, k.ID)
		}
	}
	if err := r.fetch(ctx, record.Outlook, unsure); err != nil {
		return err
	}
	for _, id := range unsure {
		if gone := r.live[record.Outlook][id].gone; gone == Deleted || gone == Moved {
			r.judgedRecord[record.Outlook][id] = true
			r.batch.DropKnown = append(r.batch.DropKnown, id)
		}
	}
	return nil
}

// remember notes an item without a partner, where that is news. One of which a person is asked is saved with the question, and not before:
// the run after a stop in between would take it for one whose question was settled.
func (r *run) remember(k Known, u *unlinked) {
	if old, ok := u.known[k.ID]; ok && old.Orphan == k.Orphan && sameCandidate(old.Candidate, k.Candidate) {
		return
	}
	if u.held[record.Outlook][k.ID] {
		r.asking = append(r.asking, k)
		return
	}
	r.batch.Known = append(r.batch.Known, k)
}

func sameCandidate(a, b match.Candidate) bool {
	return slices.Equal(a.Emails, b.Emails) && slices.Equal(a.Phones, b.Phones) && slices.Equal(a.Name, b.Name) && a.Created.Equal(b.Created)
}
