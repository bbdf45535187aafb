package match

import (
	"cmp"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// people are the candidates of both sides in their stable order: by age, then by id. From here on a candidate is its
// place in that order.
type people [2][]*Candidate

// inOrder puts the candidates of a side in order. An id that occurs twice counts once.
func inOrder(in []Candidate) []*Candidate {
	out := make([]*Candidate, len(in))
	for i := range in {
		out[i] = &in[i]
	}
	slices.SortStableFunc(out, byID)
	out = slices.CompactFunc(out, func(a, b *Candidate) bool { return a.ID == b.ID })
	slices.SortStableFunc(out, byAge)
	return out
}

func byID(a, b *Candidate) int {
	return cmp.Or(strings.Compare(a.ID, b.ID), byAge(a, b))
}

func byAge(a, b *Candidate) int {
	if a.Created.IsZero() != b.Created.IsZero() {
		if a.Created.IsZero() {
			return 1
		}
		return -1
	}
	return a.Created.Compare(b.Created)
}

// hit says that a candidate carries a key.
type hit struct {
	key  uint64
	at   int32
	side record.Side
	kind keyKind
}

// compare puts hits of one key together. It is written out because it is what matching spends most of its time on.
func (h hit) compare(o hit) int {
	switch {
	case h.key < o.key:
		return -1
	case h.key > o.key:
		return 1
	case h.side != o.side:
		return int(h.side) - int(o.side)
	}
	return int(h.at) - int(o.at)
}

type keyKind uint8

const (
	byEmail keyKind = 1 << iota
	byPhone
)

// keyIndex lists the hits of both sides, those of one key together, the CRM's first, each side in order.
func keyIndex(p people, by By) []hit {
	n := 0
	for _, side := range p {
		for _, c := range side {
			n += len(c.Emails) + len(c.Phones)
		}
	}
	hits := make([]hit, 0, n)
	for side := range p {
		for at, c := range p[side] {
			add := func(key uint64, kind keyKind) {
				hits = append(hits, hit{key, int32(at), record.Side(side), kind})
			}
			switch by {
			case ByEmailAndPhone:
				for _, e := range c.Emails {
					for _, p := range c.Phones {
						add(both(e, p), byEmail|byPhone)
					}
				}
				continue
			case ByPhone:
			default:
				for _, e := range c.Emails {
					add(e, byEmail)
				}
			}
			if by != ByEmail {
				for _, p := range c.Phones {
					add(p, byPhone)
				}
			}
		}
	}
	slices.SortFunc(hits, hit.compare)
	return slices.Compact(hits)
}

// both is the key of an address and a number together. It goes on saying that the address is a mailbox of several people.
func both(email, phone uint64) uint64 {
	x := email ^ (phone<<31 | phone>>33)
	x *= 0x9e3779b97f4a7c15
	return (x^x>>29)&^roleBit | email&roleBit
}

// groups calls yield for each key that both sides carry, with the places that carry it.
func groups(hits []hit, yield func(kind keyKind, crm, outlook []hit)) {
	for len(hits) > 0 {
		end := 1
		for end < len(hits) && hits[end].key == hits[0].key {
			end++
		}
		group := hits[:end]
		hits = hits[end:]
		split, _ := slices.BinarySearchFunc(group, record.Outlook, func(h hit, s record.Side) int { return cmp.Compare(h.side, s) })
		if split > 0 && split < len(group) {
			yield(group[0].kind, group[:split], group[split:])
		}
	}
}
