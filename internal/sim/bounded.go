package sim

import (
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// bounded is promise 6: a run with nothing to do asks each side once, and the State takes and gives back the lease. A run
// after a change of one record looks at that record, however many links there are.
type bounded struct {
	w      *world
	quirks bool // an emulated Graph tells of what never happened, or in more pages
	read   int  // records asked for by id since this was last set to zero
}

const (
	noOpCalls   = 4
	changeCalls = 24 // of a run after one change
	changeReads = 8  // records read by id in it
)

// check looks at what runs cost when everything has settled.
func (b *bounded) check() {
	w := b.w
	for _, u := range w.users {
		if u.ended {
			continue
		}
		w.now = w.now.Add(time.Minute)
		if _, ok := w.faultless(u, nil); !ok {
			return
		}
		sum := 0
		for call, n := range w.calls {
			sum += n
			if n > 1 && !b.quirks {
				w.broken("bounded", "a run with nothing to do calls %s %d times", call, n)
			}
		}
		most := noOpCalls
		if w.roster {
			most++ // whether the user is active
		}
		if sum > most && !b.quirks {
			w.broken("bounded", "a run with nothing to do makes %d calls: %v", sum, w.calls)
		}
	}
}

// checkChange changes one linked record and looks at what the run after it costs. It is the last that happens.
func (b *bounded) checkChange() {
	w := b.w
	for _, u := range w.users {
		for _, link := range w.links(u.conn.ID) {
			id := link.IDs[record.CRM]
			if link.Phase != contactsync.Linked || len(w.linksOf(u.conn.ID, record.CRM, id)) > 1 || !w.visible(u, id) {
				continue
			}
			w.now = w.now.Add(time.Minute)
			w.write(crmPlace(id), fields(record.CRM, []string{"company=T999999"}))
			b.read = 0
			if _, ok := w.faultless(u, nil); !ok {
				return
			}
			sum := 0
			for _, n := range w.calls {
				sum += n
			}
			if (sum > changeCalls+b.listing(u, link) || b.read > changeReads) && !b.quirks {
				w.broken("bounded", "a run after one change makes %d calls and reads %d records: %v", sum, b.read, w.calls)
			}
			return
		}
	}
}

// listing is how many calls more a run may make after a change of a CRM record, of a Store without an index of match keys: where somebody is
// asked who the record is, or its item is gone from the folder, who else fits is looked at again, for which the CRM is listed once.
func (b *bounded) listing(u *user, link contactsync.Link) int {
	if !b.w.noFinder || b.w.crm.PageSize == 0 {
		return 0
	}
	problems, err := b.w.state.Problems(b.w.ctx, u.conn.ID)
	asked := err == nil && slices.ContainsFunc(problems, func(p contactsync.Problem) bool {
		return p.Code == contactsync.CodeDoubtfulMatch && p.Record[record.CRM] == link.IDs[record.CRM]
	})
	item, there := u.box.Item(link.IDs[record.Outlook])
	if !asked && there && item.Folder == u.folder {
		return 0
	}
	return len(b.w.tenant.Records(record.Contact))/b.w.crm.PageSize + 1
}
