package record_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/record"
)

type audit struct {
	Number int `crm:"number"`
}

type category string

type person struct {
	audit
	Name       string     `crm:"name,type=name,max=50,label=Name, as one writes it"`
	Phones     []string   `crm:"phones,type=phone,count=3"`
	Categories []category `crm:"categories,shape=set"`
	Born       time.Time  `crm:"born,type=date"`
	Met        *time.Time `crm:"met"`
	Former     bool       `crm:"former,nomatch"`
	VIP        *bool      `crm:"vip,readonly"`
	Owner      uint16     `crm:"owner,type=reference"`
	Notes      *string    `crm:"notes"`
	Extra      *[]string  `crm:"extra"`
	Secret     string     `crm:"-"`
	Other      float64
}

func TestSchemaOf(t *testing.T) {
	s, err := record.SchemaOf[person](record.Contact)
	if err != nil {
		t.Fatal(err)
	}
	want := []record.Field{
		{Name: "number", Label: "number", MaxCount: 1},
		{Name: "name", Label: "Name, as one writes it", Type: record.Name, MaxLen: 50, MaxCount: 1},
		{Name: "phones", Label: "phones", Type: record.Phone, Shape: record.List, MaxCount: 3},
		{Name: "categories", Label: "categories", Shape: record.Set},
		{Name: "born", Label: "born", Type: record.Date, MaxCount: 1},
		{Name: "met", Label: "met", Type: record.Time, MaxCount: 1},
		{Name: "former", Label: "former", Type: record.Bool, MaxCount: 1, NoMatch: true},
		{Name: "vip", Label: "vip", Type: record.Bool, MaxCount: 1, ReadOnly: true},
		{Name: "owner", Label: "owner", Type: record.Reference, MaxCount: 1},
		{Name: "notes", Label: "notes", MaxCount: 1},
		{Name: "extra", Label: "extra", Shape: record.List},
	}
	if diff := cmp.Diff(want, s.Fields()); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
}

func TestSchemaOfNamesTheTagAtFault(t *testing.T) {
	wantTagError[int](t, "is no struct")
	wantTagError[struct {
		A float64 `crm:"a"`
	}](t, `.A, tag crm:"a"`, "float64 is not supported")
	wantTagError[struct {
		A **string `crm:"a"`
	}](t, "*string is not supported")
	wantTagError[struct {
		a string `crm:"a"`
	}](t, `.a, tag crm:"a"`, "not exported")
	wantTagError[struct {
		A string `crm:",type=name"`
	}](t, "the name is missing")
	wantTagError[struct {
		A string `crm:"a,type=fone"`
	}](t, `no type "fone"`)
	wantTagError[struct {
		A []string `crm:"a,shape=heap"`
	}](t, `no shape "heap"`)
	wantTagError[struct {
		A string `crm:"a,omitempty"`
	}](t, `no option "omitempty"`)
	wantTagError[struct {
		A string `crm:"a,max=-1"`
	}](t, `max wants a number from 1 up, not "-1"`)
	wantTagError[struct {
		A []string `crm:"a,count=many"`
	}](t, `count wants a number from 1 up, not "many"`)
	wantTagError[struct {
		A string `crm:"a,shape=list"`
	}](t, "only a []string is a list or set")
	wantTagError[struct {
		A string `crm:"a,count=2"`
	}](t, "count is for lists")
	wantTagError[struct {
		A time.Time `crm:"a,type=phone"`
	}](t, "a time.Time has type time or date")
	wantTagError[struct {
		A bool `crm:"a,type=text"`
	}](t, "a bool has type bool")
	wantTagError[struct {
		A int `crm:"a,type=phone"`
	}](t, "an integer has type text or reference")
	wantTagError[struct {
		A string `crm:"a"`
		B string `crm:"a"`
	}](t, `field "a" is there twice`)
}

func wantTagError[T any](t *testing.T, says ...string) {
	t.Helper()
	for range 2 { // what was read from tags is remembered
		_, err := record.SchemaOf[T](record.Contact)
		for _, s := range says {
			if err == nil || !strings.Contains(err.Error(), s) {
				t.Errorf("got %v, want an error that says %s", err, s)
			}
		}
	}
}

func TestEncodeKeepsClearedAndNotKnownApart(t *testing.T) {
	s, _ := record.SchemaOf[person](record.Contact)
	empty := ""
	f, err := record.Encode(s, person{Notes: &empty, Born: time.Date(1974, 7, 22, 23, 0, 0, 0, time.FixedZone("west", -5*3600))})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"number": "0", "name": "", "born": "1974-07-22", "former": "false", "owner": "0", "notes": ""} {
		if v, known := f.Get(name); !known || v.Text() != want {
			t.Errorf("%s is %q, known %v; want %q", name, v, known, want)
		}
	}
	for _, name := range []string{"met", "vip", "extra"} {
		if f.Known(name) {
			t.Errorf("%s is known, but its pointer was nil", name)
		}
	}
}

func genPerson() *rapid.Generator[person] {
	return rapid.Custom(func(t *rapid.T) person {
		p := person{
			audit:  audit{Number: rapid.Int().Draw(t, "number")},
			Name:   rapid.String().Draw(t, "name"),
			Former: rapid.Bool().Draw(t, "former"),
			Owner:  rapid.Uint16().Draw(t, "owner"),
			VIP:    rapid.Ptr(rapid.Bool(), true).Draw(t, "vip"),
			Notes:  rapid.Ptr(rapid.String(), true).Draw(t, "notes"),
			Born:   time.Unix(86400*rapid.Int64Range(-30000, 30000).Draw(t, "born"), 0).UTC(),
		}
		for range rapid.IntRange(0, 3).Draw(t, "phones") {
			p.Phones = append(p.Phones, rapid.StringMatching(`[0-9]{1,5}`).Draw(t, "phone"))
		}
		if rapid.Bool().Draw(t, "met?") {
			met := time.Unix(rapid.Int64Range(1, 4e9).Draw(t, "met"), rapid.Int64Range(0, 1e9-1).Draw(t, "ns")).UTC()
			p.Met = &met
		}
		return p
	})
}

func TestEncodeAndDecodeLoseNothing(t *testing.T) {
	s, _ := record.SchemaOf[person](record.Contact)
	rapid.Check(t, func(t *rapid.T) {
		want := genPerson().Draw(t, "person")
		f, err := record.Encode(s, want)
		if err != nil {
			t.Fatal(err)
		}
		var got person
		if err := record.Decode(f, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(person{}, audit{})); diff != "" {
			t.Errorf("mismatch (-want +got):\n%s", diff)
		}
		again, err := record.Encode(s, got)
		if err != nil || !again.Equal(f) {
			t.Errorf("encoded again it is %v, %v", again, err)
		}
	})
}

func TestDecodeOverlays(t *testing.T) {
	s, _ := record.SchemaOf[person](record.Contact)
	p := person{Name: "Ada", Phones: []string{"1"}, Secret: "kept", Other: 1.5, Former: true}
	f := s.Build().Set("phones").Set("categories", "VIP").Set("notes").Set("former").Fields()
	if err := record.Decode(f, &p); err != nil {
		t.Fatal(err)
	}
	empty := ""
	want := person{Name: "Ada", Categories: []category{"VIP"}, Notes: &empty, Secret: "kept", Other: 1.5}
	if diff := cmp.Diff(want, p, cmp.AllowUnexported(person{}, audit{})); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	wide := mustSchema(record.NewSchema(record.Contact, record.Field{Name: "name", Shape: record.List}, record.Field{Name: "owner"},
		record.Field{Name: "number"}, record.Field{Name: "born"}, record.Field{Name: "met"}, record.Field{Name: "former"}, record.Field{Name: "shoeSize"}))
	for _, tt := range []struct {
		field string
		v     record.Value
		want  record.Fault
	}{
		{"name", record.Value{"a", "b"}, record.TooMany},
		{"number", record.Value{"1.5"}, record.BadNumber},
		{"owner", record.Value{"65536"}, record.BadNumber},
		{"born", record.Value{"1974"}, record.BadDate},
		{"met", record.Value{"1974-07-22"}, record.BadTime},
		{"former", record.Value{"1"}, record.BadBool},
	} {
		p := person{Name: "before"}
		err := record.Decode(wide.Build().Set("name", "after").Set(tt.field, tt.v...).Fields(), &p)
		var fault *record.ValueError
		if !errors.As(err, &fault) || fault.Field != tt.field || fault.Reason != tt.want || !strings.Contains(err.Error(), "record_test.") {
			t.Errorf("%s = %q: %v, want %s", tt.field, tt.v, err, tt.want)
		}
		if p.Name != "before" {
			t.Errorf("%s = %q: the struct was changed in spite of the error", tt.field, tt.v)
		}
	}
	var p person
	if err := record.Decode(wide.Build().Set("shoeSize", "38").Fields(), &p); !errors.Is(err, record.ErrUnknownField) {
		t.Errorf("a field without a place: %v", err)
	}
	if _, err := record.Encode(wide, person{}); !errors.Is(err, record.ErrUnknownField) || !strings.Contains(err.Error(), "person.Phones") {
		t.Errorf("a struct field without a place: %v", err)
	}
}

func ExampleSchemaOf() {
	type Person struct {
		FirstName string    `crm:"firstName,type=name,max=40"`
		LastName  string    `crm:"lastName,type=name,max=60"`
		Phones    []string  `crm:"phones,type=phone,count=3"`
		Born      time.Time `crm:"born,type=date"`
		Notes     *string   `crm:"notes"` // nil: not known
	}
	schema, err := record.SchemaOf[Person](record.Contact)
	if err != nil {
		fmt.Println(err)
	}
	fields, err := record.Encode(schema, Person{FirstName: "Ada", LastName: "Lovelace", Phones: []string{"020 7946 0000"}})
	fmt.Println(fields, err)

	var p Person
	err = record.Decode(fields.With(schema.Build().Set("lastName", "Byron").Fields()), &p)
	fmt.Println(p.FirstName, p.LastName, err)
	// Output:
	// {firstName lastName phones born} <nil>
	// Ada Byron <nil>
}

func ExampleField_Equal() {
	phone, _ := record.OutlookContact.Field("mobilePhone")
	nl := record.Locale{Region: "NL"}
	fmt.Println(phone.Equal(record.Value{"06-12345678 (mobile)"}, record.Value{"+31 6 1234 5678"}, nl))
	// Output: true
}

func ExampleParsePhones() {
	for _, n := range record.ParsePhones("020 123 4567 tst. 12 / 06-12345678 home", "NL") {
		fmt.Println(n.E164, n.Ext)
	}
	// Output:
	// +31201234567 12
	// +31612345678
}

func TestMustSchemaOf(t *testing.T) {
	type person struct {
		Name string `crm:"name,type=name"`
	}
	if got := record.MustSchemaOf[person](record.Contact).Names(); len(got) != 1 || got[0] != "name" {
		t.Errorf("MustSchemaOf has the fields %q, want [name]", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("MustSchemaOf of a wrong tag did not panic")
		}
	}()
	type wrong struct {
		Name string `crm:"name,type=shoe"`
	}
	record.MustSchemaOf[wrong](record.Contact)
}
