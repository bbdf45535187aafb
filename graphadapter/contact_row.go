package graphadapter

import "encoding/json"

// contactRow is a contact as Graph v1.0 writes it: a row of a delta page or listing, or a contact by itself. The SDK's
// model of it takes several times as long to decode.
type contactRow struct {
	ETag     text `json:"@odata.etag"`
	Removed  mark `json:"@removed"`
	ID       text `json:"id"`
	Parent   text `json:"parentFolderId"`
	Created  text `json:"createdDateTime"`
	Modified text `json:"lastModifiedDateTime"`

	DisplayName      text `json:"displayName"`
	FileAs           text `json:"fileAs"`
	Title            text `json:"title"`
	GivenName        text `json:"givenName"`
	MiddleName       text `json:"middleName"`
	Surname          text `json:"surname"`
	Generation       text `json:"generation"`
	Initials         text `json:"initials"`
	NickName         text `json:"nickName"`
	YomiGivenName    text `json:"yomiGivenName"`
	YomiSurname      text `json:"yomiSurname"`
	YomiCompanyName  text `json:"yomiCompanyName"`
	CompanyName      text `json:"companyName"`
	Department       text `json:"department"`
	JobTitle         text `json:"jobTitle"`
	OfficeLocation   text `json:"officeLocation"`
	Profession       text `json:"profession"`
	Manager          text `json:"manager"`
	AssistantName    text `json:"assistantName"`
	MobilePhone      text `json:"mobilePhone"`
	BusinessHomePage text `json:"businessHomePage"`
	Birthday         text `json:"birthday"`
	SpouseName       text `json:"spouseName"`
	PersonalNotes    text `json:"personalNotes"`

	BusinessPhones texts `json:"businessPhones"`
	HomePhones     texts `json:"homePhones"`
	ImAddresses    texts `json:"imAddresses"`
	Children       texts `json:"children"`
	Categories     texts `json:"categories"`

	EmailAddresses emails `json:"emailAddresses"`

	BusinessAddress address `json:"businessAddress"`
	HomeAddress     address `json:"homeAddress"`
	OtherAddress    address `json:"otherAddress"`

	Extended extendedValues `json:"singleValueExtendedProperties"`
	joined   bool           // Extended comes from a listing of the same version
}

// email is one entry of emailAddresses; either member may be missing.
type email struct {
	Name    text `json:"name"`
	Address text `json:"address"`
}

type emails struct {
	list []email
	held held
}

func (e *emails) UnmarshalJSON(b []byte) error {
	e.list, e.held = nil, known
	if _, plain := flatList(b, 0, func(i int) (int, bool) {
		var one email
		next, ok := flatObject(b, i, func(name []byte, value string) bool {
			switch string(name) {
			case "name":
				one.Name = text{value, known}
			case "address":
				one.Address = text{value, known}
			default:
				return false
			}
			return true
		})
		e.list = append(e.list, one)
		return next, ok
	}); plain {
		return nil
	}
	e.list = nil
	e.held = decodeList(b, &e.list)
	for _, entry := range e.list {
		if entry.Name.held == unreadable || entry.Address.held == unreadable {
			e.held = unreadable
		}
	}
	if e.held == unreadable {
		e.list = nil
	}
	return nil
}

// address is a physicalAddress. Members it leaves out are empty; it is always answered whole.
type address struct {
	parts [len(addressParts)]text
	held  held
}

// addressParts are the members of a physicalAddress, which also end the names of the fields.
var addressParts = [...]string{"street", "city", "state", "postalCode", "countryOrRegion"}

func (a *address) UnmarshalJSON(b []byte) error {
	*a = address{held: known}
	if isNull(b) {
		return nil
	}
	if _, plain := flatObject(b, 0, func(name []byte, value string) bool {
		for i, part := range addressParts {
			if string(name) == part {
				a.parts[i] = text{value, known}
				return true
			}
		}
		return false
	}); plain {
		return nil
	}
	*a = address{held: known}
	var members struct {
		Street          text `json:"street"`
		City            text `json:"city"`
		State           text `json:"state"`
		PostalCode      text `json:"postalCode"`
		CountryOrRegion text `json:"countryOrRegion"`
	}
	if b[0] != '{' || json.Unmarshal(b, &members) != nil {
		a.held = unreadable
		return nil
	}
	a.parts = [...]text{members.Street, members.City, members.State, members.PostalCode, members.CountryOrRegion}
	for _, p := range a.parts {
		if p.held == unreadable {
			*a = address{held: unreadable}
			return nil
		}
	}
	return nil
}

// extendedValue is one single-value extended property of an item.
type extendedValue struct {
	ID    text `json:"id"`
	Value text `json:"value"`
}

type extendedValues struct {
	list []extendedValue
	held held
}

func (e *extendedValues) UnmarshalJSON(b []byte) error {
	e.list = nil
	if e.held = decodeList(b, &e.list); e.held == unreadable {
		e.list = nil
	}
	return nil
}
