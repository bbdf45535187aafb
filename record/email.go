package record

import (
	"net/mail"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/width"
)

// SplitEmail takes apart an entry of a field of type Email, which may be written "Name <address>": at the last "<" of
// an entry that ends in ">". The name loses the white space around it. An entry of another form is an address; in
// "Name <>" there is a name without an address.
//
// JoinEmail(SplitEmail(e)) gives back e for every e made by [JoinEmail].
func SplitEmail(entry string) (name, address string) {
	if !strings.HasSuffix(entry, ">") {
		return "", entry
	}
	i := strings.LastIndexByte(entry, '<')
	if i < 0 {
		return "", entry
	}
	return strings.TrimSpace(entry[:i]), entry[i+1 : len(entry)-1]
}

// JoinEmail writes an entry of a field of type Email: "Name <address>", or the address alone when the name is blank.
// For a name without outer white space and an address without angle brackets, [SplitEmail] gives back both.
func JoinEmail(name, address string) string {
	name = strings.TrimSpace(name)
	if name == "" {
		return address
	}
	return name + " <" + address + ">"
}

// FoldEmail is the form of an address under which it is compared and makes match keys; false when it is blank or not
// an address by RFC 5322. Both parts are case folded, full-width letters made ordinary, and the domain brought to its
// ASCII form by IDNA's non-transitional lookup mapping. Plus tags and dots stay: they tell mailboxes apart. White
// space, invisible marks, "mailto:", quotes and list separators around the address are left out, and so is a name
// ("Name <address>").
func FoldEmail(address string) (string, bool) {
	if len(address) <= longestAddress && isPlainAddress(address) {
		return asciiLower(address), true
	}
	if !utf8.ValidString(address) {
		return "", false
	}
	_, address = SplitEmail(foldSpace(address))
	address = strings.Trim(address, " ,;")
	if n := len(address); n > 1 && address[0] == address[n-1] && (address[0] == '\'' || address[0] == '"') {
		address = strings.TrimSpace(address[1 : n-1])
	}
	if scheme, rest, ok := strings.Cut(address, ":"); ok && strings.EqualFold(scheme, "mailto") {
		address = rest
	}
	if len(address) > longestAddress {
		return "", false
	}
	parsed, err := mail.ParseAddress(width.Fold.String(address))
	if err != nil {
		return "", false
	}
	at := strings.LastIndexByte(parsed.Address, '@')
	domain, ok := foldDomain(parsed.Address[at+1:])
	if !ok {
		return "", false
	}
	folded := foldCase(parsed.Address[:at]) + "@" + domain
	if len(folded) > longestAddress || !isPlainAddress(folded) && !isAddress(folded) {
		return "", false // or a quoted local part that cannot stand without its quotes
	}
	return folded, true
}

// canonicalEmail compares an entry by its address; by its name where it has no address.
func canonicalEmail(entry string) string {
	if len(entry) <= longestAddress && isPlainAddress(entry) {
		return asciiLower(entry)
	}
	name, address := SplitEmail(foldSpace(entry))
	if folded, ok := FoldEmail(address); ok {
		return folded
	}
	// Case is folded last: in a domain, German ß and ss are two names.
	address = strings.TrimSpace(foldCase(address))
	if folded, ok := FoldEmail(address); ok {
		return folded
	}
	if address == "" {
		return JoinEmail(foldCase(name), "")
	}
	return address
}

// RFC 5321 allows 254 bytes; the rest is for folding to make an address longer.
const longestAddress = 1000

func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

// isPlainAddress accepts the common form of an address, a subset of what [FoldEmail] accepts: ASCII, no quotes, a
// domain of letters, digits, hyphens and single dots, none of it punycode.
func isPlainAddress(s string) bool {
	at := strings.IndexByte(s, '@')
	return at > 0 && isDotAtom(s[:at], ".!#$%&*+/=?^_`{|}~-") && isDotAtom(s[at+1:], ".-") && !hasPunycode(s[at+1:])
}

// isDotAtom reports whether s is made of ASCII letters, digits and the marks given, with no dot at an end or beside another.
func isDotAtom(s, marks string) bool {
	dot := true
	for i := range len(s) {
		c := s[i]
		if c == '.' {
			if dot {
				return false
			}
			dot = true
			continue
		}
		dot = false
		if !isAlnum(c) && strings.IndexByte(marks, c) < 0 {
			return false
		}
	}
	return !dot
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func hasPunycode(domain string) bool {
	for i := 0; i+4 <= len(domain); i++ {
		if domain[i+2] == '-' && domain[i+3] == '-' && strings.EqualFold(domain[i:i+2], "xn") {
			return true
		}
	}
	return false
}

// lookup maps a domain the way a browser or mail client does before it asks the DNS. It does not insist on host
// name rules: addresses with underscores or odd hyphens in their domain exist.
var lookup = sync.OnceValue(func() *idna.Profile {
	return idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.StrictDomainName(false),
		idna.CheckHyphens(false))
})

func foldDomain(domain string) (string, bool) {
	if domain == "" {
		return "", false
	}
	if isDotAtom(domain, ".-_") && !hasPunycode(domain) {
		return asciiLower(domain), true
	}
	ascii, err := lookup().ToASCII(domain)
	if err != nil || !isDotAtom(ascii, ".-_") {
		return "", false
	}
	return asciiLower(ascii), true
}
