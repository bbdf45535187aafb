package sim

import (
	"regexp"
	"strings"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// person is the CRM's schema. Job titles are short there, so that values of Outlook overflow.
var person = mustSchema(record.NewSchema(record.Contact,
	record.Field{Name: "firstName", Type: record.Name},
	record.Field{Name: "lastName", Type: record.Name},
	record.Field{Name: "company"},
	record.Field{Name: "jobTitle", MaxLen: 12},
	record.Field{Name: "emails", Type: record.Email, Shape: record.List},
	record.Field{Name: "workPhone", Type: record.Phone},
	record.Field{Name: "mobile", Type: record.Phone},
	record.Field{Name: "notes"},
	record.Field{Name: "birthday", Type: record.Date},
	record.Field{Name: "owner", Type: record.Reference},
	record.Field{Name: "kind"},
	record.Field{Name: "tags", Shape: record.Set},
))

func mustSchema(s *record.Schema, err error) *record.Schema {
	if err != nil {
		panic(err)
	}
	return s
}

// rules is the whole mapping; scripts leave rules out and change them. A script's field is a rule's id, or one of the
// CRM's own fields.
func rules() []mapping.Rule {
	rule := func(id, crm, outlook string, lens mapping.Kind) mapping.Rule {
		return mapping.Rule{ID: id, CRM: []string{crm}, Outlook: []string{outlook}, Lens: mapping.Spec{Kind: lens}}
	}
	return []mapping.Rule{
		rule("first", "firstName", "givenName", ""),
		rule("last", "lastName", "surname", ""),
		rule("company", "company", "companyName", ""),
		rule("title", "jobTitle", "jobTitle", ""),
		rule("emails", "emails", "emailAddresses", mapping.List),
		rule("work", "workPhone", "businessPhones", mapping.First),
		rule("mobile", "mobile", "mobilePhone", ""),
		rule("notes", "notes", "personalNotes", ""),
		rule("birthday", "birthday", "birthday", ""),
	}
}

// fieldsByRule and rulesByField are the mapping's names, by side: no two rules of it share a field.
var fieldsByRule, rulesByField = names()

func names() (fields, ids [2]map[string]string) {
	for side := range fields {
		fields[side], ids[side] = map[string]string{}, map[string]string{}
		for _, r := range rules() {
			name := [][]string{r.CRM, r.Outlook}[side][0]
			fields[side][r.ID], ids[side][name] = name, r.ID
		}
	}
	return fields, ids
}

// fieldOf is the name on the side of what a script calls by the rule's id.
func fieldOf(side record.Side, name string) string {
	if field, ok := fieldsByRule[side][name]; ok {
		return field
	}
	return name
}

// ruleOf is the rule of a side's field, empty for none.
func ruleOf(side record.Side, field string) string { return rulesByField[side][field] }

var schemas = [2]*record.Schema{person, record.OutlookContact}

var locale = record.Locale{Region: "GB"}

// fields reads the words "name=value|value".
func fields(side record.Side, words []string) record.Fields {
	b := schemas[side].Build()
	for _, w := range words {
		name, value, ok := strings.Cut(w, "=")
		if !ok {
			continue
		}
		if value == "" {
			b.Set(fieldOf(side, name))
			continue
		}
		b.Set(fieldOf(side, name), strings.Split(value, "|")...)
	}
	return b.Fields()
}

// token is what is left of a value that a person wrote when spelling is set aside: see tokenOf.
type token string

var (
	phoneToken = regexp.MustCompile(`7700900([0-8]\d\d)$`) // numbers from 900 on are shared
	dateToken  = regexp.MustCompile(`^\d{4}-\d\d-\d\d`)
)

// tokenOf returns the token of an entry: what a script makes unique. Shared addresses, numbers and names are none.
func tokenOf(f record.Field, entry string) (token, bool) {
	var found string
	switch f.Type {
	case record.Email:
		if local, _, at := strings.Cut(entry, "@"); at {
			found = strings.ToLower(numbered(local, "tT"))
			if len(found) != len(local) {
				found = ""
			}
		}
	case record.Phone:
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, entry)
		if m := phoneToken.FindStringSubmatch(digits); m != nil {
			found = "phone " + m[1]
		}
	case record.Date:
		found = dateToken.FindString(entry)
	default:
		found = numbered(entry, "T")
	}
	return token(found), found != ""
}

// numbered returns the first of some letters in a text that a number follows, with the number. It is asked of every value after
// every run, too often for a regular expression.
func numbered(text, letters string) string {
	for {
		i := strings.IndexAny(text, letters)
		if i < 0 {
			return ""
		}
		text = text[i:]
		if rest := strings.TrimLeft(text[1:], "0123456789"); len(rest) < len(text)-1 {
			return text[:len(text)-len(rest)]
		}
		text = text[1:]
	}
}

// tokens returns the tokens of a record, each with the name of a field that holds it.
func tokens(f record.Fields) map[token]string {
	all := map[token]string{}
	for name, v := range f.All() {
		for _, t := range tokensOf(f, name, v) {
			all[t] = name
		}
	}
	return all
}

// tokensOf returns the tokens of one field.
func tokensOf(f record.Fields, name string, v record.Value) []token {
	var all []token
	field, _ := f.Schema().Field(name)
	for _, entry := range v {
		if t, ok := tokenOf(field, entry); ok {
			all = append(all, t)
		}
	}
	return all
}

// releasedOf are the tokens among values that people had taken away.
func (l *ledger) releasedOf(f record.Fields) []token {
	var released []token
	for t := range tokens(f) {
		if l.released[t] {
			released = append(released, t)
		}
	}
	return released
}
