package contactsynctest

import (
	"context"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// StateHooks change single methods of a State; see [StoreHooks].
type StateHooks struct {
	Before func(ctx context.Context, method string) error
	After  func(ctx context.Context, method string, err error) error

	Acquire       func(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (contactsync.Lease, error)
	Save          func(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error
	Post          func(ctx context.Context, m contactsync.Message) error
	LinksOf       func(ctx context.Context, conn string, side record.Side, ids []string) ([]contactsync.Link, error)
	Links         func(ctx context.Context, conn, after string, n int) ([]contactsync.Link, error)
	CountLinks    func(ctx context.Context, conn string) (int, error)
	KnownBy       func(ctx context.Context, conn string, keys []uint64) ([]contactsync.Known, error)
	KnownOf       func(ctx context.Context, conn string, ids []string) ([]contactsync.Known, error)
	Claim         func(ctx context.Context, tenant, by string, keys []uint64, now, until time.Time) ([]uint64, error)
	Due           func(ctx context.Context, now time.Time, n int) ([]string, error)
	PutConnection func(ctx context.Context, c contactsync.Connection) error
	Connection    func(ctx context.Context, id string) (contactsync.Connection, error)
	Connections   func(ctx context.Context, tenant string) ([]contactsync.Connection, error)
	ConnectionsOf func(ctx context.Context, tenant, user string) ([]contactsync.Connection, error)
	LinkedTo      func(ctx context.Context, tenant string, crmIDs []string) ([]string, error)
	Labels        func(ctx context.Context, tenant, user string, crmIDs []string) ([]contactsync.Label, error)
	Problems      func(ctx context.Context, conn string) ([]contactsync.Problem, error)
	Answers       func(ctx context.Context, conn string) ([]contactsync.Message, error)
	Runs          func(ctx context.Context, conn string, n int) ([]contactsync.Report, error)

	// Of a State that is a Journal.
	JournalEntries func(ctx context.Context, conn string, run uint64, after, n int) ([]contactsync.JournalEntry, error)
	JournalRuns    func(ctx context.Context, conn string) ([]contactsync.JournalRun, error)
}

// InterceptState wraps a State. What comes out is a [contactsync.Journal] where s is.
func InterceptState(s contactsync.State, h StateHooks) contactsync.State {
	w := &state{around{h.Before, h.After}, s, h}
	if j, keeps := s.(contactsync.Journal); keeps {
		return &journalState{w, j}
	}
	return w
}

type journalState struct {
	*state
	journal contactsync.Journal
}

func (s *journalState) JournalEntries(ctx context.Context, conn string, run uint64, after, n int) ([]contactsync.JournalEntry, error) {
	method := or(s.h.JournalEntries, s.journal.JournalEntries, s.h.JournalEntries != nil)
	return call(ctx, s.around, "JournalEntries", func() ([]contactsync.JournalEntry, error) { return method(ctx, conn, run, after, n) })
}

func (s *journalState) JournalRuns(ctx context.Context, conn string) ([]contactsync.JournalRun, error) {
	method := or(s.h.JournalRuns, s.journal.JournalRuns, s.h.JournalRuns != nil)
	return call(ctx, s.around, "JournalRuns", func() ([]contactsync.JournalRun, error) { return method(ctx, conn) })
}

type state struct {
	around
	inner contactsync.State
	h     StateHooks
}

// do runs a call that answers nothing but an error.
func do(ctx context.Context, a around, method string, do func() error) error {
	_, err := call(ctx, a, method, func() (struct{}, error) { return struct{}{}, do() })
	return err
}

func (s *state) Acquire(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (contactsync.Lease, error) {
	method := or(s.h.Acquire, s.inner.Acquire, s.h.Acquire != nil)
	return call(ctx, s.around, "Acquire", func() (contactsync.Lease, error) { return method(ctx, conn, worker, now, ttl) })
}

func (s *state) Save(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
	method := or(s.h.Save, s.inner.Save, s.h.Save != nil)
	return do(ctx, s.around, "Save", func() error { return method(ctx, l, b) })
}

func (s *state) Post(ctx context.Context, m contactsync.Message) error {
	method := or(s.h.Post, s.inner.Post, s.h.Post != nil)
	return do(ctx, s.around, "Post", func() error { return method(ctx, m) })
}

func (s *state) LinksOf(ctx context.Context, conn string, side record.Side, ids []string) ([]contactsync.Link, error) {
	method := or(s.h.LinksOf, s.inner.LinksOf, s.h.LinksOf != nil)
	return call(ctx, s.around, "LinksOf", func() ([]contactsync.Link, error) { return method(ctx, conn, side, ids) })
}

func (s *state) Links(ctx context.Context, conn, after string, n int) ([]contactsync.Link, error) {
	method := or(s.h.Links, s.inner.Links, s.h.Links != nil)
	return call(ctx, s.around, "Links", func() ([]contactsync.Link, error) { return method(ctx, conn, after, n) })
}

func (s *state) CountLinks(ctx context.Context, conn string) (int, error) {
	method := or(s.h.CountLinks, s.inner.CountLinks, s.h.CountLinks != nil)
	return call(ctx, s.around, "CountLinks", func() (int, error) { return method(ctx, conn) })
}

func (s *state) KnownBy(ctx context.Context, conn string, keys []uint64) ([]contactsync.Known, error) {
	method := or(s.h.KnownBy, s.inner.KnownBy, s.h.KnownBy != nil)
	return call(ctx, s.around, "KnownBy", func() ([]contactsync.Known, error) { return method(ctx, conn, keys) })
}

func (s *state) KnownOf(ctx context.Context, conn string, ids []string) ([]contactsync.Known, error) {
	method := or(s.h.KnownOf, s.inner.KnownOf, s.h.KnownOf != nil)
	return call(ctx, s.around, "KnownOf", func() ([]contactsync.Known, error) { return method(ctx, conn, ids) })
}

func (s *state) Claim(ctx context.Context, tenant, by string, keys []uint64, now, until time.Time) ([]uint64, error) {
	method := or(s.h.Claim, s.inner.Claim, s.h.Claim != nil)
	return call(ctx, s.around, "Claim", func() ([]uint64, error) { return method(ctx, tenant, by, keys, now, until) })
}

func (s *state) Due(ctx context.Context, now time.Time, n int) ([]string, error) {
	method := or(s.h.Due, s.inner.Due, s.h.Due != nil)
	return call(ctx, s.around, "Due", func() ([]string, error) { return method(ctx, now, n) })
}

func (s *state) PutConnection(ctx context.Context, c contactsync.Connection) error {
	method := or(s.h.PutConnection, s.inner.PutConnection, s.h.PutConnection != nil)
	return do(ctx, s.around, "PutConnection", func() error { return method(ctx, c) })
}

func (s *state) Connection(ctx context.Context, id string) (contactsync.Connection, error) {
	method := or(s.h.Connection, s.inner.Connection, s.h.Connection != nil)
	return call(ctx, s.around, "Connection", func() (contactsync.Connection, error) { return method(ctx, id) })
}

func (s *state) Connections(ctx context.Context, tenant string) ([]contactsync.Connection, error) {
	method := or(s.h.Connections, s.inner.Connections, s.h.Connections != nil)
	return call(ctx, s.around, "Connections", func() ([]contactsync.Connection, error) { return method(ctx, tenant) })
}

func (s *state) ConnectionsOf(ctx context.Context, tenant, user string) ([]contactsync.Connection, error) {
	method := or(s.h.ConnectionsOf, s.inner.ConnectionsOf, s.h.ConnectionsOf != nil)
	return call(ctx, s.around, "ConnectionsOf", func() ([]contactsync.Connection, error) { return method(ctx, tenant, user) })
}

func (s *state) LinkedTo(ctx context.Context, tenant string, crmIDs []string) ([]string, error) {
	method := or(s.h.LinkedTo, s.inner.LinkedTo, s.h.LinkedTo != nil)
	return call(ctx, s.around, "LinkedTo", func() ([]string, error) { return method(ctx, tenant, crmIDs) })
}

func (s *state) Labels(ctx context.Context, tenant, user string, crmIDs []string) ([]contactsync.Label, error) {
	method := or(s.h.Labels, s.inner.Labels, s.h.Labels != nil)
	return call(ctx, s.around, "Labels", func() ([]contactsync.Label, error) { return method(ctx, tenant, user, crmIDs) })
}

func (s *state) Problems(ctx context.Context, conn string) ([]contactsync.Problem, error) {
	method := or(s.h.Problems, s.inner.Problems, s.h.Problems != nil)
	return call(ctx, s.around, "Problems", func() ([]contactsync.Problem, error) { return method(ctx, conn) })
}

func (s *state) Answers(ctx context.Context, conn string) ([]contactsync.Message, error) {
	method := or(s.h.Answers, s.inner.Answers, s.h.Answers != nil)
	return call(ctx, s.around, "Answers", func() ([]contactsync.Message, error) { return method(ctx, conn) })
}

func (s *state) Runs(ctx context.Context, conn string, n int) ([]contactsync.Report, error) {
	method := or(s.h.Runs, s.inner.Runs, s.h.Runs != nil)
	return call(ctx, s.around, "Runs", func() ([]contactsync.Report, error) { return method(ctx, conn, n) })
}
