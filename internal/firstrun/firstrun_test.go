// Package firstrun plays the first meeting of a CRM and a mailbox that know many of the same people under other spellings, and
// holds what comes of it against who these people are.
package firstrun

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

var update = flag.Bool("update", false, "write the golden file anew")

var locale = record.Locale{Region: "GB"}

var person = func() *record.Schema {
	s, err := record.NewSchema(record.Contact,
		record.Field{Name: "firstName", Type: record.Name},
		record.Field{Name: "lastName", Type: record.Name},
		record.Field{Name: "company"},
		record.Field{Name: "jobTitle"},
		record.Field{Name: "emails", Type: record.Email, Shape: record.List},
		record.Field{Name: "mobile", Type: record.Phone},
		record.Field{Name: "workPhone", Type: record.Phone},
		record.Field{Name: "homePhone", Type: record.Phone},
		record.Field{Name: "notes"},
	)
	if err != nil {
		panic(err)
	}
	return s
}()

func rules() []mapping.Rule {
	var rules []mapping.Rule
	for _, f := range person.Fields() {
		rule := mapping.Rule{ID: f.Name, CRM: []string{f.Name}, Outlook: []string{outlookName[f.Name]}}
		switch f.Name {
		case "emails":
			rule.Lens.Kind = mapping.List
		case "workPhone", "homePhone":
			rule.Lens.Kind = mapping.First
		}
		rules = append(rules, rule)
	}
	return rules
}

// town is a CRM and a mailbox before their first meeting.
type town struct {
	*books
	t       *testing.T
	now     time.Time
	tenant  *memstore.Tenant
	box     *memstore.Mailbox
	state   *memstore.State
	engine  *contactsync.Engine
	conn    contactsync.Connection
	started [2]map[string]record.Record // what each side held before
}

func newTown(t *testing.T, seed uint64, s contactsync.Settings) *town {
	w := emptyTown(t, s)
	w.settle(newPopulation(seed))
	return w
}

// emptyTown is two books in which nobody stands yet.
func emptyTown(t *testing.T, s contactsync.Settings) *town {
	w := &town{t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), state: memstore.NewState()}
	clock := func() time.Time { return w.now }
	crm, outlook := memstore.NewStore(person), memstore.NewDirectory(record.OutlookContact)
	crm.Now, outlook.Now = clock, clock
	mailbox := contactsync.Mailbox{Account: "a-1", User: "ada@example.com"}
	w.tenant, w.box = crm.Tenant("acme"), outlook.Mailbox(mailbox)
	var err error
	w.engine, err = contactsync.New(contactsync.Config{
		Store: crm, Directory: outlook, State: w.state, Policy: contactsync.Fixed(s), Key: []byte("0123456789abcdef"),
		CRM: map[record.Kind]*record.Schema{record.Contact: person}, Rand: rand.NewChaCha8([32]byte{1}), Now: clock,
	})
	require.NoError(t, err)
	w.conn, err = w.engine.Connect(t.Context(), contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: mailbox, Kind: record.Contact})
	require.NoError(t, err)
	return w
}

// settle lays the population down in both books.
func (w *town) settle(p *population) {
	w.books = &books{humans: p.humans, copies: map[string]bool{}}
	for side := range w.cards {
		w.cards[side], w.started[side] = map[string]card{}, map[string]record.Record{}
	}
	lay := func(side record.Side, h *human, again bool) string {
		w.now = w.now.Add(time.Second)
		c := p.write(h)
		for again && c.mistyped { // a second card of another name is somebody else's as far as anybody can tell
			c = p.write(h)
		}
		var rec record.Record
		var err error
		if side == record.CRM {
			rec, err = w.tenant.Put("", fieldsOf(person, c.fields))
		} else {
			rec, err = w.box.Add(w.conn.Folder, fieldsOf(record.OutlookContact, inOutlook(c.fields, p.chance(10))))
		}
		require.NoError(w.t, err)
		c.id = rec.ID
		w.cards[side][rec.ID], w.started[side][rec.ID] = c, rec
		return rec.ID
	}
	for i, h := range p.humans {
		if h.crm {
			lay(record.CRM, h, false)
		}
		if h.outlook {
			lay(record.Outlook, h, false)
		}
		if h.crm && h.outlook && i%25 == 0 {
			w.copies[lay(record.Outlook, h, true)] = true
		}
	}
	w.now = w.now.Add(time.Hour)
}

func (w *town) sync(opts ...contactsync.SyncOption) contactsync.Report {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	r, err := w.engine.Sync(w.t.Context(), w.conn.ID, opts...)
	require.NoError(w.t, err)
	require.Equal(w.t, contactsync.Idle, r.Status, r.Reason)
	return r
}

// records are what a side holds.
func (w *town) records(side record.Side) []record.Record {
	if side == record.CRM {
		return w.tenant.Records(record.Contact)
	}
	return w.box.Items(record.Contact, w.conn.Folder)
}

var (
	modes    = []match.By{match.ByEmail, match.ByPhone, match.ByEmailOrPhone, match.ByEmailAndPhone}
	existing = []conflict.Existing{conflict.FillEmpty, conflict.Override, conflict.Leave}
)

// M1, M2, B8, C2; complaint 1: by each way to match and each rule for cards that are there already, a first run ties nobody to
// somebody else, doubles nobody whom the books could have told, and writes to existing cards what the rule lets it.
func TestFirstRun(t *testing.T) {
	var table strings.Builder
	fmt.Fprintln(&table, "1,000 people: 300 in both books, 350 in the CRM alone, 350 in Outlook alone; some of the 300 have a second card in Outlook.")
	fmt.Fprintln(&table, "tellable: of the 300, those whose cards share what the mode goes by. asked: people who wait for an answer about who is who.")
	fmt.Fprintf(&table, "%-14s %-10s %8s %7s %7s %6s %12s %8s %6s %13s\n",
		"by", "existing", "tellable", "linked", "recall", "false", "outlook made", "crm made", "asked", "fields asked")
	for _, by := range modes {
		for _, rule := range existing {
			t.Run(fmt.Sprintf("%s/%s", by, rule), func(t *testing.T) {
				s, first := firstRun(t, 7, by, rule)
				fmt.Fprintf(&table, "%-14s %-10s %8d %7d %7.3f %6d %12d %8d %6d %13d\n", by, rule, s.tellable, s.right,
					float64(s.right)/float64(s.tellable), s.wrong, first.Counts[record.Outlook].Created, first.Counts[record.CRM].Created, s.asked, s.fields)
			})
		}
	}
	t.Log("\n" + table.String())
	golden(t, "testdata/firstrun.golden", table.String())
}

// The same holds of other towns.
func TestFirstRunElsewhere(t *testing.T) { // M1, B8
	for i, by := range modes {
		for _, seed := range []uint64{3, 6} {
			t.Run(fmt.Sprintf("%s/%d", by, seed), func(t *testing.T) { firstRun(t, seed, by, existing[i%len(existing)]) })
		}
	}
}

// firstRun lets two books meet, and asserts what must be true of any two.
func firstRun(t *testing.T, seed uint64, by match.By, rule conflict.Existing) (score, contactsync.Report) {
	w := newTown(t, seed, contactsync.Settings{Region: locale.Region, Mapping: rules(), Match: contactsync.Match{By: by, Existing: rule}})
	first := w.sync()
	w.sync()
	s := w.judge(by)
	assert.Zero(t, s.wrong, "links that tie two people")
	assert.Empty(t, s.doubled, "people who were on a side once, and are there twice")
	assert.Empty(t, s.missing, "people who are on one side only, and nothing says why")
	w.checkExisting(rule)
	for _, opt := range [][]contactsync.SyncOption{nil, {contactsync.Full()}, nil} {
		r := w.sync(opt...)
		assert.Zero(t, r.Wrote(), "a later run wrote: %+v", r.Counts)
	}
	assert.Equal(t, s, w.judge(by), "later runs change nothing")
	return s, first
}

// golden compares a text that people read with the one that was last looked at.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "run the test with -update if this is meant, and read %s", path)
}
