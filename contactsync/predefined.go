package contactsync

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// predefined checks that what selects records asks about the fields that must stay, under whatever name it was saved. Where a
// search came from is not asked: a copy that forgets it would be free.
func (v *validator) predefined(s Settings, crm *record.Schema) {
	if len(s.Predefined) == 0 {
		return
	}
	before := len(v.faults)
	for _, name := range slices.Sorted(maps.Keys(s.Predefined)) {
		v.predefinition(s, crm, name)
	}
	if len(v.faults) > before {
		return // what must stay is not clear
	}
	at := "filter"
	if s.Filter.Op == filter.OpSaved {
		at = fmt.Sprintf("saved[%s]", s.Filter.Name)
	}
	v.keeps(s, at, s.Filter)
}

// copies checks the searches that other layers saved beside the predefined ones and that nothing uses yet. A run would not
// mind them; who saves one is told at once.
func (v *validator) copies(s Settings, o Origins) {
	used := s.OutlookFilter.Names() // as parts of others
	for _, search := range s.Saved {
		used = append(used, search.Names()...)
	}
	by, _ := o.Of(predefined)
	for _, name := range slices.Sorted(maps.Keys(s.Saved)) {
		at := fmt.Sprintf("saved[%s]", name)
		from, _ := o.Of(at)
		chosen := s.Filter.Op == filter.OpSaved && s.Filter.Name == name // said already
		if len(s.Predefined) > 0 && s.Predefined[name] == nil && from.Layer != by.Layer && !chosen && !slices.Contains(used, name) {
			v.keeps(s, at, s.Saved[name])
		}
	}
}

// predefinition checks a search that is predefined: it must be there, and keep its own fields.
func (v *validator) predefinition(s Settings, crm *record.Schema, name string) {
	at := fmt.Sprintf("predefined[%s]", name)
	search, ok := s.Saved[name]
	if !ok {
		v.fault(fmt.Sprintf("saved[%s]", name), "the search is predefined, and it is not there")
		return
	}
	if len(s.Predefined[name]) == 0 {
		v.fault(at, "it names no field that must stay")
	}
	for i, fields := range s.Predefined[name] {
		if len(fields) == 0 {
			v.fault(fmt.Sprintf("%s[%d]", at, i), "it names no field that must stay")
		}
		for _, field := range fields {
			if _, ok := crm.Field(field); !ok {
				v.fault(fmt.Sprintf("%s[%d]", at, i), "the CRM has no field %q", field)
			}
		}
	}
	if lost := s.lost(search, name); len(lost) > 0 {
		v.fault(fmt.Sprintf("saved[%s]", name), "it is predefined and must go on asking about %s", either(lost[0]))
	}
}

// keeps faults a search that asks about the fields of none of the predefined ones; it names the one that lacks least.
func (v *validator) keeps(s Settings, at string, search filter.Condition) {
	nearest, least := "", []([]string)(nil)
	for _, name := range slices.Sorted(maps.Keys(s.Predefined)) {
		lost := s.lost(search, name)
		if len(lost) == 0 {
			return
		}
		if nearest == "" || len(lost) < len(least) {
			nearest, least = name, lost
		}
	}
	v.fault(at, "it must ask about %s, as the predefined search %q does", either(least[0]), nearest)
}

// lost are the entries of a predefined search about which another does not ask.
func (s Settings) lost(search filter.Condition, name string) [][]string {
	whole, err := s.expand(search)
	if err != nil {
		return nil // said where it is used
	}
	return slices.DeleteFunc(slices.Clone(s.Predefined[name]), func(fields []string) bool { return whole.Asks(fields...) })
}

func either(fields []string) string {
	quoted := make([]string, len(fields))
	for i, f := range fields {
		quoted[i] = fmt.Sprintf("%q", f)
	}
	return strings.Join(quoted, " or ")
}
