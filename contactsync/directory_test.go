package contactsync_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// Two mailboxes share a lock and a pause only where they are one.
func TestMailboxKey(t *testing.T) {
	part := rapid.StringOfN(rapid.SampledFrom([]rune(`ab|\`)), 0, 4, -1)
	mailbox := rapid.Custom(func(t *rapid.T) contactsync.Mailbox {
		return contactsync.Mailbox{Account: part.Draw(t, "account"), User: part.Draw(t, "user"), Cloud: part.Draw(t, "cloud")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := mailbox.Draw(t, "a"), mailbox.Draw(t, "b")
		if (a.Key() == b.Key()) != (a == b) {
			t.Fatalf("%+v has the key %q, and %+v %q", a, a.Key(), b, b.Key())
		}
	})
	a := contactsync.Mailbox{Account: "sales", User: "ada|eva"}
	b := contactsync.Mailbox{Account: "sales|ada", User: "eva"}
	if a.Key() == b.Key() {
		t.Errorf("two mailboxes share the key %q", a.Key())
	}
}
