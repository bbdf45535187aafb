package firstrun

import (
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// books are the cards of both sides, by the id of the record. Ten people have a second card in Outlook.
type books struct {
	humans []*human
	cards  [2]map[string]card
	copies map[string]bool // ids of second cards
}

// knowable reports whether a human's cards say, by the mode, that they may be one person's: each of them shares with another a key
// that is not a crowd's, or a crowd's and a name of two words, of which one may be an initial. Without that the mode cannot know, and who stands in both books is
// rightly two.
func (b *books) knowable(by match.By, crowded map[string]bool, h *human) bool {
	var cards []card
	for side := range b.cards {
		for _, id := range b.idsOf(record.Side(side), h) {
			cards = append(cards, b.cards[side][id])
		}
	}
	return !slices.ContainsFunc(cards, func(a card) bool {
		return !slices.ContainsFunc(cards, func(b card) bool { return a.id != b.id && a.meets(b, by, crowded) })
	})
}

func (c card) meets(o card, by match.By, crowded map[string]bool) bool {
	return slices.ContainsFunc(c.keys(by), func(k string) bool {
		return slices.Contains(o.keys(by), k) && (!crowded[k] || c.twoWords && o.twoWords)
	})
}

// idsOf are the cards a human had on a side from the start.
func (b *books) idsOf(side record.Side, h *human) []string {
	var ids []string
	for id, c := range b.cards[side] {
		if c.of == h {
			ids = append(ids, id)
		}
	}
	return ids
}

// crowded are the keys that more than ten named people have on a side: by such a key alone nobody can be told.
func (b *books) crowded(by match.By) map[string]bool {
	crowded := map[string]bool{}
	for side := range b.cards {
		people := map[string]int{}
		for _, c := range b.cards[side] {
			for _, k := range c.keys(by) {
				if c.named {
					people[k]++
				}
				crowded[k] = crowded[k] || people[k] > 10
			}
		}
	}
	return crowded
}

// whose is the human a record is about: by what was laid down, else by the code that was copied with everything else.
func (b *books) whose(side record.Side, rec record.Record) string {
	if c, ok := b.cards[side][rec.ID]; ok {
		return c.of.code
	}
	return rec.Fields.Text([2]string{"notes", "personalNotes"}[side])
}

// fieldsOf are the card's values under a schema; the fields it has nothing for are empty.
func fieldsOf(s *record.Schema, values map[string][]string) record.Fields {
	b := s.Build()
	for _, f := range s.Fields() {
		if !f.ReadOnly {
			b.Set(f.Name, values[f.Name]...)
		}
	}
	if b.Err() != nil {
		panic(b.Err())
	}
	return b.Fields()
}

// inOutlook gives values their Outlook names. Now and then a number stands in the wrong place.
func inOutlook(values map[string][]string, misplaced bool) map[string][]string {
	out := map[string][]string{}
	for field, v := range values {
		out[outlookName[field]] = v
	}
	if mobile := out["mobilePhone"]; misplaced && len(mobile) > 0 && len(out["businessPhones"]) == 0 {
		out["businessPhones"], out["mobilePhone"] = mobile, nil
	}
	return out
}

var outlookName = map[string]string{
	"firstName": "givenName", "lastName": "surname", "company": "companyName", "jobTitle": "jobTitle", "emails": "emailAddresses",
	"mobile": "mobilePhone", "workPhone": "businessPhones", "homePhone": "homePhones", "notes": "personalNotes",
}

// holds reports whether every entry of one value is in the other, by the field's equality.
func holds(f record.Field, all, some record.Value) bool {
	return !slices.ContainsFunc(some, func(entry string) bool {
		return strings.TrimSpace(entry) != "" && !slices.ContainsFunc(all, func(e string) bool {
			return f.Equal(record.Value{e}, record.Value{entry}, locale)
		})
	})
}
