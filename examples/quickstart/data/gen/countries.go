package main

// A country is where invented people live: how they are called, where they live, and which numbers they have.
type country struct {
	code   string
	names  []string // as people write it, the usual one first
	dial   string
	trunk  string // what a number at home starts with
	mobile []numberRange
	// The mobile range is kept for fiction so strictly that the phone library calls its numbers invalid.
	mobileUnknown bool

	cities []city
	street func(*source) string
	men    []given
	women  []given
	family []surname
	titles []string // before the name, now and then
	firms  firmWords
	jobs   []string
	notes  []string // what colleagues write about people there
}

type city struct {
	name, state string
	postal      string // # is a digit, @ a letter
	phones      numberRange
}

// A given name and what friends say.
type given struct{ full, short string }

type surname struct{ infix, name string }

// The words of which company names are made: a trade, a name, a legal form and its short form.
type firmWords struct {
	trades []string
	forms  []string
}

// numberRange holds numbers kept for fiction where the country has such a range, else plainly invented ones.
type numberRange struct {
	area, prefix string
	first, size  int // free digits: as many as size-1 has
}

var netherlands = &country{
	code: "NL", names: []string{"Nederland", "Netherlands", "NL", "The Netherlands"}, dial: "31", trunk: "0",
	mobile: []numberRange{{"6", "1234", 0, 10000}},
	cities: []city{
		{"Amsterdam", "Noord-Holland", "10## @@", numberRange{"20", "5550", 0, 1000}},
		{"Rotterdam", "Zuid-Holland", "30## @@", numberRange{"10", "5550", 0, 1000}},
		{"Utrecht", "Utrecht", "35## @@", numberRange{"30", "5550", 0, 1000}},
		{"Den Haag", "Zuid-Holland", "25## @@", numberRange{"70", "5550", 0, 1000}},
		{"Eindhoven", "Noord-Brabant", "56## @@", numberRange{"40", "5550", 0, 1000}},
		{"Groningen", "Groningen", "97## @@", numberRange{"50", "5550", 0, 1000}},
		{"'s-Hertogenbosch", "Noord-Brabant", "52## @@", numberRange{"73", "5550", 0, 1000}},
		{"Zwolle", "Overijssel", "80## @@", numberRange{"38", "5550", 0, 1000}},
	},
	street: after("Dorpsstraat", "Kerkstraat", "Prins Hendrikkade", "Van 't Hoffplein", "Lange Nieuwstraat", "Molenweg",
		"Burgemeester de Vlugtlaan", "Stationsplein", "Julianalaan", "Plein 1944", "Oude Gracht"),
	men: []given{{"Johannes", "Hans"}, {"Willem", "Wim"}, {"Cornelis", "Kees"}, {"Hendrik", "Henk"}, {"Pieter", "Piet"},
		{"Jacobus", "Koos"}, {"Antonius", "Ton"}, {"Gerardus", "Gerard"}, {"Jan", "Jan"}, {"Bram", "Bram"},
		{"Daniël", "Daan"}, {"Sjoerd", "Sjoerd"}, {"Jeroen", "Jeroen"}, {"Maarten", "Maarten"}, {"René", "René"},
		{"Lodewijk", "Lo"}, {"Mohammed", "Mo"}, {"Jan Willem", "JW"}, {"Theodorus", "Theo"}, {"Thijs", "Thijs"},
		{"Adrianus", "Arie"}, {"Franciscus", "Frans"}, {"Lambertus", "Bert"}, {"Nicolaas", "Niek"}, {"Ruben", "Ruben"},
		{"Egbert", "Eppie"}, {"Joost", "Joost"}, {"Wouter", "Wout"}, {"Yusuf", "Yusuf"}, {"Reinier", "Rein"},
		{"Marinus", "Rinus"}, {"Tjeerd", "Tjeerd"}, {"Gijsbert", "Gijs"}, {"Alexander", "Sander"}},
	women: []given{{"Johanna", "Hanneke"}, {"Maria", "Riet"}, {"Elisabeth", "Els"}, {"Wilhelmina", "Willy"},
		{"Cornelia", "Corrie"}, {"Noëlle", "Noëlle"}, {"Anna Maria", "Annemarie"}, {"Chloë", "Chloë"}, {"Sanne", "Sanne"},
		{"Margaretha", "Greet"}, {"Fleur", "Fleur"}, {"Françoise", "Françoise"}, {"Zoë", "Zoë"}, {"Geertruida", "Truus"},
		{"Marieke", "Marieke"}, {"Fatima", "Fatima"}, {"Anneke", "Anneke"}, {"Catharina", "Trijntje"}, {"Saskia",
			"Saskia"}, {"Lotte", "Lotte"},
		{"Petronella", "Nel"}, {"Hendrika", "Rika"}, {"Ineke", "Ineke"}, {"Roos", "Roos"}, {"Tjitske", "Tjitske"},
		{"Daphne", "Daph"}, {"Aaltje", "Alie"}, {"Mirjam", "Mir"}, {"Naïma", "Naïma"}, {"Wendela", "Wendy"}},
	family: []surname{{"van der", "Berg"}, {"van den", "Broek"}, {"de", "Vries"}, {"van", "Dijk"}, {"", "Jansen"},
		{"", "Bakker"}, {"", "Visser"}, {"de", "Boer"}, {"van 't", "Hoff"}, {"in 't", "Veld"}, {"van der", "Meer"},
		{"", "Mulder"}, {"ter", "Horst"}, {"ten", "Brink"}, {"op den", "Camp"}, {"", "Koning"}, {"van", "Leeuwen"},
		{"", "Smit"}, {"de", "Jong"}, {"", "Dekker"}, {"van de", "Ven"}, {"", "Hoekstra"}, {"", "Wiersma"},
		{"'s", "Gravesande"}, {"van", "Zuylen van Nijevelt"}, {"", "Koç"}, {"", "El Amrani"}, {"von", "Bönninghausen"},
		{"", "Jansen-de Wit"}, {"", "Brontë"}, {"", "Geraets"}, {"d'", "Ancona"}, {"'t", "Lam"}, {"", "Vermeulen"},
		{"van", "Beek"}, {"", "Kuipers"}, {"de", "Graaf"}, {"", "Scholten"},
		{"van der", "Linden"}, {"", "Postma"}, {"", "Veenstra"}, {"van den", "Heuvel"}, {"", "Kok"}, {"", "Schouten"},
		{"", "Zijlstra"}, {"van", "Rijn"}, {"", "Hofman"}, {"", "Özdemir"}, {"", "Rademaker"}, {"", "Tromp"},
		{"van der", "Wal"}, {"de", "Ruijter"}, {"", "Bouwmeester"}, {"", "Sijbrandij"}, {"uit den", "Bogaard"},
		{"", "Ramdin"}, {"", "Pattiselanno"}, {"", "Groeneveld-Smit"}, {"van", "IJsseldijk"}},
	titles: []string{"drs.", "ir.", "mr.", "prof. dr."},
	jobs:   []string{"Directeur", "Inkoper", "Hoofd Inkoop & Logistiek", "Assistent"},
	notes: []string{"Belt liever niet op vrijdag.",
		"Met per 1-1 nieuwe functie.\r\nGraag kerstkaart sturen; adres gecontroleerd.",
		"Factuur, t.a.v. crediteuren; ref \"PO 7781\""},
	firms: firmWords{[]string{"Bouwbedrijf", "Installatietechniek", "Accountants", "Drukkerij", "Transport", "Advies",
		"Bloemen", "Zorggroep", "Makelaardij", "Bakkerij", "Architecten", "Advocaten"},
		[]string{"B.V.", "BV", "N.V.", "V.O.F.", "Holding B.V."}},
}

var germany = &country{
	code: "DE", names: []string{"Deutschland", "Germany", "DE", "Duitsland"}, dial: "49", trunk: "0",
	mobile: []numberRange{{"171", "39200", 0, 100}, {"176", "040690", 0, 100}},
	cities: []city{
		{"Berlin", "Berlin", "10###", numberRange{"30", "23125", 0, 1000}},
		{"Köln", "Nordrhein-Westfalen", "50###", numberRange{"221", "4710", 0, 1000}},
		{"Hamburg", "Hamburg", "20###", numberRange{"40", "66969", 0, 1000}},
		{"Frankfurt am Main", "Hessen", "60###", numberRange{"69", "90009", 0, 1000}},
		{"München", "Bayern", "80###", numberRange{"89", "99998", 0, 1000}},
	},
	street: after("Hauptstraße", "Bahnhofstr.", "Am Königsforst", "Goethestraße", "Straße des 17. Juni", "Lindenallee",
		"Wäscherweg", "Schillerplatz"),
	men: []given{{"Hans-Peter", "Hape"}, {"Jürgen", "Jürgen"}, {"Wolfgang", "Wolf"}, {"Maximilian", "Max"},
		{"Karl-Heinz", "Kalle"}, {"Jörg", "Jörg"}, {"Matthias", "Matze"}, {"Björn", "Björn"}, {"Alexander", "Alex"},
		{"Friedrich", "Fritz"}, {"Günther", "Günni"}, {"Stephan", "Stef"}, {"Uwe", "Uwe"}, {"Sebastian", "Basti"},
		{"Thorsten", "Thorsten"}, {"Ludwig", "Lutz"}, {"Emre", "Emre"}},
	women: []given{{"Anne-Sophie", "Anso"}, {"Katharina", "Kathi"}, {"Ursula", "Uschi"}, {"Käthe", "Käthe"},
		{"Elisabeth", "Lisa"}, {"Jördis", "Jördis"}, {"Susanne", "Susi"}, {"Franziska", "Franzi"}, {"Christiane", "Chris"},
		{"Marie-Luise", "Malu"}, {"Heike", "Heike"}, {"Bärbel", "Bärbel"}},
	family: []surname{{"", "Müller"}, {"", "Schmidt"}, {"", "Müller-Lüdenscheidt"}, {"", "Weiß"}, {"", "Großmann"},
		{"von der", "Heide"}, {"von", "Hohenstein"}, {"zu", "Löwenfels"}, {"", "Schäfer"}, {"", "Köhler"},
		{"", "Leutheusser-Schnarr"}, {"", "Krüger"}, {"", "Wagner"}, {"", "Strauß"}, {"", "Böhm"}, {"", "Öztürk"},
		{"", "Meier"}, {"", "Hoffmann-Riem"}, {"", "Jäger"}, {"von und zu", "Bergheim"}, {"", "Becker"}, {"", "Neumann"},
		{"", "Zimmermann"}, {"", "Kästner"}, {"", "Vogt"},
		{"", "Büchner"}, {"", "Winkelbauer"}, {"", "Spörl"}, {"", "Thoß"}},
	titles: []string{"Dr.", "Prof. Dr.", "Dipl.-Ing.", "Dr. med."},
	jobs:   []string{"Geschäftsführer", "Projektleitung", "Einkauf", "Prokurist"},
	notes:  []string{"Spricht Deutsch, English; Rückruf nach 14 Uhr"},
	firms: firmWords{[]string{"Maschinenbau", "Logistik", "Brauerei", "Elektrotechnik", "Bäckerei", "Verlag",
		"Werkzeuge", "Steuerberatung"}, []string{"GmbH", "GmbH & Co. KG", "AG", "e.K.", "UG (haftungsbeschränkt)"}},
}

var unitedKingdom = &country{
	code: "GB", names: []string{"United Kingdom", "UK", "Great Britain", "England"}, dial: "44", trunk: "0",
	mobile: []numberRange{{"7700", "900", 0, 1000}}, mobileUnknown: true,
	cities: []city{
		{"London", "", "EC#A #@@", numberRange{"20", "79460", 0, 1000}},
		{"Birmingham", "West Midlands", "B# #@@", numberRange{"121", "4960", 0, 1000}},
		{"Manchester", "", "M# #@@", numberRange{"161", "4960", 0, 1000}},
		{"Edinburgh", "Scotland", "EH# #@@", numberRange{"131", "4960", 0, 1000}},
	},
	street: before("High Street", "Station Road", "King's Parade", "Mill Lane", "St. John's Wood", "The Crescent"),
	men: []given{{"Robert", "Bob"}, {"William", "Bill"}, {"James", "Jim"}, {"Richard", "Dick"}, {"Edward", "Ted"},
		{"Michael", "Mike"}, {"Anthony", "Tony"}, {"Charles", "Charlie"}, {"Seán", "Seán"}, {"Thomas", "Tom"}},
	women: []given{{"Elizabeth", "Liz"}, {"Margaret", "Peggy"}, {"Katherine", "Kate"}, {"Patricia", "Pat"},
		{"Siobhán", "Shiv"}, {"Victoria", "Vicky"}, {"Deborah", "Debbie"}, {"Susan", "Sue"}, {"Jane", "Jane"}},
	family: []surname{{"", "Smith"}, {"", "O'Brien"}, {"", "MacDonald"}, {"", "Taylor-Jones"}, {"", "Brown"},
		{"", "McIntyre"}, {"", "Featherstonehaugh"}, {"", "Ng"}, {"", "Singh"}, {"", "Clarke"}, {"", "D'Souza"}, {"",
			"Wilkinson"}, {"", "Evans"}, {"", "Okonkwo"}, {"", "Bell-Scott"}},
	titles: []string{"Dr", "Sir", "Prof."},
	jobs:   []string{"Managing Director", "Buyer", "Head of Procurement"},
	notes:  []string{"Said: \"call me Bob\", then hung up.\r\n\r\n- budget: €40.000\r\n- decision: Q3"},
	firms: firmWords{[]string{"Consulting", "Engineering", "Publishing", "Solicitors", "Foods", "Textiles"},
		[]string{"Ltd", "Limited", "plc", "LLP"}},
}

var spain = &country{
	code: "ES", names: []string{"España", "Spain", "Spanje"}, dial: "34",
	mobile: []numberRange{{"600", "555", 0, 1000}},
	cities: []city{
		{"Madrid", "Madrid", "280##", numberRange{"91", "5550", 0, 1000}},
		{"Barcelona", "Barcelona", "080##", numberRange{"93", "5550", 0, 1000}},
		{"A Coruña", "A Coruña", "150##", numberRange{"981", "550", 0, 1000}},
		{"Málaga", "Málaga", "290##", numberRange{"952", "550", 0, 1000}},
	},
	street: comma("Calle Mayor", "Avda. de la Constitución", "Plaza de España", "C/ Núñez de Balboa", "Paseo de Gràcia"),
	men: []given{{"José", "Pepe"}, {"Francisco", "Paco"}, {"José María", "Chema"}, {"Ignacio", "Nacho"}, {"Jesús",
		"Chus"},
		{"Manuel", "Manolo"}, {"Ángel", "Ángel"}, {"Íñigo", "Íñigo"}, {"Alejandro", "Álex"}},
	women: []given{{"María José", "Mari Jose"}, {"Dolores", "Lola"}, {"Concepción", "Concha"}, {"María del Carmen",
		"Mamen"},
		{"Begoña", "Bego"}, {"Mónica", "Mónica"}, {"Inés", "Inés"}, {"Montserrat", "Montse"}},
	family: []surname{{"", "García López"}, {"", "Fernández de la Vega"}, {"", "Rodríguez Zapata"}, {"", "Núñez Peña"},
		{"", "Martínez y Soria"}, {"", "Ibáñez Gómez"}, {"de la", "Fuente Muñoz"}, {"", "Sánchez-Cano Ruiz"},
		{"", "Etxeberria Agirre"}, {"", "Pérez Pérez"}, {"", "Llull i Puig"}, {"del", "Río Castaño"}},
	titles: []string{"D.", "Dña.", "Ing."},
	jobs:   []string{"Dirección de Compras", "Gerente", "Administración"},
	notes:  []string{"Prefiere correo; no llamar, por favor."},
	firms: firmWords{[]string{"Construcciones", "Exportaciones", "Bodegas", "Asesoría", "Ingeniería"},
		[]string{"S.L.", "S.A.", "e Hijos S.L.", "S.L.U."}},
}

var unitedStates = &country{
	code: "US", names: []string{"United States", "USA", "U.S.A.", "US"}, dial: "1",
	mobile: []numberRange{{"917", "5550", 100, 200}, {"646", "5550", 100, 200}, {"510", "5550", 100, 200}},
	cities: []city{
		{"New York", "NY", "100##", numberRange{"212", "5550", 100, 200}},
		{"Chicago", "IL", "606##", numberRange{"312", "5550", 100, 200}},
		{"San José", "CA", "951##", numberRange{"408", "5550", 100, 200}},
		{"Boston", "MA", "021##", numberRange{"617", "5550", 100, 200}},
	},
	street: before("Main Street", "W 34th St", "Elm Avenue", "Sunset Blvd, Suite 400", "Martin Luther King Jr. Way"),
	men: []given{{"Robert", "Bob"}, {"William", "Bill"}, {"Joseph", "Joe"}, {"Christopher", "Chris"}, {"Daniel", "Dan"},
		{"Juan Carlos", "JC"}, {"Tyrone", "Ty"}, {"Benjamin", "Ben"}},
	women: []given{{"Jennifer", "Jen"}, {"Elizabeth", "Beth"}, {"Barbara", "Barb"}, {"Katherine", "Kathy"},
		{"Zoë", "Zoë"}, {"Rebecca", "Becky"}, {"Alexandra", "Alex"}},
	family: []surname{{"", "Johnson"}, {"", "Smith Jr."}, {"", "Williams"}, {"", "Garcia"}, {"", "O'Connor"},
		{"", "Nguyen"}, {"", "Washington III"}, {"", "Van Buren"}, {"", "Kowalski"}, {"", "De La Cruz"}, {"", "Miller"},
		{"", "Yamamoto"}, {"", "Abernathy"}, {"", "St. Clair"}},
	titles: []string{"Dr.", "Rev."},
	jobs:   []string{"VP, Operations", "Buyer", "Regional Manager"},
	notes:  []string{"Said: \"call me Bob\", then hung up.\r\n\r\n- budget: €40.000\r\n- decision: Q3"},
	firms: firmWords{[]string{"Software", "Medical", "Logistics", "Hardware", "Dairy"},
		[]string{"Inc.", "LLC", "Corp.", "Co."}},
}
