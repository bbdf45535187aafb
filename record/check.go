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

func (e *ValueError) Error() string { return fmt.Sprintf("field %q %s", e.Field, e.Detail()) }

// Detail is the message without the field's name, such as "has 70 characters, at most 60 fit".
func (e *ValueError) Detail() string {
	switch e.Reason {
	case TooLong:
		return fmt.Sprintf("has %d characters, at most %d fit", e.Got, e.Limit)
	case TooMany:
		return fmt.Sprintf("has %d entries, at most %d fit", e.Got, e.Limit)
	case NotWritable:
		return "is read-only"
	case NotUTF8:
		return "is not valid UTF-8"
	case BadDate:
		return "is not a date like 2006-01-02"
	case BadTime:
		return "is not a time like 2006-01-02T15:04:05Z"
	case BadBool:
		return "is neither true nor false"
	case BadNumber:
		return "is not a whole number that fits"
	}
	return string(e.Reason)
}

// Check reports whether a record may be given these values: nil, or a [*ValueError] with the first fault, in the order
// of the schema of f (see [Field.Check]). Fields go by name, so f may be under another schema; a name that s lacks is an
// error that wraps [ErrUnknownField]. What is not known is not checked.
//
// It is what a CRM asks before it writes. The error may be the outcome of the write as it is: the engine makes of it a
// problem that names the field.
func (s *Schema) Check(f Fields) error {
	for name, v := range f.All() {
		field, ok := s.Field(name)
		if !ok {
			return fmt.Errorf("record: check: %w: %q", ErrUnknownField, name)
		}
		if err := field.Check(v); err != nil {
			return err
		}
	}
	return nil
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
