package contactsync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// User is what one user of a tenant sees of the sync, and answers: the labels beside records, the summary, the list of problems,
// decisions. It knows the user's own connections only. What belongs to somebody else is [ErrNotFound], as is what does not exist:
// the two cannot be told apart. Like the Engine it holds no state and is safe for concurrent use.
//
// The host says who the user is: nothing here signs anybody in. Without a tenant, without a user, and of the zero User every method answers
// with an [*InvalidError].
type User struct {
	e            *Engine
	tenant, user string
}

// User is the view of one user of the tenant. It does no I/O; of a user who has no connections everything is empty.
func (e *Engine) User(tenant, user string) User { return User{e, tenant, user} }

// Connections are the user's connections: see [Engine.Connections].
func (u User) Connections(ctx context.Context) ([]Connection, error) {
	conns, err := u.connections(ctx)
	if err != nil {
		return nil, fmt.Errorf("contactsync: connections: %w", err)
	}
	return conns, nil
}

// connections are the user's, each with where it stands now.
func (u User) connections(ctx context.Context) ([]Connection, error) {
	conns, err := u.stored(ctx)
	for i := range conns {
		if err := u.e.standing(ctx, &conns[i]); err != nil {
			return nil, fmt.Errorf("connection %s: %w", conns[i].ID, err)
		}
	}
	return conns, err
}

// check refuses a view of nobody: the connections of an empty name might be anybody's.
func (u User) check() error {
	switch {
	case u.e == nil:
		return &InvalidError{Field: "User", Reason: "it is the zero User: Engine.User makes one"}
	case u.tenant == "":
		return &InvalidError{Field: "tenant", Reason: "is missing"}
	case u.user == "":
		return &InvalidError{Field: "user", Reason: "is missing"}
	}
	return nil
}

// stored are the user's connections as the State has them, in order of id.
func (u User) stored(ctx context.Context) ([]Connection, error) {
	if err := u.check(); err != nil {
		return nil, err
	}
	return u.e.cfg.State.ConnectionsOf(ctx, u.tenant, u.user)
}

// Mark is the label beside a CRM record (L1).
type Mark string

const (
	Synced    Mark = "synced"    // it is in step with an Outlook item
	SyncError Mark = "syncError" // a problem of it is open, whether or not it is in step with an item
)

// Marked is a CRM record with its label.
type Marked struct {
	Record string // id in the CRM
	Mark   Mark
	// Code and Since are of the open problem that was seen last, of several connections' the first to open; empty: there is none.
	Code  Code
	Since time.Time
	// Answered: there is an answer to every open problem of the record, and the next run acts on it.
	Answered bool
}

// Labels says which of these CRM records have a label for the user, and which one (L1), in order of id, each once. A record that is
// neither in sync nor in trouble has none. It is one question to the State, however long the list.
func (u User) Labels(ctx context.Context, crmIDs []string) ([]Marked, error) {
	err := u.check()
	var labels []Label
	if err == nil {
		labels, err = u.e.cfg.State.Labels(ctx, u.tenant, u.user, crmIDs)
	}
	if err != nil {
		return nil, fmt.Errorf("contactsync: labels: %w", err)
	}
	var marked []Marked
	for _, l := range labels {
		n := len(marked)
		if n == 0 || marked[n-1].Record != l.Record {
			marked = append(marked, Marked{Record: l.Record, Mark: Synced})
			n++
		}
		m := &marked[n-1]
		if l.Code == "" {
			continue
		}
		m.Answered = l.Answered && (m.Answered || m.Mark == Synced)
		if m.Mark == Synced || l.Since.Before(m.Since) {
			m.Mark, m.Code, m.Since = SyncError, l.Code, l.Since
		}
	}
	return marked, nil
}

// ownProblem finds an open problem among the user's.
func (u User) ownProblem(ctx context.Context, problem string) (Connection, Problem, error) {
	conns, err := u.stored(ctx)
	if err != nil {
		return Connection{}, Problem{}, err
	}
	for _, c := range conns {
		problems, err := u.e.cfg.State.Problems(ctx, c.ID)
		if err != nil {
			return Connection{}, Problem{}, err
		}
		if p, err := problemByID(problems, problem); !errors.Is(err, ErrNotFound) {
			return c, p, err
		}
	}
	return Connection{}, Problem{}, fmt.Errorf("problem %s: %w", problem, ErrNotFound)
}

// problemByID finds the problem that a person was shown. One that shows something else by now has another id.
func problemByID(problems []Problem, id string) (Problem, error) {
	err := ErrNotFound
	for _, p := range problems {
		switch {
		case p.ID == id:
			return p, nil
		case subjectOf(p.ID) == subjectOf(id):
			err = ErrStale
		}
	}
	return Problem{}, fmt.Errorf("problem %s: %w", id, err)
}

// Decide answers a problem of the user's: see [Engine.Decide].
func (u User) Decide(ctx context.Context, problem string, take record.Side) error {
	_, p, err := u.ownProblem(ctx, problem)
	if err == nil {
		err = u.e.decide(ctx, p, take)
	}
	if err != nil {
		return fmt.Errorf("contactsync: decide: %w", err)
	}
	return nil
}
