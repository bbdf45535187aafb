package conflict_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// story is one pair that was in step and meets again. Rules are copies of the fields that occur, unless told.
type story struct {
	name         string
	was          [2]values // by side; the zero value: they never met
	crm, outlook values    // nil: not read
	rules        []mapping.Rule
	opt          conflict.Options
	modified     [2]time.Time
	created      [2]bool
	shared       bool
	want         []string
}

func (s story) tell(t *testing.T) {
	t.Helper()
	rules := s.rules
	if rules == nil {
		for _, f := range fieldList {
			_, inCRM := s.crm[f.Name]
			_, inOutlook := s.outlook[f.Name]
			if inCRM || inOutlook {
				rules = append(rules, copyRule(f.Name))
			}
		}
	}
	m := &conflict.Merger{Map: compile(t, rules...), Hash: hash, Options: s.opt}
	p := conflict.Pair{Fields: both(s.crm, s.outlook), Modified: s.modified, Created: s.created, Shared: s.shared}
	if s.was[0] != nil {
		p.Base = lastSeen(m, s.was[0], s.was[1])
	}
	if diff := cmp.Diff(s.want, show(m.Merge(p))); diff != "" {
		t.Errorf("Merge(was %v, crm %v, outlook %v, %+v) mismatch (-want +got):\n%s", s.was, s.crm, s.outlook, s.opt, diff)
	}
}

func tell(t *testing.T, stories []story) {
	for _, s := range stories {
		t.Run(s.name, s.tell)
	}
}

func same(v values) [2]values { return [2]values{v, v} }

func TestOneSideChanged(t *testing.T) {
	tell(t, []story{
		{
			name: "nothing changed, nothing happens",
			was:  same(values{"name": "Ada"}), crm: values{"name": "Ada"}, outlook: values{"name": "Ada"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"name: agreed"},
		},
		{
			name: "an edit in the CRM reaches Outlook, and one in Outlook the CRM, in one merge (B1)",
			was:  same(values{"name": "Ada", "note": "met in May"}),
			crm:  values{"name": "Ada King", "note": "met in May"}, outlook: values{"name": "Ada", "note": "met in June"},
			opt: conflict.Options{Allow: twoWay},
			want: []string{"name: to outlook, changed", "note: to crm, changed", "set crm note=met in June",
				"set outlook name=Ada King"},
		},
		{
			name: "clearing a value clears it on the other side too (complaint 6)",
			was:  same(values{"note": "old"}), crm: values{"note": ""}, outlook: values{"note": "old"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"note: to outlook, changed, clears", "set outlook note="},
		},
		{
			name: "a mere reformatting is no edit",
			was:  same(values{"phone": "020 7946 0123"}),
			crm:  values{"phone": "+44 20 7946 0123"}, outlook: values{"phone": "020 7946 0123"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"phone: agreed"},
		},
		{
			name: "each side keeps its own spelling of what says the same (complaint 3)",
			was:  same(values{"phone": ""}),
			crm:  values{"phone": "+44 20 7946 0123"}, outlook: values{"phone": "(020) 79460123"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"phone: agreed"},
		},
		{
			name: "a side that was not read is taken as unchanged; the write waits for its read",
			was:  same(values{"note": "old", "name": "Ada"}), crm: values{"note": "new", "name": "Ada"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"name: agreed", "note: to outlook, changed", "set outlook note=new", "needs outlook"},
		},
		{
			name: "a side that was not read shows what would be cleared",
			was:  same(values{"note": "old"}), crm: values{"note": ""},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"note: to outlook, changed, clears", "set outlook note=", "needs outlook"},
		},
		{
			name: "a field that is not known is never a deletion (complaint 7)",
			was:  same(values{"note": "old", "name": "Ada"}),
			crm:  values{"note": "old", "name": "Ada"}, outlook: values{"name": "Ada"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"name: agreed"},
		},
		{
			name: "nothing was read: nothing is said",
			was:  same(values{"note": "old"}), rules: []mapping.Rule{copyRule("note")},
			opt: conflict.Options{Allow: twoWay},
		},
		{
			name: "the zero options write nothing",
			was:  same(values{"note": "old"}), crm: values{"note": "new"}, outlook: values{"note": "old"},
			want: []string{"note: driftedInCRM"},
		},
	})
}

func TestOneWay(t *testing.T) {
	tell(t, []story{
		{
			name: "F1: an edit on the side that may not send stays, and the link says so (B22)",
			was:  same(values{"note": "old"}), crm: values{"note": "old"}, outlook: values{"note": "mine"},
			opt:  conflict.Options{Allow: toOutlook},
			want: []string{"note: driftedInOutlook"},
		},
		{
			name: "drift = restore puts it back",
			was:  same(values{"note": "old"}), crm: values{"note": "old"}, outlook: values{"note": "mine"},
			opt:  conflict.Options{Allow: toOutlook, Drift: conflict.DriftRestore},
			want: []string{"note: to outlook, restored", "set outlook note=old"},
		},
		{
			name: "drift = restore needs the sender's value",
			was:  same(values{"note": "old"}), outlook: values{"note": "mine"},
			opt:  conflict.Options{Allow: toOutlook, Drift: conflict.DriftRestore},
			want: []string{"note: to outlook, restored", "needs crm"},
		},
		{
			name: "drift = restore also where the sender changed at the same time",
			was:  same(values{"note": "old"}), crm: values{"note": "new"}, outlook: values{"note": "mine"},
			opt:  conflict.Options{Allow: toOutlook, Drift: conflict.DriftRestore},
			want: []string{"note: to outlook, restored", "set outlook note=new"},
		},
		{
			name: "drift = restore puts it back in Outlook also where other mailboxes write the CRM record", shared: true,
			was: same(values{"note": "old"}), crm: values{"note": "old"}, outlook: values{"note": "mine"},
			opt:  conflict.Options{Allow: toOutlook, Drift: conflict.DriftRestore},
			want: []string{"note: to outlook, restored", "set outlook note=old"},
		},
		{
			name: "drift = restore for a one-way connection to the CRM",
			was:  same(values{"note": "old"}), crm: values{"note": "new"}, outlook: values{"note": "mine"},
			opt:  conflict.Options{Allow: toCRM, Drift: conflict.DriftRestore},
			want: []string{"note: to crm, restored", "set crm note=mine"},
		},
		{
			name: "B9: a change of a CRM record that other mailboxes write too is no drift to put back", shared: true,
			was: same(values{"note": "old"}), crm: values{"note": "another's"}, outlook: values{"note": "old"},
			opt:  conflict.Options{Allow: toCRM, Drift: conflict.DriftRestore},
			want: []string{"note: driftedInCRM"},
		},
		{
			name: "B9: nor against an edit here", shared: true,
			was: same(values{"note": "old"}), crm: values{"note": "another's"}, outlook: values{"note": "mine"},
			opt:  conflict.Options{Allow: toCRM, Drift: conflict.DriftRestore},
			want: []string{"note: asked", "asked note"},
		},
		{
			name: "an edit that happens to say what the sender says is no drift",
			was:  [2]values{{"note": "new"}, {"note": "old"}}, crm: values{"note": "new"}, outlook: values{"note": "new"},
			opt:  conflict.Options{Allow: toOutlook},
			want: []string{"note: agreed"},
		},
		{
			name: "B2: the rule's own direction counts like the flow's",
			was:  same(values{"note": "old"}), crm: values{"note": "new"}, outlook: values{"note": "old"},
			rules: []mapping.Rule{{ID: "note", CRM: []string{"note"}, Outlook: []string{"note"}, Direction: mapping.ToCRM}},
			opt:   conflict.Options{Allow: twoWay},
			want:  []string{"note: driftedInCRM"},
		},
		{
			name: "restore writes nothing where neither side may be written",
			was:  same(values{"note": "old"}), crm: values{"note": "new"}, outlook: values{"note": "old"},
			opt:  conflict.Options{Drift: conflict.DriftRestore},
			want: []string{"note: driftedInCRM"},
		},
	})
}

func TestBothChanged(t *testing.T) {
	was := same(values{"note": "old", "name": "Ada"})
	crm, outlook := values{"note": "crm's", "name": "Ada King"}, values{"note": "outlook's", "name": "Ada"}
	earlier := noon.Add(-time.Hour)
	tell(t, []story{
		{
			name: "nobody said who wins: one field waits for a person, the others go on (B1, complaint 12)",
			was:  was, crm: crm, outlook: outlook, opt: conflict.Options{Allow: twoWay},
			want: []string{"name: to outlook, changed", "note: asked", "set outlook name=Ada King", "asked note"},
		},
		{
			name: "C1: the CRM wins",
			was:  was, crm: crm, outlook: outlook, opt: conflict.Options{Allow: twoWay, Winner: mapping.CRMWins},
			want: []string{"name: to outlook, changed", "note: to outlook, crmWon", "set outlook name=Ada King",
				"set outlook note=crm's"},
		},
		{
			name: "C1: Outlook wins",
			was:  was, crm: crm, outlook: outlook, opt: conflict.Options{Allow: twoWay, Winner: mapping.OutlookWins},
			want: []string{"name: to outlook, changed", "note: to crm, outlookWon", "set crm note=outlook's",
				"set outlook name=Ada King"},
		},
		{
			name: "the rule's own conflict setting goes before",
			was:  same(values{"note": "old"}), crm: values{"note": "crm's"}, outlook: values{"note": "outlook's"},
			rules: []mapping.Rule{{ID: "note", CRM: []string{"note"}, Outlook: []string{"note"}, Conflict: mapping.Ask}},
			opt:   conflict.Options{Allow: twoWay, Winner: mapping.CRMWins},
			want:  []string{"note: asked", "asked note"},
		},
		{
			name: "newest: the later edit wins",
			was:  same(values{"note": "old"}), crm: values{"note": "crm's"}, outlook: values{"note": "outlook's"},
			opt:      conflict.Options{Allow: twoWay, Winner: mapping.Newest, Skew: time.Minute},
			modified: [2]time.Time{earlier, noon},
			want:     []string{"note: to crm, outlookNewer", "set crm note=outlook's"},
		},
		{
			name: "newest: within the skew nobody is newer",
			was:  same(values{"note": "old"}), crm: values{"note": "crm's"}, outlook: values{"note": "outlook's"},
			opt:      conflict.Options{Allow: twoWay, Winner: mapping.Newest, Skew: time.Hour},
			modified: [2]time.Time{earlier, noon},
			want:     []string{"note: asked", "asked note"},
		},
		{
			name: "newest: an unknown time asks",
			was:  same(values{"note": "old"}), crm: values{"note": "crm's"}, outlook: values{"note": "outlook's"},
			opt:      conflict.Options{Allow: twoWay, Winner: mapping.Newest},
			modified: [2]time.Time{noon, {}},
			want:     []string{"note: asked", "asked note"},
		},
		{
			name: "newest: on either side",
			was:  same(values{"note": "old"}), crm: values{"note": "crm's"}, outlook: values{"note": "outlook's"},
			opt:      conflict.Options{Allow: twoWay, Winner: mapping.Newest},
			modified: [2]time.Time{{}, noon},
			want:     []string{"note: asked", "asked note"},
		},
		{
			name: "drift = restore has no say where both may send",
			was:  same(values{"note": "old"}), crm: values{"note": "crm's"}, outlook: values{"note": "outlook's"},
			opt:  conflict.Options{Allow: twoWay, Winner: mapping.CRMWins, Drift: conflict.DriftRestore},
			want: []string{"note: to outlook, crmWon", "set outlook note=crm's"},
		},
		{
			name: "the same edit on both sides is no conflict",
			was:  same(values{"email": "a@example.com"}), crm: values{"email": "b@example.com"}, outlook: values{"email": "B@Example.com"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"email: agreed"},
		},
		{
			name: "a winner who may not send leaves both as they are, and does not ask for ever",
			was:  same(values{"note": "old"}), crm: values{"note": "crm's"}, outlook: values{"note": "outlook's"},
			opt:  conflict.Options{Allow: toOutlook, Winner: mapping.OutlookWins},
			want: []string{"note: notToCRM"},
		},
		{
			name: "nothing may be written: nothing is asked",
			was:  same(values{"note": "old"}), crm: values{"note": "crm's"}, outlook: values{"note": "outlook's"},
			want: []string{"note: notAllowed"},
		},
		{
			name: "deleting a value against an edit of it is a conflict like any other",
			was:  same(values{"note": "old"}), crm: values{"note": ""}, outlook: values{"note": "outlook's"},
			opt:  conflict.Options{Allow: twoWay, Winner: mapping.CRMWins},
			want: []string{"note: to outlook, crmWon, clears", "set outlook note="},
		},
	})
}

func TestNewestByField(t *testing.T) {
	m := &conflict.Merger{Map: compile(t, copyRule("note"), copyRule("name")), Hash: hash,
		Options: conflict.Options{Allow: twoWay, Winner: mapping.Newest}}
	p := conflict.Pair{
		Base:     lastSeen(m, values{"note": "old", "name": "Ada"}, values{"note": "old", "name": "Ada"}),
		Fields:   both(values{"note": "crm's", "name": "Ada King"}, values{"note": "outlook's", "name": "Ada L"}),
		Modified: [2]time.Time{noon, noon.Add(-time.Hour)}, // as a whole, the CRM's record is newer
		FieldModified: func(side record.Side, field string) time.Time {
			if side == record.CRM && field == "note" {
				return noon.Add(-2 * time.Hour) // but its note is older
			}
			return time.Time{} // and of the rest nobody knows better
		},
	}
	want := []string{"note: to crm, outlookNewer", "name: to outlook, crmNewer", "set crm note=outlook's", "set outlook name=Ada King"}
	if diff := cmp.Diff(want, show(m.Merge(p))); diff != "" {
		t.Errorf("Merge mismatch (-want +got):\n%s", diff)
	}
}

func TestWholeRecord(t *testing.T) {
	was := same(values{"note": "old", "name": "Ada", "email": "a@example.com"})
	crm := values{"note": "crm's", "name": "Ada King", "email": "a@example.com"}
	outlook := values{"note": "outlook's", "name": "Ada", "email": "b@example.com"}
	tell(t, []story{
		{
			name: "one conflict decides all that either side changed",
			was:  was, crm: crm, outlook: outlook,
			opt: conflict.Options{Allow: twoWay, Winner: mapping.CRMWins, WholeRecord: true},
			want: []string{"name: to outlook, changed", "email: to outlook, recordWon", "note: to outlook, crmWon",
				"set outlook name=Ada King", "set outlook email=a@example.com", "set outlook note=crm's"},
		},
		{
			name: "the other side wins",
			was:  was, crm: crm, outlook: outlook,
			opt: conflict.Options{Allow: twoWay, Winner: mapping.OutlookWins, WholeRecord: true},
			want: []string{"name: to crm, recordWon", "email: to crm, changed", "note: to crm, outlookWon",
				"set crm name=Ada", "set crm email=b@example.com", "set crm note=outlook's"},
		},
		{
			name: "ask: the record waits as a whole",
			was:  was, crm: crm, outlook: outlook,
			opt:  conflict.Options{Allow: twoWay, WholeRecord: true},
			want: []string{"name: asked", "email: asked", "note: asked", "asked name", "asked email", "asked note"},
		},
		{
			name: "newest goes by the record",
			was:  was, crm: crm, outlook: outlook, modified: [2]time.Time{noon, noon.Add(time.Hour)},
			opt: conflict.Options{Allow: twoWay, Winner: mapping.Newest, WholeRecord: true},
			want: []string{"name: to crm, recordWon", "email: to crm, changed", "note: to crm, outlookNewer",
				"set crm name=Ada", "set crm email=b@example.com", "set crm note=outlook's"},
		},
		{
			name: "without a conflict each rule goes its own way",
			was:  was, crm: values{"note": "crm's", "name": "Ada", "email": "a@example.com"},
			outlook: values{"note": "old", "name": "Ada", "email": "b@example.com"},
			opt:     conflict.Options{Allow: twoWay, WholeRecord: true},
			want: []string{"name: agreed", "email: to crm, changed", "note: to outlook, changed",
				"set crm email=b@example.com", "set outlook note=crm's"},
		},
		{
			name: "the same edit on both sides is none",
			was:  was, crm: values{"note": "ours", "name": "Ada King", "email": "a@example.com"},
			outlook: values{"note": "ours", "name": "Ada", "email": "b@example.com"},
			opt:     conflict.Options{Allow: twoWay, WholeRecord: true},
			want: []string{"name: to outlook, changed", "email: to crm, changed", "note: agreed",
				"set crm email=b@example.com", "set outlook name=Ada King"},
		},
		{
			name: "a one-way rule that the winner cannot send goes on in its own direction",
			was:  was, crm: crm, outlook: outlook,
			rules: []mapping.Rule{copyRule("note"), {ID: "email", CRM: []string{"email"}, Outlook: []string{"email"}, Direction: mapping.ToCRM}},
			opt:   conflict.Options{Allow: twoWay, Winner: mapping.CRMWins, WholeRecord: true},
			want:  []string{"note: to outlook, crmWon", "email: to crm, changed", "set crm email=b@example.com", "set outlook note=crm's"},
		},
		{
			name: "on whichever side",
			was:  was, crm: values{"note": "crm's", "email": "b@example.com"}, outlook: values{"note": "outlook's", "email": "a@example.com"},
			rules: []mapping.Rule{copyRule("note"), {ID: "email", CRM: []string{"email"}, Outlook: []string{"email"}, Direction: mapping.ToOutlook}},
			opt:   conflict.Options{Allow: twoWay, Winner: mapping.OutlookWins, WholeRecord: true},
			want:  []string{"note: to crm, outlookWon", "email: to outlook, changed", "set crm note=outlook's", "set outlook email=b@example.com"},
		},
		{
			name: "a rule that may go no way makes no conflict",
			was:  was, crm: crm, outlook: values{"note": "outlook's", "name": "Ada"},
			rules: []mapping.Rule{{ID: "note", CRM: []string{"note"}, Outlook: []string{"note"}, Direction: mapping.ToCRM}, copyRule("name")},
			opt:   conflict.Options{Allow: toOutlook, WholeRecord: true},
			want:  []string{"note: notAllowed", "name: to outlook, changed", "set outlook name=Ada King"},
		},
		{
			name: "nor is anybody asked about it where another makes one",
			was:  was, crm: values{"note": "crm's", "email": "c@example.com"}, outlook: outlook,
			rules: []mapping.Rule{copyRule("note"), {ID: "email", CRM: []string{"email"}, Outlook: []string{"email"}, Direction: mapping.ToCRM}},
			opt:   conflict.Options{Allow: toOutlook, WholeRecord: true},
			want:  []string{"note: asked", "email: notAllowed", "asked note"},
		},
		{
			name: "and its own winner is not asked", was: was, crm: values{"note": "crm's", "email": "c@example.com"}, outlook: outlook,
			rules: []mapping.Rule{copyRule("note"), {ID: "email", CRM: []string{"email"}, Outlook: []string{"email"},
				Direction: mapping.ToCRM, Conflict: mapping.OutlookWins}},
			opt:  conflict.Options{Allow: twoWay, Winner: mapping.CRMWins, WholeRecord: true},
			want: []string{"note: to outlook, crmWon", "email: notToOutlook", "set outlook note=crm's"},
		},
		{
			name: "a one-way rule that both changed, and the winner cannot send",
			was:  was, crm: values{"note": "crm's", "email": "c@example.com"}, outlook: outlook,
			rules: []mapping.Rule{copyRule("note"), {ID: "email", CRM: []string{"email"}, Outlook: []string{"email"}, Direction: mapping.ToCRM}},
			opt:   conflict.Options{Allow: twoWay, Winner: mapping.CRMWins, WholeRecord: true},
			want:  []string{"note: to outlook, crmWon", "email: notToOutlook", "set outlook note=crm's"},
		},
	})
}

func TestFirstMeeting(t *testing.T) {
	crm, outlook := values{"note": "crm's"}, values{"note": "outlook's"}
	newer := [2]time.Time{noon.Add(time.Hour), noon}
	older := [2]time.Time{noon, noon.Add(time.Hour)}
	tell(t, []story{
		{name: "they say the same", crm: values{"email": "a@example.com"}, outlook: values{"email": "A@example.com"},
			opt: conflict.Options{Allow: twoWay}, want: []string{"email: agreed"}},
		{name: "an empty value in Outlook is filled (M2)", crm: crm, outlook: values{"note": ""},
			opt: conflict.Options{Allow: twoWay}, want: []string{"note: to outlook, filledEmpty", "set outlook note=crm's"}},
		{name: "an empty value in the CRM is filled, whoever wins (C2)", crm: values{"note": ""}, outlook: outlook,
			opt:  conflict.Options{Allow: twoWay, Winner: mapping.CRMWins, Existing: conflict.Override},
			want: []string{"note: to crm, filledEmpty", "set crm note=outlook's"}},
		{name: "an empty source does not blank (C2)", crm: values{"note": ""}, outlook: outlook,
			opt: conflict.Options{Allow: toOutlook, Existing: conflict.Override}, want: []string{"note: notToCRM"}},
		{name: "nor the other way", crm: crm, outlook: values{"note": ""},
			opt: conflict.Options{Allow: toCRM}, want: []string{"note: notToOutlook"}},
		{name: "M2: only empty fields are filled", crm: crm, outlook: outlook,
			opt: conflict.Options{Allow: toOutlook}, want: []string{"note: onlyFillsEmpty"}},
		{name: "M2: override", crm: crm, outlook: outlook,
			opt:  conflict.Options{Allow: toOutlook, Existing: conflict.Override},
			want: []string{"note: to outlook, overrode", "set outlook note=crm's"}},
		{name: "M2: override goes before the winner", crm: crm, outlook: outlook,
			opt:  conflict.Options{Allow: twoWay, Existing: conflict.Override, Winner: mapping.OutlookWins},
			want: []string{"note: to outlook, overrode", "set outlook note=crm's"}},
		{name: "M2: leave writes nothing to Outlook", crm: crm, outlook: values{"note": ""},
			opt: conflict.Options{Allow: twoWay, Existing: conflict.Leave}, want: []string{"note: leftAlone"}},
		{name: "M2: leave, both have a value, nobody wins", crm: crm, outlook: outlook,
			opt: conflict.Options{Allow: twoWay, Existing: conflict.Leave}, want: []string{"note: leftAlone"}},
		{name: "M2: leave still lets Outlook win", crm: crm, outlook: outlook,
			opt:  conflict.Options{Allow: twoWay, Existing: conflict.Leave, Winner: mapping.OutlookWins},
			want: []string{"note: to crm, outlookWon", "set crm note=outlook's"}},
		{name: "M2: leave still lets an empty CRM value be filled", crm: values{"note": ""}, outlook: outlook,
			opt:  conflict.Options{Allow: twoWay, Existing: conflict.Leave},
			want: []string{"note: to crm, filledEmpty", "set crm note=outlook's"}},
		{name: "two-way, nobody said who wins: ask", crm: crm, outlook: outlook,
			opt: conflict.Options{Allow: twoWay}, want: []string{"note: asked", "asked note"}},
		{name: "two-way, the CRM wins: Outlook's value stays all the same, as only empty ones are filled", crm: crm, outlook: outlook,
			opt: conflict.Options{Allow: twoWay, Winner: mapping.CRMWins}, want: []string{"note: onlyFillsEmpty"}},
		{name: "two-way, Outlook wins", crm: crm, outlook: outlook,
			opt:  conflict.Options{Allow: twoWay, Winner: mapping.OutlookWins},
			want: []string{"note: to crm, outlookWon", "set crm note=outlook's"}},
		{name: "newest, and Outlook is newer", crm: crm, outlook: outlook, modified: older,
			opt:  conflict.Options{Allow: twoWay, Winner: mapping.Newest},
			want: []string{"note: to crm, outlookNewer", "set crm note=outlook's"}},
		{name: "newest, and the CRM is newer", crm: crm, outlook: outlook, modified: newer,
			opt: conflict.Options{Allow: twoWay, Winner: mapping.Newest}, want: []string{"note: onlyFillsEmpty"}},
		{name: "one way to the CRM: Outlook is the source", crm: crm, outlook: outlook,
			opt: conflict.Options{Allow: toCRM}, want: []string{"note: to crm, changed", "set crm note=outlook's"}},
		{name: "one way to the CRM: Outlook is not overridden", crm: crm, outlook: outlook,
			opt:  conflict.Options{Allow: toCRM, Existing: conflict.Override},
			want: []string{"note: to crm, changed", "set crm note=outlook's"}},
		{name: "one way to the CRM, but the CRM wins", crm: crm, outlook: outlook,
			opt: conflict.Options{Allow: toCRM, Winner: mapping.CRMWins}, want: []string{"note: notToOutlook"}},
		{name: "nothing may be written", crm: crm, outlook: outlook, want: []string{"note: notAllowed"}},
		{name: "an item of our own making takes the source's values, and nobody is asked", crm: crm, outlook: outlook,
			created: [2]bool{record.Outlook: true},
			opt:     conflict.Options{Allow: twoWay}, want: []string{"note: to outlook, overrode", "set outlook note=crm's"}},
		{name: "a CRM record of our own making", crm: crm, outlook: outlook, created: [2]bool{record.CRM: true},
			opt: conflict.Options{Allow: twoWay}, want: []string{"note: to crm, overrode", "set crm note=outlook's"}},
		{name: "what a person added meanwhile to an item of our own making is kept", crm: values{"note": ""}, outlook: outlook,
			created: [2]bool{record.Outlook: true},
			opt:     conflict.Options{Allow: twoWay}, want: []string{"note: to crm, filledEmpty", "set crm note=outlook's"}},
		{name: "an item of our own making may not be written after all", crm: crm, outlook: outlook,
			created: [2]bool{record.Outlook: true}, opt: conflict.Options{Allow: toCRM}, want: []string{"note: notToOutlook"}},
		{name: "both sides must be read", crm: crm, opt: conflict.Options{Allow: twoWay}, want: []string{"needs outlook"}},
	})
}

func TestRuleAddedLaterMeetsFirst(t *testing.T) { // M2, C2
	tell(t, []story{{
		name: "a rule without a base is a first meeting for its field only",
		was:  same(values{"note": "old"}),
		crm:  values{"note": "new", "name": "Ada"}, outlook: values{"note": "old", "name": "Ada L"},
		opt:  conflict.Options{Allow: toOutlook},
		want: []string{"name: onlyFillsEmpty", "note: to outlook, changed", "set outlook note=new"},
	}})
}

func TestExistingAlways(t *testing.T) { // M2: "or every later push too"
	was := same(values{"note": "old"})
	always := func(e conflict.Existing) conflict.Options {
		return conflict.Options{Allow: toOutlook, Existing: e, ExistingAlways: true}
	}
	tell(t, []story{
		{name: "fillEmpty keeps a value that is there", was: was, crm: values{"note": "new"}, outlook: values{"note": "old"},
			opt: always(conflict.FillEmpty), want: []string{"note: onlyFillsEmpty"}},
		{name: "fillEmpty fills an empty one", was: same(values{"note": ""}), crm: values{"note": "new"}, outlook: values{"note": ""},
			opt: always(""), want: []string{"note: to outlook, changed", "set outlook note=new"}},
		{name: "fillEmpty must look first", was: was, crm: values{"note": "new"},
			opt: always(""), want: []string{"note: to outlook, changed", "set outlook note=new", "needs outlook"}},
		{name: "leave needs no look", was: was, crm: values{"note": "new"},
			opt: always(conflict.Leave), want: []string{"note: leftAlone"}},
		{name: "override writes", was: was, crm: values{"note": "new"}, outlook: values{"note": "old"},
			opt: always(conflict.Override), want: []string{"note: to outlook, changed", "set outlook note=new"}},
		{name: "our own items are ours", was: was, crm: values{"note": "new"}, outlook: values{"note": "old"},
			created: [2]bool{record.Outlook: true},
			opt:     always(conflict.Leave), want: []string{"note: to outlook, changed", "set outlook note=new"}},
		{name: "the CRM is not protected", was: was, crm: values{"note": "old"}, outlook: values{"note": "new"},
			opt:  conflict.Options{Allow: twoWay, Existing: conflict.Leave, ExistingAlways: true},
			want: []string{"note: to crm, changed", "set crm note=new"}},
	})
}

func TestSetHoldsWholeValuesOfChangedFieldsOnly(t *testing.T) {
	tell(t, []story{{
		name: "of a rule over several fields, one changed; of the list, one entry",
		was:  same(values{"name": "Ada  King", "lines": "a|b"}), rules: []mapping.Rule{several("name", "lines")},
		crm: values{"name": "Ada King", "lines": "a|c"}, outlook: values{"name": "Ada  King", "lines": "a|b"},
		opt:  conflict.Options{Allow: twoWay},
		want: []string{"name: to outlook, changed", "set outlook lines=a|c"},
	}})
}

// several is a rule that carries several fields as they are.
func several(fields ...string) mapping.Rule {
	return mapping.Rule{ID: fields[0], CRM: fields, Outlook: fields, Custom: verbatim{}}
}

func TestSpellingsThatAreLeftAreRemembered(t *testing.T) {
	m := &conflict.Merger{Map: compile(t, several("name", "email", "lines")), Hash: hash, Options: conflict.Options{Allow: twoWay}}
	was := values{"name": "Ada  King", "email": "A@Example.com", "lines": "a|b"}
	crm := values{"name": "Ada King", "email": "a@example.com", "lines": "a|c"}
	o := m.Merge(conflict.Pair{Base: lastSeen(m, was, was), Fields: both(crm, was)})
	if diff := cmp.Diff([]string{"name: to outlook, changed", "set outlook lines=a|c"}, show(o)); diff != "" {
		t.Errorf("Merge mismatch (-want +got):\n%s", diff)
	}
	written := values{"name": was["name"], "email": was["email"], "lines": "a|c"}
	if diff := cmp.Diff(lastSeen(m, crm, written), o.Seen); diff != "" {
		t.Errorf("each side keeps its spelling, and Seen says something else (-want +got):\n%s", diff)
	}
	m.Options.Existing = conflict.Override
	first := m.Merge(conflict.Pair{Fields: both(crm, was)})
	if diff := cmp.Diff(lastSeen(m, crm, written), first.Seen); diff != "" {
		t.Errorf("at a first meeting Seen says something else (-want +got):\n%s", diff)
	}
}
