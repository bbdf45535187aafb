package contactsynctest

import (
	"fmt"
	"math"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// What the checks save. Fingerprints and hashes use all 64 bits; ids are as long and as strange as services make them.

func sampleLink(conn, id string) contactsync.Link {
	return contactsync.Link{
		ID: id, Conn: conn,
		IDs:     [2]string{"crm of " + id, "outlook of " + id},
		Phase:   contactsync.Linked,
		Version: [2]string{"7", `W/"EQAAABYAAA=="`},
		Seen: []conflict.Seen{
			{Rule: "name", Def: math.MaxUint32, Raw: [2]uint64{math.MaxUint64, 1}, Typed: [2]uint64{1 << 63, 0}, Version: math.MaxUint32},
			{Rule: "email", Def: 2, Raw: [2]uint64{5, 5}, Typed: [2]uint64{6, 6}, Version: math.MaxUint32, Diverged: conflict.LostFirstOnly},
		},
	}
}

// fullLink has every member set.
func fullLink(conn, id string) contactsync.Link {
	l := sampleLink(conn, id)
	l.Phase, l.Cause = contactsync.Detached, contactsync.CauseLeft
	l.Made = [2]bool{false, true}
	l.Target, l.Gen, l.Revives = record.Outlook, 3, "an id from before"
	l.Since = noon.Add(-time.Hour)
	l.Made = [2]bool{record.Outlook: true}
	l.Pending = [2][]conflict.Seen{
		{{Rule: "name", Def: 1, Raw: [2]uint64{8, 9}, Typed: [2]uint64{10, 11}, Version: 1}},
		{{Rule: "email", Raw: [2]uint64{12, 13}, Typed: [2]uint64{14, 15}, Version: 2}, {Rule: "phone", Version: 3}},
	}
	l.Asked = []conflict.Seen{{Rule: "title", Def: 3, Raw: [2]uint64{16, 17}, Typed: [2]uint64{18, 19}, Version: 4, Diverged: conflict.Asked}}
	return l
}

func sampleKnown(id string, keys ...uint64) contactsync.Known {
	return contactsync.Known{Candidate: match.Candidate{
		ID: id, Emails: keys, Phones: []uint64{math.MaxUint64 - uint64(len(id))},
		Name:    match.Name{{Full: math.MaxUint64, Initial: 1 << 63}, {Full: 1, Initial: 2}},
		Created: noon.Add(-24 * time.Hour),
	}}
}

func sampleProblem(conn, id string) contactsync.Problem {
	return contactsync.Problem{
		ID: id, Conn: conn, Link: "link of " + id, Code: contactsync.CodeConflict,
		Record: [2]string{"crm of " + id, "outlook of " + id}, Rule: "email", Field: "emailAddresses", Sides: [2]bool{record.Outlook: true},
		Score:   match.Score{Value: 0.4, Reasons: []string{"samePhone", "nameDisagrees"}, Holders: 2},
		Message: "Both sides changed the address.", Resolvable: true,
		First: noon.Add(-time.Hour), Last: noon, Tries: 2, Raw: [2]uint64{math.MaxUint64, 1 << 63},
	}
}

func sampleReport(conn string, n int) contactsync.Report {
	return contactsync.Report{
		Conn: conn, Run: math.MaxUint64 - uint64(n), Undoes: uint64(n) + 1, Status: contactsync.Idle, Reason: fmt.Sprintf("run %d", n),
		Halt:    ptr(sampleHalt(contactsync.GuardDeletes, n)),
		Counts:  [2]contactsync.Counts{{Created: n, Skipped: 2}, {Updated: n, Deleted: 3, Failed: 1}},
		Full:    [2]bool{true, false},
		Matched: n, Linked: 10 * n, Diverged: map[string]int{"firstOnly": n, "cut": 1},
		Problems: []contactsync.Problem{sampleProblem(conn, "p1")}, Closed: 2,
		Started: noon.Add(time.Duration(n) * time.Hour), Ended: noon.Add(time.Duration(n)*time.Hour + time.Minute),
	}
}

func sampleHalt(guard contactsync.Guard, n int) contactsync.Halt {
	return contactsync.Halt{
		Guard: guard, Side: record.Outlook, Count: n, Of: 100, Limit: 10, Day: 9, Deletes: n, Since: noon.Add(-time.Hour), Waiting: true,
		Undoes: uint64(n) + 1, Also: []contactsync.Excess{{Guard: contactsync.GuardClears, Side: record.Outlook, Count: n, Of: 100, Limit: 10, Day: 9}},
	}
}

// progressed is a connection as a run leaves it.
func progressed(c contactsync.Connection, n int) contactsync.Connection {
	c.Status, c.Reason = contactsync.Halted, fmt.Sprintf("Run %d would delete too much.", n)
	c.Halt = ptr(sampleHalt(contactsync.GuardDeletes, n))
	c.Progress = contactsync.Progress{
		Cursor:     [2]contactsync.Cursor{contactsync.Cursor(fmt.Sprintf("crm %d", n)), contactsync.Cursor(longID(fmt.Sprintf("https://graph.example/delta?token=%d-", n)))},
		Full:       [2]time.Time{noon.Add(-time.Hour), noon.Add(-2 * time.Hour)},
		Settings:   contactsync.Reading{Selection: math.MaxUint64, CRM: 1 << 63, Outlook: uint64(n), Answers: uint64(n) + 7},
		KeyVersion: math.MaxUint32, KeyMark: 1<<63 + 1, LastRun: noon, Runs: n, Linked: 2 * n, Untold: fmt.Sprintf("Owner %d, at equals", n), UntoldAll: true,
		Next: noon.Add(time.Duration(n) * time.Minute), Failures: n + 2,
		Day: []contactsync.Hour{
			{Start: noon.Add(-3 * time.Hour), Links: 120, Removed: [2]int{1, n}, Deleted: [2]int{n, 2}},
			{Start: noon.Add(-time.Hour), Links: 100, Removed: [2]int{1, 2}, Deleted: [2]int{2, 3}, Cleared: [2]int{3, n}, Created: [2]int{n, 4}, Changed: [2]int{5, n}},
		},
		Restore: [2]bool{record.Outlook: true}, FromBackup: noon.Add(-time.Duration(n) * time.Second),
		Passed: []contactsync.Halt{sampleHalt(contactsync.GuardChanges, n)},
	}
	return c
}

// longID is an id of 600 characters, as Outlook's may become.
func longID(start string) string {
	b := []byte(start)
	for len(b) < 600 {
		b = append(b, "AAMkADczMDI1ZmNlLTk2"[len(b)%20])
	}
	return string(b)
}

// strangeIDs are ids that must be told apart and found again.
var strangeIDs = []string{
	"a", "A", "á", "a ", " a", "a'b", `a"b`, "a%b", "a_b", "a\\b", "ab", "é", "e\u0301", "王", "🦊",
	longID("x"), longID("x")[:599] + "!", longID("X"),
}
