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

// parsePhone is the library's Parse for digits, the first of which may be a plus sign. Most of the time that takes goes
// into what such digits cannot have, an extension, and what few have, a national prefix behind the country code.
func parsePhone(digits, region string) (*phonenumbers.PhoneNumber, error) {
	if n := parsePlain(digits); n != nil {
		return n, nil
	}
	return phonenumbers.Parse(digits, region)
}

// parsePlain reads a number that is just a plus sign, a country code and a national number; nil where there may be more to
// it.
func parsePlain(digits string) *phonenumbers.PhoneNumber {
	if digits[0] != '+' {
		return nil
	}
	for end := 2; end <= 4 && end < len(digits); end++ {
		code, _ := strconv.Atoi(digits[1:end])
		prefix, ok := nationalPrefixes()[code]
		if !ok {
			continue
		}
		text := digits[end:]
		if len(text) < 5 || len(text) > 15 || text[0] == '0' || prefix != nil && prefix.MatchString(text) {
			return nil
		}
		national, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return nil
		}
		country := int32(code)
		return &phonenumbers.PhoneNumber{CountryCode: &country, NationalNumber: &national}
	}
	return nil
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
