package acceptance

import (
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// changed is the rules with one of them changed.
func changed(rules []mapping.Rule, id string, change func(*mapping.Rule)) []mapping.Rule {
	rules = slices.Clone(rules)
	for i := range rules {
		if rules[i].ID == id {
			change(&rules[i])
		}
	}
	return rules
}

var ahead = slices.Concat([]Row{
	{
		ID: "B1", Case: "a rule per field", // notes: the CRM wins; job title: a person is asked
		With: notesByCRM, Without: nil, Tell: editedTwice, Want: oneQuestion,
	},
	{
		ID: "B1", Case: "one field waits", // and not the record
		With: notesByCRM, Without: func(s *Setup) { notesByCRM(s); s.Settings.Merge = "record" }, Tell: editedTwice, Want: oneQuestion,
	},
	{
		ID: "B2", // job title only to Outlook, mobile only to the CRM, the rest both ways
		With: by(func(s *contactsync.Settings) {
			s.Mapping = changed(s.Mapping, "title", func(r *mapping.Rule) { r.Direction = mapping.ToOutlook })
			s.Mapping = changed(s.Mapping, "mobile", func(r *mapping.Rule) { r.Direction = mapping.ToCRM })
		}),
		Without: nil,
		Tell: func(w *World) {
			people(w)
			w.Sync("kim")
			w.Edit("ada", "jobTitle=Analyst", "mobile=020 7946 0001")
			w.EditCard("kim", "grace", "jobTitle=Admiral", "mobilePhone=020 7946 0002", "companyName=Navy")
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return all(
				w.CRM("firstName", "jobTitle", "mobile", "company").Are("Ada, Analyst, 020 7946 0001, ", "Grace, , 020 7946 0002, Navy", "Mary, , , "),
				w.Cards("kim", "givenName", "jobTitle", "mobilePhone", "companyName").Are("Ada, Analyst, , ", "Grace, Admiral, 020 7946 0002, Navy", "Mary, , , "),
			)
		},
	},
	{
		ID: "B3", Case: "looking", // a plan says all, and writes nothing
		With: choose("plan"), Without: choose("sync"),
		Tell: func(w *World) {
			people(w)
			if w.Choice == "sync" {
				w.Sync("kim")
			}
		},
		Want: func(w *World) error {
			p := got(w.Engine.Plan(w.ctx, w.Connection("kim").ID))
			l := Lines{of: "the plan"}
			for _, a := range p.Actions {
				l.lines = append(l.lines, string(a.Op)+" "+string(a.Reason)+" "+a.IDs[record.CRM])
			}
			slices.Sort(l.lines)
			return all(l.Are("create new ada", "create new grace", "create new mary"), w.Cards("kim", "givenName").Are())
		},
	},
	{
		ID: "B3", Case: "doing", // what has moved since is skipped, and left to the next run
		With: choose("an edit meanwhile"), Without: choose(""),
		Tell: func(w *World) {
			people(w)
			w.Sync("kim")
			w.Edit("ada", "jobTitle=Analyst")
			w.Edit("grace", "jobTitle=Admiral")
			p := got(w.Engine.Plan(w.ctx, w.Connection("kim").ID))
			if w.Choice != "" {
				w.Edit("ada", "jobTitle=Countess")
			}
			w.last["kim"] = got(w.Engine.Apply(w.ctx, p))
		},
		Want: func(w *World) error {
			return all(
				w.Cards("kim", "givenName", "jobTitle").Are("Ada, ", "Grace, Admiral", "Mary, "),
				is("skipped", w.Last("kim").Counts[record.Outlook].Skipped, 1),
			)
		},
	},
}, guarded, apart, []Row{
	{
		ID:   "B9", // a record that three users selected is in three mailboxes, and edited from any
		With: selectedByAll, Without: func(s *Setup) { selectedByAll(s); s.only("kim", toOutlookOnly) },
		Tell: func(w *World) {
			people(w)
			w.Edit("ada", "selectedBy=kim|lee|max")
			w.Sync("kim", "lee", "max")
			w.Edit("ada", "jobTitle=Analyst")
			w.Everybody()
			w.EditCard("kim", "ada", "mobilePhone=020 7946 0001")
			w.Everybody()
		},
		Want: func(w *World) error {
			wrong := w.CRM("firstName", "jobTitle", "mobile").Are("Ada, Analyst, 020 7946 0001", "Grace, , ", "Mary, , ")
			for _, who := range w.names {
				wrong = all(wrong, w.Cards(who, "givenName", "jobTitle", "mobilePhone").Are("Ada, Analyst, 020 7946 0001"))
			}
			return wrong
		},
	},
	{
		ID: "B9", Case: "two at once", // what two users write about one field is settled as between the two sides
		With: wins(mapping.CRMWins), Without: wins(mapping.OutlookWins),
		Tell: func(w *World) {
			people(w)
			w.Sync("kim", "lee", "max")
			w.EditCard("kim", "ada", "jobTitle=Analyst")
			w.EditCard("lee", "ada", "jobTitle=Poet")
			w.Everybody()
		},
		Want: func(w *World) error {
			now := []string{"Ada, Analyst", "Grace, ", "Mary, "}
			wrong := w.CRM("firstName", "jobTitle").Are(now...)
			for _, who := range w.names {
				wrong = all(wrong, w.Cards(who, "givenName", "jobTitle").Are(now...))
			}
			return wrong
		},
	},
	{
		ID:   "B10", // why a record is in Outlook, or is not
		With: selecting(filter.And(filter.Not(filter.Empty("owner")), filter.Equals("kind", "client"))), Without: selecting(filter.Condition{}),
		Tell: func(w *World) {
			people(w)
			w.Edit("ada", "kind=client", "owner=kim")
			w.Edit("grace", "kind=supplier", "owner=kim")
			w.Add("kim", "givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
			w.Sync("kim")
		},
		Want: func(w *World) error {
			there := got(w.Engine.Explain(w.ctx, w.Connection("kim").ID, record.CRM, "ada"))
			not := got(w.Engine.Explain(w.ctx, w.Connection("kim").ID, record.CRM, "grace"))
			return all(
				is("Ada", there.Standing, contactsync.StandingInSync), is("Ada was matched by an address", slices.Contains(there.Alike, match.EmailKey), true),
				is("Grace", not.Standing, contactsync.StandingNotSelected), is("the condition that says so", not.Decider, "and[1].equals"),
			)
		},
	},
	{
		ID:   "B11", // a run is taken back
		With: journal(24 * time.Hour), Without: journal(0),
		Tell: func(w *World) {
			people(w)
			w.Sync("kim")
			w.Edit("ada", "jobTitle=Analyst")
			run := w.SyncBy("kim").Run
			_, err := w.Engine.Undo(w.ctx, w.Connection("kim").ID, run)
			if err != nil && w.Choice == "keep" {
				must(err)
			}
		},
		Want: func(w *World) error { return w.Cards("kim", "givenName", "jobTitle").Are("Ada, ", "Grace, ", "Mary, ") },
	},
	{
		ID: "B17", Case: "layers", // the connection's settings before the user's, and those before the tenant's
		With: choose(`{"conflict": "outlook"}`), Without: choose(`{}`),
		Tell: func(w *World) {
			w.setup.Settings.Conflict = mapping.Ask
			w.layers["kim"], w.layers["kim/"] = `{"conflict": "crm"}`, w.Choice
			bothEdit(w)
		},
		Want: titles("Poet", "Poet"),
	},
	{
		ID: "B17", Case: "a preview", // what a preview of other settings says is what they do, and it does nothing itself
		With: choose("as previewed"), Without: choose("otherwise"),
		Tell: func(w *World) {
			deletes(&w.setup.Settings)
			people(w)
			w.Edit("ada", "owner=kim")
			w.Sync("kim")
			narrower := w.setup.Settings
			narrower.Filter, narrower.Left = filter.Equals("owner", filter.User), contactsync.Propagate
			w.Previewed = got(w.Engine.Preview(w.ctx, w.Connection("kim").ID, narrower))
			if w.Choice == "as previewed" {
				w.setup.Settings = narrower
			}
			before := len(w.Cards("kim", "givenName").lines)
			w.Sync("kim")
			must(is("cards after the preview", before, 3))
		},
		Want: func(w *World) error {
			crm, outlook := w.Previewed.Counts(record.CRM), w.Previewed.Counts(record.Outlook)
			return all(
				is("deletes that were told", outlook, contactsync.PlanCounts{Delete: 2}), is("what was told of the CRM", crm, contactsync.PlanCounts{}),
				is("who was to leave", w.Previewed.Leaving, 2),
				is("deletes", w.Last("kim").Counts[record.Outlook].Deleted, 2), is("writes", w.Last("kim").Wrote(), 2),
				w.Cards("kim", "givenName").Are("Ada"),
			)
		},
	},
	{
		ID:   "B18", // a person is erased, with the copies in mailboxes
		With: choose(string(contactsync.CopiesMade)), Without: choose(string(contactsync.CopiesKept)),
		Tell: func(w *World) {
			people(w)
			w.Sync("kim", "lee")
			w.Delete("ada")
			got(w.Engine.Forget(w.ctx, tenant, []string{"ada"}, contactsync.Copies(w.Choice)))
			w.Everybody()
		},
		Want: func(w *World) error {
			return all(w.CRM("firstName").Are("Grace", "Mary"), w.Cards("kim", "givenName").Are("Grace", "Mary"), w.Cards("lee", "givenName").Are("Grace", "Mary"))
		},
	},
	{
		ID:   "B19", // what the sync put into the mailbox and nobody touched is taken back; nothing else goes anywhere
		With: choose("take back"), Without: choose(""),
		Tell: func(w *World) {
			people(w)
			w.Add("kim", "givenName=Mary", "surname=Somerville", "emailAddresses=mary@example.com")
			w.Add("kim", "givenName=Emmy", "surname=Noether", "emailAddresses=emmy@example.com")
			deletes(&w.setup.Settings)
			w.setup.Settings.Deleted.InOutlook = contactsync.Propagate
			w.Sync("kim", "lee")
			w.EditCard("kim", "grace", "nickName=Amazing Grace")
			var opts []contactsync.DisconnectOption
			if w.Choice != "" {
				opts = append(opts, contactsync.TakeBack(got(w.Engine.PlanDisconnect(w.ctx, w.conns["kim"].ID)).Removed))
			}
			w.end("kim", opts...)
			w.Everybody()
		},
		Want: func(w *World) error {
			everybody := []string{"Ada", "Emmy", "Grace", "Mary"}
			return all(
				w.Cards("kim", "givenName").Are("Emmy", "Grace", "Mary"),
				w.CRM("firstName").Are(everybody...), w.Cards("lee", "givenName").Are(everybody...),
			)
		},
	},
	{
		ID:   "B21", // private cards stay out of the CRM
		With: nil, Without: by(func(s *contactsync.Settings) { s.Private = true }),
		Tell: func(w *World) {
			w.Add("kim", "givenName=Ada", "surname=Lovelace")
			must(w.box("kim").SetPrivate(w.Add("kim", "givenName=Grace", "surname=Hopper"), true))
			w.Sync("kim")
		},
		Want: func(w *World) error { return w.CRM("firstName").Are("Ada") },
	},
	{
		ID: "B22", Case: "cut", // what does not fit is cut on request, and listed
		With: by(func(s *contactsync.Settings) { s.Overflow = "truncate" }), Without: nil,
		Tell: func(w *World) {
			w.Add("kim", "givenName=Ada", "surname=Lovelace", "jobTitle=Countess of Lovelace and analyst of engines")
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return all(w.CRM("firstName", "jobTitle").Are("Ada, Countess of Lovelace and analy"), is("listed as cut", w.Last("kim").Diverged[string(mapping.Cut)], 1), w.Problems("kim").Are())
		},
	},
	{
		ID: "B22", Case: "the first only", // of several numbers one has room in the CRM; the others are never wiped
		With: nil, Without: by(func(s *contactsync.Settings) { s.Mapping = without(s.Mapping, "work") }),
		Tell: func(w *World) {
			w.Add("kim", "givenName=Ada", "surname=Lovelace", "businessPhones=020 7946 0001|020 7946 0002")
			w.Sync("kim")
			for _, r := range w.tenant.Records(record.Contact) {
				w.Edit(r.ID, "workPhone=020 7946 0003")
			}
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return all(w.Cards("kim", "givenName", "businessPhones").Are("Ada, 020 7946 0003|020 7946 0002"), is("listed", w.Last("kim").Diverged[string(mapping.FirstOnly)], 1))
		},
	},
	{
		ID: "B22", Case: "filled only if empty",
		With: existing(conflict.FillEmpty, ""), Without: existing(conflict.Override, ""), Tell: meeting,
		Want: func(w *World) error {
			x := got(w.Engine.Explain(w.ctx, w.Connection("kim").ID, record.CRM, "ada"))
			return all(is("Ada", x.Standing, contactsync.StandingDiverged), is("listed", len(w.Last("kim").Diverged), 1))
		},
	},
})

func selectedByAll(s *Setup) { s.Settings.Filter = filter.Has("selectedBy", filter.User) }

func notesByCRM(s *Setup) {
	s.Settings.Mapping = changed(s.Settings.Mapping, "notes", func(r *mapping.Rule) { r.Conflict = mapping.CRMWins })
}

// editedTwice has two fields edited on both sides, and one more on each.
func editedTwice(w *World) {
	people(w)
	w.Sync("kim")
	w.Edit("ada", "jobTitle=Analyst", "notes=from the CRM", "company=Acme")
	w.EditCard("kim", "ada", "jobTitle=Poet", "personalNotes=from Outlook", "mobilePhone=020 7946 0001")
	w.Sync("kim")
}

func oneQuestion(w *World) error {
	return all(
		w.CRM("firstName", "jobTitle", "notes", "company", "mobile").Are("Ada, Analyst, from the CRM, Acme, 020 7946 0001", "Grace, , , , ", "Mary, , , , "),
		w.Cards("kim", "givenName", "jobTitle", "personalNotes", "companyName", "mobilePhone").Are("Ada, Poet, from the CRM, Acme, 020 7946 0001", "Grace, , , , ", "Mary, , , , "),
		w.Problems("kim").Are("conflict title"),
	)
}

func journal(keep time.Duration) func(*Setup) {
	return func(s *Setup) {
		if keep == 0 {
			return
		}
		s.Choice = "keep"
		s.Config = func(c *contactsync.Config) {
			c.Journal = contactsync.Journaling{Keep: keep, Key: []byte("0123456789abcdef0123456789abcdef")}
		}
	}
}
