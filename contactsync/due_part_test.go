package contactsync_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// G2, G3: what wakes a connection is not used up by a look at it, or at a part of it: the whole run that was asked for comes.
func TestWakeOutlastsAPart(t *testing.T) {
	for what, between := range map[string]func(d *dueWorld, earlier uint64) error{
		"plan": func(d *dueWorld, _ uint64) error { _, err := d.engine.Plan(d.ctx, d.conn.ID); return err },
		"two plans": func(d *dueWorld, _ uint64) error {
			_, err := d.engine.Plan(d.ctx, d.conn.ID)
			require.NoError(t, err)
			_, err = d.engine.Plan(d.ctx, d.conn.ID)
			return err
		},
		"preview": func(d *dueWorld, _ uint64) error {
			_, err := d.engine.Preview(d.ctx, d.conn.ID, *d.policy)
			return err
		},
		"plan of a disconnection": func(d *dueWorld, _ uint64) error { _, err := d.engine.PlanDisconnect(d.ctx, d.conn.ID); return err },
		"some records": func(d *dueWorld, _ uint64) error {
			_, err := d.engine.SyncRecords(d.ctx, d.conn.ID, []string{"c1"})
			return err
		},
		"a plan carried out": func(d *dueWorld, _ uint64) error {
			_, err := d.engine.Apply(d.ctx, &contactsync.Plan{Conn: d.conn.ID, Settings: d.settingsOf()})
			return err
		},
		"undo": func(d *dueWorld, earlier uint64) error {
			_, err := d.engine.Undo(d.ctx, d.conn.ID, earlier)
			return err
		},
		"a look back": func(d *dueWorld, earlier uint64) error {
			_, err := d.engine.PlanUndo(d.ctx, d.conn.ID, earlier)
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			d := newDueWorld(t, 1, journaled)
			d.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			d.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
			first := d.sync()
			d.editOutlook(d.outlookID("c2"), "jobTitle=Admiral")
			require.NoError(t, d.engine.Wake(d.ctx, d.conn.ID))
			require.NoError(t, between(d, first.Run))

			report := d.due(contactsync.DueOptions{})

			assert.Equal(t, 1, report.Runs)
			rec, _ := d.tenant.Record("c2")
			assert.Equal(t, "Admiral", rec.Fields.Text("jobTitle"))
			assert.Zero(t, d.due(contactsync.DueOptions{}), "and once")
			d.pass(time.Second)
		})
	}
}

// settingsOf is the mark of the settings in force, as plans have it.
func (d *dueWorld) settingsOf() uint64 {
	d.t.Helper()
	p, err := d.engine.Plan(d.ctx, d.conn.ID)
	require.NoError(d.t, err)
	return p.Settings
}

// C1: a decision is acted on by the next due run, whoever looks at a plan meanwhile.
func TestDecisionOutlastsAPlan(t *testing.T) {
	d := newDueWorld(t, 1)
	d.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
	d.sync()
	d.editCRM("c1", "jobTitle=Analyst")
	d.editOutlook(d.outlookID("c1"), "jobTitle=Countess")
	problem := d.sync().Problems[0].ID
	require.NoError(t, d.engine.Decide(d.ctx, d.conn.ID, problem, record.Outlook))
	_, err := d.engine.Plan(d.ctx, d.conn.ID)
	require.NoError(t, err)

	assert.Equal(t, 1, d.due(contactsync.DueOptions{}).Runs)

	assert.Equal(t, []string{"Countess"}, d.crmSide("jobTitle"))
	assert.Empty(t, d.problems())
}

// Promise 5: a connection whose mailbox comes free while it is being found taken is run by the same call.
func TestSyncDueFindsAMailboxTakenThatIsFree(t *testing.T) {
	taken, noted := make(chan struct{}), make(chan struct{})
	var d *dueWorld
	ended := func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.ran) > 0
	}
	var once sync.Once
	d = newDueWorld(t, 1, func(c *contactsync.Config) {
		inner := c.State
		c.State = contactsynctest.InterceptState(inner, contactsynctest.StateHooks{
			Acquire: func(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (contactsync.Lease, error) {
				l, err := inner.Acquire(ctx, conn, worker, now, ttl)
				if errors.Is(err, contactsync.ErrBusy) && !ended() {
					close(taken)
					<-noted
				}
				return l, err
			},
			Due: func(ctx context.Context, now time.Time, limit int) ([]string, error) {
				if ended() { // who had the mailbox was noted to be over before anything more is looked for
					once.Do(func() { close(noted) })
				}
				return inner.Due(ctx, now, limit)
			},
		})
	})
	folder := d.outlook.Mailbox(ada).AddFolder(record.Contact, "Clients")
	second, err := d.engine.Connect(t.Context(), contactsync.Connection{Tenant: "acme", User: "u1", Kind: record.Contact, Mailbox: ada, Folder: folder.ID})
	require.NoError(t, err)
	d.conns = append(d.conns, second)
	d.during = func(contactsync.Connection) { <-taken }

	assert.Equal(t, contactsync.DueReport{Runs: 2}, d.due(contactsync.DueOptions{}))
	assert.Equal(t, []int{0, 1}, d.runs())
}
