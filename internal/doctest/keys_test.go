package doctest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// TestNewRefusesKeys: what no header carries as it is, and nobody sees in a key, is refused before it is
// sent, by the name of its field and without its value.
func TestNewRefusesKeys(t *testing.T) {
	const url, canary = "https://panel.example.com", "cAnaryKey0123456789"
	license := provider.NewSecret("AF-2026-" + "0123456789abcdef0123456789abcdef")
	opened := func(_ any, err error) error { return err }
	all := map[string]struct {
		field string
		open  func(provider.Secret) error
	}{
		"keyhelp":       {"apiKey", func(k provider.Secret) error { return opened(keyhelp.New(url, k)) }},
		"hostkey":       {"apiKey", func(k provider.Secret) error { return opened(hostkey.New(hostkey.RegionCOM, k)) }},
		"elizon":        {"apiKey", func(k provider.Secret) error { return opened(elizon.New(url, k)) }},
		"licenseserver": {"apiKey", func(k provider.Secret) error { return opened(licenseserver.New(url, k)) }},
		"hestia":        {"apiKey", func(k provider.Secret) error { return opened(hestia.New(url, hestia.APIKey(k))) }},
		"hestia secret": {"secretKey", func(k provider.Secret) error {
			return opened(hestia.New(url, hestia.AccessKey("ACCESSKEYADMIN000000", k)))
		}},
		"elizon session": {"WithSessionToken", func(k provider.Secret) error {
			return opened(elizon.New(url, provider.NewSecret(canary), elizon.WithSessionToken(k)))
		}},
		"panel header": {"WithAdminAuth", func(k provider.Secret) error {
			return opened(licenseserver.New(url, license, licenseserver.WithAdminHeader("X-Key", k)))
		}},
		"panel cookie": {"WithAdminAuth", func(k provider.Secret) error {
			return opened(licenseserver.New(url, license, licenseserver.WithAdminCookie("session", k)))
		}},
	}
	for name, one := range all {
		for _, key := range []string{
			"  ", " " + canary, canary + " ", canary + "\n", "\t" + canary, canary + "\x00", canary + "Ａ", canary + "é", canary + "\xe9",
			"\ufeff" + canary, canary + "\u200b", canary + "\u00a0", canary + "\u202e", canary + "\u00ad", canary + "\u3164", canary + "\U000e0041",
		} {
			err := one.open(provider.NewSecret(key))
			require.ErrorIs(t, err, provider.ErrInvalid, "%s: %q", name, key)
			require.ErrorContains(t, err, one.field, "%s: %q", name, key)
			require.NotContains(t, err.Error(), canary[:6], "%s: %q", name, key)
		}
	}
}
