package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
	"github.com/seed-42871e99/crmsync/sqlstate"
)

// Store puts the CRM's table of people (schema.sql) behind [contactsync.Store] and [contactsync.Finder]. It holds
// nothing but the database, so any number of processes may have one.
//
// It tells two kinds of failure apart. What is wrong with one person, a stale version or a value that does not fit,
// goes into that write's Result, and the others are carried out. What is wrong with the database or the context is the
// method's error: nothing of the call was written, and the engine's run stops and is tried again.
type Store struct {
	db    *database
	state *sqlstate.State // in the same database; nil: elsewhere
}

var (
	_ contactsync.Store      = (*Store)(nil)
	_ contactsync.Finder     = (*Store)(nil)
	_ contactsync.Transactor = (*Store)(nil)
)

// Person is what the sync knows of a row of people. The tags are the schema the engine works under: the types decide
// when two values are equal and what a person is recognised by, the limits are those of the columns. Owner is there for
// filters ("mine"); the sync never writes it. A column in which NULL means empty is an [sql.NullString]; a pointer would
// do for one in which it means that nobody looked.
type Person struct {
	Owner       string         `crm:"owner,type=reference,readonly,label=Owner"`
	FirstName   string         `crm:"firstName,type=name,max=60,label=First name"`
	Infix       string         `crm:"infix,type=name,max=20,label=Infix"`
	LastName    string         `crm:"lastName,type=name,max=60,label=Last name"`
	Company     string         `crm:"company,max=100,label=Company"`
	JobTitle    string         `crm:"jobTitle,max=100,label=Job title"`
	Email       string         `crm:"email,type=email,max=254,label=Email"`
	Email2      string         `crm:"email2,type=email,max=254,label=Second email"`
	WorkPhone   string         `crm:"workPhone,type=phone,max=40,label=Work phone"`
	MobilePhone string         `crm:"mobilePhone,type=phone,max=40,label=Mobile phone"`
	Notes       string         `crm:"notes,label=Notes"`
	Birthday    sql.NullString `crm:"birthday,type=date,label=Birthday"`
}

// schema is for contactsync.Config.CRM. An error would be a mistake in the tags above.
var schema, errSchema = record.SchemaOf[Person](record.Contact)

// columns are those of a Person, in the order of values; marks are their placeholders, from $1 on.
const (
	columns = `owner, first_name, infix, last_name, company, job_title, email, email2, work_phone, mobile_phone, notes, birthday`
	marks   = `$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12`
)

func (p *Person) values() []any {
	return []any{&p.Owner, &p.FirstName, &p.Infix, &p.LastName, &p.Company, &p.JobTitle, &p.Email, &p.Email2,
		&p.WorkPhone, &p.MobilePhone, &p.Notes, &p.Birthday}
}

// row is one row of people in the eyes of one user.
type row struct {
	record.Record
	person  Person
	seq     int64
	deleted bool
	visible bool
	into    string // merged: the survivor, while it lives
}

// gone says why the user cannot work with the person; empty when there is nothing in the way.
func (r row) gone() contactsync.Removal {
	switch {
	case r.into != "":
		return contactsync.Merged
	case r.deleted:
		return contactsync.Deleted
	case !r.visible:
		return contactsync.Hidden
	}
	return ""
}

// people reads rows of the scope's tenant, and of no other whatever the condition says. The condition is a constant of
// this program; what comes from outside is in args, from $3 on.
//
// It is the one place that says who may see whom: a rule that looks at other tables (teams, territories) goes into this
// query, and whatever changes those touches the people it concerns (UPDATE people SET sync_seq = sync_seq), so that
// Changes tells of them.
func people(ctx context.Context, on session, sc contactsync.Scope, condition string, args ...any) ([]row, error) {
	rows, err := on.query(ctx, `
		SELECT id, version, COALESCE(sync_stamp, ''), created_at, modified_at, sync_seq,
			deleted_at IS NOT NULL, private = 0 OR owner = $1,
			COALESCE((SELECT CAST(s.id AS TEXT) FROM people s WHERE s.id = people.merged_into AND s.deleted_at IS NULL), ''),
			`+columns+`
		FROM people WHERE BY tenant = $2 AND `+condition, append([]any{sc.User, sc.Tenant}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	defer rows.Close()
	var found []row
	for rows.Next() {
		r := row{Record: record.Record{StampRead: true}}
		into := []any{&r.ID, &r.Version, &r.Stamp, &r.Created, &r.Modified, &r.seq, &r.deleted, &r.visible, &r.into}
		if err := rows.Scan(append(into, r.person.values()...)...); err != nil {
			return nil, fmt.Errorf("read people: %w", err)
		}
		if r.Fields, err = record.Encode(schema, r.person); err != nil {
			return nil, fmt.Errorf("read person %s: %w", r.ID, err)
		}
		found = append(found, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	return found, nil
}

// Get implements [contactsync.Store], in one query however many refs there are. An id or stamp that is not in the
// tenant is unknown, which deletes nothing.
func (s *Store) Get(ctx context.Context, sc contactsync.Scope, refs []contactsync.Ref) ([]contactsync.Found, error) {
	ids, stamps := []string{}, []string{}
	for _, ref := range refs {
		if ref.Stamp != "" {
			stamps = append(stamps, ref.Stamp)
		} else {
			ids = append(ids, ref.ID)
		}
	}
	rows, err := people(ctx, s.db.session(), sc, `(id IN IDS($3) OR tenant = $2 AND sync_stamp IN LIST($4))`, list(ids), list(stamps))
	if err != nil {
		return nil, err
	}
	byRef := map[contactsync.Ref]row{}
	for _, r := range rows {
		byRef[contactsync.Ref{ID: r.ID}], byRef[contactsync.Ref{Stamp: r.Stamp}] = r, r
	}
	found := make([]contactsync.Found, len(refs))
	for i, ref := range refs {
		found[i] = contactsync.Found{Ref: ref, Removed: contactsync.Unknown}
		if r, there := byRef[ref]; there {
			if found[i].Removed, found[i].Into = r.gone(), r.into; found[i].Removed == "" {
				found[i].Records = []record.Record{r.Record}
			}
		}
	}
	return found, nil
}

// list makes a parameter of any number of values, for LIST, IDS and EACH.
func list[T string | [2]string](values []T) string {
	text, _ := json.Marshal(values) // of strings it never fails
	return string(text)
}
