package contactsync_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// household is a world in which a CRM record and a card share a number, and their names disagree.
func household(t *testing.T, s contactsync.Settings, with ...func(*contactsync.Config)) (w *world, item string) {
	w = newWorld(t, s, with...)
	w.put("c1", "firstName=Kees", "lastName=Jansen", "mobile=0612345678")
	item = w.addOutlook("givenName=Tineke", "surname=de Vries", "mobilePhone=+31612345678", "jobTitle=Baker")
	w.sync()
	return w, item
}

func (w *world) accept(problem string) {
	w.t.Helper()
	require.NoError(w.t, w.me().Accept(w.ctx, problem))
}

func (w *world) reject(problem string) {
	w.t.Helper()
	require.NoError(w.t, w.me().Reject(w.ctx, problem))
}

// B8: a doubtful match waits, and says how likely it is and why, without a name, an address or a number.
func TestDoubtfulMatchSaysWhy(t *testing.T) {
	w, item := household(t, twoWay())

	p := w.only()
	assert.Equal(t, contactsync.CodeDoubtfulMatch, p.Code)
	assert.Equal(t, [2]string{"c1", item}, p.Record)
	assert.True(t, p.Resolvable)
	assert.Equal(t, []string{"samePhone", "nameDisagrees"}, p.Score.Reasons)
	assert.Equal(t, 2, p.Score.Holders)
	assert.InDelta(t, 0.4, p.Score.Value, 0.001)
	assert.Equal(t, "Perhaps the same person, perhaps not: they share a number; the names disagree. Say which, or correct the names, "+
		"addresses or numbers; until then neither is copied.", p.Message)
	for _, secret := range []string{"Kees", "Tineke", "612345678"} {
		assert.NotContains(t, strings.Join(append(p.Score.Reasons, p.Message), " "), secret)
	}
	w.settled()
}

// B8: how many have the key that two share is said, since it is what makes them doubtful.
func TestDoubtfulMatchCountsWhoHasTheKey(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Kees", "lastName=Jansen", "emails=info@example.com")
	w.put("c2", "firstName=Piet", "lastName=Bakker", "emails=info@example.com")
	w.addOutlook("givenName=Tineke", "surname=de Vries", "emailAddresses=info@example.com")
	w.sync()

	p := w.only()
	assert.Equal(t, 3, p.Score.Holders)
	assert.Contains(t, p.Score.Reasons, "sharedKey")
	assert.Contains(t, p.Message, "an email address, which 3 contacts have")
}

// B8: accepted, the two are linked as at any first meeting: what is empty is filled, nothing is overwritten without a question.
func TestAcceptLinks(t *testing.T) {
	w, item := household(t, twoWay())
	w.accept(w.only().ID)

	r := w.sync()

	assert.Equal(t, 1, r.Matched)
	assert.Equal(t, item, w.outlookID("c1"))
	assert.Equal(t, []string{"Kees, Baker"}, w.crmSide("firstName", "jobTitle"))
	assert.Equal(t, []string{"Tineke, Baker"}, w.outlookSide("givenName", "jobTitle"))
	assert.Equal(t, []string{"conflict first", "conflict last"}, w.problems(), "what is not filled is asked about, field by field")
	w.settled()
}

// B8: rejected, they are two people: each is made on the other side, once, and no run asks again.
func TestRejectTellsApart(t *testing.T) {
	w, _ := household(t, twoWay())
	w.reject(w.only().ID)

	r := w.sync()

	assert.Equal(t, 1, r.Closed)
	both := []string{"Kees, ", "Tineke, Baker"}
	assert.Equal(t, both, w.crmSide("firstName", "jobTitle"))
	assert.Equal(t, both, w.outlookSide("givenName", "jobTitle"))
	assert.Empty(t, w.problems())
	w.settled()
	w.editCRM("c1", "company=Engines")
	w.sync()
	assert.Empty(t, w.problems())
	assert.Equal(t, []string{"Kees, Engines", "Tineke, "}, w.outlookSide("givenName", "companyName"))
	w.settled()
}

// B8: in a one-way sync nothing is made of the rejected card, which stays without a partner: it is not asked about again by any
// kind of run, nor when either is edited in what matching does not look at, nor in a new process.
func TestRejectIsRememberedWithoutATie(t *testing.T) {
	for name, s := range map[string]contactsync.Settings{
		"toOutlook": {Mapping: rules(), Region: "NL", Flow: contactsync.Flow{ToCRM: &contactsync.Ops{}}},
		"nothing":   {Mapping: rules(), Region: "NL", Flow: contactsync.Flow{ToCRM: &contactsync.Ops{Update: true}, ToOutlook: &contactsync.Ops{Update: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			w, item := household(t, s)
			w.reject(w.only().ID)
			w.sync()
			assert.Empty(t, w.problems())
			before := w.outlookSide("givenName")

			w.settled()
			w.editOutlook(item, "companyName=Looms")
			w.sync()
			assert.Empty(t, w.problems())
			w.editCRM("c1", "company=Engines")
			w.sync(contactsync.Full())
			assert.Empty(t, w.problems())
			w.restart()
			w.editCRM("c1", "notes=met in May")
			w.editOutlook(item, "personalNotes=met in June")
			w.sync()

			assert.Empty(t, w.problems())
			assert.Equal(t, before, w.outlookSide("givenName"))
			assert.Equal(t, []string{"Kees"}, w.crmSide("firstName"))
			w.settled()
		})
	}
}

// B8: a rejection holds for the two as they were. Once one of them changes in a name, an address or a number they are looked at
// anew: a card that turns out to be the person is linked, and one that is no clearer is asked about.
func TestRejectionEndsWhenMatchingSeesOtherwise(t *testing.T) {
	apart := contactsync.Settings{Mapping: rules(), Region: "NL", Flow: contactsync.Flow{ToCRM: &contactsync.Ops{Update: true}, ToOutlook: &contactsync.Ops{Update: true}}}
	w, item := household(t, apart)
	w.reject(w.only().ID)
	w.sync()
	require.Empty(t, w.problems())

	w.editOutlook(item, "emailAddresses=tineke@example.com")
	w.sync()
	assert.Equal(t, []string{"doubtfulMatch "}, w.problems(), "asked again")
	w.reject(w.only().ID)
	w.sync()
	assert.Empty(t, w.problems())

	w.editOutlook(item, "givenName=Kees", "surname=Jansen", "emailAddresses=")
	r := w.sync()
	assert.Equal(t, 1, r.Matched)
	assert.Equal(t, item, w.outlookID("c1"))
	w.settled()
}

// B8: an answer about what is no longer so is refused at the run, and the question stays, with what it is about now.
func TestStaleIdentityIsRefused(t *testing.T) {
	for _, answer := range []string{"accept", "reject"} {
		for _, side := range []string{"crm", "outlook"} {
			t.Run(answer+" "+side, func(t *testing.T) {
				w, item := household(t, twoWay())
				shown := w.only()
				if side == "crm" {
					w.editCRM("c1", "lastName=Janssens")
				} else {
					w.editOutlook(item, "surname=Bakker")
				}
				if answer == "accept" {
					w.accept(shown.ID)
				} else {
					w.reject(shown.ID)
				}

				r := w.sync()

				assert.Zero(t, r.Wrote())
				asked := w.only()
				assert.NotEqual(t, shown.ID, asked.ID, "what it shows is another question")
				assert.Contains(t, asked.Message, "was not used")
				assert.Equal(t, shown.First, asked.First)
				assert.NotEqual(t, shown.Raw, asked.Raw)
				assert.Len(t, w.crmSide("firstName"), 1)
				assert.Len(t, w.outlookSide("givenName"), 1)
				w.settled()

				w.accept(asked.ID)
				assert.Equal(t, 1, w.sync().Matched)
			})
		}
	}
}

// B8: of two answers before a run the last one counts, whatever was posted before; and an answer that comes too late does nothing.
func TestLastIdentityCounts(t *testing.T) {
	w, item := household(t, twoWay())
	id := w.only().ID
	w.reject(id)
	w.accept(id)
	w.sync()
	assert.Equal(t, item, w.outlookID("c1"))
	require.ErrorIs(t, w.me().Reject(w.ctx, id), contactsync.ErrNotFound)

	w, _ = household(t, twoWay())
	id = w.only().ID
	w.accept(id)
	w.reject(id)
	w.sync()
	assert.Len(t, w.crmSide("firstName"), 2)
	w.settled()
}

// B8: either record may be gone by the run: nothing is made of the answer, and no question is left.
func TestIdentityOfWhatIsGone(t *testing.T) {
	for _, answer := range []string{"accept", "reject"} {
		w, item := household(t, twoWay())
		if answer == "accept" {
			w.accept(w.only().ID)
		} else {
			w.reject(w.only().ID)
		}
		require.NoError(t, w.box.Delete(item))

		w.sync()
		w.sync()

		assert.Equal(t, []string{"Kees"}, w.outlookSide("givenName"))
		assert.Equal(t, []string{"Kees"}, w.crmSide("firstName"))
		assert.Empty(t, w.problems())
		w.settled()
		links, err := w.state.Links(w.ctx, w.conn.ID, "", 10)
		require.NoError(t, err)
		assert.Len(t, links, 1, "nothing is remembered of who is gone")
	}
}

// B8: of three who share a number one is rejected and one is left: the others are asked about as before.
func TestRejectOneOfSeveral(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=P", "lastName=Jansen", "mobile=0612345678")
	piet := w.addOutlook("givenName=Piet", "surname=Jansen", "mobilePhone=0612345678")
	petra := w.addOutlook("givenName=Petra", "surname=Jansen", "mobilePhone=0612345678")
	w.sync()
	byItem := map[string]string{}
	for _, row := range w.myProblems(contactsync.ProblemFilter{}).Rows {
		for _, p := range row.Problems {
			require.Equal(t, contactsync.CodeDoubtfulMatch, p.Code)
			byItem[p.Record[record.Outlook]] = p.ID
		}
	}
	require.Len(t, byItem, 2)

	w.reject(byItem[piet])
	w.sync()

	assert.Equal(t, []string{"doubtfulMatch "}, w.problems())
	assert.Equal(t, byItem[petra], w.only().ID)
	assert.Equal(t, []string{"P", "Piet"}, w.crmSide("firstName"))
	w.settled()
	w.accept(byItem[petra])
	w.sync()
	assert.Equal(t, petra, w.outlookID("c1"))
	assert.Len(t, w.outlookSide("givenName"), 2)
	w.settled()
}

// B8, B18: who is forgotten leaves no trace in what was said of them, and the card that is not theirs stays what it was.
func TestForgetWhoWasToldApart(t *testing.T) {
	w, item := household(t, contactsync.Settings{Mapping: rules(), Region: "NL", Flow: contactsync.Flow{ToOutlook: &contactsync.Ops{}, ToCRM: &contactsync.Ops{}}})
	w.reject(w.only().ID)
	w.sync()
	require.NoError(t, w.tenant.Delete("c1"))

	_, err := w.engine.Forget(w.ctx, "acme", []string{"c1"}, contactsync.CopiesAll)
	require.NoError(t, err)

	links, err := w.state.Links(w.ctx, w.conn.ID, "", 10)
	require.NoError(t, err)
	assert.Empty(t, links)
	assert.Equal(t, []string{"Tineke"}, w.outlookSide("givenName"))
	known, err := w.state.KnownOf(w.ctx, w.conn.ID, []string{item})
	require.NoError(t, err)
	require.Len(t, known, 1)
	assert.False(t, known[0].Orphan, "it may be imported one day")
}

// B8: with the State what was said is lost: it is asked again, and nothing is guessed.
func TestLostStateAsksAgain(t *testing.T) {
	w, _ := household(t, contactsync.Settings{Mapping: rules(), Region: "NL", Flow: contactsync.Flow{ToOutlook: &contactsync.Ops{Update: true}, ToCRM: &contactsync.Ops{Update: true}}})
	w.reject(w.only().ID)
	w.sync()
	require.Empty(t, w.problems())
	w.loseState()

	w.sync()

	assert.Equal(t, []string{"doubtfulMatch "}, w.problems())
	w.settled()
}

// B8: a run that is stopped right after it has read the answer has it still.
func TestIdentityOutlivesAStoppedRun(t *testing.T) {
	for _, answer := range []string{"accept", "reject"} {
		t.Run(answer, func(t *testing.T) {
			stops := 0
			w, _ := household(t, twoWay(), func(c *contactsync.Config) { c.Store = stopping{c.Store, &stops} })
			if answer == "accept" {
				w.accept(w.only().ID)
			} else {
				w.reject(w.only().ID)
			}
			stops = 1
			_, err := w.engine.Sync(w.ctx, w.conn.ID)
			require.Error(t, err)

			for range 3 {
				w.sync()
			}

			want := 1
			if answer == "reject" {
				want = 2
			}
			assert.Len(t, w.crmSide("firstName"), want)
			assert.Len(t, w.outlookSide("givenName"), want)
			assert.NotContains(t, w.problems(), "doubtfulMatch ")
			w.settled()
		})
	}
}

// Bad input: what is no question of identity is not answered so, and somebody else's question is not found.
func TestIdentityBadInput(t *testing.T) {
	w, other := twoUsersInConflict(t)
	mine := w.only()
	var invalid *contactsync.InvalidError
	require.ErrorAs(t, w.me().Accept(w.ctx, mine.ID), &invalid)
	assert.Equal(t, "problem", invalid.Field)
	require.ErrorAs(t, w.me().Reject(w.ctx, mine.ID), &invalid)

	u2 := w.engine.User("acme", "u2")
	require.ErrorIs(t, u2.Accept(w.ctx, mine.ID), contactsync.ErrNotFound)
	require.ErrorIs(t, u2.Reject(w.ctx, mine.ID), contactsync.ErrNotFound)
	w.sync()
	w.syncOf(other)
	assert.Equal(t, []string{"conflict title"}, w.problems())
}

// M1: the preset products link doubtful pairs; two that were told apart before the setting was changed stay apart.
func TestLinkDoubtfulLeavesApartWhoWasToldApart(t *testing.T) {
	w, _ := household(t, contactsync.Settings{Mapping: rules(), Region: "NL", Flow: contactsync.Flow{ToOutlook: &contactsync.Ops{Update: true}, ToCRM: &contactsync.Ops{Update: true}}})
	w.reject(w.only().ID)
	w.sync()

	w.policy.Match = contactsync.Match{Doubtful: "link", Several: match.All}
	r := w.sync(contactsync.Full())

	assert.Zero(t, r.Matched)
	assert.Zero(t, r.Linked)
	w.settled()
}

// stopping is a Store that answers so many of the next calls of Apply with an error, without carrying anything out.
type stopping struct {
	contactsync.Store
	stops *int
}

func (s stopping) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	if *s.stops > 0 {
		*s.stops--
		return nil, errors.New("the database is away")
	}
	return s.Store.Apply(ctx, sc, writes)
}
