package record

import (
	"regexp"
	"strconv"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// mayLosePrefix reports whether reading the number again from its E.164 form could strip a national prefix from it
// once more: where a national number may itself begin like a prefix (the Russian 8 800 numbers), reading is not
// idempotent by itself. It spares most numbers a second reading.
func mayLosePrefix(n *phonenumbers.PhoneNumber) bool {
	country := int(n.GetCountryCode())
	prefix, ok := nationalPrefixes()[country]
	if !ok {
		return true
	}
	if prefix == nil {
		return false
	}
	at := prefix.FindStringIndex(nationalNumber(n))
	return at != nil && at[1] > 0
}

func nationalNumber(n *phonenumbers.PhoneNumber) string {
	national := strconv.FormatUint(n.GetNationalNumber(), 10)
	if n.GetItalianLeadingZero() {
		national = "0" + national
	}
	return national
}

// nationalPrefixes holds, by country code, what the library strips from the front of a national number; nil where it
// strips nothing.
var nationalPrefixes = sync.OnceValue(func() map[int]*regexp.Regexp {
	prefixes := make(map[int]*regexp.Regexp)
	territories, err := phonenumbers.MetadataCollection()
	if err != nil {
		return prefixes
	}
	for _, t := range territories.GetMetadata() {
		country := int(t.GetCountryCode())
		if phonenumbers.GetRegionCodeForCountryCode(country) != t.GetId() {
			continue
		}
		if t.GetNationalPrefixForParsing() == "" {
			prefixes[country] = nil
			continue
		}
		if re, err := regexp.Compile("^(?:" + t.GetNationalPrefixForParsing() + ")"); err == nil {
			prefixes[country] = re
		}
	}
	return prefixes
})
