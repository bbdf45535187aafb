package record

import "github.com/nyaruka/phonenumbers"

const CanonicalVersion = canonicalVersion

// ParsePlain is the shortcut past the phone library, in E.164; empty where it is not taken.
func ParsePlain(digits string) string {
	n := parsePlain(digits)
	if n == nil {
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}

// ReadPhoneAnew is ParsePhones and the canonical form without the memory of texts read.
func ReadPhoneAnew(text, region string) ([]PhoneNumber, string) {
	p := interpretPhone(text, region)
	return p.parsed(), p.canonical
}
