package graphadapter_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// quirks draws a Graph that loses nothing for good, however odd it is.
func quirks(t *rapid.T) graphtest.Quirks {
	yes := func(name string) bool { return rapid.Bool().Draw(t, name) }
	return graphtest.Quirks{
		EmptyPages: rapid.IntRange(0, 2).Draw(t, "empty pages"), PageCap: rapid.IntRange(0, 5).Draw(t, "page cap"),
		DuplicateRows: yes("duplicates"), ReorderRows: yes("reorder"), ReplayRows: yes("replay"), UnknownRemovals: yes("unknown removals"),
		ChangedReason: yes("changed"), MovesKeepIDs: yes("moves keep ids"), SoftDeletedGone: yes("soft-deleted gone"),
		PositionalPaging: yes("positional"), ControlCharacters: yes("control"), Gzip: yes("gzip"), EmptyStringsKept: yes("empty strings"),
		DisplayNameOverwritten: yes("display name"), RenameKeepsNames: yes("rename"), PatchIgnoresIfMatch: yes("if-match ignored"),
		LowerBatchHeaders: yes("lower headers"), BatchInOrder: yes("in order"), EmailGaps: yes("email gaps"), NoEcho: yes("no echo"),
		ThrottleEvery: rapid.SampledFrom([]int{0, 3, 7}).Draw(t, "throttle"), UnavailableEvery: rapid.SampledFrom([]int{0, 5}).Draw(t, "unavailable"),
	}
}

// Whatever people do in Outlook between and during rounds, the folder as told is the folder as it is, as soon as a round
// begun after it ends.
func TestFolderAsToldIsAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := quirks(t)
		q.NoEcho = false
		w := start(t, q, func(_ *graphtest.Options, o *graphadapter.Options) {
			o.PageSize = rapid.IntRange(1, 6).Draw(t, "page size")
		})
		other, err := w.srv.AddFolder(me, "", "Elsewhere")
		require.NoError(t, err)
		var ids []string
		n := 0
		live := func() string {
			if len(ids) == 0 {
				return ""
			}
			return rapid.SampledFrom(ids).Draw(t, "item")
		}
		act := func() {
			n++
			id := live()
			// Acting on what is gone is no action.
			switch rapid.IntRange(0, 5).Draw(t, "act") {
			case 0, 1:
				ids = append(ids, w.srv.AddContact(me, graphtest.Contact{GivenName: fmt.Sprint("Person ", n), PersonalNotes: "a\x02b"}).ImmutableID)
			case 2:
				_, _ = w.srv.EditContact(me, id, func(c *graphtest.Contact) { c.GivenName = fmt.Sprint("Edited ", n) })
			case 3:
				_ = w.srv.DeleteContact(me, id)
			case 4:
				_ = w.srv.PurgeContact(me, id)
			case 5:
				to := rapid.SampledFrom([]string{other, ""}).Draw(t, "to")
				_, _ = w.srv.MoveContact(me, id, to)
			}
		}
		got := view{}
		var cursor contactsync.Cursor
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			for range rapid.IntRange(0, 8).Draw(t, "acts") {
				act()
			}
			if rapid.IntRange(0, 9).Draw(t, "full") == 0 {
				cursor, got = "", view{}
			}
			var changes []contactsync.Change
			for more := true; more; {
				p, err := w.dir.Changes(t.Context(), w.scope, cursor)
				require.NoError(t, err)
				require.Empty(t, p.Bad)
				changes = append(changes, p.Changes...)
				cursor, more = p.Next, p.More
				if more && rapid.IntRange(0, 5).Draw(t, "meanwhile") == 0 {
					act()
				}
			}
			w.apply(got, changes)
		}
		changes, _ := w.round(cursor)
		w.apply(got, changes)
		w.compare(got)
	})
}

// genFields draws values for some fields, within what Outlook takes.
func genFields(t *rapid.T) record.Fields {
	b := record.OutlookContact.Build()
	for _, f := range record.OutlookContact.Fields() {
		if f.ReadOnly || rapid.IntRange(0, 3).Draw(t, "skip "+f.Name) > 0 {
			continue
		}
		word := rapid.StringMatching(`[A-Za-zé&<>"'\\]{1,6}( [a-z]{1,4})?`)
		count := rapid.IntRange(0, max(1, min(f.MaxCount, 3))).Draw(t, "count "+f.Name)
		entries := make([]string, count)
		for i := range entries {
			switch f.Type {
			case record.Email:
				entries[i] = rapid.SampledFrom([]string{"", "Name "}).Draw(t, "name") + fmt.Sprintf("p%d@example.com", rapid.IntRange(0, 99).Draw(t, f.Name))
				if name, address, named := cutName(entries[i]); named {
					entries[i] = record.JoinEmail(name, address)
				}
			case record.Date:
				entries[i] = fmt.Sprintf("19%02d-0%d-1%d", rapid.IntRange(0, 99).Draw(t, f.Name), 1+i, i)
			default:
				entries[i] = word.Draw(t, f.Name)
			}
		}
		b.Set(f.Name, entries...)
	}
	return b.Fields()
}

func cutName(s string) (name, address string, named bool) {
	if i := slices.Index([]byte(s), ' '); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return "", s, false
}

// What is written is what is read: the result says what is stored, Get says the same, and fields that were not written
// stay as they were, but for names that follow their parts.
func TestWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := quirks(t)
		q.UnavailableEvery = 0 // a lost create is another test's
		w := start(t, q)
		r := w.write(create("1stamp", genFields(t)))[0]
		was := w.one(r.ID)
		w.same(r, was)
		for range rapid.IntRange(1, 3).Draw(t, "updates") {
			set := genFields(t)
			u := update(was, set)
			if rapid.Bool().Draw(t, "unread") {
				u.Was = nil
			}
			blindly := u.Was == nil && !needsRead(set)
			r := w.write(u)[0]
			now := w.one(r.ID)
			w.same(r, now)
			for name, v := range now.Fields.All() {
				want, written := set.Get(name)
				if !written {
					want, _ = was.Fields.Get(name)
				}
				switch {
				case !written && (name == "displayName" || name == "fileAs") && (renames(set) || blindly || want.IsEmpty()):
					continue // composed anew
				case name == "emailAddresses":
					require.Equal(t, addresses(want), addresses(v))
				default:
					require.Empty(t, cmp.Diff(record.Raw(want), record.Raw(v)), name)
				}
			}
			was = now
		}
		require.Equal(t, "1stamp", was.Stamp)
	})
}

func addresses(v record.Value) []string {
	var list []string
	for _, entry := range v {
		_, address := record.SplitEmail(entry)
		list = append(list, address)
	}
	return list
}

func renames(set record.Fields) bool {
	return slices.ContainsFunc([]string{"title", "givenName", "middleName", "surname", "generation", "companyName", "nickName", "initials"}, set.Known)
}

func needsRead(set record.Fields) bool {
	for name := range set.All() {
		if f, _ := record.OutlookContact.Field(name); f.Shape != record.One || renames(set) || slices.Contains([]byte(name), '.') {
			return true
		}
	}
	return false
}

// same checks that a result tells the item as it is.
func (w *world) same(r contactsync.Result, now record.Record) {
	w.t.Helper()
	require.Equal(w.t, now.Version, r.Version)
	require.Equal(w.t, now.Modified, r.Modified)
	for name, v := range r.Stored.All() {
		is, _ := now.Fields.Get(name)
		require.Equal(w.t, is, v, name)
	}
	for name := range now.Fields.All() {
		if f, _ := record.OutlookContact.Field(name); !f.ReadOnly && isOwnProperty(name) {
			require.True(w.t, r.Stored.Known(name), name)
		}
	}
}

// isOwnProperty leaves out what only an expanded read shows.
func isOwnProperty(name string) bool {
	return !slices.Contains([]string{"otherPhone", "carPhone", "callbackPhone", "assistantPhone", "pager", "businessFax", "homeFax", "otherFax", "personalHomePage", "weddingAnniversary"}, name)
}
