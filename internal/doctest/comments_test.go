package doctest

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readAll takes the doc comments of all packages apart that others can import, with a
// page for each file. Problems are what is wrong with their fences and brackets.
func (c *compiler) readAll() (pages []*page, problems []string, err error) {
	for _, p := range c.packages {
		if p.internal() {
			continue
		}
		texts := make(map[string]string)
		for _, name := range p.files {
			text, err := os.ReadFile(filepath.Join(root, p.folder, name))
			if err != nil {
				return nil, nil, err
			}
			texts[path.Join(p.folder, name)] = string(text)
		}
		of, found, err := c.read(p.path, texts)
		if err != nil {
			return nil, nil, err
		}
		pages, problems = append(pages, of...), append(problems, found...)
	}
	return pages, problems, nil
}

// read takes the doc comments of a package apart, whose files are given by name.
func (c *compiler) read(importPath string, texts map[string]string) (pages []*page, problems []string, err error) {
	of, err := c.from.Import(importPath)
	if err != nil {
		return nil, nil, err
	}
	variables := ""
	if of.Scope().Lookup("Client") != nil {
		variables = "go: client *" + of.Name() + ".Client"
	}
	fset, hidden := token.NewFileSet(), make(map[string]bool)
	var files []*ast.File
	var groups [][]*ast.CommentGroup
	for name, text := range texts {
		file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, nil, err
		}
		p := &page{name: name, of: of, hidden: hidden, parameters: make(map[string]bool)}
		p.prose = make([]string, strings.Count(text, "\n")+1)
		pages, files, groups = append(pages, p), append(files, file), append(groups, p.exported(file))
	}
	described, err := doc.NewFromFiles(fset, files, importPath, doc.PreserveAST)
	if err != nil {
		return nil, nil, err
	}
	for i, page := range pages {
		for _, group := range groups[i] {
			lines := page.add(fset, group)
			content := described.Parser().Parse(group.Text()).Content
			for _, part := range content {
				if code, ok := part.(*comment.Code); ok {
					page.blocks = append(page.blocks, page.cut(lines, code.Text, variables))
				}
			}
			for _, line := range lines {
				if fence.MatchString(page.prose[line-1]) {
					problems = append(problems, fmt.Sprintf("%s:%d: a fence makes no code in a comment: indent it", page.name, line))
				}
			}
			problems = append(problems, c.brackets(page, lines, content)...)
		}
	}
	return pages, problems, nil
}

// exported are the comments of a file that "go doc" prints. It notes the names that the
// package hides, and those of parameters, which go doc shows.
func (p *page) exported(file *ast.File) []*ast.CommentGroup {
	all := []*ast.CommentGroup{file.Doc}
	note := func(name *ast.Ident) bool {
		p.hidden[name.Name] = !name.IsExported()
		return name.IsExported()
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv != nil && !(decl.Name.IsExported() && ast.IsExported(receiver(decl))) {
				continue
			}
			if decl.Recv == nil && !note(decl.Name) {
				continue
			}
			all = append(all, decl.Doc)
			for _, field := range decl.Type.Params.List {
				for _, name := range field.Names {
					p.parameters[name.Name] = true
				}
			}
		case *ast.GenDecl:
			before := len(all)
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						if note(name) {
							all = append(all, spec.Doc, spec.Comment)
						}
					}
				case *ast.TypeSpec:
					if note(spec.Name) {
						all = append(all, spec.Doc, spec.Comment)
						all = append(all, memberComments(spec.Type)...)
					}
				}
			}
			if len(all) > before {
				all = append(all, decl.Doc)
			}
		}
	}
	all = slices.DeleteFunc(all, func(group *ast.CommentGroup) bool { return group == nil })
	slices.SortFunc(all, func(a, b *ast.CommentGroup) int { return int(a.Pos() - b.Pos()) })
	return slices.Compact(all)
}

// receiver is the type that a method is of.
func receiver(method *ast.FuncDecl) (name string) {
	ast.Inspect(method.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return name == ""
	})
	return name
}

// memberComments are those of the exported fields of a struct and methods of an interface.
func memberComments(of ast.Expr) (all []*ast.CommentGroup) {
	ast.Inspect(of, func(n ast.Node) bool {
		field, ok := n.(*ast.Field)
		if !ok {
			return true
		}
		if len(field.Names) > 0 && !slices.ContainsFunc(field.Names, (*ast.Ident).IsExported) {
			return false
		}
		all = append(all, field.Doc, field.Comment)
		return true
	})
	return all
}

// add writes a comment to the page as prose, and returns the numbers of its lines.
func (p *page) add(fset *token.FileSet, group *ast.CommentGroup) (lines []int) {
	for _, c := range group.List {
		text, isLine := strings.CutPrefix(c.Text, "//")
		if isLine {
			text = strings.TrimPrefix(text, " ")
		} else {
			text = strings.TrimSuffix(strings.TrimPrefix(text, "/*"), "*/")
		}
		for i, line := range strings.Split(text, "\n") {
			number := fset.Position(c.Pos()).Line + i
			p.prose[number-1] = line
			lines = append(lines, number)
		}
	}
	return lines
}

// cut takes the code of a comment out of the page's prose.
func (p *page) cut(lines []int, code, note string) block {
	b := block{page: p.name, code: code, note: note}
	for line := range strings.Lines(code) {
		line = strings.TrimSpace(line)
		i := slices.IndexFunc(lines, func(n int) bool { return strings.TrimSpace(p.prose[n-1]) == line })
		if line == "" || i < 0 {
			continue
		}
		if b.line == 0 {
			b.line = lines[i]
		}
		p.prose[lines[i]-1], lines = "", lines[i+1:]
	}
	return b
}

var commandLine = regexp.MustCompile(`^(\$ |go (build|generate|get|install|run|test|vet) )`)

// language is what a block says that it is. One that says nothing is JSON or commands if
// that can be told of the whole of it, and otherwise Go.
func (b block) language() string {
	if b.lang != "" {
		return b.lang
	}
	if json.Valid([]byte(b.code)) {
		return "json"
	}
	for line := range strings.Lines(b.code) {
		if strings.TrimSpace(line) != "" && !commandLine.MatchString(line) {
			return "go"
		}
	}
	return "sh"
}

// A package as comments go wrong, beside the real hostkey.
const commented = `// Package hostkey is like this:
//
//	_, err := client.Orders.Place(ctx, nil)
//
//	_ = client.Nothing
//
// and like that:
//
//	{"servers": []}
//
// and is run by
//
//	go run ./examples/quickstart
//	$ ls
//
// but this is none of them:
//
//	{"servers": [}
package hostkey

// hidden is not printed:
//
//	_ = nothing
type hidden struct{}

// Method is not printed either:
//
//	_ = nothing
func (hidden) Method() {}

// Region has fields.
type Region struct {
	// Name is:
	//
	//	id = 1
	Name string
	// secret is not printed.
	secret string // nor this
}

// Of and
//
// ` + "```" + `go
//	return 2
// ` + "```" + `
func (r *Region) Of() {}

/*
Values are:

	var x hostkey.Nothing
*/
var (
	A = 1 // such as this
	b = 2 // but not this
)
`

// TestCommentsFail: code in all comments that are printed, and in no others, is told from
// what is none, and found at its line if it does not compile.
func TestCommentsFail(t *testing.T) {
	c := newCompiler(t)
	pages, problems, err := c.read(module+"/hostkey", map[string]string{"hostkey/made.go": commented})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"hostkey/made.go:43: a fence makes no code in a comment: indent it",
		"hostkey/made.go:45: a fence makes no code in a comment: indent it",
	}, problems)
	require.Len(t, pages, 1)
	var languages []string
	var wrong []string
	for _, b := range pages[0].blocks {
		languages = append(languages, b.language())
		if b.language() == "go" {
			wrong = append(wrong, c.check(b)...)
		}
	}
	assert.Equal(t, []string{"go", "json", "sh", "go", "go", "go", "go"}, languages)
	want := []string{
		"hostkey/made.go:5: client.Nothing undefined", "hostkey/made.go:18: ", "hostkey/made.go:35: cannot use 1",
		"hostkey/made.go:44: cannot use 2", "hostkey/made.go:51: undefined: hostkey.Nothing",
	}
	require.Len(t, wrong, len(want), wrong)
	for i, problem := range wrong {
		assert.Contains(t, problem, want[i])
	}
	prose := strings.Join(slices.DeleteFunc(pages[0].prose, func(line string) bool { return line == "" }), "|")
	assert.Equal(t, "Package hostkey is like this:|and like that:|and is run by|but this is none of them:|Region has fields.|"+
		"Name is:|Of and|```go|```|Values are:|such as this", prose)
}
