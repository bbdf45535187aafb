package mapping

import (
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// templateLens writes a text made from CRM fields.
type templateLens struct {
	pieces []piece
	same   entries
}

// piece is a literal text, the value of a field, or an optional group of those.
type piece struct {
	literal string
	field   int // position among the CRM fields; -1: none
	group   []piece
}

func buildTemplate(s site) (Lens, []*Error) {
	faults := s.singles()
	if !s.counts(oneOrMore, 1) {
		return nil, append(faults, s.fault("", "a template has one Outlook field and at least one CRM field")...)
	}
	p := templateParser{site: s, used: make([]bool, len(s.rule.CRM))}
	pieces, rest := p.parse(s.rule.Lens.Template, false)
	if p.reason == "" && rest != "" {
		p.reason = `"]" closes nothing`
	}
	if p.reason == "" {
		if i := slices.Index(p.used, false); i >= 0 {
			p.reason = "it does not use " + s.rule.CRM[i]
		}
	}
	if p.reason != "" {
		return nil, append(faults, s.fault("lens.template", "%s", p.reason)...)
	}
	out := s.fields[record.Outlook][0]
	return templateLens{pieces: pieces, same: newEntries(out, out, s.loc)}, faults
}

type templateParser struct {
	site
	used   []bool
	reason string // what is wrong
}

// parse reads pieces up to the end, or inside a group up to its "]"; what follows is returned.
func (p *templateParser) parse(s string, inGroup bool) (pieces []piece, rest string) {
	for s != "" && p.reason == "" {
		i := strings.IndexAny(s, "{[]}")
		if i != 0 {
			if i < 0 {
				i = len(s)
			}
			pieces = append(pieces, piece{literal: s[:i], field: -1})
			s = s[i:]
			continue
		}
		switch s[0] {
		case '{':
			name, after, closed := strings.Cut(s[1:], "}")
			field := slices.Index(p.rule.CRM, name)
			switch {
			case !closed:
				p.reason = `a "{" is not closed`
			case field < 0:
				p.reason = "{" + name + "} is not a CRM field of the rule"
			default:
				p.used[field] = true
				pieces = append(pieces, piece{field: field})
			}
			s = after
		case '[':
			if inGroup {
				p.reason = "a group stands inside a group" // and nothing behind it is read
			}
			var group []piece
			group, s = p.parse(s[1:], true)
			if p.reason == "" && !strings.HasPrefix(s, "]") {
				p.reason = `a "[" is not closed`
			}
			s = strings.TrimPrefix(s, "]")
			if len(group) > 0 {
				pieces = append(pieces, piece{group: group, field: -1})
			}
		case ']':
			return pieces, s
		case '}':
			p.reason = `"}" closes nothing`
		}
	}
	return pieces, s
}

func (l templateLens) View(_ record.Side, v []record.Value) []record.Value { return v }

func (l templateLens) ToOutlook(crm, outlook []record.Value) []record.Value {
	text := l.write(crm)
	if l.same.same(text, outlook[0].Text()) {
		return outlook
	}
	return []record.Value{{text}}
}

func (l templateLens) ToCRM(_, crm []record.Value) []record.Value { return crm }

func (l templateLens) Loss(from record.Side, source, target []record.Value) Loss {
	if from == record.Outlook && !l.same.same(l.write(target), source[0].Text()) {
		return OneWay
	}
	return None
}

// write leaves out text that has nothing before or nothing after it to separate, but for text at the two ends of the
// template; of several texts in a row the last stays, and gives way to the text that a group begins with.
func (l templateLens) write(crm []record.Value) string {
	var b strings.Builder
	pending := ""
	var seen, passed bool // a field or group came before; one came after pending that was empty
	for i, p := range l.pieces {
		if p.field < 0 && p.group == nil {
			switch {
			case seen && b.Len() == 0: // nothing before it
			case i == len(l.pieces)-1:
				b.WriteString(p.literal)
			default:
				pending, passed = p.literal, false
			}
			continue
		}
		seen = true
		if value := p.value(crm); value != "" {
			if !passed || p.group == nil || p.group[0].field >= 0 {
				b.WriteString(pending)
			}
			b.WriteString(value)
			pending = ""
		} else {
			passed = true
		}
	}
	return strings.TrimSpace(b.String())
}

// value is the text of a field or a group; a group in which a field is empty has none.
func (p piece) value(crm []record.Value) string {
	if p.field >= 0 {
		return strings.TrimSpace(crm[p.field].Text())
	}
	var b strings.Builder
	for _, q := range p.group {
		text := q.literal
		if q.field >= 0 {
			if text = q.value(crm); text == "" {
				return ""
			}
		}
		b.WriteString(text)
	}
	return b.String()
}
