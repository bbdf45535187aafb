package contactsynctest

import (
	"context"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// StoreHooks change single methods of a Store. A hook takes the place of its method; one that also wants the effect calls
// the wrapped Store itself, before or after what it does. A nil hook leaves its method alone. The hooks of capabilities
// that the wrapped Store does not have are never called.
type StoreHooks struct {
	// Before is called before every method, by its name. An error keeps the call from happening and is its answer.
	Before func(ctx context.Context, method string) error
	// After is called after every method that was not kept from happening, with its error. What it returns is the answer's
	// error: an effect that took place and whose answer was lost.
	After func(ctx context.Context, method string, err error) error

	Changes    func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error)
	Get        func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error)
	Apply      func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error)
	Find       func(ctx context.Context, sc contactsync.Scope, keys []match.Key) (contactsync.Matches, error)
	FieldTimes func(ctx context.Context, sc contactsync.Scope, id string, fields []string) (map[string]time.Time, error)
}

// Hooks change single methods of a Directory; see [StoreHooks].
type Hooks struct {
	Before func(ctx context.Context, method string) error
	After  func(ctx context.Context, method string, err error) error

	Changes      func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error)
	Get          func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error)
	Apply        func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error)
	Folders      func(ctx context.Context, mailbox contactsync.Mailbox, kind record.Kind) ([]contactsync.Folder, error)
	CreateFolder func(ctx context.Context, mailbox contactsync.Mailbox, kind record.Kind, name string) (contactsync.Folder, error)
	BlindUpdate  func(set record.Fields) bool
	FieldTimes   func(ctx context.Context, sc contactsync.Scope, id string, fields []string) (map[string]time.Time, error)
}

// InterceptStore wraps a Store. What comes out is a [contactsync.Finder] or has [contactsync.FieldTimes] where s does; it has none of
// the other capabilities.
func InterceptStore(s contactsync.Store, h StoreHooks) contactsync.Store {
	a := around{h.Before, h.After}
	w := &store{a, s, h}
	find, canFind := s.(contactsync.Finder)
	times, hasTimes := s.(contactsync.FieldTimes)
	f, ft := finder{a, find, h.Find}, fieldTimes{a, times, h.FieldTimes}
	switch {
	case canFind && hasTimes:
		return struct {
			contactsync.Store
			contactsync.Finder
			fieldTimes
		}{w, f, ft}
	case canFind:
		return struct {
			contactsync.Store
			contactsync.Finder
		}{w, f}
	case hasTimes:
		return struct {
			contactsync.Store
			fieldTimes
		}{w, ft}
	}
	return w
}

// Intercept wraps a Directory. What comes out is a [contactsync.BlindUpdater] or has [contactsync.FieldTimes] where d does.
func Intercept(d contactsync.Directory, h Hooks) contactsync.Directory {
	a := around{h.Before, h.After}
	w := &directory{store{a, d, StoreHooks{Changes: h.Changes, Get: h.Get, Apply: h.Apply}}, d, h}
	blind, isBlind := d.(contactsync.BlindUpdater)
	times, hasTimes := d.(contactsync.FieldTimes)
	b, ft := blindUpdater{blind, h.BlindUpdate}, fieldTimes{a, times, h.FieldTimes}
	switch {
	case isBlind && hasTimes:
		return struct {
			contactsync.Directory
			contactsync.BlindUpdater
			fieldTimes
		}{w, b, ft}
	case isBlind:
		return struct {
			contactsync.Directory
			contactsync.BlindUpdater
		}{w, b}
	case hasTimes:
		return struct {
			contactsync.Directory
			fieldTimes
		}{w, ft}
	}
	return w
}
