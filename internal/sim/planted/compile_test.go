package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The other half follows the code too: with a bug planted the code compiles, so that a rename cannot make it one that is never played. Of
// each package the function bodies are checked in the files that the bug changes, and no others, which keeps this quick.
func TestPlantedBugsCompile(t *testing.T) {
	root, err := moduleRoot()
	require.NoError(t, err)
	bugs, err := readBugs(filepath.Join(root, "internal", "sim", "planted", "bugs"))
	require.NoError(t, err)
	c := newCompiler(t, root)
	for _, b := range bugs {
		files, err := b.plant(root)
		require.NoError(t, err)
		byDir := map[string]map[string]string{}
		for file, text := range files {
			path := filepath.Join(root, filepath.FromSlash(file))
			dir := filepath.Dir(path)
			if byDir[dir] == nil {
				byDir[dir] = map[string]string{}
			}
			byDir[dir][path] = text
		}
		for dir, changed := range byDir {
			require.NoError(t, c.check(dir, changed), b.name)
		}
	}
	dir := filepath.Join(root, "contactsync")
	require.Error(t, c.check(dir, map[string]string{filepath.Join(dir, "doc.go"): "package contactsync\n\nfunc f() { renamed() }\n"}), "the check itself")
}

// compiler checks packages against what the Go command has compiled of their imports.
type compiler struct {
	fset    *token.FileSet
	imports types.Importer
	files   map[string]map[string]*ast.File // by directory: without function bodies
}

func newCompiler(t *testing.T, root string) *compiler {
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{if .Export}}{{.ImportPath}}={{.Export}}{{end}}", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, export, _ := strings.Cut(strings.TrimSpace(line), "=")
		exports[path] = export
	}
	fset := token.NewFileSet()
	open := func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("%s is not compiled", path)
		}
		return os.Open(exports[path])
	}
	return &compiler{fset: fset, imports: importer.ForCompiler(fset, "gc", open), files: map[string]map[string]*ast.File{}}
}

// check returns the first error of the changed files.
func (c *compiler) check(dir string, changed map[string]string) error {
	if c.files[dir] == nil {
		pkg, err := build.ImportDir(dir, 0)
		if err != nil {
			return err
		}
		c.files[dir] = map[string]*ast.File{}
		for _, name := range pkg.GoFiles {
			path := filepath.Join(dir, name)
			file, err := parser.ParseFile(c.fset, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok {
					f.Body = nil
				}
			}
			c.files[dir][path] = file
		}
	}
	var files []*ast.File
	for path, file := range c.files[dir] {
		if _, is := changed[path]; !is {
			files = append(files, file)
		}
	}
	mine := map[string]bool{}
	for path, text := range changed {
		file, err := parser.ParseFile(c.fset, path, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files, mine[path] = append(files, file), true
	}
	var first error
	config := types.Config{Importer: c.imports, Error: func(err error) {
		if e, ok := err.(types.Error); ok && mine[e.Fset.Position(e.Pos).Filename] && first == nil {
			first = err
		}
	}}
	_, _ = config.Check(dir, c.fset, files, nil) // the others lack what only their bodies use
	return first
}
