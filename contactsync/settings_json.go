package contactsync

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ParseSettings reads settings from JSON. A member it does not know, a value of the wrong type, and anything after the
// object are refused with an [*InvalidError] that names the member: a misspelt guard must not pass for no guard. It does
// not check the settings against schemas; see [Settings.Validate].
func ParseSettings(data []byte) (Settings, error) {
	var s Settings
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return Settings{}, fmt.Errorf("contactsync: settings: %w", settingsFault(err, dec.InputOffset()))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Settings{}, fmt.Errorf("contactsync: settings: %w", &InvalidError{Reason: "there is more after the end of the settings"})
	}
	return s, nil
}

func settingsFault(err error, offset int64) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return &InvalidError{Reason: fmt.Sprintf("not JSON at byte %d: %v", syntax.Offset, err)}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &InvalidError{Reason: "the JSON ends too early"}
	case errors.As(err, &kind):
		return &InvalidError{Field: kind.Field, Reason: fmt.Sprintf("a JSON %s, where %s is needed", kind.Value, kind.Type)}
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return &InvalidError{Field: strings.Trim(name, `"`), Reason: fmt.Sprintf("there is no such setting (near byte %d)", offset)}
	}
	return &InvalidError{Reason: err.Error()}
}
