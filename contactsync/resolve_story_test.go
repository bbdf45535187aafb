package contactsync_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

const longTitle = "a title of more than sixty characters, which the CRM cannot hold at all"

func corrected(pairs ...string) contactsync.Correction {
	return contactsync.Correction{Set: crmFields(pairs...)}
}

// tooLong is a world in which a title typed in Outlook does not fit the CRM.
func tooLong(t *testing.T, s contactsync.Settings, with ...func(*contactsync.Config)) *world {
	w := newWorld(t, s, with...)
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "jobTitle=Poet", "company=Engines")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "jobTitle="+longTitle)
	w.sync()
	require.Equal(t, []string{"invalidValue title"}, w.problems())
	return w
}

func (w *world) resolve(problem string, c contactsync.Correction) contactsync.Report {
	w.t.Helper()
	r, err := w.me().Resolve(w.ctx, problem, c)
	require.NoError(w.t, err)
	return r
}

// L4: the corrected field is written straight to the CRM, the record is brought in step at once, and it is off the list.
func TestResolveInvalidValue(t *testing.T) {
	w := tooLong(t, twoWay())

	r := w.resolve(w.only().ID, corrected("jobTitle=Countess"))

	assert.Equal(t, contactsync.Idle, r.Status)
	assert.Equal(t, contactsync.Counts{Updated: 1}, r.Counts[record.Outlook])
	assert.Equal(t, 1, r.Closed)
	assert.Equal(t, []string{"Ada, Countess, Engines"}, w.crmSide("firstName", "jobTitle", "company"))
	assert.Equal(t, []string{"Ada, Countess, Engines"}, w.outlookSide("givenName", "jobTitle", "companyName"))
	assert.Empty(t, w.myProblems(contactsync.ProblemFilter{}).Rows)
	assert.Equal(t, contactsync.Synced, w.labels(w.me(), "c1")["c1"])
	w.settled()
}

// L4: keeping what the CRM had is a correction too.
func TestResolveWithWhatTheCRMHas(t *testing.T) {
	w := tooLong(t, twoWay())
	before, _ := w.tenant.Record("c1")

	w.resolve(w.only().ID, corrected("jobTitle=Poet"))

	after, _ := w.tenant.Record("c1")
	assert.Equal(t, before.Version, after.Version, "nothing had to be written")
	assert.Equal(t, []string{"Poet"}, w.crmSide("jobTitle"))
	assert.Equal(t, []string{"Poet"}, w.outlookSide("jobTitle"))
	assert.Empty(t, w.problems())
	w.settled()
}

// L4, C1: whatever the settings say of conflicts, the correction counts, and what else was edited flows.
func TestResolveCountsWhoeverWins(t *testing.T) {
	s := twoWay()
	s.Conflict = "outlook"
	w := tooLong(t, s)
	w.editOutlook(w.outlookID("c1"), "companyName=Looms")

	w.resolve(w.only().ID, corrected("jobTitle=Countess"))
	w.sync()

	assert.Equal(t, []string{"Countess, Looms"}, w.crmSide("jobTitle", "company"))
	assert.Equal(t, []string{"Countess, Looms"}, w.outlookSide("jobTitle", "companyName"))
	w.settled()
}

// L4, M1: a record without a key gets one, and is made in Outlook.
func TestResolveNoKey(t *testing.T) {
	s := twoWay()
	s.Match.RequireKey = true
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada")
	w.sync()
	require.Equal(t, []string{"noKey "}, w.problems())

	w.resolve(w.only().ID, corrected("emails=ada@example.com"))
	w.sync()

	assert.Equal(t, []string{"Ada, ada@example.com"}, w.outlookSide("givenName", "emailAddresses"))
	assert.Empty(t, w.problems())
	w.settled()
}

// L4, B8: a doubtful match that the user makes clear by a correction needs no other answer.
func TestResolveDoubtfulMatch(t *testing.T) {
	w, item := household(t, twoWay())

	w.resolve(w.only().ID, corrected("firstName=Tineke", "lastName=de Vries"))

	assert.Equal(t, item, w.outlookID("c1"))
	assert.Equal(t, []string{"Tineke, Baker"}, w.crmSide("firstName", "jobTitle"))
	assert.Empty(t, w.problems())
	w.settled()
}

// inConflict is a world with a record whose title and company were edited on both sides.
func inConflict(t *testing.T) (w *world, title contactsync.Problem) {
	w = newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "jobTitle=Poet", "company=Engines")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess", "companyName=Looms")
	w.editCRM("c1", "jobTitle=Analyst", "company=Cards", "notes=met in May")
	w.sync()
	require.Equal(t, []string{"conflict company", "conflict title"}, w.problems())
	for _, p := range w.myProblems(contactsync.ProblemFilter{}).Rows[0].Problems {
		if p.Rule == "title" {
			title = p
		}
	}
	return w, title
}

// C1, B1: a third value counts on both sides, for its field alone; the rest flowed meanwhile, and the other field still waits.
func TestThirdValue(t *testing.T) {
	w, title := inConflict(t)
	assert.Equal(t, []string{"met in May"}, w.outlookSide("personalNotes"))

	w.resolve(title.ID, corrected("jobTitle=Mathematician"))

	assert.Equal(t, []string{"Mathematician, Cards"}, w.crmSide("jobTitle", "company"))
	assert.Equal(t, []string{"Mathematician, Looms"}, w.outlookSide("jobTitle", "companyName"))
	assert.Equal(t, []string{"conflict company"}, w.problems())
	w.settled()
	require.NoError(t, w.me().Decide(w.ctx, w.only().ID, record.Outlook))
	w.sync()
	assert.Equal(t, []string{"Mathematician, Looms"}, w.crmSide("jobTitle", "company"))
	assert.Empty(t, w.problems())
	w.settled()
}

// C1: a third value is refused after either side moved, and nothing is written.
func TestThirdValueIsStale(t *testing.T) {
	for _, side := range []string{"crm", "outlook"} {
		w, title := inConflict(t)
		if side == "crm" {
			w.editCRM("c1", "jobTitle=Writer")
		} else {
			w.editOutlook(w.outlookID("c1"), "jobTitle=Writer")
		}
		crm, outlook := w.crmSide("jobTitle"), w.outlookSide("jobTitle")

		_, err := w.me().Resolve(w.ctx, title.ID, corrected("jobTitle=Mathematician"))

		require.ErrorIs(t, err, contactsync.ErrStale, side)
		assert.Equal(t, crm, w.crmSide("jobTitle"))
		assert.Equal(t, outlook, w.outlookSide("jobTitle"))
		w.sync()
		assert.Contains(t, w.problems(), "conflict title")
	}
}

// L4: an edit that reaches Outlook between the correction and its run is not overwritten: the question is asked anew.
func TestThirdValueMeetsALateEdit(t *testing.T) {
	w, title := inConflict(t)
	inner := w.cfg.Store
	late := true
	w.cfg.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{
		Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			if late {
				late = false
				w.editOutlook(w.outlookID("c1"), "jobTitle=Writer")
			}
			return inner.Apply(ctx, sc, writes)
		},
	})
	w.restart()

	w.resolve(title.ID, corrected("jobTitle=Mathematician"))

	assert.Equal(t, []string{"Mathematician"}, w.crmSide("jobTitle"))
	assert.Equal(t, []string{"Writer"}, w.outlookSide("jobTitle"))
	assert.Contains(t, w.problems(), "conflict title")
	w.settled()
}

// L4, bad input: what is still invalid, unknown, not writable or not asked for is refused before anything is written, and names
// the field.
func TestResolveBadInput(t *testing.T) {
	w := tooLong(t, twoWay())
	id := w.only().ID
	for name, tt := range map[string]struct {
		c     contactsync.Correction
		field string
	}{
		"too long":          {corrected("jobTitle=" + longTitle), "jobTitle"},
		"a good one beside": {corrected("company=Looms", "jobTitle="+longTitle), "jobTitle"},
		"no date":           {corrected("birthday=some day"), "birthday"},
		"nothing":           {contactsync.Correction{}, "set"},
		"unknown field":     {contactsync.Correction{Set: outlookFields("nickName=Ada")}, "nickName"},
	} {
		t.Run(name, func(t *testing.T) {
			var invalid *contactsync.InvalidError
			_, err := w.me().Resolve(w.ctx, id, tt.c)
			require.ErrorAs(t, err, &invalid)
			assert.Equal(t, tt.field, invalid.Field)
			assert.NotContains(t, err.Error(), longTitle)
		})
	}
	assert.Equal(t, []string{"Poet, Engines"}, w.crmSide("jobTitle", "company"))
	assert.Equal(t, id, w.only().ID)

	_, err := w.engine.User("acme", "u2").Resolve(w.ctx, id, corrected("jobTitle=Countess"))
	require.ErrorIs(t, err, contactsync.ErrNotFound)
	_, err = w.me().Resolve(w.ctx, "no such problem", corrected("jobTitle=Countess"))
	require.ErrorIs(t, err, contactsync.ErrNotFound)

	w, title := inConflict(t)
	var invalid *contactsync.InvalidError
	_, err = w.me().Resolve(w.ctx, title.ID, corrected("jobTitle=Mathematician", "company=Looms"))
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "company", invalid.Field)
	assert.Equal(t, []string{"Analyst, Cards"}, w.crmSide("jobTitle", "company"))
}

// L4: read-only fields of the CRM are not written by anybody.
func TestResolveReadOnlyField(t *testing.T) {
	readOnly := must(record.NewSchema(record.Contact, append(person.Fields(), record.Field{Name: "score", ReadOnly: true})...))
	w := tooLong(t, twoWay(), func(c *contactsync.Config) {
		c.CRM = map[record.Kind]*record.Schema{record.Contact: readOnly}
	})
	var invalid *contactsync.InvalidError
	_, err := w.me().Resolve(w.ctx, w.only().ID, contactsync.Correction{Set: readOnly.Build().Set("score", "7").Fields()})
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "score", invalid.Field)
}

// L4: a correction that Outlook could not hold would be the next problem.
func TestResolveThatDoesNotFitOutlook(t *testing.T) {
	fields := slices.Clone(record.OutlookContact.Fields())
	at := slices.IndexFunc(fields, func(f record.Field) bool { return f.Name == "companyName" })
	fields[at].MaxLen = 10
	short := must(record.NewSchema(record.Contact, fields...))
	outlook := memstore.NewDirectory(short)
	outlook.Mailbox(ada)
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		outlook.Now, c.Directory = c.Now, outlook
		c.OutlookSchema = map[record.Kind]*record.Schema{record.Contact: short}
	})
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "company=Analytical Engines")
	w.sync()
	require.Equal(t, []string{"invalidValue company"}, w.problems())
	id := w.only().ID

	var invalid *contactsync.InvalidError
	_, err := w.me().Resolve(w.ctx, id, corrected("notes=met in May", "company=Difference Engines"))
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "company", invalid.Field)
	assert.Equal(t, `for "Company" in Outlook it has 18 characters, at most 10 fit`, invalid.Reason)
	assert.Equal(t, []string{"Analytical Engines, "}, w.crmSide("company", "notes"))

	w.resolve(id, corrected("company=Engines"))
	assert.Equal(t, []string{"Engines"}, show(outlook.Mailbox(ada).Items(record.Contact, w.folder), []string{"companyName"}))
	assert.Empty(t, w.problems())
	w.settled()
}

// L4: the form was filled in from a version that somebody has changed since.
func TestResolveStaleVersion(t *testing.T) {
	w := tooLong(t, twoWay())
	seen, _ := w.tenant.Record("c1")
	w.editCRM("c1", "company=Looms")
	c := corrected("jobTitle=Countess")
	c.Version = seen.Version

	_, err := w.me().Resolve(w.ctx, w.only().ID, c)
	require.ErrorIs(t, err, contactsync.ErrStale)
	assert.Equal(t, []string{"Poet"}, w.crmSide("jobTitle"))

	seen, _ = w.tenant.Record("c1")
	c.Version = seen.Version
	w.resolve(w.only().ID, c)
	assert.Equal(t, []string{"Countess, Looms"}, w.crmSide("jobTitle", "company"))
	w.sync()
	assert.Equal(t, []string{"Countess, Looms"}, w.outlookSide("jobTitle", "companyName"))
	w.settled()
}

// L4: an edit between the engine's read and its write is not overwritten.
func TestResolveMeetsAnEdit(t *testing.T) {
	w := tooLong(t, twoWay())
	inner := w.cfg.Store
	w.cfg.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{
		Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			w.editCRM("c1", "jobTitle=Writer")
			return inner.Apply(ctx, sc, writes)
		},
	})
	w.restart()

	_, err := w.me().Resolve(w.ctx, w.only().ID, corrected("jobTitle=Countess"))

	require.ErrorIs(t, err, contactsync.ErrStale)
	assert.Equal(t, []string{"Writer"}, w.crmSide("jobTitle"))
}

// L4: what the CRM refuses, what the user may not see, and what is gone are errors of their own, and the problem stays.
func TestResolveRefusedByTheCRM(t *testing.T) {
	for name, tt := range map[string]struct {
		refuse func(w *world) error
		want   error
	}{
		"hidden":  {func(w *world) error { require.NoError(w.t, w.tenant.Hide("c1", "u1")); return nil }, contactsync.ErrDenied},
		"deleted": {func(w *world) error { require.NoError(w.t, w.tenant.Delete("c1")); return nil }, contactsync.ErrNotFound},
		"denied":  {func(*world) error { return contactsync.ErrDenied }, contactsync.ErrDenied},
		"stale":   {func(*world) error { return contactsync.ErrStale }, contactsync.ErrStale},
	} {
		t.Run(name, func(t *testing.T) {
			w := tooLong(t, twoWay())
			id := w.only().ID
			inner := w.cfg.Store
			if err := tt.refuse(w); err != nil {
				w.cfg.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{
					Apply: func(_ context.Context, _ contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
						return []contactsync.Result{{Err: err}}, nil
					},
				})
				w.restart()
			}

			_, err := w.me().Resolve(w.ctx, id, corrected("jobTitle=Countess"))

			require.ErrorIs(t, err, tt.want)
			assert.Equal(t, id, w.only().ID)
		})
	}
}

// L4: a run under way leaves the rest to the next one: the values are in the CRM, and the problem closes then.
func TestResolveWhileARunIsUnderWay(t *testing.T) {
	w := tooLong(t, twoWay())
	lease, err := w.state.Acquire(w.ctx, w.conn.ID, "another", w.now, w.cfg.Lease+60e9)
	require.NoError(t, err)

	_, err = w.me().Resolve(w.ctx, w.only().ID, corrected("jobTitle=Countess"))

	require.ErrorIs(t, err, contactsync.ErrBusy)
	assert.Equal(t, []string{"Countess"}, w.crmSide("jobTitle"))
	require.NoError(t, w.state.Save(w.ctx, lease, contactsync.Batch{Release: true}))
	w.sync()
	assert.Equal(t, []string{"Countess"}, w.outlookSide("jobTitle"))
	assert.Empty(t, w.problems())
	w.settled()
}

// A6, L4: nothing is written where the connection is switched off, and the report says so.
func TestResolveSwitchedOff(t *testing.T) {
	w := tooLong(t, twoWay())
	require.NoError(t, w.engine.Deactivate(w.ctx, w.conn.ID))

	r := w.resolve(w.only().ID, corrected("jobTitle=Countess"))

	assert.Equal(t, contactsync.Off, r.Status)
	assert.NotEmpty(t, r.Reason)
	assert.Equal(t, []string{"Poet"}, w.crmSide("jobTitle"))
}

// L4: an answer that is lost says that nobody knows; resolving again settles it.
func TestResolveAfterALostAnswer(t *testing.T) {
	w := tooLong(t, twoWay())
	inner, lost := w.cfg.Store, true
	w.cfg.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{
		Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			results, err := inner.Apply(ctx, sc, writes)
			if lost {
				lost = false
				return []contactsync.Result{{Err: errors.Join(contactsync.ErrUnconfirmed, errors.New("connection reset"))}}, nil
			}
			return results, err
		},
	})
	w.restart()
	id := w.only().ID

	_, err := w.me().Resolve(w.ctx, id, corrected("jobTitle=Countess"))
	require.ErrorIs(t, err, contactsync.ErrUnconfirmed)
	w.resolve(id, corrected("jobTitle=Countess"))

	assert.Equal(t, []string{"Countess"}, w.outlookSide("jobTitle"))
	assert.Empty(t, w.problems())
	w.settled()
}

// L4: what is no matter of a value is not resolved so.
func TestResolveWhatNoValueSettles(t *testing.T) {
	w := newWorld(t, twoWay())
	w.addOutlook("givenName=Alan", "emailAddresses=alan@example.com", "jobTitle="+longTitle)
	w.sync()
	var invalid *contactsync.InvalidError
	for _, row := range w.myProblems(contactsync.ProblemFilter{}).Rows {
		for _, p := range row.Problems {
			if p.Record[record.CRM] == "" {
				_, err := w.me().Resolve(w.ctx, p.ID, corrected("jobTitle=Countess"))
				require.ErrorAs(t, err, &invalid)
				assert.Equal(t, "problem", invalid.Field)
			}
		}
	}

	w = newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	require.NoError(t, w.tenant.Hide("c1", "u1"))
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	w.sync()
	_, err := w.me().Resolve(w.ctx, w.only().ID, corrected("jobTitle=Countess"))
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "problem", invalid.Field)
}

// M5, L4: an edited company that is no account's is corrected to one that is: the contact is attached to it, no account is renamed, and
// Outlook says so too. A name that is still no account's is refused.
func TestResolveAccount(t *testing.T) {
	w, o := newOffice(t, contactsync.Settings{}, "Acme Ltd", "Globex GmbH")
	w.employ(o, "c1", "Ada", "a1")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "companyName=Nobody knows")
	w.sync()
	p := w.only()
	require.Equal(t, contactsync.CodeNoAccount, p.Code)
	to := func(name string) contactsync.Correction {
		return contactsync.Correction{Set: fieldsOf(employee, []string{"company=" + name})}
	}

	var invalid *contactsync.InvalidError
	_, err := w.me().Resolve(w.ctx, p.ID, to("Nobody either"))
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "company", invalid.Field)
	w.resolve(p.ID, to("Globex"))

	assert.Equal(t, []string{"Ada, a2, Globex GmbH"}, w.crmSide("firstName", "account", "company"))
	assert.Equal(t, []string{"Ada, Globex GmbH"}, w.outlookSide("givenName", "companyName"))
	assert.Equal(t, map[string]string{"a1": "Acme Ltd", "a2": "Globex GmbH"}, o.accounts)
	assert.Empty(t, w.problems())
	w.settled()
}
