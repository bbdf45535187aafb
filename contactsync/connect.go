package contactsync

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// Connect sets a connection up, or changes its Inactive or the account it reaches its mailbox with, and returns it as it
// is kept. Its id is made from tenant, user, mailbox, kind and folder, so that connecting twice makes one; to sync another
// folder or mailbox is another connection. Folder may be an id or the name of a personal folder of the mailbox; empty is
// the default folder. An id that the host gives is kept. Nothing is synced yet (A6).
//
// It checks the settings in force and asks the mailbox for its folders; an error names what is wrong, and nothing is
// saved: an [*InvalidError], or one that wraps [ErrSignInRequired], [ErrDenied] or [ErrNoMailbox], which [Reason] puts into words
// for a person.
func (e *Engine) Connect(ctx context.Context, c Connection) (Connection, error) {
	if c.Tenant == "" {
		return Connection{}, fmt.Errorf("contactsync: connect: %w", &InvalidError{Field: "Tenant", Reason: "is missing"})
	}
	if c.User == "" {
		return Connection{}, fmt.Errorf("contactsync: connect: %w", &InvalidError{Field: "User", Reason: "is missing"})
	}
	if c.Mailbox.Account == "" && c.Mailbox.User == "" {
		return Connection{}, fmt.Errorf("contactsync: connect: %w", &InvalidError{Field: "Mailbox", Reason: "has neither Account nor User: it could be anybody's"})
	}
	if c.Kind == "" {
		c.Kind = record.Contact
	}
	if _, _, err := e.schemas(c.Kind); err != nil {
		return Connection{}, fmt.Errorf("contactsync: connect: %w", err)
	}
	if err := e.unlock(ctx); err != nil {
		return Connection{}, fmt.Errorf("contactsync: connect: %w", err)
	}
	settings, err := e.cfg.Policy.For(ctx, c)
	if err != nil {
		return Connection{}, fmt.Errorf("contactsync: connect: policy: %w", err)
	}
	if _, err := e.termsOf(c, settings); err != nil {
		return Connection{}, fmt.Errorf("contactsync: connect: settings: %w", err)
	}
	if words := settings.anotherConnector(); words != "" {
		return Connection{}, fmt.Errorf("contactsync: connect: %w", &InvalidError{Field: "connector", Reason: words})
	}
	if c.Folder, err = e.folder(ctx, c); err != nil {
		return Connection{}, fmt.Errorf("contactsync: connect: %w", err)
	}
	if c.ID == "" {
		c.ID = e.connectionID(c)
	}
	if err := e.sameConnection(ctx, c); err != nil {
		return Connection{}, fmt.Errorf("contactsync: connect: %w", err)
	}
	if err := e.keyOf(ctx, &c); err != nil {
		return Connection{}, fmt.Errorf("contactsync: connect: %w", err)
	}
	if err := e.cfg.State.PutConnection(ctx, c); err != nil {
		return Connection{}, fmt.Errorf("contactsync: connect: %w", err)
	}
	kept, err := e.cfg.State.Connection(ctx, c.ID)
	if err != nil {
		return Connection{}, fmt.Errorf("contactsync: connect: %w", err)
	}
	return kept, nil
}

// sameConnection refuses to make another connection of one that is there: in another folder or mailbox all its links would
// look removed.
func (e *Engine) sameConnection(ctx context.Context, c Connection) error {
	old, err := e.cfg.State.Connection(ctx, c.ID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	was, is, field := old.Mailbox, c.Mailbox, ""
	switch {
	case old.Tenant != c.Tenant:
		field = "Tenant"
	case old.User != c.User:
		field = "User"
	case old.Kind != c.Kind:
		field = "Kind"
	case was.Cloud != is.Cloud, was.User != is.User, is.User == "" && was.Account != is.Account:
		field = "Mailbox"
	case old.Folder != c.Folder:
		field = "Folder"
	default:
		return nil
	}
	return &InvalidError{Field: field, Reason: "the connection of this id has another; connect without an id to make one of its own, and make this one inactive"}
}

func (e *Engine) folder(ctx context.Context, c Connection) (string, error) {
	call, cancel := context.WithTimeout(ctx, e.cfg.RequestTimeout)
	defer cancel()
	folders, err := e.cfg.Directory.Folders(call, c.Mailbox, c.Kind)
	if err != nil {
		return "", fmt.Errorf("folders: %w", err)
	}
	var named []Folder
	for _, f := range folders {
		switch {
		case f.ID == c.Folder, c.Folder == "" && f.Default:
			return f.ID, nil
		case f.Name == c.Folder:
			named = append(named, f)
		}
	}
	switch len(named) {
	case 0:
		return "", &InvalidError{Field: "Folder", Reason: "The mailbox has no such personal folder. Folders that others share, public folders and the global address list cannot be synced."}
	case 1:
		return named[0].ID, nil
	}
	return "", &InvalidError{Field: "Folder", Reason: fmt.Sprintf("The mailbox has %d folders of that name. Choose one of them by its id.", len(named))}
}

func (e *Engine) connectionID(c Connection) string {
	text := strings.Join([]string{"connection", c.Tenant, c.User, c.Mailbox.Key(), string(c.Kind), c.Folder}, "\x00")
	b := binary.BigEndian.AppendUint64(nil, e.ids.Text(text))
	b = binary.BigEndian.AppendUint64(b, e.ids.Text(text+"\x00second half"))
	return lowerBase32.EncodeToString(b[:idBytes])
}

// Folders lists the personal folders of a mailbox that hold the kind, the default folder first (F4).
func (e *Engine) Folders(ctx context.Context, mailbox Mailbox, kind record.Kind) ([]Folder, error) {
	folders, err := e.cfg.Directory.Folders(ctx, mailbox, kind)
	if err != nil {
		return nil, fmt.Errorf("contactsync: folders: %w", err)
	}
	return folders, nil
}

// Affected returns the ids of the tenant's active connections that a change of these CRM records concerns, sorted: those
// that have them linked, and those whose filter selects one. It asks the Store once for each connection that may make
// records in Outlook.
func (e *Engine) Affected(ctx context.Context, tenant string, crmIDs []string) ([]string, error) {
	if len(crmIDs) == 0 {
		return nil, nil
	}
	if err := e.unlock(ctx); err != nil {
		return nil, fmt.Errorf("contactsync: affected: %w", err)
	}
	ids, err := e.cfg.State.LinkedTo(ctx, tenant, crmIDs)
	if err != nil {
		return nil, fmt.Errorf("contactsync: affected: %w", err)
	}
	conns, err := e.cfg.State.Connections(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("contactsync: affected: %w", err)
	}
	var affected []string
	var failed []error
	for _, c := range conns {
		if c.Inactive {
			continue
		}
		if slices.Contains(ids, c.ID) {
			affected = append(affected, c.ID)
			continue
		}
		selects, err := e.selects(ctx, c, crmIDs)
		if err != nil { // one connection's trouble never stops another's
			failed = append(failed, fmt.Errorf("contactsync: affected: connection %s: %w", c.ID, err))
			continue
		}
		if selects {
			affected = append(affected, c.ID)
		}
	}
	return affected, errors.Join(failed...)
}

func (e *Engine) selects(ctx context.Context, c Connection, crmIDs []string) (bool, error) {
	settings, err := e.cfg.Policy.For(ctx, c)
	if err != nil {
		return false, err
	}
	t, err := e.termsOf(c, settings)
	if err != nil || !t.allow[record.Outlook].Create {
		return false, err
	}
	refs := make([]Ref, len(crmIDs))
	for i, id := range crmIDs {
		refs[i] = Ref{ID: id}
	}
	call, cancel := context.WithTimeout(ctx, e.cfg.RequestTimeout)
	defer cancel()
	found, err := e.cfg.Store.Get(call, t.scope(c, record.CRM), refs)
	if err != nil {
		return false, err
	}
	env := t.env(c, e.cfg.Now())
	return slices.ContainsFunc(found, func(f Found) bool {
		return len(f.Records) > 0 && t.Filter.Eval(f.Records[0].Fields, env) == filter.Yes
	}), nil
}

// scope is what a connection reads of a side.
func (t *terms) scope(c Connection, side record.Side) Scope {
	return Scope{
		Tenant: c.Tenant, Conn: c.ID, User: c.User, Mailbox: c.Mailbox, Folder: c.Folder,
		Kind: c.Kind, Locale: t.rules.Locale, Zone: t.zone, Fields: t.wanted[side],
	}
}
