package acceptance

import (
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// Rows are all rows, in the order of docs/features.md.
func Rows() []Row {
	return slices.Concat(connecting, ofTasks, taking, kindsTogether, actions, directions, matching, accounts, completion, conflicts, deleting, triggers, telling, kinds, ahead, doubtful)
}

// by is a setup of settings alone.
func by(change func(*contactsync.Settings)) func(*Setup) {
	return func(s *Setup) { change(&s.Settings) }
}

// choose is a setup in which a person picks something.
func choose(what string) func(*Setup) { return func(s *Setup) { s.Choice = what } }

var (
	nothing    = &contactsync.Ops{}
	everything = &contactsync.Ops{Create: true, Update: true, Delete: true}
)

func toOutlookOnly(s *contactsync.Settings) { s.Flow.ToCRM = nothing }

// deletes lets deletes go across both ways, where a disposition says so. The guards are off: a story has few records.
func deletes(s *contactsync.Settings) {
	s.Flow = contactsync.Flow{ToOutlook: everything, ToCRM: everything}
	unguarded(s)
}

func unguarded(s *contactsync.Settings) {
	off := contactsync.Limit{Off: true}
	s.Guards = contactsync.Guards{Deletes: off, Clears: off, Creates: off, Changes: off, EmptySide: off}
}

// people puts Ada, Grace and Mary into the CRM.
func people(w *World) {
	w.Put("ada", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.Put("grace", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.Put("mary", "firstName=Mary", "lastName=Somerville", "emails=mary@example.com")
}
