package record

const CanonicalVersion = canonicalVersion

// ReadPhoneAnew is ParsePhones and the canonical form without the memory of texts read.
func ReadPhoneAnew(text, region string) ([]PhoneNumber, string) {
	p := interpretPhone(text, region)
	return p.parsed(), p.canonical
}
