package main

var belgium = &country{
	code: "BE", names: []string{"België", "Belgium", "Belgique"}, dial: "32", trunk: "0",
	mobile: []numberRange{{"470", "55", 0, 10000}},
	cities: []city{
		{"Brussel", "", "10##", numberRange{"2", "5550", 0, 1000}},
		{"Antwerpen", "", "20##", numberRange{"3", "5550", 0, 1000}},
		{"Leuven", "", "30##", numberRange{"16", "555", 0, 1000}},
	},
	street: after("Meir", "Avenue Louise", "Grote Markt", "Rue de la Loi", "Korenlei"),
	men:    []given{{"Jean-Pierre", "JP"}, {"Joris", "Joris"}, {"Gaëtan", "Gaëtan"}, {"Emmanuel", "Manu"}},
	women:  []given{{"Marie-Christine", "Mieke"}, {"Héloïse", "Héloïse"}, {"Godelieve", "Lieve"}, {"Aïcha", "Aïcha"}},
	family: []surname{{"", "Van den Bossche"}, {"", "De Smet"}, {"", "Vandevelde"}, {"", "Peeters"}, {"", "Lefèvre"},
		{"", "D'Hondt"}},
	titles: []string{"Ir.", "Mtr."},
	jobs:   []string{"Zaakvoerder", "Aankoper", "Gérant"},
	notes:  []string{"Tweetalig; facturen in het Frans"},
	firms:  firmWords{[]string{"Chocolade", "Diamant", "Brouwerij", "Textiel"}, []string{"NV", "BVBA", "BV", "SPRL"}},
}

var france = &country{
	code: "FR", names: []string{"France", "Frankrijk"}, dial: "33", trunk: "0",
	mobile: []numberRange{{"6", "3998", 0, 10000}}, mobileUnknown: true,
	cities: []city{
		{"Paris", "", "750##", numberRange{"1", "9900", 0, 10000}},
		{"Lyon", "", "690##", numberRange{"4", "6571", 0, 10000}},
		{"Bordeaux", "", "330##", numberRange{"5", "3649", 0, 10000}},
	},
	street: before("rue de l'Église", "avenue des Champs", "bd Saint-Michel", "place d'Armes"),
	men: []given{{"Jean-François", "Jeff"}, {"Frédéric", "Fred"}, {"Loïc", "Loïc"}, {"Étienne", "Étienne"},
		{"Jérôme", "Jéjé"}},
	women: []given{{"Anaïs", "Anaïs"}, {"Geneviève", "Ginette"}, {"Aurélie", "Lili"}, {"Maëlle", "Maëlle"}},
	family: []surname{{"", "Lefèbvre"}, {"de la", "Tour d'Aubray"}, {"", "Béranger"}, {"", "Dupont-Aigny"}, {"", "Garçon"},
		{"d'", "Estrées"}},
	titles: []string{"Me", "Dr"},
	jobs:   []string{"Chef de projet", "Responsable des achats", "Gérant"},
	notes:  []string{"Rappeler après 14 h; \"pas le mercredi\""},
	firms:  firmWords{[]string{"Vins", "Pâtisserie", "Conseil", "Verrerie"}, []string{"SARL", "S.A.", "SAS", "& Fils"}},
}

var sweden = &country{
	code: "SE", names: []string{"Sverige", "Sweden", "Zweden"}, dial: "46", trunk: "0",
	mobile: []numberRange{{"70", "17406", 5, 100}},
	cities: []city{
		{"Stockholm", "", "11# ##", numberRange{"8", "465004", 0, 100}},
		{"Göteborg", "", "41# ##", numberRange{"31", "39006", 0, 100}},
		{"Malmö", "", "21# ##", numberRange{"40", "62804", 0, 100}},
	},
	street: after("Drottninggatan", "Kungsgatan", "Västra Hamngatan", "Sjövägen"),
	men:    []given{{"Håkan", "Håkan"}, {"Göran", "Jöran"}, {"Lars-Åke", "Lasse"}, {"Søren", "Søren"}},
	women:  []given{{"Åsa", "Åsa"}, {"Birgitta", "Gittan"}, {"Linnéa", "Nea"}, {"Ærika", "Ærika"}},
	family: []surname{{"", "Åkesson"}, {"", "Sjöström"}, {"", "Ångström"}, {"", "Bjørnsen"}, {"af", "Klintberg"}},
	titles: []string{"Dr."},
	jobs:   []string{"Inköpare", "VD"},
	notes:  []string{"Semester i juli; ring Åsa"},
	firms:  firmWords{[]string{"Möbler", "Skog", "Verkstad"}, []string{"AB", "HB"}},
}

var poland = &country{
	code: "PL", names: []string{"Polska", "Poland", "Polen"}, dial: "48",
	mobile: []numberRange{{"500", "555", 0, 1000}},
	cities: []city{
		{"Warszawa", "", "00-###", numberRange{"22", "5550", 0, 1000}},
		{"Łódź", "", "90-###", numberRange{"42", "5550", 0, 1000}},
	},
	street: after("ul. Świętokrzyska", "Aleje Jerozolimskie", "ul. Długa"),
	men:    []given{{"Stanisław", "Staszek"}, {"Łukasz", "Łukasz"}, {"Wojciech", "Wojtek"}},
	women:  []given{{"Małgorzata", "Gosia"}, {"Agnieszka", "Aga"}, {"Żaneta", "Żaneta"}},
	family: []surname{{"", "Wójcik"}, {"", "Dąbrowski"}, {"", "Brzęczyszczykiewicz"}, {"", "Łęcki"}, {"", "Nowak-Żak"}},
	titles: []string{"mgr", "inż."},
	jobs:   []string{"Kierownik sprzedaży", "Księgowość"},
	notes:  []string{"Woli e-mail; język: polski"},
	firms:  firmWords{[]string{"Meble", "Przewozy", "Szkło"}, []string{"Sp. z o.o.", "S.A."}},
}

// China's given names and surnames are written in pinyin here; han holds the same in characters.
var china = &country{
	code: "CN", names: []string{"中国", "China", "P.R. China"}, dial: "86", trunk: "0",
	mobile: []numberRange{{"199", "5550", 0, 10000}},
	cities: []city{
		{"北京", "", "1000##", numberRange{"10", "5550", 0, 10000}},
		{"Shanghai", "", "2000##", numberRange{"21", "5550", 0, 10000}},
		{"深圳", "广东", "5180##", numberRange{"755", "5550", 0, 10000}},
	},
	street: before("Nanjing Road West", "中山路", "Jianguomen Outer Street", "科技园南区"),
	men: []given{{"Wei", "David"}, {"Jianguo", "Jack"}, {"Haoran", "Howard"}, {"Lei", "Leo"}, {"Zhiqiang", "John"},
		{"Yuxuan", "Eric"}},
	women: []given{{"Xiaoli", "Lily"}, {"Fang", "Fiona"}, {"Meiling", "May"}, {"Ting", "Tina"}, {"Xue", "Snow"},
		{"Yanhong", "Helen"}},
	family: []surname{{"", "Wang"}, {"", "Li"}, {"", "Zhang"}, {"", "Chen"}, {"", "Liu"}, {"", "Ouyang"}, {"", "Zhao"},
		{"", "Lü"}, {"", "Xu"}, {"", "Sima"}},
	titles: []string{"Dr."},
	jobs:   []string{"采购经理", "Sales Director", "总经理"},
	notes:  []string{"微信联系；每周二开会"},
	firms:  firmWords{[]string{"Electronics", "Trading", "Optics"}, []string{"Co., Ltd.", "有限公司", "Group"}},
}

var han = map[string]string{
	"Wei": "伟", "Jianguo": "建国", "Haoran": "浩然", "Lei": "磊", "Zhiqiang": "志强", "Yuxuan": "宇轩",
	"Xiaoli": "小丽", "Fang": "芳", "Meiling": "美玲", "Ting": "婷", "Xue": "雪", "Yanhong": "艳红",
	"Wang": "王", "Li": "李", "Zhang": "张", "Chen": "陈", "Liu": "刘", "Ouyang": "欧阳", "Zhao": "赵",
	"Lü": "吕", "Xu": "徐", "Sima": "司马",
}

// where is drawn from: the CRM belongs to a Dutch company.
var where = []*country{
	netherlands, netherlands, netherlands, netherlands, netherlands, netherlands, netherlands, netherlands,
	germany, germany, germany, germany, unitedKingdom, unitedKingdom, spain, spain, unitedStates, unitedStates,
	belgium, france, china, china, sweden, poland,
}
