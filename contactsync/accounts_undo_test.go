package contactsync_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// strictOffice is an office that takes no reference to an account that it does not have.
type strictOffice struct{ *office }

func (o strictOffice) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	results := make([]contactsync.Result, len(writes))
	for i, w := range writes {
		if id := w.Set.Text("account"); id != "" && o.accounts[id] == "" {
			results[i].Err = &contactsync.InvalidError{Field: "account", Reason: "there is no such account"}
			continue
		}
		one, err := o.office.Apply(ctx, sc, []contactsync.Write{w})
		if err != nil {
			return nil, err
		}
		results[i] = one[0]
	}
	return results, nil
}

// changedOffice is an office with two accounts of one name, in which a run has written over the second one's contact, and which run that was.
func changedOffice(t *testing.T, account contactsync.Accounts, deleted bool) (*world, *office, contactsync.Report) {
	t.Helper()
	s := everythingFlows()
	s.Account = account
	w, o := newOffice(t, s, "Acme Ltd", "Acme Ltd", "Globex")
	w.cfg.Store = strictOffice{o}
	journaled(&w.cfg)
	w.restart()
	w.employ(o, "c1", "Ada", "a2")
	w.sync()
	if deleted {
		require.NoError(t, w.box.Delete(w.outlookID("c1")))
	} else {
		w.editOutlook(w.outlookID("c1"), "companyName=Globex")
	}
	run := w.sync()
	require.Empty(t, run.Problems)
	return w, o, run
}

func eachUndoOfAnAccount(t *testing.T, f func(t *testing.T, account contactsync.Accounts, deleted bool)) {
	for _, account := range []contactsync.Accounts{{}, {Missing: "create", Ambiguous: "first"}, {Missing: "without"}} {
		for _, deleted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%+v deleted %v", account, deleted), func(t *testing.T) { f(t, account, deleted) })
		}
	}
}

// M5, B11: of two accounts of one name an undo takes the one that the contact had, of an updated record and of one that is made again.
func TestUndoTakesTheAccountOfBefore(t *testing.T) {
	eachUndoOfAnAccount(t, func(t *testing.T, account contactsync.Accounts, deleted bool) {
		w, o, run := changedOffice(t, account, deleted)
		before := w.crmSide("account", "company")

		undone := w.undo(run)

		assert.Empty(t, undone.Problems)
		assert.Equal(t, []string{"a2, Acme Ltd"}, w.crmSide("account", "company"))
		assert.Len(t, o.accounts, 3)
		w.sync()
		w.settled()

		w.undo(undone)
		assert.Equal(t, before, w.crmSide("account", "company"))
		w.sync()
		w.settled()
	})
}

// M5, B11: an account that was renamed since is the same one, and none is made in its place.
func TestUndoKnowsARenamedAccount(t *testing.T) {
	eachUndoOfAnAccount(t, func(t *testing.T, account contactsync.Accounts, deleted bool) {
		w, o, run := changedOffice(t, account, deleted)
		delete(o.accounts, "a1")
		o.accounts["a2"] = "Initech"

		undone := w.undo(run)

		assert.Empty(t, undone.Problems)
		assert.Equal(t, []string{"a2, Initech"}, w.crmSide("account", "company"))
		assert.Len(t, o.accounts, 2)
		w.sync()
		w.settled()
	})
}

// M5, B11: an account that is gone is looked for by its name, and made where the settings make accounts.
func TestUndoOfAnAccountThatIsGone(t *testing.T) {
	for _, deleted := range []bool{false, true} {
		w, o, run := changedOffice(t, contactsync.Accounts{Missing: "create"}, deleted)
		delete(o.accounts, "a1")
		delete(o.accounts, "a2")

		undone := w.undo(run)

		assert.Empty(t, undone.Problems)
		assert.Equal(t, []string{"made1, Acme Ltd"}, w.crmSide("account", "company"))
		w.sync()
		w.settled()

		w, o, run = changedOffice(t, contactsync.Accounts{}, deleted)
		delete(o.accounts, "a1")
		delete(o.accounts, "a2")
		o.accounts["a9"] = "ACME"

		undone = w.undo(run)

		assert.Empty(t, undone.Problems)
		assert.Equal(t, []string{"a9, ACME"}, w.crmSide("account", "company"))
		w.sync()
		w.settled()
	}
}

// M5, B11: where no account has the name either, the settings make none and the account is gone, the undo leaves it and says so; once there is one
// the undo run again takes it.
func TestUndoWithoutAnyAccount(t *testing.T) {
	for _, deleted := range []bool{false, true} {
		w, o, run := changedOffice(t, contactsync.Accounts{}, deleted)
		delete(o.accounts, "a1")
		delete(o.accounts, "a2")
		before := w.crmSide("account", "company")

		r := w.undo(run)

		require.Len(t, r.Problems, 1)
		assert.Equal(t, contactsync.CodeNotUndone, r.Problems[0].Code)
		assert.Equal(t, before, w.crmSide("account", "company"))
		o.accounts["a9"] = "ACME"
		w.undo(run)
		assert.Equal(t, []string{"a9, ACME"}, w.crmSide("account", "company"))
		w.sync()
		w.settled()
	}
}

// lossyOffice loses the answer to writes that it is asked for a second time.
type lossyOffice struct {
	strictOffice
	calls *int
}

func (o lossyOffice) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	results, err := o.strictOffice.Apply(ctx, sc, writes)
	if *o.calls++; *o.calls == 2 {
		return nil, context.DeadlineExceeded
	}
	return results, err
}

// M5, B11, promise 3: where nobody learns what became of the write by name, nothing is made a second time.
func TestUndoByNameIsNotHeardOf(t *testing.T) {
	for _, deleted := range []bool{false, true} {
		w, o, run := changedOffice(t, contactsync.Accounts{Missing: "create"}, deleted)
		delete(o.accounts, "a1")
		delete(o.accounts, "a2")
		w.cfg.Store = lossyOffice{strictOffice{o}, new(int)}
		w.restart()

		w.undo(run)
		w.now = w.now.Add(time.Hour)
		w.undo(run)

		w.sync()
		assert.Equal(t, []string{"made1, Acme Ltd"}, w.crmSide("account", "company"))
		w.settled()
	}
}

// M5, B11: of a record with two cards, of which each had another company in one run, the account of before is put back.
func TestUndoOfACompanyWithTwoCards(t *testing.T) {
	s := everythingFlows()
	s.Match.Several = "all"
	w, o := newOffice(t, s, "Acme Ltd", "Acme Ltd", "Globex", "Initech")
	w.cfg.Store = strictOffice{o}
	journaled(&w.cfg)
	w.restart()
	w.employ(o, "c1", "Ada", "a2")
	first := w.addOutlook(card("Ada", "Acme Ltd")...)
	second := w.addOutlook(card("Ada", "Acme Ltd")...)
	w.sync()
	w.sync()
	w.editOutlook(first, "companyName=Globex")
	w.editOutlook(second, "companyName=Initech")
	run := w.sync()
	require.NotEqual(t, []string{"a2, Acme Ltd"}, w.crmSide("account", "company"))

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, []string{"a2, Acme Ltd"}, w.crmSide("account", "company"))
	w.sync()
	w.settled()
}

// M5, B11: a contact that had no account has none again.
func TestUndoOfAContactWithoutAnAccount(t *testing.T) {
	w, _, _ := changedOffice(t, contactsync.Accounts{}, false)
	w.addOutlook(card("Grace", "")...)
	w.sync()
	items := w.box.Items(record.Contact, w.folder)
	w.editOutlook(items[len(items)-1].ID, "companyName=Globex")
	run := w.sync()
	require.Equal(t, []string{"Ada, a3", "Grace, a3"}, w.crmSide("firstName", "account"))

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, []string{"Ada, a3", "Grace, "}, w.crmSide("firstName", "account"))
	w.settled()
}

// thriftyOffice is an office that answers with the fields it is asked for and no others.
type thriftyOffice struct{ strictOffice }

func (o thriftyOffice) Changes(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
	page, err := o.strictOffice.Changes(ctx, sc, after)
	for i, c := range page.Changes {
		if c.Record != nil {
			rec := askedFor(sc, *c.Record)
			page.Changes[i].Record = &rec
		}
	}
	return page, err
}

func (o thriftyOffice) Get(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
	found, err := o.strictOffice.Get(ctx, sc, refs)
	for i := range found {
		for n, rec := range found[i].Records {
			found[i].Records[n] = askedFor(sc, rec)
		}
	}
	return found, err
}

func askedFor(sc contactsync.Scope, rec record.Record) record.Record {
	rec.Fields = rec.Fields.Only(func(name string) bool { return slices.Contains(sc.Fields, name) })
	return rec
}

// M5, B11: the account of before is read for the journal, where the CRM tells no more than it is asked for.
func TestUndoAsksForTheAccountOfBefore(t *testing.T) {
	w, o := newOffice(t, everythingFlows(), "Acme Ltd", "Acme Ltd", "Globex")
	w.cfg.Store = thriftyOffice{strictOffice{o}}
	journaled(&w.cfg)
	w.restart()
	w.employ(o, "c1", "Ada", "a2")
	w.sync()
	w.editOutlook(w.outlookID("c1"), "companyName=Globex")
	run := w.sync()
	require.Equal(t, []string{"a3, Globex"}, w.crmSide("account", "company"))

	r := w.undo(run)

	assert.Empty(t, r.Problems)
	assert.Equal(t, []string{"a2, Acme Ltd"}, w.crmSide("account", "company"))
	w.sync()
	w.settled()
}
