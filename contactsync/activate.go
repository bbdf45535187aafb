package contactsync

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-42871e99/crmsync/record"
)

// Deactivate switches a connection off for its user, until [Engine.Activate]: a pause, and the end of it, are the same switch.
// Nothing is removed on either side, nothing is synced, and everything is remembered; a run under way comes to its end.
// Other connections, of this user and of others, are left alone (A11). To end one for good is [Engine.Disconnect].
//
// Doing it twice is the same as once. [ErrNotFound] when there is no such connection.
func (e *Engine) Deactivate(ctx context.Context, conn string) error {
	if err := e.switchTo(ctx, conn, true); err != nil {
		return fmt.Errorf("contactsync: deactivate: %w", err)
	}
	return nil
}

// Activate switches a connection on again, and makes it due at once. Its next run catches up with what both sides did
// meanwhile, as after any wait: edits flow, deletes go by the settings, guards may halt over many of them, and nobody is met
// twice. Nothing is read or written here, but where [Engine.SyncDue] is called the next call runs it. So that a person looks at
// [Engine.Plan] and starts it themselves (A6), the settings say guards.approveFirstRun, or disabled and manual.
//
// Doing it twice is the same as once. [ErrNotFound] when there is no such connection.
func (e *Engine) Activate(ctx context.Context, conn string) error {
	if err := e.switchTo(ctx, conn, false); err != nil {
		return fmt.Errorf("contactsync: activate: %w", err)
	}
	return nil
}

func (e *Engine) switchTo(ctx context.Context, conn string, inactive bool) error {
	c, err := e.cfg.State.Connection(ctx, conn)
	if err != nil || c.Inactive == inactive {
		return err
	}
	c.Inactive = inactive
	if err := e.cfg.State.PutConnection(ctx, c); err != nil {
		return err
	}
	if inactive {
		return nil
	}
	return e.cfg.State.Post(ctx, Message{Conn: conn})
}

// Connection returns a connection with its Status and Reason as they are now (L5): Off, and who has switched it off, where its
// user, the CRM or the settings in force say so, [Misconfigured] where those make no sense, and else what its last run left. [ErrNotFound] when there is no such connection.
func (e *Engine) Connection(ctx context.Context, conn string) (Connection, error) {
	c, err := e.cfg.State.Connection(ctx, conn)
	if err == nil {
		err = e.standing(ctx, &c)
	}
	if err != nil {
		return Connection{}, fmt.Errorf("contactsync: connection: %w", err)
	}
	return c, nil
}

// Connections returns the connections of one user of the tenant as [Engine.Connection] does, in order of id.
func (e *Engine) Connections(ctx context.Context, tenant, user string) ([]Connection, error) {
	return e.User(tenant, user).Connections(ctx)
}

// standing says of a connection where it stands now.
func (e *Engine) standing(ctx context.Context, c *Connection) error {
	settings, err := e.cfg.Policy.For(ctx, *c)
	if fault := e.fault(c.Kind, settings, err); fault != "" {
		c.Status, c.Reason = Misconfigured, fault
		return nil
	}
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	off, err := e.off(ctx, *c, &settings, false)
	if err != nil {
		return err
	}
	if c.Status == "" {
		c.Status = Idle
	}
	if off != "" {
		c.Status, c.Reason = Off, off
	}
	return nil
}

// fault says in words what is wrong with settings, or with the layers that they would be made of; empty: nothing is.
func (e *Engine) fault(kind record.Kind, s Settings, err error) string {
	if err == nil {
		var crm, outlook *record.Schema
		if crm, outlook, err = e.schemas(kind); err == nil {
			err = s.Validate(crm, outlook)
		}
	}
	var locked *LockedError
	var invalid *InvalidError
	switch {
	case errors.As(err, &locked):
		err = locked
	case errors.As(err, &invalid):
		err = invalid
	default:
		return ""
	}
	return fmt.Sprintf("The settings make no sense: %v. Nothing is synced until they are corrected; nothing is lost.", err)
}

// nothingLost is what a person should know of everything that switches a connection off.
const nothingLost = " Nothing is removed; what changes meanwhile is caught up with later."

// off says in words for a person who has switched the connection off; empty: it is on. What they would have to undo first
// comes first.
func (e *Engine) off(ctx context.Context, c Connection, s *Settings, byPerson bool) (string, error) {
	if words := s.anotherConnector(); words != "" {
		return words, nil
	}
	active, err := e.activeUser(ctx, c)
	switch {
	case err != nil:
		return "", err
	case !active:
		return "This user is deactivated in the CRM." + nothingLost, nil
	case s.Disabled && !s.Manual:
		return "The administrator has switched synchronisation off." + nothingLost, nil
	case c.Inactive:
		return "This connection is switched off by its user." + nothingLost, nil
	case s.Disabled && !byPerson:
		return "The administrator has switched automatic synchronisation off; you can start it yourself." + nothingLost, nil
	}
	return "", nil
}

// activeUser asks the CRM whether the connection's user is active there (A12).
func (e *Engine) activeUser(ctx context.Context, c Connection) (bool, error) {
	users, ok := e.cfg.Store.(ActiveUsers)
	if !ok {
		return true, nil
	}
	call, cancel := context.WithTimeout(ctx, e.cfg.RequestTimeout)
	defer cancel()
	active, err := users.ActiveUser(call, c.Tenant, c.User)
	if err != nil {
		return false, fmt.Errorf("active user: %w", err)
	}
	return active, nil
}
