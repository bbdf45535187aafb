package sim

import "slices"

// calls are the calls of a run at which something may go wrong, with the kinds of faults that each knows; see fault.
var calls = func() []call {
	around := []string{"fail", "timeout", "throttle", "cancel", "crash", "stall", "sleep", "slow", "second",
		"lost", "unsure", "late", "cancelled", "crashed", "stalled", "slept"}
	access := []string{"denied", "signin"}
	all := func(more ...string) []string { return slices.Concat(around, more) }
	list := []call{
		{"store.changes", all("denied", "expire", "incomplete", "garble", "stale", "other")},
		{"outlook.changes", slices.Concat(all("expire", "incomplete", "garble", "stale", "foldergone", "nomailbox", "other"), access)},
		{"store.get", all("denied", "unknown", "few", "stale", "sneak", "other")},
		{"outlook.get", slices.Concat(all("unknown", "few", "stale", "sneak", "other"), access)},
		{"store.find", all("denied")},
		{"store.times", all()},
		{"store.active", all("denied")},
		{"outlook.times", all()},
		{"state.problems", all()},
		{"state.post", all()},
		{"state.entries", all()},
	}
	writes := []string{"half", "halfcrash", "straggle", "refuse", "deny", "busy", "bad", "doubt", "maybe", "unclear", "short", "sneak", "sneakdelete", "other"}
	for _, side := range []string{"store", "outlook"} {
		kinds := slices.DeleteFunc(slices.Concat(around, access, writes), func(k string) bool { return k == "sleep" })
		list = append(list, call{side + ".apply", kinds})
	}
	for _, name := range []string{"acquire", "save", "claim", "links", "linksof", "knownby", "knownof", "count"} {
		kinds := all()
		if name == "acquire" || name == "save" { // a save that arrives late is fenced, as one that is made late
			kinds = append(kinds, "straggle")
		}
		list = append(list, call{"state." + name, kinds})
	}
	return list
}()

type call struct {
	name  string
	kinds []string
}

// kindsAt are the kinds of faults at a call.
func kindsAt(name string) []string {
	for _, c := range calls {
		if c.name == name {
			return c.kinds
		}
	}
	return nil
}
