package integration_test

import (
	"testing"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/users"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

const (
	stampProperty = "String {6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11} Name CrmStamp"
	tierProperty  = "String {6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11} Name Tier"
)

func extended(id, value string) models.SingleValueLegacyExtendedPropertyable {
	p := models.NewSingleValueLegacyExtendedProperty()
	p.SetId(&id)
	p.SetValue(&value)
	return p
}

func TestClientFindsAndReadsExtendedProperties(t *testing.T) {
	g := newGraph(t, graphtest.Options{})
	ctx := t.Context()
	for _, stamp := range []string{"crm-1", "crm-2"} {
		c := person("Stamped", stamp, "")
		c.SetSingleValueExtendedProperties([]models.SingleValueLegacyExtendedPropertyable{
			extended(stampProperty, stamp), extended(tierProperty, "gold"),
		})
		_, err := g.Me().ContactFolders().ByContactFolderId("contacts").Contacts().Post(ctx, c, nil)
		require.NoError(t, err)
	}
	g.AddContact("", graphtest.Contact{DisplayName: "Plain"})

	find := func(stamp string) []models.Contactable {
		t.Helper()
		found, err := g.Me().Contacts().Get(ctx, &users.ItemContactsRequestBuilderGetRequestConfiguration{
			QueryParameters: &users.ItemContactsRequestBuilderGetQueryParameters{
				Filter: to("singleValueExtendedProperties/Any(ep: ep/id eq '" + stampProperty + "' and ep/value eq '" + stamp + "')"),
				Expand: []string{"singleValueExtendedProperties($filter=id eq '" + stampProperty + "')"},
			},
		})
		require.NoError(t, err)
		return found.GetValue()
	}
	found := find("crm-2")
	require.Equal(t, []string{"Stamped crm-2"}, names(found))
	require.Len(t, found[0].GetSingleValueExtendedProperties(), 1, "only what was asked for")
	require.Equal(t, "crm-2", text(found[0].GetSingleValueExtendedProperties()[0].GetValue()))
	require.Len(t, find("CRM-2"), 1, "values are compared without case")
	require.Empty(t, find("crm-3"))

	change := models.NewContact()
	change.SetSingleValueExtendedProperties([]models.SingleValueLegacyExtendedPropertyable{extended(stampProperty, "crm-3")})
	_, err := g.Me().Contacts().ByContactId(text(found[0].GetId())).Patch(ctx, change, nil)
	require.NoError(t, err)
	require.Len(t, find("crm-3"), 1)

	read, err := g.Me().Contacts().ByContactId(text(found[0].GetId())).Get(ctx, &users.ItemContactsContactItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemContactsContactItemRequestBuilderGetQueryParameters{
			Expand: []string{"singleValueExtendedProperties($filter=id eq '" + stampProperty + "' or id eq '" + tierProperty + "')"},
		},
	})
	require.NoError(t, err)
	values := map[string]string{}
	for _, p := range read.GetSingleValueExtendedProperties() {
		values[text(p.GetId())] = text(p.GetValue())
	}
	require.Equal(t, map[string]string{stampProperty: "crm-3", tierProperty: "gold"}, values)
}
