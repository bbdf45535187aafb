package sim

import (
	"fmt"
	"slices"
	"strings"
)

// Script is one story, a line each. Lines of the first kind set the world up and may stand anywhere:
//
//	users 2                       connections of u1 and u2, each with a mailbox of its own; default 1
//	preset dealius                one of the five products' settings
//	settings {"conflict":"crm"}   contactsync.Settings without the mapping, over the preset; default {}
//	rule title direction=toOutlook conflict=crm
//	without notes                 leave a rule of the mapping out
//	kinds client lead             kinds of records, by their field kind; "rule title kinds=client|lead" is for those alone
//	action mark if kind=client add outlook categories=Clients   IF ... THEN; "if not kind=client", "if title", or always
//	store nofinder pages=3 owns   no Finder; page size; a record the sync makes belongs to the user
//	outlook ignoreVersions blind stamps quiet pages=2 partial rewrite drop late
//	graph replayRows displayName  quirks of an emulated Graph; see package graphsim
//	clocks store=-90s outlook=1m worker=20s times   how far clocks are off; and whether sides know when fields changed
//	workers same                  a process that was stopped starts again under its own name
//	journal                       runs can be taken back
//	roster                        the CRM knows which users are active
//
// The others are steps, played in order, a minute apart:
//
//	crm c1 first=Ada emails=ada@example.com|a@example.com   a person makes a record; an empty value clears
//	outlook u1.o1 first=Ada                                 u1 makes an item
//	set crm c1 title=T7           a person changes values; "set u1 c1" does so on u1's item of c1
//	swap u1 c1 company title
//	delete u1 c1
//	undelete c1                   the CRM record is back under its id, as it was
//	wipe crm 1, unwipe crm        all records but one are deleted, and are back; "wipe u1 0" empties the folder
//	merge c1 c2                   c1 lives on in c2
//	hide c1 u1, show c1 u1
//	owner c1 u2                   the record is u2's now, and only u2 may see it; "owner c1 all" lets all see it
//	move u1 c1, back u1 c1        to another folder and back, out of Deleted Items too
//	copy u1 c1 o7                 with all it carries, its stamp too; the copy is u1.o7
//	retype u1 c1 o8               u1 types in by hand what was deleted; the new item is u1.o8
//	private u1 c1 yes
//	change {"conflict":"ask"}, change rule title conflict=crm, change without title, change with title
//	change action mark if kind=lead add outlook categories=Clients, change action mark   the name alone takes it out
//	lose state                    the engine's memory is gone, and everybody connects anew
//	lose ties u1 c1 u1.o2         what it remembers of these records for u1 is gone, and nobody says so
//	back up, put back             a backup of it is made, and put back; the host says so
//	decide u1 0 crm               answer the first conflict
//	accept u1 0, reject u1 0      says of the first two records that may be one person that they are, or are not
//	choose u1 0 crm               the user answers the first question whose side counts, a removal's against an edit too
//	correct u1 0 title=T9         settles the first problem that a correction of the record settles; in a conflict, of its field
//	resume u1 yes                 answers a halt: "no" waits, "restore" puts back
//	clock 5h
//	expire crm, expire outlook    all cursors
//	pause u1, continue u1         the user's connection is off
//	disconnect u1, connect u1     the user's connection ends, and begins anew; "disconnect u1 takeback" removes what the sync made, after
//	                              its number was shown; "fewer" shows one too few
//	dismiss u1, reinstate u1      the CRM deactivates the user, of whom it knows by its roster
//	run u1 full, records u1 c1 c2, plan u1, apply u1
//	undo u1 0, undo u1 1, undo u1 again   the last run that wrote anything, the one before, the one undone last; "look" plans
//	                              it before, "pass" lets pass what a guard halts
//
//	expect halt deletes           a run has come to that by now; as the table of what was covered calls it
//
// Records are named after where they began: "c1" on u1's side is the item that u1 has of it. A step whose record is not
// there does nothing. The last words of run, records, apply and undo are faults; see fault.
type Script []string

// ParseScript reads a script: a line each, blank lines and what follows a # left out.
func ParseScript(text string) Script {
	var s Script
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, " #")
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			s = append(s, line)
		}
	}
	return s
}

func (s Script) String() string { return strings.Join(s, "\n") + "\n" }

// setups are the verbs of lines that set the world up.
var setups = []string{"users", "preset", "settings", "rule", "without", "kinds", "action", "store", "outlook", "graph", "clocks", "workers", "journal", "roster"}

// isSetup tells setting Outlook up from making an item.
func isSetup(line string) bool {
	words := strings.Fields(line)
	if words[0] == "outlook" && len(words) > 1 && strings.HasPrefix(words[1], "u") && strings.Contains(words[1], ".") {
		return false
	}
	return slices.Contains(setups, words[0])
}

// option reads "name=value" among words; a bare name has an empty value.
func option(words []string, name string) (value string, ok bool) {
	for _, w := range words {
		if k, v, _ := strings.Cut(w, "="); k == name {
			return v, true
		}
	}
	return "", false
}

// Violation is a promise that was broken.
type Violation struct {
	Promise string // converges, loss, doubles, deletes, answers, isolation, bounded, undo, sound
	Line    int    // the line being played, from 1; 0: after the last
	Text    string
}

func (v *Violation) Error() string {
	if v.Line == 0 {
		return fmt.Sprintf("%s: at the end: %s", v.Promise, v.Text)
	}
	return fmt.Sprintf("%s: line %d: %s", v.Promise, v.Line, v.Text)
}

// Account tells of a failure so that a person can play it again.
func Account(name string, s Script, v *Violation) string {
	return fmt.Sprintf("%s breaks a promise: %v\n\n%s\nsave these lines in a file and play them: go run ./internal/sim/cmd -script FILE -v\n\n", name, v, s)
}
