package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// lag is what the sides know late: an Outlook under "late" shows an item that the sync made to listings and to searches by
// stamp only some time after it was made, and a stale answer is what a connection was last told.
type lag struct {
	w    *world
	late bool
	// held are the ids that a page left out because they were too new, by the cursor that reading goes on at.
	held  map[cursorOf][]string
	given int // cursors given with items held back or delivered late
	told  map[toldTo]record.Record
}

type cursorOf struct {
	conn   string
	cursor contactsync.Cursor
}

type toldTo struct {
	conn string
	of   record.Side
	id   string
}

// lateBy is less than the delay that the engine reckons with.
const lateBy = visibilityDelay - 10*time.Second

func newLag(w *world) *lag {
	return &lag{w: w, held: map[cursorOf][]string{}, told: map[toldTo]record.Record{}}
}

// tooNew reports whether an item that the sync made does not show yet.
func (l *lag) tooNew(s *side, rec record.Record) bool {
	if !l.late || s.of != record.Outlook || rec.Stamp == "" {
		return false
	}
	made, ok := l.w.ledger.madeAt[rec.Stamp]
	return ok && l.w.now.Sub(made) < lateBy
}

// inner is the cursor that the side itself gave.
func (l *lag) inner(c contactsync.Cursor) contactsync.Cursor {
	own, _, _ := strings.Cut(string(c), "~")
	return contactsync.Cursor(own)
}

// page takes out of a page what is too new, and adds what was when the cursor was given and no longer is.
func (l *lag) page(s *side, sc contactsync.Scope, after contactsync.Cursor, page *contactsync.Page) {
	if l.late && s.of == record.Outlook {
		l.delay(s, sc, after, page)
	}
	for _, c := range page.Changes {
		if c.Record != nil {
			l.told[toldTo{sc.Conn, s.of, c.ID}] = *c.Record
		}
	}
}

func (l *lag) delay(s *side, sc contactsync.Scope, after contactsync.Cursor, page *contactsync.Page) {
	var wait []string
	shown := map[string]bool{}
	page.Changes = slices.DeleteFunc(page.Changes, func(c contactsync.Change) bool {
		shown[c.ID] = true
		rec, ok := l.w.record(s.of, sc.User, c.ID)
		if !ok || c.Record == nil || !l.tooNew(s, rec) {
			return false
		}
		wait = append(wait, c.ID)
		return true
	})
	held := l.held[cursorOf{sc.Conn, after}]
	for _, id := range held {
		rec, ok := l.w.record(s.of, sc.User, id)
		switch {
		case shown[id]:
		case ok && l.tooNew(s, rec):
			wait = append(wait, id)
		case ok && rec.Folder == l.w.folderOf(sc.User):
			if !l.w.stampsInChanges {
				rec.Stamp, rec.StampRead = "", false
			}
			page.Changes = append(page.Changes, contactsync.Change{ID: id, Record: &rec})
		default:
			page.Changes = append(page.Changes, contactsync.Change{ID: id, Removed: contactsync.Unknown})
		}
	}
	if len(held)+len(wait) > 0 { // the next page is another than the one without them
		l.given++
		page.Next = contactsync.Cursor(fmt.Sprintf("%s~%d", page.Next, l.given))
		l.held[cursorOf{sc.Conn, page.Next}] = wait
	}
}

// found hides what is too new from a search by stamp. A stale answer has records as the connection was last told.
func (l *lag) found(s *side, sc contactsync.Scope, stale bool, found []contactsync.Found) {
	for i := range found {
		f := &found[i]
		if f.Ref.Stamp != "" {
			f.Records = slices.DeleteFunc(f.Records, func(rec record.Record) bool { return l.tooNew(s, rec) })
			f.Removed = cmp.Or(f.Removed, map[bool]contactsync.Removal{true: contactsync.Unknown}[len(f.Records) == 0])
			continue
		}
		for n, rec := range f.Records {
			at := toldTo{sc.Conn, s.of, rec.ID}
			old, ok := l.told[at]
			if stale && ok && old.Fields.Len() == rec.Fields.Len() && s.mayBeStale() {
				old.Stamp, old.StampRead = rec.Stamp, rec.StampRead
				f.Records[n] = old
				continue
			}
			l.told[at] = rec
		}
	}
}

// mayBeStale reports whether an answer may be older than the last change: a service that ignores versions would let the write
// that follows overwrite it, and nothing could tell.
func (s *side) mayBeStale() bool { return s.of == record.CRM || !s.w.ignoresVersions }

// wrote notes what a connection itself wrote: nobody is told less than that.
func (l *lag) wrote(s *side, sc contactsync.Scope, id string, after record.Record) {
	if after.ID == "" {
		delete(l.told, toldTo{sc.Conn, s.of, id})
		return
	}
	l.told[toldTo{sc.Conn, s.of, after.ID}] = after
}

// forget drops what connections were told, as their State was lost with it.
func (l *lag) forget() {
	clear(l.told)
	clear(l.held)
}
