package graphtest

import (
	"errors"
	"fmt"
	"strings"
)

// condition is a parsed $filter.
type condition interface {
	match(c *Contact) bool
}

type (
	anyOf   []condition
	allOf   []condition
	hasMail string // address
	hasText struct {
		id    string // canonical id of an extended property
		op    string // eq, ne, startswith, contains
		value string // in lower case
	}
)

func (a anyOf) match(c *Contact) bool {
	for _, x := range a {
		if x.match(c) {
			return true
		}
	}
	return false
}

func (a allOf) match(c *Contact) bool {
	for _, x := range a {
		if !x.match(c) {
			return false
		}
	}
	return true
}

func (h hasMail) match(c *Contact) bool { return c.hasAddress(string(h)) }

func (h hasText) match(c *Contact) bool {
	v, ok := c.Extended[h.id]
	if !ok {
		return false
	}
	v = strings.ToLower(v)
	switch h.op {
	case "ne":
		return v != h.value
	case "startswith":
		return strings.HasPrefix(v, h.value)
	case "contains":
		return strings.Contains(v, h.value)
	}
	return v == h.value
}

// maxFilterDepth bounds parentheses in a filter.
const maxFilterDepth = 32

// parseFilter reads the filters that Graph takes on contacts: clauses of the two forms
//
//	emailAddresses/any(a:a/address eq 'x')
//	singleValueExtendedProperties/Any(ep: ep/id eq 'i' and ep/value eq 'v')
//
// joined by "and" and "or". The value of the second form may be compared by eq, ne, startswith and contains.
func parseFilter(s string) (condition, error) {
	tokens, err := filterTokens(s)
	if err != nil {
		return nil, err
	}
	p := &filterParser{tokens: tokens}
	c, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.peek() != "" {
		return nil, fmt.Errorf("syntax error at %q", p.peek())
	}
	return c, nil
}

// parseExpand reads singleValueExtendedProperties($filter=id eq 'a' or id eq 'b'), the only $expand supported.
func parseExpand(s string) ([]string, error) {
	inner, ok := cutFold(strings.TrimSpace(s), "singleValueExtendedProperties")
	if !ok {
		return nil, fmt.Errorf("%q cannot be expanded", s)
	}
	inner = strings.TrimSpace(inner)
	if !strings.HasPrefix(inner, "(") || !strings.HasSuffix(inner, ")") {
		return nil, errors.New("singleValueExtendedProperties needs a $filter that names the properties")
	}
	inner, ok = cutFold(strings.TrimSpace(inner[1:len(inner)-1]), "$filter=")
	if !ok {
		return nil, errors.New("singleValueExtendedProperties needs a $filter that names the properties")
	}
	tokens, err := filterTokens(inner)
	if err != nil {
		return nil, err
	}
	p := &filterParser{tokens: tokens}
	var ids []string
	for {
		id, err := p.idClause("id")
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
		if !p.take("or") {
			break
		}
	}
	if p.peek() != "" {
		return nil, fmt.Errorf("syntax error at %q", p.peek())
	}
	return ids, nil
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

// filterTokens splits into words, single punctuation marks, and strings, which keep their opening quote as a mark.
func filterTokens(s string) ([]string, error) {
	var tokens []string
	for i := 0; i < len(s); {
		switch b := s[i]; {
		case b == ' ' || b == '\t' || b == '\r' || b == '\n':
			i++
		case b == '\'':
			text, n, ok := quotedText(s[i:])
			if !ok {
				return nil, fmt.Errorf("unterminated string at position %d", i)
			}
			tokens = append(tokens, "'"+text)
			i += n
		case strings.IndexByte("():,", b) >= 0:
			tokens = append(tokens, string(b))
			i++
		default:
			start := i
			for i < len(s) && strings.IndexByte(" \t\r\n'():,", s[i]) < 0 {
				i++
			}
			tokens = append(tokens, s[start:i])
		}
	}
	return tokens, nil
}

// quotedText reads an OData string, in which two quotes stand for one.
func quotedText(s string) (text string, n int, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return b.String(), i + 1, true
	}
	return "", 0, false
}

type filterParser struct{ tokens []string }

func (p *filterParser) peek() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

func (p *filterParser) take(word string) bool {
	if !strings.EqualFold(p.peek(), word) || word == "" {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *filterParser) want(words ...string) error {
	for _, w := range words {
		if !p.take(w) {
			return fmt.Errorf("%q expected before %q", w, p.peek())
		}
	}
	return nil
}

func (p *filterParser) text() (string, error) {
	t := p.peek()
	if !strings.HasPrefix(t, "'") {
		return "", fmt.Errorf("a string expected before %q", t)
	}
	p.tokens = p.tokens[1:]
	return t[1:], nil
}

func (p *filterParser) or(depth int) (condition, error) {
	var all anyOf
	for {
		c, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
		if !p.take("or") {
			return all, nil
		}
	}
}

func (p *filterParser) and(depth int) (condition, error) {
	var all allOf
	for {
		c, err := p.clause(depth)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
		if !p.take("and") {
			return all, nil
		}
	}
}

func (p *filterParser) clause(depth int) (condition, error) {
	switch {
	case depth > maxFilterDepth:
		return nil, errors.New("the filter is nested too deeply")
	case p.take("("):
		c, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		return c, p.want(")")
	case p.take("emailAddresses/any"):
		return p.mailClause()
	case p.take("singleValueExtendedProperties/any"):
		return p.extendedClause()
	}
	return nil, fmt.Errorf("contacts cannot be filtered by %q", p.peek())
}

func (p *filterParser) variable() (string, error) {
	if err := p.want("("); err != nil {
		return "", err
	}
	name := p.peek()
	if name == "" || strings.ContainsAny(name, "'():,/") {
		return "", fmt.Errorf("a range variable expected before %q", name)
	}
	p.tokens = p.tokens[1:]
	return name, p.want(":")
}

func (p *filterParser) mailClause() (condition, error) {
	v, err := p.variable()
	if err != nil {
		return nil, err
	}
	if err := p.want(v+"/address", "eq"); err != nil {
		return nil, fmt.Errorf("e-mail addresses can only be compared by address eq: %w", err)
	}
	address, err := p.text()
	if err != nil {
		return nil, err
	}
	return hasMail(address), p.want(")")
}

func (p *filterParser) extendedClause() (condition, error) {
	v, err := p.variable()
	if err != nil {
		return nil, err
	}
	id, err := p.idClause(v + "/id")
	if err != nil {
		return nil, err
	}
	if err := p.want("and"); err != nil {
		return nil, err
	}
	h := hasText{id: id}
	switch word := strings.ToLower(p.peek()); word {
	case "startswith", "contains":
		h.op = word
		err = p.want(word, "(", v+"/value", ",")
	default:
		if err = p.want(v + "/value"); err == nil {
			h.op = "eq"
			if !p.take("eq") {
				h.op = "ne"
				err = p.want("ne")
			}
		}
	}
	if err != nil {
		return nil, err
	}
	value, err := p.text()
	if err != nil {
		return nil, err
	}
	h.value = strings.ToLower(value)
	if h.op == "startswith" || h.op == "contains" {
		if err := p.want(")"); err != nil {
			return nil, err
		}
	}
	return h, p.want(")")
}

func (p *filterParser) idClause(path string) (string, error) {
	if err := p.want(path, "eq"); err != nil {
		return "", err
	}
	text, err := p.text()
	if err != nil {
		return "", err
	}
	id, ok := extendedID(text)
	if !ok {
		return "", fmt.Errorf("%q is no extended property id", text)
	}
	return id, nil
}
