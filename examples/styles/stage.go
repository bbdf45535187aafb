package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/examples/internal/show"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/preset"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	anna        = "anna@example.com"
	propertySet = "0b7c5a1e-2d43-4f0a-8d9b-6e1f3a5c7b21" // a product makes its own
)

// stage is a CRM, a mailbox and the engine between them, at a time of day that is told. The first error ends the story.
type stage struct {
	p      *show.Page
	style  style
	ctx    context.Context
	now    time.Time
	schema *record.Schema
	store  *memstore.Store
	crm    *memstore.Tenant
	graph  *graphtest.Server
	state  *memstore.State
	engine *contactsync.Engine
	conns  []contactsync.Connection
	// crmShows and cardShows say of a person what the story is about; the first names of crmShows make the name.
	crmShows  []string
	names     int
	cardShows func(graphtest.Contact) []string
	err       error
}

func newStage(p *show.Page, s style) *stage {
	st := &stage{p: p, style: s, ctx: context.Background(), now: time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC), state: memstore.NewState()}
	st.graph = graphtest.New(graphtest.Options{Me: anna, Now: st.clock, Requests: -1})
	return st
}

func (s *stage) clock() time.Time { return s.now }

func (s *stage) check(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *stage) play(tell func(*stage)) error {
	tell(s)
	return s.err
}

// settings reads the style's files: one for each folder, the default one first.
func (s *stage) settings() []contactsync.Settings {
	var all []contactsync.Settings
	for _, file := range s.style.files {
		text, err := preset.Files.ReadFile(file)
		s.check(err)
		settings, err := contactsync.ParseSettings(text)
		s.check(err)
		settings.Region, settings.Zone = "GB", "Europe/London" // what a host knows of its user
		all = append(all, settings)
	}
	return all
}

// byFolder answers with the settings of a connection's folder.
type byFolder map[string]contactsync.Settings

func (b byFolder) For(_ context.Context, c contactsync.Connection) (contactsync.Settings, error) {
	if s, ok := b[c.Folder]; ok {
		return s, nil
	}
	return b[""], nil
}

// open connects the CRM and the mailbox: one connection for each file of settings, the first with the default folder, the others each
// with a folder of that name.
func (s *stage) open(schema *record.Schema, folders ...string) {
	s.schema, s.store = schema, memstore.NewStore(schema)
	s.store.Now = s.clock
	s.crm = s.store.Tenant("acme")
	policy := byFolder{}
	settings := s.settings()
	for i, folder := range append([]string{""}, folders...) {
		if folder != "" {
			id, err := s.graph.AddFolder(anna, "", folder)
			s.check(err)
			folder = id
		}
		policy[folder] = settings[i]
	}
	outlook, err := graphadapter.New(graphadapter.FromTransport(s.graph), graphadapter.Options{PropertySet: propertySet, Now: s.clock})
	s.check(err)
	s.engine, err = contactsync.New(contactsync.Config{
		Store: withAccounts{s.store}, Directory: outlook, State: s.state, Policy: policy,
		Key: []byte("a host keeps a secret of its own"), CRM: map[record.Kind]*record.Schema{record.Contact: schema},
		Now: s.clock, Rand: rand.NewChaCha8([32]byte{}), // so that the story is the same each time
	})
	s.check(err)
	for _, folder := range append([]string{""}, folders...) {
		if s.err != nil {
			return
		}
		conn, err := s.engine.Connect(s.ctx, contactsync.Connection{
			Tenant: "acme", User: "anna", Mailbox: contactsync.Mailbox{Account: "anna", User: anna}, Kind: record.Contact, Folder: folder,
		})
		s.check(err)
		s.conns = append(s.conns, conn)
	}
}

// put makes a person in the CRM from "field=value" and "field=value|value".
func (s *stage) put(id string, pairs ...string) {
	b := s.schema.Build()
	for _, f := range s.schema.Fields() {
		b.Set(f.Name)
	}
	_, err := s.crm.Put(id, b.Fields().With(s.fields(pairs)))
	s.check(err)
}

func (s *stage) edit(id string, pairs ...string) { s.check(s.crm.Edit(id, s.fields(pairs))) }

func (s *stage) fields(pairs []string) record.Fields {
	b := s.schema.Build()
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		b.Set(name, strings.Split(value, "|")...)
	}
	s.check(b.Err())
	return b.Fields()
}

// card finds a card by its owner's given name.
func (s *stage) card(given string) graphtest.Contact {
	for _, c := range s.cards() {
		if c.GivenName == given {
			return c
		}
	}
	s.check(fmt.Errorf("there is no card of %s", given))
	return graphtest.Contact{}
}

func (s *stage) editCard(given string, change func(*graphtest.Contact)) {
	_, err := s.graph.EditContact(anna, s.card(given).ID, change)
	s.check(err)
}

func (s *stage) deleteCard(given string) { s.check(s.graph.DeleteContact(anna, s.card(given).ID)) }

// cards are the cards of all folders.
func (s *stage) cards() []graphtest.Contact {
	all := s.graph.Contacts(anna, "")
	for _, conn := range s.conns[min(1, len(s.conns)):] {
		all = append(all, s.graph.Contacts(anna, conn.Folder)...)
	}
	return all
}

// step lets people do something, syncs, and shows what came of it.
func (s *stage) step(title string, act func()) {
	if s.err != nil {
		return
	}
	s.now = s.now.Add(time.Hour)
	act()
	var did []string
	for _, conn := range s.conns {
		if s.err != nil {
			return
		}
		r, err := s.engine.Sync(s.ctx, conn.ID)
		s.check(err)
		if r.Status != contactsync.Idle {
			did = append(did, r.Reason)
			continue
		}
		did = append(did, s.wrote(r)...)
	}
	if len(did) == 0 {
		did = []string{"nothing to write"}
	}
	s.p.Gap()
	s.p.Line("%s", s.p.Bold(title))
	s.p.Labelled("sync", 8, strings.Join(did, "; "))
	s.both()
}

func (s *stage) wrote(r contactsync.Report) []string {
	var did []string
	for side, name := range [2]string{"the CRM", "Outlook"} {
		c := r.Counts[side]
		for _, n := range []struct {
			n    int
			what string
		}{{c.Created, "made in"}, {c.Updated, "changed in"}, {c.Deleted, "deleted in"}} {
			if n.n > 0 {
				did = append(did, fmt.Sprintf("%d %s %s", n.n, n.what, name))
			}
		}
	}
	if len(r.Problems) > 0 {
		did = append(did, show.Count(len(r.Problems), "question", "questions")+": "+show.Code(r.Problems[0].Code))
	}
	return did
}

// both shows who is on each side.
func (s *stage) both() {
	var people [2][]string
	for _, r := range s.crm.Records(record.Contact) {
		var parts []string
		for _, f := range s.crmShows {
			v, _ := r.Fields.Get(f)
			parts = append(parts, strings.Join(v, "+"))
		}
		people[0] = append(people[0], line(append([]string{name(parts[:s.names]...)}, parts[s.names:]...)))
	}
	for _, c := range s.cards() {
		people[1] = append(people[1], line(s.cardShows(c)))
	}
	for side, label := range [2]string{"CRM", "Outlook"} {
		slices.Sort(people[side])
		if len(people[side]) == 0 {
			people[side] = []string{"(nobody)"}
		}
		for i, p := range people[side] {
			if i > 0 {
				label = ""
			}
			s.p.Line("%s  %s", s.p.Dim(show.Cell(label, 8)), p)
		}
	}
}

func name(parts ...string) string { return strings.Join(strings.Fields(strings.Join(parts, " ")), " ") }

// line is a person's name, and what else there is.
func line(parts []string) string {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p string) bool { return strings.TrimSpace(p) == "" })
	return strings.Join(parts, " · ")
}

// address is a card's one address.
func address(a string) []graphtest.EmailAddress {
	return []graphtest.EmailAddress{{Address: a, Name: a}}
}
