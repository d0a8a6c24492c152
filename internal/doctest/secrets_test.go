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

// TestSecretsAreHidden fills every Secret, Payload, RawResponse and any of every exported type of every
// package that others can import, and prints it in all ways of fmt, encoding/json and log/slog: none
// shows what is in them. And it fills every text with one that would spoil a line: none of the types
// that have a String or an Error method lets it through.
func TestSecretsAreHidden(t *testing.T) {
	var imports, list strings.Builder
	eachType(t, func(p listed, name string, _ types.Type) {
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
	_, err = run(root, nil, "go", append(building(), "-o", binary, main, generated)...)
	require.NoError(t, err)
	out, err := run(dir, nil, binary)
	require.NoError(t, err)
	var all, filled, leaks, said, unclean int
	_, err = fmt.Sscanf(out, "%d types, %d with secrets, %d leaks; %d with a text, %d unclean", &all, &filled, &leaks, &said, &unclean)
	require.NoError(t, err, out)
	t.Log(out)
	require.Greater(t, all, 300)
	require.Greater(t, filled, 50)
	require.Greater(t, said, 15)
	require.Zero(t, leaks+unclean)
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

// rawFields may hold bytes, header fields, parameters or anything, which print as they are, and why
// they do.
var rawFields = []struct{ field, why string }{
	{"*.Extra", "what a caller adds to a request, with secrets as a Secret; the client sends their values"},
	{"*.*Request.*", "as Extra"},
	{"*.Request.*", "as Extra; no key belongs into Query"},
	{"elizon.CartLine.*", "as Extra; what came in an answer is a Payload"},
	{"provider.*.Native", "a pointer to the vendor's own type, which this test tries itself"},
	{"provider.Options.Vendor", "options of a vendor, with secrets as a Secret"},
	{"provider.TLS.RootCAs", "certificates, which servers show to everybody"},
	{"provider/faults.*", "exchanges with an emulator, whose secrets are made up"},
	{"*test.*", "emulators, whose secrets are made up"},
}

// TestRawFieldsAreKnown: what an answer contains beyond the fields that are known is a Payload or a
// RawResponse. Other types that hold whatever there is are named above, with a reason.
func TestRawFieldsAreKnown(t *testing.T) {
	used := make(map[string]bool)
	eachStruct(t, func(p listed, name string, s *types.Struct) {
		for field := range s.Fields() {
			if !field.Exported() || !holdsAnything(field.Type()) {
				continue
			}
			at, known := p.folder+"."+name+"."+field.Name(), false
			for _, raw := range rawFields {
				pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(raw.field), `\*`, ".*") + "$"
				if regexp.MustCompile(pattern).MatchString(at) {
					used[raw.field], known = true, true
				}
			}
			assert.True(t, known, "%s, a %s, prints what it holds: make it a Payload, or say above why it may", at, field.Type())
		}
	})
	for _, raw := range rawFields {
		assert.True(t, used[raw.field], "no field is a %s any more", raw.field)
	}
}

// holdsAnything reports whether a type holds bytes, header fields, parameters or an any.
func holdsAnything(t types.Type) bool {
	switch named, _ := types.Unalias(t).(*types.Named); {
	case named == nil:
	case named.String() == "net/http.Header", named.String() == "net/url.Values":
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		basic, _ := u.Elem().Underlying().(*types.Basic)
		return basic != nil && basic.Kind() == types.Byte || holdsAnything(u.Elem())
	case *types.Array:
		return holdsAnything(u.Elem())
	case *types.Map:
		return holdsAnything(u.Elem())
	case *types.Pointer:
		_, inner := u.Elem().Underlying().(*types.Struct)
		return !inner && holdsAnything(u.Elem())
	case *types.Interface:
		return u.Empty()
	}
	return false
}

// eachStruct calls do for the exported structs of the packages that others can import.
func eachStruct(t *testing.T, do func(p listed, name string, s *types.Struct)) {
	t.Helper()
	eachType(t, func(p listed, name string, typ types.Type) {
		if s, ok := typ.(*types.Struct); ok {
			do(p, name, s)
		}
	})
}

// eachType calls do for the exported types of the packages that others can import, with what is
// behind their names.
func eachType(t *testing.T, do func(p listed, name string, typ types.Type)) {
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
			if _, behaviour := named.Underlying().(*types.Interface); !behaviour {
				do(p, name, named.Underlying())
			}
		}
	}
}
