package contactsync

import (
	"context"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// State is what the engine remembers between runs: connections, links, keys of unlinked Outlook items, claims, problems,
// runs, and the lease. It is made by libraries and databases more than by hosts: take memstore's or sqlstate's. All
// methods must be safe for concurrent use, from several processes where the storage allows it.
//
// Every save is atomic and fenced. What people decide is posted without a lease.
//
// The suite contactsynctest.State checks an implementation in one line.
type State interface {
	// Acquire takes the lease of the connection and of its mailbox for ttl from now, in one step, and returns it with the
	// connection and its due work. [ErrBusy] when another worker holds either and its lease has not run out at now;
	// [ErrNotFound] when there is no such connection. Each lease has a token greater than every earlier one of the
	// connection. [*ThrottledError] with the time that is left, and no lease, before the NotBefore of the mailbox.
	Acquire(ctx context.Context, conn, worker string, now time.Time, ttl time.Duration) (Lease, error)
	// Save writes the batch in one atomic step, if the lease still is the connection's newest; else [ErrFenced], and
	// nothing is written. Repeating a batch changes nothing further.
	Save(ctx context.Context, l Lease, b Batch) error
	// Post leaves a message for the next run of its connection, without a lease. [ErrNotFound] when there is no such
	// connection.
	Post(ctx context.Context, m Message) error

	// LinksOf returns the links of the connection that have any of these ids on the side, in no particular order. Links of every
	// phase are returned.
	LinksOf(ctx context.Context, conn string, side record.Side, ids []string) ([]Link, error)
	// Links returns up to n links of the connection with an id greater than after, in order of id (bytewise).
	Links(ctx context.Context, conn, after string, n int) ([]Link, error)
	// CountLinks returns how many links of the connection are in phase Linked.
	CountLinks(ctx context.Context, conn string) (int, error)
	// KnownBy returns the known items of the connection that have any of the hashed keys, each once.
	KnownBy(ctx context.Context, conn string, keys []uint64) ([]Known, error)
	// KnownOf returns those of the ids that are known items.
	KnownOf(ctx context.Context, conn string, ids []string) ([]Known, error)
	// Claim takes the hashed match keys for the tenant in the name of by until a moment, so that two mailboxes that
	// import one person at once make one record. Keys that another name holds at now are not taken, and returned. Claiming
	// again under the same name prolongs.
	Claim(ctx context.Context, tenant, by string, keys []uint64, now, until time.Time) (refused []uint64, err error)

	// Due returns up to n ids of the connections of all tenants that are due at now: those whose Progress.Next is not after
	// now, and those that a message wakes ([Message.Wakes]) until a lease that brought it is given back. They come in order of
	// Progress.Next, the longest due first, and of id. Left out are those that are Inactive, those that a worker holds at now or
	// whose mailbox one does, and those whose mailbox has a NotBefore after now.
	Due(ctx context.Context, now time.Time, n int) ([]string, error)

	// PutConnection creates a connection, or updates what the host sets up of one (Mailbox, Folder, Inactive); what the
	// engine keeps is left alone.
	PutConnection(ctx context.Context, c Connection) error
	// Connection returns a connection; [ErrNotFound] when there is none.
	Connection(ctx context.Context, id string) (Connection, error)
	// Connections returns the connections of the tenant, in order of id.
	Connections(ctx context.Context, tenant string) ([]Connection, error)
	// ConnectionsOf returns the connections of one user of the tenant, in order of id. It reads those of nobody else, for it is asked
	// whenever a person opens a page.
	ConnectionsOf(ctx context.Context, tenant, user string) ([]Connection, error)
	// LinkedTo returns the ids of the tenant's connections that have a link with any of the CRM ids, sorted.
	LinkedTo(ctx context.Context, tenant string, crmIDs []string) ([]string, error)
	// Labels returns what there is to say of these CRM records in the connections of the user of the tenant, and in nobody else's:
	// a [Label] for each connection and record that has a link in phase Linked or an open problem, in order of Record, and of Conn
	// (bytewise). It is one question to the storage, however many records a page has.
	Labels(ctx context.Context, tenant, user string, crmIDs []string) ([]Label, error)
	// Problems returns the open problems of the connection, in order of id.
	Problems(ctx context.Context, conn string) ([]Problem, error)
	// Answers returns the messages of the connection that answer a problem ([Message.Answers]), whether or not it is open, and that
	// no batch has named in Done, in the order in which they were posted. A lease that brought them changes nothing of that.
	Answers(ctx context.Context, conn string) ([]Message, error)
	// Runs returns the newest n reports of the connection, newest first.
	Runs(ctx context.Context, conn string, n int) ([]Report, error)
}

// Lease is the right to work on a connection and its mailbox until a moment.
type Lease struct {
	Conn   Connection
	Worker string
	Token  uint64 // the fencing token
	Until  time.Time
	// Open are the links in phase Intended, and those with Pending fingerprints, in order of id.
	Open []Link
	// Retry are the open problems whose RetryAt has come at now, in order of id.
	Retry []Problem
	// Messages were posted since the last run; the batch that has dealt with them names them in Done.
	Messages []Message
}

// Batch is one atomic save. Zero members change nothing.
type Batch struct {
	Links     []Link   // inserted or replaced, by id
	DropLinks []string // ids
	Known     []Known  // inserted or replaced, by id
	DropKnown []string // ids of Outlook items
	Problems  []Problem
	Close     []string // ids of problems that are over
	Done      []string // ids of messages dealt with
	// Unclaim releases these keys, where the connection holds them in its tenant.
	Unclaim []uint64
	// Erase, when not nil, is done before the rest.
	Erase *Erasure
	// Connection, when not nil, replaces Status, Reason, Halt and Progress of the connection.
	Connection *Connection
	// Report, when not nil, is remembered as the newest run.
	Report *Report
	// Journal are entries of the undo journal, inserted or replaced, by run and number. See [Journal].
	Journal []JournalEntry
	// ForgetJournal, when not zero, removes the entries of the connection that are older.
	ForgetJournal time.Time
	// NotBefore, when not zero, is the moment before which nobody is to work on the connection's mailbox: a service has asked to
	// wait. An earlier one than the mailbox has changes nothing.
	NotBefore time.Time
	// Extend, when not zero, is the lease's new end. Release gives it back.
	Extend  time.Time
	Release bool
	// End, done after the rest, ends the connection: nothing of it is kept, its claims and what its lease locks included, and every
	// method answers as if it had never been. Put anew, it begins with nothing, and its leases have greater tokens than before.
	End bool
}

// Erasure names by id what a [Batch] erases of its connection (B18): the known items and the problems that name any of the records, the
// problems and the journal entries of the links, and the problems of either in remembered reports. Messages lose the records they
// name, and those that are left with nothing, or that hold a decision about one, are dropped. Links themselves are not: that is
// what DropLinks is for.
type Erasure struct {
	Records [2][]string
	Links   []string
}

// Message is something posted for the next run of a connection.
type Message struct {
	ID   string // given by the State; empty when posted
	Conn string
	// At most one of the following is set; none: to look whether anything is new.
	Decision *PersonDecision // the answer to a problem
	Resume   *Resume         // the answer to a halt
	Full     [2]bool         // sides to be read completely
	// FromBackup: the State is older than the sides, see [Engine.StateFromBackup].
	FromBackup bool
	// Records to look at, by side; both may be set.
	CRMIDs, OutlookIDs []string
	// Corrected is the id of a problem for whose sake a person corrected the record that CRMIDs or OutlookIDs names; empty: nobody did.
	Corrected string
	// Made, which may be set beside any of the others, are Outlook items that a run made, to be looked for once: Graph may leave no trace of one that was deleted before
	// the next round.
	Made []string
}

// Wakes reports whether the message makes its connection due, see [State.Due]. Items that a run made can wait for the next.
func (m *Message) Wakes() bool {
	return m.Decision != nil || m.Resume != nil || m.Full != [2]bool{} || len(m.CRMIDs)+len(m.OutlookIDs) > 0 || len(m.Made) == 0
}

// Answers is the id of the problem that the message answers; empty: none.
func (m *Message) Answers() string {
	if m.Decision != nil {
		return m.Decision.Problem
	}
	return m.Corrected
}

// PersonDecision is a person's answer to a problem, given what was shown: whose value to take, or whether two records are one
// person.
type PersonDecision struct {
	Problem, Link string
	Record        [2]string // the records of the problem
	// Identity is the answer to a match; empty: the decision names a side.
	Identity Identity
	conflict.Decision
}

// Identity is what a person says of two records that may be of one person.
type Identity string

const (
	SamePerson Identity = "same"
	TwoPeople  Identity = "two"
)
