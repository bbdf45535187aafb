package memstore

// postings is a multimap from hashes to slots: a map of chains that live in one slice, at some 30 bytes an entry. Different
// keys may have one hash: whoever reads looks at what the slot holds.
type postings struct {
	head  map[uint64]uint32 // hash to the first node, counted from 1
	nodes []posting
	free  uint32 // first unused node, counted from 1
}

type posting struct{ slot, next uint32 }

func (p *postings) add(hash uint64, slot uint32) {
	if p.head == nil {
		p.head = map[uint64]uint32{}
	}
	node := posting{slot, p.head[hash]}
	n := p.free
	if n != 0 {
		p.free = p.nodes[n-1].next
		p.nodes[n-1] = node
	} else {
		p.nodes = append(p.nodes, node)
		n = uint32(len(p.nodes))
	}
	p.head[hash] = n
}

// remove takes out one entry.
func (p *postings) remove(hash uint64, slot uint32) {
	before := uint32(0)
	for n := p.head[hash]; n != 0; before, n = n, p.nodes[n-1].next {
		node := &p.nodes[n-1]
		if node.slot != slot {
			continue
		}
		switch {
		case before != 0:
			p.nodes[before-1].next = node.next
		case node.next != 0:
			p.head[hash] = node.next
		default:
			delete(p.head, hash)
		}
		node.next, p.free = p.free, n
		return
	}
}

// each calls visit with the slots under the hash.
func (p *postings) each(hash uint64, visit func(slot uint32)) {
	for n := p.head[hash]; n != 0; n = p.nodes[n-1].next {
		visit(p.nodes[n-1].slot)
	}
}
