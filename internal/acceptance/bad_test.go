package acceptance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/internal/acceptance"
	"github.com/seed-42871e99/crmsync/record"
)

// What makes no sense is refused by an error that names it, and nothing changes: neither side, nor the open question, nor where the
// connection stands.
func TestBadInputChangesNothing(t *testing.T) {
	var w *acceptance.World
	settings := func(change func(*contactsync.Settings)) func() error {
		return func() error {
			before := w.Settings()
			defer w.Change(func(s *contactsync.Settings) { *s = before })
			w.Change(change)
			_, err := w.Try("kim")
			return err
		}
	}
	member := func(field string) func(*testing.T, error) {
		return func(t *testing.T, err error) {
			var invalid *contactsync.InvalidError
			if assert.ErrorAs(t, err, &invalid) {
				assert.Equal(t, field, invalid.Field)
			}
		}
	}
	for name, tt := range map[string]struct {
		do   func() error
		want func(*testing.T, error)
	}{
		"a setting that there is not": {
			do: func() error { _, err := contactsync.ParseSettings([]byte(`{"confilct": "crm"}`)); return err }, want: member("confilct"),
		},
		"a word that there is not": {
			do: settings(func(s *contactsync.Settings) { s.Conflict = "whoever shouts loudest" }), want: member("conflict"),
		},
		"a delete that the flow lacks": {
			do: settings(func(s *contactsync.Settings) { s.Deleted.InCRM = contactsync.Propagate }), want: member("deleted.inCRM"),
		},
		"a filter on a field that the CRM does not have": {
			do: settings(func(s *contactsync.Settings) { s.Filter = filter.Equals("starSign", "Leo") }), want: member("filter"),
		},
		"a saved search that there is not": {
			do: settings(func(s *contactsync.Settings) { s.Filter = filter.Saved("mine") }), want: member("filter"),
		},
		"a copy of a saved search without the field that must stay": {
			do: settings(func(s *contactsync.Settings) {
				s.Predefined = map[string][][]string{"mine": {{"owner"}}}
				s.Saved = map[string]filter.Condition{"mine": filter.Equals("owner", filter.User), "all clients": filter.Equals("kind", "client")}
				s.Filter = filter.Saved("all clients")
			}),
			want: member("saved[all clients]"),
		},
		"a lock that is violated": {
			do: func() error {
				w.Lock("conflict")
				w.Layer("kim", `{"conflict": "outlook"}`)
				defer w.Layer("kim", "")
				_, err := w.Try("kim")
				return err
			},
			want: func(t *testing.T, err error) {
				var locked *contactsync.LockedError
				if assert.ErrorAs(t, err, &locked) {
					assert.Equal(t, contactsync.LockedError{Member: "conflict", Layer: "kim", By: "tenant"}, *locked)
				}
			},
		},
		"a decision by another user": {
			do:   func() error { return w.Engine.User("acme", "lee").Decide(t.Context(), w.Question("kim"), record.CRM) },
			want: func(t *testing.T, err error) { assert.ErrorIs(t, err, contactsync.ErrNotFound) },
		},
		"a conflict answered as if it were a match": {
			do: func() error { return w.Engine.User("acme", "kim").Accept(t.Context(), w.Question("kim")) }, want: member("problem"),
		},
		"a value corrected to one that is no better": {
			do: func() error {
				_, err := w.Engine.User("acme", "kim").Resolve(t.Context(), w.Question("kim"), w.Correction("jobTitle=Countess of Lovelace and mother of engines"))
				return err
			},
			want: member("jobTitle"),
		},
		"a correction by another user": {
			do: func() error {
				_, err := w.Engine.User("acme", "lee").Resolve(t.Context(), w.Question("kim"), w.Correction("jobTitle=Countess"))
				return err
			},
			want: func(t *testing.T, err error) { assert.ErrorIs(t, err, contactsync.ErrNotFound) },
		},
		"an answer to a halt that there is not": {
			do: func() error {
				return w.Engine.Resume(t.Context(), w.Connection("kim").ID, contactsync.Halt{Guard: contactsync.GuardDeletes}, contactsync.AnswerGoOn)
			},
			want: member("connection"),
		},
		"a folder that is not the user's": {
			do: func() error {
				_, err := w.Engine.Connect(t.Context(), contactsync.Connection{Tenant: "acme", User: "kim", Mailbox: w.Connection("kim").Mailbox, Folder: "the public folder"})
				return err
			},
			want: member("Folder"),
		},
		"a connection that there is not": {
			do:   func() error { _, err := w.Engine.Sync(t.Context(), "nobody's"); return err },
			want: func(t *testing.T, err error) { assert.ErrorIs(t, err, contactsync.ErrNotFound) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			w = acceptance.NewWorld(func(*contactsync.Settings) {})
			w.Put("ada", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.Sync("kim", "lee")
			w.Edit("ada", "jobTitle=Analyst")
			w.EditCard("kim", "ada", "jobTitle=Poet")
			w.Sync("kim")
			before := w.All("kim", "lee")
			require.Contains(t, before, "problems of kim: conflict title")

			err := tt.do()

			tt.want(t, err)
			assert.Equal(t, before, w.All("kim", "lee"))
			w.Sync("kim")
			assert.Equal(t, before, w.All("kim", "lee"), "after the next run")
		})
	}
}
