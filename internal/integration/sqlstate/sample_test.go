package sqlstate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
	"github.com/seed-42871e99/crmsync/sqlstate"
)

// noon is when the tests begin, by the clock of the workers.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

const ttl = 5 * time.Minute

func connection(id string) contactsync.Connection {
	return contactsync.Connection{
		ID: id, Tenant: "acme", User: "u17", Kind: record.Contact, Status: contactsync.Idle,
		Mailbox: contactsync.Mailbox{Account: "account of " + id},
	}
}

func link(conn, id string) contactsync.Link {
	return contactsync.Link{
		ID: id, Conn: conn, IDs: [2]string{"crm of " + id, "outlook of " + id}, Phase: contactsync.Linked,
		Version: [2]string{"7", `W/"EQAAABYAAA=="`},
		Seen:    []conflict.Seen{{Rule: "name", Def: 7, Raw: [2]uint64{1 << 63, 2}, Typed: [2]uint64{3, 4}, Version: 5}},
	}
}

func known(id string, keys ...uint64) contactsync.Known {
	return contactsync.Known{Candidate: match.Candidate{ID: id, Emails: keys, Name: match.Name{{Full: 1, Initial: 2}}, Created: noon}}
}

func problem(conn, id string) contactsync.Problem {
	return contactsync.Problem{ID: id, Conn: conn, Code: contactsync.CodeConflict, Message: "Both sides changed it.", First: noon, Last: noon, RetryAt: noon}
}

func entry(seq int) contactsync.JournalEntry {
	return contactsync.JournalEntry{Run: 1, Seq: seq, Link: "l1", At: noon.Add(time.Duration(seq) * time.Minute), Sealed: []byte{0, 255, '\\', '"', '\''}}
}

// everything is a batch that writes to every table; the connection holds a claim on 99, and message was posted to it.
func everything(conn contactsync.Connection, message string, n int) contactsync.Batch {
	conn.Status, conn.Reason, conn.Halt = contactsync.Halted, fmt.Sprint("run ", n), &contactsync.Halt{Guard: contactsync.GuardDeletes, Count: n}
	conn.Progress.Runs, conn.Progress.LastRun, conn.Progress.Next = n, noon, noon.Add(time.Hour)
	conn.Progress.Cursor = [2]contactsync.Cursor{"a cursor", "another"}
	return contactsync.Batch{
		Links: []contactsync.Link{link(conn.ID, "new"), link(conn.ID, "kept")}, DropLinks: []string{"old"},
		Known: []contactsync.Known{known("new", 7, 8), known("kept", 9)}, DropKnown: []string{"old"},
		Problems: []contactsync.Problem{problem(conn.ID, "new")}, Close: []string{"old"},
		Done: []string{message}, Unclaim: []uint64{99},
		Connection: &conn, Report: &contactsync.Report{Conn: conn.ID, Run: uint64(n), Ended: noon, Diverged: map[string]int{"cut": n}},
		Journal: []contactsync.JournalEntry{entry(2), entry(3)}, ForgetJournal: noon.Add(2 * time.Minute),
		Erase:     &contactsync.Erasure{Records: [2][]string{{"crm of gone"}, {"gone"}}, Links: []string{"gone"}},
		NotBefore: noon.Add(time.Minute), Extend: noon.Add(2 * ttl),
	}
}

// begun makes a connection with something of everything, and takes its lease.
func begun(t *testing.T, s *sqlstate.State, id string) contactsync.Lease {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, s.PutConnection(ctx, connection(id)))
	require.NoError(t, s.Post(ctx, contactsync.Message{Conn: id, CRMIDs: []string{"a", "crm of gone"}}))
	l, err := s.Acquire(ctx, id, "worker", noon, ttl)
	require.NoError(t, err)
	_, err = s.Claim(ctx, "acme", id, []uint64{99}, noon, noon.Add(ttl))
	require.NoError(t, err)
	gone, goneToo := problem(id, "gone"), entry(4)
	gone.Record, goneToo.Link = [2]string{"crm of gone", ""}, "gone"
	require.NoError(t, s.Save(ctx, l, contactsync.Batch{
		Links:    []contactsync.Link{link(id, "old"), link(id, "kept")},
		Known:    []contactsync.Known{known("old", 5), known("kept", 5), known("gone", 6)},
		Problems: []contactsync.Problem{problem(id, "old"), gone},
		Report:   &contactsync.Report{Conn: id, Ended: noon, Problems: []contactsync.Problem{gone}},
		Journal:  []contactsync.JournalEntry{entry(1), goneToo}, Release: true,
	}))
	l, err = s.Acquire(ctx, id, "worker", noon, ttl)
	require.NoError(t, err)
	require.Len(t, l.Messages, 1)
	return l
}
