package contactsync_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

func layer(name, settings string, locked ...string) contactsync.Layer {
	return contactsync.Layer{Name: name, Settings: json.RawMessage(settings), Locked: locked}
}

// tenant is the administrator's layer of the tests.
func tenant(t *testing.T, locked ...string) contactsync.Layer {
	t.Helper()
	text, err := json.Marshal(contactsync.Settings{
		Mapping: rules()[:5], Conflict: mapping.CRMWins, Filter: filter.Equals("owner", filter.User),
		Guards: contactsync.Guards{Deletes: contactsync.Limit{Percent: 5, Floor: 2}},
		Flow:   contactsync.Flow{ToOutlook: &contactsync.Ops{Create: true, Update: true, Delete: true}},
		Saved:  map[string]filter.Condition{"mine": filter.Equals("owner", filter.User)},
	})
	require.NoError(t, err)
	return contactsync.Layer{Name: "tenant", Settings: text, Locked: locked}
}

// B17: later layers override, member by member; conditions, lists and lenses as a whole; rules by their id.
func TestLayersOverride(t *testing.T) {
	for name, tt := range map[string]struct {
		user   string
		change func(*contactsync.Settings)
	}{
		"nothing":            {``, func(*contactsync.Settings) {}},
		"an empty object":    {` {} `, func(*contactsync.Settings) {}},
		"a word":             {`{"conflict":"outlook"}`, func(s *contactsync.Settings) { s.Conflict = mapping.OutlookWins }},
		"a member of groups": {`{"guards":{"deletes":{"floor":7}},"match":{"by":"email"}}`, func(s *contactsync.Settings) { s.Guards.Deletes.Floor, s.Match.By = 7, "email" }},
		"null":               {`{"conflict":null,"guards":null}`, func(s *contactsync.Settings) { s.Conflict, s.Guards = "", contactsync.Guards{} }},
		"false":              {`{"flow":{"toOutlook":{"delete":false}}}`, func(s *contactsync.Settings) { s.Flow.ToOutlook.Delete = false }},
		"another condition":  {`{"filter":{"saved":"mine"}}`, func(s *contactsync.Settings) { s.Filter = filter.Saved("mine") }},
		"another search": {`{"saved":{"open":{"empty":{"field":"kind"}}}}`, func(s *contactsync.Settings) {
			s.Saved = map[string]filter.Condition{"mine": s.Saved["mine"], "open": filter.Empty("kind")}
		}},
		"a search less": {`{"saved":{"mine":null}}`, func(s *contactsync.Settings) { s.Saved = nil }},
		"a list":        {` {"mapping" : [ {"id":"title","crm":["jobTitle"],"outlook":["jobTitle"]}]}`, func(s *contactsync.Settings) { s.Mapping = s.Mapping[3:4] }},
		"actions as a whole, for their order counts": {`{"actions":[{"id":"mark","value":"Ours"}]}`, func(s *contactsync.Settings) {
			s.Actions = []contactsync.IfThen{{ID: "mark", Value: "Ours"}}
		}},
		"rules by id": {`{"mapping":{"title":{"direction":"toCRM"},"company":null,"work":{"id":"work","crm":["workPhone"],"outlook":["businessPhones"],"lens":{"kind":"first"}}}}`, func(s *contactsync.Settings) {
			s.Mapping = []mapping.Rule{s.Mapping[0], s.Mapping[1], s.Mapping[3], s.Mapping[4], rules()[5]}
			s.Mapping[2].Direction = mapping.ToCRM
		}},
		"another lens": {`{"mapping":{"emails":{"lens":{"kind":"first"}}}}`, func(s *contactsync.Settings) { s.Mapping[4].Lens = mapping.Spec{Kind: mapping.First} }},
		"no lens":      {`{"mapping":{"emails":{"lens":null}}}`, func(s *contactsync.Settings) { s.Mapping[4].Lens = mapping.Spec{} }},
	} {
		t.Run(name, func(t *testing.T) {
			want, _, err := contactsync.Compose(tenant(t))
			require.NoError(t, err)
			tt.change(&want)

			got, _, err := contactsync.Compose(tenant(t), layer("user", tt.user))

			require.NoError(t, err)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

// A10, B17: what is locked is not changed by a later layer, in whatever way it tries. The error names the member and both layers.
func TestLocks(t *testing.T) {
	for name, tt := range map[string]struct {
		lock, user, member string // no member: the user may
	}{
		"another word":               {"conflict", `{"conflict":"outlook"}`, "conflict"},
		"the same word":              {"conflict", `{"conflict":"crm"}`, ""},
		"back to the default":        {"conflict", `{"conflict":null}`, "conflict"},
		"the empty word":             {"conflict", `{"conflict":""}`, "conflict"},
		"a default that was not set": {"merge", `{"merge":"record"}`, "merge"},
		"the default, in words":      {"merge", `{"merge":"field"}`, ""},
		"the default, by its name":   {"guards.changes", `{"guards":{"changes":{"percent":50,"floor":50}}}`, ""},
		"another member":             {"conflict", `{"merge":"record"}`, ""},
		"actions":                    {"actions", `{"actions":[{"id":"mark","value":"Ours"}]}`, "actions"},
		"within a group":             {"guards", `{"guards":{"deletes":{"floor":7}}}`, "guards.deletes.floor"},
		"the group's default":        {"guards", `{"guards":null}`, "guards.deletes.percent"},
		"a guard switched off":       {"guards", `{"guards":{"emptySide":{"off":true}}}`, "guards.emptySide.off"},
		"one value of a group":       {"guards.deletes.percent", `{"guards":{"deletes":{"floor":7}}}`, ""},
		"that value":                 {"guards.deletes.percent", `{"guards":{"deletes":{"percent":7}}}`, "guards.deletes.percent"},
		"a row":                      {"flow", `{"flow":{"toOutlook":{"delete":null}}}`, "flow.toOutlook.delete"},
		"a row that was not given":   {"flow", `{"flow":{"toCRM":{"create":true,"update":true}}}`, ""},
		"a row that is emptied":      {"flow.toCRM", `{"flow":{"toCRM":{}}}`, "flow.toCRM.create"},
		"one right in it":            {"flow.toCRM.update", `{"flow":{"toCRM":{"create":true}}}`, "flow.toCRM.update"},
		"the filter":                 {"filter", `{"filter":{}}`, "filter"},
		"the same filter":            {"filter", ` {"filter" : {"equals":{"value":"$user","field":"owner"}}}`, ""},
		"a search":                   {"saved[mine]", `{"saved":{"mine":{}}}`, "saved[mine]"},
		"a search, removed":          {"saved[mine]", `{"saved":{"mine":null}}`, "saved[mine]"},
		"all searches, removed":      {"saved[mine]", `{"saved":null}`, "saved[mine]"},
		"a search beside it":         {"saved[mine]", `{"saved":{"open":{}}}`, ""},
		"a search beside, all fixed": {"saved", `{"saved":{"open":{}}}`, "saved[open]"},
		"the mapping":                {"mapping", `{"mapping":{"title":{"conflict":"ask"}}}`, "mapping[title].conflict"},
		"a rule removed":             {"mapping", `{"mapping":{"title":null}}`, "mapping[title]"},
		"a rule more":                {"mapping", `{"mapping":{"more":{"crm":["notes"],"outlook":["personalNotes"]}}}`, "mapping[more]"},
		"a rule":                     {"mapping[title]", `{"mapping":{"title":{"outlook":["department"]}}}`, "mapping[title].outlook"},
		"a rule left out of a list":  {"mapping[title]", `{"mapping":[{"id":"x","crm":["notes"],"outlook":["personalNotes"]}]}`, "mapping[title]"},
		"a rule repeated in a list":  {"mapping[title]", `{"mapping":[{"id":"title","crm":["jobTitle"],"outlook":["jobTitle"]}]}`, ""},
		"another rule":               {"mapping[title]", `{"mapping":{"last":{"direction":"toCRM"}}}`, ""},
		"another member of the rule": {"mapping[title].outlook", `{"mapping":{"title":{"direction":"toCRM"}}}`, ""},
		"the rule's lens":            {"mapping[emails].lens", `{"mapping":{"emails":{"lens":{"kind":"first"}}}}`, "mapping[emails].lens"},
		"a list":                     {"watch", `{"watch":["owner"]}`, "watch"},
		"no list":                    {"watch", `{"watch":[]}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := contactsync.Compose(tenant(t, tt.lock), layer("user", tt.user))
			if tt.member == "" {
				assert.NoError(t, err)
				return
			}
			var locked *contactsync.LockedError
			require.ErrorAs(t, err, &locked)
			assert.Equal(t, contactsync.LockedError{Member: tt.member, Layer: "user", By: "tenant"}, *locked)

			_, _, err = contactsync.Compose(tenant(t), layer("user", tt.user))
			assert.NoError(t, err, "without the lock the user may")
		})
	}
}

// A lock holds for every layer after it, whoever locked it, and each fault is named at once.
func TestLocksOfSeveralLayers(t *testing.T) {
	_, _, err := contactsync.Compose(tenant(t, "guards"), layer("user", `{"region":"GB"}`, "region"),
		layer("connection", `{"region":"NL","guards":{"clears":{"off":true}}}`))

	want := `layers: the layer "connection" sets guards.clears.off, which "tenant" has locked
the layer "connection" sets region, which "user" has locked`
	assert.EqualError(t, err, want)
}

// B17: who may not change a condition does not change the searches that it names either; a search that an administrator leaves to
// users is theirs.
func TestLockHoldsForNamedSearches(t *testing.T) {
	admin := `{"filter":{"saved":"mine"},"outlookFilter":{"not":{"saved":"spam"}},"saved":{
		"mine":{"and":[{"equals":{"field":"owner","value":"$user"}},{"saved":"kept"}]},"kept":{"not":{"empty":{"field":"owner"}}},
		"spam":{"has":{"field":"categories","value":"Spam"}},"other":{"empty":{"field":"kind"}}},
		"actions":[{"id":"mark","if":{"saved":"vip"},"value":"VIP"}]}`
	for change, want := range map[string]string{
		`{"saved":{"mine":{"not":{"empty":{"field":"firstName"}}}}}`:   `saved[mine]`,
		`{"saved":{"mine":null}}`:                                      `saved[mine]`,
		`{"saved":{"kept":{"empty":{"field":"owner"}}}}`:               `saved[kept]`,
		`{"saved":{"spam":{"empty":{"field":"givenName"}}}}`:           `saved[spam]`,
		`{"saved":{"other":{"empty":{"field":"owner"}}}}`:              ``,
		`{"saved":{"vip":{"has":{"field":"emails","value":"a@b.c"}}}}`: ``,
		`{"saved":{"kept":{"not":{"empty":{"field":"owner"}}}}}`:       ``,
	} {
		_, _, err := contactsync.Compose(layer("tenant", admin, "filter", "outlookFilter", "actions"), layer("user", change))
		var locked *contactsync.LockedError
		if want == "" {
			assert.NoError(t, err, change)
		} else if assert.ErrorAs(t, err, &locked, change) {
			assert.Equal(t, contactsync.LockedError{Member: want, Layer: "user", By: "tenant"}, *locked)
		}
	}
}

// What makes no sense is refused with the names of the layer and the member.
func TestBadLayers(t *testing.T) {
	for name, tt := range map[string]struct {
		layer contactsync.Layer
		want  string
	}{
		"unknown member":          {layer("user", `{"gaurds":{}}`), `the layer "user": invalid gaurds: there is no such setting`},
		"unknown member deep":     {layer("user", `{"guards":{"deletes":{"flor":1}}}`), `the layer "user": invalid guards.deletes.flor: there is no such setting`},
		"another spelling":        {layer("user", `{"Conflict":"crm"}`), `the layer "user": invalid Conflict: there is no such setting; it is written "conflict"`},
		"there twice":             {layer("user", `{"conflict":"crm","conflict":"ask"}`), `the layer "user": invalid conflict: it is there twice`},
		"unknown member of rule":  {layer("user", `{"mapping":{"title":{"lense":{}}}}`), `the layer "user": invalid mapping[title]: mapping: rule "?": lense: there is no such member`},
		"another id":              {layer("user", `{"mapping":{"title":{"id":"name"}}}`), `the layer "user": invalid mapping[title].id: a rule's id is not changed`},
		"no id":                   {layer("user", `{"mapping":[{"crm":["a"]}]}`), `the layer "user": invalid mapping[0].id: a rule needs an id`},
		"two rules of one id":     {layer("user", `{"mapping":[{"id":"a"},{"id":"a"}]}`), `the layer "user": invalid mapping[1].id: there are two rules "a"`},
		"a rule that is none":     {layer("user", `{"mapping":{"title":5}}`), `the layer "user": invalid mapping[title]: mapping: rule "?": the rule must be a JSON object`},
		"wrong parameter of lens": {layer("user", `{"mapping":{"title":{"lens":{"kind":"first","prefix":"x"}}}}`), `the layer "user": invalid mapping[title]: mapping: rule "?": lens.prefix: the lens "first" takes no prefix`},
		"a condition":             {layer("user", `{"saved":{"mine":{"eqals":{}}}}`), `the layer "user": invalid saved[mine]: eqals: is not an operation; there are and, or, not, equals, in, contains, prefix, empty, before, after, has, saved`},
		"wrong type":              {layer("user", `{"guards":{"deletes":{"floor":"five"}}}`), `the layer "user": invalid guards.deletes.floor: a JSON string, where a whole number is needed`},
		"no object":               {layer("user", `[]`), `the layer "user": invalid: settings are a JSON object`},
		"not JSON":                {layer("user", `{"conflict":crm}`), `the layer "user": invalid: not JSON at byte 13: invalid character 'c' looking for beginning of value`},
		"unknown lock":            {layer("user", ``, "guards.deletes.flor"), `the layer "user": invalid guards.deletes.flor: there is no such setting to lock`},
		"lock on a missing rule":  {layer("user", ``, "mapping[fax]"), `the layer "user": invalid mapping[fax]: there is no such setting to lock`},
		"lock on a whole list":    {layer("user", ``, "watch[0]"), `the layer "user": invalid watch[0]: there is no such setting to lock`},
		"lock on everything":      {layer("user", ``, ""), `the layer "user": invalid: there is no such setting to lock`},
		"lock beside the group":   {layer("user", ``, "guardsdeletes"), `the layer "user": invalid guardsdeletes: there is no such setting to lock`},
		"no name":                 {layer("", `{}`), `invalid layers[1].name: each layer needs a name of its own`},
		"another's name":          {layer("tenant", `{}`), `invalid layers[1].name: each layer needs a name of its own`},
	} {
		t.Run(name, func(t *testing.T) {
			s, origins, err := contactsync.Compose(tenant(t), tt.layer, layer("later", `{"region":"NL"}`))
			var invalid *contactsync.InvalidError
			require.ErrorAs(t, err, &invalid)
			assert.EqualError(t, err, "layers: "+tt.want)
			assert.Empty(t, cmp.Diff(contactsync.Settings{}, s))
			assert.Equal(t, contactsync.Origins{}, origins)
		})
	}
}

// Before a layer is stored, what does not hold together is refused with the layer that set it.
func TestCheckLayers(t *testing.T) {
	check := func(layers ...contactsync.Layer) error {
		return contactsync.CheckLayers(person, record.OutlookContact, layers...)
	}
	assert.NoError(t, check(tenant(t, "conflict"), layer("user", `{"region":"NL"}`)))

	err := check(tenant(t), layer("user", `{"merge":"some","watch":["team"],"filter":{"saved":"gone"},"mapping":{"title":{"crm":["job"]}}}`), layer("connection", `{"zone":"Mars"}`))

	assert.EqualError(t, err, `layers: the layer "user": invalid filter: saved(gone): there is no saved condition "gone"
the layer "user": invalid watch[0]: the CRM has no field "team"
the layer "user": invalid mapping[title]: mapping: rule "title": job: the CRM has no such field
the layer "user": invalid merge: "some" is not one of ["field" "record"]
the layer "connection": invalid zone: "Mars" is not a time zone of the IANA list`)
	searches := layer("tenant", `{"filter":{"saved":"mine"},"saved":{"mine":{"saved":"kept"},"kept":{"empty":{"field":"kind"}}},"deleted":{"inCRM":"propagate"},"flow":{"toOutlook":{"delete":true}},"mapping":[{"id":"title","crm":["jobTitle"],"outlook":["jobTitle"]}]}`)
	require.NoError(t, check(searches, layer("user", `{"region":"NL"}`)))
	for took, want := range map[string]string{ // what another layer relies on
		`{"saved":null}`:                      `filter: saved(mine): there is no saved condition "mine"`,
		`{"saved":{"kept":null}}`:             `filter: saved(mine).saved(kept): there is no saved condition "kept"`,
		`{"saved":{"kept":{"saved":"gone"}}}`: `filter: saved(mine).saved(kept).saved(gone): there is no saved condition "gone"`,
		`{"flow":null}`:                       `deleted.inCRM: propagate needs flow.toOutlook.delete`,
	} {
		err := check(searches, layer("team", `{"merge":"record"}`), layer("user", took), layer("connection", `{"region":"NL"}`))
		assert.EqualError(t, err, `layers: the layer "user": invalid `+want)
	}
	var locked *contactsync.LockedError
	assert.ErrorAs(t, check(tenant(t, "conflict"), layer("user", `{"conflict":"ask"}`)), &locked)
	assert.EqualError(t, check(layer("user", `{"region":"NL"}`)), "layers: invalid mapping: there are no rules: nothing would be synced")
}

// A10: the administrator's rules hold for every connection, and users change what they may; where a layer breaks a lock, nothing
// is synced.
func TestLayeredPolicy(t *testing.T) {
	user := layer("user", `{"conflict":"outlook"}`)
	locks := []string(nil)
	fails := error(nil)
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		c.Policy = contactsync.Layered(func(_ context.Context, conn contactsync.Connection) ([]contactsync.Layer, error) {
			return []contactsync.Layer{tenant(t, locks...), {Name: "user of " + conn.User, Settings: user.Settings}}, fails
		})
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "owner=u1")
	w.put("c2", "firstName=Bob", "emails=bob@example.com", "owner=u2")
	w.sync()
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"), "the administrator's filter")
	both := func(crm, outlook string) {
		w.editCRM("c1", "jobTitle="+crm)
		w.editOutlook(w.outlookID("c1"), "jobTitle="+outlook)
	}
	both("Countess", "Analyst")
	w.sync()
	assert.Equal(t, []string{"Analyst"}, w.outlookSide("jobTitle"), "the user's choice")

	both("Engineer", "Poet")
	locks = []string{"conflict"}
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	var locked *contactsync.LockedError
	require.ErrorAs(t, err, &locked)
	assert.Equal(t, contactsync.LockedError{Member: "conflict", Layer: "user of u1", By: "tenant"}, *locked)
	assert.Equal(t, []string{"Poet"}, w.outlookSide("jobTitle"))
	assert.Equal(t, []string{", u2", "Engineer, u1"}, w.crmSide("jobTitle", "owner"))

	fails = errors.New("the database is away")
	_, err = w.engine.Sync(w.ctx, w.conn.ID)
	assert.ErrorIs(t, err, fails)

	fails, user.Settings = nil, nil
	w.sync()
	assert.Equal(t, []string{"Engineer"}, w.outlookSide("jobTitle"), "the administrator's rule")
	w.settled()
}

// B17: a person reads which layer set what.
func TestOriginsInWords(t *testing.T) {
	_, origins, err := contactsync.Compose(
		tenant(t, "guards", "conflict", "mapping[emails]", "mapping[title].outlook", "private", "saved", "match.by"),
		layer("user", `{"conflict":"crm","match":{"doubtful":"link"},"mapping":{"title":{"direction":"toOutlook"}},"region":"GB","flow":{"toCRM":{"update":true}},"deleted":null}`, "region"),
		layer("connection", `{"deleted":{"inCRM":"unlink"},"zone":"Europe/London","match":{"doubtful":null},"outlookFilter":{"not":{"empty":{"field":"categories"}}}}`))
	require.NoError(t, err)
	golden(t, "testdata/origins.golden", origins.String())

	assert.Equal(t, "default  everything else\n", contactsync.Origins{}.String())
}

// Hosts show single members and groups.
func TestOriginOf(t *testing.T) {
	_, origins, err := contactsync.Compose(tenant(t, "guards", "flow.toCRM"),
		layer("user", `{"guards":{"deletes":{"floor":2}},"conflict":null,"mapping":{"title":{"direction":"toCRM"}}}`))
	require.NoError(t, err)
	_, less, err := contactsync.Compose(tenant(t), layer("user", `{"mapping":{"company":null}}`))
	require.NoError(t, err)
	assert.NotContains(t, less.String(), "company")
	_, named, err := contactsync.Compose(layer("user", `{"saved":{"id":{"empty":{"field":"kind"}}}}`))
	require.NoError(t, err)
	assert.Contains(t, named.String(), "saved[id]", "a search may be called anything")
	for member, want := range map[string]contactsync.Origin{
		"conflict":                 {Layer: "user", Value: json.RawMessage(`"ask"`)},
		"merge":                    {Value: json.RawMessage(`"field"`)},
		"guards.deletes.floor":     {Layer: "user", Locked: "tenant", Value: json.RawMessage(`2`)},
		"guards.deletes.percent":   {Layer: "tenant", Locked: "tenant", Value: json.RawMessage(`5`)},
		"guards.deletes":           {Layer: "user", Locked: "tenant", Value: json.RawMessage(`{"percent":5,"floor":2}`)},
		"guards":                   {Layer: "user", Locked: "tenant", Value: json.RawMessage(`{"deletes":{"percent":5,"floor":2}}`)},
		"guards.changes.percent":   {Locked: "tenant", Value: json.RawMessage(`50`)},
		"flow.toOutlook.delete":    {Layer: "tenant", Value: json.RawMessage(`true`)},
		"flow.toCRM.update":        {Locked: "tenant", Value: json.RawMessage(`true`)},
		"flow.toCRM":               {Locked: "tenant", Value: json.RawMessage(`{"create": true, "update": true}`)},
		"match":                    {Value: json.RawMessage(`{}`)},
		"mapping[title].direction": {Layer: "user", Value: json.RawMessage(`"toCRM"`)},
		"saved[mine]":              {Layer: "tenant", Value: json.RawMessage(`{"equals":{"field":"owner","value":"$user"}}`)},
	} {
		got, ok := origins.Of(member)
		assert.True(t, ok, member)
		want.Member = member
		assert.Equal(t, want, got, member)
	}
	for _, member := range []string{"", "conflct", "mapping[fax]", "guards.", "guards.deletes.floor.x", "saved", "mapping[title", "mapping[title]x"} {
		_, ok := origins.Of(member)
		assert.Equal(t, member == "saved", ok, member)
	}
}

// What was once composed is remembered by all that the layers say, and by nothing less.
func TestLayeredFollowsEveryChange(t *testing.T) {
	var layers []contactsync.Layer
	policy := contactsync.Layered(func(context.Context, contactsync.Connection) ([]contactsync.Layer, error) { return layers, nil })
	for _, tt := range []struct {
		layers []contactsync.Layer
		want   mapping.Winner
		locked bool
	}{
		{nil, "", false},
		{[]contactsync.Layer{layer("a", `{"conflict":"crm"}`)}, "crm", false},
		{[]contactsync.Layer{layer("a", `{"conflict":"crm"}`), layer("b", ``)}, "crm", false},
		{[]contactsync.Layer{layer("a", `{"conflict":"crm"}`), layer("b", `{"conflict":"ask"}`)}, "ask", false},
		{[]contactsync.Layer{layer("a", `{"conflict":"crm"}`, "conflict"), layer("b", `{"conflict":"ask"}`)}, "", true},
		{[]contactsync.Layer{layer("a", `{"conflict":"crm"}`, "merge"), layer("b", `{"conflict":"ask"}`)}, "ask", false},
		{[]contactsync.Layer{layer("a", `{"conflict":"ask"}`), layer("b", `{"conflict":"crm"}`)}, "crm", false},
	} {
		layers = tt.layers
		for range 2 {
			s, err := policy.For(t.Context(), contactsync.Connection{})
			var locked *contactsync.LockedError
			assert.Equal(t, tt.locked, errors.As(err, &locked), "%+v", tt.layers)
			assert.Equal(t, tt.want, s.Conflict, "%+v", tt.layers)
		}
	}
}

// A lock names what the settings can have: a member of what nobody set, or of what has no members, is refused by name.
func TestLockOfWhatIsNotThere(t *testing.T) {
	for _, member := range []string{"mapping[email]", "mapping[email].direction", "saved.customers", "actions[mark].value", "region.code", "flow.toCRM.create.now"} {
		_, _, err := contactsync.Compose(contactsync.Layer{Name: "space", Settings: []byte(`{}`), Locked: []string{member}})
		var invalid *contactsync.InvalidError
		require.ErrorAs(t, err, &invalid)
		assert.Equal(t, member, invalid.Field)
	}
}
