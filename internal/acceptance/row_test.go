package acceptance_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/internal/acceptance"
)

// A row whose promise is kept without its feature, is broken with it, or whose story cannot be told, is a fault.
func TestFaultsOfRows(t *testing.T) {
	sound := acceptance.Row{
		Without: func(s *acceptance.Setup) { s.Settings.Disabled = true },
		Tell: func(w *acceptance.World) {
			w.Put("ada", "firstName=Ada", "lastName=Lovelace")
			w.Sync("kim")
		},
		Want: func(w *acceptance.World) error { return w.Cards("kim", "givenName").Are("Ada") },
	}
	require.NoError(t, sound.Promise())
	broken, err := sound.Inverted()
	require.NoError(t, err)
	assert.Equal(t, `Outlook of kim: nothing, not "Ada"`, broken)

	same := sound
	same.Without = nil
	_, err = same.Inverted()
	assert.EqualError(t, err, "the promise holds without the feature")

	wrong := sound
	wrong.Want = func(*acceptance.World) error { return errors.New("not so") }
	assert.EqualError(t, wrong.Promise(), "not so")

	refused := sound
	refused.Without = func(s *acceptance.Setup) { s.Settings.Region = "nowhere" }
	_, err = refused.Inverted()
	assert.ErrorContains(t, err, "the story stops")
	refused.With = refused.Without
	assert.ErrorContains(t, refused.Promise(), "the story stops")

	restless := sound
	restless.Tell = func(w *acceptance.World) {
		w.Meanwhile = func() { w.Edit("ada", "notes=written at "+w.Now().String()) }
		sound.Tell(w)
	}
	assert.ErrorContains(t, restless.Promise(), "kim does not come to rest")
}
