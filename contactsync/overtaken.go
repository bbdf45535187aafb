package contactsync

import (
	"context"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// overtaken finds the creates that did not arrive and whose person may have come to the side by another way since: typed in by somebody, or
// made for another user's card. Repeated, they would double that person. Once such a create can no longer be under way its link ends, and
// what it was to be made from is matched as if it were new; until then neither it is repeated nor anything made of who has come.
func (r *run) overtaken(ctx context.Context, links []Link, repeat []bool) error {
	var waits [2][]int // by target
	var unread [2][]string
	for i, l := range links {
		if !repeat[i] || l.Phase != Intended || l.Cause != NoCause || l.Revives != "" || r.givesUp(l) {
			continue
		}
		if l.Target == record.Outlook && r.terms.Match.Several == match.All {
			continue // its record may have cards that stay tied
		}
		source := l.Target.Other()
		if waits[l.Target] = append(waits[l.Target], i); !r.live[source][l.IDs[source]].read() {
			unread[source] = append(unread[source], l.IDs[source])
		}
	}
	for side := range unread {
		if err := r.fetch(ctx, record.Side(side), unread[side]); err != nil {
			return err
		}
	}
	rivals := map[int][]string{}
	for side := range waits {
		if err := r.rivals(ctx, record.Side(side), links, waits[side], rivals); err != nil {
			return err
		}
	}
	var anew Message
	var ended []string
	for _, i := range slices.Sorted(maps.Keys(rivals)) {
		l, ids := links[i], rivals[i]
		if repeat[i] = false; r.start.Sub(l.Since) < r.untilRepeat() {
			for _, id := range ids {
				r.linked[l.Target][id] = true
				var left [2]string
				left[l.Target] = id
				r.leaveToNext(left)
			}
			continue
		}
		source := l.IDs[l.Target.Other()]
		if r.over[l.ID] = true; l.Target == record.CRM {
			anew.OutlookIDs = append(anew.OutlookIDs, source)
		} else {
			anew.CRMIDs = append(anew.CRMIDs, source)
		}
		delete(r.linked[l.Target.Other()], source)
		ended = append(ended, l.ID)
	}
	if len(ended) > 0 && !r.mode.dry { // before they end, for a run that is stopped saves what it has
		anew.Conn = r.conn.ID
		if err := r.e.cfg.State.Post(ctx, anew); err != nil {
			return err
		}
	}
	for _, id := range ended {
		r.dropLink(id)
	}
	return nil
}

// rivals are, by link, those on the target side who share with its source what the settings match by, and have no tie.
func (r *run) rivals(ctx context.Context, target record.Side, links []Link, waits []int, rivals map[int][]string) error {
	source := target.Other()
	of, by := map[int]match.Candidate{}, map[uint64][]int{}
	var keys []match.Key
	for _, i := range waits {
		rec := r.live[source][links[i].IDs[source]].rec
		if rec == nil {
			continue
		}
		of[i] = r.candidate(source, rec)
		keys = append(keys, match.Keys(rec.Fields, r.terms.rules.Locale)...)
		for _, k := range candidateKeys(of[i]) {
			by[k] = append(by[k], i)
		}
	}
	if len(by) == 0 {
		return nil
	}
	note := func(rec *record.Record) {
		c, noted := r.candidate(target, rec), map[int]bool{}
		for _, k := range candidateKeys(c) {
			for _, i := range by[k] {
				if !noted[i] && r.shareKeys(c, of[i]) {
					noted[i], rivals[i] = true, append(rivals[i], rec.ID)
				}
			}
		}
	}
	for id, h := range r.live[target] {
		if h.rec != nil && !r.linked[target][id] {
			note(h.rec)
		}
	}
	finder, ok := r.e.cfg.Store.(Finder)
	if !ok || target != record.CRM {
		return nil
	}
	call, cancel := r.bounded(ctx)
	defer cancel()
	found, err := finder.Find(call, r.scope[record.CRM], keys)
	if err != nil {
		return err
	}
	for _, recs := range [][]record.Record{found.Records, found.Strangers} {
		for i := range recs {
			if _, here := r.live[record.CRM][recs[i].ID]; !here && !r.linked[record.CRM][recs[i].ID] {
				note(&recs[i])
			}
		}
	}
	return nil
}

// shareKeys reports whether two have in common what the settings match by.
func (r *run) shareKeys(a, b match.Candidate) bool {
	emails, phones := share(a.Emails, b.Emails), share(a.Phones, b.Phones)
	switch r.terms.Match.By {
	case match.ByEmail:
		return emails
	case match.ByPhone:
		return phones
	case match.ByEmailAndPhone:
		return emails && phones
	}
	return emails || phones
}
