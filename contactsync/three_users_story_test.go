package contactsync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// selection is a CRM in which users choose contacts one by one: a field of the contact names who did, and the settings ask for it.
type selection struct {
	*world
	users []colleague
	// woken: the host hears of each change and runs the connections that it concerns; else they run in turn, at intervals.
	woken bool
}

func bySelection() contactsync.Settings {
	s := twoWay()
	s.Filter = filter.Has("selectedBy", filter.User)
	return s
}

// threeUsers have chosen c1; c2 is chosen by the first alone, c3 by nobody.
func threeUsers(t *testing.T, s contactsync.Settings, woken bool) *selection {
	w := newWorld(t, s)
	three := &selection{world: w, users: []colleague{{w.conn, w.box}, w.colleague("u2"), w.colleague("u3")}, woken: woken}
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "selectedBy=u1|u2|u3")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "selectedBy=u1")
	w.put("c3", "firstName=Mary", "lastName=Jackson", "emails=mary@example.com")
	three.round()
	return three
}

// round runs each connection once, and returns how much they wrote.
func (s *selection) round() (wrote int) {
	for _, u := range s.users {
		wrote += s.syncOf(u).Wrote()
	}
	return wrote
}

// edited passes on that the CRM record was changed: the host wakes whom it concerns, or two intervals go by.
func (s *selection) edited() {
	s.t.Helper()
	if !s.woken {
		s.round()
		s.round()
		return
	}
	ids, err := s.engine.Affected(s.ctx, "acme", []string{"c1"})
	require.NoError(s.t, err)
	for _, u := range s.users {
		for _, id := range ids {
			if u.conn.ID == id {
				s.syncOf(u)
			}
		}
	}
}

// editedBy passes on that users changed their cards, in this order.
func (s *selection) editedBy(users ...int) {
	if s.woken {
		for _, u := range users {
			s.syncOf(s.users[u])
		}
	}
	s.edited()
}

// cards is what each user's mailbox says of Ada.
func (s *selection) cards(fields ...string) (lines []string) {
	for _, u := range s.users {
		for _, item := range u.box.Items(record.Contact, u.conn.Folder) {
			if item.Fields.Text("givenName") == "Ada" {
				lines = append(lines, show([]record.Record{item}, fields)...)
			}
		}
	}
	return lines
}

func (s *selection) ada(fields ...string) string {
	rec, ok := s.tenant.Record("c1")
	require.True(s.t, ok)
	return show([]record.Record{rec}, fields)[0]
}

// rests asserts that three more runs of everybody write nothing.
func (s *selection) rests() {
	s.t.Helper()
	for range 3 {
		require.Zero(s.t, s.round())
	}
}

func bothWays(t *testing.T, story func(t *testing.T, woken bool)) {
	t.Run("woken", func(t *testing.T) { story(t, true) })
	t.Run("at intervals", func(t *testing.T) { story(t, false) })
}

// B9, E1: one CRM edit reaches the three mailboxes; an edit in one reaches the CRM and the other two; then nothing is written. Who did
// not choose a contact does not get it.
func TestOneContactThreeMailboxes(t *testing.T) {
	bothWays(t, func(t *testing.T, woken bool) {
		s := threeUsers(t, bySelection(), woken)
		assert.Equal(t, []string{"Ada, ", "Ada, ", "Ada, "}, s.cards("givenName", "jobTitle"))
		assert.Len(t, s.outlookSide("givenName"), 2)
		for _, u := range s.users[1:] {
			assert.Len(t, u.box.Items(record.Contact, u.conn.Folder), 1)
		}
		s.rests()

		s.editCRM("c1", "jobTitle=Countess")
		s.edited()
		assert.Equal(t, []string{"Countess", "Countess", "Countess"}, s.cards("jobTitle"))
		s.rests()

		s.editOf(s.users[1], "c1", "mobilePhone=+31612345678")
		s.editedBy(1)
		assert.Equal(t, "Countess, +31612345678", s.ada("jobTitle", "mobile"))
		assert.Equal(t, []string{"+31612345678", "+31612345678", "+31612345678"}, s.cards("mobilePhone"))
		s.rests()
	})
}

// B9: two users change different things at once; both changes are everywhere.
func TestTwoUsersEditTwoFieldsAtOnce(t *testing.T) {
	bothWays(t, func(t *testing.T, woken bool) {
		s := threeUsers(t, bySelection(), woken)
		s.editOf(s.users[0], "c1", "jobTitle=Countess")
		s.editOf(s.users[2], "c1", "companyName=Engines")
		s.editedBy(2, 0)

		assert.Equal(t, "Countess, Engines", s.ada("jobTitle", "company"))
		assert.Equal(t, []string{"Countess, Engines", "Countess, Engines", "Countess, Engines"}, s.cards("jobTitle", "companyName"))
		s.rests()
		for _, user := range []string{"u1", "u2", "u3"} {
			assert.Equal(t, map[string]contactsync.Mark{"c1": contactsync.Synced}, s.labels(s.engine.User("acme", user), "c1"))
		}
	})
}

// B9, C1: two users change the same field at once. What came to the CRM first is the CRM's from then on, and the other's edit meets it
// by the conflict rule: nothing is lost that the rule does not let go, and all come to say the same. The time of the CRM's value is
// that of the write that brought it: by newest, it cannot be told from an edit of a minute before, and a person is asked.
func TestTwoUsersEditOneFieldAtOnce(t *testing.T) {
	for _, tt := range []struct {
		rule  mapping.Winner
		order [2]int // who comes first; the second edit is the later one
		want  string
	}{
		{mapping.CRMWins, [2]int{0, 1}, "Countess"},
		{mapping.CRMWins, [2]int{1, 0}, "Analyst"},
		{mapping.OutlookWins, [2]int{0, 1}, "Analyst"},
		{mapping.OutlookWins, [2]int{1, 0}, "Countess"},
		{mapping.Newest, [2]int{0, 1}, "Analyst"}, // after a question
		{mapping.Newest, [2]int{1, 0}, "Analyst"},
		{mapping.Ask, [2]int{0, 1}, "Analyst"},
		{mapping.Ask, [2]int{1, 0}, "Countess"},
	} {
		bothWays(t, func(t *testing.T, woken bool) {
			settings := bySelection()
			settings.Conflict = tt.rule
			s := threeUsers(t, settings, woken)
			s.editOf(s.users[0], "c1", "jobTitle=Countess")
			s.now = s.now.Add(10 * time.Minute)
			s.editOf(s.users[1], "c1", "jobTitle=Analyst")
			s.syncOf(s.users[tt.order[0]])
			s.syncOf(s.users[tt.order[1]])
			s.edited()

			if tt.rule == mapping.Ask || tt.rule == mapping.Newest && tt.order[0] == 0 {
				second := s.users[tt.order[1]]
				view := s.engine.User("acme", second.conn.User)
				list, err := view.Problems(s.ctx, contactsync.ProblemFilter{})
				require.NoError(t, err)
				require.Len(t, list.Rows, 1)
				assert.Equal(t, []contactsync.Code{contactsync.CodeConflict}, list.Rows[0].Codes)
				assert.ElementsMatch(t, []string{"Countess", "Analyst"}, []string{s.cards("jobTitle")[0], s.cards("jobTitle")[1]}, "each keeps their own")
				s.rests()
				require.NoError(t, view.Decide(s.ctx, list.Rows[0].Problems[0].ID, record.Outlook))
				s.syncOf(second)
				s.edited()
			}
			assert.Equal(t, tt.want, s.ada("jobTitle"), "%s %v", tt.rule, tt.order)
			assert.Equal(t, []string{tt.want, tt.want, tt.want}, s.cards("jobTitle"), "%s %v", tt.rule, tt.order)
			s.rests()
		})
	}
}

// E1, B7: who gives a contact up keeps a card that is theirs alone; the others' go on. Chosen again, it is the same card.
func TestOneUserGivesAContactUp(t *testing.T) {
	bothWays(t, func(t *testing.T, woken bool) {
		s := threeUsers(t, bySelection(), woken)
		s.editCRM("c1", "selectedBy=u1|u3")
		s.edited()
		s.editCRM("c1", "jobTitle=Countess")
		s.edited()

		assert.Equal(t, []string{"Countess", "", "Countess"}, s.cards("jobTitle"))
		s.rests()

		s.editCRM("c1", "selectedBy=u1|u2|u3")
		s.edited()
		assert.Equal(t, []string{"Countess", "Countess", "Countess"}, s.cards("jobTitle"))
		s.rests()
	})
}

// B9, X4: one user deletes their card. The record and the others' cards stay, and go on; theirs does not come back by itself, and under
// unlink with the record's next change.
func TestOneUserDeletesTheirCard(t *testing.T) {
	for _, deleted := range []contactsync.Disposition{contactsync.Detach, contactsync.Unlink} {
		bothWays(t, func(t *testing.T, woken bool) {
			settings := bySelection()
			settings.Deleted.InOutlook = deleted
			s := threeUsers(t, settings, woken)
			links, err := s.state.LinksOf(s.ctx, s.users[2].conn.ID, record.CRM, []string{"c1"})
			require.NoError(t, err)
			require.NoError(t, s.users[2].box.Delete(links[0].IDs[record.Outlook]))
			s.editedBy(2)

			assert.Equal(t, "Ada", s.ada("firstName"))
			assert.Len(t, s.cards("givenName"), 2)
			s.rests()

			s.editCRM("c1", "jobTitle=Countess")
			s.edited()
			want := []string{"Countess", "Countess"}
			if deleted == contactsync.Unlink {
				want = append(want, "Countess")
			}
			assert.Equal(t, want, s.cards("jobTitle"))
			s.rests()
		})
	}
}
