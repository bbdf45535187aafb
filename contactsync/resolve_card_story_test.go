package contactsync_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// employed is a correction by the schema of a CRM with accounts.
func employed(pairs ...string) contactsync.Correction {
	return contactsync.Correction{Set: fieldsOf(employee, pairs)}
}

// waitingCard is a world with a card of Grace, whose company is no account's, so that the CRM does not have her.
func waitingCard(t *testing.T, s contactsync.Settings, accounts ...string) (w *world, o *office, item string) {
	w, o = newOffice(t, s, append([]string{"Acme Ltd", "Globex GmbH"}, accounts...)...)
	w.employ(o, "c1", "Ada", "a1")
	item = w.addOutlook(card("Grace", "Initech")...)
	w.sync()
	require.Equal(t, []string{"noAccount company"}, w.problems())
	return w, o, item
}

// stillWaits asserts that a refused correction wrote nothing, and that the problem is open as it was.
func (w *world) stillWaits(id string) {
	w.t.Helper()
	assert.Equal(w.t, []string{"Ada, Acme Ltd"}, w.crmSide("firstName", "company"))
	assert.Equal(w.t, []string{"Ada, Acme Ltd", "Grace, Initech"}, w.outlookSide("givenName", "companyName"))
	assert.Equal(w.t, id, w.only().ID)
}

// M5, L3, L4: a card whose company is no account's is listed as one that the user can settle. The corrected company goes to the card, the
// contact is made in the CRM and attached to the account, and it is off the list; a name that is still no account's is refused.
func TestResolveCard(t *testing.T) {
	w, o, _ := waitingCard(t, contactsync.Settings{})
	list := w.myProblems(contactsync.ProblemFilter{Resolvable: true})
	require.Equal(t, 1, list.Resolvable)
	p := list.Rows[0].Problems[0]
	assert.Equal(t, "The CRM has no account of that name. Correct the name, or make the account; until then the contact is not copied.", p.Message)

	var invalid *contactsync.InvalidError
	for _, name := range []string{"Nobody either", "Initech"} {
		_, err := w.me().Resolve(w.ctx, p.ID, employed("company="+name))
		require.ErrorAs(t, err, &invalid)
		assert.Equal(t, "company", invalid.Field)
		w.stillWaits(p.ID)
	}
	r := w.resolve(p.ID, employed("company=Globex"))

	assert.Equal(t, 1, r.Counts[record.CRM].Created)
	assert.Equal(t, []string{"Ada, a1, Acme Ltd", "Grace, a2, Globex GmbH"}, w.crmSide("firstName", "account", "company"))
	assert.Equal(t, []string{"Ada, Acme Ltd", "Grace, Globex"}, w.outlookSide("givenName", "companyName"))
	assert.Len(t, o.accounts, 2)
	assert.Empty(t, w.problems())
	w.settled()

	w.editOutlook(w.itemOf("Grace"), "surname=Hopper")
	w.sync()
	assert.Equal(t, []string{"Ada, Tester", "Grace, Hopper"}, w.crmSide("firstName", "lastName"), "the two are tied")
}

// itemOf is the Outlook item of somebody by first name.
func (w *world) itemOf(first string) string {
	for _, item := range w.box.Items(record.Contact, w.folder) {
		if item.Fields.Text("givenName") == first {
			return item.ID
		}
	}
	require.Fail(w.t, "nobody", first)
	return ""
}

// M5, L4: so is one whose company is several accounts', one without a key, and one that the CRM itself refuses; whatever else is
// corrected goes with it, also where cards that were there are else left alone.
func TestResolveCardOfEveryKind(t *testing.T) {
	t.Run("several accounts", func(t *testing.T) {
		w, _ := newOffice(t, contactsync.Settings{}, "Acme Ltd", "ACME Inc")
		w.addOutlook(card("Grace", "acme")...)
		w.sync()
		require.Equal(t, []string{"severalAccounts company"}, w.problems())

		w.resolve(w.only().ID, employed("company=ACME Inc", "lastName=Hopper"))

		assert.Equal(t, []string{"Hopper, a2"}, w.crmSide("lastName", "account"))
		assert.Equal(t, []string{"Hopper, ACME Inc"}, w.outlookSide("surname", "companyName"))
		assert.Empty(t, w.problems())
		w.settled()
	})
	t.Run("no key", func(t *testing.T) {
		s := twoWay()
		s.Match.RequireKey, s.Match.Existing, s.Match.For = true, conflict.Leave, "always"
		w := newWorld(t, s)
		w.addOutlook("givenName=Grace", "jobTitle=Admiral")
		w.sync()
		p := w.only()
		require.Equal(t, contactsync.CodeNoKey, p.Code)
		require.True(t, p.Resolvable)
		var invalid *contactsync.InvalidError
		_, err := w.me().Resolve(w.ctx, p.ID, corrected("jobTitle=Rear Admiral"))
		require.ErrorAs(t, err, &invalid)
		assert.Equal(t, []string{"Admiral"}, w.outlookSide("jobTitle"))

		for _, w.policy.Overflow = range []string{"", "truncate"} { // the record is made from the card, which has room for three
			_, err = w.me().Resolve(w.ctx, p.ID, corrected("emails=a@example.com|b@example.com|c@example.com|d@example.com"))
			require.ErrorAs(t, err, &invalid)
			assert.Equal(t, "emails", invalid.Field)
		}
		w.policy.Overflow = ""

		w.resolve(p.ID, corrected("emails=grace@example.com"))

		assert.Equal(t, []string{"Grace, grace@example.com, Admiral"}, w.crmSide("firstName", "emails", "jobTitle"))
		assert.Equal(t, []string{"Grace, grace@example.com, Admiral"}, w.outlookSide("givenName", "emailAddresses", "jobTitle"))
		assert.Empty(t, w.problems())
		w.settled()
	})
	t.Run("refused by the CRM", func(t *testing.T) {
		w := nameless(t)
		p := w.only()
		require.True(t, p.Resolvable)

		w.resolve(p.ID, corrected("lastName=Hopper"))

		assert.Equal(t, []string{"Grace, Hopper"}, w.crmSide("firstName", "lastName"))
		assert.Equal(t, []string{"Grace, Hopper"}, w.outlookSide("givenName", "surname"))
		assert.Empty(t, w.problems())
		w.settled()
	})
	t.Run("refused by the CRM again", func(t *testing.T) {
		w := nameless(t)
		p := w.only()

		r := w.resolve(p.ID, corrected("lastName=Nobody"))

		require.Len(t, r.Problems, 1)
		assert.Equal(t, p.First, w.only().First, "it is as old as it was")
		assert.Empty(t, w.crmSide("firstName"))
		w.settled()
	})
}

// nameless has a card that a CRM refuses which asks for a surname, and will not have anybody.
func nameless(t *testing.T) *world {
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		c.Store = refusing{c.Store, func(wr contactsync.Write) error {
			if last := wr.Set.Text("lastName"); wr.Op == contactsync.Create && (last == "" || last == "Nobody") {
				return &contactsync.InvalidError{Field: "lastName", Reason: "is missing"}
			}
			return nil
		}}
	})
	w.addOutlook("givenName=Grace", "emailAddresses=grace@example.com")
	w.sync()
	require.Equal(t, []string{"invalidValue last"}, w.problems())
	return w
}

// L3, L4: where the settings do not let a card be written, its problem is not the user's to settle here, and says so; a correction is refused.
func TestResolveCardThatMayNotBeWritten(t *testing.T) {
	oneWay := contactsync.Settings{Flow: contactsync.Flow{ToOutlook: &contactsync.Ops{Create: true}}}
	w, _, _ := waitingCard(t, oneWay)
	p := w.only()
	assert.False(t, p.Resolvable)
	assert.Contains(t, p.Message, "It is in Outlook alone, and the settings do not let it be changed from here: correct it there.")
	assert.Zero(t, w.myProblems(contactsync.ProblemFilter{}).Resolvable)
	var invalid *contactsync.InvalidError
	_, err := w.me().Resolve(w.ctx, p.ID, employed("company=Globex"))
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "problem", invalid.Field)
	w.stillWaits(p.ID)

	w, _, _ = waitingCard(t, contactsync.Settings{}) // what is settled since the problem was opened
	p = w.only()
	for i := range w.policy.Mapping {
		if w.policy.Mapping[i].ID == "company" {
			w.policy.Mapping[i].Direction = mapping.ToCRM
		}
	}
	_, err = w.me().Resolve(w.ctx, p.ID, employed("company=Globex"))
	require.ErrorAs(t, err, &invalid)
	w.stillWaits(p.ID)
	w.sync()
	assert.False(t, w.only().Resolvable)

	w.editOutlook(w.itemOf("Grace"), "companyName=Globex")
	w.sync()
	assert.Equal(t, []string{"Ada, a1", "Grace, a2"}, w.crmSide("firstName", "account"))
	assert.Empty(t, w.problems())
	w.settled()
}

// L4, bad input: what no rule carries to the card and back, what does not fit Outlook, and what the card cannot hold as it is, is refused before
// anything is written.
func TestResolveCardBadInput(t *testing.T) {
	w, _, _ := waitingCard(t, contactsync.Settings{})
	w.policy.Mapping = append(w.policy.Mapping[:0:0], w.policy.Mapping...)
	for i, r := range w.policy.Mapping {
		if r.ID == "last" {
			w.policy.Mapping[i].Direction = mapping.ToCRM
		}
	}
	id := w.only().ID
	for name, tt := range map[string]struct {
		c     contactsync.Correction
		field string
	}{
		"not carried at all": {employed("company=Globex", "account=a2"), "account"},
		"not carried back":   {employed("company=Globex", "lastName=Hopper"), "lastName"},
		"nothing":            {contactsync.Correction{}, "set"},
		"not what was asked": {employed("firstName=Amazing Grace"), "company"},
	} {
		t.Run(name, func(t *testing.T) {
			var invalid *contactsync.InvalidError
			_, err := w.me().Resolve(w.ctx, id, tt.c)
			require.ErrorAs(t, err, &invalid)
			assert.Equal(t, tt.field, invalid.Field)
			w.stillWaits(id)
		})
	}
	_, err := w.engine.User("acme", "u2").Resolve(w.ctx, id, employed("company=Globex"))
	require.ErrorIs(t, err, contactsync.ErrNotFound)

	w.resolve(id, employed("company="))
	assert.Equal(t, []string{"Ada, Acme Ltd", "Grace, "}, w.crmSide("firstName", "company"), "a contact may have no company")
	assert.Empty(t, w.problems())
	w.settled()
}

// L4, bad input: a correction after which the settings would not let the contact into the CRM, or nothing of it, leaves the card as it is.
func TestResolveCardThatWouldNotBeMade(t *testing.T) {
	for name, tt := range map[string]struct {
		settings func(*contactsync.Settings)
		set      []string
		field    string
	}{
		"out of the filter": {func(s *contactsync.Settings) { s.OutlookFilter = filter.Equals("companyName", "Initech") }, []string{"company=Globex"}, "set"},
		"none are made":     {func(s *contactsync.Settings) { s.Flow.ToCRM = &contactsync.Ops{Update: true} }, []string{"company=Globex"}, "problem"},
		"blank":             {nil, []string{"company=", "firstName=", "lastName=", "email="}, "set"},
	} {
		t.Run(name, func(t *testing.T) {
			w, _, _ := waitingCard(t, contactsync.Settings{})
			if tt.settings != nil {
				tt.settings(w.policy)
			}
			id := w.only().ID

			_, err := w.me().Resolve(w.ctx, id, employed(tt.set...))

			var invalid *contactsync.InvalidError
			require.ErrorAs(t, err, &invalid)
			assert.Equal(t, tt.field, invalid.Field)
			w.stillWaits(id)
		})
	}
}

// L3: a card is the user's to settle here where what it lacks can be carried to it and back, whatever else is mapped.
func TestCardIsSettledHereOrNot(t *testing.T) {
	oneWay := func(ids ...string) []mapping.Rule {
		mapped := rules()
		for i := range mapped {
			if slices.Contains(ids, mapped[i].ID) {
				mapped[i].Direction = mapping.ToCRM
			}
		}
		return mapped
	}
	for name, tt := range map[string]struct {
		mapping []mapping.Rule
		want    bool
	}{
		"an address, both ways":       {oneWay("work", "mobile"), true},
		"a number, both ways":         {oneWay("emails", "work"), true},
		"a name, and no key":          {oneWay("emails", "work", "mobile"), false},
		"nothing but a key, both way": {oneWay("first", "last", "company", "title", "work", "mobile", "notes", "birthday"), true},
	} {
		s := twoWay()
		s.Mapping, s.Match.RequireKey = tt.mapping, true
		w := newWorld(t, s)
		w.addOutlook("givenName=Grace")
		w.sync()
		assert.Equal(t, tt.want, w.only().Resolvable, name)
	}

	for field, want := range map[string]bool{"owner": false, "lastName": true, "no field of the CRM": true} {
		w := newWorld(t, twoWay(), func(c *contactsync.Config) {
			c.Store = refusing{c.Store, func(contactsync.Write) error { return &contactsync.InvalidError{Field: field, Reason: "is missing"} }}
		})
		w.addOutlook("givenName=Grace", "emailAddresses=grace@example.com")
		w.sync()
		assert.Equal(t, want, w.only().Resolvable, field)
	}
}

// M5: where contacts are made without an account, a card that would come to nothing waits, and so does one whose company is several's.
func TestResolveCardWithoutAnAccount(t *testing.T) {
	for _, company := range []string{"Initech", "acme"} {
		w, _ := newOffice(t, contactsync.Settings{Account: contactsync.Accounts{Missing: "without"}}, "Acme Ltd", "ACME Inc")
		w.addOutlook("companyName=" + company)
		w.sync()
		id := w.only().ID
		var invalid *contactsync.InvalidError
		for _, still := range []contactsync.Correction{employed("company=Initrode"), employed("company=ACME"), employed("company=acme", "lastName=Hopper")} {
			_, err := w.me().Resolve(w.ctx, id, still)
			require.ErrorAs(t, err, &invalid)
			assert.Equal(t, "company", invalid.Field)
			assert.Equal(t, []string{company}, w.outlookSide("companyName"))
		}

		w.resolve(id, employed("lastName=Hopper", "company=Initrode"))

		assert.Equal(t, []string{"Hopper, "}, w.crmSide("lastName", "account"))
		assert.Equal(t, []string{"Hopper, Initrode"}, w.outlookSide("surname", "companyName"))
		assert.Empty(t, w.problems())
		w.settled()
	}
}
