package record

import (
	"strings"
	"time"
)

// canonicalDate reads 2006-01-02, alone or at the head of a timestamp. What a timestamp says about the time of day and
// its zone is left out: a birthday is a date wherever it is read.
func canonicalDate(s string) string {
	s = foldSpace(s)
	const form = time.DateOnly
	if len(s) < len(form) {
		return s
	}
	date, rest := s[:len(form)], s[len(form):]
	if !isDate(date) || rest != "" && !isTimeOfDay(rest) {
		return s
	}
	return date
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// isTimeOfDay accepts what follows the date in RFC 3339 and in the forms databases print, with or without a zone.
func isTimeOfDay(s string) bool {
	if s[0] != 'T' && s[0] != 't' && s[0] != ' ' {
		return false
	}
	s = s[1:]
	for _, form := range [...]string{"15:04:05Z07:00", "15:04:05", "15:04", "15:04:05Z07", "15:04:05 -0700", "15:04:05 -0700 MST"} {
		if _, err := time.Parse(form, s); err == nil {
			return true
		}
	}
	return false
}

func canonicalTime(s string) string {
	s = foldSpace(s)
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	t = t.UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return s // RFC 3339 could not write it
	}
	return t.Format(time.RFC3339Nano)
}

func canonicalBool(s string) string {
	s = foldSpace(s)
	switch {
	case strings.EqualFold(s, "true"):
		return "true"
	case strings.EqualFold(s, "false"):
		return ""
	}
	return s
}
