package record_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/record"
)

func TestSplitEmail(t *testing.T) {
	for _, tt := range []struct{ entry, name, address string }{
		{"", "", ""},
		{"ada@example.com", "", "ada@example.com"},
		{"Ada <ada@example.com>", "Ada", "ada@example.com"},
		{"Ada<ada@example.com>", "Ada", "ada@example.com"},
		{"<ada@example.com>", "", "ada@example.com"},
		{"Ada <>", "Ada", ""},
		{"Lovelace, Ada (sales) <ada@example.com>", "Lovelace, Ada (sales)", "ada@example.com"},
		{"a < b <ada@example.com>", "a < b", "ada@example.com"},
		{"Ada <ada@example.com> ", "", "Ada <ada@example.com> "},
		{"Ada", "", "Ada"},
		{">", "", ">"},
	} {
		if name, address := record.SplitEmail(tt.entry); name != tt.name || address != tt.address {
			t.Errorf("SplitEmail(%q) = %q, %q; want %q, %q", tt.entry, name, address, tt.name, tt.address)
		}
	}
}

func TestEmailEntriesLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := strings.TrimSpace(rapid.OneOf(genEntry(), rapid.StringMatching(`[a-z <>,"]{0,9}`)).Draw(t, "name"))
		address := strings.NewReplacer("<", "", ">", "").Replace(genEntry().Draw(t, "address"))
		entry := record.JoinEmail(name, address)
		gotName, gotAddress := record.SplitEmail(entry)
		if gotName != name || gotAddress != address {
			t.Errorf("%q and %q join to %q, which splits into %q and %q", name, address, entry, gotName, gotAddress)
		}
		if again := record.JoinEmail(gotName, gotAddress); again != entry {
			t.Errorf("%q splits and joins to %q", entry, again)
		}
	})
}

func TestFoldEmail(t *testing.T) {
	for _, tt := range []struct{ in, want string }{ // want "": not an address
		{"ada@example.com", "ada@example.com"},
		{" Ada@EXAMPLE.com\r\n", "ada@example.com"},
		{"mailto:ada@example.com", "ada@example.com"},
		{"MAILTO:ada@example.com", "ada@example.com"},
		{"'ada@example.com'", "ada@example.com"},
		{"ada@example.com;", "ada@example.com"},
		{"<ada@example.com>", "ada@example.com"},
		{"Ada Lovelace <ada@example.com>", "ada@example.com"},
		{"ada@example.com (work)", "ada@example.com"},
		{"ada+crm@example.com", "ada+crm@example.com"},
		{"a.d.a@example.com", "a.d.a@example.com"},
		{"o'neill@example.com", "o'neill@example.com"},
		{"ada@under_score.example.com", "ada@under_score.example.com"},
		{"ada@MÜLLER.example", "ada@xn--mller-kva.example"},
		{"ada@xn--MLLER-KVA.example", "ada@xn--mller-kva.example"},
		{"ada@straße.example", "ada@xn--strae-oqa.example"}, // non-transitional: not strasse
		{"ada@例え.example", "ada@xn--r8jz45g.example"},
		{"ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ada@example.com"},
		{"\u200eada@example.com\u200b", "ada@example.com"},
		{"JÖRG@example.com", "jörg@example.com"},
		{"", ""}, {" ", ""}, {"ada", ""}, {"ada@", ""}, {"@example.com", ""}, {"Ada <>", ""},
		{"ada@example..com", ""}, {"ada@@example.com", ""}, {"a b@example.com", ""}, {"ada@exam ple.com", ""},
		{"ada@example.com, grace@example.com", ""}, {"\xff@example.com", ""}, {"n/a", ""},
	} {
		got, ok := record.FoldEmail(tt.in)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("FoldEmail(%q) = %q, %v; want %q", tt.in, got, ok, tt.want)
		}
	}
}

// The short way for plain addresses must say what the long way says: white space around an address sends it the long way.
func TestFoldEmailShortWayAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		address := rapid.OneOf(
			rapid.StringMatching(`[A-Za-z0-9.!#$%&*+/=?^_{|}~'-]{1,8}@[A-Za-z0-9.-]{1,12}`), genEntry()).Draw(t, "address")
		short, shortOK := record.FoldEmail(address)
		long, longOK := record.FoldEmail(" " + address + " ")
		if short != long || shortOK != longOK {
			t.Errorf("FoldEmail(%q) = %q, %v; with spaces around it %q, %v", address, short, shortOK, long, longOK)
		}
	})
}

func FuzzFoldEmail(f *testing.F) {
	for _, s := range spellings {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, entry string) {
		folded, ok := record.FoldEmail(entry)
		if !ok {
			if folded != "" {
				t.Fatalf("FoldEmail(%q) = %q, false", entry, folded)
			}
			return
		}
		if again, ok := record.FoldEmail(folded); !ok || again != folded {
			t.Errorf("FoldEmail(%q) = %q, which folds to %q, %v", entry, folded, again, ok)
		}
		if strings.Count(folded, "@") != 1 || strings.ContainsAny(folded, " <>\r\n\t") {
			t.Errorf("FoldEmail(%q) = %q, not a bare address", entry, folded)
		}
		f := record.Field{Type: record.Email}
		if !f.Equal(record.Value{entry}, record.Value{folded}, record.Locale{}) {
			t.Errorf("%q does not equal its folded address %q", entry, folded)
		}
	})
}
