package conflict_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// The world of the stories: a CRM and an Outlook with the same few fields, tied by one rule each. They are unlike in
// two: Outlook's memo holds three characters, and where the CRM has one tag, Outlook has several.
var (
	fieldList = []record.Field{
		{Name: "name", Type: record.Name},
		{Name: "email", Type: record.Email},
		{Name: "phone", Type: record.Phone},
		{Name: "note"},
		{Name: "lines", Shape: record.List},
		{Name: "groups", Shape: record.Set},
	}
	crmSchema     = mustSchema(append(fieldList[:len(fieldList):len(fieldList)], record.Field{Name: "memo"}, record.Field{Name: "tag"}))
	outlookSchema = mustSchema(append(fieldList[:len(fieldList):len(fieldList)], record.Field{Name: "memo", MaxLen: 3},
		record.Field{Name: "tags", Shape: record.List}))
	hash   = mustHasher()
	locale = record.Locale{Region: "GB"}
)

func mustSchema(fields []record.Field) *record.Schema {
	s, err := record.NewSchema(record.Contact, fields...)
	if err != nil {
		panic(err)
	}
	return s
}

func mustHasher() record.Hasher {
	h, err := record.NewHasher([]byte("only for the tests of merging"), "seen")
	if err != nil {
		panic(err)
	}
	return h
}

func copyRule(field string) mapping.Rule {
	return mapping.Rule{ID: field, CRM: []string{field}, Outlook: []string{field}}
}

// The rules that are no plain copies.
var (
	memoRule  = copyRule("memo")
	firstRule = mapping.Rule{ID: "tag", CRM: []string{"tag"}, Outlook: []string{"tags"}, Lens: mapping.Spec{Kind: mapping.First}}
	staffRule = ownRule("staff", "staff")
	clubRule  = ownRule("club", "golf", "chess")
)

// ownRule manages some entries of the groups.
func ownRule(id string, own ...string) mapping.Rule {
	return mapping.Rule{ID: id, CRM: []string{"groups"}, Outlook: []string{"groups"}, Lens: mapping.Spec{Kind: mapping.Set, Values: own}}
}

func compile(t testing.TB, rules ...mapping.Rule) *mapping.Map {
	t.Helper()
	m, err := mapping.Compile(rules, crmSchema, outlookSchema, locale)
	if err != nil {
		t.Fatalf("Compile: %v", err)
	}
	return m
}

// values are the fields of one side by name; entries of a list are separated by "|". Nil: the side is not read.
type values map[string]string

func (v values) fields(side record.Side) record.Fields {
	if side == record.CRM {
		return v.under(crmSchema)
	}
	return v.under(outlookSchema)
}

func (v values) under(schema *record.Schema) record.Fields {
	if v == nil {
		return record.Fields{}
	}
	b := schema.Build()
	for name, text := range v {
		b.Set(name, strings.Split(text, "|")...)
	}
	if err := b.Err(); err != nil {
		panic(err)
	}
	return b.Fields()
}

func both(crm, outlook values) [2]record.Fields {
	return [2]record.Fields{crm.fields(record.CRM), outlook.fields(record.Outlook)}
}

// show renders an outcome in lines a story can be told in: one for each rule that was decided, then what is written,
// asked for, out of date, and why sides that are left as they are differ.
func show(o conflict.Outcome) []string {
	var lines []string
	for _, r := range o.Rules {
		line := r.Rule + ": "
		switch {
		case r.Writes[0] && r.Writes[1]:
			line += "writes both"
		case r.Writes[record.CRM]:
			line += "to crm, " + string(r.Reason)
		case r.Writes[record.Outlook]:
			line += "to outlook, " + string(r.Reason)
		case r.Reason == conflict.Agreed:
			line += "agreed"
		default:
			line += string(r.Reason)
		}
		if r.Clears {
			line += ", clears"
		}
		if i := slices.IndexFunc(o.Seen, func(s conflict.Seen) bool { return s.Rule == r.Rule }); i >= 0 {
			if d := o.Seen[i].Diverged; d != conflict.Agreed && d != r.Reason {
				line += ", diverged " + string(d)
			}
		}
		lines = append(lines, line)
	}
	for side, set := range o.Set {
		for name, v := range set.All() {
			lines = append(lines, fmt.Sprintf("set %s %s=%s", record.Side(side), name, strings.Join(v, "|")))
		}
	}
	for _, a := range o.Asked {
		lines = append(lines, "asked "+a.Rule)
	}
	for side, needs := range o.NeedsRead {
		if needs {
			lines = append(lines, "needs "+record.Side(side).String())
		}
	}
	for _, d := range o.Stale {
		lines = append(lines, "stale "+d.Rule)
	}
	return lines
}

// lastSeen is a base: what the sides held when they were last in step.
func lastSeen(m *conflict.Merger, crm, outlook values) []conflict.Seen {
	return m.Look(nil, both(crm, outlook))
}

var (
	twoWay    = [2]bool{true, true}
	toOutlook = [2]bool{record.Outlook: true}
	toCRM     = [2]bool{record.CRM: true}
	noon      = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
)
