package contactsynctest

import (
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// StoreConfig says how to try out a Store.
type StoreConfig struct {
	// New returns a Store for one check. What other checks have written must not be in it, and it must not be in use by
	// others; a few records that the checks did not make do no harm. Required.
	New func(t *testing.T) contactsync.Store
	// Scope is the one to work in. Where Fields is nil, all fields of the schema are asked for. Kind is that of the schema.
	Scope contactsync.Scope
	// Schema is the schema of the records. Required.
	Schema *record.Schema
	// Sample returns the values of a record that the Store accepts, others for every n; nil: [Sample].
	Sample func(n int) record.Fields
	// Required names the fields without a value in which the Store refuses a record, such as a last name: every record of
	// the checks has one, and none is cleared. The samples must have them. Nil: not said, and no field of type Name is
	// cleared; where none is required, an empty list has names cleared too.
	Required []string

	// The rest is for capabilities that a check cannot reach through the interface. Nil leaves their checks out.

	// Hide keeps a record from the user of the scope.
	Hide func(s contactsync.Store, id string) error
	// Merge lets a record live on in another.
	Merge func(s contactsync.Store, loser, survivor string) error
	// Stranger is a scope of another tenant, or of a user who may not see what the checks make.
	Stranger *contactsync.Scope
}

// Store checks that a Store keeps its contract, with its optional capabilities where it has them.
func Store(t *testing.T, cfg StoreConfig) {
	t.Helper()
	if cfg.New == nil || cfg.Schema == nil {
		t.Fatal("contactsynctest.Store: StoreConfig needs New and Schema")
	}
	for _, c := range storeChecks {
		t.Run(c.name, func(t *testing.T) {
			defer c.show(t)
			c.run(newStoreSession(t, cfg, cfg.New(t)))
		})
	}
}

func newStoreSession(t testing.TB, cfg StoreConfig, s contactsync.Store) *session {
	ses := newSession(t, s, cfg.Scope, cfg.Schema, cfg.Sample)
	ses.stranger, ses.required = cfg.Stranger, cfg.Required
	for _, name := range cfg.Required {
		if v, _ := ses.sample(1).Get(name); v.IsEmpty() {
			t.Fatalf("contactsynctest.Store: the field %q of StoreConfig.Required has no value in the samples; let Sample set it", name)
		}
	}
	if cfg.Hide != nil {
		ses.hide = func(id string) error { return cfg.Hide(s, id) }
	}
	if cfg.Merge != nil {
		ses.merge = func(loser, survivor string) error { return cfg.Merge(s, loser, survivor) }
	}
	return ses
}

// storeChecks are the checks of a Store, those it shares with a Directory first.
var storeChecks = concat(sharedChecks, stampChecks, visibilityChecks, finderChecks, transactorChecks, userChecks)

func concat[T any](lists ...[]T) []T {
	var all []T
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}
