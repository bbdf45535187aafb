// Package record holds the shape that both sides of a sync share: a [Record] with typed [Fields] under a [Schema].
//
// A CRM declares its schema, by hand with [NewSchema] or from a tagged struct with [SchemaOf]; the Outlook side of
// each kind has a schema of its own ([OutlookContact]), whose fields carry Microsoft Graph's property names.
//
// Three states of a field are kept apart everywhere: it has a value; it is known and empty (cleared); or it is not
// known, because it was not read or the side cannot hold it. A field that is not known is never a deletion.
//
// The package is pure: no I/O, no clock, no goroutine; all it keeps is what it read in phone numbers (see [ParsePhones]).
// All its values may be used from several goroutines at once.
package record

import "time"

// Side is one of the two sides of a sync.
type Side uint8

const (
	CRM     Side = 0
	Outlook Side = 1
)

// Other is the opposite side.
func (s Side) Other() Side { return 1 - s }

func (s Side) String() string {
	if s == CRM {
		return "crm"
	}
	return "outlook"
}

// Kind is a kind of record.
type Kind string

const (
	Contact Kind = "contact"
	Meeting Kind = "meeting"
	Task    Kind = "task"
)

// Record is one record as one side holds it. The zero Record is no record at all.
type Record struct {
	// ID is the side's own id, compared with case.
	ID string
	// Version is the side's version mark of this state of the record, an etag or a row version. It is opaque: only
	// equality means anything. A side without versions leaves it empty.
	Version string
	// Stamp is the stamp the record was created with, or was given at its first real write; empty when it has none.
	// It means something only where StampRead is true: a listing may not be able to tell.
	Stamp     string
	StampRead bool
	// Folder is the Outlook folder the item lies in; empty on the CRM side.
	Folder string
	// Created and Modified are the side's own times, zero when the side does not know them.
	Created, Modified time.Time
	// Fields holds the values.
	Fields Fields
}
