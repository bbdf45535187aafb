package contactsync_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// B17: the preview of a filter that lets people in again counts them, whatever became of their ties when it let them go.
func TestPreviewOfAWidenedFilter(t *testing.T) {
	for left, entering := range map[contactsync.Disposition]int{contactsync.Detach: 5, contactsync.Unlink: 5, contactsync.LeaveAlone: 0} {
		t.Run(string(left), func(t *testing.T) {
			s := twoWay()
			s.Left = left
			w := newWorld(t, s)
			for i := range 10 {
				w.put(fmt.Sprint("c", i), fmt.Sprint("firstName=F", i), fmt.Sprint("lastName=L", i), fmt.Sprintf("emails=p%d@example.com", i),
					[]string{"kind=Client", "kind=Supplier"}[i%2])
			}
			w.sync()
			w.policy.Filter = filter.Equals("kind", "Client")
			w.sync()
			linked, cards := w.links(contactsync.Linked), w.outlookSide("givenName")
			widened := *w.policy
			widened.Filter = filter.Condition{}

			p, err := w.engine.Preview(w.ctx, w.conn.ID, widened)

			require.NoError(t, err)
			assert.Equal(t, entering, p.Entering)
			assert.Zero(t, p.Leaving)
			assert.Empty(t, p.Counts(record.Outlook))

			*w.policy = widened
			r := w.sync()

			assert.Equal(t, p.Matched, r.Matched)
			assert.Equal(t, linked+p.Entering, w.links(contactsync.Linked))
			assert.Equal(t, cards, w.outlookSide("givenName"))
			w.settled()
		})
	}
}
