package graphadapter_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

func create(stamp string, set record.Fields) contactsync.Write {
	return contactsync.Write{Op: contactsync.Create, Stamp: stamp, Set: set}
}

// update is an update of an item as just read.
func update(rec record.Record, set record.Fields) contactsync.Write {
	return contactsync.Write{Op: contactsync.Update, ID: rec.ID, Version: rec.Version, Was: &rec, Set: set}
}

func TestCreate(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	set := fields(t, map[string]record.Value{
		"givenName": {"Grace"}, "surname": {"Hopper"}, "birthday": {"1906-12-09"}, "personalNotes": {"first <b>&\nsecond"},
		"emailAddresses": {"Grace <grace@example.com>", "g2@example.com"}, "businessPhones": {"+44 20 7946 0001"},
		"homeAddress.city": {"London"}, "categories": {"Client", "VIP"},
		"otherPhone": {"+44 7700 900123"}, "weddingAnniversary": {"1930-06-15"},
		"jobTitle": nil, "homePhones": nil, "otherAddress.city": nil, "businessFax": nil,
	})
	r := w.write(create("1stamp", set))[0]
	c, ok := w.srv.Contact(me, r.ID)
	require.True(t, ok)
	require.Equal(t, r.ID, c.ImmutableID)
	require.Equal(t, `W/"`+c.ChangeKey+`"`, r.Version)
	require.Equal(t, c.LastModifiedDateTime, r.Modified)
	require.False(t, r.Existed)
	want := graphtest.Contact{
		GivenName: "Grace", Surname: "Hopper", DisplayName: "Grace Hopper", FileAs: "Hopper, Grace", Birthday: "1906-12-09T11:59:00Z",
		PersonalNotes:  "first <b>&\nsecond",
		EmailAddresses: []graphtest.EmailAddress{{Name: "Grace", Address: "grace@example.com"}, {Name: "g2@example.com", Address: "g2@example.com"}},
		BusinessPhones: []string{"+44 20 7946 0001"}, HomeAddress: graphtest.Address{City: "London"}, Categories: []string{"Client", "VIP"},
		Extended: map[string]string{stampID: "1stamp", "String 0x3a1f": "+44 7700 900123", "SystemTime 0x3a41": "1930-06-15T11:59:00Z"},
	}
	if diff := cmp.Diff(want, plain(c)); diff != "" {
		t.Errorf("contact (-want +got):\n%s", diff)
	}
	for name, v := range set.All() {
		stored, known := r.Stored.Get(name)
		require.True(t, known, name)
		require.Equal(t, v, stored, name)
	}
	require.Equal(t, "Hopper, Grace", r.Stored.Text("fileAs"))

	rec := w.one(r.ID)
	require.Equal(t, "1stamp", rec.Stamp)
	require.Equal(t, r.Version, rec.Version)
}

// plain leaves out of a contact what the server alone decides.
func plain(c graphtest.Contact) graphtest.Contact {
	c.ID, c.ImmutableID, c.ChangeKey, c.ParentFolderID = "", "", "", ""
	c.CreatedDateTime, c.LastModifiedDateTime = graphtest.Contact{}.CreatedDateTime, graphtest.Contact{}.LastModifiedDateTime
	return c
}

func TestCreateGoesIntoTheFolder(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	folder, err := w.srv.AddFolder(me, "", "CRM")
	require.NoError(t, err)
	w.scope.Folder = folder
	r := w.write(create("1a", fields(t, map[string]record.Value{"givenName": {"Grace"}})))[0]
	c, _ := w.srv.Contact(me, r.ID)
	require.Equal(t, folder, c.ParentFolderID)
}

// full is a contact with something in every kind of property.
func full() graphtest.Contact {
	return graphtest.Contact{
		GivenName: "Grace", Surname: "Hopper", DisplayName: "Amazing Grace", FileAs: "Navy: Grace", JobTitle: "Admiral", Birthday: "1906-12-09T11:59:00Z",
		EmailAddresses:  []graphtest.EmailAddress{{Name: "Work", Address: "grace@example.com"}, {Name: "No address"}},
		BusinessPhones:  []string{"+44 20 7946 0001", "+44 20 7946 0002"},
		BusinessAddress: graphtest.Address{Street: "1 Quay", City: "London", PostalCode: "E1", CountryOrRegion: "UK"},
		Categories:      []string{"Client"}, PersonalNotes: "notes",
		Extended: map[string]string{"String 0x3a1f": "+44 7700 900123", "SystemTime 0x3a41": "1930-06-15T11:59:00Z"},
	}
}

func TestUpdate(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  map[string]record.Value
		want func(*graphtest.Contact)
	}{
		{"scalar", map[string]record.Value{"jobTitle": {"Rear Admiral"}}, func(c *graphtest.Contact) { c.JobTitle = "Rear Admiral" }},
		{"cleared scalar", map[string]record.Value{"jobTitle": nil}, func(c *graphtest.Contact) { c.JobTitle = "" }},
		{"cleared birthday", map[string]record.Value{"birthday": nil}, func(c *graphtest.Contact) { c.Birthday = "" }},
		{"cleared list", map[string]record.Value{"businessPhones": nil}, func(c *graphtest.Contact) { c.BusinessPhones = nil }},
		{"cleared emails", map[string]record.Value{"emailAddresses": nil}, func(c *graphtest.Contact) { c.EmailAddresses = nil }},
		{"whole list", map[string]record.Value{"businessPhones": {"+44 20 7946 0003"}}, func(c *graphtest.Contact) { c.BusinessPhones = []string{"+44 20 7946 0003"} }},
		{"part of an address", map[string]record.Value{"businessAddress.city": {"Hull"}}, func(c *graphtest.Contact) { c.BusinessAddress.City = "Hull" }},
		{"cleared part of an address", map[string]record.Value{"businessAddress.city": nil}, func(c *graphtest.Contact) { c.BusinessAddress.City = "" }},
		{"cleared address", map[string]record.Value{
			"businessAddress.street": nil, "businessAddress.city": nil, "businessAddress.state": nil, "businessAddress.postalCode": nil, "businessAddress.countryOrRegion": nil,
		}, func(c *graphtest.Contact) { c.BusinessAddress = graphtest.Address{} }},
		{"address where there was none", map[string]record.Value{"homeAddress.city": {"Hull"}}, func(c *graphtest.Contact) { c.HomeAddress = graphtest.Address{City: "Hull"} }},
		{"extended", map[string]record.Value{"otherPhone": {"+44 7700 900124"}, "pager": {"12"}}, func(c *graphtest.Contact) {
			c.Extended["String 0x3a1f"], c.Extended["String 0x3a21"] = "+44 7700 900124", "12"
		}},
		{"cleared extended", map[string]record.Value{"otherPhone": nil, "weddingAnniversary": nil}, func(c *graphtest.Contact) { c.Extended = nil }},
		{"name of an address is kept", map[string]record.Value{"emailAddresses": {"new@example.com", "GRACE@example.com", "No address <>"}}, func(c *graphtest.Contact) {
			c.EmailAddresses = []graphtest.EmailAddress{
				{Name: "new@example.com", Address: "new@example.com"}, {Name: "Work", Address: "GRACE@example.com"}, {Name: "No address"},
			}
		}},
		{"names of its own are kept", map[string]record.Value{"surname": {"Murray"}}, func(c *graphtest.Contact) { c.Surname = "Murray" }},
	} {
		for quirk, q := range map[string]graphtest.Quirks{
			"plain": {}, "display name overwritten": {DisplayNameOverwritten: true}, "rename keeps names": {RenameKeepsNames: true},
			"if-match ignored": {PatchIgnoresIfMatch: true}, "extended writes silent": {ExtendedWritesSilent: true}, "gzip": {Gzip: true},
			"empty strings kept": {EmptyStringsKept: true},
		} {
			t.Run(tt.name+"/"+quirk, func(t *testing.T) {
				w := start(t, q)
				c := w.srv.AddContact(me, full())
				r := w.write(update(w.one(c.ImmutableID), fields(t, tt.set)))[0]
				want := full()
				tt.want(&want)
				if diff := cmp.Diff(want, plain(must(w.srv.Contact(me, c.ImmutableID))), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("contact (-want +got):\n%s", diff)
				}
				now := w.one(c.ImmutableID)
				require.Equal(t, now.Version, r.Version)
				for name, v := range now.Fields.All() {
					if stored, known := r.Stored.Get(name); known {
						require.Equal(t, v, stored, name)
					}
				}
			})
		}
	}
}

// An update that comes without the item as read, and needs it, reads it first.
func TestUpdateReadsWhatItNeeds(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	c := w.srv.AddContact(me, full())
	rec := w.one(c.ImmutableID)
	u := update(rec, fields(t, map[string]record.Value{"businessAddress.city": {"Hull"}, "surname": {"Murray"}}))
	u.Was = nil
	w.srv.Reset()
	w.write(u)
	got := must(w.srv.Contact(me, c.ImmutableID))
	require.Equal(t, graphtest.Address{Street: "1 Quay", City: "Hull", PostalCode: "E1", CountryOrRegion: "UK"}, got.BusinessAddress)
	require.Equal(t, "Amazing Grace", got.DisplayName)
	require.Equal(t, "Navy: Grace", got.FileAs)
	require.Equal(t, 2, w.srv.Counts().Parts, "one GET, one PATCH")

	u.ID, u.Version = "AAkALgnone", ""
	results, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{u})
	require.NoError(t, err)
	require.Error(t, results[0].Err)
}

func must(c graphtest.Contact, ok bool) graphtest.Contact {
	if !ok {
		panic("the contact is gone")
	}
	return c
}

func TestStaleWrites(t *testing.T) {
	for _, op := range []contactsync.Op{contactsync.Update, contactsync.Delete} {
		w := start(t, graphtest.Quirks{})
		c := w.srv.AddContact(me, full())
		rec := w.one(c.ImmutableID)
		_, err := w.srv.EditContact(me, c.ImmutableID, func(c *graphtest.Contact) { c.JobTitle = "Captain" })
		require.NoError(t, err)
		u := update(rec, fields(t, map[string]record.Value{"jobTitle": {"Sailor"}}))
		u.Op = op
		if op == contactsync.Delete {
			u.Set, u.Was = record.Fields{}, nil
		}
		results, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{u})
		require.NoError(t, err)
		require.ErrorIs(t, results[0].Err, contactsync.ErrStale)
		require.NotErrorIs(t, results[0].Err, contactsync.ErrUnconfirmed)
		require.Equal(t, "Captain", must(w.srv.Contact(me, c.ImmutableID)).JobTitle)
		// Where the item is read by the update itself, the version still counts.
		u.Op, u.Was, u.Set = contactsync.Update, nil, fields(t, map[string]record.Value{"businessPhones": nil})
		results, err = w.dir.Apply(t.Context(), w.scope, []contactsync.Write{u})
		require.NoError(t, err)
		require.ErrorIs(t, results[0].Err, contactsync.ErrStale)
	}
}

func TestDelete(t *testing.T) {
	for _, gone := range []bool{true, false} {
		w := start(t, graphtest.Quirks{SoftDeletedGone: gone})
		c := w.srv.AddContact(me, full())
		rec := w.one(c.ImmutableID)
		d := contactsync.Write{Op: contactsync.Delete, ID: rec.ID, Version: rec.Version}
		w.write(d)
		require.Empty(t, w.srv.Contacts(me, ""))
		d.Version = ""
		w.write(d) // deletes are safe to repeat
		require.NoError(t, w.srv.PurgeContact(me, w.srv.AddContact(me, full()).ImmutableID))
		found, err := w.dir.Get(t.Context(), w.scope, []contactsync.Ref{{ID: rec.ID}})
		require.NoError(t, err)
		require.Equal(t, contactsync.Deleted, found[0].Removed)
	}
}

// An update of what lies in Deleted Items, or was moved, is no success, though Graph carries it out.
func TestUpdateOfWhatLeft(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	other, err := w.srv.AddFolder(me, "", "Elsewhere")
	require.NoError(t, err)
	deleted, moved, purged := w.srv.AddContact(me, full()), w.srv.AddContact(me, full()), w.srv.AddContact(me, full())
	set := fields(t, map[string]record.Value{"jobTitle": {"Sailor"}})
	var writes []contactsync.Write
	for _, c := range []graphtest.Contact{deleted, moved, purged} {
		u := update(w.one(c.ImmutableID), set)
		u.Version = ""
		writes = append(writes, u)
	}
	require.NoError(t, w.srv.DeleteContact(me, deleted.ImmutableID))
	require.NoError(t, w.srv.PurgeContact(me, purged.ImmutableID))
	_, err = w.srv.MoveContact(me, moved.ImmutableID, other)
	require.NoError(t, err)
	results, err := w.dir.Apply(t.Context(), w.scope, writes)
	require.NoError(t, err)
	for i, r := range results {
		require.ErrorIs(t, r.Err, contactsync.ErrNotFound, "write %d", i)
	}
}

// A matched item takes on the stamp with its first real write; one that only takes on a stamp is an update too.
func TestUpdateTakesOnStamp(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	c := w.srv.AddContact(me, full())
	u := update(w.one(c.ImmutableID), record.Fields{})
	u.Stamp = "1taken"
	w.write(u)
	require.Equal(t, "1taken", w.one(c.ImmutableID).Stamp)
	w.srv.Reset()
	nothing := contactsync.Write{Op: contactsync.Update, ID: c.ImmutableID, Version: "v"}
	require.Equal(t, "v", w.write(nothing)[0].Version)
	require.Zero(t, w.srv.Counts().Requests, "nothing to write")
}

// A write that the service refuses names its field and leaves the others alone.
func TestRefusedValues(t *testing.T) {
	huge := strings.Repeat("x", 3_600_000)
	for _, tt := range []struct {
		name, field string
		set         map[string]record.Value
		sent        bool
	}{
		{"too many addresses", "emailAddresses", map[string]record.Value{"givenName": {"X"}, "emailAddresses": {"a@example.com", "b@example.com", "c@example.com", "d@example.com"}}, true},
		{"too many phones", "businessPhones", map[string]record.Value{"givenName": {"X"}, "businessPhones": {"+44 20 7946 0001", "+44 20 7946 0002", "+44 20 7946 0003"}, "mobilePhone": {"+44 7700 900123"}}, true},
		{"bad date", "birthday", map[string]record.Value{"birthday": {"1 May 1990"}}, false},
		{"read-only", "private", map[string]record.Value{"private": {"true"}}, false},
		{"not UTF-8", "surname", map[string]record.Value{"surname": {"a\xff"}}, false},
		{"notes of 4 MB", "personalNotes", map[string]record.Value{"givenName": {"X"}, "personalNotes": {huge}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := start(t, graphtest.Quirks{})
			good := fields(t, map[string]record.Value{"givenName": {"Good"}})
			results, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{create("1a", good), create("1b", fields(t, tt.set)), create("1c", good)})
			require.NoError(t, err)
			require.NoError(t, results[0].Err)
			require.NoError(t, results[2].Err)
			var invalid *contactsync.InvalidError
			require.ErrorAs(t, results[1].Err, &invalid)
			require.Equal(t, tt.field, invalid.Field)
			require.NotErrorIs(t, results[1].Err, contactsync.ErrUnconfirmed)
			for _, v := range tt.set {
				if len(v) > 1 || len(v.Text()) > 3 {
					require.NotContains(t, results[1].Err.Error(), v.Text(), "no value in an error")
				}
			}
			require.Len(t, w.srv.Contacts(me, ""), 2)
			parts := 2
			if tt.sent {
				parts = 3
			}
			require.Equal(t, parts, w.srv.Counts().Parts)
		})
	}
}

func TestClearThatIsIgnored(t *testing.T) {
	w := start(t, graphtest.Quirks{ClearsIgnored: []string{"jobTitle"}})
	c := w.srv.AddContact(me, full())
	r := w.write(update(w.one(c.ImmutableID), fields(t, map[string]record.Value{"jobTitle": nil})))[0]
	require.Equal(t, "Admiral", r.Stored.Text("jobTitle"), "what was kept is told")
}

// Several writes of one item go one after the other.
func TestWritesOfOneItemKeepTheirOrder(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	c := w.srv.AddContact(me, full())
	rec := w.one(c.ImmutableID)
	var writes []contactsync.Write
	for i := range 5 {
		u := update(rec, fields(t, map[string]record.Value{"jobTitle": {fmt.Sprint("Rank ", i)}}))
		u.Version = ""
		writes = append(writes, u)
	}
	w.write(writes...)
	require.Equal(t, "Rank 4", must(w.srv.Contact(me, c.ImmutableID)).JobTitle)
}

func TestFieldsOfAnotherSchema(t *testing.T) {
	schema, err := record.ExtendOutlookContact(record.Field{Name: "tier"})
	require.NoError(t, err)
	f, err := schema.Make(map[string]record.Value{"tier": {"gold"}})
	require.NoError(t, err)
	w := start(t, graphtest.Quirks{})
	results, err := w.dir.Apply(t.Context(), w.scope, []contactsync.Write{create("1a", f)})
	require.NoError(t, err)
	var invalid *contactsync.InvalidError
	require.ErrorAs(t, results[0].Err, &invalid)
	require.Zero(t, w.srv.Counts().Requests)
}

// B13: a host's own fields.
func TestHostFields(t *testing.T) {
	schema, err := record.ExtendOutlookContact(
		record.Field{Name: "tier"}, record.Field{Name: "vip", Type: record.Bool}, record.Field{Name: "since", Type: record.Date},
		record.Field{Name: "seen", Type: record.Time}, record.Field{Name: "score"},
	)
	require.NoError(t, err)
	w := start(t, graphtest.Quirks{}, func(_ *graphtest.Options, o *graphadapter.Options) {
		o.Schema = schema
		o.Extended = map[string]string{
			"tier": "LoyaltyTier", "vip": "Vip", "since": "Since", "seen": "LastSeen",
			"score": "Integer {11111111-2222-3333-4444-555555555555} Name Score",
		}
	})
	values := map[string]record.Value{"tier": {"gold"}, "vip": {"true"}, "since": {"2020-02-29"}, "seen": {"2026-01-02T03:04:05Z"}, "score": {"42"}}
	set, err := schema.Make(values)
	require.NoError(t, err)
	r := w.write(create("1a", set))[0]
	require.Equal(t, map[string]string{
		stampID: "1a", "String {" + propertySet + "} Name LoyaltyTier": "gold", "Boolean {" + propertySet + "} Name Vip": "true",
		"String {" + propertySet + "} Name Since": "2020-02-29", "SystemTime {" + propertySet + "} Name LastSeen": "2026-01-02T03:04:05Z",
		"Integer {11111111-2222-3333-4444-555555555555} Name Score": "42",
	}, must(w.srv.Contact(me, r.ID)).Extended)
	rec := w.one(r.ID)
	for name, want := range values {
		v, _ := rec.Fields.Get(name)
		require.Equal(t, want, v, name)
	}
	clear, err := schema.Make(map[string]record.Value{"tier": nil, "vip": nil, "since": nil, "seen": nil, "score": nil})
	require.NoError(t, err)
	w.write(update(rec, clear))
	require.Equal(t, map[string]string{stampID: "1a", "Boolean {" + propertySet + "} Name Vip": "false"}, must(w.srv.Contact(me, r.ID)).Extended)
}
