package contactsynctest

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// recorder stands in for the testing.T of one check, so that a check can fail without its test.
type recorder struct {
	testing.TB
	mu     sync.Mutex
	failed bool
	log    strings.Builder
}

func (r *recorder) Helper() {}

func (r *recorder) Logf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(&r.log, format+"\n", args...)
}

func (r *recorder) Errorf(format string, args ...any) {
	r.Logf(format, args...)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
}

func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Fatal(args ...any) { r.Fatalf("%s", fmt.Sprint(args...)) }

// failure runs a check on an S and returns what it has to say when it fails; empty when it passes.
func failure[S any](t *testing.T, c check[S], open func(t testing.TB) S) string {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer c.show(r)
		c.run(open(r))
	}()
	<-done
	if !r.Failed() {
		return ""
	}
	return r.log.String()
}

// wantPass fails where a check fails on what is right.
func wantPass[S any](t *testing.T, checks []check[S], open func(t testing.TB) S) {
	for _, c := range checks {
		if log := failure(t, c, open); log != "" {
			t.Errorf("the check %q fails:\n%s", c.name, log)
		}
	}
}

// wantCaught fails unless the named check finds the fault, and says which sentence of the contract was broken.
func wantCaught[S any](t *testing.T, checks []check[S], name string, open func(t testing.TB) S) {
	c := named(t, checks, name)
	log := failure(t, c, open)
	if log == "" {
		t.Fatalf("the check %q does not find the fault", name)
	}
	if !strings.Contains(log, "the contract says: "+c.rules[0]) {
		t.Errorf("the check %q does not tell the sentence that was broken:\n%s", name, log)
	}
}

func named[S any](t *testing.T, checks []check[S], name string) check[S] {
	i := slices.IndexFunc(checks, func(c check[S]) bool { return c.name == name })
	if i < 0 {
		t.Fatalf("there is no check %q", name)
	}
	return checks[i]
}

// await gives others the processor until something has come about. It gives up in the end, as the fault that waits may be
// looked at by a check in which it never does.
func await(come func() bool) {
	for start := time.Now(); !come() && time.Since(start) < 5*time.Second; {
		runtime.Gosched()
	}
}

var testSchema = func() *record.Schema {
	s, err := record.NewSchema(record.Contact,
		record.Field{Name: "name", Type: record.Name},
		record.Field{Name: "title", MaxLen: 64},
		record.Field{Name: "emails", Type: record.Email, Shape: record.List, MaxCount: 5},
		record.Field{Name: "owner", ReadOnly: true},
	)
	if err != nil {
		panic(err)
	}
	return s
}()

var testMailbox = contactsync.Mailbox{Account: "a1"}

func testStoreConfig(crm *memstore.Store) StoreConfig {
	return StoreConfig{
		Scope:    contactsync.Scope{Tenant: "acme", User: "u17"},
		Schema:   testSchema,
		Hide:     func(_ contactsync.Store, id string) error { return crm.Tenant("acme").Hide(id, "u17") },
		Merge:    func(_ contactsync.Store, a, b string) error { return crm.Tenant("acme").Merge(a, b) },
		Stranger: &contactsync.Scope{Tenant: "globex", User: "u17"},
	}
}
