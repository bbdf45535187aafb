package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

const sharedAddress = "info@example.com"

// completed is a world in which Grace's card has been filled in from Ada's, who has the same address.
func completed(t *testing.T, s contactsync.Settings) *world {
	t.Helper()
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails="+sharedAddress, "jobTitle=Analyst", "company=Engines", "mobile=+44 7700 900001")
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails="+sharedAddress, "jobTitle=Admiral")
	w.sync()
	w.settled()
	w.editOutlook(w.outlookID("c2"), "jobTitle=Analyst", "companyName=Engines", "mobilePhone=+44 7700 900001", "nickName=Amazing Grace")
	return w
}

func graceInCRM() []string {
	return []string{"Ada, Analyst, Engines, +44 7700 900001", "Grace, Admiral, , "}
}

// M6: what Outlook filled in from another person's card with the same address is held back and asked about, whoever wins conflicts,
// and accepted or rejected field by field.
func TestCompletionIsHeldBack(t *testing.T) {
	for _, winner := range []mapping.Winner{mapping.Ask, mapping.OutlookWins, mapping.CRMWins, mapping.Newest} {
		t.Run(string(winner), func(t *testing.T) {
			s := twoWay()
			s.Conflict, s.Region = winner, "GB"
			w := completed(t, s)

			r := w.sync()

			assert.Zero(t, r.Wrote())
			assert.Equal(t, graceInCRM(), w.crmSide("firstName", "jobTitle", "company", "mobile"))
			assert.Equal(t, []string{"completion company", "completion mobile", "completion title"}, w.problems())
			w.settled()
			w.editOutlook(w.outlookID("c2"), "birthday=1906-12-09")
			w.sync()
			assert.Equal(t, []string{"Ada, ", "Grace, 1906-12-09"}, w.crmSide("firstName", "birthday"), "the rest flows")
			assert.Len(t, w.problems(), 3)

			for _, p := range r.Problems {
				take := record.CRM
				if p.Rule == "company" {
					take = record.Outlook
				}
				require.NoError(t, w.engine.User("acme", "u1").Decide(w.ctx, p.ID, take))
			}
			w.sync()

			assert.Equal(t, []string{"Ada, Analyst, Engines, +44 7700 900001", "Grace, Admiral, Engines, "}, w.crmSide("firstName", "jobTitle", "company", "mobile"))
			assert.Equal(t, []string{"Ada, Analyst, Engines, +44 7700 900001", "Grace, Admiral, Engines, "}, w.outlookSide("givenName", "jobTitle", "companyName", "mobilePhone"))
			assert.Empty(t, w.problems())
			w.settled()
		})
	}
}

// M6: a person who types something else over what was filled in means that.
func TestCompletionTypedOver(t *testing.T) {
	s := twoWay()
	s.Region = "GB"
	w := completed(t, s)
	w.sync()
	w.editOutlook(w.outlookID("c2"), "jobTitle=Rear admiral", "companyName=", "mobilePhone=")

	w.sync()

	assert.Equal(t, []string{"Ada, Analyst, Engines, +44 7700 900001", "Grace, Rear admiral, , "}, w.crmSide("firstName", "jobTitle", "company", "mobile"))
	assert.Empty(t, w.problems())
	w.settled()
}

// M6: the other person may be on a card without a partner, which the CRM does not know.
func TestCompletionFromAnUnlinkedCard(t *testing.T) {
	s := twoWay()
	s.Flow.ToCRM = &contactsync.Ops{Update: true}
	w := newWorld(t, s)
	w.put("c2", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com|"+sharedAddress)
	w.sync()
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses="+sharedAddress, "jobTitle=Analyst", "companyName=Engines")
	w.sync()
	w.editOutlook(w.outlookID("c2"), "jobTitle=Analyst", "companyName=Engines")

	w.sync()

	assert.Equal(t, []string{"Grace, , "}, w.crmSide("firstName", "jobTitle", "company"))
	assert.Contains(t, w.problems(), "completion title")
	w.settled()
}

// M6: what is no completion flows: a single field that two people share, values of nobody else's, the same edit by somebody with
// another address; and all of it where the settings say so.
func TestNoCompletion(t *testing.T) {
	for name, c := range map[string]struct {
		settings func(*contactsync.Settings)
		email    string
		edit     []string
	}{
		"one field":        {nil, sharedAddress, []string{"companyName=Engines"}},
		"one of two":       {nil, sharedAddress, []string{"companyName=Engines", "jobTitle=Captain"}},
		"values of nobody": {nil, sharedAddress, []string{"companyName=Navy", "jobTitle=Captain", "mobilePhone=07700 900002"}},
		"another address":  {nil, "grace@example.com", []string{"companyName=Engines", "jobTitle=Analyst"}},
		"accepted":         {func(s *contactsync.Settings) { s.Completion = "accept" }, sharedAddress, []string{"companyName=Engines", "jobTitle=Analyst"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := twoWay()
			s.Region = "GB"
			if c.settings != nil {
				c.settings(&s)
			}
			w := newWorld(t, s)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails="+sharedAddress, "jobTitle=Analyst", "company=Engines")
			w.put("c2", "firstName=Grace", "lastName=Hopper", "emails="+c.email)
			w.sync()
			w.editOutlook(w.outlookID("c2"), c.edit...)

			w.sync()

			assert.Empty(t, w.problems())
			assert.Equal(t, w.outlookSide("givenName", "companyName", "jobTitle"), w.crmSide("firstName", "company", "jobTitle"))
			w.settled()
		})
	}
}
