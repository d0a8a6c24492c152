package adapter_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

func fieldsOf(t *testing.T, err error) map[string]string {
	t.Helper()
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, "panel", e.Provider)
	return e.Fields
}

func TestPositiveID(t *testing.T) {
	parse := adapter.PositiveID("client ID")
	n, problem := parse("42")
	require.Empty(t, problem)
	require.EqualValues(t, 42, n)
	for _, id := range []string{"0", "-1", "+1", "007", "1.0", " 1", "9223372036854775808", "../1", "a"} {
		n, problem := parse(id)
		require.Zero(t, n)
		require.Equal(t, `"`+id+`" is not a client ID (a positive number)`, problem)
	}
	_, problem = parse("")
	require.Equal(t, "required", problem)
}

func TestInput(t *testing.T) {
	require.Empty(t, adapter.Input("plan", ""))
	require.Equal(t, provider.Problems{"plan": "required"}, adapter.Input("plan", "required"))
	require.Empty(t, adapter.MarkerProblem("Max Mustermann"))
	require.NotEmpty(t, adapter.MarkerProblem("Max [ref:order-7]"))
}
