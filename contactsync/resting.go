package contactsync

import "github.com/seed-42871e99/crmsync/record"

// tellResting reports what stays on one side though it is gone from the other, where its user could not expect that, for as long as it is
// there.
func (v *verdict) tellResting(h [2]half) {
	if v.link.Phase != Detached {
		return
	}
	p := Problem{Link: v.link.ID, Record: v.link.IDs}
	stays := record.Outlook
	switch v.link.Cause {
	case CauseMerged:
		p.Code, p.Resolvable = CodeSeveralMatches, true
		p.Message = "In the CRM this contact was merged into another one. This card stays in Outlook and is no longer in sync; delete it if you do not need it."
	case CauseCRMMissing:
		p.Code, p.Message = CodeMissing, missingWords(record.CRM)
	case CauseOutlookMissing:
		stays = record.CRM
		p.Code, p.Message = CodeMissing, missingWords(record.Outlook)
	default:
		return
	}
	if h[stays].gone == "" {
		p.Sides[stays] = true
		v.asked = append(v.asked, p)
	}
}

func missingWords(from record.Side) string {
	stays := sideName(from.Other())
	return "This contact is gone from the " + sideName(from) + ". The memory of the sync was put back from a backup, so it cannot tell whether somebody deleted it there or the sync did. " +
		"It stays in the " + stays + " and is no longer in sync; delete it if you do not need it, or put it back in the " + sideName(from) + "."
}
