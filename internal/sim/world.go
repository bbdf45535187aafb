package sim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

const (
	tenantID = "acme"

	// The engine's defaults.
	lease           = 5 * time.Minute
	requestTimeout  = time.Minute
	visibilityDelay = 2 * time.Minute

	journalKeep = 20 * 24 * time.Hour
)

// world is both sides and the engine's memory under a clock that only moves when it is moved.
type world struct {
	ctx      context.Context
	now      time.Time
	crm      *memstore.Store
	outlook  Outlook
	state    contactsync.State
	newState func() contactsync.State
	on       func(OutlookOptions) (Outlook, error)
	script   Script
	twin     bool // of another world, whose lines have held so far
	tenant   *memstore.Tenant
	users    []*user
	settings contactsync.Settings
	past     []contactsync.Settings // that were in force before
	actions  []action               // as the settings have them
	engine   *contactsync.Engine
	engines  int // processes started so far
	plans    map[string]*contactsync.Plan
	ids      *rand.ChaCha8 // the engine's source of random ids

	// How both sides behave; see Script.
	noFinder, ownsMade, partialRows, quietResults, rewrites, drops, sameWorker bool
	graph, ignoresVersions, stampsInChanges, times                             bool
	skew                                                                       [2]time.Duration // of the clock of each side
	workerSkew                                                                 time.Duration    // of the clock of every second process

	refused bool                 // a fault made a side refuse a value
	lost    bool                 // the State was lost, or an old one put in its place
	torn    map[string]bool      // by connection: links are missing from the State, and no run has made up for that
	backup  *backup              // of the State
	missing map[place]bool       // what was gone when it was put back; nil: it was not
	unseen  bool                 // something happened in a folder that is not read
	buried  map[place]grave      // what records held when they were deleted
	wiped   []place              // deleted together, and not back
	leased  map[string]time.Time // by connection: until when a stopped run holds its lease

	roster    bool            // the CRM knows which users are active
	paused    map[string]bool // by user
	dismissed map[string]bool // users deactivated in the CRM
	ending    *ending         // of the connection of the run under way

	// Undo.
	journal bool
	undid   map[string]uint64 // by connection: the run that was taken back last
	undoing uint64            // the run that is being taken back
	byHand  *correction       // a person's, whose writes are not a run's
	looking bool              // the plan of an undo is being made
	runNo   uint64            // of the run under way, once it has its lease

	// Of the run being played.
	faults []fault
	struck []string // kinds of faults
	calls  map[string]int
	cancel context.CancelFunc
	conn   string

	// The model, a promise each.
	ledger    *ledger // no loss, no doubles, no surprise deletes
	isolation *isolation
	bounded   *bounded

	lag       *lag
	saved     map[string][]contactsync.Link // of each connection, as its last save left them
	reached   map[string]bool
	line      int
	log       []string
	violation *Violation
}

// user is one user with a mailbox and a connection.
type user struct {
	name      string
	mailbox   contactsync.Mailbox
	box       Mailbox
	folder    string // the id of the default folder, which is synced
	elsewhere string // the folder that items are moved to
	conn      contactsync.Connection
	ended     bool // it is no more
}

// newWorld makes the world that the script's setup lines describe.
func newWorld(s Script, on func(OutlookOptions) (Outlook, error), newState func() contactsync.State) (*world, error) {
	w := &world{
		ctx: context.Background(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		crm: memstore.NewStore(person), state: newState(), newState: newState, on: on, script: s,
		plans: map[string]*contactsync.Plan{}, ids: rand.NewChaCha8([32]byte{1}), calls: map[string]int{},
		undid: map[string]uint64{}, buried: map[place]grave{}, leased: map[string]time.Time{}, torn: map[string]bool{}, reached: map[string]bool{},
		saved:  map[string][]contactsync.Link{},
		paused: map[string]bool{}, dismissed: map[string]bool{},
	}
	w.ledger, w.isolation, w.bounded, w.lag = newLedger(w), newIsolation(w), &bounded{w: w}, newLag(w)
	w.settings.Region, w.settings.Mapping = locale.Region, rules()
	o := OutlookOptions{Now: w.clock(record.Outlook), Pass: func(d time.Duration) { w.now = w.now.Add(d) }}
	w.crm.Now = w.clock(record.CRM)
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
		if err := w.setup(line, words, &o); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
	}
	var err error
	if w.outlook, err = on(o); err != nil {
		return nil, err
	}
	_, memory := w.outlook.(inMemory)
	w.graph = !memory
	w.tenant = w.crm.Tenant(tenantID)
	w.reachSettings()
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

func (w *world) setup(line string, words []string, o *OutlookOptions) error {
	has := func(name string) bool { _, ok := option(words[1:], name); return ok }
	switch words[0] {
	case "preset":
		return w.preset(words[1:])
	case "settings":
		return w.overlay(strings.TrimPrefix(line, "settings"))
	case "rule", "without":
		w.changeRule(words)
	case "kinds":
		return w.setKinds(words[1:])
	case "action":
		return w.changeAction(words[1:])
	case "store":
		w.noFinder, w.ownsMade = has("nofinder"), has("owns")
		w.crm.PageSize = pages(words)
	case "outlook":
		w.ignoresVersions, w.stampsInChanges, w.lag.late = has("ignoreVersions"), has("stamps"), has("late")
		w.partialRows, w.quietResults, w.rewrites, w.drops = has("partial"), has("quiet"), has("rewrite"), has("drop")
		o.IgnoreVersions, o.BlindUpdates, o.StampsInChanges, o.PageSize = w.ignoresVersions, has("blind"), w.stampsInChanges, pages(words)
		// A service that ignores versions has to say what it stored: nothing else tells of an edit just before a write.
		w.quietResults = w.quietResults && !w.ignoresVersions
	case "graph":
		o.Graph, w.bounded.quirks = words[1:], true
	case "clocks":
		w.skew[record.CRM], w.skew[record.Outlook], w.workerSkew = duration(words, "store"), duration(words, "outlook"), duration(words, "worker")
		w.times = has("times")
	case "journal":
		w.journal = true
		w.reach("setting journal")
	case "roster":
		w.roster = true
		w.reach("setting roster")
	case "workers":
		w.sameWorker = len(words) > 1 && words[1] == "same"
	}
	for _, word := range words[1:] {
		if name, _, _ := strings.Cut(word, "="); slices.Contains([]string{"store", "outlook", "graph", "clocks", "workers"}, words[0]) {
			w.reach("setting " + words[0] + " " + name)
		}
	}
	return nil
}

func pages(words []string) int {
	text, _ := option(words, "pages")
	n, _ := strconv.Atoi(text)
	return n
}

func duration(words []string, name string) time.Duration {
	text, _ := option(words, name)
	d, _ := time.ParseDuration(text)
	return d
}

// clock is the clock of a side.
func (w *world) clock(of record.Side) func() time.Time {
	return func() time.Time { return w.now.Add(w.skew[of]) }
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
	box := directory{&side{w: w, name: "outlook", of: record.Outlook, inner: w.outlook}}
	var skew time.Duration
	if w.engines%2 == 0 {
		skew = w.workerSkew
	}
	cfg := contactsync.Config{
		Store: store{crm}, Directory: box, State: memory{w.state, w}, Policy: policy{w},
		Key: []byte("0123456789abcdef"), CRM: map[record.Kind]*record.Schema{record.Contact: person},
		Worker: worker, Lease: lease, Rand: w.ids, Now: func() time.Time { return w.now.Add(skew) }, ChunkSize: 4,
		Logger: w.isolation.logger(),
	}
	if w.journal {
		cfg.Journal = contactsync.Journaling{Keep: journalKeep, Key: []byte("0123456789abcdef0123456789abcdef")}
	}
	switch {
	case w.noFinder && w.times:
		cfg.Store = timedSide{crm}
	case w.noFinder:
		cfg.Store = crm
	case w.times:
		cfg.Store = timedStore{store{crm}}
	}
	if w.times {
		cfg.Directory = timedDirectory{box}
	}
	return contactsync.New(cfg)
}

// policy answers with the settings as they are now.
type policy struct{ w *world }

func (p policy) For(context.Context, contactsync.Connection) (contactsync.Settings, error) {
	return p.w.settings, nil
}

func (w *world) addUser(name string) error {
	u := &user{name: name, mailbox: contactsync.Mailbox{Account: name, User: name + "@example.com"}}
	u.box = w.outlook.Mailbox(u.mailbox)
	u.elsewhere = u.box.AddFolder(record.Contact, "Elsewhere").ID
	err := w.connect(u)
	w.users = append(w.users, u)
	return err
}

func (w *world) connect(u *user) (err error) {
	u.conn, err = w.engine.Connect(w.ctx, contactsync.Connection{Tenant: tenantID, User: u.name, Mailbox: u.mailbox, Kind: record.Contact})
	u.folder = u.conn.Folder
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

func (w *world) folderOf(user string) string {
	if u := w.user(user); u != nil {
		return u.folder
	}
	return ""
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
	return append(u.box.Items(record.Contact, u.folder), u.box.Items(record.Contact, u.elsewhere)...)
}

// links are the links of a connection, not to be changed. The model asks for them at each write, and reads them once between saves.
func (w *world) links(conn string) []contactsync.Link {
	links, known := w.saved[conn]
	if !known {
		var err error
		if links, err = w.state.Links(w.ctx, conn, "", 1<<20); err != nil {
			panic(err)
		}
		w.saved[conn] = links
	}
	return links
}

func (w *world) linksOf(conn string, side record.Side, id string) []contactsync.Link {
	links, err := w.state.LinksOf(w.ctx, conn, side, []string{id})
	if err != nil {
		panic(err)
	}
	slices.SortFunc(links, func(a, b contactsync.Link) int { return strings.Compare(a.ID, b.ID) })
	return links
}
