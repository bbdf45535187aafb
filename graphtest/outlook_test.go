package graphtest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
)

func TestUserActs(t *testing.T) {
	clk := newClock()
	s := newServer(t, graphtest.Options{Now: clk.now})
	other, err := s.AddFolder("ada@example.com", "", "Other")
	require.NoError(t, err)
	made := s.AddContact("ada@example.com", graphtest.Contact{
		ParentFolderID: other, GivenName: "Grace", Surname: "Hopper", Birthday: "1906-12-09",
		Extended: map[string]string{"string {5B2C1F6E-3D0A-4C7E-9D2F-0A1B2C3D4E5F}  Name CrmStamp": "k1"},
	})
	want := graphtest.Contact{
		ID: made.ID, ImmutableID: made.ImmutableID, ChangeKey: made.ChangeKey, ParentFolderID: other,
		CreatedDateTime: clk.now(), LastModifiedDateTime: clk.now(), DisplayName: "Grace Hopper", FileAs: "Hopper, Grace",
		GivenName: "Grace", Surname: "Hopper", Birthday: "1906-12-09T00:00:00Z", Extended: map[string]string{stampID: "k1"},
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("AddContact mismatch (-want +got):\n%s", diff)
	}
	require.Equal(t, []graphtest.Contact{made}, s.Contacts("ada@example.com", other))
	require.Empty(t, s.Contacts("ada@example.com", ""))
	require.Empty(t, s.Contacts("me", ""), "another mailbox")

	private, err := s.EditContact("ada@example.com", made.ImmutableID, func(c *graphtest.Contact) { *c = c.Private() })
	require.NoError(t, err)
	require.True(t, private.IsPrivate())
	require.False(t, made.IsPrivate())
	require.NotEqual(t, made.ChangeKey, private.ChangeKey)

	copied, err := s.CopyContact("ada@example.com", made.ID, "")
	require.NoError(t, err)
	require.Equal(t, private.Extended, copied.Extended, "a copy takes the extended properties along")
	require.NotEqual(t, made.ImmutableID, copied.ImmutableID)

	require.NoError(t, s.PurgeContact("ada@example.com", made.ID))
	require.Empty(t, s.Contacts("ada@example.com", graphtest.DeletedItems))

	require.NoError(t, s.RenameFolder("ada@example.com", other, "Others"))
	home := s.Folders("ada@example.com")[0]
	require.Equal(t, []graphtest.Folder{home, {ID: other, ParentFolderID: home.ID, DisplayName: "Others"}}, s.Folders("ada@example.com"))
	require.NoError(t, s.DeleteFolder("ada@example.com", other))
	require.Equal(t, []graphtest.Folder{home}, s.Folders("ada@example.com"))
}

// Address-book completion: another person's data on a card that shares an address.
func TestCompletion(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	ours := s.AddContact("", graphtest.Contact{GivenName: "Grace", Surname: "Hopper", JobTitle: "Admiral", EmailAddresses: []graphtest.EmailAddress{{Address: "office@example.com"}}})
	theirs := s.AddContact("", graphtest.Contact{GivenName: "Howard", Surname: "Aiken", CompanyName: "Harvard", MobilePhone: "+1 202 555 0101", BusinessPhones: []string{"+1 202 555 0102"}, EmailAddresses: []graphtest.EmailAddress{{Address: "OFFICE@example.com"}}})
	stranger := add(s, "Stranger")
	_, link := round(t, s, deltaPath)
	done, err := s.CompleteContact("", ours.ID, theirs.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"Howard", "Aiken", "Howard Aiken", "Harvard", "+1 202 555 0101", "Admiral"},
		[]string{done.GivenName, done.Surname, done.DisplayName, done.CompanyName, done.MobilePhone, done.JobTitle}, "what the other card has not, stays")
	require.Equal(t, theirs.BusinessPhones, done.BusinessPhones)
	rows, _ := round(t, s, link)
	require.Equal(t, []string{"+Howard Aiken"}, brief(rows))
	_, err = s.CompleteContact("", ours.ID, stranger.ID)
	require.ErrorContains(t, err, "share no e-mail address")
}

func TestUserMistakes(t *testing.T) {
	s := newServer(t, graphtest.Options{})
	c := add(s, "A")
	require.NoError(t, s.DeleteContact("", c.ID))
	nothing := func(*graphtest.Contact) {}
	_, err := s.EditContact("", c.ID, nothing)
	require.ErrorContains(t, err, "has no contact")
	_, err = s.EditContact("", c.ImmutableID, nothing)
	require.ErrorContains(t, err, "Deleted Items")
	b := add(s, "B")
	_, err = s.EditContact("", b.ID, func(c *graphtest.Contact) { c.Birthday = "soon" })
	require.ErrorContains(t, err, `birthday "soon"`)
	_, err = s.EditContact("", b.ID, func(c *graphtest.Contact) { c.Extended = map[string]string{"CrmStamp": "1"} })
	require.ErrorContains(t, err, `"CrmStamp"`)
	now, _ := s.Contact("", b.ID)
	require.Equal(t, b, now, "a failed edit changes nothing")
	_, err = s.MoveContact("", b.ID, "nowhere")
	require.ErrorContains(t, err, `"nowhere"`)
	_, err = s.CopyContact("", b.ID, "nowhere")
	require.ErrorContains(t, err, `"nowhere"`)
	_, err = s.AddFolder("", "nowhere", "x")
	require.ErrorContains(t, err, `"nowhere"`)
	require.ErrorContains(t, s.DeleteFolder("", ""), "default folder")
	require.Panics(t, func() { s.AddContact("", graphtest.Contact{ParentFolderID: "nowhere"}) })
	require.Panics(t, func() { s.AddContact("", graphtest.Contact{Extended: map[string]string{"x": "y"}}) })
	_, ok := s.Contact("", "nonsense")
	require.False(t, ok)
}
