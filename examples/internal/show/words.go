package show

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
)

// The words for people. The library speaks in closed lists, so that every host can say them in its own language.

var sides = [2]string{"the CRM", "Outlook"}

var codes = map[contactsync.Code]string{
	contactsync.CodeConflict:        "both sides have a value of their own",
	contactsync.CodeDoubtfulMatch:   "perhaps the same person",
	contactsync.CodeSeveralMatches:  "a second Outlook contact of somebody in sync",
	contactsync.CodeStrangerMatch:   "a contact of a CRM record you may not sync",
	contactsync.CodeEditVsDelete:    "deleted on one side, changed on the other",
	contactsync.CodeInvalidValue:    "a value the other side refuses",
	contactsync.CodeCompletion:      "perhaps another person's data, filled in by Outlook",
	contactsync.CodeDenied:          "a write that was refused",
	contactsync.CodeNoKey:           "no address and no number",
	contactsync.CodeNoAccount:       "a company that is no account's",
	contactsync.CodeSeveralAccounts: "a company that is several accounts'",
	contactsync.CodeFailed:          "a write that failed, tried again by itself",
	contactsync.CodeMalformed:       "a contact that could not be read",
	contactsync.CodeUnknown:         "a contact whose fate is not known",
	contactsync.CodeMissing:         "a contact that is gone from one side, after a backup",
}

var whys = map[contactsync.Why]string{
	contactsync.WhyNew:       "not there yet",
	contactsync.WhyMatched:   "recognised: there already, in other words",
	contactsync.WhyChanged:   "changed since",
	contactsync.WhyDeleted:   "deleted on the other side",
	contactsync.WhyLeft:      "no longer selected",
	contactsync.WhyMovedOut:  "left the folder",
	contactsync.WhyRestored:  "put back",
	contactsync.WhyEditLives: "deleted on the other side, edited on this one",
	contactsync.WhyCopies:    "a second copy of our own",
}

var reasons = map[conflict.Reason]string{
	conflict.OneSided:     "changed on the other side",
	conflict.FilledEmpty:  "was empty",
	conflict.Overrode:     "taken over",
	conflict.CRMWon:       "the CRM wins",
	conflict.OutlookWon:   "Outlook wins",
	conflict.CRMNewer:     "newer in the CRM",
	conflict.OutlookNewer: "newer in Outlook",
	conflict.RecordWon:    "goes with the rest of the record",
	conflict.Decided:      "decided by you",
	conflict.Restored:     "put back",
}

// Code is a problem's code in words.
func Code(c contactsync.Code) string { return cmp.Or(codes[c], string(c)) }

// settingsInWords are the settings in force, as label and text.
func settingsInWords(s contactsync.Settings) [][2]string {
	ops := func(o *contactsync.Ops) string {
		if o == nil {
			o = &contactsync.Ops{Create: true, Update: true}
		}
		var words []string
		for _, w := range []struct {
			on   bool
			word string
		}{{o.Create, "create"}, {o.Update, "update"}, {o.Delete, "delete"}} {
			if w.on {
				words = append(words, w.word)
			}
		}
		return cmp.Or(strings.Join(words, ", "), "nothing")
	}
	rows := [][2]string{
		{"May be done", fmt.Sprintf("in Outlook: %s;  in the CRM: %s", ops(s.Flow.ToOutlook), ops(s.Flow.ToCRM))},
		{"Fields", ruleNames(s.Mapping)},
		{"Same person", matchInWords(s.Match)},
		{"First meeting", map[conflict.Existing]string{
			"":                 "fill what is empty, overwrite nothing",
			conflict.FillEmpty: "fill what is empty, overwrite nothing",
			conflict.Override:  "the CRM's values are taken over",
			conflict.Leave:     "link, write nothing to Outlook",
		}[s.Match.Existing]},
		{"Both edited", "different fields: keep both edits;  the same field: " + winnersInWords(s)},
		{"Deleted", fmt.Sprintf("in the CRM: %s;  in Outlook: %s",
			deletedInWords(s.Deleted.InCRM, "Outlook"), deletedInWords(s.Deleted.InOutlook, "the CRM"))},
		{"Private", map[bool]string{
			false: "contacts marked private in Outlook stay out of the CRM",
			true:  "contacts marked private in Outlook take part",
		}[s.Private]},
		{"Guards", "stop before anything is written if a run, or the runs of a day together, would " + strings.Join([]string{
			limitInWords(s.Guards.Deletes, 10, 5, "delete"),
			limitInWords(s.Guards.Clears, 10, 20, "clear"),
			limitInWords(s.Guards.Changes, 50, 50, "change"),
		}, ", or ")},
	}
	if only := filterInWords(s.Filter); only != "" {
		rows = slices.Insert(rows, 1, [2]string{"Selection", "CRM records with " + only})
	}
	return rows
}

// filterInWords is a filter as JSON; empty where everything is selected.
func filterInWords(c filter.Condition) string {
	text, err := json.Marshal(c)
	if err != nil || string(text) == "{}" {
		return ""
	}
	return string(text)
}

var winners = map[mapping.Winner]string{
	mapping.Ask:         "ask",
	mapping.CRMWins:     "the CRM wins",
	mapping.OutlookWins: "Outlook wins",
	mapping.Newest:      "the newer edit wins",
}

// winnersInWords says who wins, and for which fields it is another.
func winnersInWords(s contactsync.Settings) string {
	standard := cmp.Or(s.Conflict, mapping.Ask)
	words := winners[standard]
	for _, w := range []mapping.Winner{mapping.Ask, mapping.CRMWins, mapping.OutlookWins, mapping.Newest} {
		var names []string
		for _, r := range s.Mapping {
			if r.Conflict == w && w != standard {
				names = append(names, RuleName(r.ID))
			}
		}
		if len(names) > 0 {
			words += ";  of " + strings.Join(names, ", ") + ": " + winners[w]
		}
	}
	return words
}

func ruleNames(rules []mapping.Rule) string {
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = RuleName(r.ID)
	}
	return strings.Join(names, ", ")
}

// RuleName makes "work phone" of "workPhone".
func RuleName(id string) string {
	var b strings.Builder
	for i, r := range id {
		if i > 0 && 'A' <= r && r <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

func matchInWords(m contactsync.Match) string {
	by := map[match.By]string{
		"":                    "an address or a number in common",
		match.ByEmailOrPhone:  "an address or a number in common",
		match.ByEmail:         "an address in common",
		match.ByPhone:         "a number in common",
		match.ByEmailAndPhone: "an address and a number in common",
	}[m.By]
	if m.Doubtful == "link" {
		return by + ", whatever the names"
	}
	return by + ", and names that fit;  in doubt: ask"
}

func deletedInWords(d contactsync.Disposition, other string) string {
	switch d {
	case contactsync.Propagate:
		return "delete in " + other + " too"
	case contactsync.Restore:
		return "put back"
	case contactsync.LeaveAlone:
		return "do nothing"
	case contactsync.Unlink:
		return "keep in " + other + " until it changes there"
	}
	return "keep in " + other
}

func limitInWords(l contactsync.Limit, percent float64, floor int, what string) string {
	if l.Off {
		return what + " whatever it likes"
	}
	if l.Percent != 0 || l.Floor != 0 {
		percent, floor = l.Percent, l.Floor
	}
	words := fmt.Sprintf("%s more than %v %% and more than %d contacts", what, percent, floor)
	if l.DayPercent != 0 || l.DayFloor != 0 {
		words += fmt.Sprintf(" (in a day %v %% and %d)", l.DayPercent, l.DayFloor)
	}
	return words
}

// Count writes "1 pair" and "1,234 pairs".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// Thousands writes "1,234".
func Thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
