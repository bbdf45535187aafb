// Package contactsync keeps a CRM's contacts and each user's Microsoft 365 Outlook in step: one way or two way, per user
// and per folder.
//
// A host implements [Store] over its own tables, takes graphadapter as the [Directory] and sqlstate, or memstore, as the
// [State], says in [Settings] how it wants things, and calls [Engine.Sync] from its own scheduler:
//
//	engine, err := contactsync.New(contactsync.Config{
//		Store: crm, Directory: outlook, State: state, Policy: contactsync.Fixed(settings), KeySource: keys,
//		CRM: map[record.Kind]*record.Schema{record.Contact: person},
//	})
//	conn, err := engine.Connect(ctx, contactsync.Connection{Tenant: "acme", User: "u17", Mailbox: mailbox})
//	report, err := engine.Sync(ctx, conn.ID)
//
// A run looks at both sides and makes them right, whatever happened since the last one; it may be stopped anywhere and
// started again. It pulls what changed, pairs records through links and match keys, merges each pair rule by rule
// against what both sides held last, plans, asks its guards, and writes in chunks. [Engine.SyncDue] runs all connections that
// are due, side by side.
//
// # Promises
//
//   - It converges: once edits and faults are over, at most two more runs leave every rule agreed, different for a reason
//     the settings allow, asked, or a reported problem; and the next run writes nothing. An upgrade of the library
//     writes nothing.
//   - It loses nothing: a value a person entered is on a side, or in a reported conflict, or was overruled by a rule that
//     the report names.
//   - It doubles nothing, wherever it is stopped.
//   - It deletes only what a person deleted, if the settings let the delete through and the guards pass it.
//   - It isolates: one record's, user's or connection's failure never stops another's.
//   - It is bounded: a run that finds nothing new costs one request to Graph and a constant number of queries.
//
// Outside the second promise is an edit made in the moment between the engine's read and its write, on a service that
// ignores the version a write is based on.
//
// # What is stored
//
// State holds ids, versions, and keyed fingerprints of values and match keys: without the fingerprint key it says which values are
// equal and nothing else. Problems and reports hold no values either.
//
// Where [Config].Journal says so, it also holds for a while what runs overwrote, deleted and made, encrypted under a key of its
// own, so that [Engine.Undo] can take a run back. By default it does not.
package contactsync
