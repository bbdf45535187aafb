package acceptance

import (
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
)

// selecting is a setup with a filter.
func selecting(c filter.Condition) func(*Setup) {
	return by(func(s *contactsync.Settings) { s.Filter = c })
}

// manager of the records that are not former, or among their owners.
var responsible = filter.Or(filter.Equals("manager", filter.User), filter.Has("owners", filter.User))

var taking = []Row{
	{
		ID:   "E1", // one by one, by several users; each edit goes to all who chose the record
		With: selecting(filter.Has("selectedBy", filter.User)), Without: selecting(filter.Condition{}),
		Tell: func(w *World) {
			people(w)
			w.Edit("ada", "selectedBy=kim|lee")
			w.Edit("grace", "selectedBy=lee")
			w.Sync("kim", "lee", "max")
			w.Edit("ada", "jobTitle=Analyst")
			w.Everybody()
		},
		Want: func(w *World) error {
			return all(
				w.Cards("kim", "givenName", "jobTitle").Are("Ada, Analyst"),
				w.Cards("lee", "givenName", "jobTitle").Are("Ada, Analyst", "Grace, "),
				w.Cards("max", "givenName").Are(),
			)
		},
	},
	{
		ID:   "E2", // only contacts of some permission levels
		With: selecting(filter.In("level", "all", "sales")), Without: selecting(filter.Condition{}),
		Tell: func(w *World) {
			people(w)
			w.Edit("ada", "level=all")
			w.Edit("grace", "level=board")
			w.Edit("mary", "level=sales")
			w.Sync("kim")
		},
		Want: func(w *World) error { return w.Cards("kim", "givenName").Are("Ada", "Mary") },
	},
	{
		ID: "E3", Case: "own",
		With: selecting(filter.Equals("owner", filter.User)), Without: selecting(filter.Condition{}),
		Tell: owned,
		Want: func(w *World) error {
			return all(w.Cards("kim", "givenName").Are("Ada"), w.Cards("lee", "givenName").Are("Grace"))
		},
	},
	{
		ID: "E3", Case: "own or edit",
		With:    selecting(filter.Or(filter.Equals("owner", filter.User), filter.Has("editors", filter.User))),
		Without: selecting(filter.Equals("owner", filter.User)),
		Tell:    owned,
		Want: func(w *World) error {
			return all(w.Cards("kim", "givenName").Are("Ada", "Mary"), w.Cards("lee", "givenName").Are("Grace", "Mary"))
		},
	},
	{
		ID:   "E4", // all that the user may see in the CRM, and nothing else
		With: selecting(filter.Condition{}), Without: selecting(filter.Equals("owner", filter.User)),
		Tell: func(w *World) {
			people(w)
			w.Edit("ada", "owner=kim")
			must(w.tenant.Share("grace", "lee"))
			w.Sync("kim", "lee")
			w.Edit("mary", "jobTitle=Writer")
			w.Everybody()
		},
		Want: func(w *World) error {
			return all(
				w.Cards("kim", "givenName", "jobTitle").Are("Ada, ", "Mary, Writer"),
				w.Cards("lee", "givenName", "jobTitle").Are("Ada, ", "Grace, ", "Mary, Writer"),
			)
		},
	},
	{
		ID: "E5", Case: "accounts I own",
		With: selecting(filter.Equals("accountOwner", filter.User)), Without: selecting(filter.Equals("owner", filter.User)),
		Tell: func(w *World) {
			owned(w)
			w.Edit("mary", "accountOwner=kim")
			w.Everybody()
		},
		Want: func(w *World) error { return w.Cards("kim", "givenName").Are("Mary") },
	},
	{
		ID: "E5", Case: "account contacts I own",
		With:    selecting(filter.And(filter.Equals("kind", "account"), filter.Equals("owner", filter.User))),
		Without: selecting(filter.Equals("owner", filter.User)),
		Tell: func(w *World) {
			people(w)
			w.Edit("ada", "owner=kim")
			w.Edit("grace", "owner=kim", "kind=account")
			w.Edit("mary", "owner=lee", "kind=account")
			w.Sync("kim")
		},
		Want: func(w *World) error { return w.Cards("kim", "givenName").Are("Grace") },
	},
	{
		ID: "E5", Case: "favourites",
		With: selecting(filter.Has("favouriteOf", filter.User)), Without: selecting(filter.Has("selectedBy", filter.User)),
		Tell: func(w *World) {
			people(w)
			w.Edit("ada", "favouriteOf=kim|lee")
			w.Edit("grace", "favouriteOf=lee")
			w.Sync("kim", "lee")
		},
		Want: func(w *World) error {
			return all(w.Cards("kim", "givenName").Are("Ada"), w.Cards("lee", "givenName").Are("Ada", "Grace"))
		},
	},
	{
		ID: "E6", Case: "criteria are edited", // in a copy of a saved search, which acts at the next run
		With:    search(`"saved": {"my clients": {"and": [{"equals": {"field": "owner", "value": "$user"}}, {"equals": {"field": "kind", "value": "client"}}]}}, "filter": {"saved": "my clients"}`),
		Without: search(`"filter": {"saved": "mine"}`),
		Tell:    searching,
		Want: func(w *World) error {
			w.Edit("mary", "jobTitle=Writer")
			w.Sync("kim")
			return all(is("the search is accepted", w.refusal, nil), w.Cards("kim", "givenName", "jobTitle").Are("Ada, ", "Mary, "))
		},
	},
	{
		ID: "E6", Case: "a predefined field stays", // a copy without it is refused, and the search before it holds
		With: search(clientsOfAll), Without: func(s *Setup) { search(clientsOfAll)(s); s.Settings.Predefined = nil },
		Tell: searching,
		Want: func(w *World) error {
			wrong := refused(w.refusal, "saved[my clients]")
			delete(w.layers, "kim")
			w.Sync("kim")
			return all(wrong, w.Cards("kim", "givenName").Are("Ada", "Mary"))
		},
	},
	{
		ID:   "E7", // manager, or among the owners, and not former; who becomes former stops being updated
		With: selecting(filter.And(responsible, filter.Not(filter.Equals("former", "true")))), Without: selecting(responsible),
		Tell: func(w *World) {
			people(w)
			w.Edit("ada", "manager=kim")
			w.Edit("grace", "owners=lee|kim", "former=true")
			w.Edit("mary", "owners=lee|kim")
			w.Sync("kim")
			w.Edit("mary", "former=true")
			w.Sync("kim")
			w.Edit("mary", "jobTitle=Retired")
			w.Sync("kim")
		},
		Want: func(w *World) error { return w.Cards("kim", "givenName", "jobTitle").Are("Ada, ", "Mary, ") },
	},
	{
		ID:   "E8", // each kind of person with a map of its own, in a folder of its own
		With: byKind(true), Without: byKind(false),
		Tell: func(w *World) {
			w.Put("ada", "firstName=Ada", "lastName=Lovelace", "kind=business", "jobTitle=Analyst", "workPhone=020 7946 0001", "mobile=07700 900001")
			w.Put("mary", "firstName=Mary", "lastName=Somerville", "kind=private", "jobTitle=Writer", "workPhone=020 7946 0002", "mobile=07700 900002")
			w.Put("emmy", "firstName=Emmy", "lastName=Noether", "kind=employee", "jobTitle=Reader", "workPhone=020 7946 0003")
			w.Sync("kim/Business", "kim/Private")
		},
		Want: func(w *World) error {
			return all(
				w.Cards("kim/Business", "givenName", "jobTitle", "businessPhones", "mobilePhone").Are("Ada, Analyst, 020 7946 0001, 07700 900001", "Emmy, Reader, 020 7946 0003, "),
				w.Cards("kim/Private", "givenName", "jobTitle", "businessPhones", "mobilePhone").Are("Mary, , , 07700 900002"),
			)
		},
	},
	{
		ID: "E8", Case: "a kind that is not pushed", // private persons stay in the CRM
		With: notPushed, Without: byKind(true),
		Tell: func(w *World) {
			w.Put("ada", "firstName=Ada", "lastName=Lovelace", "kind=business", "emails=ada@example.com")
			w.Put("mary", "firstName=Mary", "lastName=Somerville", "kind=private", "emails=mary@example.com")
			w.Sync("kim/Business", "kim/Private")
			w.Edit("mary", "mobile=07700 900002")
			w.Everybody()
		},
		Want: func(w *World) error {
			return all(w.Cards("kim/Business", "givenName").Are("Ada"), w.Cards("kim/Private", "givenName").Are(), w.CRM("firstName").Are("Ada", "Mary"))
		},
	},
	{
		ID:   "E10", // everything in the chosen folder goes to the CRM
		With: nil, Without: by(func(s *contactsync.Settings) { s.OutlookFilter = filter.Has("categories", "CRM") }),
		Tell: func(w *World) {
			w.Add("kim/Clients", "givenName=Ada", "surname=Lovelace", "categories=CRM")
			w.Add("kim/Clients", "givenName=Grace", "surname=Hopper", "categories=Golf")
			w.Sync("kim/Clients")
		},
		Want: func(w *World) error { return w.CRM("firstName", "lastName").Are("Ada, Lovelace", "Grace, Hopper") },
	},
	{
		ID:      "E11", // edits in Outlook reach the CRM for records that began there, and no others
		With:    by(func(s *contactsync.Settings) { s.Flow.ToCRM = &contactsync.Ops{Update: true} }),
		Without: nil,
		Tell: func(w *World) {
			people(w)
			w.Add("kim", "givenName=Emmy", "surname=Noether", "emailAddresses=emmy@example.com")
			w.Sync("kim")
			w.EditCard("kim", "ada", "jobTitle=Analyst")
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return all(
				w.CRM("firstName", "jobTitle").Are("Ada, Analyst", "Grace, ", "Mary, "),
				w.Cards("kim", "givenName").Are("Ada", "Emmy", "Grace", "Mary"),
			)
		},
	},
}

const clientsOfAll = `"saved": {"my clients": {"equals": {"field": "kind", "value": "client"}}}, "filter": {"saved": "my clients"}`

// search has a saved search whose owner must stay in it, and a user who chooses another.
func search(chosen string) func(*Setup) {
	return func(s *Setup) {
		s.Settings.Saved = map[string]filter.Condition{"mine": filter.Equals("owner", filter.User)}
		s.Settings.Filter = filter.Saved("mine")
		s.Settings.Predefined = map[string][][]string{"mine": {{"owner"}}}
		s.Choice = "{" + chosen + "}"
	}
}

func searching(w *World) {
	w.Put("ada", "firstName=Ada", "lastName=Lovelace", "owner=kim", "kind=client")
	w.Put("grace", "firstName=Grace", "lastName=Hopper", "owner=lee", "kind=client")
	w.Put("mary", "firstName=Mary", "lastName=Somerville", "owner=kim")
	w.Sync("kim")
	w.layers["kim"] = w.Choice
	w.later(time.Minute)
	_, w.refusal = w.Engine.Sync(w.ctx, w.conns["kim"].ID)
}

// owned has Ada be kim's, Grace lee's, and Mary max's, whom both others edit.
func owned(w *World) {
	people(w)
	w.Edit("ada", "owner=kim")
	w.Edit("grace", "owner=lee")
	w.Edit("mary", "owner=max", "editors=kim|lee")
	w.Sync("kim", "lee", "max")
}

// byKind gives private persons another map than people at work, or the same.
func byKind(apart bool) func(*Setup) {
	return func(s *Setup) {
		private := filter.Equals("kind", "private")
		s.only("kim/Business", func(s *contactsync.Settings) { s.Filter = filter.Not(private) })
		s.only("kim/Private", func(s *contactsync.Settings) {
			s.Filter = private
			if apart {
				s.Mapping = without(s.Mapping, "work", "title")
			}
		})
	}
}

// notPushed keeps private persons out of Outlook.
func notPushed(s *Setup) {
	byKind(true)(s)
	private := s.For["kim/Private"]
	s.only("kim/Private", func(s *contactsync.Settings) {
		private(s)
		s.Flow.ToOutlook = &contactsync.Ops{}
	})
}

func without(rules []mapping.Rule, ids ...string) []mapping.Rule {
	var left []mapping.Rule
	for _, r := range rules {
		keep := true
		for _, id := range ids {
			keep = keep && r.ID != id
		}
		if keep {
			left = append(left, r)
		}
	}
	return left
}
