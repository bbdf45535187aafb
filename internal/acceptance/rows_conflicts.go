package acceptance

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

func wins(who mapping.Winner) func(*Setup) {
	return func(s *Setup) { s.Settings.Conflict = who }
}

// bothEdit has two people write the same field, and one of them another.
func bothEdit(w *World) {
	people(w)
	w.Sync("kim")
	w.Edit("ada", "jobTitle=Analyst", "company=Acme")
	w.EditCard("kim", "ada", "jobTitle=Poet", "mobilePhone=07700 900001")
	w.Sync("kim")
}

var conflicts = []Row{
	{
		ID: "C1", Case: "CRM wins",
		With: wins(mapping.CRMWins), Without: wins(mapping.OutlookWins), Tell: bothEdit,
		Want: titles("Analyst", "Analyst"),
	},
	{
		ID: "C1", Case: "Outlook wins",
		With: wins(mapping.OutlookWins), Without: wins(mapping.CRMWins), Tell: bothEdit,
		Want: titles("Poet", "Poet"),
	},
	{
		ID: "C1", Case: "you decide", // nothing is overwritten until somebody has
		With: wins(mapping.Ask), Without: wins(mapping.CRMWins), Tell: bothEdit,
		Want: func(w *World) error {
			wrong := all(titles("Analyst", "Poet")(w), w.Problems("kim").Are("conflict title"))
			w.decide("title")
			w.Sync("kim")
			return all(wrong, titles("Poet", "Poet")(w), w.Problems("kim").Are())
		},
	},
	{
		ID: "C1", Case: "one of two decided", // the other waits on, and all else flows
		With: choose("decide"), Without: choose(""),
		Tell: func(w *World) {
			twoQuestions(w)
			if w.Choice != "" {
				w.decide("title")
			}
			w.Edit("ada", "company=Acme")
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return all(
				w.CRM("firstName", "jobTitle", "notes", "company").Are("Ada, Poet, from the CRM, Acme", "Grace, , , ", "Mary, , , "),
				w.Cards("kim", "givenName", "jobTitle", "personalNotes", "companyName").Are("Ada, Poet, from Outlook, Acme", "Grace, , , ", "Mary, , , "),
				w.Problems("kim").Are("conflict notes"),
			)
		},
	},
	{
		ID: "C1", Case: "a decision too late", // somebody edits what was shown: the decision is refused, and the question stays
		With: choose("an edit meanwhile"), Without: choose(""),
		Tell: func(w *World) {
			twoQuestions(w)
			w.decide("title")
			if w.Choice != "" {
				w.Edit("ada", "jobTitle=Countess")
			}
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return all(
				w.CRM("firstName", "jobTitle").Are("Ada, Countess", "Grace, ", "Mary, "), w.Cards("kim", "givenName", "jobTitle").Are("Ada, Poet", "Grace, ", "Mary, "),
				w.Problems("kim").Are("conflict notes", "conflict title"),
			)
		},
	},
	{
		ID:   "C2", // an empty field does not erase when two meet, whoever wins; later it does
		With: choose("meet"), Without: choose("edit later"),
		Tell: func(w *World) {
			w.setup.Settings.Conflict = mapping.CRMWins
			w.Put("ada", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
			w.Add("kim", "givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Poet")
			w.Sync("kim")
			if w.Choice != "meet" {
				w.Edit("ada", "jobTitle=")
				w.Sync("kim")
			}
		},
		Want: titles("Poet", "Poet"),
	},
}

// twoQuestions has two fields edited on both sides.
func twoQuestions(w *World) {
	people(w)
	w.Sync("kim")
	w.Edit("ada", "jobTitle=Analyst", "notes=from the CRM")
	w.EditCard("kim", "ada", "jobTitle=Poet", "personalNotes=from Outlook")
	w.Sync("kim")
}

// decide takes Outlook's value of the rule in question.
func (w *World) decide(rule string) {
	for _, p := range got(w.state.Problems(w.ctx, w.Connection("kim").ID)) {
		if (p.Code == contactsync.CodeConflict || p.Code == contactsync.CodeCompletion) && p.Rule == rule {
			must(w.Engine.User(tenant, "kim").Decide(w.ctx, p.ID, record.Outlook))
		}
	}
}

// titles says what Ada's job title is on each side, and that other edits went across.
func titles(crm, outlook string) func(*World) error {
	return func(w *World) error {
		a, _ := w.tenant.Record("ada")
		company, _ := a.Fields.Get("company")
		mobile, _ := a.Fields.Get("mobile")
		title, _ := a.Fields.Get("jobTitle")
		card, _ := w.box("kim").Item(w.Card("kim", "ada"))
		theirs, _ := card.Fields.Get("jobTitle")
		employer, _ := card.Fields.Get("companyName")
		phone, _ := card.Fields.Get("mobilePhone")
		return all(
			is("the CRM's title", title.Text(), crm), is("Outlook's title", theirs.Text(), outlook),
			is("Outlook's company", employer.Text(), company.Text()), is("Outlook's mobile", phone.Text(), mobile.Text()),
		)
	}
}

// onDelete lets deletes go across and says what they do.
func onDelete(d contactsync.OnDelete) func(*Setup) {
	return by(func(s *contactsync.Settings) { deletes(s); s.Deleted = d })
}

var deleting = []Row{
	{
		ID:      "X1", // deleted in the CRM: the card stays, and is not synced any more
		With:    onDelete(contactsync.OnDelete{InCRM: contactsync.Detach}),
		Without: onDelete(contactsync.OnDelete{InCRM: contactsync.Propagate}),
		Tell:    deletedInCRM,
		Want: func(w *World) error {
			return all(w.CRM("firstName").Are("Grace", "Mary"), w.Cards("kim", "givenName").Are("Ada", "Grace", "Mary"))
		},
	},
	{
		ID:      "X2", // deleted in the CRM: deleted in Outlook
		With:    onDelete(contactsync.OnDelete{InCRM: contactsync.Propagate}),
		Without: onDelete(contactsync.OnDelete{InCRM: contactsync.Detach}),
		Tell:    deletedInCRM,
		Want: func(w *World) error {
			return all(w.CRM("firstName").Are("Grace", "Mary"), w.Cards("kim", "givenName").Are("Grace", "Mary"))
		},
	},
	{
		ID: "X3", Case: "with the right",
		With:    onDelete(contactsync.OnDelete{InOutlook: contactsync.Propagate}),
		Without: onDelete(contactsync.OnDelete{InOutlook: contactsync.Detach}),
		Tell:    deletedInOutlook,
		Want: func(w *World) error {
			return all(w.CRM("firstName").Are("Ada", "Mary"), w.Cards("kim", "givenName").Are("Mary"))
		},
	},
	{
		ID: "X3", Case: "without it, report",
		With:    onDelete(contactsync.OnDelete{InOutlook: contactsync.Propagate, WithoutRight: "report"}),
		Without: onDelete(contactsync.OnDelete{InOutlook: contactsync.Propagate, WithoutRight: "detach"}),
		Tell:    deletedInOutlook,
		Want: func(w *World) error {
			return all(w.CRM("firstName").Are("Ada", "Mary"), w.Cards("kim", "givenName").Are("Mary"), w.Problems("kim").Are("denied"))
		},
	},
	{
		ID: "X3", Case: "without it, put back",
		With:    onDelete(contactsync.OnDelete{InOutlook: contactsync.Propagate, WithoutRight: "restore"}),
		Without: onDelete(contactsync.OnDelete{InOutlook: contactsync.Propagate, WithoutRight: "report"}),
		Tell:    deletedInOutlook,
		Want: func(w *World) error {
			return all(w.CRM("firstName").Are("Ada", "Mary"), w.Cards("kim", "givenName").Are("Ada", "Mary"), w.Problems("kim").Are())
		},
	},
	{
		ID: "X3", Case: "without it, detach",
		With:    onDelete(contactsync.OnDelete{InOutlook: contactsync.Propagate, WithoutRight: "detach"}),
		Without: onDelete(contactsync.OnDelete{InOutlook: contactsync.Propagate, WithoutRight: "restore"}),
		Tell:    deletedInOutlook,
		Want: func(w *World) error {
			return all(w.CRM("firstName").Are("Ada", "Mary"), w.Cards("kim", "givenName").Are("Mary"), w.Problems("kim").Are())
		},
	},
	{
		ID:      "X4", // deleted in Outlook: the record stays, and comes back when it changes
		With:    onDelete(contactsync.OnDelete{InOutlook: contactsync.Unlink}),
		Without: onDelete(contactsync.OnDelete{InOutlook: contactsync.Detach}),
		Tell: func(w *World) {
			people(w)
			w.Sync("kim")
			w.ThrowAway("kim", "ada", "grace")
			w.Sync("kim")
			w.Edit("ada", "jobTitle=Analyst")
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return all(w.CRM("firstName").Are("Ada", "Grace", "Mary"), w.Cards("kim", "givenName", "jobTitle").Are("Ada, Analyst", "Mary, "))
		},
	},
	{
		ID:   "X5", // nothing is ever deleted
		With: by(unguarded), Without: onDelete(contactsync.OnDelete{InCRM: contactsync.Propagate, InOutlook: contactsync.Propagate}),
		Tell: func(w *World) {
			people(w)
			w.Sync("kim")
			w.Delete("ada")
			w.ThrowAway("kim", "grace")
			w.Everybody()
		},
		Want: func(w *World) error {
			return all(w.CRM("firstName").Are("Grace", "Mary"), w.Cards("kim", "givenName").Are("Ada", "Mary"))
		},
	},
}

func deletedInCRM(w *World) {
	people(w)
	w.Sync("kim")
	w.Delete("ada")
	w.Sync("kim")
}

// deletedInOutlook has Ada and Grace thrown away; nobody may delete Ada in the CRM.
func deletedInOutlook(w *World) {
	people(w)
	w.crm.keep["ada"] = true
	w.Sync("kim")
	w.ThrowAway("kim", "ada", "grace")
	w.Sync("kim")
}
