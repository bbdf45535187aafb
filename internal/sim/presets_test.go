package sim

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/preset"
)

// What the simulation plays as a product's settings is what hosts get, wherever both say something. Fields and filters are the
// simulation's own.
func TestPresetsAreThoseOfHosts(t *testing.T) {
	compared := map[string]bool{}
	for _, p := range preset.All() {
		product, _, _ := strings.Cut(p.Name, "-")
		played, ok := presets[product]
		require.True(t, ok, product)
		compared[product] = true
		agree(t, p.Name, reflect.ValueOf(played()), reflect.ValueOf(p.Settings))
	}
	assert.Len(t, compared, len(presets))
}

// agree compares what both say, member by member.
func agree(t *testing.T, at string, played, given reflect.Value) {
	if played.IsZero() || given.IsZero() {
		return
	}
	switch played.Kind() {
	case reflect.Pointer: // a row of the flow says all
		assert.Equal(t, played.Elem().Interface(), given.Elem().Interface(), at)
	case reflect.Struct:
		for i := range played.NumField() {
			name := played.Type().Field(i).Name
			if played.Type() == reflect.TypeFor[contactsync.Settings]() && (strings.HasSuffix(name, "Filter") || name == "Saved" || name == "Mapping") {
				continue
			}
			agree(t, at+"."+name, played.Field(i), given.Field(i))
		}
	default:
		assert.Equal(t, played.Interface(), given.Interface(), at)
	}
}
