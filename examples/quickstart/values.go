package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// Name implements show.Reader.
func (d *desk) Name(side record.Side, id string) string {
	if side == record.CRM {
		p, _ := d.person(id)
		return p.Name()
	}
	c, _ := d.graph.Contact(owner, id)
	return c.DisplayName
}

// Holds implements show.Reader.
func (d *desk) Holds(side record.Side, id, rule string) string {
	r, ok := d.rule(rule)
	if !ok {
		return ""
	}
	var parts []string
	switch side {
	case record.CRM:
		rec, _ := d.crm.Record(id)
		for _, field := range r.CRM {
			v, _ := rec.Fields.Get(field)
			parts = append(parts, v...)
		}
	case record.Outlook:
		c, _ := d.graph.Contact(owner, id)
		all := asJSON(c)
		for _, field := range r.Outlook {
			parts = append(parts, outlookValues(all, field)...)
		}
	}
	if r.Lens.Kind == mapping.Name {
		return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
	}
	return join(parts...)
}

func (d *desk) rule(id string) (mapping.Rule, bool) {
	for _, r := range d.settings.Mapping {
		if r.ID == id {
			return r, true
		}
	}
	return mapping.Rule{}, false
}

// outlookValues reads a field such as "businessAddress.city" from a contact.
func outlookValues(contact map[string]any, field string) []string {
	name, part, nested := strings.Cut(field, ".")
	switch v := contact[name].(type) {
	case string:
		if name == "birthday" {
			v, _, _ = strings.Cut(v, "T")
		}
		return []string{v}
	case map[string]any:
		if nested {
			return outlookValues(v, part)
		}
	case []any:
		var all []string
		for _, entry := range v {
			if email, ok := entry.(map[string]any); ok {
				entry = email["address"]
			}
			if s, ok := entry.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

func asJSON(c graphtest.Contact) map[string]any {
	data, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("a contact does not marshal: %v", err)) // it is plain data
	}
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		panic(fmt.Sprintf("a contact does not unmarshal: %v", err))
	}
	return all
}

// join puts the parts that are not empty beside each other.
func join(parts ...string) string {
	var kept []string
	for _, s := range parts {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, " · ")
}
