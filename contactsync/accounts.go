package contactsync

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/record"
)

// AccountFinder is implemented by a Store whose contacts belong to other records of the CRM, such as a company's account, that
// Outlook knows by name alone (M5). A field of the schema that is the name of such a record says so ([record.Field].NameOf) and is
// mapped with the lens "account". What is written to it is looked up, and the reference is written in its place: an edited
// company becomes another account's, and no account is ever renamed.
//
// An undo sets the reference that a contact had. Where no account has that name any more it may have been renamed: Apply answers for one that is
// not there with an [*InvalidError], and is then asked once more by the name.
type AccountFinder interface {
	// FindAccounts answers for each name, in their order, the accounts that the user may choose and whose name has the same
	// [record.CompanyKey], in an order that stays the same; none is no error. Reference is the field that says which account a
	// contact has.
	FindAccounts(ctx context.Context, sc Scope, reference string, names []string) ([][]Account, error)
}

// AccountCreator is implemented by a Store in which missing accounts can be made: [Accounts].Missing "create".
type AccountCreator interface {
	// CreateAccount makes an account of that name. Repeated with the same stamp it returns the account made the first time.
	CreateAccount(ctx context.Context, sc Scope, reference, name, stamp string) (Account, error)
}

// Account is a record that contacts belong to.
type Account struct{ ID, Name string }

// Accounts says what to do where the account of a name is not one.
type Accounts struct {
	// Missing is "hold" (default: a contact whose company has no account is not made in the CRM, an edit of the company waits),
	// "without" (the contact is made, and keeps the account it has), or "create" (the account is made; needs an [AccountCreator]).
	Missing string `json:"missing,omitempty"`
	// Ambiguous is "hold" (default) or "first": where several accounts have the name and none is written just so.
	Ambiguous string `json:"ambiguous,omitempty"`
}

const (
	accountHold    = "hold"
	accountWithout = "without"
	accountCreate  = "create"
	accountFirst   = "first"
)

const noSuchAccount = "the CRM has no account of that name, or several"

// accountStamp is the same for every connection of the tenant.
func (e *Engine) accountStamp(tenant string, n accountName) string {
	text := "account\x00" + tenant + "\x00" + n.reference + "\x00" + n.key
	b := binary.BigEndian.AppendUint64(nil, e.ids.Text(text))
	return lowerBase32.EncodeToString(binary.BigEndian.AppendUint64(b, e.ids.Text(text+"\x00second half")))
}

// accountName is a name that was looked up.
type accountName struct{ reference, key string }

// accountFields are the CRM fields that are written by looking a name up.
func (t *terms) accountFields() []record.Field {
	var fields []record.Field
	for i := range t.rules.Rules {
		rule := &t.rules.Rules[i]
		for _, f := range rule.Fields[record.CRM] {
			if f.NameOf != "" && rule.Direction.Allows(record.CRM) && t.sends(record.CRM) {
				fields = append(fields, f)
			}
		}
	}
	return fields
}

// checkAccounts refuses settings that need what the Store cannot do.
func (e *Engine) checkAccounts(t *terms) error {
	t.accounts = t.accountFields()
	if len(t.accounts) == 0 {
		return nil
	}
	if _, ok := e.cfg.Store.(AccountFinder); !ok {
		return &InvalidError{Field: "mapping", Reason: fmt.Sprintf("%q is the name of another record, and the Store looks up none: it has no FindAccounts", t.accounts[0].Name)}
	}
	if _, ok := e.cfg.Store.(AccountCreator); !ok && t.Account.Missing == accountCreate {
		return &InvalidError{Field: "account.missing", Reason: "the Store makes no accounts: it has no CreateAccount"}
	}
	return nil
}

// lookUp asks the CRM for the accounts of what is about to be written, once for each name in a run.
func (r *run) lookUp(ctx context.Context, sets []record.Fields) error {
	for _, f := range r.terms.accounts {
		var names []string
		for _, set := range sets {
			name := set.Text(f.Name)
			key := accountName{f.NameOf, record.CompanyKey(name)}
			if _, known := r.accounts[key]; known || key.key == "" {
				continue
			}
			if r.accounts == nil {
				r.accounts = map[accountName][]Account{}
			}
			r.accounts[key] = nil
			names = append(names, name)
		}
		if len(names) == 0 {
			continue
		}
		call, cancel := r.bounded(ctx)
		found, err := r.e.cfg.Store.(AccountFinder).FindAccounts(call, r.writeScope(record.CRM), f.NameOf, names)
		cancel()
		if err == nil && len(found) != len(names) {
			err = fmt.Errorf("%d answers to %d names", len(found), len(names))
		}
		if err != nil {
			return fmt.Errorf("find accounts: %w", err)
		}
		for i, name := range names {
			if slices.ContainsFunc(found[i], func(a Account) bool { return a.ID == "" }) {
				return errors.New("find accounts: an account without an id")
			}
			r.accounts[accountName{f.NameOf, record.CompanyKey(name)}] = found[i]
		}
	}
	return nil
}

// accountOf is the account that a name stands for. Make says that it is still to be made. The code says why there is none.
func (r *run) accountOf(f record.Field, name string) (a Account, make bool, code Code) {
	found := r.accounts[accountName{f.NameOf, record.CompanyKey(name)}]
	same := func(a Account) bool { return record.Fold(a.Name) == record.Fold(name) }
	switch {
	case record.CompanyKey(name) == "": // emptied: the contact has none
		return Account{}, false, ""
	case len(found) == 1:
		return found[0], false, ""
	case len(found) == 0 && r.terms.Account.Missing == accountCreate:
		return Account{}, true, ""
	case len(found) == 0:
		return Account{}, false, CodeNoAccount
	}
	if at := slices.IndexFunc(found, same); at >= 0 && !slices.ContainsFunc(found[at+1:], same) {
		return found[at], false, ""
	}
	if r.terms.Account.Ambiguous == accountFirst {
		return found[0], false, ""
	}
	return Account{}, false, CodeSeveralAccounts
}

// holdAccounts looks up the accounts of a chunk's writes to the CRM. It keeps back the fields that have none, and the contacts that
// are not to be made without.
func (r *run) holdAccounts(ctx context.Context, tasks []*task) ([]*task, error) {
	if len(r.terms.accounts) == 0 {
		return tasks, nil
	}
	var sets []record.Fields
	for _, t := range tasks {
		if t.undo == nil {
			sets = append(sets, t.v.set[record.CRM])
		}
	}
	if err := r.lookUp(ctx, sets); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(tasks, func(t *task) bool {
		held := r.holdAccount(t.job, &t.v, t.h)
		if held {
			r.batch.Known = append(r.batch.Known, Known{Candidate: r.candidate(record.Outlook, t.h[record.Outlook].rec)})
		}
		return held
	}), nil
}

// holdAccount takes out of a verdict what has no account, and reports whether all of it is to wait.
func (r *run) holdAccount(j *job, v *verdict, h [2]half) (held bool) {
	if op := v.ops[record.CRM]; j.undo != nil || op != Create && op != Update {
		return false
	}
	fresh := v.ops[record.CRM] == Create && !j.repeat && j.link.ID == "" && h[record.Outlook].rec != nil
	now := [2]record.Fields{record.CRM: h[record.CRM].fields(), record.Outlook: h[record.Outlook].fields()}
	if v.ops[record.CRM] == Create {
		now[record.CRM] = r.terms.empty[record.CRM]
	}
	problem := func(code Code, f record.Field, create bool) Problem {
		p := r.accountProblem(code, f, v.link, create)
		p.Raw = r.shown(p.Rule, v.base, now)
		return p
	}
	wait, without := map[string]bool{}, map[string]bool{}
	var last record.Field
	for _, f := range r.terms.accounts {
		name, writes := v.set[record.CRM].Get(f.Name)
		if !writes {
			continue
		}
		switch _, _, code := r.accountOf(f, name.Text()); {
		case code == "":
		case code == CodeNoAccount && r.terms.Account.Missing == accountWithout:
			without[f.Name], last = true, f
		case fresh:
			r.problem(problem(code, f, true))
			return true
		default:
			v.asked = append(v.asked, problem(code, f, false))
			wait[f.Name] = true
		}
	}
	if len(wait)+len(without) == 0 {
		return false
	}
	v.set[record.CRM] = v.set[record.CRM].Only(func(name string) bool { return !wait[name] && !without[name] })
	if fresh && v.set[record.CRM].Len() == 0 { // the contact would be empty
		r.problem(problem(CodeNoAccount, last, true))
		return true
	}
	r.withdraw(*j.link, &v.out, record.CRM, wait)
	r.markApart(&v.out, record.CRM, without, now[record.CRM].With(v.set[record.CRM]), conflict.NoAccount)
	r.unwrite(&v.out, record.CRM, without)
	if v.set[record.CRM].Len() == 0 && v.ops[record.CRM] == Update {
		v.ops[record.CRM], v.dirty = "", true
	}
	if v.ops[record.CRM] != Create {
		v.link.Seen = v.out.Seen
	}
	return false
}

func (r *run) accountProblem(code Code, f record.Field, l Link, create bool) Problem {
	p := Problem{
		Code: code, Link: l.ID, Record: l.IDs, Rule: r.ruleOf(l.Seen, record.CRM, f.Name), Field: f.Label, Sides: onSide(record.CRM), Resolvable: true,
		RetryAt: r.start.Add(time.Minute),
	}
	until := "until then the CRM keeps its own."
	if create {
		p.Link, p.Record[record.CRM] = "", ""
		until = "until then the contact is not copied."
	}
	p.Message = map[Code]string{
		CodeNoAccount:       "The CRM has no account of that name. Correct the name, or make the account; ",
		CodeSeveralAccounts: "The CRM has several accounts of that name. Write it just as one of them is, or tell them apart in the CRM; ",
	}[code] + until
	p.RetryAt = r.later(p)
	if p.Link != "" {
		p.RetryAt = r.retryAt(code, p.Link, p.Rule)
	}
	return p
}

// lookUpJobs looks up all accounts that a plan needs.
func (r *run) lookUpJobs(ctx context.Context) error {
	if len(r.terms.accounts) == 0 {
		return nil
	}
	for jobs := range slices.Chunk(r.jobs, quietPerSave) {
		var sets []record.Fields
		for _, j := range jobs {
			if j.undo == nil && (j.ops[record.CRM] == Create || j.ops[record.CRM] == Update) {
				sets = append(sets, r.judgeJob(j).set[record.CRM])
			}
		}
		if err := r.lookUp(ctx, sets); err != nil {
			return err
		}
	}
	return nil
}

// applyByReference is the Store's Apply with references in the place of the names that the writes set. A write whose name stands for
// no account is refused, and not sent.
func (r *run) applyByReference(ctx context.Context, sc Scope, writes []Write) ([]Result, error) {
	var sets []record.Fields
	for _, w := range writes {
		sets = append(sets, w.Set)
	}
	if err := r.lookUp(ctx, sets); err != nil {
		return nil, err
	}
	results := make([]Result, len(writes))
	var sent []Write
	var places []int
	names := make([]record.Fields, len(writes)) // of the accounts that were set, as the CRM writes them
	for i, w := range writes {
		names[i], results[i].Err = r.refer(ctx, &w)
		if results[i].Err == nil {
			sent, places = append(sent, w), append(places, i)
		}
	}
	if len(sent) == 0 {
		return results, nil
	}
	answers, err := r.e.cfg.Store.Apply(ctx, sc, sent)
	if err != nil || len(answers) != len(sent) {
		return answers, err
	}
	for n, i := range places {
		results[i] = answers[n]
		if results[i].Err == nil && names[i].Len() > 0 {
			results[i].Stored = names[i].With(results[i].Stored)
		}
	}
	r.applyByName(ctx, sc, writes, results)
	return results, nil
}

// refer sets references in the place of names in one write, and returns the names of the accounts they refer to.
func (r *run) refer(ctx context.Context, w *Write) (names record.Fields, err error) {
	if w.Op == Delete {
		return record.Fields{}, nil
	}
	schema := r.terms.schema[record.CRM]
	set, stored := schema.Build(), schema.Build()
	named := map[string]bool{}
	for _, f := range r.terms.accounts {
		name, sets := w.Set.Get(f.Name)
		if !sets {
			continue
		}
		a, had := r.accountOfBefore(f, w.Set)
		var make bool
		var code Code
		if !had {
			a, make, code = r.accountOf(f, name.Text())
		}
		if make {
			if a, err = r.createAccount(ctx, f, name.Text()); err != nil {
				return record.Fields{}, err
			}
		}
		switch {
		case code != "":
			return record.Fields{}, &InvalidError{Field: f.Name, Reason: noSuchAccount}
		case a.ID == "":
			set.Set(f.NameOf)
			stored.Set(f.Name)
		default:
			set.Set(f.NameOf, a.ID)
			if a.Name != "" { // else the CRM alone knows it
				stored.Set(f.Name, a.Name)
			}
		}
		named[f.Name] = true
	}
	if len(named) == 0 {
		return record.Fields{}, nil
	}
	w.Set = w.Set.Only(func(name string) bool { return !named[name] }).With(set.Fields())
	return stored.Fields(), nil
}

// createAccount makes the account of a name, under a stamp made from tenant and name, so that two users' contacts meet in one.
func (r *run) createAccount(ctx context.Context, f record.Field, name string) (Account, error) {
	key := accountName{f.NameOf, record.CompanyKey(name)}
	call, cancel := r.bounded(ctx)
	defer cancel()
	stamp := r.e.accountStamp(r.conn.Tenant, key)
	a, err := r.e.cfg.Store.(AccountCreator).CreateAccount(call, r.writeScope(record.CRM), f.NameOf, name, stamp)
	if err == nil && a.ID == "" {
		err = fmt.Errorf("the CRM made it without an id")
	}
	if err != nil {
		return Account{}, fmt.Errorf("create an account: %w", err)
	}
	r.accounts[key] = []Account{a}
	return a, nil
}
