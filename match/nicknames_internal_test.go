package match

import (
	"strings"
	"testing"
)

func TestNicknamesBelongToOneName(t *testing.T) {
	of := map[string]string{}
	for line := range strings.Lines(nicknames) {
		forms := strings.Fields(line)
		for _, form := range forms {
			folded := fold(form)
			if other, ok := of[folded]; ok {
				t.Errorf("%q is a form of both %q and %q", form, other, forms[0])
			}
			of[folded] = forms[0]
			if _, ok := little[folded]; ok {
				t.Errorf("%q is also a word that names nobody", form)
			}
		}
		if len(forms) == 1 {
			t.Errorf("%q has no other form", forms[0])
		}
	}
}
