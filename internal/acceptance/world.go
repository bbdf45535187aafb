package acceptance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// World is a CRM with its people and their mailboxes, under a clock that stands still until somebody does something.
//
// A connection is named by its user, or by user and folder: "ada", "ada/Clients". It is made when it is first named.
type World struct {
	Choice string
	Engine *contactsync.Engine
	// Meanwhile is what somebody does between any two runs; nil: nothing.
	Meanwhile func()
	// Previewed is what a story was told of settings that were not yet in force.
	Previewed *contactsync.Plan

	ctx     context.Context
	now     time.Time
	setup   *Setup
	cfg     contactsync.Config
	crm     *crm
	tenant  *memstore.Tenant
	outlook *memstore.Directory
	state   *memstore.State
	conns   map[string]contactsync.Connection
	names   []string // of conns that have not ended, in the order in which they were made
	last    map[string]contactsync.Report
	layers  map[string]string // settings of users and of connections, as JSON
	refusal error             // what was answered to what is refused
	before  []string          // what both sides held at a moment that matters to the story
}

const tenant = "acme"

func newWorld(s *Setup) *World {
	w := &World{
		Choice: s.Choice, ctx: context.Background(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), setup: s,
		outlook: memstore.NewDirectory(record.OutlookContact, outlookTask), state: memstore.NewState(),
		conns: map[string]contactsync.Connection{}, last: map[string]contactsync.Report{},
		layers: map[string]string{},
	}
	w.crm = newCRM()
	w.tenant = w.crm.Tenant(tenant)
	clock := func() time.Time { return w.now }
	w.crm.Now, w.outlook.Now = clock, clock
	w.cfg = contactsync.Config{
		Store: w.crm, Directory: w.outlook, State: w.state, Policy: policy{w},
		Key: []byte("0123456789abcdef"), CRM: map[record.Kind]*record.Schema{record.Contact: person, record.Task: todo},
		OutlookSchema: map[record.Kind]*record.Schema{record.Task: outlookTask},
		Worker:        "w1", Rand: rand.NewChaCha8([32]byte{1}), Now: clock,
	}
	if s.Config != nil {
		s.Config(&w.cfg)
	}
	w.restart()
	return w
}

func (w *World) restart() {
	w.Engine = got(contactsync.New(w.cfg))
}

// policy answers with the settings of the setup or, once somebody has a layer of their own, with those and it.
type policy struct{ w *World }

func (p policy) For(ctx context.Context, c contactsync.Connection) (contactsync.Settings, error) {
	s, err := p.host(ctx, c)
	if len(p.w.layers) == 0 || err != nil {
		return s, err
	}
	return contactsync.Layered(func(context.Context, contactsync.Connection) ([]contactsync.Layer, error) {
		layers := []contactsync.Layer{{Name: "tenant", Settings: got(json.Marshal(s)), Locked: p.w.setup.Locked}}
		for _, name := range []string{c.User, c.User + "/" + p.w.folderName(c)} {
			if set := p.w.layers[name]; set != "" {
				layers = append(layers, contactsync.Layer{Name: name, Settings: json.RawMessage(set)})
			}
		}
		return layers, nil
	}).For(ctx, c)
}

func (p policy) host(_ context.Context, c contactsync.Connection) (contactsync.Settings, error) {
	s := p.w.setup.Settings
	if c.Kind == record.Task {
		return contactsync.Settings{Mapping: taskRules()}, nil
	}
	name := c.User
	if folder := p.w.folderName(c); folder != "" {
		name += "/" + folder
	}
	if change := p.w.setup.For[name]; change != nil {
		change(&s)
	}
	return s, nil
}

// folderName is that of the connection's folder; empty for the default one.
func (w *World) folderName(c contactsync.Connection) string {
	for _, f := range got(w.outlook.Folders(w.ctx, c.Mailbox, record.Contact)) {
		if f.ID == c.Folder && !f.Default {
			return f.Name
		}
	}
	return ""
}

func mailbox(user string) contactsync.Mailbox {
	return contactsync.Mailbox{Account: "a-" + user, User: user + "@example.com"}
}

func (w *World) box(user string) *memstore.Mailbox { return w.outlook.Mailbox(mailbox(user)) }

// Now is the time in the story.
func (w *World) Now() time.Time { return w.now }

func (w *World) later(d time.Duration) { w.now = w.now.Add(d) }

// Connection is the connection of that name as it stands.
func (w *World) Connection(who string) contactsync.Connection {
	if c, ok := w.conns[who]; ok {
		if !slices.Contains(w.names, who) {
			return c // it has ended
		}
		return got(w.Engine.Connection(w.ctx, c.ID))
	}
	return w.connect(who, contactsync.Connection{})
}

// connect makes a connection of what is set in c.
func (w *World) connect(who string, c contactsync.Connection) contactsync.Connection {
	user, folder, _ := strings.Cut(who, "/")
	w.box(user)
	if folder != "" && c.Kind != record.Task {
		c.Folder = w.box(user).AddFolder(record.Contact, folder).ID
	}
	c.Tenant, c.User, c.Mailbox = tenant, user, mailbox(user)
	c = got(w.Engine.Connect(w.ctx, c))
	w.conns[who] = c
	w.names = append(w.names, who)
	return c
}

// end ends a connection.
func (w *World) end(who string, opts ...contactsync.DisconnectOption) contactsync.Disconnection {
	w.later(time.Minute)
	d := got(w.Engine.Disconnect(w.ctx, w.conns[who].ID, opts...))
	w.names = slices.DeleteFunc(w.names, func(name string) bool { return name == who })
	return d
}

// Sync runs connections, one after the other.
func (w *World) Sync(who ...string) {
	for _, name := range who {
		w.SyncBy(name)
	}
}

// SyncBy runs a connection with options, a minute later.
func (w *World) SyncBy(who string, opts ...contactsync.SyncOption) contactsync.Report {
	id := w.Connection(who).ID
	if w.Meanwhile != nil {
		w.Meanwhile()
	}
	w.later(time.Minute)
	w.last[who] = got(w.Engine.Sync(w.ctx, id, opts...))
	return w.last[who]
}

// Everybody runs all connections so often that an edit of one gets to all others.
func (w *World) Everybody() {
	for range 2 {
		w.Sync(w.names...)
	}
}

// Due lets the scheduler run what is due.
func (w *World) Due() contactsync.DueReport {
	r := got(w.Engine.SyncDue(w.ctx, contactsync.DueOptions{Parallel: 1}))
	if len(r.Failed) > 0 {
		must(r.Failed[0].Err)
	}
	return r
}

// Rests answers what two more runs of every connection and a complete one write, once all have run.
func (w *World) Rests() error {
	w.Sync(w.names...)
	var wrong []error
	for i := range 3 {
		for _, who := range w.names {
			opts := []contactsync.SyncOption{contactsync.Full()}[:i/2]
			if r := w.SyncBy(who, opts...); r.Wrote() > 0 {
				wrong = append(wrong, fmt.Errorf("%s does not come to rest: run %d more writes %+v", who, i+1, r.Counts))
			}
		}
	}
	return errors.Join(wrong...)
}

// Put makes a record in the CRM, by "name=value|value".
func (w *World) Put(id string, pairs ...string) {
	b := person.Build()
	for _, f := range person.Fields() {
		b.Set(f.Name)
	}
	got(w.tenant.Put(id, b.Fields().With(fieldsOf(person, pairs))))
}

// Edit edits a record in the CRM.
func (w *World) Edit(id string, pairs ...string) {
	w.later(time.Minute)
	must(w.tenant.Edit(id, fieldsOf(person, pairs)))
}

// Delete deletes records in the CRM.
func (w *World) Delete(ids ...string) {
	w.later(time.Minute)
	for _, id := range ids {
		must(w.tenant.Delete(id))
	}
}

// Add makes a card in the folder of a connection, and returns its id.
func (w *World) Add(who string, pairs ...string) string {
	c := w.Connection(who)
	return got(w.box(c.User).Add(c.Folder, fieldsOf(record.OutlookContact, pairs))).ID
}

// Card is the id of the card that a CRM record is tied to.
func (w *World) Card(who, crmID string) string {
	links := got(w.state.LinksOf(w.ctx, w.Connection(who).ID, record.CRM, []string{crmID}))
	if len(links) == 0 {
		panic(trouble{fmt.Errorf("%s has no card of %s", who, crmID)})
	}
	return links[0].IDs[record.Outlook]
}

// EditCard edits the card of a CRM record; ThrowAway deletes it.
func (w *World) EditCard(who, crmID string, pairs ...string) {
	w.later(time.Minute)
	must(w.box(w.Connection(who).User).Edit(w.Card(who, crmID), fieldsOf(record.OutlookContact, pairs)))
}

func (w *World) ThrowAway(who string, crmIDs ...string) {
	w.later(time.Minute)
	for _, id := range crmIDs {
		must(w.box(w.Connection(who).User).Delete(w.Card(who, id)))
	}
}

// fieldsOf reads "name=value|value"; an empty value clears.
func fieldsOf(s *record.Schema, pairs []string) record.Fields {
	b := s.Build()
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		if value == "" {
			b.Set(name)
			continue
		}
		b.Set(name, strings.Split(value, "|")...)
	}
	must(b.Err())
	return b.Fields()
}

// CRM is what the CRM holds in these fields, a line a record.
func (w *World) CRM(fields ...string) Lines {
	return linesOf("the CRM", w.tenant.Records(record.Contact), fields)
}

// Cards are what the folder of a connection holds in these fields, a line a card.
func (w *World) Cards(who string, fields ...string) Lines {
	c := w.Connection(who)
	return linesOf("Outlook of "+who, w.box(c.User).Items(record.Contact, c.Folder), fields)
}

// Problems are the codes of the open problems of a connection, with the rule where they are about one.
func (w *World) Problems(who string) Lines {
	l := Lines{of: "problems of " + who}
	for _, p := range got(w.state.Problems(w.ctx, w.Connection(who).ID)) {
		l.lines = append(l.lines, strings.TrimSpace(string(p.Code)+" "+p.Rule))
	}
	slices.Sort(l.lines)
	return l
}

// Last is the report of the last run of a connection.
func (w *World) Last(who string) contactsync.Report { return w.last[who] }
