package contactsync_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// The administrator takes settings for everybody and locks some of them; a user changes what is left. Before the user's part is
// stored, it is checked.
func ExampleCompose() {
	tenant := contactsync.Layer{
		Name: "tenant",
		Settings: json.RawMessage(`{
			"conflict": "crm",
			"match": {"by": "email"},
			"mapping": [
				{"id": "first", "crm": ["firstName"], "outlook": ["givenName"]},
				{"id": "notes", "crm": ["notes"], "outlook": ["personalNotes"]}
			]
		}`),
		Locked: []string{"conflict", "mapping[first]", "guards"},
	}
	user := contactsync.Layer{Name: "user", Settings: json.RawMessage(`{
		"region": "GB",
		"match": {"doubtful": "link"},
		"mapping": {"notes": {"direction": "toOutlook"}}
	}`)}

	settings, origins, err := contactsync.Compose(tenant, user)
	if err != nil {
		panic(err)
	}
	fmt.Println(settings.Conflict, settings.Match.By, settings.Mapping[1].Direction)
	fmt.Print(origins)

	user.Settings = json.RawMessage(`{"guards": {"deletes": {"off": true}}}`)
	var locked *contactsync.LockedError
	if err := contactsync.CheckLayers(person, record.OutlookContact, tenant, user); errors.As(err, &locked) {
		fmt.Println("not stored:", locked)
	}
	// Output:
	// crm email toOutlook
	// tenant, locked             mapping[first]: {"crm":["firstName"],"outlook":["givenName"]}
	// tenant                     mapping[notes].crm: ["notes"]
	// tenant                     mapping[notes].outlook: ["personalNotes"]
	// user                       mapping[notes].direction: "toOutlook"
	// tenant                     match.by: "email"
	// user                       match.doubtful: "link"
	// tenant, locked             conflict: "crm"
	// default, locked by tenant  guards
	// user                       region: "GB"
	// default                    everything else
	// not stored: the layer "user" sets guards.deletes.off, which "tenant" has locked
}

// A policy looks the layers up when a run asks.
func ExampleLayered() {
	stored := map[string]string{
		"tenant acme": `{"conflict": "crm", "region": "NL"}`,
		"user u1":     `{"region": "GB"}`,
	}
	policy := contactsync.Layered(func(_ context.Context, conn contactsync.Connection) ([]contactsync.Layer, error) {
		return []contactsync.Layer{
			{Name: "tenant", Settings: json.RawMessage(stored["tenant "+conn.Tenant]), Locked: []string{"conflict"}},
			{Name: "user", Settings: json.RawMessage(stored["user "+conn.User])},
		}, nil
	})
	for _, user := range []string{"u1", "u2"} {
		settings, err := policy.For(context.Background(), contactsync.Connection{Tenant: "acme", User: user})
		if err != nil {
			panic(err)
		}
		fmt.Println(user, settings.Conflict, settings.Region)
	}
	// Output:
	// u1 crm GB
	// u2 crm NL
}
