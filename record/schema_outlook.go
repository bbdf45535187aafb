package record

// OutlookContact is the schema of an Outlook contact: the properties of Microsoft Graph v1.0 by their names there,
// the parts of addresses as "businessAddress.city", and the fields v1.0 lacks, which travel as MAPI extended
// properties, by the names the Outlook clients show. "private" says that the contact is marked private.
//
// The counts are the service's: a fourth email address or a third business phone is refused. It documents no lengths.
// A host adds fields of its own with [ExtendOutlookContact].
var OutlookContact = mustSchema(NewSchema(Contact, outlookContactFields()...))

// ExtendOutlookContact is [OutlookContact] with a host's own fields after it, which travel as named extended
// properties. The error is that of [NewSchema]: a name that is empty or taken.
func ExtendOutlookContact(fields ...Field) (*Schema, error) {
	return NewSchema(Contact, append(outlookContactFields(), fields...)...)
}

func mustSchema(s *Schema, err error) *Schema {
	if err != nil {
		panic(err)
	}
	return s
}

func outlookContactFields() []Field {
	fields := []Field{
		{Name: "displayName", Label: "Display name", Type: Name},
		{Name: "fileAs", Label: "File as", Type: Name, NoMatch: true},
		{Name: "title", Label: "Title", Type: Name, NoMatch: true},
		{Name: "givenName", Label: "First name", Type: Name},
		{Name: "middleName", Label: "Middle name", Type: Name},
		{Name: "surname", Label: "Last name", Type: Name},
		{Name: "generation", Label: "Suffix", Type: Name},
		{Name: "initials", Label: "Initials", Type: Name},
		{Name: "nickName", Label: "Nickname", Type: Name},
		{Name: "yomiGivenName", Label: "Yomi first name", Type: Name, NoMatch: true},
		{Name: "yomiSurname", Label: "Yomi last name", Type: Name, NoMatch: true},
		{Name: "yomiCompanyName", Label: "Yomi company", Type: Text},
		{Name: "companyName", Label: "Company", Type: Text},
		{Name: "department", Label: "Department", Type: Text},
		{Name: "jobTitle", Label: "Job title", Type: Text},
		{Name: "officeLocation", Label: "Office", Type: Text},
		{Name: "profession", Label: "Profession", Type: Text},
		{Name: "manager", Label: "Manager", Type: Name, NoMatch: true},
		{Name: "assistantName", Label: "Assistant", Type: Name, NoMatch: true},
		{Name: "emailAddresses", Label: "Email", Type: Email, Shape: List, MaxCount: 3},
		{Name: "businessPhones", Label: "Business phone", Type: Phone, Shape: List, MaxCount: 2},
		{Name: "homePhones", Label: "Home phone", Type: Phone, Shape: List, MaxCount: 2},
		{Name: "mobilePhone", Label: "Mobile phone", Type: Phone},
		{Name: "otherPhone", Label: "Other phone", Type: Phone},
		{Name: "carPhone", Label: "Car phone", Type: Phone},
		{Name: "callbackPhone", Label: "Callback phone", Type: Phone},
		{Name: "assistantPhone", Label: "Assistant phone", Type: Phone, NoMatch: true},
		{Name: "pager", Label: "Pager", Type: Phone, NoMatch: true},
		{Name: "businessFax", Label: "Business fax", Type: Phone, NoMatch: true},
		{Name: "homeFax", Label: "Home fax", Type: Phone, NoMatch: true},
		{Name: "otherFax", Label: "Other fax", Type: Phone, NoMatch: true},
		{Name: "imAddresses", Label: "IM address", Type: Text, Shape: List, MaxCount: 3},
		{Name: "businessHomePage", Label: "Web page", Type: URL},
		{Name: "personalHomePage", Label: "Personal web page", Type: URL},
		{Name: "birthday", Label: "Birthday", Type: Date},
		{Name: "weddingAnniversary", Label: "Anniversary", Type: Date},
		{Name: "spouseName", Label: "Spouse", Type: Name, NoMatch: true},
		{Name: "children", Label: "Children", Type: Name, Shape: List, NoMatch: true},
		{Name: "categories", Label: "Categories", Type: Text, Shape: Set},
		{Name: "personalNotes", Label: "Notes", Type: Text},
		{Name: "private", Label: "Private", Type: Bool, ReadOnly: true},
	}
	for _, a := range [...][2]string{{"businessAddress", "Business"}, {"homeAddress", "Home"}, {"otherAddress", "Other"}} {
		fields = append(fields,
			Field{Name: a[0] + ".street", Label: a[1] + " street"},
			Field{Name: a[0] + ".city", Label: a[1] + " city"},
			Field{Name: a[0] + ".state", Label: a[1] + " state"},
			Field{Name: a[0] + ".postalCode", Label: a[1] + " postal code"},
			Field{Name: a[0] + ".countryOrRegion", Label: a[1] + " country"},
		)
	}
	return fields
}
