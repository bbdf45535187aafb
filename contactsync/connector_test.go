package contactsync_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// A13: a choice of connector is made once, for this one or another, and not taken back or changed.
func TestConnectorIsChosenOnce(t *testing.T) {
	for _, tt := range []struct {
		previous, next string
		refused        bool
	}{
		{"", "", false},
		{"", "this", false},
		{"", "Exchange", false},
		{"this", "this", false},
		{"Exchange", "Exchange", false},
		{"this", "", true},
		{"this", "Exchange", true},
		{"Exchange", "", true},
		{"Exchange", "this", true},
		{"Exchange", "Another", true},
	} {
		previous, next := twoWay(), twoWay()
		previous.Connector, next.Connector = tt.previous, tt.next
		next.Disabled = !previous.Disabled // whatever else changes
		err := next.MayReplace(previous)
		if !tt.refused {
			require.NoError(t, err, "%q in the place of %q", tt.next, tt.previous)
			continue
		}
		var invalid *contactsync.InvalidError
		require.ErrorAs(t, err, &invalid, "%q in the place of %q", tt.next, tt.previous)
		assert.Equal(t, "connector", invalid.Field)
	}
}

// A name that only looks like another one, or like this, is refused.
func TestConnectorIsChecked(t *testing.T) {
	for name, refused := range map[string]bool{"": false, "this": false, "Exchange": false, "This": true, " ": true, "Exchange ": true} {
		s := twoWay()
		s.Connector = name
		err := s.Validate(person, record.OutlookContact)
		if !refused {
			require.NoError(t, err, "%q", name)
			continue
		}
		var invalid *contactsync.InvalidError
		require.ErrorAs(t, err, &invalid, "%q", name)
		assert.Equal(t, "connector", invalid.Field)
	}
}

// A13, A10: with layers the administrator's is compared alone, and the lock keeps users from choosing for themselves.
func TestConnectorInLayers(t *testing.T) {
	admin := func(connector string) contactsync.Layer {
		text, err := json.Marshal(map[string]string{"connector": connector})
		require.NoError(t, err)
		return contactsync.Layer{Name: "tenant", Settings: text, Locked: []string{"connector"}}
	}
	stored, _, err := contactsync.Compose(admin("Exchange"))
	require.NoError(t, err)
	changed, _, err := contactsync.Compose(admin("this"))
	require.NoError(t, err)
	require.Error(t, changed.MayReplace(stored))
	_, _, err = contactsync.Compose(admin("Exchange"), contactsync.Layer{Name: "user", Settings: json.RawMessage(`{"connector": "this"}`)})
	var locked *contactsync.LockedError
	require.ErrorAs(t, err, &locked)
	assert.Equal(t, "connector", locked.Member)
}

// A13: where another connector was chosen, this one does nothing, also when a person asks for it; nothing is removed, users see why
// before anything else, nobody connects anew, and what is there can be disconnected.
func TestAnotherConnectorIsChosen(t *testing.T) {
	w, crm := newStaffedWorld(t, everythingFlows())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	w.policy.Connector = contactsync.ThisConnector
	w.editCRM("c1", "company=Engines")
	w.sync()
	assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"), "this one was chosen")
	w.policy.Connector, w.policy.Disabled, w.policy.Manual = "Exchange", true, true
	crm.away["acme/u1"] = true
	require.NoError(t, w.tenant.Delete("c1"))

	r := w.sync(contactsync.ByPerson())

	assert.Equal(t, contactsync.Off, r.Status)
	golden(t, "testdata/connector.golden", r.Reason+"\n")
	c, err := w.engine.Connection(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, []any{r.Status, r.Reason}, []any{c.Status, c.Reason})
	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	plan, err := w.engine.Plan(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, contactsync.Off, plan.Status)
	assert.Empty(t, plan.Actions)
	_, err = w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u2", Mailbox: ada, Kind: record.Contact})
	var invalid *contactsync.InvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, contactsync.InvalidError{Field: "connector", Reason: r.Reason}, *invalid)
	d := w.disconnect(contactsync.TakeBack(1))
	assert.True(t, d.Ended)
	require.Len(t, d.Kept, 1)
	assert.Equal(t, contactsync.KeptLast, d.Kept[0].Why, "deleted in the CRM meanwhile")
	w.gone()
}
