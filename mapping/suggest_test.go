package mapping_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/preset"
	"github.com/seed-42871e99/crmsync/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

// say writes a rule in one line.
func say(r mapping.Rule) string {
	sign := map[mapping.Direction]string{mapping.Both: " = ", mapping.ToOutlook: " > ", mapping.ToCRM: " < "}
	line := strings.Join(r.CRM, " + ") + sign[r.Direction] + strings.Join(r.Outlook, " + ")
	if r.Lens.Kind != "" {
		line += fmt.Sprintf(" (%s%s)", r.Lens.Kind, strings.Join(append([]string{""}, parts(r.Lens.Parts)...), " "))
	}
	if r.Lens.Prefix != "" {
		line += fmt.Sprintf(" %q", r.Lens.Prefix)
	}
	return line
}

func parts(parts []mapping.Part) []string {
	var words []string
	for _, p := range parts {
		words = append(words, string(p))
	}
	return words
}

func sayLeft(l mapping.Omitted) string {
	line := l.Field + ": " + string(l.Reason)
	if l.Outlook != "" {
		line += " " + l.Outlook
	}
	return line
}

func saySuggestion(s mapping.Suggestion) []string {
	var lines []string
	for _, r := range s.Rules {
		lines = append(lines, say(r))
	}
	for _, l := range s.Omitted {
		lines = append(lines, "- "+sayLeft(l))
	}
	return lines
}

// What Suggest finds of each preset from its schema alone: which rules it proposes as they are, what it proposes in their
// place, and what the presets say that it does not. Part 2, S
func TestSuggestAgainstThePresets(t *testing.T) {
	var out strings.Builder
	pie := presets[0]
	pie.name, pie.rules, pie.crm = "PieSync", preset.PieSync().Mapping, preset.PieSyncSchema()
	for _, p := range append(slices.Clone(presets), pie) {
		if p.name == "Dealius" {
			continue // the same schema as with types
		}
		s := mapping.Suggest(p.crm, record.OutlookContact)
		fmt.Fprintf(&out, "%s\n", p.name)
		found := 0
		for _, want := range p.rules {
			i := slices.IndexFunc(s.Rules, func(r mapping.Rule) bool { return slices.Contains(r.CRM, want.CRM[0]) })
			if i < 0 {
				fmt.Fprintf(&out, "  missing    %s\n", say(want))
				continue
			}
			turned := s.Rules[i]
			turned.Direction = want.Direction
			switch {
			case say(s.Rules[i]) == say(want):
				found++
				fmt.Fprintf(&out, "  the same   %s\n", say(want))
			case say(turned) == say(want): // a schema does not tell that nothing shall come back
				found++
				fmt.Fprintf(&out, "  both ways  %s\n", say(want))
			default:
				fmt.Fprintf(&out, "  otherwise  %s\n      it is  %s\n", say(s.Rules[i]), say(want))
			}
		}
		for _, r := range s.Rules {
			if !slices.ContainsFunc(p.rules, func(want mapping.Rule) bool { return slices.Contains(r.CRM, want.CRM[0]) }) {
				fmt.Fprintf(&out, "  besides    %s\n", say(r))
			}
		}
		for _, l := range s.Omitted {
			fmt.Fprintf(&out, "  left out   %s\n", sayLeft(l))
		}
		fmt.Fprintf(&out, "  %d of %d found\n\n", found, len(p.rules))
	}
	golden(t, "testdata/suggest.golden", out.String())
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s mismatch (-want +got):\n%s", file, diff)
	}
}

func TestSuggest(t *testing.T) {
	text := func(names ...string) []record.Field {
		var fields []record.Field
		for _, name := range names {
			fields = append(fields, record.Field{Name: name})
		}
		return fields
	}
	typed := func(typ record.Type, names ...string) []record.Field {
		fields := text(names...)
		for i := range fields {
			fields[i].Type = typ
		}
		return fields
	}
	readOnly := func(fields ...record.Field) []record.Field {
		for i := range fields {
			fields[i].ReadOnly = true
		}
		return fields
	}
	for _, tt := range []struct {
		name    string
		crm     []record.Field
		outlook *record.Schema
		want    []string
	}{
		{name: "nothing"},
		{
			name: "spellings of one name",
			crm:  slices.Concat(text("first_name", "LASTNAME", "Job Title", "Department__c"), []record.Field{{Name: "f17", Label: "Mobile phone", Type: record.Phone}}),
			want: []string{
				"first_name = givenName", "LASTNAME = surname", "Department__c = department", "Job Title = jobTitle", "f17 = mobilePhone",
			},
		},
		{
			name: "a word in front that means nothing",
			crm:  text("contact_first_name", "person_last_name", "primary_email", "customerPhone", "mainMobile"),
			want: []string{
				"contact_first_name = givenName", "person_last_name = surname",
				"primary_email = emailAddresses (first)", "customerPhone = businessPhones (first)", "mainMobile = mobilePhone",
			},
		},
		{
			name: "several addresses share Outlook's list, as many as it has room for",
			crm:  typed(record.Email, "otherEmail", "email2", "email1", "work_email", "private_email"),
			want: []string{
				"email1 + email2 + work_email = emailAddresses (list)",
				"- otherEmail: taken emailAddresses", "- private_email: taken emailAddresses",
			},
		},
		{
			name: "a list field takes Outlook's list alone",
			crm: append(typed(record.Email, "email"), record.Field{Name: "emails", Type: record.Email, Shape: record.List},
				record.Field{Name: "children", Type: record.Name, Shape: record.Set}),
			want: []string{"emails = emailAddresses (list)", "children = children", "- email: taken emailAddresses"},
		},
		{
			name: "fields that can be written come first, in a list too",
			crm:  append(readOnly(typed(record.Email, "email", "workEmail")...), typed(record.Email, "homeEmail", "otherEmail")...),
			want: []string{"homeEmail + otherEmail = emailAddresses (list)", "- email: taken emailAddresses", "- workEmail: taken emailAddresses"},
		},
		{
			name: "also before a list that cannot",
			crm:  append(typed(record.Email, "email"), record.Field{Name: "emails", Type: record.Email, Shape: record.List, ReadOnly: true}),
			want: []string{"email = emailAddresses (first)", "- emails: taken emailAddresses"},
		},
		{
			name: "what cannot be written goes one way",
			crm:  slices.Concat(readOnly(typed(record.Email, "email", "workEmail")...), readOnly(text("account", "street")...), text("city")),
			want: []string{
				"account > companyName", "email + workEmail > emailAddresses (list)",
				"street + city > businessAddress.street + businessAddress.city (address)",
			},
		},
		{
			name: "and so does what the other side may not take",
			crm:  text("birthday", "weddingAnniversary", "private"),
			want: []string{"birthday < birthday", "weddingAnniversary < weddingAnniversary", "private < private"},
		},
		{
			name: "nothing goes where neither side lets it in",
			crm:  readOnly(record.Field{Name: "private", Type: record.Bool}),
			want: []string{"- private: notWritable private"},
		},
		{
			name: "types and shapes must agree",
			crm: []record.Field{
				{Name: "email", Type: record.Bool}, {Name: "mobile", Type: record.Date}, {Name: "company", Shape: record.List},
				{Name: "street", Type: record.Phone}, {Name: "city", Shape: record.List}, {Name: "tags", Type: record.Bool},
				{Name: "name", Type: record.Phone}, {Name: "private", Type: record.Date},
			},
			want: []string{
				"company = companyName (first)",
				"- email: mismatch emailAddresses", "- mobile: mismatch mobilePhone", "- street: mismatch businessAddress.street",
				"- city: mismatch businessAddress.city", "- tags: mismatch categories", "- name: mismatch displayName", "- private: mismatch private",
			},
		},
		{
			name: "the first that agrees is taken",
			crm:  append(typed(record.Bool, "jobTitle"), text("function", "position")...),
			want: []string{"position = jobTitle", "- jobTitle: mismatch jobTitle", "- function: taken jobTitle"},
		},
		{
			name: "a date is no text",
			crm:  append(typed(record.Date, "notes", "firstName"), typed(record.URL, "tags", "url")...),
			want: []string{"url = businessHomePage", "- notes: mismatch personalNotes", "- firstName: mismatch givenName", "- tags: mismatch categories"},
		},
		{
			name: "references stay out",
			crm:  typed(record.Reference, "account", "ownerId"),
			want: []string{"- account: reference companyName", "- ownerId: reference"},
		},
		{
			name: "but a company that is an account's name is looked up, and the name of anybody else is only told",
			crm: []record.Field{
				{Name: "account", Type: record.Reference}, {Name: "accountName", NameOf: "account"},
				{Name: "reportsTo", Type: record.Reference}, {Name: "managerName", Type: record.Name, NameOf: "reportsTo"},
			},
			want: []string{"accountName = companyName (account)", "managerName > manager", "- account: reference companyName", "- reportsTo: reference"},
		},
		{
			name: "a full name is split and joined",
			crm:  text("name", "salutation", "display_name"),
			want: []string{
				"salutation = title",
				"display_name = givenName + middleName + surname + generation (name given middle surname suffix)",
				"- name: taken displayName",
			},
		},
		{
			name: "but not beside its last name",
			crm:  text("fullName", "lastName"),
			want: []string{"lastName = surname", "- fullName: taken displayName"},
		},
		{
			name: "a full name that cannot be written",
			crm:  readOnly(text("full_name")...),
			want: []string{"full_name > title + givenName + middleName + surname + generation (name title given middle surname suffix)"},
		},
		{
			name: "an infix is joined to the last name",
			crm:  text("lastName", "insertion", "family_name", "infix"),
			want: []string{"infix + lastName = surname (name infix surname)", "- insertion: taken surname", "- family_name: taken surname"},
		},
		{
			name: "if there is one",
			crm:  text("infix"),
			want: []string{"- infix: absent surname"},
		},
		{
			name: "or else left out",
			crm:  append(text("lastName", "family_name"), record.Field{Name: "infix", Shape: record.List}),
			want: []string{"lastName = surname", "- family_name: taken surname", "- infix: mismatch surname"},
		},
		{
			name: "title is the job title",
			crm:  text("title"),
			want: []string{"title = jobTitle"},
		},
		{
			name: "unless another field is",
			crm:  text("title", "position"),
			want: []string{"title = title", "position = jobTitle"},
		},
		{
			name: "or its type is Name",
			crm:  typed(record.Name, "title"),
			want: []string{"title = title"},
		},
		{
			name: "and then it may be one too many",
			crm:  text("title", "position", "salutation"),
			want: []string{"salutation = title", "position = jobTitle", "- title: taken jobTitle"},
		},
		{
			name: "telephones by number are business phones, unless a label says more",
			crm: []record.Field{
				{Name: "telephone1", Type: record.Phone}, {Name: "telephone2", Type: record.Phone}, {Name: "telephone3", Type: record.Phone},
				{Name: "telephone4", Type: record.Phone, Label: "Telephone (home)"}, {Name: "phone", Label: "Phone number", Type: record.Phone},
			},
			want: []string{
				"phone + telephone1 = businessPhones (list)", "telephone4 = homePhones (first)",
				"- telephone2: taken businessPhones", "- telephone3: taken businessPhones",
			},
		},
		{
			name: "all kinds of numbers",
			crm: typed(record.Phone, "workPhone", "work_phone_2", "personalCell", "home_tel", "alternatePhone", "carPhone", "callback_number", "assistant_phone",
				"pager", "fax", "homeFax", "other_fax"),
			want: []string{
				"workPhone + work_phone_2 = businessPhones (list)", "home_tel = homePhones (first)", "personalCell = mobilePhone",
				"alternatePhone = otherPhone", "carPhone = carPhone", "assistant_phone = assistantPhone", "pager = pager", "fax = businessFax",
				"homeFax = homeFax", "other_fax = otherFax", "- callback_number: unknown",
			},
		},
		{
			name: "three postal addresses, with lines of the street",
			crm: text("address1_line1", "address1_line2", "address1_city", "address1_stateorprovince", "address1_postalcode", "address1_country",
				"homeStreet", "privateCity", "home_zip", "address2_city", "other_address_line_1", "businessAddress.city"),
			want: []string{
				"address1_line1 + address1_line2 + address1_city + address1_stateorprovince + address1_postalcode + address1_country = " +
					"businessAddress.street + businessAddress.city + businessAddress.state + businessAddress.postalCode + businessAddress.countryOrRegion " +
					"(address street street city state postalCode country)",
				"homeStreet + privateCity + home_zip = homeAddress.street + homeAddress.city + homeAddress.postalCode (address)",
				"other_address_line_1 + address2_city = otherAddress.street + otherAddress.city (address)",
				"- businessAddress.city: taken businessAddress.city",
			},
		},
		{
			name: "one part of an address is a copy",
			crm:  text("mailing_country"),
			want: []string{"mailing_country = businessAddress.countryOrRegion"},
		},
		{
			name: "tags are a managed set, named by the label",
			crm:  []record.Field{{Name: "tags", Label: "Tags", Shape: record.Set}, {Name: "contactType"}},
			want: []string{`tags = categories (set) "Tags: "`, "- contactType: taken categories"},
		},
		{
			name: "the rest of a card",
			crm: slices.Concat(text("initials", "nickname", "company", "department", "profession", "office", "manager", "assistant", "spouse", "comments"),
				typed(record.URL, "website", "blog"), typed(record.Date, "date_of_birth")),
			want: []string{
				"initials = initials", "nickname = nickName", "company = companyName", "department = department", "office = officeLocation",
				"profession = profession", "manager = manager", "assistant = assistantName", "website = businessHomePage", "blog = personalHomePage",
				"date_of_birth = birthday", "spouse = spouseName", "comments = personalNotes",
			},
		},
		{
			name: "unknown fields are left out",
			crm:  text("leadScore", "Ñ", "7"),
			want: []string{"- leadScore: unknown", "- Ñ: unknown", "- 7: unknown"},
		},
		{
			name:    "only fields that both sides have",
			crm:     slices.Concat(text("firstName", "name", "street", "city", "comments", "notes", "Loyalty_Number", "other_email"), readOnly(text("vip")...)),
			outlook: mustSchema(slices.Concat(text("businessAddress.city", "comments", "loyaltyNumber", "emailAddresses"), readOnly(text("vip")...))...),
			want: []string{
				"city = businessAddress.city", "comments = comments", "Loyalty_Number = loyaltyNumber", "other_email = emailAddresses",
				"- firstName: absent givenName", "- name: absent displayName", "- street: absent businessAddress.street", "- notes: absent personalNotes",
				"- vip: notWritable vip",
			},
		},
		{
			name: "nor beside a first name, or another full name",
			crm:  text("firstName", "name", "displayName"),
			want: []string{"firstName = givenName", "- name: taken displayName", "- displayName: taken displayName"},
		},
		{
			name: "a name without parts is there once",
			crm:  text("name", "fullName"), outlook: mustSchema(text("displayName", "surname")...),
			want: []string{"fullName = displayName", "- name: taken displayName"},
		},
		{
			name: "parts of a name that Outlook keeps otherwise stay out of it",
			crm:  text("fullName"),
			outlook: mustSchema(slices.Concat(text("givenName", "surname"), readOnly(text("title")...),
				[]record.Field{{Name: "middleName", Shape: record.List}, {Name: "generation", Type: record.Phone}})...),
			want: []string{"fullName = givenName + surname (name given surname)"},
		},
		{
			name: "parts of an address that Outlook keeps otherwise stay out of it",
			crm:  append(text("street", "city", "zip"), record.Field{Name: "country", Shape: record.List}),
			outlook: mustSchema(record.Field{Name: "businessAddress.street"}, record.Field{Name: "businessAddress.city", Shape: record.List},
				record.Field{Name: "businessAddress.postalCode", Type: record.Phone}, record.Field{Name: "businessAddress.countryOrRegion", Shape: record.List}),
			want: []string{
				"street = businessAddress.street", "- city: mismatch businessAddress.city", "- zip: mismatch businessAddress.postalCode",
				"- country: mismatch businessAddress.countryOrRegion",
			},
		},
		{
			name:    "an address that can go neither way",
			crm:     append(readOnly(text("street")...), text("city")...),
			outlook: mustSchema(append(readOnly(text("businessAddress.city")...), text("businessAddress.street")...)...),
			want:    []string{"- street: notWritable businessAddress.street", "- city: notWritable businessAddress.city"},
		},
		{
			name:    "a name where Outlook has no parts",
			crm:     text("fullName"),
			outlook: mustSchema(text("name", "surname")...),
			want:    []string{"fullName = name"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			outlook := tt.outlook
			if outlook == nil {
				outlook = record.OutlookContact
			}
			crm := mustSchema(tt.crm...)
			s := mapping.Suggest(crm, outlook)
			if diff := cmp.Diff(tt.want, saySuggestion(s)); diff != "" {
				t.Errorf("Suggest mismatch (-want +got):\n%s", diff)
			}
			for _, fault := range mapping.Check(s.Rules, crm, outlook) {
				t.Error(fault)
			}
		})
	}
}

// The ids are Outlook's, so that they outlive changes of the CRM's fields.
func TestSuggestedIDsStay(t *testing.T) {
	ids := func(fields ...string) []string {
		var all []record.Field
		for _, name := range fields {
			all = append(all, record.Field{Name: name})
		}
		var ids []string
		for _, r := range mapping.Suggest(mustSchema(all...), record.OutlookContact).Rules {
			ids = append(ids, r.ID)
		}
		return ids
	}
	want := []string{"givenName", "surname", "emailAddresses", "businessAddress"}
	for _, fields := range [][]string{
		{"firstName", "lastName", "email", "city"},
		{"zip", "street", "email_2", "email_1", "infix", "last_name", "first_name"},
	} {
		if diff := cmp.Diff(want, ids(fields...)); diff != "" {
			t.Errorf("ids of the rules for %q (-want +got):\n%s", fields, diff)
		}
	}
	if got := ids("fullName"); !slices.Equal(got, []string{"name"}) {
		t.Errorf("id of the rule for a full name = %q, want name", got)
	}
}
