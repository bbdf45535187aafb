package contactsync_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// A change of the region makes the keys of unlinked Outlook items anew: numbers written without a country code meet.
func TestRegionChangedBetweenRuns(t *testing.T) {
	s := twoWay()
	s.Flow.ToCRM = &contactsync.Ops{}
	w := newWorld(t, s)
	w.put("c1", "firstName=Grace", "lastName=Hopper", "emails=grace@example.com")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "mobilePhone=020 7946 0123")
	w.sync()
	w.policy.Region = "GB"
	w.sync()
	w.put("c2", "firstName=Ada", "lastName=Lovelace", "mobile=+44 20 7946 0123")

	w.sync()

	assert.Equal(t, []string{"Ada, 020 7946 0123", "Grace, "}, w.outlookSide("givenName", "mobilePhone"))
	w.settled()
}

// A rule that is changed under its id, to another field or another lens, meets for the first time: what was seen under
// the old one is no base, and nothing is emptied or overwritten by it.
func TestRuleRedefinedBetweenRuns(t *testing.T) {
	rule := func(outlook string, lens mapping.Spec) mapping.Rule {
		return mapping.Rule{ID: "x", CRM: []string{"kind"}, Outlook: []string{outlook}, Lens: lens}
	}
	prefixed := func(prefix string) mapping.Rule {
		return rule("categories", mapping.Spec{Kind: mapping.Set, Prefix: prefix})
	}
	for name, c := range map[string]struct {
		before, after mapping.Rule
		meanwhile     []string // what the item holds beside
		crm, outlook  string   // kind; department, nickName, categories
		problems      []string
	}{
		"to an empty field": {rule("department", mapping.Spec{}), rule("nickName", mapping.Spec{}), nil, "Client", "Client, Client, ", nil},
		"to another's field": {rule("department", mapping.Spec{}), rule("nickName", mapping.Spec{}), []string{"nickName=Al"},
			"Client", "Client, Al, ", []string{"conflict x"}},
		"another prefix": {prefixed("Type: "), prefixed("Kind: "), nil, "Client", ", , Type: Client|Kind: Client", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := twoWay()
			s.Mapping = append(s.Mapping, c.before)
			w := newWorld(t, s)
			w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=Client")
			w.sync()
			if c.meanwhile != nil {
				w.editOutlook(w.outlookID("c1"), c.meanwhile...)
			}
			w.sync()
			w.policy.Mapping[len(w.policy.Mapping)-1] = c.after

			w.sync()

			assert.Equal(t, []string{c.crm}, w.crmSide("kind"))
			assert.Equal(t, []string{c.outlook}, w.outlookSide("department", "nickName", "categories"))
			assert.Equal(t, append([]string{}, c.problems...), w.problems())
			w.settled()
		})
	}
}

// A rule that is added while another is taken away meets what people wrote since, also in a card that the sync made.
func TestRuleAddedAsAnotherIsTakenAway(t *testing.T) {
	department := mapping.Rule{ID: "kind", CRM: []string{"kind"}, Outlook: []string{"department"}}
	s := twoWay()
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com", "kind=Client")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "department=Analysis")
	w.policy.Mapping = append(slices.Clone(w.policy.Mapping[1:]), department)

	w.sync()

	assert.Equal(t, []string{"Client"}, w.crmSide("kind"))
	assert.Equal(t, []string{"Analysis"}, w.outlookSide("department"))
	assert.Equal(t, []string{"conflict kind"}, w.problems())
	w.settled()
}

// A connection stays with its folder and mailbox: in another all its links would look removed.
func TestConnectionKeepsItsFolder(t *testing.T) {
	w := newWorld(t, twoWay())
	other := w.box.AddFolder(record.Contact, "Other").ID
	bob := contactsync.Mailbox{Account: "a-bob", User: "bob@example.com"}
	w.outlook.Mailbox(bob)
	for field, change := range map[string]func(*contactsync.Connection){
		"Folder":  func(c *contactsync.Connection) { c.Folder = "Other" },
		"Mailbox": func(c *contactsync.Connection) { c.Mailbox, c.Folder = bob, "" },
		"User":    func(c *contactsync.Connection) { c.User = "u2" },
		"Tenant":  func(c *contactsync.Connection) { c.Tenant = "other" },
	} {
		c := w.conn
		change(&c)
		_, err := w.engine.Connect(w.ctx, c)
		var invalid *contactsync.InvalidError
		require.ErrorAs(t, err, &invalid)
		assert.Equal(t, field, invalid.Field)
	}
	kept, err := w.state.Connection(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, w.conn, kept)

	c := w.conn
	c.ID, c.Folder = "", "Other"
	second, err := w.engine.Connect(w.ctx, c)
	require.NoError(t, err)
	assert.Equal(t, other, second.Folder)
	assert.NotEqual(t, w.conn.ID, second.ID)

	c = w.conn
	c.Inactive, c.Mailbox.Account = true, "linked anew"
	w.outlook.Mailbox(c.Mailbox)
	c.Folder = w.folder
	off, err := w.engine.Connect(w.ctx, c)
	require.NoError(t, err)
	assert.True(t, off.Inactive)
	assert.Equal(t, "linked anew", off.Mailbox.Account)
}

// backwards is a host's own lens, which writes a text from its end in Outlook, where it is told to.
type backwards struct{ on bool }

func (backwards) View(_ record.Side, v []record.Value) []record.Value { return v }

func (b backwards) ToOutlook(crm, _ []record.Value) []record.Value { return b.turn(crm) }

func (b backwards) ToCRM(outlook, _ []record.Value) []record.Value { return b.turn(outlook) }

func (b backwards) turn(v []record.Value) []record.Value {
	if !b.on || v[0].IsEmpty() {
		return v
	}
	letters := []rune(v[0].Text())
	slices.Reverse(letters)
	return []record.Value{{string(letters)}}
}

// Settings with a host's own lens, which does not show in their text, count as they are given to each run.
func TestLensOfTheHostChanges(t *testing.T) {
	s := twoWay()
	lens := func(on bool) {
		s.Mapping = slices.Clone(rules())
		s.Mapping[3] = mapping.Rule{ID: "title", CRM: []string{"jobTitle"}, Outlook: []string{"jobTitle"}, Custom: backwards{on}}
	}
	lens(false)
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "jobTitle=Poet")
	w.sync()
	require.Equal(t, []string{"Poet"}, w.outlookSide("jobTitle"))
	lens(true)
	*w.policy = s
	w.put("c2", "firstName=Grace", "emails=grace@example.com", "jobTitle=Admiral")

	w.sync()

	assert.Contains(t, w.outlookSide("givenName", "jobTitle"), "Grace, larimdA")
}
