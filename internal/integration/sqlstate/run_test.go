package sqlstate_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// What one run costs in statements, beside begin and commit.
func TestStatementsOfARun(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		w := newWorld(t, d)
		for i := range 120 {
			w.put(fmt.Sprintf("c%d", i), fmt.Sprintf("firstName=Name%d", i), fmt.Sprintf("emails=p%d@example.com", i))
		}
		require.Equal(t, 120, w.sync().Wrote())
		require.Zero(t, w.sync().Wrote())

		w.watch.forget()
		require.Zero(t, w.sync().Wrote())
		sent := w.watch.statements()
		want := map[string]int{"SQLite in memory": 2, "SQLite in a file": 2, "PostgreSQL": 3}[d.name]
		assert.Len(t, sent, want, "a run that finds nothing: %v", sent)

		state := w.state(t)
		var ids []string
		for i := range 100 {
			ids = append(ids, fmt.Sprintf("c%d", i))
		}
		w.watch.forget()
		links, err := state.LinksOf(t.Context(), w.conn.ID, record.CRM, ids)
		require.NoError(t, err)
		assert.Len(t, links, 100)
		conns, err := state.LinkedTo(t.Context(), "acme", ids)
		require.NoError(t, err)
		assert.Equal(t, []string{w.conn.ID}, conns)
		assert.Len(t, w.watch.statements(), 2, "what is linked, for a page of 100 records, and in which connections")

		w.watch.forget()
		labels, err := state.Labels(t.Context(), "acme", w.conn.User, ids)
		require.NoError(t, err)
		assert.Len(t, labels, 100)
		assert.Len(t, w.watch.statements(), 1, "the labels of a page of 100 records")

		l, err := state.Acquire(t.Context(), w.conn.ID, "test", w.now, ttl)
		require.NoError(t, err)
		w.watch.forget()
		require.NoError(t, state.Save(t.Context(), l, contactsync.Batch{Links: links}))
		assert.Len(t, w.watch.statements(), 2, "a chunk of links: the fence and the links")
	})
}

// The database alone reveals no value: a scenario with every kind of thing that is stored, and then a look for what people wrote.
func TestNoValueInTheDatabase(t *testing.T) {
	secrets := []string{
		"Wilhelmina", "Featherstone", "Philippa", "Cholmondeley", "Zebedee", "Marjoribanks", "Obadiah", "Quincannon", "Thaddeus",
		"wilhelmina.f@", "philippa@", "zebedee@", "obadiah@", "thaddeus@", "7700900123", "7700900456", "Analytical Engines", "Difference Works",
		"likes marzipan", "prefers nougat", "allergic to pistachio", "a key of the host", "another key",
	}
	onEach(t, func(t *testing.T, d database) {
		w := newWorld(t, d)
		w.put("c1", "firstName=Wilhelmina", "lastName=Featherstone", "emails=wilhelmina.f@example.com", "mobile=+447700900123", "company=Analytical Engines")
		w.put("c2", "firstName=Philippa", "lastName=Cholmondeley", "emails=philippa@example.com", "notes=likes marzipan")
		w.put("c3", "firstName=Thaddeus", "emails=thaddeus@example.com")
		w.add("givenName=Zebedee", "surname=Marjoribanks", "emailAddresses=zebedee@example.com", "mobilePhone=+447700900456")
		item := w.add("givenName=Philippa", "surname=Cholmondeley", "emailAddresses=philippa@example.com")
		w.add("givenName=Obadiah", "surname=Quincannon", "emailAddresses=obadiah@example.com") // doubtful: one address, another name
		w.put("c4", "firstName=Jedediah", "lastName=Smallweed", "emails=obadiah@example.com")
		r := w.sync()
		assert.Positive(t, r.Matched)
		assert.Positive(t, r.Wrote())

		require.NoError(t, w.tenant.Edit("c2", fields(w.person, "notes=prefers nougat")))
		require.NoError(t, w.box.Edit(item, fields(record.OutlookContact, "personalNotes=allergic to pistachio")))
		require.NoError(t, w.tenant.Edit("c1", fields(w.person, "company=Difference Works")))
		require.NoError(t, w.tenant.Delete("c3"))
		r = w.sync()
		assert.NotEmpty(t, r.Problems)
		state := w.state(t)
		problems, err := state.Problems(t.Context(), w.conn.ID)
		require.NoError(t, err)
		for _, p := range problems {
			if p.Code == contactsync.CodeConflict {
				require.NoError(t, w.engine.Decide(t.Context(), w.conn.ID, p.ID, record.CRM))
			}
		}
		runs, err := state.JournalRuns(t.Context(), w.conn.ID)
		require.NoError(t, err)
		assert.NotEmpty(t, runs, "there is a journal, with what was overwritten and deleted")
		_, err = state.Claim(t.Context(), "acme", w.conn.ID, []uint64{1}, w.now, w.now.Add(time.Hour))
		require.NoError(t, err)
		l, err := state.Acquire(t.Context(), w.conn.ID, "test", w.now, ttl)
		require.NoError(t, err)
		known, err := state.KnownOf(t.Context(), w.conn.ID, allItems(w))
		require.NoError(t, err)
		assert.NotEmpty(t, known, "there are items without a partner")
		require.NoError(t, state.Save(t.Context(), l, contactsync.Batch{NotBefore: w.now.Add(time.Minute), Release: true}))

		all := w.dump(t)
		for table, rows := range all {
			assert.NotEmpty(t, rows, "table %s", table)
			for _, row := range rows {
				for _, secret := range secrets {
					assert.False(t, strings.Contains(strings.ToLower(row), strings.ToLower(secret)), "table %s holds %q", table, secret)
				}
			}
		}
		if d.name == "SQLite in a file" {
			file, _, _ := strings.Cut(strings.TrimPrefix(w.watch.source, "file:"), "?")
			for _, name := range []string{file, file + "-wal"} {
				bytes, err := os.ReadFile(name)
				require.NoError(t, err)
				for _, secret := range secrets {
					assert.False(t, strings.Contains(strings.ToLower(string(bytes)), strings.ToLower(secret)), "file %s holds %q", name, secret)
				}
			}
		}
	})
}

func allItems(w *world) []string {
	var ids []string
	for _, item := range w.box.Items(record.Contact, w.conn.Folder) {
		ids = append(ids, item.ID)
	}
	return ids
}

// A run, its undo, and what it leaves are the same as with any other State.
func TestEngineOnTheDatabase(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		w := newWorld(t, d)
		w.put("c1", "firstName=Ada", "emails=ada@example.com", "company=Engines")
		item := w.add("givenName=Ada", "emailAddresses=ada@example.com")
		first := w.sync()
		assert.Equal(t, 1, first.Matched)
		rec, _ := w.box.Item(item)
		assert.Equal(t, "Engines", rec.Fields.Text("companyName"))
		require.NoError(t, w.box.Edit(item, fields(record.OutlookContact, "companyName=Difference Engines")))
		second := w.sync()
		assert.Equal(t, 1, second.Wrote())
		w.now = w.now.Add(time.Hour)
		undone, err := w.engine.Undo(t.Context(), w.conn.ID, second.Run)
		require.NoError(t, err)
		assert.Equal(t, 1, undone.Wrote())
		crm, _ := w.tenant.Record("c1")
		assert.Equal(t, "Engines", crm.Fields.Text("company"))
		assert.Zero(t, w.sync().Wrote())
		runs, err := w.state(t).Runs(t.Context(), w.conn.ID, 10)
		require.NoError(t, err)
		assert.Len(t, runs, 3)
	})
}

// After a person is forgotten the database does not even have the ids.
func TestForgottenInTheDatabase(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		w := newWorld(t, d)
		w.put("crm-id-to-forget", "firstName=Ada", "emails=ada@example.com", "notes=one")
		w.put("c2", "firstName=Grace", "emails=grace@example.com")
		item := w.add("givenName=Ada", "emailAddresses=ada@example.com", "personalNotes=two")
		w.sync()
		require.NoError(t, w.tenant.Edit("crm-id-to-forget", fields(w.person, "lastName=Lovelace")))
		r := w.sync()
		require.Equal(t, 1, r.Wrote())
		require.NoError(t, w.engine.Wake(t.Context(), w.conn.ID, "crm-id-to-forget", "c2"))
		require.NoError(t, w.tenant.Delete("crm-id-to-forget"))
		holding := func(what string) (rows []string) {
			for table, all := range w.dump(t) {
				for _, row := range all {
					if strings.Contains(row, what) {
						rows = append(rows, table+": "+row)
					}
				}
			}
			return rows
		}
		require.NotEmpty(t, holding("crm-id-to-forget"))
		require.NotEmpty(t, holding(item))

		report, err := w.engine.Forget(t.Context(), "acme", []string{"crm-id-to-forget"}, contactsync.CopiesAll)
		require.NoError(t, err)
		require.Equal(t, 1, report.Links)
		assert.Empty(t, holding("crm-id-to-forget"))
		assert.Empty(t, holding(item))
		assert.NotEmpty(t, holding("c2"))
	})
}

// transacting is a CRM that says it lies in the State's database.
type transacting struct {
	*memstore.Store
	w *world
}

func (s transacting) Transact(ctx context.Context, do func(ctx context.Context) error) error {
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(s.w.remembers.WithTx(ctx, tx)); err != nil {
		return err
	}
	if s.w.noCommit != nil {
		return s.w.noCommit
	}
	return tx.Commit()
}

// What the engine saves of a chunk that it writes to the CRM is part of the CRM's own transaction: also where the database has one
// connection only.
func TestEngineInTheStoresTransaction(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		w := newWorld(t, d)
		w.transacts()
		w.add("givenName=Ada", "emailAddresses=ada@example.com")
		assert.Equal(t, 1, w.sync().Wrote())
		links, err := w.remembers.Links(t.Context(), w.conn.ID, "", 10)
		require.NoError(t, err)
		require.Len(t, links, 1)
		assert.Equal(t, contactsync.Linked, links[0].Phase)

		w.add("givenName=Grace", "emailAddresses=grace@example.com")
		w.noCommit = errors.New("no commit")
		_, err = w.engine.Sync(t.Context(), w.conn.ID)
		require.ErrorIs(t, err, w.noCommit)
		w.noCommit = nil
		links, err = w.remembers.Links(t.Context(), w.conn.ID, "", 10)
		require.NoError(t, err)
		phases := map[contactsync.Phase]int{}
		for _, l := range links {
			phases[l.Phase]++
		}
		assert.Equal(t, map[contactsync.Phase]int{contactsync.Linked: 1, contactsync.Intended: 1}, phases, "what was not committed is not remembered")
	})
}
