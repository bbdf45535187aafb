package contactsync

import "time"

// Label is what there is to say beside a CRM record of one of its user's connections (L1).
type Label struct {
	Conn   string
	Record string // id of the CRM record
	// Linked: a link in phase Linked has it.
	Linked bool
	// Code is of the open problem of the record that was seen last, of several at once the one with the least id; empty: there is
	// none. Since is its First.
	Code  Code
	Since time.Time
	// Answered: for each open problem of the record there is an answer among [State.Answers], and there is such a problem.
	Answered bool
}
