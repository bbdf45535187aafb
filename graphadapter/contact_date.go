package graphadapter

import "time"

// Outlook keeps a date as an instant, and clients differ in which: midnight in the zone of the device, midnight UTC, or
// 11:59 UTC, which is the same date in nearly every zone and which the Outlook protocols name ([MS-ASCNTC], Birthday).

// readDate finds the date an instant stands for: the one it begins in the user's zone, where that is known and the
// instant is a midnight there; else that of the instant 12 hours later less a second, which is right for midnight UTC,
// for 11:59 and for midnights from UTC-11 to UTC+12.
func readDate(s string, zone *time.Location) (string, bool) {
	if s == "" {
		return "", true
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.Format(time.DateOnly), true
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return "", false
	}
	if zone != nil {
		local := t.In(zone)
		if h, m, sec := local.Clock(); h == 0 && m == 0 && sec == 0 {
			return local.Format(time.DateOnly), true
		}
	}
	return t.UTC().Add(12*time.Hour - time.Second).Format(time.DateOnly), true
}

// writeDate is the instant a date is written as.
func writeDate(date string) (string, bool) {
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return "", false
	}
	return date + "T11:59:00Z", true
}
