package match

import (
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// pair is an edge or a block with what was found about it. A block stands at the first of its members.
type pair struct {
	edge
	block *block
	kinds keyKind // the kinds of keys they share
	own   bool    // an address they share is no mailbox of several people by its name
	like  likeness
	value float64
	// certain pairs are linked; the others are in doubt.
	certain bool
	several bool
	// distinct: a person said that they are two. Of a block, some of its members may be.
	distinct bool
}

// judged are the pairs of candidates, to be looked up by either side.
type judged struct {
	people people
	pairs  []pair
	// of lists, for each candidate of a side, the pairs it is in; blocks are left out.
	of [2]adjacency
}

// adjacency is for each candidate the pairs it is in: those from[i] up to from[i+1] of list.
type adjacency struct {
	from []int32
	list []int32
}

func (a *adjacency) pairs(candidate int32) []int32 {
	return a.list[a.from[candidate]:a.from[candidate+1]]
}

// judge compares the names of all who share a key and says which pairs are certain.
func judge(p people, b bonds, opt Options) *judged {
	j := &judged{people: p, pairs: make([]pair, 0, len(b.edges)+len(b.blocks))}
	for _, e := range b.edges {
		c, o := p[record.CRM][e.at[record.CRM]], p[record.Outlook][e.at[record.Outlook]]
		if c.Elsewhere && o.Elsewhere {
			continue
		}
		x := pair{edge: e, like: compare(c.Name, o.Name), distinct: opt.Distinct[[2]string{c.ID, o.ID}]}
		if shareAny(c.Emails, o.Emails) {
			x.kinds |= byEmail
			x.own = shareOwn(c.Emails, o.Emails)
			x.mine = x.mine || x.own && opt.By == ByPhone // who else has it, is not known
		}
		if shareAny(c.Phones, o.Phones) {
			x.kinds |= byPhone
		}
		j.pairs = append(j.pairs, x)
	}
	edges := len(j.pairs)
	for i := range b.blocks {
		bl := &b.blocks[i]
		j.pairs = append(j.pairs, pair{edge: edge{at: [2]int32{bl.members[0][0], bl.members[1][0]}, known: bl.known, holders: bl.holders}, block: bl, kinds: bl.kind, like: bl.like})
	}
	for side := range j.of {
		j.of[side] = adjacent(len(p[side]), j.pairs[:edges], record.Side(side))
	}
	for i := range j.pairs {
		x := &j.pairs[i]
		x.value = x.worth()
		x.certain = !x.distinct && j.isCertain(x)
	}
	return j
}

func adjacent(candidates int, pairs []pair, side record.Side) adjacency {
	a := adjacency{from: make([]int32, candidates+2), list: make([]int32, len(pairs))}
	for i := range pairs {
		a.from[pairs[i].at[side]+2]++
	}
	for i := 2; i < len(a.from); i++ {
		a.from[i] += a.from[i-1]
	}
	for i := range pairs {
		c := pairs[i].at[side] + 1
		a.list[a.from[c]] = int32(i)
		a.from[c]++
	}
	return a
}

func shareAny(a, b []uint64) bool {
	return slices.ContainsFunc(a, func(k uint64) bool { return slices.Contains(b, k) })
}

// shareOwn is shareAny of addresses that may be one person's.
func shareOwn(a, b []uint64) bool {
	return slices.ContainsFunc(a, func(k uint64) bool { return k&roleBit == 0 && slices.Contains(b, k) })
}

// members are the pair's candidates on the side, of which an edge has one.
func (x *pair) members(side record.Side) []int32 {
	if x.block == nil {
		return x.at[side : side+1]
	}
	return x.block.members[side]
}

// worth is how likely a pair is, from 0 to 1.
func (x *pair) worth() float64 {
	v := 0.4
	switch x.kinds {
	case byEmail:
		v = 0.45
	case byEmail | byPhone:
		v = 0.5
	}
	if x.like.grade == missing {
		v += 0.2
	}
	v += 0.5 * x.like.score
	if !x.alone {
		v -= 0.05
	}
	return v
}

// faint reports whether a pair has no more in common than a crowd's key and names that fit in less than two whole words: it is asked
// about, and says nothing about others.
func (x *pair) faint() bool { return !x.known && x.like.grade < near }

// isCertain says whether a pair is one person beyond doubt. They share a key, which is not a crowd's, and
//
//   - their names are the same, of two words or more; or
//   - the names fit in two words, and a key is nobody else's; or
//   - the names fit in one word only, or one is missing, a key is nobody else's, and nothing else tells them apart.
//
// Where all they share is a number, which is a household's more often than not, names must agree in two words and have
// none that the other lacks. A mailbox of several people, be it one by its name or by who else has it, adds nothing to that:
// the desk's number and the desk's address are the desk's twice. And of a number that others have too the same name will do
// only where nothing else tells them apart: of one that nobody else has, where not both their addresses and their other
// numbers do. None is certain where somebody else who shares a key could be meant as well.
func (j *judged) isCertain(x *pair) bool {
	numberOnly := x.kinds == byPhone
	switch grade := x.like.grade; {
	case grade == disagree || !x.known:
		return false
	case grade == strong && x.like.score == 1:
		if x.block != nil {
			return !numberOnly || len(x.members(record.CRM)) == 1
		}
		if x.alone {
			return !numberOnly || !j.farApart(x)
		}
		return (!numberOnly || !j.apart(x)) && !j.twinned(x)
	case x.block != nil:
		return false
	case !x.own && x.like.gap > 0 || !x.mine && grade < near:
		return false
	case grade == strong:
		return (x.alone || x.own && x.kinds == byEmail|byPhone) && !j.rivalled(x)
	}
	return x.alone && !j.apart(x) && !j.rivalled(x)
}

// twinned reports whether the CRM has somebody else of a name that fits, who shares a key with the item and is not plainly
// the same person typed twice: father and son, or, where a number is all that ties them, two namesakes at one switchboard.
func (j *judged) twinned(x *pair) bool {
	self := x.at[record.CRM]
	rivals := j.of[record.Outlook].pairs(x.at[record.Outlook])
	if len(rivals) > manyRivals {
		return true
	}
	for _, i := range rivals {
		r := &j.pairs[i]
		rival := r.at[record.CRM]
		if rival == self || r.like.score == 0 || r.faint() {
			continue
		}
		if r.like.score < 1 || x.kinds == byPhone {
			return true
		}
	}
	return false
}

// apart reports whether the two have different addresses, or different numbers, besides what they share.
func (j *judged) apart(x *pair) bool {
	c, o := j.people[record.CRM][x.at[record.CRM]], j.people[record.Outlook][x.at[record.Outlook]]
	return eachHasOwn(c.Emails, o.Emails) || eachHasOwn(c.Phones, o.Phones)
}

// farApart reports whether the two have different addresses and different numbers besides what they share: namesakes at one
// switchboard.
func (j *judged) farApart(x *pair) bool {
	c, o := j.people[record.CRM][x.at[record.CRM]], j.people[record.Outlook][x.at[record.Outlook]]
	return eachHasOwn(c.Emails, o.Emails) && eachHasOwn(c.Phones, o.Phones)
}

func eachHasOwn(a, b []uint64) bool {
	return slices.ContainsFunc(a, func(k uint64) bool { return !slices.Contains(b, k) }) &&
		slices.ContainsFunc(b, func(k uint64) bool { return !slices.Contains(a, k) })
}

// manyRivals is how many others may be looked at before a pair is called ambiguous.
const manyRivals = 32

// rivalled reports whether a side has another candidate, of a name that disagrees with this pair's, who agrees with the
// pair's other candidate: "P. Jansen" is Piet or Petra.
func (j *judged) rivalled(x *pair) bool {
	return j.rivalledOn(x, record.CRM) || j.rivalledOn(x, record.Outlook)
}

func (j *judged) rivalledOn(x *pair, side record.Side) bool {
	self, other := x.at[side], x.at[side.Other()]
	rivals := j.of[side.Other()].pairs(other)
	if len(rivals) > manyRivals {
		return true
	}
	for _, i := range rivals {
		r := &j.pairs[i]
		rival := r.at[side]
		if rival == self || r.like.score == 0 || r.faint() {
			continue
		}
		if compare(j.people[side][self].Name, j.people[side][rival].Name).grade == disagree {
			return true
		}
	}
	return false
}

// reasons are why a pair is likely or not, the weightiest first.
func (x *pair) reasons() []string {
	var out []string
	if x.kinds&byEmail != 0 {
		out = append(out, "sameEmail")
	}
	if x.kinds&byPhone != 0 {
		out = append(out, "samePhone")
	}
	switch {
	case x.like.grade == missing:
		out = append(out, "nameMissing")
	case x.like.score == 1:
		out = append(out, "sameName")
	case x.like.score > 0:
		out = append(out, "nameFits")
	default:
		out = append(out, "nameDisagrees")
	}
	if !x.alone {
		out = append(out, "sharedKey")
	}
	if x.several {
		out = append(out, "several")
	}
	return out
}
