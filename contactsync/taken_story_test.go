package contactsync_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// choosyStore is a CRM with a check of its own: it makes nobody of a company a second time, and answers with whom it has.
type choosyStore struct {
	contactsync.Store
	w    *world
	says bool // it says that the record existed
}

func (c *choosyStore) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	results := make([]contactsync.Result, len(writes))
	for i, write := range writes {
		if had := c.had(write); write.Op == contactsync.Create && had != nil {
			results[i] = contactsync.Result{ID: had.ID, Version: had.Version, Modified: had.Modified}
			if c.says {
				results[i].Existed, results[i].Stored = true, had.Fields
			}
			continue
		}
		done, err := c.Store.Apply(ctx, sc, []contactsync.Write{write})
		if err != nil {
			return nil, err
		}
		results[i] = done[0]
	}
	return results, nil
}

func (c *choosyStore) had(w contactsync.Write) *record.Record {
	for _, rec := range c.w.tenant.Records(record.Contact) {
		if company := rec.Fields.Text("company"); company != "" && company == w.Set.Text("company") {
			return &rec
		}
	}
	return nil
}

func newChoosy(t *testing.T, s contactsync.Settings, says bool) *world {
	t.Helper()
	crm := &choosyStore{says: says}
	crm.w = newWorld(t, s, func(c *contactsync.Config) {
		crm.Store = c.Store
		c.Store = crm
	})
	return crm.w
}

// M3: two creates of one run, or of two, that the CRM answers with one record: the first is tied to it, the other card is left
// as it is and reported. No value is lost, and no setting deletes the card.
func TestTwoCreatesAnsweredWithOneRecord(t *testing.T) {
	for d, settings := range dispositions() {
		for _, says := range []bool{false, true} {
			for _, apart := range []bool{false, true} {
				t.Run(string(d), func(t *testing.T) {
					w := newChoosy(t, settings, says)
					w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Engines")
					if apart {
						w.sync()
					}
					w.addOutlook("givenName=Grace", "surname=Hopper", "emailAddresses=grace@example.com", "companyName=Engines", "personalNotes=met in Turin")

					r := w.sync()

					assert.Equal(t, []string{"Ada, Engines"}, w.crmSide("firstName", "company"))
					assert.Equal(t, []string{"Ada, Engines, ", "Grace, Engines, met in Turin"}, w.outlookSide("givenName", "companyName", "personalNotes"))
					assert.Equal(t, []string{"severalMatches "}, w.problems())
					assert.Equal(t, 1, r.Counts[record.CRM].Failed)
					links, err := w.state.Links(w.ctx, w.conn.ID, "", 10)
					require.NoError(t, err)
					assert.Len(t, links, 1)
					w.settled()
					assert.Equal(t, []string{"severalMatches "}, w.problems())
					w.editOutlook(links[0].IDs[record.Outlook], "jobTitle=Countess")
					w.sync()
					assert.Equal(t, []string{"Ada, Countess"}, w.crmSide("firstName", "jobTitle"))
					w.settled()
				})
			}
		}
	}
}

// A create that the CRM answers with a record which it had, and which is in sync with nobody: both meet for the first time, so
// neither's values pass for what the other was sent.
func TestCreateAnsweredWithARecordThatWasThere(t *testing.T) {
	w := newChoosy(t, twoWay(), true)
	w.policy.Filter = must(contactsync.ParseSettings([]byte(`{"filter":{"equals":{"field":"kind","value":"mine"}}}`))).Filter
	w.put("c1", "firstName=Ada", "lastName=King", "company=Engines", "jobTitle=Poet", "kind=other")
	item := w.addOutlook("givenName=Ada", "surname=King", "companyName=Engines", "jobTitle=Countess", "personalNotes=met in Turin")

	w.sync()

	assert.Equal(t, []string{"Ada, Poet, met in Turin"}, w.crmSide("firstName", "jobTitle", "notes"))
	assert.Equal(t, []string{"Ada, Countess, met in Turin"}, w.outlookSide("givenName", "jobTitle", "personalNotes"))
	assert.Equal(t, []string{"conflict title"}, w.problems())
	assert.Equal(t, item, w.outlookID("c1"))
	w.settled()
}

// A create whose answer was lost, and which the CRM answers, when it is repeated, with the record of another: it may have been
// merged into that, or never made. No setting deletes the card, for it may be all there is.
func TestRepeatedCreateAnsweredWithAnothersRecord(t *testing.T) {
	for d, settings := range dispositions() {
		t.Run(string(d), func(t *testing.T) {
			late := &lateStore{}
			w := newChoosy(t, settings, true)
			late.Store = w.cfg.Store
			w.cfg.Store = late
			w.restart()
			w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Engines")
			w.sync()
			w.addOutlook("givenName=Grace", "surname=Hopper", "companyName=Engines", "personalNotes=met in Turin")
			late.lose = true
			w.sync()
			late.lose = false

			w.sync()

			assert.Equal(t, []string{"Ada, ", "Grace, met in Turin"}, w.outlookSide("givenName", "personalNotes"))
			assert.Equal(t, []string{"Ada"}, w.crmSide("firstName"))
			assert.Equal(t, []string{"severalMatches "}, w.problems())
			w.settled()
			assert.Len(t, w.outlookSide("givenName"), 2)
			assert.Len(t, w.crmSide("firstName"), 1)
		})
	}
}

// Under several: all the CRM's answer is taken: both cards are the record's.
func TestTwoCreatesAnsweredWithOneRecordUnderAll(t *testing.T) {
	s := twoWay()
	s.Match.Several = match.All
	w := newChoosy(t, s, true)
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=ada@example.com", "companyName=Engines")
	w.addOutlook("givenName=Ada", "surname=Lovelace", "emailAddresses=king@example.com", "companyName=Engines", "personalNotes=met in Turin")

	w.sync()
	w.sync()

	assert.Equal(t, []string{"Ada, met in Turin"}, w.crmSide("firstName", "notes"))
	assert.Equal(t, []string{"Ada, met in Turin", "Ada, met in Turin"}, w.outlookSide("givenName", "personalNotes"))
	w.settled()
}

// Two imports whose answers are lost, and whose records are merged into a third, or one into the other, before the next run:
// one card is tied to the survivor, and the survivor to one card.
func TestTwoUnconfirmedImportsMergedIntoOne(t *testing.T) {
	for _, third := range []bool{false, true} {
		for _, late := range []bool{false, true} {
			crm := &lateStore{}
			w := newWorld(t, twoWay(), func(c *contactsync.Config) {
				crm.Store = c.Store
				c.Store = crm
			})
			w.sync()
			w.addOutlook("givenName=Ada", "surname=Lovelace", "jobTitle=Countess", "emailAddresses=ada@example.com")
			w.addOutlook("givenName=Grace", "surname=Hopper", "personalNotes=met in Turin", "emailAddresses=grace@example.com")
			crm.lose = true
			w.sync()
			crm.lose = false
			records := w.tenant.Records(record.Contact)
			require.Len(t, records, 2)
			into := records[0].ID
			if third {
				w.put("c9", "firstName=Alan", "lastName=Turing", "emails=alan@example.com")
				into = "c9"
				require.NoError(t, w.tenant.Merge(records[0].ID, into))
			}
			require.NoError(t, w.tenant.Merge(records[1].ID, into))

			crm.late = late
			w.sync()
			crm.late = false
			w.sync()

			w.settled()
			assert.Len(t, w.crmSide("firstName"), 1)
			cards := 2
			if third && late { // a card of the survivor was made before the CRM told of the merge
				cards = 3
			}
			assert.Len(t, w.outlookSide("givenName"), cards)
			links, err := w.state.LinksOf(w.ctx, w.conn.ID, record.CRM, []string{into})
			require.NoError(t, err)
			tied := 0
			for _, l := range links {
				if l.Phase == contactsync.Linked {
					tied++
				}
			}
			assert.Equal(t, 1, tied)
		}
	}
}
