package firstrun

import (
	"slices"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// score is what became of the people.
type score struct {
	tellable, right, wrong int
	asked, fields          int
	doubled, missing       []string
}

func (w *town) links() []contactsync.Link {
	links, err := w.state.Links(w.t.Context(), w.conn.ID, "", 10_000)
	require.NoError(w.t, err)
	return links
}

// waiting are the ids of the records that an open problem about who is who names, and how many fields wait for a decision.
func (w *town) waiting() (ids [2]map[string]bool, fields int) {
	problems, err := w.state.Problems(w.t.Context(), w.conn.ID)
	require.NoError(w.t, err)
	ids = [2]map[string]bool{{}, {}}
	for _, p := range problems {
		switch p.Code {
		case contactsync.CodeDoubtfulMatch, contactsync.CodeSeveralMatches:
			for side, id := range p.Record {
				ids[side][id] = id != ""
			}
		case contactsync.CodeConflict:
			fields++
		default:
			assert.Fail(w.t, "a problem nobody expected", "%s %s", p.Code, p.Message)
		}
	}
	return ids, fields
}

// judge holds both sides against the truth.
func (w *town) judge(by match.By) score {
	var s score
	var byID [2]map[string]string
	var count [2]map[string]int
	for side := range byID {
		byID[side], count[side] = map[string]string{}, map[string]int{}
		for _, rec := range w.records(record.Side(side)) {
			code := w.whose(record.Side(side), rec)
			require.NotEmpty(w.t, code)
			byID[side][rec.ID] = code
			if !w.copies[rec.ID] {
				count[side][code]++
			}
		}
	}
	tied := map[string]bool{}
	for _, l := range w.links() {
		crm, outlook := byID[record.CRM][l.IDs[record.CRM]], byID[record.Outlook][l.IDs[record.Outlook]]
		_, met := w.started[record.Outlook][l.IDs[record.Outlook]]
		_, both := w.started[record.CRM][l.IDs[record.CRM]]
		switch {
		case crm != outlook:
			s.wrong++
		case met && both:
			tied[crm] = true
		}
	}
	waiting, fields := w.waiting()
	s.fields = fields
	crowded := w.crowded(by)
	for _, h := range w.humans {
		asked := false
		for side := range waiting {
			asked = asked || slices.ContainsFunc(w.idsOf(record.Side(side), h), func(id string) bool { return waiting[side][id] })
		}
		knowable := w.knowable(by, crowded, h)
		if knowable && h.crm && h.outlook {
			s.tellable++
			if tied[h.code] {
				s.right++
			}
		}
		if asked && !tied[h.code] {
			s.asked++
		}
		for side := range count {
			switch n := count[side][h.code]; {
			// Somebody in both books whom the mode cannot tell is rightly there twice.
			case n > 1 && (knowable || !h.crm || !h.outlook) && !asked:
				s.doubled = append(s.doubled, h.code)
			case n == 0 && !asked:
				s.missing = append(s.missing, h.code)
			}
		}
	}
	return s
}

// checkExisting holds what was there before against what is there now: nothing of the CRM is lost or changed, and Outlook's cards
// are as the rule wants them.
func (w *town) checkExisting(existing conflict.Existing) {
	var now [2]map[string]record.Record
	for side := range now {
		now[side] = map[string]record.Record{}
		for _, rec := range w.records(record.Side(side)) {
			now[side][rec.ID] = rec
		}
		for id := range w.started[side] {
			require.Contains(w.t, now[side], id)
		}
	}
	for id, was := range w.started[record.CRM] {
		w.checkKept(person, was, now[record.CRM][id])
	}
	for id, was := range w.started[record.Outlook] {
		switch existing {
		case conflict.Leave:
			assert.Equal(w.t, was.Version, now[record.Outlook][id].Version, "the card was written: %s", w.cards[record.Outlook][id].of.code)
		case conflict.FillEmpty:
			w.checkKept(record.OutlookContact, was, now[record.Outlook][id])
		}
	}
	if existing != conflict.Override {
		return
	}
	for _, l := range w.links() {
		was, there := w.started[record.CRM][l.IDs[record.CRM]]
		if _, met := w.started[record.Outlook][l.IDs[record.Outlook]]; !there || !met {
			continue
		}
		for _, f := range person.Fields() {
			crm, _ := was.Fields.Get(f.Name)
			outlook, _ := now[record.Outlook][l.IDs[record.Outlook]].Fields.Get(outlookName[f.Name])
			assert.True(w.t, holds(f, outlook, crm), "%s: the CRM's %s did not get there", w.whose(record.CRM, was), f.Name)
		}
	}
}

// checkKept asserts that every value there was is there as it was written; a list may have got more.
func (w *town) checkKept(s *record.Schema, was, is record.Record) {
	for _, f := range s.Fields() {
		before, _ := was.Fields.Get(f.Name)
		after, _ := is.Fields.Get(f.Name)
		for _, entry := range before {
			assert.Contains(w.t, after, entry, "%s of %s was changed", f.Name, is.ID)
		}
		if f.Shape == record.One && len(before) > 0 {
			assert.Equal(w.t, before, after)
		}
	}
}
