package main

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// module is a package whose tests notice some mutations and not others.
var module = map[string]string{
	"go.mod": "module example.com/p\n\ngo 1.24\n",
	"p.go": `package p

type Box[T any] struct{ held []T }

func (b *Box[T]) Add(more ...T) (n int) {
	if len(more) == 0 {
		return -1
	}
	b.held = append(b.held, more...)
	return len(b.held)
}

func Most[T any, N int | uint](_ T, a, b N) N {
	if a > b {
		return a
	}
	return b
}

func Spin(n int) int {
	for n > 0 {
		n--
	}
	return n
}

func Unused(a int) int { return a + a }

func Name(s string) string { return s + "." }
`,
	"p_test.go": `package p

import "testing"

func TestBox(t *testing.T) {
	var b Box[string]
	if b.Add("a", "b") != 2 || b.Add("c") != 3 || Most("", 3, 4) != 4 || Most("", uint(5), 4) != 5 || Spin(3) != 0 {
		t.Fatal("wrong")
	}
}
`,
}

func TestVariantsAreTriedOneByOne(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range module {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	o := options{pkg: "./", tests: []string{"./"}}
	drawn, all, err := o.draw(nil)
	require.NoError(t, err)
	require.Len(t, drawn, all)
	tmp := t.TempDir()
	suites, err := build(o.pkg, o.tests, drawn, tmp)
	require.NoError(t, err)
	require.NoError(t, suites[0].calibrate(0))

	var lived, long []string
	for number, m := range drawn {
		switch what := m.in.decl.Name.Name + ": " + m.what; try(suites, number) {
		case survived:
			lived = append(lived, what)
		case tooLong:
			long = append(long, what)
		}
	}
	slices.Sort(lived)
	require.Equal(t, []string{
		"Add: 1 becomes 2", "Add: drop the if and what it does", "Most: > becomes >=", "Unused: + becomes -",
	}, lived)
	require.Equal(t, []string{"Spin: drop the statement"}, long)
	require.Len(t, drawn, all-1, "what does not compile is not tried")

	files, err := filepath.Glob("*")
	require.NoError(t, err)
	require.Len(t, files, len(module), "the tree is not touched")
}

func TestExplained(t *testing.T) {
	m := known{path: "p/p.go", name: "f", what: "< becomes <=", was: "if a < b {", is: "if a <= b {"}
	gone := m
	gone.is = ""
	all, err := readExplained("What this is.\n\n" + m.String() + "why: they are never\n  equal\n\n" + gone.String() + "why: so\n")
	require.NoError(t, err)
	require.Equal(t, map[known]string{m: "they are never equal", gone: "so"}, all)

	_, err = readExplained(m.String())
	require.ErrorContains(t, err, "does not say why")
	_, err = readExplained(m.String() + "why: one\n\n" + m.String() + "why: two\n")
	require.ErrorContains(t, err, "says twice")
}

func TestEverythingExplainedIsInTheCode(t *testing.T) {
	explained, err := readExplained(explainedText)
	require.NoError(t, err)
	t.Chdir("../..")
	for k := range explained {
		_, _, err := options{pkg: "./" + path.Dir(k.path)}.draw(explained)
		require.NoError(t, err)
	}
}
