package adapter_test

import (
	"bytes"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	module   = "github.com/provkit/provkit/"
	anError  = module + "provider.Error"
	progress = module + "provider.Progress"
)

// textFields are the fields that people read and that may quote a server.
var textFields = map[string][]string{anError: {"Message", "Code", "RequestID", "Fields"}, progress: {"Message"}}

// cleaned are the functions whose result is fit for such a field.
var cleaned = []string{
	module + "internal/words.Say", "(*" + module + "internal/words.Cleaner).Say", "(*" + module + "internal/rest.Client).Say", "(*" + module + "internal/rest.Client).Clean",
	"(*" + module + "internal/words.Cleaner).Line", "(*" + module + "internal/words.Cleaner).Code", "(*" + module + "internal/words.Cleaner).Fields",
}

// TestErrorsQuoteThroughTheCleaner: outside of internal/rest, a text of an error is a constant, another
// error's, numbers, or made by the cleaner, which takes our words as constants only (words.Own) and cleans
// all others.
func TestErrorsQuoteThroughTheCleaner(t *testing.T) {
	folders := []string{
		"hestia", "hostkey", "elizon", "keyhelp", "licenseserver", "internal/adapter", "internal/order", "provider/bulk", "provider/fleet",
	}
	load := loader(t, folders)
	for _, folder := range folders {
		assert.Empty(t, load(folder).offences(), "texts that may come from a server")
	}
}

func TestErrorsThatQuoteAreFound(t *testing.T) {
	c := loader(t, []string{"internal/rest"})("internal/adapter/testdata/quotes")
	var want []string
	for _, file := range c.files {
		for _, group := range file.Comments {
			if strings.HasPrefix(group.Text(), "refused") {
				want = append(want, c.at(group))
			}
		}
	}
	require.Equal(t, want, c.offences())
	require.Len(t, want, 11)
}

// checker finds texts in one package.
type checker struct {
	fset  *token.FileSet
	files []*ast.File
	info  *types.Info
}

// loader returns a function that parses and type-checks a package, of those that these need.
func loader(t *testing.T, folders []string) func(folder string) *checker {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}"}
	for _, folder := range folders {
		args = append(args, module+folder)
	}
	list, err := exec.CommandContext(t.Context(), "go", args...).Output()
	require.NoError(t, err)
	exports := make(map[string]string)
	for line := range strings.Lines(string(list)) {
		path, export, _ := strings.Cut(strings.TrimSpace(line), "\t")
		exports[path] = export
	}
	fset := token.NewFileSet()
	from := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	return func(folder string) *checker {
		c := &checker{fset: fset, info: &types.Info{
			Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object), Selections: make(map[*ast.SelectorExpr]*types.Selection),
		}}
		names, err := filepath.Glob(filepath.Join("..", "..", folder, "*.go"))
		require.NoError(t, err)
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
			require.NoError(t, err)
			c.files = append(c.files, file)
		}
		_, err = (&types.Config{Importer: from}).Check(module+folder, fset, c.files, c.info)
		require.NoError(t, err)
		return c
	}
}

func (c *checker) at(n ast.Node) string {
	at := c.fset.Position(n.Pos())
	line, _ := os.ReadFile(at.Filename)
	return strings.TrimPrefix(filepath.ToSlash(at.Filename), "../../") + ": " + strings.TrimSpace(string(bytes.Split(line, []byte("\n"))[at.Line-1]))
}

func (c *checker) offences() []string {
	var found []string
	refuse := func(n ast.Node, fits bool) {
		if at := c.at(n); !fits && !slices.Contains(found, at) {
			found = append(found, at)
		}
	}
	for _, file := range c.files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				fields, watched := textFields[named(c.info.TypeOf(n))]
				for _, element := range n.Elts {
					pair, keyed := element.(*ast.KeyValueExpr)
					switch {
					case !watched:
					case !keyed:
						refuse(element, false)
					case slices.Contains(fields, pair.Key.(*ast.Ident).Name):
						refuse(pair, c.fits(pair.Value))
					}
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					key, index := ast.Expr(nil), false
					if at, ok := left.(*ast.IndexExpr); ok {
						left, key, index = at.X, at.Index, true
					}
					if c.watched(left) {
						refuse(n, len(n.Lhs) == len(n.Rhs) && c.fits(n.Rhs[i]) && (!index || c.fits(key)))
					}
				}
			case *ast.CallExpr:
				if c.info.Types[n.Fun].IsType() && named(c.info.TypeOf(n)) == module+"internal/words.Own" {
					refuse(n, c.info.Types[n].Value != nil)
				}
			}
			return true
		})
	}
	return found
}

// watched reports whether an expression is a text field.
func (c *checker) watched(e ast.Expr) bool {
	field, ok := e.(*ast.SelectorExpr)
	if !ok || c.info.Selections[field] == nil {
		return false
	}
	return slices.Contains(textFields[named(c.info.Selections[field].Recv())], field.Sel.Name)
}

// fits reports whether a text is ours or cleaned.
func (c *checker) fits(e ast.Expr) bool {
	if c.info.Types[e].Value != nil || c.info.Types[e].IsNil() {
		return true
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.fits(e.X)
	case *ast.BinaryExpr:
		return c.fits(e.X) && c.fits(e.Y)
	case *ast.SelectorExpr:
		return c.watched(e)
	case *ast.CompositeLit: // fields
		return !slices.ContainsFunc(e.Elts, func(element ast.Expr) bool {
			pair := element.(*ast.KeyValueExpr)
			return !c.fits(pair.Key) || !c.fits(pair.Value)
		})
	case *ast.CallExpr:
		if c.info.Types[e.Fun].IsType() { // string(x) of an enumeration of the contract
			return slices.Contains([]string{module + "provider.Status", module + "internal/words.Own"}, named(c.info.TypeOf(e.Args[0])))
		}
		switch name := c.callee(e); {
		case name == "cmp.Or":
			return !slices.ContainsFunc(e.Args, func(arg ast.Expr) bool { return !c.fits(arg) })
		case name == "fmt.Sprintf":
			return !slices.ContainsFunc(e.Args, func(arg ast.Expr) bool { return !c.fits(arg) && !c.isNumber(arg) })
		default:
			return name == "make" || strings.HasPrefix(name, "strconv.Format") || slices.Contains(cleaned, name) || c.returns(name)
		}
	}
	return false
}

// isNumber reports whether a value has no text.
func (c *checker) isNumber(e ast.Expr) bool {
	basic, ok := c.info.TypeOf(e).Underlying().(*types.Basic)
	return ok && basic.Info()&(types.IsNumeric|types.IsBoolean) != 0
}

// returns reports whether a function of this package returns nothing but texts that fit.
func (c *checker) returns(name string) bool {
	fits := false
	for _, file := range c.files {
		for _, declared := range file.Decls {
			f, ok := declared.(*ast.FuncDecl)
			if !ok || c.info.Defs[f.Name].(*types.Func).FullName() != name {
				continue
			}
			fits = true
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if r, ok := n.(*ast.ReturnStmt); ok {
					fits = fits && len(r.Results) == 1 && c.fits(r.Results[0])
				}
				return true
			})
		}
	}
	return fits
}

// callee returns the full name of the function that a call calls.
func (c *checker) callee(call *ast.CallExpr) string {
	name, ok := call.Fun.(*ast.Ident)
	if selector, selected := call.Fun.(*ast.SelectorExpr); selected {
		name, ok = selector.Sel, true
	}
	if !ok {
		return ""
	}
	switch of := c.info.Uses[name].(type) {
	case *types.Func:
		return of.Origin().FullName()
	case *types.Builtin:
		return of.Name()
	}
	return ""
}

// named returns the full name of a type, or of what a pointer points at; "" if it has none.
func named(t types.Type) string {
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		t = pointer.Elem()
	}
	if of, ok := types.Unalias(t).(*types.Named); ok && of.Obj().Pkg() != nil {
		return of.Obj().Pkg().Path() + "." + of.Obj().Name()
	}
	return ""
}
