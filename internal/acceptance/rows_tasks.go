package acceptance

import (
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// todo and outlookTask are tasks of the CRM and of Outlook. Graph's adapter does not serve tasks yet; the engine takes any kind whose
// schemas it is given.
var (
	todo        = got(record.NewSchema(record.Task, record.Field{Name: "subject", Label: "Subject"}))
	outlookTask = got(record.NewSchema(record.Task, record.Field{Name: "title", Label: "Title"}))
)

func taskRules() []mapping.Rule {
	return []mapping.Rule{{ID: "subject", CRM: []string{"subject"}, Outlook: []string{"title"}}}
}

// tasks are the names of connections that are of tasks; all others are of contacts.
const tasks = "/tasks"

var ofTasks = []Row{
	{
		ID:   "A7", // contacts are on, tasks are not until the user switches them on; off again, contacts go on and no task is removed
		With: choose("tasks wait"), Without: choose("tasks are on"),
		Tell: func(w *World) {
			people(w)
			got(w.tenant.Put("call", fieldsOf(todo, []string{"subject=Call back"})))
			w.connect("kim", contactsync.Connection{})
			w.connect("kim"+tasks, contactsync.Connection{Kind: record.Task, Inactive: w.Choice == "tasks wait"})
			w.Due()
		},
		Want: func(w *World) error {
			wrong := all(
				w.Cards("kim", "givenName").Are("Ada", "Grace", "Mary"), w.Tasks("kim").Are(),
				is("status of the tasks", w.Connection("kim"+tasks).Status, contactsync.Off),
			)
			must(w.Engine.Activate(w.ctx, w.conns["kim"+tasks].ID))
			w.Due()
			wrong = all(wrong, w.Tasks("kim").Are("Call back"))
			must(w.Engine.Deactivate(w.ctx, w.conns["kim"+tasks].ID))
			must(w.tenant.Edit("call", fieldsOf(todo, []string{"subject=Called back"})))
			w.Edit("ada", "jobTitle=Analyst")
			w.Sync("kim", "kim"+tasks)
			return all(wrong, w.Tasks("kim").Are("Call back"), w.Cards("kim", "givenName", "jobTitle").Are("Ada, Analyst", "Grace, ", "Mary, "))
		},
	},
}

// Tasks are the titles of the tasks in a user's mailbox.
func (w *World) Tasks(user string) Lines {
	c := w.Connection(user + tasks)
	return linesOf("tasks of "+user, w.box(c.User).Items(record.Task, c.Folder), []string{"title"})
}
