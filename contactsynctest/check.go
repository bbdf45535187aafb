package contactsynctest

import "testing"

// check is one thing that an implementation must do, tried out through an S.
type check[S any] struct {
	name string
	// rules are the sentences of the contract that it checks, word for word. They are shown when it fails, and a test
	// of this package holds them against the contract.
	rules []string
	run   func(s S)
}

// show tells which sentences were broken, once the check has failed.
func (c check[S]) show(t testing.TB) {
	if !t.Failed() {
		return
	}
	for _, rule := range c.rules {
		t.Logf("the contract says: %s", rule)
	}
}
