package integration_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	msgraphcore "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/users"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

func TestClientCreatesReadsUpdatesAndDeletes(t *testing.T) {
	g := newGraph(t, graphtest.Options{})
	ctx := t.Context()

	c := person("Zoë", "van Dijk", "zoe@example.com")
	c.SetMiddleName(to("M."))
	c.SetCompanyName(to("Molen & Zoon"))
	c.SetBusinessPhones([]string{"+44 20 7946 0001", "+44 20 7946 0002"})
	c.SetMobilePhone(to("+44 7700 900123"))
	c.SetCategories([]string{"Customer"})
	c.SetBirthday(to(time.Date(1984, 2, 29, 11, 59, 0, 0, time.UTC)))
	home := models.NewPhysicalAddress()
	home.SetStreet(to("Prinsengracht 1\r\nApartment 2"))
	home.SetCity(to("Amsterdam"))
	c.SetHomeAddress(home)
	made, err := g.Me().Contacts().Post(ctx, c, nil)
	require.NoError(t, err)
	require.Equal(t, "Zoë M. van Dijk", text(made.GetDisplayName()))
	require.NotEmpty(t, text(made.GetChangeKey()))

	id := text(made.GetId())
	stored, ok := g.Contact("", id)
	require.True(t, ok)
	want := graphtest.Contact{
		GivenName: "Zoë", MiddleName: "M.", Surname: "van Dijk", CompanyName: "Molen & Zoon",
		BusinessPhones: []string{"+44 20 7946 0001", "+44 20 7946 0002"}, MobilePhone: "+44 7700 900123",
		Categories: []string{"Customer"}, Birthday: "1984-02-29T11:59:00Z",
		HomeAddress: graphtest.Address{Street: "Prinsengracht 1\r\nApartment 2", City: "Amsterdam"},
	}
	got := graphtest.Contact{
		GivenName: stored.GivenName, MiddleName: stored.MiddleName, Surname: stored.Surname, CompanyName: stored.CompanyName,
		BusinessPhones: stored.BusinessPhones, MobilePhone: stored.MobilePhone, Categories: stored.Categories,
		Birthday: stored.Birthday, HomeAddress: stored.HomeAddress,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}

	change := models.NewContact()
	change.SetJobTitle(to("Engineer"))
	change.SetBusinessPhones([]string{})
	updated, err := g.Me().Contacts().ByContactId(id).Patch(ctx, change, nil)
	require.NoError(t, err)
	require.NotNil(t, updated, "a PATCH answers with the contact")
	require.Equal(t, "Engineer", text(updated.GetJobTitle()))
	require.NotEqual(t, text(made.GetChangeKey()), text(updated.GetChangeKey()))

	read, err := g.Me().Contacts().ByContactId(id).Get(ctx, &users.ItemContactsContactItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemContactsContactItemRequestBuilderGetQueryParameters{
			Select: []string{"jobTitle", "surname", "birthday", "homeAddress", "businessPhones"},
		},
	})
	require.NoError(t, err)
	require.Equal(t, "van Dijk", text(read.GetSurname()))
	require.Equal(t, "Amsterdam", text(read.GetHomeAddress().GetCity()))
	require.Equal(t, time.Date(1984, 2, 29, 11, 59, 0, 0, time.UTC), read.GetBirthday().UTC())
	require.Empty(t, read.GetBusinessPhones())
	require.Nil(t, read.GetGivenName(), "not selected")

	require.NoError(t, g.Me().Contacts().ByContactId(id).Delete(ctx, nil))
	require.Empty(t, g.Contacts("", ""))
	require.Len(t, g.Contacts("", graphtest.DeletedItems), 1)
}

func TestClientListsPageByPage(t *testing.T) {
	g := newGraph(t, graphtest.Options{})
	ctx := t.Context()
	var want []string
	for i := range 23 {
		name := fmt.Sprintf("Person %02d", i)
		g.AddContact("ada@example.com", graphtest.Contact{DisplayName: name})
		want = append(want, name)
	}

	first, err := g.Users().ByUserId("ada@example.com").Contacts().Get(ctx, &users.ItemContactsRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemContactsRequestBuilderGetQueryParameters{
			Top: to[int32](10), Count: to(true), Select: []string{"displayName", "emailAddresses"},
		},
	})
	require.NoError(t, err)
	require.EqualValues(t, 23, *first.GetOdataCount())
	pages, err := msgraphcore.NewPageIterator[models.Contactable](first, g.GetAdapter(), models.CreateContactCollectionResponseFromDiscriminatorValue)
	require.NoError(t, err)
	var all []models.Contactable
	require.NoError(t, pages.Iterate(ctx, func(c models.Contactable) bool {
		all = append(all, c)
		return true
	}))
	if diff := cmp.Diff(want, names(all)); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	require.Equal(t, map[string]int{"GET /contacts": 3}, g.Counts().Routes)
}

func TestClientFindsByAddress(t *testing.T) {
	g := newGraph(t, graphtest.Options{})
	for _, address := range []string{"ada@example.com", "grace@example.com", "o'neil@example.com"} {
		g.AddContact("", graphtest.Contact{DisplayName: address, EmailAddresses: []graphtest.EmailAddress{{Address: address}}})
	}
	found, err := g.Me().Contacts().Get(t.Context(), &users.ItemContactsRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemContactsRequestBuilderGetQueryParameters{
			Filter: to("emailAddresses/any(a:a/address eq 'o''neil@example.com')"),
		},
	})
	require.NoError(t, err)
	require.Equal(t, []string{"o'neil@example.com"}, names(found.GetValue()))
}

func TestClientKeepsImmutableIDs(t *testing.T) {
	g := newGraph(t, graphtest.Options{})
	ctx := t.Context()
	customers, err := g.AddFolder("", "", "Customers")
	require.NoError(t, err)
	immutable := func() *abstractions.RequestHeaders { return prefer(`IdType="ImmutableId"`) }

	made, err := g.Me().Contacts().Post(ctx, person("Grace", "Hopper", "grace@example.com"),
		&users.ItemContactsRequestBuilderPostRequestConfiguration{Headers: immutable()})
	require.NoError(t, err)
	id := text(made.GetId())
	moved, err := g.MoveContact("", id, customers)
	require.NoError(t, err)
	require.NotEqual(t, id, moved.ID, "the ordinary id is another one")

	read, err := g.Me().Contacts().ByContactId(id).Get(ctx,
		&users.ItemContactsContactItemRequestBuilderGetRequestConfiguration{Headers: immutable()})
	require.NoError(t, err)
	require.Equal(t, id, text(read.GetId()))
	require.Equal(t, customers, text(read.GetParentFolderId()))

	// The header decides the form of each answer, whatever form was asked with.
	read, err = g.Me().Contacts().ByContactId(id).Get(ctx, nil)
	require.NoError(t, err)
	require.Equal(t, moved.ID, text(read.GetId()))
}
