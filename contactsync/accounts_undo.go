package contactsync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// readReferences reads, for the journal, which accounts the contacts have that are about to get others: by names alone an undo could not tell
// two accounts of one name apart, nor find one that was renamed since.
func (r *run) readReferences(ctx context.Context, tasks []*task) error {
	if !r.journals() || len(r.terms.accounts) == 0 {
		return nil
	}
	var whose []*task
	for _, t := range tasks {
		rec := t.h[record.CRM].rec
		if t.v.ops[record.CRM] != Update || rec == nil {
			continue
		}
		if t.references = r.referencesOf(t, rec.Fields); slices.ContainsFunc(r.terms.accounts, func(f record.Field) bool {
			return t.v.set[record.CRM].Known(f.Name) && !rec.Fields.Known(f.NameOf)
		}) {
			whose = append(whose, t)
		}
	}
	scope := r.scope[record.CRM]
	r.scope[record.CRM] = r.wholeScope(record.CRM)
	defer func() { r.scope[record.CRM] = scope }()
	for chunk := range slices.Chunk(whose, fetchSize) {
		refs := make([]Ref, len(chunk))
		for i, t := range chunk {
			refs[i] = Ref{ID: t.ids[record.CRM]}
		}
		found, err := r.get(ctx, record.CRM, refs)
		if err != nil {
			return err
		}
		for i, t := range chunk {
			if now := found[i].Records; len(now) == 1 && now[0].Version == t.h[record.CRM].rec.Version {
				t.references = r.referencesOf(t, now[0].Fields)
			}
		}
	}
	return nil
}

// referencesOf are the references of a record that a task replaces, by the fields that name them.
func (r *run) referencesOf(t *task, f record.Fields) values {
	refs := values{}
	for _, field := range r.terms.accounts {
		if ref, _ := f.Get(field.NameOf); t.v.set[record.CRM].Known(field.Name) && !ref.IsEmpty() {
			refs[field.Name] = ref
		}
	}
	return refs
}

// putReferences has what is put back of an updated contact refer to the accounts that it had.
func (r *run) putReferences(d *deed, put map[string]record.Value) {
	for _, f := range r.terms.accounts {
		ref, _ := r.terms.schema[record.CRM].Field(f.NameOf)
		if _, is := put[f.Name]; is && !ref.ReadOnly && !d.fields[f.Name].reference.IsEmpty() {
			put[f.NameOf] = d.fields[f.Name].reference
		}
	}
}

// accountOfBefore is the account that an undo's write refers to itself, as the contact had it: one that has its name, or any where none has that
// name now. It may have another by then, which the CRM alone knows: then it has none here.
func (r *run) accountOfBefore(f record.Field, set record.Fields) (a Account, ok bool) {
	ref, _ := set.Get(f.NameOf)
	if r.undone == nil || ref.IsEmpty() {
		return Account{}, false
	}
	found := r.accounts[accountName{f.NameOf, record.CompanyKey(set.Text(f.Name))}]
	if i := slices.IndexFunc(found, func(a Account) bool { return a.ID == ref.Text() }); i >= 0 {
		return found[i], true
	}
	return Account{ID: ref.Text()}, len(found) == 0
}

// applyByName applies those of an undo's writes once more, by the names of the accounts, that the CRM has refused with their references: the
// accounts are gone.
func (r *run) applyByName(ctx context.Context, sc Scope, writes []Write, results []Result) {
	var again []Write
	var places []int
	for i, w := range writes {
		var invalid *InvalidError
		if !errors.As(results[i].Err, &invalid) {
			continue
		}
		all := w.Set.Len()
		w.Set = w.Set.Only(func(name string) bool {
			return !slices.ContainsFunc(r.terms.accounts, func(f record.Field) bool {
				_, refers := r.accountOfBefore(f, w.Set)
				return f.NameOf == name && w.Set.Known(f.Name) && refers
			})
		})
		if w.Set.Len() < all {
			again, places = append(again, w), append(places, i)
		}
	}
	if len(again) == 0 {
		return
	}
	answers, err := r.applyByReference(ctx, sc, again)
	if err == nil && len(answers) != len(again) {
		err = fmt.Errorf("%d results for %d writes", len(answers), len(again))
	}
	for n, i := range places {
		if err != nil {
			results[i] = Result{Err: fmt.Errorf("%w: %w", ErrUnconfirmed, err)}
			continue
		}
		results[i] = answers[n]
	}
}
