package contactsync_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// E9: a field and a category for each of its values keep each other, also where the two say different things when they meet, or are
// edited at once. They took each other's place in every run.
func TestActionsThatDisagreeComeToRest(t *testing.T) {
	var actions []contactsync.IfThen
	for _, kind := range []string{"Client", "Supplier"} {
		actions = append(actions,
			contactsync.IfThen{ID: "mark" + kind, If: filter.Equals("kind", kind), Value: kind},
			contactsync.IfThen{ID: "keep" + kind, Direction: mapping.ToCRM, If: filter.Has("categories", kind), Then: contactsync.ThenSet, Field: "kind", Value: kind})
	}
	w := newWorld(t, acting(actions...))
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Client")
	ada := w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com", "categories=Supplier")

	w.sync()

	assert.Equal(t, []string{"Client"}, w.crmSide("kind"))
	assert.Equal(t, []string{"Supplier|Client"}, w.outlookSide("categories"), "a category that was there when they met stays")
	w.settled()

	w.editOutlook(ada, "categories=Supplier")
	w.sync()
	assert.Equal(t, []string{"Supplier"}, w.crmSide("kind"))
	assert.Equal(t, []string{"Supplier"}, w.outlookSide("categories"))
	w.settled()
	w.editCRM("c1", "kind=Client")
	w.editOutlook(ada, "categories=Supplier|Golf")
	w.sync()
	w.settled()
}

// E9, B6: an action waits for what the run is about to write, and where the mailbox does not keep that acts by what is there.
func TestActionWaitedForWhatIsNotKept(t *testing.T) {
	s := acting(
		contactsync.IfThen{ID: "mark", If: filter.Equals("kind", "Client"), Value: "Client"},
		contactsync.IfThen{ID: "client", Direction: mapping.ToCRM, If: filter.Has("categories", "Client"), Then: contactsync.ThenSet, Field: "kind", Value: "Client"},
		contactsync.IfThen{ID: "supplier", Direction: mapping.ToCRM, If: filter.Has("categories", "Supplier"), Then: contactsync.ThenSet, Field: "kind", Value: "Supplier"})
	w := newWorld(t, s, func(c *contactsync.Config) {
		inner := c.Directory
		c.Directory = contactsynctest.Intercept(inner, contactsynctest.Hooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				writes = slices.Clone(writes)
				for i := range writes {
					writes[i].Set = writes[i].Set.Only(func(name string) bool { return name != "categories" })
				}
				return inner.Apply(ctx, sc, writes)
			},
		})
	})
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Client", "jobTitle=Analyst")
	w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com", "categories=Supplier")

	w.sync()
	assert.Equal(t, []string{"Client"}, w.crmSide("kind"))
	w.sync()

	assert.Equal(t, []string{"Supplier"}, w.crmSide("kind"))
	assert.Equal(t, []string{"Analyst, Supplier"}, w.outlookSide("jobTitle", "categories"))
	w.settled()
}

// E9: an action does not act by a value that is about to be written and does not fit.
func TestActionOnAValueThatDoesNotFit(t *testing.T) {
	w := newWorld(t, acting(contactsync.IfThen{ID: "titled", If: filter.Not(filter.Empty("jobTitle")), Value: "Titled"}))
	card := w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com", "jobTitle="+strings.Repeat("Analyst ", 10))

	w.sync()
	w.sync()
	w.editOutlook(card, "categories=Golf")
	w.sync()

	assert.Equal(t, []string{"Ada, "}, w.crmSide("firstName", "jobTitle"))
	assert.Equal(t, []string{"Golf"}, w.outlookSide("categories"))
	w.editOutlook(card, "jobTitle=Analyst")
	w.sync()
	w.sync()
	assert.Equal(t, []string{"Golf|Titled"}, w.outlookSide("categories"))
	w.settled()
}

// E9: whatever actions there are, if the settings are taken then everything comes to rest, wherever it began and whatever is edited.
func TestActionsThatAreTakenComeToRest(t *testing.T) {
	taken, refused := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		kinds, letters := rapid.SampledFrom([]string{"1", "2"}), rapid.SampledFrom([]string{"A", "B"})
		condition := func(to mapping.Direction, label string) filter.Condition {
			var c filter.Condition
			switch {
			case to == mapping.ToOutlook && rapid.Bool().Draw(rt, label+" reads kind"):
				c = filter.Equals("kind", kinds.Draw(rt, label+" kind"))
			case to == mapping.ToOutlook:
				c = filter.Equals("owner", kinds.Draw(rt, label+" owner"))
			case rapid.Bool().Draw(rt, label+" reads categories"):
				c = filter.Has("categories", letters.Draw(rt, label+" category"))
			default:
				c = filter.Equals("assistantName", letters.Draw(rt, label+" assistant"))
			}
			if rapid.Bool().Draw(rt, label+" not") {
				c = filter.Not(c)
			}
			return c
		}
		var actions []contactsync.IfThen
		for i := range rapid.IntRange(3, 8).Draw(rt, "actions") {
			a := contactsync.IfThen{ID: fmt.Sprint("a", i), Direction: rapid.SampledFrom([]mapping.Direction{mapping.ToOutlook, mapping.ToCRM}).Draw(rt, "direction")}
			a.If = condition(a.Direction, a.ID)
			switch {
			case a.Direction == mapping.ToCRM:
				a.Then, a.Field, a.Value = contactsync.ThenSet, rapid.SampledFrom([]string{"kind", "owner"}).Draw(rt, "field"), kinds.Draw(rt, "value")
			case rapid.Bool().Draw(rt, "sets"):
				a.Then, a.Field, a.Value = contactsync.ThenSet, "assistantName", letters.Draw(rt, "value")
			default:
				a.Then, a.Value = rapid.SampledFrom([]contactsync.Then{contactsync.ThenAdd, contactsync.ThenRemove}).Draw(rt, "then"), letters.Draw(rt, "value")
			}
			actions = append(actions, a)
		}
		s := acting(actions...)
		s.Drift = rapid.SampledFrom([]conflict.Drift{conflict.DriftLeave, conflict.DriftRestore}).Draw(rt, "drift")
		if s.Validate(person, record.OutlookContact) != nil {
			refused++
			return
		}
		taken++
		w := newWorld(t, s)
		w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind="+kinds.Draw(rt, "kind"), "owner="+kinds.Draw(rt, "owner"))
		item := w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com", "categories="+letters.Draw(rt, "category"), "assistantName="+letters.Draw(rt, "assistant"))
		rest := func() {
			for range 12 {
				if w.sync().Wrote() == 0 {
					return
				}
			}
			rt.Fatalf("%v never comes to rest: %v, %v", actions, w.crmSide("kind", "owner"), w.outlookSide("categories", "assistantName"))
		}
		rest()
		for range rapid.IntRange(0, 4).Draw(rt, "edits") {
			if rapid.Bool().Draw(rt, "in the CRM") {
				w.editCRM("c1", rapid.SampledFrom([]string{"kind=1", "kind=2", "kind=", "owner=1", "owner=2"}).Draw(rt, "edit"))
			}
			if rapid.Bool().Draw(rt, "in Outlook") {
				w.editOutlook(item, rapid.SampledFrom([]string{"categories=A", "categories=B", "categories=A|B", "categories=", "assistantName=A", "assistantName=B", "assistantName="}).Draw(rt, "edit"))
			}
			rest()
		}
	})
	t.Logf("%d sets of actions taken, %d refused", taken, refused)
}
