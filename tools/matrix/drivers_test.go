package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// TestDriversNameTheirFields: problems in a row of a billing system's table are reported by the
// names of that row, not by those of a constructor.
func TestDriversNameTheirFields(t *testing.T) {
	for _, driver := range []provider.Driver{keyhelp.Driver, hestia.Driver, hostkey.Driver, elizon.Driver, licenseserver.Driver} {
		for _, cfg := range []provider.ServerConfig{
			{}, {URL: "http://198.51.100.7", Username: "x y", Secret: provider.NewSecret("a b"), Options: map[string]string{"no such option": "1"}},
			{URL: "://", Secret: provider.NewSecret("\n"), Options: map[string]string{"pin": "sha256/short"}},
		} {
			cfg.Kind = driver.Kind()
			_, err := driver.Open(cfg)
			require.ErrorIs(t, err, provider.ErrInvalid, driver.Kind())
			var e *provider.Error
			require.ErrorAs(t, err, &e)
			require.NotEmpty(t, e.Fields)
			for field := range e.Fields {
				known := field == "url" || field == "username" || field == "secret" || strings.HasPrefix(field, "options.") || strings.HasPrefix(field, "secrets.")
				assert.True(t, known, "%s names a problem %q: %s", driver.Kind(), field, e.Fields[field])
			}
		}
	}
}
