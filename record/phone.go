package record

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// PhoneNumber is one number of a phone field.
type PhoneNumber struct {
	// E164 is the number with country code, such as "+31201234567"; empty unless Valid.
	E164 string
	// Ext is the extension in digits; mostly empty.
	Ext string
	// Valid says that the number is one its country's numbering plan knows. Only such a number identifies a line.
	Valid bool
	// Digits are the digits of a number that is not valid, with a leading "+" where one was written; else empty.
	Digits string
}

// ParsePhones reads the numbers in the text of a phone field, in order; a field may hold several, with words around
// and between them ("06-12345678 (home) / 020 1234567 ext. 12"). Numbers without a country code are read in the
// region (see [Locale]); a text that is not UTF-8 has none. The text itself is never to be replaced by what was read: the spelling is the person's. The
// result must not be changed.
//
// What was read is remembered, for some hundred thousand texts: asking the phone library takes 10 to 50 us. Safe for
// concurrent use.
func ParsePhones(text, region string) []PhoneNumber {
	if !utf8.ValidString(text) {
		return nil
	}
	return readPhone(text, region).parsed()
}

// FormatE164 is the first valid number in the text in E.164 form, without its extension; false when there is none.
func FormatE164(text, region string) (string, bool) {
	for _, n := range ParsePhones(text, region) {
		if n.Valid {
			return n.E164, true
		}
	}
	return "", false
}

// ValidRegion reports whether phone numbers can be read in the region, an ISO 3166 code in either case.
func ValidRegion(region string) bool { return phonenumbers.GetSupportedRegions()[foldRegion(region)] }

func foldRegion(region string) string { return strings.ToUpper(strings.TrimSpace(region)) }

func canonicalPhone(s, region string) string { return readPhone(s, region).canonical }

// phone is what was read in the text of a phone field. Hundreds of thousands are remembered: it is kept small.
type phone struct {
	canonical string
	// numbers is nil when all numbers are valid: then canonical holds them all.
	numbers *[]PhoneNumber
}

func (p phone) parsed() []PhoneNumber {
	if p.numbers != nil {
		return *p.numbers
	}
	numbers := make([]PhoneNumber, 0, 1)
	for one := range strings.SplitSeq(p.canonical, ";+") {
		e164, ext, _ := strings.Cut(strings.TrimPrefix(one, "+"), ";ext=")
		numbers = append(numbers, PhoneNumber{E164: "+" + e164, Ext: ext, Valid: true})
	}
	return numbers
}

var noNumbers []PhoneNumber

// Longer texts are compared as they are: notes in the wrong field, not numbers.
const longestPhone = 250

// interpretPhone reads a text without the memory of readPhone. All that follows sees only the tokens, and rendering
// them and cutting them again gives the same tokens; that makes the canonical form of a text that is not valid idempotent.
func interpretPhone(text, region string) phone {
	tokens := cutPhone(text)
	if !slices.ContainsFunc(tokens, func(t phoneToken) bool { return t.kind == digitsToken }) {
		return phone{Fold(text), &noNumbers}
	}
	rendered := renderPhone(tokens)
	if len(rendered) > longestPhone {
		return phone{rendered, &noNumbers}
	}
	var numbers []PhoneNumber
	for _, g := range groupPhone(tokens) {
		numbers = append(numbers, readGroup(g, region)...)
	}
	valid := len(numbers) > 0
	for _, n := range numbers {
		valid = valid && n.Valid
	}
	if !valid {
		if len(numbers) == 1 && numbers[0].Digits == rendered {
			if e164, ok := possibleNumber(rendered); ok {
				rendered = e164
			}
		}
		return phone{rendered, &numbers}
	}
	var b strings.Builder
	for i, n := range numbers {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(n.E164)
		if n.Ext != "" {
			b.WriteString(";ext=" + n.Ext)
		}
	}
	return phone{canonical: b.String()}
}

// readGroup decides whether digits with slashes or commas between them are several numbers, as in "020 1234567 /
// 06 12345678", or one, as in "030/23125123".
func readGroup(parts []phonePart, region string) []PhoneNumber {
	numbers := make([]PhoneNumber, len(parts))
	valid, tails := 0, 0
	for i, p := range parts {
		numbers[i] = readNumber(p, region)
		if numbers[i].Valid {
			valid++
		} else if len(p.digits) <= 4 && i > 0 {
			tails++
		}
	}
	switch {
	case len(parts) == 1, valid == len(parts):
		return numbers
	case numbers[0].Valid && tails == len(parts)-1:
		return numbers // "020 1234567/8": the rest stands for the last digits of other lines
	}
	whole := phonePart{ext: parts[len(parts)-1].ext}
	for _, p := range parts {
		whole.digits += p.digits
	}
	if n := readNumber(whole, region); n.Valid {
		return []PhoneNumber{n}
	}
	return numbers
}

// readNumber asks the phone library about digits, the first of which may be a plus sign.
func readNumber(p phonePart, region string) PhoneNumber {
	e164, ok := askLibrary(p.digits, foldRegion(region))
	if !ok && strings.HasPrefix(p.digits, "00") {
		e164, ok = askLibrary("+"+p.digits[2:], "") // the common way to write a plus, also where the exit code is another
	}
	if !ok {
		return PhoneNumber{Digits: p.digits, Ext: p.ext}
	}
	return PhoneNumber{E164: e164, Ext: p.ext, Valid: true}
}

func askLibrary(digits, region string) (string, bool) {
	// The shortest national numbers have four digits; the longest have 15 after a country code and an exit code.
	if len(digits) < 4 || len(digits) > 22 || region == "" && digits[0] != '+' {
		return "", false
	}
	n, err := parsePhone(digits, region)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", false
	}
	e164 := phonenumbers.Format(n, phonenumbers.E164)
	if !mayLosePrefix(n) {
		return e164, true
	}
	again, err := parsePhone(e164, "")
	if err != nil || !phonenumbers.IsValidNumber(again) || phonenumbers.Format(again, phonenumbers.E164) != e164 {
		return "", false // the library reads its own answer as another number: nothing to build equality on
	}
	return e164, true
}

// possibleNumber is the one form of a number with a country code that no numbering plan knows, but whose length is
// right: new ranges, and those kept for fiction. It makes two spellings equal, and identifies nobody.
func possibleNumber(digits string) (string, bool) {
	if rest, ok := strings.CutPrefix(digits, "00"); ok {
		digits = "+" + rest
	}
	if digits[0] != '+' || len(digits) > 22 {
		return "", false
	}
	n, err := parsePhone(digits, "")
	if err != nil || !phonenumbers.IsPossibleNumber(n) || mayLosePrefix(n) {
		return "", false
	}
	e164 := phonenumbers.Format(n, phonenumbers.E164)
	again, err := parsePhone(e164, "")
	if err != nil || phonenumbers.IsValidNumber(again) || phonenumbers.Format(again, phonenumbers.E164) != e164 {
		return "", false
	}
	return e164, true
}
