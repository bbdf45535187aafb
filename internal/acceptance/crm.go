package acceptance

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// person is a record of the CRM.
var person = got(record.NewSchema(record.Contact,
	record.Field{Name: "firstName", Label: "First name", Type: record.Name},
	record.Field{Name: "lastName", Label: "Last name", Type: record.Name},
	record.Field{Name: "company", Label: "Company as text"},
	record.Field{Name: "account", Label: "Account", Type: record.Reference},
	record.Field{Name: "accountName", Label: "Company", NameOf: "account"},
	record.Field{Name: "jobTitle", Label: "Job title", MaxLen: 30},
	record.Field{Name: "emails", Label: "Emails", Type: record.Email, Shape: record.List},
	record.Field{Name: "workPhone", Label: "Work phone", Type: record.Phone},
	record.Field{Name: "mobile", Label: "Mobile", Type: record.Phone},
	record.Field{Name: "notes", Label: "Notes"},
	record.Field{Name: "kind", Label: "Kind"},
	record.Field{Name: "level", Label: "Permission level"},
	record.Field{Name: "former", Label: "Former", Type: record.Bool},
	record.Field{Name: "owner", Label: "Owner", Type: record.Reference},
	record.Field{Name: "owners", Label: "Owners", Type: record.Reference, Shape: record.Set},
	record.Field{Name: "editors", Label: "Editors", Type: record.Reference, Shape: record.Set},
	record.Field{Name: "manager", Label: "Relationship manager", Type: record.Reference},
	record.Field{Name: "accountOwner", Label: "Owner of the account", Type: record.Reference},
	record.Field{Name: "favouriteOf", Label: "Favourite of", Type: record.Reference, Shape: record.Set},
	record.Field{Name: "selectedBy", Label: "Selected by", Type: record.Reference, Shape: record.Set},
))

func rules() []mapping.Rule {
	return []mapping.Rule{
		{ID: "first", CRM: []string{"firstName"}, Outlook: []string{"givenName"}},
		{ID: "last", CRM: []string{"lastName"}, Outlook: []string{"surname"}},
		{ID: "company", CRM: []string{"company"}, Outlook: []string{"companyName"}},
		{ID: "title", CRM: []string{"jobTitle"}, Outlook: []string{"jobTitle"}},
		{ID: "emails", CRM: []string{"emails"}, Outlook: []string{"emailAddresses"}, Lens: mapping.Spec{Kind: mapping.List}},
		{ID: "work", CRM: []string{"workPhone"}, Outlook: []string{"businessPhones"}, Lens: mapping.Spec{Kind: mapping.First}},
		{ID: "mobile", CRM: []string{"mobile"}, Outlook: []string{"mobilePhone"}},
		{ID: "notes", CRM: []string{"notes"}, Outlook: []string{"personalNotes"}},
	}
}

// crm is a Store that knows its users, what they may delete, and the accounts that contacts belong to.
type crm struct {
	*memstore.Store
	away map[string]bool // users who are deactivated
	keep map[string]bool // records that nobody may delete
	hid  string          // a field that the administrator has hidden: no record is given with it
	// accounts are names by id; made are ids by stamp.
	accounts, made map[string]string
}

func newCRM() *crm {
	return &crm{
		Store: memstore.NewStore(person, todo), away: map[string]bool{}, keep: map[string]bool{},
		accounts: map[string]string{}, made: map[string]string{},
	}
}

func (c *crm) ActiveUser(_ context.Context, _, user string) (bool, error) { return !c.away[user], nil }

func (c *crm) MayDelete(_ context.Context, _ contactsync.Scope, ids []string) ([]bool, error) {
	may := make([]bool, len(ids))
	for i, id := range ids {
		may[i] = !c.keep[id]
	}
	return may, nil
}

func (c *crm) Changes(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
	page, err := c.Store.Changes(ctx, sc, after)
	for _, ch := range page.Changes {
		if ch.Record != nil {
			ch.Record.Fields = c.shown(ch.Record.Fields)
		}
	}
	return page, err
}

func (c *crm) Get(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
	found, err := c.Store.Get(ctx, sc, refs)
	for _, f := range found {
		for i := range f.Records {
			f.Records[i].Fields = c.shown(f.Records[i].Fields)
		}
	}
	return found, err
}

// shown is the fields without the one that is hidden.
func (c *crm) shown(f record.Fields) record.Fields {
	if c.hid == "" {
		return f
	}
	b := person.Build()
	for _, field := range person.Fields() {
		if v, known := f.Get(field.Name); known && field.Name != c.hid {
			b.Set(field.Name, v...)
		}
	}
	return b.Fields()
}

// Apply keeps the name of a contact's account beside its id.
func (c *crm) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	writes = slices.Clone(writes)
	for i := range writes {
		if id, ok := writes[i].Set.Get("account"); ok {
			writes[i].Set = writes[i].Set.With(fieldsOf(person, []string{"accountName=" + c.accounts[id.Text()]}))
		}
	}
	return c.Store.Apply(ctx, sc, writes)
}

func (c *crm) FindAccounts(_ context.Context, _ contactsync.Scope, _ string, names []string) ([][]contactsync.Account, error) {
	found := make([][]contactsync.Account, len(names))
	for i, name := range names {
		for _, id := range slices.Sorted(maps.Keys(c.accounts)) {
			if record.CompanyKey(c.accounts[id]) == record.CompanyKey(name) {
				found[i] = append(found[i], contactsync.Account{ID: id, Name: c.accounts[id]})
			}
		}
	}
	return found, nil
}

func (c *crm) CreateAccount(_ context.Context, _ contactsync.Scope, _, name, stamp string) (contactsync.Account, error) {
	if c.made[stamp] == "" {
		c.made[stamp] = fmt.Sprintf("new%d", len(c.made)+1)
		c.accounts[c.made[stamp]] = name
	}
	return contactsync.Account{ID: c.made[stamp], Name: c.accounts[c.made[stamp]]}, nil
}
