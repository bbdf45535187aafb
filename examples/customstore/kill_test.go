package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	quickstart "github.com/seed-42871e99/crmsync/examples/internal/people"
	"github.com/seed-42871e99/crmsync/examples/quickstart/data"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
	"github.com/seed-42871e99/crmsync/sqlstate"
)

// A worker is this test's own program in another process: it syncs until it is killed. It finds its work in these variables.
const (
	workerFile  = "CUSTOMSTORE_WORKER_FILE"  // the CRM with the State
	workerGraph = "CUSTOMSTORE_WORKER_GRAPH" // where the mailbox answers
	workerConn  = "CUSTOMSTORE_WORKER_CONN"  // the connection
)

func TestMain(m *testing.M) {
	if file := os.Getenv(workerFile); file != "" {
		fmt.Fprintln(os.Stderr, work(context.Background(), file, os.Getenv(workerGraph), os.Getenv(workerConn)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// work syncs again and again, as a scheduler would have it.
func work(ctx context.Context, file, graph, conn string) error {
	db, err := open(ctx, file)
	if err != nil {
		return err
	}
	defer db.Close()
	e, err := graphEngine(ctx, db, graph)
	if err != nil {
		return err
	}
	for {
		e.Sync(ctx, conn)            // an error is the next run's business
		time.Sleep(time.Millisecond) // while another's lease lasts, without a whole core
	}
}

// graphEngine is the example's engine over the Graph that answers at the address, with short times to wait.
func graphEngine(ctx context.Context, db *database, graph string) (*contactsync.Engine, error) {
	outlook, err := graphadapter.New(graphadapter.FromTransport(http.DefaultTransport), graphadapter.Options{
		PropertySet: "6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11", Roots: []string{graph}, MaxWait: 50 * time.Millisecond,
	})
	if err != nil {
		return nil, err
	}
	busy := settings() // more happens here in a day than a person looks at
	off := contactsync.Limit{Off: true}
	_, _, killLease := kills()
	busy.Guards = contactsync.Guards{Deletes: off, Clears: off, Creates: off, Changes: off, EmptySide: off}
	return engine(ctx, db, contactsync.Config{
		Key: []byte("0123456789abcdef"), Policy: contactsync.Fixed(busy), Directory: outlook, Lease: killLease, RequestTimeout: killLease * 4 / 5, VisibilityDelay: 10 * time.Millisecond, ChunkSize: 5,
	})
}

// kills is how often a worker is killed. Where many are asked for, the quickstart's people meet its mailbox meanwhile, which takes
// longer leases.
func kills() (times int, crowd bool, lease time.Duration) {
	if n, err := strconv.Atoi(os.Getenv("KILLS")); err == nil {
		return n, true, 500 * time.Millisecond
	}
	return 25, false, 250 * time.Millisecond
}

// killWorld is the CRM in a file, and Anna's mailbox in this process.
type killWorld struct {
	t    *testing.T
	file string
	db   *database
	srv  *graphtest.Server
	web  *httptest.Server
	e    *contactsync.Engine
	conn contactsync.Connection
	past atomic.Int64 // what Graph's clock shows, in seconds after longAgo; 0: the time
}

// longAgo is when the crowd comes.
var longAgo = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func (w *killWorld) now() time.Time {
	if past := w.past.Load(); past > 0 {
		return longAgo.Add(time.Duration(past) * time.Second)
	}
	return time.Now()
}

const annas = "anna@acme.example"

func newKillWorld(t *testing.T) *killWorld {
	w := &killWorld{t: t, file: filepath.Join(t.TempDir(), "crm.db")}
	w.srv = graphtest.New(graphtest.Options{Me: annas, Requests: -1, Now: w.now})
	w.web = httptest.NewServer(w.srv)
	t.Cleanup(w.web.Close)
	var err error
	w.db, err = open(t.Context(), w.file)
	require.NoError(t, err)
	t.Cleanup(func() { w.db.Close() })
	w.e, err = graphEngine(t.Context(), w.db, w.web.URL)
	require.NoError(t, err)
	w.conn, err = w.e.Connect(t.Context(), contactsync.Connection{Tenant: "acme", User: "anna", Mailbox: contactsync.Mailbox{Account: "anna", User: annas, Cloud: w.web.URL}})
	require.NoError(t, err)
	for _, c := range []graphtest.Contact{
		{GivenName: "Sanne", Surname: "van der Berg", EmailAddresses: []graphtest.EmailAddress{{Address: "Sanne@Zonnebloem.example"}}, MobilePhone: "06 12340101"},
		{GivenName: "Jan", Surname: "de Vries", EmailAddresses: []graphtest.EmailAddress{{Address: "jan@devries.example"}}},
		{GivenName: "Lukas", Surname: "Müller", EmailAddresses: []graphtest.EmailAddress{{Address: "lukas@mueller-optik.example"}}, PersonalNotes: "Glasses, third of May."},
		{GivenName: "Nora", Surname: "Jansen", EmailAddresses: []graphtest.EmailAddress{{Address: "nora@jansenzeilen.example"}}, CompanyName: "Jansen Zeilen"},
	} {
		w.srv.AddContact(annas, c)
	}
	if _, crowd, _ := kills(); crowd {
		w.crowd()
	}
	return w
}

// edited are the people to whom something happens every day.
var edited = []string{"Sanne", "Jan", "Hugo", "Ivo"}

// crowd puts the people of the quickstart into the CRM, and its mailbox, which knows a third of them by other spellings, into
// Outlook: workers are killed while they meet. Namesakes of those to whom something happens stay out. Of two records that are as
// like one card the older has it, so that each comes in a second of its own: else it would depend on when the test began.
func (w *killWorld) crowd() {
	w.t.Helper()
	export, err := quickstart.ReadCSV("crm.csv", data.CRM)
	require.NoError(w.t, err)
	tx, err := w.db.Begin()
	require.NoError(w.t, err)
	for i, p := range export.People {
		if slices.Contains(edited, p.FirstName) {
			continue
		}
		_, err := tx.Exec(`INSERT INTO people (tenant, owner, first_name, infix, last_name, company, job_title, email, email2, work_phone, mobile_phone, notes,
			created_at, modified_at)
			VALUES ('acme', 'anna', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?11, ?11)`,
			p.FirstName, p.Infix, p.LastName, p.Company, p.JobTitle, p.Email, p.Email2, p.WorkPhone, p.MobilePhone, p.Notes,
			longAgo.Add(time.Duration(i)*time.Second).Format(time.DateTime))
		require.NoError(w.t, err)
	}
	require.NoError(w.t, tx.Commit())
	var cards []struct {
		graphtest.Contact
		Private bool `json:"private"`
	}
	require.NoError(w.t, json.Unmarshal(data.Mailbox, &cards))
	defer w.past.Store(0)
	for i, c := range cards {
		if slices.Contains(edited, c.GivenName) {
			continue
		}
		if c.Private {
			c.Contact = c.Contact.Private()
		}
		w.past.Store(int64(len(export.People) + i))
		w.srv.AddContact(annas, c.Contact)
	}
}

// day is what people do before a worker is started for the nth time: what happens to one person happens on one side, so that
// the end is the same whenever it is synced. Those of the people of earlier days whom both sides know by now are deleted on one.
func (w *killWorld) day(n int, known bool) {
	w.t.Helper()
	crm := func(query string, args ...any) {
		w.t.Helper()
		_, err := w.db.Exec(query, args...)
		require.NoError(w.t, err)
	}
	crm(`INSERT INTO people (tenant, owner, first_name, last_name, email) VALUES ('acme', 'anna', ?, 'Crimson', ?)`,
		fmt.Sprintf("Cas%d", n), fmt.Sprintf("cas%d@example.com", n))
	w.srv.AddContact(annas, graphtest.Contact{
		GivenName: fmt.Sprintf("Olga%d", n), Surname: "Oakwood",
		EmailAddresses: []graphtest.EmailAddress{{Address: fmt.Sprintf("olga%d@example.com", n)}},
	})
	crm(`UPDATE people SET modified_at = CURRENT_TIMESTAMP, job_title = ? WHERE first_name IN ('Sanne', 'Hugo', 'Ivo')`, fmt.Sprint("Rank ", n))
	w.inOutlook("Jan", func(id string) {
		_, err := w.srv.EditContact(annas, id, func(c *graphtest.Contact) { c.JobTitle = fmt.Sprint("Title ", n) })
		require.NoError(w.t, err)
	})
	if n%20 == 10 && known {
		crm(`UPDATE people SET deleted_at = CURRENT_TIMESTAMP WHERE first_name = ?`, fmt.Sprintf("Cas%d", n-8))
		w.inOutlook(fmt.Sprintf("Olga%d", n-7), func(id string) { require.NoError(w.t, w.srv.DeleteContact(annas, id)) })
	}
}

// knows reports whether those who are to be deleted on a day are tied.
func (w *killWorld) knows(n int) bool {
	_, _, links := w.sides()
	return w.tied(links, fmt.Sprintf("Cas%d ", n-8)) && w.tied(links, fmt.Sprintf("Olga%d ", n-7))
}

func (w *killWorld) tied(links []string, name string) bool {
	return slices.ContainsFunc(links, func(l string) bool { return strings.HasPrefix(l, name) })
}

func (w *killWorld) inOutlook(name string, do func(id string)) {
	for _, c := range w.srv.Contacts(annas, "") {
		if c.GivenName == name {
			do(c.ID)
		}
	}
}

// killed starts a worker and kills it in whatever it is doing: after a while or, where at is not 0, with its at-th request to Graph or
// part of a batch, before that is carried out or just after. It reports whether that left writes behind of which nobody knows the outcome.
func (w *killWorld) killed(after time.Duration, at int32, carriedOut bool) (inTheMidst bool) {
	w.t.Helper()
	var asked atomic.Int32
	reached, dead := make(chan struct{}), make(chan struct{})
	ask := func(now bool) {
		if now && asked.Add(1) == at {
			close(reached)
			<-dead // nothing is answered before
		}
	}
	w.srv.SetHooks(graphtest.Hooks{
		Before: func(graphtest.Request) *graphtest.Answer { ask(!carriedOut); return nil },
		After:  func(graphtest.Request, *graphtest.Answer) { ask(carriedOut) },
	})
	defer w.srv.SetHooks(graphtest.Hooks{})
	worker := w.start()
	select { // another process, in real time: this is the moment it is killed at
	case <-reached:
	case <-time.After(after):
	}
	w.kill(worker)
	close(dead)
	var open int
	require.NoError(w.t, w.db.QueryRow("SELECT count(*) FROM contactsync_links WHERE is_open").Scan(&open))
	return open > 0
}

// start starts a worker, in a process of its own.
func (w *killWorld) start() *exec.Cmd {
	w.t.Helper()
	self, err := os.Executable()
	require.NoError(w.t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), workerFile+"="+w.file, workerGraph+"="+w.web.URL, workerConn+"="+w.conn.ID)
	cmd.Stderr = &bytes.Buffer{}
	require.NoError(w.t, cmd.Start())
	return cmd
}

// kill ends a worker wherever it is.
func (w *killWorld) kill(worker *exec.Cmd) {
	w.t.Helper()
	require.NoError(w.t, worker.Process.Kill())
	require.ErrorContains(w.t, worker.Wait(), "killed", worker.Stderr.(*bytes.Buffer).String())
}

// settle syncs without a stop until nothing is left to do: every create that a stop left open has been looked for.
func (w *killWorld) settle() {
	w.t.Helper()
	deadline := time.Now().Add(5 * time.Minute) // ends a test that would hang, and no sooner
	_, _, killLease := kills()
	var report contactsync.Report
	var err error
	for quiet := 0; quiet < 3; {
		require.True(w.t, time.Now().Before(deadline), "it does not settle: %v %+v", err, report)
		time.Sleep(killLease) // the lease of who was killed runs out by the clock of the database
		report, err = w.e.Sync(w.t.Context(), w.conn.ID, contactsync.Full())
		switch {
		case err == nil && report.Wrote() == 0 && report.Status == contactsync.Idle:
			quiet++
		default:
			quiet = 0
		}
	}
}

// sides is what both sides hold, without ids, versions and times, and the links between them, by name.
func (w *killWorld) sides() (crm, outlook, links []string) {
	w.t.Helper()
	all, err := people(w.t.Context(), w.db.session(), anna, `deleted_at IS NULL`)
	require.NoError(w.t, err)
	names := map[string]string{}
	for _, p := range all {
		crm = append(crm, fmt.Sprintf("%s %+v", p.person.FirstName, p.person))
		names[p.ID] = crm[len(crm)-1]
	}
	cards := map[string]string{}
	for _, c := range w.srv.Contacts(annas, "") {
		id := c.ImmutableID
		c.ID, c.ImmutableID, c.ChangeKey, c.ParentFolderID, c.CreatedDateTime, c.LastModifiedDateTime, c.Extended = "", "", "", "", time.Time{}, time.Time{}, nil
		outlook = append(outlook, fmt.Sprintf("%s %+v", c.GivenName, c))
		cards[id] = outlook[len(outlook)-1]
	}
	for after := ""; ; {
		page, err := w.state().Links(w.t.Context(), w.conn.ID, after, 500)
		require.NoError(w.t, err)
		if len(page) == 0 {
			break
		}
		for _, l := range page {
			after = l.ID
			if l.Phase == contactsync.Linked {
				links = append(links, names[l.IDs[record.CRM]]+" = "+cards[l.IDs[record.Outlook]])
			}
		}
	}
	slices.Sort(crm)
	slices.Sort(outlook)
	slices.Sort(links)
	return crm, outlook, links
}

func (w *killWorld) state() contactsync.State {
	w.t.Helper()
	s, err := sqlstate.Open(w.t.Context(), w.db.DB, sqlstate.SQLite, sqlstate.Options{})
	require.NoError(w.t, err)
	return s
}

// together asserts that whoever the sync made in the CRM is known to the State: they are committed together.
func (w *killWorld) together() {
	w.t.Helper()
	var strays string
	err := w.db.QueryRow(`SELECT coalesce(group_concat(first_name), '') FROM people WHERE sync_stamp IS NOT NULL AND deleted_at IS NULL
		AND NOT EXISTS (SELECT 1 FROM contactsync_links WHERE crm_id = CAST(people.id AS TEXT))`).Scan(&strays)
	require.NoError(w.t, err)
	assert.Empty(w.t, strays, "people made by the sync of whom the State knows nothing")
}

// B5, promises 1 to 3: workers that are killed with signal 9 wherever they happen to be, KILLS times (25, without the crowd), leave the same end as one
// that never was: everybody once on each side, with the same values and the same ties.
func TestKilled(t *testing.T) {
	times, _, killLease := kills()
	plain, killed := newKillWorld(t), newKillWorld(t)
	random := rand.New(rand.NewPCG(1, 2))
	inTheMidst, deleted := 0, false
	for n := range times {
		known := n%20 == 10 && killed.knows(n)
		deleted = deleted || known
		plain.day(n, known)
		if n%10 == 9 {
			plain.settle()
		}
		killed.day(n, known)
		after, at := time.Duration(random.Int64N(int64(3*killLease))), int32(0)
		if n%2 == 1 { // a run is over soon, and most moments are between two: every other kill is within one
			after, at = 10*killLease, 1+random.Int32N(20)
		}
		if killed.killed(after, at, n%4 == 1) {
			inTheMidst++
		}
		killed.together()
	}
	t.Logf("%d of %d kills were in the midst of writes; people were deleted: %v", inTheMidst, times, deleted)
	assert.Positive(t, inTheMidst)
	crm := killed.endsAs(plain)
	assert.True(t, slices.ContainsFunc(crm, func(p string) bool { return strings.Contains(p, "Olga0 ") }))
}

// endsAs asserts that all comes to the same end as where nothing went wrong, with nobody there twice, and returns who is in the CRM.
func (w *killWorld) endsAs(plain *killWorld) (crm []string) {
	w.t.Helper()
	plain.settle()
	w.settle()
	wantCRM, wantOutlook, wantLinks := plain.sides()
	crm, outlook, links := w.sides()
	assert.Equal(w.t, wantCRM, crm, "the CRM")
	assert.Equal(w.t, wantOutlook, outlook, "Outlook")
	assert.Equal(w.t, wantLinks, links, "links")
	for _, list := range [][]string{crm, outlook, links} {
		assert.Len(w.t, slices.Compact(slices.Clone(list)), len(list), "nobody twice")
	}
	return crm
}
