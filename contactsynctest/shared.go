package contactsynctest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// sharedChecks hold for a Store and for a Directory.
var sharedChecks = concat(writeChecks, readChecks, changeChecks)

const (
	ruleResults   = "Apply carries out writes, one Result each, in their order."
	ruleStale     = "An update or delete whose version is stale is refused with [ErrStale]; one without a version is carried out whatever the version is."
	ruleGone      = "A delete of what is gone, or of an id that never was, succeeds; an update of either is [ErrNotFound]."
	ruleOneBad    = "One refused write does not keep the others from being carried out."
	ruleOwnResult = "An error of a method stops the run, which is then tried again from where it stood; what is wrong with a single record belongs in its [Result]."
	ruleStored    = "Stored holds the values as the side kept them; the zero Fields means as sent."
	ruleSet       = "Set holds whole values of the fields to write; for an update those that change, known and empty meaning clear."
	ruleErr       = "Err is why this one write was not carried out: [ErrStale], [ErrNotFound], [ErrDenied], [*InvalidError] or [*record.ValueError], [*ThrottledError], or anything else, which is tried again later."
	ruleVersion   = "Version is the version the write is based on; empty where the side has no versions."
	ruleSafe      = "All methods must be safe for concurrent use."
	ruleGet       = "Get answers for every ref, an id or a create's stamp, in their order: present with the record, deleted, hidden, merged into another, or unknown."
	ruleIntoGone  = "Deleted: the id of a survivor that has been deleted since, where the side knows it."
	ruleGetReads  = "A side may give more, and may leave out of Changes what it can only read at a cost; Get always reads all of them."
	ruleRecords   = "Records is empty when the record is not there; then Removed says why."
	ruleUnknown   = "In Found it means that nothing may be concluded."
)

var writeChecks = []check[*session]{
	{"Apply/create", []string{ruleResults, ruleStored}, (*session).checkCreate},
	{"Apply/create of few fields", []string{ruleGetReads}, (*session).checkSparseCreate},
	{"Apply/many writes in order", []string{ruleResults}, (*session).checkOrder},
	{"Apply/nothing", []string{ruleResults}, (*session).checkNoWrites},
	{"Apply/update only what is set", []string{ruleSet, ruleStored}, (*session).checkUpdate},
	{"Apply/clear", []string{ruleSet}, (*session).checkClear},
	{"Apply/texts of all kinds", []string{ruleStored}, (*session).checkTexts},
	{"Apply/stale update", []string{ruleStale, ruleVersion}, (*session).checkStaleUpdate},
	{"Apply/stale delete", []string{ruleStale}, (*session).checkStaleDelete},
	{"Apply/without a version", []string{ruleStale}, (*session).checkNoVersion},
	{"Apply/delete what is gone", []string{ruleGone}, (*session).checkDeleteTwice},
	{"Apply/update what is not there", []string{ruleGone, ruleErr}, (*session).checkUpdateNothing},
	{"Apply/an id that never was", []string{ruleGone, ruleOwnResult, ruleDirID}, (*session).checkNobody},
	{"Apply/a bad write among good ones", []string{ruleOneBad, ruleOwnResult}, (*session).checkBadAmongGood},
	{"Apply/a value that does not fit", []string{ruleErr, ruleStored}, (*session).checkTooMuch},
	{"Apply/updates of one record at once", []string{ruleSafe, ruleStale}, (*session).checkRace},
}

func (s *session) checkCreate() {
	w := s.creating(1)
	res := s.do(w)
	if res.Existed {
		s.Errorf("Apply of a create under a new stamp says Existed")
	}
	got := s.read(res.ID)
	s.wantFields("Get after a create", got.Fields, w.Set, res.Stored)
	for name, sent := range w.Set.All() {
		f, _ := s.schema.Field(name)
		if kept, _ := got.Fields.Get(name); !f.Equal(kept, sent, s.sc.Locale) {
			s.Errorf("Get after a create: field %q is %q, which says another thing than what was sent: %q; let Sample set what the side can keep", name, kept, sent)
		}
	}
	if got.Version != res.Version {
		s.Errorf("Get after a create: version %q, the Result said %q", got.Version, res.Version)
	}
	if !res.Modified.IsZero() && !got.Modified.Equal(res.Modified) {
		s.Errorf("Get after a create: modified %v, the Result said %v", got.Modified, res.Modified)
	}
}

// checkSparseCreate: a field that was not set is known to be empty, or rules about it would rest for ever.
func (s *session) checkSparseCreate() {
	field := s.text().Name
	w := s.creating(1)
	w.Set = w.Set.Only(func(name string) bool { return name == field || slices.Contains(s.required, name) })
	got := s.read(s.do(w).ID)
	for _, name := range s.sc.Fields {
		if !got.Fields.Known(name) {
			s.Errorf("Get of a record made with field %q and what is required: field %q is not known; an empty field of the schema is known and empty", field, name)
		}
	}
}

func (s *session) checkOrder() {
	var writes []contactsync.Write
	for n := range 45 { // more than one of Graph's batches
		writes = append(writes, s.creating(n))
	}
	made := map[string]int{}
	for i, res := range s.apply(writes...) {
		if res.Err != nil || res.ID == "" {
			s.Fatalf("Apply of 45 creates: result %d has id %q and error %v", i, short(res.ID), res.Err)
		}
		if j, twice := made[res.ID]; twice {
			s.Fatalf("Apply of 45 creates: results %d and %d have the same id %q", j, i, short(res.ID))
		}
		made[res.ID] = i
		if f := s.get(contactsync.Ref{Stamp: writes[i].Stamp})[0]; len(f.Records) != 1 || f.Records[0].ID != res.ID {
			s.Errorf("Get of the stamp of create %d of 45: %s, want the record that result %d names", i, fate(f), i)
		}
		s.wantFields(fmt.Sprintf("Get of the record that result %d of 45 names", i), s.read(res.ID).Fields, writes[i].Set, res.Stored)
	}
}

func (s *session) checkNoWrites() {
	s.apply()
	s.get()
}

func (s *session) checkUpdate() {
	before := s.create(1)
	old := s.read(before.ID).Fields
	field := s.text().Name
	changed := s.sample(2).Only(func(name string) bool { return name == field })
	res := s.update(before.ID, changed)
	if res.ID != before.ID {
		s.Errorf("Apply of an update of %q: the Result is for %q", short(before.ID), short(res.ID))
	}
	got := s.read(before.ID)
	s.wantFields("Get after an update", got.Fields, changed, res.Stored)
	s.wantFields("Get after an update of another field", got.Fields, old.Only(func(name string) bool { return name != field }), record.Fields{})
	if got.Version != res.Version {
		s.Errorf("Get after an update: version %q, the Result said %q", got.Version, res.Version)
	}
	if before.Version != "" && res.Version == before.Version {
		s.Errorf("Apply of an update: version %q as before it", res.Version)
	}
	if !res.Modified.IsZero() && !got.Modified.Equal(res.Modified) {
		s.Errorf("Get after an update: modified %v, the Result said %v", got.Modified, res.Modified)
	}
}

// checkClear: known and empty clears, of any shape; not known leaves alone.
func (s *session) checkClear() {
	id := s.create(1).ID
	full := s.read(id).Fields
	for _, f := range s.schema.Fields() {
		if v, known := full.Get(f.Name); f.ReadOnly || !known || v.IsEmpty() || !s.clearable(f) {
			continue
		}
		res := s.update(id, s.set(f.Name))
		if v, _ := s.read(id).Fields.Get(f.Name); !f.Equal(v, nil, s.sc.Locale) {
			if kept, known := res.Stored.Get(f.Name); known && sameRaw(kept, v) && s.dir != nil {
				continue // the service would not clear it, and the Result says so
			}
			s.Errorf("Get after an update that clears %q: it is %q", f.Name, v)
		}
	}
}

// clearable: the name of a person must stay in many a CRM, whose host may not have said which.
func (s *session) clearable(f record.Field) bool {
	if s.required == nil {
		return f.Type != record.Name
	}
	return !slices.Contains(s.required, f.Name)
}

// texts are what people write, and what breaks storage.
var texts = []string{
	"Zoë Müller-Łukasiewicz", "Nguyễn Thị Ánh", "王小明", "محمد عبد الله", "🦊 fox 👩‍👩‍👧", "e\u0301 is not \u00e9",
	`O'Brien "Bob" \ ; DROP TABLE contacts; --`, "<b>&amp;</b> %s %d ${x} {{y}}", "tab\there", "  spaces  around  ",
	"naïve\u00a0no-break", "\u200eleft-to-right mark", "null", "0", "line one\nline two\n\nline four",
}

func (s *session) checkTexts() {
	f := s.text()
	id := s.create(1).ID
	for _, text := range texts {
		if f.Type == record.Name {
			text = strings.Join(strings.Fields(text), " ")
		}
		set := s.set(f.Name, cut(text, f.MaxLen))
		res := s.update(id, set)
		s.wantFields(fmt.Sprintf("Get after %q was written", text), s.read(id).Fields, set, res.Stored)
	}
}

// honoursVersions reports whether a stale version can be told from a fresh one.
func (s *session) honoursVersions(res contactsync.Result) bool {
	return res.Version != "" && !s.ignoresVersions
}

func (s *session) checkStaleUpdate() {
	made := s.create(1)
	if !s.honoursVersions(made) {
		return
	}
	field := s.text().Name
	s.update(made.ID, s.set(field, "newer"))
	current := s.read(made.ID)
	res := s.apply(contactsync.Write{Op: contactsync.Update, ID: made.ID, Version: made.Version, Set: s.set(field, "too late")})[0]
	if !errors.Is(res.Err, contactsync.ErrStale) {
		s.Errorf("Apply of an update based on a version that is not the current one: error %v, want ErrStale", res.Err)
	}
	if got := s.read(made.ID); got.Version != current.Version || got.Fields.Text(field) != current.Fields.Text(field) {
		s.Errorf("Get after a stale update: it was carried out")
	}
	if res := s.update(made.ID, s.set(field, "in time")); res.Version == current.Version {
		s.Errorf("Apply of an update after a stale one: version %q as before it", res.Version)
	}
}

func (s *session) checkStaleDelete() {
	made := s.create(1)
	if !s.honoursVersions(made) {
		return
	}
	s.update(made.ID, s.set(s.text().Name, "newer"))
	res := s.apply(contactsync.Write{Op: contactsync.Delete, ID: made.ID, Version: made.Version})[0]
	if !errors.Is(res.Err, contactsync.ErrStale) {
		s.Errorf("Apply of a delete based on a version that is not the current one: error %v, want ErrStale: somebody has changed the record since", res.Err)
	}
	s.read(made.ID)
}

// checkNoVersion: the engine has none where the side gave none with the record.
func (s *session) checkNoVersion() {
	made := s.create(1)
	set := s.set(s.text().Name, "by no version")
	s.update(made.ID, s.set(s.text().Name, "newer"))
	was := s.read(made.ID)
	res := s.do(contactsync.Write{Op: contactsync.Update, ID: made.ID, Set: set, Was: &was})
	got := s.read(made.ID)
	s.wantFields("Get after an update without a version", got.Fields, set, res.Stored)
	if was.Version != "" && got.Version == was.Version {
		s.Errorf("Get after an update without a version: version %q as before it", got.Version)
	}
	s.do(contactsync.Write{Op: contactsync.Delete, ID: made.ID})
	s.wantGone(contactsync.Ref{ID: made.ID})
}

func (s *session) checkDeleteTwice() {
	made := s.create(1)
	del := contactsync.Write{Op: contactsync.Delete, ID: made.ID, Version: s.read(made.ID).Version}
	s.do(del)
	s.wantGone(contactsync.Ref{ID: made.ID})
	if res := s.apply(del)[0]; res.Err != nil {
		s.Errorf("Apply of a delete of what is gone: %v, want success", res.Err)
	}
	s.wantGone(contactsync.Ref{ID: made.ID})
}

func (s *session) checkUpdateNothing() {
	made := s.create(1)
	w := s.updating(made.ID, s.set(s.text().Name, "nobody"))
	s.remove(made.ID)
	if res := s.apply(w)[0]; !errors.Is(res.Err, contactsync.ErrNotFound) {
		s.Errorf("Apply of an update of a record that was deleted: error %v, want ErrNotFound", res.Err)
	}
	s.wantGone(contactsync.Ref{ID: made.ID})
}

func (s *session) checkNobody() {
	kept, field := s.create(1), s.text().Name
	before := s.read(kept.ID)
	for _, id := range nobodies {
		results := s.apply(
			contactsync.Write{Op: contactsync.Delete, ID: id, Version: kept.Version},
			contactsync.Write{Op: contactsync.Delete, ID: id},
			contactsync.Write{Op: contactsync.Update, ID: id, Version: kept.Version, Set: s.set(field, "nobody"), Was: &before},
		)
		for i, what := range []string{"delete", "delete without a version", "update"} {
			err := results[i].Err
			var invalid *contactsync.InvalidError
			switch {
			case s.dir != nil && errors.As(err, &invalid):
			case i < 2 && err != nil:
				s.Errorf("Apply of a %s of id %q, which nobody gave: %v, want success", what, short(id), err)
			case i == 2 && !errors.Is(err, contactsync.ErrNotFound):
				s.Errorf("Apply of an update of id %q, which nobody gave: error %v, want ErrNotFound", short(id), err)
			}
		}
		if f := s.get(contactsync.Ref{ID: id})[0]; len(f.Records) > 0 {
			s.Errorf("Get of id %q, which nobody gave, after writes to it: a record", short(id))
		}
	}
	if got := s.read(kept.ID); got.Version != before.Version {
		s.Errorf("Get of a record after writes to ids that never were: version %q, want %q", got.Version, before.Version)
	}
}

func (s *session) checkBadAmongGood() {
	gone, kept := s.create(1), s.create(2)
	bad := s.updating(gone.ID, s.set(s.text().Name, "nobody"))
	s.remove(gone.ID)
	good := s.updating(kept.ID, s.set(s.text().Name, "carried out"))
	first, last := s.creating(3), s.creating(4)
	results := s.apply(first, bad, good, last)
	for i, wantErr := range []bool{false, true, false, false} {
		if (results[i].Err != nil) != wantErr {
			s.Errorf("Apply of create, update of a deleted record, update, create: result %d has error %v", i, results[i].Err)
		}
	}
	for i, w := range []contactsync.Write{0: first, 2: good, 3: last} {
		if w.Op != "" && results[i].Err == nil {
			s.wantFields(fmt.Sprintf("Get after result %d beside a refused write", i), s.read(results[i].ID).Fields, w.Set, results[i].Stored)
		}
	}
}

// checkTooMuch: a value past the schema's limit is refused by name, or kept in a form that the Result tells.
func (s *session) checkTooMuch() {
	id := s.create(1).ID
	for _, f := range s.schema.Fields() {
		v, fits := tooMuch(f)
		if !fits || f.ReadOnly {
			continue
		}
		set := s.set(f.Name, v...)
		res := s.apply(s.updating(id, set))[0]
		at, named := fieldAtFault(res.Err)
		switch {
		case res.Err == nil:
			s.wantFields("Get after a value past the limits was taken", s.read(id).Fields, set, res.Stored)
		case !named:
			s.Errorf("Apply of a value that field %q cannot hold: error %v, want an *InvalidError or a *record.ValueError", f.Name, res.Err)
		case at != f.Name:
			s.Errorf("Apply of a value that field %q cannot hold: the error names %q", f.Name, at)
		case strings.Contains(res.Err.Error(), v[0]):
			s.Errorf("Apply of a value that field %q cannot hold: the error shows the value", f.Name)
		}
	}
}

// fieldAtFault is the field that an error about a value names, and whether it is such an error.
func fieldAtFault(err error) (string, bool) {
	var invalid *contactsync.InvalidError
	var value *record.ValueError
	switch {
	case errors.As(err, &invalid):
		return invalid.Field, true
	case errors.As(err, &value):
		return value.Field, true
	}
	return "", false
}

// tooMuch returns a value that the field cannot hold, and whether it has a limit.
func tooMuch(f record.Field) (record.Value, bool) {
	switch {
	case f.Type != record.Text && f.Type != record.Name && f.Type != record.Email:
		return nil, false
	case f.MaxCount > 0 && f.Shape != record.One:
		v := make(record.Value, f.MaxCount+1)
		for i := range v {
			v[i] = sampleEntry(f, 7, 7, i)
		}
		return v, true
	case f.MaxLen > 0 && f.Type != record.Email:
		return record.Value{strings.Repeat("x", f.MaxLen+1)}, true
	}
	return nil, false
}

// checkRace: of several updates based on one version, one is carried out.
func (s *session) checkRace() {
	made := s.create(1)
	writes := make([]contactsync.Write, 8)
	for i := range writes {
		writes[i] = s.updating(made.ID, s.set(s.text().Name, fmt.Sprintf("writer %d", i)))
	}
	results := make([][]contactsync.Result, len(writes))
	errs := make([]error, len(writes))
	var wg sync.WaitGroup
	for i := range writes {
		wg.Go(func() { results[i], errs[i] = s.store.Apply(s.Context(), s.sc, writes[i:i+1]) })
	}
	wg.Wait()
	won := 0
	for i := range writes {
		if errs[i] != nil || len(results[i]) != 1 {
			s.Fatalf("Apply from 8 goroutines: %d results and error %v for 1 write", len(results[i]), errs[i])
		}
		if results[i][0].Err == nil {
			won++
		} else if !errors.Is(results[i][0].Err, contactsync.ErrStale) {
			s.Errorf("Apply from 8 goroutines of updates based on one version: error %v, want ErrStale", results[i][0].Err)
		}
	}
	if s.honoursVersions(made) && won != 1 {
		s.Errorf("Apply from 8 goroutines of updates based on one version: %d were carried out, want 1", won)
	}
}

var readChecks = []check[*session]{
	{"Get/every ref in order", []string{ruleGet}, (*session).checkGetOrder},
	{"Get/what nobody made", []string{ruleGet, ruleUnknown}, (*session).checkGetUnknown},
	{"Get/many refs", []string{ruleGet}, (*session).checkGetMany},
	{"Get/by stamp", []string{ruleGet}, (*session).checkGetStamp},
	{"Get/all wanted fields", []string{ruleGetReads}, (*session).checkGetFields},
	{"Get/deleted", []string{ruleGet, ruleRecords}, (*session).checkGetDeleted},
}

func (s *session) checkGetOrder() {
	w := s.creating(1)
	a, b, gone := s.do(w).ID, s.create(2).ID, s.create(3).ID
	s.remove(gone)
	refs := []contactsync.Ref{{ID: b}, {ID: "nobody"}, {ID: gone}, {Stamp: w.Stamp}, {ID: a}, {ID: b}}
	found := s.get(refs...)
	for i, want := range []string{b, "", "", a, a, b} {
		switch {
		case want == "" && len(found[i].Records) > 0:
			s.Errorf("Get of 6 refs: answer %d has a record, want none", i)
		case want != "" && (len(found[i].Records) != 1 || found[i].Records[0].ID != want):
			s.Errorf("Get of 6 refs: answer %d is %s, want record %q", i, fate(found[i]), short(want))
		}
	}
}

// nobodies are ids and stamps that no side gave.
var nobodies = []string{"nobody", strings.Repeat("n", 600), "nöbödy", "no'body\"; --", "no body/?#%2e"}

func (s *session) checkGetUnknown() {
	for _, id := range nobodies {
		for _, ref := range []contactsync.Ref{{ID: id}, {Stamp: id}} {
			f := s.get(ref)[0]
			// What says Deleted of an id that it never gave is a side without a memory: allowed for an id, as it means that
			// there is no such record, never for a stamp, whose create may still be under way.
			if f.Removed != contactsync.Unknown && (ref.ID == "" || f.Removed != contactsync.Deleted) {
				s.Errorf("Get of %s, which nobody made: %s, want %q", refText(ref), fate(f), contactsync.Unknown)
			}
		}
	}
}

func (s *session) checkGetMany() {
	a, b := s.create(1).ID, s.create(2).ID
	refs := []contactsync.Ref{{ID: a}}
	for i := range 1500 {
		refs = append(refs, contactsync.Ref{ID: fmt.Sprintf("nobody-%d", i)})
	}
	refs = append(refs, contactsync.Ref{ID: b})
	found := s.get(refs...)
	if len(found[0].Records) != 1 || len(found[len(found)-1].Records) != 1 {
		s.Errorf("Get of 1502 refs: the first is %s and the last %s, want both there", fate(found[0]), fate(found[len(found)-1]))
	}
}

func (s *session) checkGetStamp() {
	w, other := s.creating(1), s.creating(2)
	made := s.do(w)
	s.do(other)
	f := s.get(contactsync.Ref{Stamp: w.Stamp})[0]
	if len(f.Records) != 1 || f.Records[0].ID != made.ID {
		s.Fatalf("Get of the stamp of a create: %s, want the record", fate(f))
	}
	for _, r := range []record.Record{f.Records[0], s.read(made.ID)} {
		if !r.StampRead || r.Stamp != w.Stamp {
			s.Errorf("Get: StampRead %v and stamp %q, want the stamp of the create: %q", r.StampRead, r.Stamp, w.Stamp)
		}
	}
}

func (s *session) checkGetFields() {
	got := s.read(s.create(1).ID)
	for _, name := range s.sc.Fields {
		if !got.Fields.Known(name) {
			s.Errorf("Get: field %q is not known, but Scope.Fields has it", name)
		}
	}
}

func (s *session) checkGetDeleted() {
	ids := []string{s.create(1).ID, s.create(2).ID, s.create(3).ID}
	s.remove(ids[1])
	s.wantGone(contactsync.Ref{ID: ids[1]})
	for _, id := range slices.Delete(ids, 1, 2) {
		s.read(id)
	}
}
