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

// propagating are settings that let deletes through in both directions.
func propagating() contactsync.Settings {
	s := twoWay()
	all := contactsync.Ops{Create: true, Update: true, Delete: true}
	s.Flow = contactsync.Flow{ToOutlook: &all, ToCRM: &all}
	s.Deleted = contactsync.OnDelete{InCRM: contactsync.Propagate, InOutlook: contactsync.Propagate}
	return s
}

// guarded is a world in which the writes that the sides are asked for are counted, and may be kept from happening.
type guarded struct {
	*world
	asked  [2]int                                       // writes, by side
	write  func(record.Side, []contactsync.Write) error // nil: all goes well
	refuse bool                                         // every write is refused for now
	gone   bool                                         // Outlook answers that everything was deleted
	reads  int
}

func newGuarded(t *testing.T, s contactsync.Settings) *guarded {
	t.Helper()
	g := &guarded{}
	apply := func(side record.Side, inner contactsync.Store) func(context.Context, contactsync.Scope, []contactsync.Write) ([]contactsync.Result, error) {
		return func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			g.asked[side] += len(writes)
			if g.write != nil {
				if err := g.write(side, writes); err != nil {
					return nil, err
				}
			}
			if g.refuse {
				results := make([]contactsync.Result, len(writes))
				for i := range results {
					results[i].Err = &contactsync.ThrottledError{RetryAfter: time.Minute}
				}
				return results, nil
			}
			return inner.Apply(ctx, sc, writes)
		}
	}
	before := func(_ context.Context, method string) error {
		g.reads++
		return nil
	}
	g.world = newWorld(t, s, func(c *contactsync.Config) {
		c.Store = contactsynctest.InterceptStore(c.Store, contactsynctest.StoreHooks{Before: before, Apply: apply(record.CRM, c.Store)})
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Before: before, Apply: apply(record.Outlook, inner),
			Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				page, err := inner.Changes(ctx, sc, after)
				if g.gone {
					page.Changes = nil
				}
				return page, err
			},
			Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
				found, err := inner.Get(ctx, sc, refs)
				for i := range found {
					if g.gone {
						found[i].Records, found[i].Removed = nil, contactsync.Deleted
					}
				}
				return found, err
			},
		})
	})
	return g
}

// halted asserts that the next run halts, over how many, and asks no side for a write.
func (g *guarded) halted(guard contactsync.Guard, side record.Side, count int) contactsync.Halt {
	g.t.Helper()
	g.asked = [2]int{}
	report := g.sync()
	require.NotNil(g.t, report.Halt, "not halted: %+v", report.Counts)
	require.Equal(g.t, contactsync.Halted, report.Status)
	assert.Equal(g.t, []any{guard, side, count}, []any{report.Halt.Guard, report.Halt.Side, report.Halt.Count})
	assert.Zero(g.t, g.asked, "a halted run asked for writes")
	assert.Zero(g.t, report.Wrote())
	conn, err := g.state.Connection(g.ctx, g.conn.ID)
	require.NoError(g.t, err)
	assert.Equal(g.t, report.Halt, conn.Halt)
	assert.Equal(g.t, report.Reason, conn.Reason)
	return *report.Halt
}

func (g *guarded) wrote(side record.Side, want contactsync.Counts) {
	g.t.Helper()
	report := g.sync()
	require.Nil(g.t, report.Halt, "halted: %s", report.Reason)
	assert.Equal(g.t, want, report.Counts[side])
}

// deleteOutlook deletes the items of the CRM records from the i-th up to the j-th, that one excluded.
func (w *world) deleteOutlook(i, j int) {
	w.t.Helper()
	for ; i < j; i++ {
		require.NoError(w.t, w.box.Delete(w.outlookID(id("c", i))))
	}
}

// people makes n CRM records, from "ca0" on, and brings them to Outlook.
func (w *world) people(n int) {
	w.t.Helper()
	for i := range n {
		w.put(id("c", i), "firstName=F"+id("", i), "lastName=L"+id("", i), "emails="+id("p", i)+"@example.com")
	}
	require.Equal(w.t, n, w.sync().Wrote())
}

// deleteCRM deletes the CRM records from the i-th up to the j-th, that one excluded.
func (w *world) deleteCRM(i, j int) {
	w.t.Helper()
	for ; i < j; i++ {
		require.NoError(w.t, w.tenant.Delete(id("c", i)))
	}
}

// B4: what a person lets pass is used up by the run that comes next, also when that carries out a plan and leaves something
// over.
func TestApplyUsesUpWhatMayPass(t *testing.T) {
	w := newWorld(t, propagating())
	w.people(20)
	w.deleteCRM(0, 10)
	require.Equal(t, contactsync.Halted, w.sync().Status)
	require.NoError(t, w.answer(contactsync.AnswerGoOn))
	plan, err := w.engine.Plan(w.ctx, w.conn.ID)
	require.NoError(t, err)
	w.editCRM("cb0", "company=Navy") // after the plan: left over
	report, err := w.engine.Apply(w.ctx, plan)
	require.NoError(t, err)
	require.Equal(t, 10, report.Counts[record.Outlook].Deleted)
	w.deleteCRM(11, 19)

	r := w.sync()

	require.NotNil(t, r.Halt)
	assert.Equal(t, 8, r.Halt.Count)
	assert.Len(t, w.outlookSide("givenName"), 10)
}

// answer answers the halt that the connection has now.
func (w *world) answer(a contactsync.Answer) error {
	w.t.Helper()
	conn, err := w.state.Connection(w.ctx, w.conn.ID)
	require.NoError(w.t, err)
	require.NotNil(w.t, conn.Halt, "nothing to answer: %s", conn.Status)
	return w.engine.Resume(w.ctx, w.conn.ID, *conn.Halt, a)
}

// B4: each guard lets through just what its limit says, by floor and by percentage, and halts at one more.
func TestGuardEdges(t *testing.T) {
	edit := func(field, value string) [2]func(*guarded, int) {
		return [2]func(*guarded, int){
			record.CRM:     func(g *guarded, i int) { g.editOutlook(g.outlookID(id("c", i)), outlookName[field]+"="+value) },
			record.Outlook: func(g *guarded, i int) { g.editCRM(id("c", i), field+"="+value) },
		}
	}
	for _, tt := range []struct {
		guard contactsync.Guard
		limit func(*contactsync.Guards) *contactsync.Limit
		do    [2]func(g *guarded, i int) // what makes one record count, by the side that is counted
	}{
		{contactsync.GuardDeletes, func(g *contactsync.Guards) *contactsync.Limit { return &g.Deletes }, [2]func(*guarded, int){
			record.CRM:     func(g *guarded, i int) { g.deleteOutlook(i, i+1) },
			record.Outlook: func(g *guarded, i int) { g.deleteCRM(i, i+1) },
		}},
		{contactsync.GuardEmptySide, func(g *contactsync.Guards) *contactsync.Limit { return &g.EmptySide }, [2]func(*guarded, int){
			record.CRM:     func(g *guarded, i int) { g.deleteCRM(i, i+1) },
			record.Outlook: func(g *guarded, i int) { g.deleteOutlook(i, i+1) },
		}},
		{contactsync.GuardClears, func(g *contactsync.Guards) *contactsync.Limit { return &g.Clears }, edit("company", "")},
		{contactsync.GuardChanges, func(g *contactsync.Guards) *contactsync.Limit { return &g.Changes }, edit("company", "Navy")},
		{contactsync.GuardCreates, func(g *contactsync.Guards) *contactsync.Limit { return &g.Creates }, [2]func(*guarded, int){
			record.CRM: func(g *guarded, i int) {
				g.addOutlook("givenName=New"+id("", i), "surname=Person", "emailAddresses="+id("n", i)+"@example.com")
			},
			record.Outlook: func(g *guarded, i int) {
				g.put(id("n", i), "firstName=New"+id("", i), "lastName=Person", "emails="+id("n", i)+"@example.com")
			},
		}},
	} {
		for side := range tt.do {
			for name, limit := range map[string]contactsync.Limit{
				"floor":        {Percent: 1, Floor: 4},
				"percent":      {Percent: 20, Floor: 2},
				"day, floor":   {Percent: 90, DayPercent: 1, DayFloor: 4},
				"day, percent": {Percent: 90, DayPercent: 20, DayFloor: 2},
			} {
				t.Run(fmt.Sprintf("%s/%v/%s", tt.guard, record.Side(side), name), func(t *testing.T) {
					g := unguarded(t, 20)
					*tt.limit(&g.policy.Guards) = limit
					for i := range 4 {
						tt.do[side](g, i)
					}
					assert.Nil(t, g.sync().Halt, "4 of 20 are allowed")

					g = unguarded(t, 20)
					*tt.limit(&g.policy.Guards) = limit
					for i := range 5 {
						tt.do[side](g, i)
					}
					halt := g.halted(tt.guard, record.Side(side), 5)
					assert.Equal(t, [3]int{20, 4, 0}, [3]int{halt.Of, halt.Limit, halt.Day})
				})
			}
			t.Run(fmt.Sprintf("%s/%v/several runs", tt.guard, record.Side(side)), func(t *testing.T) {
				g := unguarded(t, 20)
				*tt.limit(&g.policy.Guards) = contactsync.Limit{Floor: 4}
				for i := range 4 {
					tt.do[side](g, i)
					g.restart()
					require.Nil(t, g.sync().Halt, "run %d", i)
					g.now = g.now.Add(2 * time.Hour)
				}
				tt.do[side](g, 4)
				halt := g.halted(tt.guard, record.Side(side), 1)
				assert.Equal(t, [2]int{4, 4}, [2]int{halt.Limit, halt.Day})
				assert.Contains(t, g.report().Reason, "after 4 within a day, and 4 a day are allowed")
			})
			t.Run(fmt.Sprintf("%s/%v/the day after", tt.guard, record.Side(side)), func(t *testing.T) {
				g := unguarded(t, 20)
				*tt.limit(&g.policy.Guards) = contactsync.Limit{Floor: 4}
				for i := range 4 {
					tt.do[side](g, i)
				}
				require.Nil(t, g.sync().Halt)
				g.now = g.now.Add(25 * time.Hour)
				for i := range 4 {
					tt.do[side](g, 4+i)
				}
				assert.Nil(t, g.sync().Halt)
			})
		}
	}
}

// unguarded is a world of n people in step, each with a company, without any guard yet.
func unguarded(t *testing.T, n int) *guarded {
	t.Helper()
	s := propagating()
	off := contactsync.Limit{Off: true}
	s.Guards = contactsync.Guards{Deletes: off, Clears: off, Creates: off, Changes: off, EmptySide: off}
	g := newGuarded(t, s)
	for i := range n {
		g.put(id("c", i), "firstName=F"+id("", i), "lastName=L"+id("", i), "emails="+id("p", i)+"@example.com", "company=Old")
	}
	require.Equal(t, n, g.sync().Wrote())
	g.now = g.now.Add(25 * time.Hour)
	return g
}

func (w *world) report() contactsync.Report {
	w.t.Helper()
	runs, err := w.state.Runs(w.ctx, w.conn.ID, 1)
	require.NoError(w.t, err)
	require.Len(w.t, runs, 1)
	return runs[0]
}

var outlookName = map[string]string{"company": "companyName"}

// B4: a day may have more room than a run, and a run still has its own limit. A percentage is exact: 29 of 50 are 58 percent.
func TestGuardLimits(t *testing.T) {
	for _, tt := range []struct {
		people  int
		limit   contactsync.Limit
		passes  int // and one more does not
		allowed int
	}{
		{20, contactsync.Limit{Floor: 3, DayFloor: 100}, 3, 3},
		{20, contactsync.Limit{Floor: 100, DayFloor: 3}, 3, 3},
		{50, contactsync.Limit{Percent: 58}, 29, 29},
		{20, contactsync.Limit{DayFloor: 9}, 5, 5}, // the default of a run: 10 percent, floor 5
		{20, contactsync.Limit{Percent: 0.001}, 0, 0},
	} {
		t.Run(fmt.Sprintf("%+v", tt.limit), func(t *testing.T) {
			for _, n := range []int{tt.passes, tt.passes + 1} {
				g := unguarded(t, tt.people)
				g.policy.Guards.Deletes = tt.limit
				g.deleteCRM(0, n)
				if n == tt.passes {
					g.wrote(record.Outlook, contactsync.Counts{Deleted: n})
					continue
				}
				halt := g.halted(contactsync.GuardDeletes, record.Outlook, n)
				assert.Equal(t, tt.allowed, halt.Limit)
			}
		})
	}
}

// B3: a run that just uses up its own limit, and with the runs before it more than the day's, is halted by the day's.
func TestHaltNamesTheLimitThatIsPassed(t *testing.T) {
	g := unguarded(t, 20)
	g.policy.Guards.Deletes = contactsync.Limit{Floor: 4, DayFloor: 6}
	g.deleteCRM(0, 3)
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 3})
	g.deleteCRM(3, 7)
	halt := g.halted(contactsync.GuardDeletes, record.Outlook, 4)
	assert.Equal(t, [2]int{6, 3}, [2]int{halt.Limit, halt.Day})
}

// B3, B4: guards look at what is about to be written. Of a large plan a few actions are let through, and they count in the day.
func TestSmallPlanWithinTheLimits(t *testing.T) {
	g := unguarded(t, 20)
	g.policy.Guards.Deletes = contactsync.Limit{Floor: 4}
	g.deleteCRM(0, 10)
	plan, err := g.engine.Plan(g.ctx, g.conn.ID)
	require.NoError(t, err)
	require.Equal(t, 10, plan.Halt.Count)
	plan.Actions = plan.Actions[:4]

	report, err := g.engine.Apply(g.ctx, plan)

	require.NoError(t, err)
	assert.Nil(t, report.Halt)
	assert.Equal(t, 4, report.Counts[record.Outlook].Deleted)
	g.halted(contactsync.GuardDeletes, record.Outlook, 6)
	plan, err = g.engine.Plan(g.ctx, g.conn.ID)
	require.NoError(t, err)
	plan.Actions = plan.Actions[:1]
	report, err = g.engine.Apply(g.ctx, plan)
	require.NoError(t, err)
	assert.Equal(t, contactsync.Halted, report.Status)
	assert.Len(t, g.outlookSide("givenName"), 16)
}

// B4: what a worker with a wrong clock has counted, years ahead, does not halt a connection for ever.
func TestDayOfAWrongClock(t *testing.T) {
	g := unguarded(t, 20)
	g.policy.Guards.Deletes = contactsync.Limit{Floor: 4}
	right := g.now
	g.now = right.AddDate(3, 0, 0)
	g.deleteCRM(0, 4)
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 4})
	g.now = right
	g.deleteCRM(4, 8)
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 4})
}

// B4: what an address book had goes out of the reckoning after a day, also where a run counts something every few hours.
func TestSharesAreOfTheLastDay(t *testing.T) {
	g := unguarded(t, 40)
	g.policy.Guards.Deletes = contactsync.Limit{Percent: 50}
	g.deleteCRM(0, 20)
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 20})
	for i := range 4 { // each within a day of the one before
		g.now = g.now.Add(16 * time.Hour)
		g.editCRM(id("c", 39-i), "company=New")
		g.wrote(record.Outlook, contactsync.Counts{Updated: 1})
	}
	g.deleteCRM(20, 31)

	halt := g.halted(contactsync.GuardDeletes, record.Outlook, 11)

	assert.Equal(t, [2]int{20, 10}, [2]int{halt.Of, halt.Limit})
}

// B4: values that a first meeting fills are no changes, also where the item was edited just before and it takes a second try.
func TestFirstMeetingsAreNoChanges(t *testing.T) {
	g := unguarded(t, 4)
	g.policy.Guards.Changes = contactsync.Limit{Floor: 1}
	var items []string
	for i := range 5 {
		n := id("", i)
		items = append(items, g.addOutlook("givenName=N"+n, "surname=M"+n, "emailAddresses=n"+n+"@example.com", "jobTitle=Admiral"))
		g.put(id("n", i), "firstName=N"+n, "lastName=M"+n, "emails=n"+n+"@example.com", "company=Navy")
	}
	g.write = func(side record.Side, _ []contactsync.Write) error {
		if side == record.Outlook {
			g.write = nil
			for _, item := range items {
				g.editOutlook(item, "department=Sea")
			}
		}
		return nil
	}

	report := g.sync()

	require.Nil(t, report.Halt)
	assert.Equal(t, [2]int{5, 5}, [2]int{report.Counts[0].Updated, report.Counts[1].Updated})
	g.settled()
	g.editCRM("ca0", "company=Army") // the day has room for it
	g.wrote(record.Outlook, contactsync.Counts{Updated: 1})
}
