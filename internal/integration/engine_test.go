package integration_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// The main job, end to end over Microsoft's typed client: a first run, edits and deletes on both sides, and a run that
// finds nothing to do.
func TestEngineSyncsOverMicrosoftsClient(t *testing.T) {
	const n, there = 45, 10
	w := newWorld(t, graphtest.Quirks{})
	w.customers(n)
	for i := range there {
		w.AddContact(me, graphtest.Contact{
			GivenName: "Person", Surname: fmt.Sprintf("No %03d", i),
			EmailAddresses: []graphtest.EmailAddress{{Address: fmt.Sprintf("Person%d@Example.com", i)}},
		})
	}
	w.AddContact(me, graphtest.Contact{GivenName: "Only", Surname: "Outlook", EmailAddresses: []graphtest.EmailAddress{{Address: "only@example.org"}}})

	report := w.sync()
	require.Empty(t, report.Problems)
	require.Equal(t, there, report.Matched)
	require.Equal(t, n-there, report.Counts[record.Outlook].Created)
	require.Equal(t, 1, report.Counts[record.CRM].Created)
	require.Len(t, w.Contacts(me, ""), n+1)
	require.Len(t, w.crm.Records(record.Contact), n+1)
	require.Equal(t, n-there, w.Counts().Routes["POST /contacts"]+w.Counts().Routes["POST /contactFolders/{id}/contacts"], "one part for each create")
	w.settled()

	// Different fields of one person, a delete on each side.
	require.NoError(t, w.crm.Edit(crmID(3), customer.Build().Set("job", "Director").Fields()))
	var deleted, edited string
	for _, c := range w.Contacts(me, "") {
		switch c.Surname {
		case "No 003":
			edited = c.ID
		case "No 020":
			deleted = c.ID
		}
	}
	_, err := w.EditContact(me, edited, func(c *graphtest.Contact) { c.BusinessPhones = []string{"+44 20 7946 0999"} })
	require.NoError(t, err)
	require.NoError(t, w.DeleteContact(me, deleted))
	require.NoError(t, w.crm.Delete(crmID(30)))
	report = w.sync()
	require.Empty(t, report.Problems)
	want := [2]contactsync.Counts{
		record.CRM:     {Updated: 1, Deleted: 1},
		record.Outlook: {Updated: 1, Deleted: 1},
	}
	if diff := cmp.Diff(want, report.Counts); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
	routes := w.Counts().Routes
	require.Equal(t, 1, routes["PATCH /contacts/{id}"])
	require.Equal(t, 1, routes["DELETE /contacts/{id}"])
	now, ok := w.Contact(me, edited)
	require.True(t, ok)
	require.Equal(t, "Director", now.JobTitle)
	require.Equal(t, []string{"+44 20 7946 0999"}, now.BusinessPhones)
	rec, ok := w.crm.Record(crmID(3))
	require.True(t, ok)
	phone, _ := rec.Fields.Get("phone")
	require.Equal(t, "+44 20 7946 0999", phone.Text())
	require.Len(t, w.Contacts(me, ""), n-1)
	require.Len(t, w.crm.Records(record.Contact), n-1)
	w.settled()
}
