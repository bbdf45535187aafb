// Package graphtest is a Microsoft Graph to test against without a tenant: mailboxes in memory behind the v1.0
// protocol, with contacts and contact folders, delta queries, batches, throttling, and the quirks of the real service.
//
// A test makes a server, puts in what the user has, and points its Graph client at it:
//
//	srv := graphtest.New(graphtest.Options{})
//	srv.AddContact("ada@example.com", graphtest.Contact{GivenName: "Grace", Surname: "Hopper"})
//	client := srv.Client() // any *http.Client user: the SDK, an adapter, net/http
//	resp, err := client.Get("https://graph.microsoft.com/v1.0/users/ada@example.com/contacts")
//
// NewServer does the same behind a port of this machine.
//
// The server is deterministic: ids, change keys and the order of answers follow from Options.Seed and from what was
// done, times from Options.Now. It imports the standard library only and shares no type with any Graph client.
//
// # What is there
//
// Below /v1.0/me and /v1.0/users/{id or address}: the user; contacts and contactFolders with childFolders, to list,
// create, read, update and delete (also permanentDelete); delta of contacts per folder and of folders; and $batch.
// Lists take $select, $top, $skip, $count, $filter on e-mail addresses and extended properties, and $expand of
// extended properties; other options are refused. Events, tasks, photos, open extensions and subscriptions are not
// there.
//
// # The user in Outlook, and what goes wrong
//
// AddContact, EditContact, MoveContact and their like act as a person in Outlook. Quirks turns on what Graph may do
// beyond the ordinary; Hooks see each request and each part of a batch before and after it is carried out, to answer in
// the server's place, to lose an answer, or to act as the user in between; Hold stops requests inside the server;
// SetAccess takes a mailbox away; ExpireTokens makes every delta start over. Requests and Counts tell what a client
// asked for.
package graphtest
