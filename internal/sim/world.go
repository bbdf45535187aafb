package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	tenantID = "acme"
	folder   = "contacts" // the default folder, which is synced

	// The engine's defaults.
	lease           = 5 * time.Minute
	visibilityDelay = 2 * time.Minute
)

// world is both sides and the engine's memory under a clock that only moves when it is moved.
type world struct {
	ctx      context.Context
	now      time.Time
	crm      *memstore.Store
	outlook  *memstore.Directory
	state    *memstore.State
	tenant   *memstore.Tenant
	users    []*user
	settings contactsync.Settings
	engine   *contactsync.Engine
	engines  int // processes started so far
	plans    map[string]*contactsync.Plan
	ids      *rand.ChaCha8 // the engine's source of random ids

	noFinder, ownsMade, partialRows, quietResults, rewrites, drops, sameWorker bool

	refused bool // a fault made a side refuse a value
	unseen  bool // something happened in a folder that is not read

	// Of the run being played.
	faults []fault
	calls  map[string]int
	cancel context.CancelFunc
	conn   string

	ledger    *ledger
	line      int
	log       []string
	violation *Violation
}

// user is one user with a mailbox and a connection.
type user struct {
	name      string
	mailbox   contactsync.Mailbox
	box       *memstore.Mailbox
	elsewhere string // the folder that items are moved to
	conn      contactsync.Connection
}

// newWorld makes the world that the script's setup lines describe.
func newWorld(s Script) (*world, error) {
	w := &world{
		ctx: context.Background(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		crm: memstore.NewStore(person), outlook: memstore.NewDirectory(), state: memstore.NewState(),
		plans: map[string]*contactsync.Plan{}, ids: rand.NewChaCha8([32]byte{1}), calls: map[string]int{},
	}
	clock := func() time.Time { return w.now }
	w.crm.Now, w.outlook.Now = clock, clock
	w.ledger = newLedger(w)
	w.settings.Region = locale.Region
	w.settings.Mapping = rules()
	n := 1
	for _, line := range s {
		if !isSetup(line) {
			continue
		}
		words := strings.Fields(line)
		if words[0] == "users" && len(words) > 1 {
			n, _ = strconv.Atoi(words[1])
			continue
		}
		if err := w.setup(line, words); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
	}
	w.tenant = w.crm.Tenant(tenantID)
	if err := w.start(); err != nil {
		return nil, err
	}
	for i := range min(max(n, 1), 9) {
		if err := w.addUser(fmt.Sprintf("u%d", i+1)); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *world) setup(line string, words []string) error {
	has := func(name string) bool { _, ok := option(words[1:], name); return ok }
	switch words[0] {
	case "settings":
		given := w.settings.Mapping
		if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "settings")), &w.settings); err != nil {
			return err
		}
		w.settings.Mapping, w.settings.Region = given, locale.Region
	case "rule", "without":
		i := slices.IndexFunc(w.settings.Mapping, func(r mapping.Rule) bool { return len(words) > 1 && r.ID == words[1] })
		if i < 0 {
			return nil
		}
		if words[0] == "without" {
			w.settings.Mapping = slices.Delete(w.settings.Mapping, i, i+1)
			return nil
		}
		direction, _ := option(words, "direction")
		winner, _ := option(words, "conflict")
		w.settings.Mapping[i].Direction, w.settings.Mapping[i].Conflict = mapping.Direction(direction), mapping.Winner(winner)
	case "store":
		w.noFinder, w.ownsMade = has("nofinder"), has("owns")
		w.crm.PageSize = pages(words)
	case "outlook":
		w.outlook.IgnoreVersions, w.outlook.BlindUpdates, w.outlook.StampsInChanges = has("ignoreVersions"), has("blind"), has("stamps")
		w.partialRows, w.quietResults, w.rewrites, w.drops = has("partial"), has("quiet"), has("rewrite"), has("drop")
		w.outlook.PageSize = pages(words)
		// A service that ignores versions has to say what it stored: nothing else tells of an edit just before a write.
		w.quietResults = w.quietResults && !w.outlook.IgnoreVersions
	case "workers":
		w.sameWorker = len(words) > 1 && words[1] == "same"
	}
	return nil
}

func pages(words []string) int {
	text, _ := option(words, "pages")
	n, _ := strconv.Atoi(text)
	return n
}

// start makes an engine, as a new process does.
func (w *world) start() error {
	w.engines++
	worker := "worker"
	if !w.sameWorker {
		worker += strconv.Itoa(w.engines)
	}
	engine, err := w.newEngine(worker)
	w.engine = engine
	return err
}

func (w *world) newEngine(worker string) (*contactsync.Engine, error) {
	crm := &side{w: w, name: "store", of: record.CRM, inner: w.crm}
	box := &side{w: w, name: "outlook", of: record.Outlook, inner: w.outlook}
	cfg := contactsync.Config{
		Store: store{crm}, Directory: directory{box}, State: memory{w.state, w}, Policy: contactsync.Fixed(w.settings),
		Key: []byte("0123456789abcdef"), CRM: map[record.Kind]*record.Schema{record.Contact: person},
		Worker: worker, Lease: lease, Rand: w.ids, Now: func() time.Time { return w.now }, ChunkSize: 4,
	}
	if w.noFinder {
		cfg.Store = crm
	}
	return contactsync.New(cfg)
}

func (w *world) addUser(name string) error {
	u := &user{name: name, mailbox: contactsync.Mailbox{Account: name, User: name + "@example.com"}}
	u.box = w.outlook.Mailbox(u.mailbox)
	u.elsewhere = u.box.AddFolder(record.Contact, "Elsewhere").ID
	var err error
	u.conn, err = w.engine.Connect(w.ctx, contactsync.Connection{Tenant: tenantID, User: name, Mailbox: u.mailbox, Kind: record.Contact})
	w.users = append(w.users, u)
	return err
}

func (w *world) user(name string) *user {
	for _, u := range w.users {
		if u.name == name {
			return u
		}
	}
	return nil
}

func (w *world) logf(format string, args ...any) { w.log = append(w.log, fmt.Sprintf(format, args...)) }

// broken notes the first broken promise.
func (w *world) broken(promise, format string, args ...any) {
	if w.violation == nil {
		w.violation = &Violation{Promise: promise, Line: w.line, Text: fmt.Sprintf(format, args...)}
		w.logf("!!! %s: %s", promise, w.violation.Text)
	}
}

// record reads a living record as it is, wherever it lies.
func (w *world) record(side record.Side, user, id string) (record.Record, bool) {
	if id == "" {
		return record.Record{}, false
	}
	if side == record.CRM {
		return w.tenant.Record(id)
	}
	if u := w.user(user); u != nil {
		return u.box.Item(id)
	}
	return record.Record{}, false
}

// items are the living items of a user, in all folders.
func (u *user) items() []record.Record {
	return append(u.box.Items(record.Contact, folder), u.box.Items(record.Contact, u.elsewhere)...)
}

// links are the links of a connection.
func (w *world) links(conn string) []contactsync.Link {
	links, err := w.state.Links(w.ctx, conn, "", 1<<20)
	if err != nil {
		panic(err)
	}
	return links
}

func (w *world) linksOf(conn string, side record.Side, id string) []contactsync.Link {
	return slices.DeleteFunc(w.links(conn), func(l contactsync.Link) bool { return l.IDs[side] != id })
}
