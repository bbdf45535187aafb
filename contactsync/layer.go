package contactsync

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// Layer is what one source says of the settings: the administrator, a user, a connection. It is plain data, JSON both ways.
type Layer struct {
	// Name says whose layer it is, in messages and [Origins]: "tenant", "user". Each layer that takes part needs its own.
	Name string `json:"name"`
	// Settings is a JSON object with the members that the layer sets, in the form of [Settings]; empty: none. null takes a
	// member back to its default. Mapping may also be an object with rules by their id, of which each sets what it names
	// of the rule: {"mapping": {"notes": {"direction": "toOutlook"}, "fax": null}}.
	Settings json.RawMessage `json:"settings,omitempty"`
	// Locked are members that no later layer may change: "conflict", "match.by", "guards", "mapping", "mapping[email]",
	// "mapping[email].direction", "saved[mine]". The lock on a group holds for all that is in it, and the lock on a condition for the
	// saved searches that it names, as far as this layer or an earlier one has them. A lock holds what it names and no more: beside
	// "conflict" a rule may still have a conflict of its own, beside "guards.deletes.floor" the guard may be off.
	Locked []string `json:"locked,omitempty"`
}

// LockedError says that a layer sets a member that an earlier one has locked.
type LockedError struct {
	Member string // the path, such as "guards.deletes.floor"
	Layer  string // whose settings are refused
	By     string // the layer that locked the member, or a group around it
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("the layer %q sets %s, which %q has locked", e.Layer, e.Member, e.By)
}

// Compose puts layers together, the first one first, by JSON Merge Patch (RFC 7396): a member of a later layer overrides,
// objects are merged member by member, a list replaces a list. A condition and a lens count as one value, as their parts mean
// nothing apart. No layers make the zero Settings.
//
// A later layer may repeat what is locked, in any spelling that means the same. The error joins every fault found: a
// [*LockedError], or an [*InvalidError] that names the member and stands behind the name of the layer, for what
// [ParseSettings] refuses and for the lock on a member that there is not. With an error, Settings and Origins are zero. Whether
// the settings hold together is another question: see [CheckLayers].
func Compose(layers ...Layer) (Settings, Origins, error) {
	c := composition{root: &node{}}
	names := map[string]bool{}
	for i, l := range layers {
		if l.Name == "" || names[l.Name] {
			c.faults = append(c.faults, &InvalidError{Field: fmt.Sprintf("layers[%d].name", i), Reason: "each layer needs a name of its own"})
		}
		names[l.Name] = true
		c.add(l)
	}
	var s Settings
	if len(c.faults) == 0 {
		if err := json.Unmarshal(settingsShape().render(c.root), &s); err != nil {
			c.faults = append(c.faults, err)
		}
	}
	if len(c.faults) > 0 {
		return Settings{}, Origins{}, fmt.Errorf("layers: %w", errors.Join(c.faults...))
	}
	return s, Origins{c.root, c.locks, layers}, nil
}

// CheckLayers says whether a connection could be synced under the layers: it composes them and validates the result against the
// schemas of both sides. A host calls it before it stores a layer, with the others that the layer will be used with; a
// change of the administrator's, with each user's. Saved searches that nothing uses yet are held against the predefined ones
// too. The error joins every fault, each with the name of the layer that set the member at fault, or of a later one with which it
// came: one that takes away a saved search which a filter before it names.
func CheckLayers(crm, outlook *record.Schema, layers ...Layer) error {
	s, origins, err := Compose(layers...)
	if err == nil {
		err = bothSchemas(crm, outlook)
	}
	if err != nil {
		return err
	}
	var v validator
	if faults, ok := s.Validate(crm, outlook).(interface{ Unwrap() []error }); ok {
		v.faults = faults.Unwrap()
	}
	v.copies(s, origins)
	if len(v.faults) == 0 {
		return nil
	}
	var named []error
	for _, fault := range v.faults {
		var invalid *InvalidError
		if errors.As(fault, &invalid) {
			field := invalid.Field
			o, known := origins.Of(field)
			if i := strings.LastIndexByte(field, '['); !known && i > 0 && strings.Trim(field[i:], "[0123456789]") == "" {
				o, _ = origins.Of(field[:i]) // an entry of a list
			}
			if by := broughtBy(crm, outlook, layers, o.Layer, *invalid); by != "" {
				fault = inLayer(by, fault)
			}
		}
		named = append(named, fault)
	}
	return fmt.Errorf("layers: %w", errors.Join(named...))
}

// broughtBy is the last layer without which those before it have not the fault; else the one that set the member, if any did.
func broughtBy(crm, outlook *record.Schema, layers []Layer, set string, fault InvalidError) string {
	for i := len(layers) - 1; i >= 0 && layers[i].Name != set; i-- {
		s, _, err := Compose(layers[:i]...)
		if err != nil {
			break
		}
		faults, _ := s.Validate(crm, outlook).(interface{ Unwrap() []error })
		if faults == nil || !slices.ContainsFunc(faults.Unwrap(), func(err error) bool {
			had := (*InvalidError)(nil)
			return errors.As(err, &had) && *had == fault
		}) {
			return layers[i].Name
		}
	}
	return set
}

func inLayer(name string, err error) error { return fmt.Errorf("the layer %q: %w", name, err) }

// predefined is locked by who sets it: without that nothing would have to stay in a saved search.
const predefined = "predefined"

// composition is layers being put together.
type composition struct {
	root   *node
	locks  []lock
	faults []error
}

// lock is a member that a layer has locked.
type lock struct {
	member, by string
	names      []string // the path
	of         *shape
}

func (c *composition) add(l Layer) {
	fault := func(err error) { c.faults = append(c.faults, inLayer(l.Name, err)) }
	whole := settingsShape()
	if len(l.Settings) > 0 {
		raw, err := document(l.Settings)
		var patch *node
		if err == nil {
			patch, err = whole.read(raw, "")
		}
		if err != nil {
			fault(err)
			return
		}
		merged := whole.merge(c.root, patch, l.Name)
		if broken := c.broken(merged, l.Name); len(broken) > 0 {
			c.faults = append(c.faults, broken...)
			return // the layers after it are held against what is allowed
		}
		c.root = merged
		if patch.members[predefined].there() {
			names, of, _ := whole.find(c.root, predefined)
			c.locks = append(c.locks, lock{predefined, l.Name, names, of})
		}
	}
	for _, member := range l.Locked {
		names, of, ok := whole.find(c.root, member)
		if !ok {
			fault(&InvalidError{Field: member, Reason: "there is no such setting to lock"})
			continue
		}
		c.locks = append(c.locks, lock{member, l.Name, names, of})
		for _, search := range c.searchesOf(names[0]) {
			member := fmt.Sprintf("saved[%s]", search)
			if names, of, ok := whole.find(c.root, member); ok {
				c.locks = append(c.locks, lock{member, l.Name, names, of})
			}
		}
	}
}

// searchesOf are the saved searches that the conditions of a member name, and those that these name.
func (c *composition) searchesOf(member string) []string {
	var s Settings
	if err := json.Unmarshal(settingsShape().render(c.root), &s); err != nil {
		return nil // which Compose says
	}
	var named []string
	switch member {
	case "filter":
		named = s.Filter.Names()
	case "outlookFilter":
		named = s.OutlookFilter.Names()
	case "kinds":
		for _, k := range s.Kinds {
			named = append(named, k.If.Names()...)
		}
	case "actions":
		for _, a := range s.Actions {
			named = append(named, a.If.Names()...)
		}
	case "saved":
		for _, search := range s.Saved {
			named = append(named, search.Names()...)
		}
	}
	for i := 0; i < len(named); i++ { // it grows
		named = append(named, slices.DeleteFunc(s.Saved[named[i]].Names(), func(n string) bool { return slices.Contains(named, n) })...)
	}
	slices.Sort(named)
	return slices.Compact(named)
}

// broken are the locks that a layer breaks.
func (c *composition) broken(merged *node, layer string) []error {
	var faults []error
	whole := settingsShape()
	for _, k := range c.locks {
		was, _ := whole.walk(c.root, k.names)
		is, changed := whole.walk(merged, k.names)
		if changed == "" {
			changed = k.of.differs(was, is, k.member)
		}
		if changed != "" {
			faults = append(faults, &LockedError{Member: changed, Layer: layer, By: k.by})
		}
	}
	return faults
}
