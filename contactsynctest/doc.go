// Package contactsynctest proves that a Store, a State or a Directory keeps its contract: one line in a host's own tests
// runs every check, each in its own subtest on a new, empty instance.
//
//	func TestStore(t *testing.T) {
//		contactsynctest.Store(t, contactsynctest.StoreConfig{
//			New:    func(t *testing.T) contactsync.Store { return crm.New(t.TempDir()) },
//			Scope:  contactsync.Scope{Tenant: "acme", User: "u17", Kind: record.Contact},
//			Schema: crm.Schema,
//		})
//	}
//
// A check that fails shows what it did, what it got and wanted, and the sentence of the contract that was broken. Run the
// suites with -race: some checks use an instance from several goroutines.
//
// [Intercept], [InterceptStore] and [InterceptState] wrap a working implementation to break single calls: faults for tests
// of what stands above.
package contactsynctest
