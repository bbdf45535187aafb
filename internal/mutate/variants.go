package main

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// chosen is the file that is added to a package with variants: which of them are called is decided when a process begins.
const chosen = `package %s

import (
	"os"
	"strconv"
)

var mutateChosen, _ = strconv.Atoi(os.Getenv("` + choice + `"))
`

const choice = "MUTATE_CHOSEN"

// lines says which lines of a file with variants belong to which mutation, by its number.
type lines struct{ from, to, number int }

// withVariants returns a file in which each function that has mutations stands once as it was and once with each of them,
// under names of their own, and a function of its name that calls the one that is chosen. So a package is compiled once for
// all its mutations. The numbers of the mutations are their keys, from 1 on.
func withVariants(text string, mutations map[int]mutation) (string, []lines) {
	numbers := map[function][]int{}
	var functions []function
	for number, m := range mutations {
		if numbers[m.in] == nil {
			functions = append(functions, m.in)
		}
		numbers[m.in] = append(numbers[m.in], number)
	}
	slices.SortFunc(functions, func(a, b function) int { return a.from - b.from })

	var head, tail strings.Builder
	var where []lines
	done := 0
	for _, f := range functions {
		slices.Sort(numbers[f])
		head.WriteString(text[done:f.name])
		head.WriteString(variantName(0, f))
		done = f.name + len(f.decl.Name.Name)
		tail.WriteString(dispatcher(text, f, numbers[f]))
	}
	head.WriteString(text[done:])
	out := head.String() + "\n" + tail.String()
	for _, f := range functions {
		for _, number := range numbers[f] {
			m := mutations[number]
			from := strings.Count(out, "\n") + 1
			out += text[f.from:f.name] + variantName(number, f) + text[f.name+len(f.decl.Name.Name):m.from] + m.is + text[m.to:f.to] + "\n"
			where = append(where, lines{from: from, to: strings.Count(out, "\n"), number: number})
		}
	}
	return out, where
}

// variantName is the name of a function with a mutation; 0: as it was.
func variantName(number int, f function) string {
	return fmt.Sprintf("mutate%d_%s", number, f.decl.Name.Name)
}

// dispatcher is the function of the name that was there.
func dispatcher(text string, f function, numbers []int) string {
	d := f.decl
	base := f.from - int(d.Pos())
	of := func(n ast.Node) string { return text[base+int(n.Pos()) : base+int(n.End())] }
	var b strings.Builder
	b.WriteString("func ")
	target := ""
	if d.Recv != nil {
		fmt.Fprintf(&b, "(mutateReceiver %s) ", of(d.Recv.List[0].Type))
		target = "mutateReceiver."
	}
	b.WriteString(d.Name.Name)
	types := ""
	if d.Type.TypeParams != nil {
		b.WriteString(of(d.Type.TypeParams))
		var names []string
		for _, field := range d.Type.TypeParams.List {
			for _, name := range field.Names {
				names = append(names, name.Name)
			}
		}
		types = "[" + strings.Join(names, ", ") + "]"
	}
	parameters, arguments := "", ""
	i := 0
	for _, field := range d.Type.Params.List {
		for range max(len(field.Names), 1) {
			parameters += fmt.Sprintf("mutateArgument%d %s, ", i, of(field.Type))
			arguments += fmt.Sprintf("mutateArgument%d", i)
			if _, variadic := field.Type.(*ast.Ellipsis); variadic {
				arguments += "..."
			}
			arguments += ", "
			i++
		}
	}
	fmt.Fprintf(&b, "(%s)", strings.TrimSuffix(parameters, ", "))
	result := ""
	if d.Type.Results != nil {
		b.WriteString(" " + of(d.Type.Results))
		result = "return "
	}
	b.WriteString(" {\n\tswitch mutateChosen {\n")
	for _, number := range append(numbers, 0) {
		label := fmt.Sprintf("case %d", number)
		if number == 0 {
			label = "default"
		}
		fmt.Fprintf(&b, "\t%s:\n\t\t%s%s%s%s(%s)\n", label, result, target, variantName(number, f), types, strings.TrimSuffix(arguments, ", "))
	}
	b.WriteString("\t}\n}\n\n")
	return b.String()
}
