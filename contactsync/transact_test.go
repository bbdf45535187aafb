package contactsync_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// together is a CRM and a State in one database that has transactions: what is rolled back is read again from snapshots.
type together struct {
	contactsync.Store
	w       *world
	within  bool
	begins  int
	begun   error // why a transaction does not begin
	commits error // why it does not commit
	calls   int   // of do, where it is not called once
}

func (c *together) Transact(ctx context.Context, do func(ctx context.Context) error) error {
	c.begins++
	if c.begun != nil {
		return c.begun
	}
	var crm, state bytes.Buffer
	if _, err := c.w.crm.WriteTo(&crm); err != nil {
		return err
	}
	if _, err := c.w.state.WriteTo(&state); err != nil {
		return err
	}
	c.within = true
	err := do(ctx)
	for range c.calls {
		err = do(ctx)
	}
	c.within = false
	if err = errors.Join(err, c.commits); err == nil {
		return nil
	}
	_, crmErr := c.w.crm.ReadFrom(&crm)
	_, stateErr := c.w.state.ReadFrom(&state)
	return errors.Join(err, crmErr, stateErr)
}

// transactWorld is a world in which the CRM and the State have transactions, and what happens outside one is watched.
func transactWorld(t *testing.T, hooks contactsynctest.StateHooks) (*world, *together) {
	tx := &together{}
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		tx.Store = c.Store
		c.Store = tx
		outlook := c.Directory
		c.Directory = contactsynctest.Intercept(outlook, contactsynctest.Hooks{Before: func(_ context.Context, method string) error {
			if tx.within {
				t.Errorf("%s of Outlook within a transaction", method)
			}
			return nil
		}})
		c.State = contactsynctest.InterceptState(c.State, hooks)
	})
	tx.w = w
	return w, tx
}

// B14: what is written to the CRM and what is remembered of it are saved in one transaction, without a request to Outlook in it.
func TestTransactor(t *testing.T) {
	w, tx := transactWorld(t, contactsynctest.StateHooks{})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	item := w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com")
	w.sync()
	assert.Equal(t, 1, tx.begins, "one chunk wrote to the CRM")
	assert.Equal(t, []string{"Hopper", "Lovelace"}, w.crmSide("lastName"))
	w.editOutlook(item, "jobTitle=Admiral")
	w.editCRM("c1", "jobTitle=Analyst")
	w.sync()
	assert.Equal(t, []string{"Admiral", "Analyst"}, w.crmSide("jobTitle"))
	w.settled()
	assert.Equal(t, 2, tx.begins, "a run that writes nothing to the CRM begins none")
}

// Where the save fails, or the transaction does, nothing of it is there, and the next run does it, once.
func TestTransactorRollsBack(t *testing.T) {
	down := errors.New("the database is going down")
	for name, spoil := range map[string]func(tx *together, saves *error){
		"the save fails":     func(_ *together, saves *error) { *saves = down },
		"it does not commit": func(tx *together, _ *error) { tx.commits = down },
		"it does not begin":  func(tx *together, _ *error) { tx.begun = down },
		"it is called twice": func(tx *together, _ *error) { tx.calls = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			var w *world
			var tx *together
			var saves error
			w, tx = transactWorld(t, contactsynctest.StateHooks{Before: func(_ context.Context, method string) error {
				if method == "Save" && tx != nil && tx.within {
					return saves
				}
				return nil
			}})
			item := w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com")
			w.sync()
			w.editOutlook(item, "jobTitle=Admiral")
			w.addOutlook("givenName=Alan", "surname=Turing", "emailAddresses=alan@example.com")
			spoil(tx, &saves)
			w.now = w.now.Add(time.Minute)
			_, err := w.engine.Sync(w.ctx, w.conn.ID)
			require.Error(t, err)
			if name != "it is called twice" {
				require.ErrorIs(t, err, down)
			}
			assert.Equal(t, []string{"Hopper, "}, w.crmSide("lastName", "jobTitle"), "nothing of it is there")
			tx.begun, tx.commits, tx.calls, saves = nil, nil, 0, nil
			w.now = w.now.Add(10 * time.Minute)
			w.sync()
			w.sync()
			assert.Equal(t, []string{"Hopper, Admiral", "Turing, "}, w.crmSide("lastName", "jobTitle"))
			assert.Len(t, w.box.Items(record.Contact, w.folder), 2)
			w.settled()
		})
	}
}
