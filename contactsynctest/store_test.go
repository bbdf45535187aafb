package contactsynctest

import (
	"slices"
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
)

// A fault is what is wrong with a side in a test: hooks that change how it answers.
type fault func(s contactsync.Store, h *StoreHooks)

// brokenStore opens sessions on a CRM with a fault.
func brokenStore(f fault) func(tb testing.TB) *session {
	return func(tb testing.TB) *session {
		crm := memstore.NewStore(testSchema)
		crm.PageSize = 7
		var h StoreHooks
		f(crm, &h)
		return newStoreSession(tb, testStoreConfig(crm), InterceptStore(crm, h))
	}
}

func TestStoreSuitePassesWhatIsRight(t *testing.T) {
	wantPass(t, storeChecks, brokenStore(func(contactsync.Store, *StoreHooks) {}))
}

// TestStoreSuiteFindsFaults puts one fault at a time into a CRM, of those that real ones have.
func TestStoreSuiteFindsFaults(t *testing.T) {
	for _, tt := range slices.Concat(writeFaults, goneFaults, readFaults, changeFaults, finderFaults) {
		t.Run(tt.name, func(t *testing.T) { wantCaught(t, storeChecks, tt.by, brokenStore(tt.fault)) })
	}
}

type faultCase struct {
	name  string
	by    string // the check that must find it
	fault fault
}
