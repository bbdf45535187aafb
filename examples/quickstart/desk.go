package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/examples/internal/people"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// desk is one user's CRM and Outlook with the engine between them, all in memory, at a time of day that is told.
type desk struct {
	now      time.Time
	settings contactsync.Settings
	crm      *memstore.Tenant
	graph    *graphtest.Server
	state    *memstore.State
	engine   *contactsync.Engine
	conn     contactsync.Connection
}

const (
	tenant = "example"
	user   = "anna.smit"
	// propertySet is the GUID under which this program keeps what it notes on an Outlook item. A product makes its own.
	propertySet = "8d3f2c6a-51b7-4e0e-9a4d-7c1e5b2f9a60"
)

// setUp fills the CRM and the mailbox, and connects them. Nothing is synced yet.
func setUp(ctx context.Context, persons []people.Person, mailbox []byte, s contactsync.Settings, watch contactsync.Observer) (*desk, error) {
	d := &desk{now: time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC), settings: s, state: memstore.NewState()}
	clock := func() time.Time { return d.now }

	store := memstore.NewStore(people.Schema)
	store.Now = clock
	d.crm = store.Tenant(tenant)
	for _, p := range persons {
		if _, err := d.put(p); err != nil {
			return nil, err
		}
	}
	var err error
	if d.graph, err = newGraph(mailbox, clock); err != nil {
		return nil, err
	}
	// On a real tenant FromCredential or FromClient stands in the place of FromTransport.
	outlook, err := graphadapter.New(graphadapter.FromTransport(d.graph), graphadapter.Options{PropertySet: propertySet, Now: clock})
	if err != nil {
		return nil, err
	}
	d.engine, err = contactsync.New(contactsync.Config{
		Store: store, Directory: outlook, State: d.state, Policy: contactsync.Fixed(s),
		Key:      []byte("a host keeps a secret of its own"),
		CRM:      map[record.Kind]*record.Schema{record.Contact: people.Schema},
		Observer: watch,
		// These two make the program print the same each time; a host leaves them out.
		Rand: rand.NewChaCha8([32]byte{}), Now: clock,
	})
	if err != nil {
		return nil, err
	}
	d.conn, err = d.engine.Connect(ctx, contactsync.Connection{
		Tenant: tenant, User: user, Mailbox: contactsync.Mailbox{Account: "anna", User: owner}, Kind: record.Contact,
	})
	d.graph.Reset()
	return d, err
}

// put makes a person in the CRM, or replaces the one of that id; without one, the CRM chooses it. It returns the id.
func (d *desk) put(p people.Person) (id string, err error) {
	fields, err := record.Encode(people.Schema, p)
	if err != nil {
		return "", fmt.Errorf("CRM record %s: %w", p.ID, err)
	}
	rec, err := d.crm.Put(p.ID, fields)
	if err != nil {
		return "", fmt.Errorf("CRM record %s: %w", p.ID, err)
	}
	return rec.ID, nil
}

// person reads a person from the CRM; false when there is none of that id.
func (d *desk) person(id string) (people.Person, bool) {
	p := people.Person{ID: id}
	rec, ok := d.crm.Record(id)
	if !ok {
		return p, false
	}
	if err := record.Decode(rec.Fields, &p); err != nil {
		panic(err) // the fields are made from a person
	}
	return p, true
}

// contact reads a contact from the mailbox; false when it is not there, or lies in Deleted Items.
func (d *desk) contact(id string) (graphtest.Contact, bool) {
	c, ok := d.graph.Contact(owner, id)
	return c, ok && c.ParentFolderID != d.graph.DeletedItemsID(owner)
}

// links returns all links of the connection, in order of id.
func (d *desk) links(ctx context.Context) (all []contactsync.Link, err error) {
	const page = 1000
	after := ""
	for {
		links, err := d.state.Links(ctx, d.conn.ID, after, page)
		if err != nil || len(links) == 0 {
			return all, err
		}
		all = append(all, links...)
		after = links[len(links)-1].ID
	}
}

// label names the person behind the ids of both sides.
func (d *desk) label(ids [2]string) string {
	return cmp.Or(d.Name(record.CRM, ids[record.CRM]), d.Name(record.Outlook, ids[record.Outlook]), "(no name)")
}
