package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// owner is whose mailbox it is.
const owner = "anna.smit@example.com"

// newGraph returns a Microsoft Graph in memory whose one mailbox holds the contacts of a JSON array. Time stands still
// during a run, so that its limit for each ten minutes would never be over: it is off.
func newGraph(contacts []byte, now func() time.Time) (*graphtest.Server, error) {
	var all []struct {
		graphtest.Contact
		Private bool `json:"private"`
	}
	if err := json.Unmarshal(contacts, &all); err != nil {
		return nil, fmt.Errorf("mailbox: %w", err)
	}
	graph := graphtest.New(graphtest.Options{Me: owner, Now: now, Requests: -1})
	for _, c := range all {
		if c.Private {
			c.Contact = c.Contact.Private()
		}
		graph.AddContact(owner, c.Contact)
	}
	return graph, nil
}
