package show

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Report prints what a run did. The cost, such as the requests it sent, is left out where it is empty.
func (p *Page) Report(r Reader, report contactsync.Report, cost string) {
	if p.status(report) {
		return
	}
	crm, outlook := report.Counts[record.CRM], report.Counts[record.Outlook]
	p.columns("in the CRM", "in Outlook")
	p.numbers("created", crm.Created, outlook.Created)
	p.numbers("updated", crm.Updated, outlook.Updated)
	p.numbers("deleted", crm.Deleted, outlook.Deleted)
	if crm.Failed+outlook.Failed > 0 {
		p.numbers("failed", crm.Failed, outlook.Failed)
	}
	if crm.Skipped+outlook.Skipped > 0 {
		p.numbers("skipped", crm.Skipped, outlook.Skipped)
	}
	p.Gap()
	p.Labelled("Recognised", LabelWidth, Count(report.Matched, "pair", "pairs")+" as the same person;  in step now: "+Count(report.Linked, "contact", "contacts"))
	p.cost(cost)
	p.diverged(report)
	p.problems(r, report.Problems, 2)
}

// ShortReport is Report for a run that did little.
func (p *Page) ShortReport(report contactsync.Report, cost string) {
	p.Gap()
	if p.status(report) {
		return
	}
	for side, c := range report.Counts {
		p.Labelled("In "+sides[side], LabelWidth, fmt.Sprintf("%d created, %d updated, %d deleted", c.Created, c.Updated, c.Deleted))
	}
	p.cost(cost)
}

func (p *Page) cost(cost string) {
	if cost != "" {
		p.Labelled("To Graph", LabelWidth, cost)
	}
}

// status says why a run did not do its work, and whether it did not.
func (p *Page) status(r contactsync.Report) (stopped bool) {
	if r.Status == contactsync.Idle {
		return false
	}
	p.Labelled(string(r.Status), LabelWidth, r.Reason)
	return true
}

// diverged counts the fields that the settings leave different.
func (p *Page) diverged(r contactsync.Report) {
	label := "Different"
	for _, reason := range slices.SortedFunc(maps.Keys(r.Diverged), func(a, b string) int {
		return cmp.Or(r.Diverged[b]-r.Diverged[a], cmp.Compare(a, b))
	}) {
		p.Labelled(label, LabelWidth, Count(r.Diverged[reason], "field", "fields")+": "+cmp.Or(contactsync.Differs(conflict.Reason(reason)), reason))
		label = ""
	}
}

// problems prints problems by code, the most frequent first, with so many examples each.
func (p *Page) problems(r Reader, problems []contactsync.Problem, examples int) {
	byCode := map[contactsync.Code][]contactsync.Problem{}
	for _, pr := range problems {
		byCode[pr.Code] = append(byCode[pr.Code], pr)
	}
	order := slices.SortedFunc(maps.Keys(byCode), func(a, b contactsync.Code) int {
		return cmp.Or(len(byCode[b])-len(byCode[a]), cmp.Compare(a, b))
	})
	for _, code := range order {
		all := byCode[code]
		p.Gap()
		p.Line("%s  %s × %s", p.Dim("Held for you:"), Thousands(len(all)), p.Bold(Code(code)))
		slices.SortFunc(all, func(a, b contactsync.Problem) int {
			return cmp.Or(cmp.Compare(label(r, a.Record), label(r, b.Record)), cmp.Compare(a.ID, b.ID))
		})
		for _, pr := range all[:min(examples, len(all))] {
			p.problem(r, pr)
		}
	}
}

// problem says in a line whom a problem is about, with what each side holds.
func (p *Page) problem(r Reader, pr contactsync.Problem) {
	crm, outlook := pr.Record[record.CRM], pr.Record[record.Outlook]
	switch {
	case pr.Rule != "":
		const w = 30
		p.Line("  %s  %s  %s", Cell(label(r, pr.Record)+", "+RuleName(pr.Rule), w),
			Cell("CRM: "+r.Holds(record.CRM, crm, pr.Rule), w), Cell("Outlook: "+r.Holds(record.Outlook, outlook, pr.Rule), w))
	case crm != "" && outlook != "":
		const w = 45
		p.Line("  %s  %s", Cell("CRM: "+nameAndCompany(r, record.CRM, crm), w), Cell("Outlook: "+nameAndCompany(r, record.Outlook, outlook), w))
	default:
		p.Line("  %s", Cell(label(r, pr.Record), Width-4))
	}
}

func nameAndCompany(r Reader, side record.Side, id string) string {
	name, company := cmp.Or(r.Name(side, id), "(no name)"), r.Holds(side, id, "company")
	if company == "" {
		return name
	}
	return name + " · " + company
}
