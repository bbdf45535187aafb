package graphadapter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// extendedBody is one extended property as it is sent; a nil value removes it.
type extendedBody struct {
	ID    string  `json:"id"`
	Value *string `json:"value"`
}

// body words a create or an update. An update clears by null, an empty list, or an address of empty members; a create
// leaves out what is empty. Neither ever holds a null address, which the service fails on. The error is a
// [*contactsync.InvalidError].
func (t *contactTable) body(w contactsync.Write) ([]byte, error) {
	creates := w.Op == contactsync.Create
	var was record.Fields
	if w.Was != nil {
		was = w.Was.Fields
	}
	members := map[string]any{}
	var extended []extendedBody
	if w.Stamp != "" {
		extended = append(extended, extendedBody{string(t.stamp), &w.Stamp})
	}
	for name, v := range w.Set.All() {
		f, _ := t.schema.Field(name)
		if err := check(f, v); err != nil {
			return nil, err
		}
		if creates && v.IsEmpty() {
			continue
		}
		if id, ok := t.extended[name]; ok {
			extended = append(extended, extendedBody{string(id), extendedText(id, f, v.Text())})
			continue
		}
		property, _, isPart := strings.Cut(name, ".")
		switch {
		case isPart:
			members[property] = wholeAddress(property, w.Set, was)
		case name == "emailAddresses":
			old, _ := was.Get(name)
			members[name] = writeEmails(v, old)
		case listProperties[name] != nil:
			members[name] = slices.DeleteFunc(append([]string{}, v...), func(s string) bool { return s == "" })
		case v.IsEmpty():
			members[name] = nil
		case name == "birthday":
			members[name], _ = writeDate(v.Text()) // check has seen to its form
		default:
			members[name] = v.Text()
		}
	}
	if !creates && w.Was != nil {
		for field, value := range composed(w.Set, was) {
			members[field] = value
		}
	}
	if extended != nil {
		members["singleValueExtendedProperties"] = extended
	}
	return encodeBody(members)
}

// check refuses what a field cannot hold. How many entries a list may have is left to the service, which alone knows.
func check(f record.Field, v record.Value) error {
	var fault *record.ValueError
	if !errors.As(f.Check(v), &fault) || fault.Reason == record.TooMany && f.Shape != record.One {
		return nil
	}
	return &contactsync.InvalidError{Field: f.Name, Reason: fault.Detail()}
}

// wholeAddress puts the parts that are set over those that were: the service replaces an address whole.
func wholeAddress(property string, set, was record.Fields) map[string]string {
	parts := make(map[string]string, len(addressParts))
	for _, part := range addressParts {
		name := property + "." + part
		v, sent := set.Get(name)
		if !sent {
			v, _ = was.Get(name)
		}
		parts[part] = v.Text()
	}
	return parts
}

// extendedText is the value of an extended property, by its type. Nil removes it; a Boolean cannot be removed so.
func extendedText(id propertyID, f record.Field, s string) *string {
	switch {
	case id.kind() == "Boolean" && s == "":
		s = "false"
	case s == "":
		return nil
	case f.Type == record.Date && id.kind() == "SystemTime":
		s, _ = writeDate(s) // check has seen to its form
	}
	return &s
}

// encodeBody writes the members, and refuses what is too large for a batch.
func encodeBody(members map[string]any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(members); err != nil {
		return nil, fmt.Errorf("write the item: %w", err)
	}
	const room = 8192 // for the URL and headers of its part
	if b.Len() <= maxBatchBytes-room {
		return b.Bytes(), nil
	}
	largest, most := "", 0
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if one, err := json.Marshal(members[name]); err == nil && len(one) > most {
			largest, most = name, len(one)
		}
	}
	return nil, &contactsync.InvalidError{Field: largest, Reason: fmt.Sprintf("it is too large: %d bytes, and Outlook takes less than %d for all of a contact", most, maxBatchBytes)}
}

// isPlainScalar reports whether a field can be written without knowing what the item holds: it is a property of its own,
// and no other is put together from it.
func isPlainScalar(field string) bool {
	return (scalarProperties[field] != nil || field == "birthday") && !slices.Contains(nameParts, field)
}

// BlindUpdate reports whether an update of just these fields needs no read: all are plain scalars, or extended
// properties, and the host has verified that the service honours versions ([Options.IfMatchHonoured]). Names are never
// among them, because display name and file-as follow them.
func (d *Directory) BlindUpdate(set record.Fields) bool {
	return d.opts.IfMatchHonoured && d.contacts.blind(set)
}

func (t *contactTable) blind(set record.Fields) bool {
	for name := range set.All() {
		if _, extended := t.extended[name]; !extended && !isPlainScalar(name) {
			return false
		}
	}
	return true
}
