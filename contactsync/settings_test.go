package contactsync_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// Bad settings are refused with the member at fault, before anything is read or written.
func TestBadSettings(t *testing.T) {
	tests := []struct {
		name string
		set  func(*contactsync.Settings)
		want string
	}{
		{"no rules", func(s *contactsync.Settings) { s.Mapping = nil }, "mapping"},
		{"unknown CRM field", func(s *contactsync.Settings) { s.Mapping[0].CRM = []string{"forename"} }, `mapping[first]`},
		{"unknown Outlook field", func(s *contactsync.Settings) { s.Mapping[0].Outlook = []string{"firstName"} }, `mapping[first]`},
		{"colliding rules", func(s *contactsync.Settings) {
			s.Mapping = append(s.Mapping, mapping.Rule{ID: "again", CRM: []string{"company"}, Outlook: []string{"companyName"}})
		}, "mapping[again]"},
		{"filter on a missing field", func(s *contactsync.Settings) { s.Filter = filter.Equals("region", "north") }, "filter"},
		{"Outlook filter on a missing field", func(s *contactsync.Settings) { s.OutlookFilter = filter.Equals("owner", "me") }, "outlookFilter"},
		{"watch on a missing field", func(s *contactsync.Settings) { s.Watch = []string{"team"} }, "watch[0]"},
		{"negative guard", func(s *contactsync.Settings) { s.Guards.Deletes.Floor = -1 }, "guards.deletes.floor"},
		{"guard over 100 percent", func(s *contactsync.Settings) { s.Guards.Changes.Percent = 150 }, "guards.changes.percent"},
		{"not a number", func(s *contactsync.Settings) { s.Guards.Clears.Percent = math.NaN() }, "guards.clears.percent"},
		{"negative day", func(s *contactsync.Settings) { s.Guards.EmptySide.DayFloor = -1 }, "guards.emptySide.dayFloor"},
		{"negative share of a day", func(s *contactsync.Settings) { s.Guards.Creates.DayPercent = -1 }, "guards.creates.dayPercent"},
		{"a share of a day that is none", func(s *contactsync.Settings) { s.Guards.Changes.DayPercent = 20000 }, "guards.changes.dayPercent"},
		{"negative first run", func(s *contactsync.Settings) { s.Guards.ApproveFirstRun = -5 }, "guards.approveFirstRun"},
		{"unknown winner", func(s *contactsync.Settings) { s.Conflict = "me" }, "conflict"},
		{"unknown disposition", func(s *contactsync.Settings) { s.Left = "burn" }, "left"},
		{"propagate without delete", func(s *contactsync.Settings) { s.Deleted.InCRM = contactsync.Propagate }, "deleted.inCRM"},
		{"restore without create", func(s *contactsync.Settings) {
			s.Flow.ToOutlook = &contactsync.Ops{Update: true}
			s.Deleted.InOutlook = contactsync.Restore
		}, "deleted.inOutlook"},
		{"restore of what still exists", func(s *contactsync.Settings) { s.Left = contactsync.Restore }, "left"},
		{"unknown region", func(s *contactsync.Settings) { s.Region = "XX" }, "region"},
		{"unknown zone", func(s *contactsync.Settings) { s.Zone = "Europe/Atlantis" }, "zone"},
		{"unknown match mode", func(s *contactsync.Settings) { s.Match.By = "name" }, "match.by"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, twoWay())
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			*w.policy = twoWay()
			tt.set(w.policy)

			_, err := w.engine.Sync(w.ctx, w.conn.ID)

			var invalid *contactsync.InvalidError
			require.ErrorAs(t, err, &invalid)
			assert.Contains(t, err.Error(), tt.want)
			assert.Empty(t, w.outlookSide("givenName"))
			*w.policy = twoWay()
			assert.Equal(t, 1, w.sync().Wrote(), "a refused run must leave the connection usable")
		})
	}
}

// Every fault is named at once, so that a person need not find them one by one.
func TestBadSettingsNameEveryFault(t *testing.T) {
	s := twoWay()
	s.Conflict, s.Merge, s.Guards.Clears.Percent = "me", "some", -3
	err := s.Validate(person, record.OutlookContact)
	for _, member := range []string{"conflict", "merge", "guards.clears.percent"} {
		assert.ErrorContains(t, err, member)
	}
}

func TestSettingsJSON(t *testing.T) {
	s := twoWay()
	s.Filter = filter.And(filter.Equals("owner", "$user"), filter.Not(filter.Equals("kind", "former")))
	s.Guards = contactsync.Guards{
		Deletes:   contactsync.Limit{Percent: 5, Floor: 2, DayPercent: 7.5, DayFloor: 3},
		Clears:    contactsync.Limit{DayPercent: 150},
		Creates:   contactsync.Limit{Floor: 100},
		Changes:   contactsync.Limit{Off: true},
		EmptySide: contactsync.Limit{DayFloor: 9}, ApproveFirstRun: 500,
	}
	s.Flow.ToOutlook = &contactsync.Ops{Create: true}
	text, err := json.Marshal(s)
	require.NoError(t, err)

	back, err := contactsync.ParseSettings(text)

	require.NoError(t, err)
	again, err := json.Marshal(back)
	require.NoError(t, err)
	assert.JSONEq(t, string(text), string(again))
	if diff := cmp.Diff(s.Guards, back.Guards); diff != "" {
		t.Errorf("guards changed on their way through JSON (-want +got):\n%s", diff)
	}
}

func TestBadSettingsJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"mapping":[],"gaurds":{}}`:                        "gaurds",
		`{"mapping":[],"guards":{"deletes":{"flor":1}}}`:    "flor",
		`{"guards":{"changes":{"dayPercent":"ten"}}}`:       "guards.changes.dayPercent",
		`{"guards":{"emptySide":{"dayfloors":1}}}`:          "dayfloors",
		`{"mapping":[],"merge":5}`:                          "merge",
		`{"mapping":[]`:                                     "ends too early",
		`{"mapping":[]} {}`:                                 "more after the end",
		`{"mapping":[],"filter":{"eqals":{"field":"x"}}}`:   "eqals",
		`{"Guards":{}}`:                                     `there is no such setting; it is written "guards"`,
		`{"flow":{"toCrm":{}}}`:                             "flow.toCrm",
		`{"conflict":"crm","conflict":"outlook"}`:           "conflict: it is there twice",
		`{"mapping":[{"id":"a","id":"b"}]}`:                 "mapping[0].id: it is there twice",
		`{"mapping":[{"id":"a","Direction":"toCRM"}]}`:      "Direction",
		`{"mapping":{}}`:                                    "mapping: a JSON object, where a list is needed",
		`{"saved":{"mine":{"equals":{"field":"x"}}}}`:       "saved[mine]",
		`{"saved":{"mine":null},"filter":{"saved":"mine"}}`: "saved[mine]: it is null",
		`{"saved":[]}`:                                      "saved: a JSON array, where an object is needed",
		`{"guards":5}`:                                      "guards: a JSON number, where an object is needed",
		`{"guards":{"approveFirstRun":1.5}}`:                "guards.approveFirstRun",
		`[]`:                                                "settings are a JSON object",
		`null`:                                              "settings are a JSON object",
		``:                                                  "ends too early",
	} {
		_, err := contactsync.ParseSettings([]byte(text))
		var invalid *contactsync.InvalidError
		require.ErrorAs(t, err, &invalid, text)
		assert.True(t, strings.Contains(err.Error(), want), "%s: %v", text, err)
	}
}

// What is missing or too great is told, never a panic.
func TestSettingsWithoutASchema(t *testing.T) {
	var invalid *contactsync.InvalidError
	require.ErrorAs(t, twoWay().Validate(nil, record.OutlookContact), &invalid)
	assert.Equal(t, "schema", invalid.Field)
	require.ErrorAs(t, contactsync.CheckLayers(person, nil), &invalid)
	assert.Empty(t, mapping.Suggest(nil, record.OutlookContact).Rules)
	_, err := contactsync.ParseSettings([]byte(`{"guards": {"deletes": {"percent": 1e400}}}`))
	require.ErrorAs(t, err, &invalid)
	assert.Contains(t, invalid.Field, "percent")
}
