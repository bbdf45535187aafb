package contactsync

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// pairImported finds the items of CRM records that this connection once made from an item, and whose link is lost, where no key
// tells: the stamp says that there was an item in this folder, whether or not the filter selects the record. One that agrees
// in everything is it; so is one that differs only where a way is shut, if neither has another such partner. Where there are
// several, or only the name fits, or something without a name, a person is asked. Where links are missing, all items have to be there to choose from.
func (r *run) pairImported(ctx context.Context, u *unlinked) error {
	records := slices.DeleteFunc(slices.Concat(u.crm, slices.Sorted(maps.Keys(u.strangers))), func(crm string) bool { return !r.imported(u, crm) })
	if len(records) == 0 {
		return nil
	}
	if may, err := r.mayMake(ctx, u); err != nil || !may {
		return err
	}
	items := r.unpaired(u)
	shared, initials := r.byTrait(items), byInitial(u, items)
	similar, claims := map[string][]string{}, map[string]int{}
	for _, crm := range records {
		near, score := r.near(crm, shared)
		similar[crm] = r.mostAlike(u, crm, near, score)
	}
	for _, list := range similar {
		for _, item := range list {
			claims[item]++
		}
	}
	tied := func(item string) bool { return r.linked[record.Outlook][item] }
	for _, crm := range records {
		if similar[crm] = slices.DeleteFunc(similar[crm], tied); len(similar[crm]) == 1 && claims[similar[crm][0]] == 1 {
			r.enlistMatch(crm, similar[crm][0])
		}
	}
	for _, crm := range records {
		if r.linked[record.CRM][crm] {
			continue
		}
		perhaps := slices.DeleteFunc(similar[crm], tied)
		if len(perhaps) == 0 { // also where what is alike turned out to be another's
			near, score := r.near(crm, shared)
			perhaps = r.fitting(u, crm, initials, near, score)
		}
		for i, item := range perhaps {
			if i > 0 && u.held[record.Outlook][item] {
				continue // it is asked about already
			}
			u.held[record.CRM][crm], u.held[record.Outlook][item] = true, true
			r.problem(r.doubtfulImport(u, crm, item))
		}
	}
	return nil
}

// imported reports whether an unlinked CRM record was made by this connection, from an item that no link tells of any more.
func (r *run) imported(u *unlinked, crm string) bool {
	rec := r.live[record.CRM][crm].rec
	if _, resting := r.withoutItem[crm]; resting || r.linked[record.CRM][crm] || u.held[record.CRM][crm] || rec == nil || !rec.StampRead {
		return false
	}
	s, ok := r.ownStamp(rec.Stamp)
	if !ok && r.forgetful() { // whose edit revived it, its stamp does not tell
		old, err := ParseStamp(rec.Stamp)
		return err == nil && strings.EqualFold(rec.Stamp, r.reviveStamp(old.Record))
	}
	return ok && s.Record == ""
}

// leaveImported leaves CRM records that were made from items to the next run where that will tie items which this one holds.
func (r *run) leaveImported(u *unlinked) {
	if len(r.apart[record.Outlook]) == 0 {
		return
	}
	for _, id := range slices.Concat(u.crm, slices.Sorted(maps.Keys(u.strangers))) {
		if r.imported(u, id) {
			u.held[record.CRM][id] = true
			r.leaveToNext([2]string{record.CRM: id})
		}
	}
}

// unpaired are the listed items that nothing is known to belong to, in order of id.
func (r *run) unpaired(u *unlinked) []string {
	return slices.DeleteFunc(slices.Clone(u.outlook), func(id string) bool {
		_, own := r.ownStamp(r.live[record.Outlook][id].rec.Stamp)
		own = own && !r.hasGaps() // a copy of a card has its stamp, and may have been imported since
		return own || r.linked[record.Outlook][id] || u.held[record.Outlook][id] || u.known[id].Orphan
	})
}

// trait is what one rule says of a record, as a fingerprint. A CRM record shares traits with the one that would be made of its item.
type trait struct {
	rule  string
	print uint64
}

// byTrait are the items by the traits of the record that each would make, of whichever kind that has become since.
func (r *run) byTrait(items []string) map[trait][]string {
	shared, m := map[trait][]string{}, r.terms.merger
	m.KindOf = nil
	for _, id := range items {
		v := r.judgeCreateBy(m, Link{}, record.CRM, r.live[record.Outlook][id].rec)
		for _, t := range r.traits(v.out.Seen, record.CRM, v.out.Set[record.CRM]) {
			shared[t] = append(shared[t], id)
		}
	}
	return shared
}

// traits are those of a record, of rules that say anything.
func (r *run) traits(seen []conflict.Seen, side record.Side, f record.Fields) []trait {
	var traits []trait
	for _, s := range seen {
		if r.says(s.Rule, side, f) {
			traits = append(traits, trait{s.Rule, s.Typed[side]})
		}
	}
	return traits
}

// says reports whether a rule has a value in a record.
func (r *run) says(rule string, side record.Side, f record.Fields) bool {
	for i := range r.terms.rules.Rules {
		c := &r.terms.rules.Rules[i]
		if c.ID == rule {
			return slices.ContainsFunc(c.Fields[side], func(field record.Field) bool {
				v, _ := f.Get(field.Name)
				return !v.IsEmpty()
			})
		}
	}
	return false
}

// near are the items that share traits with a record, those that share most first, and how many each shares.
func (r *run) near(crm string, shared map[trait][]string) (items []string, score map[string]int) {
	f := r.live[record.CRM][crm].rec.Fields
	score = map[string]int{}
	for _, t := range r.traits(r.terms.merger.Look(nil, [2]record.Fields{record.CRM: f, record.Outlook: r.terms.empty[record.Outlook]}), record.CRM, f) {
		for _, item := range shared[t] {
			score[item]++
		}
	}
	return slices.SortedFunc(maps.Keys(score), func(a, b string) int { return cmp.Or(score[b]-score[a], compareIDs(a, b)) }), score
}

// mostAlike are, of the items near a record, those that differ from it by shut ways at most: of several the ones that share most
// with it. One that holds the same is tied to it at once: of several any is as good.
func (r *run) mostAlike(u *unlinked, crm string, near []string, score map[string]int) []string {
	var alike []string
	rival := 0 // what one shares that may be its item, and was edited since
	for _, item := range near {
		if r.linked[record.Outlook][item] || r.toldApart([2]string{crm, item}) {
			continue
		}
		if len(alike) > 0 && score[item] < score[alike[0]] {
			break
		}
		switch r.likeness(u, crm, item) {
		case same:
			r.enlistMatch(crm, item)
			return nil
		case similar:
			if score[item] >= rival {
				alike = append(alike, item)
			}
		case unlike:
			if points, known := match.Agrees(u.keys[record.CRM][crm].Name, u.keys[record.Outlook][item].Name); !known || points > 0 {
				rival = max(rival, score[item])
			}
		}
	}
	return alike
}

// likeness is how two unlinked records compare, as far as anything is mapped.
type likeness int

const (
	unlike  likeness = iota
	similar          // they differ where nothing could have been carried, and agree in something
	same             // they hold the same
)

func (r *run) likeness(u *unlinked, crm, item string) likeness {
	ids := [2]string{crm, item}
	v := r.judgeMerge(Link{Conn: r.conn.ID, IDs: ids, Phase: Linked}, r.halves(ids))
	if v.writes() || v.needs != [2]bool{} || len(v.out.Asked) > 0 {
		return unlike
	}
	whole, agree := len(v.asked) == 0, false // else the other side could not hold a value
	for _, s := range v.link.Seen {
		switch s.Diverged {
		case conflict.Agreed:
			agree = agree || r.says(s.Rule, record.CRM, r.live[record.CRM][crm].rec.Fields) && r.says(s.Rule, record.Outlook, r.live[record.Outlook][item].rec.Fields)
		case conflict.NotToCRM, conflict.NotToOutlook, conflict.NotAllowed,
			conflict.LostFirstOnly, conflict.LostCut, conflict.LostNotListed, conflict.LostOneWay, conflict.LostKeptOther:
			whole = false
		case conflict.OtherKind: // it says nothing of this record, which one without it is more like
			whole = whole && !r.says(s.Rule, record.Outlook, r.live[record.Outlook][item].rec.Fields)
		default:
			return unlike
		}
	}
	score, known := match.Agrees(u.keys[record.CRM][crm].Name, u.keys[record.Outlook][item].Name)
	switch {
	case !agree:
		return unlike
	case whole && r.selects(r.live[record.Outlook][item].rec) && !r.keyless(*u.keys[record.Outlook][item]): // else no record would be made of it
		return same
	case known && score == 0:
		return unlike
	}
	return similar
}

// selects reports whether the settings let an item come into the CRM.
func (r *run) selects(item *record.Record) bool {
	return !r.terms.private(item.Fields) && r.terms.OutlookFilter.Eval(item.Fields, r.terms.env(r.conn, r.start)) == filter.Yes
}

// keyless reports whether a record has no match key, where the settings ask for one.
func (r *run) keyless(c match.Candidate) bool {
	return r.terms.Match.RequireKey && len(candidateKeys(c)) == 0
}

// byInitial are the items by the initials of their names.
func byInitial(u *unlinked, items []string) map[uint64][]string {
	fits := map[uint64][]string{}
	for _, id := range items {
		for _, word := range u.keys[record.Outlook][id].Name {
			fits[word.Initial] = append(fits[word.Initial], id)
		}
	}
	return fits
}

// fitting are the items that may be a record's by what they are called, and those that have no name to tell by, or the record has
// none: of these the ones that share most with it.
func (r *run) fitting(u *unlinked, crm string, byInitial map[uint64][]string, near []string, score map[string]int) []string {
	name := u.keys[record.CRM][crm].Name
	compare := func(item string) (fits, known bool) {
		points, known := match.Agrees(name, u.keys[record.Outlook][item].Name)
		return points > 0, known
	}
	another := func(item string) bool { return r.linked[record.Outlook][item] || r.toldApart([2]string{crm, item}) }
	var fitting []string
	for _, word := range name {
		for _, item := range byInitial[word.Initial] {
			if fits, _ := compare(item); fits && !another(item) {
				fitting = append(fitting, item)
			}
		}
	}
	slices.Sort(fitting)
	fitting = slices.Compact(fitting)
	most := 0
	for _, item := range near {
		if score[item] < most {
			break
		}
		if _, known := compare(item); !known && !another(item) {
			fitting, most = append(fitting, item), score[item]
		}
	}
	return fitting
}
