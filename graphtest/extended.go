package graphtest

import (
	"regexp"
	"strconv"
	"strings"
)

// The three ways to name a single-value extended property.
var (
	namedProperty    = regexp.MustCompile(`(?i)^([a-z]+)\s+\{([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}\s+Name\s+(\S.*)$`)
	numberedProperty = regexp.MustCompile(`(?i)^([a-z]+)\s+\{([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}\s+Id\s+(0x[0-9a-f]{1,8}|[0-9]{1,9})$`)
	taggedProperty   = regexp.MustCompile(`(?i)^([a-z]+)\s+(0x[0-9a-f]{1,8})$`)
)

// extendedTypes are the MAPI types that a single-value property may have, by lower case.
var extendedTypes = map[string]string{
	"string": "String", "boolean": "Boolean", "integer": "Integer", "long": "Long", "short": "Short",
	"double": "Double", "float": "Float", "currency": "Currency", "systemtime": "SystemTime",
	"applicationtime": "ApplicationTime", "binary": "Binary", "clsid": "CLSID",
}

// extendedID brings an id into the server's spelling: the type capitalised, GUID and numbers in lower case. The Name
// part is case-sensitive and stays. ok is false if id is none of the three forms.
func extendedID(id string) (canonical string, ok bool) {
	id = strings.TrimSpace(id)
	if m := namedProperty.FindStringSubmatch(id); m != nil {
		t, known := extendedTypes[strings.ToLower(m[1])]
		return t + " {" + strings.ToLower(m[2]) + "} Name " + m[3], known
	}
	if m := numberedProperty.FindStringSubmatch(id); m != nil {
		t, known := extendedTypes[strings.ToLower(m[1])]
		return t + " {" + strings.ToLower(m[2]) + "} Id " + hexNumber(m[3]), known
	}
	if m := taggedProperty.FindStringSubmatch(id); m != nil {
		t, known := extendedTypes[strings.ToLower(m[1])]
		return t + " " + hexNumber(m[2]), known
	}
	return "", false
}

func hexNumber(s string) string {
	n, err := strconv.ParseUint(s, 0, 32)
	if err != nil { // a decimal with leading zeros reads as octal
		n, _ = strconv.ParseUint(strings.TrimLeft(s, "0"), 10, 32)
	}
	return "0x" + strconv.FormatUint(n, 16)
}

// extendedValue checks a value against the type in a canonical id and returns it as the server would write it.
func extendedValue(canonical, value string) (string, bool) {
	kind, _, _ := strings.Cut(canonical, " ")
	switch kind {
	case "Boolean":
		switch strings.ToLower(value) {
		case "true", "1":
			return "true", true
		case "false", "0":
			return "false", true
		}
		return "", false
	case "Integer", "Long", "Short":
		_, err := strconv.ParseInt(value, 0, 64)
		return value, err == nil
	}
	return value, true
}
