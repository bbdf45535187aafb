package graphsim

import (
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// fieldsOf is what a contact holds of the fields that the simulation works with, by rules of its own: the adapter's are on
// trial.
func fieldsOf(c graphtest.Contact) record.Fields {
	b := record.OutlookContact.Build()
	one := func(name, v string) {
		if v == "" {
			b.Set(name)
			return
		}
		b.Set(name, v)
	}
	one("givenName", c.GivenName)
	one("surname", c.Surname)
	one("companyName", c.CompanyName)
	one("jobTitle", c.JobTitle)
	one("officeLocation", c.OfficeLocation)
	one("mobilePhone", c.MobilePhone)
	one("personalNotes", c.PersonalNotes)
	one("birthday", dateOf(c.Birthday))
	b.Set("businessPhones", c.BusinessPhones...)
	b.Set("categories", c.Categories...)
	var entries []string
	for _, e := range c.EmailAddresses {
		name := e.Name
		if strings.EqualFold(name, e.Address) {
			name = ""
		}
		entries = append(entries, record.JoinEmail(name, e.Address))
	}
	b.Set("emailAddresses", entries...)
	one("private", map[bool]string{true: "true", false: "false"}[c.IsPrivate()])
	return b.Fields()
}

// dateOf is the day that an instant of the emulator stands for: people write bare dates, and the sync noon.
func dateOf(instant string) string {
	if t, err := time.Parse(time.RFC3339, instant); err == nil {
		return t.UTC().Format(time.DateOnly)
	}
	return instant
}

// put sets the fields that are known.
func put(c *graphtest.Contact, f record.Fields) {
	for name, v := range f.All() {
		switch name {
		case "givenName":
			c.GivenName = v.Text()
		case "surname":
			c.Surname = v.Text()
		case "companyName":
			c.CompanyName = v.Text()
		case "jobTitle":
			c.JobTitle = v.Text()
		case "officeLocation":
			c.OfficeLocation = v.Text()
		case "mobilePhone":
			c.MobilePhone = v.Text()
		case "personalNotes":
			c.PersonalNotes = v.Text()
		case "birthday":
			c.Birthday = v.Text()
		case "businessPhones":
			c.BusinessPhones = v
		case "categories":
			c.Categories = v
		case "emailAddresses":
			c.EmailAddresses = nil
			for _, entry := range v {
				name, address := record.SplitEmail(entry)
				c.EmailAddresses = append(c.EmailAddresses, graphtest.EmailAddress{Name: name, Address: address})
			}
		}
	}
}

func recordOf(c graphtest.Contact) record.Record {
	rec := record.Record{
		ID: c.ImmutableID, Version: c.ChangeKey, Folder: c.ParentFolderID, StampRead: true,
		Created: c.CreatedDateTime, Modified: c.LastModifiedDateTime, Fields: fieldsOf(c),
	}
	for id, v := range c.Extended {
		if strings.HasSuffix(id, " Name "+stampName) {
			rec.Stamp = v
		}
	}
	return rec
}
