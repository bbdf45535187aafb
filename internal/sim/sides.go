package sim

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// side is a Store or Directory between the engine and the memory it works on: it lets faults happen and shows every write
// to the model.
type side struct {
	w     *world
	name  string // store or outlook
	of    record.Side
	inner contactsync.Store
}

func (s *side) Changes(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
	f := s.w.strike(s.name + ".changes")
	if err := s.w.before(ctx, f); err != nil {
		return contactsync.Page{}, err
	}
	s.w.isolation.called(s, sc)
	switch {
	case f.kind == "expire" && after != "":
		return contactsync.Page{}, contactsync.ErrCursorExpired
	case f.kind == "stale" && after != "":
		return contactsync.Page{Next: after}, nil
	}
	page, err := s.inner.Changes(ctx, sc, s.w.lag.inner(after))
	if err != nil {
		return page, err
	}
	s.w.lag.page(s, sc, after, &page)
	s.w.ledger.run.listed[s.of] = s.w.ledger.run.listed[s.of] || after == ""
	if f.kind == "incomplete" && page.Complete {
		page.Complete, page.Changes = false, page.Changes[:len(page.Changes)/2]
	}
	for i, c := range page.Changes {
		if rec := c.Record; rec != nil && s.of == record.Outlook && s.w.partialRows {
			part := *rec
			part.Fields = rec.Fields.Only(func(name string) bool { return !slices.Contains(leftOut, name) })
			page.Changes[i].Record = &part
		}
	}
	if f.kind == "garble" && len(page.Changes) > 0 {
		page.Bad = append(page.Bad, contactsync.BadRow{ID: page.Changes[0].ID, Reason: "it cannot be read"})
		page.Changes = page.Changes[1:]
	}
	return page, s.w.after(f)
}

// leftOut are the fields that a Directory with partial rows tells only when asked for an item.
var leftOut = []string{"personalNotes", "private", "birthday"}

func (s *side) Get(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
	f := s.w.strike(s.name + ".get")
	if err := s.w.before(ctx, f); err != nil {
		return nil, err
	}
	s.w.isolation.called(s, sc)
	s.w.bounded.read += len(refs)
	found, err := s.inner.Get(ctx, sc, refs)
	if err != nil {
		return found, err
	}
	s.w.lag.found(s, sc, f.kind == "stale", found)
	switch f.kind {
	case "unknown":
		for i := range found {
			if f.hits(i, len(found)) && s.mayNotKnow(found[i]) {
				found[i] = contactsync.Found{Ref: refs[i], Removed: contactsync.Unknown}
			}
		}
	case "few":
		found = found[:len(found)/2]
	case "sneak":
		if len(refs) > 0 {
			s.w.sneak(s.of, sc, refs[0].ID, f.arg)
		}
	}
	if lost := s.w.after(f); lost != nil {
		return nil, lost
	}
	return found, nil
}

// mayNotKnow reports whether a side may say that it cannot tell. A stamp is known at once in the CRM, and in Outlook within the
// delay that the engine reckons with.
func (s *side) mayNotKnow(f contactsync.Found) bool {
	if f.Ref.Stamp == "" {
		return true
	}
	for _, rec := range f.Records {
		if s.of == record.CRM || s.w.now.Sub(rec.Created) >= visibilityDelay {
			return false
		}
	}
	return len(f.Records) > 0
}

func (s *side) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	f := s.w.strike(s.name + ".apply")
	if err := s.w.before(ctx, f); err != nil {
		return nil, err
	}
	s.w.isolation.called(s, sc)
	n := len(writes)
	switch f.kind {
	case "sneak", "sneakdelete":
		for _, w := range writes {
			if w.ID != "" {
				s.w.sneak(s.of, sc, w.ID, f.arg)
				break
			}
		}
	case "half", "halfcrash":
		n = (n + 1) / 2
	}
	results := make([]contactsync.Result, n)
	for i, w := range writes[:n] {
		results[i].ID = w.ID
		if f.hits(i, len(writes)) && s.refuses(f, w, &results[i]) {
			continue
		}
		done, err := s.write(ctx, sc, w)
		if err != nil {
			return nil, err
		}
		results[i] = done
		if done.Err == nil && f.hits(i, len(writes)) {
			switch f.kind {
			case "doubt":
				results[i] = contactsync.Result{ID: w.ID, Err: contactsync.ErrUnconfirmed}
			case "unclear":
				results[i] = contactsync.Result{ID: w.ID, Err: errors.Join(contactsync.ErrUnconfirmed, &contactsync.ThrottledError{})}
			case "maybe":
				results[i] = contactsync.Result{ID: w.ID, Err: errFault}
			}
		}
	}
	switch f.kind {
	case "half":
		return nil, errFault
	case "halfcrash":
		panic(stop{})
	case "short":
		return results[:n-1], nil
	}
	if lost := s.w.after(f); lost != nil {
		return nil, lost
	}
	return results, nil
}

// refuses answers for a write that is not done.
func (s *side) refuses(f *fault, w contactsync.Write, res *contactsync.Result) bool {
	switch f.kind {
	case "refuse":
		field := ""
		for name := range w.Set.All() {
			field = name
			break
		}
		res.Err = &contactsync.InvalidError{Field: field, Reason: "is not accepted today"}
		s.w.refused = true
	case "deny":
		res.Err = contactsync.ErrDenied
	case "busy":
		res.Err = &contactsync.ThrottledError{}
	case "bad":
		res.Err = errFault
	default:
		return false
	}
	return true
}

// write does one write, in the side's own way, under the eyes of the ledger.
func (s *side) write(ctx context.Context, sc contactsync.Scope, w contactsync.Write) (contactsync.Result, error) {
	asSent := w.Set
	if s.of == record.CRM && s.w.ownsMade && w.Op == contactsync.Create {
		w.Set = w.Set.With(fields(record.CRM, []string{"owner=" + sc.User}))
	}
	if s.of == record.Outlook {
		w.Set = s.w.bend(w.Set)
	}
	before, _ := s.w.record(s.of, sc.User, w.ID)
	if s.of == record.CRM {
		s.w.matchesAnew(w)
	}
	results, err := s.inner.Apply(ctx, sc, []contactsync.Write{w})
	if err != nil {
		return contactsync.Result{}, err
	}
	res := results[0]
	if res.Err != nil {
		s.w.logf("    %s %s %s: %v", s.name, w.Op, w.ID, res.Err)
		unsure, busy := errors.Is(res.Err, contactsync.ErrUnconfirmed), errors.As(res.Err, new(*contactsync.ThrottledError))
		s.w.ledger.run.unsure, s.w.ledger.run.busy = s.w.ledger.run.unsure || unsure, s.w.ledger.run.busy || busy
		if s.happened(sc, w, before) && !unsure {
			s.w.broken("sound", "%s of %s %s was carried out, and answered as if it was not: %v", w.Op, s.name, w.ID, res.Err)
		}
		return res, nil
	}
	after, _ := s.w.record(s.of, sc.User, res.ID)
	x := s.wrote(sc, w, before, after, res.Existed)
	s.w.logf("    %s %s %s of %s %s%s", s.name, w.Op, res.ID, s.w.ledger.origin[x.place()], show(w.Set), map[bool]string{true: " existed"}[res.Existed])
	if s.of == record.Outlook && s.w.quietResults && w.Set.Equal(asSent) {
		res.Stored = record.Fields{}
	}
	return res, nil
}

// wrote shows a write that happened to the model.
func (s *side) wrote(sc contactsync.Scope, w contactsync.Write, before, after record.Record, existed bool) writing {
	if w.Op == contactsync.Delete {
		after = record.Record{}
		s.w.bury(s.of, sc.User, before)
	}
	x := writing{side: s.of, scope: sc, write: w, before: before, after: after}
	if s.w.byHand != nil {
		s.w.ledger.person(x.place(), before.Fields, after.Fields)
	} else if !existed {
		s.w.ledger.wrote(x)
	}
	s.w.lag.wrote(s, sc, w.ID, after)
	return x
}

// happened shows the model a write that was answered with an error, where it was carried out all the same, and reports whether
// it was. Only of one whose answer the service itself lost is that so.
func (s *side) happened(sc contactsync.Scope, w contactsync.Write, before record.Record) bool {
	after, lives := s.w.record(s.of, sc.User, w.ID)
	if w.Op == contactsync.Create && s.of == record.Outlook {
		for _, item := range s.w.user(sc.User).items() {
			p := place{side: s.of, user: sc.User, id: item.ID}
			if lives = strings.EqualFold(item.Stamp, w.Stamp) && !s.w.ledger.knows(p); lives {
				after = item
				break
			}
		}
	}
	switch w.Op {
	case contactsync.Create, contactsync.Update:
		if !lives || after.Fields.Equal(before.Fields) {
			return false
		}
	case contactsync.Delete:
		if lives || before.ID == "" {
			return false
		}
	}
	s.wrote(sc, w, before, after, false)
	return true
}

// dropped are the fields that a mailbox that drops values does not keep.
var dropped = []string{"personalNotes", "birthday"}

// bend is what a mailbox makes of the values it is given.
func (w *world) bend(set record.Fields) record.Fields {
	if set.Schema() == nil {
		return set
	}
	b := set.Schema().Build()
	for name, v := range set.All() {
		switch {
		case w.rewrites && name == "companyName" && !v.IsEmpty() && !strings.HasSuffix(v.Text(), "Ltd"):
			v = record.Value{v.Text() + " Ltd"}
		case w.drops && slices.Contains(dropped, name):
			v = nil
		}
		b.Set(name, v...)
	}
	return b.Fields()
}

// store adds the Finder to a side.
type store struct{ *side }

func (s store) Find(ctx context.Context, sc contactsync.Scope, keys []match.Key) (contactsync.Matches, error) {
	f := s.w.strike("store.find")
	if err := s.w.before(ctx, f); err != nil {
		return contactsync.Matches{}, err
	}
	m, err := s.inner.(contactsync.Finder).Find(ctx, sc, keys)
	byID := func(a, b record.Record) int { return strings.Compare(a.ID, b.ID) }
	slices.SortFunc(m.Records, byID)
	slices.SortFunc(m.Strangers, byID)
	if lost := s.w.after(f); lost != nil {
		return contactsync.Matches{}, lost
	}
	return m, err
}

// directory adds what a Directory has to a side.
type directory struct{ *side }

func (d directory) Folders(ctx context.Context, m contactsync.Mailbox, kind record.Kind) ([]contactsync.Folder, error) {
	return d.w.outlook.Folders(ctx, m, kind)
}

func (d directory) CreateFolder(ctx context.Context, m contactsync.Mailbox, kind record.Kind, name string) (contactsync.Folder, error) {
	return d.w.outlook.CreateFolder(ctx, m, kind, name)
}

func (d directory) BlindUpdate(set record.Fields) bool {
	b, ok := d.w.outlook.(contactsync.BlindUpdater)
	return ok && b.BlindUpdate(set)
}

// fieldTimes tells when people changed fields, where the sides know.
func (s *side) fieldTimes(ctx context.Context, sc contactsync.Scope, id string, fields []string) (map[string]time.Time, error) {
	f := s.w.strike(s.name + ".times")
	if err := s.w.before(ctx, f); err != nil {
		return nil, err
	}
	p := place{side: s.of, id: id}
	if s.of == record.Outlook {
		p.user = sc.User
	}
	known := map[string]time.Time{}
	for _, name := range fields {
		if at, ok := s.w.ledger.fieldTimes[p][name]; ok {
			known[name] = at
		}
	}
	return known, s.w.after(f)
}

// timedSide, timedStore and timedDirectory know when people changed fields.
type (
	timedSide      struct{ *side }
	timedStore     struct{ store }
	timedDirectory struct{ directory }
)

func (s timedSide) FieldTimes(ctx context.Context, sc contactsync.Scope, id string, fields []string) (map[string]time.Time, error) {
	return s.fieldTimes(ctx, sc, id, fields)
}

func (s timedStore) FieldTimes(ctx context.Context, sc contactsync.Scope, id string, fields []string) (map[string]time.Time, error) {
	return s.fieldTimes(ctx, sc, id, fields)
}

func (d timedDirectory) FieldTimes(ctx context.Context, sc contactsync.Scope, id string, fields []string) (map[string]time.Time, error) {
	return d.fieldTimes(ctx, sc, id, fields)
}

// show writes values as a script does.
func show(f record.Fields) string {
	var words []string
	for name, v := range f.All() {
		words = append(words, name+"="+strings.Join(v, "|"))
	}
	return strings.Join(words, " ")
}
