package people

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/mapping"
)

// Rules say which fields of the CRM and of Outlook hold the same thing, and how they are carried.
func Rules() []mapping.Rule {
	one := func(crm, outlook string) mapping.Rule {
		return mapping.Rule{ID: crm, CRM: []string{crm}, Outlook: []string{outlook}}
	}
	first := func(crm, outlook string) mapping.Rule {
		r := one(crm, outlook)
		r.Lens.Kind = mapping.First // the other entries of Outlook's list are never touched
		return r
	}
	asked := func(r mapping.Rule) mapping.Rule {
		r.Conflict = mapping.Ask
		return r
	}
	return []mapping.Rule{
		one("initials", "initials"),
		one("firstName", "givenName"),
		{ // Outlook has no field for "van der": its users write it before the surname.
			ID: "lastName", CRM: []string{"infix", "lastName"}, Outlook: []string{"surname"},
			Lens: mapping.Spec{Kind: mapping.Name, Parts: []mapping.Part{mapping.Infix, mapping.Surname}},
		},
		one("company", "companyName"),
		one("jobTitle", "jobTitle"),
		{
			ID: "email", CRM: []string{"email", "email2"}, Outlook: []string{"emailAddresses"},
			Lens: mapping.Spec{Kind: mapping.List},
		},
		asked(first("workPhone", "businessPhones")),
		asked(one("mobilePhone", "mobilePhone")),
		asked(first("homePhone", "homePhones")),
		{
			ID:      "address",
			CRM:     []string{"street", "city", "state", "postalCode", "country"},
			Outlook: []string{"businessAddress.street", "businessAddress.city", "businessAddress.state", "businessAddress.postalCode", "businessAddress.countryOrRegion"},
			Lens:    mapping.Spec{Kind: mapping.Address},
		},
		asked(one("birthday", "birthday")),
		{ // These categories belong to the CRM; the owner's others are never touched.
			ID: "contactType", CRM: []string{"contactType"}, Outlook: []string{"categories"},
			Lens: mapping.Spec{Kind: mapping.Set, Values: []string{"Customer", "Prospect", "Partner", "Supplier", "Private"}},
		},
		one("notes", "personalNotes"),
	}
}

// Standard are the settings without a file: both ways; the CRM wins where both sides changed one thing, but for numbers
// and birthdays, which are asked about; a delete in the CRM is taken to Outlook, and not the other way round. All else is
// as the library has it.
func Standard() contactsync.Settings {
	return contactsync.Settings{
		Mapping:  Rules(),
		Flow:     contactsync.Flow{ToOutlook: &contactsync.Ops{Create: true, Update: true, Delete: true}},
		Conflict: mapping.CRMWins,
		Deleted:  contactsync.OnDelete{InCRM: contactsync.Propagate},
		Region:   "NL",
		Zone:     "Europe/Amsterdam",
	}
}

// ReadSettings reads a JSON file. A member that it leaves out is as in the standard settings, so that it may be as short
// as {"conflict": "ask"}. Members that do not exist are an error.
func ReadSettings(path string) (contactsync.Settings, error) {
	s := Standard()
	if path == "" {
		return s, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return contactsync.Settings{}, err
	}
	given, err := decodeSettings(data)
	if err != nil {
		return contactsync.Settings{}, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return given, nil
}

func decodeSettings(data []byte) (contactsync.Settings, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	var members map[string]json.RawMessage
	if err := d.Decode(&members); err != nil {
		return contactsync.Settings{}, jsonFault(data, err)
	}
	if d.More() {
		return contactsync.Settings{}, errors.New("something follows the settings")
	}
	d = json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	s := Standard()
	for name := range members { // what the file names replaces the standard whole; it is not mixed with it
		switch strings.ToLower(name) {
		case "flow":
			s.Flow = contactsync.Flow{}
		case "deleted":
			s.Deleted = contactsync.OnDelete{}
		case "mapping":
			s.Mapping = nil
		}
	}
	if err := d.Decode(&s); err != nil {
		return contactsync.Settings{}, jsonFault(data, err)
	}
	return s, nil
}

// jsonFault says where a file is no settings.
func jsonFault(data []byte, err error) error {
	line := func(offset int64) int { return 1 + bytes.Count(data[:offset], []byte("\n")) }
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("the file is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the file ends too early: a brace, bracket or quote is not closed")
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: %w", line(syntax.Offset), err)
	case errors.As(err, &shape) && shape.Field == "":
		return fmt.Errorf("line %d: settings are a JSON object; this is a JSON %s", line(shape.Offset), shape.Value)
	case errors.As(err, &shape):
		return fmt.Errorf("line %d: %s cannot be a JSON %s", line(shape.Offset), shape.Field, shape.Value)
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		if at := bytes.Index(data, []byte(name)); at >= 0 {
			return fmt.Errorf("line %d: settings have no member %s there", line(int64(at)), name)
		}
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}
