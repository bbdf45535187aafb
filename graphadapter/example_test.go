package graphadapter_test

import (
	"context"
	"fmt"
	"log"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// A directory on an emulated Graph: a contact is made in a folder of the product's own, and read.
func Example() {
	ctx := context.Background()
	outlook, err := graphadapter.New(graphadapter.FromTransport(graphtest.New(graphtest.Options{})), graphadapter.Options{
		PropertySet: "6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11", // made once for the product, never changed
	})
	if err != nil {
		log.Fatal(err)
	}
	folder, err := outlook.CreateFolder(ctx, contactsync.Mailbox{}, record.Contact, "CRM")
	if err != nil {
		log.Fatal(err)
	}
	scope := contactsync.Scope{Kind: record.Contact, Folder: folder.ID}
	results, err := outlook.Apply(ctx, scope, []contactsync.Write{{
		Op:    contactsync.Create,
		Stamp: "1abc",
		Set:   record.OutlookContact.Build().Set("givenName", "Grace").Set("surname", "Hopper").Fields(),
	}})
	if err != nil || results[0].Err != nil {
		log.Fatal(err, results)
	}
	found, err := outlook.Get(ctx, scope, []contactsync.Ref{{Stamp: "1abc"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(folder.Name, "-", found[0].Records[0].Fields.Text("fileAs"))
	// Output: CRM - Hopper, Grace
}

// With a credential of azidentity. A host with many accounts keeps one for each, and chooses by the mailbox's account.
func ExampleFromCredential() {
	outlook, err := graphadapter.New(graphadapter.FromCredential(credential(nil)), graphadapter.Options{
		PropertySet: "6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11",
	})
	fmt.Println(outlook != nil, err)
	// Output: true <nil>
}
