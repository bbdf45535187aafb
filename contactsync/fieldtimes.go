package contactsync

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// fieldTimes are the times at which a person last changed the fields of one version of a record.
type fieldTimes struct {
	version string
	at      map[string]time.Time
}

// newestCounts reports whether any rule is decided by the newest edit.
func (t *terms) newestCounts() bool {
	return t.Conflict == mapping.Newest || slices.ContainsFunc(t.Mapping, func(r mapping.Rule) bool { return r.Conflict == mapping.Newest })
}

// readFieldTimes asks the sides that know it when single fields were changed, of the links both of whose records
// changed, where the newest edit counts.
func (r *run) readFieldTimes(ctx context.Context, links []Link) error {
	if !r.terms.newestCounts() {
		return nil
	}
	for side := range r.times {
		known, ok := r.side(record.Side(side)).(FieldTimes)
		if !ok {
			continue
		}
		for _, l := range links {
			h := r.halves(l.IDs)
			rec := h[side].rec
			if rec == nil || !r.bothChanged(l, h) || r.times[side][rec.ID].version == rec.Version && rec.Version != "" {
				continue
			}
			if err := r.keep(ctx); err != nil {
				return err
			}
			call, cancel := r.bounded(ctx)
			at, err := known.FieldTimes(call, r.scope[side], rec.ID, r.terms.rules.Wanted(record.Side(side)))
			cancel()
			if err != nil {
				return fmt.Errorf("field times of the %s: %w", sideName(record.Side(side)), err)
			}
			r.times[side][rec.ID] = fieldTimes{rec.Version, at}
		}
	}
	return nil
}

func (r *run) bothChanged(l Link, h [2]half) bool {
	for side := range h {
		if h[side].rec == nil || len(l.Seen) > 0 && len(r.terms.merger.Changed(l.Seen, record.Side(side), h[side].rec.Fields)) == 0 {
			return false
		}
	}
	return true
}

// fieldModified is what is known of the times of single fields of a pair; nil when nothing is.
func (r *run) fieldModified(h [2]half) func(record.Side, string) time.Time {
	var at [2]map[string]time.Time
	for side := range h {
		if rec := h[side].rec; rec != nil {
			if t := r.times[side][rec.ID]; t.version == rec.Version {
				at[side] = t.at
			}
		}
	}
	if at[record.CRM] == nil && at[record.Outlook] == nil {
		return nil
	}
	return func(side record.Side, field string) time.Time { return at[side][field] }
}
