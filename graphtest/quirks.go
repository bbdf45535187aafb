package graphtest

import "time"

// Quirks turns on, one by one, what Graph does or may do beyond the ordinary, and settles what is not documented. The
// zero value is Graph as its documents and most observers have it: the default folder is missing from the folder list,
// "contacts" names it, a move is a removal here and a row there under a new id, own writes come back in the delta,
// names follow a rename, a null address fails, batch answers come in any order.
//
// Fields that end in Every act on each n-th request they apply to; 0 is never.
type Quirks struct {
	// Folders.

	// DefaultFolderListed puts the default folder into the folder list, which Graph leaves out.
	DefaultFolderListed bool
	// NoContactsAlias makes "contacts" an unknown folder id.
	NoContactsAlias bool
	// DeletedFolderReadable keeps a deleted folder readable, with Deleted Items as its parent, instead of 404.
	DeletedFolderReadable bool
	// DeletedNameBlocks refuses to delete a folder while one of the same name lies in Deleted Items.
	DeletedNameBlocks bool

	// Delta.

	// EmptyPages is how many pages without rows, each with a nextLink, precede every real page.
	EmptyPages int
	// DuplicateRows names every row of a page twice.
	DuplicateRows bool
	// ReorderRows shuffles the rows of a page.
	ReorderRows bool
	// ReplayRows repeats the changes of the round before in each later round.
	ReplayRows bool
	// UnknownRemovals begins each round with the removal of an id that never was, and names contacts that came and went
	// unseen.
	UnknownRemovals bool
	// ChangedReason gives removals the reason "changed" instead of "deleted".
	ChangedReason bool
	// MovesKeepIDs lets ordinary ids survive a move, as only immutable ones do.
	MovesKeepIDs bool
	// ReturnLost is the trap of immutable ids: a contact that left a folder and came back between two rounds shows as a
	// removal only, until it is touched again.
	ReturnLost bool
	// LastDeletionSilent leaves out the removal row of the last contact of a folder.
	LastDeletionSilent bool
	// NoEcho leaves writes made through Graph out of the delta.
	NoEcho bool
	// DeltaDelay is how long a change takes to show in a delta, by Options.Now.
	DeltaDelay time.Duration
	// FilterDelay is how long a change takes to show in a $filter, by Options.Now.
	FilterDelay time.Duration
	// PageCap is the largest page, whatever was asked for; 0 is none. It holds for lists too.
	PageCap int
	// TokenCache is how many delta and skip tokens a mailbox remembers; an older one answers 410. 0 is all.
	TokenCache int
	// ExpiredCode is the error code of that 410; empty is SyncStateNotFound.
	ExpiredCode string
	// ExpiredLocation adds a Location header with the URL that starts over.
	ExpiredLocation bool
	// DeltaExpandRefused answers $expand on a delta with 400 instead of 500.
	DeltaExpandRefused bool
	// TopIsPageSize takes $top on a delta as a page size; Graph cuts the whole round short.
	TopIsPageSize bool
	// ForeignLinks is the root put into nextLink and deltaLink, such as "https://other.example/v1.0"; empty is the root
	// of the request.
	ForeignLinks string
	// PositionalPaging makes the nextLink of a list count contacts from the start, so that deletions meanwhile make the
	// listing skip some. Without it the link remembers the last contact.
	PositionalPaging bool

	// Contacts.

	// LimitsLifted accepts any number of addresses and phones.
	LimitsLifted bool
	// DisplayNameOverwritten recomputes displayName at every update that does not send it.
	DisplayNameOverwritten bool
	// RenameKeepsNames leaves displayName and fileAs alone when name parts change; else they follow unless sent.
	RenameKeepsNames bool
	// DirectoryNames are the organisation's names by address, in lower case: they overwrite emailAddresses[].name.
	DirectoryNames map[string]string
	// NullAddressAccepted takes a null business-, home- or otherAddress as "no address"; Graph fails with 500.
	NullAddressAccepted bool
	// PatchNullAddressAccepted is the same for updates only.
	PatchNullAddressAccepted bool
	// EmptyStringsKept answers "" where "" was sent; else it is null.
	EmptyStringsKept bool
	// EmailGaps keeps empty entries of emailAddresses; else the list closes up.
	EmailGaps bool
	// EmailSlots shows and takes primary-, secondary- and tertiaryEmailAddress, new in the schema since 2026.
	EmailSlots bool
	// MalformedAddresses answers an address that cannot be one as an entry with a name and no address.
	MalformedAddresses bool
	// BirthdayRewritten answers birthdays as midnight UTC of their day plus BirthdayOffset; else as sent.
	BirthdayRewritten bool
	BirthdayOffset    time.Duration
	// ClearsIgnored names properties whose clearing is accepted and not done.
	ClearsIgnored []string
	// ParentFolder is what parentFolderId in a body does.
	ParentFolder ParentFolder
	// PatchIgnoresIfMatch overwrites whatever If-Match says; DELETE honours it always.
	PatchIgnoresIfMatch bool
	// ExtendedWritesSilent keeps changeKey and delta still when an update sets extended properties only.
	ExtendedWritesSilent bool
	// ControlCharacters sends control characters in strings as they are, which is no valid JSON.
	ControlCharacters bool
	// SoftDeletedGone answers 404 for a contact in Deleted Items; else 200 with that folder as its parent.
	SoftDeletedGone bool

	// Errors.

	// ConflictEvery answers the n-th call on a single contact with 412, though no If-Match was sent.
	ConflictEvery int
	// ThrottleEvery answers the n-th request, or part of a batch, with 429.
	ThrottleEvery int
	// RetryAfter is the form of the Retry-After header.
	RetryAfter RetryAfter
	// UnavailableEvery answers the n-th request with 503 and no body.
	UnavailableEvery int
	// LostCreateEvery carries out the n-th POST of a contact and answers 504.
	LostCreateEvery int
	// BatchTimeoutEvery carries out the n-th $batch and answers 504.
	BatchTimeoutEvery int
	// EmptyErrorCodes leaves error.code empty.
	EmptyErrorCodes bool
	// LowerInnerError spells the member innererror instead of innerError.
	LowerInnerError bool

	// Transport.

	// BatchInOrder answers the parts of a batch in the order they were sent.
	BatchInOrder bool
	// BatchFiresAll sends all parts of a batch to the mailbox at once, as before 2023: beyond the concurrency limit
	// they come back as 429.
	BatchFiresAll bool
	// LowerBatchHeaders spells header names inside a batch in lower case.
	LowerBatchHeaders bool
	// Gzip compresses answers for callers that accept it.
	Gzip bool
}

// Harsh is Graph on its worst day: every trouble above that a careful client survives without losing anything, delays
// and the answers to open questions left out. Errors come at rates that let retries through.
func Harsh() Quirks {
	return Quirks{
		DeletedNameBlocks: true,
		EmptyPages:        1, DuplicateRows: true, ReorderRows: true, ReplayRows: true, UnknownRemovals: true, ReturnLost: true,
		LastDeletionSilent: true, PositionalPaging: true,
		DisplayNameOverwritten: true, PatchIgnoresIfMatch: true,
		ConflictEvery: 17, ThrottleEvery: 13, RetryAfter: Fractional, UnavailableEvery: 19, LostCreateEvery: 11, BatchTimeoutEvery: 7,
		LowerInnerError: true, LowerBatchHeaders: true, Gzip: true,
	}
}

// RetryAfter is the form of a Retry-After header.
type RetryAfter uint8

const (
	Seconds    RetryAfter = iota // whole seconds
	Fractional                   // seconds with a fraction, such as 2.128
	Date                         // an HTTP date
	Missing                      // no header
)

// ParentFolder is what parentFolderId in the body of a create or an update does.
type ParentFolder uint8

const (
	Refused ParentFolder = iota // 400, as for any read-only member
	Ignored                     // accepted and not looked at
	Moves                       // moves the contact
)
