package contactsync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// perhapsTypedIn is a world in which a person's card was deleted, and another may be the same person's or not.
func perhapsTypedIn(t *testing.T, deleted contactsync.Disposition) (w *world, again string) {
	s := propagating()
	s.Deleted = contactsync.OnDelete{InOutlook: deleted}
	w = newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "workPhone=+31 20 555 0101", "kind=customer")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	again = w.addOutlook("givenName=A.", "surname=Lovelace", "businessPhones=+31 20 555 0101")
	w.sync()
	require.Equal(t, []string{"doubtfulMatch "}, w.problems())
	return w, again
}

// B8, X1: the card that may be the one typed in again is accepted: it takes the place of the deleted one.
func TestAcceptTheCardTypedInAgain(t *testing.T) {
	w, again := perhapsTypedIn(t, contactsync.LeaveAlone)
	w.accept(w.only().ID)

	w.sync()

	assert.Equal(t, again, w.outlookID("c1"))
	assert.Equal(t, []string{"Ada, customer"}, w.crmSide("firstName", "kind"))
	assert.Len(t, w.outlookSide("givenName"), 1)
	assert.NotContains(t, w.problems(), "doubtfulMatch ")
	w.settled()
}

// B8, X1: rejected, the card is somebody else's: it is imported, and the record goes the way of one whose card was deleted.
func TestRejectTheCardTypedInAgain(t *testing.T) {
	w, _ := perhapsTypedIn(t, contactsync.LeaveAlone)
	w.reject(w.only().ID)

	w.sync()

	assert.Equal(t, []string{"A., ", "Ada, customer"}, w.crmSide("firstName", "kind"))
	assert.Equal(t, []string{"A."}, w.outlookSide("givenName"))
	assert.Empty(t, w.problems())
	w.settled()
	w.editCRM("c1", "company=Engines")
	w.sync()
	assert.NotContains(t, w.problems(), "doubtfulMatch ")
	w.settled()
}

// B8: an item that an old tie left behind may be meant by a record that is new; accepted, it is that record's.
func TestAcceptOrphan(t *testing.T) {
	for _, answer := range []string{"accept", "reject"} {
		w := newWorld(t, twoWay())
		w.put("c1", "firstName=Ada", "lastName=Lovelace", "workPhone=+31 20 555 0101", "jobTitle=Poet")
		w.sync()
		item := w.outlookID("c1")
		require.NoError(t, w.tenant.Delete("c1"))
		w.sync()
		w.put("c2", "firstName=A.", "lastName=Lovelace", "workPhone=+31 20 555 0101")
		w.sync()
		require.Equal(t, []string{"doubtfulMatch "}, w.problems())
		if answer == "reject" {
			w.reject(w.only().ID)
			w.sync()
			assert.Equal(t, []string{"A.", "Ada"}, w.outlookSide("givenName"))
			assert.Equal(t, []string{"A."}, w.crmSide("firstName"), "what was left behind is never imported")
			assert.Empty(t, w.problems())
			w.settled()
			continue
		}

		w.accept(w.only().ID)
		w.sync()

		assert.Equal(t, item, w.outlookID("c2"))
		assert.Equal(t, []string{"A., Poet"}, w.crmSide("firstName", "jobTitle"))
		w.settled()
	}
}

// B8: after the State was lost, records that were made from cards and have no key are asked about, and can be answered: the right
// ones accepted, all is as it was; rejected, each gets a card of its own, but for the two that are left when all others are told
// apart, and nobody asks again.
func TestIdentityOfWhatWasImported(t *testing.T) {
	ambiguous := func() *world {
		w, _ := imports(t, oneWay(mapping.ToOutlook, "notes"), []string{"givenName=Ada", "personalNotes=of Turin"}, []string{"givenName=Ada", "personalNotes=of London"})
		w.loseState()
		w.sync()
		require.NotEmpty(t, w.problems())
		return w
	}

	w := ambiguous()
	taken := map[string]bool{}
	for _, row := range w.myProblems(contactsync.ProblemFilter{}).Rows {
		for _, p := range row.Problems {
			assert.Equal(t, []string{"nameFits"}, p.Score.Reasons)
			if !taken[p.Record[0]] && !taken[p.Record[1]] {
				taken[p.Record[0]], taken[p.Record[1]] = true, true
				w.accept(p.ID)
			}
		}
	}
	w.sync()
	assert.Equal(t, []string{"Ada", "Ada"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Ada, of London", "Ada, of Turin"}, w.outlookSide("givenName", "personalNotes"))
	w.sync()
	assert.Empty(t, w.problems())
	w.settled()

	w = ambiguous()
	for range 5 {
		for _, row := range w.myProblems(contactsync.ProblemFilter{}).Rows {
			for _, p := range row.Problems {
				w.reject(p.ID)
			}
		}
		w.sync()
	}
	assert.Empty(t, w.problems())
	assert.Len(t, w.crmSide("firstName"), 3)
	assert.Len(t, w.outlookSide("givenName"), 3)
	w.settled()
}

// B8: who is accepted is given away: another record that the same card would do for finds it taken.
func TestAcceptedOrphanIsTaken(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "workPhone=+31 20 555 0101", "emails=ada@example.com")
	w.sync()
	item := w.outlookID("c1")
	require.NoError(t, w.tenant.Delete("c1"))
	w.sync()
	w.put("c2", "firstName=A.", "lastName=Lovelace", "workPhone=+31 20 555 0101")
	w.sync()
	w.accept(w.only().ID)
	w.put("c3", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")

	w.sync()

	assert.Equal(t, item, w.outlookID("c2"))
	links, err := w.state.LinksOf(w.ctx, w.conn.ID, record.Outlook, []string{item})
	require.NoError(t, err)
	assert.Len(t, links, 1, "one card, one record")
	w.sync()
	w.settled()
}

// B8: what was said of a record ends with it, also where its end was not told and a complete listing has to show it.
func TestRejectionEndsWithTheRecord(t *testing.T) {
	apart := contactsync.Settings{Mapping: rules(), Region: "NL", Flow: contactsync.Flow{ToCRM: &contactsync.Ops{Update: true}, ToOutlook: &contactsync.Ops{Update: true}}}
	for name, end := range map[string]func(w *world, item string){
		"item": func(w *world, item string) {
			require.NoError(t, w.box.Delete(item))
			w.sync()
		},
		"record": func(w *world, item string) {
			require.NoError(t, w.tenant.Delete("c1"))
			w.sync()
		},
		"unnamed": func(w *world, item string) {
			c, err := w.state.Connection(w.ctx, w.conn.ID)
			require.NoError(t, err)
			require.NoError(t, w.box.Delete(item))
			lease, err := w.state.Acquire(w.ctx, w.conn.ID, "another", w.now, time.Minute)
			require.NoError(t, err)
			c.Progress.Cursor = [2]contactsync.Cursor{}
			require.NoError(t, w.state.Save(w.ctx, lease, contactsync.Batch{Connection: &c, Release: true}))
			w.sync()
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, item := household(t, apart)
			w.reject(w.only().ID)
			w.sync()
			links, err := w.state.Links(w.ctx, w.conn.ID, "", 10)
			require.NoError(t, err)
			require.Len(t, links, 1)

			end(w, item)

			links, err = w.state.Links(w.ctx, w.conn.ID, "", 10)
			require.NoError(t, err)
			assert.Empty(t, links)
			w.settled()
		})
	}
}

// B3, B8: an answer that comes after a plan was made is not in it, and is not used up when the plan is carried out.
func TestPlanMadeBeforeTheAnswer(t *testing.T) {
	w, item := household(t, twoWay())
	p, err := w.engine.Plan(w.ctx, w.conn.ID)
	require.NoError(t, err)
	w.accept(w.only().ID)

	r, err := w.engine.Apply(w.ctx, p)
	require.NoError(t, err)
	assert.Zero(t, r.Wrote())
	w.sync()

	assert.Equal(t, item, w.outlookID("c1"))
	w.settled()
}

// B8: a run for some records takes an answer in as any run does.
func TestIdentityInARunForSomeRecords(t *testing.T) {
	for _, answer := range []string{"accept", "reject"} {
		w, item := household(t, twoWay())
		if answer == "accept" {
			w.accept(w.only().ID)
		} else {
			w.reject(w.only().ID)
		}

		_, err := w.engine.SyncRecords(w.ctx, w.conn.ID, nil)
		require.NoError(t, err)

		if answer == "accept" {
			assert.Equal(t, item, w.outlookID("c1"))
		} else {
			assert.Len(t, w.crmSide("firstName"), 2)
			assert.Len(t, w.outlookSide("givenName"), 2)
		}
		assert.NotContains(t, w.problems(), "doubtfulMatch ")
		w.settled()
	}
}

// B3, B8: a plan shows what an answer leads to, and takes nothing away from the run that acts on it.
func TestPlanOfAnAnswer(t *testing.T) {
	w, item := household(t, twoWay())
	w.accept(w.only().ID)

	p, err := w.engine.Plan(w.ctx, w.conn.ID)
	require.NoError(t, err)
	require.NotEmpty(t, p.Actions)
	assert.Equal(t, [2]string{"c1", item}, p.Actions[0].IDs)
	r, err := w.engine.Apply(w.ctx, p)
	require.NoError(t, err)

	assert.Equal(t, 1, r.Matched)
	assert.Equal(t, item, w.outlookID("c1"))
	w.settled()
}

// B5: a guard that halts the run of an answer eats no answer: the run after it is let go on acts on it.
func TestHaltKeepsTheAnswer(t *testing.T) {
	s := twoWay()
	s.Guards.Creates = contactsync.Limit{Percent: 0.1, Floor: 1}
	s.Guards.ApproveFirstRun = 0
	w, _ := household(t, s)
	w.reject(w.only().ID)
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	r := w.sync()
	require.Equal(t, contactsync.Halted, r.Status)
	require.NoError(t, w.engine.Resume(w.ctx, w.conn.ID, *r.Halt, contactsync.AnswerGoOn))
	for range 3 {
		if r = w.sync(); r.Status == contactsync.Halted {
			require.NoError(t, w.engine.Resume(w.ctx, w.conn.ID, *r.Halt, contactsync.AnswerGoOn))
		}
	}

	assert.Empty(t, w.problems())
	assert.Len(t, w.crmSide("firstName"), 3)
	w.settled()
}

// B8: an answer that comes while a side cannot tell about the record is not lost: two people are told apart at once, and one person is
// linked when the side can tell again.
func TestIdentityWhileASideCannotTell(t *testing.T) {
	for _, answer := range []string{"accept", "reject"} {
		for side, name := range [...]string{"CRM", "Outlook"} {
			t.Run(answer+" "+name, func(t *testing.T) {
				w, vague := newVague(t, twoWay(), record.Side(side))
				w.put("c1", "firstName=Kees", "lastName=Jansen", "mobile=0612345678")
				w.addOutlook("givenName=Tineke", "surname=de Vries", "mobilePhone=+31612345678")
				w.sync()
				want := 1
				if answer == "accept" {
					w.accept(w.only().ID)
				} else {
					w.reject(w.only().ID)
					want = 2
				}

				*vague = true
				w.sync()
				*vague = false
				w.now = w.now.Add(time.Hour)
				for range 2 {
					w.sync()
				}

				assert.NotContains(t, w.problems(), "doubtfulMatch ")
				assert.Len(t, w.crmSide("firstName"), want)
				assert.Len(t, w.outlookSide("givenName"), want)
				w.settled()
			})
		}
	}
}
