package record_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/record"
)

func FuzzCanonical(f *testing.F) {
	for _, s := range spellings {
		f.Add(s, s+" ", "NL")
	}
	f.Fuzz(func(t *testing.T, a, b, region string) {
		loc := record.Locale{Region: region}
		for typeName, typ := range allTypes {
			for shapeName, shape := range allShapes {
				field := record.Field{Type: typ, Shape: shape}
				v, w := record.Value{a, b}, record.Value{b, a}
				once := field.Canonical(v, loc)
				if diff := cmp.Diff(once, field.Canonical(once, loc)); diff != "" {
					t.Errorf("%s %s: canonical form of %q is no canonical form (-once +twice):\n%s", shapeName, typeName, v, diff)
				}
				if field.Equal(v, w, loc) != field.Equal(w, v, loc) {
					t.Errorf("%s %s: equality of %q and %q is not symmetric", shapeName, typeName, v, w)
				}
				if shape == record.Set && !field.Equal(v, w, loc) {
					t.Errorf("set of %s: %q does not equal %q", typeName, v, w)
				}
				if !field.Equal(v, once, loc) {
					t.Errorf("%s %s: %q does not equal its canonical form %q", shapeName, typeName, v, once)
				}
				if !field.Equal(v, record.Raw(v), loc) {
					t.Errorf("%s %s: %q does not equal its raw form", shapeName, typeName, v)
				}
			}
		}
	})
}
