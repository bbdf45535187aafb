package contactsync_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// employee is a CRM contact that belongs to an account; company is the account's name.
var employee = must(record.NewSchema(record.Contact,
	record.Field{Name: "firstName", Label: "First name", Type: record.Name},
	record.Field{Name: "lastName", Label: "Last name", Type: record.Name},
	record.Field{Name: "email", Label: "Email", Type: record.Email},
	record.Field{Name: "account", Label: "Account", Type: record.Reference},
	record.Field{Name: "company", Label: "Company", NameOf: "account"},
))

// office is a CRM with accounts: a contact shows the name of the account that it refers to.
type office struct {
	*memstore.Store
	accounts map[string]string // id to name
	stamps   map[string]string
	asked    int
}

func (o *office) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	writes = slices.Clone(writes)
	for i := range writes {
		if _, renames := writes[i].Set.Get("company"); renames {
			return nil, fmt.Errorf("a write to a contact names a company")
		}
		if id, sets := writes[i].Set.Get("account"); sets {
			writes[i].Set = writes[i].Set.With(fieldsOf(employee, []string{"company=" + o.accounts[id.Text()]}))
		}
	}
	return o.Store.Apply(ctx, sc, writes)
}

func (o *office) FindAccounts(_ context.Context, _ contactsync.Scope, reference string, names []string) ([][]contactsync.Account, error) {
	if reference != "account" {
		return nil, fmt.Errorf("no reference %q", reference)
	}
	o.asked++
	found := make([][]contactsync.Account, len(names))
	for i, name := range names {
		for id, n := range o.accounts {
			if record.CompanyKey(n) == record.CompanyKey(name) {
				found[i] = append(found[i], contactsync.Account{ID: id, Name: n})
			}
		}
		slices.SortFunc(found[i], func(a, b contactsync.Account) int { return cmp.Compare(a.ID, b.ID) })
	}
	return found, nil
}

func (o *office) CreateAccount(_ context.Context, _ contactsync.Scope, _, name, stamp string) (contactsync.Account, error) {
	id, made := o.stamps[stamp]
	if !made {
		id = fmt.Sprintf("made%d", len(o.stamps)+1)
		o.stamps[stamp], o.accounts[id] = id, name
	}
	return contactsync.Account{ID: id, Name: o.accounts[id]}, nil
}

// newOffice is a world whose CRM has the accounts a1, a2, ... of these names.
func newOffice(t *testing.T, s contactsync.Settings, accounts ...string) (*world, *office) {
	t.Helper()
	o := &office{accounts: map[string]string{}, stamps: map[string]string{}}
	for i, name := range accounts {
		o.accounts[fmt.Sprintf("a%d", i+1)] = name
	}
	s.Mapping = []mapping.Rule{
		{ID: "first", CRM: []string{"firstName"}, Outlook: []string{"givenName"}},
		{ID: "last", CRM: []string{"lastName"}, Outlook: []string{"surname"}},
		{ID: "email", CRM: []string{"email"}, Outlook: []string{"emailAddresses"}, Lens: mapping.Spec{Kind: mapping.First}},
		{ID: "company", CRM: []string{"company"}, Outlook: []string{"companyName"}, Lens: mapping.Spec{Kind: mapping.Account}},
	}
	w := newWorld(t, s, func(c *contactsync.Config) {
		o.Store = memstore.NewStore(employee)
		o.Store.Now = c.Now
		c.Store, c.CRM = o, map[record.Kind]*record.Schema{record.Contact: employee}
	})
	w.tenant = o.Store.Tenant("acme")
	return w, o
}

func (w *world) employ(o *office, id, name, account string) {
	w.t.Helper()
	_, err := w.tenant.Put(id, fieldsOf(employee, []string{
		"firstName=" + name, "lastName=Tester", "email=" + name + "@example.com", "account=" + account, "company=" + o.accounts[account],
	}))
	require.NoError(w.t, err)
}

func card(name, company string) []string {
	return []string{"givenName=" + name, "surname=Tester", "emailAddresses=" + name + "@example.com", "companyName=" + company}
}

// M5: a new Outlook contact is made in the CRM only if its company is an account's, by whatever legal form, and is attached to that;
// else it waits, and is made when the account is there.
func TestAccountIsLookedUp(t *testing.T) {
	w, o := newOffice(t, contactsync.Settings{}, "Acme Ltd", "Globex GmbH")
	w.addOutlook(card("Ada", "ACME Limited")...)
	w.addOutlook(card("Grace", "Initech")...)
	w.addOutlook(card("Mary", "")...)

	plan, err := w.engine.Plan(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, 2, plan.Counts(record.CRM).Create)
	r := w.sync()

	assert.Equal(t, []string{"Ada, a1, Acme Ltd", "Mary, , "}, w.crmSide("firstName", "account", "company"))
	assert.Equal(t, []string{"Ada, ACME Limited", "Grace, Initech", "Mary, "}, w.outlookSide("givenName", "companyName"), "each side keeps its spelling")
	require.Len(t, r.Problems, 1)
	assert.Equal(t, contactsync.CodeNoAccount, r.Problems[0].Code)
	assert.Equal(t, "Company", r.Problems[0].Field)
	assert.True(t, r.Problems[0].Resolvable, "by correcting the card")
	w.settled()

	o.accounts["a3"] = "Initech BV"
	w.now = w.now.Add(24 * time.Hour)
	w.sync()

	assert.Equal(t, []string{"Ada, a1, Acme Ltd", "Grace, a3, Initech BV", "Mary, , "}, w.crmSide("firstName", "account", "company"))
	assert.Empty(t, w.problems())
	w.settled()
}

// M5: an edited company becomes another account's; no account is renamed, and who shares the old one keeps it.
func TestEditedCompanyIsAnotherAccount(t *testing.T) {
	w, o := newOffice(t, contactsync.Settings{}, "Acme Ltd", "Globex GmbH")
	w.employ(o, "c1", "Ada", "a1")
	w.employ(o, "c2", "Grace", "a1")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "companyName=globex")

	w.sync()

	assert.Equal(t, []string{"Ada, a2, Globex GmbH", "Grace, a1, Acme Ltd"}, w.crmSide("firstName", "account", "company"))
	assert.Equal(t, map[string]string{"a1": "Acme Ltd", "a2": "Globex GmbH"}, o.accounts)
	assert.Equal(t, []string{"Ada, globex", "Grace, Acme Ltd"}, w.outlookSide("givenName", "companyName"))
	w.settled()

	w.editOutlook(w.outlookID("c1"), "companyName=Nobody knows", "givenName=Augusta")
	r := w.sync()

	require.Len(t, r.Problems, 1)
	assert.Equal(t, contactsync.CodeNoAccount, r.Problems[0].Code)
	assert.Equal(t, []string{"Augusta, a2, Globex GmbH", "Grace, a1, Acme Ltd"}, w.crmSide("firstName", "account", "company"), "the rest flows")
	w.settled()

	w.editOutlook(w.outlookID("c1"), "companyName=")
	w.sync()

	assert.Equal(t, []string{"Augusta, , ", "Grace, a1, Acme Ltd"}, w.crmSide("firstName", "account", "company"))
	assert.Empty(t, w.problems())
	w.settled()
}

// M5: what becomes of a company that is no account's, or several accounts', by setting.
func TestAccountSettings(t *testing.T) {
	for name, c := range map[string]struct {
		account  contactsync.Accounts
		company  string
		crm      []string
		problems []string
		accounts int
	}{
		"missing, hold":               {contactsync.Accounts{}, "Initech", nil, []string{"noAccount company"}, 3},
		"missing, without":            {contactsync.Accounts{Missing: "without"}, "Initech", []string{"Ada, , "}, nil, 3},
		"missing, create":             {contactsync.Accounts{Missing: "create"}, "Initech", []string{"Ada, made1, Initech"}, nil, 4},
		"ambiguous, hold":             {contactsync.Accounts{}, "acme", nil, []string{"severalAccounts company"}, 3},
		"ambiguous, written just so":  {contactsync.Accounts{}, "acme inc", []string{"Ada, a2, ACME Inc"}, nil, 3},
		"ambiguous, first":            {contactsync.Accounts{Ambiguous: "first"}, "acme", []string{"Ada, a1, Acme Ltd"}, nil, 3},
		"ambiguous, hold, or without": {contactsync.Accounts{Missing: "without"}, "acme", nil, []string{"severalAccounts company"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			w, o := newOffice(t, contactsync.Settings{Account: c.account}, "Acme Ltd", "ACME Inc", "Globex")
			w.addOutlook(card("Ada", c.company)...)

			w.sync()

			assert.Equal(t, append([]string{}, c.crm...), w.crmSide("firstName", "account", "company"))
			assert.Equal(t, []string{"Ada, " + c.company}, w.outlookSide("givenName", "companyName"))
			assert.Equal(t, append([]string{}, c.problems...), w.problems())
			assert.Len(t, o.accounts, c.accounts)
			w.settled()
		})
	}
}

// M5: two contacts of a company that is made on the way get one account; one of another name another.
func TestAccountIsMadeOnce(t *testing.T) {
	w, o := newOffice(t, contactsync.Settings{Account: contactsync.Accounts{Missing: "create"}})
	w.addOutlook(card("Ada", "Initech")...)
	w.addOutlook(card("Grace", "Initech B.V.")...)
	w.addOutlook(card("Mary", "Globex")...)

	w.sync()

	assert.Len(t, o.accounts, 2)
	w.settled()
	assert.Len(t, o.accounts, 2)
	assert.LessOrEqual(t, o.asked, 2, "a name is looked up once in a run")
}

// M5: a contact of a company in the CRM has its account's name in Outlook; matched contacts whose spelling of it differs are no conflict.
func TestCompanyOfMatchedContacts(t *testing.T) {
	w, o := newOffice(t, contactsync.Settings{}, "Acme Ltd", "Globex")
	w.employ(o, "c1", "Ada", "a1")
	w.employ(o, "c2", "Grace", "a2")
	w.addOutlook(card("Ada", "acme")...)

	w.sync()

	assert.Empty(t, w.problems())
	assert.Equal(t, []string{"Ada, acme", "Grace, Globex"}, w.outlookSide("givenName", "companyName"))
	w.settled()
}

// M5, B11: an undo refers to the account of before again.
func TestUndoOfAnEditedCompany(t *testing.T) {
	w, o := newOffice(t, contactsync.Settings{}, "Acme Ltd", "Globex GmbH")
	journaled(&w.cfg)
	w.restart()
	w.employ(o, "c1", "Ada", "a1")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "companyName=globex")
	run := w.sync()
	require.Equal(t, []string{"a2, Globex GmbH"}, w.crmSide("account", "company"))

	w.undo(run)

	assert.Equal(t, []string{"a1, Acme Ltd"}, w.crmSide("account", "company"))
	w.settled()
}

// M5: a lost answer to the create of a contact whose account was made on the way makes neither a second time.
func TestAccountAfterALostAnswer(t *testing.T) {
	lost := false
	w, o := newOffice(t, contactsync.Settings{Account: contactsync.Accounts{Missing: "create"}})
	w.cfg.Store = losing{o, &lost}
	w.restart()
	w.addOutlook(card("Ada", "Initech")...)

	w.sync()
	require.True(t, lost)
	for range 3 {
		w.now = w.now.Add(time.Hour)
		w.sync()
	}

	assert.Equal(t, []string{"Ada, made1, Initech"}, w.crmSide("firstName", "account", "company"))
	assert.Len(t, o.accounts, 1)
	w.settled()
}

// losing is an office that loses the first answer to a write after it took effect.
type losing struct {
	*office
	lost *bool
}

func (l losing) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	results, err := l.office.Apply(ctx, sc, writes)
	if *l.lost || err != nil {
		return results, err
	}
	*l.lost = true
	for i := range results {
		results[i] = contactsync.Result{Err: contactsync.ErrUnconfirmed}
	}
	return results, nil
}

// M5: of a card that has nothing but a company without an account no empty contact is made, and the user is told so.
func TestNothingButACompany(t *testing.T) {
	w, o := newOffice(t, contactsync.Settings{Account: contactsync.Accounts{Missing: "without"}})
	w.addOutlook("companyName=Initech")
	w.sync()
	assert.Empty(t, w.crmSide("company"))
	assert.Equal(t, []string{"noAccount company"}, w.problems())
	w.settled()

	o.accounts["a1"] = "Initech"
	w.sync(contactsync.Full())

	assert.Equal(t, []string{"a1, Initech"}, w.crmSide("account", "company"))
	assert.Empty(t, w.problems())
	w.settled()
}

// A CRM that answers with an account without an id is told so, and no contact is made without one.
func TestAccountWithoutAnID(t *testing.T) {
	w, o := newOffice(t, contactsync.Settings{})
	o.accounts[""] = "Acme"
	w.addOutlook(card("Ada", "Acme")...)

	_, err := w.engine.Sync(w.ctx, w.conn.ID)

	require.ErrorContains(t, err, "an account without an id")
	assert.Empty(t, w.crmSide("firstName"))
}

// Settings that need what the Store cannot do are refused, and name the member.
func TestAccountsNeedTheStore(t *testing.T) {
	w, _ := newOffice(t, contactsync.Settings{})
	cfg := w.cfg
	cfg.Store = memstore.NewStore(employee)
	engine, err := contactsync.New(cfg)
	require.NoError(t, err)

	_, err = engine.Sync(w.ctx, w.conn.ID)

	var invalid *contactsync.InvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "mapping", invalid.Field)
	s := contactsync.Settings{Account: contactsync.Accounts{Missing: "make"}}
	require.ErrorContains(t, s.Validate(employee, record.OutlookContact), "account.missing")
}

// shortOffice is an office that answers for fewer writes than it was sent.
type shortOffice struct {
	*office
	short bool
}

func (o *shortOffice) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	results, err := o.office.Apply(ctx, sc, writes)
	if o.short && len(results) > 0 {
		results = results[:len(results)-1]
	}
	return results, err
}

// M5, promise 2: where the CRM with accounts does not answer for all writes, none is taken for done, and nobody is made twice.
func TestOfficeAnswersForTooFew(t *testing.T) {
	w, o := newOffice(t, contactsync.Settings{}, "Acme Ltd")
	short := &shortOffice{office: o, short: true}
	w.cfg.Store = short
	w.restart()
	w.addOutlook(card("Ada", "Acme Ltd")...)
	w.addOutlook(card("Grace", "Acme Ltd")...)

	r := w.sync()

	assert.Equal(t, 2, r.Counts[record.CRM].Failed)
	assert.Zero(t, r.Counts[record.CRM].Created)
	short.short = false
	w.now = w.now.Add(time.Hour)
	w.sync()
	assert.Equal(t, []string{"Ada, a1", "Grace, a1"}, w.crmSide("firstName", "account"))
	assert.Empty(t, w.problems())
	w.settled()
}
