package contactsynctest

import (
	"reflect"
	"testing"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// TestSamplesHaveEveryMember keeps what the State suite saves complete: a member that the contract gains must be set, or
// nothing would show that a State loses it.
func TestSamplesHaveEveryMember(t *testing.T) {
	known := sampleKnown("id", 1)
	known.Orphan = true
	problem := sampleProblem("c", "p")
	problem.RetryAt = noon
	report := sampleReport("c", 1)
	report.Problems = []contactsync.Problem{problem}
	conn := progressed(contactsync.Connection{
		ID: "c", Tenant: "t", User: "u", Kind: record.Contact, Folder: "f", Inactive: true,
		Mailbox: contactsync.Mailbox{Account: "a", User: "u", Cloud: "c"},
	}, 1)
	for name, v := range map[string]any{
		"link": fullLink("c", "id"), "known": known, "problem": problem, "report": report, "connection": conn,
	} {
		wantSet(t, name, reflect.ValueOf(v))
	}
}

// emptyByNature are members that are zero in a sample for a reason.
var emptyByNature = map[string]bool{
	"known.Candidate.Stranger": true, "known.Candidate.Elsewhere": true, // of CRM records, and within a run
	"problem.Answered": true, "report.Problems[last].Answered": true, // the engine fills it in where it shows a problem
}

func wantSet(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	if emptyByNature[path] {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if v.Type().NumField() > 0 && v.Type().Field(0).PkgPath == "" {
			for i := range v.NumField() {
				wantSet(t, path+"."+v.Type().Field(i).Name, v.Field(i))
			}
			return
		}
	case reflect.Array:
		for i := range v.Len() {
			if !v.Index(i).IsZero() {
				return
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			wantSet(t, path, v.Elem())
			return
		}
	case reflect.Slice:
		if v.Len() > 0 && v.Type().Elem() != reflect.TypeFor[match.Word]() {
			wantSet(t, path+"[last]", v.Index(v.Len()-1))
			return
		}
	}
	if v.IsZero() {
		t.Errorf("%s is not set", path)
	}
}
