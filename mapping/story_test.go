package mapping_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// story is one carrying. Values are written with "|" between entries, one string for each field of the rule.
type story struct {
	name    string
	to      record.Side
	crm     []string
	outlook []string
	want    []string // what the side to shall hold
	loss    mapping.Loss
}

func tell(t *testing.T, s subject, stories []story) {
	t.Helper()
	r := s.compile(t)
	for _, st := range stories {
		t.Run(st.name, func(t *testing.T) {
			source, target := parse(st.crm), parse(st.outlook)
			if st.to == record.CRM {
				source, target = target, source
			}
			got := r.Carry(st.to, source, target)
			if diff := cmp.Diff(st.want, show(got)); diff != "" {
				t.Errorf("Carry(%v) of crm %q, outlook %q mismatch (-want +got):\n%s", st.to, st.crm, st.outlook, diff)
			}
			if loss := r.Loss(st.to, source, target); loss != st.loss {
				t.Errorf("Loss(%v) of crm %q, outlook %q = %q, want %q", st.to, st.crm, st.outlook, loss, st.loss)
			}
		})
	}
}

func parse(fields []string) []record.Value {
	values := make([]record.Value, len(fields))
	for i, f := range fields {
		if f != "" {
			values[i] = strings.Split(f, "|")
		}
	}
	return values
}

func show(values []record.Value) []string {
	fields := make([]string, len(values))
	for i, v := range values {
		fields[i] = strings.Join(v, "|")
	}
	return fields
}
