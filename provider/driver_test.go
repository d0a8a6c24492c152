package provider_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

func TestReadLagInConfiguration(t *testing.T) {
	for text, want := range map[string]time.Duration{"0s": 0, "90s": 90 * time.Second, "": provider.DefaultReadLag} {
		cfg := provider.ServerConfig{Options: map[string]string{"read_lag": text}}
		if text == "" {
			cfg.Options = nil
		}
		var problems provider.Problems
		cfg.CheckOptions(&problems, nil)
		require.Empty(t, problems, text)
		require.Equal(t, want, provider.NewOptions(cfg.ClientOptions()...).ReadLag, text)
	}
	for _, text := range []string{"", "5", "-1s", "soon"} {
		cfg := provider.ServerConfig{Options: map[string]string{"read_lag": text}}
		var problems provider.Problems
		cfg.CheckOptions(&problems, nil)
		require.Contains(t, problems["options.read_lag"], "is not a length of time like 5s", text)
	}
}
