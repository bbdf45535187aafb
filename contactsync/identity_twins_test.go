package contactsync_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
)

// B8, M3: of two cards that are asked about with one record the user says that they are its person, of one or of both. Neither comes into the CRM
// as somebody else, also where the record keeps another name than theirs.
func TestAcceptOfTwoCards(t *testing.T) {
	for _, several := range []match.Several{match.First, match.All} {
		for _, both := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s both=%v", several, both), func(t *testing.T) {
				s := everythingFlows()
				s.Match.Several, s.Conflict = several, mapping.CRMWins
				w := newWorld(t, s)
				w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
				for range 2 {
					w.addOutlook("givenName=Ada", "surname=King", "emailAddresses=ada@example.com")
				}
				w.sync()
				require.Equal(t, []string{"doubtfulMatch ", "doubtfulMatch "}, w.problems())
				asked, err := w.state.Problems(w.ctx, w.conn.ID)
				require.NoError(t, err)

				w.accept(asked[0].ID)
				if both {
					w.accept(asked[1].ID)
				}
				w.sync()

				w.settled()
				w.crm.ExpireCursors()
				w.outlook.ExpireCursors()
				w.settled()
				require.Len(t, w.crmSide("firstName"), 1)
				w.editCRM("c1", "lastName=Byron")
				w.sync()
				names := []string{"King", "Byron"}
				if several == match.All {
					names = []string{"Byron", "Byron"}
				}
				assert.ElementsMatch(t, names, w.outlookSide("surname"))
				w.settled()
			})
		}
	}
}
