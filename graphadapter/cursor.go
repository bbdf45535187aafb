package graphadapter

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// cursor is how far a folder has been read. As text it is, for an incremental round, Graph's own link and nothing else;
// for a complete round, words divided by blanks, which a link cannot contain:
//
//	https://…                    the next page of an incremental round, or the next round
//	list FOLDER ROUND LINK       the next page of the listing that a complete round begins with
//	delta FOLDER ROUND [LINK]    the next page of its delta, the first one without a link
type cursor struct {
	phase  phase
	folder string // its real id; empty where it cannot be told
	round  string // names what the listing found, while this process remembers it
	link   string
}

type phase uint8

const (
	beginning  phase = iota // of a complete round
	listing                 // its first half
	everything              // its second half
	changed                 // an incremental round
)

func (c cursor) String() string {
	folder := "f" + url.PathEscape(c.folder) // never an empty word
	switch c.phase {
	case listing:
		return "list " + folder + " " + c.round + " " + c.link
	case everything:
		return strings.TrimRight("delta "+folder+" "+c.round+" "+c.link, " ")
	}
	return c.link
}

// parseCursor reads a cursor. One it does not understand starts over.
func parseCursor(text contactsync.Cursor) (cursor, error) {
	if text == "" {
		return cursor{}, nil
	}
	words := strings.Split(string(text), " ")
	var c cursor
	switch {
	case len(words) == 1 && strings.Contains(words[0], "://"):
		return cursor{phase: changed, link: words[0]}, nil
	case len(words) == 4 && words[0] == "list":
		c = cursor{phase: listing, link: words[3]}
	case len(words) == 4 && words[0] == "delta":
		c = cursor{phase: everything, link: words[3]}
	case len(words) == 3 && words[0] == "delta":
		c = cursor{phase: everything}
	default:
		return c, unknownCursor()
	}
	folder, ok := strings.CutPrefix(words[1], "f")
	folder, err := url.PathUnescape(folder)
	if !ok || err != nil {
		return c, unknownCursor()
	}
	c.folder, c.round = folder, words[2]
	return c, nil
}

func unknownCursor() error {
	return fmt.Errorf("%w: it is of a form this version does not know", contactsync.ErrCursorExpired)
}
