package graphadapter

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// manyStamps is from how many stamps on one listing of the folder costs less than a search for each.
const manyStamps = 20

// stampHits collects items by the stamp that was asked for, in lower case.
type stampHits map[string][]record.Record

func (h stampHits) add(stamp string, rec record.Record) {
	for _, r := range h[stamp] {
		if r.ID == rec.ID {
			return
		}
	}
	h[stamp] = append(h[stamp], rec)
}

func (s *session) getStamps(ctx context.Context, sc contactsync.Scope, folder string, found []contactsync.Found, places []int) error {
	if len(places) == 0 {
		return nil
	}
	hits := make(stampHits, len(places))
	for _, i := range places {
		hits[strings.ToLower(found[i].Ref.Stamp)] = nil
	}
	sel := s.getSelection(sc)
	if err := s.findStamps(ctx, folder, sel, s.d.contacts.reader(sel, sc.Zone, true), hits); err != nil {
		return err
	}
	moved, err := s.findElsewhere(ctx, folder, hits)
	if err != nil {
		return err
	}
	for _, i := range places {
		stamp := strings.ToLower(found[i].Ref.Stamp)
		if records := hits[stamp]; len(records) > 0 {
			found[i].Records, found[i].Removed = records, ""
		} else if rec, ok := moved[stamp]; ok {
			found[i].Removed, found[i].ID = contactsync.Moved, rec.ID
		}
	}
	return nil
}

// findStamps looks for the stamps in a folder.
func (s *session) findStamps(ctx context.Context, folder string, sel selection, reader *contactReader, hits stampHits) error {
	if len(hits) > manyStamps {
		complete, err := s.listStamps(ctx, folder, sel, reader, hits)
		if err != nil || complete {
			return err
		}
	}
	return s.searchStamps(ctx, folder, sel, reader, hits)
}

// findElsewhere looks for the stamps that have no hit in all other contact folders, as they are now: Graph searches a folder at
// a time, and a person may have moved an item before anybody knew its id. Of several the oldest is it, others are copies.
func (s *session) findElsewhere(ctx context.Context, folder string, hits stampHits) (map[string]record.Record, error) {
	var missing []string
	for stamp, records := range hits {
		if len(records) == 0 {
			missing = append(missing, stamp)
		}
	}
	if len(missing) == 0 {
		return nil, nil
	}
	folders, err := s.allFolders(ctx)
	if err != nil {
		return nil, err
	}
	oldest := map[string]record.Record{}
	var sel selection
	reader := s.d.contacts.reader(sel, nil, true)
	for _, f := range folders {
		if f.ID == folder || f.ID == "" {
			continue
		}
		there := make(stampHits, len(missing))
		for _, stamp := range missing {
			there[stamp] = nil
		}
		err := s.findStamps(ctx, f.ID, sel, reader, there)
		if err != nil && !errors.Is(err, contactsync.ErrFolderGone) { // deleted a moment ago
			return nil, err
		}
		for stamp, records := range there {
			for _, rec := range records {
				if first, ok := oldest[stamp]; !ok || rec.Created.Before(first.Created) {
					oldest[stamp] = rec
				}
			}
		}
	}
	return oldest, nil
}

// listStamps lists the folder. complete is false when a row's stamp could not be read: it may be any of those missing.
func (s *session) listStamps(ctx context.Context, folder string, sel selection, reader *contactReader, hits stampHits) (complete bool, err error) {
	complete = true
	err = s.listAll(ctx, s.listing(folder, sel.selectList(), sel), func(rows []contactRow) {
		for i := range rows {
			rec, _ := reader.read(&rows[i])
			complete = complete && rec.StampRead && rec.ID != ""
			if _, asked := hits[strings.ToLower(rec.Stamp)]; asked && rec.ID != "" {
				hits.add(strings.ToLower(rec.Stamp), rec)
			}
		}
	})
	return complete, err
}

// searchStamps asks for each stamp that has no hit yet, in batches.
func (s *session) searchStamps(ctx context.Context, folder string, sel selection, reader *contactReader, hits stampHits) error {
	var parts []part
	var stamps []string
	for _, stamp := range slices.Sorted(maps.Keys(hits)) {
		if len(hits[stamp]) > 0 {
			continue
		}
		filter := "singleValueExtendedProperties/Any(ep: ep/id eq " + quoteOData(string(s.d.contacts.stamp)) + " and ep/value eq " + quoteOData(stamp) + ")"
		parts = append(parts, part{
			method: "GET",
			path: s.collectionPath(folder) + "?$filter=" + queryEscape(filter) + "&$select=" + queryEscape(sel.selectList()) +
				"&$expand=" + queryEscape(s.d.contacts.expandList(sel)) + "&$top=50",
			headers: map[string]string{"Prefer": preferIDs},
		})
		stamps = append(stamps, stamp)
	}
	for n, a := range s.batch(ctx, parts) {
		if err := a.err(); err != nil {
			return searchError(err)
		}
		take := func(rows []contactRow) {
			for i := range rows {
				rec, _ := reader.read(&rows[i])
				// Where the stamp cannot be read, the service has seen that it fits.
				if rec.ID != "" && (!rec.StampRead || strings.EqualFold(rec.Stamp, stamps[n])) {
					hits.add(stamps[n], rec)
				}
			}
		}
		p, err := s.page(a.ok.body)
		if err != nil {
			return err
		}
		take(p.rows)
		if err := s.listAll(ctx, p.next, take); err != nil {
			return err
		}
	}
	return nil
}

// listAll reads a listing to its end.
func (s *session) listAll(ctx context.Context, link string, take func([]contactRow)) error {
	for link != "" {
		body, err := s.get(ctx, link, s.pagePreference())
		if err != nil {
			return searchError(err)
		}
		p, err := s.page(body)
		if err != nil {
			return err
		}
		take(p.rows)
		if p.next == link {
			return errors.New("the listing never ends")
		}
		link = p.next
	}
	return nil
}

func searchError(err error) error {
	if errors.Is(err, contactsync.ErrNotFound) {
		return fmt.Errorf("%w: %w", contactsync.ErrFolderGone, err)
	}
	return err
}
