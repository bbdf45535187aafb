// Package show prints plans and reports of the examples for people: plain text, with some bold and dim on a terminal.
package show

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

// Page is what is printed on. The first error of its writer ends the printing and is kept.
type Page struct {
	w      io.Writer
	styled bool
	err    error
}

// Width is how many columns of a terminal a page uses at most.
const Width = 96

// NewPage prints to w, with style if that is a terminal and NO_COLOR is not set (https://no-color.org).
func NewPage(w io.Writer) *Page {
	return &Page{w: w, styled: IsTerminal(w) && os.Getenv("NO_COLOR") == ""}
}

// Err is the first error of the writer.
func (p *Page) Err() error { return p.err }

// IsTerminal reports whether a person may be looking at what is written.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (p *Page) print(s string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, s)
	}
}

// Line prints text, indented by two and without spaces at its end.
func (p *Page) Line(format string, args ...any) {
	p.print(strings.TrimRight("  "+fmt.Sprintf(format, args...), " ") + "\n")
}

// Gap prints an empty line.
func (p *Page) Gap() { p.print("\n") }

// Head begins a part: its title, and a note at the right.
func (p *Page) Head(title, note string) {
	space := strings.Repeat(" ", max(1, Width-text.StringWidth(title)-text.StringWidth(note)))
	p.print(strings.TrimRight("\n"+p.Bold(title)+p.Dim(space+note), " ") + "\n" + p.Dim(strings.Repeat("─", Width)) + "\n")
}

// Bold and Dim style text where there is style.
func (p *Page) Bold(s string) string { return p.style("1", s) }
func (p *Page) Dim(s string) string  { return p.style("2", s) }

func (p *Page) style(code, s string) string {
	if !p.styled || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// Cell cuts or pads text to a Width, as a terminal shows it: a Chinese character takes two columns.
func Cell(s string, w int) string {
	s = strings.Join(strings.Fields(s), " ")
	return text.Pad(text.Snip(s, w, "…"), w, ' ')
}

// Right is Cell for numbers.
func Right(s string, w int) string { return text.AlignRight.Apply(s, w) }

// wrap breaks text at spaces into lines of at most w columns.
func wrap(s string, w int) []string {
	return strings.Split(strings.TrimRight(text.WrapSoft(s, w), "\n "), "\n")
}

// longest is how much of a text is shown.
const longest = 400

// Labelled prints a text beside its label, wrapped under itself; a very long one is cut.
func (p *Page) Labelled(label string, w int, s string) {
	s = text.Snip(s, longest, "…")
	for i, l := range wrap(s, Width-w-4) {
		if i > 0 {
			label = ""
		}
		p.Line("%s  %s", p.Dim(Cell(label, w)), strings.TrimSpace(l))
	}
}
