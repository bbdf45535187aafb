package contactsync_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// previewed is a world of 5,000 linked pairs; every tenth person is a supplier, the others are clients, and every fourth has
// something in Outlook that no rule maps yet.
func previewed(t *testing.T, s contactsync.Settings) *world {
	t.Helper()
	w := newWorld(t, s)
	for i := range 5000 {
		kind := "Client"
		if i%10 == 0 {
			kind = "Supplier"
		}
		w.put(fmt.Sprintf("c%d", i), fmt.Sprintf("firstName=F%d", i), fmt.Sprintf("lastName=L%d", i),
			fmt.Sprintf("emails=p%d@example.com", i), "kind="+kind)
	}
	w.sync()
	for _, item := range w.box.Items(record.Contact, w.folder) {
		var i int
		if fmt.Sscanf(item.Fields.Text("surname"), "L%d", &i); i%4 == 0 {
			w.editOutlook(item.ID, "department=Sales")
		}
	}
	w.sync()
	w.settled()
	return w
}

// typed is a rule that makes categories of the kinds of people.
func typed(prefix string) mapping.Rule {
	return mapping.Rule{ID: "type", CRM: []string{"kind"}, Outlook: []string{"categories"}, Lens: mapping.Spec{Kind: mapping.Set, Prefix: prefix}, Direction: mapping.ToOutlook}
}

func (w *world) links(phase contactsync.Phase) int {
	w.t.Helper()
	links, err := w.state.Links(w.ctx, w.conn.ID, "", 10_000)
	require.NoError(w.t, err)
	n := 0
	for _, l := range links {
		if l.Phase == phase {
			n++
		}
	}
	return n
}

// B17: what the preview of a change of settings says is what happens, whatever the change; and nobody's values are blanked.
func TestPreviewIsWhatHappens(t *testing.T) {
	for name, c := range map[string]struct {
		change            func(*contactsync.Settings)
		entering, leaving int
		outlook, crm      contactsync.PlanCounts
		sales             int // who are left of the 1,250 whose department is what Outlook said
		halt              contactsync.Guard
	}{
		"a rule is added": {
			change: func(s *contactsync.Settings) {
				s.Mapping = append(s.Mapping, mapping.Rule{ID: "kind", CRM: []string{"kind"}, Outlook: []string{"department"}, Conflict: mapping.CRMWins})
			},
			outlook: contactsync.PlanCounts{Update: 3750}, sales: 1250,
		},
		"a lens is changed": {
			change:  func(s *contactsync.Settings) { s.Mapping[len(s.Mapping)-1] = typed("Kind: ") },
			outlook: contactsync.PlanCounts{Update: 5000}, sales: 1250,
		},
		"the filter is narrowed": {
			change:  func(s *contactsync.Settings) { s.Filter = filter.Equals("kind", "Client") },
			leaving: 500, sales: 1250,
		},
		"the filter is narrowed, and what leaves it is deleted": {
			change: func(s *contactsync.Settings) {
				s.Filter = filter.Equals("kind", "Client")
				s.Left = contactsync.Propagate
				s.Flow.ToOutlook = &contactsync.Ops{Create: true, Update: true, Delete: true}
			},
			leaving: 500, outlook: contactsync.PlanCounts{Delete: 500}, sales: 1000,
		},
		"the filter is narrowed to few": {
			change: func(s *contactsync.Settings) {
				s.Filter = filter.Equals("kind", "Supplier")
				s.Left = contactsync.Propagate
				s.Flow.ToOutlook = &contactsync.Ops{Create: true, Update: true, Delete: true}
			},
			leaving: 4500, outlook: contactsync.PlanCounts{Delete: 4500}, halt: contactsync.GuardDeletes,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := twoWay()
			s.Mapping = append(s.Mapping, typed("Type: "))
			w := previewed(t, s)
			fields := []string{"givenName", "surname", "emailAddresses", "department", "categories"}
			before := w.outlookSide(fields...)
			changed := *w.policy
			changed.Mapping = append([]mapping.Rule{}, changed.Mapping...)
			c.change(&changed)
			linked := w.links(contactsync.Linked)

			p, err := w.engine.Preview(w.ctx, w.conn.ID, changed)

			require.NoError(t, err)
			assert.Equal(t, c.entering, p.Entering)
			assert.Equal(t, c.leaving, p.Leaving)
			assert.Equal(t, c.outlook, p.Counts(record.Outlook))
			assert.Equal(t, c.crm, p.Counts(record.CRM))
			assert.Equal(t, before, w.outlookSide(fields...), "a preview writes nothing")
			_, err = w.engine.Apply(w.ctx, p)
			require.ErrorIs(t, err, contactsync.ErrPlanOutdated, "the settings are not in force yet")

			*w.policy = changed
			r := w.sync()

			if c.halt != "" {
				require.NotNil(t, p.Halt)
				assert.Equal(t, c.halt, p.Halt.Guard)
				assert.Equal(t, p.Halt.Count, r.Halt.Count)
				assert.Equal(t, before, w.outlookSide(fields...))
				return
			}
			assert.Nil(t, p.Halt)
			for _, side := range []record.Side{record.CRM, record.Outlook} {
				plan, did := p.Counts(side), r.Counts[side]
				assert.Equal(t, plan, contactsync.PlanCounts{Create: did.Created, Update: did.Updated, Delete: did.Deleted})
			}
			sales := 0
			for _, item := range w.box.Items(record.Contact, w.folder) {
				if item.Fields.Text("department") == "Sales" {
					sales++
				}
				for _, field := range []string{"givenName", "surname", "emailAddresses", "categories"} {
					assert.NotEmpty(t, item.Fields.Text(field), "%s is blank", field)
				}
			}
			assert.Equal(t, c.sales, sales)
			assert.Equal(t, linked+p.Entering-p.Leaving, w.links(contactsync.Linked))
			w.settled()
		})
	}
}
