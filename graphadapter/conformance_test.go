package graphadapter_test

import (
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
)

// The Directory keeps its contract, whichever way Graph behaves where its documents leave room.
func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		quirks  graphtest.Quirks
		options graphadapter.Options
		ignores bool
	}{
		"documented":        {},
		"If-Match honoured": {options: graphadapter.Options{IfMatchHonoured: true}},
		"If-Match ignored":  {quirks: graphtest.Quirks{PatchIgnoresIfMatch: true, EmptyStringsKept: true, SoftDeletedGone: true}, ignores: true},
		"odd rounds": {
			quirks: graphtest.Quirks{
				EmptyPages: 1, DuplicateRows: true, ReorderRows: true, UnknownRemovals: true, ChangedReason: true, PageCap: 17, PositionalPaging: true,
				Gzip: true, LowerBatchHeaders: true, LowerInnerError: true, DisplayNameOverwritten: true, MovesKeepIDs: true,
			},
			options: graphadapter.Options{PageSize: 25},
		},
		"under load, no codes": {quirks: graphtest.Quirks{ThrottleEvery: 11, RetryAfter: graphtest.Fractional, EmptyErrorCodes: true, DefaultFolderListed: true}},
	} {
		t.Run(name, func(t *testing.T) {
			worlds := map[contactsync.Directory]*world{}
			contactsynctest.Directory(t, contactsynctest.DirectoryConfig{
				New: func(t *testing.T) contactsync.Directory {
					w := start(t, c.quirks, func(g *graphtest.Options, o *graphadapter.Options) {
						g.LogBodies = false
						o.IfMatchHonoured, o.PageSize = c.options.IfMatchHonoured, c.options.PageSize
					})
					worlds[w.dir] = w
					return w.dir
				},
				Scope:           contactsync.Scope{Tenant: "acme", Conn: "c1", User: "u1"},
				IgnoresVersions: c.ignores,
				NoMailbox:       &contactsync.Mailbox{User: "nobody@example.com"},
				Move: func(d contactsync.Directory, id, folder string) error {
					_, err := worlds[d].srv.MoveContact(me, id, folder)
					return err
				},
				Copy: func(d contactsync.Directory, id, folder string) error {
					_, err := worlds[d].srv.CopyContact(me, id, folder)
					return err
				},
			})
		})
	}
}
