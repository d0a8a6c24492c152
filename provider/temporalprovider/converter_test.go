package temporalprovider_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/temporalprovider"
)

func TestNoSecretInPayloads(t *testing.T) {
	c := temporalprovider.DataConverter(provider.NewSecret("Canary-key"), provider.Secret{}, provider.NewSecret("<Canary>&\"ü\" 7"))
	for _, bad := range []any{
		&provider.CreateRequest{Reference: "order-1", Password: provider.NewSecret("x")},
		map[string]any{"deep": []any{struct{ Key provider.Secret }{provider.NewSecret("x")}}},
		"with the Canary-key inside", []byte("Canary-key"), map[string][]byte{"base64": []byte("the Canary-key in it")},
		`with <Canary>&"ü" 7 inside`, []byte(`<Canary>&"ü" 7`), map[string]string{`<Canary>&"ü" 7`: ""},
	} {
		_, err := c.ToPayload(bad)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "Canary")
		_, err = c.ToPayloads("good", bad)
		require.Error(t, err)
	}
	for _, good := range []any{intent(provider.StatusActive, 1), "text", nil} {
		payload, err := c.ToPayload(good)
		require.NoError(t, err)
		payloads, err := c.ToPayloads(good)
		require.NoError(t, err)
		require.Len(t, payloads.GetPayloads(), 1)
		if want, ok := good.(*provider.Intent); ok {
			var got *provider.Intent
			require.NoError(t, c.FromPayload(payload, &got))
			require.Equal(t, want, got)
		}
	}
}
