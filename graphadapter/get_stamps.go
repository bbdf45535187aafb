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
	reader := s.d.contacts.reader(sel, sc.Zone, true)
	search := len(hits) <= manyStamps
	if !search {
		complete, err := s.listStamps(ctx, folder, sel, reader, hits)
		if err != nil {
			return err
		}
		search = !complete
	}
	if search {
		if err := s.searchStamps(ctx, folder, sel, reader, hits); err != nil {
			return err
		}
	}
	for _, i := range places {
		if records := hits[strings.ToLower(found[i].Ref.Stamp)]; len(records) > 0 {
			found[i].Records, found[i].Removed = records, ""
		}
	}
	return nil
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
