package rest

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

func TestAllProblems(t *testing.T) {
	errOther := errors.New("other")
	core := provider.Problems{"baseURL": "required", "WithTimeout": "negative"}.Err("panel", "New", "new client")
	for name, test := range map[string]struct {
		problems provider.Problems
		err      error
		want     map[string]string
	}{
		"none":         {nil, nil, nil},
		"ours":         {provider.Problems{"apiKey": "required"}, nil, map[string]string{"apiKey": "required"}},
		"the core's":   {nil, core, map[string]string{"url": "required", "WithTimeout": "negative"}},
		"both":         {provider.Problems{"apiKey": "required"}, core, map[string]string{"apiKey": "required", "url": "required", "WithTimeout": "negative"}},
		"ours, others": {provider.Problems{"apiKey": "required"}, errOther, map[string]string{"apiKey": "required"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := AllProblems("panel", "Open", "open server", test.problems, test.err, map[string]string{"baseURL": "url"})
			if test.want == nil {
				require.NoError(t, err)
				return
			}
			e := asError(t, err)
			require.Equal(t, test.want, e.Fields)
			require.Equal(t, []string{"panel", "Open", "open server"}, []string{e.Provider, e.Op, e.Action})
		})
	}
	require.Same(t, errOther, AllProblems("panel", "New", "new client", nil, errOther, nil))
}

func TestRefuse(t *testing.T) {
	e := &Endpoint{Provider: "panel", Op: "Things.Create", Verb: "create thing"}
	require.NoError(t, e.Refuse(`"x"`, nil))
	require.NoError(t, e.RefuseID("id", 1))
	require.NoError(t, e.RefuseBlank("name", "x"))
	for want, err := range map[string]error{
		`panel: create thing "x": refused before sending: a: bad; b: worse`:        e.Refuse(`"x"`, provider.Problems{"a": "bad", "b": "worse"}),
		`panel: create thing: refused before sending: request: nil`:                e.RefuseNil(),
		`panel: create thing: refused before sending: id: must be positive, got 0`: e.RefuseID("id", 0),
		`panel: create thing: refused before sending: name: required`:              e.RefuseBlank("name", " "),
	} {
		require.EqualError(t, err, want)
		require.ErrorIs(t, err, provider.ErrInvalid)
		require.Equal(t, "Things.Create", asError(t, err).Op)
	}
}
