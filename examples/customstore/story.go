package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// story is the CRM, Anna's Outlook, and what is done to them.
type story struct {
	db     *database
	box    *memstore.Mailbox
	engine *contactsync.Engine
	conn   contactsync.Connection
}

// cards are the contacts that Anna has before the first run, most of them of people in the CRM.
var cards = []string{
	"givenName=Sanne|surname=van der Berg|emailAddresses=Sanne@Zonnebloem.example|mobilePhone=06 12340101",
	"givenName=Jan|surname=de Vries|emailAddresses=jan@devries.example",
	"givenName=Fatima|surname=El Amrani|businessPhones=+31 20 555 0103|emailAddresses=fatima@waterkant.example",
	"givenName=Lukas|surname=Müller|emailAddresses=lukas@mueller-optik.example|personalNotes=Glasses, third of May.",
	"givenName=小明|surname=王|emailAddresses=xiaoming.wang@example.com",
	"givenName=Tineke|surname=Smit|emailAddresses=info@bakkerijbos.example",
	"givenName=Nora|surname=Jansen|emailAddresses=nora@jansenzeilen.example|companyName=Jansen Zeilen",
}

// edits are what people do between two runs: in the CRM as plain SQL, which knows nothing of the sync; in Outlook as
// values, of somebody new where there is no such card, with none for a delete.
var edits = []struct{ side, who, what, how string }{
	{"CRM", "Sanne", "gets another job title", `job_title = 'Head of Purchasing'`},
	{"Outlook", "Sanne", "gets another mobile number", "mobilePhone=06 12340199"},
	{"CRM", "Jan", "gets another job title", `job_title = 'Chairman'`},
	{"Outlook", "Jan", "gets a third job title", "jobTitle=Retired"},
	{"CRM", "Lena", "is deleted", `deleted_at = CURRENT_TIMESTAMP`},
	{"Outlook", "Hugo", "is deleted", ""},
	{"CRM", "Evelien", "is merged into Eva, the same person", `deleted_at = CURRENT_TIMESTAMP,
		merged_into = (SELECT id FROM people WHERE first_name = 'Eva')`},
	{"CRM", "Pieter", "is made private by Ben, who owns him", `private = 1`},
	{"Outlook", "Iris", "is new", "givenName=Iris|surname=Wolf|emailAddresses=iris@wolf.example|jobTitle=Vet"},
	{"Outlook", "Omar", "is new to Anna, and in Ben's private part of the CRM", "givenName=Omar|surname=Haddad|emailAddresses=omar@quarto.example|jobTitle=Headhunter"},
}

// tell syncs, lets people work on both sides, and syncs until nothing is left to do.
func (s *story) tell(ctx context.Context, out io.Writer) error {
	for _, card := range cards {
		if err := s.edit(ctx, "Outlook", "", card); err != nil {
			return err
		}
	}
	var all, seen int
	if err := s.db.session().row(ctx, `SELECT count(*), count(*) FILTER (WHERE private = 0 OR owner = 'anna') FROM people WHERE deleted_at IS NULL`).Scan(&all, &seen); err != nil {
		return err
	}
	fmt.Fprintf(out, "The CRM has %d people, of whom Anna may see %d. Her Outlook has %d contacts.\n", all, seen, len(s.cards()))
	if err := s.sync(ctx, out, "First run"); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nMeanwhile\n")
	for _, e := range edits {
		fmt.Fprintf(out, "  %-9s%-9s%s\n", e.side, e.who, e.what)
		if err := s.edit(ctx, e.side, e.who, e.how); err != nil {
			return fmt.Errorf("%s %s: %w", e.who, e.what, err)
		}
	}
	if err := s.sync(ctx, out, "Second run"); err != nil {
		return err
	}
	if err := s.compare(ctx, out); err != nil {
		return err
	}
	return s.sync(ctx, out, "Third run")
}

func (s *story) edit(ctx context.Context, side, who, how string) error {
	if side == "CRM" {
		_, err := s.db.session().exec(ctx, `UPDATE people SET modified_at = CURRENT_TIMESTAMP, `+how+` WHERE first_name = $1`, who)
		return err
	}
	card, there := s.card(who)
	if there && how == "" {
		return s.box.Delete(card.ID)
	}
	b := record.OutlookContact.Build()
	for pair := range strings.SplitSeq(how, "|") {
		name, value, _ := strings.Cut(pair, "=")
		b.Set(name, value)
	}
	if there {
		return s.box.Edit(card.ID, b.Fields())
	}
	_, err := s.box.Add(s.conn.Folder, b.Fields())
	return err
}

// sync does a run and prints what became of it.
func (s *story) sync(ctx context.Context, out io.Writer, title string) error {
	report, err := s.engine.Sync(ctx, s.conn.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%-16screated  updated  deleted\n", title)
	for side, name := range []string{record.CRM: "CRM", record.Outlook: "Outlook"} {
		c := report.Counts[side]
		fmt.Fprintf(out, "  %-12s%9d%9d%9d\n", name, c.Created, c.Updated, c.Deleted)
	}
	if report.Wrote() == 0 {
		fmt.Fprintf(out, "  Nothing was left to do. %d people are linked.\n", report.Linked)
		return nil
	}
	fmt.Fprintf(out, "  %d people are linked, %d of them recognised in this run.\n", report.Linked, report.Matched)
	slices.SortFunc(report.Problems, func(a, b contactsync.Problem) int { return slices.Compare(a.Record[:], b.Record[:]) })
	for _, p := range report.Problems {
		who, err := s.names(ctx, p.Record)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\n  %s (%s)\n    %s\n", strings.TrimSuffix(who+", "+p.Field, ", "), p.Code, p.Message)
	}
	return nil
}

// compare prints both sides of everybody who was edited.
func (s *story) compare(ctx context.Context, out io.Writer) error {
	fmt.Fprintf(out, "\n  %-11s%-36s%s\n", "", "CRM", "Outlook")
	told := map[string]bool{}
	for _, e := range edits {
		if told[e.who] {
			continue
		}
		told[e.who] = true
		crm, outlook := "-", "-"
		err := s.db.session().row(ctx, `SELECT job_title || ', ' || mobile_phone FROM people WHERE first_name = $1 AND deleted_at IS NULL`, e.who).Scan(&crm)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if card, there := s.card(e.who); there {
			outlook = card.Fields.Text("jobTitle") + ", " + card.Fields.Text("mobilePhone")
		}
		fmt.Fprintf(out, "  %-11s%-36s%s\n", e.who, strings.Trim(crm, ", "), strings.Trim(outlook, ", "))
	}
	return nil
}

// names are those of the records of a problem, for their user's own eyes: problems hold no names.
func (s *story) names(ctx context.Context, ids [2]string) (string, error) {
	var crm string
	err := s.db.session().row(ctx, `SELECT first_name FROM people WHERE id IN IDS($1)`, list([]string{ids[record.CRM]})).Scan(&crm)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	card, _ := s.box.Item(ids[record.Outlook])
	switch outlook := card.Fields.Text("givenName"); {
	case crm == "":
		return outlook, nil
	case outlook == "" || outlook == crm:
		return crm, nil
	default:
		return crm + " and " + outlook, nil
	}
}

func (s *story) cards() []record.Record { return s.box.Items(record.Contact, s.conn.Folder) }

func (s *story) card(firstName string) (card record.Record, there bool) {
	for _, c := range s.cards() {
		if c.Fields.Text("givenName") == firstName {
			return c, true
		}
	}
	return card, false
}
