package contactsync

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// ParseSettings reads settings from JSON. A member that is not known, in just this spelling, or is there twice, a value of the
// wrong type, and anything after the object are refused with an [*InvalidError] that names the member: a misspelt guard must
// not pass for no guard. What [json.Marshal] makes of settings reads back as the same settings, but for lenses of a host's
// own ([mapping.Rule].Custom), which do not travel. It does not check the settings against schemas; see [Settings.Validate].
func ParseSettings(data []byte) (Settings, error) {
	var s Settings
	raw, err := document(data)
	if err == nil {
		err = settingsShape().check(raw, "")
	}
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if err != nil {
		return Settings{}, fmt.Errorf("settings: %w", err)
	}
	return s, nil
}

// document reads one JSON object that has no member twice.
func document(data []byte) (json.RawMessage, error) {
	var raw json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&raw); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, &InvalidError{Reason: fmt.Sprintf("not JSON at byte %d: %v", syntax.Offset, err)}
		}
		return nil, &InvalidError{Reason: "the JSON ends too early"}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, &InvalidError{Reason: "there is more after the end of the settings"}
	}
	if raw[0] != '{' {
		return nil, &InvalidError{Reason: "settings are a JSON object"}
	}
	dec = json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // one that no setting can hold is told by its member
	return raw, once(dec, "")
}

// once refuses members that are there twice, of which encoding/json would take the last. The JSON is known to be sound.
func once(dec *json.Decoder, path string) error {
	open, err := dec.Token()
	if err != nil {
		return err
	}
	switch open {
	case json.Delim('{'):
		seen := map[string]bool{}
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return err
			}
			at := join(path, name.(string))
			if seen[at] {
				return &InvalidError{Field: at, Reason: "it is there twice"}
			}
			seen[at] = true
			if err := once(dec, at); err != nil {
				return err
			}
		}
	case json.Delim('['):
		for i := 0; dec.More(); i++ {
			if err := once(dec, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	default:
		return nil
	}
	_, err = dec.Token()
	return err
}

func join(path, name string) string {
	if path == "" || name == "" {
		return path + name
	}
	return path + "." + name
}

// check refuses what is not of the shape. null stands for the default.
func (s *shape) check(raw json.RawMessage, path string) error {
	if string(raw) == "null" {
		return nil
	}
	if s.list {
		var entries []json.RawMessage
		if err := s.decode(raw, &entries, path); err != nil {
			return err
		}
		for i, entry := range entries {
			if err := s.entry.check(entry, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		return nil
	}
	if s.rules || s.members == nil && s.entry == nil {
		return s.decode(raw, reflect.New(s.typ).Interface(), path)
	}
	var members map[string]json.RawMessage
	if err := s.decode(raw, &members, path); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		member, at := s.entry, fmt.Sprintf("%s[%s]", path, name)
		if s.entry == nil {
			at = join(path, name)
			if member = s.members[name]; member == nil {
				return s.unknown(at, name)
			}
		} else if string(members[name]) == "null" { // a search that asks for nothing would select everybody
			return &InvalidError{Field: at, Reason: "it is null; leave it out"}
		}
		if err := member.check(members[name], at); err != nil {
			return err
		}
	}
	return nil
}

func (s *shape) unknown(at, name string) error {
	reason := "there is no such setting"
	for _, known := range s.names {
		if strings.EqualFold(known, name) {
			reason += fmt.Sprintf("; it is written %q", known)
		}
	}
	return &InvalidError{Field: at, Reason: reason}
}

// decode reads a value and says in words what is wrong with it.
func (s *shape) decode(raw json.RawMessage, into any, path string) error {
	err := json.Unmarshal(raw, into)
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &kind):
		return &InvalidError{Field: join(path, kind.Field), Reason: fmt.Sprintf("a JSON %s, where %s is needed", kind.Value, wanted(kind.Type))}
	}
	return &InvalidError{Field: path, Reason: unnamed(err).Error()}
}

// wanted is what people call the JSON of a type.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a text"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Int:
		return "a whole number"
	}
	return "a number"
}
