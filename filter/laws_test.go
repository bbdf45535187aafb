package filter_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// genCondition gives well-formed conditions over people, most of them sensible.
func genCondition(depth int) *rapid.Generator[Condition] {
	return rapid.Custom(func(t *rapid.T) Condition {
		field := rapid.SampledFrom(people.Names()).Draw(t, "field")
		value := rapid.SampledFrom([]string{
			"", "u17", "u18", User, "$$x", "Ada Lovelace", "ada@example.com", "VIP", "+442079460000", "1974-07-22", "today-1m", "now", "true", "é\"<\u2028",
		})
		kinds := 11
		if depth == 0 {
			kinds = 8
		}
		switch rapid.IntRange(0, kinds).Draw(t, "kind") {
		case 0:
			return Equals(field, value.Draw(t, "value"))
		case 1:
			return In(field, rapid.SliceOfN(value, 1, 3).Draw(t, "values")...)
		case 2:
			return Contains(field, value.Draw(t, "value"))
		case 3:
			return Prefix(field, value.Draw(t, "value"))
		case 4:
			return Empty(field)
		case 5:
			return Before(field, value.Draw(t, "value"))
		case 6:
			return After(field, value.Draw(t, "value"))
		case 7:
			return Has(field, value.Draw(t, "value"))
		case 8:
			return rapid.SampledFrom([]Condition{{}, Saved("mine"), Saved("vips"), Saved("nothing")}).Draw(t, "leaf")
		case 9:
			return Not(genCondition(depth-1).Draw(t, "operand"))
		case 10:
			return Condition{Op: OpOr, Conditions: rapid.SliceOfN(genCondition(depth-1), 1, 3).Draw(t, "operands")}
		}
		return Condition{Op: OpAnd, Conditions: rapid.SliceOfN(genCondition(depth-1), 1, 3).Draw(t, "operands")}
	})
}

// genRecord gives ada without some of her fields.
func genRecord() *rapid.Generator[record.Fields] {
	return rapid.Custom(func(t *rapid.T) record.Fields {
		return ada.Only(func(string) bool { return rapid.IntRange(0, 3).Draw(t, "known") > 0 })
	})
}

func TestJSONRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genCondition(3).Draw(t, "condition")
		b, err := json.Marshal(c)
		if err != nil {
			t.Fatalf("marshal: %v", err)
		}
		var got Condition
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("unmarshal %s: %v", b, err)
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("%s mismatch (-want +got):\n%s", b, diff)
		}
	})
}

func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genCondition(2).Draw(t, "a"), genCondition(2).Draw(t, "b")
		f, e := genRecord().Draw(t, "record"), env()
		same := func(law string, left, right Condition) {
			if l, r := left.Eval(f, e), right.Eval(f, e); l != r {
				t.Errorf("%s: %v is %v, %v is %v", law, left, l, right, r)
			}
		}
		same("double negation", Not(Not(a)), a)
		same("De Morgan, and", Not(And(a, b)), Or(Not(a), Not(b)))
		same("De Morgan, or", Not(Or(a, b)), And(Not(a), Not(b)))
		same("and commutes", And(a, b), And(b, a))
		same("or commutes", Or(a, b), Or(b, a))
		same("and with everything", And(a, Condition{}), a)
		same("absorption", Or(a, And(a, b)), a)
	})
}

// A field that is not known can only turn an answer into unknown; learning it never turns yes into no or back.
func TestNotKnownNeverDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genCondition(3).Draw(t, "condition")
		less := genRecord().Draw(t, "record")
		before, after := c.Eval(less, env()), c.Eval(ada, env())
		if before != Unknown && before != after {
			t.Errorf("%v is %v while only %v are known, and %v with all", c, before, less, after)
		}
	})
}

func TestWhyAgreesWithEval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, f := genCondition(3).Draw(t, "condition"), genRecord().Draw(t, "record")
		if path, got := c.Why(f, env()); got != c.Eval(f, env()) {
			t.Errorf("%v is %v, but Why says %v at %s", c, c.Eval(f, env()), got, path)
		}
	})
}

func TestExpandChangesNoAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, f := genCondition(3).Draw(t, "condition"), genRecord().Draw(t, "record")
		expanded, err := c.Expand(env().Saved)
		if err != nil {
			return // names one that does not exist
		}
		without := env()
		without.Saved = nil
		if got, want := expanded.Eval(f, without), c.Eval(f, env()); got != want {
			t.Errorf("%v is %v, expanded %v", c, want, got)
		}
	})
}

func FuzzConditionJSON(f *testing.F) {
	for _, s := range []string{
		`{}`, `null`, `{"saved":"x"}`, `{"and":[{"equals":{"field":"owner","value":"$user"}},{"not":{"has":{"field":"categories","value":"Private"}}}]}`,
		`{"or":[{"in":{"field":"owner","values":["a","b"]}},{"empty":{"field":"name"}},{"before":{"field":"born","value":"today-1m"}}]}`,
		`{"after":{"field":"met","value":"now+1000000y"}}`, `{"prefix":{"field":"phones","value":"+31"}}`, `{"and":[],"and":[]}`, `{"not":{}} {}`, `{"and":[{"":{}}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Condition
		if err := json.Unmarshal(data, &c); err != nil {
			return
		}
		b, err := json.Marshal(c)
		if err != nil {
			t.Fatalf("%s was read, but is not written: %v", data, err)
		}
		var again Condition
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatalf("%s was written, but is not read: %v", b, err)
		}
		if diff := cmp.Diff(c, again); diff != "" {
			t.Errorf("%s mismatch (-first +second):\n%s", data, diff)
		}
		_ = c.Check(people)
		if _, r := c.Why(ada, env()); r != c.Eval(ada, env()) {
			t.Errorf("%s: Why and Eval disagree", data)
		}
	})
}

func BenchmarkEval(b *testing.B) {
	c := And(Equals("owner", User), Not(Has("categories", "Private")), After("met", "now-90d"))
	e := env()
	b.ReportAllocs()
	for b.Loop() {
		if c.Eval(ada, e) != Yes {
			b.Fatal("not selected")
		}
	}
}
