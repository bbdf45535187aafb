package contactsync_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

func (w *world) explain(side record.Side, id string) contactsync.Explanation {
	w.t.Helper()
	x, err := w.engine.Explain(w.ctx, w.conn.ID, side, id)
	require.NoError(w.t, err)
	assert.NotEmpty(w.t, x.Words)
	return x
}

// remembered is all that the State holds.
func (w *world) remembered() string {
	w.t.Helper()
	var b bytes.Buffer
	_, err := w.state.WriteTo(&b)
	require.NoError(w.t, err)
	return b.String()
}

// mine selects the records of the connection's user that are no supplier's.
func mine() contactsync.Settings {
	s := twoWay()
	s.Saved = map[string]filter.Condition{"mine": filter.And(filter.Equals("owner", filter.User), filter.Not(filter.Equals("kind", "Supplier")))}
	s.Filter = filter.Saved("mine")
	return s
}

// B10: for each way a CRM record can stand, what a person is told and which node, tie or cause is named.
func TestExplainCRMRecords(t *testing.T) {
	all := contactsync.Ops{Create: true, Update: true, Delete: true}
	for name, c := range map[string]struct {
		settings func(*contactsync.Settings)
		story    func(w *world)
		standing contactsync.Standing
		decider  string
		words    string
	}{
		"made in Outlook": {
			story:    func(w *world) { w.sync() },
			standing: contactsync.StandingInSync, decider: "saved(mine).and",
			words: "In step with the Outlook folder: the Outlook contact was made from the CRM's.",
		},
		"matched": {
			story: func(w *world) {
				w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
				w.sync()
			},
			standing: contactsync.StandingInSync, decider: "saved(mine).and",
			words: "In step with the Outlook folder: the two were matched; they share email.",
		},
		"not looked at yet": {
			story:    func(*world) {},
			standing: contactsync.StandingWaiting, decider: "saved(mine).and",
			words: "It has no counterpart in the Outlook folder yet; the next run looks for one and else makes it.",
		},
		"edited since": {
			story: func(w *world) {
				w.sync()
				w.editCRM("c1", "jobTitle=Analyst", "company=Engines")
			},
			standing: contactsync.StandingWaiting, decider: "saved(mine).and",
			words: "Changed since the last run, and looked at by the next: Company, Job title.",
		},
		"differs by rule": {
			settings: func(s *contactsync.Settings) { s.Conflict = mapping.CRMWins },
			story: func(w *world) {
				w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "businessPhones=+44 20 7946 0001|+44 20 7946 0002")
				w.sync()
			},
			standing: contactsync.StandingDiverged, decider: "saved(mine).and",
			words: "In step with the Outlook folder (the two were matched; they share email and phone), and these fields differ for a reason: Work phone (only the first of several goes across).",
		},
		"a question is open": {
			story: func(w *world) {
				w.sync()
				w.editCRM("c1", "jobTitle=Analyst")
				w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
				w.sync()
			},
			standing: contactsync.StandingProblem, decider: "saved(mine).and",
			words: "Job title: ",
		},
		"a colleague's": {
			story:    func(w *world) { w.editCRM("c1", "owner=u2") },
			standing: contactsync.StandingNotSelected, decider: "saved(mine).and[0].equals",
			words: "The filter does not select it because of its Owner.",
		},
		"a supplier's": {
			story:    func(w *world) { w.editCRM("c1", "kind=Supplier") },
			standing: contactsync.StandingNotSelected, decider: "saved(mine).and[1].not.equals",
			words: "The filter does not select it because of its Kind.",
		},
		"left the filter since": {
			story: func(w *world) {
				w.sync()
				w.editCRM("c1", "owner=u2")
			},
			standing: contactsync.StandingWaiting, decider: "saved(mine).and[0].equals",
			words: "The filter does not select it because of its Owner. It was in step until now; the next run acts on that as the settings say.",
		},
		"left the filter": {
			story: func(w *world) {
				w.sync()
				w.editCRM("c1", "owner=u2")
				w.sync()
			},
			standing: contactsync.StandingResting, decider: "saved(mine).and[0].equals",
			words: "Takes no part for the moment: the filter no longer selects it; its copy stays as it is.",
		},
		"its item was deleted": {
			story: func(w *world) {
				w.sync()
				require.NoError(w.t, w.box.Delete(w.outlookID("c1")))
				w.sync()
			},
			standing: contactsync.StandingResting, decider: "saved(mine).and",
			words: "Takes no part for the moment: its Outlook contact was deleted; the CRM record stays.",
		},
		"its item was deleted since": {
			story: func(w *world) {
				w.sync()
				require.NoError(w.t, w.box.Delete(w.outlookID("c1")))
			},
			standing: contactsync.StandingWaiting, decider: "saved(mine).and",
			words: "Its record in the Outlook folder is deleted; the next run acts on that as the settings say.",
		},
		"left the filter, and that is left alone": {
			settings: func(s *contactsync.Settings) { s.Left = contactsync.LeaveAlone },
			story: func(w *world) {
				w.sync()
				w.editCRM("c1", "owner=u2")
				w.sync()
			},
			standing: contactsync.StandingResting, decider: "saved(mine).and[0].equals",
			words: "Takes no part for the moment: the filter no longer selects it; its copy stays as it is.",
		},
		"its item was deleted, and that is left alone": {
			settings: func(s *contactsync.Settings) { s.Deleted.InOutlook = contactsync.LeaveAlone },
			story: func(w *world) {
				w.sync()
				require.NoError(w.t, w.box.Delete(w.outlookID("c1")))
				w.sync()
			},
			standing: contactsync.StandingResting, decider: "saved(mine).and",
			words: "Takes no part for the moment: its Outlook contact was deleted; the CRM record stays.",
		},
		"its item was deleted since, which is left alone": {
			settings: func(s *contactsync.Settings) { s.Deleted.InOutlook = contactsync.LeaveAlone },
			story: func(w *world) {
				w.sync()
				require.NoError(w.t, w.box.Delete(w.outlookID("c1")))
			},
			standing: contactsync.StandingWaiting, decider: "saved(mine).and",
			words: "Its record in the Outlook folder is deleted; the next run acts on that as the settings say.",
		},
		"its item was deleted and left alone, and it was edited since": {
			settings: func(s *contactsync.Settings) { s.Deleted.InOutlook = contactsync.LeaveAlone },
			story: func(w *world) {
				w.sync()
				require.NoError(w.t, w.box.Delete(w.outlookID("c1")))
				w.sync()
				w.editCRM("c1", "firstName=Augusta")
			},
			standing: contactsync.StandingWaiting, decider: "saved(mine).and",
			words: "Its record in the Outlook folder is deleted; the next run acts on that as the settings say.",
		},
		"deleted, and its item is left alone": {
			settings: func(s *contactsync.Settings) { s.Deleted.InCRM = contactsync.LeaveAlone },
			story: func(w *world) {
				w.sync()
				require.NoError(w.t, w.tenant.Delete("c1"))
				w.sync()
			},
			standing: contactsync.StandingResting,
			words:    "Takes no part for the moment: its CRM record was deleted; the Outlook contact stays.",
		},
		"nothing is made in Outlook": {
			settings: func(s *contactsync.Settings) { s.Flow.ToOutlook = &contactsync.Ops{Update: true} },
			story:    func(w *world) { w.sync() },
			standing: contactsync.StandingNotAllowed, decider: "saved(mine).and",
			words: "It has no counterpart in the Outlook folder, and the settings make none there.",
		},
		"the connection is off": {
			settings: func(s *contactsync.Settings) { s.Disabled = true },
			story:    func(*world) {},
			standing: contactsync.StandingWaiting, decider: "saved(mine).and",
			words: "It has no counterpart in the Outlook folder yet; the next run looks for one and else makes it. Nothing happens for the moment: The administrator has switched synchronisation off. Nothing is removed; what changes meanwhile is caught up with later.",
		},
		"deleted": {
			settings: func(s *contactsync.Settings) { s.Flow.ToOutlook, s.Deleted.InCRM = &all, contactsync.Propagate },
			story: func(w *world) {
				w.sync()
				require.NoError(w.t, w.tenant.Delete("c1"))
				w.sync()
			},
			standing: contactsync.StandingGone,
			words:    "It was deleted in the CRM.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := mine()
			if c.settings != nil {
				c.settings(&s)
			}
			w := newWorld(t, s)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "owner=u1")
			c.story(w)
			before := w.remembered()

			x := w.explain(record.CRM, "c1")

			assert.Equal(t, c.standing, x.Standing)
			assert.Equal(t, c.decider, x.Decider)
			if c.standing == contactsync.StandingProblem {
				assert.Contains(t, x.Words, c.words)
			} else {
				assert.Equal(t, c.words, x.Words)
			}
			assert.Equal(t, before, w.remembered(), "it only looks")
		})
	}
}

// B10, B22: rule by rule it says what differs and why, what was edited on which side since, and what waits for a person.
func TestExplainRules(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "companyName=Engines")

	x := w.explain(record.Outlook, w.outlookID("c1"))

	assert.Equal(t, [2]string{"c1", w.outlookID("c1")}, x.Record)
	assert.Equal(t, []match.KeyKind{match.EmailKey}, x.Alike)
	require.Len(t, x.Rules, len(rules()))
	assert.Equal(t, contactsync.RuleStanding{Rule: "company", Field: "Company", Changed: [2]bool{record.Outlook: true}}, x.Rules[2])
	assert.Equal(t, contactsync.RuleStanding{Rule: "title", Field: "Job title", Asked: true}, x.Rules[3])
	assert.Equal(t, contactsync.RuleStanding{Rule: "first", Field: "First name"}, x.Rules[0])
	require.Len(t, x.Problems, 1)
	assert.Equal(t, contactsync.CodeConflict, x.Problems[0].Code)
}

// B10: why an Outlook item is not in the CRM.
func TestExplainOutlookItems(t *testing.T) {
	for name, c := range map[string]struct {
		settings func(*contactsync.Settings)
		item     []string
		standing contactsync.Standing
		words    string
	}{
		"new": {
			nil, []string{"givenName=Ada", "emailAddresses=ada@example.com"}, contactsync.StandingWaiting,
			"It has no counterpart in the CRM yet; the next run looks for one and else makes it.",
		},
		"private": {
			nil, []string{"givenName=Ada", "private=true"}, contactsync.StandingPrivate,
			"It is marked private in Outlook, and private contacts stay out of the CRM.",
		},
		"not in the category": {
			func(s *contactsync.Settings) { s.OutlookFilter = filter.Has("categories", "Customers") },
			[]string{"givenName=Ada"}, contactsync.StandingNotSelected,
			"The filter for Outlook contacts does not select it because of its Categories.",
		},
		"nothing on it": {
			nil, []string{"nickName=Al"}, contactsync.StandingBlank, "It holds nothing yet that the CRM could be told.",
		},
		"nothing is made in the CRM": {
			func(s *contactsync.Settings) { s.Flow.ToCRM = &contactsync.Ops{Update: true} },
			[]string{"givenName=Ada"}, contactsync.StandingNotAllowed,
			"It has no counterpart in the CRM, and the settings make none there.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := twoWay()
			if c.settings != nil {
				c.settings(&s)
			}
			w := newWorld(t, s)

			x := w.explain(record.Outlook, w.addOutlook(c.item...))

			assert.Equal(t, c.standing, x.Standing)
			assert.Equal(t, c.words, x.Words)
		})
	}
}

// B10: an item whose record was deleted is left behind, and says so.
func TestExplainItemLeftBehind(t *testing.T) {
	s := twoWay()
	s.Deleted.InCRM = contactsync.Unlink
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	item := w.outlookID("c1")
	require.NoError(t, w.tenant.Delete("c1"))
	w.sync()

	x := w.explain(record.Outlook, item)

	assert.Equal(t, contactsync.StandingLeftBehind, x.Standing)
}

// A user is told of their own connections only.
func TestExplainIsTheUsersOwn(t *testing.T) {
	w := newWorld(t, mine())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "owner=u1")
	w.sync()

	x, err := w.engine.User("acme", "u1").Explain(w.ctx, w.conn.ID, record.CRM, "c1")
	require.NoError(t, err)
	assert.Equal(t, w.explain(record.CRM, "c1"), x)
	for _, other := range []contactsync.User{w.engine.User("acme", "u2"), w.engine.User("other", "u1")} {
		_, err = other.Explain(w.ctx, w.conn.ID, record.CRM, "c1")
		require.ErrorIs(t, err, contactsync.ErrNotFound)
	}
}

// What cannot be explained is an error that says why.
func TestExplainBadInput(t *testing.T) {
	w := newWorld(t, twoWay())
	_, err := w.engine.Explain(w.ctx, "nobody", record.CRM, "c1")
	require.ErrorIs(t, err, contactsync.ErrNotFound)
	for field, ask := range map[string]func() error{
		"id":   func() error { _, err := w.engine.Explain(w.ctx, w.conn.ID, record.CRM, ""); return err },
		"side": func() error { _, err := w.engine.Explain(w.ctx, w.conn.ID, record.Side(7), "c1"); return err },
	} {
		var invalid *contactsync.InvalidError
		require.ErrorAs(t, ask(), &invalid)
		assert.Equal(t, field, invalid.Field)
	}
	x := w.explain(record.CRM, "never")
	assert.Equal(t, contactsync.StandingGone, x.Standing)
	assert.Equal(t, "The CRM does not know it, or cannot tell.", x.Words)
}
