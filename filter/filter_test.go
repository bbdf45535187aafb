package filter_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

var people = mustSchema(record.NewSchema(record.Contact,
	record.Field{Name: "name", Type: record.Name},
	record.Field{Name: "company"},
	record.Field{Name: "owner", Type: record.Reference},
	record.Field{Name: "email", Type: record.Email},
	record.Field{Name: "phones", Type: record.Phone, Shape: record.List},
	record.Field{Name: "categories", Shape: record.Set},
	record.Field{Name: "born", Type: record.Date},
	record.Field{Name: "met", Type: record.Time},
	record.Field{Name: "former", Type: record.Bool},
	record.Field{Name: "web", Type: record.URL},
	record.Field{Name: "unread"},
))

func mustSchema(s *record.Schema, err error) *record.Schema {
	if err != nil {
		panic(err)
	}
	return s
}

// ada knows every field but "unread"; her company is cleared.
var ada = people.Build().
	Set("name", "Ada Lovelace").
	Set("company").
	Set("owner", "u17").
	Set("email", "Ada <Ada@Example.com>").
	Set("phones", "020 7946 0000", "+31 20 1234567").
	Set("categories", "VIP", "Customer").
	Set("born", "1974-07-22").
	Set("met", "2026-03-10T23:30:00Z").
	Set("former", "false").
	Set("web", "https://Example.com/Ada").
	Fields()

func env() Env {
	return Env{
		User:   "u17",
		Now:    time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC),
		Locale: record.Locale{Region: "GB"},
		Saved: func(name string) (Condition, bool) {
			c, ok := map[string]Condition{
				"mine":   Equals("owner", User),
				"vips":   And(Saved("mine"), Has("categories", "VIP")),
				"self":   Or(Saved("self"), Equals("owner", User)),
				"ring":   Saved("ring2"),
				"ring2":  Not(Saved("ring")),
				"former": Equals("former", "true"),
			}[name]
			return c, ok
		},
	}
}

func TestEval(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    Condition
		want Result
	}{
		{"zero", Condition{}, Yes},
		{"and", And(Equals("owner", "u17"), Has("categories", "VIP")), Yes},
		{"and, one no", And(Equals("owner", "u17"), Has("categories", "Private")), No},
		{"and, one unknown", And(Equals("owner", "u17"), Equals("unread", "x")), Unknown},
		{"and, no beats unknown", And(Equals("unread", "x"), Equals("owner", "u18")), No},
		{"or, yes beats unknown", Or(Equals("unread", "x"), Equals("owner", "u17")), Yes},
		{"or, one unknown", Or(Equals("unread", "x"), Equals("owner", "u18")), Unknown},
		{"or of none", Or(), No},
		{"not unknown", Not(Equals("unread", "x")), Unknown},
		{"not", Not(Has("categories", "Private")), Yes},

		{"user", Equals("owner", User), Yes},
		{"dollar text", Equals("company", Literal("$user")), No},
		{"text tells case apart", Equals("name", "ada lovelace"), No},
		{"name folds space", Equals("name", " Ada  Lovelace"), Yes},
		{"email by address", Equals("email", "ada@example.com"), Yes},
		{"bool", Equals("former", "false"), Yes},
		{"cleared equals empty", Equals("company", ""), Yes},
		{"in", In("owner", "u1", User), Yes},
		{"in none of them", In("owner", "u1", "u2"), No},

		{"has by number", Has("phones", "+44 20 7946 0000"), Yes},
		{"has not", Has("phones", "+44 20 7946 0001"), No},
		{"has tells case apart", Has("categories", "vip"), No},

		{"contains folds case", Contains("name", "LOVE"), Yes},
		{"contains in any entry", Contains("phones", "3120"), Yes},
		{"contains in the address alone", Contains("email", "<"), No},
		{"prefix", Prefix("name", "ada l"), Yes},
		{"prefix of the number", Prefix("phones", "+31"), Yes},
		{"prefix not inside", Prefix("name", "Love"), No},
		{"contains in a cleared field", Contains("company", "a"), No},

		{"empty", Empty("company"), Yes},
		{"empty, has value", Empty("name"), No},
		{"empty bool", Empty("former"), Yes},
		{"empty, not known", Empty("unread"), Unknown},
		{"no such field", Empty("shoeSize"), Unknown},

		{"born before", Before("born", "1974-07-23"), Yes},
		{"born not before", Before("born", "1974-07-22"), No},
		{"born after", After("born", "1974-07-21"), Yes},
		{"born on the day", Equals("born", "1974-07-22"), Yes},
		{"born within an instant's day", Equals("born", "1974-07-22T23:59:00Z"), Yes},
		{"met on the day", Equals("met", "2026-03-10"), Yes},
		{"met before the day", Before("met", "2026-03-10"), No},
		{"met after the day", After("met", "2026-03-10"), No},
		{"met after the day before", After("met", "2026-03-09"), Yes},
		{"met at the instant", Equals("met", "2026-03-11T00:30:00+01:00"), Yes},
		{"met before an instant", Before("met", "2026-03-10T23:30:01Z"), Yes},
		{"met in the last 30 days", After("met", "now-30d"), Yes},
		{"met in the last 20 days", After("met", "now-20d"), No},
		{"met in the last 500 hours", After("met", "now-500h"), Yes},
		{"born not recently", After("born", "today-10y"), No},
		{"a month before 31 March", After("met", "today-1m"), Yes},
		{"unreadable date in the condition", Before("born", "soon"), Unknown},

		{"saved", Saved("vips"), Yes},
		{"saved, not there", Saved("nothing"), Unknown},
		{"saved names itself", Saved("self"), Yes},
		{"saved in a ring", Saved("ring"), Unknown},

		{"malformed not", Condition{Op: OpNot}, Unknown},
		{"malformed in", Condition{Op: OpIn, Field: "owner"}, No},
		{"malformed contains", Condition{Op: OpContains, Field: "owner"}, Unknown},
		{"no operation", Condition{Op: "near", Field: "owner"}, Unknown},
		{"before on text", Before("name", "today"), Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.c.Eval(ada, env()); got != tt.want {
				t.Errorf("%v is %v, want %v", tt.c, got, tt.want)
			}
		})
	}
}

func TestEvalWithoutUserOrRecord(t *testing.T) {
	nobody := env()
	nobody.User = ""
	unowned := people.Build().Set("owner").Fields()
	if got := Equals("owner", User).Eval(unowned, nobody); got != Unknown {
		t.Errorf("without a user, records without an owner are %v, want unknown", got)
	}
	if got := Equals("owner", "u17").Eval(record.Fields{}, env()); got != Unknown {
		t.Errorf("the zero Fields gives %v, want unknown", got)
	}
	if got := (Saved("mine")).Eval(ada, Env{}); got != Unknown {
		t.Errorf("without saved conditions one is %v, want unknown", got)
	}
}

func TestEvalOfEmptyAndUnreadableDates(t *testing.T) {
	odd := people.Build().Set("born", "in spring").Set("met").Fields()
	for c, want := range map[*Condition]Result{
		ref(Before("born", "today")): Unknown, ref(After("born", "today")): Unknown, ref(Equals("born", "today")): Unknown,
		ref(Before("met", "today")): No, ref(After("met", "today")): No, ref(Equals("met", "today")): No, ref(Equals("met", "")): Yes,
	} {
		if got := c.Eval(odd, env()); got != want {
			t.Errorf("%v is %v, want %v", *c, got, want)
		}
	}
}

func ref(c Condition) *Condition { return &c }

func TestDaysAreOfTheZone(t *testing.T) {
	e := env()
	e.Zone = time.FixedZone("east", 3600)
	if got := Equals("met", "2026-03-11").Eval(ada, e); got != Yes {
		t.Errorf("23:30 UTC is %v on the next day an hour east, want yes", got)
	}
	e.Now = time.Date(2026, 3, 11, 23, 30, 0, 0, time.UTC) // the 12th there
	if got := Equals("met", "today-1d").Eval(ada, e); got != Yes {
		t.Errorf("yesterday is %v, want yes", got)
	}
}

func TestMonthsStayInTheirMonth(t *testing.T) {
	for _, tt := range []struct{ now, when, day string }{
		{"2026-03-31", "today-1m", "2026-02-28"},
		{"2024-03-31", "today-1m", "2024-02-29"},
		{"2024-02-29", "today+1y", "2025-02-28"},
		{"2026-01-31", "now+1m", "2026-02-28"},
		{"2026-01-15", "today+13m", "2027-02-15"},
		{"2026-01-15", "today+2w", "2026-01-29"},
	} {
		e := env()
		e.Now, _ = time.Parse(time.DateOnly, tt.now)
		f := people.Build().Set("born", tt.day).Fields()
		if got := Equals("born", tt.when).Eval(f, e); got != Yes {
			t.Errorf("on %s, is %s %s? %v", tt.now, tt.when, tt.day, got)
		}
	}
}

func TestWhy(t *testing.T) {
	for _, tt := range []struct {
		c    Condition
		path string
		want Result
	}{
		{Condition{}, "", Yes},
		{Equals("owner", "u18"), "equals", No},
		{And(Equals("owner", User), Not(Has("categories", "VIP"))), "and[1].not.has", No},
		{And(Equals("owner", User), Has("categories", "VIP")), "and", Yes},
		{And(Equals("unread", "x"), Empty("company")), "and[0].equals", Unknown},
		{Or(Equals("owner", "u18"), And(Empty("company"))), "or[1].empty", Yes},
		{Or(Equals("owner", "u18"), Equals("unread", "x")), "or[1].equals", Unknown},
		{Or(Equals("owner", "u18"), Equals("name", "x")), "or", No},
		{And(Empty("company"), Not(Saved("vips"))), "and[1].not.saved(vips).and", No},
		{Saved("former"), "saved(former).equals", No},
		{Saved("nothing"), "saved(nothing)", Unknown},
		{Saved("ring"), "saved(ring).saved(ring2).not.saved(ring)", Unknown},
	} {
		path, got := tt.c.Why(ada, env())
		if path != tt.path || got != tt.want {
			t.Errorf("%v: %q, %v; want %q, %v", tt.c, path, got, tt.path, tt.want)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		c                   Condition
		path, field, reason string // reason "": no error
	}{
		{Condition{}, "", "", ""},
		{And(Equals("owner", User), Not(Has("categories", "Private")), Saved("x")), "", "", ""},
		{Equals("born", ""), "", "", ""},
		{After("met", "now-30d"), "", "", ""},
		{Equals("owner", Literal("$x")), "", "", ""},
		{And(Empty("name"), Not(Has("tags", "x"))), "and[1].not.has", "tags", "no such field"},
		{Equals("categories", "x"), "equals", "categories", `ask "has"`},
		{Has("owner", "x"), "has", "owner", `ask "equals"`},
		{Has("categories", ""), "has", "categories", "empty"},
		{Contains("born", "19"), "contains", "born", "not text"},
		{Prefix("owner", "u"), "prefix", "owner", "not text"},
		{Contains("name", " "), "contains", "name", "empty"},
		{Before("name", "today"), "before", "name", "neither a date nor a time"},
		{Before("born", "tomorrow"), "before", "born", "today+1w"},
		{Before("born", "today+1h"), "before", "born", "today+1w"},
		{Before("born", ""), "before", "born", "2006-01-02"},
		{Equals("born", "22-07-1974"), "equals", "born", "2006-01-02"},
		{Equals("former", "yes"), "equals", "former", "true or false"},
		{In("owner", User, "$team"), "in", "owner", `"$user"`},
		{In("owner"), "in", "owner", "at least one value"},
		{Or(), "or", "", "at least one condition"},
		{Condition{Op: OpNot}, "not", "", "has 0 conditions, wants 1"},
		{Condition{Op: OpEmpty, Field: "name", Values: []string{"x"}}, "empty", "name", "has 1 values, wants 0"},
		{Condition{Op: OpEquals, Field: "name"}, "equals", "name", `needs a "value"`},
		{Condition{Op: OpEquals, Values: []string{"x"}}, "equals", "", `needs a "field"`},
		{Condition{Op: OpAnd, Field: "name", Conditions: []Condition{{}}}, "and", "name", "no place"},
		{Condition{Op: OpAnd, Name: "x", Conditions: []Condition{{}}}, "and", "", "only saved"},
		{Condition{Name: "x"}, "", "", "only saved"},
		{Saved(""), "saved", "", "needs the name"},
		{Condition{Op: "near", Field: "name"}, "near", "", "is not an operation"},
		{nest(100), strings.Repeat("not.", 64) + "not", "", "nested more than"},
	} {
		err := tt.c.Check(people)
		if tt.reason == "" {
			if err != nil {
				t.Errorf("%v: %v", tt.c, err)
			}
			continue
		}
		wantError(t, err, tt.path, tt.field, tt.reason)
	}
}

func nest(depth int) Condition {
	c := Empty("name")
	for range depth {
		c = Not(c)
	}
	return c
}

func wantError(t *testing.T, err error, path, field, reason string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Errorf("got error %v, want an *Error about %q: %s", err, path, reason)
		return
	}
	if e.Path != path || e.Field != field || !strings.Contains(e.Reason, reason) {
		t.Errorf("got path %q, field %q: %s\nwant path %q, field %q: … %s …", e.Path, e.Field, e.Reason, path, field, reason)
	}
}

func TestExpand(t *testing.T) {
	got, err := And(Saved("vips"), Not(Saved("mine"))).Expand(env().Saved)
	if err != nil {
		t.Fatal(err)
	}
	want := And(And(Equals("owner", User), Has("categories", "VIP")), Not(Equals("owner", User)))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}

	_, err = And(Empty("name"), Saved("ring")).Expand(env().Saved)
	wantError(t, err, "and[1].saved(ring).saved(ring2).not.saved(ring)", "", "names itself")
	_, err = Not(Saved("nothing")).Expand(env().Saved)
	wantError(t, err, "not.saved(nothing)", "", "no saved condition")
	_, err = Saved("mine").Expand(nil)
	wantError(t, err, "saved(mine)", "", "no saved condition")

	doubling := func(name string) (Condition, bool) {
		return And(Saved(name+"l"), Saved(name+"r")), len(name) < 40
	}
	if _, err := Saved("x").Expand(doubling); err == nil {
		t.Error("conditions that double at each step were expanded without bound")
	}
}

// Saved conditions that name others many times are evaluated once each.
func TestSavedConditionsAreEvaluatedOnce(t *testing.T) {
	asked := 0
	e := Env{Saved: func(name string) (Condition, bool) {
		asked++
		if len(name) == 50 {
			return Condition{}, true
		}
		return And(Saved(name+"x"), Saved(name+"x"), Saved(name+"x")), true
	}}
	if got := Saved("x").Eval(ada, e); got != Yes {
		t.Errorf("got %v, want yes", got)
	}
	if asked != 50 {
		t.Errorf("asked for %d conditions, want 50", asked)
	}
}

func TestFields(t *testing.T) {
	c := And(Equals("owner", User), Or(Has("categories", "x"), Not(Empty("owner"))), Saved("mine"))
	if diff := cmp.Diff([]string{"categories", "owner"}, c.Fields()); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
}

func ExampleCondition_Eval() {
	schema, _ := record.NewSchema(record.Contact,
		record.Field{Name: "owner", Type: record.Reference},
		record.Field{Name: "categories", Shape: record.Set},
	)
	var mine Condition
	err := json.Unmarshal([]byte(`{"and": [
		{"equals": {"field": "owner", "value": "$user"}},
		{"not": {"has": {"field": "categories", "value": "Private"}}}
	]}`), &mine)
	if err != nil {
		fmt.Println(err)
	}
	e := Env{User: "u17"}
	fmt.Println(mine.Eval(schema.Build().Set("owner", "u17").Set("categories", "VIP").Fields(), e))
	fmt.Println(mine.Eval(schema.Build().Set("owner", "u17").Fields(), e)) // its categories were not read
	fmt.Println(mine.Why(schema.Build().Set("owner", "u17").Set("categories", "Private").Fields(), e))
	// Output:
	// yes
	// unknown
	// and[1].not.has no
}

func ExampleCondition_Check() {
	schema, _ := record.NewSchema(record.Contact, record.Field{Name: "owner", Type: record.Reference})
	fmt.Println(And(Equals("owner", User), Not(Has("tags", "Private"))).Check(schema))
	// Output: filter: and[1].not.has: field "tags": there is no such field
}

// Clocked is true of a relative date compared with a date, wherever it stands, and of nothing else.
func TestClocked(t *testing.T) {
	schema, err := record.NewSchema(record.Contact, record.Field{Name: "due", Type: record.Date}, record.Field{Name: "seen", Type: record.Time}, record.Field{Name: "note"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		c    Condition
		want bool
	}{
		{Condition{}, false},
		{Equals("due", "2026-03-02"), false},
		{After("seen", "2026-03-02T09:00:00Z"), false},
		{Equals("note", "today"), false},
		{Equals("gone", "today"), false},
		{Equals("due", "today"), true},
		{In("due", "2026-03-02", "today+1w"), true},
		{Or(Empty("note"), Not(And(Equals("note", "x"), Before("seen", "now-30d")))), true},
	} {
		if got := tt.c.Clocked(schema); got != tt.want {
			t.Errorf("%+v.Clocked() = %t, want %t", tt.c, got, tt.want)
		}
	}
}
