package record

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The phone library reads letters as the digits on their keys, so that "06-12345678 werk" becomes a wrong number. So
// a text is cut into tokens first, and the library only ever sees digits.

type phoneToken struct {
	kind tokenKind
	text string // of digits and words
}

type tokenKind uint8

const (
	digitsToken tokenKind = iota // digits, perhaps after a plus sign; punctuation between them is left out
	wordToken                    // letters and whatever else is neither digit nor punctuation
	extToken                     // a word that announces an extension, before its digits
	softToken                    // a slash or comma, which may also stand inside a number
	hardToken                    // what can only stand between two numbers
)

// extensionWords announce an extension, in the languages they were met in.
var extensionWords = map[string]bool{
	"#": true, "x": true, "xt": true, "ext": true, "extn": true, "extension": true,
	"toestel": true, "toestelnr": true, "tst": true, "tstl": true, "doorkiesnr": true,
	"dw": true, "durchwahl": true, "apparat": true, "app": true, "nst": true, "nebenstelle": true,
	"poste": true, "anexo": true, "interno": true, "int": true, "ramal": true, "доб": true, "分机": true,
}

// cutPhone cuts a text into tokens, without separators at an end or beside another.
func cutPhone(text string) []phoneToken {
	var c phoneCutter
	text = foldPhone(text)
	for i, r := range text {
		switch {
		case '0' <= r && r <= '9':
			c.digit(text[i])
		case r == '+':
			c.punctuation()
			c.plus = true
		case r == '/', r == ',':
			c.separate(softToken)
		case r == ';' && strings.HasPrefix(text[i:], ";ext="): // RFC 3966, and our own canonical form
			c.punctuation()
		case r == '\n', r == '\r', r == ';', r == '|', r == '&':
			c.separate(hardToken)
		case isPhonePunctuation(r):
			c.punctuation()
		default:
			c.letter(text[i : i+utf8.RuneLen(r)])
		}
	}
	return c.finish()
}

// renderPhone writes tokens so that cutPhone gives them back.
func renderPhone(tokens []phoneToken) string {
	var b strings.Builder
	for i, t := range tokens {
		switch t.kind {
		case softToken:
			b.WriteByte('/')
		case hardToken:
			b.WriteByte(';')
		default:
			if i > 0 && t.kind == wordToken && tokens[i-1].kind == wordToken {
				b.WriteByte(' ')
			}
			b.WriteString(t.text)
		}
	}
	return b.String()
}

type phoneCutter struct {
	tokens []phoneToken
	text   []byte // of the token that may still grow
	kind   tokenKind
	plus   bool // a plus sign stands before the digits to come
}

func (c *phoneCutter) digit(d byte) {
	if len(c.text) > 0 && (c.kind != digitsToken || c.plus) {
		between := c.kind == digitsToken
		c.close()
		if between {
			c.separate(hardToken) // a plus sign only begins numbers
			c.plus = true
		}
	}
	if c.plus {
		c.text = append(c.text, '+')
	}
	c.text, c.kind, c.plus = append(c.text, d), digitsToken, false
}

func (c *phoneCutter) letter(s string) {
	if c.kind != wordToken {
		c.close()
	}
	c.text, c.kind, c.plus = append(c.text, s...), wordToken, false
}

// punctuation ends a word, not a number.
func (c *phoneCutter) punctuation() {
	if c.kind == wordToken {
		c.close()
	}
}

func (c *phoneCutter) separate(kind tokenKind) {
	c.close()
	c.plus = false
	if n := len(c.tokens); n > 0 && c.tokens[n-1].kind >= softToken {
		c.tokens[n-1].kind = max(c.tokens[n-1].kind, kind)
	} else if n > 0 {
		c.tokens = append(c.tokens, phoneToken{kind: kind})
	}
}

func (c *phoneCutter) close() {
	if len(c.text) > 0 {
		c.tokens = append(c.tokens, phoneToken{c.kind, string(c.text)})
		c.text = c.text[:0]
	}
}

// finish drops a separator at the end and finds extensions: a word for it between a number and at most seven digits.
func (c *phoneCutter) finish() []phoneToken {
	c.close()
	t := c.tokens
	if len(t) > 0 && t[len(t)-1].kind >= softToken {
		t = t[:len(t)-1]
	}
	for i := 1; i+1 < len(t); i++ {
		number, digits := t[i-1], t[i+1]
		ofExtension := i >= 2 && t[i-2].kind == extToken
		if t[i].kind == wordToken && extensionWords[t[i].text] &&
			number.kind == digitsToken && len(number.text) >= 4 && !ofExtension &&
			digits.kind == digitsToken && len(digits.text) <= 7 && digits.text[0] != '+' {
			t[i] = phoneToken{extToken, "ext"}
		}
	}
	return t
}

// phonePart is what may be a number.
type phonePart struct{ digits, ext string }

// groupPhone gathers the numbers; those with nothing but a slash or comma between them are one group.
func groupPhone(tokens []phoneToken) [][]phonePart {
	var groups [][]phonePart
	open := false
	for i, t := range tokens {
		switch {
		case t.kind == wordToken, t.kind == hardToken:
			open = false
		case t.kind != digitsToken:
		case i > 0 && tokens[i-1].kind == extToken:
			g := groups[len(groups)-1]
			g[len(g)-1].ext = t.text
		case open:
			g := &groups[len(groups)-1]
			*g = append(*g, phonePart{digits: t.text})
		default:
			groups = append(groups, []phonePart{{digits: t.text}})
			open = true
		}
	}
	return groups
}

func isPhonePunctuation(r rune) bool {
	return r < utf8.RuneSelf && strings.IndexByte(" \t-.()[]~:'\"_=", byte(r)) >= 0 ||
		r == '·' || r == '•' || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Pd, r)
}

// foldPhone brings letters to lower case and everything to its plain form: full-width signs, digits of other scripts.
func foldPhone(s string) string {
	return strings.Map(plainDigit, foldCompatible(dropInvisible(s)))
}

// plainDigit maps the decimal digits of every script to ASCII. In Unicode they stand in runs of ten from zero up.
func plainDigit(r rune) rune {
	if r < utf8.RuneSelf || !unicode.IsDigit(r) {
		return r
	}
	for _, run := range unicode.Nd.R16 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return '0' + (r-rune(run.Lo))%10
		}
	}
	return r
}
