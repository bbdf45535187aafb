package contactsync_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// colleague is a second user of the tenant, with a mailbox of their own.
type colleague struct {
	conn contactsync.Connection
	box  *memstore.Mailbox
}

func (w *world) colleague(user string) colleague {
	w.t.Helper()
	mailbox := contactsync.Mailbox{Account: "a-" + user, User: user + "@example.com"}
	c := colleague{box: w.outlook.Mailbox(mailbox)}
	var err error
	c.conn, err = w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: user, Mailbox: mailbox, Kind: record.Contact})
	require.NoError(w.t, err)
	return c
}

func (w *world) syncOf(c colleague) contactsync.Report {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	r, err := w.engine.Sync(w.ctx, c.conn.ID)
	require.NoError(w.t, err)
	return r
}

func (w *world) editOf(c colleague, crmID string, pairs ...string) {
	w.t.Helper()
	links, err := w.state.LinksOf(w.ctx, c.conn.ID, record.CRM, []string{crmID})
	require.NoError(w.t, err)
	require.Len(w.t, links, 1)
	w.now = w.now.Add(time.Minute)
	require.NoError(w.t, c.box.Edit(links[0].IDs[record.Outlook], outlookFields(pairs...)))
}

// me is the view of the user of the world's connection.
func (w *world) me() contactsync.User { return w.engine.User("acme", "u1") }

func (w *world) myProblems(f contactsync.ProblemFilter) contactsync.ProblemList {
	w.t.Helper()
	list, err := w.me().Problems(w.ctx, f)
	require.NoError(w.t, err)
	return list
}

// only is the user's one open problem.
func (w *world) only() contactsync.Problem {
	w.t.Helper()
	list := w.myProblems(contactsync.ProblemFilter{})
	require.Len(w.t, list.Rows, 1)
	require.Len(w.t, list.Rows[0].Problems, 1)
	return list.Rows[0].Problems[0]
}

func (w *world) labels(u contactsync.User, crmIDs ...string) map[string]contactsync.Mark {
	w.t.Helper()
	list, err := u.Labels(w.ctx, crmIDs)
	require.NoError(w.t, err)
	marks := map[string]contactsync.Mark{}
	for _, m := range list {
		assert.Equal(w.t, m.Mark == contactsync.SyncError, m.Code != "")
		assert.NotContains(w.t, marks, m.Record)
		marks[m.Record] = m.Mark
	}
	return marks
}

// twoUsersInConflict is a world in which each of two users has edited the title of one record that the CRM changed too.
func twoUsersInConflict(t *testing.T) (*world, colleague) {
	w := newWorld(t, twoWay())
	other := w.colleague("u2")
	for _, id := range []string{"c1", "c2"} {
		w.put(id, "firstName=Ada", "emails="+id+"@example.com", "jobTitle=Poet")
	}
	w.put("c3", "firstName=Grace", "emails=c3@example.com")
	w.sync()
	w.syncOf(other)
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	w.editOf(other, "c2", "jobTitle=Admiral")
	w.editCRM("c1", "jobTitle=Analyst")
	w.editCRM("c2", "jobTitle=Analyst")
	w.sync()
	w.syncOf(other)
	return w, other
}

// L1, B4: a record has one label for a user, and says nothing of what is wrong in a colleague's mailbox.
func TestLabelsAreTheUsersOwn(t *testing.T) {
	w, _ := twoUsersInConflict(t)
	w.put("c4", "firstName=Not", "lastName=Yet")

	all := []string{"c1", "c2", "c3", "c4", "c9"}
	synced, failed := contactsync.Synced, contactsync.SyncError
	assert.Equal(t, map[string]contactsync.Mark{"c1": failed, "c2": synced, "c3": synced}, w.labels(w.me(), all...))
	assert.Equal(t, map[string]contactsync.Mark{"c1": synced, "c2": failed, "c3": synced}, w.labels(w.engine.User("acme", "u2"), all...))
	assert.Empty(t, w.labels(w.engine.User("acme", "u3"), all...))
	assert.Empty(t, w.labels(w.engine.User("another", "u1"), all...))
	assert.Empty(t, w.labels(w.me()))
}

// L1, A4: of a user's two connections the one in trouble counts.
func TestLabelOverTwoConnections(t *testing.T) {
	w := newWorld(t, twoWay())
	folder := w.box.AddFolder(record.Contact, "Second").ID
	second, err := w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: ada, Kind: record.Contact, Folder: folder})
	require.NoError(t, err)
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.syncOf(colleague{conn: second})
	w.editOf(colleague{second, w.box}, "c1", "jobTitle=Countess")
	w.editCRM("c1", "jobTitle=Analyst")
	w.syncOf(colleague{conn: second})
	w.sync()

	assert.Equal(t, map[string]contactsync.Mark{"c1": contactsync.SyncError}, w.labels(w.me(), "c1"))
	assert.Equal(t, second.ID, w.only().Conn)
}

// L2: when the last run was, what was written where, new and updated, and how much waits for the user; nothing of a colleague's.
func TestSummary(t *testing.T) {
	w := newWorld(t, twoWay())
	empty, err := w.me().Summary(w.ctx)
	require.NoError(t, err)
	assert.Zero(t, empty.LastRun)
	other := w.colleague("u2")
	for _, id := range []string{"c1", "c2", "c3"} {
		w.put(id, "firstName=Ada", "emails="+id+"@example.com", "jobTitle=Poet")
	}
	w.sync()
	w.syncOf(other)
	item := w.outlookID("c1")
	w.editOutlook(item, "companyName=Engines", "jobTitle=Countess")
	w.editCRM("c1", "jobTitle=Analyst")
	w.editCRM("c2", "jobTitle=Analyst")
	w.addOutlook("givenName=Alan", "emailAddresses=alan@example.com")
	w.sync()
	wrote := w.now
	w.syncOf(other)
	w.sync()

	s, err := w.me().Summary(w.ctx)
	require.NoError(t, err)
	assert.Equal(t, w.now, s.LastRun)
	assert.Equal(t, 1, s.Problems)
	assert.Equal(t, 1, s.Resolvable)
	require.Len(t, s.Kinds, 1)
	kind := s.Kinds[0]
	assert.Equal(t, record.Contact, kind.Kind)
	assert.Equal(t, 4, kind.Linked)
	assert.Equal(t, contactsync.Counts{Created: 1, Updated: 1}, kind.Written[record.CRM])
	assert.Equal(t, contactsync.Counts{Updated: 1}, kind.Written[record.Outlook])
	require.Len(t, kind.Connections, 1)
	assert.Equal(t, wrote, kind.Connections[0].WrittenAt)
	assert.Equal(t, contactsync.Idle, kind.Connections[0].Status)

	off := w.conn
	off.Inactive = true
	require.NoError(t, w.state.PutConnection(w.ctx, off))
	s, err = w.me().Summary(w.ctx)
	require.NoError(t, err)
	assert.Equal(t, contactsync.Off, s.Kinds[0].Connections[0].Status)
	assert.NotEmpty(t, s.Kinds[0].Connections[0].Reason)

	nobody, err := w.engine.User("acme", "u3").Summary(w.ctx)
	require.NoError(t, err)
	assert.Equal(t, contactsync.Summary{}, nobody)
}

// L3: one row a record with the kinds of error; resolvable ones can be asked for, and their count says whether to offer that.
func TestProblemsOneRowARecord(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "jobTitle=Poet", "company=Engines")
	w.put("c2", "firstName=Grace", "emails=grace@example.com")
	w.sync()
	item := w.outlookID("c1")
	w.editOutlook(item, "jobTitle=Countess", "companyName=Looms")
	w.editCRM("c1", "jobTitle=Analyst", "company=Cards")
	long := "jobTitle=a title of more than sixty characters, which the CRM cannot hold at all"
	w.editOutlook(w.outlookID("c2"), long)
	_, err := w.box.Copy(w.outlookID("c2"), w.folder)
	require.NoError(t, err)
	w.sync()

	list := w.myProblems(contactsync.ProblemFilter{})
	byRecord := map[string]contactsync.ProblemRow{}
	for _, row := range list.Rows {
		byRecord[row.Record[record.CRM]] = row
	}
	require.Len(t, list.Rows, 2)
	assert.Equal(t, 2, list.Resolvable)
	both := byRecord["c1"]
	assert.Equal(t, []contactsync.Code{contactsync.CodeConflict}, both.Codes)
	assert.Equal(t, [2]string{"c1", item}, both.Record)
	assert.Equal(t, w.conn.ID, both.Conn)
	assert.Equal(t, record.Contact, both.Kind)
	require.Len(t, both.Problems, 2)
	assert.ElementsMatch(t, []string{"Job title", "Company"}, []string{both.Problems[0].Field, both.Problems[1].Field})
	assert.Equal(t, [2]bool{true, true}, both.Problems[0].Sides)
	refused := byRecord["c2"]
	assert.ElementsMatch(t, []contactsync.Code{contactsync.CodeInvalidValue, contactsync.CodeSeveralMatches}, refused.Codes)
	for _, p := range refused.Problems {
		assert.NotEmpty(t, p.Message)
		if p.Code == contactsync.CodeInvalidValue {
			assert.Equal(t, [2]bool{record.CRM: true}, p.Sides)
			assert.Equal(t, "Job title", p.Field)
		} else {
			assert.False(t, p.Resolvable)
		}
	}

	// What the user corrects is gone; what is left cannot be resolved.
	w.editOutlook(w.outlookID("c2"), "jobTitle=Admiral")
	w.sync()
	list = w.myProblems(contactsync.ProblemFilter{CRMIDs: []string{"c2"}})
	require.Len(t, list.Rows, 1)
	assert.Zero(t, list.Resolvable)
	assert.Len(t, w.myProblems(contactsync.ProblemFilter{Resolvable: true}).Rows, 1)
	assert.Len(t, w.myProblems(contactsync.ProblemFilter{Codes: []contactsync.Code{contactsync.CodeSeveralMatches}}).Rows, 1)
	assert.Empty(t, w.myProblems(contactsync.ProblemFilter{Conn: "another"}).Rows)
	assert.Empty(t, w.myProblems(contactsync.ProblemFilter{Kinds: []record.Kind{"task"}}).Rows)
}

// C1: "you decide" by the user's own view; a colleague can neither see nor answer the question, and learns not even that there
// is one.
func TestUserDecidesForThemselvesAlone(t *testing.T) {
	w, other := twoUsersInConflict(t)
	mine := w.only()
	assert.Equal(t, "c1", mine.Record[record.CRM])
	theirs, err := w.engine.User("acme", "u2").Problems(w.ctx, contactsync.ProblemFilter{})
	require.NoError(t, err)
	require.Len(t, theirs.Rows, 1)
	assert.Equal(t, "c2", theirs.Rows[0].Record[record.CRM])

	foreign := w.engine.User("acme", "u2").Decide(w.ctx, mine.ID, record.Outlook)
	unknown := w.engine.User("acme", "u2").Decide(w.ctx, "no such problem", record.Outlook)
	require.ErrorIs(t, foreign, contactsync.ErrNotFound)
	require.ErrorIs(t, unknown, contactsync.ErrNotFound)
	require.ErrorIs(t, w.engine.User("another", "u1").Decide(w.ctx, mine.ID, record.Outlook), contactsync.ErrNotFound)
	w.sync()
	assert.Equal(t, mine.ID, w.only().ID, "nothing was posted")

	require.NoError(t, w.me().Decide(w.ctx, mine.ID, record.Outlook))
	w.sync()

	assert.Equal(t, []string{"Countess", "Analyst", ""}, titles(w))
	assert.Empty(t, w.myProblems(contactsync.ProblemFilter{}).Rows)
	assert.Equal(t, contactsync.Synced, w.labels(w.me(), "c1")["c1"])
	w.settled()
	w.syncOf(other)
}

// A page of a user's reads nothing of colleagues, of whom there may be thousands.
func TestUsersPageReadsTheirOwnConnections(t *testing.T) {
	asked := map[string]int{}
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		c.State = contactsynctest.InterceptState(c.State, contactsynctest.StateHooks{Before: func(_ context.Context, method string) error {
			asked[method]++
			return nil
		}})
	})
	for _, user := range []string{"u2", "u3", "u4"} {
		w.colleague(user)
	}
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess")
	w.editCRM("c1", "jobTitle=Analyst")
	w.sync()

	clear(asked)
	open := w.only()
	assert.Equal(t, map[string]int{"ConnectionsOf": 1, "Problems": 1, "Answers": 1}, asked)
	clear(asked)
	require.NoError(t, w.me().Decide(w.ctx, open.ID, record.CRM))
	assert.Equal(t, map[string]int{"ConnectionsOf": 1, "Problems": 1, "Post": 1}, asked)
	clear(asked)
	w.labels(w.me(), "c1")
	assert.Equal(t, map[string]int{"Labels": 1}, asked)
	clear(asked)
	_, err := w.me().Summary(w.ctx)
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"ConnectionsOf": 2, "Problems": 1, "Answers": 1, "Runs": 1}, asked)
}

func titles(w *world) (list []string) {
	for _, id := range []string{"c1", "c2", "c3"} {
		rec, _ := w.tenant.Record(id)
		list = append(list, rec.Fields.Text("jobTitle"))
	}
	return list
}

// Bad input: an answer that is none names the argument, and nothing is posted.
func TestDecideWithoutASide(t *testing.T) {
	w, _ := twoUsersInConflict(t)
	var invalid *contactsync.InvalidError
	require.ErrorAs(t, w.me().Decide(w.ctx, w.only().ID, record.Side(7)), &invalid)
	assert.Equal(t, "take", invalid.Field)
	w.sync()
	assert.Equal(t, []string{"conflict title"}, w.problems())
}
