package provider_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

func TestPayload(t *testing.T) {
	var n int
	require.NoError(t, provider.NewPayload("17").Decode(&n))
	require.Equal(t, 17, n)
	require.ErrorContains(t, provider.Payload{}.Decode(&n), "no body")
	require.Error(t, provider.NewPayload(`"x"`).Decode(&n))
	require.Error(t, provider.NewPayload(`{`).Decode(&n))

	// JSON inside a string is read where the string would not fit.
	var inner struct{ A int }
	require.NoError(t, provider.NewPayload(`"{\"a\": 1}"`).Decode(&inner))
	require.Equal(t, 1, inner.A)
	var text string
	require.NoError(t, provider.NewPayload(`"{\"a\": 1}"`).Decode(&text))
	require.Equal(t, `{"a": 1}`, text)
	require.Equal(t, text, provider.NewPayload(`"{\"a\": 1}"`).Text())
	require.Empty(t, provider.NewPayload(`17`).Text())
	require.Empty(t, provider.NewPayload(`"x`).Text())

	var held struct{ A, B, C provider.Payload }
	require.NoError(t, json.Unmarshal([]byte(`{"a": {"x":  1}, "b": null}`), &held))
	require.Equal(t, `{"x":  1}`, held.A.Reveal())
	require.Equal(t, provider.Payload{}, held.B)
	require.True(t, provider.NewPayload("").IsZero())
	require.Empty(t, held.C.Reveal())
}

// Nothing prints what a payload contains. TestSecretsAreHidden of internal/doctest tries fmt and slog.
func TestPayloadInJSON(t *testing.T) {
	encoded, err := json.Marshal(map[string]provider.Payload{"x": provider.NewPayload(`"canary"`)})
	require.NoError(t, err)
	require.JSONEq(t, `{"x":"[8 bytes of JSON]"}`, string(encoded))
}
