// Package memstore keeps both sides of a sync, and what the engine remembers, in memory: [Store] is a CRM, [Directory] an
// Outlook, [State] the engine's memory. They are complete implementations of the contracts in contactsync, to be read
// beside them, and a host's test doubles: what people do at the CRM and in Outlook is done through [Tenant] and [Mailbox].
//
// State is made to be used: it holds 150,000 links in some 100 MB, and a run that finds nothing to do costs the same at
// any size. Each of the three can be saved to a file and loaded from it ([SaveFile], [LoadFile]).
//
// Everything here is safe for concurrent use.
package memstore
