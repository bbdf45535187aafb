package contactsync_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seed-42871e99/crmsync/mapping"
)

// M3: further cards of one person wait for the first only where its CRM record can tell that they are the same person's.
// Elsewhere each comes in at once, as it would have a day later, and not one a run.
func TestNewcomersOfOnePerson(t *testing.T) {
	noAddresses := slices.DeleteFunc(rules(), func(r mapping.Rule) bool { return r.ID == "emails" })
	for name, tt := range map[string]struct {
		mapping []mapping.Rule
		card    []string
		records int
	}{
		"addresses kept":                 {rules(), []string{"emailAddresses=grace@example.com"}, 1},
		"addresses not kept":             {noAddresses, []string{"emailAddresses=grace@example.com"}, 3},
		"a number kept beside addresses": {noAddresses, []string{"emailAddresses=grace@example.com", "mobilePhone=+31 6 12345678"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := twoWay()
			s.Mapping = tt.mapping
			w := newWorld(t, s)
			for range 3 {
				w.addOutlook(append(tt.card, "givenName=Grace", "surname=Hopper")...)
			}
			w.sync()
			assert.Len(t, w.crmSide("firstName"), tt.records)
			assert.Len(t, w.problems(), 3-tt.records, "every card that is left alone is reported")
			w.settled()
			assert.Len(t, w.crmSide("firstName"), tt.records)
			assert.Len(t, w.outlookSide("givenName"), 3)
			assert.Len(t, w.problems(), 3-tt.records, "every card that is left alone is reported")
		})
	}
}
