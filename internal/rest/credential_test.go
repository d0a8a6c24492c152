package rest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

func TestCredentials(t *testing.T) {
	for text, fits := range map[string][2]bool{ // as a key, as a header
		"": {true, true}, "a": {true, true}, "!~AZ09-_=": {true, true}, "Bearer abc": {false, true},
		" ": {false, false}, " abc": {false, false}, "abc ": {false, false}, "a\tb": {false, false}, "abc\n": {false, false}, "a\x00b": {false, false},
		"a\x7fb": {false, false}, "abcＡ": {false, false}, "äbc": {false, false}, "ab\xff": {false, false}, "\ufeffabc": {false, false}, "a\u00a0b": {false, false},
	} {
		for i, problem := range []string{rest.KeyProblem(provider.NewSecret(text)), rest.HeaderProblem(provider.NewSecret(text))} {
			require.Equal(t, fits[i], problem == "", "%q", text)
			require.NotContains(t, problem, "abc")
		}
	}
}
