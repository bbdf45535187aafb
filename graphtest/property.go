package graphtest

import "strings"

// shape says how a property looks on the wire.
type shape uint8

const (
	shapeText shape = iota
	shapeList
	shapeEmails
	shapeAddress
	shapeDate    // birthday
	shapeServer  // set by the server; refused in a body
	shapeParent  // parentFolderId: what a body may do with it is a quirk
	shapeOneMail // primary-, secondary- and tertiaryEmailAddress
)

// property is one v1.0 member of contact. Its place in the table is its bit in a propertySet and its place in every
// answer.
type property struct {
	name    string
	shape   shape
	limit   int // most values a list takes; 0: any number
	text    func(*Contact) *string
	list    func(*Contact) *[]string
	address func(*Contact) *Address
	slot    int // shapeOneMail: index in emailAddresses
}

// propertySet has one bit for each entry of properties.
type propertySet uint64

func (s propertySet) has(i int) bool { return s>>i&1 == 1 }

var properties = []property{
	{name: "createdDateTime", shape: shapeServer},
	{name: "lastModifiedDateTime", shape: shapeServer},
	{name: "changeKey", shape: shapeServer},
	{name: "categories", shape: shapeList, list: func(c *Contact) *[]string { return &c.Categories }},
	{name: "parentFolderId", shape: shapeParent},
	{name: "birthday", shape: shapeDate, text: func(c *Contact) *string { return &c.Birthday }},
	{name: "fileAs", text: func(c *Contact) *string { return &c.FileAs }},
	{name: "displayName", text: func(c *Contact) *string { return &c.DisplayName }},
	{name: "givenName", text: func(c *Contact) *string { return &c.GivenName }},
	{name: "initials", text: func(c *Contact) *string { return &c.Initials }},
	{name: "middleName", text: func(c *Contact) *string { return &c.MiddleName }},
	{name: "nickName", text: func(c *Contact) *string { return &c.NickName }},
	{name: "surname", text: func(c *Contact) *string { return &c.Surname }},
	{name: "title", text: func(c *Contact) *string { return &c.Title }},
	{name: "yomiGivenName", text: func(c *Contact) *string { return &c.YomiGivenName }},
	{name: "yomiSurname", text: func(c *Contact) *string { return &c.YomiSurname }},
	{name: "yomiCompanyName", text: func(c *Contact) *string { return &c.YomiCompanyName }},
	{name: "generation", text: func(c *Contact) *string { return &c.Generation }},
	{name: "imAddresses", shape: shapeList, limit: 3, list: func(c *Contact) *[]string { return &c.ImAddresses }},
	{name: "jobTitle", text: func(c *Contact) *string { return &c.JobTitle }},
	{name: "companyName", text: func(c *Contact) *string { return &c.CompanyName }},
	{name: "department", text: func(c *Contact) *string { return &c.Department }},
	{name: "officeLocation", text: func(c *Contact) *string { return &c.OfficeLocation }},
	{name: "profession", text: func(c *Contact) *string { return &c.Profession }},
	{name: "businessHomePage", text: func(c *Contact) *string { return &c.BusinessHomePage }},
	{name: "assistantName", text: func(c *Contact) *string { return &c.AssistantName }},
	{name: "manager", text: func(c *Contact) *string { return &c.Manager }},
	{name: "homePhones", shape: shapeList, limit: 2, list: func(c *Contact) *[]string { return &c.HomePhones }},
	{name: "mobilePhone", text: func(c *Contact) *string { return &c.MobilePhone }},
	{name: "businessPhones", shape: shapeList, limit: 2, list: func(c *Contact) *[]string { return &c.BusinessPhones }},
	{name: "spouseName", text: func(c *Contact) *string { return &c.SpouseName }},
	{name: "personalNotes", text: func(c *Contact) *string { return &c.PersonalNotes }},
	{name: "children", shape: shapeList, list: func(c *Contact) *[]string { return &c.Children }},
	{name: "emailAddresses", shape: shapeEmails, limit: 3},
	{name: "homeAddress", shape: shapeAddress, address: func(c *Contact) *Address { return &c.HomeAddress }},
	{name: "businessAddress", shape: shapeAddress, address: func(c *Contact) *Address { return &c.BusinessAddress }},
	{name: "otherAddress", shape: shapeAddress, address: func(c *Contact) *Address { return &c.OtherAddress }},
	{name: "primaryEmailAddress", shape: shapeOneMail, slot: 0},
	{name: "secondaryEmailAddress", shape: shapeOneMail, slot: 1},
	{name: "tertiaryEmailAddress", shape: shapeOneMail, slot: 2},
}

const allProperties = ^propertySet(0)

var (
	propertyIndex = func() map[string]int {
		m := make(map[string]int, len(properties))
		for i, p := range properties {
			m[strings.ToLower(p.name)] = i
		}
		return m
	}()
	nameParts      = propertiesNamed("givenName", "middleName", "surname")
	displayNameBit = propertiesNamed("displayName")
	fileAsBit      = propertiesNamed("fileAs")
	emailSlotBits  = propertiesNamed("primaryEmailAddress", "secondaryEmailAddress", "tertiaryEmailAddress")
	emailsBit      = propertiesNamed("emailAddresses")
)

// propertiesNamed is the set of the named properties; it panics on a name that is none.
func propertiesNamed(names ...string) propertySet {
	var s propertySet
	for _, n := range names {
		i, ok := propertyIndex[strings.ToLower(n)]
		if !ok {
			panic("graphtest: no contact property " + n)
		}
		s |= 1 << i
	}
	return s
}
