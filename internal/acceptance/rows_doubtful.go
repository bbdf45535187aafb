package acceptance

import (
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
)

const (
	accept = "they are one"
	reject = "they are two"
)

// household has a record and a card that share a number, and whose names disagree; and two that are surely one person.
func household(w *World) {
	w.Put("kees", "firstName=Kees", "lastName=Jansen", "mobile=020 7946 0001")
	w.Add("kim", "givenName=Tineke", "surname=de Vries", "mobilePhone=020 7946 0001")
	w.Put("ada", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.Add("kim", "givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com")
	w.Sync("kim")
}

// answer tells the household and answers the question.
func answer(w *World) {
	household(w)
	u := w.Engine.User(tenant, "kim")
	for _, p := range got(w.state.Problems(w.ctx, w.Connection("kim").ID)) {
		switch {
		case p.Code == contactsync.CodeDoubtfulMatch && w.Choice == accept:
			must(u.Accept(w.ctx, p.ID))
		case p.Code == contactsync.CodeDoubtfulMatch && w.Choice == reject:
			must(u.Reject(w.ctx, p.ID))
		}
	}
	w.Sync("kim")
}

var doubtful = []Row{
	{
		ID: "B8", Case: "a doubtful match waits", // with score and reasons; a certain one is linked
		With: nil, Without: by(func(s *contactsync.Settings) { s.Match.Doubtful = "link" }), Tell: household,
		Want: func(w *World) error {
			wrong := all(
				w.CRM("firstName").Are("Ada", "Kees"), w.Cards("kim", "givenName").Are("Ada", "Tineke"), w.Problems("kim").Are("doubtfulMatch"), is("matched", w.Last("kim").Matched, 1),
			)
			for _, p := range w.Last("kim").Problems {
				wrong = all(wrong, is("reasons", strings.Join(p.Score.Reasons, " "), "samePhone nameDisagrees"), is("score between 0 and 1", p.Score.Value > 0 && p.Score.Value < 1, true))
			}
			return wrong
		},
	},
	{
		ID: "B8", Case: "accepted",
		With: choose(accept), Without: choose(reject), Tell: answer,
		Want: func(w *World) error {
			return all(is("records", len(w.CRM("lastName").lines), 2), is("cards", len(w.Cards("kim", "surname").lines), 2), is("pairs", w.Last("kim").Linked, 2))
		},
	},
	{
		ID: "B8", Case: "rejected",
		With: choose(reject), Without: choose(accept), Tell: answer,
		Want: func(w *World) error {
			return all(names(w, "Ada", "Kees", "Tineke"), w.Problems("kim").Are())
		},
	},
	{
		ID: "B20", Case: "told", // a colleague's record is not doubled
		With: ofColleague("report"), Without: ofColleague("ignore"), Tell: colleague,
		Want: func(w *World) error {
			return all(w.CRM("firstName", "jobTitle").Are("Ada, "), w.Problems("kim").Are("strangerMatch"))
		},
	},
	{
		ID: "B20", Case: "linked on request", // this one, because its user says so
		With: ofColleagueAsked(accept), Without: ofColleagueAsked(""),
		Tell: func(w *World) {
			colleague(w)
			for _, p := range got(w.state.Problems(w.ctx, w.Connection("kim").ID)) {
				if w.Choice == accept {
					must(w.Engine.User(tenant, "kim").Accept(w.ctx, p.ID))
				}
			}
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return all(w.CRM("firstName", "jobTitle").Are("Ada, Analyst"), w.Problems("kim").Are(), is("pairs", w.Last("kim").Linked, 1))
		},
	},
	{
		ID: "B20", Case: "linked by a rule",
		With: ofColleague("link"), Without: ofColleague("report"), Tell: colleague,
		Want: func(w *World) error {
			return all(w.CRM("firstName", "jobTitle").Are("Ada, Analyst"), w.Problems("kim").Are(), is("pairs", w.Last("kim").Linked, 1))
		},
	},
}

func ofColleague(what string) func(*Setup) {
	return by(func(s *contactsync.Settings) {
		s.Filter, s.Match.Ineligible = filter.Equals("owner", filter.User), what
	})
}

func ofColleagueAsked(answer string) func(*Setup) {
	return func(s *Setup) {
		ofColleague("report")(s)
		s.Choice = answer
	}
}

// colleague has kim type in a contact whom the CRM has as lee's.
func colleague(w *World) {
	w.Put("ada", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "owner=lee")
	w.Add("kim", "givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "jobTitle=Analyst")
	w.Sync("kim")
}
