package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// mutation is one small change to one file, as text to replace. Lines keep their numbers.
type mutation struct {
	file     string // path
	from, to int    // byte offsets
	is       string // the text in place of what is there
	what     string
	line     int
	was      string // that line, without the space around it
	becomes  string // the same with the mutation
	in       function
	pkg      string // the name of the package
}

// function is where a function that has a name stands in its file.
type function struct {
	decl     *ast.FuncDecl
	from, to int // byte offsets, without its comment
	name     int // byte offset of its name
}

// source is a file that is being looked through for what could be changed.
type source struct {
	path      string
	text      []byte
	set       *token.FileSet
	pkg       string
	in        function          // that is being looked through
	room      map[ast.Node]bool // numbers that only say how much memory to begin with
	mutations []mutation
}

// mutationsOf returns all mutations of a package's files, but for its tests and for what is generated.
func mutationsOf(dir string) ([]mutation, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	var all []mutation
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		of, err := mutationsIn(path, text)
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	return all, nil
}

func mutationsIn(path string, text []byte) ([]mutation, error) {
	s := &source{path: path, text: text, set: token.NewFileSet(), room: map[ast.Node]bool{}}
	file, err := parser.ParseFile(s.set, path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if ast.IsGenerated(file) {
		return nil, nil
	}
	s.pkg = file.Name.Name
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil || f.Recv == nil && f.Name.Name == "init" { // nobody calls init: it cannot be one of several
			continue
		}
		s.in = function{decl: f, from: s.offset(f.Pos()), to: s.offset(f.End()), name: s.offset(f.Name.Pos())}
		s.function(f.Type, f.Body)
	}
	numberEquals(s.mutations)
	return s.mutations, nil
}

// numberEquals tells mutations of one function apart that read the same.
func numberEquals(all []mutation) {
	type looks struct {
		in                 function
		what, was, becomes string
	}
	of := func(m mutation) looks { return looks{m.in, m.what, m.was, m.becomes} }
	count, at := map[looks]int{}, map[looks]int{}
	for _, m := range all {
		count[of(m)]++
	}
	for i := range all {
		l := of(all[i])
		if at[l]++; count[l] > 1 {
			all[i].what += fmt.Sprintf(" (%d of %d)", at[l], count[l])
		}
	}
}

func (s *source) offset(p token.Pos) int { return s.set.Position(p).Offset }

func (s *source) of(n ast.Node) string { return string(s.text[s.offset(n.Pos()):s.offset(n.End())]) }

// change notes a mutation; the lines of what it replaces are kept, so that an error names the right ones.
func (s *source) change(from, to token.Pos, is, what string) {
	m := mutation{
		file: s.path, from: s.offset(from), to: s.offset(to),
		what: what, line: s.set.Position(from).Line, in: s.in, pkg: s.pkg,
	}
	lines := bytes.Count(s.text[m.from:m.to], []byte("\n")) - strings.Count(is, "\n")
	m.is = is + strings.Repeat("\n", max(lines, 0))
	begin := bytes.LastIndexByte(s.text[:m.from], '\n') + 1
	m.was = firstLine(string(s.text[begin:]))
	m.becomes = firstLine(string(s.text[begin:m.from]) + m.is + string(s.text[m.to:]))
	s.mutations = append(s.mutations, m)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(line)
}

// function looks through a function, and through those that are written in it, which have results of their own.
func (s *source) function(t *ast.FuncType, body *ast.BlockStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			s.function(n.Type, n.Body)
			return false
		case *ast.ReturnStmt:
			s.result(t, n)
		case *ast.IfStmt:
			s.change(n.Cond.Pos(), n.Cond.End(), "!("+s.of(n.Cond)+")", "negate the condition")
			if n.Else != nil {
				s.change(n.Body.End(), n.Else.End(), "", "drop the else")
			}
		case *ast.ForStmt:
			if n.Cond != nil {
				s.change(n.Cond.Pos(), n.Cond.End(), "false && ("+s.of(n.Cond)+")", "never enter the loop")
			}
		case *ast.CaseClause:
			s.clause(n)
		case *ast.BlockStmt:
			s.drop(n.List)
		case *ast.BinaryExpr:
			if !s.room[n] {
				s.operator(n)
			}
		case *ast.CallExpr:
			s.leaveRoom(n)
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				s.change(n.Pos(), n.X.Pos(), "", "drop the !")
			}
		case *ast.ArrayType:
			return false // a longer one does the same, or does not compile
		case *ast.BasicLit:
			if s.room[n] {
				break
			}
			if value, err := strconv.ParseInt(n.Value, 0, 64); n.Kind == token.INT && err == nil {
				s.change(n.Pos(), n.End(), fmt.Sprint(value+1), fmt.Sprintf("%s becomes %d", n.Value, value+1))
			}
		case *ast.Ident:
			other := map[string]string{"true": "false", "false": "true"}[n.Name]
			if other != "" {
				s.change(n.Pos(), n.End(), other, n.Name+" becomes "+other)
			}
		}
		return true
	})
}

// leaveRoom marks the capacity of what make makes.
func (s *source) leaveRoom(c *ast.CallExpr) {
	f, ok := c.Fun.(*ast.Ident)
	if !ok || f.Name != "make" || len(c.Args) == 0 {
		return
	}
	room := c.Args[min(2, len(c.Args)):]
	if _, ok := c.Args[0].(*ast.MapType); ok {
		room = c.Args[1:]
	}
	for _, arg := range room {
		ast.Inspect(arg, func(n ast.Node) bool {
			s.room[n] = true
			return true
		})
	}
}

// result has a function that answers yes or no say the opposite.
func (s *source) result(t *ast.FuncType, r *ast.ReturnStmt) {
	if t.Results == nil || len(r.Results) != 1 || len(t.Results.List) != 1 {
		return
	}
	kind, ok := t.Results.List[0].Type.(*ast.Ident)
	if _, literal := r.Results[0].(*ast.Ident); !ok || kind.Name != "bool" || literal {
		return
	}
	s.change(r.Results[0].Pos(), r.Results[0].End(), "!("+s.of(r.Results[0])+")", "return the opposite")
}

// clause has a case do nothing, and drops one of the values or conditions it stands for.
func (s *source) clause(c *ast.CaseClause) {
	s.drop(c.Body)
	if len(c.Body) > 0 && len(c.List) > 0 {
		s.change(c.Colon+1, c.Body[len(c.Body)-1].End(), "", "empty the case")
	}
	if len(c.List) < 2 {
		return
	}
	for i, e := range c.List {
		if i > 0 {
			s.change(c.List[i-1].End(), e.End(), "", "drop "+s.of(e)+" from the case")
		} else {
			s.change(e.Pos(), c.List[1].Pos(), "", "drop "+s.of(e)+" from the case")
		}
	}
}

// drop leaves out single statements, where the rest may still compile.
func (s *source) drop(list []ast.Stmt) {
	for _, stmt := range list {
		switch stmt := stmt.(type) {
		case *ast.ExprStmt, *ast.IncDecStmt:
			s.change(stmt.Pos(), stmt.End(), "", "drop the statement")
		case *ast.AssignStmt:
			if stmt.Tok != token.DEFINE {
				s.change(stmt.Pos(), stmt.End(), "", "drop the assignment")
			}
		case *ast.BranchStmt:
			if stmt.Tok == token.CONTINUE || stmt.Tok == token.BREAK {
				s.change(stmt.Pos(), stmt.End(), "", "drop the "+stmt.Tok.String())
			}
		case *ast.IfStmt:
			if stmt.Init == nil && stmt.Else == nil {
				s.change(stmt.Pos(), stmt.End(), "", "drop the if and what it does")
			}
		}
	}
}

// operators are what an operator is taken for by mistake.
var operators = map[token.Token]token.Token{
	token.LAND: token.LOR, token.LOR: token.LAND,
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL,
	token.AND: token.OR, token.OR: token.AND,
}

func (s *source) operator(e *ast.BinaryExpr) {
	other, ok := operators[e.Op]
	if !ok {
		return
	}
	end := e.OpPos + token.Pos(len(e.Op.String()))
	s.change(e.OpPos, end, other.String(), e.Op.String()+" becomes "+other.String())
	if e.Op == token.LAND || e.Op == token.LOR {
		s.change(e.Pos(), e.Y.Pos(), "", "drop "+s.of(e.X)+" "+e.Op.String())
		s.change(e.X.End(), e.End(), "", "drop "+e.Op.String()+" "+s.of(e.Y))
	}
}
