package emulate

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// declared returns the functions of a kind's test package that return an Option.
func declared(t *testing.T, name string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", name, name+"test", "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var found []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !f.Name.IsExported() || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
				continue
			}
			if result, ok := f.Type.Results.List[0].Type.(*ast.Ident); ok && result.Name == "Option" {
				found = append(found, f.Name.Name)
			}
		}
	}
	slices.Sort(found)
	return found
}

// TestEveryOption: what Go programs can set, others can, with -with and when they reset.
func TestEveryOption(t *testing.T) {
	for name, k := range kinds {
		offered := []string{nameOf(k.memory), nameOf(k.clock), "WithTLS"}
		for _, f := range k.options {
			offered = append(offered, nameOf(f))
			for in := range reflect.TypeOf(f).Ins() {
				requireJSON(t, in, nameOf(f))
			}
		}
		slices.Sort(offered)
		assert.Equal(t, declared(t, name), offered, "kinds.go, %s", name)
	}
}

// TestEveryMethod: what Go programs can ask and change while a server runs, others can.
func TestEveryMethod(t *testing.T) {
	for name, k := range kinds {
		server := reflect.TypeOf(k.start).Out(0)
		for m := range server.Methods() {
			if slices.Contains(uncallable, m.Name) {
				continue
			}
			for j := 1; j < m.Type.NumIn(); j++ {
				requireJSON(t, m.Type.In(j), name+"."+m.Name)
			}
			for out := range m.Type.Outs() {
				requireJSON(t, out, name+"."+m.Name)
			}
		}
	}
}

// requireJSON fails if values of a type cannot be told in JSON, or in one of our own ways.
func requireJSON(t *testing.T, of reflect.Type, where string) {
	t.Helper()
	if of.Kind() == reflect.Func { // the change of a record
		require.Equal(t, []any{1, 0, reflect.Pointer}, []any{of.NumIn(), of.NumOut(), of.In(0).Kind()}, where)
		of = of.In(0).Elem()
	}
	text, err := json.Marshal(reflect.New(of).Interface())
	require.NoError(t, err, where)
	require.NoError(t, json.Unmarshal(text, reflect.New(of).Interface()), where)
}

// TestReadOption: -with takes JSON or plain words.
func TestReadOption(t *testing.T) {
	for text, want := range map[string]string{
		"keyhelptest.WithoutPlans":                     ``,
		"keyhelptest.WithRateLimit=100,1m":             `100 "1m"`,
		`keyhelptest.WithRateLimit=100,"1m"`:           `100 "1m"`,
		"keyhelptest.WithKey=a.b":                      `"a.b"`,
		`keyhelptest.WithPlans={"Name":"a"},{"ID":7}`:  `{"Name":"a"} {"ID":7}`,
		"hestiatest.WithAllowedIPs=192.0.2.1,10.0.0.1": `"192.0.2.1" "10.0.0.1"`,
		"hestiatest.WithAPI=false":                     `false`,
		"licenseservertest.WithSearchPath=":            ``,
	} {
		name, s, err := readOption(text)
		if text == "licenseservertest.WithSearchPath=" { // an empty text is written ""
			require.ErrorContains(t, err, "the arguments are (string), and not 0")
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, strings.SplitN(text, "=", 2)[0], name+"test."+s.name)
		args := make([]string, len(s.args))
		for i, arg := range s.args {
			args[i] = string(arg)
		}
		require.Equal(t, want, strings.Join(args, " "), text)
	}
}
