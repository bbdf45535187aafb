package conflict_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// TestFingerprintsAreFrozen: they are stored, and one that comes out differently after an upgrade makes everything look
// edited on both sides. The typed ones are of values whose form no version changes.
func TestFingerprintsAreFrozen(t *testing.T) {
	m := &conflict.Merger{Map: compile(t, copyRule("note"), several("name", "lines")), Hash: hash}
	v := values{"note": "met in May", "name": "Ada King", "lines": "a|b"}
	w := values{"note": "", "name": "Ada", "lines": ""}
	type fingerprints struct{ Raw, Typed [2]uint64 }
	got := map[string]fingerprints{}
	for _, s := range lastSeen(m, v, w) {
		got[s.Rule] = fingerprints{s.Raw, s.Typed}
	}
	want := map[string]fingerprints{
		"note": {Raw: [2]uint64{11136266208332996155, 9379959924801796368}, Typed: [2]uint64{11136266208332996155, 9379959924801796368}},
		"name": {Raw: [2]uint64{11403543198088454484, 11243188392143544630}, Typed: [2]uint64{11403543198088454484, 11243188392143544630}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Look mismatch (-frozen +now):\n%s", diff)
	}
}

// TestTypedFormsOfAnotherVersionSayNothing: what a typed fingerprint means depends on the version it was taken under.
func TestTypedFormsOfAnotherVersionSayNothing(t *testing.T) {
	m := merger(t, "phone")
	was, spelt := values{"phone": "020 7946 0123"}, values{"phone": "+44 20 7946 0123"}
	base := lastSeen(m, was, was)
	if got := m.Changed(base, record.CRM, spelt.fields(record.CRM)); got != nil {
		t.Errorf("Changed = %v, want none: it is the same number", got)
	}
	base[0].Version++
	if diff := cmp.Diff([]string{"phone"}, m.Changed(base, record.CRM, spelt.fields(record.CRM))); diff != "" {
		t.Errorf("Changed under another version mismatch (-want +got):\n%s", diff)
	}
}

func TestEveryLossHasItsReason(t *testing.T) { // B22
	for loss, want := range map[mapping.Loss]string{
		mapping.FirstOnly: "firstOnly", mapping.Cut: "cut", mapping.NotListed: "notListed", mapping.OneWay: "oneWay", mapping.KeptOther: "keptOther",
	} {
		story{
			was: same(values{"note": "old"}), crm: values{"note": "new"}, outlook: values{"note": "old"},
			rules: []mapping.Rule{custom("note", "note", losing{record.CRM: loss})}, opt: conflict.Options{Allow: toOutlook},
			want: []string{"note: to outlook, changed, diverged " + want, "set outlook note=new"},
		}.tell(t)
	}
}
