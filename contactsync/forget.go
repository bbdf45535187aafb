package contactsync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// Copies says what [Engine.Forget] does with the Outlook items that are tied to the person.
type Copies string

const (
	CopiesKept Copies = ""     // they stay in their mailboxes, and are never imported again
	CopiesMade Copies = "made" // those that the sync made are deleted; those that users had themselves stay
	CopiesAll  Copies = "all"  // all of them are deleted
)

// ForgetReport is what became of the traces of a person.
type ForgetReport struct {
	// Connections are those that knew the person.
	Connections []string
	// Links is how many ties were erased.
	Links int
	// Copies are the Outlook items that were tied to the person.
	Copies []ForgottenCopy
}

// ForgottenCopy is one Outlook item of a person who was forgotten. ID is empty of one that may be made yet.
type ForgottenCopy struct {
	Conn, ID string
	// Deleted: it is gone; Outlook keeps what is deleted in Deleted Items for a while.
	Deleted bool
	Err     error // why it could not be deleted, although that was asked for
}

// Forget erases persons (B18): every link, hashed key, problem, message and journal entry about these CRM records, in every
// connection of the tenant, what remembered reports say of them, and, if asked, their copies in mailboxes. Keys that a run
// claimed for them are keyed hashes and end by themselves within minutes.
//
// Erase the records in the CRM first: one that is still there is met anew by the next run. An Outlook item that stays is
// remembered by its id alone, so that it is not imported again.
//
// Forgetting works under the lease of each connection, also of one that is switched off or halted. The error joins what went
// wrong, [ErrBusy] where a run is under way; what could be erased is erased. A tie whose copy could not be deleted stays whole.
// Forgetting again does the rest, and twice is the same as once. Guards are not asked: a person has decided.
func (e *Engine) Forget(ctx context.Context, tenant string, crmIDs []string, copies Copies) (ForgetReport, error) {
	var report ForgetReport
	ids := slices.DeleteFunc(slices.Clone(crmIDs), func(id string) bool { return id == "" })
	slices.Sort(ids)
	ids = slices.Compact(ids)
	switch {
	case copies != CopiesKept && copies != CopiesMade && copies != CopiesAll:
		err := &InvalidError{Field: "copies", Reason: fmt.Sprintf("%q is not one of %q", copies, []Copies{CopiesKept, CopiesMade, CopiesAll})}
		return report, fmt.Errorf("contactsync: forget: %w", err)
	case tenant == "":
		return report, fmt.Errorf("contactsync: forget: %w", &InvalidError{Field: "tenant", Reason: "is missing"})
	case len(ids) == 0:
		return report, nil
	}
	conns, err := e.cfg.State.Connections(ctx, tenant)
	if err != nil {
		return report, fmt.Errorf("contactsync: forget: %w", err)
	}
	var errs []error
	for _, c := range conns {
		f := &forgetting{crmIDs: ids, copies: copies}
		if _, err := e.run(ctx, c.ID, mode{forget: f}); err != nil {
			errs = append(errs, fmt.Errorf("contactsync: forget: connection %s: %w", c.ID, err))
		}
		if f.links+len(f.found) > 0 {
			report.Connections = append(report.Connections, c.ID)
		}
		report.Links += f.links
		report.Copies = append(report.Copies, f.found...)
		if ctx.Err() != nil {
			break
		}
	}
	return report, errors.Join(errs...)
}

// forgetting is a run that forgets persons.
type forgetting struct {
	crmIDs []string
	copies Copies
	ties   []Link          // that go
	shared map[string]bool // items that are tied to somebody else by now
	items  map[string]bool // items of theirs, and whether they are gone
	over   map[Ref]bool    // creates that are not confirmed, and so old that no request is under way any more

	links int
	found []ForgottenCopy
}

// forget is the steps of a run that forgets persons.
func (r *run) forget(ctx context.Context) error {
	f := r.mode.forget
	f.items, f.shared, f.over = map[string]bool{}, map[string]bool{}, map[Ref]bool{}
	erase := &Erasure{}
	erase.Records[record.CRM] = f.crmIDs
	steps := []struct {
		name string
		do   func(context.Context) error
	}{
		{"links", r.findForgotten},
		{"journal", func(ctx context.Context) error { return r.forgetJournal(ctx, erase) }},
		{"copies", r.deleteForgotten},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("forget: %s: %w", step.name, err)
		}
	}
	conn := r.saved
	for _, l := range f.ties {
		erase.Links = append(erase.Links, l.ID)
		r.batch.DropLinks = append(r.batch.DropLinks, l.ID)
		if l.Phase == Linked {
			conn.Progress.Linked--
		}
	}
	for id, gone := range f.items {
		erase.Records[record.Outlook] = append(erase.Records[record.Outlook], id)
		if !gone {
			r.batch.Known = append(r.batch.Known, Known{Candidate: match.Candidate{ID: id}, Orphan: true})
		}
	}
	slices.Sort(erase.Records[record.Outlook])
	f.links = len(f.ties)
	r.batch.Erase, r.batch.Connection = erase, &conn
	return r.release(ctx)
}

// findForgotten finds the links of the persons, and their items that nobody else is tied to.
func (r *run) findForgotten(ctx context.Context) error {
	f := r.mode.forget
	mine := map[string]bool{}
	var items []string
	for chunk := range slices.Chunk(f.crmIDs, linksPage) {
		links, err := r.e.cfg.State.LinksOf(ctx, r.conn.ID, record.CRM, chunk)
		if err != nil {
			return err
		}
		for _, l := range links {
			if l.Phase == Distinct { // the item is somebody else's
				r.batch.DropLinks = append(r.batch.DropLinks, l.ID)
				continue
			}
			mine[l.ID] = true
			f.ties = append(f.ties, l)
			items = append(items, l.IDs[record.Outlook])
		}
	}
	slices.Sort(items)
	items = slices.DeleteFunc(slices.Compact(items), func(id string) bool { return id == "" })
	for chunk := range slices.Chunk(items, linksPage) {
		links, err := r.e.cfg.State.LinksOf(ctx, r.conn.ID, record.Outlook, chunk)
		if err != nil {
			return err
		}
		for _, l := range links {
			if l.Phase == Distinct {
				r.batch.DropLinks = append(r.batch.DropLinks, l.ID)
			}
			if !mine[l.ID] && l.Phase == Linked {
				f.shared[l.IDs[record.Outlook]] = true
			}
		}
	}
	for _, id := range items {
		if !f.shared[id] {
			f.items[id] = false
		}
	}
	return nil
}

// forgetJournal finds the journal entries about the persons, of links that are no more too: an entry has to be opened to tell
// whom it is about. Without the means to open any, all go.
func (r *run) forgetJournal(ctx context.Context, erase *Erasure) error {
	journal, keeps := r.e.cfg.State.(Journal)
	if !keeps {
		return nil
	}
	if !r.journals() {
		r.batch.ForgetJournal = r.start.Add(aDay)
		return nil
	}
	runs, err := journal.JournalRuns(ctx, r.conn.ID)
	if err != nil {
		return err
	}
	for _, of := range runs {
		sealing := r.e.sealer.of(r.conn.ID, of.Run)
		for after := 0; ; {
			if err := r.keep(ctx); err != nil {
				return err
			}
			entries, err := journal.JournalEntries(ctx, r.conn.ID, of.Run, after, journalPage)
			if err != nil {
				return err
			}
			if len(entries) == 0 {
				break
			}
			after = entries[len(entries)-1].Seq
			for i := range entries {
				about, err := r.about(sealing, &entries[i])
				if err != nil {
					return fmt.Errorf("entry %d of run %d: %w", entries[i].Seq, of.Run, err)
				}
				if about {
					erase.Links = append(erase.Links, entries[i].Link)
				}
			}
		}
	}
	slices.Sort(erase.Links)
	erase.Links = slices.Compact(erase.Links)
	return nil
}

// about reports whether a journal entry is about one of the persons. An entry that is over holds nothing.
func (r *run) about(sealing *runSealer, e *JournalEntry) (bool, error) {
	if len(e.Sealed) == 0 {
		return false, nil
	}
	plain, err := sealing.open(e)
	if err != nil {
		return false, err
	}
	t, err := decodeTrace(plain)
	if err != nil {
		return false, err
	}
	f := r.mode.forget
	ids := t.Link.IDs
	if t.ID != "" {
		ids[t.Side] = t.ID
	}
	_, theirs := f.items[ids[record.Outlook]]
	_, named := slices.BinarySearch(f.crmIDs, ids[record.CRM])
	return named || theirs && ids[record.Outlook] != "", nil
}
