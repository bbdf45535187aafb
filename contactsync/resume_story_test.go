package contactsync_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// B4: go on covers what was shown and no more: one more delete halts again, and so does the same number on the other side.
func TestGoOnCoversWhatWasShown(t *testing.T) {
	g := newGuarded(t, propagating())
	g.people(40)
	g.deleteCRM(0, 10)
	g.halted(contactsync.GuardDeletes, record.Outlook, 10)
	require.NoError(t, g.answer(contactsync.AnswerGoOn))
	g.deleteCRM(10, 11)
	g.halted(contactsync.GuardDeletes, record.Outlook, 11)
	require.NoError(t, g.answer(contactsync.AnswerGoOn))
	g.deleteOutlook(20, 31)
	g.halted(contactsync.GuardDeletes, record.CRM, 11)
	assert.Len(t, g.outlookSide("givenName"), 29)

	require.NoError(t, g.answer(contactsync.AnswerGoOn))
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 11})
	g.settled()
	assert.Len(t, g.crmSide("firstName"), 18)
}

// B4: an answer to a halt that is no longer the one that was shown is refused, and so is one that does not fit.
func TestAnswerFitsTheHalt(t *testing.T) {
	g := newGuarded(t, propagating())
	g.people(40)
	shown := contactsync.Halt{Guard: contactsync.GuardDeletes, Side: record.Outlook, Count: 10}
	refused := func(h contactsync.Halt, a contactsync.Answer, field string) {
		t.Helper()
		var invalid *contactsync.InvalidError
		require.ErrorAs(t, g.engine.Resume(g.ctx, g.conn.ID, h, a), &invalid)
		assert.Equal(t, field, invalid.Field)
	}
	refused(shown, contactsync.AnswerGoOn, "connection")
	g.deleteCRM(0, 10)
	shown = g.halted(contactsync.GuardDeletes, record.Outlook, 10)
	refused(contactsync.Halt{Guard: contactsync.GuardDeletes, Side: record.CRM, Count: 10}, contactsync.AnswerGoOn, "shown")
	refused(contactsync.Halt{Guard: contactsync.GuardChanges, Side: record.Outlook, Count: 10}, contactsync.AnswerGoOn, "shown")
	refused(shown, "perhaps", "answer")
	refused(shown, "", "answer")
	assert.ErrorIs(t, g.engine.Resume(g.ctx, "nobody", shown, contactsync.AnswerGoOn), contactsync.ErrNotFound)

	// Somebody saw three of them, and thirty are more than that.
	shown.Count = 3
	require.NoError(t, g.engine.Resume(g.ctx, g.conn.ID, shown, contactsync.AnswerGoOn))
	g.halted(contactsync.GuardDeletes, record.Outlook, 10)
}

// B4: of two answers the last one counts.
func TestLastAnswerCounts(t *testing.T) {
	g := newGuarded(t, propagating())
	g.people(20)
	g.deleteCRM(0, 10)
	g.halted(contactsync.GuardDeletes, record.Outlook, 10)
	require.NoError(t, g.answer(contactsync.AnswerGoOn))
	require.NoError(t, g.answer(contactsync.AnswerRestore))

	g.wrote(record.CRM, contactsync.Counts{Created: 10})

	assert.Len(t, g.outlookSide("givenName"), 20)
	g.settled()
}

// B4: what a person has let pass does not count in the day, nor what the day had counted before: the next small delete goes
// through.
func TestGoOnStartsTheDayAnew(t *testing.T) {
	g := newGuarded(t, propagating())
	g.people(40)
	g.deleteCRM(0, 4)
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 4})
	g.deleteCRM(4, 8)
	halt := g.halted(contactsync.GuardDeletes, record.Outlook, 4)
	assert.Equal(t, 4, halt.Day)
	require.NoError(t, g.answer(contactsync.AnswerGoOn))
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 4})

	g.deleteCRM(8, 13)
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 5})
	g.deleteCRM(13, 14)
	g.halted(contactsync.GuardDeletes, record.Outlook, 1)
}

// stop is a process that ends here.
type stop struct{}

// stopped runs until the process ends.
func (g *guarded) stopped() {
	g.t.Helper()
	func() {
		defer func() { require.Equal(g.t, stop{}, recover()) }()
		_, err := g.engine.Sync(g.ctx, g.conn.ID)
		require.Fail(g.t, "the process did not stop", "%v", err)
	}()
	g.write = nil
	g.now = g.now.Add(10 * time.Minute)
	g.restart()
}

// B4: a run that is stopped again and again counts what it wrote: together such runs pass no more than one.
func TestStoppedRunsCount(t *testing.T) {
	s := propagating()
	s.Guards.Deletes = contactsync.Limit{Floor: 12}
	for _, when := range []string{"before", "after"} {
		t.Run(when, func(t *testing.T) {
			g := newGuarded(t, s)
			g.cfg.ChunkSize = 4
			g.restart()
			g.people(40)
			for i := range 3 {
				g.deleteCRM(4*i, 4*i+4)
				g.write = func(side record.Side, writes []contactsync.Write) error {
					if when == "after" {
						_, err := g.outlook.Apply(g.ctx, contactsync.Scope{Mailbox: ada, Folder: g.folder, Kind: record.Contact}, writes)
						require.NoError(t, err)
					}
					panic(stop{})
				}
				g.stopped()
				if when == "before" {
					break
				}
			}
			if when == "before" { // it counts what it was about to write, and that again when it is written
				g.wrote(record.Outlook, contactsync.Counts{Deleted: 4})
				g.deleteCRM(4, 9)
				g.halted(contactsync.GuardDeletes, record.Outlook, 5)
				assert.Len(t, g.outlookSide("givenName"), 36)
				return
			}
			assert.Len(t, g.outlookSide("givenName"), 28)
			g.deleteCRM(12, 13)
			g.halted(contactsync.GuardDeletes, record.Outlook, 1)
			assert.Len(t, g.outlookSide("givenName"), 28)
		})
	}
}

// B4: a run that a person let go on, and that is stopped, leaves the rest of what it may do to the next one.
func TestStoppedRunLeavesTheRest(t *testing.T) {
	g := newGuarded(t, propagating())
	g.cfg.ChunkSize = 4
	g.restart()
	g.people(40)
	g.deleteCRM(0, 10)
	g.halted(contactsync.GuardDeletes, record.Outlook, 10)
	require.NoError(t, g.answer(contactsync.AnswerGoOn))
	calls := 0
	g.write = func(record.Side, []contactsync.Write) error {
		if calls++; calls == 2 {
			panic(stop{})
		}
		return nil
	}
	g.stopped()
	require.Len(t, g.outlookSide("givenName"), 36)
	g.deleteCRM(10, 14) // ten again, and eight of them were let pass

	g.halted(contactsync.GuardDeletes, record.Outlook, 10)
}

// B4: writes that a side refuses are not counted.
func TestRefusedWritesDoNotCount(t *testing.T) {
	s := propagating()
	s.Guards.Deletes = contactsync.Limit{Floor: 5}
	g := newGuarded(t, s)
	g.people(40)
	g.deleteCRM(0, 5)
	g.refuse = true
	for range 3 {
		require.Equal(t, 5, g.sync().Counts[record.Outlook].Failed)
		g.now = g.now.Add(time.Hour)
	}
	g.refuse = false

	g.wrote(record.Outlook, contactsync.Counts{Deleted: 5})
	g.deleteCRM(5, 6)
	g.halted(contactsync.GuardDeletes, record.Outlook, 1)
}

// B4: nothing a person does while a connection is halted is lost: it comes across once it goes on.
func TestHaltLosesNoEdit(t *testing.T) {
	for _, answer := range []contactsync.Answer{contactsync.AnswerGoOn, contactsync.AnswerRestore} {
		t.Run(string(answer), func(t *testing.T) {
			g := newGuarded(t, propagating())
			g.people(20)
			g.deleteCRM(0, 10)
			g.editCRM("cb0", "company=Before")
			g.halted(contactsync.GuardDeletes, record.Outlook, 10)
			g.editCRM("cb1", "company=Meanwhile")
			g.editOutlook(g.outlookID("cb2"), "companyName=Meanwhile")
			edited := g.outlookID("ca0")
			g.editOutlook(edited, "companyName=Edited") // of one whose record was deleted
			g.put("new", "firstName=New", "lastName=Person", "emails=new@example.com")
			assert.Equal(t, contactsync.Halted, g.sync().Status)
			require.NoError(t, g.answer(answer))

			g.sync()

			crm, outlook := g.crmSide("firstName", "company"), g.outlookSide("givenName", "companyName")
			for _, want := range []string{"Fa0, Edited", "Fb0, Before", "Fb1, Meanwhile", "Fb2, Meanwhile", "New, "} {
				assert.Contains(t, crm, want)
				assert.Contains(t, outlook, want)
			}
			g.settled()
		})
	}
}

// B4: people deleted half of the CRM by mistake. Restored, everything is there again, and tied as before.
func TestRestoreInCRM(t *testing.T) {
	g := newGuarded(t, propagating())
	g.policy.Guards.Creates = contactsync.Limit{Floor: 1} // what a person restores is not held against them
	g.policy.Guards.ApproveFirstRun = 0
	g.policy.EditVsDelete = "delete"
	g.people2(20)
	g.deleteCRM(0, 10)
	g.editOutlook(g.outlookID("ca0"), "companyName=Edited")
	halt := g.halted(contactsync.GuardDeletes, record.Outlook, 10)
	side, ok := halt.Restorable()
	require.True(t, ok)
	assert.Equal(t, record.CRM, side)
	assert.Contains(t, g.report().Reason, "restored in the CRM")
	require.NoError(t, g.answer(contactsync.AnswerRestore))
	g.deleteCRM(10, 12) // these too

	g.wrote(record.CRM, contactsync.Counts{Created: 12})

	assert.Len(t, g.crmSide("firstName"), 20)
	assert.Len(t, g.outlookSide("givenName"), 20)
	assert.Contains(t, g.crmSide("firstName", "company"), "Fa0, Edited")
	g.settled()
	g.deleteCRM(12, 15) // the answer is used up: deletes are deletes again
	g.wrote(record.Outlook, contactsync.Counts{Deleted: 3})
}

// people2 is people where creates are guarded.
func (g *guarded) people2(n int) {
	g.t.Helper()
	guards := g.policy.Guards
	g.policy.Guards = contactsync.Guards{}
	g.people(n)
	g.policy.Guards = guards
	g.now = g.now.Add(25 * time.Hour)
}

// B4: an emptied Outlook folder, whatever the settings say of deletes: restored from the CRM.
func TestRestoreInOutlook(t *testing.T) {
	for _, d := range []contactsync.Disposition{contactsync.Propagate, contactsync.Detach, contactsync.Unlink, contactsync.LeaveAlone} {
		t.Run(string(d), func(t *testing.T) {
			s := propagating()
			s.Deleted.InOutlook = d
			g := newGuarded(t, s)
			g.people(20)
			g.deleteOutlook(0, 20)
			g.halted(contactsync.GuardEmptySide, record.Outlook, 20)
			require.NoError(t, g.answer(contactsync.AnswerRestore))

			g.wrote(record.Outlook, contactsync.Counts{Created: 20})

			assert.Len(t, g.crmSide("firstName"), 20)
			assert.Len(t, g.outlookSide("givenName"), 20)
			g.settled()
		})
	}
}

// B4: restoring that does not come off at once is done later, and never ends in a delete: a side that refuses, a process
// that stops, a run that was told only of some records.
func TestRestoreOutlastsTrouble(t *testing.T) {
	for name, trouble := range map[string]func(g *guarded){
		"refused": func(g *guarded) {
			g.refuse = true
			g.sync()
			g.refuse = false
			require.NotEmpty(g.t, g.problems())
		},
		"stopped": func(g *guarded) {
			calls := 0
			g.write = func(record.Side, []contactsync.Write) error {
				if calls++; calls == 2 {
					panic(stop{})
				}
				return nil
			}
			g.stopped()
		},
		"failed": func(g *guarded) {
			g.write = func(record.Side, []contactsync.Write) error { return errors.New("out of order") }
			_, err := g.engine.Sync(g.ctx, g.conn.ID)
			require.Error(g.t, err)
			g.write = nil
		},
		"some records": func(g *guarded) {
			_, err := g.engine.SyncRecords(g.ctx, g.conn.ID, []string{"ca0", "cb5"})
			require.NoError(g.t, err)
		},
		"a plan without them": func(g *guarded) {
			plan, err := g.engine.Plan(g.ctx, g.conn.ID)
			require.NoError(g.t, err)
			plan.Actions = plan.Actions[:2]
			_, err = g.engine.Apply(g.ctx, plan)
			require.NoError(g.t, err)
		},
	} {
		for _, gone := range []record.Side{record.CRM, record.Outlook} {
			t.Run(fmt.Sprintf("%s/%v", name, gone), func(t *testing.T) {
				g := newGuarded(t, propagating())
				g.cfg.ChunkSize = 4
				g.restart()
				g.people(20)
				if gone == record.CRM {
					g.deleteCRM(0, 10)
				} else {
					g.deleteOutlook(0, 10)
				}
				g.halted(contactsync.GuardDeletes, gone.Other(), 10)
				require.NoError(t, g.answer(contactsync.AnswerRestore))

				trouble(g)

				for range 4 {
					g.now = g.now.Add(time.Hour)
					report := g.sync()
					require.Nil(t, report.Halt, "%s", report.Reason)
					assert.Zero(t, report.Counts[0].Deleted+report.Counts[1].Deleted)
				}
				assert.Len(t, g.crmSide("firstName"), 20)
				assert.Len(t, g.outlookSide("givenName"), 20)
				assert.Empty(t, g.problems())
				g.settled()
			})
		}
	}
}

// B4: where nothing was deleted, or it may not be made again, restoring leaves both sides what they have.
func TestRestoreDetachesTheRest(t *testing.T) {
	s := propagating()
	s.Left = contactsync.Propagate
	s.Filter = filter.Not(filter.Equals("kind", "former"))
	g := newGuarded(t, s)
	g.people(20)
	for i := range 10 {
		g.editCRM(id("c", i), "kind=former")
	}
	g.halted(contactsync.GuardDeletes, record.Outlook, 10)
	require.NoError(t, g.answer(contactsync.AnswerRestore))

	assert.Zero(t, g.sync().Wrote())

	assert.Len(t, g.outlookSide("givenName"), 20)
	g.settled()
	g.editCRM("ca0", "kind=", "company=Back") // selected again, it is in step again
	g.sync()
	assert.Contains(t, g.outlookSide("givenName", "companyName"), "Fa0, Back")

	g.policy.Flow.ToCRM = &contactsync.Ops{Update: true}
	g.policy.Deleted = contactsync.OnDelete{InCRM: contactsync.Propagate}
	g.policy.Guards.EmptySide.Off = true
	g.sync()
	g.deleteCRM(10, 18)
	g.halted(contactsync.GuardDeletes, record.Outlook, 8)
	require.NoError(t, g.answer(contactsync.AnswerRestore))
	assert.Zero(t, g.sync().Wrote())
	assert.Len(t, g.outlookSide("givenName"), 20)
	g.settled()
}

// B4: restore answers only a halt over what was removed.
func TestRestoreIsRefusedElsewhere(t *testing.T) {
	g := unguarded(t, 20)
	g.policy.Guards.Changes = contactsync.Limit{Floor: 2}
	for i := range 5 {
		g.editCRM(id("c", i), "company=Navy")
	}
	halt := g.halted(contactsync.GuardChanges, record.Outlook, 5)
	_, ok := halt.Restorable()
	assert.False(t, ok)
	assert.NotContains(t, g.report().Reason, "restore")
	var invalid *contactsync.InvalidError
	require.ErrorAs(t, g.answer(contactsync.AnswerRestore), &invalid)
	assert.Equal(t, "answer", invalid.Field)
	assert.Equal(t, contactsync.Halted, g.sync().Status)
}

// B4: a side that was emptied is one cause, however many guards mind it: one halt that says all of it, one answer.
func TestOneQuestionForOneCause(t *testing.T) {
	for _, gone := range []record.Side{record.CRM, record.Outlook} {
		for _, answer := range []contactsync.Answer{contactsync.AnswerGoOn, contactsync.AnswerRestore} {
			g := newGuarded(t, propagating())
			g.people(20)
			if gone == record.CRM {
				g.deleteCRM(0, 20)
			} else {
				g.deleteOutlook(0, 20)
			}
			halt := g.halted(contactsync.GuardEmptySide, gone, 20)
			assert.Equal(t, 20, halt.Deletes)
			other := map[record.Side]string{record.CRM: "Outlook folder", record.Outlook: "CRM"}[gone]
			assert.Contains(t, g.report().Reason, "20 of them would be deleted from the "+other+" for it.")
			require.NoError(t, g.answer(answer))

			report := g.sync()

			require.Nil(t, report.Halt)
			left := map[contactsync.Answer]int{contactsync.AnswerGoOn: 0, contactsync.AnswerRestore: 20}[answer]
			assert.Len(t, g.crmSide("firstName"), left)
			assert.Len(t, g.outlookSide("givenName"), left)
			g.settled()
		}
	}
}

// The answer covers the deletes that were shown, and no more: one that came since, or from another cause, halts.
func TestGoOnCoversTheDeletesThatWereShown(t *testing.T) {
	g := newGuarded(t, propagating())
	g.people(20)
	g.deleteOutlook(0, 12)
	halt := g.halted(contactsync.GuardEmptySide, record.Outlook, 12)
	require.Equal(t, 12, halt.Deletes)
	require.NoError(t, g.answer(contactsync.AnswerGoOn))
	g.deleteOutlook(12, 13)
	g.halted(contactsync.GuardEmptySide, record.Outlook, 13)

	g = newGuarded(t, propagating())
	g.policy.MovedOut = contactsync.Propagate
	other := g.box.AddFolder(record.Contact, "Other").ID
	g.people(30)
	g.deleteOutlook(0, 16)
	g.halted(contactsync.GuardEmptySide, record.Outlook, 16)
	require.NoError(t, g.answer(contactsync.AnswerGoOn))
	for i := 16; i < 22; i++ {
		require.NoError(t, g.box.Move(g.outlookID(id("c", i)), other))
	}
	g.halted(contactsync.GuardDeletes, record.CRM, 22)
	assert.Len(t, g.crmSide("firstName"), 30)
}
