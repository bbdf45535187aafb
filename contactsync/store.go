package contactsync

import (
	"context"
	"time"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// Store is the host's CRM: its records, as one user may see them. All methods must be safe for concurrent use. An
// error of a method stops the run, which is then tried again from where it stood; what is wrong with a single record
// belongs in its [Result]. Errors may wrap the package's sentinels ([ErrDenied], [ErrCursorExpired], ...).
//
// Ids are UTF-8 text without zero bytes, of at most 2,400 bytes. What has another is reported and left alone.
//
// The suite contactsynctest.Store checks an implementation in one line.
type Store interface {
	// Changes returns one page of what changed in scope after the cursor, oldest first. The zero cursor starts a full
	// listing. The same cursor may be asked for again, and then answers the same changes or newer ones. A record may
	// come more than once; the last one counts. It should report a record that a user may no longer see, as a removal
	// (a daily re-read catches the rest), and must not drop one because it stopped fitting the filter: the engine
	// evaluates filters. A cursor it no longer understands answers [ErrCursorExpired], which starts over.
	Changes(ctx context.Context, sc Scope, after Cursor) (Page, error)
	// Get answers for every ref, an id or a create's stamp, in their order: present with the record, deleted, hidden,
	// merged into another, or unknown. Unknown never deletes anything.
	Get(ctx context.Context, sc Scope, refs []Ref) ([]Found, error)
	// Apply carries out writes, one Result each, in their order. A create repeated with the same stamp returns the
	// record made the first time, or the one that was merged into, and says Existed; where that has been deleted since,
	// [ErrNotFound], which the engine takes for a person's deletion; where the user may not see it, [ErrDenied]. An update
	// or delete whose version is stale is refused with [ErrStale]; one without a version is carried out whatever the
	// version is. A delete of what is gone, or of an id that never was, succeeds; an update of either is [ErrNotFound].
	// One refused write does not keep the others from being carried out.
	Apply(ctx context.Context, sc Scope, writes []Write) ([]Result, error)
}

// Scope says whose records are meant, and how they are read.
type Scope struct {
	Tenant, Conn, User string
	Mailbox            Mailbox
	Folder             string // Outlook folder id; empty: the default folder of the kind
	Kind               record.Kind
	Locale             record.Locale
	// Zone is the user's time zone, for dates that a side keeps as instants; nil when the host does not know it.
	Zone *time.Location
	// Fields are the wanted fields of the side that is asked, sorted. A side may give more, and may leave out of
	// Changes what it can only read at a cost; Get always reads all of them.
	Fields []string
}

// Cursor is a side's own mark of how far a connection has read. It is opaque to the engine, which stores it whole.
type Cursor string

// Ref names a record by its id or by the stamp it was created with: exactly one is set.
type Ref struct{ ID, Stamp string }

// Removal says what became of a record that is not there.
type Removal string

const (
	// Unknown: the side cannot tell. In a Change it means "no longer where it was": the engine asks with Get. In Found
	// it means that nothing may be concluded.
	Unknown Removal = "unknown"
	Deleted Removal = "deleted"
	Hidden  Removal = "hidden" // the user may no longer see it
	Moved   Removal = "moved"  // it lies in another folder
	Merged  Removal = "merged" // it lives on in another record, Into
)

// Change is one record that changed, or was removed.
type Change struct {
	ID      string
	Record  *record.Record // nil: removed
	Removed Removal
	Into    string // as in Found
}

// Page is one page of changes.
type Page struct {
	Changes []Change
	// Next is where reading goes on: the next page when More is set, else the next round. It is saved only after the
	// effects of everything before it.
	Next Cursor
	// More says that the round goes on at Next. A page may be empty and still have more.
	More bool
	// Bad are rows that could not be read. They are reported and left alone; a page is never refused for one.
	Bad []BadRow
	// Complete says that the round began at the zero cursor and has now named everything in scope.
	Complete bool
}

// BadRow is a row of a page that could not be read. Reason names the field at fault and holds no values.
type BadRow struct{ ID, Reason string }

// Found is the answer to one Ref.
type Found struct {
	Ref Ref
	// Records is empty when the record is not there; then Removed says why. Several records may carry one stamp, when an
	// item was copied with it.
	Records []record.Record
	Removed Removal // for a stamp, Deleted means made and since deleted; Unknown, never seen
	ID      string  // for a stamp whose record is gone: the id it had, where the side knows it
	// Merged: the id of the survivor. Deleted: the id of a survivor that has been deleted since, where the side knows it. Without that, what
	// several users put back may be there twice.
	Into string
}

// Op is what a write does.
type Op string

const (
	Create Op = "create"
	Update Op = "update"
	Delete Op = "delete"
)

// Write is one write to one side.
type Write struct {
	Op Op
	ID string // empty for a create
	// Version is the version the write is based on; empty where the side has no versions. See [Store.Apply].
	Version string
	// Stamp is set for a create, and for the first real write to a matched Outlook item, which takes it on.
	Stamp string
	// Set holds whole values of the fields to write; for an update those that change, known and empty meaning clear.
	Set record.Fields
	// Was is the record as read just before an update, for a side that writes some values only together with others
	// (an address, the entries of a list with their names); nil when it was not read.
	Was *record.Record
	// Changed is when the person made the change on the other side; zero when not known.
	Changed time.Time
}

// Result is what became of one write.
type Result struct {
	ID, Version string
	Modified    time.Time
	// Stored holds the values as the side kept them; the zero Fields means as sent.
	Stored record.Fields
	// Existed: the stamp of a create had been used, and the record is as it is, not as sent. Stored then holds it. A CRM that
	// keeps duplicates out by itself says so too, where it answers a create with a record that it had.
	Existed bool
	// Err is why this one write was not carried out: [ErrStale], [ErrNotFound], [ErrDenied], [*InvalidError] or [*record.ValueError],
	// [*ThrottledError], or anything else, which is tried again later. An outcome that is not known (a lost reply) wraps
	// [ErrUnconfirmed]: the engine looks before it writes again. A side, or an HTTP client below it, that sends an update again
	// after a lost reply finds the version stale by its own first try: that is not known either, and not [ErrStale].
	Err error
}

// Finder is implemented by a Store that indexes match keys ([match.Keys] under [match.Version]): it returns the
// records in scope that have any of the keys, each once, in no particular order, with the records of other users that
// the user may not sync in Strangers. Without it the engine lists the CRM once in a run that has Outlook items to match: new ones, and known
// ones that may be a changed record's, where a person is asked or the record's own item is gone.
type Finder interface {
	Find(ctx context.Context, sc Scope, keys []match.Key) (Matches, error)
}

// Matches is what a Finder found.
type Matches struct {
	Records   []record.Record
	Strangers []record.Record
}

// FieldTimes is implemented by a Store or Directory that knows when a person last changed single fields; without it,
// Newest goes by the record's modification time. A field it does not know is left out.
type FieldTimes interface {
	FieldTimes(ctx context.Context, sc Scope, id string, fields []string) (map[string]time.Time, error)
}

// ActiveUsers is implemented by a Store that knows which users take part (A12): ActiveUser reports whether a user of the tenant
// does. One who is deactivated, or whom the CRM has no more, is no error. It is asked at the beginning of each run, of an
// undo too: while the answer is no, nothing is read, written, removed or undone for that user, and what changed meanwhile is caught up
// with once it is yes. [Engine.Disconnect] and [Engine.Forget] do not ask, for they are what is left to be done for one who is gone. Without it
// every user takes part.
type ActiveUsers interface {
	ActiveUser(ctx context.Context, tenant, user string) (bool, error)
}

// DeleteRights is implemented by a Store that knows which records a user may delete (X3): MayDelete answers for every id, in
// their order, whether the user of the scope has the right to. Of an id that is gone, or never was, either answer will do. It is
// asked for the records that a run, or an undo, is about to delete, before the guards count them: a sync then does
// what Settings.Deleted.WithoutRight says, and an undo leaves the record and names it in its report. Without it the delete is tried, and an
// [ErrDenied] is taken for a no.
type DeleteRights interface {
	MayDelete(ctx context.Context, sc Scope, ids []string) ([]bool, error)
}
