package graphadapter_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// B12: n creates are n parts in ceil(n/20) batches, and nothing else.
func TestCreatesFillBatches(t *testing.T) {
	for _, n := range []int{1, 19, 20, 21, 100} {
		w := start(t, graphtest.Quirks{})
		var writes []contactsync.Write
		for i := range n {
			writes = append(writes, create(fmt.Sprint("1stamp", i), fields(t, map[string]record.Value{"givenName": {fmt.Sprint("Person ", i)}})))
		}
		results := w.write(writes...)
		for i, r := range results {
			require.Equal(t, fmt.Sprint("Person ", i), must(w.srv.Contact(me, r.ID)).GivenName, "results are in the order of the writes")
		}
		c := w.srv.Counts()
		require.Equal(t, (n+19)/20, c.Requests)
		require.Equal(t, (n+19)/20, c.Batches)
		require.Equal(t, n, c.Parts)
		require.Equal(t, n, c.Routes["POST /contacts"])
	}
}

// More batches only for size.
func TestLargeCreatesSplitBySize(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	notes := fields(t, map[string]record.Value{"personalNotes": {"<&>" + fmt.Sprintf("%01000000d", 7)}})
	w.write(create("1a", notes), create("1b", notes), create("1c", notes), create("1d", notes))
	require.Equal(t, 2, w.srv.Counts().Batches)
	for _, r := range w.srv.Requests() {
		require.LessOrEqual(t, len(r.Body), 3_500_000)
	}
}

// An update is one GET and one PATCH part; a delete is one.
func TestUpdatesAndDeletes(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	var refs []contactsync.Ref
	for range 30 {
		refs = append(refs, contactsync.Ref{ID: w.srv.AddContact(me, full()).ImmutableID})
	}
	_, _ = w.round("") // the default folder is known from here on
	w.srv.Reset()
	found, err := w.dir.Get(t.Context(), w.scope, refs)
	require.NoError(t, err)
	var writes []contactsync.Write
	for _, f := range found {
		writes = append(writes, update(f.Records[0], fields(t, map[string]record.Value{"surname": {"Murray"}, "businessAddress.city": {"Hull"}})))
	}
	results := w.write(writes...)
	c := w.srv.Counts()
	require.Equal(t, 4, c.Requests)
	require.Equal(t, 30, c.Routes["GET /contacts/{id}"])
	require.Equal(t, 30, c.Routes["PATCH /contacts/{id}"])
	w.srv.Reset()
	writes = nil
	for _, r := range results {
		writes = append(writes, contactsync.Write{Op: contactsync.Delete, ID: r.ID, Version: r.Version})
	}
	w.write(writes...)
	c = w.srv.Counts()
	require.Equal(t, 2, c.Requests)
	require.Equal(t, 30, c.Routes["DELETE /contacts/{id}"])
}

// Where If-Match is honoured, plain scalars are one PATCH.
func TestBlindUpdate(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	honoured := start(t, graphtest.Quirks{}, func(_ *graphtest.Options, o *graphadapter.Options) { o.IfMatchHonoured = true })
	for _, tt := range []struct {
		field string
		want  bool
	}{
		{"jobTitle", true}, {"personalNotes", true}, {"mobilePhone", true}, {"birthday", true}, {"otherPhone", true}, {"displayName", true},
		{"givenName", false}, {"companyName", false}, {"emailAddresses", false}, {"businessPhones", false}, {"businessAddress.city", false}, {"categories", false},
	} {
		set := fields(t, map[string]record.Value{tt.field: nil})
		require.Equal(t, tt.want, honoured.dir.BlindUpdate(set), tt.field)
		require.False(t, w.dir.BlindUpdate(set), tt.field)
	}
	c := honoured.srv.AddContact(me, full())
	honoured.write(contactsync.Write{
		Op: contactsync.Update, ID: c.ImmutableID, Version: `W/"` + c.ChangeKey + `"`, Set: fields(t, map[string]record.Value{"jobTitle": {"Captain"}}),
	})
	require.Equal(t, 1, honoured.srv.Counts().Parts)
	require.Equal(t, 1, honoured.srv.Counts().Requests)
}

// One batch, or four other requests, of a mailbox at a time, whoever calls.
func TestOneBatchAMailboxAtATime(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	w.srv.AddMailbox("bob@example.com")
	_, last := w.round("")
	w.srv.Reset()
	var wg sync.WaitGroup
	for i := range 8 {
		for _, user := range []string{"", "bob@example.com"} {
			wg.Add(2)
			sc := w.scope
			sc.Mailbox.User = user
			go func() {
				defer wg.Done()
				var writes []contactsync.Write
				for n := range 6 {
					writes = append(writes, create(fmt.Sprint("1", user, i, n), fields(t, map[string]record.Value{"givenName": {"Grace"}})))
				}
				if _, err := w.dir.Apply(t.Context(), sc, writes); err != nil {
					t.Error(err)
				}
			}()
			go func() {
				defer wg.Done()
				after := last.Next
				if user != "" {
					after = ""
				}
				if _, err := w.dir.Changes(t.Context(), sc, after); err != nil {
					t.Error(err)
				}
			}()
		}
	}
	wg.Wait()
	c := w.srv.Counts()
	require.LessOrEqual(t, c.MaxConcurrent, 4)
	require.Zero(t, c.Throttled)
	require.Len(t, w.srv.Contacts(me, ""), 48)
	require.Len(t, w.srv.Contacts("bob@example.com", ""), 48)
}

// Removals are confirmed in batches.
func TestGetInBatches(t *testing.T) {
	w := start(t, graphtest.Quirks{SoftDeletedGone: true})
	var refs []contactsync.Ref
	for i := range 45 {
		c := w.srv.AddContact(me, full())
		refs = append(refs, contactsync.Ref{ID: c.ImmutableID})
		if i%2 == 0 {
			require.NoError(t, w.srv.DeleteContact(me, c.ImmutableID))
		}
	}
	_, _ = w.round("")
	w.srv.Reset()
	found, err := w.dir.Get(t.Context(), w.scope, refs)
	require.NoError(t, err)
	for i, f := range found {
		require.Equal(t, refs[i], f.Ref)
		require.Equal(t, i%2 == 0, f.Removed == contactsync.Deleted)
		require.Equal(t, i%2 == 1, len(f.Records) == 1)
	}
	require.Equal(t, 3, w.srv.Counts().Requests)
}

func TestNothingToDoAsksNothing(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	found, err := w.dir.Get(t.Context(), w.scope, nil)
	require.NoError(t, err)
	require.Empty(t, found)
	results, err := w.dir.Apply(t.Context(), w.scope, nil)
	require.NoError(t, err)
	require.Empty(t, results)
	require.Zero(t, w.srv.Counts().Requests)
}
