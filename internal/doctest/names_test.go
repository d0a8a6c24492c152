package doctest

import (
	"fmt"
	"go/token"
	"go/types"
	"path"
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
	n := &names{
		packages: make(map[string]*types.Package), exported: make(map[*types.Package]map[string]bool), tests: make(map[string]bool),
	}
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
		n.tests[function] = isTest.MatchString(function)
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
	isTest  = regexp.MustCompile(`^(Test|Benchmark|Fuzz|Example)[A-Z]`)
	camel   = regexp.MustCompile(`^[a-z]\w*[A-Z]`)
)

// missing are the names of a page that do not exist, of so many that it has.
func (n *names) missing(p *page) (problems []string, count int) {
	around := n.around(p)
	check := func(i int, word string, quoted bool) {
		problem, isName := n.problem(p, around, word, quoted)
		if isName {
			count++
		}
		if problem != "" {
			problems = append(problems, fmt.Sprintf("%s:%d: %s %s", p.name, i+1, word, problem))
		}
	}
	for i, line := range p.prose {
		for _, m := range inlineCode.FindAllStringSubmatch(line, -1) {
			if name := isName.FindStringSubmatch(m[1]); name != nil {
				check(i, name[1], true)
				_, arguments, _ := strings.Cut(m[1], name[1])
				line = strings.Replace(line, m[0], arguments, 1)
			}
		}
		for _, word := range dotted.FindAllString(line, -1) {
			check(i, word, false)
		}
	}
	return problems, count
}

// problem tells what is wrong with a word, and whether it is a name of ours at all. More
// words are if they are quoted.
func (n *names) problem(p *page, around []*types.Package, word string, quoted bool) (problem string, isName bool) {
	first, rest, _ := strings.Cut(word, ".")
	of, member := n.packages[first], token.IsExported(rest)
	known := func(name string) bool {
		return slices.ContainsFunc(around, func(of *types.Package) bool {
			return exists(of, name) || exists(of, "Client."+name)
		})
	}
	found := false
	switch {
	case of != nil && member:
		found = exists(of, rest) || exists(of, "Client."+rest) // the name of an operation
	case first == "client" && member:
		found = known(rest)
	case token.IsExported(first) && member && (quoted || known(first)):
		found = known(word)
	case rest == "" && (special.MatchString(first) || quoted && typed.MatchString(first)):
		found = n.tests[first] || slices.ContainsFunc(around, func(of *types.Package) bool { return n.exported[of][first] })
	case rest == "" && camel.MatchString(first) && p.hidden[first] && !p.parameters[first]:
		return "is not exported", true
	default:
		return "", false
	}
	if !found {
		problem = "does not exist"
	}
	return problem, true
}

// TestNames: names of ours in the prose of comments and pages exist and are exported.
func TestNames(t *testing.T) {
	c := newCompiler(t)
	n, count := c.names(t), make(map[string]int)
	for _, page := range slices.Concat(c.comments, documents(t)) {
		if page.name == "CHANGELOG.md" {
			continue // it tells of what is gone
		}
		problems, names := n.missing(page)
		assert.Empty(t, problems)
		count[path.Dir(page.name)] += names
	}
	t.Logf("names: %v", count)
	for _, folder := range []string{".", "docs", "provider", "keyhelp", "hestia", "hostkey", "elizon", "licenseserver"} {
		assert.NotZero(t, count[folder], "%s names nothing", folder)
	}
}

// TestNamesFail: what does not exist is found, at its line, and words that are no names
// of ours are left alone.
func TestNamesFail(t *testing.T) {
	c := newCompiler(t)
	n := c.names(t)
	for line, want := range map[string]string{
		"See hostkey.Client, hostkey.Client.Orders.Place, hostkey.Servers.Show, and provider.Provider.": "",
		"See hostkey.Nothing.":                            "hostkey.Nothing does not exist",
		"See hostkey.Client.Nothing.":                     "hostkey.Client.Nothing does not exist",
		"See hostkey.orderSettles.":                       "", // no name of a package, and might be a file
		"See Client.Do, Servers.Show, ServersService, ID": "",
		"See Client.Nothing, please":                      "Client.Nothing does not exist",
		"See Servers.Nothing, please":                     "Servers.Nothing does not exist",
		"See Node.Nothing, WebSocket, MySQL":              "",
		"See `Node.Nothing`, please":                      "Node.Nothing does not exist",
		"See `*Client.Nothing`, please":                   "Client.Nothing does not exist",
		"See `Nothing`, please":                           "Nothing does not exist",
		"See `Tasks`, `PlaceRequest`, `PayFromCredit`, `Place`, `Do(ctx)`, `PROVISIONING`, `gone`, `TestNamesFail`": "",
		"See `TestNothing`":                                 "TestNothing does not exist",
		"See WithSuspendByPower, ErrTaskGone":               "",
		"See WithNothing, please":                           "WithNothing does not exist",
		"See ErrNothing, please":                            "ErrNothing does not exist",
		"See `client.Servers.Show(ctx, keyhelp.Nothing)`":   "keyhelp.Nothing does not exist",
		"See `if keyhelp.Nothing > 1`":                      "keyhelp.Nothing does not exist",
		"See client.Servers.Show, client.so, `http.Client`": "",
		"See client.Servers.Nothing":                        "client.Servers.Nothing does not exist",
		"See keyhelp.WithScan, provider.ErrUnknown":         "provider.ErrUnknown does not exist",
		"See WithScan, which is keyhelp's":                  "WithScan does not exist",
		"It waits until orderSettles has passed":            "orderSettles is not exported",
		"It settles, baseURL and the rest of other code":    "",
	} {
		p := &page{
			name: "hostkey/made.go", prose: []string{"", line},
			hidden:     map[string]bool{"orderSettles": true, "baseURL": true, "settles": true},
			parameters: map[string]bool{"baseURL": true},
		}
		problems, _ := n.missing(p)
		if want == "" {
			assert.Empty(t, problems, line)
		} else {
			assert.Equal(t, []string{"hostkey/made.go:2: " + want}, problems, line)
		}
	}
	for name, want := range map[string]int{"README.md": 0, "docs/keyhelp.md": 0, "docs/hostkey.md": 1} {
		problems, count := n.missing(&page{name: name, prose: []string{"WithScan"}})
		assert.Len(t, problems, want, name)
		assert.Equal(t, 1, count)
	}
}
