package integration_test

import (
	"errors"
	"testing"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
	"github.com/microsoftgraph/msgraph-sdk-go/users"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

func TestClientReadsErrors(t *testing.T) {
	tooManyPhones := models.NewContact()
	tooManyPhones.SetBusinessPhones([]string{"+44 20 7946 0001", "+44 20 7946 0002", "+44 20 7946 0003"})
	type patch = users.ItemContactsContactItemRequestBuilderPatchRequestConfiguration

	tests := []struct {
		name   string
		quirks graphtest.Quirks
		access graphtest.Access
		call   func(t *testing.T, g *graph, id string) error
		status int
		code   string
	}{
		{"no such contact", graphtest.Quirks{}, graphtest.Granted, func(t *testing.T, g *graph, id string) error {
			require.NoError(t, g.PurgeContact("", id))
			_, err := g.Me().Contacts().ByContactId(id).Get(t.Context(), nil)
			return err
		}, 404, "ErrorItemNotFound"},
		{"malformed id", graphtest.Quirks{}, graphtest.Granted, func(t *testing.T, g *graph, _ string) error {
			_, err := g.Me().Contacts().ByContactId("none").Get(t.Context(), nil)
			return err
		}, 400, "ErrorInvalidIdMalformed"},
		{"three business phones", graphtest.Quirks{}, graphtest.Granted, func(t *testing.T, g *graph, id string) error {
			_, err := g.Me().Contacts().ByContactId(id).Patch(t.Context(), tooManyPhones, nil)
			return err
		}, 400, "ErrorInvalidRequest"},
		{"stale update", graphtest.Quirks{}, graphtest.Granted, func(t *testing.T, g *graph, id string) error {
			stale := abstractions.NewRequestHeaders()
			stale.Add("If-Match", `W/"old"`)
			_, err := g.Me().Contacts().ByContactId(id).Patch(t.Context(), person("Ada", "King", ""), &patch{Headers: stale})
			return err
		}, 412, "ErrorIrresolvableConflict"},
		{"stale delete", graphtest.Quirks{}, graphtest.Granted, func(t *testing.T, g *graph, id string) error {
			stale := abstractions.NewRequestHeaders()
			stale.Add("If-Match", `W/"old"`)
			return g.Me().Contacts().ByContactId(id).Delete(t.Context(), &users.ItemContactsContactItemRequestBuilderDeleteRequestConfiguration{Headers: stale})
		}, 412, "ErrorIrresolvableConflict"},
		{"signed out", graphtest.Quirks{}, graphtest.Unauthorized, list, 401, "InvalidAuthenticationToken"},
		{"claims challenge", graphtest.Quirks{}, graphtest.ClaimsChallenge, list, 401, "InvalidAuthenticationToken"},
		{"denied", graphtest.Quirks{}, graphtest.Denied, list, 403, "ErrorAccessDenied"},
		{"no mailbox", graphtest.Quirks{}, graphtest.NotEnabled, list, 404, "MailboxNotEnabledForRESTAPI"},
		{"over quota", graphtest.Quirks{}, graphtest.OverQuota, func(t *testing.T, g *graph, _ string) error {
			_, err := g.Me().Contacts().Post(t.Context(), person("Ada", "King", ""), nil)
			return err
		}, 507, "ErrorQuotaExceeded"},
		{"throttled", graphtest.Quirks{ThrottleEvery: 1}, graphtest.Granted, list, 429, "TooManyRequests"},
		{"the other spelling of the inner error", graphtest.Quirks{ThrottleEvery: 1, LowerInnerError: true}, graphtest.Granted, list, 429, "TooManyRequests"},
		{"no code", graphtest.Quirks{ThrottleEvery: 1, EmptyErrorCodes: true}, graphtest.Granted, list, 429, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := newGraph(t, graphtest.Options{})
			made := g.AddContact("", graphtest.Contact{DisplayName: "Ada"})
			g.SetQuirks(tt.quirks)
			g.SetAccess("", tt.access)
			status, code := refusal(t, tt.call(t, g, made.ID))
			require.Equal(t, tt.status, status)
			require.Equal(t, tt.code, code)
		})
	}
}

func list(t *testing.T, g *graph, _ string) error {
	_, err := g.Me().Contacts().Get(t.Context(), &users.ItemContactsRequestBuilderGetRequestConfiguration{Options: sendOnce()})
	return err
}

// A 503 without a body has no code to read; the client must still tell the status.
func TestClientReadsEmptyRefusal(t *testing.T) {
	g := newGraph(t, graphtest.Options{Quirks: graphtest.Quirks{UnavailableEvery: 1}})
	err := list(t, g, "")
	require.Error(t, err)
	var plain *abstractions.ApiError
	var odata *odataerrors.ODataError
	switch {
	case errors.As(err, &plain):
		require.Equal(t, 503, plain.ResponseStatusCode)
	case errors.As(err, &odata):
		require.Equal(t, 503, odata.ResponseStatusCode)
	default:
		t.Errorf("the error is a %T", err)
	}
}
