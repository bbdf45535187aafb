package contactsync

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// Summary is what a user is told of the sync at a glance (L2).
type Summary struct {
	// LastRun is when a run of any of the user's connections last ended; zero: there was none yet.
	LastRun time.Time
	// Kinds are the kinds of record that the user has connections for, in order of their names.
	Kinds []KindSummary
	// Problems is how many rows the list of problems has. Of Resolvable rows among them the user can settle a problem and has not yet,
	// and Answered rows wait for the next run alone ([User.Problems]).
	Problems, Resolvable, Answered int
}

// KindSummary adds up the user's connections for one kind of record.
type KindSummary struct {
	Kind        record.Kind
	Connections []ConnectionSummary // in order of id
	// Written adds up, by side, what the last run of each connection that did anything made new, updated and deleted there.
	Written [2]Counts
	Linked  int // pairs in sync
}

// ConnectionSummary is how one connection stands, with the status of [Engine.Connection].
type ConnectionSummary struct {
	Conn, Folder string
	Status       Status
	Reason       string
	LastRun      time.Time // zero: none yet
	// Written is by side what the last run wrote that did anything, which ended at WrittenAt; zero: none has, or it is no
	// longer remembered. Runs after it found nothing to do.
	Written   [2]Counts
	WrittenAt time.Time
	Linked    int
}

// Summary sums up the user's connections.
func (u User) Summary(ctx context.Context) (Summary, error) {
	var s Summary
	conns, err := u.connections(ctx)
	if err != nil {
		return s, fmt.Errorf("contactsync: summary: %w", err)
	}
	for _, c := range conns {
		one, err := u.e.summarise(ctx, c)
		if err != nil {
			return Summary{}, fmt.Errorf("contactsync: summary: %w", err)
		}
		if one.LastRun.After(s.LastRun) {
			s.LastRun = one.LastRun
		}
		s.kind(c.Kind).add(one)
	}
	list, err := u.problems(ctx, ProblemFilter{})
	if err != nil {
		return Summary{}, fmt.Errorf("contactsync: summary: %w", err)
	}
	s.Problems, s.Resolvable, s.Answered = len(list.Rows), list.Resolvable, list.Answered
	return s, nil
}

// kind is the summary of the kind, made where there is none yet.
func (s *Summary) kind(k record.Kind) *KindSummary {
	i, had := slices.BinarySearchFunc(s.Kinds, k, func(of KindSummary, k record.Kind) int { return cmp.Compare(of.Kind, k) })
	if !had {
		s.Kinds = slices.Insert(s.Kinds, i, KindSummary{Kind: k})
	}
	return &s.Kinds[i]
}

func (k *KindSummary) add(c ConnectionSummary) {
	k.Connections = append(k.Connections, c)
	k.Linked += c.Linked
	for side, n := range c.Written {
		sum := &k.Written[side]
		sum.Created, sum.Updated, sum.Deleted = sum.Created+n.Created, sum.Updated+n.Updated, sum.Deleted+n.Deleted
		sum.Skipped, sum.Failed = sum.Skipped+n.Skipped, sum.Failed+n.Failed
	}
}

func (e *Engine) summarise(ctx context.Context, c Connection) (ConnectionSummary, error) {
	s := ConnectionSummary{
		Conn: c.ID, Folder: c.Folder, Status: c.Status, Reason: c.Reason,
		LastRun: c.Progress.LastRun, Linked: c.Progress.Linked,
	}
	runs, err := e.cfg.State.Runs(ctx, c.ID, reportsLookedAt)
	if err != nil {
		return s, err
	}
	for _, r := range runs {
		if r.Ended.After(s.LastRun) {
			s.LastRun = r.Ended // of a run for some records
		}
		if s.WrittenAt.IsZero() && r.Wrote() > 0 {
			s.Written, s.WrittenAt = r.Counts, r.Ended
		}
	}
	return s, nil
}

// reportsLookedAt is how many runs a summary goes back to find one that wrote something.
const reportsLookedAt = 20
