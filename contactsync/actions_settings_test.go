package contactsync_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// Actions that make no sense are refused with the action and the member at fault, and nothing is written.
func TestBadActions(t *testing.T) {
	good := func(change func(*contactsync.IfThen)) []contactsync.IfThen {
		a := clientsMarked
		change(&a)
		return []contactsync.IfThen{a}
	}
	toCRM := func(change func(*contactsync.IfThen)) []contactsync.IfThen {
		a := clientsKept
		change(&a)
		return []contactsync.IfThen{a}
	}
	kind := mapping.Rule{ID: "kind", CRM: []string{"kind"}, Outlook: []string{"department"}}
	whole := mapping.Rule{ID: "labels", CRM: []string{"kind"}, Outlook: []string{"categories"}, Lens: mapping.Spec{Kind: mapping.Set, Values: []string{"Clients"}}}
	for name, tt := range map[string]struct {
		actions []contactsync.IfThen
		mapping []mapping.Rule
		want    string
	}{
		"no id":                 {actions: good(func(a *contactsync.IfThen) { a.ID = "" }), want: `actions[#1].id: an action needs an id`},
		"the same id":           {actions: []contactsync.IfThen{clientsMarked, clientsMarked}, want: `actions[mark].id: the actions #1 and #2 have the same id`},
		"direction":             {actions: good(func(a *contactsync.IfThen) { a.Direction = "both" }), want: `actions[mark].direction: "both" is not one of ["toOutlook" "toCRM"]`},
		"then":                  {actions: good(func(a *contactsync.IfThen) { a.Then = "burn" }), want: `actions[mark].then: "burn" is not one of ["add" "remove" "set"]`},
		"a field of the side":   {actions: good(func(a *contactsync.IfThen) { a.If = filter.Has("categories", "x") }), want: `actions[mark].if: has: field "categories": there is no such field (it reads fields of the CRM)`},
		"a saved search":        {actions: good(func(a *contactsync.IfThen) { a.If = filter.Saved("mine") }), want: `actions[mark].if: saved(mine): there is no saved condition "mine" (it reads fields of the CRM)`},
		"a relative date":       {actions: good(func(a *contactsync.IfThen) { a.If = filter.Saved("young") }), want: `actions[mark].if: it compares with a date relative to now`},
		"no such field":         {actions: good(func(a *contactsync.IfThen) { a.Field = "tags" }), want: `actions[mark].field: Outlook has no field "tags"`},
		"no field":              {actions: toCRM(func(a *contactsync.IfThen) { a.Field = "" }), want: `actions[client].field: say which field of the CRM is written`},
		"no value":              {actions: good(func(a *contactsync.IfThen) { a.Value = " " }), want: `actions[mark].value: there is nothing to add`},
		"no such variable":      {actions: good(func(a *contactsync.IfThen) { a.Value = "$me" }), want: `actions[mark].value: there is only the variable "$user"`},
		"set of several":        {actions: good(func(a *contactsync.IfThen) { a.Then = contactsync.ThenSet; a.Field = "categories" }), want: `actions[mark].then: "categories" holds several values: add one to them, or remove one`},
		"added to one":          {actions: toCRM(func(a *contactsync.IfThen) { a.Then = "" }), want: `actions[client].then: "kind" holds one value: set it`},
		"a value that is none":  {actions: toCRM(func(a *contactsync.IfThen) { a.Field, a.Value = "birthday", "spring" }), want: `actions[client].value: field "birthday"`},
		"a mapped field":        {actions: toCRM(func(*contactsync.IfThen) {}), mapping: []mapping.Rule{kind}, want: `actions[client]: kind: the rule "kind" writes the same field of the CRM`},
		"a mapped category":     {actions: good(func(*contactsync.IfThen) {}), mapping: []mapping.Rule{whole}, want: `actions[mark]: categories: the rule "labels" writes the same field of Outlook`},
		"spelled in other case": {actions: append(good(func(*contactsync.IfThen) {}), contactsync.IfThen{ID: "low", Value: "clients"}), want: `actions[low]: categories: the action "mark" writes the same field of Outlook`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, twoWay())
			w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Client")
			w.policy.Actions, w.policy.Mapping = tt.actions, append(w.policy.Mapping, tt.mapping...)
			w.policy.Saved = map[string]filter.Condition{"young": filter.Not(filter.Before("birthday", "today-30y"))}

			_, err := w.engine.Sync(w.ctx, w.conn.ID)

			var invalid *contactsync.InvalidError
			require.ErrorAs(t, err, &invalid)
			assert.Contains(t, err.Error(), tt.want)
			assert.Empty(t, w.outlookSide("givenName"))
		})
	}
}

// Sound actions are taken: a saved condition is looked up, an absolute date compared, a value that begins with a dollar written.
func TestActionsAreExpanded(t *testing.T) {
	s := acting(
		contactsync.IfThen{ID: "born", If: filter.Saved("old"), Value: "$$enior"},
		contactsync.IfThen{ID: "owner", If: filter.Saved("mine"), Then: contactsync.ThenSet, Field: "assistantName", Value: filter.User},
	)
	s.Saved = map[string]filter.Condition{"old": filter.Before("birthday", "1980-01-01"), "mine": filter.Equals("owner", filter.User)}
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "birthday=1975-12-10", "owner=u1")
	w.put("c2", "firstName=Lin", "emails=lin@example.com", "birthday=1985-12-10", "owner=u2")
	w.put("c3", "firstName=Mei", "emails=mei@example.com")

	w.sync()

	assert.Equal(t, []string{"Ada, $enior, u1", "Lin, , ", "Mei, , "}, w.outlookSide("givenName", "categories", "assistantName"))
	w.settled()
	w.policy.Saved["old"] = filter.Before("birthday", "1990-01-01")
	w.sync()
	assert.Equal(t, []string{"Ada, $enior, u1", "Lin, $enior, ", "Mei, , "}, w.outlookSide("givenName", "categories", "assistantName"))
	w.settled()
}

func TestActionsJSON(t *testing.T) {
	text := `{"mapping":[{"id":"first","crm":["firstName"],"outlook":["givenName"]}],"actions":[
		{"id":"mark","if":{"equals":{"field":"kind","value":"Client"}},"value":"Clients"},
		{"id":"client","direction":"toCRM","if":{"has":{"field":"categories","value":"Clients"}},"then":"set","field":"kind","value":"Client"}]}`

	s, err := contactsync.ParseSettings([]byte(text))

	require.NoError(t, err)
	assert.Equal(t, []contactsync.IfThen{clientsMarked, clientsKept}, s.Actions)
	back, err := json.Marshal(s)
	require.NoError(t, err)
	assert.JSONEq(t, text, string(back))
	for _, bad := range []struct{ from, to, want string }{
		{`"value":"Clients"`, `"valu":"Clients"`, "actions[0].valu: there is no such setting"},
		{`"then":"set"`, `"then":5`, "actions[1].then: a JSON number, where a text is needed"},
		{`"equals"`, `"eqals"`, "actions[0].if"},
	} {
		_, err := contactsync.ParseSettings([]byte(strings.Replace(text, bad.from, bad.to, 1)))
		require.ErrorContains(t, err, bad.want)
	}
}

// E9: whatever happens on both sides, in whatever order: where drift is put back, an item has the category just when the CRM
// says so, other categories are what people made of them, and nothing is left to write.
func TestActionsConverge(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := acting(
			contactsync.IfThen{ID: "not", If: filter.Equals("company", "Acme"), Then: contactsync.ThenRemove, Value: "Clients"},
			clientsMarked, contactsync.IfThen{ID: "partner", If: filter.Equals("jobTitle", "Partner"), Value: "Clients"},
			contactsync.IfThen{ID: "golf", Direction: mapping.ToCRM, If: filter.Has("categories", "Golf"), Then: contactsync.ThenSet, Field: "owner", Value: "u1"},
		)
		s.Drift = conflict.DriftRestore
		w := newWorld(t, s)
		w.outlook.BlindUpdates = rapid.Bool().Draw(rt, "blind")
		w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Lead")
		w.sync()
		item, golf := w.outlookID("c1"), false
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 3).Draw(rt, "step") {
			case 0:
				field := rapid.SampledFrom([]string{"kind=Client", "kind=Lead", "company=Acme", "company=", "jobTitle=Partner", "jobTitle="}).Draw(rt, "edit")
				w.editCRM("c1", field)
			case 1:
				categories := rapid.SampledFrom([]string{"", "Clients", "Golf", "clients|Golf"}).Draw(rt, "categories")
				golf = strings.HasSuffix(categories, "Golf")
				w.editOutlook(item, "categories="+categories)
			case 2:
				w.editOutlook(item, rapid.SampledFrom([]string{"companyName=Acme", "companyName=", "department=Sales"}).Draw(rt, "item"))
			case 3:
				w.sync()
			}
		}
		for range 3 {
			for _, p := range w.sync().Problems {
				require.NoError(rt, w.engine.Decide(w.ctx, w.conn.ID, p.ID, record.CRM))
			}
		}
		w.settled()

		f := w.tenant.Records(record.Contact)[0].Fields
		want := f.Text("company") != "Acme" && (f.Text("kind") == "Client" || f.Text("jobTitle") == "Partner")
		v, _ := w.box.Items(record.Contact, w.folder)[0].Fields.Get("categories")
		got := map[string]bool{}
		for _, c := range v {
			got[strings.ToLower(c)] = true
		}
		if diff := cmp.Diff(map[string]bool{"clients": want, "golf": golf}, map[string]bool{"clients": got["clients"], "golf": got["golf"]}); diff != "" {
			rt.Fatalf("the item of %v has the categories %q (-want +got):\n%s", f, v, diff)
		}
		if golf {
			assert.Equal(rt, "u1", f.Text("owner"))
		}
	})
}

// Actions that go round are refused, by whatever way what one writes comes back to it; those that come to rest are not.
func TestActionsThatUndoEachOther(t *testing.T) { // E9
	has, is := filter.Has("categories", "Clients"), filter.Equals("kind", "Client")
	set := func(id string, to mapping.Direction, c filter.Condition, field, value string) contactsync.IfThen {
		return contactsync.IfThen{ID: id, Direction: to, If: c, Then: contactsync.ThenSet, Field: field, Value: value}
	}
	drop := set("drop", mapping.ToCRM, has, "kind", "Lead")
	take := set("take", mapping.ToCRM, filter.Not(has), "kind", "Client")
	for name, tt := range map[string]struct {
		actions []contactsync.IfThen
		mapping []mapping.Rule
		drift   conflict.Drift
		flow    contactsync.Flow
		want    string // the actions; empty: they are sound
	}{
		"a category and a field keep each other": {actions: []contactsync.IfThen{clientsMarked, clientsKept}},
		"and where drift is put back":            {actions: []contactsync.IfThen{clientsMarked, clientsKept}, drift: conflict.DriftRestore},
		"they go on from each other":             {actions: []contactsync.IfThen{clientsMarked, set("a", mapping.ToCRM, has, "owner", "u1"), set("b", mapping.ToOutlook, filter.Equals("owner", "u1"), "assistantName", "Ada")}},
		"one undoes the other, and that is that": {actions: []contactsync.IfThen{clientsMarked, drop}},
		"a category asks for what takes it off":  {actions: []contactsync.IfThen{clientsMarked, drop, take}, want: "drop, take, mark"},
		"though it does not follow when it may":  {actions: []contactsync.IfThen{clientsMarked, drop, take}, flow: contactsync.Flow{ToCRM: &contactsync.Ops{Create: true}}},
		"also where drift is put back":           {actions: []contactsync.IfThen{clientsMarked, drop, take}, drift: conflict.DriftRestore, want: "drop, take, mark"},
		"also only where another field has a value": {actions: []contactsync.IfThen{
			{ID: "mark", If: filter.And(is, filter.After("birthday", "2000-01-01")), Value: "Clients"}, drop, take}, want: "drop, take, mark"},
		"but not where it never has both": {actions: []contactsync.IfThen{
			{ID: "mark", If: filter.And(is, filter.Equals("company", "1")), Value: "Clients"}, drop,
			set("take", mapping.ToCRM, filter.And(filter.Not(has), filter.Equals("companyName", "2")), "kind", "Client")}},
		"beside a card that was there": {actions: []contactsync.IfThen{
			{ID: "mark", If: filter.Not(filter.Equals("owner", "2")), Value: "A"}, set("one", mapping.ToCRM, filter.Not(filter.Has("categories", "A")), "owner", "1"),
			set("a", mapping.ToOutlook, filter.Not(filter.Equals("kind", "2")), "assistantName", "A"), set("two", mapping.ToCRM, filter.Not(filter.Equals("assistantName", "A")), "owner", "2"),
			set("first", mapping.ToCRM, filter.Not(filter.Has("categories", "A")), "kind", "1")}, drift: conflict.DriftRestore, want: "mark, one, two"},
		"two fields of one value": {actions: []contactsync.IfThen{
			set("a", mapping.ToOutlook, filter.Equals("kind", "1"), "assistantName", "2"), set("b", mapping.ToCRM, filter.Equals("assistantName", "2"), "kind", "2"),
			set("c", mapping.ToOutlook, filter.Equals("kind", "2"), "assistantName", "1"), set("d", mapping.ToCRM, filter.Equals("assistantName", "1"), "kind", "1")}, want: "a, c, b, d"},
		"by way of a rule": {actions: []contactsync.IfThen{
			set("a", mapping.ToOutlook, filter.Equals("company", "1"), "assistantName", "2"), set("b", mapping.ToOutlook, filter.Equals("company", "2"), "assistantName", "1")},
			mapping: []mapping.Rule{{ID: "assistant", Direction: mapping.ToCRM, CRM: []string{"company"}, Outlook: []string{"assistantName"}}}, want: "a, b, rule assistant"},
	} {
		t.Run(name, func(t *testing.T) {
			s := acting(tt.actions...)
			s.Drift, s.Flow = tt.drift, tt.flow
			if len(tt.mapping) > 0 {
				s.Mapping = append(slices.DeleteFunc(s.Mapping, func(r mapping.Rule) bool { return slices.Contains(r.CRM, "company") }), tt.mapping...)
			}
			err := s.Validate(person, record.OutlookContact)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			var invalid *contactsync.InvalidError
			require.ErrorAs(t, err, &invalid)
			assert.Equal(t, "actions["+tt.want+"]", invalid.Field)
			assert.Contains(t, invalid.Reason, "undo each other")
		})
	}
}

// Many actions in a circle are checked without trying all that could be together: that would not end.
func TestManyActionsInACircle(t *testing.T) {
	var actions []contactsync.IfThen
	for i := range 12 {
		label := string(rune('A' + i))
		actions = append(actions,
			contactsync.IfThen{ID: "mark" + label, If: filter.And(filter.Equals("kind", label), filter.Not(filter.Equals("owner", label))), Value: label},
			contactsync.IfThen{ID: "keep" + label, Direction: mapping.ToCRM, If: filter.Has("categories", label), Then: contactsync.ThenSet, Field: "kind", Value: label})
	}
	s := acting(actions...)

	require.NoError(t, s.Validate(person, record.OutlookContact))
}
