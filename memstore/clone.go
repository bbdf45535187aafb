package memstore

import (
	"maps"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// What the State is given and what it gives share no memory that anybody may write to.

func cloneConnection(c contactsync.Connection) contactsync.Connection {
	c.Halt = clonePointer(c.Halt)
	c.Progress.Day = slices.Clone(c.Progress.Day)
	c.Progress.Passed = slices.Clone(c.Progress.Passed)
	return c
}

func cloneReport(r contactsync.Report) contactsync.Report {
	r.Halt = clonePointer(r.Halt)
	r.Diverged = maps.Clone(r.Diverged)
	r.Problems = slices.Clone(r.Problems)
	for i := range r.Problems {
		r.Problems[i] = cloneProblem(r.Problems[i])
	}
	return r
}

func cloneProblem(p contactsync.Problem) contactsync.Problem {
	p.Score.Reasons = slices.Clone(p.Score.Reasons)
	return p
}

func cloneMessage(m contactsync.Message) contactsync.Message {
	m.Decision = clonePointer(m.Decision)
	m.Resume = clonePointer(m.Resume)
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
