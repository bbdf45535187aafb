package contactsync

import (
	"context"

	"github.com/seed-42871e99/crmsync/record"
)

// Answered is what a person answered to a problem, while it waits for the next run. It is a closed list; empty: nothing waits. Another
// answer takes its place until then.
type Answered string

const (
	AnsweredCRM       Answered = "crm"       // the CRM's side counts
	AnsweredOutlook   Answered = "outlook"   // Outlook's side counts
	AnsweredSame      Answered = "same"      // the two are one person
	AnsweredTwo       Answered = "two"       // they are two people
	AnsweredCorrected Answered = "corrected" // the record was corrected, and no run has looked at it since
)

// Words says it to a person; empty where nothing was answered.
func (a Answered) Words() string {
	said := map[Answered]string{
		AnsweredCRM:       "You chose the CRM's side.",
		AnsweredOutlook:   "You chose Outlook's side.",
		AnsweredSame:      "You said that this is one person.",
		AnsweredTwo:       "You said that these are two people.",
		AnsweredCorrected: "You corrected it.",
	}[a]
	if said == "" {
		return ""
	}
	return said + " It is acted on at the next run."
}

// answered is what a message answers.
func answered(m *Message) Answered {
	switch d := m.Decision; {
	case d == nil:
		return AnsweredCorrected
	case d.Identity == SamePerson:
		return AnsweredSame
	case d.Identity == TwoPeople:
		return AnsweredTwo
	case d.Side == record.Outlook:
		return AnsweredOutlook
	}
	return AnsweredCRM
}

// withAnswers notes in the problems of a connection what was answered to them and waits for the next run.
func (e *Engine) withAnswers(ctx context.Context, conn string, problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	messages, err := e.cfg.State.Answers(ctx, conn)
	if err != nil {
		return err
	}
	last := map[string]Answered{}
	for i := range messages {
		last[messages[i].Answers()] = answered(&messages[i])
	}
	for i := range problems {
		problems[i].Answered = last[problems[i].ID]
	}
	return nil
}
