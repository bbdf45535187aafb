package acceptance

import "github.com/seed-42871e99/crmsync/contactsync"

// fillIn has Outlook put several fields of one person's card on another's with the same address.
func fillIn(w *World) {
	w.Put("ada", "firstName=Ada", "lastName=Lovelace", "emails=info@example.com", "jobTitle=Analyst", "company=Acme")
	w.Put("grace", "firstName=Grace", "lastName=Hopper", "emails=info@example.com", "notes=knows Ada")
	w.Sync("kim")
	w.EditCard("kim", "grace", "jobTitle=Analyst", "companyName=Acme")
	w.Sync("kim")
}

var completion = []Row{
	{
		ID:   "M6",
		With: nil, Without: by(func(s *contactsync.Settings) { s.Completion = "accept" }), Tell: fillIn,
		Want: func(w *World) error {
			wrong := all(w.CRM("firstName", "jobTitle", "company").Are("Ada, Analyst, Acme", "Grace, , "), w.Problems("kim").Are("completion company", "completion title"))
			w.decide("title") // accepted
			w.Sync("kim")
			return all(wrong, w.CRM("firstName", "jobTitle", "company").Are("Ada, Analyst, Acme", "Grace, Analyst, "), w.Problems("kim").Are("completion company"))
		},
	},
}
