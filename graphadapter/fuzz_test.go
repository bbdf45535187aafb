package graphadapter_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/seed-42871e99/crmsync/graphadapter"
)

// No row harms another: whatever stands between two good rows, both come out whole.
func FuzzDeltaPage(f *testing.F) {
	for _, row := range []string{
		`{"id":"x","givenName":"y"}`, `7`, `null`, `[]`, `{}`, `"a"`, `{"id":null}`, `{"id":"x","@removed":{"reason":"deleted"}}`,
		`{"id":"x","emailAddresses":[{"address":{}}],"businessAddress":[],"businessPhones":[[]],"birthday":3}`,
		`{"id":"x","singleValueExtendedProperties":[{"id":"String 0x3A1F","value":null},7]}`, `{"ID":"x","Value":[]}`, "{\"a\":\"\x01\\\x02\"}",
		`{"id":"\ud800","givenName":"\u0000"}`, `{"id":"x"},{"id":"y"}`,
	} {
		f.Add([]byte(row), true)
		f.Add([]byte(row), false)
	}
	f.Fuzz(func(t *testing.T, row []byte, expanded bool) {
		page := append([]byte(`{"value":[{"id":"first","givenName":"Grace"},`), row...)
		page = append(page, `,{"id":"last","givenName":"Ada","businessAddress":{"city":"London"},"emailAddresses":[{"address":"a@example.com"}]}]}`...)
		records, _, err := graphadapter.DecodePage(page, expanded)
		if !json.Valid(graphadapter.RepairJSON(row)) {
			return // several rows, or none, or what breaks out of the list: the page is another one
		}
		if err != nil || len(records) != 3 {
			t.Fatalf("%d rows, %v", len(records), err)
		}
		if first := records[0]; first.ID != "first" || first.Fields.Text("givenName") != "Grace" {
			t.Errorf("the row before was harmed")
		}
		last := records[2]
		if last.ID != "last" || last.Fields.Text("givenName") != "Ada" || last.Fields.Text("businessAddress.city") != "London" || last.Fields.Text("emailAddresses") != "a@example.com" {
			t.Errorf("the row after was harmed")
		}
	})
}

// Whatever a page is, reading it does not panic.
func FuzzWholePage(f *testing.F) {
	f.Add([]byte(`{"value":[{"id":"x"}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/x"}`))
	f.Add([]byte(`{"value":{"id":"x"},"@odata.deltaLink":[]}`))
	f.Add([]byte("{\"value\":[{\"id\":\"\x00"))
	f.Fuzz(func(t *testing.T, page []byte) {
		_, _, _ = graphadapter.DecodePage(page, true)
	})
}

// No part of a batch harms another, and nothing that was not sent is answered.
func FuzzBatchAnswer(f *testing.F) {
	for _, part := range []string{
		`{"id":"1","status":200,"body":{}}`, `{"id":1,"status":"404"}`, `null`, `[]`, `"x"`, `{"id":"0","status":500}`, `{"id":"7","status":200}`,
		`{"id":"1","status":429,"headers":{"retry-after":"2.5"}}`, `{"id":"1","status":1e9}`, `{"id":"-1","status":200}`, "{\"id\":\"1\",\"body\":\"\x1f\"}",
		`{"id":"1","status":200,"headers":[]}`, `{"id":"1","status":200,"headers":{"a":{"b":1}}}`,
	} {
		f.Add([]byte(part))
	}
	f.Fuzz(func(t *testing.T, part []byte) {
		body := append([]byte(`{"responses":[{"id":"2","status":201,"body":{"id":"a"}},`), part...)
		body = append(body, `,{"id":"0","status":204}]}`...)
		statuses, err := graphadapter.DecodeBatch(body, 3)
		for place, status := range statuses {
			if place < 0 || place > 2 || status < 100 || status > 599 {
				t.Errorf("part %d answered %d", place, status)
			}
		}
		if !json.Valid(graphadapter.RepairJSON(part)) {
			return // several parts, or none, or what breaks out of the list
		}
		if err != nil || statuses[2] != 201 {
			t.Errorf("the part before was harmed: %d, %v", statuses[2], err)
		}
		if _, there := statuses[0]; !there {
			t.Errorf("the part after was harmed")
		}
	})
}

// Repairing leaves valid JSON as it is, and keeps every character of a value.
func FuzzRepairJSON(f *testing.F) {
	f.Add("plain")
	f.Add("a\x01b\n\t\\ \" \x1f")
	f.Fuzz(func(t *testing.T, value string) {
		valid, err := json.Marshal(map[string]string{"k": value})
		if err != nil {
			t.Fatal(err)
		}
		if got := graphadapter.RepairJSON(valid); !bytes.Equal(got, valid) {
			t.Errorf("valid JSON was changed")
		}
		// The same with control characters left raw.
		raw := []byte("{ \n\"k\": \"")
		for i := range len(value) {
			switch c := value[i]; c {
			case '"', '\\':
				raw = append(raw, '\\', c)
			default:
				raw = append(raw, c)
			}
		}
		raw = append(raw, "\"\t}"...)
		var got map[string]string
		if err := json.Unmarshal(graphadapter.RepairJSON(raw), &got); err != nil {
			t.Fatalf("not repaired: %v", err)
		}
		if utf8.ValidString(value) && got["k"] != value {
			t.Errorf("the value %q became %q", value, got["k"])
		}
	})
}

// What is read by hand is read as encoding/json reads it.
func FuzzMembers(f *testing.F) {
	for _, member := range []string{
		`[]`, `[ "a" , null,"b\u0041","Zoë"]`, `null`, `["a",["b"]]`, `[1]`, `{}`, `[{"name":"N","address":"a@example.com"}, {"address":null}, null]`,
		`[{"Name":"N","x":1}]`, `{"street":"a","city":null,"State":"x","city":"last"}`, `{"postalCode":7}`, `{"":""}`, `"a"`, `[{}]`, `{"street":"a\n"}`, `["\\"]`, "[\"\xff\"]",
	} {
		f.Add([]byte(member))
	}
	f.Fuzz(func(t *testing.T, member []byte) {
		var compact bytes.Buffer // as the decoder hands it over
		if json.Compact(&compact, member) != nil {
			return
		}
		deref := func(s *string) string {
			if s == nil {
				return ""
			}
			return *s
		}
		for _, b := range [][]byte{compact.Bytes(), bytes.TrimSpace(member)} {
			var list []*string
			var want []string
			readable := json.Unmarshal(b, &list) == nil
			for _, s := range list {
				want = append(want, deref(s))
			}
			if got, ok := graphadapter.DecodeStrings(b); ok != readable || ok && !slices.Equal(got, want) {
				t.Errorf("list %s: %q %v, want %q %v", b, got, ok, want, readable)
			}
			var entries []struct{ Name, Address *string }
			var wantEmails [][2]string
			readable = json.Unmarshal(b, &entries) == nil
			for _, e := range entries {
				wantEmails = append(wantEmails, [2]string{deref(e.Name), deref(e.Address)})
			}
			if got, ok := graphadapter.DecodeEmails(b); ok != readable || ok && !slices.Equal(got, wantEmails) {
				t.Errorf("emails %s: %q %v, want %q %v", b, got, ok, wantEmails, readable)
			}
			var a struct{ Street, City, State, PostalCode, CountryOrRegion *string }
			readable = json.Unmarshal(b, &a) == nil
			got, ok := graphadapter.DecodeAddress(b)
			if ok != readable || ok && got != [5]string{deref(a.Street), deref(a.City), deref(a.State), deref(a.PostalCode), deref(a.CountryOrRegion)} {
				t.Errorf("address %s: %q %v, readable %v", b, got, ok, readable)
			}
		}
	})
}
