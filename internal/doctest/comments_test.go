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

	"github.com/stretchr/testify/require"
)

// comments are the doc comments of what packages export, with a page for each file, and
// what is wrong with their brackets and fences.
func (c *compiler) comments(t *testing.T) (pages []*page, problems []string) {
	t.Helper()
	for _, p := range c.packages {
		if p.internal() {
			continue
		}
		texts := make(map[string]string)
		for _, name := range p.files {
			text, err := os.ReadFile(filepath.Join(root, p.folder, name))
			require.NoError(t, err)
			texts[path.Join(p.folder, name)] = string(text)
		}
		of, found, err := c.read(p.path, texts)
		require.NoError(t, err)
		pages, problems = append(pages, of...), append(problems, found...)
	}
	return pages, problems
}

// read takes the doc comments of a package apart.
func (c *compiler) read(importPath string, texts map[string]string) (pages []*page, problems []string, err error) {
	of, err := c.from.Import(importPath)
	if err != nil {
		return nil, nil, err
	}
	fset := token.NewFileSet()
	var files []*ast.File
	var groups [][]*ast.CommentGroup
	hidden := make(map[string]bool)
	for name, text := range texts {
		file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, nil, err
		}
		p := &page{name: name, of: of, hidden: hidden, parameters: make(map[string]bool), prose: make([]string, strings.Count(text, "\n")+1)}
		pages, files, groups = append(pages, p), append(files, file), append(groups, p.exported(file))
	}
	described, err := doc.NewFromFiles(fset, files, importPath, doc.PreserveAST)
	if err != nil {
		return nil, nil, err
	}
	variables := ""
	if of.Scope().Lookup("Client") != nil {
		variables = "go: client *" + of.Name() + ".Client"
	}
	for i, page := range pages {
		for _, group := range groups[i] {
			lines := page.add(fset, group)
			parsed := described.Parser().Parse(group.Text())
			for _, content := range parsed.Content {
				if code, ok := content.(*comment.Code); ok {
					page.blocks = append(page.blocks, page.cut(lines, code.Text, variables))
				}
			}
			problems = append(problems, c.brackets(page, lines, parsed.Content)...)
			for _, line := range lines {
				if fence.MatchString(strings.TrimPrefix(page.prose[line-1], " ")) {
					problems = append(problems, fmt.Sprintf("%s:%d: a fence is no code in a comment: indent it instead", page.name, line))
				}
			}
		}
	}
	return pages, problems, nil
}

// exported are the comments of a file that "go doc" prints. It notes the names that these
// should not use.
func (p *page) exported(file *ast.File) []*ast.CommentGroup {
	all := []*ast.CommentGroup{file.Doc}
	note := func(name *ast.Ident) bool {
		p.hidden[name.Name] = !name.IsExported()
		return name.IsExported()
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil && note(decl.Name) || decl.Recv != nil && decl.Name.IsExported() && ast.IsExported(receiver(decl)) {
				all = append(all, decl.Doc)
				for _, field := range decl.Type.Params.List {
					for _, name := range field.Names {
						p.parameters[name.Name] = true
					}
				}
			}
		case *ast.GenDecl:
			exported := false
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						if note(name) {
							exported = true
							all = append(all, spec.Doc, spec.Comment)
						}
					}
				case *ast.TypeSpec:
					if note(spec.Name) {
						exported = true
						all = append(all, spec.Doc, spec.Comment)
						all = append(all, fieldComments(spec.Type)...)
					}
				}
			}
			if exported {
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

// fieldComments are those of the exported fields of structs and methods of interfaces.
func fieldComments(of ast.Expr) (all []*ast.CommentGroup) {
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
		text, _ := strings.CutPrefix(c.Text, "//")
		if strings.HasPrefix(c.Text, "/*") {
			text = strings.TrimSuffix(c.Text[2:], "*/")
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

// language is what a block says, or what it is: JSON and commands must be recognised as
// a whole, and everything else is Go.
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

// brackets tells which names in brackets do not exist. A name that the package's comments
// cannot link to is printed with its brackets.
func (c *compiler) brackets(p *page, lines []int, content []comment.Block) (problems []string) {
	complain := func(name, what string) {
		i := max(0, slices.IndexFunc(lines, func(n int) bool { return strings.Contains(p.prose[n-1], "["+name+"]") }))
		problems = append(problems, fmt.Sprintf("%s:%d: [%s] %s", p.name, lines[i], name, what))
	}
	for _, text := range texts(content) {
		switch text := text.(type) {
		case comment.Plain:
			for _, m := range bracketed.FindAllStringSubmatchIndex(string(text), -1) {
				if !joined.MatchString(string(text)[:m[0]]) && !index.MatchString(string(text)[m[1]:]) {
					complain(string(text)[m[2]:m[3]], "leads nowhere")
				}
			}
		case *comment.DocLink:
			name, of := text.Name, p.of
			if text.Recv != "" {
				name = text.Recv + "." + name
			}
			if text.ImportPath != "" {
				var err error
				if of, err = c.from.Import(text.ImportPath); err != nil {
					continue // a package that the tests do not know
				}
			}
			if text.Name != "" && !exists(of, name) {
				complain(plain(text.Text), "does not exist")
			}
		}
	}
	return problems
}

var (
	bracketed = regexp.MustCompile(`\[(\*?(?:[a-z]\w*\.)*[A-Z]\w*[a-z]\w*(?:\.\w+)*)\]`)
	joined    = regexp.MustCompile(`[\w\])}"]$`) // params[Name]
	index     = regexp.MustCompile(`^[\w\[({]`)
)

// texts are the pieces of a comment without its code.
func texts(content []comment.Block) (all []comment.Text) {
	for _, block := range content {
		switch block := block.(type) {
		case *comment.Heading:
			all = append(all, block.Text...)
		case *comment.Paragraph:
			all = append(all, block.Text...)
		case *comment.List:
			for _, item := range block.Items {
				all = append(all, texts(item.Content)...)
			}
		}
	}
	return all
}

func plain(text []comment.Text) string {
	var all strings.Builder
	for _, piece := range text {
		if piece, ok := piece.(comment.Plain); ok {
			all.WriteString(string(piece))
		}
	}
	return all.String()
}
