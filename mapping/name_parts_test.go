package mapping_test

import (
	"testing"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// split is a full name in the CRM that parts in Outlook are dealt, and join the other way.
func split(name, full string, held, want []string) story {
	return story{name: name, to: record.Outlook, crm: []string{full}, outlook: held, want: want}
}

func join(name, full string, held []string, want string) story {
	return story{name: name, to: record.CRM, crm: []string{full}, outlook: held, want: []string{want}}
}

func parted(parts ...mapping.Part) subject {
	return subject{"name", fields("name", 1, aText), fields("part", len(parts), aName), nameParts(parts...)}
}

func TestNameInSixParts(t *testing.T) {
	none := []string{"", "", "", "", "", ""}
	tell(t, parted(mapping.Title, mapping.Given, mapping.Middle, mapping.Infix, mapping.Surname, mapping.Suffix), []story{
		split("all of them", "Dr. Jan Piet van der Berg Jr.", none, []string{"Dr.", "Jan", "Piet", "van der", "Berg", "Jr."}),
		split("surname first, and a degree", "Berg, Jan van der, MSc", none, []string{"", "Jan", "", "van der", "Berg", "MSc"}),
		split("a short infix", "Jan van Berg", none, []string{"", "Jan", "", "van", "Berg", ""}),
		split("an infix with a capital is part of the surname", "Jan Van den Berghe", none, []string{"", "Jan", "", "", "Van den Berghe", ""}),
		split("but not in the first place", "Van Berg", none, []string{"", "Van", "", "", "Berg", ""}),
		split("a surname with a degree", "Berg Jr.", none, []string{"", "", "", "", "Berg", "Jr."}),
		split("a degree alone is a surname", "Jr.", none, []string{"", "", "", "", "Jr.", ""}),
		split("two degrees are one", "MD, PhD", none, []string{"", "", "", "", "MD", "PhD"}),
		split("two given names in place of one stay together", "Anna Maria Berg", []string{"", "Jan", "", "", "Berg", ""},
			[]string{"", "Anna Maria", "", "", "Berg", ""}),
		split("a Chinese surname changes, the given name is known", "李小明", []string{"", "小明", "", "", "王", ""}, []string{"", "小明", "", "", "李", ""}),
	})
}

func TestNameInFewParts(t *testing.T) {
	two := []string{"", ""}
	tell(t, parted(mapping.Given, mapping.Surname), []story{
		split("two words", "Jan Berg", two, []string{"Jan", "Berg"}),
		split("with a comma", "Berg, Jan", two, []string{"Jan", "Berg"}),
		split("a Korean name", "김 민준", two, []string{"민준", "김"}),
		split("a Japanese name with a sign that repeats", "佐々木 一郎", two, []string{"一郎", "佐々木"}),
		split("a Japanese name with a long vowel", "山田 ジョー", two, []string{"ジョー", "山田"}),
		split("a Chinese name of three words, with a surname that is known", "王小明 小 红", []string{"小明", "王"}, []string{"王小明 小", "红"}),
		split("another Chinese name altogether", "李小红", []string{"小明", "王"}, []string{"", "李小红"}),
		join("a Korean name keeps its space", "김 민준", []string{"민수", "김"}, "김 민수"),
		split("two scripts", "王 Berg", two, []string{"王", "Berg"}),
	})
	tell(t, parted(mapping.Given, mapping.Surname), []story{
		split("a comma with nothing behind it separates nothing", "Berg,", two, []string{"", "Berg,"}),
		join("but it is kept when the name behind it is known", "Berg,", []string{"Jan", "Vos"}, "Vos, Jan"),
		split("nor one with nothing before it", ", Jan Berg", two, []string{", Jan", "Berg"}),
	})
	tell(t, parted(mapping.Given, mapping.Middle), []story{
		split("a Korean name without a place for the surname", "김 민준", two, []string{"김", "민준"}),
	})
	tell(t, parted(mapping.Middle, mapping.Surname), []story{
		split("no given name", "Piet Berg", two, []string{"Piet", "Berg"}),
	})
	tell(t, parted(mapping.Title, mapping.Suffix), []story{
		split("no place for the name itself", "Jan Berg", two, []string{"Jan Berg", ""}),
	})
	tell(t, parted(mapping.Surname, mapping.Suffix), []story{
		split("the surname first", "Berg Jr.", two, []string{"Berg", "Jr."}),
		split("an infix behind a comma, without a place of its own", "Berg, van", two, []string{"Berg, van", ""}),
	})
	tell(t, parted(mapping.Infix, mapping.Surname), []story{
		split("a word before the infix is part of the surname", "Vos van Berg", []string{"", "Berg"}, []string{"", "Vos van Berg"}),
		split("a comma between surnames stays", "Berg, Vos", two, []string{"", "Berg, Vos"}),
	})
	tell(t, parted(mapping.Given, mapping.Middle, mapping.Surname), []story{
		split("before a surname that is known", "Jan Piet Berg", []string{"", "", "Berg"}, []string{"Jan", "Piet", "Berg"}),
	})
	tell(t, parted(mapping.Given, mapping.Middle, mapping.Surname), []story{
		split("the second of two given names changes, and the surname", "Anna Clara Vos", []string{"Anna Maria", "", "Berg"}, []string{"Anna Clara", "", "Vos"}),
		split("the given name changes, and the first of two surnames", "Piet Jansen Berg", []string{"Jan", "", "Vos Berg"}, []string{"Piet", "", "Jansen Berg"}),
	})
	tell(t, parted(mapping.Given, mapping.Surname), []story{
		split("words in place of the surname are the surname", "Jan Vos", []string{"", "Berg"}, []string{"", "Jan Vos"}),
	})
	three := parted(mapping.Given, mapping.Infix, mapping.Surname)
	tell(t, three, []story{
		split("an infix between two surnames is part of them", "Jan Berg van Dijk", []string{"Jan", "", "Berg Vos"}, []string{"Jan", "", "Berg van Dijk"}),
		split("a second given name and an infix put in", "Jan Piet van Berg", []string{"Jan", "", "Berg"}, []string{"Jan Piet", "van", "Berg"}),
		join("infix first is kept when the given name changes", "van der Berg, Jan", []string{"Johan", "van der", "Berg"}, "van der Berg, Johan"),
		join("so is infix last behind two surnames", "Vos Berg, Jan van der", []string{"Johan", "van der", "Vos Berg"}, "Vos Berg, Johan van der"),
		join("and behind one", "Berg, Jan van der", []string{"Johan", "van der", "Berg"}, "Berg, Johan van der"),
	})
	tell(t, parted(mapping.Middle, mapping.Infix, mapping.Surname), []story{
		split("a second middle name and an infix put in", "Piet Jan van Berg", []string{"Piet", "", "Berg"}, []string{"Piet Jan", "van", "Berg"}),
	})
}
