package sqlstate_test

import (
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
)

func TestState(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		contactsynctest.State(t, func(t *testing.T) contactsync.State { return d.migrated(t).state(t) })
	})
}
