package contactsync

import (
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
)

// Settings say how a connection is synced. They are plain data, JSON both ways. The zero value of every member is its
// documented default; Settings with a mapping and nothing else are a safe two-way sync that asks, never deletes, and
// guards. [Settings.Validate] names the member at fault; [SettingsSchema] says what each means to a person.
type Settings struct {
	// Disabled switches automatic runs off (A9); Manual says that a person may still start one meanwhile.
	Disabled bool `json:"disabled,omitempty"`
	Manual   bool `json:"manual,omitempty"`
	// Connector is the administrator's choice of the one connector that syncs the CRM space of the connection (A13): [ThisConnector], or
	// the name of another, such as "Exchange", which users are shown; under that nothing is synced here. Empty: none was made, and this one
	// syncs. A choice is not taken back: see [Settings.MayReplace]. In layers, lock it.
	Connector string `json:"connector,omitempty"`
	// Flow says what may happen on each side. The zero Flow creates and updates on both, and deletes on none.
	Flow Flow `json:"flow,omitzero"`
	// Filter selects CRM records; the zero Condition selects all. A record that leaves it is not deleted: see Left.
	Filter filter.Condition `json:"filter,omitzero"`
	// Saved are conditions by name, for Filter, OutlookFilter and Actions to name.
	Saved map[string]filter.Condition `json:"saved,omitempty"`
	// Predefined are, of saved searches that an administrator made, the fields that must stay in them (E6): each entry is
	// fields of which the search must ask about one, whatever its criteria. Where there are any, Filter must ask
	// about the fields of one of them, whatever the search that it names is called: so they stay in every copy. In layers
	// it is locked by who sets it.
	Predefined map[string][][]string `json:"predefined,omitempty"`
	// OutlookFilter selects Outlook items that may be imported; linked items stay linked whatever it says.
	OutlookFilter filter.Condition `json:"outlookFilter,omitzero"`
	// Watch are CRM fields that matter though no rule maps them, such as the owner (G5): a change of one brings a record back whose
	// tie was dropped ([Unlink]), as a change of a field with a rule does.
	Watch   []string       `json:"watch,omitempty"`
	Mapping []mapping.Rule `json:"mapping,omitempty"`
	// Kinds are the kinds of records that have rules of their own (E8): those of Mapping that name them. A record is of the first whose
	// condition holds. A layer's kinds take the place of those before: their order counts.
	Kinds []PersonKind `json:"kinds,omitempty"`
	// Actions are what else is to be so on a side, where a condition holds for the other (E9). Of several that write the same,
	// the first whose condition holds counts. A layer's actions take the place of those before: their order counts.
	Actions []IfThen `json:"actions,omitempty"`
	Match   Match    `json:"match,omitzero"`
	// Account says what to do where the name of a contact's company is no account's (M5).
	Account Accounts `json:"account,omitzero"`
	// Conflict decides where both sides changed the same thing; default ask.
	Conflict mapping.Winner `json:"conflict,omitempty"`
	// Merge is "field" (default: each rule for itself) or "record" (the winner of one conflict wins the record).
	Merge string `json:"merge,omitempty"`
	// Completion is what becomes of several fields of an Outlook card that at once hold what another person's card or record with
	// the same address holds (M6): "hold" (default: a person is asked whether that is so) or "accept".
	Completion string `json:"completion,omitempty"`
	// EditVsDelete decides where one side was deleted and the other edited since; default edit.
	EditVsDelete conflict.EditVsDelete `json:"editVsDelete,omitempty"`
	// Deleted says what a confirmed delete on one side does to the other; default detach on both.
	Deleted OnDelete `json:"deleted,omitzero"`
	// Left says what becomes of a link whose CRM record is no longer eligible, Hidden of one whose CRM record the user may
	// no longer see, MovedOut of one whose item left the folder; all default to detach (B7).
	Left     Disposition `json:"left,omitempty"`
	Hidden   Disposition `json:"hidden,omitempty"`
	MovedOut Disposition `json:"movedOut,omitempty"`
	// Drift says what becomes of an edit on a side that may not send; leave (default) or restore. What was left before the
	// setting became restore stays as it is, listed as diverged, until that field is edited again.
	Drift conflict.Drift `json:"drift,omitempty"`
	// Guards stop a run before damage. The zero Guards are the defaults; see [Guards].
	Guards Guards `json:"guards,omitzero"`
	// Private lets items marked private in Outlook into the CRM; default: they stay out (B21).
	Private bool `json:"private,omitempty"`
	// Region is the ISO 3166 code that phone numbers without a country code are read in.
	Region string `json:"region,omitempty"`
	// Zone is the IANA name of the user's time zone, for dates that Outlook keeps as instants.
	Zone string `json:"zone,omitempty"`
	// Overflow says what to do with a value that the other side cannot hold: "fail" (default: a problem is reported and
	// the rule is left alone) or "truncate" (what fits is written, and the link says so). Of a list with more entries than the other
	// side has places for, such as a fourth address, what fits is written under both.
	Overflow string `json:"overflow,omitempty"`
}

// Flow is the direction, as a matrix. A nil row is the default for that side: create and update.
type Flow struct {
	ToOutlook *Ops `json:"toOutlook,omitempty"`
	ToCRM     *Ops `json:"toCRM,omitempty"`
}

// Ops says what may be done on a side.
type Ops struct {
	Create bool `json:"create,omitempty"`
	Update bool `json:"update,omitempty"`
	Delete bool `json:"delete,omitempty"`
}

// Match says which unlinked records are the same person, and what the first meeting may write.
type Match struct {
	By      match.By      `json:"by,omitempty"`      // default emailOrPhone (M1)
	Several match.Several `json:"several,omitempty"` // default first (M3)
	// Doubtful is "ask" (default) or "link": a shared key, or names that disagree.
	Doubtful string `json:"doubtful,omitempty"`
	// Ineligible is what to do with a match with a CRM record the user may not sync: "report" (default), "link" or "ignore". A record
	// whose tie was dropped because it left the filter (Left is unlink) is not linked while it is outside: its old card is left
	// alone, and another card of the person is reported.
	Ineligible string `json:"ineligible,omitempty"`
	// Existing says what may be written to an Outlook item that was there already; default fillEmpty (M2).
	Existing conflict.Existing `json:"existing,omitempty"`
	// For is "firstMeeting" (default) or "always": whether Existing rules later pushes too.
	For string `json:"for,omitempty"`
	// RequireKey keeps a record without any match key from being created on the other side.
	RequireKey bool `json:"requireKey,omitempty"`
}

// OnDelete says what a delete on one side does.
type OnDelete struct {
	InCRM     Disposition `json:"inCRM,omitempty"`
	InOutlook Disposition `json:"inOutlook,omitempty"`
	// WithoutRight says what happens where a delete would go to the CRM and the user has no right to delete the record there
	// (X3): "report" (default: it stays in the CRM, and a problem says so until the right is there), "restore" (it is put back
	// in Outlook, unless it only lies in another folder) or "detach". Whether the user has it is asked of a Store that is a [DeleteRights], and else told by its [ErrDenied].
	WithoutRight string `json:"withoutRight,omitempty"`
}

// Disposition says what becomes of a link one of whose sides is gone or no longer takes part.
type Disposition string

const (
	Propagate  Disposition = "propagate" // do the same on the other side; needs the flow's delete there
	Detach     Disposition = "detach"    // both copies stay, the tie is remembered
	Unlink     Disposition = "unlink"    // the tie is dropped; the record comes back when its CRM side changes
	Restore    Disposition = "restore"   // put it back
	LeaveAlone Disposition = "leave"     // do nothing, stay linked; who is typed in again is matched with the copy that stayed
)

// Guards are limits that stop a run before it writes anything. A Limit of zero is the default written beside it. Each holds
// for a side, for one run and for all runs of a rolling day together; an answer to a halt starts its day anew.
type Guards struct {
	Deletes Limit `json:"deletes,omitzero"` // default 10 percent, floor 5
	Clears  Limit `json:"clears,omitzero"`  // default 10 percent, floor 20; records in which a value is emptied
	Creates Limit `json:"creates,omitzero"` // default no limit
	// Changes defaults to 50 percent, floor 50; first meetings do not count, nor what fills the fields of a rule that was just
	// added.
	Changes Limit `json:"changes,omitzero"`
	// EmptySide stops a run when more than this share of a side's linked records was found removed; default 50
	// percent, floor 5.
	EmptySide Limit `json:"emptySide,omitzero"`
	// ApproveFirstRun halts a run that would write more records than this before any has come to its end with nothing
	// unfinished, for a person to look at; 0: never.
	ApproveFirstRun int `json:"approveFirstRun,omitempty"`
}

// Limit is exceeded by more than Floor records that are also more than Percent of the linked ones: of the most there were
// within the day.
type Limit struct {
	// Percent and Floor limit one run; both zero: the default.
	Percent float64 `json:"percent,omitempty"`
	Floor   int     `json:"floor,omitempty"`
	// DayPercent and DayFloor limit what all runs of a day do together; both zero: Percent and Floor do. The same record may
	// count several times in a day, so that DayPercent may exceed 100.
	DayPercent float64 `json:"dayPercent,omitempty"`
	DayFloor   int     `json:"dayFloor,omitempty"`
	// Off switches the guard off.
	Off bool `json:"off,omitempty"`
}

// Guard names a guard.
type Guard string

const (
	GuardDeletes   Guard = "deletes"
	GuardClears    Guard = "clears"
	GuardCreates   Guard = "creates"
	GuardChanges   Guard = "changes"
	GuardEmptySide Guard = "emptySide"
	GuardFirstRun  Guard = "firstRun"
)

// defaultSkew is how far apart two modification times must be for "newest" to trust their order: clocks of a mailbox and
// a CRM are not one clock.
const defaultSkew = 2 * time.Minute
