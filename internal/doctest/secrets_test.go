package doctest

import (
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSecretsAreHidden fills every Secret of every exported struct of every package that others can
// import, and prints it in all ways of fmt, encoding/json and log/slog: none shows it.
func TestSecretsAreHidden(t *testing.T) {
	var imports, list strings.Builder
	eachStruct(t, func(p listed, name string, _ *types.Struct) {
		alias := strings.NewReplacer("/", "_", "-", "_").Replace(p.folder)
		if line := fmt.Sprintf("\t%s %q\n", alias, p.path); !strings.Contains(imports.String(), line) {
			imports.WriteString(line)
		}
		fmt.Fprintf(&list, "\treflect.TypeFor[%s.%s](),\n", alias, name)
	})
	dir := t.TempDir()
	program, err := os.ReadFile(filepath.Join("testdata", "hidden", "main.go"))
	require.NoError(t, err)
	main, generated := filepath.Join(dir, "main.go"), filepath.Join(dir, "types.go")
	require.NoError(t, os.WriteFile(main, program, 0o600))
	text := fmt.Sprintf("package main\n\nimport (\n\t\"reflect\"\n\n%s)\n\nvar types = []reflect.Type{\n%s}\n", &imports, &list)
	require.NoError(t, os.WriteFile(generated, []byte(text), 0o600))
	binary := filepath.Join(dir, "hidden")
	_, err = run(root, nil, "go", append(append([]string{"build", "-o", binary}, buildFlags...), main, generated)...)
	require.NoError(t, err)
	out, err := run(dir, nil, binary)
	require.NoError(t, err)
	var all, filled, leaks int
	_, err = fmt.Sscanf(out, "%d types, %d with secrets, %d leaks", &all, &filled, &leaks)
	require.NoError(t, err, out)
	t.Log(out)
	require.Greater(t, all, 300)
	require.Greater(t, filled, 50)
	require.Zero(t, leaks)
}

// secretName matches fields that contain secrets, by their names.
var secretName = regexp.MustCompile(`(?i)(password|passphrase|secret|token|api_?key|private_?key|script|cookie)s?$`)

// notSecret are the fields that are called so and contain none.
var notSecret = map[string]string{
	"hestia.SystemConfig.PasswordReset": "whether passwords can be reset",
	"provider/fleet.ServerEntry.Secret": "where the secret is: env:NAME or file:PATH",
}

// TestSecretsHaveTheirType: what is called a secret is one by its type.
func TestSecretsHaveTheirType(t *testing.T) {
	eachStruct(t, func(p listed, name string, s *types.Struct) {
		if strings.HasSuffix(p.folder, "test") {
			return // emulators and tests, whose secrets are made up
		}
		for field := range s.Fields() {
			at := p.folder + "." + name + "." + field.Name()
			basic, text := field.Type().Underlying().(*types.Basic)
			if text && basic.Kind() == types.String && secretName.MatchString(field.Name()) && notSecret[at] == "" {
				assert.Fail(t, "a secret as a string", at)
			}
		}
	})
}

// eachStruct calls do for the exported structs of the packages that others can import.
func eachStruct(t *testing.T, do func(p listed, name string, s *types.Struct)) {
	t.Helper()
	c := newCompiler(t)
	for _, p := range c.packages {
		if p.internal() || strings.HasPrefix(p.folder, "examples/") || strings.HasPrefix(p.folder, "tools/") {
			continue
		}
		pkg, err := c.from.Import(p.path)
		require.NoError(t, err)
		for _, name := range pkg.Scope().Names() {
			object, ok := pkg.Scope().Lookup(name).(*types.TypeName)
			if !ok || !object.Exported() || object.IsAlias() {
				continue
			}
			named, ok := object.Type().(*types.Named)
			if !ok || named.TypeParams().Len() > 0 {
				continue
			}
			if s, ok := named.Underlying().(*types.Struct); ok {
				do(p, name, s)
			}
		}
	}
}
