package graphtest

import (
	"net/http"
	"net/url"
	"strings"
)

// call is one request, or one part of a batch, on its way through the server.
type call struct {
	req    Request
	logged *Request // its entry in the log
	body   []byte
	base   string // root with version, for links
	segs   []string
	me     string // whose mailbox /me is
	box    *mailbox
	rest   []string // segs below the user
	prefer prefer
	bad    string // what is wrong with the path or query; empty: nothing
	answer *Answer
}

const batchRoute = "/$batch"

// newCall takes a request apart; bad says what it could not read.
func newCall(method, escapedPath, rawQuery string, h http.Header, base string) *call {
	c := &call{base: base, prefer: parsePrefer(h.Values("Prefer"))}
	c.req = Request{Method: strings.ToUpper(method), Path: escapedPath, Header: headersThatMatter(h)}
	path, ok := strings.CutPrefix(escapedPath, "/v1.0/")
	if !ok {
		c.bad = "Invalid version."
		return c
	}
	for seg := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		seg, err := url.PathUnescape(seg)
		if err != nil || seg == "" {
			c.bad = "Resource not found for an empty or badly escaped segment."
			return c
		}
		c.segs = append(c.segs, splitKey(seg)...)
	}
	c.req.Path = "/" + strings.Join(c.segs, "/")
	c.req.Route = routeOf(c.segs)
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		c.bad = "The query specified in the URI is not valid: " + err.Error()
	}
	c.req.Query = query
	return c
}

// splitKey takes OData's "contacts('id')" for "contacts/id", and "delta()" and "microsoft.graph.delta" for "delta".
func splitKey(seg string) []string {
	if name, key, ok := strings.Cut(seg, "('"); ok && strings.HasSuffix(key, "')") {
		return []string{name, strings.ReplaceAll(strings.TrimSuffix(key, "')"), "''", "'")}
	}
	seg = strings.TrimSuffix(seg, "()")
	return []string{strings.TrimPrefix(seg, "microsoft.graph.")}
}

// routeOf writes a path with {id} in place of ids and without the user.
func routeOf(segs []string) string {
	switch {
	case segs[0] == "me":
		segs = segs[1:]
	case segs[0] == "users" && len(segs) > 1:
		segs = segs[2:]
	}
	var b strings.Builder
	idNext := false
	for _, seg := range segs {
		b.WriteByte('/')
		if idNext && seg != "delta" {
			b.WriteString("{id}")
			idNext = false
			continue
		}
		b.WriteString(seg)
		idNext = seg == "contacts" || seg == "contactFolders" || seg == "childFolders"
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}

// resolve finds the mailbox of a call, or answers it. The caller holds mu.
func (s *Server) resolve(c *call) {
	switch {
	case c.segs[0] == "me":
		c.rest = c.segs[1:]
		c.box = s.box(c.me)
	case c.segs[0] == "users" && len(c.segs) > 1:
		c.rest = c.segs[2:]
		c.box = s.boxes[strings.ToLower(c.segs[1])]
	default:
		c.answer = s.badRequest("Resource not found for the segment '%s'.", c.segs[0])
		return
	}
	switch {
	case c.box != nil:
		c.req.Mailbox, c.logged.Mailbox = c.box.address, c.box.address
	case len(c.rest) == 0:
		c.answer = s.fail(http.StatusNotFound, "Request_ResourceNotFound", "Resource '"+c.segs[1]+"' does not exist.")
	default:
		c.answer = s.fail(http.StatusNotFound, "ErrorInvalidUser", "The requested user '"+c.segs[1]+"' is invalid.")
	}
}

// handle carries out a call on its mailbox. The caller holds mu.
func (s *Server) handle(c *call) *Answer {
	switch a := c.box.access; a {
	case Unauthorized, ClaimsChallenge, Denied:
		return s.noAccess(a)
	case NotEnabled:
		if len(c.rest) > 0 {
			return s.noAccess(a)
		}
	}
	if len(c.rest) == 0 {
		return s.user(c)
	}
	// Each kind of record is one case here with files of its own: events and tasks would be "calendar", "events", "todo".
	switch c.rest[0] {
	case "contacts":
		return s.contacts(c, c.box.contacts, false, c.rest[1:])
	case "contactFolders":
		return s.contactFolders(c, c.box.contacts, c.rest[1:])
	}
	return s.badRequest("Resource not found for the segment '%s'.", c.rest[0])
}

func (s *Server) user(c *call) *Answer {
	if c.req.Method != http.MethodGet {
		return s.wrongVerb()
	}
	b := append([]byte(nil), `{"@odata.context":`...)
	b = appendString(b, c.base+"/$metadata#users/$entity", false)
	b = append(b, `,"id":`...)
	b = appendString(b, c.box.userID, false)
	for _, name := range []string{"displayName", "mail", "userPrincipalName"} {
		b = append(b, `,"`+name+`":`...)
		b = appendString(b, c.box.address, false)
	}
	return &Answer{Status: http.StatusOK, Body: append(b, '}')}
}
