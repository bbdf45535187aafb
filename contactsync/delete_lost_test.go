package contactsync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/record"
)

// X2, promise 4: a run that did not hear that it had deleted the partner of a deleted record meets the record that was put back
// meanwhile: nobody wished the partner to be missing, so it is made again, and nothing is deleted.
func TestOwnDeleteIsNoPersons(t *testing.T) {
	for n := 1; ; n++ {
		ended := false
		for _, of := range []record.Side{record.CRM, record.Outlook} {
			for _, after := range []bool{false, true} {
				s := &stopper{}
				w := newWorld(t, propagating(), s.around)
				w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
				w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
				w.sync()
				item, was := w.outlookID("c1"), crmFields("firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
				if of == record.CRM {
					require.NoError(t, w.tenant.Delete("c1"))
				} else {
					require.NoError(t, w.box.Delete(item))
				}
				s.n, s.after = n, after
				_, err := w.engine.Sync(w.ctx, w.conn.ID)
				ended = err == nil
				s.starts(w, 6*time.Minute)
				if of == record.CRM {
					_, err = w.tenant.Put("c1", was)
				} else {
					err = w.box.Move(item, w.folder)
				}
				require.NoError(t, err)

				w.sync()
				w.sync()

				assert.Equal(t, []string{"Ada", "Grace"}, w.crmSide("firstName"), "effect %d, done %v", n, after)
				assert.Equal(t, []string{"Ada", "Grace"}, w.outlookSide("givenName"), "effect %d, done %v", n, after)
				w.settled()
			}
		}
		if ended {
			require.Greater(t, n, 2)
			return
		}
	}
}

// The same delete, of which nobody takes the cause back: it stays done, or is done by the next run.
func TestOwnDeleteIsRepeated(t *testing.T) {
	for _, after := range []bool{false, true} {
		s := &stopper{}
		w := newWorld(t, propagating(), s.around)
		w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
		w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
		w.sync()
		require.NoError(t, w.tenant.Delete("c1"))
		s.n, s.after = 2, after
		_, err := w.engine.Sync(w.ctx, w.conn.ID)
		require.ErrorIs(t, err, errStopped)
		s.starts(w, 6*time.Minute)

		w.sync()

		assert.Equal(t, []string{"Grace"}, w.outlookSide("givenName"))
		assert.Empty(t, w.problems())
		w.settled()
	}
}

// A delete that did not arrive leaves no trace once both records are there: the next one is a person's again.
func TestDeleteAfterOneThatDidNotArrive(t *testing.T) {
	s := &stopper{}
	w := newWorld(t, propagating(), s.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.sync()
	item := w.outlookID("c1")
	require.NoError(t, w.tenant.Delete("c1"))
	s.n = 2 // the intent is saved, the delete is not sent
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, errStopped)
	s.starts(w, 6*time.Minute)
	_, err = w.tenant.Put("c1", crmFields("firstName=Ada", "lastName=Lovelace", "emails=ada@example.com"))
	require.NoError(t, err)
	w.sync()
	require.NoError(t, w.box.Delete(item))

	w.sync()

	assert.Equal(t, []string{"Grace"}, w.crmSide("firstName"))
	w.settled()
}
