package sim

import (
	"maps"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// ledger is the model: it remembers what people did and what the sync wrote, and judges every write of the sync when it
// happens. It reads what both sides hold, and of the engine's memory only which records a link ties.
type ledger struct {
	w    *world
	tick int // counts acts of people, writes of the sync, and runs

	// Where everything began: first is where a person made it, of also what the sync made from it, in order.
	first      map[string]place
	of         map[string][]place
	origin     map[place]string
	asMade     map[place]record.Fields        // what the sync made, as it was made
	stamps     map[place]string               // and the stamp it was made with
	inPlace    map[string]string              // by CRM record: the deleted one whose place it takes
	mergedInto map[string][]lostFields        // by CRM record: what was merged into it
	madeAt     map[string]time.Time           // by stamp: when the sync made the record
	fieldTimes map[place]map[string]time.Time // when a person last changed a field, by the clock of the side

	// Tokens.
	released  map[token]bool              // a person took it away, and that may go across
	replaced  map[token]bool              // by writing over it somewhere, and nobody has written it anew since
	anew      map[token]rewriting         // what had been taken away, and who wrote it again in Outlook last
	inscribed map[place]map[token]int     // when a person wrote it there
	shifted   map[place]map[token]bool    // a person moved it there to another field
	changed   map[place]map[string]int    // when a rule's value last changed there, whoever changed it
	named     map[string]map[token][]spot // by connection: in values that are listed as diverged
	rewound   map[token][]rewoundAt       // by undos
	takenBack map[place]bool              // at the end of a connection
	against   map[string][]decision       // by connection: what people decided about conflicts that no run has come to
	exempt    map[token]bool              // written between a read and a write on a service that ignores versions

	adrift    map[place]bool  // items that were left behind since the settings dropped their tie
	returned  map[string]bool // names of CRM records that were deleted and put back
	strange   map[string]bool // names of imported cards that nothing could tell once the State was lost
	asked     map[string]bool // names of what a person was asked about, whether it is the same as another
	selected  map[selection]bool
	put       map[puts]bool            // by actions
	enacted   map[keeper]int           // when an action of a connection last put an entry into a record, or took one out
	discarded map[keeper]discard       // by what a delete left
	back      map[place]map[string]int // by record that a person put back or showed again: which run of each connection had left nothing open then

	ended   map[string]int // by connection: when its last run ended, however
	clean   map[string]int // by connection: when a run ended that left nothing open
	begun   map[string]int // and when that run had begun
	looked  map[string]int // by connection: when a run began that looked at all that had changed, and came to its end
	guards  guardBook
	undos   undoBook
	answers answerBook
	run     *frame // the run under way

	by     map[int]string // whose connection wrote, by tick
	acted  map[place]int  // when a person last did anything to it
	edited record.Fields  // what a person last changed held before
	reset  int            // when the settings last changed
}

func newLedger(w *world) *ledger {
	return &ledger{
		w: w, adrift: map[place]bool{}, returned: map[string]bool{}, strange: map[string]bool{}, asked: map[string]bool{}, madeAt: map[string]time.Time{}, fieldTimes: map[place]map[string]time.Time{}, first: map[string]place{}, of: map[string][]place{}, origin: map[place]string{},
		asMade: map[place]record.Fields{}, stamps: map[place]string{}, released: map[token]bool{}, replaced: map[token]bool{}, anew: map[token]rewriting{}, inPlace: map[string]string{}, mergedInto: map[string][]lostFields{},
		inscribed: map[place]map[token]int{}, shifted: map[place]map[token]bool{}, changed: map[place]map[string]int{}, named: map[string]map[token][]spot{}, rewound: map[token][]rewoundAt{},
		takenBack: map[place]bool{}, against: map[string][]decision{}, exempt: map[token]bool{}, ended: map[string]int{}, clean: map[string]int{}, begun: map[string]int{}, looked: map[string]int{},
		guards: guardBook{w: w, conns: map[string]*guarded{}}, undos: newUndoBook(w), answers: newAnswerBook(w), by: map[int]string{}, selected: map[selection]bool{}, put: map[puts]bool{}, enacted: map[keeper]int{}, discarded: map[keeper]discard{}, back: map[place]map[string]int{}, acted: map[place]int{},
	}
}

// settingsChanged notes that what was settled was settled under other settings.
func (l *ledger) settingsChanged() {
	clear(l.clean)
	clear(l.put)
	l.tick++
	l.reset = l.tick
}

// begins notes that a person made something.
func (l *ledger) begins(p place, name string) {
	if _, again := l.first[name]; !again {
		l.first[name] = p
	}
	l.belongs(p, name)
}

func (l *ledger) belongs(p place, name string) {
	if _, known := l.origin[p]; known {
		return
	}
	l.origin[p] = name
	l.of[name] = append(l.of[name], p)
}

// apart notes that a person took an item out of Deleted Items. Where the sync had put another in its place, or had ended the tie,
// it counts as a copy that the person made.
func (l *ledger) apart(p place) {
	name := l.origin[p]
	another := slices.ContainsFunc(l.of[name], func(q place) bool { return q != p && q.side == p.side && q.user == p.user })
	if another || len(l.w.linksOf(l.w.user(p.user).conn.ID, p.side, p.id)) == 0 {
		l.of[name] = slices.DeleteFunc(l.of[name], func(q place) bool { return q == p })
		delete(l.origin, p)
		as := name + "-back"
		for l.first[as] != (place{}) {
			as += "-back"
		}
		l.begins(p, as)
	}
}

// apartIfReplaced notes that a person brings a deleted CRM record back. Where another has taken its place since, it counts as
// one of its own.
func (l *ledger) apartIfReplaced(p place, name string) {
	another := slices.ContainsFunc(l.of[name], func(q place) bool { return q != p && q.side == record.CRM && q.lives(l.w) })
	if another && l.origin[p] == name {
		l.of[name] = slices.DeleteFunc(l.of[name], func(q place) bool { return q == p })
		delete(l.origin, p)
		as := name + "-again"
		for l.first[as] != (place{}) {
			as += "-again"
		}
		l.begins(p, as)
	}
}

// person notes what a person changed in a record.
func (l *ledger) person(p place, before, after record.Fields) {
	l.tick++
	l.acted[p], l.edited = l.tick, before
	l.touch(p, before, after)
	l.dated(p, before, after)
	was, is := tokens(before), tokens(after)
	_, buried := l.w.buried[p]
	back := buried && before.Schema() == nil // as it was: that takes nothing back of what was written elsewhere
	for t, field := range is {
		if old, had := was[t]; had && old != field {
			if l.shifted[p] == nil {
				l.shifted[p] = map[token]bool{}
			}
			l.shifted[p][t] = true
		} else if !had {
			if l.inscribed[p] == nil {
				l.inscribed[p] = map[token]int{}
			}
			l.inscribed[p][t] = l.tick
			news := p.side == record.CRM || !l.inCRM(t) // else somebody has overwritten it elsewhere
			if news && !(back && l.replaced[t]) {
				l.writesAnew(t, p)
				delete(l.released, t)
				delete(l.replaced, t)
			}
		}
	}
	if after.Schema() == nil && !p.lives(l.w) && !l.goesAcross(p) {
		for t := range l.shifted[p] { // his edit takes it off its old field elsewhere, and the new one he threw away
			l.released[t] = true
		}
		l.throwsAway(p)
		return // a delete that stays on its side takes nothing else from the other
	}
	for t := range was {
		if _, has := is[t]; !has {
			l.released[t] = true
			l.replaced[t] = l.replaced[t] || after.Schema() != nil
		}
	}
}

// dated notes when a person changed which fields.
func (l *ledger) dated(p place, before, after record.Fields) {
	if l.fieldTimes[p] == nil {
		l.fieldTimes[p] = map[string]time.Time{}
	}
	for _, f := range schemas[p.side].Fields() {
		if !f.Equal(value(before, f.Name), value(after, f.Name), locale) {
			l.fieldTimes[p][f.Name] = l.w.clock(p.side)()
		}
	}
}

// merged notes that a person chose the survivor's values over those of the record that was merged into it, and of those
// merged into that one before. What the survivor has nothing for was not chosen away, unless it had just been moved about.
func (l *ledger) merged(from, into string, loser, survivor record.Fields) {
	lost := append(l.mergedInto[from], lostFields{crmPlace(from), loser})
	for _, lose := range lost {
		for t, field := range tokens(lose.fields) {
			moved := false
			for _, u := range l.w.users {
				moved = moved || l.changed[lose.place][ruleOf(record.CRM, field)] > l.clean[u.conn.ID]
			}
			if moved || !value(survivor, field).IsEmpty() {
				l.released[t] = true
			}
		}
	}
	l.mergedInto[into] = append(l.mergedInto[into], lost...)
	l.touch(crmPlace(into), loser, survivor) // a link that follows sees these changes
}

// lostFields are what a record held when it was merged away.
type lostFields struct {
	place  place
	fields record.Fields
}

// goesAcross reports whether the settings let the removal of a record take values from others: by removing them, or because
// one item may bring the record back with other values than the others have.
func (l *ledger) goesAcross(p place) bool {
	d := l.w.settings.Deleted
	if p.side == record.CRM {
		several := len(l.w.users) > 1 || l.w.settings.Match.Several == match.All
		return d.InCRM == contactsync.Propagate || several && l.allow(record.CRM).Create
	}
	return d.InOutlook == contactsync.Propagate
}

// touch notes which rules' values changed.
func (l *ledger) touch(p place, before, after record.Fields) {
	for _, f := range schemas[p.side].Fields() {
		if rule := l.w.ruleOf(p.side, f.Name); rule != "" && !f.Equal(value(before, f.Name), value(after, f.Name), locale) {
			if l.changed[p] == nil {
				l.changed[p] = map[string]int{}
			}
			l.changed[p][rule] = l.tick
		}
	}
}

// sneaked notes an edit in the middle of a run. On a service that ignores versions it may be overwritten: that is the
// one loss that is documented.
func (l *ledger) sneaked(p place) {
	if p.side != record.Outlook || !l.w.ignoresVersions {
		return
	}
	l.run.overlooked = map[place]record.Fields{p: l.edited}
	for t, at := range l.inscribed[p] {
		if at == l.tick {
			l.exempt[t] = true
		}
	}
}

// begin and end frame a run.
func (l *ledger) begin(u *user) {
	l.w.runNo = 0
	if e := l.w.ending; e != nil {
		maps.DeleteFunc(l.discarded, func(k keeper, _ discard) bool { return k.conn == u.conn.ID })
		l.run = &frame{conn: u.conn.ID, book: l.guards.of(u.conn.ID), tick: l.tick, ends: e}
		return
	}
	if l.w.undoing == 0 && !l.w.looking && l.w.off(u) || l.w.undoing != 0 && l.w.dismissed[u.name] {
		l.run = &frame{conn: u.conn.ID, book: l.guards.of(u.conn.ID), tick: l.tick, off: true}
		return
	}
	l.run = l.guards.begin(u)
	if l.w.undoing != 0 {
		l.undos.begin(l.run, u, l.w.undoing)
	}
	l.recognises(u)
	l.selects(u)
	l.answers.begin(u)
}

// end: ended, the run came to its end; whole, it was to look at everything.
func (l *ledger) end(u *user, report contactsync.Report, ended, whole bool) {
	l.tick++
	conn := u.conn.ID
	if l.run.ends != nil {
		return
	}
	if l.run.off {
		l.endOff(u, report, ended)
		return
	}
	l.guards.end(l.run, u, report, ended, whole)
	l.undos.end(l.run, u, report, ended)
	if l.run.undoes == nil {
		l.ended[conn] = l.tick
	}
	l.named[conn] = l.diverged(u)
	l.drift(u)
	problems, err := l.w.state.Problems(l.w.ctx, conn)
	if ended && whole && err == nil && report.Conn != "" && report.Status == contactsync.Idle && len(problems) == 0 {
		l.clean[conn], l.begun[conn] = l.tick, l.run.tick
		l.acts(u)
	}
	if stale := slices.Contains(l.w.struck, "stale"); ended && whole && !stale && report.Status == contactsync.Idle && l.run.undoes == nil {
		l.looked[conn] = l.run.tick
	}
	settled := ended && whole && report.Conn != "" && report.Status == contactsync.Idle && len(l.w.struck) == 0 && l.run.undoes == nil
	if settled {
		delete(l.against, conn)
	}
	l.answers.end(u, problems, settled)
	l.settlesDiscards(u)
	for _, p := range problems {
		told := l.w.missing != nil && p.Code == contactsync.CodeSeveralMatches // a tie that ended since the backup is there again
		if told || p.Code == contactsync.CodeDoubtfulMatch {
			l.asked[l.origin[crmPlace(p.Record[record.CRM])]] = true
			l.asked[l.origin[itemPlace(u, p.Record[record.Outlook])]] = true
		}
	}
}

// spot is a rule's value in a record.
type spot struct {
	place place
	rule  string
}

// diverged returns the tokens in values that the links of a user list as different by rule. Of a record that is away, and may be
// back, those that were listed when it was last there are listed still.
func (l *ledger) diverged(u *user) map[token][]spot {
	named := map[token][]spot{}
	for _, link := range l.w.links(u.conn.ID) {
		for _, seen := range link.Seen {
			if seen.Diverged == "" {
				continue
			}
			for side, id := range link.IDs {
				if record.Side(side) == record.CRM && id == "" {
					id = link.Revives
				}
				at := spot{itemPlace(u, id), seen.Rule}
				if record.Side(side) == record.CRM {
					at.place = crmPlace(id)
				}
				rec, lives := l.w.record(record.Side(side), u.name, id)
				for name, v := range rec.Fields.All() {
					if l.w.ruleOf(record.Side(side), name) == seen.Rule {
						for _, t := range tokensOf(rec.Fields, name, v) {
							named[t] = append(named[t], at)
						}
					}
				}
				for t, were := range l.named[u.conn.ID] {
					if !lives && slices.Contains(were, at) {
						named[t] = append(named[t], at)
					}
				}
			}
		}
	}
	return named
}
