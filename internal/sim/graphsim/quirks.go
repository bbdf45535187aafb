package graphsim

import (
	"fmt"

	"github.com/seed-42871e99/crmsync/graphtest"
)

// quirksOf reads the words of a script's graph line.
func quirksOf(words []string) (q graphtest.Quirks, err error) {
	for _, word := range words {
		switch word {
		case "alias":
			q.NoContactsAlias = true
		case "listed":
			q.DefaultFolderListed = true
		case "emptyPages":
			q.EmptyPages = 1
		case "duplicateRows":
			q.DuplicateRows = true
		case "reorderRows":
			q.ReorderRows = true
		case "replayRows":
			q.ReplayRows = true
		case "unknownRemovals":
			q.UnknownRemovals = true
		case "changedReason":
			q.ChangedReason = true
		case "movesKeepIDs":
			q.MovesKeepIDs = true
		case "noEcho":
			q.NoEcho = true
		case "displayName":
			q.DisplayNameOverwritten = true
		case "keepsNames":
			q.RenameKeepsNames = true
		case "emptyStrings":
			q.EmptyStringsKept = true
		case "birthday":
			q.BirthdayRewritten = true
		case "softDeletedGone":
			q.SoftDeletedGone = true
		case "positional":
			q.PositionalPaging = true
		case "conflict":
			q.ConflictEvery = 17
		case "throttle":
			q.ThrottleEvery, q.RetryAfter = 13, graphtest.Fractional
		case "unavailable":
			q.UnavailableEvery = 19
		case "lostCreate":
			q.LostCreateEvery = 5
		case "batchTimeout":
			q.BatchTimeoutEvery = 7
		case "inOrder":
			q.BatchInOrder = true
		case "lowerHeaders":
			q.LowerBatchHeaders = true
		case "gzip":
			q.Gzip = true
		default:
			return q, fmt.Errorf("graphsim: there is no quirk %q", word)
		}
	}
	return q, nil
}
