package contactsync_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// inOneRule has an address: the notes are its street, the company its city, and the title its postal code.
func inOneRule(s contactsync.Settings) contactsync.Settings {
	s.Mapping = slices.DeleteFunc(rules(), func(r mapping.Rule) bool { return r.ID == "company" || r.ID == "title" || r.ID == "notes" })
	s.Mapping = append(s.Mapping, mapping.Rule{
		ID: "address", CRM: []string{"notes", "company", "jobTitle"}, Outlook: []string{"businessAddress.street", "businessAddress.city", "businessAddress.postalCode"},
		Lens: mapping.Spec{Kind: mapping.Address, Parts: []mapping.Part{mapping.Street, mapping.City, mapping.Postcode}},
	})
	return s
}

func addresses(w *world) [2][]string {
	return [2][]string{w.crmSide("notes", "company", "jobTitle"), w.outlookSide("businessAddress.street", "businessAddress.city", "businessAddress.postalCode")}
}

func bothHave(address string) [2][]string { return [2][]string{{address}, {address}} }

// L4: what was typed in Outlook beside the value that the CRM refused is not lost for its correction.
func TestResolveKeepsWhatStandsBeside(t *testing.T) {
	for _, winner := range []mapping.Winner{mapping.Ask, mapping.CRMWins, mapping.OutlookWins} {
		s := inOneRule(twoWay())
		s.Conflict = winner
		w := newWorld(t, s)
		w.put("c1", "firstName=Ada", "emails=ada@example.com", "company=Delft", "jobTitle=1234AB", "notes=Main St 1")
		w.sync()
		w.editOutlook(w.outlookID("c1"), "businessAddress.city=Breda", "businessAddress.postalCode="+longTitle, "businessAddress.street=")
		w.sync()
		require.Equal(t, []string{"invalidValue address"}, w.problems())

		w.resolve(w.only().ID, corrected("jobTitle=9999ZZ"))

		assert.Equal(t, bothHave(", Breda, 9999ZZ"), addresses(w), winner)
		assert.Empty(t, w.problems())
		w.settled()
	}
}

// L4: what the CRM has in the meantime beside the value that it refused was not shown, and is not written over.
func TestResolveMeetsAnEditBeside(t *testing.T) {
	w := newWorld(t, inOneRule(twoWay()))
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "company=Delft", "jobTitle=1234AB")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "businessAddress.city=Breda", "businessAddress.postalCode="+longTitle)
	w.sync()
	p := w.only().ID
	w.editCRM("c1", "company=Gouda")

	_, err := w.me().Resolve(w.ctx, p, corrected("jobTitle=9999ZZ"))

	require.ErrorIs(t, err, contactsync.ErrStale)
	assert.Equal(t, []string{", Gouda, 1234AB"}, w.crmSide("notes", "company", "jobTitle"))
	w.sync()
	w.resolve(w.only().ID, corrected("jobTitle=9999ZZ", "company=Gouda"))
	assert.Equal(t, bothHave(", Gouda, 9999ZZ"), addresses(w))
	w.settled()
}

// L4: another value of the rule that the CRM cannot hold either has to be corrected too.
func TestResolveNamesWhatIsWrongBeside(t *testing.T) {
	fields := slices.Clone(person.Fields())
	for i := range fields {
		if fields[i].Name == "company" {
			fields[i].MaxLen = 8
		}
	}
	narrow := must(record.NewSchema(record.Contact, fields...))
	w := newWorld(t, inOneRule(twoWay()), func(c *contactsync.Config) { c.CRM = map[record.Kind]*record.Schema{record.Contact: narrow} })
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "company=Delft", "jobTitle=1234AB")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "businessAddress.city=Alphen aan den Rijn", "businessAddress.postalCode="+longTitle)
	w.sync()

	_, err := w.me().Resolve(w.ctx, w.myProblems(contactsync.ProblemFilter{}).Rows[0].Problems[0].ID, corrected("jobTitle=9999ZZ"))

	var invalid *contactsync.InvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "company", invalid.Field)
	assert.Equal(t, []string{"Delft, 1234AB"}, w.crmSide("company", "jobTitle"))
}

// L4: of a conflict nothing tells which of the other values of the rule is newer: the person has to say.
func TestResolveAConflictBeside(t *testing.T) {
	w := newWorld(t, inOneRule(twoWay()))
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "company=Delft", "jobTitle=1234AB")
	w.sync()
	w.editCRM("c1", "jobTitle=5678CD")
	w.editOutlook(w.outlookID("c1"), "businessAddress.city=Breda", "businessAddress.postalCode=9999ZZ")
	w.sync()
	require.Equal(t, []string{"conflict address"}, w.problems())
	before := addresses(w)

	_, err := w.me().Resolve(w.ctx, w.only().ID, corrected("jobTitle=4321XY"))

	var invalid *contactsync.InvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "company", invalid.Field)
	assert.Equal(t, before, addresses(w))
	w.resolve(w.only().ID, corrected("jobTitle=4321XY", "company=Breda"))
	assert.Equal(t, bothHave(", Breda, 4321XY"), addresses(w))
	w.settled()
}

// L4, M3: a value is corrected of a record that has been told apart from another person's card.
func TestResolveOfARecordThatWasToldApart(t *testing.T) {
	s := twoWay()
	s.Match.Several = match.AskSeveral
	w := newWorld(t, s)
	w.put("c1", "firstName=Donald", "lastName=Dijkstra", "emails=p0@example.com")
	w.addOutlook("givenName=Donald", "surname=Dijkstra", "emailAddresses=p0@example.com")
	w.addOutlook("givenName=Donald", "surname=Dijkstra", "emailAddresses=p0@example.com", "jobTitle="+longTitle)
	w.sync()
	open, err := w.state.Problems(w.ctx, w.conn.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"doubtfulMatch ", "doubtfulMatch "}, w.problems())
	for _, p := range open {
		if item, ok := w.box.Item(p.Record[record.Outlook]); ok && item.Fields.Text("jobTitle") == "" {
			require.NoError(t, w.me().Reject(w.ctx, p.ID))
		}
	}
	w.sync()
	require.Equal(t, []string{"invalidValue title"}, w.problems())

	w.resolve(w.only().ID, corrected("jobTitle=Professor"))

	assert.Contains(t, w.outlookSide("jobTitle"), "Professor")
	assert.Empty(t, w.problems())
	w.settled()
}
