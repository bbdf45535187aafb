package contactsynctest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// sending changes the writes on their way in, answering the results on their way out.
func sending(change func(w contactsync.Write) contactsync.Write) fault {
	return func(s contactsync.Store, h *StoreHooks) {
		h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			sent := slices.Clone(writes)
			for i := range sent {
				sent[i] = change(sent[i])
			}
			return s.Apply(ctx, sc, sent)
		}
	}
}

func answering(change func(w contactsync.Write, r contactsync.Result) contactsync.Result) fault {
	return func(s contactsync.Store, h *StoreHooks) {
		h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			results, err := s.Apply(ctx, sc, writes)
			for i := range results {
				results[i] = change(writes[i], results[i])
			}
			return results, err
		}
	}
}

var writeFaults = []faultCase{
	{"results in another order", "Apply/many writes in order", func(s contactsync.Store, h *StoreHooks) {
		h.Apply = func(ctx context.Context, sc contactsync.Scope, w []contactsync.Write) ([]contactsync.Result, error) {
			res, err := s.Apply(ctx, sc, w)
			slices.Reverse(res)
			return res, err
		}
	}},
	{"no result for a refused write", "Apply/a bad write among good ones", func(s contactsync.Store, h *StoreHooks) {
		h.Apply = func(ctx context.Context, sc contactsync.Scope, w []contactsync.Write) ([]contactsync.Result, error) {
			res, err := s.Apply(ctx, sc, w)
			return slices.DeleteFunc(res, func(r contactsync.Result) bool { return r.Err != nil }), err
		}
	}},
	{"one refused write fails the call", "Apply/a bad write among good ones", func(s contactsync.Store, h *StoreHooks) {
		h.Apply = func(ctx context.Context, sc contactsync.Scope, w []contactsync.Write) ([]contactsync.Result, error) {
			res, err := s.Apply(ctx, sc, w)
			for _, r := range res {
				err = errors.Join(err, r.Err)
			}
			return res, err
		}
	}},
	{"one refused write stops those after it", "Apply/a bad write among good ones", func(s contactsync.Store, h *StoreHooks) {
		h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			var all []contactsync.Result
			var stopped error
			for _, w := range writes {
				if stopped != nil {
					all = append(all, contactsync.Result{ID: w.ID, Err: stopped})
					continue
				}
				res, err := s.Apply(ctx, sc, []contactsync.Write{w})
				if err != nil {
					return nil, err
				}
				all, stopped = append(all, res...), res[0].Err
			}
			return all, nil
		}
	}},
	{"stamps are not kept", "Apply/create again", sending(func(w contactsync.Write) contactsync.Write {
		w.Stamp = ""
		return w
	})},
	{"stamps are cut", "Apply/stamps that look alike", sending(func(w contactsync.Write) contactsync.Write {
		w.Stamp = w.Stamp[:min(len(w.Stamp), 40)]
		return w
	})},
	{"a repeated create does not say so", "Apply/create again", answering(func(_ contactsync.Write, r contactsync.Result) contactsync.Result {
		r.Existed = false
		return r
	})},
	{"a repeated create says nothing of the record", "Apply/create again", answering(func(_ contactsync.Write, r contactsync.Result) contactsync.Result {
		if r.Existed {
			r.Stored = record.Fields{}
		}
		return r
	})},
	{"a repeated create overwrites", "Apply/create again", func(s contactsync.Store, h *StoreHooks) {
		h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			res, err := s.Apply(ctx, sc, writes)
			for i, r := range res {
				if r.Existed {
					up, _ := s.Apply(ctx, sc, []contactsync.Write{{Op: contactsync.Update, ID: r.ID, Set: writes[i].Set}})
					res[i] = up[0]
					res[i].Existed = true
				}
			}
			return res, err
		}
	}},
	{"look, then insert", "Apply/create at once", func(s contactsync.Store, h *StoreHooks) {
		var looked atomic.Int64
		h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			w := writes[0]
			found, err := s.Get(ctx, sc, []contactsync.Ref{{Stamp: w.Stamp}})
			if err != nil || len(found[0].Records) > 0 {
				return s.Apply(ctx, sc, writes)
			}
			looked.Add(1)
			await(func() bool { return looked.Load() > 1 }) // another has looked too
			w.Stamp = newStamp()
			return s.Apply(ctx, sc, []contactsync.Write{w})
		}
	}},
	{"a late create brings back the deleted", "Apply/create again after a delete", func(s contactsync.Store, h *StoreHooks) {
		h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			res, err := s.Apply(ctx, sc, writes)
			for i, w := range writes {
				if w.Op == contactsync.Create && errors.Is(res[i].Err, contactsync.ErrNotFound) {
					w.Stamp = newStamp()
					again, _ := s.Apply(ctx, sc, []contactsync.Write{w})
					res[i] = again[0]
				}
			}
			return res, err
		}
	}},
	{"stale updates are carried out", "Apply/stale update", sending(func(w contactsync.Write) contactsync.Write {
		if w.Op == contactsync.Update {
			w.Version = ""
		}
		return w
	})},
	{"stale updates at once are carried out", "Apply/updates of one record at once", sending(func(w contactsync.Write) contactsync.Write {
		w.Version = ""
		return w
	})},
	{"stale deletes are carried out", "Apply/stale delete", sending(func(w contactsync.Write) contactsync.Write {
		if w.Op == contactsync.Delete {
			w.Version = ""
		}
		return w
	})},
	{"a refused stale write has an error of its own", "Apply/stale update", answering(func(_ contactsync.Write, r contactsync.Result) contactsync.Result {
		if errors.Is(r.Err, contactsync.ErrStale) {
			r.Err = errors.New("conflict")
		}
		return r
	})},
	{"a delete of what is gone fails", "Apply/delete what is gone", func(s contactsync.Store, h *StoreHooks) {
		h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			var gone []bool
			for _, w := range writes {
				found, _ := s.Get(ctx, sc, []contactsync.Ref{{ID: w.ID}})
				gone = append(gone, len(found[0].Records) == 0)
			}
			res, err := s.Apply(ctx, sc, writes)
			for i, w := range writes {
				if w.Op == contactsync.Delete && gone[i] {
					res[i].Err = contactsync.ErrNotFound
				}
			}
			return res, err
		}
	}},
	{"an update of what is gone succeeds", "Apply/update what is not there", answering(func(_ contactsync.Write, r contactsync.Result) contactsync.Result {
		if errors.Is(r.Err, contactsync.ErrNotFound) {
			r.Err = nil
		}
		return r
	})},
	{"an update empties what it does not set", "Apply/update only what is set", sending(func(w contactsync.Write) contactsync.Write {
		if w.Op == contactsync.Update {
			w.Set = Sample(testSchema, 1).Only(func(string) bool { return false }).With(testSchema.Build().Set("name").Set("title").Set("emails").Fields()).With(w.Set)
		}
		return w
	})},
	{"an empty value does not clear", "Apply/clear", sending(func(w contactsync.Write) contactsync.Write {
		w.Set = w.Set.Only(func(name string) bool {
			v, _ := w.Set.Get(name)
			return !v.IsEmpty()
		})
		return w
	})},
	{"texts are trimmed in silence", "Apply/texts of all kinds", func(s contactsync.Store, h *StoreHooks) {
		sending(func(w contactsync.Write) contactsync.Write {
			if v, known := w.Set.Get("title"); known {
				w.Set = w.Set.With(testSchema.Build().Set("title", strings.TrimSpace(v.Text())).Fields())
			}
			return w
		})(s, h)
		silent(h)
	}},
	{"a field is not kept", "Apply/create", func(s contactsync.Store, h *StoreHooks) {
		sending(func(w contactsync.Write) contactsync.Write {
			w.Set = w.Set.Only(func(name string) bool { return name != "emails" })
			return w
		})(s, h)
	}},
	{"values past the limit are refused without a name", "Apply/a value that does not fit", answering(func(_ contactsync.Write, r contactsync.Result) contactsync.Result {
		var invalid *contactsync.InvalidError
		if errors.As(r.Err, &invalid) {
			r.Err = errors.New("value too long")
		}
		return r
	})},
	{"values past the limit are shown in the error", "Apply/a value that does not fit", answering(func(w contactsync.Write, r contactsync.Result) contactsync.Result {
		var invalid *contactsync.InvalidError
		if errors.As(r.Err, &invalid) {
			v, _ := w.Set.Get(invalid.Field)
			r.Err = &contactsync.InvalidError{Field: invalid.Field, Reason: v.Text() + " is too long"}
		}
		return r
	})},
	{"a version that Get does not know", "Apply/create", answering(func(_ contactsync.Write, r contactsync.Result) contactsync.Result {
		r.Version += "'"
		return r
	})},
	{"a time that Get does not know", "Apply/create", answering(func(_ contactsync.Write, r contactsync.Result) contactsync.Result {
		r.Modified = r.Modified.Add(time.Second)
		return r
	})},
	{"not safe for concurrent use", "Apply/updates of one record at once", func(s contactsync.Store, h *StoreHooks) {
		var busy atomic.Bool
		var calls atomic.Int64
		h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
			calls.Add(1)
			if busy.Swap(true) {
				return nil, errors.New("database is locked")
			}
			defer busy.Store(false)
			if writes[0].Op == contactsync.Update {
				await(func() bool { return calls.Load() > 2 }) // after the create, another update
			}
			return s.Apply(ctx, sc, writes)
		}
	}},
}

// silent takes what was stored out of the results, after the hook that is there.
func silent(h *StoreHooks) {
	apply := h.Apply
	h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
		res, err := apply(ctx, sc, writes)
		for i := range res {
			res[i].Stored = record.Fields{}
		}
		return res, err
	}
}
