package integration_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/users"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// The contract of a Directory, on Microsoft's typed client, with every request and answer checked.
func TestAdapterKeepsItsContract(t *testing.T) {
	graphs := map[contactsync.Directory]*graph{}
	contactsynctest.Directory(t, contactsynctest.DirectoryConfig{
		New: func(t *testing.T) contactsync.Directory {
			d, g, _ := newAdapter(t, graphtest.Quirks{})
			graphs[d] = g
			return d
		},
		Scope:     contactsync.Scope{Tenant: "acme", User: "u1", Mailbox: mailbox},
		NoMailbox: &contactsync.Mailbox{Account: "a-ada", User: "nobody@example.com"},
		Move: func(d contactsync.Directory, id, folder string) error {
			_, err := graphs[d].MoveContact(me, id, folder)
			return err
		},
		Copy: func(d contactsync.Directory, id, folder string) error {
			_, err := graphs[d].CopyContact(me, id, folder)
			return err
		},
	})
}

// What the adapter writes, Microsoft's client reads.
func TestClientReadsWhatAdapterWrote(t *testing.T) {
	d, g, _ := newAdapter(t, graphtest.Quirks{})
	scope := contactsync.Scope{Tenant: "acme", User: "u1", Mailbox: mailbox, Kind: record.Contact}
	written := contactsynctest.Sample(record.OutlookContact, 7)
	results, err := d.Apply(t.Context(), scope, []contactsync.Write{{Op: contactsync.Create, Stamp: "s-7", Set: written}})
	require.NoError(t, err)
	require.NoError(t, results[0].Err)

	c, err := g.Users().ByUserId(me).Contacts().ByContactId(results[0].ID).Get(t.Context(),
		&users.ItemContactsContactItemRequestBuilderGetRequestConfiguration{Headers: prefer(`IdType="ImmutableId"`)})
	require.NoError(t, err)
	require.Equal(t, results[0].ID, text(c.GetId()))
	want := func(field string) record.Value { v, _ := written.Get(field); return v }
	read := map[string]record.Value{
		"givenName": {text(c.GetGivenName())}, "surname": {text(c.GetSurname())}, "middleName": {text(c.GetMiddleName())},
		"title": {text(c.GetTitle())}, "generation": {text(c.GetGeneration())}, "initials": {text(c.GetInitials())},
		"nickName": {text(c.GetNickName())}, "jobTitle": {text(c.GetJobTitle())}, "companyName": {text(c.GetCompanyName())},
		"department": {text(c.GetDepartment())}, "mobilePhone": {text(c.GetMobilePhone())},
		"personalNotes":  {text(c.GetPersonalNotes())},
		"businessPhones": c.GetBusinessPhones(), "homePhones": c.GetHomePhones(),
		"categories": c.GetCategories(), "children": c.GetChildren(), "imAddresses": c.GetImAddresses(),
		"birthday":             {c.GetBirthday().Format(time.DateOnly)},
		"businessAddress.city": {text(c.GetBusinessAddress().GetCity())},
		"homeAddress.street":   {text(c.GetHomeAddress().GetStreet())},
		"otherAddress.state":   {text(c.GetOtherAddress().GetState())},
	}
	var addresses record.Value
	for _, e := range c.GetEmailAddresses() {
		addresses = append(addresses, text(e.GetAddress()))
	}
	read["emailAddresses"] = addresses
	for field, got := range read {
		if diff := cmp.Diff(want(field), got); diff != "" {
			t.Errorf("%s (-written +read):\n%s", field, diff)
		}
	}
}

// What Microsoft's client writes, the adapter reads.
func TestAdapterReadsWhatClientWrote(t *testing.T) {
	d, g, _ := newAdapter(t, graphtest.Quirks{})
	c := person("Zoë", "van Dijk", "zoe@example.com")
	c.SetDisplayName(to("Zoë van Dijk"))
	c.SetCategories([]string{"Customer", "VIP"})
	c.SetBirthday(to(time.Date(1984, 2, 29, 0, 0, 0, 0, time.UTC)))
	c.SetBusinessPhones([]string{"+44 20 7946 0001"})
	business := models.NewPhysicalAddress()
	business.SetCity(to("Ely"))
	c.SetBusinessAddress(business)
	made, err := g.Me().Contacts().Post(t.Context(), c, &users.ItemContactsRequestBuilderPostRequestConfiguration{Headers: prefer(`IdType="ImmutableId"`)})
	require.NoError(t, err)

	scope := contactsync.Scope{Tenant: "acme", User: "u1", Mailbox: mailbox, Kind: record.Contact,
		Fields: []string{"birthday", "businessAddress.city", "businessPhones", "categories", "displayName", "emailAddresses", "givenName", "mobilePhone", "surname"}}
	found, err := d.Get(t.Context(), scope, []contactsync.Ref{{ID: text(made.GetId())}})
	require.NoError(t, err)
	require.Len(t, found[0].Records, 1)
	got := found[0].Records[0].Fields
	for field, want := range map[string]record.Value{
		"givenName": {"Zoë"}, "surname": {"van Dijk"}, "displayName": {"Zoë van Dijk"}, "emailAddresses": {"zoe@example.com"},
		"categories": {"Customer", "VIP"}, "birthday": {"1984-02-29"}, "businessPhones": {"+44 20 7946 0001"},
		"businessAddress.city": {"Ely"}, "mobilePhone": nil,
	} {
		v, known := got.Get(field)
		require.True(t, known, field)
		if diff := cmp.Diff(want, v); diff != "" {
			t.Errorf("%s (-written +read):\n%s", field, diff)
		}
	}
}

// The adapter sees a round as it was meant, and one request is one page.
func TestAdapterFollowsDelta(t *testing.T) {
	d, g, _ := newAdapter(t, graphtest.Quirks{})
	scope := contactsync.Scope{Tenant: "acme", User: "u1", Mailbox: mailbox, Kind: record.Contact, Fields: []string{"surname"}}
	kept, gone := g.AddContact(me, graphtest.Contact{Surname: "Kept"}), g.AddContact(me, graphtest.Contact{Surname: "Gone"})

	drain := func(after contactsync.Cursor) (map[string]string, contactsync.Page) {
		t.Helper()
		last := map[string]string{}
		for {
			p, err := d.Changes(t.Context(), scope, after)
			require.NoError(t, err)
			require.Empty(t, p.Bad)
			for _, c := range p.Changes {
				last[c.ID] = string(c.Removed)
				if c.Record != nil {
					v, _ := c.Record.Fields.Get("surname")
					last[c.ID] = v.Text()
				}
			}
			if after = p.Next; !p.More {
				return last, p
			}
		}
	}
	first, end := drain("")
	require.True(t, end.Complete)
	require.Equal(t, map[string]string{kept.ImmutableID: "Kept", gone.ImmutableID: "Gone"}, first)

	require.NoError(t, g.DeleteContact(me, gone.ID))
	_, err := g.EditContact(me, kept.ID, func(c *graphtest.Contact) { c.Surname = "Changed" })
	require.NoError(t, err)
	g.Reset()
	second, end := drain(end.Next)
	require.False(t, end.Complete)
	require.Equal(t, map[string]string{kept.ImmutableID: "Changed", gone.ImmutableID: string(contactsync.Unknown)}, second)
	require.Equal(t, 1, g.Counts().Requests)

	g.Reset()
	_, _ = drain(end.Next)
	require.Equal(t, map[string]int{"GET /contactFolders/{id}/contacts/delta": 1}, g.Counts().Routes)

	g.ExpireTokens(me)
	_, err = d.Changes(t.Context(), scope, end.Next)
	require.ErrorIs(t, err, contactsync.ErrCursorExpired)
}
