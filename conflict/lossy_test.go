package conflict_test

import (
	"testing"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

func TestWhatOneSideCannotHoldIsDiverged(t *testing.T) { // B22
	memo, careless := []mapping.Rule{memoRule}, []mapping.Rule{custom("note", "note", careless{})}
	first, oneWayFirst := []mapping.Rule{firstRule}, firstRule
	oneWayFirst.Direction = mapping.ToOutlook
	back := memoRule
	back.Direction = mapping.ToCRM
	tell(t, []story{
		{name: "a value too long for its field is said to be", rules: memo,
			was: same(values{"memo": "old"}), crm: values{"memo": "longer"}, outlook: values{"memo": "old"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"memo: to outlook, changed, diverged cut", "set outlook memo=longer"}},
		{name: "a value and its own cut form agree at a first meeting, and the cut form never comes back", rules: memo,
			crm: values{"memo": "longer"}, outlook: values{"memo": "lon"},
			opt:  conflict.Options{Allow: twoWay, Winner: mapping.OutlookWins},
			want: []string{"memo: cut"}},
		{name: "both edited to what is the same, cut", rules: memo,
			was: same(values{"memo": "old"}), crm: values{"memo": "longer"}, outlook: values{"memo": "lon"},
			opt:  conflict.Options{Allow: twoWay, Winner: mapping.OutlookWins},
			want: []string{"memo: cut"}},
		{name: "also where the rule does not go the way on which it was cut", rules: []mapping.Rule{back},
			crm: values{"memo": "longer"}, outlook: values{"memo": "lon"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"memo: cut"}},
		{name: "a host's lens that says what it loses is believed", rules: careless,
			crm: values{"note": "longer"}, outlook: values{"note": "lon"},
			opt:  conflict.Options{Allow: twoWay, Winner: mapping.OutlookWins},
			want: []string{"note: cut"}},
		{name: "and has nothing to cut where both sides hold the whole", rules: careless,
			crm: values{"note": "longer"}, outlook: values{"note": "longer"},
			opt:  conflict.Options{Allow: twoWay, Existing: conflict.Override},
			want: []string{"note: cut"}},
		{name: "only the first of several goes across", rules: first,
			was: [2]values{{"tag": "a"}, {"tags": "a|b"}}, crm: values{"tag": "a"}, outlook: values{"tags": "c|b"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"tag: to crm, changed, diverged firstOnly", "set crm tag=c"}},
		{name: "the others are never wiped", rules: first,
			was: [2]values{{"tag": "a"}, {"tags": "a|b"}}, crm: values{"tag": "c"}, outlook: values{"tags": "a|b"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"tag: to outlook, changed, diverged firstOnly", "set outlook tags=c|b"}},
		{name: "an edit of another entry is not the rule's business", rules: first,
			was: [2]values{{"tag": "a"}, {"tags": "a|b"}}, crm: values{"tag": "a"}, outlook: values{"tags": "a|x|y"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"tag: agreed"}},
		{name: "what a side may not say anyway is no reason to differ", rules: []mapping.Rule{oneWayFirst},
			was: [2]values{{"tag": "a"}, {"tags": "a|b"}}, crm: values{"tag": "c"}, outlook: values{"tags": "a|b"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"tag: to outlook, changed", "set outlook tags=c|b"}},
		{name: "also where the sides agree from the beginning", rules: []mapping.Rule{oneWayFirst},
			crm: values{"tag": "a"}, outlook: values{"tags": "a|b"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"tag: agreed"}},
		{name: "where nothing may be written, the rule's own direction says what agrees", rules: []mapping.Rule{oneWayFirst},
			crm: values{"tag": ""}, outlook: values{"tags": "a|b"},
			want: []string{"tag: keptOther"}},
		{name: "nothing to say is no agreement while the other side has something", rules: first,
			crm: values{"tag": ""}, outlook: values{"tags": "a|b"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"tag: to crm, filledEmpty, diverged firstOnly", "set crm tag=a"}},
		{name: "a value without a form on an empty other side is said to have none", rules: []mapping.Rule{custom("note", "note", picky{})},
			crm: values{"note": "xyz"}, outlook: values{"note": ""},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"note: notListed"}},
		{name: "of losses both ways, the one on the way that was taken is told",
			rules: []mapping.Rule{custom("note", "note", losing{record.CRM: mapping.Cut, record.Outlook: mapping.FirstOnly})},
			was:   same(values{"note": "old"}), crm: values{"note": "new"}, outlook: values{"note": "old"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"note: to outlook, changed, diverged cut", "set outlook note=new"}},
		{name: "also where nothing could be carried",
			rules: []mapping.Rule{custom("note", "note", mute{losing{record.CRM: mapping.OneWay, record.Outlook: mapping.NotListed}})},
			was:   same(values{"note": "old"}), crm: values{"note": "new"}, outlook: values{"note": "old"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"note: oneWay"}},
		{name: "an edit where the sender has nothing to say is no drift", rules: first,
			was: [2]values{{"tag": ""}, {"tags": "a|b"}}, crm: values{"tag": ""}, outlook: values{"tags": "c|d"},
			opt:  conflict.Options{Allow: toOutlook},
			want: []string{"tag: keptOther"}},
		{name: "clearing the only value while the other side has more keeps those", rules: first,
			was: [2]values{{"tag": "a"}, {"tags": "a|b"}}, crm: values{"tag": ""}, outlook: values{"tags": "a|b"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"tag: keptOther"}},
	})
}

func TestManagedSets(t *testing.T) { // complaint 11
	rules := []mapping.Rule{staffRule, clubRule}
	opt := conflict.Options{Allow: twoWay}
	tell(t, []story{
		{name: "two rules add to one field without undoing each other, and the mailbox's own stay", rules: rules, opt: opt,
			was: [2]values{{"groups": ""}, {"groups": "mine"}}, crm: values{"groups": "staff|golf"}, outlook: values{"groups": "mine"},
			want: []string{"staff: to outlook, changed, diverged notListed", "club: to outlook, changed, diverged notListed",
				"set outlook groups=mine|staff|golf"}},
		{name: "one adds, one removes", rules: rules, opt: opt,
			was: [2]values{{"groups": "golf"}, {"groups": "mine|golf"}}, crm: values{"groups": "staff"}, outlook: values{"groups": "mine|golf"},
			want: []string{"staff: to outlook, changed", "club: to outlook, changed, clears, diverged notListed", "set outlook groups=mine|staff"}},
		{name: "and a third", rules: []mapping.Rule{staffRule, clubRule, ownRule("family", "family")}, opt: opt,
			was: [2]values{{"groups": ""}, {"groups": "mine"}}, crm: values{"groups": "staff|golf|family"}, outlook: values{"groups": "mine"},
			want: []string{"staff: to outlook, changed, diverged notListed", "club: to outlook, changed, diverged notListed",
				"family: to outlook, changed, diverged notListed", "set outlook groups=mine|staff|golf|family"}},
		{name: "what the mailbox does with its own is no change", rules: rules, opt: opt,
			was: [2]values{{"groups": "staff"}, {"groups": "mine|staff"}}, crm: values{"groups": "staff"}, outlook: values{"groups": "yours|staff"},
			want: []string{"staff: agreed", "club: agreed"}},
	})
}

func TestConstantFillsAndIsNeverEmpty(t *testing.T) {
	rules := []mapping.Rule{{ID: "source", Outlook: []string{"note"},
		Lens: mapping.Spec{Kind: mapping.Const, Values: []string{"from the CRM"}}, Direction: mapping.ToOutlook}}
	crm := values{"name": "Ada"}
	tell(t, []story{
		{name: "it fills", rules: rules, crm: crm, outlook: values{"note": ""},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"source: to outlook, filledEmpty", "set outlook note=from the CRM"}},
		{name: "it overrides where told to", rules: rules, crm: crm, outlook: values{"note": "mine"},
			opt:  conflict.Options{Allow: twoWay, Existing: conflict.Override},
			want: []string{"source: to outlook, overrode", "set outlook note=from the CRM"}},
		{name: "it is put back where told to", rules: rules,
			was: [2]values{crm, {"note": "from the CRM"}}, crm: crm, outlook: values{"note": "mine"},
			opt:  conflict.Options{Allow: twoWay, Drift: conflict.DriftRestore},
			want: []string{"source: to outlook, restored", "set outlook note=from the CRM"}},
	})
}

func TestFirstMeetingDoesNotEmptyWhatTheLensHasNoFormFor(t *testing.T) { // C2
	tell(t, []story{{
		name: "a value without a counterpart", rules: []mapping.Rule{staffRule},
		crm: values{"groups": "other"}, outlook: values{"groups": "staff|mine"},
		opt:  conflict.Options{Allow: toOutlook, Existing: conflict.Override},
		want: []string{"staff: notToCRM"},
	}, {
		name: "a value that a host's lens would clear the other side for", rules: []mapping.Rule{custom("note", "note", picky{})},
		crm: values{"note": "xyz"}, outlook: values{"note": "mine"},
		opt:  conflict.Options{Allow: toOutlook, Existing: conflict.Override},
		want: []string{"note: emptyKept"},
	}})
}
