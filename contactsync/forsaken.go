package contactsync

import (
	"context"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// leaveForsaken leaves alone, and reports, cards under the stamp of a link that is over, whose record another card is in sync with by now: an
// undo that was given up has made one all the same, or somebody took one back that the sync had thrown away. No match key need tell that they
// are second cards of their person. A card under the stamp of a link that lives is a copy, which may have been made to write somebody else on
// it; so may one be that has another name.
func (r *run) leaveForsaken(ctx context.Context, u *unlinked) error {
	from := map[string][]string{} // the cards, by record
	for _, id := range u.outlook {
		s, own := r.ownStamp(r.live[record.Outlook][id].rec.Stamp)
		if own && s.Record != "" && !r.linked[record.Outlook][id] && !u.held[record.Outlook][id] && !u.known[id].Orphan {
			from[s.Record] = append(from[s.Record], id)
		}
	}
	if len(from) == 0 || !r.terms.allow[record.CRM].Create {
		return nil
	}
	records := slices.Sorted(maps.Keys(from))
	if err := r.readUntied(ctx, records); err != nil {
		return err
	}
	for chunk := range slices.Chunk(records, linksPage) {
		links, err := r.linksOf(ctx, record.CRM, chunk)
		if err != nil {
			return err
		}
		lives := map[string]bool{}
		for _, l := range links {
			lives[l.ID] = true
		}
		for _, l := range links {
			crm, card := l.IDs[record.CRM], r.live[record.Outlook][l.IDs[record.Outlook]]
			if l.Phase != Linked || card.gone != "" || r.live[record.CRM][crm].rec == nil {
				continue
			}
			for _, id := range from[crm] {
				if s, _ := r.ownStamp(r.live[record.Outlook][id].rec.Stamp); lives[s.Link] {
					continue
				}
				if err := r.leaveIfForsaken(ctx, u, crm, id); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (r *run) leaveIfForsaken(ctx context.Context, u *unlinked, crm, item string) error {
	name := r.candidate(record.CRM, r.live[record.CRM][crm].rec).Name
	if score, known := match.Agrees(name, u.keys[record.Outlook][item].Name); known && score == 0 || u.held[record.Outlook][item] {
		return nil
	}
	s, _ := r.ownStamp(r.live[record.Outlook][item].rec.Stamp)
	if _, lives, err := r.linkByID(ctx, s.Link); err != nil || lives {
		return err
	}
	u.held[record.Outlook][item], u.known[item] = true, Known{Orphan: true}
	r.problem(matchProblem(CodeSeveralMatches, match.Pairing{CRM: crm, Outlook: item}, anotherInSync))
	return nil
}
