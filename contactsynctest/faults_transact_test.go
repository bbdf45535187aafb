package contactsynctest

import (
	"bytes"
	"context"
	"testing"

	"github.com/seed-42871e99/crmsync/memstore"
)

// transactCRM is a CRM in memory with transactions: what is rolled back is read again from a snapshot.
type transactCRM struct {
	*memstore.Store
	fault transactFault
}

type transactFault struct {
	keeps  bool // what fails stays written
	loses  bool // nothing is ever committed
	twice  bool // what failed is tried again
	silent bool // an error is not told
}

func (c *transactCRM) Transact(ctx context.Context, do func(ctx context.Context) error) error {
	var before bytes.Buffer
	if _, err := c.WriteTo(&before); err != nil {
		return err
	}
	err := do(ctx)
	if err != nil && c.fault.twice {
		err = do(ctx)
	}
	if err != nil && !c.fault.keeps || c.fault.loses {
		if _, err := c.ReadFrom(&before); err != nil {
			return err
		}
	}
	if c.fault.silent {
		return nil
	}
	return err
}

func transactStore(f transactFault) func(tb testing.TB) *session {
	return func(tb testing.TB) *session {
		crm := memstore.NewStore(testSchema)
		return newStoreSession(tb, testStoreConfig(crm), &transactCRM{crm, f})
	}
}

func TestStoreSuitePassesATransactor(t *testing.T) {
	wantPass(t, transactorChecks, transactStore(transactFault{}))
}

func TestStoreSuiteFindsFaultsOfTransactors(t *testing.T) {
	for _, tt := range []struct {
		name, by string
		fault    transactFault
	}{
		{"what fails stays", "Transactor/roll back", transactFault{keeps: true}},
		{"what ends stays", "Transactor/context ended", transactFault{keeps: true}},
		{"nothing is committed", "Transactor/commit", transactFault{loses: true}},
		{"tried again", "Transactor/roll back", transactFault{twice: true}},
		{"the error is not told", "Transactor/roll back", transactFault{silent: true}},
	} {
		t.Run(tt.name, func(t *testing.T) { wantCaught(t, storeChecks, tt.by, transactStore(tt.fault)) })
	}
}
