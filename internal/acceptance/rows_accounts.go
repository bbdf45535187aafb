package acceptance

import (
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
)

// byAccount has a contact's company be an account of the CRM.
func byAccount(a contactsync.Accounts) func(*Setup) {
	return func(s *Setup) {
		s.Settings.Account = a
		s.Settings.Mapping = changed(s.Settings.Mapping, "company", func(r *mapping.Rule) {
			r.CRM, r.Lens = []string{"accountName"}, mapping.Spec{Kind: mapping.Account}
		})
	}
}

// corrected has a user correct the company of a card that waits for its account.
func corrected(company string) func(*Setup) {
	return func(s *Setup) {
		byAccount(contactsync.Accounts{})(s)
		choose(company)(s)
	}
}

// newCards has two people with a company each, one of which has an account.
func newCards(w *World) {
	w.crm.accounts["acme"] = "Acme Ltd"
	w.Add("kim", "givenName=Ada", "surname=Lovelace", "companyName=ACME Limited")
	w.Add("kim", "givenName=Grace", "surname=Hopper", "companyName=Initech")
	w.Sync("kim")
}

var accounts = []Row{
	{
		ID: "M5", Case: "missing, hold", // a card whose company has no account waits, and goes on once there is one
		With: byAccount(contactsync.Accounts{}), Without: nil, Tell: newCards,
		Want: func(w *World) error {
			wrong := all(w.CRM("firstName", "account", "accountName").Are("Ada, acme, Acme Ltd"), w.Problems("kim").Are("noAccount company"))
			w.crm.accounts["initech"] = "Initech BV"
			w.later(24 * time.Hour)
			w.Sync("kim")
			return all(wrong, w.CRM("firstName", "account").Are("Ada, acme", "Grace, initech"), w.Problems("kim").Are())
		},
	},
	{
		ID: "M5", Case: "missing, hold, and corrected", // in the list of errors: the card has it, and the contact is made
		With: corrected("Acme"), Without: corrected("Initrode"),
		Tell: func(w *World) {
			newCards(w)
			w.correct("accountName")
		},
		Want: func(w *World) error {
			return all(
				is("the correction", w.refusal, nil), w.CRM("firstName", "account").Are("Ada, acme", "Grace, acme"),
				w.Cards("kim", "givenName", "companyName").Are("Ada, ACME Limited", "Grace, Acme"), w.Problems("kim").Are(),
			)
		},
	},
	{
		ID: "M5", Case: "missing, without",
		With: byAccount(contactsync.Accounts{Missing: "without"}), Without: byAccount(contactsync.Accounts{Missing: "hold"}), Tell: newCards,
		Want: func(w *World) error { return w.CRM("firstName", "account").Are("Ada, acme", "Grace, ") },
	},
	{
		ID: "M5", Case: "missing, create",
		With: byAccount(contactsync.Accounts{Missing: "create"}), Without: byAccount(contactsync.Accounts{Missing: "without"}), Tell: newCards,
		Want: func(w *World) error {
			return w.CRM("firstName", "account", "accountName").Are("Ada, acme, Acme Ltd", "Grace, new1, Initech")
		},
	},
	{
		ID: "M5", Case: "ambiguous, first",
		With: byAccount(contactsync.Accounts{Ambiguous: "first"}), Without: byAccount(contactsync.Accounts{Ambiguous: "hold"}), Tell: twoAccounts,
		Want: func(w *World) error {
			return all(w.CRM("firstName", "account").Are("Ada, acme1"), w.Problems("kim").Are())
		},
	},
	{
		ID: "M5", Case: "ambiguous, hold",
		With: byAccount(contactsync.Accounts{Ambiguous: "hold"}), Without: byAccount(contactsync.Accounts{Ambiguous: "first"}), Tell: twoAccounts,
		Want: func(w *World) error {
			return all(w.CRM("firstName").Are(), w.Problems("kim").Are("severalAccounts company"))
		},
	},
	{
		ID: "M5", Case: "edited", // who changes a company changes over to another account; the old one keeps its name
		With: byAccount(contactsync.Accounts{}), Without: nil,
		Tell: func(w *World) {
			w.crm.accounts["acme"], w.crm.accounts["globex"] = "Acme Ltd", "Globex GmbH"
			w.Put("ada", "firstName=Ada", "lastName=Lovelace", "account=acme", "accountName=Acme Ltd", "company=Acme Ltd")
			w.Put("grace", "firstName=Grace", "lastName=Hopper", "account=acme", "accountName=Acme Ltd", "company=Acme Ltd")
			w.Sync("kim")
			w.EditCard("kim", "ada", "companyName=Globex")
			w.Sync("kim")
		},
		Want: func(w *World) error {
			return all(
				w.CRM("firstName", "account", "accountName").Are("Ada, globex, Globex GmbH", "Grace, acme, Acme Ltd"),
				w.Cards("kim", "givenName", "companyName").Are("Ada, Globex", "Grace, Acme Ltd"), is("the old account", w.crm.accounts["acme"], "Acme Ltd"),
			)
		},
	},
}

func twoAccounts(w *World) {
	w.crm.accounts["acme1"], w.crm.accounts["acme2"] = "Acme Ltd", "Acme Inc"
	w.Add("kim", "givenName=Ada", "surname=Lovelace", "companyName=Acme")
	w.Sync("kim")
}
