package mapping

import "github.com/seed-42871e99/crmsync/record"

// slot is a place for an entry on one side: a scalar field, filled or not, or one entry of a list field.
type slot struct {
	field int
	entry string
	// owned says that the rule speaks about the entry; taken, that an entry of the source has the slot.
	owned, taken bool
}

// place says where an entry of the source goes: the slot, or -1 for none yet, and how it is written there.
type place struct {
	slot  int
	entry string
}

// slots lays out the side's values. It also returns how many entries count; the first room of them are owned.
func (l listLens) slots(side record.Side, v []record.Value, room int) (slots []slot, count int) {
	for i, f := range l.fields[side] {
		if f.Shape == record.One {
			slots = append(slots, slot{field: i, entry: v[i].Text()})
			continue
		}
		for _, entry := range v[i] {
			slots = append(slots, slot{field: i, entry: entry})
		}
	}
	for i := range slots {
		if !l.counts(slots[i].entry) {
			continue
		}
		slots[i].owned = count < room
		count++
	}
	return slots, count
}

// align gives every wanted entry a slot, as far as owned slots go: one that holds the same value, where each keeps its
// spelling and name; else the one at the same position among the owned slots, whose entry it replaces; else any.
func (l listLens) align(to record.Side, wanted []string, slots []slot) []place {
	owned := make([]int, 0, len(slots))
	for i := range slots {
		if slots[i].owned {
			owned = append(owned, i)
		}
	}
	places := make([]place, len(wanted))
	take := func(i, slot int, entry string) {
		places[i] = place{slot: slot, entry: entry}
		slots[slot].taken = true
	}
	for i, entry := range wanted {
		places[i] = place{slot: -1, entry: l.rewrite(to, "", entry)}
		if i < len(owned) && l.same(entry, slots[owned[i]].entry) {
			take(i, owned[i], slots[owned[i]].entry)
		}
	}
	for i, entry := range wanted {
		for _, s := range owned {
			if places[i].slot >= 0 {
				break
			}
			if !slots[s].taken && l.same(entry, slots[s].entry) {
				take(i, s, slots[s].entry)
			}
		}
	}
	for i, entry := range wanted {
		if places[i].slot < 0 && i < len(owned) && !slots[owned[i]].taken {
			take(i, owned[i], l.rewrite(to, slots[owned[i]].entry, entry))
		}
	}
	free := 0
	for i := range places {
		for places[i].slot < 0 && free < len(owned) {
			if !slots[owned[free]].taken {
				take(i, owned[free], places[i].entry)
			}
			free++
		}
	}
	return places
}

// agree reports whether the slots already hold what is wanted: nothing to write.
func (l listLens) agree(places []place, slots []slot, rest bool) bool {
	last := -1
	for _, p := range places {
		if p.slot < 0 || p.entry != slots[p.slot].entry || l.ordered && p.slot < last {
			return false
		}
		last = p.slot
	}
	return rest || !hasLeftover(slots)
}

// hasLeftover reports whether an owned entry has no counterpart in the source.
func hasLeftover(slots []slot) bool {
	for _, s := range slots {
		if s.owned && !s.taken {
			return true
		}
	}
	return false
}

// put writes the entries into their slots. Without a rest the leftover entries go.
func put(places []place, slots []slot, rest bool) {
	for i := range slots {
		if slots[i].owned && !rest {
			slots[i].entry = ""
		}
	}
	for _, p := range places {
		if p.slot >= 0 {
			slots[p.slot].entry = p.entry
		}
	}
}

// reorder writes the entries into the owned slots in the order of the source; with a rest, the leftover entries
// follow, without it they go. It returns the entries for which there was no slot.
func reorder(places []place, slots []slot, rest bool) []place {
	queue := places
	for i := range slots {
		if rest && slots[i].owned && !slots[i].taken {
			queue = append(queue, place{entry: slots[i].entry})
		}
	}
	for i := range slots {
		if !slots[i].owned {
			continue
		}
		slots[i].entry = ""
		if len(queue) > 0 {
			slots[i].entry, queue = queue[0].entry, queue[1:]
		}
	}
	for i := range queue {
		queue[i].slot = -1
	}
	return queue
}
