package contactsync_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// imports makes a world that has imported these cards, none of which has an address or a number.
func imports(t *testing.T, s contactsync.Settings, cards ...[]string) (w *world, items []string) {
	w = newWorld(t, s)
	for _, card := range cards {
		items = append(items, w.addOutlook(card...))
	}
	w.sync()
	w.settled()
	require.Len(t, w.crmSide("firstName"), len(cards))
	return w, items
}

// oneWay are settings under which some rules go one way only.
func oneWay(d mapping.Direction, ids ...string) contactsync.Settings {
	s := twoWay()
	for i := range s.Mapping {
		for _, id := range ids {
			if s.Mapping[i].ID == id {
				s.Mapping[i].Direction = d
			}
		}
	}
	return s
}

// The State is lost and the settings do not select what was imported: the stamp of the CRM record tells that it has a card.
func TestStateLostOutsideTheFilter(t *testing.T) {
	for _, ineligible := range []string{"", "report", "link", "ignore"} {
		s := twoWay()
		s.Filter = filter.Equals("owner", "$user")
		s.Match.Ineligible = ineligible
		w, items := imports(t, s, []string{"givenName=Donald"}, []string{"givenName=Grace", "companyName=Navy"})
		w.loseState()

		r := w.sync()

		assert.Equal(t, 2, r.Matched)
		assert.Equal(t, []string{"Donald", "Grace"}, w.crmSide("firstName"))
		assert.Empty(t, w.problems())
		w.settled()
		w.editOutlook(items[0], "jobTitle=Professor")
		w.sync()
		assert.Equal(t, []string{"Donald, Professor", "Grace, "}, w.crmSide("firstName", "jobTitle"))
	}
}

// Nor does a value that a one-way rule has kept from the other side make a card another person's.
func TestStateLostWithOneWayRules(t *testing.T) {
	for name, tt := range map[string]struct {
		settings contactsync.Settings
		cards    [][]string
	}{
		"notes":   {oneWay(mapping.ToOutlook, "notes"), [][]string{{"givenName=Ada", "personalNotes=met in Turin"}, {"givenName=Alan", "personalNotes=met in Turin"}}},
		"names":   {oneWay(mapping.ToOutlook, "last"), [][]string{{"surname=Knuth", "mobilePhone=ask Jill"}, {"surname=Turing", "mobilePhone=ask Joan"}}},
		"company": {oneWay(mapping.ToOutlook, "company", "title"), [][]string{{"givenName=Ada", "companyName=Engines"}, {"givenName=Alan", "companyName=Engines", "jobTitle=Dean"}}},
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := imports(t, tt.settings, tt.cards...)
			crm, cards := w.crmSide("firstName", "mobile"), w.outlookSide("givenName", "surname", "companyName")
			w.loseState()

			r := w.sync()

			assert.Equal(t, 2, r.Matched)
			assert.Equal(t, crm, w.crmSide("firstName", "mobile"))
			assert.Equal(t, cards, w.outlookSide("givenName", "surname", "companyName"))
			assert.Empty(t, w.problems())
			w.settled()
		})
	}
}

// Of two that differ only in what could not be carried nobody can say who is who: neither is doubled, and a person is asked. Who
// of them is made clear is tied then.
func TestStateLostAndAmbiguous(t *testing.T) {
	w, items := imports(t, oneWay(mapping.ToOutlook, "notes"), []string{"givenName=Ada", "personalNotes=of Turin"}, []string{"givenName=Ada", "personalNotes=of London"})
	w.loseState()

	w.sync()

	assert.Equal(t, []string{"Ada", "Ada"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Ada", "Ada"}, w.outlookSide("givenName"))
	for _, p := range w.problems() {
		assert.Equal(t, "doubtfulMatch ", p)
	}
	asked := map[string]bool{}
	open, err := w.state.Problems(w.ctx, w.conn.ID)
	require.NoError(t, err)
	for _, p := range open {
		asked[p.Record[record.CRM]], asked[p.Record[record.Outlook]] = true, true
	}
	assert.Len(t, asked, 4)
	w.settled()

	records := w.tenant.Records(record.Contact)
	for i, name := range []string{"Ada Augusta", "Ada Byron"} {
		w.editCRM(records[i].ID, "firstName="+name)
		w.editOutlook(items[i], "givenName="+name)
	}
	w.sync()
	assert.Empty(t, w.problems())
	assert.Equal(t, []string{"Ada Augusta", "Ada Byron"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Ada Augusta, of Turin", "Ada Byron, of London"}, w.outlookSide("givenName", "personalNotes"))
	w.settled()
}

// What is asked about stays asked, whichever of the two is edited: a run that reads only what changed looks at both.
func TestAskedAboutAndEdited(t *testing.T) {
	for _, card := range [][]string{{"givenName=Barbara", "surname=Liskov"}, {"companyName=Engines"}} {
		for _, side := range []record.Side{record.CRM, record.Outlook} {
			w, items := imports(t, twoWay(), card)
			w.editOutlook(items[0], "jobTitle=Dean")
			w.loseState()
			w.sync()
			require.Equal(t, []string{"doubtfulMatch "}, w.problems())
			crm := w.tenant.Records(record.Contact)[0].ID

			if side == record.CRM {
				w.editCRM(crm, "notes=met in Turin")
			} else {
				w.editOutlook(items[0], "personalNotes=met in Turin")
			}
			w.sync()

			assert.Len(t, w.crmSide("firstName"), 1)
			assert.Len(t, w.outlookSide("givenName"), 1)
			assert.Equal(t, []string{"doubtfulMatch "}, w.problems())
			w.settled()

			w.editCRM(crm, "jobTitle=Dean", "notes=met in Turin")
			w.editOutlook(items[0], "personalNotes=met in Turin")
			w.sync()
			assert.Empty(t, w.problems(), "they hold the same now")
			assert.Len(t, w.crmSide("firstName"), 1)
			assert.Len(t, w.outlookSide("givenName"), 1)
		}
	}
}

// A card whose record was deleted in the CRM, and brought back from the card, is told too.
func TestStateLostAfterARevival(t *testing.T) {
	s := twoWay()
	s.Deleted.InCRM = contactsync.Restore
	w, _ := imports(t, s, []string{"givenName=Eva"})
	require.NoError(t, w.tenant.Delete(w.tenant.Records(record.Contact)[0].ID))
	w.sync()
	require.Equal(t, []string{"Eva"}, w.crmSide("firstName"))
	w.loseState()

	w.sync()

	assert.Equal(t, []string{"Eva"}, w.crmSide("firstName"))
	assert.Equal(t, []string{"Eva"}, w.outlookSide("givenName"))
	assert.Empty(t, w.problems())
	w.settled()
}

// Another person's card that says nothing else than many do is no reason to take it for one that was imported.
func TestStateLostAndAnother(t *testing.T) {
	s := oneWay(mapping.ToOutlook, "notes")
	w, items := imports(t, s, []string{"givenName=Ada", "companyName=Engines", "personalNotes=of Turin"})
	require.NoError(t, w.box.Delete(items[0]))
	w.addOutlook("givenName=Bob", "companyName=Engines")
	w.loseState()

	w.sync()

	assert.Equal(t, []string{"Ada, Engines", "Bob, Engines"}, w.crmSide("firstName", "company"))
	assert.Equal(t, []string{"Ada, Engines", "Bob, Engines"}, w.outlookSide("givenName", "companyName"))
	w.settled()
}

// The State is lost. What is alike to a record is another's, as that one holds just the same: a card whose name fits, and whose address its
// record no longer has, is asked about and not imported a second time.
func TestStateLostAndWhatIsAlikeIsAnothers(t *testing.T) {
	s := twoWay()
	s.Flow.ToOutlook = &contactsync.Ops{}
	w, items := imports(t, s, []string{"givenName=Robert", "emailAddresses=robert@example.com"}, []string{"givenName=Robert"})
	links, err := w.state.LinksOf(w.ctx, w.conn.ID, record.Outlook, items[:1])
	require.NoError(t, err)
	w.editCRM(links[0].IDs[record.CRM], "emails=bob@example.org")
	w.loseState()

	r := w.sync()

	assert.Equal(t, 1, r.Matched)
	assert.Equal(t, []string{"Robert, ", "Robert, bob@example.org"}, w.crmSide("firstName", "emails"))
	assert.Equal(t, []string{"doubtfulMatch "}, w.problems())
	w.settled()
}

// The State is lost. Who else could be meant by a name is another record's, or edited as well: a card that has lost its own name is asked
// about beside them, and not imported a second time.
func TestStateLostAndTheNameIsGone(t *testing.T) {
	for name, tt := range map[string]struct {
		cards [][]string
		edits map[int]string // by the place of the card
		asked int
	}{
		"an initial is left":       {[][]string{{"givenName=B.", "surname=Liskov"}, {"surname=Liskov"}}, map[int]string{0: "surname="}, 1},
		"no name is left":          {[][]string{{"surname=Liskov", "companyName=Engines"}, {"givenName=Barbara", "surname=Liskov"}}, map[int]string{0: "surname="}, 1},
		"the other is edited too":  {[][]string{{"givenName=B.", "surname=Liskov"}, {"surname=Liskov"}}, map[int]string{0: "surname=", 1: "jobTitle=Dean"}, 3},
		"without a name, likewise": {[][]string{{"surname=Liskov", "companyName=Engines"}, {"surname=Liskov", "givenName=Barbara"}}, map[int]string{0: "surname=", 1: "jobTitle=Dean"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			w, items := imports(t, twoWay(), tt.cards...)
			crm := w.crmSide("firstName", "lastName", "company")
			for i, edit := range tt.edits {
				w.editOutlook(items[i], edit)
			}
			cards := w.outlookSide("givenName", "surname", "companyName")
			w.loseState()

			w.sync()

			assert.Equal(t, crm, w.crmSide("firstName", "lastName", "company"))
			assert.Equal(t, cards, w.outlookSide("givenName", "surname", "companyName"))
			problems := w.problems()
			assert.Len(t, problems, tt.asked)
			for _, p := range problems {
				assert.Equal(t, "doubtfulMatch ", p)
			}
			w.settled()
		})
	}
}

// A card that the settings do not let into the CRM agrees in everything, and the one that the record was made of does not. A
// person is asked, and nobody is made twice.
func TestStateLostAndWhatIsNotImportedIsAlike(t *testing.T) {
	keyless := oneWay(mapping.ToOutlook, "emails")
	keyless.Match.RequireKey = true
	excluded := oneWay(mapping.ToOutlook, "company")
	excluded.OutlookFilter = filter.Not(filter.Empty("companyName"))
	for name, tt := range map[string]struct {
		settings contactsync.Settings
		value    string
	}{
		"no key":   {keyless, "emailAddresses=ada@example.com"},
		"excluded": {excluded, "companyName=Engines"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tt.settings)
			w.addOutlook("givenName=Ada")
			w.addOutlook("givenName=Ada", tt.value)
			w.sync()
			require.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
			w.loseState()

			w.sync()

			assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
			assert.Equal(t, []string{"doubtfulMatch ", "doubtfulMatch "}, w.problems())
		})
	}
}

// A card whose record was merged says the same as another record, which came from a card of its own.
func TestStateLostAndAMergedRecordsCardIsAlike(t *testing.T) {
	w := newWorld(t, oneWay(mapping.ToOutlook, "title"))
	w.put("c1", "firstName=Ada")
	w.put("c2", "lastName=Hopper", "workPhone=07700900999")
	w.addOutlook("surname=Hopper", "businessPhones=07700900999", "jobTitle=Admiral")
	w.sync()
	require.Equal(t, []string{", Hopper", ", Hopper", "Ada, "}, w.crmSide("firstName", "lastName"))
	require.NoError(t, w.tenant.Merge("c2", "c1"))
	w.loseState()

	w.sync()

	assert.Len(t, w.crmSide("lastName"), 2)
	assert.Len(t, w.outlookSide("surname"), 3)
	w.settled()
}
