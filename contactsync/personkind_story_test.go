package contactsync_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/contactsynctest"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// kinds is a two-way sync of customers, partners and leads. A category tells them apart in Outlook. The number at work of a customer is
// Outlook's business phone, that of a partner its home phone; leads have none. Customers have a title.
func kinds() contactsync.Settings {
	return contactsync.Settings{
		Region: "NL",
		Kinds: []contactsync.PersonKind{
			{ID: "customer", If: filter.Equals("kind", "Customer")},
			{ID: "partner", If: filter.Equals("kind", "Partner")},
			{ID: "lead"},
		},
		Mapping: []mapping.Rule{
			{ID: "title", CRM: []string{"jobTitle"}, Outlook: []string{"jobTitle"}, Kinds: []string{"customer"}},
			{ID: "work", CRM: []string{"workPhone"}, Outlook: []string{"businessPhones"}, Lens: mapping.Spec{Kind: mapping.First}, Kinds: []string{"customer"}},
			{ID: "partnerPhone", CRM: []string{"workPhone"}, Outlook: []string{"homePhones"}, Lens: mapping.Spec{Kind: mapping.First}, Kinds: []string{"partner"}},
			{ID: "role", CRM: []string{"notes"}, Outlook: []string{"jobTitle"}, Kinds: []string{"partner", "lead"}},
			{ID: "first", CRM: []string{"firstName"}, Outlook: []string{"givenName"}},
			{ID: "last", CRM: []string{"lastName"}, Outlook: []string{"surname"}},
			{ID: "emails", CRM: []string{"emails"}, Outlook: []string{"emailAddresses"}, Lens: mapping.Spec{Kind: mapping.List}},
			{ID: "kind", CRM: []string{"kind"}, Outlook: []string{"categories"}, Lens: mapping.Spec{Kind: mapping.Set, Values: []string{"Customer", "Partner"}}},
		},
	}
}

var kindCards = []string{"givenName", "jobTitle", "businessPhones", "homePhones", "categories"}

// E8: each kind has its own rules, in one connection and one folder, both ways.
func TestKindsInOneFolder(t *testing.T) {
	w := newWorld(t, kinds())
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Customer", "workPhone=+31201234567", "jobTitle=Analyst", "notes=secret")
	w.put("c2", "firstName=Bea", "emails=bea@example.com", "kind=Partner", "workPhone=+31201234568", "jobTitle=secret", "notes=Reseller")
	w.put("c3", "firstName=Cor", "emails=cor@example.com", "workPhone=+31201234569", "jobTitle=secret", "notes=Cold")

	w.sync()

	assert.Equal(t, []string{
		"Ada, Analyst, +31201234567, , Customer",
		"Bea, Reseller, , +31201234568, Partner",
		"Cor, Cold, , , ",
	}, w.outlookSide(kindCards...))
	w.settled()

	w.editOutlook(w.outlookID("c1"), "jobTitle=Countess", "homePhones=+31101234567")
	w.editOutlook(w.outlookID("c2"), "jobTitle=Importer", "homePhones=+31101234568", "businessPhones=+31107654321")
	w.editOutlook(w.outlookID("c3"), "jobTitle=Warm")
	r := w.sync()
	assert.Empty(t, r.Diverged, "a rule for others is no difference")
	assert.Equal(t, []string{
		"Ada, Countess, secret, +31201234567",
		"Bea, secret, Importer, +31101234568",
		"Cor, secret, Warm, +31201234569",
	}, w.crmSide("firstName", "jobTitle", "notes", "workPhone"))
	w.settled()
}

// E8: a card that comes in is of the kind that its category says, else of the default one.
func TestKindOfANewCard(t *testing.T) {
	w := newWorld(t, kinds())
	w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com", "categories=Customer", "jobTitle=Analyst", "businessPhones=+31201234567", "homePhones=+31101234567")
	w.addOutlook("givenName=Bea", "emailAddresses=bea@example.com", "categories=partner", "jobTitle=Reseller", "businessPhones=+31201234568", "homePhones=+31101234568")
	w.addOutlook("givenName=Cor", "emailAddresses=cor@example.com", "categories=Golf", "jobTitle=Cold", "businessPhones=+31201234569")

	w.sync()

	assert.Equal(t, []string{
		"Ada, Customer, Analyst, , +31201234567",
		"Bea, Partner, , Reseller, +31101234568",
		"Cor, , , Cold, ",
	}, w.crmSide("firstName", "kind", "jobTitle", "notes", "workPhone"))
	w.settled()
}

// E8: who becomes another kind keeps what was carried, on both sides, and the rules of the new kind meet for the first time; whichever
// side it was said on.
func TestARecordBecomesAnotherKind(t *testing.T) {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		w := newWorld(t, kinds())
		w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Customer", "workPhone=+31201234567", "jobTitle=Analyst")
		w.sync()
		if side == record.CRM {
			w.editCRM("c1", "kind=Partner")
		} else {
			w.editOutlook(w.outlookID("c1"), "categories=Partner")
		}
		w.sync()

		assert.Equal(t, []string{"Ada, Analyst, +31201234567, +31201234567, Partner"}, w.outlookSide(kindCards...), "the home phone was empty")
		assert.Equal(t, []string{"Ada, Partner, Analyst, Analyst, +31201234567"}, w.crmSide("firstName", "kind", "jobTitle", "notes", "workPhone"), "and so were the notes")
		w.settled()

		w.editCRM("c1", "jobTitle=Countess", "workPhone=+31207654321")
		w.sync()
		assert.Equal(t, []string{"Ada, Analyst, +31201234567, +31207654321, Partner"}, w.outlookSide(kindCards...), "the rules of a customer rest")
		w.settled()

		// Back to where each side has a title of its own: a person is asked, as when two meet.
		w.editCRM("c1", "kind=Customer")
		w.sync()
		assert.Equal(t, []string{"conflict jobTitle", "conflict workPhone"}, w.problemsByField())
		assert.Equal(t, []string{"Ada, Analyst, +31201234567, +31207654321, Customer"}, w.outlookSide(kindCards...))
		w.settled()

		// A question of the old kind is over with it.
		w.editCRM("c1", "kind=")
		w.sync()
		assert.Empty(t, w.problems())
		assert.Equal(t, []string{"Ada, Countess, Analyst, +31207654321"}, w.crmSide("firstName", "jobTitle", "notes", "workPhone"))
		w.settled()
	}
}

func (w *world) problemsByField() []string {
	var out []string
	problems, err := w.state.Problems(w.ctx, w.conn.ID)
	require.NoError(w.t, err)
	for _, p := range problems {
		field := map[string]string{"Job title": "jobTitle", "Work phone": "workPhone", "Notes": "notes"}[p.Field]
		out = append(out, fmt.Sprintf("%s %s", p.Code, field))
	}
	return sorted(out)
}

// E8: where the field that tells kinds apart is not known, the rules of kinds leave the record as it is.
func TestKindThatCannotBeTold(t *testing.T) {
	s := kinds()
	s.Mapping = s.Mapping[:len(s.Mapping)-1]
	s.Kinds[0].If, s.Kinds[1].If = filter.Equals("owner", "u1"), filter.Equals("owner", "u2")
	hidden := false
	w := newWorld(t, s, reading(func(f record.Fields) record.Fields {
		return f.Only(func(name string) bool { return name != "owner" || !hidden })
	}))
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "owner=u1", "jobTitle=Analyst")
	w.sync()
	hidden = true
	w.editCRM("c1", "jobTitle=Countess")
	w.editOutlook(w.outlookID("c1"), "givenName=Augusta")
	w.sync()

	assert.Equal(t, []string{"Augusta, Analyst"}, w.outlookSide("givenName", "jobTitle"))
	assert.Equal(t, []string{"Augusta, Countess"}, w.crmSide("firstName", "jobTitle"))
	w.settled()

	hidden = false
	w.editCRM("c1", "lastName=King")
	w.sync()
	assert.Equal(t, []string{"Augusta, Countess"}, w.outlookSide("givenName", "jobTitle"))
	w.settled()
}

// E8: what the CRM itself makes of a new record may make it of another kind; the next run sees it.
func TestCRMSaysTheKindOfANewRecord(t *testing.T) {
	w := newWorld(t, kinds(), func(c *contactsync.Config) {
		inner := c.Store
		c.Store = contactsynctest.InterceptStore(inner, contactsynctest.StoreHooks{
			Apply: func(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
				writes = slices.Clone(writes)
				for i := range writes {
					if writes[i].ID == "" {
						writes[i].Set = writes[i].Set.With(crmFields("kind=Customer"))
					}
				}
				return inner.Apply(ctx, sc, writes)
			},
		})
	})
	w.addOutlook("givenName=Ada", "emailAddresses=ada@example.com", "jobTitle=Analyst", "businessPhones=+31201234567")
	w.sync()
	w.sync()

	assert.Equal(t, []string{"Ada, Customer, Analyst, +31201234567"}, w.crmSide("firstName", "kind", "jobTitle", "workPhone"))
	assert.Equal(t, []string{"Ada, Analyst, +31201234567, , Customer"}, w.outlookSide(kindCards...))
	w.settled()
}

// E8, B10: the explanation names the kind, and which rules are not for it.
func TestExplainNamesTheKind(t *testing.T) {
	w := newWorld(t, kinds())
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Partner", "notes=Reseller", "jobTitle=secret")
	w.sync()

	x, err := w.engine.Explain(w.ctx, w.conn.ID, record.CRM, "c1")

	require.NoError(t, err)
	assert.Equal(t, "partner", x.Kind)
	assert.Equal(t, contactsync.StandingInSync, x.Standing, x.Words)
	reasons := map[string]conflict.Reason{}
	for _, r := range x.Rules {
		reasons[r.Rule] = r.Diverged
		assert.Zero(t, r.Changed, r.Rule)
	}
	assert.Equal(t, conflict.OtherKind, reasons["title"])
	assert.Equal(t, conflict.Agreed, reasons["role"])
	assert.NotEmpty(t, contactsync.Differs(conflict.OtherKind))

	w.editCRM("c1", "kind=Customer")
	x, err = w.engine.Explain(w.ctx, w.conn.ID, record.CRM, "c1")
	require.NoError(t, err)
	assert.Equal(t, contactsync.StandingWaiting, x.Standing)
}

// Kinds that make no sense are refused with the member at fault.
func TestBadKinds(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*contactsync.Settings)
		want   string
	}{
		"no id":              {func(s *contactsync.Settings) { s.Kinds[0].ID = "" }, `kinds[#1].id: a kind needs an id`},
		"the same id":        {func(s *contactsync.Settings) { s.Kinds[1].ID = "customer" }, `kinds[customer].id: the kinds #1 and #2 have the same id`},
		"a field of Outlook": {func(s *contactsync.Settings) { s.Kinds[0].If = filter.Has("categories", "x") }, `kinds[customer].if: has: field "categories": there is no such field (it reads fields of the CRM)`},
		"a relative date":    {func(s *contactsync.Settings) { s.Kinds[0].If = filter.Before("birthday", "today-18y") }, `kinds[customer].if: it compares with a date relative to now`},
		"the default first":  {func(s *contactsync.Settings) { s.Kinds[0].If = filter.Condition{} }, `kinds[customer].if: it holds for every record`},
		"no such kind":       {func(s *contactsync.Settings) { s.Mapping[0].Kinds = []string{"clown"} }, `mapping[title].kinds: there is no kind "clown"`},
		"twice":              {func(s *contactsync.Settings) { s.Mapping[0].Kinds = []string{"customer", "customer"} }, `mapping[title].kinds: it names "customer" twice`},
		"one field of one kind": {func(s *contactsync.Settings) { s.Mapping[3].Kinds = []string{"customer", "lead"} },
			`invalid mapping[role]: mapping: rule "role": jobTitle: the rule "title" writes the same field of Outlook`},
		"one field of all": {func(s *contactsync.Settings) { s.Mapping[0].Kinds = nil }, `the rule "title" writes the same field of Outlook`},
		"a kind that a kind decides": {func(s *contactsync.Settings) { s.Kinds[0].If = filter.Equals("notes", "x") },
			`kinds[customer].if: it asks for "notes", which the rule "role" writes for some kinds only`},
	} {
		t.Run(name, func(t *testing.T) {
			s := kinds()
			tt.change(&s)
			assert.ErrorContains(t, s.Validate(person, record.OutlookContact), tt.want)
		})
	}
}

// E8: whatever happens on both sides, everything comes to rest, a rule writes to no record of another kind, and what nobody edited and no
// rule for the record speaks of is as it was.
func TestKindsConverge(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := kinds()
		s.Conflict = rapid.SampledFrom([]mapping.Winner{mapping.Ask, mapping.CRMWins, mapping.OutlookWins}).Draw(rt, "conflict")
		s.Drift = rapid.SampledFrom([]conflict.Drift{conflict.DriftLeave, conflict.DriftRestore}).Draw(rt, "drift")
		s.Match.Existing = rapid.SampledFrom([]conflict.Existing{conflict.FillEmpty, conflict.Override, conflict.Leave}).Draw(rt, "existing")
		w := newWorld(t, s)
		w.outlook.BlindUpdates = rapid.Bool().Draw(rt, "blind")
		w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind="+rapid.SampledFrom([]string{"Customer", "Partner", ""}).Draw(rt, "kind"), "jobTitle=T0", "notes=N0")
		w.sync()
		item := w.outlookID("c1")
		n := 0
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			n++
			switch rapid.IntRange(0, 4).Draw(rt, "step") {
			case 0:
				w.editCRM("c1", "kind="+rapid.SampledFrom([]string{"Customer", "Partner", ""}).Draw(rt, "kind"))
			case 1:
				w.editOutlook(item, "categories="+rapid.SampledFrom([]string{"Customer", "Partner", "Golf", ""}).Draw(rt, "category"))
			case 2:
				w.editCRM("c1", rapid.SampledFrom([]string{fmt.Sprint("jobTitle=T", n), fmt.Sprint("notes=N", n), fmt.Sprint("workPhone=+3120123456", n%10), "notes=", "jobTitle="}).Draw(rt, "edit"))
			case 3:
				w.editOutlook(item, rapid.SampledFrom([]string{fmt.Sprint("jobTitle=O", n), fmt.Sprint("businessPhones=+3110123456", n%10), fmt.Sprint("homePhones=+3130123456", n%10), "jobTitle="}).Draw(rt, "edit"))
			case 4:
				w.sync()
			}
		}
		for range 3 {
			w.sync()
		}
		w.settled()
		before := [2][]string{w.crmSide("kind", "jobTitle", "notes", "workPhone"), w.outlookSide(kindCards...)}
		f := w.tenant.Records(record.Contact)[0].Fields
		kind := f.Text("kind")
		others := map[string][]string{"Customer": {"homePhones"}, "Partner": {"businessPhones"}, "": {"homePhones", "businessPhones"}}
		for _, field := range others[kind] {
			w.editOutlook(item, field+"=+31101112223")
		}
		w.sync()
		after := [2][]string{w.crmSide("kind", "jobTitle", "notes", "workPhone"), w.outlookSide("givenName", "jobTitle")}
		if fmt.Sprint(before[0]) != fmt.Sprint(after[0]) {
			rt.Fatalf("an edit of what no rule for a %q speaks of changed the CRM from %v to %v", kind, before[0], after[0])
		}
		w.settled()
	})
}

// E8, B19: what the sync put there is taken back from the cards of each kind; a field that another kind's rule speaks of is somebody's.
func TestCardsOfKindsAreTakenBack(t *testing.T) {
	w := newWorld(t, kinds())
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Customer", "workPhone=+31201234567", "jobTitle=Analyst")
	w.put("c2", "firstName=Bea", "emails=bea@example.com", "kind=Partner", "workPhone=+31201234568", "notes=Reseller")
	w.put("c3", "firstName=Cor", "emails=cor@example.com", "notes=Cold")
	w.sync()
	w.editOutlook(w.outlookID("c3"), "homePhones=+31101112223")
	w.sync()

	d := w.disconnect(contactsync.TakeBack(3))

	assert.Equal(t, []string{"Cor, Cold, , +31101112223, "}, w.outlookSide(kindCards...), "%+v", d)
	assert.Len(t, w.crmSide("firstName"), 3)
}

// E8, B11: a change of kind is taken back with its run, and no run does it again.
func TestAChangeOfKindIsUndone(t *testing.T) {
	w := newUndoWorld(t, kinds())
	w.put("c1", "firstName=Ada", "emails=ada@example.com", "kind=Customer", "workPhone=+31201234567", "jobTitle=Analyst")
	w.sync()
	w.editCRM("c1", "kind=Partner")
	r := w.sync()
	require.Equal(t, []string{"Ada, Analyst, +31201234567, +31201234567, Partner"}, w.outlookSide(kindCards...))
	require.Equal(t, []string{"Partner, Analyst, Analyst"}, w.crmSide("kind", "jobTitle", "notes"))

	w.undo(r)

	assert.Equal(t, []string{"Ada, Analyst, +31201234567, , Customer"}, w.outlookSide(kindCards...))
	assert.Equal(t, []string{"Partner, Analyst, "}, w.crmSide("kind", "jobTitle", "notes"), "what a person wrote stays")
	w.rests()
	assert.Equal(t, []string{"Ada, Analyst, +31201234567, , Customer"}, w.outlookSide(kindCards...))

	w.editCRM("c1", "kind=Customer")
	w.sync()
	w.editCRM("c1", "jobTitle=Countess")
	w.sync()
	assert.Equal(t, []string{"Ada, Countess, +31201234567, , Customer"}, w.outlookSide(kindCards...))
	w.rests()
}
