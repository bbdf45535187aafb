package contactsync_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// retyped is a world in which many were deleted on a side, among them people without address or number, one of whom somebody typed in
// again before the run that restores them.
type retyped struct {
	*guarded
	gone record.Side
	new  string // the id of what was typed in again
}

func newRetyped(t *testing.T, s contactsync.Settings, gone record.Side, was string) *retyped {
	t.Helper()
	w := &retyped{newGuarded(t, s), gone, ""}
	w.put("k1", strings.Fields(was)...)
	w.put("k2", "firstName=Grace", "lastName=Hopper", "company=Navy")
	for i := range 20 {
		w.put(id("c", i), "firstName=F"+id("", i), "lastName=L"+id("", i), "emails="+id("p", i)+"@example.com")
	}
	require.Equal(t, 22, w.sync().Wrote())
	return w
}

// outlookNames are the fields of a card by those of a record.
var outlookNames = strings.NewReplacer("firstName=", "givenName=", "lastName=", "surname=", "company=", "companyName=", "notes=", "personalNotes=", "emails=", "emailAddresses=")

// typeIn makes a record on the side where they are deleted.
func (w *retyped) typeIn(again string) string {
	w.t.Helper()
	if w.gone == record.CRM {
		w.put("n1", strings.Fields(again)...)
		return "n1"
	}
	return w.addOutlook(strings.Fields(outlookNames.Replace(again))...)
}

func (w *retyped) edit(fields string) {
	w.t.Helper()
	if w.gone == record.CRM {
		w.editCRM(w.new, strings.Fields(fields)...)
		return
	}
	w.editOutlook(w.new, strings.Fields(outlookNames.Replace(fields))...)
}

// lose deletes a dozen people, types one in again and says that the rest are to be restored.
func (w *retyped) lose(again string) {
	w.t.Helper()
	if w.gone == record.CRM {
		require.NoError(w.t, w.tenant.Delete("k1"))
		require.NoError(w.t, w.tenant.Delete("k2"))
		w.deleteCRM(0, 10)
	} else {
		require.NoError(w.t, w.box.Delete(w.outlookID("k1")))
		require.NoError(w.t, w.box.Delete(w.outlookID("k2")))
		w.deleteOutlook(0, 10)
	}
	w.now = w.now.Add(time.Minute)
	w.new = w.typeIn(again)
	require.Equal(w.t, contactsync.Halted, w.sync().Status)
	require.NoError(w.t, w.answer(contactsync.AnswerRestore))
}

// restore is lose, and the run that restores.
func (w *retyped) restore(again string, opts ...contactsync.SyncOption) contactsync.Report {
	w.t.Helper()
	w.lose(again)
	r := w.sync(opts...)
	require.Nil(w.t, r.Halt)
	return r
}

// has asserts what both sides hold of the people without address or number.
func (w *retyped) has(want ...string) {
	w.t.Helper()
	want = append(want, "Grace, Hopper, Navy, , ")
	for side, list := range [2][]string{
		w.crmSide("firstName", "lastName", "company", "jobTitle", "notes"), w.outlookSide("givenName", "surname", "companyName", "jobTitle", "personalNotes"),
	} {
		var people []string
		for _, line := range list {
			if !strings.HasPrefix(line, "F") {
				people = append(people, line)
			}
		}
		assert.Equal(w.t, sorted(want), people, "side %d", side)
	}
	assert.Len(w.t, w.crmSide(), 20+len(want))
	assert.Len(w.t, w.outlookSide(), 20+len(want))
}

func eachSide(t *testing.T, f func(t *testing.T, gone record.Side)) {
	for _, gone := range []record.Side{record.CRM, record.Outlook} {
		t.Run(fmt.Sprintf("gone from %v", gone), func(t *testing.T) { f(t, gone) })
	}
}

// B4, promise 3: who has no address or number, was deleted and typed in again is tied to what is left, and not made again beside: where both
// hold the same, or have their name and more in common and say nothing else.
func TestRestoreTiesWhoWasTypedInAgain(t *testing.T) {
	for name, tt := range map[string]struct{ was, again, want string }{
		"the same":     {"firstName=Ada lastName=Lovelace company=Engines", "firstName=Ada lastName=Lovelace company=Engines", "Ada, Lovelace, Engines, , "},
		"a name alone": {"firstName=Ada lastName=Lovelace", "firstName=Ada lastName=Lovelace", "Ada, Lovelace, , , "},
		"no name":      {"company=Engines", "company=Engines", ", , Engines, , "},
		"less":         {"firstName=Ada lastName=Lovelace company=Engines notes=Poet", "firstName=Ada lastName=Lovelace company=Engines", "Ada, Lovelace, Engines, , Poet"},
		"no address": {
			"firstName=Ada lastName=Lovelace company=Engines emails=ada@example.com", "firstName=Ada lastName=Lovelace company=Engines",
			"Ada, Lovelace, Engines, , ",
		},
		"another thing": {"firstName=Ada lastName=Lovelace company=Engines notes=Poet", "firstName=Ada lastName=Lovelace company=Engines jobTitle=Countess", "Ada, Lovelace, Engines, Countess, Poet"},
	} {
		for _, full := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, full %v", name, full), func(t *testing.T) {
				eachSide(t, func(t *testing.T, gone record.Side) {
					w := newRetyped(t, propagating(), gone, tt.was)
					var opts []contactsync.SyncOption
					if full {
						opts = append(opts, contactsync.Full())
					}

					r := w.restore(tt.again, opts...)

					assert.Equal(t, 1, r.Matched)
					assert.Equal(t, 11, r.Counts[gone].Created)
					assert.Zero(t, r.Counts[gone.Other()].Created)
					w.has(tt.want)
					assert.Empty(t, w.problems())
					w.settled()
				})
			})
		}
	}
}

// doubtful are people of whom nothing but a person can tell whether they are those who were deleted.
var doubtful = map[string]struct{ was, again, same, apart string }{
	"only the name": {
		"firstName=Ada lastName=Lovelace company=Engines", "firstName=Ada lastName=Lovelace",
		"Ada, Lovelace, Engines, , ", "Ada, Lovelace, , , ",
	},
	"no name, and more": {"company=Engines notes=Poet", "company=Engines", ", , Engines, , Poet", ", , Engines, , "},
	"a short name": {
		"firstName=Ada company=Engines", "firstName=Ada company=Engines notes=Poet",
		"Ada, , Engines, , Poet", "Ada, , Engines, , Poet",
	},
}

// B4, B8, promise 3: where it is not certain a person is asked, nothing is made of either, also by later runs, and what the person says is
// done.
func TestRestoreAsksWhetherItIsWhoWasDeleted(t *testing.T) {
	for name, tt := range doubtful {
		t.Run(name, func(t *testing.T) {
			eachSide(t, func(t *testing.T, gone record.Side) {
				for _, same := range []bool{true, false} {
					w := newRetyped(t, propagating(), gone, tt.was)

					r := w.restore(tt.again)

					assert.Equal(t, 11, r.Counts[gone].Created)
					assert.Zero(t, r.Counts[gone.Other()].Created)
					w.settled()
					require.Equal(t, []string{"doubtfulMatch "}, w.problems())
					if same {
						w.accept(w.only().ID)
						w.sync()
						w.has(tt.same)
					} else {
						w.reject(w.only().ID)
						w.sync()
						w.has(w.row(tt.was), tt.apart)
					}
					assert.Empty(t, w.problems())
					w.settled()
				}
			})
		})
	}
}

// row is how people are shown.
func (w *retyped) row(fields string) string {
	var parts []string
	for _, name := range []string{"firstName", "lastName", "company", "jobTitle", "notes"} {
		value := ""
		for _, f := range strings.Fields(fields) {
			if v, ok := strings.CutPrefix(f, name+"="); ok {
				value = v
			}
		}
		parts = append(parts, value)
	}
	return strings.Join(parts, ", ")
}

// B4, B8: the name in full says that it may be the same person, also where something else says otherwise.
func TestRestoreAsksAboutTheSameNameAndAnotherCompany(t *testing.T) {
	eachSide(t, func(t *testing.T, gone record.Side) {
		w := newRetyped(t, propagating(), gone, "firstName=Ada lastName=Lovelace company=Engines")

		w.restore("firstName=Ada lastName=Lovelace company=Poetry")

		w.settled()
		require.Equal(t, []string{"doubtfulMatch "}, w.problems())
		w.reject(w.only().ID)
		w.sync()
		w.has("Ada, Lovelace, Engines, , ", "Ada, Lovelace, Poetry, , ")
		w.settled()
	})
}

// B4: somebody else is somebody else, and who was deleted is made again.
func TestRestoreBesideSomebodyElse(t *testing.T) {
	for _, other := range []string{"firstName=Ada lastName=Byron company=Engines", "company=Engines", "firstName=Ada company=Poetry", "notes=Lovelace"} {
		eachSide(t, func(t *testing.T, gone record.Side) {
			w := newRetyped(t, propagating(), gone, "firstName=Ada lastName=Lovelace company=Engines")

			w.restore(other)

			w.has("Ada, Lovelace, Engines, , ", w.row(other))
			assert.Empty(t, w.problems())
			w.settled()
		})
	}
}

// B4: where the settings make nothing in Outlook, a record of the CRM may have been there without a card all along, and is asked about.
func TestRestoreAsksWhereRecordsHaveNoCard(t *testing.T) {
	w := newRetyped(t, propagating(), record.CRM, "firstName=Ada lastName=Lovelace company=Engines")
	w.policy.Flow.ToOutlook = &contactsync.Ops{Update: true, Delete: true}
	w.sync()

	r := w.restore("firstName=Ada lastName=Lovelace company=Engines")

	assert.Equal(t, 11, r.Counts[record.CRM].Created)
	w.settled()
	require.Equal(t, []string{"doubtfulMatch "}, w.problems())
	w.accept(w.only().ID)
	w.sync()
	w.has("Ada, Lovelace, Engines, , ")
	w.settled()
}

// B4: what is asked is over once the two are told apart by what they say, are the same beyond doubt, or one is gone.
func TestRestoreGoesOnOnceItIsClear(t *testing.T) {
	was, again := "firstName=Ada lastName=Lovelace company=Engines", "firstName=Ada lastName=Lovelace"
	for name, tt := range map[string]struct {
		do   func(w *retyped)
		want []string
	}{
		"the same":      {func(w *retyped) { w.edit("company=Engines") }, []string{"Ada, Lovelace, Engines, , "}},
		"somebody else": {func(w *retyped) { w.edit("firstName=Augusta lastName=Byron") }, []string{"Ada, Lovelace, Engines, , ", "Augusta, Byron, , , "}},
		"deleted": {func(w *retyped) {
			if w.gone == record.CRM {
				require.NoError(w.t, w.tenant.Delete(w.new))
			} else {
				require.NoError(w.t, w.box.Delete(w.new))
			}
		}, []string{"Ada, Lovelace, Engines, , "}},
	} {
		t.Run(name, func(t *testing.T) {
			eachSide(t, func(t *testing.T, gone record.Side) {
				w := newRetyped(t, propagating(), gone, was)
				w.restore(again)
				w.sync()
				require.Equal(t, []string{"doubtfulMatch "}, w.problems())

				tt.do(w)
				w.sync()
				w.sync()

				w.has(tt.want...)
				assert.Empty(t, w.problems())
				w.settled()
			})
		})
	}
}

// B4: of two who hold the same, or of whom one says more, one is the one that was typed in, and the other is made again.
func TestRestoreOfTwoWhoAreTheSame(t *testing.T) {
	for _, was := range []string{"firstName=Grace lastName=Hopper company=Navy", "firstName=Grace lastName=Hopper company=Navy notes=Compilers"} {
		eachSide(t, func(t *testing.T, gone record.Side) {
			w := newRetyped(t, propagating(), gone, was)

			r := w.restore("firstName=Grace lastName=Hopper company=Navy")

			assert.Equal(t, 1, r.Matched)
			w.has(w.row(was))
			assert.Empty(t, w.problems())
			w.settled()
		})
	}
}

// B4, B8: which of two it is, a person says; the other is made again.
func TestRestoreOfTwoOfOneName(t *testing.T) {
	eachSide(t, func(t *testing.T, gone record.Side) {
		w := newRetyped(t, propagating(), gone, "firstName=Grace lastName=Hopper company=Navy notes=Compilers")

		w.restore("firstName=Grace lastName=Hopper company=Navy jobTitle=Admiral")

		w.settled()
		require.Equal(t, []string{"doubtfulMatch ", "doubtfulMatch "}, w.problems())
		problems, err := w.state.Problems(w.ctx, w.conn.ID)
		require.NoError(t, err)
		left := w.left("Compilers")
		for _, p := range problems {
			if p.Record[gone.Other()] == left {
				w.accept(p.ID)
			}
		}
		w.sync()
		w.sync()
		w.has("Grace, Hopper, Navy, Admiral, Compilers")
		assert.Empty(t, w.problems())
		w.settled()
	})
}

// left is the id of the record that is left with some notes.
func (w *retyped) left(notes string) string {
	records, field := w.tenant.Records(record.Contact), "notes"
	if w.gone == record.CRM {
		records, field = w.box.Items(record.Contact, w.folder), "personalNotes"
	}
	i := slices.IndexFunc(records, func(rec record.Record) bool { return rec.Fields.Text(field) == notes })
	require.GreaterOrEqual(w.t, i, 0)
	return records[i].ID
}

// B4, promise 3: a restore that is stopped half-way still asks, and makes nobody twice.
func TestRestoreThatIsStoppedStillAsks(t *testing.T) {
	eachSide(t, func(t *testing.T, gone record.Side) {
		w := newRetyped(t, propagating(), gone, "firstName=Ada lastName=Lovelace company=Engines")
		w.cfg.ChunkSize = 4
		w.guarded.restart()
		calls := 0
		w.write = func(record.Side, []contactsync.Write) error {
			if calls++; calls == 2 {
				panic(stop{})
			}
			return nil
		}
		w.lose("firstName=Ada lastName=Lovelace")
		w.stopped()

		w.sync()

		w.settled()
		require.Equal(t, []string{"doubtfulMatch "}, w.problems())
		w.accept(w.only().ID)
		w.sync()
		w.has("Ada, Lovelace, Engines, , ")
		w.settled()
	})
}

// B4, G2: a run for some records sees nobody who was typed in again, so it leaves those who are to be restored to the next one.
func TestRunForSomeRecordsRestoresNone(t *testing.T) {
	eachSide(t, func(t *testing.T, gone record.Side) {
		w := newRetyped(t, propagating(), gone, "firstName=Ada lastName=Lovelace company=Engines")
		w.lose("firstName=Ada lastName=Lovelace company=Engines")

		r, err := w.engine.SyncRecords(w.ctx, w.conn.ID, []string{"k1", "k2"})

		require.NoError(t, err)
		assert.Zero(t, r.Wrote())
		w.sync()
		w.has("Ada, Lovelace, Engines, , ")
		assert.Empty(t, w.problems())
		w.settled()
	})
}

// B4, X2: the same goes for what the settings have put back, and for an edit that outlives a delete.
func TestPutBackTiesWhoWasTypedInAgain(t *testing.T) {
	putBack := everythingFlows()
	putBack.Deleted = contactsync.OnDelete{InCRM: contactsync.Restore, InOutlook: contactsync.Restore}
	for name, settings := range map[string]contactsync.Settings{"restore": putBack, "an edit lives": everythingFlows()} {
		for _, again := range []string{"firstName=Ada lastName=Lovelace company=Engines", "firstName=Ada lastName=Lovelace"} {
			t.Run(name+", "+again, func(t *testing.T) {
				eachSide(t, func(t *testing.T, gone record.Side) {
					w := newRetyped(t, settings, gone, "firstName=Ada lastName=Lovelace company=Engines")
					item := w.outlookID("k1")
					if gone == record.CRM {
						require.NoError(t, w.tenant.Delete("k1"))
						w.editOutlook(item, "personalNotes=Poet")
					} else {
						require.NoError(t, w.box.Delete(item))
						w.editCRM("k1", "notes=Poet")
					}
					w.typeIn(again)

					r := w.sync()

					assert.Zero(t, r.Counts[0].Created+r.Counts[1].Created)
					if again == "firstName=Ada lastName=Lovelace" {
						w.settled()
						require.Equal(t, []string{"doubtfulMatch "}, w.problems())
						w.accept(w.only().ID)
						w.sync()
					}
					w.has("Ada, Lovelace, Engines, , Poet")
					assert.Empty(t, w.problems())
					w.settled()
				})
			})
		}
	}
}

// muted is a State that refuses the next message once on is set.
type muted struct {
	contactsync.State
	on *bool
}

func (m muted) Post(ctx context.Context, message contactsync.Message) error {
	if *m.on {
		*m.on = false
		return errStopped
	}
	return m.State.Post(ctx, message)
}

// B4: the record that a colleague's run has put in the place of one that was to be restored may be one that this user may not see: that is
// said, also where the run is stopped right after, and the card stays.
func TestRestoreOfWhatOnlyAnotherUserMaySee(t *testing.T) {
	for name, stop := range map[string]bool{"": false, "stopped": true} {
		t.Run(name, func(t *testing.T) {
			var mute bool
			w := newWorld(t, propagating(), func(c *contactsync.Config) { c.State = muted{c.State, &mute} })
			_, _, syncEva := w.another()
			for i := range 6 {
				w.addOutlook("givenName=Person "+strconv.Itoa(i), "surname=Lovelace")
			}
			w.sync()
			syncEva()
			for _, rec := range w.tenant.Records(record.Contact) {
				require.NoError(t, w.tenant.Delete(rec.ID))
			}
			w.sync()
			require.NoError(t, w.answer(contactsync.AnswerRestore))
			eva := syncEva()
			require.Equal(t, contactsync.Halted, eva.Status)
			require.NoError(t, w.engine.Resume(w.ctx, eva.Conn, *eva.Halt, contactsync.AnswerRestore))
			syncEva()
			hidden := w.tenant.Records(record.Contact)[0]
			require.NoError(t, w.tenant.Share(hidden.ID, "u2"))
			mute = stop

			_, err := w.engine.Sync(w.ctx, w.conn.ID)

			require.Equal(t, stop, err != nil, "%v", err)
			open, err := w.state.Problems(w.ctx, w.conn.ID)
			require.NoError(t, err)
			require.Len(t, open, 1)
			assert.Equal(t, "In the CRM another record has taken this one's place, and this user may not see that one. This card stays in Outlook and is no longer in sync; delete it if you do not need it.", open[0].Message)
			assert.Len(t, w.outlookSide("givenName"), 6)
		})
	}
}
