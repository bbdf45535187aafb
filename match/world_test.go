package match_test

import (
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

var (
	personSchema = mustSchema(
		record.Field{Name: "name", Type: record.Name},
		record.Field{Name: "emails", Type: record.Email, Shape: record.List},
		record.Field{Name: "phones", Type: record.Phone, Shape: record.List},
		record.Field{Name: "fax", Type: record.Phone, NoMatch: true},
		record.Field{Name: "spouse", Type: record.Name, NoMatch: true},
		record.Field{Name: "note"},
	)
	hash   = mustHasher()
	region = record.Locale{Region: "GB"}
	day    = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

func mustSchema(fields ...record.Field) *record.Schema {
	s, err := record.NewSchema(record.Contact, fields...)
	if err != nil {
		panic(err)
	}
	return s
}

func mustHasher() record.Hasher {
	h, err := record.NewHasher([]byte("only for the tests of matching"), "match")
	if err != nil {
		panic(err)
	}
	return h
}

// card is one record in a line: "id: name; keys". Keys with an @ are addresses, the others numbers. A mark after the id
// makes it a stranger's (?) or linked elsewhere (!).
func card(line string, age int) match.Candidate {
	id, rest, _ := strings.Cut(line, ":")
	name, keys, _ := strings.Cut(rest, ";")
	b := personSchema.Build().Set("name", strings.TrimSpace(name))
	var emails, phones []string
	for _, k := range strings.Fields(keys) {
		if strings.Contains(k, "@") {
			emails = append(emails, k+".example")
		} else {
			phones = append(phones, "+44 20 7946 0"+k)
		}
	}
	b.Set("emails", emails...).Set("phones", phones...)
	c := match.NewCandidate(strings.TrimRight(id, "?!"), b.Fields(), day.AddDate(0, 0, age), region, hash)
	c.Stranger, c.Elsewhere = strings.HasSuffix(id, "?"), strings.HasSuffix(id, "!")
	return c
}

func cards(lines ...string) []match.Candidate {
	var out []match.Candidate
	for i, line := range lines {
		out = append(out, card(line, i))
	}
	return out
}

// told renders a result in a line for each pair, without values.
func told(r match.Result) []string {
	var out []string
	for _, list := range []struct {
		what  string
		pairs []match.Pairing
	}{{"link", r.Links}, {"ask", r.Doubtful}, {"spare", r.Spare}, {"stranger", r.Strangers}} {
		for _, p := range list.pairs {
			out = append(out, list.what+" "+p.CRM+" "+p.Outlook+": "+strings.Join(p.Score.Reasons, " "))
		}
	}
	return out
}
