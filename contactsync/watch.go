package contactsync

import (
	"encoding/binary"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// watched are the fields of Watch that no rule carries: a rule notices its own.
func (t *terms) watched() []string {
	names := slices.DeleteFunc(slices.Clone(t.Watch), func(name string) bool {
		for i := range t.rules.Rules {
			if slices.Contains(t.rules.Rules[i].CRM, name) {
				return true
			}
		}
		return false
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// lookWatched is what a record holds of the watched fields, as an entry without a rule; false: nothing is watched, or the record does
// not say.
func (r *run) lookWatched(f record.Fields) (conflict.Seen, bool) {
	names := r.terms.watched()
	var what, b []byte
	for _, name := range names {
		value, known := f.Get(name)
		if !known {
			return conflict.Seen{}, false
		}
		value = slices.Clone(value)
		if field, _ := f.Schema().Field(name); field.Shape == record.Set {
			slices.Sort(value)
		}
		what = appendText(what, name)
		b = binary.AppendUvarint(appendText(b, name), uint64(len(value)))
		for _, entry := range value {
			b = appendText(b, entry)
		}
	}
	s := conflict.Seen{Def: uint32(r.e.ids.Text("watched\x00" + string(what)))}
	s.Raw[record.CRM] = r.e.values.Text("watched\x00" + string(b))
	return s, len(names) > 0
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// watch renews in what is remembered of an unlinked record what it holds of the watched fields. It reports whether a person changed
// them since, and whether there is anything to save; other fields than were watched before count as unchanged.
func (r *run) watch(asked []conflict.Seen, f record.Fields) (now []conflict.Seen, changed, renewed bool) {
	s, ok := r.lookWatched(f)
	if !ok {
		return asked, false, false
	}
	at := slices.IndexFunc(asked, func(s conflict.Seen) bool { return s.Rule == "" })
	if at < 0 {
		return append(slices.Clone(asked), s), false, true
	}
	if asked[at] == s {
		return asked, false, false
	}
	changed = asked[at].Def == s.Def
	now = slices.Clone(asked)
	now[at] = s
	return now, changed, true
}
