package mapping

import "github.com/seed-42871e99/crmsync/record"

// Lens carries the values of one rule between the two sides. The slices are parallel to the rule's CRM and Outlook
// field names; every value in them is known. A Lens is immutable, holds no state, and may be used from several
// goroutines; it must not keep or change the slices it is given.
//
// It obeys these laws, up to the typed equality of the fields (see [record.Field.Equal]):
//
//	ToOutlook(ToCRM(o, c), o) equals o    carrying back what was just carried over changes nothing
//	ToCRM(ToOutlook(c, o), c) equals c    and the other way round
//	ToOutlook(c, ToOutlook(c, o)) equals ToOutlook(c, o), and ToCRM alike: twice is once
//
// the first two except where [Lossy] says why not. What View leaves out of a side is still there, as it was, after
// values were carried to that side. [Check] tries the laws on sample values.
type Lens interface {
	// View is the part of a side that the rule speaks about, parallel to v. Only it is fingerprinted and compared, so
	// that what the rule does not own (a second address, other people's categories) never counts as a change. Its
	// fingerprints are stored: for the same values it must give the same view in every later version. v may be returned.
	View(side record.Side, v []record.Value) []record.Value
	// ToOutlook returns the Outlook values that say what crm says, changing as little of outlook as it can.
	ToOutlook(crm, outlook []record.Value) []record.Value
	// ToCRM returns the CRM values that say what outlook says, changing as little of crm as it can.
	ToCRM(outlook, crm []record.Value) []record.Value
}

// Lossy is implemented by a lens that cannot always carry everything. Loss says what the other side would not hold after
// source was carried from the side from, target being what the other side holds now: None when it holds all. Asked again
// with the carried values as the target, it answers the same.
type Lossy interface {
	Loss(from record.Side, source, target []record.Value) Loss
}

// Sharer is implemented by a lens that owns only some of the entries of a field, so that another rule may write others.
// Shares reports whether it leaves alone, on the side, all that the other lens owns there. Two rules may write one
// field when each of their lenses shares it with the other.
type Sharer interface {
	Shares(side record.Side, with Lens) bool
}

// Loss says why a carried value differs by rule from its source (B22).
type Loss string

const (
	None      Loss = ""
	FirstOnly Loss = "firstOnly" // the source holds several, the target keeps only the first
	Cut       Loss = "cut"       // the target cannot hold so many entries, or so long a text
	NotListed Loss = "notListed" // the table or managed set has no counterpart for the value
	OneWay    Loss = "oneWay"    // a constant or template: nothing can be carried back
	KeptOther Loss = "keptOther" // the target holds something of its own that the source lacks or that is not the rule's to overwrite; it stays
)
