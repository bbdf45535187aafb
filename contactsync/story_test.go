package contactsync_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// F2, G4: the first run copies what is missing on either side, and the second writes nothing.
func TestFirstRunBothWays(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "mobile=06-12345678")
	w.addOutlook("givenName=Alan", "surname=Turing", "emailAddresses=alan@example.org")

	r := w.sync()

	assert.Equal(t, contactsync.Counts{Created: 2}, r.Counts[record.Outlook])
	assert.Equal(t, contactsync.Counts{Created: 1}, r.Counts[record.CRM])
	assert.Empty(t, r.Problems)
	assert.Equal(t, 3, r.Linked)
	want := []string{"Ada, Lovelace", "Alan, Turing", "Grace, Hopper"}
	assert.Equal(t, want, w.crmSide("firstName", "lastName"))
	assert.Equal(t, want, w.outlookSide("givenName", "surname"))
	w.settled()
}

// M1, M2, C2: who is there already is linked, not doubled; empty fields are filled and nothing is blanked.
func TestFirstMeeting(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ADA@example.com", "company=Analytical Engines")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@EXAMPLE.com", "jobTitle=Countess", "mobilePhone=+31612345678")

	r := w.sync()

	assert.Equal(t, 1, r.Matched)
	assert.Equal(t, []string{"ADA@example.com, Analytical Engines, Countess, +31612345678"}, w.crmSide("emails", "company", "jobTitle", "mobile"))
	assert.Equal(t, []string{"ada@EXAMPLE.com, Analytical Engines, Countess"}, w.outlookSide("emailAddresses", "companyName", "jobTitle"))
	w.settled()
}

// B1: edits of different fields of one person on both sides both arrive.
func TestEditsOfDifferentFieldsMerge(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	w.editOutlook(w.outlookID("c1"), "mobilePhone=06 1234 5678")

	r := w.sync()

	assert.Equal(t, 1, r.Counts[record.Outlook].Updated)
	assert.Equal(t, 1, r.Counts[record.CRM].Updated)
	assert.Equal(t, []string{"Analyst, 06 1234 5678"}, w.crmSide("jobTitle", "mobile"))
	assert.Equal(t, []string{"Analyst, 06 1234 5678"}, w.outlookSide("jobTitle", "mobilePhone"))
	w.settled()
}

// C1: the same field changed on both sides is asked about; the rest flows; the answer is carried out.
func TestConflictIsAskedAndDecided(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst", "company=Engines")
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")

	r := w.sync()

	require.Len(t, r.Problems, 1)
	assert.Equal(t, contactsync.CodeConflict, r.Problems[0].Code)
	assert.Equal(t, "Job title", r.Problems[0].Field)
	assert.Equal(t, []string{"Countess, Engines"}, w.outlookSide("jobTitle", "companyName"))
	assert.Equal(t, []string{"Analyst, Engines"}, w.crmSide("jobTitle", "company"))
	w.settled()
	assert.Equal(t, []string{"conflict title"}, w.problems())

	require.NoError(t, w.engine.Decide(w.ctx, w.conn.ID, r.Problems[0].ID, record.Outlook))
	w.sync()

	assert.Equal(t, []string{"Countess"}, w.crmSide("jobTitle"))
	assert.Empty(t, w.problems())
	w.settled()
}

// A decision about what is no longer there is refused, and the question stays.
func TestStaleDecisionIsRefused(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editCRM("c1", "jobTitle=Analyst")
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	r := w.sync()
	require.NoError(t, w.engine.Decide(w.ctx, w.conn.ID, r.Problems[0].ID, record.Outlook))
	w.editOutlook(w.outlookID("c1"), "jobTitle=Baroness")

	w.sync()

	assert.Equal(t, []string{"Analyst"}, w.crmSide("jobTitle"))
	assert.Equal(t, []string{"Baroness"}, w.outlookSide("jobTitle"))
	assert.Equal(t, []string{"conflict title"}, w.problems())
}

// X1: by default a delete goes nowhere; the copies stay, nothing comes back and nothing is doubled.
func TestDeletesDetachByDefault(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	require.NoError(t, w.tenant.Delete("c1"))
	require.NoError(t, w.box.Delete(w.outlookID("c2")))

	r := w.sync()

	assert.Zero(t, r.Wrote())
	assert.Equal(t, []string{"Grace"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	w.settled()
	w.editCRM("c2", "company=Navy")
	w.settled()
}

// X2, X3: propagated deletes.
func TestDeletesPropagate(t *testing.T) {
	s := twoWay()
	s.Flow = contactsync.Flow{ToOutlook: &contactsync.Ops{Create: true, Update: true, Delete: true}, ToCRM: &contactsync.Ops{Create: true, Update: true, Delete: true}}
	s.Deleted = contactsync.OnDelete{InCRM: contactsync.Propagate, InOutlook: contactsync.Propagate}
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.put("c3", "firstName=Alan", "lastName=Turing", "emails=alan@example.com")
	w.sync()
	require.NoError(t, w.tenant.Delete("c1"))
	require.NoError(t, w.box.Delete(w.outlookID("c2")))

	r := w.sync()

	assert.Equal(t, 1, r.Counts[record.Outlook].Deleted)
	assert.Equal(t, 1, r.Counts[record.CRM].Deleted)
	assert.Equal(t, []string{"Alan"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Alan"}, w.outlookSide("givenName"))
	w.settled()
}

// X4: deleted in Outlook, the CRM record stays and comes back at its next change.
func TestUnlinkedComesBack(t *testing.T) {
	s := twoWay()
	s.Deleted = contactsync.OnDelete{InOutlook: contactsync.Unlink}
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	w.sync()
	assert.Empty(t, w.outlookSide("givenName"))
	w.settled()

	w.editCRM("c1", "company=Engines")
	w.sync()

	assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
	w.settled()
}

// An edit outlives a delete made on the other side before it was synced.
func TestEditSurvivesDelete(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	w.editCRM("c1", "company=Engines")
	w.editOutlook(w.outlookID("c2"), "companyName=Navy")
	require.NoError(t, w.tenant.Delete("c2"))

	w.sync()

	assert.Equal(t, []string{"Ada, Engines", "Grace, Navy"}, w.outlookSide("givenName", "companyName"))
	assert.Equal(t, []string{"Ada, Engines", "Grace, Navy"}, w.crmSide("firstName", "company"))
	w.settled()
}

// B4: a run that would delete too much stops before it writes anything, says why, and goes on when a person says so.
func TestGuardHaltsAndResumes(t *testing.T) {
	s := twoWay()
	s.Flow.ToOutlook = &contactsync.Ops{Create: true, Update: true, Delete: true}
	s.Deleted.InCRM = contactsync.Propagate
	w := newWorld(t, s)
	for i := range 20 {
		w.put(id("c", i), "firstName=F"+id("", i), "lastName=L"+id("", i), "emails="+id("p", i)+"@example.com")
	}
	w.sync()
	for i := range 10 {
		require.NoError(t, w.tenant.Delete(id("c", i)))
	}

	r := w.sync()

	assert.Equal(t, contactsync.Halted, r.Status)
	require.NotNil(t, r.Halt)
	assert.Equal(t, 10, r.Halt.Count)
	assert.Equal(t, 20, r.Halt.Of)
	assert.Len(t, w.outlookSide("givenName"), 20)
	assert.Equal(t, contactsync.Halted, w.sync().Status)

	require.NoError(t, w.answer(contactsync.AnswerGoOn))
	r = w.sync()
	assert.Equal(t, 10, r.Counts[record.Outlook].Deleted)
	w.settled()
}

func id(prefix string, i int) string { return prefix + string(rune('a'+i/10)) + string(rune('0'+i%10)) }

// B3: a plan lists what a run would do, and writes nothing; applied, it does just that.
func TestPlanAndApply(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "company=Navy")
	w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com", "jobTitle=Admiral")

	p, err := w.engine.Plan(w.ctx, w.conn.ID)

	require.NoError(t, err)
	assert.Equal(t, contactsync.PlanCounts{Create: 1, Update: 1}, p.Counts(record.Outlook))
	assert.Equal(t, contactsync.PlanCounts{Update: 1}, p.Counts(record.CRM))
	assert.Equal(t, 1, p.Matched)
	assert.Len(t, w.outlookSide("givenName"), 1)

	w.put("c3", "firstName=Alan", "lastName=Turing", "emails=alan@example.com") // after the plan: left to the next run
	r, err := w.engine.Apply(w.ctx, p)
	require.NoError(t, err)
	assert.Equal(t, 3, r.Wrote())
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	w.sync()
	assert.Equal(t, []string{"Ada", "Alan", "Grace"}, w.outlookSide("givenName"))
	w.settled()
}

// G2: a host that knows what changed syncs just that.
func TestSyncRecords(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	w.editCRM("c1", "company=Engines")
	w.editCRM("c2", "company=Navy")

	r, err := w.engine.SyncRecords(w.ctx, w.conn.ID, []string{"c1"})

	require.NoError(t, err)
	assert.Equal(t, 1, r.Wrote())
	assert.Equal(t, []string{"Ada, Engines", "Grace, "}, w.outlookSide("givenName", "companyName"))
	w.sync()
	assert.Equal(t, []string{"Ada, Engines", "Grace, Navy"}, w.outlookSide("givenName", "companyName"))
}

// B21: private items stay out of the CRM.
func TestPrivateStaysOut(t *testing.T) {
	w := newWorld(t, twoWay())
	secret := w.addOutlook("givenName=Secret", "surname=Friend", "emailAddresses=secret@example.com")
	require.NoError(t, w.box.SetPrivate(secret, true))
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	shared := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "personalNotes=only for me")
	require.NoError(t, w.box.SetPrivate(shared, true))

	w.sync()

	assert.Equal(t, []string{"Ada, "}, w.crmSide("firstName", "notes"))
	assert.Len(t, w.outlookSide("givenName"), 2)
	w.settled()
}

// COMPLAINTS 24: a merge in the CRM keeps the tie.
func TestMergeInCRMFollowsSurvivor(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	w.put("c9", "firstName=Ada", "lastName=King", "emails=king@example.com", "company=Engines")
	require.NoError(t, w.tenant.Merge("c1", "c9"))

	w.sync()

	assert.Equal(t, []string{"Ada, King, Engines"}, w.outlookSide("givenName", "surname", "companyName"))
	w.settled()
}

// B7, B20: a CRM record that was hidden from the user rests, and takes part again when it is shown again.
func TestHiddenRecordComesBack(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	item := w.outlookID("c1")
	require.NoError(t, w.tenant.Hide("c1", "u1"))
	w.sync()
	w.editOutlook(item, "companyName=Engines")
	w.settled()
	assert.Len(t, w.outlookSide("givenName"), 1)

	require.NoError(t, w.tenant.Unhide("c1", "u1"))
	w.sync()

	assert.Equal(t, []string{"Ada, Engines"}, w.crmSide("firstName", "company"))
	assert.Empty(t, w.problems())
	w.settled()
}

// B20: a colleague's record is recognised already by the first run, reported, and not doubled.
func TestStrangerIsReportedByTheFirstRun(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	require.NoError(t, w.tenant.Hide("c1", "u1"))
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")

	r := w.sync()

	require.Len(t, r.Problems, 1)
	assert.Equal(t, contactsync.CodeStrangerMatch, r.Problems[0].Code)
	assert.Zero(t, r.Wrote())
	w.settled()
}

// M2, C2: at a first meeting what only adds is filled without a question: another address, and nobody's is lost.
func TestFirstMeetingFillsLists(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com|ada@example.org")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ADA@example.com")
	w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.org|grace@example.com")

	r := w.sync()

	assert.Empty(t, r.Problems)
	assert.Equal(t, []string{"Ada, ADA@example.com|ada@example.org", "Grace, grace@example.org|grace@example.com"}, w.outlookSide("givenName", "emailAddresses"))
	crm := w.crmSide("firstName", "emails")
	assert.Equal(t, "Ada, ada@example.com|ada@example.org", crm[0])
	assert.Contains(t, crm[1], "grace@example.org")
	w.settled()
}

// B4: what a person lets pass is the guard that halted, on its side: it covers no deletes when changes were halted.
func TestResumeCoversOnlyItsGuard(t *testing.T) {
	s := twoWay()
	s.Flow.ToCRM = &contactsync.Ops{Create: true, Update: true, Delete: true}
	s.Deleted.InOutlook = contactsync.Propagate
	s.Guards.Changes = contactsync.Limit{Percent: 10, Floor: 5}
	w := newWorld(t, s)
	for i := range 40 {
		w.put(id("c", i), "firstName=F"+id("", i), "lastName=L"+id("", i), "emails="+id("p", i)+"@example.com")
	}
	w.sync()
	for i := range 20 {
		w.editCRM(id("c", i), "company=Navy")
	}
	r := w.sync()
	require.NotNil(t, r.Halt)
	require.Equal(t, contactsync.GuardChanges, r.Halt.Guard)
	require.NoError(t, w.answer(contactsync.AnswerGoOn))
	for i := 20; i < 30; i++ {
		require.NoError(t, w.box.Delete(w.outlookID(id("c", i))))
	}

	r = w.sync()

	require.NotNil(t, r.Halt)
	assert.Equal(t, contactsync.GuardDeletes, r.Halt.Guard)
	assert.Equal(t, record.CRM, r.Halt.Side)
	assert.Len(t, w.crmSide("firstName"), 40)

	require.NoError(t, w.answer(contactsync.AnswerGoOn))
	r = w.sync() // both were looked at by now
	assert.Nil(t, r.Halt)
	assert.Equal(t, 10, r.Counts[record.CRM].Deleted)
	assert.Equal(t, 20, r.Counts[record.Outlook].Updated)
	w.settled()
}

// B4: a halt does not use up what a person decided meanwhile.
func TestDecisionOutlastsHalt(t *testing.T) {
	s := twoWay()
	s.Flow.ToOutlook = &contactsync.Ops{Create: true, Update: true, Delete: true}
	s.Deleted.InCRM = contactsync.Propagate
	w := newWorld(t, s)
	for i := range 20 {
		w.put(id("c", i), "firstName=F"+id("", i), "lastName=L"+id("", i), "emails="+id("p", i)+"@example.com", "company=Old")
	}
	w.sync()
	w.editCRM("ca0", "company=Navy")
	w.editOutlook(w.outlookID("ca0"), "companyName=Engines")
	w.sync()
	problems, err := w.state.Problems(w.ctx, w.conn.ID)
	require.NoError(t, err)
	require.Len(t, problems, 1)
	require.NoError(t, w.engine.Decide(w.ctx, w.conn.ID, problems[0].ID, record.Outlook))
	for i := 10; i < 20; i++ {
		require.NoError(t, w.tenant.Delete(id("c", i)))
	}
	require.Equal(t, contactsync.Halted, w.sync().Status)
	require.NoError(t, w.answer(contactsync.AnswerGoOn))

	w.sync()

	rec, _ := w.tenant.Record("ca0")
	assert.Equal(t, "Engines", rec.Fields.Text("company"))
	assert.Empty(t, w.problems())
	w.settled()
}

// A change of the region makes the keys of unlinked Outlook items anew: numbers written without a country code meet.
func TestRegionChangedBetweenRuns(t *testing.T) {
	s := twoWay()
	s.Flow.ToCRM = &contactsync.Ops{}
	w := newWorld(t, s)
	w.put("c1", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "mobilePhone=020 7946 0123")
	w.sync()
	w.policy.Region = "GB"
	w.sync()
	w.put("c2", "firstName=Ada", "lastName=Lovelace", "mobile=+44 20 7946 0123")

	w.sync()

	assert.Equal(t, []string{"Ada, 020 7946 0123", "Grace, "}, w.outlookSide("givenName", "mobilePhone"))
	w.settled()
}

// A rule that is changed under its id, to another field or another lens, meets for the first time: what was seen under
// the old one is no base, and nothing is emptied or overwritten by it.
func TestRuleRedefinedBetweenRuns(t *testing.T) {
	rule := func(outlook string, lens mapping.Spec) mapping.Rule {
		return mapping.Rule{ID: "x", CRM: []string{"kind"}, Outlook: []string{outlook}, Lens: lens}
	}
	prefixed := func(prefix string) mapping.Rule {
		return rule("categories", mapping.Spec{Kind: mapping.Set, Prefix: prefix})
	}
	for name, c := range map[string]struct {
		before, after mapping.Rule
		meanwhile     []string // what the item holds beside
		crm, outlook  string   // kind; department, nickName, categories
		problems      []string
	}{
		"to an empty field": {rule("department", mapping.Spec{}), rule("nickName", mapping.Spec{}), nil, "Client", "Client, Client, ", nil},
		"to another's field": {rule("department", mapping.Spec{}), rule("nickName", mapping.Spec{}), []string{"nickName=Al"},
			"Client", "Client, Al, ", []string{"conflict x"}},
		"another prefix": {prefixed("Type: "), prefixed("Kind: "), nil, "Client", ", , Type: Client|Kind: Client", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := twoWay()
			s.Mapping = append(s.Mapping, c.before)
			w := newWorld(t, s)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=Client")
			w.sync()
			if c.meanwhile != nil {
				w.editOutlook(w.outlookID("c1"), c.meanwhile...)
			}
			w.sync()
			w.policy.Mapping[len(w.policy.Mapping)-1] = c.after

			w.sync()

			assert.Equal(t, []string{c.crm}, w.crmSide("kind"))
			assert.Equal(t, []string{c.outlook}, w.outlookSide("department", "nickName", "categories"))
			assert.Equal(t, append([]string{}, c.problems...), w.problems())
			w.settled()
		})
	}
}

// An item that was deleted or moved away, and is put back where it was, is in step again, with what was edited meanwhile.
func TestItemPutBackIsTiedAgain(t *testing.T) {
	for _, how := range []string{"deleted", "moved"} {
		t.Run(how, func(t *testing.T) {
			w := newWorld(t, twoWay())
			other := w.box.AddFolder(record.Contact, "Other").ID
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.sync()
			item := w.outlookID("c1")
			if how == "deleted" {
				require.NoError(t, w.box.Delete(item))
			} else {
				require.NoError(t, w.box.Move(item, other))
			}
			w.sync()
			w.editCRM("c1", "company=Navy")
			w.sync()
			require.NoError(t, w.box.Move(item, w.folder))
			w.editOutlook(item, "jobTitle=Countess")

			w.sync()

			assert.Equal(t, []string{"Ada, Navy, Countess"}, w.outlookSide("givenName", "companyName", "jobTitle"))
			assert.Equal(t, []string{"Ada, Navy, Countess"}, w.crmSide("firstName", "company", "jobTitle"))
			assert.Empty(t, w.problems())
			w.settled()
		})
	}
}

// A connection stays with its folder and mailbox: in another all its links would look removed.
func TestConnectionKeepsItsFolder(t *testing.T) {
	w := newWorld(t, twoWay())
	other := w.box.AddFolder(record.Contact, "Other").ID
	bob := contactsync.Mailbox{Account: "a-bob", User: "bob@example.com"}
	w.outlook.Mailbox(bob)
	for field, change := range map[string]func(*contactsync.Connection){
		"Folder":  func(c *contactsync.Connection) { c.Folder = "Other" },
		"Mailbox": func(c *contactsync.Connection) { c.Mailbox, c.Folder = bob, "" },
		"User":    func(c *contactsync.Connection) { c.User = "u2" },
		"Tenant":  func(c *contactsync.Connection) { c.Tenant = "other" },
	} {
		c := w.conn
		change(&c)
		_, err := w.engine.Connect(w.ctx, c)
		var invalid *contactsync.InvalidError
		require.ErrorAs(t, err, &invalid)
		assert.Equal(t, field, invalid.Field)
	}
	kept, err := w.state.Connection(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, w.conn, kept)

	c := w.conn
	c.ID, c.Folder = "", "Other"
	second, err := w.engine.Connect(w.ctx, c)
	require.NoError(t, err)
	assert.Equal(t, other, second.Folder)
	assert.NotEqual(t, w.conn.ID, second.ID)

	c = w.conn
	c.Inactive, c.Mailbox.Account = true, "linked anew"
	w.outlook.Mailbox(c.Mailbox)
	c.Folder = w.folder
	off, err := w.engine.Connect(w.ctx, c)
	require.NoError(t, err)
	assert.True(t, off.Inactive)
	assert.Equal(t, "linked anew", off.Mailbox.Account)
}

// SyncRecords looks at the records that are named, and leaves the caller's list as it is.
func TestSyncRecordsOfAList(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.put("c3", "firstName=Mary", "lastName=Somerville", "emails=mary@example.com")
	ids := []string{"c2", "c1", "c2"}

	r, err := w.engine.SyncRecords(w.ctx, w.conn.ID, ids)

	require.NoError(t, err)
	assert.Equal(t, 1, r.Counts[record.Outlook].Created)
	assert.Equal(t, []string{"c2", "c1", "c2"}, ids)
	r, err = w.engine.SyncRecords(w.ctx, w.conn.ID, nil)
	require.NoError(t, err)
	assert.Zero(t, r.Wrote())
}

// fieldTimed is a Store that knows when each field was changed.
type fieldTimed struct {
	contactsync.Store
	at map[string]time.Time
}

func (f fieldTimed) FieldTimes(_ context.Context, _ contactsync.Scope, _ string, fields []string) (map[string]time.Time, error) {
	times := map[string]time.Time{}
	for _, name := range fields {
		if t, ok := f.at[name]; ok {
			times[name] = t
		}
	}
	return times, nil
}

// C1: "newest" goes by the field's own time where the CRM knows it, not by a later change of another field.
func TestNewestByField(t *testing.T) {
	s := twoWay()
	s.Conflict = mapping.Newest
	at := map[string]time.Time{}
	w := newWorld(t, s, func(c *contactsync.Config) { c.Store = fieldTimed{c.Store, at} })
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.now = w.now.Add(time.Hour)
	w.editCRM("c1", "jobTitle=Analyst")
	at["jobTitle"] = w.now
	w.now = w.now.Add(time.Hour)
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	w.now = w.now.Add(time.Hour)
	w.editCRM("c1", "company=Engines")
	at["company"] = w.now

	w.sync()

	assert.Equal(t, []string{"Countess, Engines"}, w.crmSide("jobTitle", "company"))
	assert.Equal(t, []string{"Countess, Engines"}, w.outlookSide("jobTitle", "companyName"))
	w.settled()
}
