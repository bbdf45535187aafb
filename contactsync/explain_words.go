package contactsync

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// Differs says in words why a field of a tied pair stays different on the two sides (B22); empty for a reason that is none.
func Differs(r conflict.Reason) string {
	return map[conflict.Reason]string{
		conflict.OnlyFillsEmpty:   "both had a value at the first meeting, and only empty ones are filled",
		conflict.LeftAlone:        "Outlook contacts that were there stay as they are",
		conflict.DriftedInCRM:     "edited in the CRM, which may not send",
		conflict.DriftedInOutlook: "edited in Outlook, which may not send",
		conflict.NotToCRM:         "the settings do not let it into the CRM",
		conflict.NotToOutlook:     "the settings do not let it into Outlook",
		conflict.NotAllowed:       "the settings do not let it across",
		conflict.EmptyKept:        "nothing to put in its place",
		conflict.LostFirstOnly:    "only the first of several goes across",
		conflict.LostCut:          "more values than the other side can hold",
		conflict.LostNotListed:    "not in the table of values",
		conflict.LostOneWay:       "cannot be carried back",
		conflict.LostKeptOther:    "the other side's further values are kept",
		conflict.NoAccount:        "the CRM has no account of that name",
		conflict.NotHeld:          "the other side did not keep it",
		conflict.Asked:            "waits for you",
		conflict.Undone:           "what a run had written was taken back",
		conflict.OtherKind:        "it is for records of another kind",
	}[r]
}

// words say a standing for a person.
func (x *explainer) words() string {
	words := x.standing()
	if x.Status != "" && x.Status != Idle && x.Reason != "" {
		words += " Nothing happens for the moment: " + x.Reason
	}
	return words
}

func (x *explainer) standing() string {
	here, there := sideName(x.asked), sideName(x.asked.Other())
	switch x.Standing {
	case StandingInSync:
		return fmt.Sprintf("In step with the %s: %s.", there, x.origin())
	case StandingDiverged:
		return fmt.Sprintf("In step with the %s (%s), and these fields differ for a reason: %s.", there, x.origin(), x.differing())
	case StandingWaiting:
		return x.waiting()
	case StandingProblem:
		return strings.Join(x.messages(), " ")
	case StandingResting:
		return "Takes no part for the moment: " + cmp.Or(restsFor[x.Cause], restsFor[NoCause]) + "."
	case StandingNotSelected:
		return x.unselected()
	case StandingNotAllowed:
		return fmt.Sprintf("It has no counterpart in the %s, and the settings make none there.", there)
	case StandingPrivate:
		return "It is marked private in Outlook, and private contacts stay out of the CRM."
	case StandingLeftBehind:
		return "It stayed in Outlook when its tie, or that of another card of the same person, ended. It is tied again if it matches a record that takes part, and is never copied into the CRM."
	case StandingBlank:
		return fmt.Sprintf("It holds nothing yet that the %s could be told.", there)
	}
	switch x.h[x.asked].gone {
	case Hidden:
		return fmt.Sprintf("This user may not see it in the %s.", here)
	case Moved:
		return "It lies in another Outlook folder than the one that is in sync."
	case Merged:
		return fmt.Sprintf("It was merged into another record of the %s.", here)
	case Deleted:
		return fmt.Sprintf("It was deleted in the %s.", here)
	}
	return fmt.Sprintf("The %s does not know it, or cannot tell.", here)
}

// origin says how the two records came to be tied.
func (x *explainer) origin() string {
	switch {
	case x.Made[record.Outlook]:
		return "the Outlook contact was made from the CRM's"
	case x.Made[record.CRM]:
		return "the CRM record was made from Outlook's"
	}
	if len(x.Alike) == 0 {
		return "the two were matched"
	}
	kinds := make([]string, len(x.Alike))
	for i, k := range x.Alike {
		kinds[i] = string(k)
	}
	return "the two were matched; they share " + strings.Join(kinds, " and ")
}

func (x *explainer) differing() string {
	var parts []string
	for _, r := range x.Rules {
		if r.Diverged != conflict.Agreed && r.Diverged != conflict.OtherKind {
			parts = append(parts, r.Field+" ("+Differs(r.Diverged)+")")
		}
	}
	return strings.Join(parts, ", ")
}

func (x *explainer) messages() []string {
	var out []string
	for _, p := range x.Problems {
		message := p.Message
		if p.Field != "" {
			message = p.Field + ": " + message
		}
		if p.Answered != "" {
			message += " " + p.Answered.Words()
		}
		out = append(out, message)
	}
	return out
}

func (x *explainer) waiting() string {
	there := x.asked.Other()
	switch {
	case x.Phase == Intended:
		return fmt.Sprintf("A copy in the %s was begun and is not confirmed yet; the next run sees to it.", sideName(x.link.Target))
	case x.Phase == "":
		return fmt.Sprintf("It has no counterpart in the %s yet; the next run looks for one and else makes it.", sideName(there))
	}
	for side, h := range x.h {
		if h.rec == nil {
			return fmt.Sprintf("Its record in the %s is %s; the next run acts on that as the settings say.", sideName(record.Side(side)), goneWords[h.gone])
		}
	}
	if x.left(x.link, x.h[record.CRM]) {
		return x.unselected() + " It was in step until now; the next run acts on that as the settings say."
	}
	var fields []string
	for _, r := range x.Rules {
		if r.Changed != [2]bool{} {
			fields = append(fields, r.Field)
		}
	}
	return "Changed since the last run, and looked at by the next: " + strings.Join(fields, ", ") + "."
}

var goneWords = map[Removal]string{
	Deleted: "deleted", Hidden: "hidden from this user", Moved: "in another folder", Merged: "merged into another",
	Unknown: "not to be told of at present",
}

var restsFor = map[Cause]string{
	CauseLeft:           "the filter no longer selects it; its copy stays as it is",
	CauseMovedOut:       "its Outlook contact was moved to another folder",
	CauseCRMDeleted:     "its CRM record was deleted; the Outlook contact stays",
	CauseOutlookDeleted: "its Outlook contact was deleted; the CRM record stays",
	CauseCRMMissing:     "its CRM record is gone, by nobody knows whose wish, since the memory of the sync was put back from a backup; the Outlook contact stays",
	CauseOutlookMissing: "its Outlook contact is gone, by nobody knows whose wish, since the memory of the sync was put back from a backup; the CRM record stays",
	CauseHidden:         "the user may no longer see its CRM record",
	CauseMerged:         "its CRM record was merged into another that has a contact in Outlook already",
	NoCause:             "its tie was dropped",
}

func (x *explainer) unselected() string {
	which := "The filter"
	if x.asked == record.Outlook && x.link.ID == "" {
		which = "The filter for Outlook contacts"
	}
	switch unknown := x.Selected == filter.Unknown; {
	case unknown && x.decides != "":
		return fmt.Sprintf("%s cannot tell whether to select it: its %s is not known.", which, x.decides)
	case unknown:
		return fmt.Sprintf("%s cannot tell whether to select it (%s).", which, x.Decider)
	case x.decides != "":
		return fmt.Sprintf("%s does not select it because of its %s.", which, x.decides)
	}
	return fmt.Sprintf("%s does not select it (%s).", which, x.Decider)
}
