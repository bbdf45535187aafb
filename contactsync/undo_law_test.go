package contactsync_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

func oneOf[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// anySettings are settings of all kinds, without guards.
func anySettings(r *rand.Rand) contactsync.Settings {
	s := everythingFlows()
	s.Conflict = oneOf(r, mapping.CRMWins, mapping.OutlookWins, mapping.Newest, mapping.Ask)
	s.Merge = oneOf(r, "field", "record")
	s.EditVsDelete = oneOf(r, conflict.EditWins, conflict.DeleteWins, conflict.AskPerson)
	s.Drift = oneOf(r, conflict.DriftLeave, conflict.DriftRestore)
	s.Match.Existing = oneOf(r, conflict.FillEmpty, conflict.Override, conflict.Leave)
	s.Match.For = oneOf(r, "firstMeeting", "always")
	s.Match.Several = oneOf(r, match.First, match.First, match.All)
	s.Deleted.InCRM = oneOf(r, contactsync.Propagate, contactsync.Propagate, contactsync.Detach, contactsync.Unlink, contactsync.Restore)
	s.Deleted.InOutlook = oneOf(r, contactsync.Propagate, contactsync.Propagate, contactsync.Detach, contactsync.Unlink, contactsync.Restore)
	if r.IntN(3) == 0 {
		s.Filter = filter.Not(filter.Equals("kind", "out"))
		s.Left = oneOf(r, contactsync.Propagate, contactsync.Propagate, contactsync.Detach, contactsync.Unlink)
	}
	if r.IntN(4) == 0 {
		one := &contactsync.Ops{Create: true, Update: true, Delete: true}
		s.Flow = oneOf(r, contactsync.Flow{ToOutlook: one, ToCRM: &contactsync.Ops{}}, contactsync.Flow{ToCRM: one, ToOutlook: &contactsync.Ops{}})
		s.Deleted = contactsync.OnDelete{}
		if s.Left == contactsync.Propagate {
			s.Left = contactsync.Detach
		}
	}
	return s
}

// anyEdit is something that a person does on either side.
func (w *world) anyEdit(r *rand.Rand, n int) {
	w.t.Helper()
	crm, items := w.tenant.Records(record.Contact), w.box.Items(record.Contact, w.folder)
	word := func() string { return oneOf(r, "", "Analyst", "Countess", "Poet", "Engines", "Navy") }
	switch k := r.IntN(10); {
	case k == 0:
		w.put(fmt.Sprintf("x%d", n), "firstName=New", fmt.Sprintf("lastName=Name%d", n), fmt.Sprintf("emails=x%d@example.com", n), "jobTitle="+word(), "owner=u1")
	case k == 1:
		w.addOutlook("givenName=Card", fmt.Sprintf("surname=Name%d", n), fmt.Sprintf("emailAddresses=y%d@example.com", n), "companyName="+word(), "department=Maths")
	case k == 2 && len(crm) > 0:
		require.NoError(w.t, w.tenant.Delete(oneOf(r, crm...).ID))
	case k == 3 && len(items) > 0:
		require.NoError(w.t, w.box.Delete(oneOf(r, items...).ID))
	case k == 4 && len(crm) > 0:
		w.editCRM(oneOf(r, crm...).ID, "kind="+oneOf(r, "out", ""))
	case k <= 6 && len(items) > 0:
		id := oneOf(r, items...).ID
		w.editOutlook(id, oneOf(r, "jobTitle=", "companyName=", "personalNotes=", "department=", "spouseName=")+word())
		if r.IntN(3) == 0 {
			w.editOutlook(id, fmt.Sprintf("businessPhones=+31 20 123 %04d|+31 6 1234 0%03d", n, n), "emailAddresses="+oneOf(r, "", fmt.Sprintf("z%d@example.com|zz%d@example.org", n, n)))
		}
	case len(crm) > 0:
		id := oneOf(r, crm...).ID
		w.editCRM(id, oneOf(r, "jobTitle=", "company=", "notes=")+word())
		if r.IntN(3) == 0 {
			w.editCRM(id, oneOf(r, "workPhone=", fmt.Sprintf("workPhone=+31 20 123 %04d", n)), oneOf(r, "emails=", fmt.Sprintf("emails=w%d@example.com", n)))
		}
	}
}

// anyRun is a world, the same for every seed, in which a run is about to be made.
func anyRun(t *testing.T, seed uint64) *world {
	r := rand.New(rand.NewPCG(seed, 7))
	w := newUndoWorld(t, anySettings(r))
	for i := range 6 {
		w.put(fmt.Sprintf("c%d", i), "firstName=Ada", fmt.Sprintf("lastName=Number%c", 'A'+i), fmt.Sprintf("emails=ada%d@example.com", i), "jobTitle=Poet")
		if i < 4 {
			w.addOutlook("givenName=Ada", fmt.Sprintf("surname=Number%c", 'A'+i), fmt.Sprintf("emailAddresses=ada%d@example.com", i), "companyName=Engines")
		}
	}
	if r.IntN(4) > 0 {
		w.sync()
		w.sync()
		for n := range 1 + r.IntN(8) {
			w.anyEdit(r, n)
		}
	}
	return w
}

// B11: whatever the settings and whatever a run did, its undo leaves both sides just as they were before it, and the next runs
// leave it so.
func TestUndoLaw(t *testing.T) {
	tried, wrote := 0, contactsync.Counts{}
	for seed := range uint64(undoLawSeeds) {
		w := anyRun(t, seed)
		run := w.sync()
		if run.Wrote() == 0 || w.sync().Wrote() > 0 { // more was left to the next run, which is not undone
			continue
		}
		w = anyRun(t, seed)
		before := w.sides()
		run = w.sync()
		tried++
		for _, c := range run.Counts {
			wrote.Created, wrote.Updated, wrote.Deleted = wrote.Created+c.Created, wrote.Updated+c.Updated, wrote.Deleted+c.Deleted
		}

		r := w.undo(run)

		require.Empty(t, r.Problems, "seed %d", seed)
		require.Equal(t, before, w.sides(), "seed %d", seed)
		for n := range 3 {
			var opts []contactsync.SyncOption
			if n == 2 {
				opts = append(opts, contactsync.Full())
			}
			require.Zero(t, w.sync(opts...).Wrote(), "seed %d: the next run but %d", seed, n)
		}
		require.Equal(t, before, w.sides(), "seed %d", seed)
		require.Zero(t, w.undo(run).Wrote(), "seed %d", seed)
	}
	t.Logf("%d runs undone, with %+v", tried, wrote)
	require.Greater(t, tried, undoLawSeeds/2)
	require.Greater(t, min(wrote.Created, wrote.Updated, wrote.Deleted), undoLawSeeds/20)
}

const undoLawSeeds = 100
