package sim

import "github.com/seed-42871e99/crmsync/record"

// rewriting is where in Outlook a person last wrote what people had taken away, as by a copy of a card that a run has not come to yet.
type rewriting struct {
	place    place
	replaced bool // it had been written over
}

// writesAnew notes that a person writes a token where it counts as written anew.
func (l *ledger) writesAnew(t token, p place) {
	if p.side == record.Outlook && l.released[t] {
		l.anew[t] = rewriting{p, l.replaced[t]}
	} else {
		delete(l.anew, t)
	}
}

// carries notes what the sync brings to a side: what it has made of a card in the CRM outlives that card.
func (l *ledger) carries(to record.Side, written map[token]string) {
	for t := range written {
		if to == record.CRM {
			delete(l.anew, t)
		}
	}
}

// throwsAway notes that a person deletes a card, or the sync a copy of one that it made, which takes nothing from others. What nobody
// but the card said again counts as taken away, as before.
func (l *ledger) throwsAway(p place) {
	for t, a := range l.anew {
		if a.place == p {
			l.released[t], l.replaced[t] = true, l.replaced[t] || a.replaced
		}
	}
}
