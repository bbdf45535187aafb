package graphadapter_test

import (
	"testing"
	"time"
	_ "time/tzdata" // zones on machines that have none

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// A composed name follows its parts where it followed a known pattern, and stays where it is a person's own.
func TestComposedNamesFollow(t *testing.T) {
	for _, tt := range []struct {
		name                 string
		was                  graphtest.Contact
		set                  map[string]record.Value
		wantDisplay, wantFil string
	}{
		{"usual", graphtest.Contact{GivenName: "Grace", Surname: "Murray", DisplayName: "Grace Murray", FileAs: "Murray, Grace"},
			map[string]record.Value{"surname": {"Hopper"}}, "Grace Hopper", "Hopper, Grace"},
		{"with middle name", graphtest.Contact{GivenName: "Grace", MiddleName: "B.", Surname: "Murray", DisplayName: "Grace B. Murray", FileAs: "Murray, Grace B."},
			map[string]record.Value{"surname": {"Hopper"}}, "Grace B. Hopper", "Hopper, Grace B."},
		{"middle name left out", graphtest.Contact{GivenName: "Grace", MiddleName: "B.", Surname: "Murray", DisplayName: "Grace Murray", FileAs: "Murray, Grace"},
			map[string]record.Value{"surname": {"Hopper"}}, "Grace Hopper", "Hopper, Grace"},
		{"a middle name comes", graphtest.Contact{GivenName: "Grace", Surname: "Hopper", DisplayName: "Grace Hopper", FileAs: "Hopper, Grace"},
			map[string]record.Value{"middleName": {"B."}}, "Grace B. Hopper", "Hopper, Grace B."},
		{"the other way round", graphtest.Contact{GivenName: "Grace", Surname: "Murray", DisplayName: "Murray, Grace", FileAs: "Grace Murray"},
			map[string]record.Value{"surname": {"Hopper"}}, "Hopper, Grace", "Grace Hopper"},
		{"with company", graphtest.Contact{GivenName: "Grace", Surname: "Murray", CompanyName: "Navy", DisplayName: "Grace Murray", FileAs: "Murray, Grace (Navy)"},
			map[string]record.Value{"surname": {"Hopper"}, "companyName": {"Univac"}}, "Grace Hopper", "Hopper, Grace (Univac)"},
		{"company first", graphtest.Contact{GivenName: "Grace", Surname: "Murray", CompanyName: "Navy", DisplayName: "Navy", FileAs: "Navy (Murray, Grace)"},
			map[string]record.Value{"surname": {"Hopper"}, "companyName": {"Univac"}}, "Univac", "Univac (Hopper, Grace)"},
		{"on two lines", graphtest.Contact{GivenName: "Grace", Surname: "Murray", CompanyName: "Navy", DisplayName: "Grace Murray", FileAs: "Murray, Grace\r\nNavy"},
			map[string]record.Value{"surname": {"Hopper"}}, "Grace Hopper", "Hopper, Grace\r\nNavy"},
		{"titled", graphtest.Contact{Title: "Dr", GivenName: "Grace", Surname: "Murray", Generation: "II", DisplayName: "Dr Grace Murray II", FileAs: "Murray II, Grace"},
			map[string]record.Value{"surname": {"Hopper"}}, "Dr Grace Hopper II", "Hopper II, Grace"},
		{"Chinese", graphtest.Contact{GivenName: "伟", Surname: "张", DisplayName: "张伟", FileAs: "张伟"},
			map[string]record.Value{"givenName": {"芳"}}, "张芳", "张芳"},
		{"of a person's own", graphtest.Contact{GivenName: "Grace", Surname: "Murray", DisplayName: "Amazing Grace", FileAs: "Navy: Grace"},
			map[string]record.Value{"surname": {"Hopper"}}, "Amazing Grace", "Navy: Grace"},
		{"one of both", graphtest.Contact{GivenName: "Grace", Surname: "Murray", DisplayName: "Amazing Grace", FileAs: "Murray, Grace"},
			map[string]record.Value{"surname": {"Hopper"}}, "Amazing Grace", "Hopper, Grace"},
		{"a surname comes", graphtest.Contact{GivenName: "Grace", DisplayName: "Grace", FileAs: "Grace"},
			map[string]record.Value{"surname": {"Hopper"}}, "Grace Hopper", "Hopper, Grace"},
		{"a surname goes", graphtest.Contact{GivenName: "Grace", Surname: "Hopper", DisplayName: "Grace Hopper", FileAs: "Hopper, Grace"},
			map[string]record.Value{"surname": nil}, "Grace", "Grace"},
		{"set beside the parts", graphtest.Contact{GivenName: "Grace", Surname: "Murray", DisplayName: "Grace Murray", FileAs: "Murray, Grace"},
			map[string]record.Value{"surname": {"Hopper"}, "displayName": {"G. Hopper"}}, "G. Hopper", "Hopper, Grace"},
		{"no part changed", graphtest.Contact{GivenName: "Grace", Surname: "Murray", DisplayName: "Amazing Grace", FileAs: "Gr"},
			map[string]record.Value{"jobTitle": {"Admiral"}}, "Amazing Grace", "Gr"},
		{"a part set to what it was", graphtest.Contact{GivenName: "Grace", Surname: "Murray", DisplayName: "Amazing Grace", FileAs: "Gr"},
			map[string]record.Value{"surname": {"Murray"}, "jobTitle": {"Admiral"}}, "Amazing Grace", ""},
	} {
		for quirk, q := range map[string]graphtest.Quirks{"names follow": {}, "names stay": {RenameKeepsNames: true}, "overwritten": {DisplayNameOverwritten: true}} {
			t.Run(tt.name+"/"+quirk, func(t *testing.T) {
				w := start(t, q)
				c := w.srv.AddContact(me, tt.was)
				w.write(update(w.one(c.ImmutableID), fields(t, tt.set)))
				got := must(w.srv.Contact(me, c.ImmutableID))
				require.Equal(t, tt.wantDisplay, got.DisplayName)
				if tt.wantFil != "" {
					require.Equal(t, tt.wantFil, got.FileAs)
				}
			})
		}
	}
}

// Birthdays are dates, however a client wrote them.
func TestBirthdays(t *testing.T) {
	zone := func(name string) *time.Location {
		l, err := time.LoadLocation(name)
		require.NoError(t, err)
		return l
	}
	for _, tt := range []struct {
		instant string
		zone    *time.Location
		want    string
	}{
		{"1974-07-22T00:00:00Z", nil, "1974-07-22"},
		{"1974-07-22T11:59:00Z", nil, "1974-07-22"},
		{"1974-07-22T12:00:00Z", nil, "1974-07-22"},
		{"1974-07-21T23:00:00Z", nil, "1974-07-22"},                       // midnight in Berlin in winter time
		{"1974-07-22T11:00:00Z", nil, "1974-07-22"},                       // midnight at UTC-11
		{"1974-07-21T12:00:00Z", zone("Pacific/Auckland"), "1974-07-22"},  // midnight at UTC+12
		{"2020-07-21T11:00:00Z", zone("Pacific/Tongatapu"), "2020-07-22"}, // midnight at UTC+13
		{"1974-07-22T11:59:00Z", zone("Europe/Berlin"), "1974-07-22"},
		{"1974-07-22T00:00:00Z", zone("America/Los_Angeles"), "1974-07-22"},
		{"1974-07-22T07:00:00Z", zone("America/Los_Angeles"), "1974-07-22"},
		{"1974-07-22", nil, "1974-07-22"},
		{"2024-02-29T00:00:00.0000000Z", nil, "2024-02-29"},
		{"1604-02-29T00:00:00Z", nil, "1604-02-29"},
	} {
		w := start(t, graphtest.Quirks{})
		w.scope.Zone = tt.zone
		c := w.srv.AddContact(me, graphtest.Contact{GivenName: "Grace", Birthday: tt.instant})
		require.Equal(t, tt.want, w.one(c.ImmutableID).Fields.Text("birthday"), "%s in %v", tt.instant, tt.zone)
	}
}

// What is written is read back as the same date, whatever time of day the service makes of it.
func TestBirthdayComesBack(t *testing.T) {
	for _, q := range []graphtest.Quirks{{}, {BirthdayRewritten: true}, {BirthdayRewritten: true, BirthdayOffset: -time.Hour}, {BirthdayRewritten: true, BirthdayOffset: 11 * time.Hour}} {
		w := start(t, q)
		r := w.write(create("1a", fields(t, map[string]record.Value{"givenName": {"Grace"}, "birthday": {"1906-12-09"}, "weddingAnniversary": {"1930-06-15"}})))[0]
		require.Equal(t, "1906-12-09", r.Stored.Text("birthday"))
		rec := w.one(r.ID)
		require.Equal(t, "1906-12-09", rec.Fields.Text("birthday"))
		require.Equal(t, "1930-06-15", rec.Fields.Text("weddingAnniversary"))
	}
}

// The names of addresses: what Outlook made up stays out, what a person typed or the organisation says stays.
func TestNamesOfAddresses(t *testing.T) {
	w := start(t, graphtest.Quirks{MalformedAddresses: true, DirectoryNames: map[string]string{"boss@example.com": "The Boss"}})
	r := w.write(create("1a", fields(t, map[string]record.Value{
		"displayName": {"Grace"}, "emailAddresses": {"plain@example.com", "Boss <boss@example.com>", "Odd <not an address>"},
	})))[0]
	v, _ := r.Stored.Get("emailAddresses")
	require.Equal(t, record.Value{"plain@example.com", "The Boss <boss@example.com>", "Odd <>"}, v)
	c := w.srv.AddContact(me, graphtest.Contact{EmailAddresses: []graphtest.EmailAddress{
		{Name: "Grace (GRACE@example.com)", Address: "grace@example.com"}, {Name: "grace@EXAMPLE.com", Address: "grace@example.com"}, {Name: " Grace ", Address: "g@example.com"},
	}})
	v, _ = w.one(c.ImmutableID).Fields.Get("emailAddresses")
	require.Equal(t, record.Value{"grace@example.com", "grace@example.com", "Grace <g@example.com>"}, v)
}

// Removing one of several addresses: whether Graph closes the gap or keeps it, what is told is what is there.
func TestAddressListClosesUpOrNot(t *testing.T) {
	for _, q := range []graphtest.Quirks{{}, {EmailGaps: true}} {
		w := start(t, q)
		c := w.srv.AddContact(me, graphtest.Contact{EmailAddresses: []graphtest.EmailAddress{{Address: "a@example.com"}, {Address: "b@example.com"}}})
		r := w.write(update(w.one(c.ImmutableID), fields(t, map[string]record.Value{"emailAddresses": {"", "b@example.com"}})))[0]
		stored, _ := r.Stored.Get("emailAddresses")
		now, _ := w.one(c.ImmutableID).Fields.Get("emailAddresses")
		require.Equal(t, now, stored)
		require.Contains(t, []string(stored), "b@example.com")
		require.NotContains(t, []string(stored), "a@example.com")
	}
}
