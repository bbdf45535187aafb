package contactsync

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/seed-42871e99/crmsync/record"
)

// ProblemFilter narrows a list of problems. The zero ProblemFilter lets all through; of several members all must hold.
type ProblemFilter struct {
	// Resolvable: only records of which the user can settle a problem (L3) and has not yet.
	Resolvable bool
	Conn       string        // only of this connection
	Codes      []Code        // only records with a problem of one of these kinds
	CRMIDs     []string      // only these CRM records
	Kinds      []record.Kind // only connections of these kinds
}

// ProblemList is a user's list of problems, as a page shows it.
type ProblemList struct {
	Rows []ProblemRow
	// Resolvable is how many rows there are under the filter of which the user can settle a problem and has not yet, whether or not the
	// filter asks for those alone: at 0 there is no need to offer that filter.
	Resolvable int
	// Answered is how many rows there are under the filter, but for its Resolvable, that wait for the next run and for nothing else.
	Answered int
}

// ProblemRow is one record with what is open about it (L3).
type ProblemRow struct {
	Conn string
	Kind record.Kind
	// Record are the ids by [record.Side]: that of the CRM record, or else of the Outlook item. The other side's is there too
	// where all problems of the row agree in it.
	Record [2]string
	Codes  []Code // the kinds of error, each once, those of the oldest problems first
	// Resolvable: the user can settle one of the problems at least, by correcting a value or by an answer, and has not yet. The others
	// are for reading.
	Resolvable bool
	// Answered: each of the problems has an answer that waits for the next run ([Problem].Answered). Until then the user may give
	// another.
	Answered bool
	Problems []Problem // the oldest first, of equals by id
}

// Problems lists the user's open problems, one row a record of a connection, the oldest problem first, of equals by connection and id. A
// connection of which the filter knows and the user does not is as one without problems.
func (u User) Problems(ctx context.Context, f ProblemFilter) (ProblemList, error) {
	list, err := u.problems(ctx, f)
	if err != nil {
		return ProblemList{}, fmt.Errorf("contactsync: problems: %w", err)
	}
	return list, nil
}

func (u User) problems(ctx context.Context, f ProblemFilter) (ProblemList, error) {
	var list ProblemList
	conns, err := u.stored(ctx)
	if err != nil {
		return list, err
	}
	for _, c := range conns {
		if f.Conn != "" && f.Conn != c.ID || len(f.Kinds) > 0 && !slices.Contains(f.Kinds, c.Kind) {
			continue
		}
		problems, err := u.e.cfg.State.Problems(ctx, c.ID)
		if err == nil {
			err = u.e.withAnswers(ctx, c.ID, problems)
		}
		if err != nil {
			return list, err
		}
		for _, row := range problemRows(c, problems) {
			if !f.lets(row) {
				continue
			}
			if row.Answered {
				list.Answered++
			}
			if row.Resolvable {
				list.Resolvable++
			} else if f.Resolvable {
				continue
			}
			list.Rows = append(list.Rows, row)
		}
	}
	slices.SortStableFunc(list.Rows, func(a, b ProblemRow) int { return compareProblems(a.Problems[0], b.Problems[0]) })
	return list, nil
}

// lets reports whether the row passes, whether or not it is resolvable.
func (f *ProblemFilter) lets(row ProblemRow) bool {
	if len(f.CRMIDs) > 0 && !slices.Contains(f.CRMIDs, row.Record[record.CRM]) {
		return false
	}
	return len(f.Codes) == 0 || slices.ContainsFunc(row.Codes, func(c Code) bool { return slices.Contains(f.Codes, c) })
}

func compareProblems(a, b Problem) int {
	return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.Conn, b.Conn), cmp.Compare(a.ID, b.ID))
}

// problemRows gathers the problems of a connection by record.
func problemRows(c Connection, problems []Problem) []ProblemRow {
	slices.SortFunc(problems, compareProblems)
	var rows []ProblemRow
	at := map[[2]string]int{}
	for _, p := range problems {
		about := [2]string{record.CRM: p.Record[record.CRM]}
		if about[record.CRM] == "" {
			about = p.Record
		}
		i, had := at[about]
		if !had {
			i = len(rows)
			at[about] = i
			rows = append(rows, ProblemRow{Conn: c.ID, Kind: c.Kind, Record: p.Record, Answered: true})
		}
		row := &rows[i]
		if row.Record[record.Outlook] != p.Record[record.Outlook] {
			row.Record[record.Outlook] = ""
		}
		if !slices.Contains(row.Codes, p.Code) {
			row.Codes = append(row.Codes, p.Code)
		}
		row.Resolvable = row.Resolvable || p.Resolvable && p.Answered == ""
		row.Answered = row.Answered && p.Answered != ""
		row.Problems = append(row.Problems, p)
	}
	return rows
}
