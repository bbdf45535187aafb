package contactsynctest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// answeringFound changes results, given what Get says beforehand of the id or stamp that was written to.
func answeringFound(change func(w contactsync.Write, f contactsync.Found, r contactsync.Result) contactsync.Result) fault {
	return func(s contactsync.Store, h *StoreHooks) {
		h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			refs := make([]contactsync.Ref, len(writes))
			for i, w := range writes {
				refs[i] = contactsync.Ref{ID: w.ID}
				if w.Op == contactsync.Create {
					refs[i] = contactsync.Ref{Stamp: w.Stamp}
				}
			}
			found, err := s.Get(ctx, sc, refs)
			if err != nil {
				return nil, err
			}
			results, err := s.Apply(ctx, sc, writes)
			for i := range results {
				results[i] = change(writes[i], found[i], results[i])
			}
			return results, err
		}
	}
}

// goneFaults are those of writes to what is not, or no longer, there for the user.
var goneFaults = []faultCase{
	{"a write without a version is stale", "Apply/without a version", answering(func(w contactsync.Write, r contactsync.Result) contactsync.Result {
		if w.Op != contactsync.Create && w.Version == "" {
			return contactsync.Result{ID: w.ID, Err: contactsync.ErrStale}
		}
		return r
	})},
	{"a delete without a version is not carried out", "Apply/without a version", func(s contactsync.Store, h *StoreHooks) {
		h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			sent := slices.Clone(writes)
			for i, w := range sent {
				if w.Op == contactsync.Delete && w.Version == "" {
					sent[i].ID = "nobody"
				}
			}
			return s.Apply(ctx, sc, sent)
		}
	}},
	{"a delete of what never was fails", "Apply/an id that never was", answeringFound(func(w contactsync.Write, f contactsync.Found, r contactsync.Result) contactsync.Result {
		if w.Op == contactsync.Delete && f.Removed == contactsync.Unknown {
			r.Err = contactsync.ErrNotFound
		}
		return r
	})},
	{"an update of what never was succeeds", "Apply/an id that never was", answeringFound(func(w contactsync.Write, f contactsync.Found, r contactsync.Result) contactsync.Result {
		if w.Op == contactsync.Update && f.Removed == contactsync.Unknown {
			r.Err = nil
		}
		return r
	})},
	{"an id that never was fails the call", "Apply/an id that never was", func(s contactsync.Store, h *StoreHooks) {
		h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			if slices.ContainsFunc(writes, func(w contactsync.Write) bool { return w.ID == "nobody" }) {
				return nil, errors.New("sql: no rows in result set")
			}
			return s.Apply(ctx, sc, writes)
		}
	}},
	{"the create of what is hidden is not found", "Scope/create again what is hidden", answeringFound(func(w contactsync.Write, f contactsync.Found, r contactsync.Result) contactsync.Result {
		if w.Op == contactsync.Create && f.Removed == contactsync.Hidden {
			r.Err = contactsync.ErrNotFound
		}
		return r
	})},
	{"what was merged into what is gone was merged into another", "Scope/create again what was merged", found(func(f contactsync.Found) contactsync.Found {
		if f.Removed == contactsync.Deleted && f.Into != "" {
			f.Into = "another"
		}
		return f
	})},
	{"the create of what was merged is not found", "Scope/create again what was merged", answeringFound(func(w contactsync.Write, f contactsync.Found, r contactsync.Result) contactsync.Result {
		if w.Op == contactsync.Create && f.Removed == contactsync.Merged {
			return contactsync.Result{Err: contactsync.ErrNotFound}
		}
		return r
	})},
	{"the create of what was merged answers with the loser", "Scope/create again what was merged", answeringFound(func(w contactsync.Write, f contactsync.Found, r contactsync.Result) contactsync.Result {
		if w.Op == contactsync.Create && f.Removed == contactsync.Merged {
			r.ID = f.ID
		}
		return r
	})},
	{"the create of what was merged says nothing of the survivor", "Scope/create again what was merged", answeringFound(func(w contactsync.Write, f contactsync.Found, r contactsync.Result) contactsync.Result {
		if f.Removed == contactsync.Merged {
			r.Stored = record.Fields{}
		}
		return r
	})},
	{"a hidden survivor is shown", "Scope/create again what was merged", answeringFound(func(w contactsync.Write, f contactsync.Found, r contactsync.Result) contactsync.Result {
		if w.Op == contactsync.Create && f.Removed == contactsync.Merged && r.Err != nil {
			return contactsync.Result{ID: f.Into, Existed: true}
		}
		return r
	})},
	{"the create of what was merged into what is gone is denied", "Scope/create again what was merged", answering(func(w contactsync.Write, r contactsync.Result) contactsync.Result {
		if w.Op == contactsync.Create && errors.Is(r.Err, contactsync.ErrNotFound) {
			r.Err = contactsync.ErrDenied
		}
		return r
	})},
}

// strict refuses a record that has no value in a field, as a CRM does with a column that must be filled.
func strict(fields ...string) fault {
	return func(s contactsync.Store, h *StoreHooks) {
		missing := func(w contactsync.Write) string {
			for _, name := range fields {
				v, known := w.Set.Get(name)
				if w.Op == contactsync.Create && v.IsEmpty() || w.Op == contactsync.Update && known && v.IsEmpty() {
					return name
				}
			}
			return ""
		}
		h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			var all []contactsync.Result
			for _, w := range writes {
				if name := missing(w); name != "" {
					all = append(all, contactsync.Result{ID: w.ID, Err: &contactsync.InvalidError{Field: name, Reason: "is required"}})
					continue
				}
				res, err := s.Apply(ctx, sc, []contactsync.Write{w})
				if err != nil {
					return nil, err
				}
				all = append(all, res...)
			}
			return all, nil
		}
	}
}

// demanding opens sessions on a CRM in which fields must have a value, and whose host says that others must, or nothing.
func demanding(wants []string, says []string) func(tb testing.TB) *session {
	return func(tb testing.TB) *session {
		crm := memstore.NewStore(testSchema)
		cfg := testStoreConfig(crm)
		cfg.Required = says
		var h StoreHooks
		strict(wants...)(crm, &h)
		return newStoreSession(tb, cfg, InterceptStore(crm, h))
	}
}

func TestStoreSuitePassesWhatHasRequiredFields(t *testing.T) {
	for _, fields := range [][]string{{"name"}, {"emails"}, {"name", "title", "emails"}} {
		wantPass(t, storeChecks, demanding(fields, fields))
	}
}

func TestStoreSuiteKeepsToWhatIsRequired(t *testing.T) {
	for _, tt := range []struct {
		name, by    string
		wants, says []string
	}{
		{"a required field that was not said", "Apply/create of few fields", []string{"name"}, nil},
		{"a list that must not be cleared", "Apply/clear", []string{"emails"}, nil},
		{"one of two required fields said", "Apply/create of few fields", []string{"name", "emails"}, []string{"emails"}},
		{"a name that must not be cleared, though none is required", "Apply/clear", []string{"name"}, []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if failure(t, named(t, storeChecks, tt.by), demanding(tt.wants, tt.says)) == "" {
				t.Errorf("the check %q passes; the Store is not as strict as the test means", tt.by)
			}
		})
	}
}

func TestRequiredFieldsMustBeInTheSamples(t *testing.T) {
	for _, name := range []string{"owner", "shoeSize"} { // the first is read-only
		if failure(t, storeChecks[0], demanding(nil, []string{name})) == "" {
			t.Errorf("a required field %q without a value in the samples passes", name)
		}
	}
}
