package acceptance

import (
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/record"
)

// forty puts forty people into the CRM and syncs them.
func forty(w *World) {
	for i := range 40 {
		w.Put(numbered(i), fmt.Sprintf("firstName=Ada%c", 'A'+i%26), fmt.Sprintf("lastName=Number%d", i), fmt.Sprintf("emails=ada%d@example.com", i), "notes=known from the club")
	}
	w.Sync("kim")
}

func numbered(i int) string { return fmt.Sprintf("c%02d", i) }

// guard is a row in which something would do damage: the run halts and writes nothing, and goes on once a person says so.
func guard(g contactsync.Guard, set func(*contactsync.Settings), damage func(*World), done func(*World) error) Row {
	state := func(w *World) []string {
		return append(w.CRM("lastName", "jobTitle", "notes").lines, w.Cards("kim", "surname", "jobTitle", "personalNotes").lines...)
	}
	return Row{
		ID: "B4", Case: string(g),
		With: func(s *Setup) {
			deletes(&s.Settings)
			s.Settings.Deleted = contactsync.OnDelete{InCRM: contactsync.Propagate}
			s.Settings.Guards = contactsync.Guards{EmptySide: contactsync.Limit{Off: true}}
			set(&s.Settings)
		},
		Without: func(s *Setup) {
			deletes(&s.Settings)
			s.Settings.Deleted = contactsync.OnDelete{InCRM: contactsync.Propagate}
		},
		Tell: func(w *World) {
			if g != contactsync.GuardFirstRun {
				forty(w)
			}
			damage(w)
			w.before = state(w)
			w.Sync("kim")
		},
		Want: func(w *World) error {
			r := w.Last("kim")
			if err := all(is("status", r.Status, contactsync.Halted), is("both sides are as they were", slices.Equal(state(w), w.before), true)); err != nil {
				return err
			}
			wrong := is("guard", r.Halt.Guard, g)
			must(w.Engine.Resume(w.ctx, r.Conn, *r.Halt, contactsync.AnswerGoOn))
			w.Sync("kim")
			return all(wrong, is("status after the answer", w.Last("kim").Status, contactsync.Idle), done(w))
		},
	}
}

func editAll(pair string) func(*World) {
	return func(w *World) {
		for i := range 40 {
			w.Edit(numbered(i), pair)
		}
	}
}

var guarded = []Row{
	guard(contactsync.GuardDeletes, func(*contactsync.Settings) {},
		func(w *World) {
			for i := range 10 {
				w.Delete(numbered(i))
			}
		},
		func(w *World) error { return is("cards", len(w.Cards("kim", "surname").lines), 30) }),
	guard(contactsync.GuardEmptySide, func(s *contactsync.Settings) { unguarded(s); s.Guards.EmptySide = contactsync.Limit{} },
		func(w *World) {
			for i := range 40 {
				w.Delete(numbered(i))
			}
		},
		func(w *World) error { return is("cards", len(w.Cards("kim", "surname").lines), 0) }),
	guard(contactsync.GuardChanges, func(s *contactsync.Settings) { s.Guards.Changes = contactsync.Limit{Percent: 50, Floor: 5} },
		editAll("jobTitle=Analyst"),
		func(w *World) error { return is("a title", w.Cards("kim", "jobTitle").lines[0], "Analyst") }),
	guard(contactsync.GuardClears, func(*contactsync.Settings) {},
		editAll("notes="),
		func(w *World) error { return is("a note", w.Cards("kim", "personalNotes").lines[0], "") }),
	guard(contactsync.GuardCreates, func(s *contactsync.Settings) { s.Guards.Creates = contactsync.Limit{Percent: 100, Floor: 50} },
		func(w *World) {
			for i := range 60 {
				w.Put("new"+numbered(i), fmt.Sprintf("lastName=New%d", i), fmt.Sprintf("firstName=Mary%c", 'A'+i%26), fmt.Sprintf("emails=mary%d@example.com", i))
			}
		},
		func(w *World) error { return is("cards", len(w.Cards("kim", "surname").lines), 100) }),
	guard(contactsync.GuardFirstRun, func(s *contactsync.Settings) { s.Guards.ApproveFirstRun = 2 },
		people,
		func(w *World) error { return w.Cards("kim", "givenName").Are("Ada", "Grace", "Mary") }),
	{
		ID: "B4", Case: "folder gone", // nothing is deleted for it, and the status says so
		With: choose("the folder"), Without: choose("its cards"),
		Tell: func(w *World) {
			w.setup.Settings.Deleted.InOutlook = contactsync.Propagate
			deletes(&w.setup.Settings)
			people(w)
			w.Sync("kim/Clients")
			if w.Choice == "the folder" {
				must(w.box("kim").DeleteFolder(w.Connection("kim/Clients").Folder))
			} else {
				w.ThrowAway("kim/Clients", "ada", "grace", "mary")
			}
			w.Sync("kim/Clients")
		},
		Want: func(w *World) error {
			return all(w.CRM("firstName").Are("Ada", "Grace", "Mary"), is("status", w.Last("kim/Clients").Status, contactsync.FolderGone))
		},
	},
	{
		ID: "B4", Case: "restore", // a person has what was removed put back
		With: choose(string(contactsync.AnswerRestore)), Without: choose(string(contactsync.AnswerGoOn)),
		Tell: func(w *World) {
			deletes(&w.setup.Settings)
			w.setup.Settings.Guards = contactsync.Guards{}
			w.setup.Settings.Deleted.InCRM = contactsync.Propagate
			forty(w)
			for i := range 30 {
				w.Delete(numbered(i))
			}
			w.Sync("kim")
			if h := w.Last("kim").Halt; h != nil {
				must(w.Engine.Resume(w.ctx, w.Last("kim").Conn, *h, contactsync.Answer(w.Choice)))
			}
			w.Everybody()
		},
		Want: func(w *World) error {
			return all(is("records", len(w.CRM("lastName").lines), 40), is("cards", len(w.Cards("kim", "surname").lines), 40))
		},
	},
}

// apart are five things that may happen to a pair, all of them in each story. In each one of them removes the other side, and
// the others leave it alone.
var apart = []Row{
	event("left", func(s *contactsync.Settings, d contactsync.Disposition) { s.Left = d }, nil, []string{"left"}),
	event("hidden", func(s *contactsync.Settings, d contactsync.Disposition) { s.Hidden = d }, nil, []string{"hidden"}),
	event("moved out", func(s *contactsync.Settings, d contactsync.Disposition) { s.MovedOut = d }, []string{"moved"}, nil),
	event("deleted in the CRM", func(s *contactsync.Settings, d contactsync.Disposition) { s.Deleted.InCRM = d }, nil, []string{"deleted"}),
	event("deleted in Outlook", func(s *contactsync.Settings, d contactsync.Disposition) { s.Deleted.InOutlook = d }, []string{"thrown"}, nil),
}

func event(name string, set func(*contactsync.Settings, contactsync.Disposition), fromCRM, fromOutlook []string) Row {
	with := func(d contactsync.Disposition) func(*Setup) {
		return by(func(s *contactsync.Settings) {
			deletes(s)
			s.Filter = filter.Not(filter.Equals("former", "true"))
			set(s, d)
		})
	}
	return Row{
		ID: "B7", Case: name,
		With: with(contactsync.Propagate), Without: with(contactsync.Detach),
		Tell: func(w *World) {
			for _, id := range []string{"deleted", "hidden", "left", "moved", "stays", "thrown"} {
				w.Put(id, "firstName="+id, "lastName=Lovelace", "emails="+id+"@example.com")
			}
			w.Sync("kim")
			w.Edit("left", "former=true")
			must(w.tenant.Hide("hidden", "kim"))
			must(w.box("kim").Move(w.Card("kim", "moved"), w.box("kim").AddFolder(record.Contact, "Elsewhere").ID))
			w.ThrowAway("kim", "thrown")
			w.Delete("deleted")
			w.SyncBy("kim", contactsync.Full())
		},
		Want: func(w *World) error {
			crm := less([]string{"hidden", "left", "moved", "stays", "thrown"}, fromCRM)
			cards := less([]string{"deleted", "hidden", "left", "stays"}, fromOutlook)
			return all(w.CRM("firstName").Are(crm...), w.Cards("kim", "givenName").Are(cards...))
		},
	}
}

func less(names, gone []string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(gone, name) })
}
