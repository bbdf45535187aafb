package graphtest

import (
	"strconv"
	"strings"
)

// prefer is what a Prefer header asks for. Several values may share one header or come in headers of their own.
type prefer struct {
	immutable   bool
	maxPageSize int // 0: not asked for
}

func parsePrefer(headers []string) prefer {
	var p prefer
	for _, h := range headers {
		for value := range strings.SplitSeq(h, ",") {
			name, v, _ := strings.Cut(strings.TrimSpace(value), "=")
			v = strings.Trim(strings.TrimSpace(v), `"`)
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "idtype":
				p.immutable = strings.EqualFold(v, "ImmutableId")
			case "odata.maxpagesize":
				if n, err := strconv.Atoi(v); err == nil && n > 0 {
					p.maxPageSize = n
				}
			}
		}
	}
	return p
}

// applied is the Preference-Applied header; empty if nothing was asked for.
func (p prefer) applied() string {
	var parts []string
	if p.immutable {
		parts = append(parts, `IdType="ImmutableId"`)
	}
	if p.maxPageSize > 0 {
		parts = append(parts, "odata.maxpagesize="+strconv.Itoa(p.maxPageSize))
	}
	return strings.Join(parts, ", ")
}
