package graphadapter

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// page is a page of a delta or of a listing.
type page struct {
	rows  []contactRow
	next  string // the link to the next page; empty: none
	delta string // the link to the next round; empty: none
}

// decodePage decodes a page. A row that is no object, or holds values of other shapes than expected, costs nothing but
// itself; an error means that the whole is no page.
func decodePage(body []byte) (page, error) {
	var wire struct {
		Value []contactRow `json:"value"`
		Next  text         `json:"@odata.nextLink"`
		Delta text         `json:"@odata.deltaLink"`
	}
	err := json.Unmarshal(repairJSON(body), &wire)
	// A row of another shape is reported after all others have been decoded; it is left without an id.
	var shape *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &shape) {
		return page{}, fmt.Errorf("the answer is not valid JSON: %w", syntaxOnly(err))
	}
	switch {
	case wire.Value == nil:
		return page{}, errors.New("the answer has no rows: member value is missing")
	case wire.Next.held == unreadable || wire.Delta.held == unreadable:
		return page{}, errors.New("the answer's link to the next page cannot be read")
	}
	return page{wire.Value, oneWord(wire.Next.s), oneWord(wire.Delta.s)}, nil
}

// oneWord escapes blanks of a link, which have no place in a URL.
func oneWord(link string) string { return strings.ReplaceAll(link, " ", "%20") }

// syntaxOnly keeps the place of a syntax error and leaves out its text, which quotes the answer.
func syntaxOnly(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("at byte %d", syntax.Offset)
	}
	return errors.New("it ends too early")
}
