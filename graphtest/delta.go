package graphtest

import (
	"net/http"
	"time"
)

// defaultDeltaPage is the size of a delta page for callers that ask for none.
const defaultDeltaPage = 10

// row is one line of a delta page: something that is there, or a removal.
type row struct {
	key     uint64
	removed string // id; empty: it is there
}

// round is one page of a delta on its way.
type round struct {
	t      token
	size   int
	fresh  bool // first page of a round
	unseen bool // name contacts that came and went unseen
}

// beginRound reads the token of a delta call, or starts a first round. folderKey 0 is the folder tree.
func (s *Server) beginRound(c *call, f *feed, folderKey uint64, q query) (round, *Answer) {
	r := round{size: defaultDeltaPage, unseen: s.quirks.UnknownRemovals}
	if c.prefer.maxPageSize > 0 {
		r.size = c.prefer.maxPageSize
	}
	if q.token == "" {
		r.t = token{Box: c.box.box, Folder: folderKey, First: true, Floor: f.last(), Select: q.sel}
		r.fresh = true
		if s.quirks.TopIsPageSize {
			r.t.PageSize = q.top
		} else {
			r.t.TopLeft = q.top
		}
	} else {
		t, ok := parseToken(q.token)
		switch {
		case !ok:
			return r, s.badRequest("Badly formed token.")
		case t.Box != c.box.box || t.Folder != folderKey || t.Delta != q.delta || t.Generation == 0:
			return r, s.badRequest("The token does not belong to this collection.")
		case t.Generation != c.box.generation, s.quirks.TokenCache > 0 && t.Serial+uint64(s.quirks.TokenCache) <= c.box.issued:
			return r, s.expired(c)
		}
		r.t = t
		if t.Delta {
			r.fresh = true
			r.t.Before, r.t.From = t.From, t.Seq
			r.t.Delta, r.t.First, r.t.Floor = false, false, 0
			if s.quirks.ReplayRows {
				r.t.Seq = r.t.Before
			}
		}
	}
	if r.t.PageSize > 0 {
		r.size = r.t.PageSize
	}
	if r.t.TopLeft > 0 {
		r.size = min(r.size, r.t.TopLeft)
	}
	if s.quirks.PageCap > 0 {
		r.size = min(r.size, s.quirks.PageCap)
	}
	return r, nil
}

func (s *Server) expired(c *call) *Answer {
	code := s.quirks.ExpiredCode
	if code == "" {
		code = "SyncStateNotFound"
	}
	a := s.fail(http.StatusGone, code, "The sync state generation is not found; generation=149;[highest=157][157][155][156].")
	if s.quirks.ExpiredLocation {
		link := s.link(c, "$skiptoken", "")
		a.set("Location", link[:len(link)-len("?$skiptoken=")])
	}
	return a
}

// deltaQuery reads the options of a delta call.
func (s *Server) deltaQuery(c *call, of selectable) (query, *Answer) {
	if c.req.Method != http.MethodGet {
		return query{}, s.wrongVerb()
	}
	if c.box.access == OverQuota {
		return query{}, s.noAccess(OverQuota)
	}
	if c.req.Query.Has("$expand") && !s.quirks.DeltaExpandRefused {
		return query{}, s.fail(http.StatusInternalServerError, "InternalServerError", "Value cannot be null.\r\nParameter name: type")
	}
	return s.parseQuery(c, of, "$select", "$top", "$skiptoken", "$deltatoken")
}

// take reads the next page of a feed and moves the round on. live tells whether a change is the last of its key; gone
// gives the id of a removal to show, or "" to leave it out.
func (r *round) take(f *feed, horizon time.Time, live func(change) bool, gone func(change) string) (rows []row, more bool) {
	seen := max(r.t.Seq, r.t.From) // a replay starts further back
	for _, c := range f.from(r.t.Seq) {
		if c.at.After(horizon) {
			return rows, false
		}
		if len(rows) == r.size {
			return rows, true
		}
		r.t.Seq = c.seq
		switch {
		case !c.gone:
			if live(c) {
				rows = append(rows, row{key: c.key})
			}
		case c.seq > r.t.Floor:
			// What came and went between two looks leaves no trace.
			if c.entered > seen && !r.unseen {
				continue
			}
			if id := gone(c); id != "" {
				rows = append(rows, row{key: c.key, removed: id})
			}
		}
	}
	return rows, false
}

func (s *Server) contactDelta(c *call, f *folder) *Answer {
	q, refusal := s.deltaQuery(c, contactProperties)
	if refusal != nil {
		return refusal
	}
	r, refusal := s.beginRound(c, &f.feed, f.key, q)
	if refusal != nil {
		return refusal
	}
	var rows []row
	more := true
	if !s.emptyPage(&r) {
		rows, more = r.take(&f.feed, s.now().Add(-s.quirks.DeltaDelay),
			func(ch change) bool { return s.showsInDelta(c, f, r.t, ch) },
			func(ch change) string { return s.removalInDelta(c, f, r.t, ch) })
	}
	return s.page(c, &r, &f.feed, "contacts", rows, more, func(b []byte, key uint64) []byte {
		return c.box.items[key].appendRow(b, `"@odata.type":"#microsoft.graph.contact",`, c.prefer.immutable, r.t.Select, nil, &s.quirks)
	})
}

// showsInDelta tells whether a change is the present state of a contact and belongs into the round.
func (s *Server) showsInDelta(c *call, f *folder, t token, ch change) bool {
	it := c.box.items[ch.key]
	switch {
	case it == nil || it.folder != f || it.seq != ch.seq:
		return false
	case t.First:
		return true
	case s.quirks.NoEcho && ch.own && it.userSeq <= t.From:
		return false
	case s.quirks.ReturnLost && c.prefer.immutable && it.seq == it.entered && it.left > t.From:
		return false
	}
	return true
}

func (s *Server) removalInDelta(c *call, f *folder, t token, ch change) string {
	if s.quirks.NoEcho && ch.own {
		return ""
	}
	if !c.prefer.immutable {
		return makeID(ordinaryItem, c.box.box, ch.generation, ch.key)
	}
	if it := c.box.items[ch.key]; it != nil && it.folder == f && !s.quirks.ReturnLost {
		return "" // it is back, and its row says so
	}
	return makeID(immutableItem, c.box.box, 0, ch.key)
}

func (s *Server) folderDelta(c *call) *Answer {
	q, refusal := s.deltaQuery(c, folderProperties)
	if refusal != nil {
		return refusal
	}
	r, refusal := s.beginRound(c, &c.box.tree, 0, q)
	if refusal != nil {
		return refusal
	}
	var rows []row
	more := true
	if !s.emptyPage(&r) {
		rows, more = r.take(&c.box.tree, s.now().Add(-s.quirks.DeltaDelay),
			func(ch change) bool {
				f := c.box.folders[ch.key]
				return f.seq == ch.seq && f.alive() && (f != c.box.contacts || s.quirks.DefaultFolderListed)
			},
			func(ch change) string { return c.box.folders[ch.key].id })
	}
	return s.page(c, &r, &c.box.tree, "contactFolders", rows, more, func(b []byte, key uint64) []byte {
		b = append(b, `{"@odata.type":"#microsoft.graph.contactFolder",`...)
		return append(appendFolder(b, c.box, c.box.folders[key], r.t.Select), '}')
	})
}

// emptyPage tells whether this page stays empty under the EmptyPages quirk.
func (s *Server) emptyPage(r *round) bool {
	if r.t.Empty >= s.quirks.EmptyPages {
		r.t.Empty = 0
		return false
	}
	r.t.Empty++
	return true
}

// page writes a delta page with its rows and its one link.
func (s *Server) page(c *call, r *round, f *feed, set string, rows []row, more bool, appendLive func([]byte, uint64) []byte) *Answer {
	if r.t.TopLeft > 0 && len(rows) > 0 {
		if r.t.TopLeft -= len(rows); r.t.TopLeft == 0 {
			more, r.t.Seq = false, f.last() // what $top cut off is not told later either
		}
	}
	rows = s.disturb(c, r, rows)
	reason := "deleted"
	if s.quirks.ChangedReason {
		reason = "changed"
	}
	b := make([]byte, 0, 512+len(rows)*1500)
	b = append(b, `{"@odata.context":`...)
	b = appendString(b, c.base+"/$metadata#users('"+c.box.userID+"')/"+set+"/$delta", false)
	b = append(b, `,"value":[`...)
	for i, row := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		if row.removed == "" {
			b = appendLive(b, row.key)
			continue
		}
		b = append(b, `{"id":`...)
		b = appendString(b, row.removed, false)
		b = append(b, `,"@removed":{"reason":"`+reason+`"}}`...)
	}
	b = append(b, ']')
	c.box.issued++
	r.t.Serial, r.t.Generation = c.box.issued, c.box.generation
	if more {
		b = append(b, `,"@odata.nextLink":`...)
		b = appendString(b, s.link(c, "$skiptoken", r.t.encode()), false)
	} else {
		r.t.Delta, r.t.First, r.t.Floor, r.t.TopLeft = true, false, 0, 0
		b = append(b, `,"@odata.deltaLink":`...)
		b = appendString(b, s.link(c, "$deltatoken", r.t.encode()), false)
	}
	return s.answer(c, http.StatusOK, append(b, '}'))
}

// disturb plays the quirks that add to rows or mix them up.
func (s *Server) disturb(c *call, r *round, rows []row) []row {
	if s.quirks.UnknownRemovals && r.fresh {
		never := c.box.nextKey + 1<<40
		id := makeID(ordinaryItem, c.box.box, 0, never)
		if c.prefer.immutable {
			id = makeID(immutableItem, c.box.box, 0, never)
		}
		rows = append([]row{{removed: id}}, rows...)
	}
	if s.quirks.DuplicateRows {
		rows = append(rows, rows...)
	}
	if s.quirks.ReorderRows {
		rows = s.reorder(rows)
	}
	return rows
}

// reorder shuffles rows; those of one contact keep their order, since the last one counts.
func (s *Server) reorder(rows []row) []row {
	byKey := map[uint64][]row{}
	for _, r := range rows {
		byKey[r.key] = append(byKey[r.key], r)
	}
	s.random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	for i, r := range rows {
		rows[i], byKey[r.key] = byKey[r.key][0], byKey[r.key][1:]
	}
	return rows
}
