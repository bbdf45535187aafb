package contactsync_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// guardedCRM lets its user delete only what they may: it refuses the write.
type guardedCRM struct {
	*memstore.Store
	may   map[string]bool
	tried int
	down  error
	fixed bool // nothing may be changed
	short bool // it answers for too few
}

func (g *guardedCRM) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	results := make([]contactsync.Result, 0, len(writes))
	for _, w := range writes {
		if w.Op == contactsync.Delete {
			if g.tried++; !g.may[w.ID] {
				results = append(results, contactsync.Result{Err: contactsync.ErrDenied})
				continue
			}
		}
		if g.fixed && w.Op == contactsync.Update {
			results = append(results, contactsync.Result{Err: contactsync.ErrDenied})
			continue
		}
		one, err := g.Store.Apply(ctx, sc, []contactsync.Write{w})
		if err != nil {
			return nil, err
		}
		results = append(results, one...)
	}
	return results, nil
}

// outspokenCRM says so beforehand too.
type outspokenCRM struct{ *guardedCRM }

func (o outspokenCRM) MayDelete(_ context.Context, _ contactsync.Scope, ids []string) ([]bool, error) {
	answers := make([]bool, len(ids))
	for i, id := range ids {
		answers[i] = o.may[id]
	}
	if o.short {
		answers = answers[1:]
	}
	return answers, o.down
}

// newRightsWorld has Ada and Grace on both sides; the user may delete Grace.
func newRightsWorld(t *testing.T, s contactsync.Settings, says bool) (*world, *guardedCRM) {
	t.Helper()
	var crm *guardedCRM
	w := newWorld(t, s, func(c *contactsync.Config) {
		crm = &guardedCRM{Store: c.Store.(*memstore.Store), may: map[string]bool{"c2": true}}
		c.Store = crm
		if says {
			c.Store = outspokenCRM{crm}
		}
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.put("c3", "firstName=Alan", "lastName=Turing", "emails=alan@example.com")
	w.sync()
	return w, crm
}

func bothRights(t *testing.T, do func(t *testing.T, says bool)) {
	for _, says := range []bool{true, false} {
		t.Run(fmt.Sprintf("the CRM says so beforehand: %v", says), func(t *testing.T) { do(t, says) })
	}
}

// X3: deleted in Outlook, where the user may not delete in the CRM: reported, put back or detached, by setting; what they may
// delete is deleted. Three runs afterwards write nothing.
func TestDeletedWithoutTheRight(t *testing.T) {
	for setting, tt := range map[string]struct {
		outlook  []string
		problems []string
	}{
		"":        {[]string{"Alan"}, []string{"denied "}},
		"report":  {[]string{"Alan"}, []string{"denied "}},
		"restore": {[]string{"Ada", "Alan"}, []string{}},
		"detach":  {[]string{"Alan"}, []string{}},
	} {
		t.Run("withoutRight "+setting, func(t *testing.T) {
			bothRights(t, func(t *testing.T, says bool) {
				s := propagating()
				s.Deleted.WithoutRight = setting
				w, crm := newRightsWorld(t, s, says)
				require.NoError(t, w.box.Delete(w.outlookID("c1")))
				require.NoError(t, w.box.Delete(w.outlookID("c2")))

				r := w.sync()

				assert.Equal(t, 1, r.Counts[record.CRM].Deleted)
				assert.Equal(t, []string{"Ada", "Alan"}, w.crmSide("firstName"))
				assert.Equal(t, tt.outlook, w.outlookSide("givenName"))
				problems := w.problems()
				assert.ElementsMatch(t, tt.problems, problems)
				if says {
					assert.Equal(t, 1, crm.tried, "what it may not is not tried")
				}
				w.settled()
				assert.Equal(t, problems, w.problems())
				w.editCRM("c3", "company=Bletchley")
				w.sync()
				w.settled()
			})
		})
	}
}

// X3: what was reported is deleted once the right is there, and outlived by an edit in the CRM.
func TestReportedUntilTheRightIsThere(t *testing.T) {
	bothRights(t, func(t *testing.T, says bool) {
		w, crm := newRightsWorld(t, propagating(), says)
		require.NoError(t, w.box.Delete(w.outlookID("c1")))
		require.NoError(t, w.box.Delete(w.outlookID("c3")))
		w.sync()
		problems, err := w.state.Problems(w.ctx, w.conn.ID)
		require.NoError(t, err)
		require.Len(t, problems, 2)
		golden(t, "testdata/withoutright.golden", problems[0].Message+"\n")
		assert.False(t, problems[0].Resolvable)
		crm.may["c1"] = true
		w.editCRM("c3", "company=Bletchley")
		w.now = w.now.Add(24 * time.Hour)

		w.sync()

		assert.Equal(t, []string{"Alan", "Grace"}, w.crmSide("firstName"))
		assert.Equal(t, []string{"Alan, Bletchley", "Grace, "}, w.outlookSide("givenName", "companyName"))
		assert.Empty(t, w.problems())
		w.settled()
	})
}

// X3: the setting that changes settles what is reported.
func TestWithoutRightChanges(t *testing.T) {
	for setting, outlook := range map[string][]string{"restore": {"Ada", "Alan", "Grace"}, "detach": {"Alan", "Grace"}} {
		t.Run(setting, func(t *testing.T) {
			bothRights(t, func(t *testing.T, says bool) {
				w, _ := newRightsWorld(t, propagating(), says)
				require.NoError(t, w.box.Delete(w.outlookID("c1")))
				w.sync()
				w.policy.Deleted.WithoutRight = setting
				w.sync()
				assert.Equal(t, outlook, w.outlookSide("givenName"))
				assert.Empty(t, w.problems())
				w.settled()
			})
		})
	}
}

// X3, B4: of what may not be deleted nothing is counted as a delete, where the CRM says so beforehand; the emptied side still is.
func TestGuardsCountWhatMayBeDeleted(t *testing.T) {
	s := propagating()
	s.Deleted.WithoutRight = "restore"
	s.Guards.EmptySide.Off = true
	w, crm := newRightsWorld(t, s, true)
	for i := range 12 {
		w.put(fmt.Sprintf("d%02d", i), fmt.Sprintf("firstName=Mary%c", 'A'+i), "lastName=Somerville", fmt.Sprintf("emails=m%d@example.com", i))
	}
	w.sync()
	for i := range 8 {
		require.NoError(t, w.box.Delete(w.outlookID(fmt.Sprintf("d%02d", i))))
	}
	before := w.crmSide("firstName")

	plan, err := w.engine.Plan(w.ctx, w.conn.ID)
	require.NoError(t, err)
	for _, a := range plan.Actions {
		assert.Equal(t, contactsync.Create, a.Op)
		assert.Equal(t, record.Outlook, a.Side)
	}
	assert.Len(t, plan.Actions, 8)
	r := w.sync()

	assert.Equal(t, contactsync.Idle, r.Status)
	assert.Equal(t, before, w.crmSide("firstName"))
	assert.Len(t, w.outlookSide("givenName"), 15)
	assert.Zero(t, crm.tried)
	w.settled()
	for i := range 8 { // with the right, as many halt
		crm.may[fmt.Sprintf("d%02d", i)] = true
		require.NoError(t, w.box.Delete(w.outlookID(fmt.Sprintf("d%02d", i))))
	}
	assert.Equal(t, contactsync.Halted, w.sync().Status)
}

// X3: refused only when it is tried, where the settings limit what may be made: put back all the same, for the delete is not what
// a later run would see.
func TestRefusedAndPutBackUnderALimit(t *testing.T) {
	s := propagating()
	s.Deleted.WithoutRight = "restore"
	s.Guards.Creates = contactsync.Limit{DayFloor: 1, Floor: 1}
	w, _ := newRightsWorld(t, contactsync.Settings{Mapping: rules(), Region: "NL"}, false)
	*w.policy = s
	w.sync()
	require.NoError(t, w.box.Delete(w.outlookID("c1")))
	require.NoError(t, w.box.Delete(w.outlookID("c3")))
	w.sync()
	assert.Equal(t, []string{"Ada", "Alan", "Grace"}, w.outlookSide("givenName"))
	assert.Empty(t, w.problems())
	w.settled()
}

// X3, B7: moved out of the folder, where that deletes in the CRM, is no other case; a card that lies elsewhere is not doubled.
func TestMovedOutWithoutTheRight(t *testing.T) {
	for setting, problems := range map[string][]string{"report": {"denied "}, "detach": {}, "restore": {}} {
		t.Run(setting, func(t *testing.T) {
			bothRights(t, func(t *testing.T, says bool) {
				s := propagating()
				s.MovedOut, s.Deleted.WithoutRight = contactsync.Propagate, setting
				w, _ := newRightsWorld(t, s, says)
				other := w.box.AddFolder(record.Contact, "Other").ID
				item := w.outlookID("c1")
				require.NoError(t, w.box.Move(item, other))
				w.sync()
				assert.Equal(t, []string{"Ada", "Alan", "Grace"}, w.crmSide("firstName"))
				assert.ElementsMatch(t, problems, w.problems())
				w.settled()
				require.NoError(t, w.box.Move(item, w.folder))
				w.sync()
				w.editCRM("c1", "jobTitle=Countess")
				w.sync()
				assert.Contains(t, w.outlookSide("givenName", "jobTitle"), "Ada, Countess")
				assert.Empty(t, w.problems())
				w.settled()
			})
		})
	}
}

// A CRM that cannot say what its user may delete stops the run, and nothing is deleted.
func TestDeleteRightsCannotBeAsked(t *testing.T) {
	w, crm := newRightsWorld(t, propagating(), true)
	require.NoError(t, w.box.Delete(w.outlookID("c2")))
	crm.down = errors.New("no answer")
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorIs(t, err, crm.down)
	assert.Zero(t, crm.tried)
	crm.down = nil
	w.sync()
	assert.Equal(t, []string{"Ada", "Alan"}, w.crmSide("firstName"))
	w.settled()
}

// A CRM that answers for fewer records than were asked about is not understood: nothing is deleted.
func TestDeleteRightsOfTooFew(t *testing.T) {
	w, crm := newRightsWorld(t, propagating(), true)
	require.NoError(t, w.box.Delete(w.outlookID("c2")))
	crm.short = true
	_, err := w.engine.Sync(w.ctx, w.conn.ID)
	require.ErrorContains(t, err, "0 answers for 1 records")
	assert.Zero(t, crm.tried)
}

// X3 speaks of deletes: an edit that the CRM refuses is a problem, whatever the setting, and nothing is put back or parted.
func TestDeniedEditIsNoDelete(t *testing.T) {
	for _, setting := range []string{"report", "restore", "detach"} {
		s := propagating()
		s.Deleted.WithoutRight = setting
		w, crm := newRightsWorld(t, s, false)
		crm.fixed = true
		w.editOutlook(w.outlookID("c1"), "companyName=Engines")
		r := w.sync()
		assert.Equal(t, 1, r.Counts[record.CRM].Failed)
		assert.Equal(t, []string{"denied "}, w.problems())
		problems, err := w.state.Problems(w.ctx, w.conn.ID)
		require.NoError(t, err)
		assert.Equal(t, "The CRM does not allow this change.", problems[0].Message)
		crm.fixed = false
		w.now = w.now.Add(time.Hour)
		w.sync()
		assert.Contains(t, w.crmSide("firstName", "company"), "Ada, Engines")
		assert.Empty(t, w.problems())
		w.settled()
	}
}

// X3: a word that is none, and a way back that is shut, are refused by name.
func TestWithoutRightIsChecked(t *testing.T) {
	for word, flow := range map[string]*contactsync.Ops{"perhaps": nil, "restore": {Update: true}} {
		s := twoWay()
		s.Deleted.WithoutRight, s.Flow.ToOutlook = word, flow
		var invalid *contactsync.InvalidError
		require.ErrorAs(t, s.Validate(person, record.OutlookContact), &invalid)
		assert.Equal(t, "deleted.withoutRight", invalid.Field)
	}
}
