package contactsync

import (
	"maps"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// retieAlike looks whether those whom this run would make again were typed in again, where no match key tells: they would be there twice.
// Who holds the same is tied to what is left; so is who has the name in full and something else in common and says nothing otherwise, if
// nobody else does. Several cards of one record count as one. Where that is not certain a person is asked, and nothing is made of either.
func (r *run) retieAlike(u *unlinked) {
	for _, gone := range []record.Side{record.CRM, record.Outlook} {
		again := r.typedIn(u, gone)
		if len(again)+len(r.asked) == 0 {
			continue
		}
		lost := r.wouldMake(gone)
		r.compareLost(gone, lost, again)
		for _, sure := range []sureness{certain, likely} {
			for _, one := range lost {
				r.tieLost(gone, one, sure)
			}
		}
		for _, one := range lost {
			r.askLost(u, gone, one)
		}
	}
}

// lostOne is somebody whose record is gone, and would be made again from what is left.
type lostOne struct {
	link  Link
	left  string // the id of what is left
	back  bool   // this run would make them again
	made  record.Fields
	who   match.Candidate
	alike [certain + 1][]*retypedOne
}

// retypedOne is a record that no run has met before.
type retypedOne struct {
	rec   *record.Record
	who   *match.Candidate
	doubt bool       // it may have been there all along: nothing is made of it in Outlook
	alike []*lostOne // who are likely the same
	tied  bool
}

// sureness is how sure it is that a record is of the person who would be made again.
type sureness int

const (
	apart   sureness = iota
	unsure           // a person has to say
	likely           // unless others are as likely
	certain          // or any is as good
)

// wouldMake are those who would be made again on a side, in the order of what is left.
func (r *run) wouldMake(gone record.Side) (lost []*lostOne) {
	left := gone.Other()
	for _, id := range slices.Sorted(maps.Keys(r.bereft[left])) {
		l := r.bereft[left][id]
		if r.live[left][id].rec == nil || l.pending() {
			continue
		}
		v := r.judge(l, r.halves(l.IDs))
		one := &lostOne{link: l, left: id, back: v.ops[gone] == Create}
		if !one.back {
			anew := l
			anew.IDs[gone] = ""
			v = r.judgeCreate(anew, gone, r.live[left][id].rec)
		}
		one.made = r.terms.empty[gone].With(v.set[gone])
		one.who = r.candidate(gone, &record.Record{ID: id, Fields: one.made})
		lost = append(lost, one)
	}
	return lost
}

// typedIn are the records on a side that no run has met before, or that a run asked about.
func (r *run) typedIn(u *unlinked, side record.Side) (again []*retypedOne) {
	asked := r.askedOf[side]
	for _, id := range [2][]string{u.crm, u.outlook}[side] {
		_, rests := r.withoutItem[id]
		k, known := u.known[id]
		if r.linked[side][id] || u.held[side][id] || side == record.CRM && rests || k.Orphan || known && !asked[id] {
			continue
		}
		one := &retypedOne{rec: r.live[side][id].rec, who: u.keys[side][id]}
		since := r.fromBackup() && r.imported(u, id)             // the card may have come back since, and been imported
		if side == record.CRM && one.rec.Stamp != "" && !since { // made from a card, not typed in
			continue
		}
		one.doubt = side == record.CRM && !r.terms.allow[record.Outlook].Create
		again = append(again, one)
	}
	return again
}

// compareLost finds for each of those who would be made again who may be the same.
func (r *run) compareLost(side record.Side, lost []*lostOne, again []*retypedOne) {
	by := map[uint64][]*retypedOne{}
	for _, one := range again {
		for _, k := range r.toldBy(side, one.rec.Fields, one.who) {
			by[k] = append(by[k], one)
		}
	}
	for _, was := range lost {
		met := map[*retypedOne]bool{}
		for _, k := range r.toldBy(side, was.made, &was.who) {
			for _, one := range by[k] {
				told := r.toldApart(was.pair(side, one)) || side == record.CRM && r.saidApart(was.link, one.rec.ID)
				if met[one] || told {
					continue
				}
				met[one] = true
				sure := r.howSure(side, was, one)
				was.alike[sure] = append(was.alike[sure], one)
				if sure == likely {
					one.alike = append(one.alike, was)
				}
			}
		}
	}
}

// toldBy is what is the same of two records that may be of one person: the words of the name or, without one, what some rule says.
func (r *run) toldBy(side record.Side, f record.Fields, who *match.Candidate) (keys []uint64) {
	if len(who.Name) > 0 {
		var name uint64
		for _, w := range who.Name { // in any order
			name += w.Full
		}
		return []uint64{name}
	}
	both := [2]record.Fields(r.terms.empty)
	both[side] = f
	for _, t := range r.traits(r.terms.merger.Look(nil, both), side, f) {
		keys = append(keys, r.e.ids.Text("trait\x00"+t.rule)^t.print)
	}
	return keys
}

// howSure compares what would be made with what is there. Where both have match keys, those tell.
func (r *run) howSure(side record.Side, was *lostOne, one *retypedOne) sureness {
	if len(candidateKeys(was.who)) > 0 && len(candidateKeys(*one.who)) > 0 {
		return apart
	}
	agree, more, differ, rest := r.compare(side, was.made, one.rec.Fields)
	named := match.Alike(was.who.Name, one.who.Name)
	switch {
	case differ && !named, !agree:
		return apart
	case differ, one.doubt:
		return unsure
	case !rest:
		return certain
	case named && more:
		return likely
	}
	return unsure
}

// compare says of two records of a side whether they agree in something that is mapped, and in more than a name, whether they differ in
// anything, and whether one has something of which the other says nothing.
func (r *run) compare(side record.Side, a, b record.Fields) (agree, more, differ, rest bool) {
	for i := range r.terms.rules.Rules {
		for _, f := range r.terms.rules.Rules[i].Fields[side] {
			v, _ := a.Get(f.Name)
			w, _ := b.Get(f.Name)
			switch {
			case v.IsEmpty() && w.IsEmpty():
			case v.IsEmpty() || w.IsEmpty():
				rest = true
			case !f.Equal(v, w, r.terms.rules.Locale):
				differ = true
			default:
				agree, more = true, more || f.Type != record.Name
			}
		}
	}
	return agree, more, differ, rest
}

// pair are the two records that would be tied.
func (was *lostOne) pair(gone record.Side, one *retypedOne) (ids [2]string) {
	ids[gone], ids[gone.Other()] = one.rec.ID, was.left
	return ids
}

// tiedAnew reports whether what is left of somebody has its partner: it may be one of several cards of a record.
func (r *run) tiedAnew(gone record.Side, was *lostOne) bool {
	_, waits := r.bereft[gone.Other()][was.left]
	return !waits
}

func (r *run) tieLost(gone record.Side, was *lostOne, sure sureness) {
	free := slices.DeleteFunc(slices.Clone(was.alike[sure]), func(one *retypedOne) bool { return one.tied })
	if r.tiedAnew(gone, was) || len(free) == 0 {
		return
	}
	one := free[0]
	others := slices.DeleteFunc(slices.Clone(one.alike), func(other *lostOne) bool {
		return r.tiedAnew(gone, other) || other.link.IDs[gone] == was.link.IDs[gone]
	})
	if sure == likely && len(free)+len(others) > 1 {
		return
	}
	one.tied = true
	r.retieAll(gone.Other(), was.link, was.pair(gone, one))
}

// askLost asks whether somebody who would be made again is one that was typed in.
func (r *run) askLost(u *unlinked, gone record.Side, was *lostOne) {
	if !was.back || r.tiedAnew(gone, was) {
		return
	}
	left := gone.Other()
	for _, p := range r.asked {
		h, atHand := r.live[gone][p.Record[gone]]
		if p.Record[left] == was.left && (!atHand || h.gone == Unknown) && !r.toldApart(p.Record) {
			p.RetryAt = time.Time{}
			r.askBereft(u, was.link, left, p)
		}
	}
	who := r.candidate(left, r.live[left][was.left].rec)
	for n, one := range slices.Concat(was.alike[likely], was.alike[unsure]) {
		if one.tied || n > 0 && u.held[gone][one.rec.ID] {
			continue // it is asked about already
		}
		var pair [2]match.Candidate
		pair[gone], pair[left] = *one.who, who
		r.askBereft(u, was.link, left, r.doubtfulPair(pair[record.CRM], pair[record.Outlook]))
	}
}
