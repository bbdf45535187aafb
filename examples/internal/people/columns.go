package people

import (
	"fmt"
	"strings"
	"unicode"
)

// column says which headers of an export mean which field, in English, Dutch, German and Spanish. The first name in the
// list that the file has is taken; case, spaces and punctuation do not count.
type column struct {
	field string // of the schema, or "id"
	names string // by commas
	into  func(*Person) *string
}

var columns = []column{
	{"id", "id,contact id,record id,customer id,relatienummer,nummer,klantnummer,kundennummer", func(p *Person) *string { return &p.ID }},
	{"initials", "initials,voorletters,initialen", func(p *Person) *string { return &p.Initials }},
	{"firstName", "first name,given name,voornaam,vorname,nombre", func(p *Person) *string { return &p.FirstName }},
	{"infix", "infix,insertion,tussenvoegsel,voorvoegsel,tussenvoegsels", func(p *Person) *string { return &p.Infix }},
	{"lastName", "last name,surname,family name,achternaam,nachname,apellidos,apellido", func(p *Person) *string { return &p.LastName }},
	{"company", "company,company name,account name,account,organization name,organization,organisation,bedrijf,bedrijfsnaam,organisatie,firma,empresa", func(p *Person) *string { return &p.Company }},
	{"jobTitle", "job title,title,function,position,functie,functietitel,position,cargo", func(p *Person) *string { return &p.JobTitle }},
	{"email", "email,email address,email 1,e-mail 1 value,work email,mail,e-mailadres,zakelijk e-mailadres,correo,correo electrónico", func(p *Person) *string { return &p.Email }},
	{"email2", "email 2,email address 2,e-mail 2 address,e-mail 2 value,second email,other email,private email,tweede e-mail", func(p *Person) *string { return &p.Email2 }},
	{"workPhone", "work phone,business phone,office phone,phone,phone number,telephone,phone 1 value,telefoon,telefoonnummer,telefoon werk,telefon,teléfono", func(p *Person) *string { return &p.WorkPhone }},
	{"mobilePhone", "mobile phone,mobile,mobile phone number,cell phone,mobiel,mobiele telefoon,mobiel nummer,gsm,handy,mobil,móvil", func(p *Person) *string { return &p.MobilePhone }},
	{"homePhone", "home phone,private phone,telefoon privé,telefon privat", func(p *Person) *string { return &p.HomePhone }},
	{"street", "street,address,street address,business street,mailing street,straat,adres,straße,strasse,calle", func(p *Person) *string { return &p.Street }},
	{"city", "city,business city,mailing city,town,plaats,woonplaats,stad,ort,stadt,ciudad", func(p *Person) *string { return &p.City }},
	{"state", "state,region,state region,business state,mailing state,province,provincie,bundesland,provincia", func(p *Person) *string { return &p.State }},
	{"postalCode", "postal code,zip,zip code,postcode,business postal code,mailing zip,plz,código postal", func(p *Person) *string { return &p.PostalCode }},
	{"country", "country,country region,business country region,mailing country,land,país", func(p *Person) *string { return &p.Country }},
	{"birthday", "birthday,date of birth,birthdate,geboortedatum,geburtsdatum,fecha de nacimiento", func(p *Person) *string { return &p.Birthday }},
	{"contactType", "contact type,type,category,relatietype,soort", func(p *Person) *string { return &p.ContactType }},
	{"notes", "notes,comments,description,notities,opmerkingen,bemerkungen,notizen,notas", func(p *Person) *string { return &p.Notes }},
	{"owner", "owner,account manager,contact owner,eigenaar,relatiebeheerder", func(p *Person) *string { return &p.Owner }},
}

// layout says which column of a file holds which field.
type layout struct {
	of     []*column // by column of the file; nil: not used
	id     int       // the column of the id; 0 where there is none
	unused []string  // headers of columns that are not used
}

// readHeader finds the columns. The error says which is missing or there twice.
func readHeader(header []string) (layout, error) {
	l := layout{of: make([]*column, len(header))}
	at := map[string]int{}
	for i, h := range header {
		name := foldHeader(h)
		if j, twice := at[name]; twice && name != "" && isKnown(name) {
			return layout{}, fmt.Errorf("the columns %d and %d are both called %q", j+1, i+1, strings.TrimSpace(h))
		}
		at[name] = i
	}
	found := map[string]bool{}
	for c := range columns {
		for name := range strings.SplitSeq(columns[c].names, ",") {
			if i, has := at[foldHeader(name)]; has && l.of[i] == nil {
				l.of[i] = &columns[c]
				found[columns[c].field] = true
				if columns[c].field == "id" {
					l.id = i
				}
				break
			}
		}
	}
	for i, h := range header {
		if l.of[i] == nil && strings.TrimSpace(h) != "" {
			l.unused = append(l.unused, strings.TrimSpace(h))
		}
	}
	if !found["lastName"] {
		return layout{}, missing("the last name", "lastName", header)
	}
	if !found["email"] && !found["workPhone"] && !found["mobilePhone"] && !found["homePhone"] {
		return layout{}, missing("an email address or a phone number, by which people are recognised", "email", header)
	}
	return l, nil
}

func missing(what, field string, header []string) error {
	var names string
	for _, c := range columns {
		if c.field == field {
			names = strings.ReplaceAll(c.names, ",", ", ")
		}
	}
	return fmt.Errorf("no column for %s: it may be called %s; the file has %s", what, names, strings.Join(header, ", "))
}

func isKnown(folded string) bool {
	for _, c := range columns {
		for name := range strings.SplitSeq(c.names, ",") {
			if foldHeader(name) == folded {
				return true
			}
		}
	}
	return false
}

// foldHeader keeps letters and digits, in lower case: "E-mail 1 - Value" and "email_1_value" are one.
func foldHeader(h string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, h)
}
