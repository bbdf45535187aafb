package contactsync_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// searches is an administrator's layer with two predefined saved searches, and a part of one.
func searches(t *testing.T, filter string) contactsync.Layer {
	t.Helper()
	return layer("tenant", `{
		"mapping": [
			{"id": "first", "crm": ["firstName"], "outlook": ["givenName"]},
			{"id": "emails", "crm": ["emails"], "outlook": ["emailAddresses"], "lens": {"kind": "list"}}
		],
		"saved": {
			"Mine": {"and": [{"equals": {"field": "owner", "value": "$user"}}, {"saved": "Clients"}]},
			"Mine or of my company": {"or": [{"equals": {"field": "owner", "value": "$user"}}, {"equals": {"field": "company", "value": "Analytical Engines"}}]},
			"Clients": {"equals": {"field": "kind", "value": "client"}}
		},
		"predefined": {"Mine": [["owner"], ["kind"]], "Mine or of my company": [["owner", "company"]]},
		"filter": `+filter+`
	}`)
}

// E6: whatever a user makes of a predefined search, its fields stay, in a copy of another name too.
func TestPredefinedSearches(t *testing.T) {
	for name, tt := range map[string]struct {
		user string
		want string // nothing: the user may
	}{
		"nothing":                    {``, ""},
		"the other search":           {`{"filter":{"saved":"Mine or of my company"}}`, ""},
		"other criteria":             {`{"saved":{"Mine":{"and":[{"in":{"field":"owner","values":["$user","u9"]}},{"not":{"empty":{"field":"kind"}}}]}}}`, ""},
		"a criterion more":           {`{"saved":{"Mine":{"and":[{"equals":{"field":"owner","value":"$user"}},{"saved":"Clients"},{"empty":{"field":"notes"}}]}}}`, ""},
		"a field removed":            {`{"saved":{"Mine":{"saved":"Clients"}}}`, `the layer "user": invalid saved[Mine]: it is predefined and must go on asking about "owner"`},
		"a field one may do without": {`{"saved":{"Mine":{"or":[{"equals":{"field":"owner","value":"$user"}},{"saved":"Clients"}]}}}`, `the layer "user": invalid saved[Mine]: it is predefined and must go on asking about "owner"`},
		"a part emptied":             {`{"saved":{"Clients":{}}}`, `the layer "user": invalid saved[Mine]: it is predefined and must go on asking about "kind"`},
		"the search removed": {`{"saved":{"Mine":null}}`, `the layer "user": invalid filter: saved(Mine): there is no saved condition "Mine"
the layer "user": invalid saved[Mine]: the search is predefined, and it is not there`},
		"a copy":                     {`{"saved":{"Copy":{"and":[{"equals":{"field":"owner","value":"$user"}},{"prefix":{"field":"kind","value":"c"}}]}},"filter":{"saved":"Copy"}}`, ""},
		"a copy of a copy":           {`{"saved":{"Copy":{"saved":"Mine"},"Again":{"saved":"Copy"}},"filter":{"saved":"Again"}}`, ""},
		"a copy without a field":     {`{"saved":{"Copy":{"equals":{"field":"owner","value":"$user"}}},"filter":{"saved":"Copy"}}`, ""},
		"a copy without its fields":  {`{"saved":{"Copy":{"equals":{"field":"kind","value":"client"}}},"filter":{"saved":"Copy"}}`, `the layer "user": invalid saved[Copy]: it must ask about "owner", as the predefined search "Mine" does`},
		"such a copy, not chosen":    {`{"saved":{"Copy":{"empty":{"field":"notes"}}}}`, `the layer "user": invalid saved[Copy]: it must ask about "owner" or "company", as the predefined search "Mine or of my company" does`},
		"such a copy, as a part":     {`{"saved":{"Copy":{"empty":{"field":"notes"}},"Whole":{"and":[{"saved":"Copy"},{"saved":"Mine"}]}},"filter":{"saved":"Whole"}}`, ""},
		"a part that is the filter":  {`{"saved":{"Copy":{"empty":{"field":"notes"}},"Whole":{"and":[{"saved":"Copy"},{"saved":"Mine"}]}},"filter":{"saved":"Copy"}}`, `the layer "user": invalid saved[Copy]: it must ask about "owner" or "company", as the predefined search "Mine or of my company" does`},
		"a filter with no name":      {`{"filter":{"and":[{"saved":"Mine"},{"empty":{"field":"notes"}}]}}`, ""},
		"one that drops the fields":  {`{"filter":{"or":[{"saved":"Mine"},{"empty":{"field":"notes"}}]}}`, `the layer "user": invalid filter: it must ask about "owner" or "company", as the predefined search "Mine or of my company" does`},
		"no filter":                  {`{"filter":null}`, `the layer "user": invalid filter: it must ask about "owner" or "company", as the predefined search "Mine or of my company" does`},
		"a search on Outlook items":  {`{"saved":{"Red":{"has":{"field":"categories","value":"Red"}}},"outlookFilter":{"saved":"Red"}}`, ""},
		"nothing is predefined":      {`{"predefined":null}`, `the layer "user" sets predefined[Mine], which "tenant" has locked`},
		"it is no longer predefined": {`{"predefined":{"Mine":null}}`, `the layer "user" sets predefined[Mine], which "tenant" has locked`},
		"fewer fields stay":          {`{"predefined":{"Mine":[["kind"]]}}`, `the layer "user" sets predefined[Mine], which "tenant" has locked`},
		"one of their own":           {`{"saved":{"Any":{"empty":{"field":"notes"}}},"predefined":{"Any":[["notes"]]}}`, `the layer "user" sets predefined[Any], which "tenant" has locked`},
	} {
		t.Run(name, func(t *testing.T) {
			err := contactsync.CheckLayers(person, record.OutlookContact, searches(t, `{"saved":"Mine"}`), layer("user", tt.user))
			if tt.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.EqualError(t, err, "layers: "+tt.want)
		})
	}
}

// What an administrator cannot mean is refused.
func TestBadPredefinedSearches(t *testing.T) {
	for name, tt := range map[string]struct{ predefined, want string }{
		"a search that there is not": {`{"Their":[["owner"]]}`, "saved[Their]: the search is predefined, and it is not there"},
		"a field that there is not":  {`{"Mine":[["owner"],["team"]]}`, `predefined[Mine][1]: the CRM has no field "team"`},
		"no fields":                  {`{"Mine":[]}`, "predefined[Mine]: it names no field that must stay"},
		"no field in an entry":       {`{"Mine":[["owner"],[]]}`, "predefined[Mine][1]: it names no field that must stay"},
		"a field it never asked for": {`{"Mine":[["notes"]]}`, `saved[Mine]: it is predefined and must go on asking about "notes"`},
		"a filter that is not one":   {`{"Mine":[["kind"]]}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := contactsync.ParseSettings([]byte(`{
				"mapping": [{"id": "first", "crm": ["firstName"], "outlook": ["givenName"]}],
				"saved": {"Mine": {"and": [{"equals": {"field": "owner", "value": "$user"}}, {"equals": {"field": "kind", "value": "client"}}]}},
				"filter": {"saved": "Mine"}, "predefined": ` + tt.predefined + `}`))
			require.NoError(t, err)
			err = s.Validate(person, record.OutlookContact)
			if tt.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

// E6: what a user changes in a search acts at the next run; a change that drops a field syncs nothing.
func TestEditedSearchActsAtTheNextRun(t *testing.T) {
	user := layer("user", ``)
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		c.Policy = contactsync.Layered(func(context.Context, contactsync.Connection) ([]contactsync.Layer, error) {
			return []contactsync.Layer{searches(t, `{"saved":"Mine"}`), user}, nil
		})
	})
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "owner=u1", "kind=client")
	w.put("c2", "firstName=Bob", "emails=bob@example.com", "owner=u1", "kind=supplier")
	w.put("c3", "firstName=Cleo", "emails=cleo@example.com", "owner=u2", "kind=client")
	w.sync()
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))

	user = layer("user", `{"saved":{"Suppliers":{"and":[{"equals":{"field":"owner","value":"$user"}},{"in":{"field":"kind","values":["client","supplier"]}}]}},"filter":{"saved":"Suppliers"}}`)
	w.sync()
	assert.Equal(t, []string{"Ada", "Bob"}, w.outlookSide("givenName"))
	w.settled()

	user = layer("user", `{"saved":{"Suppliers":{"equals":{"field":"kind","value":"client"}}},"filter":{"saved":"Suppliers"}}`)
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	var invalid *contactsync.InvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "saved[Suppliers]", invalid.Field)
	assert.Equal(t, []string{"Ada", "Bob"}, w.outlookSide("givenName"))

	user = layer("user", ``)
	w.editCRM("c2", "firstName=Bobby")
	w.sync()
	assert.Equal(t, []string{"Ada", "Bob"}, w.outlookSide("givenName"), "Bob is chosen no more: his card stays, and rests")
	w.settled()
}
