package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// TestLatin1: bytes that are not UTF-8 show in a text for people, and are an error in what identifies
// a thing and in a secret.
func TestLatin1(t *testing.T) {
	type record struct {
		ID    string          `wire:"id,strict"`
		Login string          `wire:"login,name"`
		Key   string          `wire:"key,strict"`
		Other string          `wire:"user|login,identity"`
		Pass  provider.Secret `wire:"pass"`
		Note  string          `wire:"note"`
	}
	var got record
	require.NoError(t, wire.Unmarshal([]byte("{\"id\": \"1\", \"login\": \"m\u00fcller\", \"pass\": \"\\u00fc\", \"note\": \"M\xfcller\"}"), &got))
	require.Equal(t, record{ID: "1", Login: "müller", Other: "müller", Pass: provider.NewSecret("ü"), Note: "M\ufffdller"}, got)
	for _, name := range []string{"id", "login", "key", "user", "pass"} {
		body := "{\"" + name + "\": \"M\xfcller\"}"
		err := wire.Unmarshal([]byte(body), new(record))
		require.ErrorContains(t, err, "field \""+name+"\" is not UTF-8", name)
		require.NotContains(t, err.Error(), "ller")
	}
}
