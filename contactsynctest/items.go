package contactsynctest

import (
	"errors"
	"slices"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// itemChecks are about what Outlook items are beyond records.
var itemChecks = []check[*session]{
	{"Apply/an update takes on the stamp", []string{ruleTakesOn, ruleDirStamp}, (*session).checkTakesOn},
	{"Apply/create again or not", []string{ruleDirCreate, ruleCopies}, (*session).checkSecondCreate},
	{"Get/the stamp of what was deleted", []string{ruleStampGone, ruleGoneID}, (*session).checkStampDeleted},
	{"Get/moved", []string{ruleDirGone, ruleDirMoved}, (*session).checkMoved},
	{"Get/copied", []string{ruleCopies}, (*session).checkCopied},
	{"BlindUpdate", []string{ruleBlind, ruleDirVersion}, (*session).checkBlind},
}

func (s *session) checkTakesOn() {
	w := s.creating(1)
	w.Stamp = "" // as a person makes it in Outlook
	made := s.do(w)
	if got := s.read(made.ID); !got.StampRead || got.Stamp != "" {
		s.Errorf("Get of an item without a stamp: StampRead %v and stamp %q, want true and none", got.StampRead, got.Stamp)
	}
	upd := s.updating(made.ID, s.set(s.text().Name, "taken on"))
	upd.Stamp = newStamp()
	s.do(upd)
	if got := s.read(made.ID); got.Stamp != upd.Stamp {
		s.Errorf("Get after an update with a stamp: stamp %q, want %q", short(got.Stamp), short(upd.Stamp))
	}
	if f := s.get(contactsync.Ref{Stamp: upd.Stamp})[0]; len(f.Records) != 1 || f.Records[0].ID != made.ID {
		s.Errorf("Get of a stamp that came with an update: %s, want the item", fate(f))
	}
	s.update(made.ID, s.set(s.text().Name, "later"))
	if got := s.read(made.ID); got.Stamp != upd.Stamp {
		s.Errorf("Get after an update without a stamp: stamp %q, want %q to stay", short(got.Stamp), short(upd.Stamp))
	}
}

// checkSecondCreate: a service may make a second item or answer with the first. The search for the stamp must show all.
func (s *session) checkSecondCreate() {
	w := s.creating(1)
	want := []string{s.do(w).ID}
	again := s.do(w)
	switch {
	case again.ID == want[0] && !again.Existed:
		s.Errorf("Apply of a create repeated with its stamp: the item made the first time, without Existed")
	case again.ID != want[0] && again.Existed:
		s.Errorf("Apply of a create repeated with its stamp: Existed, but with id %q, not %q", short(again.ID), short(want[0]))
	case again.ID != want[0]:
		want = append(want, again.ID)
	}
	slices.Sort(want)
	f := s.get(contactsync.Ref{Stamp: w.Stamp})[0]
	if got := idsOf(f.Records); !slices.Equal(got, want) {
		s.Errorf("Get of a stamp after two creates under it: items %q, want %q", got, want)
	}
}

// checkStampDeleted: most services cannot find a stamp among what was deleted, and then say that they do not know.
func (s *session) checkStampDeleted() {
	w := s.creating(1)
	id := s.do(w).ID
	s.remove(id)
	if f := s.get(contactsync.Ref{Stamp: w.Stamp})[0]; f.Removed != contactsync.Deleted && f.Removed != contactsync.Unknown {
		s.Errorf("Get of the stamp of a deleted item: %s, want %q, or %q", fate(f), contactsync.Deleted, contactsync.Unknown)
	} else if f.ID != "" && f.ID != id {
		s.Errorf("Get of the stamp of a deleted item: its id was %q, want %q or nothing", short(f.ID), short(id))
	}
}

func (s *session) checkMoved() {
	if s.move == nil {
		return
	}
	w := s.creating(1)
	id, kept := s.do(w).ID, s.create(2).ID
	next := s.drain("").next
	other := *s
	other.sc.Folder = s.createFolder("Elsewhere").ID
	start := other.drain("").next
	s.call("Move", s.move(id, other.sc.Folder))

	s.wantRemoved("Changes after an item was moved away", s.drain(next), id, contactsync.Moved, contactsync.Unknown)
	if f := s.get(contactsync.Ref{ID: id})[0]; f.Removed != contactsync.Moved {
		s.Errorf("Get of an item that was moved away: %s, want %q; moved is not deleted", fate(f), contactsync.Moved)
	}
	if f := s.get(contactsync.Ref{Stamp: w.Stamp})[0]; f.Removed != contactsync.Moved || f.ID != id {
		s.Errorf("Get of the stamp of an item that was moved away: %s with id %q, want %q and %q: its create would be repeated", fate(f), short(f.ID), contactsync.Moved, short(id))
	}
	other.wantPresent("Changes of a folder after an item was moved there", other.drain(start), id, w.Set)
	if f := other.get(contactsync.Ref{Stamp: w.Stamp})[0]; len(f.Records) != 1 {
		s.Errorf("Get of the stamp in the folder an item was moved to: %s, want the item", fate(f))
	}
	s.read(kept)
}

func (s *session) checkCopied() {
	if s.copy == nil {
		return
	}
	w := s.creating(1)
	id := s.do(w).ID
	s.call("Copy", s.copy(id, s.folders()[0].ID))
	f := s.get(contactsync.Ref{Stamp: w.Stamp})[0]
	if len(f.Records) != 2 || f.Records[0].ID == f.Records[1].ID {
		s.Errorf("Get of the stamp of an item that was copied with it: %s, want both items", fate(f))
	}
	for _, r := range f.Records {
		if r.Stamp != w.Stamp || !r.StampRead {
			s.Errorf("Get of the stamp of an item that was copied: an item with stamp %q", short(r.Stamp))
		}
	}
}

// checkBlind: who says that an update may be blind must refuse a stale one.
func (s *session) checkBlind() {
	b, can := s.store.(contactsync.BlindUpdater)
	set := s.set(s.text().Name, "blind")
	if !can || !b.BlindUpdate(set) {
		return
	}
	made := s.create(1)
	s.update(made.ID, s.set(s.text().Name, "newer"))
	res := s.apply(contactsync.Write{Op: contactsync.Update, ID: made.ID, Version: made.Version, Set: set})[0]
	if !errors.Is(res.Err, contactsync.ErrStale) {
		s.Errorf("Apply of a stale update that BlindUpdate says may be sent: error %v, want ErrStale", res.Err)
	}
	fresh := s.create(2)
	s.do(contactsync.Write{Op: contactsync.Update, ID: fresh.ID, Version: fresh.Version, Set: set})
	if got := s.read(fresh.ID).Fields.Text(s.text().Name); got != "blind" {
		s.Errorf("Get after a blind update: %q", got)
	}
}
