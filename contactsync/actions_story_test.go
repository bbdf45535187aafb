package contactsync_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// acting is a two-way sync with actions.
func acting(actions ...contactsync.IfThen) contactsync.Settings {
	s := twoWay()
	s.Actions = actions
	return s
}

var (
	clientsMarked = contactsync.IfThen{ID: "mark", If: filter.Equals("kind", "Client"), Value: "Clients"}
	formerCleared = contactsync.IfThen{ID: "former", If: filter.Equals("kind", "Former"), Then: contactsync.ThenRemove, Value: "Clients"}
	clientsKept   = contactsync.IfThen{ID: "client", Direction: mapping.ToCRM, If: filter.Has("categories", "Clients"), Then: contactsync.ThenSet, Field: "kind", Value: "Client"}
	supplierKept  = contactsync.IfThen{ID: "supplier", Direction: mapping.ToCRM, If: filter.Has("categories", "Suppliers"), Then: contactsync.ThenSet, Field: "kind", Value: "Supplier"}
)

// E9: a category follows a condition over CRM fields: with the contact that is made, with one that is matched, when the condition
// comes to hold and when it no longer does; other people's categories stay.
func TestActionAddsACategory(t *testing.T) {
	w := newWorld(t, acting(clientsMarked))
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Client")
	w.put("c2", "firstName=Grace", "emails=grace@example.com", "kind=Lead")
	w.put("c3", "firstName=Lin", "emails=lin@example.com", "kind=Client")
	w.addOutlook("givenName=Lin", "emailAddresses=lin@example.com", "categories=Golf")
	categories := func() []string { return w.outlookSide("givenName", "categories") }

	w.sync()

	assert.Equal(t, []string{"Ada, Clients", "Grace, ", "Lin, Golf|Clients"}, categories())
	w.settled()

	w.editCRM("c2", "kind=Client")
	w.editCRM("c3", "kind=Former", "company=Engines")
	w.sync()
	assert.Equal(t, []string{"Ada, Clients", "Grace, Clients", "Lin, Golf"}, categories())
	assert.Equal(t, []string{"Ada, Client", "Grace, Client", "Lin, Former"}, w.crmSide("firstName", "kind"), "an action goes one way")
	w.settled()
}

// E9: people may have the category of an action by themselves. It stays where the condition never held, and goes with the
// condition where it did. What they take off stays off until the condition holds anew; where the settings say so, it is put back.
func TestPeopleAndACategoryOfAnAction(t *testing.T) {
	for drift, want := range map[conflict.Drift][]string{
		conflict.DriftLeave:   {"Ada, ", "Grace, clients"},
		conflict.DriftRestore: {"Ada, Clients", "Grace, "},
	} {
		t.Run(string(drift), func(t *testing.T) {
			s := acting(clientsMarked)
			s.Drift = drift
			w := newWorld(t, s)
			w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Client")
			w.put("c2", "firstName=Grace", "emails=grace@example.com", "kind=Lead")
			w.put("c3", "firstName=Lin", "emails=lin@example.com", "kind=Lead")
			w.addOutlook("givenName=Lin", "emailAddresses=lin@example.com", "categories=Clients")
			w.sync()
			w.editOutlook(w.outlookID("c1"), "categories=")
			w.editOutlook(w.outlookID("c2"), "categories=clients")

			w.sync()

			assert.Equal(t, append(want, "Lin, Clients"), w.outlookSide("givenName", "categories"))
			assert.Empty(t, w.problems())
			w.settled()

			for _, c := range []string{"c1", "c2", "c3"} {
				w.editCRM(c, "kind=Client")
			}
			w.sync()
			for _, c := range []string{"c1", "c2", "c3"} {
				w.editCRM(c, "kind=Former")
			}
			w.sync()
			assert.Equal(t, []string{"Ada, ", "Grace, ", "Lin, "}, w.outlookSide("givenName", "categories"))
			w.settled()
		})
	}
}

// E9: IF in an Outlook category THEN set a CRM field, of several actions the first that holds: on a card that is imported, on
// one that is matched, and when the card comes into a category. When it leaves it, the field stays as it is.
func TestActionSetsACRMField(t *testing.T) {
	w := newWorld(t, acting(clientsKept, supplierKept))
	w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com", "categories=Clients|Suppliers")
	w.addOutlook("givenName=Grace", "emailAddresses=grace@example.com", "categories=Suppliers")
	w.put("c3", "firstName=Lin", "emails=lin@example.com", "kind=Lead")
	lin := w.addOutlook("givenName=Lin", "emailAddresses=lin@example.com", "categories=Clients")
	w.put("c4", "firstName=Mei", "emails=mei@example.com", "kind=Lead")
	kinds := func() []string { return w.crmSide("firstName", "kind") }

	w.sync()

	assert.Equal(t, []string{"Ada, Client", "Grace, Supplier", "Lin, Client", "Mei, Lead"}, kinds())
	w.settled()

	w.editOutlook(w.outlookID("c4"), "categories=suppliers")
	w.editOutlook(lin, "categories=Golf")
	w.sync()
	assert.Equal(t, []string{"Ada, Client", "Grace, Supplier", "Lin, Client", "Mei, Lead"}, kinds(), "conditions compare as filters do")
	w.editOutlook(w.outlookID("c4"), "categories=Suppliers")
	w.sync()
	assert.Equal(t, []string{"Ada, Client", "Grace, Supplier", "Lin, Client", "Mei, Supplier"}, kinds())
	w.settled()
}

// E9: what a person writes over a field that an action has set stays, until the condition holds for another reason; both at
// once is a question.
func TestPersonEditsWhatAnActionSet(t *testing.T) {
	w := newWorld(t, acting(clientsKept, supplierKept))
	w.put("c1", "firstName=Ada", "emails=ada@example.com")
	w.sync()
	ada := w.outlookID("c1")
	w.editOutlook(ada, "categories=Clients")
	w.sync()
	w.editCRM("c1", "kind=Friend")
	w.sync()
	assert.Equal(t, []string{"Friend"}, w.crmSide("kind"))
	w.settled()
	w.editOutlook(ada, "categories=Clients|Golf", "jobTitle=Analyst")
	w.sync()
	assert.Equal(t, []string{"Friend, Analyst"}, w.crmSide("kind", "jobTitle"), "it asks for the same as before")
	w.settled()

	w.editOutlook(ada, "categories=Suppliers")
	w.editCRM("c1", "kind=Partner")
	r := w.sync()

	require.Len(t, r.Problems, 1)
	assert.Equal(t, "Kind", r.Problems[0].Field)
	assert.Equal(t, []string{"Partner"}, w.crmSide("kind"))
	require.NoError(t, w.engine.Decide(w.ctx, w.conn.ID, r.Problems[0].ID, record.Outlook))
	w.sync()
	assert.Equal(t, []string{"Supplier"}, w.crmSide("kind"))
	assert.Empty(t, w.problems())
	w.settled()
}

// E9: a category is taken off where the condition holds, on contacts that were there too, and is not put back.
func TestActionRemovesACategory(t *testing.T) {
	w := newWorld(t, acting(formerCleared))
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Former")
	w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com", "categories=Golf|clients")
	w.put("c2", "firstName=Grace", "emails=grace@example.com", "kind=Client")
	w.addOutlook("givenName=Grace", "emailAddresses=grace@example.com", "categories=Clients")
	w.put("c3", "firstName=Lin", "emails=lin@example.com", "kind=Former")

	w.sync()

	assert.Equal(t, []string{"Ada, Golf", "Grace, Clients", "Lin, "}, w.outlookSide("givenName", "categories"))
	w.settled()
	w.editCRM("c1", "kind=Client")
	w.editCRM("c2", "kind=Former")
	w.sync()
	assert.Equal(t, []string{"Ada, Golf", "Grace, ", "Lin, "}, w.outlookSide("givenName", "categories"))
	w.settled()
}

// E9: actions that write one category are decided together, and share the field with other categories of actions and with a
// managed set of the mapping.
func TestActionsShareTheCategories(t *testing.T) {
	s := acting(
		contactsync.IfThen{ID: "not-acme", If: filter.Equals("company", "Acme"), Then: contactsync.ThenRemove, Value: "Clients"},
		clientsMarked,
		contactsync.IfThen{ID: "partner", If: filter.Equals("kind", "Partner"), Value: "Clients"},
		contactsync.IfThen{ID: "crm", Value: "In the CRM"},
		contactsync.IfThen{ID: "own", If: filter.Equals("owner", filter.User), Value: "Mine"},
	)
	s.Mapping = append(s.Mapping, typed("Kind: "))
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Client", "company=Acme", "owner=u1")
	w.put("c2", "firstName=Grace", "emails=grace@example.com", "kind=Partner", "owner=u2")

	w.sync()

	assert.Equal(t, []string{"Ada, Kind: Client|In the CRM|Mine", "Grace, Kind: Partner|Clients|In the CRM"}, w.outlookSide("givenName", "categories"))
	w.settled()
	w.editCRM("c1", "company=Engines")
	w.editCRM("c2", "kind=Client")
	w.sync()
	assert.Equal(t, []string{"Ada, Kind: Client|In the CRM|Mine|Clients", "Grace, Clients|In the CRM|Kind: Client"}, w.outlookSide("givenName", "categories"))
	w.settled()
}

// E9: a tag of the CRM's own follows an Outlook category, and the connection's user is who brought a card in.
func TestActionsOnTagsAndForTheUser(t *testing.T) {
	fields := append(person.Fields(), record.Field{Name: "tags", Label: "Tags", Shape: record.Set})
	tagged := must(record.NewSchema(record.Contact, fields...))
	store := memstore.NewStore(tagged)
	w := newWorld(t, acting(
		contactsync.IfThen{ID: "tag", Direction: mapping.ToCRM, If: filter.Has("categories", "Golf"), Field: "tags", Value: "golf"},
		contactsync.IfThen{ID: "mine", Direction: mapping.ToCRM, Then: contactsync.ThenSet, Field: "owner", Value: filter.User},
	), func(c *contactsync.Config) {
		store.Now = c.Now
		c.Store, c.CRM = store, map[record.Kind]*record.Schema{record.Contact: tagged}
	})
	w.crm, w.tenant = store, store.Tenant("acme")
	ada := w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com", "categories=Golf")

	w.sync()

	assert.Equal(t, []string{"Ada, golf, u1"}, w.crmSide("firstName", "tags", "owner"))
	w.settled()
	id := w.tenant.Records(record.Contact)[0].ID
	require.NoError(t, w.tenant.Edit(id, tagged.Build().Set("tags", "golf", "press").Fields()))
	w.editOutlook(ada, "categories=")
	w.sync()
	assert.Equal(t, []string{"Ada, press, u1"}, w.crmSide("firstName", "tags", "owner"))
	w.settled()
}

// E9: a condition that comes to hold by what a run itself writes is acted on at the next: of the record that an import makes, of
// the card that is made, and of one that is updated, without having been read too.
func TestActionsOnWhatTheSyncWrote(t *testing.T) {
	set := func(c filter.Condition) contactsync.IfThen {
		return contactsync.IfThen{ID: "x", Direction: mapping.ToCRM, If: c, Then: contactsync.ThenSet, Field: "kind", Value: "x"}
	}
	for name, tt := range map[string]struct {
		action       contactsync.IfThen
		crm, outlook string // the category of the card that was imported, and the kind of the record that was pushed
	}{
		"it holds once the record is imported":     {contactsync.IfThen{ID: "x", If: filter.Equals("company", "Acme"), Value: "x"}, "x", ""},
		"it held before too":                       {contactsync.IfThen{ID: "x", If: filter.Empty("kind"), Value: "x"}, "x", ""},
		"it holds no longer":                       {contactsync.IfThen{ID: "x", If: filter.Empty("company"), Value: "x"}, "", ""},
		"a card is made for which it holds":        {set(filter.Equals("companyName", "Acme")), "", "x"},
		"a card is made, and it held before":       {set(filter.Empty("department")), "", "x"},
		"a card is made, for which it is no more":  {set(filter.Empty("companyName")), "", ""},
		"a card is updated, for which it holds":    {set(filter.Equals("jobTitle", "Analyst")), "", "x"},
		"a card is updated, and a group of fields": {set(filter.And(filter.Equals("jobTitle", "Analyst"), filter.Equals("companyName", "Acme"))), "", "x"},
	} {
		for _, blind := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/blind=%t", name, blind), func(t *testing.T) {
				w := newWorld(t, acting(tt.action))
				w.outlook.BlindUpdates = blind
				w.put("c1", "firstName=Grace", "emails=grace@example.com", "company=Acme")
				w.sync()
				w.sync()
				w.settled()
				w.editCRM("c1", "jobTitle=Analyst")
				w.sync()
				w.sync()
				assert.Equal(t, tt.outlook, w.tenant.Records(record.Contact)[0].Fields.Text("kind"))
				w.settled()
				card := w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com", "companyName=Acme")

				w.sync()
				w.sync()

				for _, item := range w.box.Items(record.Contact, w.folder) {
					if item.ID == card {
						assert.Equal(t, tt.crm, item.Fields.Text("categories"))
					}
				}
				w.settled()
			})
		}
	}
}

// E9: an update that goes out on its version alone does not put aside what an action has yet to do to a card that was just imported.
func TestActionOnAnImportThatIsEditedAtOnce(t *testing.T) {
	w := newWorld(t, acting(contactsync.IfThen{ID: "all", Value: "In the CRM"}))
	w.outlook.BlindUpdates = true
	w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com")
	w.sync()
	w.editCRM(w.tenant.Records(record.Contact)[0].ID, "jobTitle=Analyst")

	w.sync()

	assert.Equal(t, []string{"Ada, Analyst, In the CRM"}, w.outlookSide("givenName", "jobTitle", "categories"))
	w.settled()
}

// E9: what an action asks for since its record was imported is no edit of that: who throws the card away at once does not get it back.
// What a person writes in the CRM meanwhile is one, also where an action alone reads it.
func TestActionOnAnImportThatIsThrownAwayAtOnce(t *testing.T) {
	known := contactsync.IfThen{ID: "known", If: filter.Not(filter.Empty("company")), Value: "In business"}
	for name, edit := range map[string][]string{"nobody edits": nil, "a field with a rule": {"company=Engines"}, "a field that an action reads": {"kind=Client"}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, acting(known, clientsMarked))
			card := w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com", "companyName=Acme")
			w.sync()
			if edit != nil {
				w.editCRM(w.tenant.Records(record.Contact)[0].ID, edit...)
			}
			require.NoError(t, w.box.Delete(card))

			w.sync()

			assert.Equal(t, edit != nil, len(w.outlookSide("givenName")) == 1, "a card of Ada's")
			w.settled()
		})
	}
}

// E9: nor does who throws a card away whose record the CRM gave an owner when it made it, though an action reads that. Where the card stays,
// the action acts.
func TestActionOnWhatTheCRMSetsByItself(t *testing.T) {
	for _, stays := range []bool{true, false} {
		t.Run(fmt.Sprintf("stays=%t", stays), func(t *testing.T) {
			mine := contactsync.IfThen{ID: "mine", If: filter.Equals("owner", filter.User), Value: "Mine"}
			w := newWorld(t, acting(mine), func(c *contactsync.Config) {
				inner := c.Store
				c.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{
					Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
						writes = slices.Clone(writes)
						for i := range writes {
							if writes[i].Op == contactsync.Create {
								writes[i].Set = writes[i].Set.With(crmFields("owner=" + sc.User))
							}
						}
						return inner.Apply(ctx, sc, writes)
					},
				})
			})
			card := w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com")
			w.sync()
			if !stays {
				require.NoError(t, w.box.Delete(card))
			}

			w.sync()

			want := []string{"Ada, Mine"}
			if !stays {
				want = nil
			}
			assert.ElementsMatch(t, want, w.outlookSide("givenName", "categories"))
			w.settled()
		})
	}
}

// E9: a record that is put back for two cards at once is acted on like any that is made: what it asks for is put on the card that
// it was made from.
func TestActionOnARecordThatTwoCardsBringBack(t *testing.T) {
	s := acting(contactsync.IfThen{ID: "titled", If: filter.Not(filter.Empty("jobTitle")), Value: "Titled"})
	s.Match.Several = match.All
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Analyst")
	first := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	second := w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	w.sync()
	w.editOutlook(first, "categories=Friends")
	w.editOutlook(second, "categories=Golf")
	require.NoError(t, w.tenant.Delete("c1"))

	w.sync()
	w.sync()

	assert.Equal(t, []string{"Ada, Analyst"}, w.crmSide("firstName", "jobTitle"))
	assert.Equal(t, []string{"Friends|Titled", "Golf"}, w.outlookSide("categories"), "what a person took off stays off the card whose record was there already")
	w.settled()
}

// E9: where it cannot be told whether the condition holds, such as of a date that cannot be read, an action leaves all as it is, and
// so do those after it.
func TestActionThatCannotBeTold(t *testing.T) {
	s := acting(
		contactsync.IfThen{ID: "young", If: filter.After("birthday", "1980-01-01"), Value: "Young"},
		contactsync.IfThen{ID: "lead", If: filter.Equals("kind", "Lead"), Value: "Young"},
		contactsync.IfThen{ID: "old", If: filter.Before("birthday", "1980-01-01"), Then: contactsync.ThenSet, Field: "department", Value: "Old"},
		contactsync.IfThen{ID: "all", Then: contactsync.ThenSet, Field: "department", Value: "All"},
	)
	s.Mapping = slices.DeleteFunc(s.Mapping, func(r mapping.Rule) bool { return r.ID == "birthday" })
	w := newWorld(t, s, reading(func(f record.Fields) record.Fields {
		if f.Text("birthday") == "1900-01-01" {
			return f.With(crmFields("birthday=in spring"))
		}
		return f
	}))
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "birthday=1985-12-10")
	w.put("c2", "firstName=Grace", "emails=grace@example.com", "birthday=1975-12-10", "kind=Lead")
	w.sync()
	want := []string{"Ada, Young, All", "Grace, Young, Old"}
	require.Equal(t, want, w.outlookSide("givenName", "categories", "department"))

	w.editCRM("c1", "birthday=1900-01-01")
	w.editCRM("c2", "birthday=1900-01-01", "kind=")
	w.sync()

	assert.Equal(t, want, w.outlookSide("givenName", "categories", "department"))
	w.settled()
	w.editCRM("c1", "birthday=")
	w.sync()
	assert.Equal(t, []string{"Ada, , All", "Grace, Young, Old"}, w.outlookSide("givenName", "categories", "department"))
	w.settled()
}

// E9, B17: an action that is added acts on what is linked already, as its preview says; one whose condition is edited lets go of
// what no longer fits; one that is taken away leaves what it did.
func TestActionsAreChangedBetweenRuns(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Client", "company=Acme")
	w.put("c2", "firstName=Grace", "emails=grace@example.com", "kind=Lead", "company=Acme")
	w.put("c3", "firstName=Lin", "emails=lin@example.com", "kind=Lead")
	w.sync()
	w.editOutlook(w.outlookID("c3"), "categories=Clients")
	w.sync()
	step := func(want ...string) {
		t.Helper()
		plan, err := w.engine.Preview(w.ctx, w.conn.ID, *w.policy)
		require.NoError(t, err)
		r := w.sync()
		assert.Equal(t, plan.Counts(record.Outlook).Update, r.Counts[record.Outlook].Updated)
		assert.Equal(t, want, w.outlookSide("givenName", "categories"))
		w.settled()
	}
	acme := clientsMarked
	acme.If = filter.And(filter.Equals("company", "Acme"), filter.Equals("kind", "Lead"))

	w.policy.Actions = []contactsync.IfThen{clientsMarked}
	step("Ada, Clients", "Grace, ", "Lin, Clients")
	w.policy.Actions = []contactsync.IfThen{acme}
	step("Ada, ", "Grace, Clients", "Lin, Clients")
	w.policy.Actions[0].Value = "Leads"
	step("Ada, ", "Grace, Clients|Leads", "Lin, Clients")
	w.policy.Actions = nil
	step("Ada, ", "Grace, Clients|Leads", "Lin, Clients")
}

// E9, B4: an action that takes a category off many contacts that are in sync counts as changes of them; one that adds does not.
func TestActionsAndTheGuardOfChanges(t *testing.T) {
	for then, want := range map[contactsync.Then]contactsync.Status{contactsync.ThenAdd: contactsync.Idle, contactsync.ThenRemove: contactsync.Halted} {
		t.Run(string(then), func(t *testing.T) {
			s := twoWay()
			s.Guards.Changes = contactsync.Limit{Percent: 10, Floor: 2}
			w := newWorld(t, s)
			for i := range 5 {
				w.put(id("c", i), "firstName=F"+id("", i), "emails="+id("p", i)+"@example.com", "kind=Former")
				w.addOutlook("givenName=F"+id("", i), "emailAddresses="+id("p", i)+"@example.com", "categories=Golf")
			}
			w.sync()
			value := map[contactsync.Then]string{contactsync.ThenAdd: "Former", contactsync.ThenRemove: "Golf"}[then]
			w.policy.Actions = []contactsync.IfThen{{ID: "former", If: filter.Equals("kind", "Former"), Then: then, Value: value}}

			assert.Equal(t, want, w.sync().Status)
		})
	}
}

// E9, F1: an action writes nothing to a side that the flow shuts, and a private card's categories stay out of the CRM.
func TestActionsKeepToTheFlow(t *testing.T) {
	s := acting(clientsMarked, contactsync.IfThen{ID: "golf", Direction: mapping.ToCRM, If: filter.Has("categories", "Golf"), Then: contactsync.ThenSet, Field: "owner", Value: "u9"})
	s.Flow.ToCRM = &contactsync.Ops{}
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Client")
	w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com", "categories=Golf")

	w.sync()

	assert.Equal(t, []string{"Ada, Golf|Clients"}, w.outlookSide("givenName", "categories"))
	assert.Equal(t, []string{""}, w.crmSide("owner"))
	w.settled()
	w.policy.Flow.ToCRM = nil
	w.sync()
	assert.Equal(t, []string{"u9"}, w.crmSide("owner"))
	w.settled()
}

// reading is a CRM whose records are read as f makes them.
func reading(f func(record.Fields) record.Fields) func(*contactsync.Config) {
	return func(c *contactsync.Config) {
		inner := c.Store
		c.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{
			Changes: func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				page, err := inner.Changes(ctx, sc, after)
				for i := range page.Changes {
					if rec := page.Changes[i].Record; rec != nil {
						rec.Fields = f(rec.Fields)
					}
				}
				return page, err
			},
			Get: func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
				found, err := inner.Get(ctx, sc, refs)
				for i := range found {
					for n := range found[i].Records {
						found[i].Records[n].Fields = f(found[i].Records[n].Fields)
					}
				}
				return found, err
			},
		})
	}
}

// E9: a field of the condition that is not known makes the action do nothing.
func TestActionWithAFieldThatIsNotKnown(t *testing.T) {
	hidden := false
	w := newWorld(t, acting(clientsMarked), reading(func(f record.Fields) record.Fields {
		return f.Only(func(name string) bool { return name != "kind" || !hidden })
	}))
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Client")
	w.sync()
	hidden = true
	w.editCRM("c1", "kind=Lead", "company=Engines")

	w.sync()

	assert.Equal(t, []string{"Clients, Engines"}, w.outlookSide("categories", "companyName"))
	w.settled()
	hidden = false
	w.sync(contactsync.Full())
	w.editCRM("c1", "jobTitle=Analyst")
	w.sync()
	assert.Equal(t, []string{""}, w.outlookSide("categories"))
}

// E9, B11: what an action wrote is taken back with its run, and stays so.
func TestActionIsUndone(t *testing.T) {
	w := newUndoWorld(t, acting(clientsMarked))
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Lead")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "categories=Golf")
	w.sync()
	w.editCRM("c1", "kind=Client")
	r := w.sync()
	require.Equal(t, []string{"Golf|Clients"}, w.outlookSide("categories"))

	w.undo(r)

	assert.Equal(t, []string{"Golf"}, w.outlookSide("categories"))
	w.settled()
}

// E9, B19: a card that the sync made goes with its categories of actions when it is taken back, and stays with what a person
// has put on it, whether or not actions look at that.
func TestActionsAndTakingBack(t *testing.T) {
	s := everythingFlows()
	s.Actions = []contactsync.IfThen{
		clientsMarked, clientsKept, formerCleared,
		{ID: "golf", Direction: mapping.ToCRM, If: filter.Or(filter.Has("categories", "Golf"), filter.Equals("department", "Sales")), Then: contactsync.ThenSet, Field: "owner", Value: "u1"},
		{ID: "not-cold", If: filter.Empty("company"), Then: contactsync.ThenRemove, Value: "Cold"},
	}
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Client")
	w.put("c2", "firstName=Grace", "emails=grace@example.com", "kind=Client")
	w.put("c3", "firstName=Lin", "emails=lin@example.com")
	w.put("c4", "firstName=Mei", "emails=mei@example.com")
	w.sync()
	w.sync()
	w.editOutlook(w.outlookID("c2"), "categories=Clients|Golf")
	w.editOutlook(w.outlookID("c3"), "department=Sales")
	w.editOutlook(w.outlookID("c4"), "categories=Friends")
	w.sync()
	w.sync()

	w.disconnect(contactsync.TakeBack(1))

	assert.Equal(t, []string{"Grace, Clients|Golf, ", "Lin, , Sales", "Mei, Friends, "}, w.outlookSide("givenName", "categories", "department"))
}

// E9, B4: an action that was just added and fills an empty field on many cards changes nothing that was there: no guard counts it.
func TestActionThatFillsIsNotGuarded(t *testing.T) {
	s := acting()
	s.Guards.Changes = contactsync.Limit{Floor: 2}
	w := newWorld(t, s)
	for i := range 5 {
		w.put(id("c", i), "firstName=F"+id("", i), "emails="+id("p", i)+"@example.com", "kind=Client")
	}
	w.sync()
	w.policy.Actions = []contactsync.IfThen{{ID: "sales", If: filter.Equals("kind", "Client"), Then: contactsync.ThenSet, Field: "department", Value: "Sales"}}

	r := w.sync()

	require.Nil(t, r.Halt)
	assert.Equal(t, contactsync.Counts{Updated: 5}, r.Counts[record.Outlook])
	w.settled()
}
