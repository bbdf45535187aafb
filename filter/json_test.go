package filter_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	. "github.com/seed-42871e99/crmsync/filter"
)

func TestUnmarshal(t *testing.T) {
	for in, want := range map[string]Condition{
		`{}`:             {},
		`null`:           {},
		`{"and":[{}]}`:   {Op: OpAnd, Conditions: []Condition{{}}},
		`{"saved":"my"}`: Saved("my"),
		`{"and":[{"equals":{"field":"owner","value":"$user"}},{"not":{"has":{"field":"categories","value":"Private"}}}]}`: And(
			Equals("owner", User), Not(Has("categories", "Private"))),
		` {"or": [ {"in":{"values":["a","b"],"field":"x"}}, {"empty":{"field":"y"}} ] } `: Or(In("x", "a", "b"), Empty("y")),
		`{"not":{"before":{"field":"met","value":"now-1y"}}}`:                             Not(Before("met", "now-1y")),
		`{"or":[{"after":{"field":"a","value":"today"}},{"contains":{"field":"b","value":"c"}},{"prefix":{"field":"d","value":"e"}}]}`: Or(
			After("a", "today"), Contains("b", "c"), Prefix("d", "e")),
	} {
		var got Condition
		if err := json.Unmarshal([]byte(in), &got); err != nil {
			t.Errorf("%s: %v", in, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s mismatch (-want +got):\n%s", in, diff)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	for _, tt := range []struct{ in, path, reason string }{
		{`[]`, "", "must be an object"},
		{`"x"`, "", "must be an object"},
		{`{"near":{}}`, "near", "is not an operation"},
		{`{"":{}}`, "", "is not an operation"},
		{`{"Equals":{"field":"a","value":"b"}}`, "Equals", "is not an operation"},
		{`{"and":[],"or":[]}`, "", `has both "and" and "or"`},
		{`{"and":[{}],"and":[{}]}`, "and", "is there twice"},
		{`{"and":[]}`, "and", "at least one condition"},
		{`{"and":null}`, "and", "must be a list"},
		{`{"and":{}}`, "and", "must be a list"},
		{`{"and":[{},null]}`, "and[1]", "must be an object"},
		{`{"not":null}`, "not", "must be an object"},
		{`{"and":[{},{"not":{"has":{"field":"a","value":"b","x":1}}}]}`, "and[1].not.has.x", "is not a member"},
		{`{"has":{"field":"a","field":"b","value":"c"}}`, "has.field", "is there twice"},
		{`{"has":{"value":"c"}}`, "has", `needs a "field"`},
		{`{"has":{"field":"c"}}`, "has", `needs a "value"`},
		{`{"has":"c"}`, "has", "must be an object"},
		{`{"equals":{"field":"a","values":["b"]}}`, "equals.values", "is not a member"},
		{`{"equals":{"field":"a","value":null}}`, "equals.value", "must be a string"},
		{`{"equals":{"field":"a","value":1}}`, "equals.value", "must be a string"},
		{`{"equals":{"field":7,"value":"b"}}`, "equals.field", "must be a string"},
		{`{"in":{"field":"a","values":["b",2]}}`, "in.values[1]", "must be a string"},
		{`{"in":{"field":"a","values":"b"}}`, "in.values", "must be a list"},
		{`{"in":{"field":"a","values":[]}}`, "in", "at least one value"},
		{`{"empty":{"field":"a","value":"b"}}`, "empty.value", "is not a member"},
		{`{"saved":{}}`, "saved", "must be a string"},
		{`{"saved":""}`, "saved", "needs the name"},
		{strings.Repeat(`{"not":`, 100) + `{}` + strings.Repeat(`}`, 100), strings.Repeat("not.", 64) + "not", "nested more than"},
	} {
		c := Saved("before")
		err := json.Unmarshal([]byte(tt.in), &c)
		var e *Error
		if !errors.As(err, &e) || e.Path != tt.path || !strings.Contains(e.Reason, tt.reason) {
			t.Errorf("%.80s: got %v, want %q: … %s …", tt.in, err, tt.path, tt.reason)
		}
		if diff := cmp.Diff(Saved("before"), c); diff != "" {
			t.Errorf("%.80s: the condition was changed:\n%s", tt.in, diff)
		}
	}
}

func TestMarshalRefusesWhatIsNoForm(t *testing.T) {
	if b, err := json.Marshal(And(Empty("a"), Condition{Op: OpEquals, Field: "b"})); err == nil {
		t.Errorf("got %s, want an error", b)
	} else if want := `and[1].equals`; !strings.Contains(err.Error(), want) {
		t.Errorf("error %q does not name %s", err, want)
	}
}
