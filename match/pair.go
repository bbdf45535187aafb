package match

import (
	"cmp"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// Pair finds the pairs among candidates, each of which stands once in its list. It is linear in their number, but for
// sorting, and stays so where many share one key. The result does not depend on the order of the input.
func Pair(crm, outlook []Candidate, opt Options) Result {
	p := people{inOrder(crm), inOrder(outlook)}
	s := &settling{
		judged: judge(p, gather(p, keyIndex(p, opt.By)), opt),
		opt:    opt,
		taken:  [2][]int32{make([]int32, len(p[0])), make([]int32, len(p[1]))},
		waits:  [2][]bool{make([]bool, len(p[0])), make([]bool, len(p[1]))},
	}
	s.askSeveral()
	steps := s.steps()
	for _, x := range steps {
		if x.certain {
			s.link(x, opt.Several == All)
		}
	}
	if opt.LinkDoubtful {
		for _, x := range steps {
			if !x.certain && !x.several && !x.faint() && !s.waiting(x) {
				s.link(x, false)
			}
		}
	}
	s.spare(steps)
	s.doubt(steps)
	for _, list := range []*[]Pairing{&s.out.Links, &s.out.Doubtful, &s.out.Spare, &s.out.Strangers} {
		slices.SortFunc(*list, func(a, b Pairing) int { return cmp.Or(cmp.Compare(a.CRM, b.CRM), cmp.Compare(a.Outlook, b.Outlook)) })
	}
	return s.out
}

// settling gives candidates to each other.
type settling struct {
	*judged
	opt   Options
	out   Result
	taken [2][]int32 // how each candidate stands: free, with how many questions, or matched
	waits [2][]bool  // who is asked about because there are several
}

const matched = -1 // in settling.taken; a number from 0 counts questions

// steps are the pairs in the order they are to be looked at: the likeliest first, of equals a record of one's own before a
// stranger's, then the oldest.
func (s *settling) steps() []*pair {
	steps := make([]*pair, 0, len(s.pairs))
	for i := range s.pairs {
		if x := &s.pairs[i]; !x.distinct {
			steps = append(steps, x)
		}
	}
	slices.SortFunc(steps, func(a, b *pair) int {
		if a.value != b.value {
			return cmp.Compare(b.value, a.value)
		}
		return cmp.Or(s.strange(a)-s.strange(b), slices.Compare(a.at[:], b.at[:]), b.size()-a.size())
	})
	return steps
}

func (s *settling) strange(x *pair) int {
	if s.people[record.CRM][x.at[record.CRM]].Stranger {
		return 1
	}
	return 0
}

func (x *pair) size() int { return len(x.members(record.CRM)) * len(x.members(record.Outlook)) }

// askSeveral takes away the certainty of pairs whose CRM record would have several items.
func (s *settling) askSeveral() {
	if s.opt.Several != AskSeveral {
		return
	}
	items := make([]int, len(s.people[record.CRM]))
	for i := range s.pairs {
		if x := &s.pairs[i]; x.certain && (x.block != nil || s.free(record.Outlook, x.at[record.Outlook])) {
			for _, c := range x.members(record.CRM) {
				items[c] += len(x.members(record.Outlook))
			}
		}
	}
	for i := range s.pairs {
		x := &s.pairs[i]
		x.several = x.certain && slices.ContainsFunc(x.members(record.CRM), func(c int32) bool { return items[c] > 1 })
		if !x.several {
			continue
		}
		x.certain = false
		for side := range s.waits {
			for _, at := range x.members(record.Side(side)) {
				s.waits[side][at] = true
			}
		}
	}
}

func (s *settling) waiting(x *pair) bool {
	for side := range s.waits {
		if slices.ContainsFunc(x.members(record.Side(side)), func(at int32) bool { return s.waits[side][at] }) {
			return true
		}
	}
	return false
}

// free reports whether a candidate may still be given to somebody.
func (s *settling) free(side record.Side, at int32) bool {
	return s.taken[side][at] != matched && !s.people[side][at].Elsewhere
}

// link gives the pair to each other where both are free; under all, the CRM record may have others already. A block gives
// its members in order.
func (s *settling) link(x *pair, all bool) {
	rest := x.members(record.Outlook)
	for _, c := range x.members(record.CRM) {
		if s.people[record.CRM][c].Elsewhere {
			continue
		}
		var others []int32 // for those after c
		for len(rest) > 0 && (all || s.free(record.CRM, c)) {
			switch o := rest[0]; {
			case !s.free(record.Outlook, o):
			case s.distinct(c, o):
				others = append(others, o)
			default:
				s.give(x, c, o)
			}
			rest = rest[1:]
		}
		if len(others) > 0 {
			rest = append(others, rest...)
		}
	}
}

// distinct reports whether a person said of two candidates that they are two people.
func (s *settling) distinct(c, o int32) bool {
	return len(s.opt.Distinct) > 0 && s.opt.Distinct[[2]string{s.people[record.CRM][c].ID, s.people[record.Outlook][o].ID}]
}

func (s *settling) give(x *pair, c, o int32) {
	s.taken[record.CRM][c], s.taken[record.Outlook][o] = matched, matched
	list := &s.out.Links
	if s.people[record.CRM][c].Stranger {
		list = &s.out.Strangers
	}
	*list = append(*list, s.pairing(x, c, o))
}

func (s *settling) pairing(x *pair, c, o int32) Pairing {
	return Pairing{s.people[record.CRM][c].ID, s.people[record.Outlook][o].ID, Score{x.value, x.reasons(), int(x.holders)}}
}

// spare lists the items without a partner that may well belong to a CRM record that has one: their name does not
// speak against it, and no free record is as likely. That somebody with a name has the number of a record without one
// says too little.
func (s *settling) spare(steps []*pair) {
	has := func(c int32) bool { return s.taken[record.CRM][c] == matched || s.people[record.CRM][c].Elsewhere }
	for _, x := range steps {
		if x.like.grade == disagree || x.like.grade == missing && x.kinds == byPhone && s.named(x.at[record.Outlook]) {
			continue
		}
		i := slices.IndexFunc(x.members(record.CRM), has)
		if i < 0 {
			continue
		}
		x.several = true
		for _, o := range x.members(record.Outlook) {
			if s.free(record.Outlook, o) && !s.distinct(x.members(record.CRM)[i], o) && !s.inDoubt(o, x.value) {
				s.taken[record.Outlook][o] = matched
				s.out.Spare = append(s.out.Spare, s.pairing(x, x.members(record.CRM)[i], o))
			}
		}
	}
}

func (s *settling) named(item int32) bool { return len(s.people[record.Outlook][item].Name) > 0 }

// inDoubt reports whether the item may as well be that of a record which is free.
func (s *settling) inDoubt(o int32, value float64) bool {
	return slices.ContainsFunc(s.of[record.Outlook].pairs(o), func(i int32) bool {
		x := &s.pairs[i]
		return !x.distinct && x.value >= value && x.like.grade != disagree && s.free(record.CRM, x.at[record.CRM])
	})
}

// mostQuestions is how many pairs a person is asked about for one candidate whose name agrees with several.
const mostQuestions = 5

// doubt lists the pairs to be asked about among those that are still free: where names agree, all who could be meant, to
// a handful; else the likeliest partner of each. Nobody is asked whether two of different names are one person where
// either may be somebody of their own name.
func (s *settling) doubt(steps []*pair) {
	likely := make([]bool, len(s.people[record.CRM]))
	ask := func(wanted func(x *pair, crm, outlook int32) bool) {
		for _, x := range steps {
			if x.certain {
				continue
			}
			crm, outlook := x.members(record.CRM), x.members(record.Outlook)
			for i := range max(len(crm), len(outlook)) { // a block asks for each of its members once
				c, o := crm[min(i, len(crm)-1)], outlook[min(i, len(outlook)-1)]
				if !s.free(record.CRM, c) || !s.free(record.Outlook, o) || s.distinct(c, o) || !wanted(x, s.taken[record.CRM][c], s.taken[record.Outlook][o]) ||
					x.like.grade == disagree && likely[c] {
					continue
				}
				s.taken[record.CRM][c]++
				s.taken[record.Outlook][o]++
				likely[c] = likely[c] || x.like.score > 0 && !x.faint()
				s.out.Doubtful = append(s.out.Doubtful, s.pairing(x, c, o))
			}
		}
	}
	agreeing := func(x *pair) bool { return x.like.score > 0 && x.block == nil }
	ask(func(x *pair, crm, outlook int32) bool {
		return agreeing(x) && crm < mostQuestions && outlook < mostQuestions
	})
	ask(func(_ *pair, crm, outlook int32) bool { return crm == 0 && outlook == 0 })
	ask(func(x *pair, crm, outlook int32) bool {
		return outlook == 0 || crm == 0 && outlook < mostQuestions && x.like.grade != disagree
	})
}
