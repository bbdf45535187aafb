package record

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// Fault says what is wrong with a value.
type Fault string

const (
	TooLong     Fault = "tooLong"   // an entry has more characters than the field holds
	TooMany     Fault = "tooMany"   // there are more entries than the field holds
	NotWritable Fault = "readOnly"  // the field is never written
	NotUTF8     Fault = "notUTF8"   // an entry is not UTF-8
	BadDate     Fault = "badDate"   // not a date of the form 2006-01-02
	BadTime     Fault = "badTime"   // not a time in RFC 3339
	BadBool     Fault = "badBool"   // neither true nor false
	BadNumber   Fault = "badNumber" // not a whole number that fits; only from [Decode]
)

// ValueError says that a field cannot hold a value. It does not show the value, which may be personal data.
type ValueError struct {
	Field  string // its name
	Reason Fault
	// Got and Limit are lengths in characters or numbers of entries, for TooLong and TooMany.
	Got, Limit int
}

func (e *ValueError) Error() string {
	what := ""
	switch e.Reason {
	case TooLong:
		what = fmt.Sprintf("has %d characters, at most %d fit", e.Got, e.Limit)
	case TooMany:
		what = fmt.Sprintf("has %d entries, at most %d fit", e.Got, e.Limit)
	case NotWritable:
		what = "is read-only"
	case NotUTF8:
		what = "is not valid UTF-8"
	case BadDate:
		what = "is not a date like 2006-01-02"
	case BadTime:
		what = "is not a time like 2006-01-02T15:04:05Z"
	case BadBool:
		what = "is neither true nor false"
	case BadNumber:
		what = "is not a whole number that fits"
	default:
		what = string(e.Reason)
	}
	return fmt.Sprintf("field %q %s", e.Field, what)
}

// Check reports whether v may be written to the field: nil, or a [*ValueError] with the first fault. Cleared is always
// well formed. Emails, phones and URLs are not checked: people write what they write.
func (f Field) Check(v Value) error {
	v = v.trim()
	if f.ReadOnly {
		return &ValueError{Field: f.Name, Reason: NotWritable}
	}
	limit := f.MaxCount
	if f.Shape == One {
		limit = 1
	}
	if limit > 0 && len(v) > limit {
		return &ValueError{Field: f.Name, Reason: TooMany, Got: len(v), Limit: limit}
	}
	for _, s := range v {
		if fault := f.checkEntry(s); fault != nil {
			return fault
		}
	}
	return nil
}

func (f Field) checkEntry(s string) error {
	if s == "" {
		return nil
	}
	if !utf8.ValidString(s) {
		return &ValueError{Field: f.Name, Reason: NotUTF8}
	}
	if f.MaxLen > 0 && len(s) > f.MaxLen {
		if n := utf8.RuneCountInString(s); n > f.MaxLen {
			return &ValueError{Field: f.Name, Reason: TooLong, Got: n, Limit: f.MaxLen}
		}
	}
	switch f.Type {
	case Date:
		if !isDate(s) {
			return &ValueError{Field: f.Name, Reason: BadDate}
		}
	case Time:
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return &ValueError{Field: f.Name, Reason: BadTime}
		}
	case Bool:
		if s != "true" && s != "false" {
			return &ValueError{Field: f.Name, Reason: BadBool}
		}
	}
	return nil
}
