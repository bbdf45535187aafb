package graphadapter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// scalarProperties are the properties of a contact that hold one string, by the name that is also the field's.
var scalarProperties = map[string]func(*contactRow) *text{
	"displayName":      func(r *contactRow) *text { return &r.DisplayName },
	"fileAs":           func(r *contactRow) *text { return &r.FileAs },
	"title":            func(r *contactRow) *text { return &r.Title },
	"givenName":        func(r *contactRow) *text { return &r.GivenName },
	"middleName":       func(r *contactRow) *text { return &r.MiddleName },
	"surname":          func(r *contactRow) *text { return &r.Surname },
	"generation":       func(r *contactRow) *text { return &r.Generation },
	"initials":         func(r *contactRow) *text { return &r.Initials },
	"nickName":         func(r *contactRow) *text { return &r.NickName },
	"yomiGivenName":    func(r *contactRow) *text { return &r.YomiGivenName },
	"yomiSurname":      func(r *contactRow) *text { return &r.YomiSurname },
	"yomiCompanyName":  func(r *contactRow) *text { return &r.YomiCompanyName },
	"companyName":      func(r *contactRow) *text { return &r.CompanyName },
	"department":       func(r *contactRow) *text { return &r.Department },
	"jobTitle":         func(r *contactRow) *text { return &r.JobTitle },
	"officeLocation":   func(r *contactRow) *text { return &r.OfficeLocation },
	"profession":       func(r *contactRow) *text { return &r.Profession },
	"manager":          func(r *contactRow) *text { return &r.Manager },
	"assistantName":    func(r *contactRow) *text { return &r.AssistantName },
	"mobilePhone":      func(r *contactRow) *text { return &r.MobilePhone },
	"businessHomePage": func(r *contactRow) *text { return &r.BusinessHomePage },
	"spouseName":       func(r *contactRow) *text { return &r.SpouseName },
	"personalNotes":    func(r *contactRow) *text { return &r.PersonalNotes },
}

// listProperties are the properties that list strings.
var listProperties = map[string]func(*contactRow) *texts{
	"businessPhones": func(r *contactRow) *texts { return &r.BusinessPhones },
	"homePhones":     func(r *contactRow) *texts { return &r.HomePhones },
	"imAddresses":    func(r *contactRow) *texts { return &r.ImAddresses },
	"children":       func(r *contactRow) *texts { return &r.Children },
	"categories":     func(r *contactRow) *texts { return &r.Categories },
}

var addressProperties = map[string]func(*contactRow) *address{
	"businessAddress": func(r *contactRow) *address { return &r.BusinessAddress },
	"homeAddress":     func(r *contactRow) *address { return &r.HomeAddress },
	"otherAddress":    func(r *contactRow) *address { return &r.OtherAddress },
}

// contactTable says how each field of the contact schema travels. It is made once and read only.
type contactTable struct {
	schema   *record.Schema
	stamp    propertyID
	extended map[string]propertyID // by field
}

func newContactTable(o Options) (*contactTable, error) {
	stamp, _ := parsePropertyID("String {" + o.PropertySet + "} Name " + StampName) // PropertySet has been checked
	t := &contactTable{schema: o.Schema, stamp: stamp, extended: map[string]propertyID{}}
	used := map[propertyID]string{stamp: "the stamp"}
	for _, f := range o.Schema.Fields() {
		id, isExchange := exchangeProperties[f.Name]
		host, isHost := o.Extended[f.Name]
		switch {
		case isHost && (isExchange || isProperty(f.Name)):
			return nil, optionError("field %q has a property of Graph's own", f.Name)
		case isHost:
			var err error
			if id, err = hostProperty(f, host, o.PropertySet); err != nil {
				return nil, optionError("%v", err)
			}
		case isExchange:
			id, _ = parsePropertyID(string(id))
		case isProperty(f.Name):
			continue
		default:
			return nil, optionError("field %q of the schema has no property in Graph and is not named here", f.Name)
		}
		if other, taken := used[id]; taken {
			return nil, optionError("field %q has the property of %s", f.Name, other)
		}
		used[id], t.extended[f.Name] = "field "+f.Name, id
	}
	for name := range o.Extended {
		if _, ok := o.Schema.Field(name); !ok {
			return nil, optionError("field %q is not in the schema", name)
		}
	}
	return t, nil
}

func optionError(format string, args ...any) error {
	return &contactsync.InvalidError{Field: "Options.Extended", Reason: fmt.Sprintf(format, args...)}
}

// isProperty reports whether a field has a property of its own in v1.0.
func isProperty(field string) bool {
	property, _, isPart := strings.Cut(field, ".")
	switch {
	case isPart:
		return addressProperties[property] != nil && slices.Contains(addressParts[:], field[len(property)+1:])
	case field == "emailAddresses", field == "birthday":
		return true
	}
	return scalarProperties[field] != nil || listProperties[field] != nil
}

// selection is what to ask of each item: properties for $select, extended properties for $expand.
type selection struct {
	properties []string // sorted, without those every row needs
	extended   []string // fields
}

// rowProperties are asked of every item, whatever the fields wanted.
var rowProperties = []string{"parentFolderId", "createdDateTime", "lastModifiedDateTime"}

// selects finds what the wanted fields travel in; no fields at all means every one. Names the schema lacks are left out:
// the side cannot hold them.
func (t *contactTable) selects(fields []string, also ...string) selection {
	if len(fields) == 0 {
		fields = t.schema.Names()
	}
	var s selection
	for _, list := range [...][]string{fields, also} {
		for _, f := range list {
			if _, ok := t.schema.Field(f); !ok {
				continue
			}
			if _, ok := t.extended[f]; ok {
				s.extended = append(s.extended, f)
				continue
			}
			property, _, _ := strings.Cut(f, ".")
			s.properties = append(s.properties, property)
		}
	}
	slices.Sort(s.properties)
	s.properties = slices.Compact(s.properties)
	slices.Sort(s.extended)
	s.extended = slices.Compact(s.extended)
	return s
}

// selectList is the value of $select.
func (s selection) selectList() string {
	return strings.Join(append(slices.Clone(rowProperties), s.properties...), ",")
}

// expandList is the value of $expand: the stamp and the extended properties.
func (t *contactTable) expandList(s selection) string {
	var b strings.Builder
	b.WriteString("singleValueExtendedProperties($filter=id eq " + quoteOData(string(t.stamp)))
	for _, f := range s.extended {
		b.WriteString(" or id eq " + quoteOData(string(t.extended[f])))
	}
	b.WriteByte(')')
	return b.String()
}

// quoteOData writes a string literal.
func quoteOData(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
