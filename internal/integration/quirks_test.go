package integration_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// Whatever Graph does beyond the ordinary, it does in answers that fit its description, and the requests fit it that the
// adapter then makes. Not among them are control characters, which are no JSON, links to another host, and $expand on a
// delta, which is never asked for.
func TestTrafficFitsUnderEveryQuirk(t *testing.T) {
	for name, q := range map[string]graphtest.Quirks{
		"folders":             {DefaultFolderListed: true, NoContactsAlias: true, DeletedFolderReadable: true, DeletedNameBlocks: true},
		"rows":                {EmptyPages: 1, DuplicateRows: true, ReorderRows: true, ReplayRows: true, UnknownRemovals: true, ChangedReason: true},
		"lost rows":           {ReturnLost: true, LastDeletionSilent: true, NoEcho: true, MovesKeepIDs: true},
		"delays":              {DeltaDelay: time.Minute, FilterDelay: time.Minute},
		"small pages":         {PageCap: 3, PositionalPaging: true},
		"few tokens":          {TokenCache: 1, ExpiredCode: "ResyncRequired", ExpiredLocation: true, TopIsPageSize: true},
		"names":               {DisplayNameOverwritten: true, RenameKeepsNames: true, DirectoryNames: map[string]string{"person1@example.com": "Desk 1"}},
		"values":              {LimitsLifted: true, NullAddressAccepted: true, PatchNullAddressAccepted: true, EmptyStringsKept: true, EmailGaps: true, BirthdayRewritten: true},
		"new members":         {EmailSlots: true, ParentFolder: graphtest.Moves},
		"malformed addresses": {MalformedAddresses: true, ClearsIgnored: []string{"jobTitle"}},
		"If-Match not heeded": {PatchIgnoresIfMatch: true, ExtendedWritesSilent: true, SoftDeletedGone: true},
		"conflicts":           {ConflictEvery: 7},
		"throttled":           {ThrottleEvery: 5, RetryAfter: graphtest.Date, LowerInnerError: true},
		"throttled, no time":  {ThrottleEvery: 7, RetryAfter: graphtest.Missing, EmptyErrorCodes: true},
		"unavailable":         {UnavailableEvery: 4},
		"lost creates":        {LostCreateEvery: 6},
		"lost batches":        {BatchTimeoutEvery: 3},
		"parts all at once":   {BatchFiresAll: true, BatchInOrder: true, LowerBatchHeaders: true},
		"packed":              {Gzip: true},
		"everything harmless": {DefaultFolderListed: true, DuplicateRows: true, ReorderRows: true, EmailSlots: true, Gzip: true, LowerBatchHeaders: true, PageCap: 7},
		"":                    {},
	} {
		t.Run(name, func(t *testing.T) {
			const n = 30
			w := newWorld(t, q)
			w.customers(n)
			for round := range 8 {
				w.advance(10 * time.Minute) // past every delay, wait and retry
				w.sync()
				if round == 3 {
					c := w.Contacts(me, "")[0]
					_, err := w.EditContact(me, c.ID, func(c *graphtest.Contact) { c.JobTitle = "Director" })
					require.NoError(t, err)
					require.NoError(t, w.crm.Edit(crmID(5), customer.Build().Set("last", "Renamed").Fields()))
				}
			}
			require.Len(t, w.Contacts(me, ""), n)
			require.Len(t, w.crm.Records(record.Contact), n)
		})
	}
}
