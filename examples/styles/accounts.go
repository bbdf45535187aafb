package main

import (
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// withAccounts is the CRM of the stories, in which companies are accounts of their own.
type withAccounts struct{ *memstore.Store }

var _ contactsync.AccountFinder = withAccounts{}

// Apply makes a contact its user's, and writes the name of its account beside the reference.
func (s withAccounts) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	writes = slices.Clone(writes)
	for i := range writes {
		w := &writes[i]
		if w.Op == contactsync.Create && !w.Set.Known("owner") {
			w.Set = w.Set.With(w.Set.Schema().Build().Set("owner", sc.User).Fields())
		}
		id, refers := w.Set.Get("accountID")
		for _, a := range accounts {
			if refers && a.ID == id.Text() {
				w.Set = w.Set.With(w.Set.Schema().Build().Set("company", a.Name).Fields())
			}
		}
	}
	return s.Store.Apply(ctx, sc, writes)
}

// accounts are those that the CRM has.
var accounts = []contactsync.Account{{ID: "a1", Name: "Engines"}}

// FindAccounts looks names up without regard to how a company spells its legal form.
func (withAccounts) FindAccounts(_ context.Context, _ contactsync.Scope, _ string, names []string) ([][]contactsync.Account, error) {
	found := make([][]contactsync.Account, len(names))
	for i, name := range names {
		for _, a := range accounts {
			if record.CompanyKey(a.Name) == record.CompanyKey(name) {
				found[i] = append(found[i], a)
			}
		}
	}
	return found, nil
}
