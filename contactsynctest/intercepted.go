package contactsynctest

import (
	"context"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// around holds the hooks that see every method.
type around struct {
	before func(ctx context.Context, method string) error
	after  func(ctx context.Context, method string, err error) error
}

// call runs do between the hooks. Where there is an error there is no answer.
func call[T any](ctx context.Context, a around, method string, do func() (T, error)) (answer T, err error) {
	var none T
	if a.before != nil {
		if err := a.before(ctx, method); err != nil {
			return none, err
		}
	}
	answer, err = do()
	if a.after != nil {
		err = a.after(ctx, method, err)
	}
	if err != nil {
		return none, err
	}
	return answer, nil
}

// or is the hook where it is set, else the method.
func or[F any](hook, method F, set bool) F {
	if set {
		return hook
	}
	return method
}

type store struct {
	around
	inner contactsync.Store
	h     StoreHooks
}

func (s *store) Changes(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
	method := or(s.h.Changes, s.inner.Changes, s.h.Changes != nil)
	return call(ctx, s.around, "Changes", func() (contactsync.Page, error) { return method(ctx, sc, after) })
}

func (s *store) Get(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
	method := or(s.h.Get, s.inner.Get, s.h.Get != nil)
	return call(ctx, s.around, "Get", func() ([]contactsync.Found, error) { return method(ctx, sc, refs) })
}

func (s *store) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	method := or(s.h.Apply, s.inner.Apply, s.h.Apply != nil)
	return call(ctx, s.around, "Apply", func() ([]contactsync.Result, error) { return method(ctx, sc, writes) })
}

type finder struct {
	around
	inner contactsync.Finder
	hook  func(ctx context.Context, sc contactsync.Scope, keys []match.Key) (contactsync.Matches, error)
}

func (f finder) Find(ctx context.Context, sc contactsync.Scope, keys []match.Key) (contactsync.Matches, error) {
	method := or(f.hook, f.inner.Find, f.hook != nil)
	return call(ctx, f.around, "Find", func() (contactsync.Matches, error) { return method(ctx, sc, keys) })
}

type fieldTimes struct {
	around
	inner contactsync.FieldTimes
	hook  func(ctx context.Context, sc contactsync.Scope, id string, fields []string) (map[string]time.Time, error)
}

func (f fieldTimes) FieldTimes(ctx context.Context, sc contactsync.Scope, id string, fields []string) (map[string]time.Time, error) {
	method := or(f.hook, f.inner.FieldTimes, f.hook != nil)
	return call(ctx, f.around, "FieldTimes", func() (map[string]time.Time, error) { return method(ctx, sc, id, fields) })
}

type blindUpdater struct {
	inner contactsync.BlindUpdater
	hook  func(set record.Fields) bool
}

func (b blindUpdater) BlindUpdate(set record.Fields) bool {
	if b.hook != nil {
		return b.hook(set)
	}
	return b.inner.BlindUpdate(set)
}

type directory struct {
	store
	dir contactsync.Directory
	h   Hooks
}

func (d *directory) Folders(ctx context.Context, mailbox contactsync.Mailbox, kind record.Kind) ([]contactsync.Folder, error) {
	method := or(d.h.Folders, d.dir.Folders, d.h.Folders != nil)
	return call(ctx, d.around, "Folders", func() ([]contactsync.Folder, error) { return method(ctx, mailbox, kind) })
}

func (d *directory) CreateFolder(ctx context.Context, mailbox contactsync.Mailbox, kind record.Kind, name string) (contactsync.Folder, error) {
	method := or(d.h.CreateFolder, d.dir.CreateFolder, d.h.CreateFolder != nil)
	return call(ctx, d.around, "CreateFolder", func() (contactsync.Folder, error) { return method(ctx, mailbox, kind, name) })
}
