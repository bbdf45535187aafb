package match

import (
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

const (
	// Crowd is how many people of different names a side may have on a key before the key alone says nothing.
	Crowd = 10
	// plenty is how many pairs of two names in a large group are looked at one by one; more are taken as a block.
	plenty = 64
	// commonplace is how many pairs of names a word may bring together in a crowd before it too says nothing.
	commonplace = 1024
)

// edge says that two candidates share a key.
type edge struct {
	at    [2]int32 // by side
	alone bool     // one of the keys they share is nobody else's
	known bool     // one of the keys they share is not a crowd's
	mine  bool     // an address they share is nobody else's, and no mailbox of several people by its name
	// holders is how many candidates of both sides have the rarest key they share.
	holders int32
}

// block stands for all pairs of a group of CRM records of one name with a group of Outlook items of one name, who share
// a key.
type block struct {
	members [2][]int32 // by side, in order
	shared
	like  likeness
	known bool // the key is not a crowd's
}

// shared is a key that both sides have.
type shared struct {
	kind    keyKind
	holders int32 // how many candidates of both sides have it
}

// bonds is what the index says of who may belong together.
type bonds struct {
	edges  []edge
	blocks []block
}

// gather finds who shares a key. Small groups give all their pairs. In large ones those of the same name are taken
// together, and names are compared with names, so that a switchboard's number does not give the square of its
// people.
func gather(p people, hits []hit) bonds {
	var b bonds
	groups(hits, func(kind keyKind, crm, outlook []hit) {
		if len(crm) > Crowd || len(outlook) > Crowd {
			b.large(p, shared{kind, int32(len(crm) + len(outlook))}, crm, outlook)
			return
		}
		alone := len(crm) == 1 && len(outlook) == 1 && !(kind&byEmail != 0 && crm[0].key&roleBit != 0)
		for _, c := range crm {
			for _, o := range outlook {
				b.edges = append(b.edges, edge{[2]int32{c.at, o.at}, alone, true, alone && kind&byEmail != 0, int32(len(crm) + len(outlook))})
			}
		}
	})
	slices.SortFunc(b.edges, func(x, y edge) int { return slices.Compare(x.at[:], y.at[:]) })
	kept := b.edges[:0]
	for _, e := range b.edges {
		if n := len(kept); n > 0 && kept[n-1].at == e.at {
			kept[n-1].alone, kept[n-1].known = kept[n-1].alone || e.alone, kept[n-1].known || e.known
			kept[n-1].mine = kept[n-1].mine || e.mine
			kept[n-1].holders = min(kept[n-1].holders, e.holders)
			continue
		}
		kept = append(kept, e)
	}
	b.edges = kept
	return b
}

// namesakes are the members of a group who have one name.
type namesakes struct {
	name    Name
	members []int32
}

// byName sorts a group by name, in the order in which names first occur, and counts the names.
func byName(side []*Candidate, group []hit) (classes []namesakes, named int) {
	place := map[uint64]int{}
	for _, h := range group {
		name := side[h.at].Name
		sign := signature(name)
		i, ok := place[sign]
		if !ok {
			i = len(classes)
			place[sign] = i
			classes = append(classes, namesakes{name: name})
			if len(name) > 0 {
				named++
			}
		}
		classes[i].members = append(classes[i].members, h.at)
	}
	return classes, named
}

// signature is the same for names of the same words, whatever their order and salutation; zero for no name.
func signature(n Name) uint64 {
	var sum uint64
	for _, w := range n {
		if w.isMark() && anySalutation&(1<<w.Full) != 0 {
			continue
		}
		x := w.Full * 0x9e3779b97f4a7c15
		sum += x ^ x>>32
	}
	return sum
}

func (b *bonds) large(p people, key shared, crm, outlook []hit) {
	left, leftNamed := byName(p[record.CRM], crm)
	right, rightNamed := byName(p[record.Outlook], outlook)
	if leftNamed <= Crowd && rightNamed <= Crowd {
		for i := range left {
			for j := range right {
				b.classes(key, &left[i], &right[j], compare(left[i].name, right[j].name), true)
			}
		}
		return
	}
	b.crowded(key, left, right)
}

// crowded joins the names that fit in two words, in a group where the key alone says nothing: those of the same words, and those
// that have a whole word in common which is not too many others'.
func (b *bonds) crowded(key shared, left, right []namesakes) {
	words := map[uint64][2][]int32{}
	for side, classes := range [2][]namesakes{left, right} {
		for i := range classes {
			for _, w := range classes[i].name {
				if w.isMark() || w.isInitial() {
					continue
				}
				root := w.Full &^ spelling
				both := words[root]
				if n := len(both[side]); n == 0 || both[side][n-1] != int32(i) {
					both[side] = append(both[side], int32(i))
				}
				words[root] = both
			}
		}
	}
	same := map[uint64]int32{}
	for j := range right {
		same[signature(right[j].name)] = int32(j)
	}
	done := map[int32]bool{}
	for i := range left {
		if len(left[i].name) == 0 {
			continue
		}
		clear(done)
		try := func(j int32) {
			if done[j] {
				return
			}
			done[j] = true
			if l := compare(left[i].name, right[j].name); l.alike() {
				b.classes(key, &left[i], &right[j], l, false)
			}
		}
		if j, ok := same[signature(left[i].name)]; ok {
			try(j)
		}
		for _, w := range left[i].name {
			if w.isMark() || w.isInitial() {
				continue
			}
			if both := words[w.Full&^spelling]; len(both[0])*len(both[1]) <= commonplace {
				for _, j := range both[1] {
					try(j)
				}
			}
		}
	}
}

// classes joins all of one name with all of another.
func (b *bonds) classes(key shared, left, right *namesakes, l likeness, known bool) {
	if len(left.members)*len(right.members) > plenty {
		b.blocks = append(b.blocks, block{[2][]int32{left.members, right.members}, key, l, known})
		return
	}
	for _, c := range left.members {
		for _, o := range right.members {
			b.edges = append(b.edges, edge{at: [2]int32{c, o}, known: known, holders: key.holders})
		}
	}
}
