package sqlstate_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/record"
)

// day makes something of everything for a run to do: people to create, match, change and delete on either side.
func (w *world) day() {
	w.t.Helper()
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "company=Engines")
	w.put("c2", "firstName=Grace", "emails=grace@example.com")
	w.put("c3", "firstName=Alan", "emails=alan@example.com")
	w.add("givenName=Ada", "emailAddresses=ada@example.com")
	w.add("givenName=Edsger", "emailAddresses=edsger@example.com")
	w.sync()
	require.NoError(w.t, w.tenant.Edit("c2", fields(w.person, "company=Navy")))
	require.NoError(w.t, w.tenant.Delete("c3"))
	w.put("c4", "firstName=Barbara", "emails=barbara@example.com")
	w.add("givenName=Tony", "emailAddresses=tony@example.com")
}

// sides are what both sides hold, without ids.
func (w *world) sides() (all [2][]string) {
	show := func(records []record.Record, names ...string) (lines []string) {
		for _, r := range records {
			line := ""
			for _, name := range names {
				line += r.Fields.Text(name) + ", "
			}
			lines = append(lines, line)
		}
		slices.Sort(lines)
		return lines
	}
	all[record.CRM] = show(w.tenant.Records(record.Contact), "firstName", "company", "emails")
	all[record.Outlook] = show(w.box.Items(record.Contact, w.conn.Folder), "givenName", "companyName", "emailAddresses")
	return all
}

// outages plays a day with an outage at each statement of its run, or every so many-th, until there is none left to strike at, and asserts that the
// runs after it end as without an outage, with no more than one try that fails and nothing done by hand.
func outages(t *testing.T, every int, strike func(p *proxy, cancel context.CancelFunc), over func(p *proxy)) (failed, played int) {
	d, _ := behindProxy(t)
	calm := newWorld(t, d)
	calm.day()
	calm.sync()
	calm.sync()
	want := calm.sides()
	require.Len(t, want[record.CRM], 5)
	require.Equal(t, want[record.CRM], want[record.Outlook])

	for n := 1; ; n += every {
		what := fmt.Sprintf("at statement %d", n)
		d, p := behindProxy(t)
		w := newWorld(t, d)
		w.day()
		ctx, cancel := context.WithCancel(t.Context())
		reached := false
		w.watch.on(func(c call) error {
			if !reached && c.number == n {
				reached = true
				strike(p, cancel)
			}
			return nil
		}, nil)
		w.now = w.now.Add(time.Hour)
		_, err := w.engine.Sync(ctx, w.conn.ID)
		cancel()
		w.watch.forget()
		if !reached {
			require.NoError(t, err)
			require.Greater(t, n, 10, "statements of the run")
			return failed, played
		}
		over(p)
		if played++; err != nil {
			failed++
			t.Logf("%s: %v", what, err)
		}
		w.sync()
		w.sync()
		require.Equal(t, want, w.sides(), what)
		assert.Zero(t, w.sync().Wrote(), what)
		problems, err := w.remembers.Problems(t.Context(), w.conn.ID)
		require.NoError(t, err)
		assert.Empty(t, problems, what)
	}
}

// The server is restarted in the middle of a run, and back before the run has given up: the run goes on by itself. Only a message that
// may have been posted is not posted again.
func TestServerRestarted(t *testing.T) {
	failed, played := outages(t, 1, func(p *proxy, _ context.CancelFunc) { p.refuse(3) }, (*proxy).start)
	assert.LessOrEqual(t, failed, 2, "of %d runs", played)
}

// The server is away for longer than a run waits. The run says so; once the server is back the next one goes on.
func TestServerAway(t *testing.T) {
	failed, played := outages(t, 4, func(p *proxy, _ context.CancelFunc) { p.stop() }, (*proxy).start)
	assert.Equal(t, played, failed, "runs without a server say so")
}

// The server has carried out what it was asked, a commit too, and its answer does not come in the time that the caller has: that
// time ends here once the server has answered, whatever the machine's clock says.
func TestServerTooSlow(t *testing.T) {
	var over sync.WaitGroup
	failed, played := outages(t, 2, func(p *proxy, cancel context.CancelFunc) {
		answered := p.hold()
		over.Go(func() {
			<-answered
			cancel()
			p.drop()
		})
	}, func(*proxy) { over.Wait() })
	assert.Equal(t, played, failed, "runs whose time is over say so")
}

// The same for one save, statement by statement: all of it is there, where the answer to its commit was late, or nothing.
func TestSaveWhoseAnswerIsLate(t *testing.T) {
	d, p := behindProxy(t)
	db := d.migrated(t)
	state := db.state(t)
	whole := 0
	for n := 1; ; n++ {
		what := fmt.Sprintf("late at statement %d", n)
		l := begun(t, state, what)
		b := everything(l.Conn, l.Messages[0].ID, 2)
		before := db.dump(t)
		ctx, cancel := context.WithCancel(t.Context())
		struck := ""
		var gone chan struct{}
		db.watch.on(func(c call) error {
			if c.number == n {
				struck, gone = c.text, make(chan struct{})
				answered := p.hold()
				go func() {
					defer close(gone)
					<-answered
					cancel()
					p.drop()
				}()
			}
			return nil
		}, nil)
		err := state.Save(ctx, l, b)
		cancel()
		db.watch.forget()
		if struck == "" {
			require.NoError(t, err)
			require.Greater(t, n, 12, "the batch writes to every table")
			require.Equal(t, 1, whole)
			return
		}
		<-gone
		require.Error(t, err, what)
		then := db.dump(t)
		if struck == "COMMIT" {
			whole++
			require.NotEqual(t, before, then, what)
		} else {
			require.Equal(t, before, then, what)
		}
		require.NoError(t, state.Save(t.Context(), l, b), what)
		if struck == "COMMIT" {
			require.Equal(t, then, db.dump(t), what)
		}
	}
}
