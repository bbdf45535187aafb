package contactsync_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// BenchmarkLayers is what [contactsync.Layered] adds to a run: a tenant's settings with nine rules, a user's and a
// connection's few; put together, and asked for again.
func BenchmarkLayers(b *testing.B) {
	settings, err := json.Marshal(twoWay())
	require.NoError(b, err)
	layers := []contactsync.Layer{
		{Name: "tenant", Settings: settings, Locked: []string{"conflict", "guards"}},
		layer("user", `{"region":"GB","mapping":{"notes":{"direction":"toOutlook"}}}`),
		layer("connection", `{"flow":{"toCRM":{"update":true}}}`),
	}
	b.Run("composed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := contactsync.Compose(layers...); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("asked again", func(b *testing.B) {
		b.ReportAllocs()
		policy := contactsync.Layered(func(context.Context, contactsync.Connection) ([]contactsync.Layer, error) { return layers, nil })
		for b.Loop() {
			if _, err := policy.For(b.Context(), contactsync.Connection{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
