package provider_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

const hush = "s3cr3t-value"

// holders are ways in which a Secret ends up in somebody's value.
func holders() map[string]any {
	s := provider.NewSecret(hush)
	type deep struct {
		Name  string
		Key   provider.Secret
		Inner struct{ Token *provider.Secret }
	}
	d := deep{Name: "x", Key: s}
	d.Inner.Token = &s
	return map[string]any{
		"value": s, "pointer": &s, "slice": []provider.Secret{s}, "array": [1]provider.Secret{s},
		"map":    map[string]provider.Secret{"k": s},
		"struct": d, "struct pointer": &d, "interface": []any{s, d},
		"config":  provider.ServerConfig{Kind: "k", Secret: s},
		"request": &provider.CreateRequest{Username: "u", Password: s},
		"sign-on": provider.SignOn{URL: s, Token: s, Form: map[string]provider.Secret{"t": s}},
		"error":   errors.Join(fmt.Errorf("refused %v", s)),
	}
}

func TestSecretPrintsNowhere(t *testing.T) {
	encodings := []string{hush, fmt.Sprintf("%x", hush), fmt.Sprintf("%X", hush), fmt.Sprintf("% x", hush), fmt.Sprint([]byte(hush))}
	for name, holder := range holders() {
		for _, verb := range []string{
			"%v", "%+v", "%#v", "%s", "%q", "%+q", "%#q", "%x", "%X", "% x", "%#x", "%d", "%t", "%c", "%U", "%b", "%o", "%e", "%g", "%20s", "%-20v", "%.3s", "%T", "%!", "%z",
		} {
			printed := fmt.Sprintf(verb, holder)
			for _, text := range encodings {
				require.NotContains(t, printed, text, "%s under %s", name, verb)
			}
		}
		require.NotContains(t, fmt.Sprint(holder), hush, name)
		require.NotContains(t, fmt.Sprintln(holder), hush, name)
	}
}

func TestSecretInLogs(t *testing.T) {
	for name, holder := range holders() {
		var out bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
			slog.New(handler).With("with", holder).Info("message", "attr", holder, slog.Group("g", slog.Any("in", holder)))
		}
		require.NotContains(t, out.String(), hush, name)
	}
}

func TestSecretInJSON(t *testing.T) {
	for name, holder := range holders() {
		out, err := json.Marshal(holder)
		if strings.Contains(string(out), hush) || err != nil && strings.Contains(err.Error(), hush) {
			t.Errorf("%s: %s, %v", name, out, err)
		}
	}
	type config struct{ Key provider.Secret }
	_, err := json.Marshal(config{provider.NewSecret(hush)})
	require.ErrorContains(t, err, "Reveal")
	_, err = xml.Marshal(config{provider.NewSecret(hush)})
	require.ErrorContains(t, err, "Reveal")
	none, err := json.Marshal(config{})
	require.NoError(t, err)
	require.Equal(t, `{"Key":""}`, string(none))
}

func TestSecretIsReadAndRevealed(t *testing.T) {
	var cfg struct{ Key provider.Secret }
	require.NoError(t, json.Unmarshal([]byte(`{"Key":"`+hush+`"}`), &cfg))
	require.Equal(t, hush, cfg.Key.Reveal())
	require.Equal(t, provider.NewSecret(hush), cfg.Key)
	require.True(t, provider.NewSecret("").IsZero())
	require.Equal(t, "[redacted]", cfg.Key.String())
	require.Equal(t, `provider.NewSecret("[redacted]")`, fmt.Sprintf("%#v", cfg.Key))
}

func TestNoSecretIsEmpty(t *testing.T) {
	var none provider.Secret
	require.Empty(t, none.String())
	require.Empty(t, fmt.Sprintf("%v%s%x", none, none, none))
	require.Equal(t, `provider.NewSecret("")`, fmt.Sprintf("%#v", none))
	text, err := none.MarshalText()
	require.NoError(t, err)
	require.Empty(t, text)
	require.Equal(t, "", none.LogValue().String())
	require.False(t, strings.Contains(fmt.Sprint(provider.ServerConfig{}), "redacted"))
}
