package doctest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// TestErrors: docs/errors.md has each Err value, with what Code, Retryable and ServerKind say of it.
func TestErrors(t *testing.T) {
	texts := errValues(t)
	texts["context.Canceled"], texts["context.DeadlineExceeded"] = "context canceled", "context deadline exceeded"
	for _, row := range table(t, documents(t), "docs/errors.md", "Error", "Code", "Call again", "Wait", "All accounts") {
		name := strings.Trim(row[0], "`")
		err := provider.FromCode(strings.Trim(row[1], "`"))
		require.Error(t, err, "%s: no error has this code", name)
		assert.Equal(t, texts[name], err.Error(), "%s has another code", name)
		delete(texts, name)
		wait, again := provider.Retryable(err)
		want := []string{"no", "", ""}
		if again {
			want[0] = "yes"
		}
		if wait > 0 {
			want[1] = fmt.Sprintf("%.0f minutes", wait.Minutes())
		}
		if provider.ServerKind(err) != nil {
			want[2] = "yes"
		}
		assert.Equal(t, want, row[2:], "%s: call again, wait, all accounts", name)
	}
	assert.Empty(t, texts, "docs/errors.md has no row for them")
}

// errValues returns the texts of the errors of package provider that stand in errors.go, by name.
func errValues(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../provider/errors.go", nil, 0)
	require.NoError(t, err)
	texts := make(map[string]string)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Err") {
			return true
		}
		texts[spec.Names[0].Name], err = strconv.Unquote(spec.Values[0].(*ast.CallExpr).Args[0].(*ast.BasicLit).Value)
		require.NoError(t, err)
		return true
	})
	require.NotEmpty(t, texts)
	return texts
}
