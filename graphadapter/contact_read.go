package graphadapter

import (
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// contactReader turns rows into records, under one selection. It is for one goroutine.
type contactReader struct {
	table    *contactTable
	zone     *time.Location
	expanded bool // extended properties were asked for with every row
	scalars  []scalarField
	lists    []listField
	parts    []partField
	emails   bool
	birthday bool
	extended []string

	// builders are reused from row to row while every row knows the same fields: one for rows that show their extended
	// properties, one for others.
	builders [2]*record.Builder
	ids      map[string]propertyID // spellings of ids met so far
}

type scalarField struct {
	name string
	get  func(*contactRow) *text
}

type listField struct {
	name string
	get  func(*contactRow) *texts
}

type partField struct {
	property string
	names    [len(addressParts)]string
	get      func(*contactRow) *address
}

func (t *contactTable) reader(sel selection, zone *time.Location, expanded bool) *contactReader {
	r := &contactReader{table: t, zone: zone, expanded: expanded, extended: sel.extended, ids: map[string]propertyID{}}
	for _, p := range sel.properties {
		switch {
		case p == "emailAddresses":
			r.emails = true
		case p == "birthday":
			r.birthday = true
		case listProperties[p] != nil:
			r.lists = append(r.lists, listField{p, listProperties[p]})
		case addressProperties[p] != nil:
			f := partField{property: p, get: addressProperties[p]}
			for i, part := range addressParts {
				f.names[i] = p + "." + part
			}
			r.parts = append(r.parts, f)
		default:
			r.scalars = append(r.scalars, scalarField{p, scalarProperties[p]})
		}
	}
	return r
}

// shows reports whether a row tells its extended properties.
func (r *contactReader) shows(row *contactRow) bool { return r.expanded || row.joined }

// read makes a record of a row. Fields the row does not tell, or not readably, are not known; bad names the latter.
func (r *contactReader) read(row *contactRow) (rec record.Record, bad []string) {
	rec = record.Record{ID: row.ID.s, Version: row.ETag.s, Folder: row.Parent.s}
	for _, at := range [...]struct {
		name string
		from *text
		to   *time.Time
	}{{"createdDateTime", &row.Created, &rec.Created}, {"lastModifiedDateTime", &row.Modified, &rec.Modified}} {
		t, err := time.Parse(time.RFC3339, at.from.s)
		if err == nil {
			*at.to = t.UTC()
		} else if at.from.held == unreadable || at.from.s != "" {
			bad = append(bad, at.name)
		}
	}
	extended, missing := r.extendedValues(row)
	rec.StampRead = r.shows(row) && missing == ""
	rec.Stamp = extended[r.table.stamp]
	if missing != "" {
		bad = append(bad, missing)
	}

	kind := 0
	if rec.StampRead {
		kind = 1
	}
	if r.builders[kind] == nil {
		r.builders[kind] = r.table.schema.Build()
	}
	unknown, unread := r.fill(r.builders[kind], row, extended, rec.StampRead)
	if unknown {
		// The builder remembers fields of earlier rows that this one does not tell.
		r.builders[kind] = nil
		fresh := r.table.schema.Build()
		r.fill(fresh, row, extended, rec.StampRead)
		rec.Fields = fresh.Fields()
	} else {
		rec.Fields = r.builders[kind].Fields()
	}
	return rec, append(bad, unread...)
}

// fill sets what the row tells; of extended properties only where it shows them. unknown: it does not tell all the rest;
// bad names what it tells unreadably.
func (r *contactReader) fill(b *record.Builder, row *contactRow, extended map[propertyID]string, shown bool) (unknown bool, bad []string) {
	tells := func(name string, h held) bool {
		if h == unreadable {
			bad = append(bad, name)
		}
		unknown = unknown || h != known
		return h == known
	}
	for _, f := range r.scalars {
		if t := f.get(row); tells(f.name, t.held) {
			setText(b, f.name, t.s)
		}
	}
	for _, f := range r.lists {
		if t := f.get(row); tells(f.name, t.held) {
			b.Set(f.name, t.list...)
		}
	}
	for _, f := range r.parts {
		if a := f.get(row); tells(f.property, a.held) {
			for i := range a.parts {
				setText(b, f.names[i], a.parts[i].s)
			}
		}
	}
	if r.emails && tells("emailAddresses", row.EmailAddresses.held) {
		b.Set("emailAddresses", readEmails(row.EmailAddresses.list)...)
	}
	if r.birthday {
		date, ok := readDate(row.Birthday.s, r.zone)
		h := row.Birthday.held
		if h == known && !ok {
			h = unreadable
		}
		if tells("birthday", h) {
			setText(b, "birthday", date)
		}
	}
	if !shown {
		return unknown, bad
	}
	for _, name := range r.extended {
		value, ok := r.extendedField(name, extended[r.table.extended[name]])
		if !ok {
			tells(name, unreadable)
			continue
		}
		setText(b, name, value)
	}
	return unknown, bad
}

func setText(b *record.Builder, name, s string) {
	if s == "" {
		b.Set(name)
		return
	}
	b.Set(name, s)
}

// extendedValues are the values of a row's extended properties; bad is the member's name when they cannot be relied on.
func (r *contactReader) extendedValues(row *contactRow) (values map[propertyID]string, bad string) {
	if !r.shows(row) {
		return nil, ""
	}
	for _, v := range row.Extended.list {
		if v.ID.held != known || v.Value.held == unreadable {
			return nil, "singleValueExtendedProperties"
		}
		id, ok := r.ids[v.ID.s]
		if !ok {
			id, _ = parsePropertyID(v.ID.s) // one of an unknown form is none that was asked for
			r.ids[v.ID.s] = id
		}
		if values == nil {
			values = make(map[propertyID]string, len(row.Extended.list))
		}
		values[id] = v.Value.s
	}
	if row.Extended.held == unreadable {
		return nil, "singleValueExtendedProperties"
	}
	return values, ""
}

// extendedField brings the value of an extended property into the form of its field; empty: the item has none.
func (r *contactReader) extendedField(name, value string) (string, bool) {
	f, _ := r.table.schema.Field(name)
	switch f.Type {
	case record.Bool:
		switch {
		case value == "" || strings.EqualFold(value, "false") || value == "0":
			return "false", true
		case strings.EqualFold(value, "true") || value == "1":
			return "true", true
		}
		return "", false
	case record.Date:
		return readDate(value, r.zone)
	case record.Time:
		if value == "" {
			return "", true
		}
		t, err := time.Parse(time.RFC3339, value)
		if err != nil {
			return "", false
		}
		return t.UTC().Format(time.RFC3339Nano), true
	}
	return value, true
}
