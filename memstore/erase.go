package memstore

import (
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// eraser finds what is about the records and links of an erasure.
type eraser struct {
	records [2]map[string]bool
	links   map[string]bool
}

// erase does what [contactsync.Erasure] says, to one connection.
func (c *connState) erase(what *contactsync.Erasure) {
	e := eraser{links: setOf(what.Links)}
	for side := range e.records {
		e.records[side] = setOf(what.Records[side])
	}
	for id := range e.records[record.Outlook] {
		c.known.drop(id)
	}
	for id, p := range c.problems {
		if e.about(p) {
			delete(c.problems, id)
			delete(c.retries, id)
		}
	}
	messages := c.messages[:0:0]
	for _, m := range c.messages {
		if e.message(&m.Message) {
			messages = append(messages, m)
		}
	}
	c.messages = messages
	for i := range c.runs {
		c.runs[i].report.Problems = slices.DeleteFunc(slices.Clone(c.runs[i].report.Problems), e.about)
	}
	for run, entries := range c.journal {
		entries = slices.DeleteFunc(entries, func(entry contactsync.JournalEntry) bool { return e.links[entry.Link] })
		if c.journal[run] = entries; len(entries) == 0 {
			delete(c.journal, run)
		}
	}
}

func setOf(ids []string) map[string]bool {
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

func (e *eraser) names(ids [2]string) bool {
	return e.records[record.CRM][ids[record.CRM]] || e.records[record.Outlook][ids[record.Outlook]]
}

func (e *eraser) about(p contactsync.Problem) bool { return e.links[p.Link] || e.names(p.Record) }

// message takes the records out of a message, and reports whether anything is left of it.
func (e *eraser) message(m *contactsync.Message) bool {
	if d := m.Decision; d != nil && (e.links[d.Link] || e.names(d.Record)) {
		return false
	}
	named := len(m.CRMIDs) + len(m.OutlookIDs) + len(m.Made)
	m.CRMIDs = without(m.CRMIDs, e.records[record.CRM])
	m.OutlookIDs = without(m.OutlookIDs, e.records[record.Outlook])
	m.Made = without(m.Made, e.records[record.Outlook])
	left := len(m.CRMIDs) + len(m.OutlookIDs) + len(m.Made)
	return left > 0 || named == 0 || m.Decision != nil || m.Resume != nil || m.Full != [2]bool{}
}

func without(ids []string, erased map[string]bool) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return erased[id] })
}
