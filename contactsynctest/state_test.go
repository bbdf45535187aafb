package contactsynctest

import (
	"slices"
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
)

type stateFault func(s contactsync.State, h *StateHooks)

// brokenState opens sessions on a State with a fault.
func brokenState(f stateFault) func(tb testing.TB) *stateSession {
	return func(tb testing.TB) *stateSession {
		s := memstore.NewState()
		var h StateHooks
		f(s, &h)
		return &stateSession{TB: tb, state: InterceptState(s, h)}
	}
}

func TestStateSuitePassesWhatIsRight(t *testing.T) {
	wantPass(t, stateChecks, brokenState(func(contactsync.State, *StateHooks) {}))
}

// TestStateSuiteFindsFaults puts one fault at a time into a State, of those that databases and their users make.
func TestStateSuiteFindsFaults(t *testing.T) {
	for _, tt := range slices.Concat(leaseFaults, dueFaults, labelFaults, answerFaults, eraseFaults, endFaults, saveFaults, lookupFaults, journalFaults) {
		t.Run(tt.name, func(t *testing.T) { wantCaught(t, stateChecks, tt.by, brokenState(tt.fault)) })
	}
}

type stateFaultCase struct {
	name  string
	by    string
	fault stateFault
}
