package firstrun

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// roofs are desks and households: what two books have of people under one roof, who share an address that is nobody's own and a
// number. Of the first of each two is in the CRM, the second in Outlook, or the other way round.
var roofs = []struct {
	name    string
	address string
	field   string // of the number
	both    [2][2]string
	same    bool // they are one person
}{
	{"a company, and somebody who works there", "info", "workPhone", [2][2]string{{"", ""}, {"Eva", "Smit"}}, false},
	{"husband and wife", "fam.jansen", "homePhone", [2][2]string{{"Jan", "Jansen"}, {"J.", "Jansen"}}, false},
	{"a family, and one of it", "family", "homePhone", [2][2]string{{"", "Jansen"}, {"Jan", "Jansen"}}, false},
	{"mother and daughter", "familia", "homePhone", [2][2]string{{"Ana", "García"}, {"Ana María", "García"}}, false},
	{"somebody whom both have by the whole name", "fam.bos", "homePhone", [2][2]string{{"Otto", "Bos"}, {"Otto", "Bos"}}, true},
}

// B8: a mailbox of several people and the telephone beside it are not together somebody's: nobody is tied to another under that roof,
// and where the mode sees that they share a key, nobody is doubled without a question.
func TestUnderOneRoof(t *testing.T) {
	const times = 20
	for _, by := range modes {
		for _, r := range roofs {
			t.Run(fmt.Sprintf("%s/%s", by, r.name), func(t *testing.T) {
				w := emptyTown(t, contactsync.Settings{Region: locale.Region, Mapping: rules(), Match: contactsync.Match{By: by}})
				for i := range times {
					for at, name := range r.both {
						values := map[string][]string{"emails": {fmt.Sprintf("%s@roof-%d.example.com", r.address, i)}, r.field: {fmt.Sprintf("020 7946 0%03d", i)}}
						for n, field := range []string{"firstName", "lastName"} {
							if name[n] != "" {
								values[field] = []string{name[n]}
							}
						}
						w.lay(record.Side((i+at)%2), values)
					}
				}

				first := w.sync()
				w.sync()

				waiting, _ := w.waiting()
				if r.same {
					assert.Equal(t, times, first.Matched)
				} else {
					assert.Zero(t, first.Matched, "links that tie two people")
					assert.Len(t, waiting[record.CRM], times, "who is asked about")
				}
				for side := range waiting {
					assert.Len(t, w.records(record.Side(side)), times, "nobody is doubled")
				}
			})
		}
	}
}

// lay puts values down in a book.
func (w *town) lay(side record.Side, values map[string][]string) {
	var err error
	if side == record.CRM {
		_, err = w.tenant.Put("", fieldsOf(person, values))
	} else {
		_, err = w.box.Add(w.conn.Folder, fieldsOf(record.OutlookContact, inOutlook(values, false)))
	}
	require.NoError(w.t, err)
}
