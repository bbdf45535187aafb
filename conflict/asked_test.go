package conflict_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// question is a pair whose note waits for a person: "old" became "crm's" and "outlook's".
func question(t *testing.T, opt conflict.Options) (*conflict.Merger, conflict.Pair) {
	t.Helper()
	m := &conflict.Merger{Map: compile(t, copyRule("note"), copyRule("name")), Hash: hash, Options: opt}
	asking := *m
	asking.Options.Winner = mapping.Ask
	base := lastSeen(m, values{"note": "old", "name": "Ada"}, values{"note": "old", "name": "Ada"})
	p := conflict.Pair{Base: base, Fields: both(values{"note": "crm's", "name": "Ada"}, values{"note": "outlook's", "name": "Ada"})}
	o := asking.Merge(p)
	if len(o.Asked) != 1 || o.Asked[0].Diverged != conflict.Asked {
		t.Fatalf("Merge asked %v, want one question", o.Asked)
	}
	p.Base, p.Asked = o.Seen, o.Asked
	return m, p
}

func check(t *testing.T, m *conflict.Merger, p conflict.Pair, want ...string) conflict.Outcome {
	t.Helper()
	o := m.Merge(p)
	if diff := cmp.Diff(want, show(o)); diff != "" {
		t.Errorf("Merge(%v, %v) mismatch (-want +got):\n%s", p.Fields[0], p.Fields[1], diff)
	}
	return o
}

func TestAQuestionWaits(t *testing.T) {
	opt := conflict.Options{Allow: twoWay}
	t.Run("while nothing happens", func(t *testing.T) {
		m, p := question(t, opt)
		o := check(t, m, p, "note: asked", "name: agreed", "asked note")
		if diff := cmp.Diff(p.Asked, o.Asked); diff != "" {
			t.Errorf("the question changed (-want +got):\n%s", diff)
		}
	})
	t.Run("while another rule goes on, without reading the other side for it", func(t *testing.T) {
		m, p := question(t, opt)
		p.Fields = both(values{"note": "crm's", "name": "Ada"}, nil)
		check(t, m, p, "note: asked", "name: agreed", "asked note")
	})
	t.Run("with new values when they change", func(t *testing.T) {
		m, p := question(t, opt)
		p.Fields = both(values{"note": "crm's", "name": "Ada"}, values{"note": "another", "name": "Ada"})
		o := check(t, m, p, "note: asked", "name: agreed", "asked note")
		if o.Asked[0].Raw == p.Asked[0].Raw {
			t.Error("the question still shows the old values")
		}
	})
	t.Run("and needs both sides when one of them changes", func(t *testing.T) {
		m, p := question(t, opt)
		p.Fields = both(values{"note": "yet another", "name": "Ada"}, nil)
		check(t, m, p, "note: asked", "name: agreed", "asked note", "needs outlook")
	})
	t.Run("until one side goes back: then only the other changed", func(t *testing.T) {
		m, p := question(t, opt)
		p.Fields = both(values{"note": "old", "name": "Ada"}, values{"note": "outlook's", "name": "Ada"})
		check(t, m, p, "note: to crm, changed", "name: agreed", "set crm note=outlook's")
	})
	t.Run("until both go back", func(t *testing.T) {
		m, p := question(t, opt)
		p.Fields = both(values{"note": "old", "name": "Ada"}, values{"note": "old", "name": "Ada"})
		check(t, m, p, "note: agreed", "name: agreed")
	})
	t.Run("until a person makes both the same", func(t *testing.T) {
		m, p := question(t, opt)
		p.Fields = both(values{"note": "outlook's", "name": "Ada"}, values{"note": "outlook's", "name": "Ada"})
		check(t, m, p, "note: agreed", "name: agreed")
	})
	t.Run("until the settings name a winner", func(t *testing.T) {
		m, p := question(t, conflict.Options{Allow: twoWay, Winner: mapping.CRMWins})
		check(t, m, p, "note: to outlook, crmWon", "name: agreed", "set outlook note=crm's")
		p.Fields = both(values{"note": "crm's", "name": "Ada"}, nil)
		check(t, m, p, "note: asked", "name: agreed", "asked note", "needs outlook")
		m.Options.Winner = mapping.OutlookWins
		check(t, m, p, "note: asked", "name: agreed", "asked note", "needs outlook")
	})
	t.Run("until the rule names a winner", func(t *testing.T) {
		m, p := question(t, opt)
		rule := copyRule("note")
		rule.Conflict = mapping.CRMWins
		m.Map = compile(t, rule, copyRule("name"))
		p.Fields = both(values{"note": "crm's", "name": "Ada"}, nil)
		check(t, m, p, "note: asked", "name: agreed", "asked note", "needs outlook")
	})
	t.Run("until a later edit of what was asked, where the newest wins", func(t *testing.T) {
		m, p := question(t, conflict.Options{Allow: twoWay, Winner: mapping.Newest})
		p.Fields = both(values{"note": "crm's", "name": "Ada"}, values{"note": "another", "name": "Ada"})
		p.Modified = [2]time.Time{noon, noon.Add(time.Hour)}
		check(t, m, p, "note: to crm, outlookNewer", "name: agreed", "set crm note=another")
	})
	t.Run("through a read that does not know the field", func(t *testing.T) {
		m, p := question(t, opt)
		p.Fields = both(values{"note": "crm's", "name": "Ada"}, values{"name": "Ada"})
		check(t, m, p, "name: agreed", "asked note")
	})
	t.Run("and is not answered by the time of another edit", func(t *testing.T) {
		m, p := question(t, conflict.Options{Allow: twoWay, Winner: mapping.Newest})
		p.Fields = both(values{"note": "crm's", "name": "Ada King"}, values{"note": "outlook's", "name": "Ada"})
		p.Modified = [2]time.Time{noon.Add(time.Hour), noon}
		check(t, m, p, "note: asked", "name: to outlook, changed", "set outlook name=Ada King", "asked note")
	})
	t.Run("at a first meeting too", func(t *testing.T) {
		m := &conflict.Merger{Map: compile(t, copyRule("note")), Hash: hash, Options: opt}
		p := conflict.Pair{Fields: both(values{"note": "crm's"}, values{"note": "outlook's"})}
		p.Asked = m.Merge(p).Asked
		check(t, m, p, "note: asked", "asked note")
		p.Fields = both(nil, values{"note": "outlook's"})
		check(t, m, p, "note: asked", "asked note")
		p.Fields = both(nil, values{"note": "another"})
		check(t, m, p, "note: asked", "asked note", "needs crm")
	})
}

func decision(p conflict.Pair, side record.Side) []conflict.Decision {
	return []conflict.Decision{{Rule: p.Asked[0].Rule, Side: side, Raw: p.Asked[0].Raw}}
}

func TestDecision(t *testing.T) {
	opt := conflict.Options{Allow: twoWay}
	t.Run("carries the side that was chosen", func(t *testing.T) {
		m, p := question(t, opt)
		p.Decisions = decision(p, record.Outlook)
		check(t, m, p, "note: to crm, decided", "name: agreed", "set crm note=outlook's")
		p.Decisions = decision(p, record.CRM)
		check(t, m, p, "note: to outlook, decided", "name: agreed", "set outlook note=crm's")
	})
	t.Run("needs both sides", func(t *testing.T) {
		m, p := question(t, opt)
		p.Decisions = decision(p, record.CRM)
		p.Fields = both(values{"note": "crm's", "name": "Ada"}, nil)
		check(t, m, p, "note: asked", "name: agreed", "asked note", "needs outlook")
		p.Fields = both(nil, nil)
		check(t, m, p, "note: asked", "asked note", "needs crm", "needs outlook")
	})
	t.Run("is stale when the sides hold something else", func(t *testing.T) {
		m, p := question(t, opt)
		p.Decisions = decision(p, record.CRM)
		p.Fields = both(values{"note": "crm's", "name": "Ada"}, values{"note": "another", "name": "Ada"})
		check(t, m, p, "note: asked", "name: agreed", "asked note", "stale note")
	})
	t.Run("the last one counts", func(t *testing.T) {
		m, p := question(t, opt)
		p.Decisions = append(decision(p, record.CRM), decision(p, record.Outlook)...)
		check(t, m, p, "note: to crm, decided", "name: agreed", "set crm note=outlook's", "stale note")
	})
	t.Run("on a rule or a side that is not there is stale", func(t *testing.T) {
		m, p := question(t, opt)
		p.Decisions = []conflict.Decision{{Rule: "gone"}, {Rule: "note", Side: 2}}
		check(t, m, p, "note: asked", "name: agreed", "asked note", "stale gone", "stale note")
	})
	t.Run("stands though one that names no side came after it", func(t *testing.T) {
		m, p := question(t, opt)
		p.Decisions = append(decision(p, record.CRM), conflict.Decision{Rule: "note", Side: 2, Raw: p.Asked[0].Raw})
		check(t, m, p, "note: to outlook, decided", "name: agreed", "set outlook note=crm's", "stale note")
	})
	t.Run("that may not be carried out leaves both sides", func(t *testing.T) {
		m, p := question(t, conflict.Options{Allow: toOutlook})
		p.Decisions = decision(p, record.Outlook)
		check(t, m, p, "note: notToCRM", "name: agreed")
	})
	t.Run("goes before existing = fillEmpty, always", func(t *testing.T) {
		m, p := question(t, conflict.Options{Allow: twoWay, ExistingAlways: true})
		p.Decisions = decision(p, record.CRM)
		check(t, m, p, "note: to outlook, decided", "name: agreed", "set outlook note=crm's")
	})
	t.Run("on sides that say the same already writes nothing", func(t *testing.T) {
		m := &conflict.Merger{Map: compile(t, firstRule), Hash: hash, Options: opt}
		p := conflict.Pair{Fields: both(values{"tag": "a"}, values{"tags": "a|b"})}
		p.Base = check(t, m, p, "tag: firstOnly").Seen
		p.Decisions = []conflict.Decision{{Rule: "tag", Side: record.CRM, Raw: p.Base[0].Raw}}
		check(t, m, p, "tag: firstOnly")
	})
	t.Run("may settle a rule that only diverged", func(t *testing.T) {
		m := &conflict.Merger{Map: compile(t, copyRule("note")), Hash: hash, Options: conflict.Options{Allow: toOutlook}}
		p := conflict.Pair{Fields: both(values{"note": "crm's"}, values{"note": "outlook's"})}
		p.Base = check(t, m, p, "note: onlyFillsEmpty").Seen
		p.Decisions = []conflict.Decision{{Rule: "note", Side: record.CRM, Raw: p.Base[0].Raw}}
		check(t, m, p, "note: to outlook, decided", "set outlook note=crm's")
		p.Fields = both(values{"note": "crm's"}, nil)
		check(t, m, p, "needs outlook")
	})
}

func TestWholeRecordAsks(t *testing.T) {
	m := &conflict.Merger{Map: compile(t, copyRule("note"), copyRule("name"), copyRule("email")), Hash: hash,
		Options: conflict.Options{Allow: twoWay, WholeRecord: true}}
	was := values{"note": "old", "name": "Ada", "email": "a@example.com"}
	crm := values{"note": "crm's", "name": "Ada King", "email": "b@example.com"}
	outlook := values{"note": "outlook's", "name": "Ada", "email": "c@example.com"}
	p := conflict.Pair{Base: lastSeen(m, was, was), Fields: both(crm, outlook)}
	o := check(t, m, p, "note: asked", "name: asked", "email: asked", "asked note", "asked name", "asked email")
	p.Base, p.Asked = o.Seen, o.Asked

	t.Run("a side that has nothing new needs no read of the other", func(t *testing.T) {
		p := p
		p.Fields = both(crm, nil)
		check(t, m, p, "note: asked", "name: asked", "email: asked", "asked note", "asked name", "asked email")
	})
	t.Run("anything new needs both", func(t *testing.T) {
		p := p
		p.Fields = both(values{"note": "crm's", "name": "Countess", "email": "b@example.com"}, nil)
		check(t, m, p, "asked note", "asked name", "asked email", "needs outlook")
	})
	t.Run("also in a rule that nobody was asked about", func(t *testing.T) {
		p := p
		p.Asked, p.Fields = p.Asked[:1], both(crm, nil)
		check(t, m, p, "asked note", "needs outlook")
		p.Fields = both(nil, outlook)
		check(t, m, p, "asked note", "needs crm")
	})
	t.Run("also a winner in the settings", func(t *testing.T) {
		m, p := *m, p
		m.Options.Winner, p.Fields = mapping.CRMWins, both(crm, nil)
		check(t, &m, p, "asked note", "asked name", "asked email", "needs outlook")
	})
	t.Run("but for a rule that meets for the first time: it has its own", func(t *testing.T) {
		m := *m
		email := copyRule("email")
		email.Conflict = mapping.Ask
		m.Map, m.Options.Winner = compile(t, email), mapping.CRMWins
		p := conflict.Pair{Fields: both(crm, outlook)}
		p.Asked = check(t, &m, p, "email: asked", "asked email").Asked
		p.Fields = both(crm, nil)
		check(t, &m, p, "email: asked", "asked email")
	})
	t.Run("but no winner of a rule's own", func(t *testing.T) {
		m, p := *m, p
		email := copyRule("email")
		email.Conflict = mapping.CRMWins
		m.Map, p.Fields = compile(t, copyRule("note"), copyRule("name"), email), both(crm, nil)
		check(t, &m, p, "note: asked", "name: asked", "email: asked", "asked note", "asked name", "asked email")
	})
	t.Run("also a decision", func(t *testing.T) {
		p := p
		p.Fields = both(crm, nil)
		p.Decisions = []conflict.Decision{{Rule: "note", Side: record.CRM, Raw: p.Asked[0].Raw}}
		check(t, m, p, "asked note", "asked name", "asked email", "needs outlook")
	})
	t.Run("on whichever side it is", func(t *testing.T) {
		p := p
		p.Fields = both(nil, values{"note": "outlook's", "name": "Countess", "email": "c@example.com"})
		check(t, m, p, "asked note", "asked name", "asked email", "needs crm")
	})
	t.Run("without an open question a side that was not read did not change", func(t *testing.T) {
		p := p
		p.Asked, p.Fields = nil, both(crm, nil)
		check(t, m, p, "note: to outlook, changed", "name: to outlook, changed", "email: to outlook, changed",
			"set outlook name=Ada King", "set outlook email=b@example.com", "set outlook note=crm's", "needs outlook")
	})
	t.Run("a field that is not known hides no conflict in another", func(t *testing.T) {
		p := p
		some := values{"name": "Ada King", "email": "b@example.com"}
		p.Asked, p.Fields = nil, both(some, outlook)
		check(t, m, p, "name: asked", "email: asked", "asked name", "asked email")
	})
	t.Run("nor holds it up the record that waits", func(t *testing.T) {
		p := p
		p.Fields = both(values{"name": "Countess", "email": "b@example.com"},
			values{"note": "another", "name": "Ada", "email": "c@example.com"})
		check(t, m, p, "name: asked", "email: asked", "asked note", "asked name", "asked email")
	})
	t.Run("until the settings name a winner", func(t *testing.T) {
		m := *m
		m.Options.Winner = mapping.CRMWins
		check(t, &m, p, "note: to outlook, crmWon", "name: to outlook, changed", "email: to outlook, crmWon",
			"set outlook name=Ada King", "set outlook email=b@example.com", "set outlook note=crm's")
	})
	decide := func(rule int, side record.Side) conflict.Decision {
		return conflict.Decision{Rule: p.Asked[rule].Rule, Side: side, Raw: p.Asked[rule].Raw}
	}
	t.Run("who wins a conflict by decision wins the record", func(t *testing.T) {
		p := p
		p.Decisions = []conflict.Decision{decide(0, record.Outlook), decide(2, record.Outlook)}
		check(t, m, p, "note: to crm, decided", "name: to crm, recordWon", "email: to crm, decided",
			"set crm name=Ada", "set crm email=c@example.com", "set crm note=outlook's")
	})
	t.Run("on either side", func(t *testing.T) {
		p := p
		p.Fields = both(crm, values{"note": "outlook's", "name": "Ada L", "email": "c@example.com"})
		p.Asked = check(t, m, p, "note: asked", "name: asked", "email: asked", "asked note", "asked name", "asked email").Asked
		p.Decisions = []conflict.Decision{{Rule: "note", Raw: p.Asked[0].Raw}, {Rule: "email", Raw: p.Asked[2].Raw}, {Rule: "name", Raw: p.Asked[1].Raw}}
		p.Decisions = p.Decisions[:2]
		check(t, m, p, "note: to outlook, decided", "name: to outlook, crmWon", "email: to outlook, decided",
			"set outlook name=Ada King", "set outlook email=b@example.com", "set outlook note=crm's")
	})
	t.Run("but for what was written since people were asked", func(t *testing.T) {
		p := p
		p.Fields = both(values{"note": "crm's", "name": "Countess", "email": "b@example.com"}, outlook)
		p.Decisions = []conflict.Decision{decide(0, record.Outlook), decide(2, record.Outlook)}
		check(t, m, p, "note: to crm, decided", "name: to outlook, changed", "email: to crm, decided",
			"set crm email=c@example.com", "set crm note=outlook's", "set outlook name=Countess")
		p.Decisions = p.Decisions[:1]
		check(t, m, p, "note: to crm, decided", "name: to outlook, changed", "email: to crm, outlookWon",
			"set crm email=c@example.com", "set crm note=outlook's", "set outlook name=Countess")
	})
	t.Run("a winner in the settings goes before what people chose elsewhere", func(t *testing.T) {
		m, p := *m, p
		m.Options.Winner = mapping.CRMWins
		p.Decisions = []conflict.Decision{decide(0, record.Outlook)}
		check(t, &m, p, "note: to crm, decided", "name: to outlook, changed", "email: to outlook, crmWon",
			"set crm note=outlook's", "set outlook name=Ada King", "set outlook email=b@example.com")
	})
	t.Run("and one decision decides conflicts that were not", func(t *testing.T) {
		p := p
		p.Decisions = []conflict.Decision{decide(0, record.Outlook)}
		check(t, m, p, "note: to crm, decided", "name: to crm, recordWon", "email: to crm, outlookWon",
			"set crm name=Ada", "set crm email=c@example.com", "set crm note=outlook's")
	})
	t.Run("a decision that is stale wins nothing", func(t *testing.T) {
		p := p
		stale := decide(0, record.Outlook)
		stale.Raw[0]++
		p.Decisions = []conflict.Decision{stale}
		check(t, m, p, "note: asked", "name: asked", "email: asked", "asked note", "asked name", "asked email", "stale note")
	})
	t.Run("newest: a question is not answered by the time of another edit", func(t *testing.T) {
		m, p := *m, p
		m.Options.Winner = mapping.Newest
		p.Modified = [2]time.Time{noon, noon.Add(time.Hour)}
		check(t, &m, p, "note: asked", "name: asked", "email: asked", "asked note", "asked name", "asked email")
		asked := p.Asked
		p.Asked = asked[:1]
		check(t, &m, p, "note: asked", "name: asked", "email: asked", "asked note", "asked name", "asked email")
		p.Asked = nil
		check(t, &m, p, "note: to crm, outlookNewer", "name: to crm, recordWon", "email: to crm, outlookNewer",
			"set crm name=Ada", "set crm email=c@example.com", "set crm note=outlook's")
	})
	t.Run("decided this way and that, the rest goes by its own edits", func(t *testing.T) {
		p := p
		p.Decisions = []conflict.Decision{decide(0, record.Outlook), decide(2, record.CRM)}
		check(t, m, p, "note: to crm, decided", "name: to outlook, changed", "email: to outlook, decided",
			"set crm note=outlook's", "set outlook name=Ada King", "set outlook email=b@example.com")
	})
}
