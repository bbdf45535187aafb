package memstore

import (
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// What the State is given and what it gives share no memory that anybody may write to.

func cloneConnection(c contactsync.Connection) contactsync.Connection {
	c.Halt = cloneHalt(c.Halt)
	c.Progress.Day = slices.Clone(c.Progress.Day)
	c.Progress.Passed = slices.Clone(c.Progress.Passed)
	for i := range c.Progress.Passed {
		c.Progress.Passed[i].Also = slices.Clone(c.Progress.Passed[i].Also)
	}
	return c
}

func cloneReport(r contactsync.Report) contactsync.Report {
	r.Halt = cloneHalt(r.Halt)
	r.Diverged = maps.Clone(r.Diverged)
	r.Problems = slices.Clone(r.Problems)
	for i := range r.Problems {
		r.Problems[i] = cloneProblem(r.Problems[i])
	}
	return r
}

func cloneHalt(h *contactsync.Halt) *contactsync.Halt {
	if h = clonePointer(h); h != nil {
		h.Also = slices.Clone(h.Also)
	}
	return h
}

func cloneProblem(p contactsync.Problem) contactsync.Problem {
	p.Score.Reasons = slices.Clone(p.Score.Reasons)
	return p
}

func cloneMessage(m contactsync.Message) contactsync.Message {
	m.Decision = clonePointer(m.Decision)
	if m.Resume = clonePointer(m.Resume); m.Resume != nil {
		m.Resume.Halt.Also = slices.Clone(m.Resume.Halt.Also)
	}
	m.CRMIDs, m.OutlookIDs, m.Made = slices.Clone(m.CRMIDs), slices.Clone(m.OutlookIDs), slices.Clone(m.Made)
	return m
}

func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	clone := *p
	return &clone
}
