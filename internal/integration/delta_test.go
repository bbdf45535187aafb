package integration_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/users"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// contactRound drains a delta of contacts with the typed client, from a link or, with none, from the start.
func contactRound(t *testing.T, g *graph, folder, link string) (rows []models.Contactable, deltaLink string, pages int) {
	t.Helper()
	delta := g.Me().ContactFolders().ByContactFolderId(folder).Contacts().Delta()
	type config = users.ItemContactFoldersItemContactsDeltaRequestBuilderGetRequestConfiguration
	headers := prefer("odata.maxpagesize=3", `IdType="ImmutableId"`)
	c := &config{Headers: headers}
	if link == "" {
		c.QueryParameters = &users.ItemContactFoldersItemContactsDeltaRequestBuilderGetQueryParameters{Select: []string{"displayName", "jobTitle"}}
	} else {
		delta = delta.WithUrl(link)
	}
	for {
		page, err := delta.GetAsDeltaGetResponse(t.Context(), c)
		require.NoError(t, err)
		rows = append(rows, page.GetValue()...)
		pages++
		if last := text(page.GetOdataDeltaLink()); last != "" {
			return rows, last, pages
		}
		require.NotEmpty(t, text(page.GetOdataNextLink()))
		delta, c = delta.WithUrl(text(page.GetOdataNextLink())), &config{Headers: headers}
	}
}

// changes names rows as "+displayName" and "-id".
func changes(rows []models.Contactable) []string {
	found := []string{}
	for _, r := range rows {
		if _, gone := r.GetAdditionalData()["@removed"]; gone {
			found = append(found, "-"+text(r.GetId()))
		} else {
			found = append(found, "+"+text(r.GetDisplayName()))
		}
	}
	return found
}

func TestClientFollowsDeltaToItsEnd(t *testing.T) {
	for _, folder := range []string{"contacts", "its id"} {
		t.Run(folder, func(t *testing.T) {
			g := newGraph(t, graphtest.Options{Quirks: graphtest.Quirks{EmptyPages: 2}})
			if folder != "contacts" {
				folder = g.Folders("")[0].ID
			}
			var people []graphtest.Contact
			var want []string
			for i := range 7 {
				people = append(people, g.AddContact("", graphtest.Contact{DisplayName: fmt.Sprint("Person ", i)}))
				want = append(want, fmt.Sprint("+Person ", i))
			}

			rows, link, pages := contactRound(t, g, folder, "")
			if diff := cmp.Diff(want, changes(rows)); diff != "" {
				t.Errorf("first round (-want +got):\n%s", diff)
			}
			require.Equal(t, 9, pages, "three pages of rows, each after two empty ones")

			rows, link, _ = contactRound(t, g, folder, link)
			require.Empty(t, rows)

			require.NoError(t, g.DeleteContact("", people[2].ID))
			_, err := g.EditContact("", people[4].ID, func(c *graphtest.Contact) { c.JobTitle = "Engineer" })
			require.NoError(t, err)
			g.AddContact("", graphtest.Contact{DisplayName: "New"})
			rows, link, _ = contactRound(t, g, folder, link)
			want = []string{"-" + people[2].ImmutableID, "+Person 4", "+New"}
			if diff := cmp.Diff(want, changes(rows)); diff != "" {
				t.Errorf("second round (-want +got):\n%s", diff)
			}
			require.Equal(t, "Engineer", text(rows[1].GetJobTitle()))

			rows, _, _ = contactRound(t, g, folder, link)
			require.Empty(t, rows)
		})
	}
}

func TestClientStartsDeltaOverAfter410(t *testing.T) {
	g := newGraph(t, graphtest.Options{})
	g.AddContact("", graphtest.Contact{DisplayName: "Ada"})
	_, link, _ := contactRound(t, g, "contacts", "")
	g.ExpireTokens("")

	_, err := g.Me().ContactFolders().ByContactFolderId("contacts").Contacts().Delta().WithUrl(link).GetAsDeltaGetResponse(t.Context(), nil)
	status, code := refusal(t, err)
	require.Equal(t, 410, status)
	require.Equal(t, "SyncStateNotFound", code)

	rows, _, _ := contactRound(t, g, "contacts", "")
	require.Equal(t, []string{"+Ada"}, changes(rows))
}

func TestClientFollowsDeltaOfFolders(t *testing.T) {
	g := newGraph(t, graphtest.Options{})
	customers, err := g.AddFolder("", "", "Customers")
	require.NoError(t, err)
	first, err := g.Me().ContactFolders().Delta().GetAsDeltaGetResponse(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, first.GetValue(), 1)

	require.NoError(t, g.DeleteFolder("", customers))
	second, err := g.Me().ContactFolders().Delta().WithUrl(text(first.GetOdataDeltaLink())).GetAsDeltaGetResponse(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, second.GetValue(), 1)
	require.Equal(t, customers, text(second.GetValue()[0].GetId()))
	require.Contains(t, second.GetValue()[0].GetAdditionalData(), "@removed")
}
