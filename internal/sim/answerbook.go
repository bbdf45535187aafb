package sim

import (
	"maps"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// answerBook is the model of what people say of doubtful matches. Two records that somebody said are one person are linked by the next
// run that comes to its end, and two that are said to be two people are not, and nobody is asked about them again: as long as their
// names, addresses and numbers are those that were shown. A record that a person said is to be kept though its partner was removed is not
// deleted, until something becomes of it again.
type answerBook struct {
	w     *world
	shown map[pair]keysShown // of open questions: what both records said to matching, when nothing was in doubt
	asked map[pair]time.Time // when a run last asked: one that leaves a question open shows nothing new
	same  map[pair]keysShown // a person said that they are one, and no run has come to its end since
	apart map[pair]keysShown
	free  map[pair]bool    // of same: neither has had a partner when a run began
	kept  map[keeper]place // by record to be kept: its partner that was removed
}

// pair is two records of a connection.
type pair struct{ conn, crm, item string }

type keysShown [2]record.Fields

type keeper struct {
	conn string
	of   place
}

func newAnswerBook(w *world) answerBook {
	return answerBook{w: w, shown: map[pair]keysShown{}, asked: map[pair]time.Time{}, same: map[pair]keysShown{}, apart: map[pair]keysShown{}, free: map[pair]bool{}, kept: map[keeper]place{}}
}

// matched are the rules whose fields matching looks at.
var matched = []string{"first", "last", "emails", "work", "mobile"}

// says returns what two records say to matching.
func (b *answerBook) says(u *user, p pair) (said keysShown, both bool) {
	both = true
	for side, at := range [2]place{crmPlace(p.crm), itemPlace(u, p.item)} {
		rec := at.in(b.w)
		both = both && rec.ID != ""
		said[side] = rec.Fields.Only(func(name string) bool { return slices.Contains(matched, ruleOf(record.Side(side), name)) })
	}
	return said, both
}

func (k keysShown) equal(other keysShown) bool {
	return sameRecord(record.CRM, k[0], other[0]) && sameRecord(record.Outlook, k[1], other[1])
}

func pairOf(p contactsync.Problem) pair {
	return pair{p.Conn, p.Record[record.CRM], p.Record[record.Outlook]}
}

// said notes an answer. The last before a run counts. What may be refused, or comes after a run that was stopped and had linked them, or
// answers a question of which the model knows nothing, such as one of a run for some records, is not held against a run, but may take
// one of the two from somebody else.
func (b *answerBook) said(u *user, p contactsync.Problem, same bool) {
	at := pairOf(p)
	shown, known := b.shown[at]
	now, both := b.says(u, at)
	delete(b.same, at)
	delete(b.free, at)
	delete(b.apart, at)
	switch {
	case !known || !both || !now.equal(shown) || b.tied(at):
		if same {
			b.same[at] = keysShown{}
		}
	case same:
		b.same[at] = shown
	default:
		b.apart[at] = shown
	}
}

// begin notes, as a run begins, which of the records that are one person have no partner, and are given none by a merge in the CRM. Where they
// had one when an earlier run began, that run may have used the answer up, though something went wrong in it.
func (b *answerBook) begin(u *user) {
	for p := range b.same {
		if p.conn == u.conn.ID {
			before, begun := b.free[p]
			b.free[p] = (before || !begun) && len(b.partners(p)) == 0 && !b.torn(p) && !slices.ContainsFunc(b.w.ledger.mergedInto[p.crm], func(lost lostFields) bool {
				return len(b.w.linksOf(p.conn, record.CRM, lost.place.id)) > 0
			})
		}
	}
}

// torn reports whether one of two records was said to be the same person as somebody else too.
func (b *answerBook) torn(p pair) bool {
	for q := range b.same {
		if q != p && q.conn == p.conn && (q.crm == p.crm || q.item == p.item) {
			return true
		}
	}
	return false
}

// partners are the links that tie either of two records.
func (b *answerBook) partners(p pair) []contactsync.Link {
	links := append(b.w.linksOf(p.conn, record.CRM, p.crm), b.w.linksOf(p.conn, record.Outlook, p.item)...)
	return slices.DeleteFunc(links, func(l contactsync.Link) bool {
		return l.Phase != contactsync.Linked && l.Phase != contactsync.Intended
	})
}

// end holds what a run made of the answers against them; settled, it came to its end, nothing went wrong in it, and it looked at
// everything.
func (b *answerBook) end(u *user, problems []contactsync.Problem, settled bool) {
	for p, shown := range b.apart {
		if p.conn != u.conn.ID {
			continue
		}
		if now, both := b.says(u, p); !both || !now.equal(shown) {
			delete(b.apart, p)
			continue
		}
		if b.tied(p) {
			b.w.broken("answers", "%s and %s of %s were said to be two people, and are linked", p.crm, p.item, u.name)
		}
		if settled && slices.ContainsFunc(problems, func(q contactsync.Problem) bool { return pairOf(q) == p && isMatch(q) }) {
			b.w.broken("answers", "%s and %s of %s were said to be two people, and a person is asked again", p.crm, p.item, u.name)
		}
	}
	for p, shown := range b.same {
		if p.conn != u.conn.ID || !settled {
			continue
		}
		now, both := b.says(u, p)
		item := itemPlace(u, p.item).in(b.w)
		if both && now.equal(shown) && b.free[p] && item.Folder == u.folder && b.w.visible(u, p.crm) && !b.tied(p) {
			b.w.broken("answers", "%s and %s of %s were said to be one person, and are not linked", p.crm, p.item, u.name)
		}
		if b.tied(p) {
			b.w.reach("event accepted")
		}
		delete(b.same, p)
	}
	b.show(u, problems, settled)
}

func (b *answerBook) tied(p pair) bool {
	return slices.ContainsFunc(b.partners(p), func(l contactsync.Link) bool {
		return l.IDs == [2]string{record.CRM: p.crm, record.Outlook: p.item}
	})
}

func isMatch(p contactsync.Problem) bool {
	return p.Code == contactsync.CodeDoubtfulMatch || p.Code == contactsync.CodeStrangerMatch
}

// show notes what the open questions show.
func (b *answerBook) show(u *user, problems []contactsync.Problem, settled bool) {
	open := map[pair]bool{}
	for _, p := range problems {
		if !isMatch(p) {
			continue
		}
		at := pairOf(p)
		again := !p.Last.Equal(b.asked[at])
		open[at], b.asked[at] = true, p.Last
		if !again {
			continue
		}
		delete(b.shown, at)
		if now, both := b.says(u, at); both && settled {
			b.shown[at] = now
			b.w.reach("event asked " + string(p.Code))
		}
	}
	for p := range b.shown {
		if p.conn == u.conn.ID && !open[p] {
			delete(b.shown, p)
		}
	}
	maps.DeleteFunc(b.asked, func(p pair, _ time.Time) bool { return p.conn == u.conn.ID && !open[p] })
}

// removalOrEdit notes what a person says of a record that was edited while its partner was removed.
func (b *answerBook) removalOrEdit(u *user, p contactsync.Problem, take record.Side) {
	places := [2]place{crmPlace(p.Record[record.CRM]), itemPlace(u, p.Record[record.Outlook])}
	if left := places[take]; left.lives(b.w) { // the edit
		b.kept[keeper{p.Conn, left}] = places[take.Other()]
		return
	}
	left := places[take.Other()]
	delete(b.kept, keeper{p.Conn, left})
	for t := range tokens(left.in(b.w).Fields) {
		b.w.ledger.released[t] = true
	}
}

// deleted judges a delete of a record that a person said is to be kept.
func (b *answerBook) deleted(x writing) {
	gone, is := b.kept[keeper{x.scope.Conn, x.place()}]
	if !is {
		return
	}
	l := b.w.ledger
	again := l.acted[gone] > 0 && gone.lives(b.w)
	for _, link := range l.ties(x) {
		again = again || x.counterpart(link) != gone // it has another partner since
	}
	if !again {
		b.w.broken("answers", "%s %s was said to be kept, and was deleted", x.side, x.place().id)
	}
}

// forget drops what was said within a connection, as its memory is gone.
func (b *answerBook) forget(gone func(conn string) bool) {
	maps.DeleteFunc(b.asked, func(p pair, _ time.Time) bool { return gone(p.conn) })
	for _, said := range []map[pair]keysShown{b.shown, b.same, b.apart} {
		for p := range said {
			if gone(p.conn) {
				delete(said, p)
			}
		}
	}
	for k := range b.kept {
		if gone(k.conn) {
			delete(b.kept, k)
		}
	}
}
