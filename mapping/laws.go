package mapping

import (
	"fmt"

	"github.com/seed-42871e99/crmsync/record"
)

// breaks tries the lens on sample values and faults the first law it breaks. A lens that panics breaks them all.
func (r *Compiled) breaks() (faults []*Error) {
	defer func() {
		if p := recover(); p != nil {
			faults = []*Error{{r.label, "lens", fmt.Sprintf("it panics on a sample value: %v", p)}}
		}
	}()
	crm, outlook := r.samples(record.CRM), r.samples(record.Outlook)
	for _, c := range crm {
		for _, o := range outlook {
			for _, to := range []record.Side{record.Outlook, record.CRM} {
				source, target := c, o
				if to == record.CRM {
					source, target = o, c
				}
				if reason := r.breaksWith(to, source, target); reason != "" {
					return []*Error{{r.label, "lens", reason}}
				}
			}
		}
	}
	return nil
}

// breaksWith says which law the lens breaks when it carries source to a side that holds target.
func (r *Compiled) breaksWith(to record.Side, source, target []record.Value) string {
	if !r.Direction.Allows(to) {
		return ""
	}
	if n := len(r.View(to, target)); n != len(target) {
		return fmt.Sprintf("View answers %d values for the %d fields of %s", n, len(target), owner(to))
	}
	carried := r.carry(to, source, target)
	if len(carried) != len(target) {
		return fmt.Sprintf("it answers %d values for the %d fields of %s", len(carried), len(target), owner(to))
	}
	if again := r.Carry(to, source, carried); !r.Equal(to, again, carried) {
		return fmt.Sprintf("carrying the same values to %s twice is not the same as once", owner(to))
	}
	if r.Loss(to, source, target) != None || r.Loss(to.Other(), carried, source) != None {
		return ""
	}
	if back := r.Carry(to.Other(), carried, source); !r.Equal(to.Other(), back, source) {
		return fmt.Sprintf("carrying to %s and back changes what %s holds", owner(to), owner(to.Other()))
	}
	return ""
}

// samples are lists of values of the side's fields to try the lens on: nothing, some of each, and each alone.
func (r *Compiled) samples(side record.Side) [][]record.Value {
	fields := r.Fields[side]
	if r.read[side] != nil {
		fields = r.read[side]
	}
	all := [][]record.Value{make([]record.Value, len(fields))}
	for round := range 4 {
		row := make([]record.Value, len(fields))
		for i, f := range fields {
			n := 1 + round
			if f.MaxCount > 0 {
				n = min(n, f.MaxCount)
			}
			texts := samplesOf[f.Type]
			for k := range n {
				row[i] = append(row[i], fits(f, texts[(round+i+k)%len(texts)]))
			}
		}
		all = append(all, row)
	}
	for i, f := range fields {
		row := make([]record.Value, len(fields))
		row[i] = record.Value{fits(f, samplesOf[f.Type][0])}
		all = append(all, row)
	}
	return all
}

func fits(f record.Field, s string) string {
	short, _ := cutEntry(f, s)
	return short
}

var samplesOf = map[record.Type][]string{
	record.Text:      {"Müller", "two\nlines", "x", "Zoë & Co, Ltd."},
	record.Name:      {"Anna", "Jan van der Berg", "Berg, Jan", "王小明"},
	record.Email:     {"ada@example.com", "Grace Hopper <grace@example.org>", "ADA@example.net", "lin@example.com"},
	record.Phone:     {"+44 20 7946 0001", "+1 212 555 0102", "020 7946 0003", "switchboard"},
	record.Date:      {"1970-01-01", "2000-02-29", "1899-12-31"},
	record.Time:      {"2001-02-03T04:05:06Z", "2001-02-03T04:05:06+01:00"},
	record.URL:       {"https://example.com/a", "http://example.org"},
	record.Bool:      {"true", "false"},
	record.Reference: {"1", "b2c4"},
}
