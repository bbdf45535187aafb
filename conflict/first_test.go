package conflict_test

import (
	"testing"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// TestFirstMeetingTakesWhatOnlyAdds: another entry of a list, a second field beside the first, is nobody's loss, so that nobody
// is asked and fillEmpty does not hold it up.
func TestFirstMeetingTakesWhatOnlyAdds(t *testing.T) { // M2, C2
	more, less := values{"lines": "a|b"}, values{"lines": "a"}
	two := []mapping.Rule{several("name", "lines")}
	tell(t, []story{
		{name: "to Outlook", crm: more, outlook: less, opt: conflict.Options{Allow: twoWay},
			want: []string{"lines: to outlook, filledEmpty", "set outlook lines=a|b"}},
		{name: "to the CRM", crm: less, outlook: more, opt: conflict.Options{Allow: twoWay},
			want: []string{"lines: to crm, filledEmpty", "set crm lines=a|b"}},
		{name: "to the CRM, whoever wins", crm: less, outlook: more, opt: conflict.Options{Allow: twoWay, Winner: mapping.CRMWins},
			want: []string{"lines: to crm, filledEmpty", "set crm lines=a|b"}},
		{name: "not to a CRM that may not be written", crm: less, outlook: more, opt: conflict.Options{Allow: toOutlook},
			want: []string{"lines: onlyFillsEmpty"}},
		{name: "not to an Outlook that may not be written", crm: more, outlook: less, opt: conflict.Options{Allow: toCRM},
			want: []string{"lines: to crm, changed", "set crm lines=a"}},
		{name: "existing = leave means this too", crm: more, outlook: less, opt: conflict.Options{Allow: twoWay, Existing: conflict.Leave},
			want: []string{"lines: leftAlone"}},
		{name: "existing for later pushes too does not mean the first", crm: more, outlook: less,
			opt:  conflict.Options{Allow: twoWay, ExistingAlways: true},
			want: []string{"lines: to outlook, filledEmpty", "set outlook lines=a|b"}},
		{name: "an entry that would go is asked about", crm: values{"lines": "b|c"}, outlook: less, opt: conflict.Options{Allow: twoWay},
			want: []string{"lines: asked", "asked lines"}},
		{name: "another spelling is no other value", rules: []mapping.Rule{several("phone", "lines")},
			crm: values{"phone": "+44 20 7946 0123", "lines": "a|b"}, outlook: values{"phone": "(020) 79460123", "lines": "a"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"phone: to outlook, filledEmpty", "set outlook lines=a|b"}},
		{name: "an empty field beside others is filled", rules: two,
			crm: values{"name": "Ada", "lines": "a"}, outlook: values{"name": "", "lines": "a"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"name: to outlook, filledEmpty", "set outlook name=Ada"}},
		{name: "also where a lens shows it as an empty text",
			rules: []mapping.Rule{{ID: "name", CRM: []string{"name", "note"}, Outlook: []string{"name", "note"}, Custom: textual{}}},
			crm:   values{"name": "Ada", "note": "a"}, outlook: values{"name": "", "note": "a"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"name: to outlook, filledEmpty", "set outlook name=Ada"}},
		{name: "what cannot be carried adds nothing", rules: []mapping.Rule{custom("note", "note", mute{losing{record.CRM: mapping.OneWay}})},
			crm: values{"note": "crm's"}, outlook: values{"note": "outlook's"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"note: asked", "asked note"}},
		{name: "a field that would change beside one that only adds is asked about", rules: two,
			crm: values{"name": "Ada", "lines": "a|b"}, outlook: values{"name": "Eve", "lines": "a"},
			opt:  conflict.Options{Allow: twoWay},
			want: []string{"name: asked", "asked name"}},
	})
}

// TestMeetingAnewIsNobodysMaking: the way that was shut opens, and people may have worked on the item since it was made.
func TestMeetingAnewIsNobodysMaking(t *testing.T) { // B17, M2
	for side, shut := range []conflict.Reason{record.CRM: conflict.NotToCRM, record.Outlook: conflict.NotToOutlook} {
		m := merger(t, "note")
		p := conflict.Pair{Fields: both(values{"note": "crm's"}, values{"note": "outlook's"})}
		p.Created[side] = true
		m.Options.Allow = [2]bool{}
		p.Base = check(t, m, p, "note: "+string(shut)).Seen
		m.Options.Allow = twoWay
		check(t, m, p, "note: asked, diverged "+string(shut), "asked note")
	}
}

// TestLeftApartByAnUndo: what an undo left apart in another tie stays so at a first meeting, while both sides hold just that.
func TestLeftApartByAnUndo(t *testing.T) { // B11
	m := merger(t, "note")
	m.Options.Allow = twoWay
	undone := m.Look(nil, both(values{"note": ""}, values{"note": "outlook's"}))
	undone[0].Diverged = conflict.Undone
	for _, tc := range []struct {
		crm, outlook values
		want         []string
	}{
		{values{"note": ""}, values{"note": "outlook's"}, []string{"note: undone"}},
		{values{"note": ""}, values{"note": "new"}, []string{"note: to crm, filledEmpty", "set crm note=new"}},
		{values{"note": "new"}, values{"note": "outlook's"}, []string{"note: asked", "asked note"}},
		{values{"note": "new"}, values{"note": ""}, []string{"note: to outlook, filledEmpty", "set outlook note=new"}},
		{values{"note": "same"}, values{"note": "same"}, []string{"note: agreed"}},
	} {
		check(t, m, conflict.Pair{Fields: both(tc.crm, tc.outlook), Undone: undone}, tc.want...)
	}
	met := check(t, m, conflict.Pair{Fields: both(values{"note": ""}, values{"note": "outlook's"}), Undone: undone}, "note: undone")
	check(t, m, conflict.Pair{Base: met.Seen, Fields: both(values{"note": ""}, values{"note": "edited"})}, "note: to crm, changed", "set crm note=edited")
}
