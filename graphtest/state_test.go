package graphtest_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// A mailbox lives on in another process: ids, change keys and delta links stay good, and what comes after is the same.
func TestSaveLoad(t *testing.T) {
	clk := newClock()
	s := newServer(t, graphtest.Options{Now: clk.now, Seed: 7})
	other, err := s.AddFolder("", "", "Other")
	require.NoError(t, err)
	a, b, c := add(s, "A"), add(s, "B").ID, add(s, "C").ID
	_, link := round(t, s, deltaPath, immutable)
	edit(t, s, a.ID)
	require.NoError(t, s.DeleteContact("", b))
	_, err = s.MoveContact("", c, other)
	require.NoError(t, err)
	s.AddContact("bob@example.com", graphtest.Contact{DisplayName: "Bob's"}.Private())

	var saved bytes.Buffer
	require.NoError(t, s.Save(&saved))
	text := saved.String()
	l := newServer(t, graphtest.Options{Now: clk.now, Seed: 8})
	add(l, "replaced")
	require.NoError(t, l.Load(&saved))
	for _, folder := range []string{"", other, graphtest.DeletedItems} {
		require.Equal(t, s.Contacts("", folder), l.Contacts("", folder))
	}
	require.Equal(t, s.Folders(""), l.Folders(""))
	require.True(t, l.Contacts("bob@example.com", "")[0].IsPrivate())
	want, wantLink := round(t, s, link, immutable)
	got, gotLink := round(t, l, link, immutable)
	require.Equal(t, want, got)
	require.Equal(t, wantLink, gotLink)
	require.Equal(t, add(s, "D"), add(l, "D"))

	var again bytes.Buffer
	fresh := newServer(t, graphtest.Options{})
	require.NoError(t, fresh.Load(strings.NewReader(text)))
	require.NoError(t, fresh.Save(&again))
	require.Equal(t, text, again.String(), "saving what was loaded writes the same")
}

func TestLoadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"{":               "load",
		`{"version":2}`:   "version 2 is unknown",
		`{"mailboxes":1}`: "load",
		`{"version":1,"mailboxes":[{"address":"a@example.com"}]}`:                                                                                  "no default folder",
		`{"version":1,"mailboxes":[{"address":"a@example.com","default":3,"folders":[{"key":3},{"key":4,"parent":9}]}]}`:                           "no parent 9",
		`{"version":1,"mailboxes":[{"address":"a@example.com","default":3,"folders":[{"key":3},{"key":4,"parent":5},{"key":5,"parent":4}]}]}`:      "no parent",
		`{"version":1,"mailboxes":[{"address":"a@example.com","default":3,"folders":[{"key":3}],"items":[{"key":5,"folder":9,"givenName":"x"}]}]}`: "no folder 9",
	} {
		s := newServer(t, graphtest.Options{})
		c := add(s, "A")
		require.ErrorContains(t, s.Load(strings.NewReader(text)), want, text)
		require.Equal(t, []graphtest.Contact{c}, s.Contacts("", ""), "the server stays as it was")
	}
}
