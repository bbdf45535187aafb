package graphtest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// query is what the $ options of a request ask for.
type query struct {
	sel    propertySet
	top    int // 0: not given
	skip   int
	count  bool
	filter condition // nil: not given
	expand []string  // canonical ids of extended properties
	token  string    // $skiptoken or $deltatoken
	delta  bool      // token came as $deltatoken
}

// maxTop is the largest $top.
const maxTop = 1000

// selectable says what $select may name: the bit of each property by its name in lower case.
type selectable struct {
	entity string
	bits   map[string]int
}

var (
	contactProperties = selectable{"contact", propertyIndex}
	folderProperties  = selectable{"contactFolder", map[string]int{"parentfolderid": 0, "displayname": 1}}
)

// parseQuery reads the options of a call on contacts or folders. Options not among allowed are refused, as are values
// that Graph would not take.
func (s *Server) parseQuery(c *call, of selectable, allowed ...string) (query, *Answer) {
	q := query{sel: allProperties}
	for name, values := range c.req.Query {
		option := strings.ToLower(name)
		if !strings.HasPrefix(option, "$") {
			continue
		}
		if !slices.Contains(allowed, option) {
			return q, s.badRequest("The query option '%s' is not supported here.", name)
		}
		if len(values) > 1 {
			return q, s.badRequest("Query option '%s' was specified more than once, but it must be specified at most once.", name)
		}
		if a := s.parseOption(&q, of, option, values[0]); a != nil {
			return q, a
		}
	}
	return q, nil
}

func (s *Server) parseOption(q *query, of selectable, option, value string) *Answer {
	switch option {
	case "$select":
		sel, unknown := of.parse(value)
		if unknown != "" {
			return s.badRequest("Could not find a property named %s on type 'microsoft.graph.%s'.", unknown, of.entity)
		}
		q.sel = sel
	case "$top", "$skip":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || option == "$top" && (n == 0 || n > maxTop) {
			return s.badRequest("Invalid value '%s' for %s query option found. The %s query option requires a whole number in its range.", value, option, option)
		}
		if option == "$top" {
			q.top = n
		} else {
			q.skip = n
		}
	case "$count":
		q.count = strings.EqualFold(value, "true")
	case "$filter":
		f, err := parseFilter(value)
		if err != nil {
			return s.badRequest("Invalid filter clause: %v", err)
		}
		q.filter = f
	case "$expand":
		ids, err := parseExpand(value)
		if err != nil {
			return s.badRequest("Parsing OData Select and Expand failed: %v", err)
		}
		q.expand = ids
	case "$skiptoken", "$deltatoken":
		q.token, q.delta = value, option == "$deltatoken"
	}
	return nil
}

// parse reads a $select; id is always answered. The first unknown name is returned.
func (of selectable) parse(value string) (sel propertySet, unknown string) {
	for name := range strings.SplitSeq(value, ",") {
		name = strings.TrimSpace(name)
		if strings.EqualFold(name, "id") {
			continue
		}
		i, ok := of.bits[strings.ToLower(name)]
		if !ok {
			return 0, strconv.Quote(name)
		}
		sel |= 1 << i
	}
	return sel, ""
}

// link is the URL of the call with a token in place of what the token stands for.
func (s *Server) link(c *call, option, token string, keep ...string) string {
	base := c.base
	if s.quirks.ForeignLinks != "" {
		base = s.quirks.ForeignLinks
	}
	var b strings.Builder
	b.WriteString(base)
	for _, seg := range c.segs {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(seg))
	}
	b.WriteByte('?')
	for _, name := range keep {
		for k, v := range c.req.Query {
			if strings.EqualFold(k, name) {
				b.WriteString(name + "=" + url.QueryEscape(v[0]) + "&")
			}
		}
	}
	b.WriteString(option + "=" + token)
	return b.String()
}
