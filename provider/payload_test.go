package provider_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

func TestPayload(t *testing.T) {
	var n int
	require.NoError(t, provider.Payload("17").Decode(&n))
	require.Equal(t, 17, n)
	require.ErrorContains(t, provider.Payload(nil).Decode(&n), "no body")
	require.Error(t, provider.Payload(`"x"`).Decode(&n))
	require.Error(t, provider.Payload(`{`).Decode(&n))

	// JSON inside a string is read where the string would not fit.
	var inner struct{ A int }
	require.NoError(t, provider.Payload(`"{\"a\": 1}"`).Decode(&inner))
	require.Equal(t, 1, inner.A)
	var text string
	require.NoError(t, provider.Payload(`"{\"a\": 1}"`).Decode(&text))
	require.Equal(t, `{"a": 1}`, text)
	require.Equal(t, text, provider.Payload(`"{\"a\": 1}"`).Text())
	require.Empty(t, provider.Payload(`17`).Text())
	require.Empty(t, provider.Payload(`"x`).Text())

	var held struct{ A, B, C provider.Payload }
	require.NoError(t, json.Unmarshal([]byte(`{"a": {"x":  1}, "b": null}`), &held))
	require.Equal(t, `{"x":  1}`, string(held.A))
	require.Nil(t, held.B)
}

// Nothing prints what a payload contains.
func TestPayloadDoesNotPrint(t *testing.T) {
	secret := provider.Payload(`"canary"`)
	encoded, err := json.Marshal(map[string]provider.Payload{"x": secret})
	require.NoError(t, err)
	require.JSONEq(t, `{"x":"[8 bytes of JSON]"}`, string(encoded))
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "payload", secret)
	texts := []string{string(encoded), log.String(), secret.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%c", "%U"} {
		texts = append(texts, fmt.Sprintf(verb, secret), fmt.Sprintf(verb, struct{ P provider.Payload }{secret}), fmt.Sprintf(verb, []provider.Payload{secret}))
	}
	for _, text := range texts {
		require.NotContains(t, text, "canary")
		require.NotContains(t, strings.ToLower(text), "63616e617279")
		require.NotContains(t, text, "99 97 110")
	}
}
