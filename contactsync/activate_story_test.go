package contactsync_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// staffed is a CRM that knows which of its users take part.
type staffed struct {
	*memstore.Store
	away map[string]bool
	down error
}

func (s *staffed) ActiveUser(_ context.Context, tenant, user string) (bool, error) {
	return !s.away[tenant+"/"+user], s.down
}

// switches are the ways to switch a connection off, and on again.
var switches = map[string]struct {
	off, on func(w *world, s *staffed)
}{
	"the user switches it off": {
		func(w *world, _ *staffed) { require.NoError(w.t, w.engine.Deactivate(w.ctx, w.conn.ID)) },
		func(w *world, _ *staffed) { require.NoError(w.t, w.engine.Activate(w.ctx, w.conn.ID)) },
	},
	"the administrator switches it off": {
		func(w *world, _ *staffed) { w.policy.Disabled = true },
		func(w *world, _ *staffed) { w.policy.Disabled = false },
	},
	"the user is deactivated in the CRM": {
		func(_ *world, s *staffed) { s.away["acme/u1"] = true },
		func(_ *world, s *staffed) { delete(s.away, "acme/u1") },
	},
}

func newStaffedWorld(t *testing.T, s contactsync.Settings) (*world, *staffed) {
	t.Helper()
	var crm *staffed
	w := newWorld(t, s, func(c *contactsync.Config) {
		crm = &staffed{Store: c.Store.(*memstore.Store), away: map[string]bool{}}
		c.Store = crm
	})
	return w, crm
}

// A9, A11, A12, B7: off for a month, with edits, deletes and newcomers on both sides and cursors that expire meanwhile: nothing is
// written or removed while it is off, and afterwards all is caught up with, nobody is doubled, and it comes to rest.
func TestOffForAMonth(t *testing.T) {
	for name, how := range switches {
		for _, expired := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, cursors expired %v", name, expired), func(t *testing.T) {
				w, crm := newStaffedWorld(t, propagating())
				for i := range 12 {
					w.put(fmt.Sprintf("c%02d", i), fmt.Sprintf("firstName=Ada%c", 'A'+i), "lastName=Lovelace", fmt.Sprintf("emails=ada%d@example.com", i))
				}
				w.sync()
				items := map[string]string{}
				for i := range 12 {
					id := fmt.Sprintf("c%02d", i)
					items[id] = w.outlookID(id)
				}
				how.off(w, crm)
				outlook := w.outlookSide("givenName", "jobTitle", "companyName")
				for day := range 30 {
					w.now = w.now.Add(24 * time.Hour)
					switch day {
					case 3:
						w.editCRM("c00", "jobTitle=Countess")
						w.editCRM("c01", "jobTitle=Poet")
						w.editOutlook(items["c01"], "companyName=Engines")
						outlook = w.outlookSide("givenName", "jobTitle", "companyName")
					case 5:
						require.NoError(t, w.tenant.Delete("c02"))
						w.put("c90", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
					case 7:
						require.NoError(t, w.box.Delete(items["c03"]))
						w.addOutlook("givenName=Alan", "surname=Turing", "emailAddresses=alan@example.com")
						outlook = w.outlookSide("givenName", "jobTitle", "companyName")
					case 9: // entered on both sides
						w.put("c91", "firstName=Mary", "lastName=Somerville", "emails=mary@example.com")
						w.addOutlook("givenName=Mary", "surname=Somerville", "emailAddresses=mary@example.com")
						outlook = w.outlookSide("givenName", "jobTitle", "companyName")
					}
					r := w.sync()
					require.Equal(t, contactsync.Off, r.Status)
					require.Zero(t, r.Wrote())
				}
				assert.Equal(t, outlook, w.outlookSide("givenName", "jobTitle", "companyName"), "nothing was removed or received")
				assert.Len(t, w.crmSide("firstName"), 13, "nor in the CRM")
				if expired {
					w.crm.ExpireCursors()
					w.outlook.ExpireCursors()
				}
				how.on(w, crm)

				r := w.sync()

				assert.Equal(t, contactsync.Idle, r.Status)
				want := []string{
					"AdaA, Countess, ", "AdaB, Poet, Engines", "AdaE, , ", "AdaF, , ", "AdaG, , ", "AdaH, , ", "AdaI, , ", "AdaJ, , ",
					"AdaK, , ", "AdaL, , ", "Alan, , ", "Grace, , ", "Mary, , ",
				}
				assert.Equal(t, want, w.crmSide("firstName", "jobTitle", "company"))
				assert.Equal(t, want, w.outlookSide("givenName", "jobTitle", "companyName"))
				assert.Empty(t, w.problems())
				w.settled()
			})
		}
	}
}

// A12, B4: what was deleted meanwhile is a matter for the guards, as ever: they halt, say so, and a person lets it go on.
func TestOffForAMonthWithManyDeletes(t *testing.T) {
	w, crm := newStaffedWorld(t, propagating())
	for i := range 12 {
		w.put(fmt.Sprintf("c%02d", i), fmt.Sprintf("firstName=Ada%c", 'A'+i), "lastName=Lovelace", fmt.Sprintf("emails=ada%d@example.com", i))
	}
	w.sync()
	crm.away["acme/u1"] = true
	w.sync()
	for i := range 6 {
		require.NoError(t, w.tenant.Delete(fmt.Sprintf("c%02d", i)))
	}
	delete(crm.away, "acme/u1")

	r := w.sync()

	require.Equal(t, contactsync.Halted, r.Status)
	require.NotNil(t, r.Halt)
	c, err := w.engine.Connection(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, contactsync.Halted, c.Status)
	assert.Len(t, w.outlookSide("givenName"), 12)
	crm.away["acme/u1"] = true
	assert.Equal(t, contactsync.Off, w.sync().Status, "off again: the halt is kept")
	delete(crm.away, "acme/u1")
	require.NoError(t, w.engine.Resume(w.ctx, w.conn.ID, *r.Halt, contactsync.AnswerGoOn))
	w.sync()
	assert.Len(t, w.outlookSide("givenName"), 6)
	w.settled()
}

// A11: who switches off does so for one connection; a colleague's and their own others go on.
func TestDeactivateLeavesOthersAlone(t *testing.T) {
	w := newDueWorld(t, 2)
	other := w.outlook.Mailbox(ada).AddFolder(record.Contact, "Other")
	second, err := w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: ada, Kind: record.Contact, Folder: other.ID})
	require.NoError(t, err, "A4: one more folder is one more connection")
	w.conns = append(w.conns, second)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	require.NoError(t, w.engine.Deactivate(w.ctx, w.conn.ID))
	require.NoError(t, w.engine.Deactivate(w.ctx, w.conn.ID), "twice is once")

	w.everybody()

	assert.Empty(t, w.outlookSide("givenName"))
	assert.Len(t, w.outlook.Mailbox(w.conns[1].Mailbox).Items(record.Contact, w.conns[1].Folder), 1)
	assert.Len(t, w.box.Items(record.Contact, other.ID), 1)
	conns, err := w.engine.Connections(w.ctx, "acme", "u1")
	require.NoError(t, err)
	stands := map[string]contactsync.Status{}
	for _, c := range conns {
		stands[c.ID] = c.Status
	}
	assert.Equal(t, map[string]contactsync.Status{w.conn.ID: contactsync.Off, second.ID: contactsync.Idle}, stands)
}

// A6, G1: activating makes a connection due at once, and syncs nothing by itself.
func TestActivateMakesDue(t *testing.T) {
	w := newDueWorld(t, 1)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.due(contactsync.DueOptions{})
	require.NoError(t, w.engine.Deactivate(w.ctx, w.conn.ID))
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	assert.Zero(t, w.due(contactsync.DueOptions{}))

	require.NoError(t, w.engine.Activate(w.ctx, w.conn.ID))

	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	assert.Equal(t, contactsync.DueReport{Runs: 1}, w.due(contactsync.DueOptions{}))
	assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"))
	require.ErrorIs(t, w.engine.Activate(w.ctx, "no such"), contactsync.ErrNotFound)
	require.ErrorIs(t, w.engine.Deactivate(w.ctx, "no such"), contactsync.ErrNotFound)
	_, err := w.engine.Connection(w.ctx, "no such")
	require.ErrorIs(t, err, contactsync.ErrNotFound)
}

// A9, G6: while automatic runs are off a person starts one, where the settings let them, and not where their own switch or the CRM
// says no.
func TestManualWhileOff(t *testing.T) {
	w, crm := newStaffedWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.policy.Disabled = true
	assert.Equal(t, contactsync.Off, w.sync(contactsync.ByPerson()).Status)
	w.policy.Manual = true
	assert.Equal(t, contactsync.Off, w.sync().Status)
	crm.away["acme/u1"] = true
	assert.Equal(t, contactsync.Off, w.sync(contactsync.ByPerson()).Status)
	assert.Empty(t, w.outlookSide("givenName"))
	delete(crm.away, "acme/u1")

	r := w.sync(contactsync.ByPerson())

	assert.Equal(t, contactsync.Idle, r.Status)
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
}

// A CRM that cannot say whether its user takes part stops the run, and nothing is written.
func TestActiveUserCannotBeAsked(t *testing.T) {
	w, crm := newStaffedWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	crm.down = errors.New("no answer")
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, crm.down)
	_, err = w.engine.Connection(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, crm.down)
	assert.Empty(t, w.outlookSide("givenName"))
	crm.down = nil
	w.sync()
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
}

// B4, A12: a CRM that refuses to say whether the user of a halted connection takes part leaves the halt to be answered. Who lets it wait
// is told of the refusal.
func TestHaltOutlivesARefusal(t *testing.T) {
	w, crm := newStaffedWorld(t, propagating())
	w.people(20)
	w.deleteCRM(0, 10)
	require.Equal(t, contactsync.Halted, w.sync().Status)
	status := func() contactsync.Status {
		crm.down = fmt.Errorf("user: %w", contactsync.ErrDenied)
		require.Equal(t, contactsync.NoAccess, w.sync().Status)
		crm.down = nil
		conn, err := w.engine.Connection(w.ctx, w.conn.ID)
		require.NoError(t, err)
		return conn.Status
	}

	assert.Equal(t, contactsync.Halted, status())
	assert.Equal(t, contactsync.Halted, w.sync().Status)
	require.NoError(t, w.answer(contactsync.AnswerWait))
	w.sync()
	assert.Equal(t, contactsync.NoAccess, status())
	require.Equal(t, contactsync.Halted, w.sync().Status)
	require.NoError(t, w.answer(contactsync.AnswerGoOn))
	assert.Equal(t, 10, w.sync().Counts[record.Outlook].Deleted)
}

// A6, A9, A12, L5: what a person reads about where a connection stands, in the connection and in the report of a run.
func TestStandingInWords(t *testing.T) {
	w, crm := newStaffedWorld(t, propagating())
	for i := range 8 {
		w.put(fmt.Sprintf("c%d", i), fmt.Sprintf("firstName=Ada%c", 'A'+i), "lastName=Lovelace", fmt.Sprintf("emails=ada%d@example.com", i))
	}
	w.sync()
	told := ""
	tell := func(what string) {
		t.Helper()
		c, err := w.engine.Connection(w.ctx, w.conn.ID)
		require.NoError(t, err)
		r := w.sync()
		c2, err := w.engine.Connection(w.ctx, w.conn.ID)
		require.NoError(t, err)
		assert.Equal(t, []any{r.Status, r.Reason}, []any{c2.Status, c2.Reason}, what)
		if c.Status != c2.Status {
			what += ", before the run " + string(c.Status) + ", after it"
		}
		told += fmt.Sprintf("%s: %s. %s\n", what, c2.Status, c2.Reason)
	}
	tell("running")
	w.policy.Disabled = true
	tell("administrator")
	w.policy.Manual = true
	tell("administrator, a person may start")
	w.policy.Disabled, w.policy.Manual = false, false
	require.NoError(t, w.engine.Deactivate(w.ctx, w.conn.ID))
	tell("user")
	crm.away["acme/u1"] = true
	tell("deactivated in the CRM")
	crm.away["acme/u1"] = false
	require.NoError(t, w.engine.Activate(w.ctx, w.conn.ID))
	tell("running again")
	for i := range 6 {
		require.NoError(t, w.tenant.Delete(fmt.Sprintf("c%d", i)))
	}
	tell("many deletes")
	require.NoError(t, w.engine.Deactivate(w.ctx, w.conn.ID))
	tell("halted and switched off")
	golden(t, "testdata/standing.golden", told)
}

// L5: one connection whose settings make no sense says so, with the member, and hides none of its user's others.
func TestMisconfiguredConnection(t *testing.T) {
	w := newWorld(t, twoWay())
	other := w.box.AddFolder(record.Contact, "Other").ID
	second, err := w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: ada, Folder: other})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		policy func(contactsync.Connection) (contactsync.Settings, error)
		says   string
	}{
		"invalid": {func(contactsync.Connection) (contactsync.Settings, error) {
			s := twoWay()
			s.Conflict = "loudest"
			return s, nil
		}, "conflict"},
		"locked": {func(contactsync.Connection) (contactsync.Settings, error) {
			_, _, err := contactsync.Compose(
				contactsync.Layer{Name: "acme", Settings: []byte(`{"conflict": "crm"}`), Locked: []string{"conflict"}},
				contactsync.Layer{Name: "ada", Settings: []byte(`{"conflict": "outlook"}`)})
			return contactsync.Settings{}, err
		}, `"acme" has locked`},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := w.cfg
			cfg.Policy = policyFunc(func(conn contactsync.Connection) (contactsync.Settings, error) {
				if conn.ID == second.ID {
					return c.policy(conn)
				}
				return twoWay(), nil
			})
			engine, err := contactsync.New(cfg)
			require.NoError(t, err)

			conns, err := engine.User("acme", "u1").Connections(w.ctx)

			require.NoError(t, err)
			require.Len(t, conns, 2)
			for _, conn := range conns {
				if conn.ID != second.ID {
					assert.Equal(t, contactsync.Idle, conn.Status)
					continue
				}
				assert.Equal(t, contactsync.Misconfigured, conn.Status)
				assert.Contains(t, conn.Reason, c.says)
			}
			_, err = engine.User("acme", "u1").Summary(w.ctx)
			require.NoError(t, err)
			_, err = engine.Sync(w.ctx, second.ID)
			require.Error(t, err)
		})
	}
}

// policyFunc is a Policy that is a function.
type policyFunc func(contactsync.Connection) (contactsync.Settings, error)

func (f policyFunc) For(_ context.Context, c contactsync.Connection) (contactsync.Settings, error) {
	return f(c)
}

// A connection that a host stored by itself, without a status, and that nothing has switched off, is idle to who asks.
func TestConnectionWithoutAStatusIsIdle(t *testing.T) {
	w := newWorld(t, twoWay())
	conn := w.conn
	conn.Status = ""
	require.NoError(t, w.state.PutConnection(w.ctx, conn))

	got, err := w.engine.Connection(w.ctx, w.conn.ID)

	require.NoError(t, err)
	assert.Equal(t, contactsync.Idle, got.Status)
}
