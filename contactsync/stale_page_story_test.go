package contactsync_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// L4: a page shows a value that could not be carried, and Outlook has another one since, which no run has seen yet: a correction made on
// that page goes over nothing, and the new value goes its own way.
func TestResolveFromAStalePage(t *testing.T) {
	w := tooLong(t, twoWay())
	shown := w.only()
	w.editOutlook(w.outlookID("c1"), "jobTitle=Writer")

	_, err := w.me().Resolve(w.ctx, shown.ID, corrected("jobTitle=Countess"))

	require.ErrorIs(t, err, contactsync.ErrStale)
	assert.Equal(t, []string{"Poet"}, w.crmSide("jobTitle"))
	assert.Equal(t, []string{"Writer"}, w.outlookSide("jobTitle"))
	w.sync()
	assert.Equal(t, []string{"Writer"}, w.crmSide("jobTitle"))
	assert.Empty(t, w.problems())
	w.settled()
}

// L3, L4: what a run has seen since goes on as a question of its own, as old as the first; the page of before answers nothing.
func TestStalePageOfARefusedValue(t *testing.T) {
	for name, refuse := range map[string]func(*testing.T) *world{"too long": func(t *testing.T) *world { return tooLong(t, twoWay()) }, "the CRM says no": pickyCRM, "no account": noAccount} {
		t.Run(name, func(t *testing.T) {
			w := refuse(t)
			shown := w.only()
			for range 3 {
				w.now = w.now.Add(48 * time.Hour)
				w.sync(contactsync.Full())
				assert.Equal(t, shown.ID, w.only().ID, "it shows the same")
			}
			w.editOutlook(w.outlookID("c1"), "givenName=Augusta")
			w.sync()
			assert.Equal(t, shown.ID, w.only().ID, "it is not about this")

			w.editOutlook(w.outlookID("c1"), "jobTitle="+longTitle+" any more", "companyName=Nobody either")
			w.sync()

			now := w.only()
			assert.NotEqual(t, shown.ID, now.ID)
			assert.Equal(t, shown.First, now.First)
			assert.Equal(t, shown.Rule, now.Rule)
			_, err := w.me().Resolve(w.ctx, shown.ID, contactsync.Correction{Set: fieldsOf(w.cfg.CRM["contact"], []string{"firstName=Ada"})})
			require.ErrorIs(t, err, contactsync.ErrStale)
		})
	}
}

// pickyCRM refuses a title by a rule of its own, that no schema tells.
func pickyCRM(t *testing.T) *world {
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		inner := c.Store
		c.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				if i := slices.IndexFunc(writes, func(w contactsync.Write) bool { return len(w.Set.Text("jobTitle")) > 20 }); i >= 0 {
					return slices.Repeat([]contactsync.Result{{Err: &contactsync.InvalidError{Field: "jobTitle", Reason: "is not a title"}}}, len(writes)), nil
				}
				return inner.Apply(ctx, sc, writes)
			},
		})
	})
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "jobTitle="+longTitle[:50])
	w.sync()
	require.Equal(t, []string{"invalidValue title"}, w.problems())
	return w
}

// noAccount is a world in which a company typed in Outlook is no account's.
func noAccount(t *testing.T) *world {
	w, o := newOffice(t, contactsync.Settings{}, "Acme Ltd", "Globex GmbH")
	w.employ(o, "c1", "Ada", "a1")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "companyName=Nobody knows")
	w.sync()
	require.Equal(t, []string{"noAccount company"}, w.problems())
	return w
}

// L4: what was corrected beside the field in question is an edit in the CRM like any other: what Outlook holds of it, and was not shown,
// is not gone over. What another open question of the record showed is.
func TestResolveCorrectsBeside(t *testing.T) {
	w := tooLong(t, twoWay())
	w.editOutlook(w.outlookID("c1"), "companyName=Looms")

	w.resolve(w.only().ID, corrected("jobTitle=Countess", "company=Cards"))

	assert.Equal(t, []string{"Countess, Cards"}, w.crmSide("jobTitle", "company"))
	assert.Equal(t, []string{"Countess, Looms"}, w.outlookSide("jobTitle", "companyName"))
	assert.Equal(t, []string{"conflict company"}, w.problems())

	fields := person.Fields()
	at := slices.IndexFunc(fields, func(f record.Field) bool { return f.Name == "company" })
	fields[at].MaxLen = 10
	short := must(record.NewSchema(record.Contact, fields...))
	crm := memstore.NewStore(short)
	w = newWorld(t, twoWay(), func(c *contactsync.Config) {
		crm.Now, c.Store, c.CRM = c.Now, crm, map[record.Kind]*record.Schema{record.Contact: short}
	})
	w.tenant = crm.Tenant("acme")
	_, err := w.tenant.Put("c1", fieldsOf(short, []string{"firstName=Ada", "emails=ada@example.com", "jobTitle=Poet", "company=Engines"}))
	require.NoError(t, err)
	w.sync()
	w.editOutlook(w.outlookID("c1"), "jobTitle="+longTitle, "companyName=Difference Engines")
	w.sync()
	require.Equal(t, []string{"invalidValue company", "invalidValue title"}, w.problems())

	_, err = w.me().Resolve(w.ctx, w.asked("title").ID, contactsync.Correction{Set: fieldsOf(short, []string{"jobTitle=Countess", "company=Cards"})})

	require.NoError(t, err)
	assert.Equal(t, []string{"Countess, Cards"}, w.crmSide("jobTitle", "company"))
	assert.Equal(t, []string{"Countess, Cards"}, w.outlookSide("jobTitle", "companyName"))
	assert.Empty(t, w.problems())
	w.settled()
}

// M5: a contact that waits for its account is tried again at growing distances, like whatever else is tried again.
func TestHeldContactIsTriedLessAndLess(t *testing.T) {
	w, _ := newOffice(t, contactsync.Settings{}, "Acme Ltd")
	w.addOutlook(card("Grace", "Initech")...)
	var waits []time.Duration
	for range 4 {
		w.sync()
		p := w.only()
		waits = append(waits, p.RetryAt.Sub(w.now))
		w.now = p.RetryAt
	}
	assert.Equal(t, []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute}, waits)
}

// L3: the problem of a value that could not go into a record that was just made is the record's, not only the card's.
func TestProblemOfARecordJustMade(t *testing.T) {
	w := newWorld(t, twoWay())
	w.addOutlook("givenName=Alan", "emailAddresses=alan@example.com", "jobTitle="+longTitle)
	w.sync()
	p := w.only()
	assert.NotEmpty(t, p.Record[0])
	assert.True(t, p.Resolvable)

	w.resolve(p.ID, corrected("jobTitle=Countess"))

	assert.Equal(t, []string{"Alan, Countess"}, w.crmSide("firstName", "jobTitle"))
	assert.Equal(t, []string{"Alan, Countess"}, w.outlookSide("givenName", "jobTitle"))
	assert.Empty(t, w.problems())
	w.settled()
}
