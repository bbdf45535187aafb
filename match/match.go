// Package match finds which CRM record and which Outlook item, not linked yet, are the same person. It is pure and
// linear in the number of records: keys, an index over hashed keys, groups of records that share keys, and a one-to-one
// pairing inside each group.
//
// The rule above all: no false link. Two records that share an address or a number but whose names disagree beyond
// initials, nicknames and gaps are doubtful, and wait for a person unless the settings say otherwise. So are two whose
// names agree, but say too little for the key they share: an initial and a surname at a number, which may be a
// household's; a name that somebody else with the same key could go by as well.
//
// A key that more than ten people of different names have on one side, a switchboard or a role mailbox, says nothing
// by itself: of those who share no other, only people whose names fit in two words, of which one may be an initial, are even
// asked about. An initial and a surname are not linked there, whatever the settings say of what is doubtful.
package match

import (
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// KeyVersion is the version of the form of keys and of the words of names. It grows when the same record may give
// others than before: hosts that index [Keys] index anew, and the engine lists a side again before it creates
// anything. Numbers depend on the phone library's data too, which [record.TypedVersion] covers.
const KeyVersion uint32 = 4

// Version is the version of the keys that this build makes: KeyVersion, and the numbering plans and Unicode tables that
// decide whether a number is valid and how an address folds (see [record.TypedVersion]). An index of keys is made anew
// when it changes.
func Version() uint32 {
	const prime = 16777619 // FNV-1a, over two words
	return (KeyVersion*prime ^ record.TypedVersion()) * prime
}

// Candidate is a record without a partner, reduced to what matching needs. It holds no clear text.
type Candidate struct {
	ID string
	// Emails and Phones are hashed keys.
	Emails, Phones []uint64
	// Name holds the hashed words of the person's name; empty when the record has none.
	Name Name
	// Created orders candidates that are otherwise alike, oldest first, those of unknown age last; then ID does.
	Created time.Time
	// Stranger marks a CRM record that may not be synced (another user's): it is matched but never linked (B20).
	Stranger bool
	// Elsewhere marks a record already linked in this connection: it makes its keys count as shared and its name count as
	// somebody an item may belong to, but is never paired.
	Elsewhere bool
}

// NewCandidate reduces a record: keys by [Keys], name words from its fields of type Name, except those marked NoMatch.
func NewCandidate(id string, f record.Fields, created time.Time, loc record.Locale, h record.Hasher) Candidate {
	c := Candidate{ID: id, Created: created, Name: nameOf(f, h)}
	for _, k := range Keys(f, loc) {
		if k.Kind == EmailKey {
			c.Emails = append(c.Emails, HashKey(k, h))
		} else {
			c.Phones = append(c.Phones, HashKey(k, h))
		}
	}
	return c
}

// By is which keys must be shared (M1). One kind alone, and both together even more, leave people apart whose other kind alone agrees:
// nothing of them is shared as By has it, so they are made anew and nobody is asked, whatever their names.
type By string

const (
	ByEmailOrPhone  By = "emailOrPhone" // the zero value means this too
	ByEmail         By = "email"
	ByPhone         By = "phone"
	ByEmailAndPhone By = "emailAndPhone"
)

// Several is what to do when several Outlook items match one CRM record (M3).
type Several string

const (
	First      Several = "first" // the best, of equals the oldest; the zero value means this too; the others are left alone and reported
	All        Several = "all"   // ties the CRM record to all that are there when it is met; one that comes later is left alone and reported
	AskSeveral Several = "ask"
)

// Options are the settings of matching. The zero Options is the default.
type Options struct {
	By      By
	Several Several
	// LinkDoubtful links doubtful pairs instead of asking (the five presets do): after the certain ones, the likeliest
	// first, one to one. Pairs that Several asks about are asked all the same, and so are those who share a crowd's key alone and
	// no more than an initial and a surname.
	LinkDoubtful bool
	// Distinct are pairs of ids, by [record.Side], of which a person said that they are two people. They are never linked, asked
	// about or spare. What the two say counts for all other pairs as before: each is still somebody who could be meant.
	Distinct map[[2]string]bool
}

// Score says how sure a pair is, 0 to 1, with its reasons in the order of their weight.
type Score struct {
	Value   float64
	Reasons []string // closed list of words: sameEmail, samePhone, sameName, nameFits, nameMissing, nameDisagrees, sharedKey, several
	// Holders is how many records of both sides have the key that the two share, of several keys the rarest; at 2 it is theirs
	// alone.
	Holders int
}

// Pairing is one CRM record and one Outlook item.
type Pairing struct {
	CRM, Outlook string
	Score        Score
}

// Result is what [Pair] found. Every list is in the order of the ids, CRM first.
type Result struct {
	Links []Pairing // certain: to be linked. An Outlook item stands in one only; a CRM record in several only under All.
	// Doubtful are to be asked about; neither side is linked or created meanwhile. Every item in doubt stands in at least
	// one, with its likeliest partner, and in a handful where it could be several people's. One whose name disagrees is not
	// in doubt where the other agrees with somebody else.
	Doubtful []Pairing
	// Spare are Outlook items that match a CRM record which is linked, here or elsewhere, and were left alone: further
	// copies of the same person, and items whose name is missing or too short to say that they are not.
	Spare []Pairing
	// Strangers are certain pairs with a CRM record that may not be synced.
	Strangers []Pairing
}
