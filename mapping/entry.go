package mapping

import (
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// entries compares and rewrites single entries of the two sides of a rule.
type entries struct {
	field record.Field // of shape One; its type decides when two entries are equal
	loc   record.Locale
}

func newEntries(a, b record.Field, loc record.Locale) entries {
	return entries{field: record.Field{Type: pairType(a.Type, b.Type), Shape: record.One}, loc: loc}
}

// pairType is the type by which entries of the two sides are compared: of two that go together (see [compatible]) the one
// that says more. A number kept as text on one side is still a number on the other.
func pairType(a, b record.Type) record.Type {
	if a == record.Text {
		return b
	}
	return a
}

func (e entries) same(a, b string) bool {
	return a == b || e.field.Equal(record.Value{a}, record.Value{b}, e.loc)
}

// counts reports whether an entry takes part: blank ones do not, nor does the name without an address that Graph
// returns for an address it could not read.
func (e entries) counts(entry string) bool {
	if e.field.Type == record.Email {
		_, entry = record.SplitEmail(entry)
	}
	return !e.blank(entry)
}

func (e entries) blank(entry string) bool {
	return entry == "" || e.field.Equal(record.Value{entry}, nil, e.loc)
}

// bare is the entry without a name.
func (e entries) bare(entry string) string {
	if e.field.Type != record.Email {
		return entry
	}
	_, address := record.SplitEmail(entry)
	return address
}

// rewrite is the entry that stands on the side to where old stood and now entry shall. A name that a person typed
// stays on the Outlook side and never reaches the CRM.
func (e entries) rewrite(to record.Side, old, entry string) string {
	if e.field.Type != record.Email {
		return entry
	}
	name, address := record.SplitEmail(entry)
	if to == record.CRM {
		return address
	}
	if kept, was := record.SplitEmail(old); !derived(kept, was) {
		name = kept
	}
	joined := record.JoinEmail(name, address)
	if _, back := record.SplitEmail(joined); back != address {
		return address // it would not read back
	}
	return joined
}

// derived reports whether an entry's name was made from its address, by Outlook or by a server, and so must not
// outlive it: none, the address itself, its local part, or a name with the address behind it.
func derived(name, address string) bool {
	name, address = strings.ToLower(strings.TrimSpace(name)), strings.ToLower(strings.TrimSpace(address))
	local, _, _ := strings.Cut(address, "@")
	return name == "" || name == local || strings.Contains(name, address)
}
