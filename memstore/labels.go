package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Labels implements [contactsync.State].
func (s *State) Labels(ctx context.Context, tenant, user string, crmIDs []string) ([]contactsync.Label, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var labels []contactsync.Label
	for _, id := range s.connsOf(tenant) {
		if c := s.conns[id]; c.User == user {
			labels = append(labels, c.labels(crmIDs)...)
		}
	}
	slices.SortFunc(labels, func(a, b contactsync.Label) int {
		return cmp.Or(cmp.Compare(a.Record, b.Record), cmp.Compare(a.Conn, b.Conn))
	})
	return labels, nil
}

func (c *connState) labels(crmIDs []string) []contactsync.Label {
	asked := map[string]bool{}
	for _, id := range crmIDs {
		asked[id] = id != ""
	}
	answers := map[string]bool{}
	for _, m := range c.messages {
		answers[m.Answers()] = true
	}
	last, unanswered := map[string]contactsync.Problem{}, map[string]bool{}
	for _, p := range c.problems {
		if !answers[p.ID] {
			unanswered[p.Record[record.CRM]] = true
		}
		was, several := last[p.Record[record.CRM]]
		if !several || cmp.Or(was.Last.Compare(p.Last), cmp.Compare(p.ID, was.ID)) < 0 {
			last[p.Record[record.CRM]] = p
		}
	}
	var labels []contactsync.Label
	for id := range asked {
		linked := c.links.ties(record.CRM, id)
		if p, open := last[id]; asked[id] && (linked || open) {
			labels = append(labels, contactsync.Label{Conn: c.ID, Record: id, Linked: linked, Code: p.Code, Since: p.First, Answered: open && !unanswered[id]})
		}
	}
	return labels
}
