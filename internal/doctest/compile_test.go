package doctest

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/provkit/provkit"

// given are the variables that every fragment finds.
const given = "ctx context.Context, p provider.Provider, order *provider.CreateRequest, " +
	"apiKey provider.Secret, password provider.Secret, id string, servers *fleet.Fleet"

// standard are the packages of Go that are imported for fragments.
var standard = []string{
	"bytes", "context", "encoding/csv", "encoding/json", "errors", "fmt", "io", "iter", "log", "log/slog", "maps", "net/http",
	"net/netip", "net/url", "os", "os/signal", "path/filepath", "slices", "strconv", "strings", "sync", "testing", "testing/synctest", "time",
}

// compiler checks blocks against the compiled packages of the module and of Go.
type compiler struct {
	fset     *token.FileSet
	imports  map[string]string // package name to path
	from     types.Importer
	packages []listed // of the module, without programs
	comments []*page  // of those that others can import
	problems []string // of the comments
}

// listed is what the go command tells of a package.
type listed struct {
	path, name, export string
	folder             string   // relative to the module
	files              []string // without tests
}

// compile lets the go command compile what can be imported, or take it from its cache,
// once for all tests. It asks no network.
var compile = sync.OnceValues(func() (*compiler, error) {
	c := &compiler{fset: token.NewFileSet(), imports: make(map[string]string)}
	for _, p := range standard {
		c.imports[path.Base(p)] = p
	}
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Name}}\t{{.Export}}\t{{join .GoFiles ` `}}"}
	lines, err := run(root, nil, "go", slices.Concat(args, buildFlags, []string{"./..."}, standard)...)
	if err != nil {
		return nil, err
	}
	exports := make(map[string]string)
	for line := range strings.Lines(lines) {
		field := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		p := listed{path: field[0], name: field[1], export: field[2], files: strings.Fields(field[3])}
		folder, ours := strings.CutPrefix(p.path, module+"/")
		if !ours {
			exports[p.path] = p.export
		} else if p.name != "main" && len(p.files) > 0 {
			p.folder, exports[p.path] = folder, p.export
			c.packages = append(c.packages, p)
			if !p.internal() {
				c.imports[p.name] = p.path
			}
		}
	}
	c.from = importer.ForCompiler(c.fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("%s is not to be had: only this module and the usual packages of Go are", path)
		}
		return os.Open(exports[path])
	})
	c.comments, c.problems, err = c.readAll()
	return c, err
})

func newCompiler(t *testing.T) *compiler {
	t.Helper()
	c, err := compile()
	require.NoError(t, err)
	return c
}

func (p listed) internal() bool { return strings.HasPrefix(p.folder, "internal/") }

func run(dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, &complaint)
	}
	return out.String(), nil
}

var firstWord = regexp.MustCompile(`(?m)^[ \t]*([a-z]+)\b`)

// kind is the first word of a block, behind its comments.
func (b block) kind() string {
	for line := range strings.Lines(b.code) {
		if strings.HasPrefix(strings.TrimSpace(line), "//") || strings.TrimSpace(line) == "" {
			continue
		}
		if m := firstWord.FindStringSubmatch(line); m != nil {
			return m[1]
		}
		break
	}
	return ""
}

// source is a block as a file, without what it does not import itself.
func (b block) source() (before, after string) {
	switch b.kind() {
	case "package":
		return "", ""
	case "func", "import":
		return "package documented;", ""
	}
	variables := given
	if more, ok := strings.CutPrefix(b.note, "go:"); ok {
		variables = replaceGiven(strings.TrimSpace(more))
	}
	return "package documented; func _(" + variables + ") error {{", "}; return nil }"
}

// replaceGiven adds variables to the given ones. One that is given takes the new type.
func replaceGiven(more string) string {
	all := strings.Split(given, ", ")
	for variable := range strings.SplitSeq(more, ", ") {
		name, _, _ := strings.Cut(variable, " ")
		all = slices.DeleteFunc(all, func(old string) bool { return strings.HasPrefix(old, name+" ") })
		all = append(all, variable)
	}
	return strings.Join(all, ", ")
}

// check returns what is wrong with a block.
func (c *compiler) check(b block) []string {
	before, after := b.source()
	text := func(imports string) string {
		head, rest, _ := strings.Cut(before, ";")
		if before != "" {
			head = "//line doctest:1\n" + head + ";" + imports + rest
		}
		return fmt.Sprintf("%s\n//line %s:%d\n%s\n%s\n", head, b.page, b.line, b.code, after)
	}
	file, err := parser.ParseFile(c.fset, "block", text(""), 0)
	if err != nil {
		return []string{err.Error()}
	}
	if before != "" {
		if file, err = parser.ParseFile(c.fset, "block", text(c.importsOf(file)), 0); err != nil {
			return []string{err.Error()}
		}
	}
	var problems []string
	config := types.Config{Importer: c.from, Error: func(err error) {
		var e types.Error
		if before != "" && errors.As(err, &e) && e.Soft && strings.HasPrefix(e.Msg, "declared and not used") {
			return
		}
		problems = append(problems, err.Error())
	}}
	_, _ = config.Check(file.Name.Name, c.fset, []*ast.File{file}, nil) // each error went to config.Error
	return problems
}

// importsOf are the packages that a file names and does not import.
func (c *compiler) importsOf(file *ast.File) string {
	var imports strings.Builder
	var done []string
	for _, name := range file.Unresolved {
		p, known := c.imports[name.Name]
		own := slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == strconv.Quote(p) })
		if known && !own && !slices.Contains(done, p) {
			done = append(done, p)
			fmt.Fprintf(&imports, "import %q;", p)
		}
	}
	return imports.String()
}

// TestCode: every Go block compiles, in pages and in comments.
func TestCode(t *testing.T) {
	c := newCompiler(t)
	count := make(map[string]int) // by page, and by folder of a package
	for _, page := range slices.Concat(c.comments, documents(t)) {
		for _, b := range page.blocks {
			if b.language() == "go" {
				count[page.name]++
				count[path.Dir(page.name)]++
				assert.Empty(t, c.check(b), "%s does not compile", b)
			}
		}
	}
	t.Logf("Go blocks: %v", count)
	wanted := []string{"README.md", "CONTRIBUTING.md", "docs/semantics.md", "provider"}
	for _, vendor := range vendors {
		kind := vendor.driver.Kind()
		wanted = append(wanted, "docs/"+kind+".md", kind, kind+"/"+kind+"test")
	}
	for _, name := range wanted {
		assert.NotZero(t, count[name], "%s has no Go block", name)
	}
}

// TestCodeFails: what does not compile is found, at its line.
func TestCodeFails(t *testing.T) {
	c := newCompiler(t)
	for name, test := range map[string]struct{ code, note, want string }{
		"fragment":             {code: "outcome, err := p.Suspend(ctx, id)\nif err != nil {\n\treturn err\n}"},
		"own variable":         {code: "p := 1\n_ = p + 1"},
		"declared variable":    {code: "_, err := client.Server.Version(ctx)\nreturn err", note: "go: client *keyhelp.Client"},
		"other type":           {code: "id++", note: "go: id int64"},
		"declaration":          {code: "func suspend(ctx context.Context, p provider.Provider) error { return nil }"},
		"file":                 {code: "package main\n\nfunc main() {}"},
		"syntax":               {code: "p.Suspend(", want: "docs/page.md:9: expected operand"},
		"no such method":       {code: "\n_ = p.Resume(ctx, id)", want: "docs/page.md:8: p.Resume undefined"},
		"no such variable":     {code: "_ = client", want: "docs/page.md:7: undefined: client"},
		"no such package":      {code: "_ = nothing.New()", want: "undefined: nothing"},
		"no such field":        {code: "_ = provider.CreateRequest{Ref: id}", want: "unknown field Ref"},
		"wrong number":         {code: "err := p.Suspend(ctx, id)", want: "assignment mismatch"},
		"wrong type":           {code: "p.Suspend(ctx, 17)", want: "cannot use 17"},
		"wrong declaration":    {code: "_ = client", note: "go: client *keyhelp.Nothing", want: "undefined: keyhelp.Nothing"},
		"unused in a program":  {code: "package main\n\nfunc main() { x := 1 }", want: "declared and not used: x"},
		"program without it":   {code: "package main\n\nfunc main() { fmt.Println() }", want: "undefined: fmt"},
		"import of a stranger": {code: "package main\n\nimport _ \"example.com/stranger\"\n\nfunc main() {}", want: "is not to be had"},
	} {
		t.Run(name, func(t *testing.T) {
			problems := strings.Join(c.check(block{page: "docs/page.md", lang: "go", line: 7, code: test.code + "\n", note: test.note}), "\n")
			if test.want == "" {
				assert.Empty(t, problems)
			} else {
				assert.Contains(t, problems, test.want)
				assert.NotContains(t, problems, "docs/docs")
			}
		})
	}
}
