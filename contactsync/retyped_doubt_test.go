package contactsync_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// goneAndBack is a story: somebody deletes Ada on a side, and types her in again with her address and another surname.
type goneAndBack struct {
	side    record.Side
	setting contactsync.Disposition
	edited  bool // what is left is edited meanwhile
	between bool // a run comes between the delete and the rest
}

func (g goneAndBack) String() string {
	return fmt.Sprintf("%v %v edited=%v between=%v", g.side, g.setting, g.edited, g.between)
}

// world plays it up to the run that sees her anew.
func (g goneAndBack) world(t *testing.T) *world {
	s := twoWay()
	if g.setting == contactsync.Propagate {
		s = propagating()
	}
	s.Deleted.InCRM, s.Deleted.InOutlook = g.setting, g.setting
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=customer")
	w.sync()
	card := w.outlookID("c1")
	if g.side == record.CRM {
		require.NoError(t, w.tenant.Delete("c1"))
	} else {
		require.NoError(t, w.box.Delete(card))
	}
	if g.between {
		w.sync()
	}
	switch {
	case !g.edited:
	case g.side == record.CRM:
		w.editOutlook(card, "jobTitle=Countess")
	default:
		w.editCRM("c1", "jobTitle=Countess")
	}
	if g.side == record.CRM {
		w.put("c2", "firstName=Ada", "lastName=King", "emails=ada@example.com", "kind=customer")
	} else {
		w.addOutlook("givenName=Ada", "surname=King", "emailAddresses=ada@example.com")
	}
	w.sync()
	return w
}

// lives reports whether what is left is made again on the side it is gone from.
func (g goneAndBack) lives() bool {
	again := g.setting == contactsync.LeaveAlone || g.setting == contactsync.Unlink && g.side == record.Outlook
	return g.setting == contactsync.Restore || g.edited && (!g.between || again)
}

func goneAndBacks() (all []goneAndBack) {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		for _, setting := range []contactsync.Disposition{contactsync.Propagate, contactsync.Detach, contactsync.Unlink, contactsync.LeaveAlone, contactsync.Restore} {
			for n := range 4 {
				g := goneAndBack{side: side, setting: setting, edited: n&1 != 0, between: n&2 != 0}
				if setting == contactsync.Propagate && (g.between || !g.edited) || setting == contactsync.Restore && g.between {
					continue // the delete has gone through, or she is back
				}
				all = append(all, g)
			}
		}
	}
	return all
}

// X1, B8: who is deleted on one side and typed in again there under another surname may be the same person. A person is asked, however the
// settings treat deletes and whether or not a run came between, and until it is answered nothing is made of either.
func TestTypedInAgainUnderAnotherName(t *testing.T) {
	for _, g := range goneAndBacks() {
		t.Run(g.String(), func(t *testing.T) {
			w := g.world(t)

			assert.Equal(t, []string{"doubtfulMatch "}, w.problems())
			w.settled()
			w.crm.ExpireCursors()
			w.outlook.ExpireCursors()
			w.settled()
			assert.Equal(t, []string{"doubtfulMatch "}, w.problems())
			assert.Len(t, w.crmSide("firstName"), 1)
			assert.Len(t, w.outlookSide("givenName"), 1)
		})
	}
}

// B8: said to be the same person, the two are in sync from then on.
func TestTypedInAgainIsTheSame(t *testing.T) {
	for _, g := range goneAndBacks() {
		t.Run(g.String(), func(t *testing.T) {
			w := g.world(t)

			w.accept(w.only().ID)
			w.sync()

			require.Len(t, w.crmSide("firstName"), 1)
			require.Len(t, w.outlookSide("givenName"), 1)
			w.editCRM(w.crmID("Ada"), "jobTitle=Poet")
			w.sync()
			assert.Equal(t, []string{"Ada, Poet"}, w.outlookSide("givenName", "jobTitle"))
			w.settled()
		})
	}
}

// B8: said to be two people, each is treated as if the other were not there.
func TestTypedInAgainIsSomebodyElse(t *testing.T) {
	for _, g := range goneAndBacks() {
		t.Run(g.String(), func(t *testing.T) {
			w := g.world(t)

			w.reject(w.only().ID)
			w.sync()

			assert.Empty(t, w.problems())
			both := []string{"King", "Lovelace"}
			want := [2][]string{both, both}
			if !g.lives() {
				want[g.side] = both[:1]
			}
			assert.ElementsMatch(t, want[record.CRM], w.crmSide("lastName"))
			assert.ElementsMatch(t, want[record.Outlook], w.outlookSide("surname"))
			w.settled()
		})
	}
}

// X1: who has neither address nor number, is deleted and typed in again with all the same before the next run, keeps what is left of them,
// whatever the settings do with that.
func TestTypedInAgainWithoutAnAddress(t *testing.T) {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		for _, setting := range []contactsync.Disposition{contactsync.Propagate, contactsync.Detach, contactsync.Unlink, contactsync.LeaveAlone, contactsync.Restore} {
			t.Run(fmt.Sprintf("%v %v", side, setting), func(t *testing.T) {
				s := twoWay()
				if setting == contactsync.Propagate {
					s = propagating()
				}
				s.Deleted.InCRM, s.Deleted.InOutlook = setting, setting
				w := newWorld(t, s)
				w.put("c1", "firstName=Ada", "lastName=Lovelace", "company=Engines", "kind=customer")
				w.sync()
				card := w.outlookID("c1")
				w.editOutlook(card, "department=Maths")
				w.sync()
				crm, item := "c1", card
				if side == record.CRM {
					require.NoError(t, w.tenant.Delete("c1"))
					crm = "c2"
					w.put(crm, "firstName=Ada", "lastName=Lovelace", "company=Engines", "kind=customer")
				} else {
					require.NoError(t, w.box.Delete(card))
					item = w.addOutlook("givenName=Ada", "surname=Lovelace", "companyName=Engines")
				}

				w.sync()

				assert.Equal(t, []string{"Ada, Engines"}, w.crmSide("firstName", "company"))
				assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
				assert.Equal(t, item, w.outlookID(crm))
				assert.Empty(t, w.problems())
				w.settled()
			})
		}
	}
}

// twoCards is a person with two cards, whose record was deleted in the CRM and typed in again.
func twoCards(t *testing.T, setting contactsync.Disposition, typed ...string) *world {
	s := twoWay()
	if setting == contactsync.Propagate {
		s = propagating()
	}
	s.Match.Several = match.All
	s.Deleted.InCRM = setting
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "company=Engines", "emails=ada@example.com", "kind=customer")
	var cards []string
	for range 2 {
		cards = append(cards, w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com"))
	}
	w.sync()
	if !slices.Contains(typed, "emails=ada@example.com") {
		w.editCRM("c1", "emails=")
		w.sync()
	}
	require.NoError(t, w.tenant.Delete("c1"))
	for _, card := range cards {
		w.editOutlook(card, "jobTitle=Countess")
	}
	w.put("c2", append(typed, "kind=customer")...)
	w.sync()
	return w
}

// bothFollow asserts that the only record goes to both cards.
func (w *world) bothFollow() {
	w.t.Helper()
	require.Len(w.t, w.crmSide("firstName"), 1)
	w.editCRM("c2", "firstName=Augusta")
	w.sync()
	assert.Equal(w.t, []string{"Augusta", "Augusta"}, w.outlookSide("givenName"))
	w.settled()
	w.crm.ExpireCursors()
	w.outlook.ExpireCursors()
	w.settled()
	require.Len(w.t, w.crmSide("firstName"), 1)
}

var restorings = []contactsync.Disposition{contactsync.Propagate, contactsync.LeaveAlone, contactsync.Restore}

// X1, B8: a person of two cards who is deleted in the CRM and typed in again there is one person with two cards still.
func TestBothCardsOfAPersonTypedInAgain(t *testing.T) {
	for _, setting := range restorings {
		for name, typed := range map[string][]string{
			"with an address": {"firstName=Ada", "lastName=Lovelace", "emails=ada@example.com"},
			"without one":     {"firstName=Ada", "lastName=Lovelace", "company=Engines"},
		} {
			t.Run(fmt.Sprintf("%v %s", setting, name), func(t *testing.T) {
				w := twoCards(t, setting, typed...)

				assert.Empty(t, w.problems())
				w.bothFollow()
			})
		}
	}
}

// B8, C5: where a record has two cards and it is asked about the first whether its person was typed in again, the second says that it waits for
// that answer, and follows it.
func TestTheSecondCardOfAPersonTypedInAgain(t *testing.T) {
	for _, setting := range restorings {
		for _, same := range []bool{true, false} {
			t.Run(fmt.Sprintf("%v same=%v", setting, same), func(t *testing.T) {
				w := twoCards(t, setting, "firstName=Ada", "lastName=King", "emails=ada@example.com")

				require.ElementsMatch(t, []string{"doubtfulMatch ", "severalMatches "}, w.problems())
				w.settled()
				require.Len(t, w.crmSide("firstName"), 1)
				var asked, waits contactsync.Problem
				problems, err := w.state.Problems(w.ctx, w.conn.ID)
				require.NoError(t, err)
				for _, p := range problems {
					if p.Code == contactsync.CodeDoubtfulMatch {
						asked = p
					} else {
						waits = p
						assert.Equal(t, "Another contact of the same person is asked about. This one waits for the answer too, and stays as it is.", p.Message)
					}
				}

				w.editOutlook(waits.Record[record.Outlook], "companyName=Mills") // then it is not judged alone
				w.sync()
				w.crm.ExpireCursors()
				w.settled()
				require.Len(t, w.crmSide("firstName"), 1)
				require.ElementsMatch(t, []string{"doubtfulMatch ", "severalMatches "}, w.problems())

				if same {
					w.accept(asked.ID)
					w.sync()
					w.bothFollow()
					return
				}
				w.reject(asked.ID)
				w.sync()
				w.sync()
				assert.Empty(t, w.problems())
				assert.ElementsMatch(t, []string{"King", "Lovelace"}, w.crmSide("lastName"))
				assert.ElementsMatch(t, []string{"King", "Lovelace", "Lovelace"}, w.outlookSide("surname"))
				w.settled()
			})
		}
	}
}
