package contactsync_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/keyfile"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
	"github.com/seed-42871e99/crmsync/sqlstate"
)

// named is the member that an error says is at fault.
func faultOf(err error) string {
	var invalid *contactsync.InvalidError
	if errors.As(err, &invalid) {
		return invalid.Field
	}
	return ""
}

// A careless host gets an error that names what is at fault, and no panic.
func TestMisuse(t *testing.T) {
	w := newWorld(t, twoWay())
	ctx := t.Context()
	config := func(change func(c *contactsync.Config)) func() error {
		return func() error {
			c := w.cfg
			change(&c)
			_, err := contactsync.New(c)
			return err
		}
	}
	second := func(_ any, err error) error { return err }
	nobody, somebody := contactsync.User{}, w.me()
	users := map[string]func(u contactsync.User) error{
		"Accept":      func(u contactsync.User) error { return u.Accept(ctx, "p") },
		"Connections": func(u contactsync.User) error { return second(u.Connections(ctx)) },
		"Decide":      func(u contactsync.User) error { return u.Decide(ctx, "p", record.CRM) },
		"Explain":     func(u contactsync.User) error { return second(u.Explain(ctx, w.conn.ID, record.CRM, "c1")) },
		"Labels":      func(u contactsync.User) error { return second(u.Labels(ctx, []string{"c1"})) },
		"Problems":    func(u contactsync.User) error { return second(u.Problems(ctx, contactsync.ProblemFilter{})) },
		"Reject":      func(u contactsync.User) error { return u.Reject(ctx, "p") },
		"Resolve":     func(u contactsync.User) error { return second(u.Resolve(ctx, "p", contactsync.Correction{})) },
		"Summary":     func(u contactsync.User) error { return second(u.Summary(ctx)) },
	}
	tests := []struct {
		call  string
		field string
		do    func() error
	}{
		{"New of nothing", "Store", func() error { return second(contactsync.New(contactsync.Config{})) }},
		{"New with a nil Store in an interface", "Store", config(func(c *contactsync.Config) { c.Store = (*memstore.Store)(nil) })},
		{"New with a nil Directory in an interface", "Directory", config(func(c *contactsync.Config) { c.Directory = (*memstore.Directory)(nil) })},
		{"New with a nil State in an interface", "State", config(func(c *contactsync.Config) { c.State = (*memstore.State)(nil) })},
		{"New without a Policy", "Policy", config(func(c *contactsync.Config) { c.Policy = nil })},
		{"New with a nil KeySource in an interface", "KeySource", config(func(c *contactsync.Config) { c.Key, c.KeySource = nil, (*keyfile.File)(nil) })},
		{"New with a nil Observer in an interface", "Observer", config(func(c *contactsync.Config) { c.Observer = contactsync.ObserverFunc(nil) })},
		{"New with a nil schema", "CRM", config(func(c *contactsync.Config) { c.CRM = map[record.Kind]*record.Schema{record.Contact: nil} })},
		{"New with a nil Outlook schema", "OutlookSchema", config(func(c *contactsync.Config) { c.OutlookSchema = map[record.Kind]*record.Schema{record.Contact: nil} })},
		{"Connect of nothing", "Tenant", func() error { return second(w.engine.Connect(ctx, contactsync.Connection{})) }},
		{"Connect without a mailbox", "Mailbox", func() error {
			return second(w.engine.Connect(ctx, contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: contactsync.Mailbox{Cloud: "https://graph.microsoft.us"}}))
		}},
		{"Connect of an unknown kind", "Kind", func() error {
			return second(w.engine.Connect(ctx, contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: ada, Kind: "meeting"}))
		}},
		{"Connections without a user", "user", func() error { return second(w.engine.Connections(ctx, "acme", "")) }},
		{"Apply of nil", "plan", func() error { return second(w.engine.Apply(ctx, nil)) }},
		{"Preview of nothing", "mapping", func() error { return second(w.engine.Preview(ctx, w.conn.ID, contactsync.Settings{})) }},
		{"Explain without an id", "id", func() error { return second(w.engine.Explain(ctx, w.conn.ID, record.CRM, "")) }},
		{"Forget without a tenant", "tenant", func() error { return second(w.engine.Forget(ctx, "", []string{"c1"}, contactsync.CopiesKept)) }},
		{"Resume of nothing", "connection", func() error { return w.engine.Resume(ctx, w.conn.ID, contactsync.Halt{}, "") }},
		{"Layered of nil", "layers", func() error {
			return second(contactsync.Layered(nil).For(ctx, w.conn))
		}},
		{"Validate without schemas", "schema", func() error { return twoWay().Validate(nil, nil) }},
		{"CheckLayers without schemas", "schema", func() error { return contactsync.CheckLayers(nil, nil) }},
		{"State.PutConnection of nothing", "id", func() error { return w.state.PutConnection(ctx, contactsync.Connection{}) }},
		{"sqlstate.Open of nothing", "Dialect", func() error { return second(sqlstate.Open(ctx, nil, sqlstate.Dialect{}, sqlstate.Options{})) }},
		{"sqlstate.Migrate without a database", "db", func() error { return sqlstate.Migrate(ctx, nil, sqlstate.SQLite, sqlstate.Options{}) }},
		{"keyfile of nothing", "Path", func() error { return second(keyfile.File{}.Keys(ctx)) }},
		{"keyfile of nothing, rotated", "Path", func() error { return keyfile.File{}.Rotate() }},
	}
	for name, do := range users {
		tests = append(tests, struct {
			call  string
			field string
			do    func() error
		}{"the zero User's " + name, "User", func() error { return do(nobody) }}, struct {
			call  string
			field string
			do    func() error
		}{name + " of a user without a name", "user", func() error { return do(w.engine.User("acme", "")) }}, struct {
			call  string
			field string
			do    func() error
		}{name + " of no tenant's user", "tenant", func() error { return do(w.engine.User("", "u1")) }})
	}
	for _, tt := range tests {
		t.Run(tt.call, func(t *testing.T) {
			require.NotPanics(t, func() {
				err := tt.do()
				require.Error(t, err)
				assert.Equal(t, tt.field, faultOf(err), "%v", err)
			})
		})
	}
	assert.NoError(t, users["Summary"](somebody))
}

// Nil where nothing need be given is as if it were not there.
func TestNilIsNothing(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "emails=ada@example.com")
	ctx := context.Background()
	r := w.sync(nil)
	assert.Equal(t, 1, r.Wrote())
	_, err := w.engine.Undo(ctx, w.conn.ID, r.Run, nil)
	require.ErrorIs(t, err, contactsync.ErrNoJournal)
	require.NoError(t, w.engine.Wake(ctx, w.conn.ID))
	due, err := w.engine.SyncDue(ctx, contactsync.DueOptions{})
	require.NoError(t, err)
	assert.Equal(t, contactsync.DueReport{Runs: 1}, due)
	_, err = w.engine.SyncRecords(ctx, w.conn.ID, nil)
	require.NoError(t, err)
	labels, err := w.me().Labels(ctx, nil)
	require.NoError(t, err)
	assert.Empty(t, labels)
	ids, err := w.engine.Affected(ctx, "acme", nil)
	require.NoError(t, err)
	assert.Empty(t, ids)
	d, err := w.engine.Disconnect(ctx, w.conn.ID, nil)
	require.NoError(t, err)
	assert.True(t, d.Ended)

	assert.Empty(t, contactsync.Reason(nil))
	assert.Empty(t, mapping.Suggest(nil, nil).Rules)
	assert.Empty(t, match.Keys(record.Fields{}, record.Locale{}))
	assert.Empty(t, match.Pair(nil, nil, match.Options{}).Links)
	assert.NotPanics(t, func() { _ = filter.Condition{}.Fields() })
	assert.NotEmpty(t, mapping.Check(rules(), nil, nil), "no schemas")
	_, err = mapping.Compile(rules(), nil, nil, record.Locale{})
	assert.Error(t, err)
}

// A mistake in a literal of the host's code panics where the documentation says so, in words.
func TestMisuseThatPanics(t *testing.T) {
	for call, do := range map[string]func(){
		"SetWhen":             func() { mapping.SetWhen(record.CRM, nil) },
		"HasWhen":             func() { mapping.HasWhen(record.CRM, "VIP", nil) },
		"LacksWhen":           func() { mapping.LacksWhen(record.CRM, "VIP", nil) },
		"sqlstate.Migrations": func() { sqlstate.Migrations(sqlstate.Dialect{}) },
	} {
		assert.Panics(t, do, call)
	}
}
