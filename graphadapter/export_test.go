package graphadapter

import (
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// For fuzz targets and benchmarks, which look at the decoding alone.

var RepairJSON = repairJSON

// DecodePage decodes a page and maps its rows to records, with all fields.
func DecodePage(body []byte, expanded bool) (records []record.Record, bad int, err error) {
	table, err := newContactTable(Options{PropertySet: "6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11"}.withDefaults())
	if err != nil {
		return nil, 0, err
	}
	p, err := decodePage(body)
	if err != nil {
		return nil, 0, err
	}
	reader := table.reader(table.selects(nil), time.UTC, expanded)
	for i := range p.rows {
		rec, unread := reader.read(&p.rows[i])
		bad += len(unread)
		records = append(records, rec)
	}
	return records, bad, nil
}

// DecodeBatch decodes the answer to a batch of n parts: the status of each part that has one.
func DecodeBatch(body []byte, n int) (map[int]int, error) {
	replies, err := decodeBatch(body, n)
	statuses := map[int]int{}
	for place, r := range replies {
		statuses[place] = r.status
	}
	return statuses, err
}

// DecodeRows decodes a page without mapping its rows.
func DecodeRows(body []byte) (int, error) {
	p, err := decodePage(body)
	return len(p.rows), err
}

// DecodeStrings, DecodeEmails and DecodeAddress decode one member of a contact; ok is false where it cannot be read.
func DecodeStrings(b []byte) (list []string, ok bool) {
	var t texts
	_ = t.UnmarshalJSON(b)
	return t.list, t.held == known
}

func DecodeEmails(b []byte) (list [][2]string, ok bool) {
	var e emails
	_ = e.UnmarshalJSON(b)
	for _, one := range e.list {
		list = append(list, [2]string{one.Name.s, one.Address.s})
	}
	return list, e.held == known
}

func DecodeAddress(b []byte) (parts [5]string, ok bool) {
	var a address
	_ = a.UnmarshalJSON(b)
	for i, p := range a.parts {
		parts[i] = p.s
	}
	return parts, a.held == known
}

// Remembered is how many mailboxes and rounds are kept in memory.
func (d *Directory) Remembered() int { return len(d.boxes.all) + len(d.rounds.all) }
