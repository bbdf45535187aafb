package contactsync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// outage makes Outlook answer that everything was deleted, from the next call of Get on, until it is over.
func (g *guarded) outage() (over func()) {
	g.gone = true
	return func() { g.gone = false }
}

// B4: Outlook answers for an hour that everything is deleted. Told to wait, the connection writes nothing and goes on by
// itself when it is over.
func TestWaitOutlastsAnOutage(t *testing.T) {
	g := newGuarded(t, propagating())
	g.people(20)
	over := g.outage()
	g.sync(contactsync.Full())
	conn, err := g.state.Connection(g.ctx, g.conn.ID)
	require.NoError(t, err)
	require.Equal(t, contactsync.Halted, conn.Status)
	assert.Equal(t, contactsync.GuardEmptySide, conn.Halt.Guard)
	since := conn.Halt.Since
	require.NoError(t, g.answer(contactsync.AnswerWait))
	runs, err := g.state.Runs(g.ctx, g.conn.ID, 100)
	require.NoError(t, err)
	g.editCRM("ca0", "company=Navy")
	g.editOutlook(g.outlookID("ca1"), "companyName=Engines")
	g.asked = [2]int{}
	for range 5 {
		g.now = g.now.Add(10 * time.Minute)
		report := g.sync(contactsync.Full())
		require.Equal(t, contactsync.Halted, report.Status)
		assert.Contains(t, report.Reason, "looks again")
		assert.Equal(t, since, report.Halt.Since)
	}
	assert.Zero(t, g.asked)
	after, err := g.state.Runs(g.ctx, g.conn.ID, 100)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(after), len(runs)+1, "each look is remembered as a run")
	over()

	report := g.sync(contactsync.Full())

	assert.Equal(t, contactsync.Idle, report.Status)
	assert.Zero(t, report.Counts[record.CRM].Deleted)
	assert.Contains(t, g.outlookSide("givenName", "companyName"), "Fa0, Navy")
	assert.Contains(t, g.crmSide("firstName", "company"), "Fa1, Engines")
	assert.Len(t, g.crmSide("firstName"), 20)
	g.settled()
}

// B4: time alone lets nothing pass that a person was asked about: the day stays the one before the halt.
func TestWaitIsNotOverByTime(t *testing.T) {
	g := newGuarded(t, propagating())
	g.people(40)
	g.deleteCRM(0, 5)
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 5})
	g.deleteCRM(5, 8)
	g.halted(contactsync.GuardDeletes, record.Outlook, 3)
	require.NoError(t, g.answer(contactsync.AnswerWait))
	for range 4 {
		g.now = g.now.Add(13 * time.Hour)
		halt := g.halted(contactsync.GuardDeletes, record.Outlook, 3)
		assert.Equal(t, 5, halt.Day)
	}
	assert.Len(t, g.outlookSide("givenName"), 35)
	g.deleteCRM(8, 18) // it says what has come to it meanwhile
	halt := g.halted(contactsync.GuardDeletes, record.Outlook, 13)
	assert.Zero(t, halt.Day)

	require.NoError(t, g.answer(contactsync.AnswerGoOn))
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 13})
	g.settled()
}

// B4: without an answer a halted connection is left alone: no side is read.
func TestHaltedWithoutAnswerReadsNothing(t *testing.T) {
	g := newGuarded(t, propagating())
	g.people(20)
	g.deleteCRM(0, 10)
	g.halted(contactsync.GuardDeletes, record.Outlook, 10)
	reads := g.reads
	assert.Equal(t, contactsync.Halted, g.sync().Status)
	assert.Equal(t, reads, g.reads)
	plan, err := g.engine.Plan(g.ctx, g.conn.ID) // a person may look
	require.NoError(t, err)
	assert.Equal(t, 10, plan.Counts(record.Outlook).Delete)
	assert.Equal(t, 10, plan.Halt.Count)
}

// B4: what is found only when the writes have begun is held against the guards too. Outlook loses its contacts in the
// middle of a run.
func TestGuardsWatchWhileWriting(t *testing.T) {
	s := propagating()
	s.EditVsDelete = "delete"
	g := newGuarded(t, s)
	g.cfg.ChunkSize = 4
	g.restart()
	g.people(40)
	for i := range 40 {
		g.editCRM(id("c", i), "company=Navy")
	}
	calls := 0
	g.write = func(side record.Side, _ []contactsync.Write) error {
		if calls++; calls == 2 {
			g.gone = true
		}
		return nil
	}

	report := g.sync()

	assert.Equal(t, 5, report.Counts[record.CRM].Deleted, "as many as a run may delete unasked")
	assert.Len(t, g.crmSide("firstName"), 35)
	g.write, g.gone = nil, false
	for range 2 {
		g.now = g.now.Add(25 * time.Hour)
		g.sync(contactsync.Full())
	}
	assert.Len(t, g.crmSide("firstName"), len(g.outlookSide("givenName")))
	g.settled()
}

// B4: while a person lets the connection wait, a run for some records looks at all of them: what halted it is not over for that these
// have nothing to do with it.
func TestRunForSomeRecordsKeepsWaiting(t *testing.T) {
	g := newGuarded(t, propagating())
	g.people(40)
	g.deleteCRM(0, 10)
	shown := g.halted(contactsync.GuardDeletes, record.Outlook, 10)
	require.NoError(t, g.answer(contactsync.AnswerWait))
	g.editCRM("cb5", "company=Navy")
	for _, ids := range [][]string{{"cb5"}, nil} {
		g.now = g.now.Add(30 * time.Hour)

		report, err := g.engine.SyncRecords(g.ctx, g.conn.ID, ids)

		require.NoError(t, err)
		require.Equal(t, contactsync.Halted, report.Status)
		assert.Equal(t, shown.Since, report.Halt.Since)
		assert.True(t, report.Halt.Waiting)
	}
	assert.Len(t, g.outlookSide("givenName"), 40)
	assert.NotContains(t, g.outlookSide("givenName", "companyName"), "Fb5, Navy")

	require.NoError(t, g.answer(contactsync.AnswerGoOn))
	_, err := g.engine.SyncRecords(g.ctx, g.conn.ID, []string{"cb5"})
	require.NoError(t, err)
	assert.Contains(t, g.outlookSide("givenName", "companyName"), "Fb5, Navy")
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 10})
	g.settled()
}
