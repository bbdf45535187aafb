package record_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/record"
)

func TestNewSchemaRefuses(t *testing.T) {
	for want, fields := range map[string][]record.Field{
		"field 1 has no name":                                      {{Name: "a"}, {}},
		`field "a" is there twice`:                                 {{Name: "a"}, {Name: "a"}},
		`field "a" has a negative limit`:                           {{Name: "a", MaxLen: -1}},
		`schema contact: field "b" has a neg`:                      {{Name: "b", Shape: record.List, MaxCount: -1}},
		`field "a": it is the name of "b", which is no field`:      {{Name: "a", NameOf: "b"}},
		`field "a": it is the name of "b", which is no single ref`: {{Name: "a", NameOf: "b"}, {Name: "b"}},
		`field "a": the name of another record is a single text`:   {{Name: "a", Shape: record.List, NameOf: "b"}, {Name: "b", Type: record.Reference}},
	} {
		if _, err := record.NewSchema(record.Contact, fields...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that says %q", err, want)
		}
	}
}

func TestOutlookContactKnowsGraphsProperties(t *testing.T) {
	want := strings.Fields(`
		assistantName birthday businessHomePage businessPhones categories children companyName department displayName
		emailAddresses fileAs generation givenName homePhones imAddresses initials jobTitle manager middleName
		mobilePhone nickName officeLocation personalNotes profession spouseName surname title yomiCompanyName
		yomiGivenName yomiSurname
		businessAddress.street businessAddress.city businessAddress.state businessAddress.postalCode businessAddress.countryOrRegion
		homeAddress.street homeAddress.city homeAddress.state homeAddress.postalCode homeAddress.countryOrRegion
		otherAddress.street otherAddress.city otherAddress.state otherAddress.postalCode otherAddress.countryOrRegion
		otherPhone businessFax homeFax otherFax pager carPhone callbackPhone assistantPhone personalHomePage weddingAnniversary private`)
	for _, name := range want {
		if _, ok := record.OutlookContact.Field(name); !ok {
			t.Errorf("field %q is missing", name)
		}
	}
	if got := len(record.OutlookContact.Fields()); got != len(want) {
		t.Errorf("there are %d fields, want %d", got, len(want))
	}
	for name, want := range map[string]record.Field{
		"emailAddresses": {Name: "emailAddresses", Label: "Email", Shape: record.List, Type: record.Email, MaxCount: 3},
		"businessPhones": {Name: "businessPhones", Label: "Business phone", Shape: record.List, Type: record.Phone, MaxCount: 2},
		"imAddresses":    {Name: "imAddresses", Label: "IM address", Shape: record.List, MaxCount: 3},
		"categories":     {Name: "categories", Label: "Categories", Shape: record.Set},
		"birthday":       {Name: "birthday", Label: "Birthday", Type: record.Date, MaxCount: 1},
		"private":        {Name: "private", Label: "Private", Type: record.Bool, MaxCount: 1, ReadOnly: true},
		"businessFax":    {Name: "businessFax", Label: "Business fax", Type: record.Phone, MaxCount: 1, NoMatch: true},
	} {
		got, _ := record.OutlookContact.Field(name)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s mismatch (-want +got):\n%s", name, diff)
		}
	}
}

// B13
func TestExtendOutlookContact(t *testing.T) {
	s, err := record.ExtendOutlookContact(record.Field{Name: "customerNumber"}, record.Field{Name: "tier"})
	if err != nil {
		t.Fatal(err)
	}
	names := s.Names()
	if diff := cmp.Diff(append(record.OutlookContact.Names(), "customerNumber", "tier"), names); diff != "" {
		t.Errorf("names mismatch (-want +got):\n%s", diff)
	}
	if _, err := record.ExtendOutlookContact(record.Field{Name: "surname"}); err == nil || !strings.Contains(err.Error(), `"surname"`) {
		t.Errorf("a field twice: %v", err)
	}
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		f    record.Field
		v    record.Value
		want *record.ValueError // nil: none
	}{
		{record.Field{}, nil, nil},
		{record.Field{MaxLen: 2}, record.Value{"éé"}, nil},
		{record.Field{MaxLen: 2}, record.Value{"ééé"}, &record.ValueError{Field: "f", Reason: record.TooLong, Got: 3, Limit: 2}},
		{record.Field{}, record.Value{"a", "b"}, &record.ValueError{Field: "f", Reason: record.TooMany, Got: 2, Limit: 1}},
		{record.Field{Shape: record.List}, record.Value{"a", "b", "c"}, nil},
		{record.Field{Shape: record.List, MaxCount: 2}, record.Value{"a", "b", "c"}, &record.ValueError{Field: "f", Reason: record.TooMany, Got: 3, Limit: 2}},
		{record.Field{Shape: record.List, MaxCount: 2}, record.Value{"a", "b", ""}, nil},
		{record.Field{ReadOnly: true}, nil, &record.ValueError{Field: "f", Reason: record.NotWritable}},
		{record.Field{}, record.Value{"\xff"}, &record.ValueError{Field: "f", Reason: record.NotUTF8}},
		{record.Field{Type: record.Date}, record.Value{"1974-07-22"}, nil},
		{record.Field{Type: record.Date}, record.Value{""}, nil},
		{record.Field{Type: record.Date}, record.Value{"1974-07-22T00:00:00Z"}, &record.ValueError{Field: "f", Reason: record.BadDate}},
		{record.Field{Type: record.Date}, record.Value{"1974-02-30"}, &record.ValueError{Field: "f", Reason: record.BadDate}},
		{record.Field{Type: record.Time}, record.Value{"2026-01-02T03:04:05+01:00"}, nil},
		{record.Field{Type: record.Time}, record.Value{"2026-01-02"}, &record.ValueError{Field: "f", Reason: record.BadTime}},
		{record.Field{Type: record.Bool}, record.Value{"false"}, nil},
		{record.Field{Type: record.Bool}, record.Value{"yes"}, &record.ValueError{Field: "f", Reason: record.BadBool}},
		{record.Field{Type: record.Email}, record.Value{"ada at example"}, nil},
	} {
		tt.f.Name = "f"
		err := tt.f.Check(tt.v)
		var got *record.ValueError
		if err != nil && !errors.As(err, &got) {
			t.Errorf("Check(%q) gives %T", tt.v, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%+v: Check(%q) mismatch (-want +got):\n%s", tt.f, tt.v, diff)
		}
		if err != nil && (!strings.Contains(err.Error(), `field "f"`) || strings.Contains(err.Error(), "yes")) {
			t.Errorf("the message %q must name the field and not show the value", err)
		}
	}
}

func TestSchemaCheck(t *testing.T) {
	s := mustSchema(record.NewSchema(record.Contact,
		record.Field{Name: "name", MaxLen: 5}, record.Field{Name: "phones", Shape: record.List, MaxCount: 2},
		record.Field{Name: "owner", ReadOnly: true}, record.Field{Name: "born", Type: record.Date}))
	other := mustSchema(record.NewSchema(record.Contact,
		record.Field{Name: "born"}, record.Field{Name: "name"}, record.Field{Name: "shoeSize"}))
	for _, tt := range []struct {
		name string
		f    record.Fields
		want *record.ValueError // nil: none
		says string
	}{
		{"nothing known", record.Fields{}, nil, ""},
		{"all fits", s.Build().Set("name", "Ada").Set("phones", "1", "2").Set("born").Fields(), nil, ""},
		{"what is not known is not checked", s.Build().Set("born", "1974-07-22").Fields(), nil, ""},
		{"the first fault in the schema's order", s.Build().Set("born", "soon").Set("phones", "1", "2", "3").Fields(),
			&record.ValueError{Field: "phones", Reason: record.TooMany, Got: 3, Limit: 2}, "has 3 entries, at most 2 fit"},
		{"too long", s.Build().Set("name", "Adaadá").Fields(),
			&record.ValueError{Field: "name", Reason: record.TooLong, Got: 6, Limit: 5}, "has 6 characters, at most 5 fit"},
		{"read-only, even to clear", s.Build().Set("owner").Fields(), &record.ValueError{Field: "owner", Reason: record.NotWritable}, "is read-only"},
		{"by name under another schema", other.Build().Set("born", "soon").Fields(),
			&record.ValueError{Field: "born", Reason: record.BadDate}, "is not a date like 2006-01-02"},
		{"that fits", other.Build().Set("name", "Ada").Fields(), nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := s.Check(tt.f)
			var got *record.ValueError
			if err != nil && !errors.As(err, &got) {
				t.Fatalf("Check gives %T: %v", err, err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Fatalf("Check mismatch (-want +got):\n%s", diff)
			}
			if got != nil && (got.Detail() != tt.says || !strings.HasSuffix(got.Error(), `"`+got.Field+`" `+tt.says)) {
				t.Errorf("it says %q and %q, want %q", got.Detail(), got, tt.says)
			}
		})
	}
	if err := s.Check(other.Build().Set("shoeSize", "38").Fields()); !errors.Is(err, record.ErrUnknownField) || !strings.Contains(err.Error(), "shoeSize") {
		t.Errorf("a field that the schema lacks: %v", err)
	}
}
