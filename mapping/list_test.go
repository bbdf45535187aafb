package mapping_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// The emails of preset P: three fields in the CRM, one list in Outlook.
var threeEmails = subject{"emails", fields("email", 3, anEmail), fields("emailAddresses", 1, threeMails), mapping.Spec{Kind: mapping.List}}

var textList = subject{"texts", fields("c", 2, aText), fields("o", 1, record.Field{Shape: record.List}), mapping.Spec{Kind: mapping.List}}

func TestListKeepsSlots(t *testing.T) {
	tell(t, threeEmails, []story{
		{
			name: "a new contact fills the slots in order",
			to:   record.CRM, crm: []string{"", "", ""}, outlook: []string{"a@example.com|b@example.com"},
			want: []string{"a@example.com", "b@example.com", ""},
		},
		{
			name: "taking the first out of Outlook clears its slot and moves no other",
			to:   record.CRM, crm: []string{"a@example.com", "b@example.com", "c@example.com"}, outlook: []string{"b@example.com|c@example.com"},
			want: []string{"", "b@example.com", "c@example.com"},
		},
		{
			name: "swapping in Outlook changes nothing in the CRM",
			to:   record.CRM, crm: []string{"a@example.com", "b@example.com", "c@example.com"}, outlook: []string{"c@example.com|a@example.com|b@example.com"},
			want: []string{"a@example.com", "b@example.com", "c@example.com"},
		},
		{
			name: "an edited address goes to the slot that held the old one",
			to:   record.CRM, crm: []string{"a@example.com", "", "b@example.com"}, outlook: []string{"a@example.com|new@example.com"},
			want: []string{"a@example.com", "", "new@example.com"},
		},
		{
			name: "also where another slot holds the same",
			to:   record.CRM, crm: []string{"a@example.com", "a@example.com", ""}, outlook: []string{"new@example.com|a@example.com"},
			want: []string{"new@example.com", "a@example.com", ""},
		},
		{
			name: "white space is no address",
			to:   record.Outlook, crm: []string{"a@example.com", " ", "b@example.com"}, outlook: []string{""},
			want: []string{"a@example.com|b@example.com"},
		},
		{
			name: "an added address takes the free slot",
			to:   record.CRM, crm: []string{"a@example.com", "", "b@example.com"}, outlook: []string{"a@example.com|b@example.com|new@example.com"},
			want: []string{"a@example.com", "new@example.com", "b@example.com"},
		},
		{
			name: "clearing a slot in the CRM takes just that address out of Outlook",
			to:   record.Outlook, crm: []string{"a@example.com", "", "c@example.com"}, outlook: []string{"a@example.com|b@example.com|c@example.com"},
			want: []string{"a@example.com|c@example.com"},
		},
		{
			name: "another spelling is the same address and stays as it is on each side",
			to:   record.Outlook, crm: []string{"A@EXAMPLE.COM", "", ""}, outlook: []string{"a@example.com"},
			want: []string{"a@example.com"},
		},
		{
			name: "emptying the CRM empties Outlook",
			to:   record.Outlook, crm: []string{"", "", ""}, outlook: []string{"a@example.com|b@example.com"},
			want: []string{""},
		},
	})
}

func TestListKeepsNamesThatPeopleTyped(t *testing.T) {
	tell(t, threeEmails, []story{
		{
			name: "a name never reaches the CRM",
			to:   record.CRM, crm: []string{"", "", ""}, outlook: []string{"Ada at work <a@example.com>"},
			want: []string{"a@example.com", "", ""},
		},
		{
			name: "a name stays with its address when another slot changes",
			to:   record.Outlook, crm: []string{"new@example.com", "b@example.com", ""}, outlook: []string{"a@example.com|Ada at home <b@example.com>"},
			want: []string{"new@example.com|Ada at home <b@example.com>"},
		},
		{
			name: "a typed name outlives the address it stood with",
			to:   record.Outlook, crm: []string{"new@example.com", "", ""}, outlook: []string{"Ada at work <a@example.com>"},
			want: []string{"Ada at work <new@example.com>"},
		},
		{
			name: "a name that the CRM keeps beside an address goes with it",
			to:   record.Outlook, crm: []string{"Bo <b@example.com>", "", ""}, outlook: []string{"a@example.com"},
			want: []string{"Bo <b@example.com>"},
		},
		{
			name: "a name made from the address does not",
			to:   record.Outlook, crm: []string{"new@example.com", "new2@example.com", "new3@example.com"},
			outlook: []string{"a@example.com <a@example.com>|Ada King (b@example.com) <B@example.com>|c <c@example.com>"},
			want:    []string{"new@example.com|new2@example.com|new3@example.com"},
		},
		{
			name: "a name without an address is nobody's address, and stays",
			to:   record.Outlook, crm: []string{"b@example.com", "", ""}, outlook: []string{"Ada <>|a@example.com"},
			want: []string{"Ada <>|b@example.com"},
		},
		{
			name: "a name without an address takes up room, and what finds none is told",
			to:   record.Outlook, crm: []string{"a@example.com", "b@example.com", "c@example.com"}, outlook: []string{"Ada <>|a@example.com"},
			want: []string{"Ada <>|a@example.com|b@example.com"}, loss: mapping.Cut,
		},
		{
			name: "and what found no room is not wiped later",
			to:   record.CRM, crm: []string{"a@example.com", "b@example.com", "c@example.com"}, outlook: []string{"Ada <>|a@example.com|new@example.com"},
			want: []string{"a@example.com", "new@example.com", "c@example.com"},
		},
	})
}

// What stands in angle brackets is an address only among email addresses.
func TestListOfTexts(t *testing.T) {
	tell(t, textList, []story{{
		name: "an entry goes across whole",
		to:   record.CRM, crm: []string{"", ""}, outlook: []string{"King & Co <Bath>"},
		want: []string{"King & Co <Bath>", ""},
	}})
}

func TestListWithLessRoomOnOneSide(t *testing.T) {
	two := subject{"emails", fields("email", 2, anEmail), fields("emailAddresses", 1, threeMails), mapping.Spec{Kind: mapping.List}}
	tell(t, two, []story{
		{
			name: "what the CRM has no slot for is told",
			to:   record.CRM, crm: []string{"", ""}, outlook: []string{"a@example.com|b@example.com|c@example.com"},
			want: []string{"a@example.com", "b@example.com"}, loss: mapping.Cut,
		},
		{
			name: "and stays in Outlook when the CRM changes",
			to:   record.Outlook, crm: []string{"a@example.com", "new@example.com"}, outlook: []string{"a@example.com|b@example.com|c@example.com"},
			want: []string{"a@example.com|new@example.com|c@example.com"},
		},
		{
			name: "an address cleared in the CRM stays too, or the next write would overwrite one that the CRM never held",
			to:   record.Outlook, crm: []string{"a@example.com", ""}, outlook: []string{"a@example.com|b@example.com|c@example.com"},
			want: []string{"a@example.com|b@example.com|c@example.com"}, loss: mapping.KeptOther,
		},
	})
	unbounded := subject{"emails", fields("emails", 1, emailList), fields("emailAddresses", 1, threeMails), mapping.Spec{Kind: mapping.List}}
	tell(t, unbounded, []story{
		{
			name: "Graph takes three addresses, the fourth is told",
			to:   record.Outlook, crm: []string{"a@example.com|b@example.com|c@example.com|d@example.com"}, outlook: []string{""},
			want: []string{"a@example.com|b@example.com|c@example.com"}, loss: mapping.Cut,
		},
		{
			name: "and is not wiped when Outlook changes",
			to:   record.CRM, crm: []string{"a@example.com|b@example.com|c@example.com|d@example.com"}, outlook: []string{"a@example.com|x@example.com|c@example.com"},
			want: []string{"a@example.com|x@example.com|c@example.com|d@example.com"},
		},
	})
}

var twoFields = subject{"phones", fields("phones", 1, phoneList), append(fields("businessPhones", 1, twoPhones), record.Field{Name: "mobilePhone", Type: record.Phone}), mapping.Spec{Kind: mapping.List}}

func TestListOverSeveralFields(t *testing.T) {
	tell(t, twoFields, []story{
		{
			name: "fills field after field",
			to:   record.Outlook, crm: []string{"020 7946 0001|020 7946 0002|020 7946 0003"}, outlook: []string{"", ""},
			want: []string{"020 7946 0001|020 7946 0002", "020 7946 0003"},
		},
		{
			name: "a number keeps its place and spelling",
			to:   record.Outlook, crm: []string{"+44 20 7946 0002|020 79460003"}, outlook: []string{"020 7946 0001|020 7946 0002", "+44 20 7946 0003"},
			want: []string{"020 7946 0002", "+44 20 7946 0003"},
		},
	})
}

// Preset T: one value in the CRM, several in Outlook; only the first goes across, and the others are never wiped.
func TestFirst(t *testing.T) {
	phone := subject{"phone1", fields("phone", 1, aPhone), fields("businessPhones", 1, twoPhones), mapping.Spec{Kind: mapping.First}}
	tell(t, phone, []story{
		{
			name: "only the first goes across, and that is told",
			to:   record.CRM, crm: []string{""}, outlook: []string{"020 7946 0001|020 7946 0002"},
			want: []string{"020 7946 0001"}, loss: mapping.FirstOnly,
		},
		{
			name: "changing it leaves the second alone",
			to:   record.Outlook, crm: []string{"020 7946 0009"}, outlook: []string{"020 7946 0001|020 7946 0002"},
			want: []string{"020 7946 0009|020 7946 0002"},
		},
		{
			name: "even when it becomes the second",
			to:   record.Outlook, crm: []string{"020 7946 0002"}, outlook: []string{"020 7946 0001|020 7946 0002"},
			want: []string{"020 7946 0002|020 7946 0002"},
		},
		{
			name: "clearing it while others remain leaves the list alone, and that is told",
			to:   record.Outlook, crm: []string{""}, outlook: []string{"020 7946 0001|020 7946 0002"},
			want: []string{"020 7946 0001|020 7946 0002"}, loss: mapping.KeptOther,
		},
		{
			name: "clearing the only one clears it",
			to:   record.Outlook, crm: []string{""}, outlook: []string{"020 7946 0001"},
			want: []string{""},
		},
		{
			name: "clearing the list clears it",
			to:   record.CRM, crm: []string{"020 7946 0001"}, outlook: []string{""},
			want: []string{""},
		},
	})
	email := subject{"email", fields("email", 1, anEmail), fields("emailAddresses", 1, threeMails), mapping.Spec{Kind: mapping.First}}
	tell(t, email, []story{
		{
			name: "the first is the first with an address",
			to:   record.CRM, crm: []string{""}, outlook: []string{"Ada <>|a@example.com"},
			want: []string{"a@example.com"},
		},
		{
			name: "a name without an address in the CRM is not overwritten",
			to:   record.CRM, crm: []string{"Ada <>"}, outlook: []string{"a@example.com"},
			want: []string{"Ada <>"}, loss: mapping.KeptOther,
		},
		{
			name: "an entry that would not read back behind a name stands alone",
			to:   record.Outlook, crm: []string{"a<b"}, outlook: []string{"Ada <a@example.com>"},
			want: []string{"a<b"},
		},
	})
}

func TestCopyOfListsCarriesOrder(t *testing.T) {
	lists := subject{"emails", fields("emails", 1, emailList), fields("emailAddresses", 1, threeMails), mapping.Spec{}}
	tell(t, lists, []story{
		{
			name: "a swap goes across, with the names",
			to:   record.Outlook, crm: []string{"b@example.com|a@example.com"}, outlook: []string{"Ada <a@example.com>|b@example.com"},
			want: []string{"b@example.com|Ada <a@example.com>"},
		},
		{
			name: "an entry put in front goes in front",
			to:   record.Outlook, crm: []string{"x@example.com|a@example.com"}, outlook: []string{"a@example.com"},
			want: []string{"x@example.com|a@example.com"},
		},
		{
			name: "entries beyond Outlook's three stay in the CRM",
			to:   record.CRM, crm: []string{"a@example.com|b@example.com|c@example.com|d@example.com"}, outlook: []string{"c@example.com|b@example.com|a@example.com"},
			want: []string{"c@example.com|b@example.com|a@example.com|d@example.com"},
		},
		{
			name: "and so does one taken out of Outlook meanwhile",
			to:   record.CRM, crm: []string{"a@example.com|b@example.com|c@example.com|d@example.com"}, outlook: []string{"c@example.com|a@example.com"},
			want: []string{"c@example.com|a@example.com|b@example.com|d@example.com"}, loss: mapping.KeptOther,
		},
	})
}

// A view is what counts as a change.
func TestViewOfLists(t *testing.T) {
	first := subject{"phone1", fields("phone", 1, aPhone), fields("businessPhones", 1, twoPhones), mapping.Spec{Kind: mapping.First}}
	tests := []struct {
		name    string
		subject subject
		side    record.Side
		a, b    []string
		same    bool
	}{
		{"a typed name", threeEmails, record.Outlook, []string{"a@example.com"}, []string{"Ada <a@example.com>"}, true},
		{"a swap", threeEmails, record.Outlook, []string{"a@example.com|b@example.com"}, []string{"b@example.com|a@example.com"}, true},
		{"a swap between fields", threeEmails, record.CRM, []string{"a@example.com", "", "b@example.com"}, []string{"b@example.com", "a@example.com", ""}, true},
		{"a name without an address", threeEmails, record.Outlook, []string{"a@example.com"}, []string{"a@example.com|Ada <>"}, true},
		{"another address", threeEmails, record.Outlook, []string{"a@example.com"}, []string{"b@example.com"}, false},
		{"one more", threeEmails, record.Outlook, []string{"a@example.com"}, []string{"a@example.com|b@example.com"}, false},
		{"the second of a first", first, record.Outlook, []string{"020 7946 0001|020 7946 0002"}, []string{"020 7946 0001"}, true},
		{"the first of a first", first, record.Outlook, []string{"020 7946 0001|020 7946 0002"}, []string{"020 7946 0002|020 7946 0001"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.subject.compile(t)
			a, b := r.View(tt.side, parse(tt.a)), r.View(tt.side, parse(tt.b))
			if got := r.Equal(tt.side, a, b); got != tt.same {
				t.Errorf("View(%q) = %q, View(%q) = %q; equal = %v, want %v", tt.a, a, tt.b, b, got, tt.same)
			}
		})
	}
}

// What is fingerprinted of a list: entries without names, in an order and in fields of their own. All of them, also where
// a side holds more than its schema says.
func TestViewOfListsEntryByEntry(t *testing.T) {
	for _, tt := range []struct {
		subject  subject
		side     record.Side
		in, want []string
	}{
		{threeEmails, record.Outlook, []string{"Ada <a@example.com>"}, []string{"a@example.com"}},
		{threeEmails, record.Outlook, []string{" "}, []string{""}},
		{threeEmails, record.CRM, []string{"b@example.com", "a@example.com", ""}, []string{"a@example.com", "b@example.com", ""}},
		{textList, record.Outlook, []string{"King & Co <Bath>"}, []string{"King & Co <Bath>"}},
		{textList, record.CRM, []string{"b", "a"}, []string{"a", "b"}},
		{twoFields, record.Outlook, []string{"020 7946 0001|020 7946 0002|020 7946 0003", "020 7946 0004"}, []string{"020 7946 0001|020 7946 0002", "020 7946 0003|020 7946 0004"}},
	} {
		r := tt.subject.compile(t)
		if diff := cmp.Diff(tt.want, show(r.View(tt.side, parse(tt.in)))); diff != "" {
			t.Errorf("View(%q) mismatch (-want +got):\n%s", tt.in, diff)
		}
	}
}

// The order of a view is part of stored fingerprints: it must never change, and not turn with the spelling of a number.
func TestViewOrderIsFrozen(t *testing.T) {
	r := subject{"phones", fields("phones", 1, phoneList), fields("phones", 1, phoneList), mapping.Spec{Kind: mapping.List}}.compile(t)
	for _, tt := range []struct{ in, want string }{
		{"020 7946 0102|020 7946 0031|+44 20 7946 0003", "020 7946 0031|020 7946 0102|+44 20 7946 0003"},
		{"+44 20 7946 0102|+44 20 7946 0031|020 7946 0003", "+44 20 7946 0031|+44 20 7946 0102|020 7946 0003"},
		{"switchboard|020 7946 0001|Desk", "Desk|switchboard|020 7946 0001"},
		{"b|A|a|B", "A|a|B|b"},
		{"9|01", "01|9"},
		{"3 2|12", "12|3 2"},
		{"2|30", "30|2"},
		{"Z|A|_|@", "@|_|A|Z"},
	} {
		if diff := cmp.Diff([]string{tt.want}, show(r.View(record.CRM, parse([]string{tt.in})))); diff != "" {
			t.Errorf("View(%q) mismatch (-want +got):\n%s", tt.in, diff)
		}
	}
}
