package integration_test

import (
	"testing"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/users"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

func named(name string) models.ContactFolderable {
	f := models.NewContactFolder()
	f.SetDisplayName(&name)
	return f
}

func TestClientWorksWithFolders(t *testing.T) {
	g := newGraph(t, graphtest.Options{})
	ctx := t.Context()
	folders := g.Me().ContactFolders()

	made, err := folders.Post(ctx, named("Customers"), nil)
	require.NoError(t, err)
	id := text(made.GetId())
	_, err = folders.Post(ctx, named("Customers"), nil)
	status, code := refusal(t, err)
	require.Equal(t, 409, status)
	require.Equal(t, "ErrorFolderExists", code)

	child, err := folders.ByContactFolderId(id).ChildFolders().Post(ctx, named("North"), nil)
	require.NoError(t, err)
	require.Equal(t, id, text(child.GetParentFolderId()))
	renamed, err := folders.ByContactFolderId(id).Patch(ctx, named("Clients"), nil)
	require.NoError(t, err)
	require.Equal(t, "Clients", text(renamed.GetDisplayName()))

	listed, err := folders.Get(ctx, &users.ItemContactFoldersRequestBuilderGetRequestConfiguration{
		QueryParameters: &users.ItemContactFoldersRequestBuilderGetQueryParameters{Top: to[int32](50)},
	})
	require.NoError(t, err)
	require.Len(t, listed.GetValue(), 1, "the default folder is not listed")
	require.Equal(t, "Clients", text(listed.GetValue()[0].GetDisplayName()))
	children, err := folders.ByContactFolderId(id).ChildFolders().Get(ctx, nil)
	require.NoError(t, err)
	require.Len(t, children.GetValue(), 1)
	standard, err := folders.ByContactFolderId("contacts").Get(ctx, nil)
	require.NoError(t, err)
	require.Equal(t, g.Folders("")[0].ID, text(standard.GetId()))

	_, err = folders.ByContactFolderId(id).Contacts().Post(ctx, person("Grace", "Hopper", ""), nil)
	require.NoError(t, err)
	require.Len(t, g.Contacts("", id), 1)
	require.Empty(t, g.Contacts("", ""))

	require.NoError(t, folders.ByContactFolderId(id).Delete(ctx, nil))
	_, err = folders.ByContactFolderId(id).Get(ctx, nil)
	status, code = refusal(t, err)
	require.Equal(t, 404, status)
	require.Equal(t, "ErrorItemNotFound", code)
	_, err = folders.ByContactFolderId(id).Contacts().Delta().GetAsDeltaGetResponse(ctx, nil)
	status, code = refusal(t, err)
	require.Equal(t, 404, status)
	require.Equal(t, "ErrorSyncFolderNotFound", code)
}
