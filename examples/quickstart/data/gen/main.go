// Command gen writes the sample data of the quickstart: a CRM export, the mailbox of one of its users, and the truth
// about who is who. The people are invented, their addresses lie in reserved domains, their numbers in ranges kept for
// fiction where the country has one.
//
// The same program always writes the same bytes. Run it with go generate in the folder above.
package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"log"
	"os"
	"path/filepath"
)

const (
	seed        = 20261121
	employees   = 780
	individuals = 195
	typedTwice  = 25
	inBoth      = 335
	savedTwice  = 8
	private     = 60
)

func main() {
	folder := flag.String("out", ".", "where to write")
	flag.Parse()
	files, err := generate()
	if err != nil {
		log.Fatalf("gen: %v", err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(*folder, name), content, 0o644); err != nil {
			log.Fatalf("gen: %v", err)
		}
	}
}

// generate makes the three files, by name.
func generate() (map[string][]byte, error) {
	s := newSource(seed)
	people := populate(s, employees, individuals)
	rows := export(s, people, typedTwice)
	items := mailbox(s, people, inBoth, savedTwice, private)

	crm, err := asCSV(rows)
	if err != nil {
		return nil, err
	}
	box, err := asLines(items)
	if err != nil {
		return nil, err
	}
	truth, err := asLines(whoIsWho(items))
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"crm.csv": crm, "mailbox.json": box, "truth.json": truth}, nil
}

// answer says who one item of the mailbox is.
type answer struct {
	Item int      `json:"item"`          // its place in mailbox.json, from 0
	CRM  []string `json:"crm,omitempty"` // ids in crm.csv; none: the CRM does not know this person
	By   []string `json:"by,omitempty"`  // what the item has in common with one of them: email, phone
	Why  string   `json:"why,omitempty"` // of somebody else: what they are, or what they share with people in the CRM
}

func whoIsWho(items []*item) []answer {
	var out []answer
	for i, it := range items {
		a := answer{Item: i, Why: it.why}
		if it.person != nil {
			all := newKeys()
			for _, r := range it.person.rows {
				a.CRM = append(a.CRM, r.values["id"])
				all.add(r.keys)
			}
			a.By = it.keys.shared(all)
		}
		out = append(out, a)
	}
	return out
}

func (k keys) add(other keys) {
	for e := range other.emails {
		k.emails[e] = true
	}
	for p := range other.phones {
		k.phones[p] = true
	}
}

func asCSV(rows []*row) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	records := [][]string{columns}
	for _, r := range rows {
		record := make([]string, len(columns))
		for i, c := range columns {
			record[i] = r.values[c]
		}
		records = append(records, record)
	}
	err := w.WriteAll(records)
	return b.Bytes(), err
}

// asLines is a JSON array with one element a line, so that a difference can be read.
func asLines[T any](list []T) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for i, v := range list {
		b.WriteString(map[bool]string{true: "[\n", false: ","}[i == 0])
		if err := enc.Encode(v); err != nil {
			return nil, err
		}
	}
	b.WriteString("]\n")
	return b.Bytes(), nil
}
