package main

import (
	"fmt"
	"strings"

	"github.com/seed-42871e99/crmsync/examples/internal/people"
	"github.com/seed-42871e99/crmsync/examples/internal/show"
	"github.com/seed-42871e99/crmsync/graphtest"
)

// showStart says what there is before the first run.
func showStart(p *show.Page, e people.Export, d *desk) {
	p.Head("CRM and Outlook", "all in memory: nothing real is touched")
	unused := ""
	if len(e.Unused) > 0 {
		unused = ", not used: " + strings.Join(e.Unused, ", ")
	}
	contacts := d.graph.Contacts(owner, "")
	private := 0
	for _, c := range contacts {
		if c.IsPrivate() {
			private++
		}
	}
	p.Labelled("CRM", show.LabelWidth, fmt.Sprintf("%s from %s (%d columns%s)", show.Count(len(e.People), "person", "people"), e.File, e.Columns, unused))
	p.Labelled("Outlook", show.LabelWidth, fmt.Sprintf("%s of %s, %d of them private", show.Count(len(contacts), "contact", "contacts"), owner, private))
}

// requests says what the emulator counted since the last reset.
func (d *desk) requests() string { return requestsInWords(d.graph.Counts()) }

func requestsInWords(c graphtest.Counts) string {
	s := show.Count(c.Requests, "request", "requests")
	if c.Batches > 0 {
		s += fmt.Sprintf(", %s with %s in all", show.Count(c.Batches, "of them a batch", "of them batches"), show.Count(c.Parts, "call", "calls"))
	}
	if c.Throttled > 0 {
		s += fmt.Sprintf(";  %d throttled and sent again", c.Throttled)
	}
	return s
}

// showScene prints what each side held at each time, and what came of it.
func showScene(p *show.Page, title string, times []string, held [][2]string, outcome string) {
	const label, column = 9, 41
	p.Gap()
	p.Line("%s", p.Bold(title))
	p.Line("%s", p.Dim(show.Cell("", label)+show.Cell("the CRM", column)+show.Cell("Outlook", column)))
	for i, h := range held {
		row := p.Dim(show.Cell(times[i], label))
		for side, text := range h {
			text = show.Cell(text, column-2) + "  "
			if i > 0 && h[side] != held[i-1][side] {
				text = p.Bold(text)
			}
			row += text
		}
		p.Line("%s", row)
	}
	p.Line("%s%s", show.Cell("", label), outcome)
}
