package main

import (
	"context"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// withAccounts is the CRM of the stories, in which companies are accounts of their own.
type withAccounts struct{ *memstore.Store }

var _ contactsync.AccountFinder = withAccounts{}

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
