package record_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/record"
)

// The raw form is frozen: fingerprints of it outlive upgrades. A failure here is a defect in the code; no line of this
// table may ever be changed.
func TestRawIsFrozen(t *testing.T) {
	for _, tt := range []struct{ in, want record.Value }{
		{nil, nil},
		{record.Value{}, nil},
		{record.Value{""}, nil},
		{record.Value{"", "", ""}, nil},
		{record.Value{" "}, record.Value{" "}},
		{record.Value{"\r\n"}, record.Value{"\n"}},
		{record.Value{"\r"}, record.Value{"\n"}},
		{record.Value{"\r\r\n\n\r"}, record.Value{"\n\n\n\n"}},
		{record.Value{"a\r\nb\rc\nd"}, record.Value{"a\nb\nc\nd"}},
		{record.Value{"b", "a", "b"}, record.Value{"b", "a", "b"}},
		{record.Value{"", "a", "", ""}, record.Value{"", "a"}},
		{record.Value{"a", "\r", ""}, record.Value{"a", "\n"}},
		{record.Value{" a\t"}, record.Value{" a\t"}},
		{record.Value{"Jose\u0301"}, record.Value{"Jose\u0301"}},
		{record.Value{"\ufeffA\u200b\u202e"}, record.Value{"\ufeffA\u200b\u202e"}},
		{record.Value{"\u2028\u0085\v\f\x00"}, record.Value{"\u2028\u0085\v\f\x00"}},
		{record.Value{"\xff\r\n\xfe"}, record.Value{"\xff\n\xfe"}},
		{record.Value{"020 7946 0000"}, record.Value{"020 7946 0000"}},
		{record.Value{"Ada <ADA@Example.com>"}, record.Value{"Ada <ADA@Example.com>"}},
		{record.Value{"1974-07-22T11:59:00Z"}, record.Value{"1974-07-22T11:59:00Z"}},
		{record.Value{"false"}, record.Value{"false"}},
	} {
		before := slices.Clone(tt.in)
		if diff := cmp.Diff(tt.want, record.Raw(tt.in)); diff != "" {
			t.Errorf("Raw(%q) mismatch (-want +got):\n%s", tt.in, diff)
		}
		if !slices.Equal(before, tt.in) {
			t.Errorf("Raw changed its argument from %q to %q", before, tt.in)
		}
	}
}

// What is raw equal is typed equal, whatever the type: a link whose raw fingerprint did not change did not change.
func TestRawEqualIsTypedEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, loc, v := genField().Draw(t, "field"), genLocale().Draw(t, "locale"), genValue().Draw(t, "value")
		if raw := record.Raw(v); !f.Equal(v, raw, loc) {
			t.Errorf("%q does not equal its raw form %q", v, raw)
		}
	})
}
