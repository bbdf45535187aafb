package statecode_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/statecode"
	"github.com/seed-42871e99/crmsync/match"
)

// What was written is read again, and nothing else is: not a part of it, not with a byte behind it.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		number := rapid.Uint64().Draw(t, "number")
		list := rapid.SliceOf(rapid.Uint64()).Draw(t, "list")
		at := time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).UTC()
		code := statecode.AppendTime(statecode.AppendFixeds(statecode.AppendFixed(statecode.AppendText(nil, text), number), list), at)
		read := func(code []byte) (string, uint64, []uint64, time.Time, error) {
			r := statecode.NewReader(string(code))
			text, number, list, at := r.Text(), r.Fixed(), r.Fixeds(), r.Time()
			return text, number, list, at, r.End()
		}

		gotText, gotNumber, gotList, gotAt, err := read(code)

		require.NoError(t, err)
		assert.Equal(t, text, gotText)
		assert.Equal(t, number, gotNumber)
		assert.ElementsMatch(t, list, gotList)
		assert.Equal(t, at, gotAt)
		for n := range code {
			_, _, _, _, err := read(code[:n])
			require.ErrorIs(t, err, statecode.ErrMalformed, "the first %d of %d bytes", n, len(code))
		}
		_, _, _, _, err = read(append(code, 0))
		require.ErrorIs(t, err, statecode.ErrMalformed)
	})
}

// A length that lies takes no memory.
func TestLyingLength(t *testing.T) {
	for name, read := range map[string]func(r *statecode.Reader){
		"a text":        func(r *statecode.Reader) { assert.Empty(t, r.Text()) },
		"a list":        func(r *statecode.Reader) { assert.Empty(t, r.Fixeds()) },
		"a known item":  func(r *statecode.Reader) { r.Known(new(contactsync.Known)) },
		"a long number": func(r *statecode.Reader) { assert.Zero(t, r.Uvarint()) },
	} {
		r := statecode.NewReader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f")
		read(&r)
		assert.ErrorIs(t, r.End(), statecode.ErrMalformed, name)
	}
}

func TestKnownItem(t *testing.T) {
	for _, k := range []contactsync.Known{
		{},
		{Orphan: true, Candidate: match.Candidate{Created: time.Unix(1, 2).UTC()}},
		{Candidate: match.Candidate{Stranger: true}},
		{Candidate: match.Candidate{Elsewhere: true}},
	} {
		k.Emails, k.Phones = []uint64{1, math.MaxUint64}, []uint64{2}
		k.Name = match.Name{{Full: 3, Initial: 4}}
		r := statecode.NewReader(string(statecode.AppendKnown(nil, &k)))
		var got contactsync.Known
		r.Known(&got)
		require.NoError(t, r.End())
		assert.Equal(t, k, got)
	}
}
