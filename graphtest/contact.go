package graphtest

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Contact is a contact as Graph v1.0 shows it, in plain Go: an empty string, a nil list and a zero address stand for
// Graph's null, [] and {}. It is what AddContact takes and what Contacts returns.
type Contact struct {
	// The first six are the server's. AddContact reads only ParentFolderID (empty: the default folder); EditContact
	// ignores all six.
	ID                   string    `json:"id,omitempty"`          // ordinary id: changes when the contact moves
	ImmutableID          string    `json:"immutableId,omitempty"` // the id under Prefer: IdType="ImmutableId"
	ChangeKey            string    `json:"changeKey,omitempty"`   // the token inside @odata.etag
	ParentFolderID       string    `json:"parentFolderId,omitempty"`
	CreatedDateTime      time.Time `json:"createdDateTime,omitzero"`
	LastModifiedDateTime time.Time `json:"lastModifiedDateTime,omitzero"`

	Categories  []string `json:"categories,omitempty"`
	DisplayName string   `json:"displayName,omitempty"`
	FileAs      string   `json:"fileAs,omitempty"`
	GivenName   string   `json:"givenName,omitempty"`
	MiddleName  string   `json:"middleName,omitempty"`
	Surname     string   `json:"surname,omitempty"`
	NickName    string   `json:"nickName,omitempty"`
	Initials    string   `json:"initials,omitempty"`
	Title       string   `json:"title,omitempty"`      // honorific
	Generation  string   `json:"generation,omitempty"` // suffix

	YomiGivenName   string `json:"yomiGivenName,omitempty"`
	YomiSurname     string `json:"yomiSurname,omitempty"`
	YomiCompanyName string `json:"yomiCompanyName,omitempty"`

	CompanyName      string `json:"companyName,omitempty"`
	Department       string `json:"department,omitempty"`
	JobTitle         string `json:"jobTitle,omitempty"`
	OfficeLocation   string `json:"officeLocation,omitempty"`
	Profession       string `json:"profession,omitempty"`
	Manager          string `json:"manager,omitempty"`
	AssistantName    string `json:"assistantName,omitempty"`
	BusinessHomePage string `json:"businessHomePage,omitempty"`

	Birthday      string   `json:"birthday,omitempty"` // RFC 3339 in UTC, or a bare date, which is kept as its midnight
	SpouseName    string   `json:"spouseName,omitempty"`
	Children      []string `json:"children,omitempty"`
	PersonalNotes string   `json:"personalNotes,omitempty"`

	EmailAddresses []EmailAddress `json:"emailAddresses,omitempty"`
	ImAddresses    []string       `json:"imAddresses,omitempty"`
	BusinessPhones []string       `json:"businessPhones,omitempty"`
	HomePhones     []string       `json:"homePhones,omitempty"`
	MobilePhone    string         `json:"mobilePhone,omitempty"`

	BusinessAddress Address `json:"businessAddress,omitzero"`
	HomeAddress     Address `json:"homeAddress,omitzero"`
	OtherAddress    Address `json:"otherAddress,omitzero"`

	// Extended holds single-value extended properties by id. Ids may be spelled as callers of Graph do; those read back
	// have the server's spelling: GUIDs and hexadecimal numbers in lower case, the Name part as given.
	Extended map[string]string `json:"extended,omitempty"`
}

// EmailAddress is one entry of emailAddresses. An empty Address is answered as an entry without the member, as
// Exchange does with addresses it could not read.
type EmailAddress struct {
	Name    string `json:"name,omitempty"`
	Address string `json:"address,omitempty"`
}

// Address is Graph's physicalAddress.
type Address struct {
	Street          string `json:"street,omitempty"`
	City            string `json:"city,omitempty"`
	State           string `json:"state,omitempty"`
	PostalCode      string `json:"postalCode,omitempty"`
	CountryOrRegion string `json:"countryOrRegion,omitempty"`
}

// PrivateID is the extended property behind Outlook's "Private" mark on a contact (PidLidPrivate).
const PrivateID = "Boolean {00062008-0000-0000-c000-000000000046} Id 0x8506"

// Private returns a copy of c that its owner marked private.
func (c Contact) Private() Contact {
	c.Extended = maps.Clone(c.Extended)
	if c.Extended == nil {
		c.Extended = map[string]string{}
	}
	c.Extended[PrivateID] = "true"
	return c
}

// IsPrivate tells whether the owner marked c private.
func (c Contact) IsPrivate() bool { return c.Extended[PrivateID] == "true" }

func (c *Contact) clone() Contact {
	n := *c
	n.Categories = slices.Clone(c.Categories)
	n.Children = slices.Clone(c.Children)
	n.EmailAddresses = slices.Clone(c.EmailAddresses)
	n.ImAddresses = slices.Clone(c.ImAddresses)
	n.BusinessPhones = slices.Clone(c.BusinessPhones)
	n.HomePhones = slices.Clone(c.HomePhones)
	n.Extended = maps.Clone(c.Extended)
	return n
}

func (c *Contact) hasAddress(address string) bool {
	return slices.ContainsFunc(c.EmailAddresses, func(e EmailAddress) bool {
		return e.Address != "" && strings.EqualFold(e.Address, address)
	})
}

// computedDisplayName is the name Exchange makes of the parts.
func (c *Contact) computedDisplayName() string {
	return joinWords(c.GivenName, c.MiddleName, c.Surname)
}

// computedFileAs is Outlook's default filing: "Surname, Given Middle", else the company, the display name, an address.
func (c *Contact) computedFileAs() string {
	given := joinWords(c.GivenName, c.MiddleName)
	switch {
	case c.Surname != "" && given != "":
		return c.Surname + ", " + given
	case c.Surname != "" || given != "":
		return c.Surname + given
	case c.CompanyName != "":
		return c.CompanyName
	case c.DisplayName != "":
		return c.DisplayName
	case len(c.EmailAddresses) > 0:
		return c.EmailAddresses[0].Address
	}
	return ""
}

func joinWords(words ...string) string {
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	return strings.Join(words, " ")
}
