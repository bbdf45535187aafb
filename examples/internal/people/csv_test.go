package people

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-42871e99/crmsync/examples/quickstart/data"
)

func TestReadCSV(t *testing.T) {
	ada := Person{ID: "7", FirstName: "Ada", LastName: "King", Email: "ada@example.com", Company: "Engines; Ltd"}
	tests := []struct {
		name, text string
		want       []Person
	}{
		{"commas", "id,first_name,last_name,email,company\n7,Ada,King,ada@example.com,Engines; Ltd\n", []Person{ada}},
		{"semicolons", "id;First Name;Last Name;E-mail;Company\n7;Ada;King;ada@example.com;\"Engines; Ltd\"\n", []Person{ada}},
		{"tabs", "id\tvoornaam\tachternaam\te-mailadres\tbedrijf\n7\tAda\tKing\tada@example.com\tEngines; Ltd\n", []Person{ada}},
		{"byte order mark", "\ufeffid,first_name,last_name,email,company\n7,Ada,King,ada@example.com,Engines; Ltd\n", []Person{ada}},
		{"Windows line ends", "id,first_name,last_name,email,company\r\n7,Ada,King,ada@example.com,Engines; Ltd\r\n", []Person{ada}},
		{"a first line that says the delimiter", "sep=|\r\nid|first_name|last_name|email|company\r\n7|Ada|King|ada@example.com|Engines; Ltd\r\n", []Person{ada}},
		{"semicolons in a quoted header", "\"id\",\"first;;;;;;name\",last_name,email,company\n7,Ada,King,ada@example.com,Engines; Ltd\n", []Person{ada}},
		{"blank rows", "id,first_name,last_name,email,company\n\n,,, ,\n7,Ada,King,ada@example.com,Engines; Ltd\n\n", []Person{ada}},
		{"columns that are not used", "id,shoe size,first_name,last_name,email,company\n7,38,Ada,King,ada@example.com,Engines; Ltd\n", []Person{ada}},
		{"without ids", "last_name,email\nKing,ada@example.com\nHopper,grace@example.com\n", []Person{
			{ID: "line 000002", LastName: "King", Email: "ada@example.com"}, {ID: "line 000003", LastName: "Hopper", Email: "grace@example.com"},
		}},
		{"line breaks and quotes in a value", "id,last_name,email,notes\n7,King,ada@example.com,\"said \"\"yes\"\"\r\nand left\"\n", []Person{
			{ID: "7", LastName: "King", Email: "ada@example.com", Notes: "said \"yes\"\nand left"},
		}},
		{"dates", "id,last_name,mobile,birthday\n1,A,1,1815-12-10\n2,B,1,10.12.1815\n3,C,1,10-12-1815\n4,D,1,1815-12-10T00:00:00Z\n5,E,1,\n", []Person{
			{ID: "1", LastName: "A", MobilePhone: "1", Birthday: "1815-12-10"}, {ID: "2", LastName: "B", MobilePhone: "1", Birthday: "1815-12-10"},
			{ID: "3", LastName: "C", MobilePhone: "1", Birthday: "1815-12-10"}, {ID: "4", LastName: "D", MobilePhone: "1", Birthday: "1815-12-10"},
			{ID: "5", LastName: "E", MobilePhone: "1"},
		}},
		{"the more telling of two headers", "id,last_name,phone,business phone\n7,King,1,2\n", []Person{{ID: "7", LastName: "King", WorkPhone: "2"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ReadCSV("people.csv", []byte(tt.text))
			if err != nil {
				t.Fatalf("ReadCSV(%q): %v", tt.text, err)
			}
			if diff := cmp.Diff(tt.want, got.People); diff != "" {
				t.Errorf("ReadCSV(%q) mismatch (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestReadCSVOfUTF16(t *testing.T) {
	text := "id\tlast_name\temail\n7\tMüller\tmueller@example.com\n"
	var wide bytes.Buffer
	wide.WriteString("\xff\xfe")
	for _, r := range text {
		wide.Write([]byte{byte(r), byte(r >> 8)})
	}
	got, err := ReadCSV("people.txt", wide.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	want := []Person{{ID: "7", LastName: "Müller", Email: "mueller@example.com"}}
	if diff := cmp.Diff(want, got.People); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
}

// faults are bad files, each with what its error must say: the file, the place and the matter.
var faults = []struct{ name, text, want string }{
	{"nothing", "", "people.csv: the file is empty"},
	{"no people", "id,last_name,email\n", "people.csv: there is a header, and no people below it"},
	{"a workbook", "PK\x03\x04\x14\x00", `people.csv: this is a workbook, not CSV: save the sheet as "CSV UTF-8"`},
	{"another encoding", "id,last_name,email\n1,King,a@example.com\n2,M\xfcller,m@example.com\n", `people.csv, line 3, column 4: not UTF-8: save the export as "CSV UTF-8"`},
	{"no last name", "id,first_name,email\n1,Ada,a@example.com\n",
		"people.csv, line 1: no column for the last name: it may be called last name, surname, family name, achternaam, nachname, apellidos, apellido; the file has id, first_name, email"},
	{"nothing to recognise people by", "id,last_name\n1,King\n", "people.csv, line 1: no column for an email address or a phone number, by which people are recognised: it may be called email, "},
	{"a column twice", "id,last_name,email,E-Mail\n1,King,a@example.com,b@example.com\n", `people.csv, line 1: the columns 3 and 4 are both called "E-Mail"`},
	{"an id twice", "last_name,id,email\nKing,1,a@example.com\nHopper,1,g@example.com\n", `people.csv, line 3, column 8: the id "1" stands in line 2 already`},
	{"a value too many", "id;last_name;email\n1;King;a@example.com\n2;Hopper;g@example.com;\n", "people.csv, line 3, column 1: the row has not as many values as the header, which has 3: a delimiter or a quote is missing or too many"},
	{"a value too few", "sep=;\nid;last_name;email\n1;King;a@example.com\n2;Hopper\n", "people.csv, line 4, column 1: the row has not as many values"},
	{"a quote that is not closed", "id,last_name,email\n1,\"King,a@example.com\n2,Hopper,g@example.com\n", "people.csv, line 3, column 24: a quoted value that begins in the row of line 2 is not closed"},
	{"a quote inside", "id,last_name,email\n1,\"King\" Ada,a@example.com\n", "people.csv, line 2, column 8: a quoted value is not closed, or has a quote in it that is not doubled"},
	{"a bare quote", "id,last_name,email\n1,King \"Ada\",a@example.com\n", "people.csv, line 2, column 8: a quote in a value that is not quoted: quote the value and double the quote"},
	{"no date", "id,last_name,email,birthday\n1,King,a@example.com,1815-12-10\n2,Hopper,g@example.com,9/12/1906\n", `people.csv, line 3, column 24: birthday: "9/12/1906" is no date like 1984-11-27`},
	{"a day that is not", "id,last_name,email,birthday\n1,King,a@example.com,2025-02-29\n", `people.csv, line 2, column 22: birthday: "2025-02-29" is no date like 1984-11-27`},
}

func TestReadCSVFaults(t *testing.T) {
	for _, tt := range faults {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ReadCSV("/some/folder/people.csv", []byte(tt.text))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("ReadCSV(%q) = %v, %v\nwant the error %s...", tt.text, got.People, err, tt.want)
			}
		})
	}
}

// The sample says the same in any of the forms that spreadsheets write.
func TestSampleInOtherForms(t *testing.T) {
	want, err := ReadCSV("crm.csv", data.CRM)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data.CRM)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, delimiter := range ",;\t" {
		var b bytes.Buffer
		b.WriteString("\ufeff")
		w := csv.NewWriter(&b)
		w.Comma, w.UseCRLF = delimiter, true
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		got, err := ReadCSV("crm.csv", b.Bytes())
		if err != nil {
			t.Fatalf("with %q: %v", delimiter, err)
		}
		if diff := cmp.Diff(want.People, got.People); diff != "" {
			t.Errorf("with %q (-want +got):\n%s", delimiter, diff)
		}
	}
}

// Whatever the bytes, the file is read whole with ids that are unique, or not at all with an error that names it.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("id,first_name,last_name,email\n7,Ada,King,ada@example.com\n"))
	f.Add([]byte("\ufeffsep=;\r\nid;Nachname;Telefon\r\n\"7\";\"Müller\";+49 30 23125 001\r\n"))
	for _, tt := range faults {
		f.Add([]byte(tt.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := ReadCSV("people.csv", text)
		if err != nil {
			var fault *FaultError
			if !errors.As(err, &fault) || fault.File != "people.csv" || len(e.People) > 0 {
				t.Errorf("ReadCSV = %d people, %v", len(e.People), err)
			}
			return
		}
		ids := map[string]bool{}
		for _, p := range e.People {
			if p.ID == "" || ids[p.ID] {
				t.Errorf("the id %q is empty or there twice", p.ID)
			}
			ids[p.ID] = true
		}
	})
}
