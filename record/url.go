package record

import "strings"

// canonicalURL folds scheme and host, the parts of a URL that do not tell case apart (RFC 3986, section 6.2.2.1), and
// takes an empty path for "/" (section 6.2.3). An address without a scheme, as people type it, is read as host and
// path; it is not equal to one with a scheme.
func canonicalURL(s string) string {
	s = foldSpace(s)
	scheme, rest := "", s
	if i := strings.Index(s, "://"); i >= 0 && isScheme(s[:i]) {
		scheme, rest = strings.ToLower(s[:i])+"://", s[i+3:]
	} else if i := strings.IndexByte(s, ':'); i >= 0 && isScheme(s[:i]) && !isPort(s[i+1:]) {
		return strings.ToLower(s[:i]) + s[i:] // mailto: and the like have no host
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, path := rest[:end], rest[end:]
	at := strings.LastIndexByte(authority, '@') + 1
	host := authority[at:]
	port := ""
	if i := strings.LastIndexByte(host, ':'); i >= 0 && isPort(host[i+1:]) {
		host, port = host[:i], host[i:]
	}
	host, ok := foldDomain(host)
	if !ok {
		return s
	}
	if path == "/" {
		path = ""
	}
	return scheme + authority[:at] + host + port + path
}

func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		letter := 'a' <= c && c <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(s[i]))) {
			return false
		}
	}
	return s != "" && !strings.Contains(s, ".") // a dot before the colon: a host with a port
}

// isPort reports whether s begins with a port number and nothing but a path follows.
func isPort(s string) bool {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n > 0 && (n == len(s) || s[n] == '/' || s[n] == '?' || s[n] == '#')
}
