package contactsynctest

import (
	"cmp"
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// labelling changes what is answered by Labels.
func labelling(change func(labels []contactsync.Label) []contactsync.Label) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		h.Labels = func(ctx context.Context, tenant, user string, crmIDs []string) ([]contactsync.Label, error) {
			labels, err := s.Labels(ctx, tenant, user, crmIDs)
			return change(labels), err
		}
	}
}

// problemsOf are the problems of the label's record.
func problemsOf(s contactsync.State, l contactsync.Label) []contactsync.Problem {
	all, err := s.Problems(context.Background(), l.Conn)
	if err != nil {
		panic(err)
	}
	return slices.DeleteFunc(all, func(p contactsync.Problem) bool { return p.Record[0] != l.Record })
}

// labelledBy takes for a label the problem that comes first in an order.
func labelledBy(order func(a, b contactsync.Problem) int) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		labelling(func(labels []contactsync.Label) []contactsync.Label {
			for i := range labels {
				if all := problemsOf(s, labels[i]); len(all) > 0 {
					first := slices.MinFunc(all, order)
					labels[i].Code, labels[i].Since = first.Code, first.First
				}
			}
			return labels
		})(s, h)
	}
}

// alsoOf answers for another user too.
func alsoOf(tenant, user string) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		h.Labels = func(ctx context.Context, ofTenant, ofUser string, crmIDs []string) ([]contactsync.Label, error) {
			labels, err := s.Labels(ctx, ofTenant, ofUser, crmIDs)
			if err != nil || ofTenant == tenant && ofUser == user {
				return labels, err
			}
			more, err := s.Labels(ctx, tenant, user, crmIDs)
			return append(labels, more...), err
		}
	}
}

var labelFaults = []stateFaultCase{
	{"labels of a colleague", "Labels", alsoOf("acme", "bob")},
	{"labels of another tenant", "Labels", alsoOf("globex", "ann")},
	{"the other way round", "Labels", labelling(func(labels []contactsync.Label) []contactsync.Label { slices.Reverse(labels); return labels })},
	{"a label for each connection, not for each record", "Labels", labelling(func(labels []contactsync.Label) []contactsync.Label {
		return slices.CompactFunc(labels, func(a, b contactsync.Label) bool { return a.Record == b.Record })
	})},
	{"only what is linked", "Labels", labelling(func(labels []contactsync.Label) []contactsync.Label {
		return slices.DeleteFunc(labels, func(l contactsync.Label) bool { return !l.Linked })
	})},
	{"every tie counts as linked", "Labels", func(s contactsync.State, h *StateHooks) {
		h.Save = func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
			for i := range b.Links {
				b.Links[i].Phase = contactsync.Linked
			}
			return s.Save(ctx, l, b)
		}
	}},
	{"the problem with the least id", "Labels/problems", labelledBy(func(a, b contactsync.Problem) int { return cmp.Compare(a.ID, b.ID) })},
	{"of two at once the one with the greater id", "Labels/problems", labelledBy(func(a, b contactsync.Problem) int {
		if c := b.Last.Compare(a.Last); c != 0 {
			return c
		}
		return cmp.Compare(b.ID, a.ID)
	})},
	{"since it was seen last", "Labels/problems", func(s contactsync.State, h *StateHooks) {
		labelling(func(labels []contactsync.Label) []contactsync.Label {
			for i := range labels {
				for _, p := range problemsOf(s, labels[i]) {
					if p.Code == labels[i].Code {
						labels[i].Since = p.Last
					}
				}
			}
			return labels
		})(s, h)
	}},
	{"no more than a hundred", "Labels/many, strange ids", labelling(func(labels []contactsync.Label) []contactsync.Label { return labels[:min(len(labels), 100)] })},
}
