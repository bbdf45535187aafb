package filter

import (
	"fmt"
	"strconv"
	"strings"
)

// Error says which node of a condition is at fault and why, in words for the person who wrote it.
type Error struct {
	// Path leads to the node, such as "and[1].not.has"; empty for the whole condition.
	Path string
	// Field is the name of the field at fault, if it is about one.
	Field  string
	Reason string
}

func (e *Error) Error() string {
	s := "filter"
	if e.Path != "" {
		s += ": " + e.Path
	}
	if e.Field != "" {
		s += fmt.Sprintf(": field %q", e.Field)
	}
	return s + ": " + e.Reason
}

// path is where a node stands.
type path struct {
	up   *path
	step string
}

func (p *path) String() string {
	if p == nil {
		return ""
	}
	if p.up == nil || strings.HasPrefix(p.step, "[") {
		return p.up.String() + p.step
	}
	return p.up.String() + "." + p.step
}

// member is the path of the node n, whose own path it extends by its operation.
func (p *path) member(step string) *path { return &path{p, step} }

func (p *path) index(i int) *path { return &path{p, "[" + strconv.Itoa(i) + "]"} }

func (p *path) errorf(field, format string, args ...any) error {
	return &Error{Path: p.String(), Field: field, Reason: fmt.Sprintf(format, args...)}
}

// deepest is how deep conditions may be nested, saved ones included.
const deepest = 64
