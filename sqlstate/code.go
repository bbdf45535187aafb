package sqlstate

import "github.com/seed-42871e99/crmsync/internal/statecode"

// What only the library reads of links and known items is kept in a dense form: a byte that says which form it is, then what
// [statecode] writes.

type reader struct{ statecode.Reader }

// newReader reads code whose form is the given one.
func newReader(code []byte, form byte) *reader {
	r := &reader{statecode.NewReader(string(code))}
	if r.Byte() != form {
		r.Fail()
	}
	return r
}
