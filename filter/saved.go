package filter

// mostNodes bounds what conditions that name each other may grow to.
const mostNodes = 10_000

// Expand returns c with every saved condition in the place of its name, so that it can be checked, read and evaluated
// without them. The error is an [*Error]: a name that saved does not know, a condition that names itself, by whatever
// way, or one that grows beyond all use. A nil saved knows none.
func (c Condition) Expand(saved func(name string) (Condition, bool)) (Condition, error) {
	x := expansion{saved: saved}
	return x.expand(c, nil, 0)
}

type expansion struct {
	saved func(string) (Condition, bool)
	nodes int
}

func (x *expansion) expand(c Condition, at *path, depth int) (Condition, error) {
	if x.nodes++; x.nodes > mostNodes {
		return Condition{}, at.errorf("", "saved conditions make it larger than %d nodes", mostNodes)
	}
	if depth > deepest {
		return Condition{}, at.errorf("", "conditions are nested more than %d deep", deepest)
	}
	at = c.at(at)
	if c.Op == OpSaved {
		at = &path{at.up, "saved(" + c.Name + ")"}
		if at.inside(at.step) {
			return Condition{}, at.errorf("", "the saved condition %q names itself", c.Name)
		}
		if x.saved == nil {
			return Condition{}, at.errorf("", "there is no saved condition %q", c.Name)
		}
		found, ok := x.saved(c.Name)
		if !ok {
			return Condition{}, at.errorf("", "there is no saved condition %q", c.Name)
		}
		return x.expand(found, at, depth+1)
	}
	if len(c.Conditions) == 0 {
		return c, nil
	}
	expanded := c
	expanded.Conditions = make([]Condition, len(c.Conditions))
	for i, sub := range c.Conditions {
		var err error
		if expanded.Conditions[i], err = x.expand(sub, c.below(at, i), depth+1); err != nil {
			return Condition{}, err
		}
	}
	return expanded, nil
}
