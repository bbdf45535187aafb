package acceptance

import (
	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

func matchBy(by match.By) func(*Setup) {
	return func(s *Setup) { s.Settings.Match.By = by }
}

// met has three people on both sides, with the same address, the same number, and both.
func met(w *World) {
	w.Put("ada", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "mobile=020 7946 0001")
	w.Put("grace", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com", "mobile=020 7946 0002")
	w.Put("mary", "firstName=Mary", "lastName=Somerville", "emails=mary@example.com", "mobile=020 7946 0003")
	w.Add("kim", "givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "mobilePhone=020 7946 0011")
	w.Add("kim", "givenName=Grace", "surname=Hopper", "emailAddresses=hopper@example.org", "mobilePhone=020 7946 0002")
	w.Add("kim", "givenName=Mary", "surname=Somerville", "emailAddresses=mary@example.com", "mobilePhone=020 7946 0003")
	w.Sync("kim")
}

// who is in both address books once the given names are as they are.
func names(w *World, want ...string) error {
	return all(w.CRM("firstName").Are(want...), w.Cards("kim", "givenName").Are(want...))
}

var (
	onePair   = []string{"Ada", "Ada", "Grace", "Grace", "Mary"}
	adaTwice  = []string{"Ada", "Ada", "Grace", "Mary"}
	nobody    = []string{"Ada", "Grace", "Mary"}
	hopTwice  = []string{"Ada", "Grace", "Grace", "Mary"}
	duplicate = func(want []string) func(*World) error { return func(w *World) error { return names(w, want...) } }
)

var matching = []Row{
	{
		ID: "M1", Case: "email or phone",
		With: matchBy(match.ByEmailOrPhone), Without: matchBy(match.ByEmail), Tell: met, Want: duplicate(nobody),
	},
	{
		ID: "M1", Case: "only email",
		With: matchBy(match.ByEmail), Without: matchBy(match.ByPhone), Tell: met, Want: duplicate(hopTwice),
	},
	{
		ID: "M1", Case: "only phone",
		With: matchBy(match.ByPhone), Without: matchBy(match.ByEmail), Tell: met, Want: duplicate(adaTwice),
	},
	{
		ID: "M1", Case: "both",
		With: matchBy(match.ByEmailAndPhone), Without: matchBy(match.ByEmailOrPhone), Tell: met, Want: duplicate(onePair),
	},
	{
		ID: "M2", Case: "fill only empty fields",
		With: existing(conflict.FillEmpty, ""), Without: existing(conflict.Override, ""), Tell: meeting,
		Want: func(w *World) error {
			return w.Cards("kim", "givenName", "jobTitle", "companyName").Are("Ada, Poet, Acme")
		},
	},
	{
		ID: "M2", Case: "override all",
		With: existing(conflict.Override, ""), Without: existing(conflict.FillEmpty, ""), Tell: meeting,
		Want: func(w *World) error {
			return w.Cards("kim", "givenName", "jobTitle", "companyName").Are("Ada, Analyst, Acme")
		},
	},
	{
		ID: "M2", Case: "do not update",
		With: existing(conflict.Leave, ""), Without: existing(conflict.FillEmpty, ""), Tell: meeting,
		Want: func(w *World) error { return w.Cards("kim", "givenName", "jobTitle", "companyName").Are("Ada, Poet, ") },
	},
	{
		ID: "M2", Case: "for the first meeting", // a later edit goes across whatever is there
		With: existing(conflict.FillEmpty, "firstMeeting"), Without: existing(conflict.FillEmpty, "always"), Tell: meetingAndEdit,
		Want: func(w *World) error {
			return w.Cards("kim", "givenName", "jobTitle", "companyName").Are("Ada, Countess, Acme")
		},
	},
	{
		ID: "M2", Case: "for every push", // a later edit fills what is empty, and no more
		With: existing(conflict.FillEmpty, "always"), Without: existing(conflict.FillEmpty, "firstMeeting"), Tell: meetingAndEdit,
		Want: func(w *World) error {
			return w.Cards("kim", "givenName", "jobTitle", "companyName").Are("Ada, Poet, Acme")
		},
	},
	{
		ID: "M3", Case: "the first",
		With: several(match.First), Without: several(match.All), Tell: twoCards,
		Want: func(w *World) error {
			return all(
				w.Cards("kim", "givenName", "personalNotes", "jobTitle").Are("Ada, the older card, Analyst", "Ada, the other card, "),
				w.CRM("firstName").Are("Ada"), w.Problems("kim").Are("severalMatches"),
			)
		},
	},
	{
		ID: "M3", Case: "all of them",
		With: several(match.All), Without: several(match.First), Tell: twoCards,
		Want: func(w *World) error {
			return all(w.Cards("kim", "givenName", "jobTitle").Are("Ada, Analyst", "Ada, Analyst"), w.CRM("firstName").Are("Ada"))
		},
	},
	{
		ID: "M3", Case: "the user chooses",
		With: several(match.AskSeveral), Without: several(match.First),
		Tell: func(w *World) {
			twoCards(w)
			for _, p := range got(w.state.Problems(w.ctx, w.Connection("kim").ID)) {
				card, _ := w.box("kim").Item(p.Record[record.Outlook])
				if notes, _ := card.Fields.Get("personalNotes"); notes.Text() == "the other card" && p.Code == contactsync.CodeDoubtfulMatch {
					must(w.Engine.User(tenant, "kim").Accept(w.ctx, p.ID))
				}
			}
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return all(
				w.Cards("kim", "givenName", "personalNotes", "jobTitle").Are("Ada, the older card, ", "Ada, the other card, Analyst"),
				w.CRM("firstName").Are("Ada"),
			)
		},
	},
	{
		ID:   "M4", // the tie outlives a changed address and name, also where all that was remembered is lost
		With: choose("edit"), Without: choose("type in anew"),
		Tell: func(w *World) {
			w.Put("ada", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.Sync("kim")
			card := w.Card("kim", "ada")
			set := []string{"givenName=Augusta", "surname=King", "emailAddresses=king@example.org"}
			if w.Choice == "edit" {
				must(w.box("kim").Edit(card, fieldsOf(record.OutlookContact, set)))
			} else {
				must(w.box("kim").Delete(card))
				w.Add("kim", set...)
			}
			w.forgetAll()
			w.Everybody()
		},
		Want: func(w *World) error {
			return is("cards", len(w.Cards("kim", "givenName").lines), 1)
		},
	},
	{
		ID: "M4", Case: "a changed address",
		With: choose("edit"), Without: choose("type in anew"),
		Tell: func(w *World) {
			w.Put("ada", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.Sync("kim")
			w.Edit("ada", "emails=king@example.org", "lastName=King")
			if w.Choice == "edit" {
				w.EditCard("kim", "ada", "mobilePhone=020 7946 0001")
			} else {
				w.ThrowAway("kim", "ada")
				w.Add("kim", "givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "mobilePhone=020 7946 0001")
			}
			w.Everybody()
		},
		Want: func(w *World) error {
			return all(
				w.CRM("lastName", "emails", "mobile").Are("King, king@example.org, 020 7946 0001"),
				w.Cards("kim", "surname", "emailAddresses", "mobilePhone").Are("King, king@example.org, 020 7946 0001"),
			)
		},
	},
}

func existing(rule conflict.Existing, when string) func(*Setup) {
	return by(func(s *contactsync.Settings) { s.Match.Existing, s.Match.For = rule, when; toOutlookOnly(s) })
}

// meeting has Ada on both sides with two job titles, and a company in the CRM alone.
func meeting(w *World) {
	w.Put("ada", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Analyst", "company=Acme")
	w.Add("kim", "givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Poet")
	w.Sync("kim")
}

func meetingAndEdit(w *World) {
	meeting(w)
	w.Edit("ada", "jobTitle=Countess")
	w.Sync("kim")
}

func several(s match.Several) func(*Setup) {
	return func(setup *Setup) { setup.Settings.Match.Several = s }
}

// twoCards has one person twice in Outlook.
func twoCards(w *World) {
	w.Put("ada", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "jobTitle=Analyst")
	w.Add("kim", "givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "personalNotes=the older card")
	w.later(1)
	w.Add("kim", "givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "personalNotes=the other card")
	w.setup.Settings.Mapping = without(w.setup.Settings.Mapping, "notes")
	w.Sync("kim")
}

// forgetAll loses all that was remembered but the connections.
func (w *World) forgetAll() {
	w.state = memstore.NewState()
	w.cfg.State = w.state
	w.restart()
	for _, who := range w.names {
		c := w.conns[who]
		c.Progress = contactsync.Progress{}
		must(w.state.PutConnection(w.ctx, c))
	}
}
