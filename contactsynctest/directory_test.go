package contactsynctest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

type directoryFault func(d *memstore.Directory, h *Hooks)

// brokenDirectory opens sessions on an Outlook with a fault.
func brokenDirectory(f directoryFault) func(tb testing.TB) *session {
	return func(tb testing.TB) *session {
		d := memstore.NewDirectory()
		d.PageSize = 7
		box := d.Mailbox(testMailbox)
		var h Hooks
		f(d, &h)
		return newDirectorySession(tb, DirectoryConfig{
			Scope:     contactsync.Scope{Mailbox: testMailbox},
			NoMailbox: &contactsync.Mailbox{Account: "nobody"},
			Move:      func(_ contactsync.Directory, id, folder string) error { return box.Move(id, folder) },
			Copy: func(_ contactsync.Directory, id, folder string) error {
				_, err := box.Copy(id, folder)
				return err
			},
		}, Intercept(d, h))
	}
}

func TestDirectorySuitePassesWhatIsRight(t *testing.T) {
	wantPass(t, directoryChecks, brokenDirectory(func(*memstore.Directory, *Hooks) {}))
}

// TestDirectorySuiteFindsFaults puts one fault at a time into an Outlook.
func TestDirectorySuiteFindsFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		by    string
		fault directoryFault
	}{
		{"a store's fault", "Apply/stale update", func(d *memstore.Directory, h *Hooks) {
			d.IgnoreVersions = true
		}},
		{"a write to an id that never was fails for no reason", "Apply/an id that never was", func(d *memstore.Directory, h *Hooks) {
			h.Apply = func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				res, err := d.Apply(ctx, sc, writes)
				for i, w := range writes {
					if w.ID == "nobody" {
						res[i].Err = errors.New("400")
					}
				}
				return res, err
			}
		}},
		{"blind updates on a service that ignores versions", "BlindUpdate", func(d *memstore.Directory, h *Hooks) {
			d.IgnoreVersions = true
			h.BlindUpdate = func(record.Fields) bool { return true }
		}},
		{"the default folder is missing", "Folders/default first", func(d *memstore.Directory, h *Hooks) {
			h.Folders = func(ctx context.Context, m contactsync.Mailbox, k record.Kind) ([]contactsync.Folder, error) {
				list, err := d.Folders(ctx, m, k)
				return slices.DeleteFunc(list, func(f contactsync.Folder) bool { return f.Default }), err
			}
		}},
		{"the default folder comes last", "CreateFolder", func(d *memstore.Directory, h *Hooks) {
			h.Folders = func(ctx context.Context, m contactsync.Mailbox, k record.Kind) ([]contactsync.Folder, error) {
				list, err := d.Folders(ctx, m, k)
				slices.Reverse(list)
				return list, err
			}
		}},
		{"an unknown mailbox has an error of its own", "Folders/no mailbox", func(d *memstore.Directory, h *Hooks) {
			h.Folders = func(ctx context.Context, m contactsync.Mailbox, k record.Kind) ([]contactsync.Folder, error) {
				list, err := d.Folders(ctx, m, k)
				if err != nil {
					err = errors.New("404")
				}
				return list, err
			}
		}},
		{"a folder is made twice", "CreateFolder/twice", func(d *memstore.Directory, h *Hooks) {
			made := 0
			h.CreateFolder = func(ctx context.Context, m contactsync.Mailbox, k record.Kind, name string) (contactsync.Folder, error) {
				made++
				return d.CreateFolder(ctx, m, k, name+strings.Repeat(" again", made-1))
			}
		}},
		{"an existing folder is an error", "CreateFolder/twice", func(d *memstore.Directory, h *Hooks) {
			made := map[string]bool{}
			h.CreateFolder = func(ctx context.Context, m contactsync.Mailbox, k record.Kind, name string) (contactsync.Folder, error) {
				if made[name] {
					return contactsync.Folder{}, errors.New("ErrorFolderExists")
				}
				made[name] = true
				return d.CreateFolder(ctx, m, k, name)
			}
		}},
		{"the folder does not count", "Scope/one folder", inDefault},
		{"a folder that is gone is empty", "Scope/a folder that is gone", func(d *memstore.Directory, h *Hooks) {
			h.Changes = func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				p, err := d.Changes(ctx, sc, after)
				if errors.Is(err, contactsync.ErrFolderGone) {
					return contactsync.Page{Next: "1", Complete: true}, nil
				}
				return p, err
			}
		}},
		{"what was moved is deleted", "Get/moved", getting(func(f contactsync.Found) contactsync.Found {
			if f.Removed == contactsync.Moved {
				f.Removed = contactsync.Deleted
			}
			return f
		})},
		{"the folder of an item is not told", "Scope/default folder", getting(func(f contactsync.Found) contactsync.Found {
			for i := range f.Records {
				f.Records[i].Folder = ""
			}
			return f
		})},
		{"of copies only one is found", "Get/copied", getting(func(f contactsync.Found) contactsync.Found {
			f.Records = f.Records[:min(len(f.Records), 1)]
			return f
		})},
		{"of two creates only one is found", "Apply/create again or not", getting(func(f contactsync.Found) contactsync.Found {
			f.Records = f.Records[:min(len(f.Records), 1)]
			return f
		})},
		{"an update does not take on the stamp", "Apply/an update takes on the stamp", receiving(func(w contactsync.Write) contactsync.Write {
			if w.Op == contactsync.Update {
				w.Stamp = ""
			}
			return w
		})},
		{"the stamp of a deleted item is hidden", "Get/the stamp of what was deleted", getting(func(f contactsync.Found) contactsync.Found {
			if f.Ref.Stamp != "" && f.Removed == contactsync.Deleted {
				f.Removed = contactsync.Hidden
			}
			return f
		})},
		{"the stamp of a moved item is not known", "Get/moved", getting(func(f contactsync.Found) contactsync.Found {
			if f.Ref.Stamp != "" && f.Removed == contactsync.Moved {
				f.Removed, f.ID = contactsync.Unknown, ""
			}
			return f
		})},
		{"a removal is told as present", "Get/moved", func(d *memstore.Directory, h *Hooks) {
			h.Changes = func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				p, err := d.Changes(ctx, sc, after)
				for i, c := range p.Changes {
					if c.Record == nil {
						p.Changes[i] = contactsync.Change{ID: c.ID, Record: &record.Record{ID: c.ID}}
					}
				}
				return p, err
			}
		}},
		{"a listing makes up stamps", "Changes/full listing", func(d *memstore.Directory, h *Hooks) {
			h.Changes = func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
				p, err := d.Changes(ctx, sc, after)
				for _, c := range p.Changes {
					if c.Record != nil {
						c.Record.StampRead = true // and yet it is empty
					}
				}
				return p, err
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) { wantCaught(t, directoryChecks, tt.by, brokenDirectory(tt.fault)) })
	}
}

func inDefault(d *memstore.Directory, h *Hooks) {
	h.Changes = func(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
		sc.Folder = ""
		return d.Changes(ctx, sc, after)
	}
}

func getting(change func(f contactsync.Found) contactsync.Found) directoryFault {
	return func(d *memstore.Directory, h *Hooks) {
		var sh StoreHooks
		found(change)(d, &sh)
		h.Get = sh.Get
	}
}

func receiving(change func(w contactsync.Write) contactsync.Write) directoryFault {
	return func(d *memstore.Directory, h *Hooks) {
		var sh StoreHooks
		sending(change)(d, &sh)
		h.Apply = sh.Apply
	}
}
