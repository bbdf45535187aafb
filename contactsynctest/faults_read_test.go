package contactsynctest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// found changes the answers of Get.
func found(change func(f contactsync.Found) contactsync.Found) fault {
	return func(s contactsync.Store, h *StoreHooks) {
		h.Get = func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
			found, err := s.Get(ctx, sc, refs)
			for i := range found {
				found[i] = change(found[i])
			}
			return found, err
		}
	}
}

func removedAs(from, to contactsync.Removal) fault {
	return found(func(f contactsync.Found) contactsync.Found {
		if f.Removed == from {
			f.Removed = to
		}
		return f
	})
}

var readFaults = []faultCase{
	{"answers in another order", "Get/every ref in order", func(s contactsync.Store, h *StoreHooks) {
		h.Get = func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
			found, err := s.Get(ctx, sc, refs)
			slices.SortFunc(found, func(a, b contactsync.Found) int { return strings.Compare(a.Ref.ID, b.Ref.ID) })
			return found, err
		}
	}},
	{"no answer for what is not there", "Get/what nobody made", func(s contactsync.Store, h *StoreHooks) {
		h.Get = func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
			found, err := s.Get(ctx, sc, refs)
			return slices.DeleteFunc(found, func(f contactsync.Found) bool { return f.Removed == contactsync.Unknown }), err
		}
	}},
	{"an error for what is not there", "Get/what nobody made", func(s contactsync.Store, h *StoreHooks) {
		h.Get = func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
			found, err := s.Get(ctx, sc, refs)
			for _, f := range found {
				if f.Removed == contactsync.Unknown {
					return nil, contactsync.ErrNotFound
				}
			}
			return found, err
		}
	}},
	{"neither a record nor a reason", "Get/what nobody made", removedAs(contactsync.Unknown, "")},
	{"stamps that nobody used are deleted", "Get/what nobody made", removedAs(contactsync.Unknown, contactsync.Deleted)},
	{"what was deleted is unknown", "Get/deleted", removedAs(contactsync.Deleted, contactsync.Unknown)},
	{"a deleted record had another's id", "Apply/create again after a delete", found(func(f contactsync.Found) contactsync.Found {
		if f.Removed == contactsync.Deleted && f.Ref.Stamp != "" {
			f.ID = "another"
		}
		return f
	})},
	{"what is hidden is deleted", "Scope/hidden", removedAs(contactsync.Hidden, contactsync.Deleted)},
	{"what was merged is deleted", "Scope/merged", removedAs(contactsync.Merged, contactsync.Deleted)},
	{"a merge without its survivor", "Scope/merged", found(func(f contactsync.Found) contactsync.Found {
		f.Into = ""
		return f
	})},
	{"empty fields are not known", "Apply/create of few fields", found(func(f contactsync.Found) contactsync.Found {
		for i, r := range f.Records {
			f.Records[i].Fields = r.Fields.Only(func(name string) bool {
				v, _ := r.Fields.Get(name)
				return !v.IsEmpty()
			})
		}
		return f
	})},
	{"a field is never read", "Get/all wanted fields", found(func(f contactsync.Found) contactsync.Found {
		for i, r := range f.Records {
			f.Records[i].Fields = r.Fields.Only(func(name string) bool { return name != "owner" })
		}
		return f
	})},
	{"stamps are not read", "Get/by stamp", found(func(f contactsync.Found) contactsync.Found {
		for i := range f.Records {
			f.Records[i].Stamp, f.Records[i].StampRead = "", false
		}
		return f
	})},
	{"too many refs at once", "Get/many refs", func(s contactsync.Store, h *StoreHooks) {
		h.Get = func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
			if len(refs) > 999 {
				return nil, errors.New("too many SQL variables")
			}
			return s.Get(ctx, sc, refs)
		}
	}},
	{"tenants are mixed", "Scope/a stranger", func(s contactsync.Store, h *StoreHooks) {
		h.Get = func(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
			sc.Tenant = "acme"
			return s.Get(ctx, sc, refs)
		}
	}},
	{"tenants may write to each other", "Scope/a stranger", func(s contactsync.Store, h *StoreHooks) {
		h.Apply = func(ctx context.Context, sc contactsync.Scope, w []contactsync.Write) ([]contactsync.Result, error) {
			sc.Tenant = "acme"
			return s.Apply(ctx, sc, w)
		}
	}},
}
