package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

func nameParts(parts ...mapping.Part) mapping.Spec {
	return mapping.Spec{Kind: mapping.Name, Parts: parts}
}

// Preset T: infix and surname are two fields in the CRM, one in Outlook.
func TestInfixAndSurname(t *testing.T) {
	tell(t, subject{"surname", fields("c", 2, aName), fields("surname", 1, aName), nameParts(mapping.Infix, mapping.Surname)}, []story{
		{
			name: "a Dutch name is joined",
			to:   record.Outlook, crm: []string{"van der", "Berg"}, outlook: []string{""},
			want: []string{"van der Berg"},
		},
		{
			name: "and split at its infix",
			to:   record.CRM, crm: []string{"", ""}, outlook: []string{"van der Berg"},
			want: []string{"van der", "Berg"},
		},
		{
			name: "a double-barrelled surname stays whole",
			to:   record.CRM, crm: []string{"", ""}, outlook: []string{"in 't Veld-de Groot"},
			want: []string{"in 't", "Veld-de Groot"},
		},
		{
			name: "a Belgian writes the infix with a capital: it is part of the surname",
			to:   record.CRM, crm: []string{"", ""}, outlook: []string{"Van den Berghe"},
			want: []string{"", "Van den Berghe"},
		},
		{
			name: "unless the CRM has drawn the line already",
			to:   record.CRM, crm: []string{"Van den", "Berghe"}, outlook: []string{"Van den Bergh"},
			want: []string{"Van den", "Bergh"},
		},
		{
			name: "a married name changes the surname only",
			to:   record.CRM, crm: []string{"van der", "Berg"}, outlook: []string{"van der Berg - Vos"},
			want: []string{"van der", "Berg - Vos"},
		},
		{
			name: "an infix put in goes to its field",
			to:   record.CRM, crm: []string{"", "Berg"}, outlook: []string{"van den Berg"},
			want: []string{"van den", "Berg"},
		},
		{
			name: "also when the surname changes with it",
			to:   record.CRM, crm: []string{"", "Berg"}, outlook: []string{"van den Vos"},
			want: []string{"van den", "Vos"},
		},
		{
			name: "and when there was a shorter one",
			to:   record.CRM, crm: []string{"van", "Berg"}, outlook: []string{"van der Vos"},
			want: []string{"van der", "Vos"},
		},
		{
			name: "an infix that people keep in the surname stays there",
			to:   record.CRM, crm: []string{"", "van Berg"}, outlook: []string{"de Vos"},
			want: []string{"", "de Vos"},
		},
		{
			name: "an infix taken out clears its field",
			to:   record.CRM, crm: []string{"van der", "Berg"}, outlook: []string{"Berg"},
			want: []string{"", "Berg"},
		},
		{
			name: "another name altogether",
			to:   record.CRM, crm: []string{"van der", "Berg"}, outlook: []string{"de Vries"},
			want: []string{"de", "Vries"},
		},
		{
			name: "the alphabetical form is left as it is",
			to:   record.Outlook, crm: []string{"van der", "Berg"}, outlook: []string{"Berg, van der"},
			want: []string{"Berg, van der"},
		},
		{
			name: "and read",
			to:   record.CRM, crm: []string{"", ""}, outlook: []string{"Berg, van der"},
			want: []string{"van der", "Berg"},
		},
		{
			name: "a name of nothing but an infix is a surname",
			to:   record.CRM, crm: []string{"", ""}, outlook: []string{"van"},
			want: []string{"", "van"},
		},
		{
			name: "a cleared name clears both",
			to:   record.CRM, crm: []string{"van der", "Berg"}, outlook: []string{""},
			want: []string{"", ""},
		},
	})
}

// Product S: names joined to one field and split back, changing only the part that changed.
func TestFullName(t *testing.T) {
	outlook := []record.Field{
		{Name: "title", Type: record.Name}, {Name: "givenName", Type: record.Name}, {Name: "middleName", Type: record.Name},
		{Name: "surname", Type: record.Name}, {Name: "generation", Type: record.Name},
	}
	lens := nameParts(mapping.Title, mapping.Given, mapping.Middle, mapping.Surname, mapping.Suffix)
	tell(t, subject{"name", fields("name", 1, aText), outlook, lens}, []story{
		{
			name: "split",
			to:   record.Outlook, crm: []string{"Dr. Jan Piet van der Berg Jr."}, outlook: []string{"", "", "", "", ""},
			want: []string{"Dr.", "Jan", "Piet", "van der Berg", "Jr."},
		},
		{
			name: "joined",
			to:   record.CRM, crm: []string{""}, outlook: []string{"Dr.", "Jan", "Piet", "van der Berg", "Jr."},
			want: []string{"Dr. Jan Piet van der Berg Jr."},
		},
		{
			name: "only the surname changed: the line between the others stays where people drew it",
			to:   record.Outlook, crm: []string{"María José García Pérez"}, outlook: []string{"", "María José", "", "García López", ""},
			want: []string{"", "María José", "", "García Pérez", ""},
		},
		{
			name: "a middle name put in",
			to:   record.Outlook, crm: []string{"Jan Piet Berg"}, outlook: []string{"", "Jan", "", "Berg", ""},
			want: []string{"", "Jan", "Piet", "Berg", ""},
		},
		{
			name: "a title put in",
			to:   record.Outlook, crm: []string{"Prof. Jan Berg"}, outlook: []string{"", "Jan", "", "Berg", ""},
			want: []string{"Prof.", "Jan", "", "Berg", ""},
		},
		{
			name: "a degree put in",
			to:   record.Outlook, crm: []string{"Jan Berg, Ph.D."}, outlook: []string{"", "Jan", "", "Berg", ""},
			want: []string{"", "Jan", "", "Berg", "Ph.D."},
		},
		{
			name: "a second surname put behind",
			to:   record.Outlook, crm: []string{"Jan Berg Jansen"}, outlook: []string{"", "Jan", "", "Berg", ""},
			want: []string{"", "Jan", "", "Berg Jansen", ""},
		},
		{
			name: "given name taken out",
			to:   record.Outlook, crm: []string{"Berg"}, outlook: []string{"", "Jan", "", "Berg", ""},
			want: []string{"", "", "", "Berg", ""},
		},
		{
			name: "surname first, with a comma",
			to:   record.Outlook, crm: []string{"Berg, Jan van der"}, outlook: []string{"", "", "", "", ""},
			want: []string{"", "Jan", "", "van der Berg", ""},
		},
		{
			name: "a form with a comma is kept when a part changes",
			to:   record.CRM, crm: []string{"Berg, Jan"}, outlook: []string{"", "Johan", "", "Berg", ""},
			want: []string{"Berg, Johan"},
		},
		{
			name: "so is a degree behind a comma",
			to:   record.CRM, crm: []string{"Jan Berg, MSc"}, outlook: []string{"", "Johan", "", "Berg", "MSc"},
			want: []string{"Johan Berg, MSc"},
		},
		{
			name: "a joined name that says the same is left alone, odd spaces and all",
			to:   record.CRM, crm: []string{"Jan  Berg "}, outlook: []string{"", "Jan", "", "Berg", ""},
			want: []string{"Jan  Berg "},
		},
		{
			name: "one word is a surname",
			to:   record.Outlook, crm: []string{"Berg"}, outlook: []string{"", "", "", "", ""},
			want: []string{"", "", "", "Berg", ""},
		},
		{
			name: "commas that mean nothing known stay where they are",
			to:   record.Outlook, crm: []string{"Berg, Jansen, Vos"}, outlook: []string{"", "", "", "", ""},
			want: []string{"", "Berg,", "Jansen,", "Vos", ""},
		},
		{
			name: "a Chinese name, surname first and without a space, says what the parts say",
			to:   record.CRM, crm: []string{"王小明"}, outlook: []string{"", "小明", "", "王", ""},
			want: []string{"王小明"},
		},
		{
			name: "a Chinese name is joined that way",
			to:   record.CRM, crm: []string{""}, outlook: []string{"", "小明", "", "王", ""},
			want: []string{"王小明"},
		},
		{
			name: "a Chinese given name changes, the surname is known",
			to:   record.Outlook, crm: []string{"王小红"}, outlook: []string{"", "小明", "", "王", ""},
			want: []string{"", "小红", "", "王", ""},
		},
		{
			name: "a Korean name with a space",
			to:   record.Outlook, crm: []string{"김 민준"}, outlook: []string{"", "", "", "", ""},
			want: []string{"", "민준", "", "김", ""},
		},
		{
			name: "a Chinese name that nothing tells about is not cut",
			to:   record.Outlook, crm: []string{"王小明"}, outlook: []string{"", "", "", "", ""},
			want: []string{"", "", "", "王小明", ""},
		},
	})
}

// Words are compared one by one in names of up to 64; in longer ones the line is drawn anew, as in a name never seen.
func TestNameOfManyWords(t *testing.T) {
	lens := parted(mapping.Given, mapping.Surname).compile(t)
	words := func(n int) []string {
		w := make([]string, n)
		for i := range w {
			w[i] = fmt.Sprintf("w%d", i)
		}
		return w
	}
	for _, tt := range []struct {
		now, was int // how many words
		kept     bool
	}{{64, 64, true}, {65, 64, false}, {64, 65, false}, {65, 65, false}} {
		known, said := words(tt.was), words(tt.now)
		said[tt.now-1] = "new"
		want := []string{strings.Join(said[:tt.now-1], " "), "new"}
		if tt.kept {
			want = []string{"w0 w1", strings.Join(said[2:], " ")}
		}
		parts := []string{"w0 w1", strings.Join(known[2:], " ")}
		got := show(lens.Carry(record.Outlook, []record.Value{{strings.Join(said, " ")}}, parse(parts)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d words onto %d mismatch (-want +got):\n%s", tt.now, tt.was, diff)
		}
	}
}

// A joined name must read the same way twice, or it would bounce.
func TestNameReadsTheSameTwice(t *testing.T) {
	title := subject{"title", fields("c", 1, aName), fields("o", 3, aName), nameParts(mapping.Title, mapping.Given, mapping.Surname)}
	long := strings.Repeat("García ", 70)
	for _, tt := range []struct {
		name, full string
		parts      []string
		same       bool // the parts say so already
	}{
		{"a Chinese name that only seems to have a known given name", "王小明", []string{"王 小明", "小明", ""}, false},
		{"more words than are compared", long + ", María", []string{"", "", ""}, false},
		{"more words, and a line drawn where nobody would guess it", long + ", María", []string{"", "María García", strings.Repeat("García ", 69)}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := title.compile(t)
			full := []record.Value{{tt.full}}
			split := r.Carry(record.Outlook, full, parse(tt.parts))
			if again := r.Carry(record.Outlook, full, split); !r.Equal(record.Outlook, again, split) {
				t.Errorf("%q onto %q is %q, and again %q", tt.full, tt.parts, split, again)
			}
			if tt.same && !r.Equal(record.Outlook, split, parse(tt.parts)) {
				t.Errorf("%q onto %q is %q, want no change", tt.full, tt.parts, split)
			}
			if back := show(r.Carry(record.CRM, split, full)); back[0] != tt.full {
				t.Errorf("%q onto %q is %q, and back %q", tt.full, tt.parts, split, back)
			}
		})
	}
}
