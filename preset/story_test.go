package preset_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/preset"
	"github.com/seed-42871e99/crmsync/record"
)

// what a product does with a contact (K1), by the rows of its features.
type behaviour struct {
	chosen, others string // CRM fields of a record that takes part, and of one that does not
	field, card    string // a field of the CRM, and its partner in Outlook

	imports   bool   // a new card becomes a record (E10, E11)
	back      bool   // an edit of a card reaches the record (F1, F2)
	winner    string // of an edit on both sides, the card's the later one: crm, outlook, neither (C1)
	crmGone   string // what becomes of the card when its record is deleted: gone, stays (X1, X2, X5)
	cardGone  string // of the record when its card is deleted: gone, stays, returns with its next change (X3, X4)
	unchosen  string // of the card when the record is chosen no more: gone, stays
	accounts  bool   // companies are accounts of the CRM (M5)
	waits     bool   // and a new card whose company is none waits
	newcomers string // what a record made of a card must hold for it to take part
}

var behaviours = map[string]behaviour{
	"dealius": {
		chosen: "firstName=Ada;email=ada@example.com;selectedBy=u1", others: "firstName=Bob;email=bob@example.com;selectedBy=u2;owner=u1",
		field: "title", card: "jobTitle",
		winner: "crm", crmGone: "stays", cardGone: "stays", unchosen: "stays",
	},
	"pipeliner": {
		chosen: "firstName=Ada;email1=ada@example.com;owner=u1", others: "firstName=Bob;email1=bob@example.com;owner=u2;editors=u1",
		field: "jobTitle", card: "jobTitle", newcomers: "owner=u1", accounts: true,
		imports: true, back: true, winner: "crm", crmGone: "gone", cardGone: "gone", unchosen: "gone",
	},
	"tribe": {
		chosen: "firstName=Ada;privateEmail=ada@example.com;kind=private;owners=u1|u2", others: "firstName=Bob;email=bob@example.com;kind=businessContact;owners=u1;former=true",
		field: "initials", card: "initials",
		back: true, winner: "outlook", crmGone: "stays", cardGone: "returns", unchosen: "stays",
	},
	"tribe-business": {
		chosen: "firstName=Ada;email=ada@example.com;kind=employee;owners=u1|u2", others: "firstName=Bob;email=bob@example.com;kind=businessContact;owners=u1;former=true",
		field: "function", card: "jobTitle",
		back: true, winner: "outlook", crmGone: "stays", cardGone: "returns", unchosen: "stays",
	},
	"tribe-private": {
		chosen: "firstName=Ada;privateEmail=ada@example.com;kind=private;relationManager=u1", others: "firstName=Bob;privateEmail=bob@example.com;kind=employee;owners=u1",
		field: "initials", card: "initials",
		back: true, winner: "outlook", crmGone: "stays", cardGone: "returns", unchosen: "stays",
	},
	"oracle": {
		chosen: "firstName=Ada;emails=ada@example.com;owner=u1", others: "firstName=Bob;emails=bob@example.com;owner=u2;favoriteOf=u1",
		field: "jobTitle", card: "jobTitle", newcomers: "owner=u1", accounts: true, waits: true,
		imports: true, back: true, winner: "neither", crmGone: "stays", cardGone: "stays", unchosen: "stays",
	},
	"piesync": {
		chosen: "name=Ada Lovelace;emails=ada@example.com",
		field:  "jobTitle", card: "jobTitle",
		imports: true, back: true, winner: "outlook", crmGone: "stays", cardGone: "returns",
	},
}

// Each preset does with contacts what its product promises.
func TestPresetsDoWhatTheirProductsPromise(t *testing.T) {
	for _, p := range preset.All() {
		b, ok := behaviours[p.Name]
		require.True(t, ok, "say what %s does", p.Name)
		t.Run(p.Name, func(t *testing.T) {
			t.Run("first run", func(t *testing.T) {
				w := newWorld(t, p, b)
				assert.Equal(t, "Ada Grace", w.cards("givenName"), "only those chosen go to Outlook")
				assert.Equal(t, b.imports, w.count() == w.began+1, "a new card becomes a record")
			})
			t.Run("companies in Outlook", func(t *testing.T) {
				w := newWorld(t, p, b)
				before := w.count()
				w.add("Mary", "companyName=Analytical Engines Ltd")
				w.add("Joan", "companyName=Nobody's")
				w.sync()
				imported := map[bool]int{true: 2}[b.imports]
				if b.waits {
					imported = 1
				}
				assert.Equal(t, imported, w.count()-before)
				accounts := 0
				for _, rec := range w.tenant.Records(record.Contact) {
					if v, _ := rec.Fields.Get("accountID"); v.Text() == "a1" {
						accounts++
					}
				}
				assert.Equal(t, map[bool]int{true: 1}[b.accounts], accounts, "who is tied to the account")
			})
			t.Run("edit in Outlook", func(t *testing.T) {
				w := newWorld(t, p, b)
				w.editCard(b.card, "from Outlook")
				w.sync()
				assert.Equal(t, map[bool]string{true: "from Outlook", false: "before"}[b.back], w.field())
			})
			t.Run("edits on both sides", func(t *testing.T) {
				w := newWorld(t, p, b)
				w.edit(b.field + "=from the CRM")
				w.editCard(b.card, "from Outlook")
				w.sync()
				want := map[string][2]string{
					"crm": {"from the CRM", "from the CRM"}, "outlook": {"from Outlook", "from Outlook"}, "neither": {"from the CRM", "from Outlook"},
				}[b.winner]
				assert.Equal(t, want, [2]string{w.field(), w.card(b.card)})
			})
			t.Run("deleted in the CRM", func(t *testing.T) {
				w := newWorld(t, p, b)
				require.NoError(t, w.tenant.Delete("c1"))
				w.sync()
				assert.Equal(t, b.crmGone, w.ada())
				w.sync()
				assert.Equal(t, b.crmGone, w.ada())
			})
			t.Run("deleted in Outlook", func(t *testing.T) {
				w := newWorld(t, p, b)
				require.NoError(t, w.box.Delete(w.item))
				w.sync()
				assert.Equal(t, "gone", w.ada())
				_, there := w.tenant.Record("c1")
				assert.Equal(t, b.cardGone != "gone", there)
				if there {
					w.edit(b.field + "=later")
					w.sync()
					assert.Equal(t, map[string]string{"stays": "gone", "returns": "stays"}[b.cardGone], w.ada())
				}
			})
			if b.others == "" {
				return
			}
			t.Run("chosen no more", func(t *testing.T) {
				w := newWorld(t, p, b)
				w.edit(strings.Split(strings.ReplaceAll(b.others, "Bob", "Ada"), ";")[2:]...)
				w.sync()
				assert.Equal(t, b.unchosen, w.ada())
			})
		})
	}
}

// world is a CRM and a mailbox under a preset, after the first run over Ada, whom the user chose, Bob, whom they did not, and Grace,
// who is in Outlook alone.
type world struct {
	t      *testing.T
	b      behaviour
	crm    *record.Schema
	engine *contactsync.Engine
	conn   contactsync.Connection
	tenant *memstore.Tenant
	box    *memstore.Mailbox
	state  *memstore.State
	now    time.Time
	began  int // records in the CRM before the first run
	item   string
}

// owning is a CRM in which what a user makes is the user's.
type owning struct {
	*memstore.Store
	fields []string
	b      func(...string) record.Fields
}

func (o owning) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	writes = append([]contactsync.Write{}, writes...)
	for i := range writes {
		if writes[i].ID == "" && len(o.fields) > 0 {
			writes[i].Set = writes[i].Set.With(o.b(o.fields...))
		}
	}
	return o.Store.Apply(ctx, sc, writes)
}

// FindAccounts knows one account.
func (o owning) FindAccounts(_ context.Context, _ contactsync.Scope, _ string, names []string) ([][]contactsync.Account, error) {
	found := make([][]contactsync.Account, len(names))
	for i, name := range names {
		if record.CompanyKey(name) == record.CompanyKey("Analytical Engines") {
			found[i] = []contactsync.Account{{ID: "a1", Name: "Analytical Engines"}}
		}
	}
	return found, nil
}

func newWorld(t *testing.T, p preset.Preset, b behaviour) *world {
	t.Helper()
	w := &world{t: t, b: b, crm: p.CRM, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), state: memstore.NewState()}
	clock := func() time.Time { return w.now }
	crm, outlook := memstore.NewStore(p.CRM), memstore.NewDirectory(record.OutlookContact)
	crm.Now, outlook.Now = clock, clock
	w.tenant = crm.Tenant("acme")
	mailbox := contactsync.Mailbox{Account: "ada", User: "ada@example.com"}
	w.box = outlook.Mailbox(mailbox)
	store := owning{Store: crm, b: w.fields}
	if b.newcomers != "" {
		store.fields = []string{b.newcomers}
	}
	var err error
	w.engine, err = contactsync.New(contactsync.Config{
		Store: store, Directory: outlook, State: w.state, Policy: contactsync.Fixed(p.Settings),
		Key: []byte("a secret of the host, kept apart"), CRM: map[record.Kind]*record.Schema{record.Contact: p.CRM}, Now: clock,
	})
	require.NoError(t, err)
	w.conn, err = w.engine.Connect(t.Context(), contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: mailbox})
	require.NoError(t, err)

	w.put("c1", b.chosen+";"+b.field+"=before")
	if b.others != "" {
		w.put("c2", b.others)
	}
	w.began = len(w.tenant.Records(record.Contact))
	w.add("Grace")
	w.sync()
	links, err := w.state.LinksOf(t.Context(), w.conn.ID, record.CRM, []string{"c1"})
	require.NoError(t, err)
	require.Len(t, links, 1)
	w.item = links[0].IDs[record.Outlook]
	return w
}

func (w *world) add(first string, pairs ...string) {
	w.t.Helper()
	card := record.OutlookContact.Build().Set("givenName", first).Set("surname", "Hopper").Set("emailAddresses", strings.ToLower(first)+"@example.com").Set("private", "false")
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		card.Set(name, value)
	}
	_, err := w.box.Add(w.conn.Folder, card.Fields())
	require.NoError(w.t, err)
}

func (w *world) sync() {
	w.t.Helper()
	w.now = w.now.Add(time.Hour)
	report, err := w.engine.Sync(w.t.Context(), w.conn.ID)
	require.NoError(w.t, err)
	require.Equal(w.t, contactsync.Idle, report.Status, report.Reason)
}

func (w *world) fields(pairs ...string) record.Fields {
	f := w.crm.Build()
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		f.Set(name, strings.Split(value, "|")...)
	}
	require.NoError(w.t, f.Err())
	return f.Fields()
}

func (w *world) put(id, pairs string) {
	w.t.Helper()
	f := w.crm.Build()
	for _, field := range w.crm.Fields() {
		f.Set(field.Name)
	}
	_, err := w.tenant.Put(id, f.Fields().With(w.fields(strings.Split(pairs, ";")...)))
	require.NoError(w.t, err)
}

func (w *world) edit(pairs ...string) {
	w.t.Helper()
	w.now = w.now.Add(time.Hour)
	require.NoError(w.t, w.tenant.Edit("c1", w.fields(pairs...)))
}

func (w *world) editCard(field, value string) {
	w.t.Helper()
	w.now = w.now.Add(time.Hour)
	require.NoError(w.t, w.box.Edit(w.item, record.OutlookContact.Build().Set(field, value).Fields()))
}

func (w *world) count() int { return len(w.tenant.Records(record.Contact)) }

func (w *world) field() string {
	rec, _ := w.tenant.Record("c1")
	v, _ := rec.Fields.Get(w.b.field)
	return v.Text()
}

func (w *world) card(field string) string {
	item, _ := w.box.Item(w.item)
	v, _ := item.Fields.Get(field)
	return v.Text()
}

// ada says whether she has a card.
func (w *world) ada() string {
	if strings.Contains(w.cards("givenName"), "Ada") {
		return "stays"
	}
	return "gone"
}

func (w *world) cards(field string) string {
	var all []string
	for _, item := range w.box.Items(record.Contact, w.conn.Folder) {
		v, _ := item.Fields.Get(field)
		all = append(all, v.Text())
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}
