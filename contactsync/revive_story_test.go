package contactsync_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// twicePutBack is a record without any match key that three users had: two edits, each in another mailbox, outlived its delete one
// after the other. The first user's runs saw the first delete and nothing of what came between.
func twicePutBack(t *testing.T) *world {
	w := newWorld(t, twoWay())
	second, third := w.colleague("u2"), w.colleague("u3")
	w.put("c1", "firstName=Ada", "lastName=Lovelace")
	w.sync()
	w.syncOf(second)
	w.syncOf(third)
	lose := func() {
		for _, rec := range w.tenant.Records(record.Contact) {
			require.NoError(t, w.tenant.Delete(rec.ID))
		}
	}
	lose()
	w.sync()
	w.editOf(second, "c1", "jobTitle=Analyst")
	require.Equal(t, 1, w.syncOf(second).Counts[record.CRM].Created)
	lose()
	w.editOf(third, "c1", "jobTitle=Countess")
	require.Equal(t, 1, w.syncOf(third).Counts[record.CRM].Created)
	return w
}

// B7, B9: a card is tied to what stands in the place of its record, also where that was deleted in turn and put back once more
// between two runs.
func TestCardFollowsARecordThatWasPutBackTwice(t *testing.T) {
	for name, opts := range map[string][]contactsync.SyncOption{"what changed": nil, "everything": {contactsync.Full()}} {
		t.Run(name, func(t *testing.T) {
			w := twicePutBack(t)

			w.sync(opts...)

			assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
			assert.Equal(t, []string{"Ada, Countess"}, w.outlookSide("givenName", "jobTitle"))
			w.settled()
		})
	}
}

// M4, B7: so is a card whose link is lost, by its stamp.
func TestStampLeadsToARecordThatWasPutBackTwice(t *testing.T) {
	w := twicePutBack(t)
	w.loseState()

	w.sync()

	assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
	assert.Len(t, w.outlookSide("givenName"), 1)
	w.settled()
}

// muteStore is a CRM that gives no answer about stamps.
type muteStore struct {
	contactsync.Store
	mute bool
}

func (m *muteStore) Get(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
	found, err := m.Store.Get(ctx, sc, refs)
	return slices.DeleteFunc(found, func(f contactsync.Found) bool { return m.mute && f.Ref.Stamp != "" }), err
}

// B7: what was listed in the place of a card's record is nobody new, though the CRM does not answer what is there.
func TestCardFollowsWhatIsListedInThePlaceOfItsRecord(t *testing.T) {
	crm := &muteStore{}
	w := newWorld(t, twoWay(), func(c *contactsync.Config) { crm.Store, c.Store = c.Store, crm })
	second := w.colleague("u2")
	w.put("c1", "firstName=Ada", "lastName=Lovelace")
	w.sync()
	w.syncOf(second)
	w.editOutlook(w.outlookID("c1"), "companyName=Engines")
	w.editOf(second, "c1", "jobTitle=Analyst")
	require.NoError(t, w.tenant.Delete("c1"))
	require.Equal(t, 1, w.syncOf(second).Counts[record.CRM].Created)
	crm.mute = true

	w.sync()

	assert.Equal(t, []string{"Ada, Analyst, Engines"}, w.crmSide("firstName", "jobTitle", "company"))
	assert.Equal(t, []string{"Ada, Analyst, Engines"}, w.outlookSide("givenName", "jobTitle", "companyName"))
	w.settled()
}

// B9: a record that is back beside the one that was made in its place is somebody's like any other, though the CRM cannot tell about it when it is
// asked.
func TestRecordIsBackBesideTheOneInItsPlace(t *testing.T) {
	settings := twoWay()
	settings.Deleted.InCRM = contactsync.Restore
	w, vague := newVague(t, settings, record.CRM)
	w.put("c1", "firstName=Ada", "lastName=Lovelace")
	w.sync()
	require.NoError(t, w.tenant.Delete("c1"))
	require.Equal(t, 1, w.sync().Counts[record.CRM].Created)
	w.put("c1", "firstName=Ada", "lastName=Lovelace")

	*vague = true
	w.sync()
	*vague = false

	assert.Len(t, w.outlookSide("givenName"), 2)
	w.settled()
}
