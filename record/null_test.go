package record_test

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/record"
)

// own is a Null of a host's or a driver's own, such as pgtype.Text.
type own struct {
	String category
	Valid  bool
}

type nulls struct {
	Name   sql.NullString       `crm:"name,type=name,max=50"`
	Born   sql.NullTime         `crm:"born,type=date"`
	Met    sql.Null[time.Time]  `crm:"met"`
	VIP    sql.NullBool         `crm:"vip"`
	Number sql.NullInt64        `crm:"number"`
	Owner  sql.Null[uint8]      `crm:"owner,type=reference"`
	Mails  sql.Null[[]string]   `crm:"mails,type=email,count=3"`
	Notes  *sql.Null[string]    `crm:"notes"`
	Group  own                  `crm:"group"`
	Tags   *sql.Null[[]own]     `crm:"-"`
	Other  sql.Null[complex128] // without a tag it may be what it likes
}

func TestSchemaOfNulls(t *testing.T) {
	s, err := record.SchemaOf[nulls](record.Contact)
	if err != nil {
		t.Fatal(err)
	}
	want := []record.Field{
		{Name: "name", Label: "name", Type: record.Name, MaxLen: 50, MaxCount: 1},
		{Name: "born", Label: "born", Type: record.Date, MaxCount: 1},
		{Name: "met", Label: "met", Type: record.Time, MaxCount: 1},
		{Name: "vip", Label: "vip", Type: record.Bool, MaxCount: 1},
		{Name: "number", Label: "number", MaxCount: 1},
		{Name: "owner", Label: "owner", Type: record.Reference, MaxCount: 1},
		{Name: "mails", Label: "mails", Type: record.Email, Shape: record.List, MaxCount: 3},
		{Name: "notes", Label: "notes", MaxCount: 1},
		{Name: "group", Label: "group", MaxCount: 1},
	}
	if diff := cmp.Diff(want, s.Fields()); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
}

func TestSchemaOfRefusesWhatOnlyLooksLikeANull(t *testing.T) {
	wantTagError[struct {
		A sql.NullFloat64 `crm:"a"`
	}](t, `.A, tag crm:"a"`, "float64 is not supported", "sql.Null")
	wantTagError[struct {
		A sql.Null[*string] `crm:"a"`
	}](t, "*string is not supported")
	wantTagError[struct {
		A sql.Null[sql.NullString] `crm:"a"`
	}](t, "sql.NullString is not supported")
	wantTagError[struct {
		A struct {
			V  string
			OK bool
		} `crm:"a"`
	}](t, "is not supported")
	wantTagError[struct {
		A struct {
			V     string
			Valid int
		} `crm:"a"`
	}](t, "is not supported")
	wantTagError[struct {
		A struct {
			v     string
			Valid bool
		} `crm:"a"`
	}](t, "is not supported")
	wantTagError[struct {
		A struct {
			V, W  string
			Valid bool
		} `crm:"a"`
	}](t, "is not supported")
	wantTagError[struct {
		A sql.NullTime `crm:"a,type=phone"`
	}](t, "a time.Time has type time or date")
	wantTagError[struct {
		A sql.NullString `crm:"a,count=2"`
	}](t, "count is for lists")
}

// Not valid is empty, which clears the other side; only a nil pointer says that nobody looked.
func TestNullsThatAreNotValidAreEmpty(t *testing.T) {
	s := record.MustSchemaOf[nulls](record.Contact)
	left := nulls{ // whatever was left in them does not count
		Name: sql.NullString{String: "Ada"}, Born: sql.NullTime{Time: time.Now()}, VIP: sql.NullBool{Bool: true},
		Number: sql.NullInt64{Int64: 7}, Mails: sql.Null[[]string]{V: []string{"ada@example.com"}}, Group: own{String: "old"},
	}
	for _, p := range []nulls{{}, left} {
		f, err := record.Encode(s, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range s.Names() {
			v, known := f.Get(name)
			if known != (name != "notes") || !v.IsEmpty() {
				t.Errorf("%s is %q, known %v; want it empty, and known but where the pointer is nil", name, v, known)
			}
		}
	}
	f, err := record.Encode(s, nulls{Notes: &sql.Null[string]{V: "left over"}})
	if v, known := f.Get("notes"); err != nil || !known || !v.IsEmpty() {
		t.Errorf("notes behind a pointer are %q, known %v, %v; want them empty and known", v, known, err)
	}
}

func TestNullsComeBackAsTheyWere(t *testing.T) {
	s := record.MustSchemaOf[nulls](record.Contact)
	full := nulls{
		Name:   sql.NullString{String: "Ada", Valid: true},
		Born:   sql.NullTime{Time: time.Date(1974, 7, 22, 0, 0, 0, 0, time.UTC), Valid: true},
		Met:    sql.Null[time.Time]{V: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Valid: true},
		VIP:    sql.NullBool{Valid: true}, // false is a value
		Number: sql.NullInt64{Valid: true},
		Owner:  sql.Null[uint8]{V: 200, Valid: true},
		Mails:  sql.Null[[]string]{V: []string{"ada@example.com", "ada@example.org"}, Valid: true},
		Notes:  &sql.Null[string]{V: "a note", Valid: true},
		Group:  own{"friends", true},
	}
	empty := nulls{Notes: &sql.Null[string]{}}
	for _, want := range []nulls{full, empty} {
		f, err := record.Encode(s, want)
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range []nulls{{}, full, empty} {
			if err := record.Decode(f, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("mismatch (-want +got):\n%s", diff)
			}
		}
	}
}

func TestDecodeIntoNulls(t *testing.T) {
	s := record.MustSchemaOf[nulls](record.Contact)
	p := nulls{Name: sql.NullString{String: "Ada", Valid: true}, Number: sql.NullInt64{Int64: 7, Valid: true}}
	if err := record.Decode(s.Build().Set("number").Fields(), &p); err != nil {
		t.Fatal(err)
	}
	if want := (nulls{Name: sql.NullString{String: "Ada", Valid: true}}); !cmp.Equal(want, p) {
		t.Errorf("cleared and not known: %+v, want the number to be null and the name to stay", p)
	}
	err := record.Decode(s.Build().Set("name", "Grace").Set("owner", "300").Fields(), &p)
	var fault *record.ValueError
	if !errors.As(err, &fault) || fault.Field != "owner" || fault.Reason != record.BadNumber || p.Name.String != "Ada" {
		t.Errorf("a number that does not fit: %v, and the name is %q; want a fault of owner, and nothing written", err, p.Name.String)
	}
}
