// Package graphadapter is the Outlook side of a sync over Microsoft Graph v1.0: a [Directory] for contacts and contact
// folders, written against the request adapter of Microsoft's Go SDK, so that it works with any client of that SDK and
// does not compile the SDK's models.
//
//	outlook, err := graphadapter.New(graphadapter.FromCredential(cred), graphadapter.Options{
//		PropertySet: "6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11", // made once for the product, never changed
//	})
//
// What it promises:
//
//   - Nothing is sent twice that could be done twice. The SDK re-sends a POST that was answered 429, 503 or 504; every
//     request of this package switches that off, and redirects too, by request option. A create whose answer was lost
//     is reported with [contactsync.ErrUnconfirmed], never repeated. Reads, updates with their version and deletes are
//     retried a few times.
//   - An incremental page is exactly one request. Writes, confirmations and searches travel in batches of up to 20.
//   - One mailbox sees at most one batch, or four other requests, of this process at a time.
//   - Ids are immutable ids: they survive a move inside the mailbox.
//   - Links in answers are followed only on the mailbox's own Graph root.
//   - A row that cannot be read is reported and costs nobody else their page. A value that cannot be read is not known,
//     never empty.
//   - Errors name the operation and the field, never a value.
//
// Stamps and the fields Graph v1.0 lacks travel as single-value extended properties. A delta cannot show those: a
// complete round therefore begins with an expanded listing, and the rows of an incremental round come without them
// ([record.Record.StampRead] false); Get reads them. An item in Deleted Items is not found by its stamp: Graph searches
// folders, and Deleted Items is none of the contact folders.
package graphadapter
