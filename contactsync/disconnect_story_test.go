package contactsync_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// newLeavingWorld has Ada and Grace from the CRM, Alan from Outlook, and Mary on both sides from the beginning; deletes flow, and no
// guard is in the way.
func newLeavingWorld(t *testing.T, with ...func(*contactsync.Config)) *world {
	t.Helper()
	w := newWorld(t, everythingFlows(), with...)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "workPhone=+44 20 7946 0123")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "notes=Admiral")
	w.put("c3", "firstName=Mary", "lastName=Somerville", "emails=mary@example.com")
	w.addOutlook("givenName=Alan", "surname=Turing", "emailAddresses=alan@example.com")
	w.addOutlook("givenName=Mary", "surname=Somerville", "emailAddresses=mary@example.com")
	w.sync()
	w.settled()
	return w
}

func (w *world) disconnect(opts ...contactsync.DisconnectOption) contactsync.Disconnection {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	d, err := w.engine.Disconnect(w.ctx, w.conn.ID, opts...)
	require.NoError(w.t, err)
	return d
}

// gone asserts that nothing is remembered of the connection.
func (w *world) gone() {
	w.t.Helper()
	_, err := w.engine.Connection(w.ctx, w.conn.ID)
	require.ErrorIs(w.t, err, contactsync.ErrNotFound)
	n, err := w.state.CountLinks(w.ctx, w.conn.ID)
	require.NoError(w.t, err)
	assert.Zero(w.t, n)
	_, err = w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(w.t, err, contactsync.ErrNotFound)
}

func (w *world) reconnect() {
	w.t.Helper()
	c := w.conn
	c.Inactive = false
	again, err := w.engine.Connect(w.ctx, c)
	require.NoError(w.t, err)
	assert.Equal(w.t, w.conn.ID, again.ID)
}

var everybodyHere = []string{"Ada", "Alan", "Grace", "Mary"}

// A1, B19: a plain disconnect leaves both address books as they are, without a question to the mailbox, and forgets; who connects
// again meets everybody, with what was edited meanwhile, and nobody is doubled.
func TestDisconnect(t *testing.T) {
	for _, edited := range []bool{false, true} {
		t.Run(fmt.Sprintf("edited meanwhile: %v", edited), func(t *testing.T) {
			asked := 0
			w := newLeavingWorld(t, func(c *contactsync.Config) {
				c.Directory = contactsynctest.Intercept(c.Directory, contactsynctest.Hooks{
					Before: func(context.Context, string) error { asked++; return nil },
				})
			})
			item := w.outlookID("c1")
			before := asked

			d := w.disconnect()

			assert.Equal(t, contactsync.Disconnection{Conn: w.conn.ID, Ended: true, Links: 4}, d)
			assert.Equal(t, before, asked, "the mailbox was asked")
			assert.Equal(t, everybodyHere, w.crmSide("firstName"))
			assert.Equal(t, everybodyHere, w.outlookSide("givenName"))
			w.gone()
			_, err := w.engine.Disconnect(w.ctx, w.conn.ID)
			require.ErrorIs(t, err, contactsync.ErrNotFound, "twice")
			if edited {
				w.editOutlook(item, "companyName=Engines", "emailAddresses=ada@example.org")
				w.editCRM("c1", "jobTitle=Countess", "lastName=King", "emails=king@example.com")
				w.editCRM("c2", "emails=hopper@example.com")
			}
			w.reconnect()
			w.sync()
			w.settled()
			assert.Equal(t, everybodyHere, w.crmSide("firstName"))
			assert.Equal(t, everybodyHere, w.outlookSide("givenName"))
		})
	}
}

// B19: what the sync made is taken back, what was there before stays, the CRM keeps everything; the number is shown first. Who
// connects again has them back, once.
func TestTakeBack(t *testing.T) {
	w := newLeavingWorld(t)
	plan, err := w.engine.PlanDisconnect(w.ctx, w.conn.ID)
	require.NoError(t, err)
	want := contactsync.Disconnection{Conn: w.conn.ID, Links: 4, Made: 2, Removed: 2}
	assert.Equal(t, want, plan)
	assert.Equal(t, everybodyHere, w.outlookSide("givenName"), "a plan removes nothing")
	c, err := w.engine.Connection(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, contactsync.Idle, c.Status, "and switches nothing off")

	d := w.disconnect(contactsync.TakeBack(plan.Removed))

	want.Ended = true
	assert.Equal(t, want, d)
	assert.Equal(t, everybodyHere, w.crmSide("firstName"))
	assert.Equal(t, []string{"Alan", "Mary"}, w.outlookSide("givenName"))
	w.gone()
	w.reconnect()
	w.sync()
	assert.Equal(t, everybodyHere, w.crmSide("firstName"))
	assert.Equal(t, everybodyHere, w.outlookSide("givenName"))
	w.settled()
}

// B19: what somebody touched stays, whatever field they did it in, and the reason is told. What the CRM has too is no loss.
func TestTakeBackLeavesWhatWasTouched(t *testing.T) {
	for name, tt := range map[string]struct {
		touch  func(w *world, item string)
		synced bool // a run comes after it
		kept   contactsync.KeptWhy
	}{
		"a mapped field, not carried over yet": {func(w *world, item string) { w.editOutlook(item, "companyName=Engines") }, false, contactsync.KeptTouched},
		"a mapped field, carried over since":   {func(w *world, item string) { w.editOutlook(item, "companyName=Engines") }, true, ""},
		"a field that is not mapped":           {func(w *world, item string) { w.editOutlook(item, "spouseName=William") }, true, contactsync.KeptTouched},
		"an entry that no rule speaks of": {func(w *world, item string) {
			w.editOutlook(item, "businessPhones=+44 20 7946 0123|+44 20 7946 0999")
		}, true, contactsync.KeptTouched},
		"a category":           {func(w *world, item string) { w.editOutlook(item, "categories=Family") }, true, contactsync.KeptTouched},
		"a display name":       {func(w *world, item string) { w.editOutlook(item, "displayName=The Enchantress of Numbers") }, true, contactsync.KeptTouched},
		"the same name, again": {func(w *world, item string) { w.editOutlook(item, "displayName=Lovelace, Ada") }, true, ""},
		"marked private":       {func(w *world, item string) { require.NoError(w.t, w.box.SetPrivate(item, true)) }, true, contactsync.KeptTouched},
		"moved to another folder": {func(w *world, item string) {
			require.NoError(w.t, w.box.Move(item, w.box.AddFolder(record.Contact, "Other").ID))
		}, false, contactsync.KeptMoved},
		"edited in the CRM, not carried over yet": {func(w *world, _ string) { w.editCRM("c1", "company=Engines") }, false, ""},
		"changed in the CRM only": {func(w *world, _ string) {
			w.policy.Flow.ToOutlook.Update = false
			w.editCRM("c1", "company=Engines")
		}, true, ""},
		"longer than the CRM can hold": {func(w *world, item string) {
			w.policy.Overflow = "truncate"
			w.editOutlook(item, "jobTitle="+strings.Repeat("Enchantress of Numbers ", 4))
		}, true, contactsync.KeptTouched},
		"a field that is mapped from now on": {func(w *world, item string) {
			w.editOutlook(item, "department=Analysis")
			w.policy.Mapping = append(w.policy.Mapping, mapping.Rule{ID: "kind", CRM: []string{"kind"}, Outlook: []string{"department"}})
		}, false, contactsync.KeptTouched},
		"emptied in Outlook": {func(w *world, item string) { w.editOutlook(item, "businessPhones=") }, false, contactsync.KeptTouched},
		"a drift that stays": {func(w *world, item string) {
			w.policy.Flow.ToCRM, w.policy.Deleted.InOutlook = &contactsync.Ops{}, contactsync.Detach
			w.editOutlook(item, "companyName=Engines")
		}, true, contactsync.KeptTouched},
		"a question that is open": {func(w *world, item string) {
			w.policy.Conflict = mapping.Ask
			w.editOutlook(item, "companyName=Engines")
			w.editCRM("c1", "company=Navy")
		}, true, contactsync.KeptAsked},
		"deleted in the CRM": {func(w *world, _ string) {
			w.policy.Deleted.InCRM = contactsync.Detach
			require.NoError(w.t, w.tenant.Delete("c1"))
		}, true, contactsync.KeptLast},
		"deleted in the CRM, not seen yet": {func(w *world, _ string) {
			require.NoError(w.t, w.tenant.Delete("c1"))
		}, false, contactsync.KeptLast},
	} {
		t.Run(name, func(t *testing.T) {
			w := newLeavingWorld(t)
			item := w.outlookID("c1")
			tt.touch(w, item)
			if tt.synced {
				w.sync()
			}
			crm := w.crmSide("firstName", "company")
			plan, err := w.engine.PlanDisconnect(w.ctx, w.conn.ID)
			require.NoError(t, err)

			d := w.disconnect(contactsync.TakeBack(plan.Removed))

			assert.True(t, d.Ended)
			assert.Equal(t, plan.Kept, d.Kept)
			assert.Equal(t, plan.Removed, d.Removed)
			_, there := w.box.Item(item)
			if tt.kept == "" {
				assert.Empty(t, d.Kept)
				assert.False(t, there)
			} else {
				assert.Equal(t, []contactsync.KeptItem{{ID: item, Why: tt.kept}}, d.Kept)
				assert.True(t, there)
			}
			assert.Equal(t, crm, w.crmSide("firstName", "company"), "the CRM keeps what it has")
			w.gone()
			w.reconnect()
			w.sync()
			w.sync()
			for _, name := range []string{"Ada", "Grace", "Alan", "Mary"} {
				n := 0
				for _, line := range w.crmSide("firstName") {
					if line == name {
						n++
					}
				}
				assert.LessOrEqual(t, n, 1, "%s in the CRM", name)
			}
		})
	}
}

// B19: rules that differ for good do not make an item somebody's: a template, and a value that was cut to what Outlook holds.
func TestTakeBackOfWhatDiffersByRule(t *testing.T) {
	w := newWorld(t, everythingFlows())
	w.policy.Mapping = append(w.policy.Mapping, mapping.Rule{
		ID: "from", CRM: []string{"kind"}, Outlook: []string{"department"}, Lens: mapping.Spec{Kind: mapping.Template, Template: "Our {kind}"},
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com|a2@example.com|a3@example.com|a4@example.com", "kind=client")
	w.policy.Overflow = "truncate"
	w.sync()
	w.settled()
	require.Equal(t, []string{"Our client, ada@example.com|a2@example.com|a3@example.com"}, w.outlookSide("department", "emailAddresses"))

	d := w.disconnect(contactsync.TakeBack(1))

	assert.Empty(t, d.Kept)
	assert.Empty(t, w.outlookSide("givenName"))
	assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
}

// B19, B4: more than was shown is not removed, and nothing is.
func TestTakeBackNoMoreThanShown(t *testing.T) {
	w := newLeavingWorld(t)
	before := w.standing()
	d, err := w.engine.Disconnect(w.ctx, w.conn.ID, contactsync.TakeBack(1))
	require.ErrorIs(t, err, contactsync.ErrPlanOutdated)
	assert.False(t, d.SwitchedOff)
	assert.Equal(t, everybodyHere, w.outlookSide("givenName"))
	assert.Equal(t, before, w.standing(), "nothing but a refusal has happened to it")
	w.settled()
}

// B19: an item that another connection of the mailbox keeps in step stays, and that connection takes nothing for a delete.
func TestTakeBackBesideAnotherConnection(t *testing.T) {
	w := newLeavingWorld(t)
	second, err := w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u2", Mailbox: ada, Kind: record.Contact})
	require.NoError(t, err)
	_, err = w.engine.Sync(w.ctx, second.ID)
	require.NoError(t, err)
	require.Len(t, w.outlookSide("givenName"), 4, "one folder, two users")

	d := w.disconnect(contactsync.TakeBack(10))

	assert.True(t, d.Ended)
	assert.Zero(t, d.Removed)
	require.Len(t, d.Kept, 2)
	assert.Equal(t, contactsync.KeptTied, d.Kept[0].Why)
	r, err := w.engine.Sync(w.ctx, second.ID, contactsync.Full())
	require.NoError(t, err)
	assert.Zero(t, r.Wrote())
	assert.Equal(t, everybodyHere, w.crmSide("firstName"))
	assert.Equal(t, everybodyHere, w.outlookSide("givenName"))
}

// L3: what a person reads about what stays.
func TestKeptInWords(t *testing.T) {
	text := ""
	for _, why := range []contactsync.KeptWhy{
		contactsync.KeptTouched, contactsync.KeptMoved, contactsync.KeptTied, contactsync.KeptAsked, contactsync.KeptLast, contactsync.KeptUnknown,
		contactsync.KeptFailed,
	} {
		require.NotEmpty(t, why.Words())
		text += string(why) + ": " + why.Words() + "\n"
	}
	golden(t, "testdata/kept.golden", text)
}

// B19: an item of which the CRM cannot say whether it has the record still may be the last that says what it says: it stays, and is told
// as unknown, also where the CRM can no longer say it by the time of the removal. It goes once the CRM can say it again.
func TestTakeBackOfWhatTheCRMCannotTell(t *testing.T) {
	for _, late := range []bool{false, true} {
		unknown := false
		w := newLeavingWorld(t, func(c *contactsync.Config) {
			inner := c.Store
			c.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{
				Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
					found, err := inner.Get(ctx, sc, refs)
					for i := range found {
						if unknown && refs[i].ID == "c1" {
							found[i] = contactsync.Found{Ref: refs[i], Removed: contactsync.Unknown}
						}
					}
					return found, err
				},
			})
		})
		item := w.outlookID("c1")
		unknown = !late
		plan, err := w.engine.PlanDisconnect(w.ctx, w.conn.ID)
		require.NoError(t, err)
		assert.Equal(t, map[bool]int{false: 1, true: 2}[late], plan.Removed)
		unknown = true

		d := w.disconnect(contactsync.TakeBack(plan.Removed))

		assert.False(t, d.Ended, "it may be taken back yet")
		assert.True(t, d.SwitchedOff)
		assert.Equal(t, 1, d.Removed)
		assert.Equal(t, []contactsync.KeptItem{{ID: item, Why: contactsync.KeptUnknown}}, d.Kept)
		assert.Equal(t, []string{"Ada", "Alan", "Mary"}, w.outlookSide("givenName"))

		unknown = false
		d = w.disconnect(contactsync.TakeBack(1))

		assert.True(t, d.Ended)
		assert.Equal(t, []string{"Alan", "Mary"}, w.outlookSide("givenName"))
		assert.Equal(t, everybodyHere, w.crmSide("firstName"))
		w.gone()
	}
}
