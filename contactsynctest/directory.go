package contactsynctest

import (
	"errors"
	"slices"
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// DirectoryConfig says how to try out a Directory.
type DirectoryConfig struct {
	// New returns a Directory for one check, whose mailbox has a default folder without items. Required.
	New func(t *testing.T) contactsync.Directory
	// Scope is the one to work in: Mailbox, and what else matters to the Directory. Folder stays empty; where Fields is nil,
	// all fields of the schema are asked for. Kind is that of the schema.
	Scope contactsync.Scope
	// Schema is the schema of the items; nil: [record.OutlookContact].
	Schema *record.Schema
	// Sample returns the values of an item that the Directory accepts, others for every n; nil: [Sample].
	Sample func(n int) record.Fields
	// IgnoresVersions says that the service carries out an update whatever its version. Its stale writes are not tried.
	IgnoresVersions bool
	// NoMailbox is one that does not exist; nil leaves its check out.
	NoMailbox *contactsync.Mailbox

	// The rest is what the mailbox's owner does in Outlook. Nil leaves its check out.

	// Move moves an item to another folder.
	Move func(d contactsync.Directory, id, folder string) error
	// Copy makes a copy of an item, with its stamp, in a folder.
	Copy func(d contactsync.Directory, id, folder string) error
}

// Directory checks that a Directory keeps its contract, with its optional capabilities where it has them.
func Directory(t *testing.T, cfg DirectoryConfig) {
	t.Helper()
	if cfg.New == nil {
		t.Fatal("contactsynctest.Directory: DirectoryConfig needs New")
	}
	for _, c := range directoryChecks {
		t.Run(c.name, func(t *testing.T) {
			defer c.show(t)
			c.run(newDirectorySession(t, cfg, cfg.New(t)))
		})
	}
}

func newDirectorySession(t testing.TB, cfg DirectoryConfig, d contactsync.Directory) *session {
	schema := cfg.Schema
	if schema == nil {
		schema = record.OutlookContact
	}
	s := newSession(t, d, cfg.Scope, schema, cfg.Sample)
	s.dir, s.ignoresVersions, s.noMailbox = d, cfg.IgnoresVersions, cfg.NoMailbox
	if cfg.Move != nil {
		s.move = func(id, folder string) error { return cfg.Move(d, id, folder) }
	}
	if cfg.Copy != nil {
		s.copy = func(id, folder string) error { return cfg.Copy(d, id, folder) }
	}
	return s
}

// directoryChecks are the checks of a Directory, those it shares with a Store first.
var directoryChecks = concat(sharedChecks, folderChecks, itemChecks)

const (
	ruleFolders      = "Folders lists the personal folders of the mailbox that hold the kind, the default folder first (F4, F5)."
	ruleFolderErr    = "An error wraps [ErrSignInRequired], [ErrDenied] or [ErrNoMailbox] where that is the reason."
	ruleCreateFolder = "CreateFolder makes a folder for the kind and returns it."
	ruleSameFolder   = "Where one of that name exists, that one is returned."
	ruleOneFolder    = "Its Changes, Get and Apply keep the contract of [Store], over the items of one folder, with these differences:"
	ruleDefault      = "Outlook folder id; empty: the default folder of the kind"
	ruleDirStamp     = "Get reads all wanted fields, and the stamp."
	ruleDirMoved     = "The stamp of an item that was moved to another folder of the mailbox is [Moved], with its id: else its create would be repeated."
	ruleDirVersion   = "Apply may meet a service that ignores versions; the engine therefore reads an item just before it updates it, unless the Directory is a [BlindUpdater] that says otherwise."
	ruleDirCreate    = "A create is not idempotent on most services: the engine looks for the stamp before it repeats one."
	ruleDirID        = "A write to an id that is none of the service's may also be refused with an [*InvalidError]."
	ruleCopies       = "Several records may carry one stamp, when an item was copied with it."
	ruleTakesOn      = "Stamp is set for a create, and for the first real write to a matched Outlook item, which takes it on."
	ruleBlind        = "BlindUpdater is implemented by a Directory whose service is known to honour versions on updates: BlindUpdate reports whether an update of just these fields may be sent on the strength of its version, without reading the item first."
	ruleFieldsKept   = "Errors may wrap the package's sentinels ([ErrDenied], [ErrCursorExpired], ...)."
)

var folderChecks = []check[*session]{
	{"Folders/default first", []string{ruleFolders}, (*session).checkFolders},
	{"Folders/no mailbox", []string{ruleFolderErr}, (*session).checkNoMailbox},
	{"CreateFolder", []string{ruleCreateFolder, ruleFolders}, (*session).checkCreateFolder},
	{"CreateFolder/twice", []string{ruleSameFolder}, (*session).checkSameFolder},
	{"Scope/default folder", []string{ruleDefault}, (*session).checkDefaultFolder},
	{"Scope/one folder", []string{ruleOneFolder}, (*session).checkOneFolder},
	{"Scope/a folder that is gone", []string{ruleFieldsKept}, (*session).checkFolderGone},
}

func (s *session) folders() []contactsync.Folder {
	s.Helper()
	list, err := s.dir.Folders(s.Context(), s.sc.Mailbox, s.sc.Kind)
	if err != nil {
		s.Fatalf("Folders: %v", err)
	}
	ids := map[string]bool{}
	for i, f := range list {
		if f.ID == "" || f.Name == "" || ids[f.ID] {
			s.Fatalf("Folders: folder %d has id %q and name %q; want one of its own, and a name", i, short(f.ID), f.Name)
		}
		ids[f.ID] = true
		if f.Default != (i == 0) {
			s.Fatalf("Folders: folder %d of %d has Default %v; want the default folder first, and no other", i, len(list), f.Default)
		}
	}
	if len(list) == 0 {
		s.Fatal("Folders: none, want at least the default folder")
	}
	return list
}

func (s *session) createFolder(name string) contactsync.Folder {
	s.Helper()
	f, err := s.dir.CreateFolder(s.Context(), s.sc.Mailbox, s.sc.Kind, name)
	if err != nil {
		s.Fatalf("CreateFolder %q: %v", name, err)
	}
	return f
}

func (s *session) checkFolders() { s.folders() }

func (s *session) checkNoMailbox() {
	if s.noMailbox == nil {
		return
	}
	_, err := s.dir.Folders(s.Context(), *s.noMailbox, s.sc.Kind)
	_, err2 := s.dir.CreateFolder(s.Context(), *s.noMailbox, s.sc.Kind, "Nowhere")
	for _, err := range []error{err, err2} {
		if !errors.Is(err, contactsync.ErrNoMailbox) && !errors.Is(err, contactsync.ErrSignInRequired) && !errors.Is(err, contactsync.ErrDenied) {
			s.Errorf("Folders or CreateFolder for a mailbox that does not exist: error %v, want ErrNoMailbox, ErrSignInRequired or ErrDenied", err)
		}
	}
}

func (s *session) checkCreateFolder() {
	for _, name := range []string{"CRM contacts", "Kontakte – Süd 🦊"} {
		made := s.createFolder(name)
		if made.Name != name || made.Default {
			s.Errorf("CreateFolder %q: name %q and Default %v", name, made.Name, made.Default)
		}
		if !slices.ContainsFunc(s.folders(), func(f contactsync.Folder) bool { return f.ID == made.ID && f.Name == name }) {
			s.Errorf("Folders after CreateFolder %q: it is not there", name)
		}
	}
}

func (s *session) checkSameFolder() {
	first := s.createFolder("CRM contacts")
	n := len(s.folders())
	if again := s.createFolder("CRM contacts"); again.ID != first.ID {
		s.Errorf("CreateFolder twice with one name: ids %q and %q", short(first.ID), short(again.ID))
	}
	if other := s.createFolder("CRM contacts 2"); other.ID == first.ID {
		s.Errorf("CreateFolder with two names: one id %q", short(first.ID))
	}
	if got := len(s.folders()); got != n+1 {
		s.Errorf("Folders after CreateFolder with a name that exists and a new one: %d, want %d", got, n+1)
	}
}

func (s *session) checkDefaultFolder() {
	id := s.create(1).ID
	folder := s.folders()[0].ID
	if got := s.read(id); got.Folder != folder {
		s.Errorf("Get of an item made without a folder: it lies in %q, want the default folder %q", short(got.Folder), short(folder))
	}
	s.sc.Folder = folder
	s.read(id)
	s.wantPresent("Changes of the default folder by its id", s.drain(""), id, s.sample(1))
}

func (s *session) checkOneFolder() {
	inDefault := s.create(1)
	next := s.drain("").next
	other := *s
	other.sc.Folder = s.createFolder("CRM contacts").ID
	w := other.creating(2)
	inOther := other.do(w).ID

	if got := other.read(inOther); got.Folder != other.sc.Folder {
		s.Errorf("Get of an item made in a folder: it lies in %q, want %q", short(got.Folder), short(other.sc.Folder))
	}
	r := other.drain("")
	other.wantPresent("Changes of a folder", r, inOther, w.Set)
	if c, named := r.last(inDefault.ID); named && c.Record != nil {
		s.Errorf("Changes of a folder: an item of the default folder is listed")
	}
	for _, r := range []round{s.drain(""), s.drain(next)} {
		if c, named := r.last(inOther); named && c.Record != nil {
			s.Errorf("Changes of the default folder: an item of another folder is told as present")
		}
	}
	for _, f := range other.get(contactsync.Ref{ID: inDefault.ID}) {
		if f.Removed != contactsync.Moved {
			s.Errorf("Get, in one folder, of an item that lies in another: %s, want %q", fate(f), contactsync.Moved)
		}
	}
}

func (s *session) checkFolderGone() {
	s.sc.Folder = "no-such-folder"
	if _, err := s.store.Changes(s.Context(), s.sc, ""); !errors.Is(err, contactsync.ErrFolderGone) {
		s.Errorf("Changes of a folder that is not there: error %v, want ErrFolderGone; anything else looks like a folder without items, or is tried for ever", err)
	}
}
