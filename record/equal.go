package record

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Locale is what equality of live values depends on beside the values.
type Locale struct {
	// Region is the ISO 3166 code that phone numbers without a country code are read in, such as "NL", in either case;
	// empty, or a code that is not known (see [ValidRegion]): only numbers with a country code are understood.
	Region string
}

// Equal reports whether a and b say the same by the field's type and shape. It is equality of canonical forms (see
// [Field.Canonical]) and so an equivalence. The zero Value equals every value that only holds blank entries.
func (f Field) Equal(a, b Value, loc Locale) bool {
	a, b = a.trim(), b.trim()
	if slices.Equal(a, b) {
		return true
	}
	if f.Shape == Set {
		return slices.Equal(f.Canonical(a, loc), f.Canonical(b, loc))
	}
	for i := range max(len(a), len(b)) {
		if !sameEntry(f.Type, entry(a, i), entry(b, i), loc) {
			return false
		}
	}
	return true
}

// sameEntry compares canonical forms, but for what can be told without: most fields of most records are empty on one side.
func sameEntry(t Type, a, b string, loc Locale) bool {
	switch {
	case a == b:
		return true
	case t != Bool && (a == "" && saysSomething(b) || b == "" && saysSomething(a)):
		return false
	}
	return canonical(t, a, loc) == canonical(t, b, loc)
}

// saysSomething reports that an entry is not blank, by its first letter or digit; false says nothing.
func saysSomething(s string) bool { return isAlnum(s[0]) || s[0] == '+' && len(s) > 1 && isAlnum(s[1]) }

func entry(v Value, i int) string {
	if i < len(v) {
		return v[i]
	}
	return ""
}

// Canonical is the form under which values are compared. It is for comparing and hashing, never for writing: it folds
// away the person's spelling. The forms of entries are:
//
//	Text       line ends as LF, NFC, without invisible direction and zero-width marks, without trailing white space
//	Name       as Text, with runs of white space as one space and none outside
//	Email      the folded address (see [FoldEmail]); an entry that is no address: as Name, case folded
//	Phone      E.164 and ";ext=" with the extension, several joined by ";", where all numbers in the entry are valid in
//	           the region; else digits and lower-case words, without punctuation; as Name, case folded,
//	           where there is no digit
//	Date       2006-01-02; the date of a full timestamp as written, without regard to its zone
//	Time       RFC 3339 in UTC
//	URL        scheme and host in lower case, host in ASCII, no lone slash after the host
//	Bool       "true"; false is empty
//	Reference  as it is, but for line ends
//
// A date, time, URL or bool that cannot be read keeps its text, as Name; so does what is not UTF-8, unfolded. A List keeps its order and gaps, and loses
// blank entries at its end; a Set is sorted and loses repetitions and blank entries.
//
// The forms change only together with [TypedVersion]. Canonical is idempotent. It may return v itself.
func (f Field) Canonical(v Value, loc Locale) Value {
	out, own := v, false
	for i, s := range v {
		c := canonical(f.Type, s, loc)
		if c == s {
			continue
		}
		if !own {
			out, own = slices.Clone(v), true
		}
		out[i] = c
	}
	if f.Shape != Set {
		return out.trim()
	}
	if len(out) > 1 && !own {
		out = slices.Clone(out)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > 0 && out[0] == "" {
		out = out[1:]
	}
	return out.trim()
}

// canonical is the canonical form of one entry. It must be idempotent, and equal for what [Raw] makes equal. Bytes that
// are not UTF-8 cannot be folded.
func canonical(t Type, s string, loc Locale) string {
	s = unixLines(s)
	if s == "" || !utf8.ValidString(s) {
		return s
	}
	switch t {
	case Text:
		return foldText(s)
	case Name:
		return foldSpace(s)
	case Email:
		return canonicalEmail(s)
	case Phone:
		return canonicalPhone(s, loc.Region)
	case Date:
		return canonicalDate(s)
	case Time:
		return canonicalTime(s)
	case URL:
		return canonicalURL(s)
	case Bool:
		return canonicalBool(s)
	}
	return s
}

// Raw is the raw canonical form, whatever the type: CRLF and CR become LF, order is kept, trailing empty entries are
// dropped, so that null, "" and the empty list are one.
//
// It is frozen. Fingerprints of it are stored for years and compared across upgrades, so it must never change, in
// this or any later version, for any input. It may return v itself.
func Raw(v Value) Value {
	v = v.trim()
	out, own := v, false
	for i, s := range v {
		if strings.IndexByte(s, '\r') < 0 {
			continue
		}
		if !own {
			out, own = slices.Clone(v), true
		}
		out[i] = unixLines(s)
	}
	return out
}

// unixLines turns CRLF and CR into LF. It is part of the frozen form.
func unixLines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
