package contactsync_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// bent is a Store that answers other than it should.
type bent struct {
	contactsync.Store
	changes func(contactsync.Page) contactsync.Page
	get     func([]contactsync.Found) []contactsync.Found
	apply   func([]contactsync.Result) []contactsync.Result
}

func (b *bent) Changes(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
	p, err := b.Store.Changes(ctx, sc, after)
	if b.changes != nil {
		p = b.changes(p)
	}
	return p, err
}

func (b *bent) Get(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
	f, err := b.Store.Get(ctx, sc, refs)
	if b.get != nil {
		f = b.get(f)
	}
	return f, err
}

func (b *bent) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	r, err := b.Store.Apply(ctx, sc, writes)
	if b.apply != nil {
		r = b.apply(r)
	}
	return r, err
}

func bentWorld(t *testing.T) (*world, *bent) {
	b := &bent{}
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		b.Store = c.Store
		c.Store = b
	})
	return w, b
}

// A page that names records twice, with the last state last, is no trouble.
func TestStoreReturnsDuplicates(t *testing.T) {
	w, b := bentWorld(t)
	b.changes = func(p contactsync.Page) contactsync.Page {
		p.Changes = append(p.Changes, p.Changes...)
		return p
	}
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	assert.Equal(t, 1, w.sync().Wrote())
	w.settled()
}

// A change without an id, or a record under two ids, is reported and left alone; the others are synced.
func TestStoreReturnsMalformedChanges(t *testing.T) {
	w, b := bentWorld(t)
	b.changes = func(p contactsync.Page) contactsync.Page {
		for i, c := range p.Changes {
			switch c.ID {
			case "c2":
				p.Changes[i].ID = "c99"
			case "c3":
				p.Changes[i] = contactsync.Change{}
			}
		}
		return p
	}
	for i, name := range []string{"Ada", "Grace", "Alan"} {
		w.put("c"+string(rune('1'+i)), "firstName="+name, "lastName=X", "emails="+name+"@example.com")
	}

	r := w.sync()

	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	assert.Len(t, r.Problems, 2)
	for _, p := range r.Problems {
		assert.Equal(t, contactsync.CodeMalformed, p.Code)
	}
	b.changes = nil
	w.sync(contactsync.Full())
	assert.Equal(t, []string{"Ada", "Alan", "Grace"}, w.outlookSide("givenName"))
	w.settled()
}

// Ids that no database can keep are reported, legibly, and left alone; the others are synced (promise 5).
func TestStoreReturnsUnstorableIDs(t *testing.T) {
	w, b := bentWorld(t)
	b.changes = func(p contactsync.Page) contactsync.Page {
		for _, id := range []string{"zero\x00byte", "no\xfftext", strings.Repeat("é", 1201)} {
			rec := *p.Changes[0].Record
			rec.ID = id
			p.Changes = append(p.Changes, contactsync.Change{ID: id, Record: &rec})
		}
		return p
	}
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")

	r := w.sync()

	assert.Equal(t, []string{"Ada"}, w.outlookSide("givenName"))
	var ids []string
	for _, p := range r.Problems {
		assert.Equal(t, contactsync.CodeMalformed, p.Code)
		ids = append(ids, p.Record[record.CRM])
	}
	assert.ElementsMatch(t, []string{"zero?byte", "no?text", strings.Repeat("é", 100)}, ids)
}

// Records made under another schema with a field that the configured one lacks are reported by that field.
func TestStoreReturnsUnknownFields(t *testing.T) {
	other := must(record.NewSchema(record.Contact, record.Field{Name: "firstName"}, record.Field{Name: "shoeSize"}))
	w, b := bentWorld(t)
	b.changes = func(p contactsync.Page) contactsync.Page {
		for i := range p.Changes {
			rec := *p.Changes[i].Record
			rec.Fields = other.Build().Set("shoeSize", "43").Fields()
			p.Changes[i].Record = &rec
		}
		return p
	}
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")

	r := w.sync()

	require.Len(t, r.Problems, 1)
	assert.Contains(t, r.Problems[0].Message, "shoeSize")
	assert.Empty(t, w.outlookSide("givenName"))
}

// Too few answers, or "unknown" for half the ids, conclude nothing: nothing is deleted, and all is well afterwards (X2, B7).
func TestStoreForgetsAnswers(t *testing.T) {
	for name, get := range map[string]func([]contactsync.Found) []contactsync.Found{
		"too few": func(f []contactsync.Found) []contactsync.Found { return f[:len(f)/2] },
		"unknown": func(f []contactsync.Found) []contactsync.Found {
			for i := range f {
				if i%2 == 0 {
					f[i] = contactsync.Found{Ref: f[i].Ref, Removed: contactsync.Unknown}
				}
			}
			return f
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, b := bentWorld(t)
			w.policy.Flow.ToOutlook = &contactsync.Ops{Create: true, Update: true, Delete: true}
			w.policy.Deleted.InCRM = contactsync.Propagate
			for i := range 10 {
				w.put(id("c", i), "firstName=F"+id("", i), "lastName=L", "emails="+id("p", i)+"@example.com")
			}
			w.sync()
			b.get = get
			b.changes = func(p contactsync.Page) contactsync.Page { // an outage: the listing is empty, and says it is complete
				p.Changes, p.Complete = nil, true
				return p
			}

			r := w.sync(contactsync.Full())

			assert.Zero(t, r.Wrote())
			assert.Len(t, w.outlookSide("givenName"), 10)
			b.get, b.changes = nil, nil
			w.now = w.now.Add(time.Hour)
			w.sync()
			assert.Empty(t, w.problems())
			w.settled()
		})
	}
}

// Too few results of a write leave it open whether it happened: the engine looks, and doubles nothing.
func TestStoreForgetsResults(t *testing.T) {
	w, b := bentWorld(t)
	for i := range 5 {
		w.addOutlook("givenName=F"+id("", i), "surname=L", "emailAddresses="+id("p", i)+"@example.com")
	}
	b.apply = func(r []contactsync.Result) []contactsync.Result { return r[:1] }

	r := w.sync()

	assert.Equal(t, 5, r.Counts[record.CRM].Failed)
	assert.Len(t, w.crmSide("firstName"), 5)
	b.apply = nil
	w.now = w.now.Add(time.Hour)
	w.sync()
	assert.Len(t, w.crmSide("firstName"), 5)
	assert.Empty(t, w.problems())
	w.settled()
}

// A side whose round never ends is found out.
func TestStoreNeverEndsItsRound(t *testing.T) {
	w, b := bentWorld(t)
	b.changes = func(p contactsync.Page) contactsync.Page {
		p.Next, p.More = "", true
		return p
	}
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")

	_, err := w.engine.Sync(w.ctx, w.conn.ID)

	require.ErrorContains(t, err, "never comes to the end")
	assert.Empty(t, w.outlookSide("givenName"))
	b.changes = nil
	assert.Equal(t, 1, w.sync().Wrote())
}

// One record that a side refuses never stops the others (COMPLAINTS 13), and is tried again when it changes.
func TestOneRefusedRecord(t *testing.T) {
	w, b := bentWorld(t)
	refuse := true
	b.apply = func(rs []contactsync.Result) []contactsync.Result { return rs }
	for i := range 3 {
		w.addOutlook("givenName=F"+id("", i), "surname=L", "emailAddresses="+id("p", i)+"@example.com")
	}
	inner := b.Store
	b.Store = refusing{inner, func(wr contactsync.Write) error {
		if refuse && wr.Set.Text("firstName") == "Fa1" {
			return &contactsync.InvalidError{Field: "firstName", Reason: "is on the list of forbidden names"}
		}
		return nil
	}}

	r := w.sync()

	assert.Equal(t, 2, r.Counts[record.CRM].Created)
	require.Len(t, r.Problems, 1)
	assert.Equal(t, contactsync.CodeInvalidValue, r.Problems[0].Code)
	assert.True(t, r.Problems[0].Resolvable, "by correcting the card")
	refuse = false
	for _, item := range w.box.Items(record.Contact, w.folder) {
		if item.Fields.Text("givenName") == "Fa1" {
			w.editOutlook(item.ID, "companyName=Engines")
		}
	}
	w.sync()
	assert.Len(t, w.crmSide("firstName"), 3)
	assert.Empty(t, w.problems())
	w.settled()
}

type refusing struct {
	contactsync.Store
	refuse func(contactsync.Write) error
}

func (r refusing) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	results := make([]contactsync.Result, len(writes))
	for i, w := range writes {
		if err := r.refuse(w); err != nil {
			results[i].Err = err
			continue
		}
		one, err := r.Store.Apply(ctx, sc, []contactsync.Write{w})
		if err != nil {
			return nil, err
		}
		results[i] = one[0]
	}
	return results, nil
}

// A lack of access is a status with words, not an error; when access is back, everything is caught up (COMPLAINTS 14).
func TestSignInExpires(t *testing.T) {
	expired := false
	w := newWorld(t, twoWay(), func(c *contactsync.Config) {
		c.Directory = signingOut{c.Directory, &expired}
	})
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	expired = true
	w.editCRM("c1", "company=Engines")

	r := w.sync()

	assert.Equal(t, contactsync.NeedsSignIn, r.Status)
	assert.Contains(t, r.Reason, "sign in again")
	conn, err := w.state.Connection(w.ctx, w.conn.ID)
	require.NoError(t, err)
	assert.Equal(t, contactsync.NeedsSignIn, conn.Status)
	expired = false
	r = w.sync()
	assert.Equal(t, contactsync.Idle, r.Status)
	assert.Equal(t, []string{"Ada, Engines"}, w.outlookSide("givenName", "companyName"))
	w.settled()
}

type signingOut struct {
	contactsync.Directory
	expired *bool
}

func (s signingOut) Changes(ctx context.Context, sc contactsync.Scope, after contactsync.Cursor) (contactsync.Page, error) {
	if *s.expired {
		return contactsync.Page{}, errors.Join(errors.New("AADSTS700082"), contactsync.ErrSignInRequired)
	}
	return s.Directory.Changes(ctx, sc, after)
}
