package contactsync_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// A configuration that cannot work is refused with the member at fault, before anything is asked of anybody.
func TestConfigNamesTheMemberAtFault(t *testing.T) {
	w := newWorld(t, twoWay())
	source := keySourceFunc(func(context.Context) (contactsync.Keys, error) {
		return contactsync.Keys{}, errors.New("asked too early")
	})
	for _, tt := range []struct {
		field  string
		change func(c *contactsync.Config)
	}{
		{"Store", func(c *contactsync.Config) { c.Store = nil }},
		{"Directory", func(c *contactsync.Config) { c.Directory = nil }},
		{"State", func(c *contactsync.Config) { c.State = nil }},
		{"Policy", func(c *contactsync.Config) { c.Policy = nil }},
		{"CRM", func(c *contactsync.Config) { c.CRM = nil }},
		{"Key", func(c *contactsync.Config) { c.Key = nil }},
		{"Key", func(c *contactsync.Config) { c.Key = []byte("0123456") }},
		{"KeySource", func(c *contactsync.Config) { c.KeySource = source }},
		{"Lease", func(c *contactsync.Config) { c.Lease = -1 }},
		{"RequestTimeout", func(c *contactsync.Config) { c.RequestTimeout = -1 }},
		{"RequestTimeout", func(c *contactsync.Config) { c.RequestTimeout, c.Lease = time.Minute, time.Minute }},
		{"VisibilityDelay", func(c *contactsync.Config) { c.VisibilityDelay = -1 }},
		{"ReconcileOutlook", func(c *contactsync.Config) { c.ReconcileOutlook = -1 }},
		{"ReconcileCRM", func(c *contactsync.Config) { c.ReconcileCRM = -1 }},
		{"Interval", func(c *contactsync.Config) { c.Interval = -1 }},
		{"ChunkSize", func(c *contactsync.Config) { c.ChunkSize = -1 }},
		{"Journal.Keep", func(c *contactsync.Config) { c.Journal.Keep = -1 }},
		{"Journal.Key", func(c *contactsync.Config) { c.Journal.Keep = time.Hour }},
	} {
		cfg := w.cfg
		tt.change(&cfg)
		_, err := contactsync.New(cfg)
		var invalid *contactsync.InvalidError
		require.ErrorAs(t, err, &invalid, tt.field)
		assert.Equal(t, tt.field, invalid.Field)
		assert.NotContains(t, err.Error(), "0123456")
	}
}

// Arguments that can only be a mistake are refused by name, and nobody is asked: an erasure that reached nobody must not pass for done.
func TestArgumentsThatAreMissing(t *testing.T) {
	w := newWorld(t, twoWay())
	_, forget := w.engine.Forget(w.ctx, "", []string{"c1"}, contactsync.CopiesKept)
	_, apply := w.engine.Apply(w.ctx, nil)
	for field, err := range map[string]error{"tenant": forget, "plan": apply} {
		var invalid *contactsync.InvalidError
		require.ErrorAs(t, err, &invalid, field)
		assert.Equal(t, field, invalid.Field)
	}
}

// A connection of a kind for which the process has no schema any more is refused by name, and nothing is read or written.
func TestKindWithoutASchema(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.cfg.CRM = map[record.Kind]*record.Schema{"lead": person}
	w.cfg.OutlookSchema = map[record.Kind]*record.Schema{"lead": record.OutlookContact}
	w.restart()

	_, err := w.engine.Sync(w.ctx, w.conn.ID)

	var invalid *contactsync.InvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "Kind", invalid.Field)
	assert.Contains(t, invalid.Reason, `"contact"`)
	assert.Empty(t, w.outlookSide("givenName"))
}
