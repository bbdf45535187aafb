package e2e

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// A8, F5: a mailbox that Graph cannot serve, and a folder that is not the user's own, are refused when they connect, with a reason
// that they can read; nothing is saved.
func TestRefusedMailboxesAndFolders(t *testing.T) {
	told := ""
	for _, tt := range []struct {
		name  string
		in    func(w *world) contactsync.Connection
		want  error  // or
		field string // of an InvalidError
	}{
		{"no mailbox that Graph can serve", func(w *world) contactsync.Connection {
			w.srv.SetAccess(me, graphtest.NotEnabled)
			return contactsync.Connection{}
		}, contactsync.ErrNoMailbox, ""},
		{"nobody's mailbox", func(w *world) contactsync.Connection {
			return contactsync.Connection{Mailbox: contactsync.Mailbox{Account: "a1", User: "nobody@example.com"}}
		}, contactsync.ErrNoMailbox, ""},
		{"access refused", func(w *world) contactsync.Connection {
			w.srv.SetAccess(me, graphtest.Denied)
			return contactsync.Connection{}
		}, contactsync.ErrDenied, ""},
		{"sign-in over", func(w *world) contactsync.Connection {
			w.srv.SetAccess(me, graphtest.Unauthorized)
			return contactsync.Connection{}
		}, contactsync.ErrSignInRequired, ""},
		{"another person's folder", func(w *world) contactsync.Connection {
			w.srv.AddMailbox("grace@example.com")
			shared, err := w.srv.AddFolder("grace@example.com", "", "Shared")
			require.NoError(w.t, err)
			return contactsync.Connection{Folder: shared}
		}, nil, "Folder"},
		{"a folder by a name that the mailbox does not have", func(w *world) contactsync.Connection {
			return contactsync.Connection{Folder: "Global Address List"}
		}, nil, "Folder"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, options{})
			c := tt.in(w)
			c.Tenant, c.User = "acme", "u2"
			if c.Mailbox == (contactsync.Mailbox{}) {
				c.Mailbox = contactsync.Mailbox{Account: "a1"}
			}
			before, err := w.state.Connections(t.Context(), "acme")
			require.NoError(t, err)

			_, err = w.engine.Connect(t.Context(), c)

			var invalid *contactsync.InvalidError
			if tt.want != nil {
				require.ErrorIs(t, err, tt.want)
			} else {
				require.ErrorAs(t, err, &invalid)
				assert.Equal(t, tt.field, invalid.Field)
			}
			require.NotEmpty(t, contactsync.Reason(err))
			told += tt.name + ": " + contactsync.Reason(err) + "\n"
			after, err := w.state.Connections(t.Context(), "acme")
			require.NoError(t, err)
			assert.Equal(t, before, after, "nothing is saved")
		})
	}
	const path = "testdata/refused.golden"
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(told), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), told, "run the test with -update if this is meant, and read %s", path)
}

// Nothing that a person could act on has no words for them.
func TestReasonOfNothing(t *testing.T) {
	assert.Empty(t, contactsync.Reason(nil))
	assert.Empty(t, contactsync.Reason(contactsync.ErrBusy))
}
