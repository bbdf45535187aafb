package mapping

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/seed-42871e99/crmsync/record"
)

// goal is where a field of some name goes.
type goal struct {
	// rule is the id of the rule, outlook the field of Outlook.
	rule, outlook string
	// part is what the field holds of a last name or an address, line which line of the street, from 0.
	part Part
	line int
	// rank orders the names for one goal: the lower the surer.
	rank int
	// vague names do not say which of several goals is meant: a phone. A label may.
	vague bool
}

const (
	nameRule    = "name"
	givenName   = "givenName"
	surnameRule = "surname"
	displayName = "displayName"
	categories  = "categories"
	companyName = "companyName"
	streetLines = 3
)

var addresses = map[string]bool{"businessAddress": true, "homeAddress": true, "otherAddress": true}

// outlookPart is what Outlook calls the parts of an address.
var outlookPart = map[Part]string{Street: "street", City: "city", State: "state", Postcode: "postalCode", Country: "countryOrRegion"}

// outlookNameParts are the fields of Outlook that make up a name.
var outlookNameParts = []struct {
	outlook string
	part    Part
}{{"title", Title}, {givenName, Given}, {"middleName", Middle}, {surnameRule, Surname}, {"generation", Suffix}}

// known are the goals by squashed name.
var known = vocabulary()

func vocabulary() map[string][]goal {
	v := make(map[string][]goal)
	add := func(p goal, names ...string) {
		for _, name := range names {
			p.rank++
			if !slices.ContainsFunc(v[name], func(q goal) bool { return q.outlook == p.outlook }) {
				v[name] = append(v[name], p)
			}
		}
	}
	for _, f := range fieldNames {
		add(goal{rule: f.outlook, outlook: f.outlook}, slices.Concat([]string{squash(f.outlook)}, f.names)...)
	}
	add(goal{rule: surnameRule, outlook: surnameRule, part: Surname}, strings.Fields("surname lastname familyname last lname family")...)
	add(goal{rule: surnameRule, outlook: surnameRule, part: Infix}, strings.Fields("infix insertion nameinfix surnameprefix lastnameprefix tussenvoegsel")...)
	add(goal{rule: nameRule, outlook: displayName}, strings.Fields("displayname fullname name contactname personname completename")...)
	add(goal{rule: "businessPhones", outlook: "businessPhones", rank: 1000, vague: true}, strings.Fields(phoneWords)...)

	for _, a := range addressNames {
		for _, p := range addressPartNames {
			for i, part := range strings.Fields(p.names) {
				for j, prefix := range a.prefixes {
					add(goal{rule: a.outlook, outlook: a.outlook + "." + outlookPart[p.part], part: p.part, line: p.line, rank: 100*j + i}, prefix+part)
				}
			}
		}
	}
	return v
}

const (
	phoneWords = "phone phones phonenumber phonenumbers telephone telephones telephonenumber tel phoneno telephoneno contactnumber"
	emailWords = "email emails emailaddress emailaddresses mail mailaddress"
	faxWords   = "fax faxnumber faxes facsimile faxno phonefax faxphone"
	webWords   = "website websiteurl webpage web homepage url www site"

	workWords  = "business work office"
	homeWords  = "home private personal"
	otherWords = "other alternate alternative secondary additional"
)

// fieldNames are the names of single fields, the surest first. Outlook's own name comes before them.
var fieldNames = []struct {
	outlook string
	names   []string
}{
	{givenName, strings.Fields("firstname forename first fname given christianname firstnames givennames")},
	{"middleName", strings.Fields("middlename middlenames middle middleinitial")},
	{"generation", strings.Fields("suffix namesuffix generationsuffix")},
	{"initials", nil},
	{"nickName", strings.Fields("nickname nick preferredname knownas")},
	{"jobTitle", strings.Fields("job jobposition position function jobfunction jobrole title")},
	{"title", strings.Fields("salutation honorific nametitle nameprefix courtesytitle academictitle")},
	{companyName, strings.Fields("company account accountname organization organisation organizationname organisationname employer firm firmname business businessname companies")},
	{"department", strings.Fields("dept departmentname division")},
	{"officeLocation", strings.Fields("office officename")},
	{"profession", strings.Fields("occupation")},
	{"manager", strings.Fields("managername managersname supervisor")},
	{"assistantName", strings.Fields("assistant assistantsname secretary")},
	{"spouseName", strings.Fields("spouse spousesname spousepartnername")},
	{"children", strings.Fields("childrensnames childrennames childrenname kids")},
	{"birthday", strings.Fields("birthdate dateofbirth dob birth born")},
	{"weddingAnniversary", strings.Fields("anniversary anniversarydate")},
	{"personalNotes", strings.Fields("notes note comments comment remarks remark description memo annotation")},
	{categories, strings.Fields("category tags tag labels label keywords keyword contacttype contacttypes contactcategory persontype customertype")},

	{"emailAddresses", slices.Concat(strings.Fields(emailWords), both(workWords, emailWords), both(homeWords, emailWords), both(otherWords, emailWords))},
	{"mobilePhone", slices.Concat(
		strings.Fields("mobile cell cellphone mobilenumber cellnumber mobileno cellular gsm"), both("mobile cell cellular", phoneWords),
		both(workWords, "mobile mobilephone cell cellphone"), both(homeWords, "mobile mobilephone cell cellphone"),
	)},
	{"businessPhones", slices.Concat(both(workWords, phoneWords), strings.Fields("directphone directline directdial"))},
	{"homePhones", both(homeWords, phoneWords)},
	{"otherPhone", both(otherWords, phoneWords)},
	{"carPhone", both("car", phoneWords)},
	{"callbackPhone", both("callback", phoneWords)},
	{"assistantPhone", both("assistant assistants", phoneWords)},
	{"pager", strings.Fields("pagernumber beeper")},
	{"businessFax", slices.Concat(both(workWords, faxWords), strings.Fields(faxWords))},
	{"homeFax", both(homeWords, faxWords)},
	{"otherFax", both(otherWords, faxWords)},
	{"businessHomePage", slices.Concat(strings.Fields(webWords), both(workWords+" company", webWords))},
	{"personalHomePage", slices.Concat(both(homeWords, webWords), strings.Fields("blog"))},
}

var addressNames = []struct {
	outlook  string
	prefixes []string
}{
	{"businessAddress", append([]string{"", "address", "address1"}, prefixes(workWords+" company mailing postal")...)},
	{"homeAddress", prefixes(homeWords + " residential residence")},
	{"otherAddress", append(prefixes(otherWords), "address2")},
}

// prefixes stand before a part of an address: each word, with and without "address".
func prefixes(words string) []string {
	var all []string
	for word := range strings.FieldsSeq(words) {
		all = append(all, word, word+"address")
	}
	return all
}

var addressPartNames = []struct {
	part  Part
	line  int
	names string
}{
	{Street, 0, "street streetaddress streetname street1 streetline1 addressline1 line1 addressline address address1 addressstreet"},
	{Street, 1, "street2 streetline2 addressline2 line2 address2"},
	{Street, 2, "street3 streetline3 addressline3 line3 address3"},
	{City, 0, "city town locality cityname"},
	{State, 0, "state province region county stateprovince stateorprovince"},
	{Postcode, 0, "postalcode postcode zip zipcode zippostalcode postal"},
	{Country, 0, "country countryorregion countryregion countryname"},
}

// both puts the words together in either order.
func both(first, second string) []string {
	var names []string
	for a := range strings.FieldsSeq(first) {
		for b := range strings.FieldsSeq(second) {
			names = append(names, a+b, b+a)
		}
	}
	return names
}

// squash leaves of a name its letters, small, and its digits. Salesforce's mark of a field of the customer's own goes.
func squash(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSuffix(name, "__c"))
}

// sameNames are the fields of Outlook by squashed name.
func sameNames(outlook *record.Schema) map[string]string {
	names := make(map[string]string)
	for _, f := range outlook.Fields() {
		if f.Name == nameRule || addresses[f.Name] {
			continue // these are ids of other rules
		}
		if key := squash(f.Name); key != "" && names[key] == "" {
			names[key] = f.Name
		}
	}
	return names
}

// claim looks up the goals of a field: by its name, and by its label where the name says nothing or too little.
func (s *suggester) claim(f record.Field) claim {
	c := claim{field: f}
	c.goals, c.number = s.goalsOf(f.Name)
	if len(c.goals) == 0 || c.goals[0].vague {
		byLabel, _ := s.goalsOf(strings.Map(dropDigit, f.Label))
		if len(byLabel) > 0 && !(byLabel[0].vague && len(c.goals) > 0) {
			c.goals = byLabel
		}
	}
	if f.Type == record.Name && len(c.goals) == 2 && c.goals[1].outlook == "title" {
		c.goals = []goal{c.goals[1], c.goals[0]}
	}
	return c
}

func dropDigit(r rune) rune {
	if unicode.IsDigit(r) {
		return -1
	}
	return r
}

// noise are words before a name that add nothing to it.
var noise = []string{"contact", "person", "customer", "client", "lead", "primary", "main", "default"}

func (s *suggester) goalsOf(name string) (goals []goal, number int) {
	key := squash(name)
	for {
		if goals = s.goalsUnder(key); len(goals) > 0 {
			return goals, 0
		}
		stem := strings.TrimRight(key, "0123456789")
		if goals = s.goalsUnder(stem); len(goals) > 0 {
			number, _ = strconv.Atoi(key[len(stem):])
			return goals, number
		}
		i := slices.IndexFunc(noise, func(word string) bool { return strings.HasPrefix(key, word) })
		if i < 0 {
			return nil, 0
		}
		key = key[len(noise[i]):]
	}
}

// goalsUnder are the goals of a squashed name. A field of Outlook of that very name comes first, unless the name is known
// for that field among others.
func (s *suggester) goalsUnder(key string) []goal {
	goals := known[key]
	same, ok := s.sameName[key]
	if !ok || slices.ContainsFunc(goals, func(p goal) bool { return p.outlook == same }) {
		return goals
	}
	return append([]goal{{rule: same, outlook: same}}, goals...)
}
