package acceptance

import (
	"fmt"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// troubled has a conflict about Ada in kim's connection, and a delete of Grace that kim may not carry out.
func troubled(w *World) {
	people(w)
	w.crm.keep["grace"] = true
	w.Sync("kim", "lee")
	w.Edit("ada", "jobTitle=Analyst")
	w.EditCard("kim", "ada", "jobTitle=Poet")
	w.ThrowAway("kim", "grace")
	w.Everybody()
}

func asked(s *Setup) {
	s.Settings.Conflict = mapping.Ask
	s.only("kim", onDeleteInOutlook)
}

func answered(s *Setup) {
	s.Settings.Conflict = mapping.CRMWins
	s.only("kim", onDeleteInOutlook)
}

func onDeleteInOutlook(s *contactsync.Settings) {
	deletes(s)
	s.Deleted.InOutlook = contactsync.Propagate
}

// labels are those that the user sees beside the people.
func (w *World) labels(user string) Lines {
	l := Lines{of: "labels of " + user}
	for _, m := range got(w.Engine.User(tenant, user).Labels(w.ctx, []string{"ada", "grace", "mary"})) {
		l.lines = append(l.lines, fmt.Sprintf("%s %s", m.Record, m.Mark))
	}
	return l
}

// rows are the lines of the user's list of problems.
func (w *World) rows(user string, f contactsync.ProblemFilter) (Lines, int) {
	list := got(w.Engine.User(tenant, user).Problems(w.ctx, f))
	l := Lines{of: "list of " + user}
	for _, r := range list.Rows {
		l.lines = append(l.lines, fmt.Sprintf("%s %s", r.Record[record.CRM], r.Codes))
	}
	return l, list.Resolvable
}

var telling = []Row{
	{
		ID:   "L1", // a label beside each record, for each user their own
		With: asked, Without: answered, Tell: troubled,
		Want: func(w *World) error {
			return all(w.labels("kim").Are("ada syncError", "grace syncError", "mary synced"), w.labels("lee").Are("ada synced", "grace synced", "mary synced"))
		},
	},
	{
		ID:   "L2", // what the last run did on each side
		With: nil, Without: by(toOutlookOnly),
		Tell: bothSides,
		Want: func(w *World) error {
			s := got(w.Engine.User(tenant, "kim").Summary(w.ctx))
			k := s.Kinds[0]
			return all(
				is("last run", s.LastRun, w.Last("kim").Ended), is("kind", k.Kind, record.Contact), is("pairs", k.Linked, 4),
				is("CRM", k.Written[record.CRM], contactsync.Counts{Created: 1, Updated: 1}),
				is("Outlook", k.Written[record.Outlook], contactsync.Counts{Updated: 1}),
			)
		},
	},
	{
		ID:   "L3", // a row a record, those that the user can settle apart
		With: asked, Without: answered, Tell: troubled,
		Want: func(w *World) error {
			every, n := w.rows("kim", contactsync.ProblemFilter{})
			some, _ := w.rows("kim", contactsync.ProblemFilter{Resolvable: true})
			theirs, _ := w.rows("lee", contactsync.ProblemFilter{})
			return all(every.Are("ada [conflict]", "grace [denied]"), is("resolvable", n, 1), some.Are("ada [conflict]"), theirs.Are())
		},
	},
	{
		ID: "L4", Case: "a value that is refused", // is corrected in the list: the CRM has it at once, the record is synced, the row goes
		With: choose("Countess"), Without: choose(""), Tell: tooLong,
		Want: func(w *World) error {
			list, _ := w.rows("kim", contactsync.ProblemFilter{})
			return all(
				is("the correction", w.refusal, nil), w.CRM("firstName", "jobTitle").Are("Ada, Countess", "Grace, ", "Mary, "),
				w.Cards("kim", "givenName", "jobTitle").Are("Ada, Countess", "Grace, ", "Mary, "), list.Are(),
			)
		},
	},
	{
		ID: "L4", Case: "with one that is refused too", // nothing is written, and the row stays
		With: choose("Countess of Lovelace and mother of engines"), Without: choose("Countess"), Tell: tooLong,
		Want: func(w *World) error {
			list, _ := w.rows("kim", contactsync.ProblemFilter{})
			return all(
				refused(w.refusal, "jobTitle"), w.CRM("firstName", "jobTitle").Are("Ada, ", "Grace, ", "Mary, "),
				w.Cards("kim", "givenName", "jobTitle").Are("Ada, Countess of Lovelace and analyst of engines", "Grace, ", "Mary, "), list.Are("ada [invalidValue]"),
			)
		},
	},
	{
		ID: "L4", Case: "a third value", // settles what both sides wrote
		With: choose("Countess"), Without: choose(""),
		Tell: func(w *World) {
			bothEdit(w)
			w.correct("jobTitle")
		},
		Want: func(w *World) error {
			return all(is("the correction", w.refusal, nil), titles("Countess", "Countess")(w), w.Problems("kim").Are())
		},
	},
	{
		ID: "L4", Case: "of a card that the CRM does not have", // the card is corrected, and the contact is made from it
		With: asksForKey("grace@example.com"), Without: asksForKey(""),
		Tell: func(w *World) {
			w.Add("kim", "givenName=Grace", "surname=Hopper")
			w.Sync("kim")
			w.correct("emails")
		},
		Want: func(w *World) error {
			list, _ := w.rows("kim", contactsync.ProblemFilter{})
			return all(
				is("the correction", w.refusal, nil), w.CRM("firstName", "emails").Are("Grace, grace@example.com"),
				w.Cards("kim", "givenName", "emailAddresses").Are("Grace, grace@example.com"), list.Are(),
			)
		},
	},
	{
		ID: "L4", Case: "of a card that may not be changed", // it is listed, and not the user's to settle here
		With: by(func(s *contactsync.Settings) {
			s.Match.RequireKey, s.Flow.ToOutlook = true, &contactsync.Ops{Create: true}
		}), Without: asksForKey(""),
		Tell: func(w *World) {
			w.Add("kim", "givenName=Grace", "surname=Hopper")
			w.Sync("kim")
			w.Choice = "grace@example.com"
			w.correct("emails")
		},
		Want: func(w *World) error {
			list, n := w.rows("kim", contactsync.ProblemFilter{})
			return all(refused(w.refusal, "problem"), list.Are(" [noKey]"), is("resolvable", n, 0), w.Cards("kim", "emailAddresses").Are(""))
		},
	},
	{
		ID:   "L5", // active, or why not
		With: choose("deactivate"), Without: choose(""),
		Tell: func(w *World) {
			people(w)
			w.Sync("kim", "lee")
			if w.Choice != "" {
				must(w.Engine.Deactivate(w.ctx, w.Connection("kim").ID))
			}
		},
		Want: func(w *World) error {
			return all(
				is("kim's status", w.Connection("kim").Status, contactsync.Off), is("a reason is told", w.Connection("kim").Reason != "", true),
				is("lee's status", w.Connection("lee").Status, contactsync.Idle),
			)
		},
	},
}

// asksForKey lets only contacts with a key across, and has a user give one to a card.
func asksForKey(email string) func(*Setup) {
	return func(s *Setup) { s.Settings.Match.RequireKey, s.Choice = true, email }
}

// tooLong has a job title in Outlook that the CRM has no room for, and a user who corrects it.
func tooLong(w *World) {
	people(w)
	w.Sync("kim")
	w.EditCard("kim", "ada", "jobTitle=Countess of Lovelace and analyst of engines")
	w.Sync("kim")
	w.correct("jobTitle")
}

// correct has kim correct the field of the record in question to what the story chose, if it did.
func (w *World) correct(field string) {
	if w.Choice == "" {
		return
	}
	for _, p := range got(w.state.Problems(w.ctx, w.Connection("kim").ID)) {
		_, w.refusal = w.Engine.User(tenant, "kim").Resolve(w.ctx, p.ID, contactsync.Correction{Set: fieldsOf(person, []string{field + "=" + w.Choice})})
	}
}
