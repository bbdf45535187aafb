package mapping_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/mapping"
)

func TestRuleInJSON(t *testing.T) {
	want := mapping.Rule{
		ID: "type", CRM: names("kind"), Outlook: names("categories"), Direction: mapping.ToOutlook, Conflict: mapping.Ask,
		Lens: mapping.Spec{Kind: mapping.Set, Table: []mapping.Pair{{CRM: "t", Outlook: "Tenant"}}},
	}
	const text = `{"id":"type","crm":["kind"],"outlook":["categories"],"lens":{"kind":"set","table":[{"crm":"t","outlook":"Tenant"}]},"direction":"toOutlook","conflict":"ask"}`
	data, err := json.Marshal(want)
	if err != nil || string(data) != text {
		t.Errorf("Marshal = %s, %v, want %s", data, err, text)
	}
	var got mapping.Rule
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Unmarshal mismatch (-want +got):\n%s", diff)
	}
	copied, err := json.Marshal(rule("a", names("b"), names("c"), mapping.Spec{}))
	if err != nil || string(copied) != `{"id":"a","crm":["b"],"outlook":["c"]}` {
		t.Errorf("Marshal of a copy = %s, %v", copied, err)
	}
}

func TestRuleInBadJSON(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`{"id":"a","from":["b"]}`, `mapping: rule "a": from: there is no such member`},
		{`{"id":"a","CRM":["b"]}`, `mapping: rule "a": CRM: there is no such member`},
		{`{"id":"a","lens":{"kind":"name","part":[]}}`, `mapping: rule "a": lens.part: there is no such member`},
		{`{"id":"a","lens":{"kind":"magic"}}`, `mapping: rule "a": lens.kind: there is no lens "magic"; there are account, address, const, copy, first, list, name, set, table, template`},
		{`{"id":"a","lens":{"kind":"first","table":[{"crm":"x","outlook":"y"}]}}`, `mapping: rule "a": lens.table: the lens "first" takes no table`},
		{`{"id":"a","lens":{"prefix":"x"}}`, `mapping: rule "a": lens.prefix: the lens "copy" takes no prefix`},
		{`{"id":"a","lens":{"kind":"table","table":[{"crm":"x","outlok":"y"}]}}`, `mapping: rule "a": lens.table.outlok: there is no such member`},
		{`{"id":"a","lens":"copy"}`, `mapping: rule "a": the lens must be a JSON object`},
		{`{"id":"a","crm":"b"}`, `mapping: rule "a": crm: this is text, where a list is expected`},
		{`{"id":7}`, `mapping: rule "?": id: this is a number, where text is expected`},
		{`{"id":["a"]}`, `mapping: rule "?": id: this is a list, where text is expected`},
		{`{"id":true}`, `mapping: rule "?": id: this is true or false, where text is expected`},
		{`{"id":{}}`, `mapping: rule "?": id: this is an object, where text is expected`},
		{`[]`, `mapping: rule "?": the rule must be a JSON object`},
	} {
		var r mapping.Rule
		err := json.Unmarshal([]byte(tt.in), &r)
		if err == nil || err.Error() != tt.want {
			t.Errorf("Unmarshal(%s) = %v, want %s", tt.in, err, tt.want)
		}
	}
}
