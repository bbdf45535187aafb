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
