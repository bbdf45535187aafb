package memstore_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

func values(schema *record.Schema, pairs ...string) record.Fields {
	b := schema.Build()
	for i := 0; i < len(pairs); i += 2 {
		b.Set(pairs[i], pairs[i+1])
	}
	if err := b.Err(); err != nil {
		panic(err)
	}
	return b.Fields()
}

// told is what a round of Changes says: by id, the last name of the record, or why it was removed.
func told(t *testing.T, s contactsync.Store, sc contactsync.Scope, field string, after contactsync.Cursor) (map[string]string, contactsync.Cursor) {
	t.Helper()
	got := map[string]string{}
	for p := (contactsync.Page{Next: after, More: true}); p.More; {
		var err error
		p, err = s.Changes(t.Context(), sc, p.Next)
		require.NoError(t, err)
		for _, c := range p.Changes {
			if c.Record == nil {
				got[c.ID] = string(c.Removed) + c.Into
			} else {
				got[c.ID] = c.Record.Fields.Text(field)
			}
		}
		after = p.Next
	}
	return got, after
}

func TestTenantTellsTheSyncWhatPeopleDo(t *testing.T) {
	crm := memstore.NewStore(people)
	acme := crm.Tenant("acme")
	put := func(id, last string) {
		t.Helper()
		_, err := acme.Put(id, values(people, "last", last))
		require.NoError(t, err)
	}
	step := func(after contactsync.Cursor, want map[string]string) contactsync.Cursor {
		t.Helper()
		got, next := told(t, crm, crmScope, "last", after)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Changes mismatch (-want +got):\n%s", diff)
		}
		return next
	}
	for _, last := range []string{"Ada", "Bob", "Cleo", "Dora"} {
		put(last, last)
	}
	require.NoError(t, acme.Hide("Dora", "u17"))
	next := step("", map[string]string{"Ada": "Ada", "Bob": "Bob", "Cleo": "Cleo"})
	next = step(next, map[string]string{})

	require.NoError(t, acme.Edit("Ada", values(people, "last", "Ada")))
	next = step(next, map[string]string{}) // nothing changed

	require.NoError(t, acme.Edit("Ada", values(people, "last", "Lovelace")))
	require.NoError(t, acme.Delete("Bob"))
	require.NoError(t, acme.Merge("Cleo", "Ada"))
	require.NoError(t, acme.Unhide("Dora", "u17"))
	next = step(next, map[string]string{"Ada": "Lovelace", "Bob": "deleted", "Cleo": "mergedAda", "Dora": "Dora"})

	require.NoError(t, acme.Share("Ada", "u18"))
	put("Bob", "Robert") // undeleted
	next = step(next, map[string]string{"Ada": "hidden", "Bob": "Robert"})
	require.NoError(t, acme.Share("Ada"))
	require.NoError(t, acme.Delete("Ada"))
	next = step(next, map[string]string{"Ada": "deleted"})
	found, err := crm.Get(t.Context(), crmScope, []contactsync.Ref{{ID: "Cleo"}})
	require.NoError(t, err)
	require.Equal(t, contactsync.Deleted, found[0].Removed, "merged into a record that was deleted since")

	crm.ExpireCursors()
	_, err = crm.Changes(t.Context(), crmScope, next)
	require.ErrorIs(t, err, contactsync.ErrCursorExpired)
	step("", map[string]string{"Bob": "Robert", "Dora": "Dora"})
}

func TestTenantRefuses(t *testing.T) {
	crm := memstore.NewStore(people)
	acme := crm.Tenant("acme")
	_, err := acme.Put("a", values(people, "last", "Ada", "owner", "u1")) // people may set what the sync may not
	require.NoError(t, err)

	var invalid *contactsync.InvalidError
	_, err = acme.Put("b", values(people, "born", "tomorrow"))
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, &contactsync.InvalidError{Field: "born", Reason: "is not a date like 2006-01-02"}, invalid)
	_, err = acme.Put("b", values(record.OutlookContact, "surname", "Ada"))
	require.ErrorAs(t, err, &invalid)
	_, err = acme.Put("b", record.Fields{})
	require.ErrorAs(t, err, &invalid)
	require.ErrorAs(t, acme.Edit("a", values(record.OutlookContact, "surname", "Ada")), &invalid)

	for _, err := range []error{
		acme.Edit("nobody", values(people, "last", "x")), acme.Delete("nobody"), acme.Merge("a", "nobody"), acme.Merge("nobody", "a"),
		acme.Hide("nobody", "u"), acme.Unhide("nobody", "u"), acme.Share("nobody"),
	} {
		require.ErrorIs(t, err, contactsync.ErrNotFound)
	}
	require.Error(t, acme.Merge("a", "a"))

	sc := crmScope
	sc.Kind = record.Task
	_, err = crm.Changes(t.Context(), sc, "")
	require.ErrorAs(t, err, &invalid)
	_, err = crm.Get(t.Context(), sc, nil)
	require.ErrorAs(t, err, &invalid)
	_, err = crm.Apply(t.Context(), sc, nil)
	require.ErrorAs(t, err, &invalid)
	_, err = crm.Find(t.Context(), sc, nil)
	require.ErrorAs(t, err, &invalid)
	res, err := crm.Apply(t.Context(), crmScope, []contactsync.Write{{Op: "upsert"}, {Op: contactsync.Update, ID: "a", Set: values(people, "owner", "u2")}})
	require.NoError(t, err)
	require.ErrorAs(t, res[0].Err, &invalid)
	require.ErrorAs(t, res[1].Err, &invalid)
	require.Equal(t, "owner", invalid.Field)
}

func TestTenantReads(t *testing.T) {
	crm := memstore.NewStore(people)
	now := time.Date(2026, 3, 2, 9, 0, 0, 123, time.UTC)
	crm.Now = func() time.Time { return now }
	acme := crm.Tenant("acme")
	first, err := acme.Put("", values(people, "last", "Ada"))
	require.NoError(t, err)
	now = now.Add(time.Hour)
	require.NoError(t, acme.Edit(first.ID, values(people, "mobile", "+44 20 7946 0101")))
	_, err = acme.Put("0", values(people, "last", "Bob"))
	require.NoError(t, err)

	ada, ok := acme.Record(first.ID)
	require.True(t, ok)
	require.Equal(t, now, ada.Modified)
	require.Equal(t, now.Add(-time.Hour), ada.Created)
	require.Equal(t, "Ada", ada.Fields.Text("last"))
	require.True(t, ada.Fields.Known("emails"), "a field that was never set is known to be empty")
	require.Equal(t, len(people.Fields()), ada.Fields.Len())
	_, ok = acme.Record("nobody")
	require.False(t, ok)
	require.Len(t, acme.Records(record.Contact), 2)
	require.Equal(t, "0", acme.Records(record.Contact)[0].ID)
	require.Empty(t, crm.Tenant("globex").Records(record.Contact))
}

// TestFindReadsNumbersInTheRegion finds one record under the keys of each region that asks.
func TestFindReadsNumbersInTheRegion(t *testing.T) {
	crm := memstore.NewStore(people)
	_, err := crm.Tenant("acme").Put("a", values(people, "mobile", "020 7946 0101"))
	require.NoError(t, err)
	key := match.Key{Kind: match.PhoneKey, Value: "+442079460101"}
	for region, want := range map[string]int{"GB": 1, "": 0, "NL": 0} {
		sc := crmScope
		sc.Locale.Region = region
		m, err := crm.Find(t.Context(), sc, []match.Key{key})
		require.NoError(t, err)
		require.Len(t, m.Records, want, "region %q", region)
	}
}
