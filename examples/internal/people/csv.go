package people

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/seed-42871e99/crmsync/record"
)

// Export is what a CSV file holds.
type Export struct {
	File    string // its name without the folder
	People  []Person
	Columns int
	Unused  []string // headers of columns that are not used
}

// FaultError says where a file is wrong: its line, and the column in bytes, both counted from 1; 0 where there is none.
type FaultError struct {
	File         string
	Line, Column int
	Err          error
}

func (e *FaultError) Error() string {
	where := e.File
	if e.Line > 0 {
		where += fmt.Sprintf(", line %d", e.Line)
	}
	if e.Column > 0 {
		where += fmt.Sprintf(", column %d", e.Column)
	}
	return where + ": " + e.Err.Error()
}

func (e *FaultError) Unwrap() error { return e.Err }

// ReadCSV reads an export whole, or not at all: any fault in it is an error that names the place. It takes commas,
// semicolons or tabs, whichever the header has most, UTF-8 with or without its mark, and UTF-16 with it.
func ReadCSV(path string, data []byte) (Export, error) {
	e := Export{File: filepath.Base(path)}
	text, err := decodeText(data)
	if err != nil {
		return Export{}, &FaultError{File: e.File, Err: err}
	}
	if line, column, bad := invalidUTF8(text); bad {
		return Export{}, &FaultError{e.File, line, column, errors.New("not UTF-8: save the export as \"CSV UTF-8\"")}
	}
	body, delimiter, skipped := chooseDelimiter(text)
	r := csv.NewReader(bytes.NewReader(body))
	r.Comma = delimiter
	fault := func(line, column int, err error) error { return &FaultError{e.File, line + skipped, column, err} }

	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return Export{}, &FaultError{File: e.File, Err: errors.New("the file is empty")}
	}
	if err != nil {
		return Export{}, e.syntaxFault(err, skipped, 0)
	}
	found, err := readHeader(header)
	if err != nil {
		return Export{}, fault(1, 0, err)
	}
	e.Columns, e.Unused = len(header), found.unused

	lines := map[string]int{} // by id
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Export{}, e.syntaxFault(err, skipped, len(header))
		}
		if isBlank(row) {
			continue
		}
		p, at, err := readRow(row, found)
		line, column := r.FieldPos(at)
		if err != nil {
			return Export{}, fault(line, column, err)
		}
		if p.ID == "" {
			p.ID = fmt.Sprintf("line %06d", line+skipped)
		}
		if first, twice := lines[p.ID]; twice {
			return Export{}, fault(line, column, fmt.Errorf("the id %q stands in line %d already", p.ID, first))
		}
		lines[p.ID] = line + skipped
		e.People = append(e.People, p)
	}
	if len(e.People) == 0 {
		return Export{}, &FaultError{File: e.File, Err: errors.New("there is a header, and no people below it")}
	}
	return e, nil
}

// readRow reads one person. The column is the one that an error is about; without one, that of the id.
func readRow(row []string, l layout) (p Person, column int, err error) {
	for i, value := range row {
		c := l.of[i]
		if c == nil {
			continue
		}
		if c.field == "birthday" {
			if value, err = readDate(value); err != nil {
				return Person{}, i, fmt.Errorf("birthday: %w", err)
			}
		}
		if f, has := Schema.Field(c.field); has {
			if err := f.Check(record.Value{value}); err != nil {
				return Person{}, i, err
			}
		}
		*c.into(&p) = value
	}
	p.ID = strings.TrimSpace(p.ID)
	return p, l.id, nil
}

// dateForms are read beside 2006-01-02. Dates with slashes are not: nobody can tell the day from the month.
var dateForms = []string{time.DateOnly, "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05", "02-01-2006", "2-1-2006", "02.01.2006", "2.1.2006"}

func readDate(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	for _, form := range dateForms {
		if t, err := time.Parse(form, text); err == nil {
			return t.Format(time.DateOnly), nil
		}
	}
	return "", fmt.Errorf("%q is no date like 1984-11-27", text)
}

// decodeText takes the byte order mark off, and UTF-16 to UTF-8.
func decodeText(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return nil, errors.New("this is a workbook, not CSV: save the sheet as \"CSV UTF-8\"")
	}
	text, _, err := transform.Bytes(utf.BOMOverride(encoding.Nop.NewDecoder()), data)
	return text, err
}

func invalidUTF8(text []byte) (line, column int, bad bool) {
	if utf8.Valid(text) {
		return 0, 0, false
	}
	line = 1
	start := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			return line, i - start + 1, true
		case r == '\n':
			line, start = line+1, i+1
		}
		i += n
	}
	return line, 1, true
}

// chooseDelimiter counts the candidates in the header, outside quotes. A first line "sep=;", which Excel writes, decides
// by itself and is skipped.
func chooseDelimiter(text []byte) (body []byte, delimiter rune, skipped int) {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	if sep, ok := strings.CutPrefix(strings.TrimRight(string(first), "\r"), "sep="); ok && len(sep) == 1 {
		if r := rune(sep[0]); r != '"' && r != utf8.RuneError {
			return rest, r, 1
		}
	}
	counts := map[rune]int{}
	quoted, begun := false, false
	for _, r := range string(text) {
		if r == '"' {
			quoted = !quoted
		}
		if r == '\n' && !quoted && begun {
			break
		}
		begun = begun || !unicode.IsSpace(r)
		if !quoted && strings.ContainsRune(",;\t", r) {
			counts[r]++
		}
	}
	delimiter = ','
	for _, r := range ";\t" {
		if counts[r] > counts[delimiter] {
			delimiter = r
		}
	}
	return text, delimiter, 0
}

// syntaxFault puts what is wrong with the form of a file into words.
func (e Export) syntaxFault(err error, skipped, columns int) error {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return &FaultError{File: e.File, Err: err}
	}
	f := &FaultError{e.File, parse.Line + skipped, parse.Column, parse.Err}
	switch {
	case errors.Is(parse.Err, csv.ErrFieldCount):
		f.Err = fmt.Errorf("the row has not as many values as the header, which has %d: a delimiter or a quote is missing or too many", columns)
	case errors.Is(parse.Err, csv.ErrQuote) && parse.StartLine != parse.Line:
		f.Err = fmt.Errorf("a quoted value that begins in the row of line %d is not closed, or has a quote in it that is not doubled", parse.StartLine+skipped)
	case errors.Is(parse.Err, csv.ErrQuote):
		f.Err = errors.New("a quoted value is not closed, or has a quote in it that is not doubled")
	case errors.Is(parse.Err, csv.ErrBareQuote):
		f.Err = errors.New("a quote in a value that is not quoted: quote the value and double the quote")
	}
	return f
}

func isBlank(row []string) bool {
	for _, v := range row {
		if strings.TrimSpace(v) != "" {
			return false
		}
	}
	return true
}
