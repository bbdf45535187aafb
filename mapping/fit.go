package mapping

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/seed-42871e99/crmsync/record"
)

// Fit cuts the values to what their fields hold, each by [FitValue], for overflow = truncate. cut names the fields in
// which something was lost, in schema order; none when all fit.
func Fit(f record.Fields) (fitted record.Fields, cut []string) {
	var b *record.Builder
	for name, v := range f.All() {
		field, _ := f.Schema().Field(name)
		short, lost := FitValue(field, v)
		if !lost {
			continue
		}
		if b == nil {
			b = f.Schema().Build()
		}
		b.Set(name, short...)
		cut = append(cut, name)
	}
	if cut == nil {
		return f, nil
	}
	return f.With(b.Fields()), cut
}

// limited reports whether any of the fields has a limit that fit applies.
func limited(fields []record.Field) bool {
	for _, f := range fields {
		if f.MaxLen > 0 || f.Shape != record.One && f.MaxCount > 0 {
			return true
		}
	}
	return false
}

// fitAll cuts values like FitValue; where all fit there is only that to say.
func fitAll(fields []record.Field, v []record.Value) (fitted []record.Value, cut bool) {
	for i, f := range fields {
		short, lost := FitValue(f, v[i])
		if !lost {
			continue
		}
		if !cut {
			fitted, cut = slices.Clone(v), true
		}
		fitted[i] = short
	}
	return fitted, cut
}

// FitValue cuts a value to what its field holds, and reports whether anything was lost: surplus
// entries are dropped from the end, and text is cut at MaxLen characters, never between a letter and its accent. An
// entry of another type that is too long is dropped, because a number or an address with its end cut off is a wrong
// one. [Compiled.Carry] takes a value that was cut so for the whole of it.
func FitValue(f record.Field, v record.Value) (fitted record.Value, cut bool) {
	fitted = v
	for i, entry := range v {
		short, lost := cutEntry(f, entry)
		if !lost {
			continue
		}
		if !cut {
			fitted, cut = slices.Clone(v), true
		}
		fitted[i] = short
	}
	if f.Shape == record.One {
		return fitted, cut
	}
	if cut {
		fitted = slices.DeleteFunc(fitted, func(entry string) bool { return entry == "" })
	}
	if f.MaxCount > 0 && len(fitted) > f.MaxCount {
		fitted, cut = fitted[:f.MaxCount:f.MaxCount], true
	}
	return fitted, cut
}

func cutEntry(f record.Field, s string) (short string, cut bool) {
	if f.MaxLen <= 0 || utf8.RuneCountInString(s) <= f.MaxLen {
		return s, false
	}
	if f.Type == record.Email {
		if name, address := record.SplitEmail(s); name != "" {
			short, _ = cutEntry(f, address)
			return short, true
		}
	}
	if f.Type != record.Text && f.Type != record.Name {
		return "", true
	}
	end, n := 0, 0
	for i, r := range s {
		if !unicode.Is(unicode.M, r) {
			end = i // a cut is allowed before this rune
		}
		if n == f.MaxLen {
			break
		}
		n++
	}
	return s[:end], true
}
