package contactsync_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/record"
)

// unwilling answers every write of one side with an error, while it has one.
type unwilling struct {
	side record.Side
	err  error
}

func (f *unwilling) around(c *contactsync.Config) {
	apply := func(next contactsync.Store) func(context.Context, contactsync.Scope, []contactsync.Write) ([]contactsync.Result, error) {
		return func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			if f.err == nil {
				return next.Apply(ctx, sc, writes)
			}
			results := make([]contactsync.Result, len(writes))
			for i := range results {
				results[i].Err = f.err
			}
			return results, nil
		}
	}
	if f.side == record.Outlook {
		c.Directory = contactsynctest.Intercept(c.Directory, contactsynctest.Hooks{Apply: apply(c.Directory)})
		return
	}
	c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{Apply: apply(c.Store)})
}

// refusals are errors of one write, with what is said of it after "It could not be ...: the CRM"; nothing: it is not known what became of it.
var refusals = map[string]struct {
	err   error
	code  string
	words string
}{
	"a value":      {&contactsync.InvalidError{Field: "jobTitle", Reason: "not today"}, "notUndone jobTitle", `does not accept the value of "jobTitle": not today. Once it does, undo run %d again.`},
	"the contact":  {&contactsync.InvalidError{Reason: "not today"}, "notUndone ", "does not accept it: not today. Once it does, undo run %d again."},
	"by its check": {&record.ValueError{Field: "jobTitle"}, "notUndone jobTitle", ""},
	"the write":    {contactsync.ErrDenied, "notUndone ", "does not allow it. Once it does, undo run %d again."},
	"for now":      {&contactsync.ThrottledError{RetryAfter: time.Minute}, "failed ", "is busy. Undo run %d again in a while."},
	"not known":    {contactsync.ErrUnconfirmed, "failed ", ""},
}

// B11: what a side refuses of an undo is told in words of an undo, with the run to be undone again, and is nothing that a correction or an
// answer could settle: the list of the user's problems has nothing of it, also where the undo takes up one that was stopped. Once the
// side takes it, the undo run again puts all back.
func TestWhatIsSaidOfARefusedUndo(t *testing.T) {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		for what, refusal := range refusals {
			for _, deed := range []string{"update", "delete", "delete, and the undo was stopped", "create"} {
				t.Run(fmt.Sprintf("%s refuses %s, undoing a %s", side, what, deed), func(t *testing.T) {
					f, stop := &unwilling{side: side}, &stopper{}
					w := newUndoWorld(t, everythingFlows(), f.around, stop.around)
					w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Poet")
					w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com", "jobTitle=Admiral")
					run, want := w.sync(), [2][]string{record.CRM: {"Ada, Poet"}, record.Outlook: {"Grace, Admiral"}}
					if deed != "create" {
						item := w.outlookID(w.crmID("Grace"))
						if deed == "update" {
							w.editCRM("c1", "jobTitle=Analyst")
							w.editOutlook(item, "jobTitle=Clerk")
							want = [2][]string{record.CRM: {"Ada, Analyst", "Grace, Admiral"}, record.Outlook: {"Ada, Poet", "Grace, Clerk"}}
						} else {
							require.NoError(t, w.tenant.Delete("c1"))
							require.NoError(t, w.box.Delete(item))
							want = [2][]string{record.CRM: {"Grace, Admiral"}, record.Outlook: {"Ada, Poet"}}
						}
						run = w.sync()
					}
					if deed == "delete, and the undo was stopped" {
						stop.n = 2
						_, err := w.engine.Undo(w.ctx, w.conn.ID, run.Run)
						require.ErrorIs(t, err, errStopped)
						stop.starts(w, time.Hour)
					}
					f.err = refusal.err
					if what == "the write" && deed == "create" && side == record.CRM {
						refusal.words = "" // a right that is missing has words of its own
					}

					r := w.undo(run)

					require.Len(t, r.Problems, 1)
					p := r.Problems[0]
					assert.Equal(t, []string{refusal.code}, codes(r.Problems))
					assert.Equal(t, [2]bool{side == record.CRM, side == record.Outlook}, p.Sides)
					assert.NotEmpty(t, p.Link)
					assert.False(t, p.Resolvable)
					assert.Zero(t, p.RetryAt)
					assert.Contains(t, p.Message, fmt.Sprintf("ndo run %d again", run.Run))
					if refusal.words != "" {
						assert.Contains(t, p.Message, fmt.Sprintf(refusal.words, run.Run))
						assert.Regexp(t, "^It could not be (put back|deleted): the (CRM|Outlook folder) ", p.Message)
					}
					list, err := w.engine.User("acme", "u1").Problems(w.ctx, contactsync.ProblemFilter{})
					require.NoError(t, err)
					assert.Empty(t, list.Rows)
					f.err = nil
					w.now = w.now.Add(time.Hour)
					w.sync()
					assert.Empty(t, w.problems())

					r = w.undo(run)

					assert.Empty(t, r.Problems)
					assert.Equal(t, want, [2][]string{record.CRM: w.crmSide("firstName", "jobTitle"), record.Outlook: w.outlookSide("givenName", "jobTitle")})
					assert.Empty(t, w.problems())
					w.rests()
				})
			}
		}
	}
}

// L3: where a side refuses a contact and names no field, the words of the problem name none either.
func TestRefusedWithoutAField(t *testing.T) {
	f := &unwilling{side: record.Outlook, err: &contactsync.InvalidError{Reason: "too many contacts"}}
	w := newWorld(t, twoWay(), f.around)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")

	r := w.sync()

	require.Len(t, r.Problems, 1)
	assert.Equal(t, "The Outlook folder does not accept the contact: too many contacts. Correct it; until then the contact is not copied.", r.Problems[0].Message)
}
