package graphadapter

import (
	"fmt"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// propertyID names a single-value extended property, in one of Graph's three forms:
//
//	String {6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11} Name LoyaltyTier
//	Boolean {00062008-0000-0000-c000-000000000046} Id 0x8506
//	String 0x3A1F
//
// Letters count in the Name part only.
type propertyID string

// StampName is the name of the extended property that holds the stamp, in the host's property set.
const StampName = "ContactSyncStamp"

// The extended properties of Exchange that v1.0 gives no name. The tags are those of MAPI ([MS-OXPROPS]).
var exchangeProperties = map[string]propertyID{
	"otherPhone":         "String 0x3A1F",
	"carPhone":           "String 0x3A1E",
	"callbackPhone":      "String 0x3A02",
	"assistantPhone":     "String 0x3A2E",
	"pager":              "String 0x3A21",
	"businessFax":        "String 0x3A24",
	"homeFax":            "String 0x3A25",
	"otherFax":           "String 0x3A23", // PidTagPrimaryFaxNumber, which Outlook shows as Other Fax
	"personalHomePage":   "String 0x3A50",
	"weddingAnniversary": "SystemTime 0x3A41",
	"private":            "Boolean {00062008-0000-0000-c000-000000000046} Id 0x8506", // PidLidPrivate
}

// mapiTypes are the types that can stand in a single-value id and that a field can be read from and written as.
var mapiTypes = []string{"String", "Boolean", "Integer", "Long", "Short", "Double", "Float", "Currency", "SystemTime"}

// parsePropertyID checks an id and brings all but the Name part into one spelling.
func parsePropertyID(text string) (propertyID, bool) {
	kind, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	kind, ok := mapiType(kind)
	if !ok {
		return "", false
	}
	rest = strings.TrimSpace(rest)
	if isHex(rest) {
		return propertyID(kind + " " + lowerHex(rest)), true
	}
	set, rest, _ := strings.Cut(rest, " ")
	if len(set) != 38 || set[0] != '{' || set[37] != '}' || !isGUID(set[1:37]) {
		return "", false
	}
	form, name, _ := strings.Cut(strings.TrimSpace(rest), " ")
	name = strings.TrimSpace(name)
	switch {
	case strings.EqualFold(form, "Name") && name != "":
		return propertyID(kind + " " + strings.ToLower(set) + " Name " + name), true
	case strings.EqualFold(form, "Id") && isHex(name):
		return propertyID(kind + " " + strings.ToLower(set) + " Id " + lowerHex(name)), true
	}
	return "", false
}

func mapiType(text string) (string, bool) {
	for _, t := range mapiTypes {
		if strings.EqualFold(t, text) {
			return t, true
		}
	}
	return "", false
}

func isHex(s string) bool {
	if len(s) < 3 || len(s) > 10 || s[0] != '0' || s[1]|0x20 != 'x' {
		return false
	}
	return isHexDigits(s[2:])
}

func isHexDigits(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			return false
		}
	}
	return true
}

// lowerHex writes a hexadecimal number in lower case and without leading zeros.
func lowerHex(s string) string {
	digits := strings.TrimLeft(strings.ToLower(s[2:]), "0")
	if digits == "" {
		digits = "0"
	}
	return "0x" + digits
}

func isGUID(s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	return isHexDigits(s[:8]) && isHexDigits(s[9:13]) && isHexDigits(s[14:18]) && isHexDigits(s[19:23]) && isHexDigits(s[24:])
}

// kind is the MAPI type in the id.
func (p propertyID) kind() string {
	kind, _, _ := strings.Cut(string(p), " ")
	return kind
}

// hostProperty is the property behind a field of the host's own.
func hostProperty(f record.Field, text, propertySet string) (propertyID, error) {
	if f.Shape != record.One {
		return "", fmt.Errorf("field %q holds several entries; an extended property holds one", f.Name)
	}
	if !strings.ContainsAny(text, " {}") && !isHex(text) && text != "" {
		kind := "String"
		switch f.Type {
		case record.Bool:
			kind = "Boolean"
		case record.Time:
			kind = "SystemTime"
		}
		text = kind + " {" + propertySet + "} Name " + text
	}
	id, ok := parsePropertyID(text)
	switch {
	case !ok:
		return "", fmt.Errorf("field %q: its property is neither a name nor an id like %q", f.Name, "String {GUID} Name LoyaltyTier")
	case f.Type == record.Bool && id.kind() != "Boolean", id.kind() == "Boolean" && f.Type != record.Bool:
		return "", fmt.Errorf("field %q: its type does not go with a property of type %s", f.Name, id.kind())
	case id.kind() == "SystemTime" && f.Type != record.Time && f.Type != record.Date:
		return "", fmt.Errorf("field %q: its type does not go with a property of type SystemTime", f.Name)
	}
	return id, nil
}
