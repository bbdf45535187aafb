package acceptance

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Row is one feature at work.
type Row struct {
	// ID is that of docs/features.md; Case tells several stories of one row apart.
	ID, Case string
	// With sets the feature; nil where it is the default. Without turns it round.
	With, Without func(*Setup)
	// Tell is what happens. Want says what is wrong with how it ended; nil: it is as promised.
	Tell func(*World)
	Want func(*World) error
}

// Name is the row's name as a test.
func (r Row) Name() string {
	if r.Case == "" {
		return r.ID
	}
	return r.ID + "/" + r.Case
}

// Setup is how a host has set things up: what a row's feature is switched on by.
type Setup struct {
	// Settings are those of all connections; For changes them for one, named as in [World.Sync].
	Settings contactsync.Settings
	For      map[string]func(*contactsync.Settings)
	Config   func(*contactsync.Config)
	// Locked are the members of Settings that no layer of a user or connection may change.
	Locked []string
	// Choice is what a person picks or does in the story, where it is that and no setting which the row is about.
	Choice string
}

// only changes the settings of one connection.
func (s *Setup) only(who string, change func(*contactsync.Settings)) {
	if s.For == nil {
		s.For = map[string]func(*contactsync.Settings){}
	}
	s.For[who] = change
}

// Promise tells the row as it is set, and answers what is wrong; nil: nothing. Further runs must write nothing.
func (r Row) Promise() error {
	ended, err := r.told(r.With, func(w *World) error {
		if wrong := r.Want(w); wrong != nil {
			return wrong
		}
		return w.Rests()
	})
	return errors.Join(err, ended)
}

// Inverted tells the row with its feature turned round, and answers in what the promise is broken, which is as it must be. An
// error is a fault of the row: the story cannot be told so, or the promise holds all the same.
func (r Row) Inverted() (broken string, err error) {
	ended, err := r.told(r.Without, r.Want)
	switch {
	case err != nil:
		return "", err
	case ended == nil:
		return "", errors.New("the promise holds without the feature")
	}
	return ended.Error(), nil
}

func (r Row) told(set func(*Setup), want func(*World) error) (ended, err error) {
	defer func() {
		if p := recover(); p != nil {
			t, ok := p.(trouble)
			if !ok {
				panic(p)
			}
			err = fmt.Errorf("the story stops: %w", t.err)
		}
	}()
	s := Setup{Settings: contactsync.Settings{Mapping: rules(), Region: "GB"}}
	if set != nil {
		set(&s)
	}
	w := newWorld(&s)
	r.Tell(w)
	return want(w), nil
}

// trouble is what keeps a story from being told.
type trouble struct{ err error }

func must(err error) {
	if err != nil {
		panic(trouble{err})
	}
}

func got[T any](v T, err error) T {
	must(err)
	return v
}

// Lines are what there is of something, one line each, sorted.
type Lines struct {
	of    string
	lines []string
}

// Are answers what differs from the lines that there must be.
func (l Lines) Are(want ...string) error {
	want = slices.Sorted(slices.Values(want))
	if slices.Equal(want, l.lines) {
		return nil
	}
	return fmt.Errorf("%s: %s, not %s", l.of, quoted(l.lines), quoted(want))
}

func quoted(lines []string) string {
	if len(lines) == 0 {
		return "nothing"
	}
	return `"` + strings.Join(lines, `", "`) + `"`
}

func linesOf(what string, records []record.Record, fields []string) Lines {
	l := Lines{of: what}
	for _, r := range records {
		parts := make([]string, len(fields))
		for i, f := range fields {
			v, _ := r.Fields.Get(f)
			parts[i] = strings.Join(v, "|")
		}
		l.lines = append(l.lines, strings.Join(parts, ", "))
	}
	slices.Sort(l.lines)
	return l
}

// all answers everything that is wrong.
func all(wrong ...error) error { return errors.Join(wrong...) }

// is answers in what a value differs from what it must be.
func is[T comparable](what string, got, want T) error {
	if got == want {
		return nil
	}
	return fmt.Errorf("%s: %v, not %v", what, got, want)
}

// Lines are the lines themselves.
func (l Lines) Lines() []string { return l.lines }
