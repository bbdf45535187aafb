package contactsync

import (
	"encoding/json"
	"fmt"

	"github.com/seed-42871e99/crmsync/record"
)

// values are a record's known fields in the form the journal keeps them: empty means cleared.
type values map[string]record.Value

func valuesOf(f record.Fields) values {
	v := values{}
	for name, value := range f.All() {
		v[name] = value
	}
	return v
}

// trace is what a journal entry holds of one write.
type trace struct {
	Side record.Side
	Op   Op
	// ID is the record that was written; of a create that is not confirmed it is empty.
	ID    string `json:",omitempty"`
	Stamp string `json:",omitempty"` // of a create
	// Was is what was there: of an update the fields that it sets, of a delete all.
	Was values `json:",omitempty"`
	Set values `json:",omitempty"`
	// References are the references that the CRM record had, of an update, by the fields that it sets and that name them.
	References values `json:",omitempty"`
	// Done: the side confirmed the write. After is what it then held, of an update in the fields that were set, and Version
	// its version.
	Done    bool   `json:",omitempty"`
	After   values `json:",omitempty"`
	Version string `json:",omitempty"`
	// Undo: an undo wrote it.
	Undo bool `json:",omitempty"`
	// Groups are the fields that one rule wrote together, of an update.
	Groups [][]string `json:",omitempty"`
	// Rules are the ids of the rules of Groups, in their order.
	Rules []string `json:",omitempty"`
	// Link is the link as it was stored before; with an empty ID there was none.
	Link Link
}

func (t *trace) encode() []byte {
	b, err := json.Marshal(t)
	if err != nil {
		panic("contactsync: a journal entry that has no JSON: " + err.Error()) // it has none of the kinds that can fail
	}
	return b
}

func decodeTrace(b []byte) (*trace, error) {
	t := &trace{}
	if err := json.Unmarshal(b, t); err != nil {
		return nil, fmt.Errorf("%w: %T", errDamaged, err) // the error's own words may show a value
	}
	return t, nil
}
