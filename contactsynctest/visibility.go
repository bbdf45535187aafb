package contactsynctest

import (
	"errors"
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
)

const (
	ruleUser   = "Store is the host's CRM: its records, as one user may see them."
	ruleHidden = "It should report a record that a user may no longer see, as a removal (a daily re-read catches the rest), and must not drop one because it stopped fitting the filter: the engine evaluates filters."
)

// visibilityChecks hold for a Store, as far as the host lets them.
var visibilityChecks = []check[*session]{
	{"Scope/a stranger", []string{ruleUser}, (*session).checkStranger},
	{"Scope/hidden", []string{ruleGet, ruleHidden, ruleErr}, (*session).checkHidden},
	{"Scope/create again what is hidden", []string{ruleStamp}, (*session).checkCreateHidden},
	{"Scope/merged", []string{ruleGet, "Merged: the id of the survivor."}, (*session).checkMerged},
	{"Scope/create again what was merged", []string{ruleStamp, ruleExisted, ruleExistStored, ruleIntoGone}, (*session).checkCreateMerged},
	{"FieldTimes", []string{"FieldTimes is implemented by a Store or Directory that knows when a person last changed single fields; without it, Newest goes by the record's modification time.", "A field it does not know is left out."}, (*session).checkFieldTimes},
}

func (s *session) checkStranger() {
	if s.stranger == nil {
		return
	}
	sc := *s.stranger
	sc.Kind, sc.Fields = s.sc.Kind, s.sc.Fields
	w := s.creating(1)
	id := s.do(w).ID
	r := s.drainIn(sc, "")
	if c, named := r.last(id); named && c.Record != nil {
		s.Errorf("Changes for a stranger: record %q is listed", short(id))
	}
	for _, f := range s.getIn(sc, contactsync.Ref{ID: id}, contactsync.Ref{Stamp: w.Stamp}) {
		if len(f.Records) > 0 {
			s.Errorf("Get for a stranger: %s is there", refText(f.Ref))
		}
	}
	field := s.text().Name
	old := s.read(id)
	for _, w := range []contactsync.Write{
		{Op: contactsync.Update, ID: id, Version: old.Version, Set: s.set(field, "strange")},
		{Op: contactsync.Delete, ID: id, Version: old.Version},
	} {
		if _, err := s.store.Apply(s.Context(), sc, []contactsync.Write{w}); err != nil {
			s.Errorf("Apply of %s for a stranger: error %v; what is wrong with one write belongs in its Result", w.Op, err)
		}
	}
	if got := s.read(id); got.Version != old.Version || got.Fields.Text(field) != old.Fields.Text(field) {
		s.Errorf("Apply for a stranger: the record was changed")
	}
}

func (s *session) checkHidden() {
	if s.hide == nil {
		return
	}
	w := s.creating(1)
	made := s.do(w)
	kept := s.create(2).ID
	next := s.drain("").next
	upd := s.updating(made.ID, s.set(s.text().Name, "unseen"))
	s.call("Hide", s.hide(made.ID))

	for _, f := range s.get(contactsync.Ref{ID: made.ID}, contactsync.Ref{Stamp: w.Stamp}) {
		if f.Removed != contactsync.Hidden {
			s.Errorf("Get of %s, hidden from the user: %s, want %q; hidden is not deleted", refText(f.Ref), fate(f), contactsync.Hidden)
		}
	}
	if c, named := s.drain(next).last(made.ID); named && (c.Record != nil || c.Removed == contactsync.Deleted) {
		s.Errorf("Changes after a record was hidden: told as %q with record %v, want %q, or nothing", c.Removed, c.Record != nil, contactsync.Hidden)
	}
	if c, named := s.drain("").last(made.ID); named && c.Record != nil {
		s.Errorf("Changes from the zero cursor: a hidden record is listed")
	}
	if res := s.apply(upd)[0]; !errors.Is(res.Err, contactsync.ErrDenied) && !errors.Is(res.Err, contactsync.ErrNotFound) {
		s.Errorf("Apply of an update of a hidden record: error %v, want ErrDenied", res.Err)
	}
	del := contactsync.Write{Op: contactsync.Delete, ID: made.ID, Version: upd.Version}
	if s.apply(del); s.get(contactsync.Ref{ID: made.ID})[0].Removed != contactsync.Hidden {
		s.Errorf("Apply of a delete of a hidden record: it was carried out")
	}
	s.read(kept)
}

func (s *session) checkMerged() {
	if s.merge == nil {
		return
	}
	w := s.creating(1)
	loser, survivor := s.do(w).ID, s.create(2).ID
	next := s.drain("").next
	s.call("Merge", s.merge(loser, survivor))

	for _, f := range s.get(contactsync.Ref{ID: loser}, contactsync.Ref{Stamp: w.Stamp}) {
		if f.Removed != contactsync.Merged || f.Into != survivor {
			s.Errorf("Get of %s, merged into %q: %s into %q", refText(f.Ref), short(survivor), fate(f), short(f.Into))
		}
	}
	r := s.drain(next)
	s.wantRemoved("Changes after a merge", r, loser, contactsync.Merged, contactsync.Unknown)
	if c, _ := r.last(loser); c.Removed == contactsync.Merged && c.Into != survivor {
		s.Errorf("Changes after a merge: into %q, want the survivor %q", short(c.Into), short(survivor))
	}
	s.read(survivor)
}

// checkCreateHidden: ErrNotFound would be taken for a deletion, and the other side's contact be deleted with it.
func (s *session) checkCreateHidden() {
	if s.hide == nil {
		return
	}
	w := s.creating(1)
	id := s.do(w).ID
	s.call("Hide", s.hide(id))
	if res := s.apply(w)[0]; !errors.Is(res.Err, contactsync.ErrDenied) {
		s.Errorf("Apply of a create whose record is hidden from the user: error %v, want ErrDenied; it is there, and was not deleted", res.Err)
	}
	if f := s.get(contactsync.Ref{Stamp: w.Stamp})[0]; f.Removed != contactsync.Hidden {
		s.Errorf("Get of the stamp of a hidden record after its create was repeated: %s, want %q", fate(f), contactsync.Hidden)
	}
}

// checkCreateMerged: the person lives on in the survivor, as long as that lives.
func (s *session) checkCreateMerged() {
	if s.merge == nil {
		return
	}
	w := s.creating(1)
	loser, survivor := s.do(w).ID, s.create(2).ID
	s.call("Merge", s.merge(loser, survivor))
	now := s.read(survivor)
	res := s.do(w)
	if res.ID != survivor || !res.Existed {
		s.Errorf("Apply of a create whose record was merged into %q: id %q and Existed %v, want the survivor and true", short(survivor), short(res.ID), res.Existed)
	}
	for name, want := range now.Fields.All() {
		if got, known := res.Stored.Get(name); !known || !sameRaw(got, want) {
			s.Errorf("Apply of a create whose record was merged: Stored has %q for field %q, the survivor has %q", got, name, want)
		}
	}
	if got := s.read(survivor); got.Version != now.Version {
		s.Errorf("Get of the survivor after the create of the other was repeated: version %q, want %q: it stays as it is", got.Version, now.Version)
	}
	if s.hide != nil {
		s.checkSurvivorHidden()
	}
	s.remove(survivor)
	if res := s.apply(w)[0]; !errors.Is(res.Err, contactsync.ErrNotFound) {
		s.Errorf("Apply of a create whose record was merged into one that was deleted since: error %v, want ErrNotFound", res.Err)
	}
	s.wantGone(contactsync.Ref{ID: survivor})
	if f := s.get(contactsync.Ref{ID: loser})[0]; f.Removed != contactsync.Deleted || f.Into != "" && f.Into != survivor {
		s.Errorf("Get of what was merged into %q, which was deleted since: %s into %q", short(survivor), fate(f), short(f.Into))
	}
}

func (s *session) checkSurvivorHidden() {
	s.Helper()
	w := s.creating(3)
	loser, survivor := s.do(w).ID, s.create(4).ID
	s.call("Merge", s.merge(loser, survivor))
	s.call("Hide", s.hide(survivor))
	if res := s.apply(w)[0]; !errors.Is(res.Err, contactsync.ErrDenied) {
		s.Errorf("Apply of a create whose record was merged into one hidden from the user: error %v, want ErrDenied", res.Err)
	}
}

// call ends the check when the host's own helper fails.
func (s *session) call(name string, err error) {
	s.Helper()
	if err != nil {
		s.Fatalf("the config's %s: %v", name, err)
	}
}

func (s *session) checkFieldTimes() {
	ft, can := s.store.(contactsync.FieldTimes)
	if !can {
		return
	}
	id := s.create(1).ID
	f := s.text()
	s.update(id, s.set(f.Name, "changed last"))
	times, err := ft.FieldTimes(s.Context(), s.sc, id, []string{f.Name, "no field of the schema"})
	if err != nil {
		s.Fatalf("FieldTimes: %v", err)
	}
	for name, at := range times {
		if name != f.Name || at.IsZero() {
			s.Errorf("FieldTimes of %q: %q at %v; what is not known is left out", f.Name, name, at)
		}
	}
}

var _ testing.TB = (*session)(nil)
