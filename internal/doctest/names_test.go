package doctest

import (
	"fmt"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// names are what the module exports.
type names struct {
	packages map[string]*types.Package          // by name
	exported map[*types.Package]map[string]bool // also methods and fields
	tests    map[string]bool
}

func (c *compiler) names(t *testing.T) *names {
	t.Helper()
	n := &names{packages: make(map[string]*types.Package), exported: make(map[*types.Package]map[string]bool), tests: make(map[string]bool)}
	for _, p := range c.packages {
		of, err := c.from.Import(p.path)
		require.NoError(t, err)
		n.packages[p.name], n.exported[of] = of, make(map[string]bool)
		for _, name := range of.Scope().Names() {
			members(of.Scope().Lookup(name), n.exported[of])
		}
	}
	functions, problem := read("./...", false)
	require.Empty(t, problem)
	for _, function := range functions {
		n.tests[function] = true
	}
	return n
}

// members adds the exported names of an object, and of its fields and methods.
func members(of types.Object, to map[string]bool) {
	to[of.Name()] = of.Exported()
	if _, isType := of.(*types.TypeName); !isType {
		return
	}
	if named, ok := of.Type().(*types.Named); ok {
		for method := range named.Methods() {
			to[method.Name()] = method.Exported()
		}
	}
	switch under := of.Type().Underlying().(type) {
	case *types.Struct:
		for field := range under.Fields() {
			to[field.Name()] = field.Exported()
		}
	case *types.Interface:
		for method := range under.Methods() {
			to[method.Name()] = method.Exported()
		}
	}
}

// exists tells whether a package exports a name such as "Type.Method".
func exists(of *types.Package, name string) bool {
	first, rest, more := strings.Cut(name, ".")
	object := of.Scope().Lookup(first)
	for object != nil && object.Exported() && more {
		first, rest, more = strings.Cut(rest, ".")
		object, _, _ = types.LookupFieldOrMethod(object.Type(), true, of, first)
	}
	return object != nil && object.Exported()
}

// around are the packages whose names a page uses without saying whose they are: of a
// vendor's page those of this vendor and of the contract.
func (n *names) around(p *page) (all []*types.Package) {
	vendor, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(p.name, "docs/"), ".md"), "/")
	own := n.packages[vendor]
	for of := range n.exported {
		if own == nil || strings.HasPrefix(of.Path(), own.Path()) || strings.HasPrefix(of.Path(), module+"/provider") {
			all = append(all, of)
		}
	}
	return all
}

var (
	dotted  = regexp.MustCompile(`[A-Za-z]\w*(?:\.[A-Za-z]\w*)*`)
	isName  = regexp.MustCompile(`^[*&]?([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)(?:\(.*\)|{.*})?$`)
	special = regexp.MustCompile(`^(With|Err)[A-Z]\w*[a-z]`) // no other words look like that
	typed   = regexp.MustCompile(`^[A-Z]\w*[a-z]`)
	camel   = regexp.MustCompile(`^[a-z]\w*[A-Z]`)
)

// missing are the names of a page that do not exist.
func (n *names) missing(p *page) (problems []string) {
	around := n.around(p)
	check := func(i int, word string, quoted bool) {
		if problem := n.problem(p, around, word, quoted); problem != "" {
			problems = append(problems, fmt.Sprintf("%s:%d: %s %s", p.name, i+1, word, problem))
		}
	}
	for i, line := range p.prose {
		for _, m := range inlineCode.FindAllStringSubmatch(line, -1) {
			if name := isName.FindStringSubmatch(m[1]); name != nil {
				check(i, name[1], true)
				line = strings.Replace(line, m[0], strings.TrimPrefix(m[1], name[1]), 1)
			}
		}
		for _, word := range dotted.FindAllString(line, -1) {
			check(i, word, false)
		}
	}
	return problems
}

// problem tells what is wrong with a word, which may be no name at all unless it is quoted.
func (n *names) problem(p *page, around []*types.Package, word string, quoted bool) string {
	first, rest, _ := strings.Cut(word, ".")
	of, member := n.packages[first], token.IsExported(rest)
	known := func(name string) bool {
		return slices.ContainsFunc(around, func(of *types.Package) bool { return exists(of, name) || exists(of, "Client."+name) })
	}
	found := true
	switch {
	case of != nil && member:
		found = exists(of, rest) || exists(of, "Client."+rest) // an operation, "keyhelp.Clients.Get"
	case first == "client" && member:
		found = known(rest)
	case token.IsExported(first) && member:
		found = known(word) || !known(first) && !quoted
	case rest == "" && (special.MatchString(first) || quoted && typed.MatchString(first)):
		found = n.tests[first] || slices.ContainsFunc(around, func(of *types.Package) bool { return n.exported[of][first] })
	case rest == "" && camel.MatchString(first) && p.hidden[first] && !p.parameters[first]:
		return "is not exported"
	}
	if !found {
		return "does not exist"
	}
	return ""
}

// TestNames: the names that comments and pages put between brackets or backquotes, and
// those that can be nothing else than names of ours, exist and are exported.
func TestNames(t *testing.T) {
	c := newCompiler(t)
	n := c.names(t)
	pages, problems := c.comments(t)
	assert.Empty(t, problems)
	for _, page := range append(pages, documents(t)...) {
		if page.name != "CHANGELOG.md" { // tells of what is gone
			assert.Empty(t, n.missing(page))
		}
	}
}
