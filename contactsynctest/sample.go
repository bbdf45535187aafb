package contactsynctest

import (
	"fmt"

	"github.com/seed-42871e99/crmsync/record"
)

// Sample returns values for every field of the schema that can be written, references apart: others for every n, valid by
// the types of the fields, within their limits, of fictional people. A host whose CRM wants more of a record overlays them.
func Sample(schema *record.Schema, n int) record.Fields {
	b := schema.Build()
	for i, f := range schema.Fields() {
		if f.ReadOnly || f.Type == record.Reference {
			continue
		}
		count := 1
		if f.Shape != record.One && f.MaxCount != 1 {
			count = 2
		}
		entries := make([]string, count)
		for j := range entries {
			entries[j] = cut(sampleEntry(f, n, i, j), f.MaxLen)
		}
		b.Set(f.Name, entries...)
	}
	return b.Fields()
}

func sampleEntry(f record.Field, n, i, j int) string {
	switch f.Type {
	case record.Email:
		return fmt.Sprintf("person%d.%d.%d@example.com", n, i, j)
	case record.Phone:
		return fmt.Sprintf("+44 7700 900%03d", (n*53+i*2+j)%1000)
	case record.Date:
		return fmt.Sprintf("19%02d-%02d-%02d", 50+n%50, 1+(n+i)%12, 1+(n+j)%28)
	case record.Time:
		return fmt.Sprintf("2024-%02d-%02dT%02d:30:00Z", 1+(n+i)%12, 1+n%28, (n+j)%24)
	case record.URL:
		return fmt.Sprintf("https://example.com/%d/%d/%d", n, i, j)
	case record.Bool:
		return [...]string{"false", "true"}[n%2]
	}
	if j == 0 {
		return fmt.Sprintf("%d %s", n, f.Label)
	}
	return fmt.Sprintf("%d %s %d", n, f.Label, j+1)
}

func cut(s string, limit int) string {
	if r := []rune(s); limit > 0 && len(r) > limit {
		return string(r[:limit])
	}
	return s
}
