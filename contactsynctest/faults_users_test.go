package contactsynctest

import (
	"context"
	"slices"
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
)

// userCRM is a CRM in memory that knows what its users may do: to delete every second record they ask about first.
type userCRM struct {
	*memstore.Store
	may   map[string]bool
	fault userFault
}

type userFault struct {
	short, shuffled, strict, away, unknown bool
}

func (c *userCRM) MayDelete(_ context.Context, _ contactsync.Scope, ids []string) ([]bool, error) {
	var answers []bool
	for _, id := range ids {
		if _, known := c.may[id]; !known {
			c.may[id] = len(c.may)%2 == 0
		}
		if c.fault.strict && id == "nobody-made-this" {
			return nil, contactsync.ErrNotFound
		}
		answers = append(answers, c.may[id])
	}
	if c.fault.shuffled {
		slices.Reverse(answers[:len(answers)-1])
	}
	if c.fault.short {
		answers = answers[1:]
	}
	return answers, nil
}

func (c *userCRM) ActiveUser(_ context.Context, _, user string) (bool, error) {
	if c.fault.unknown && user == "nobody-is-called-this" {
		return false, contactsync.ErrNotFound
	}
	return !c.fault.away, nil
}

func userStore(f userFault) func(tb testing.TB) *session {
	return func(tb testing.TB) *session {
		crm := memstore.NewStore(testSchema)
		return newStoreSession(tb, testStoreConfig(crm), &userCRM{crm, map[string]bool{}, f})
	}
}

func TestStoreSuitePassesWhoKnowsTheirUsers(t *testing.T) {
	wantPass(t, userChecks, userStore(userFault{}))
}

func TestStoreSuiteFindsFaultsAboutUsers(t *testing.T) {
	for _, tt := range []struct {
		name, by string
		fault    userFault
	}{
		{"too few answers", "DeleteRights/every id in order", userFault{short: true}},
		{"answers in another order", "DeleteRights/every id in order", userFault{shuffled: true}},
		{"an error for what is not there", "DeleteRights/every id in order", userFault{strict: true}},
		{"nobody takes part", "ActiveUsers/the user of the scope", userFault{away: true}},
		{"an error for a user who is gone", "ActiveUsers/a user whom nobody knows", userFault{unknown: true}},
	} {
		t.Run(tt.name, func(t *testing.T) { wantCaught(t, storeChecks, tt.by, userStore(tt.fault)) })
	}
}
