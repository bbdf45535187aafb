package sqlstate

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/statecode"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// moments are times of nanoseconds, and the zero time.
var moments = rapid.Custom(func(t *rapid.T) time.Time {
	if rapid.Bool().Draw(t, "zero") {
		return time.Time{}
	}
	return time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).UTC()
})

var seens = rapid.SliceOfN(rapid.Make[conflict.Seen](), 0, 5)

func TestLinkCodeHoldsTheLink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := contactsync.Link{
			Cause: contactsync.Cause(rapid.String().Draw(t, "cause")), Target: rapid.SampledFrom([]record.Side{record.CRM, record.Outlook}).Draw(t, "target"),
			Made: [2]bool{rapid.Bool().Draw(t, "made 0"), rapid.Bool().Draw(t, "made 1")},
			Gen:  rapid.Int().Draw(t, "gen"), Revives: rapid.String().Draw(t, "revives"), Since: moments.Draw(t, "since"),
			Version: [2]string{rapid.String().Draw(t, "version 0"), rapid.String().Draw(t, "version 1")},
			Seen:    seens.Draw(t, "seen"), Asked: seens.Draw(t, "asked"),
			Pending: [2][]conflict.Seen{seens.Draw(t, "pending 0"), seens.Draw(t, "pending 1")},
		}
		var got contactsync.Link
		if err := readLink(appendLink(nil, &want), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("a link through its code (-want +got):\n%s", diff)
		}
	})
}

func TestKnownCodeHoldsTheItem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.Uint64(), 0, 4)
		want := contactsync.Known{Orphan: rapid.Bool().Draw(t, "orphan"), Candidate: match.Candidate{
			Emails: keys.Draw(t, "emails"), Phones: keys.Draw(t, "phones"), Created: moments.Draw(t, "created"),
			Name:     rapid.SliceOfN(rapid.Make[match.Word](), 0, 4).Draw(t, "name"),
			Stranger: rapid.Bool().Draw(t, "stranger"), Elsewhere: rapid.Bool().Draw(t, "elsewhere"),
		}}
		var got contactsync.Known
		if err := readKnown(appendKnown(nil, &want), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("a known item through its code (-want +got):\n%s", diff)
		}
	})
}

// Whatever bytes a column holds, reading them ends with what was written or an error.
func FuzzCode(f *testing.F) {
	link := contactsync.Link{Gen: 3, Since: time.Unix(1, 2), Seen: []conflict.Seen{{Rule: "name", Raw: [2]uint64{1, 2}}}}
	f.Add(appendLink(nil, &link))
	f.Add(appendKnown(nil, &contactsync.Known{Candidate: match.Candidate{Emails: []uint64{1}, Created: time.Unix(1, 2)}}))
	f.Add([]byte{})
	f.Add([]byte{linkForm + 1, 0})
	f.Fuzz(func(t *testing.T, code []byte) {
		var l contactsync.Link
		if readLink(code, &l) == nil {
			var again contactsync.Link
			require.NoError(t, readLink(appendLink(nil, &l), &again))
			require.Equal(t, l, again)
		}
		var k contactsync.Known
		if readKnown(code, &k) == nil {
			require.NoError(t, readKnown(appendKnown(nil, &k), new(contactsync.Known)))
		}
	})
}

func TestCodeThatIsCutOffIsAnError(t *testing.T) {
	l := contactsync.Link{Cause: contactsync.CauseLeft, Gen: 3, Since: time.Unix(1, 2), Version: [2]string{"a", "b"}, Seen: []conflict.Seen{{Rule: "name", Version: 4}}}
	code := appendLink(nil, &l)
	for n := range code {
		require.ErrorIs(t, readLink(code[:n], new(contactsync.Link)), statecode.ErrMalformed, "the first %d of %d bytes", n, len(code))
	}
	require.ErrorIs(t, readLink(append(bytes.Clone(code), 0), new(contactsync.Link)), statecode.ErrMalformed, "a byte too many")
}
