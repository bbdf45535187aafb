package filter

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// when is a day or an instant, absolute or relative to now.
type when struct {
	day      bool
	relative bool
	absolute time.Time // unless relative: the instant, or midnight UTC of the day
	unit     byte      // of the offset: h, d, w, m, y
	n        int
}

var errWhen = errors.New(`a date is written 2006-01-02, a time 2006-01-02T15:04:05Z, a relative one "today", "today+1w", "now-30d" (h hours with now, d days, w weeks, m months, y years)`)

// greatest offset: a span of ten thousand years in the smallest unit is of no use to anyone and within time's range.
const furthest = 1_000_000

func parseWhen(s string) (when, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return when{day: true, absolute: t}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return when{absolute: t}, nil
	}
	w := when{relative: true, unit: 'd'}
	rest, ok := strings.CutPrefix(s, "today")
	if ok {
		w.day = true
	} else if rest, ok = strings.CutPrefix(s, "now"); !ok {
		return when{}, errWhen
	}
	if rest == "" {
		return w, nil
	}
	w.unit = rest[len(rest)-1]
	digits := rest[1 : max(len(rest), 2)-1]
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || n > furthest || rest[0] != '+' && rest[0] != '-' || !strings.ContainsRune("hdwmy", rune(w.unit)) || w.day && w.unit == 'h' {
		return when{}, errWhen
	}
	if w.n = int(n); rest[0] == '-' {
		w.n = -w.n
	}
	return w, nil
}

// span is the time from (included) until (not included) that w means under a clock and a zone; for an instant both are it.
func (w when) span(now time.Time, zone *time.Location) (from, until time.Time) {
	from = w.absolute
	if w.relative {
		from = now.In(zone)
	}
	if w.day {
		from = midnight(from, zone, 0)
	}
	if w.relative {
		from = w.shift(from)
	}
	if !w.day {
		return from, from
	}
	return from, midnight(from, zone, 1)
}

func (w when) shift(t time.Time) time.Time {
	switch w.unit {
	case 'h':
		return t.Add(time.Duration(w.n) * time.Hour)
	case 'd':
		return t.AddDate(0, 0, w.n)
	case 'w':
		return t.AddDate(0, 0, 7*w.n)
	case 'm':
		return addMonths(t, w.n)
	}
	return addMonths(t, 12*w.n)
}

// addMonths stays within the month it arrives at: a month after 31 January is the last of February, not 3 March.
func addMonths(t time.Time, n int) time.Time {
	moved := t.AddDate(0, n, 0)
	if over := moved.Day(); over != t.Day() {
		return moved.AddDate(0, 0, -over)
	}
	return moved
}

// midnight is the beginning of the day t shows, some days on, in the zone.
func midnight(t time.Time, zone *time.Location, days int) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, zone)
}
