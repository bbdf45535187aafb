package contactsynctest

import (
	"context"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// changedAnswers changes what is answered by Answers.
func changedAnswers(change func(messages []contactsync.Message) []contactsync.Message) stateFault {
	return func(s contactsync.State, h *StateHooks) {
		h.Answers = func(ctx context.Context, conn string) ([]contactsync.Message, error) {
			messages, err := s.Answers(ctx, conn)
			return change(messages), err
		}
	}
}

// labelledAnswered changes which labels are answered.
func labelledAnswered(is func(l contactsync.Label) bool) stateFault {
	return labelling(func(labels []contactsync.Label) []contactsync.Label {
		for i := range labels {
			labels[i].Answered = is(labels[i])
		}
		return labels
	})
}

var answerFaults = []stateFaultCase{
	{"no answers", "Answers", changedAnswers(func([]contactsync.Message) []contactsync.Message { return nil })},
	{"the last answer first", "Answers", changedAnswers(func(m []contactsync.Message) []contactsync.Message { slices.Reverse(m); return m })},
	{"only the last answer", "Answers", changedAnswers(func(m []contactsync.Message) []contactsync.Message { return m[max(len(m)-1, 0):] })},
	{"only decisions", "Answers", changedAnswers(func(m []contactsync.Message) []contactsync.Message {
		return slices.DeleteFunc(m, func(m contactsync.Message) bool { return m.Decision == nil })
	})},
	{"answers of another connection", "Answers", func(s contactsync.State, h *StateHooks) {
		h.Answers = func(ctx context.Context, _ string) ([]contactsync.Message, error) { return s.Answers(ctx, "c1") }
	}},
	{"a lease takes the answers", "Answers", func(s contactsync.State, h *StateHooks) {
		h.Answers = func(ctx context.Context, conn string) ([]contactsync.Message, error) {
			if _, err := s.Acquire(ctx, conn, "nobody", noon, ttl); err != nil {
				return nil, nil
			}
			return s.Answers(ctx, conn)
		}
	}},
	{"no label is answered", "Labels/answers", labelledAnswered(func(contactsync.Label) bool { return false })},
	{"what is in sync is answered", "Labels/answers", labelledAnswered(func(l contactsync.Label) bool { return l.Answered || l.Code == "" })},
	{"what is in trouble is answered", "Labels/answers", labelledAnswered(func(l contactsync.Label) bool { return l.Code != "" })},
}
