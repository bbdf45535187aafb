package contactsynctest

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// session is one check's way to a Store or a Directory. Its methods end the check when a call answers in a way that no
// check can go on from.
type session struct {
	testing.TB
	store  contactsync.Store
	dir    contactsync.Directory // nil for a Store
	sc     contactsync.Scope
	schema *record.Schema
	sample func(n int) record.Fields
	// required are fields that must always have a value; nil when the host does not say.
	required []string

	// What the host lets the checks do and know beside the interface; nil or zero when it does not.
	hide     func(id string) error
	merge    func(loser, survivor string) error
	move     func(id, folder string) error
	copy     func(id, folder string) error
	stranger *contactsync.Scope
	// ignoresVersions: the service overwrites whatever the version.
	ignoresVersions bool
	noMailbox       *contactsync.Mailbox
}

func newSession(t testing.TB, s contactsync.Store, sc contactsync.Scope, schema *record.Schema, sample func(int) record.Fields) *session {
	sc.Kind = schema.Kind()
	if sc.Fields == nil {
		sc.Fields = sortedNames(schema)
	}
	if sample == nil {
		sample = func(n int) record.Fields { return Sample(schema, n) }
	}
	return &session{TB: t, store: s, sc: sc, schema: schema, sample: sample}
}

// newStamp returns a stamp that nobody has used, in the form and length of the engine's.
func newStamp() string {
	return "1" + strings.ToLower(rand.Text()+rand.Text())
}

// apply carries out writes and checks the form of the answer.
func (s *session) apply(writes ...contactsync.Write) []contactsync.Result {
	s.Helper()
	results, err := s.store.Apply(s.Context(), s.sc, writes)
	if err != nil {
		s.Fatalf("Apply of %s: error %v; what is wrong with one write belongs in its Result", describe(writes), err)
	}
	if len(results) != len(writes) {
		s.Fatalf("Apply of %s: %d results for %d writes, want one each", describe(writes), len(results), len(writes))
	}
	return results
}

// do carries out one write that must succeed.
func (s *session) do(w contactsync.Write) contactsync.Result {
	s.Helper()
	res := s.apply(w)[0]
	if res.Err != nil {
		s.Fatalf("Apply of %s: %v, want it carried out", describe([]contactsync.Write{w}), res.Err)
	}
	if w.Op != contactsync.Delete && res.ID == "" {
		s.Fatalf("Apply of %s: a Result without an id", describe([]contactsync.Write{w}))
	}
	return res
}

// create makes sample n under a new stamp.
func (s *session) create(n int) contactsync.Result {
	s.Helper()
	return s.do(s.creating(n))
}

func (s *session) creating(n int) contactsync.Write {
	return contactsync.Write{Op: contactsync.Create, Stamp: newStamp(), Set: s.sample(n)}
}

// update writes values to a record on the strength of what Get answers now.
func (s *session) update(id string, set record.Fields) contactsync.Result {
	s.Helper()
	return s.do(s.updating(id, set))
}

func (s *session) updating(id string, set record.Fields) contactsync.Write {
	s.Helper()
	was := s.read(id)
	return contactsync.Write{Op: contactsync.Update, ID: id, Version: was.Version, Set: set, Was: &was}
}

// remove deletes a record on the strength of what Get answers now.
func (s *session) remove(id string) {
	s.Helper()
	s.do(contactsync.Write{Op: contactsync.Delete, ID: id, Version: s.read(id).Version})
}

// get asks for refs and checks the form of the answer.
func (s *session) get(refs ...contactsync.Ref) []contactsync.Found {
	s.Helper()
	return s.getIn(s.sc, refs...)
}

func (s *session) getIn(sc contactsync.Scope, refs ...contactsync.Ref) []contactsync.Found {
	s.Helper()
	found, err := s.store.Get(s.Context(), sc, refs)
	if err != nil {
		s.Fatalf("Get of %d refs: error %v; what is not there is an answer, not an error", len(refs), err)
	}
	if len(found) != len(refs) {
		s.Fatalf("Get of %d refs: %d answers, want one for every ref", len(refs), len(found))
	}
	for i, f := range found {
		if f.Ref != refs[i] {
			s.Fatalf("Get: answer %d is for %s, want %s: answers come in the order of the refs", i, refText(f.Ref), refText(refs[i]))
		}
		if (len(f.Records) == 0) == (f.Removed == "") {
			s.Fatalf("Get of %s: %d records and Removed %q; want records, or a reason why there are none", refText(f.Ref), len(f.Records), f.Removed)
		}
	}
	return found
}

// read returns the record that must be there.
func (s *session) read(id string) record.Record {
	s.Helper()
	f := s.get(contactsync.Ref{ID: id})[0]
	if len(f.Records) != 1 || f.Records[0].ID != id {
		s.Fatalf("Get of %s: %s, want the record", refText(f.Ref), fate(f))
	}
	return f.Records[0]
}

// wantGone fails unless Get says that the record was deleted.
func (s *session) wantGone(ref contactsync.Ref) {
	s.Helper()
	if f := s.get(ref)[0]; f.Removed != contactsync.Deleted {
		s.Errorf("Get of %s after it was deleted: %s, want %q", refText(ref), fate(f), contactsync.Deleted)
	}
}

// wantFields fails unless the record holds the values, where those that the side says it stored count more than those sent.
func (s *session) wantFields(what string, got record.Fields, sent, stored record.Fields) {
	s.Helper()
	for name, want := range sent.All() {
		words := "as sent"
		if kept, known := stored.Get(name); known {
			want, words = kept, "as the Result said it was stored"
		}
		have, known := got.Get(name)
		switch {
		case !known:
			s.Errorf("%s: field %q is not known, want it %s", what, name, words)
		case !sameRaw(have, want):
			s.Errorf("%s: field %q is %q, want it %s: %q; a side that keeps another form says so in Result.Stored", what, name, have, words, want)
		}
	}
}

func sameRaw(a, b record.Value) bool {
	a, b = record.Raw(a), record.Raw(b)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// set builds the values of one field.
func (s *session) set(field string, entries ...string) record.Fields {
	return s.schema.Build().Set(field, entries...).Fields()
}

// text returns a field that holds one text and can be written.
func (s *session) text() record.Field {
	s.Helper()
	for _, want := range []record.Type{record.Text, record.Name} {
		for _, f := range s.schema.Fields() {
			if f.Type == want && f.Shape == record.One && !f.ReadOnly && s.sample(1).Known(f.Name) {
				return f
			}
		}
	}
	s.Fatal("the samples hold no field of type Text or Name with one entry, which the checks change")
	return record.Field{}
}

// describe names writes without their values.
func describe(writes []contactsync.Write) string {
	var b strings.Builder
	for i, w := range writes {
		if i == 3 {
			return b.String() + fmt.Sprintf(", ... (%d writes)", len(writes))
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(w.Op))
		if w.ID != "" {
			fmt.Fprintf(&b, " %q", short(w.ID))
		}
		if w.Stamp != "" {
			fmt.Fprintf(&b, " stamped %q", short(w.Stamp))
		}
	}
	return b.String()
}

func refText(r contactsync.Ref) string {
	if r.Stamp != "" {
		return fmt.Sprintf("stamp %q", short(r.Stamp))
	}
	return fmt.Sprintf("id %q", short(r.ID))
}

func short(s string) string {
	if len(s) > 80 {
		return s[:60] + "..." + s[len(s)-10:]
	}
	return s
}

func fate(f contactsync.Found) string {
	if f.Removed == "" {
		return fmt.Sprintf("%d records", len(f.Records))
	}
	return fmt.Sprintf("%q", f.Removed)
}
