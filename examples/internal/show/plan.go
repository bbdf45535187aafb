package show

import (
	"cmp"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Reader looks records up for the user's own eyes. What is not there is empty.
type Reader interface {
	// Name is what the side calls the record.
	Name(side record.Side, id string) string
	// Holds is what the side has in the fields of a mapping rule.
	Holds(side record.Side, id, rule string) string
}

// label names the person behind the ids of both sides.
func label(r Reader, ids [2]string) string {
	return cmp.Or(r.Name(record.CRM, ids[record.CRM]), r.Name(record.Outlook, ids[record.Outlook]), "(no name)")
}

// LabelWidth is the width of the labels at the left.
const LabelWidth = 13

// Settings prints the settings in force; the note says where they come from.
func (p *Page) Settings(s contactsync.Settings, note string) {
	p.Head("Settings", note)
	for _, row := range settingsInWords(s) {
		p.Labelled(row[0], LabelWidth, row[1])
	}
}

// Plan prints the sums of a plan, and a few of its entries.
func (p *Page) Plan(r Reader, plan *contactsync.Plan) {
	p.Head("Plan", "nothing is written yet")
	if plan.Status != contactsync.Idle && plan.Halt == nil {
		p.Line("%s", plan.Reason)
		return
	}
	crm, outlook := plan.Counts(record.CRM), plan.Counts(record.Outlook)
	p.columns("in the CRM", "in Outlook")
	p.numbers("create", crm.Create, outlook.Create)
	p.numbers("update", crm.Update, outlook.Update)
	p.numbers("delete", crm.Delete, outlook.Delete)
	p.numbers("link as the same person", plan.Matched, plan.Matched)
	held := heldRecords(plan.Problems)
	p.numbers("contacts with a question", held[record.CRM], held[record.Outlook])
	if plan.Halt != nil {
		p.Gap()
		p.Line("The guard %q would stop it: %s, and %s are allowed.", plan.Halt.Guard,
			Count(plan.Halt.Count, "contact", "contacts"), Thousands(plan.Halt.Limit))
	}
	p.entries(r, plan)
	p.problems(r, plan.Problems, 1)
}

// heldRecords counts the records of each side of which something waits for a person.
func heldRecords(problems []contactsync.Problem) (n [2]int) {
	for side := range n {
		ids := map[string]bool{}
		for _, p := range problems {
			if id := p.Record[side]; id != "" {
				ids[id] = true
			}
		}
		n[side] = len(ids)
	}
	return n
}

const nameWidth, numberWidth = 28, 14

func (p *Page) columns(heads ...string) {
	row := Cell("", nameWidth)
	for _, h := range heads {
		row += Right(h, numberWidth)
	}
	p.Line("%s", p.Dim(row))
}

func (p *Page) numbers(label string, n ...int) {
	row := Cell(label, nameWidth)
	for _, n := range n {
		s := Thousands(n)
		if n == 0 {
			s = "-"
		}
		row += Right(s, numberWidth)
	}
	p.Line("%s", row)
}

// entries prints one entry of each sort, one that tells enough and not too much.
func (p *Page) entries(r Reader, plan *contactsync.Plan) {
	type sort struct {
		op   contactsync.Op
		side record.Side
	}
	best := map[sort]contactsync.Action{}
	for _, a := range plan.Actions {
		s := sort{a.Op, a.Side}
		if old, has := best[s]; !has || tells(a) > tells(old) {
			best[s] = a
		}
	}
	for _, op := range []contactsync.Op{contactsync.Create, contactsync.Update, contactsync.Delete} {
		for _, side := range []record.Side{record.CRM, record.Outlook} {
			if a, has := best[sort{op, side}]; has {
				p.entry(r, a)
			}
		}
	}
}

// tells is how well an entry fits the page: three fields say more than one, and more than ten.
func tells(a contactsync.Action) int { return -max(len(a.Fields)-3, 3-len(a.Fields)) }

func (p *Page) entry(r Reader, a contactsync.Action) {
	p.Gap()
	p.Line("%s  %s", p.Dim("For example, "+string(a.Op)+" in "+sides[a.Side]+":"), p.Bold(label(r, a.IDs)))
	const w = 18
	p.Labelled("", w, cmp.Or(whys[a.Reason], string(a.Reason)))
	for _, f := range a.Fields {
		from := a.Side.Other()
		value := r.Holds(from, a.IDs[from], f.Rule)
		if why := reasons[f.Reason]; why != "" && a.Op == contactsync.Update {
			value += p.Dim("  (" + why + ")")
		}
		p.Labelled(RuleName(f.Rule), w, value)
	}
	for _, note := range a.Notes {
		p.Labelled("", w, note)
	}
}
