package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/examples/internal/people"
	"github.com/seed-42871e99/crmsync/examples/internal/show"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	tenantID = "example"
	userID   = "me"
	// propertySet is the GUID under which this program keeps what it notes on an Outlook item. A product makes its own.
	propertySet = "2b7a9c54-0f6d-4e1b-8c53-d4a1f7e06b38"
)

// desk is one user's CRM and what the engine remembers, as a folder has them.
type desk struct {
	dir      string
	key      []byte
	store    *memstore.Store
	state    *memstore.State
	settings contactsync.Settings
	outlook  *outlook
}

// openDesk reads what there is. It writes nothing.
func openDesk(o options) (*desk, error) {
	d := &desk{dir: o.dir, state: memstore.NewState()}
	var err error
	if d.settings, err = people.ReadSettings(o.settings); err != nil {
		return nil, err
	}
	if d.store, err = openStore(o.dir, o.csv); err != nil {
		return nil, err
	}
	if d.key, err = openKey(o.dir); err != nil {
		return nil, err
	}
	if err := memstore.LoadFile(filepath.Join(o.dir, stateFile), d.state); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return d, nil
}

// sync shows the plan, and carries it out where that is asked for.
func (d *desk) sync(ctx context.Context, o options, connect graphadapter.Connect, p *show.Page, out io.Writer) error {
	engine, err := d.engine(connect, o.apply, out)
	if err != nil {
		return err
	}
	conn, err := engine.Connect(ctx, contactsync.Connection{
		Tenant: tenantID, User: userID, Mailbox: contactsync.Mailbox{Account: "me", User: o.user}, Kind: record.Contact, Folder: o.folder,
	})
	if err != nil {
		return err
	}
	note := "-settings FILE changes them"
	if o.settings != "" {
		note = "from " + o.settings
	}
	p.Settings(d.settings, note)
	plan, err := engine.Plan(ctx, conn.ID)
	if err != nil {
		return err
	}
	p.Plan(d, plan)
	if !o.apply {
		p.Gap()
		p.Line("Nothing was written. -apply carries it out.")
		return p.Err()
	}
	p.Head("Run", "")
	report, err := engine.Apply(ctx, plan)
	if err != nil {
		return err
	}
	p.Report(d, report, "")
	return p.Err()
}

// engine puts the engine together. Without write nothing that it remembers outlives the program.
func (d *desk) engine(connect graphadapter.Connect, write bool, out io.Writer) (*contactsync.Engine, error) {
	directory, err := graphadapter.New(connect, graphadapter.Options{PropertySet: propertySet})
	if err != nil {
		return nil, err
	}
	d.outlook = &outlook{Directory: directory, seen: map[string]record.Fields{}}
	cfg := contactsync.Config{
		Store: d.store, Directory: d.outlook, State: d.state, Policy: contactsync.Fixed(d.settings), Key: d.key,
		CRM: map[record.Kind]*record.Schema{record.Contact: people.Schema},
	}
	if write {
		if err := d.keep(); err != nil {
			return nil, fmt.Errorf("keep the CRM: %w", err)
		}
		cfg.Store = savedStore{d.store, filepath.Join(d.dir, crmFile)}
		cfg.State = savedState{d.state, filepath.Join(d.dir, stateFile)}
	}
	if show.IsTerminal(out) {
		cfg.Observer = &show.Progress{W: out}
	}
	return contactsync.New(cfg)
}

// outlook is the mailbox, and remembers what it listed, so that showing names costs no request.
type outlook struct {
	*graphadapter.Directory
	mu   sync.Mutex
	seen map[string]record.Fields // by id
}

// Changes implements contactsync.Directory.
func (o *outlook) Changes(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
	page, err := o.Directory.Changes(ctx, sc, after)
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range page.Changes {
		if c.Record != nil {
			o.seen[c.ID] = c.Record.Fields
		}
	}
	return page, err
}

func (d *desk) fields(side record.Side, id string) record.Fields {
	if side == record.CRM {
		rec, _ := d.store.Tenant(tenantID).Record(id)
		return rec.Fields
	}
	d.outlook.mu.Lock()
	defer d.outlook.mu.Unlock()
	return d.outlook.seen[id]
}

// Name implements show.Reader.
func (d *desk) Name(side record.Side, id string) string {
	f := d.fields(side, id)
	if side == record.Outlook {
		return f.Text("displayName")
	}
	p := people.Person{FirstName: f.Text("firstName"), Initials: f.Text("initials"), Infix: f.Text("infix"), LastName: f.Text("lastName")}
	return p.Name()
}

// Holds implements show.Reader.
func (d *desk) Holds(side record.Side, id, rule string) string {
	f := d.fields(side, id)
	var parts []string
	for _, r := range d.settings.Mapping {
		if r.ID != rule {
			continue
		}
		for _, name := range [2][]string{r.CRM, r.Outlook}[side] {
			v, _ := f.Get(name)
			for _, entry := range v {
				if entry = strings.Join(strings.Fields(entry), " "); entry != "" {
					parts = append(parts, entry)
				}
			}
		}
	}
	return strings.Join(parts, " · ")
}
