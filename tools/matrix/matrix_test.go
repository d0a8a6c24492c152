package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/providertest"
)

const root = "../.."

func opened(t *testing.T) []system {
	t.Helper()
	systems, err := open()
	require.NoError(t, err)
	return systems
}

// TestREADMEIsCurrent fails if an adapter declares something other than README.md says.
func TestREADMEIsCurrent(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	want, err := replace(string(readme), table(opened(t)))
	require.NoError(t, err)
	if want != string(readme) {
		t.Errorf("README.md is out of date: run go generate ./tools/matrix\n%s", difference(string(readme), want))
	}
}

// difference returns the lines that only one of two texts has.
func difference(old, fresh string) string {
	var b strings.Builder
	before, after := strings.Split(old, "\n"), strings.Split(fresh, "\n")
	for _, line := range before {
		if !slices.Contains(after, line) {
			b.WriteString("- " + line + "\n")
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			b.WriteString("+ " + line + "\n")
		}
	}
	return b.String()
}

// TestAllVendors: the table has a column for every folder with a driver.
func TestAllVendors(t *testing.T) {
	drivers, err := filepath.Glob(filepath.Join(root, "*", "driver.go"))
	require.NoError(t, err)
	var folders, kinds []string
	for _, file := range drivers {
		if folder := filepath.Base(filepath.Dir(file)); folder != "provider" { // the contract itself
			folders = append(folders, folder)
		}
	}
	for _, s := range opened(t) {
		kinds = append(kinds, s.Kind)
	}
	require.Len(t, folders, 5)
	require.ElementsMatch(t, folders, kinds)
}

// TestNativeIsProven: a check of the conformance suite tries everything that an adapter declares
// native, with or without an option, and the adapter's tests run that suite. Package providertest
// tests that these checks notice a capability that does nothing, and that the suite leaves out
// nothing native.
func TestNativeIsProven(t *testing.T) {
	proofs := providertest.Proofs()
	for _, s := range opened(t) {
		descriptions := []*provider.Description{s.Description}
		for _, v := range s.variants {
			descriptions = append(descriptions, v.Description)
		}
		native := 0
		for _, d := range descriptions {
			for capability, support := range d.Capabilities {
				if support.Level == provider.Native {
					native++
					require.NotEmpty(t, proofs[capability], "%s declares %q native, and the suite does not try it", d.Kind, capability)
				}
			}
		}
		require.NotZero(t, native, s.Kind)
		require.True(t, runsSuite(t, filepath.Join(root, s.Kind)), "no test of %s calls providertest.Run", s.Kind)
	}
	require.False(t, runsSuite(t, "."))
}

// runsSuite reports whether a test of a package calls providertest.Run.
func runsSuite(t *testing.T, folder string) (found bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	require.NoError(t, err)
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		for _, declaration := range parsed.Decls {
			test, ok := declaration.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(test.Name.Name, "Test") {
				continue
			}
			ast.Inspect(test, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Run" {
					from, ok := f.X.(*ast.Ident)
					found = found || ok && from.Name == "providertest"
				}
				return true
			})
		}
	}
	return found
}

// TestTable compares a small table, by value.
func TestTable(t *testing.T) {
	one := provider.Description{Kind: "one", Name: "One", Capabilities: provider.Capabilities{
		provider.CapCheck: {Level: provider.Native, Evidence: provider.EvidenceRecorded, Note: "stands on the page"},
		provider.CapGet:   {Level: provider.Emulated},
		provider.CapPlans: {Level: provider.Unsupported, Note: "there are none"},
	}}
	two := provider.Description{Kind: "two", Name: "Two* | <b>", Capabilities: provider.Capabilities{
		provider.CapGet: {Level: provider.Partial, Evidence: provider.EvidenceVendorProgram},
	}}
	got := table([]system{{&one, nil}, {&two, nil}})
	require.Equal(t, []string{
		`| | [One](docs/one.md) | [Two\* \| &lt;b>](docs/two.md) |`, "| --- | --- | --- |",
		"| check | native, recorded | – |",
		"| get | emulated, assumed | partial, vendor's program |",
		"| find | – | – |",
	}, strings.Split(got, "\n")[:5])
	require.Contains(t, got, "\n| plans | – | – |\n")
	require.Equal(t, 2+len(provider.AllCapabilities()), strings.Count(got, "\n"))
}

func TestReplace(t *testing.T) {
	text := "# Title\n" + begin + "\nold\n" + end + "\nmore\n"
	fresh, err := replace(text, "| new |\n")
	require.NoError(t, err)
	require.Equal(t, "# Title\n"+begin+"\n| new |\n"+end+"\nmore\n", fresh)
	again, err := replace(fresh, "| new |\n")
	require.NoError(t, err)
	require.Equal(t, fresh, again)
	for _, bad := range []string{"", begin, end, begin + begin + end, end + begin} {
		_, err := replace(bad, "x")
		require.Error(t, err, bad)
	}
}

// TestUpdate: the file is written only if something has changed.
func TestUpdate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "README.md")
	require.NoError(t, os.WriteFile(path, []byte(begin+"\n"+end+"\n"), 0o600))
	require.NoError(t, update(path))
	written, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(written), "| | [KeyHelp](docs/keyhelp.md) | [Hestia](docs/hestia.md) |")
	require.Contains(t, string(written), "| check | native, ")
	long := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	require.NoError(t, os.Chtimes(path, long, long))
	require.NoError(t, update(path))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.True(t, info.ModTime().Equal(long), "written again")
	require.Error(t, update(filepath.Join(t.TempDir(), "none.md")))
}
