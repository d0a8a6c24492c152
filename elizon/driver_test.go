package elizon_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider"
)

func TestDriver(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory())
	drivers := provider.Drivers{elizon.Driver}
	p, err := drivers.Open(provider.ServerConfig{Kind: elizon.Kind, URL: srv.URL, Secret: provider.NewSecret(srv.Key), Options: map[string]string{
		"bearer": "true", "client_header": "desktop", "order_window_hours": "2", "payment": "invoice", "max_renewal": "6.00", "max_upgrade": "6",
	}}, provider.WithHTTPClient(srv.Client()), provider.WithoutLedger())
	require.NoError(t, err)
	_, err = p.Check(t.Context())
	require.NoError(t, err)
	last := srv.Faults.Requests()[srv.Faults.Count()-1]
	assert.Equal(t, "Bearer "+srv.Key, last.Header.Get("Authorization"))
	assert.Equal(t, "desktop", last.Header.Get("X-Elizon-Client"))
	assert.True(t, p.Describe().Capabilities.Has(provider.CapRenew))
	id := srv.AddService(elizontest.Service{}).ID
	srv.EnableInvoicing(true)
	_, err = p.(*elizon.Provider).Renew(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, "invoice", srv.Charges()[0].Method)

	for _, test := range []struct {
		field string
		cfg   provider.ServerConfig
	}{
		{"secret", provider.ServerConfig{}},
		{"secret", provider.ServerConfig{Secret: provider.NewSecret("two words")}},
		{"url", provider.ServerConfig{Secret: provider.NewSecret("k"), URL: "ftp://elizon.app"}},
		{"username", provider.ServerConfig{Secret: provider.NewSecret("k"), Username: "me"}},
		{"options.colour", provider.ServerConfig{Secret: provider.NewSecret("k"), Options: map[string]string{"colour": "red"}}},
		{"options.bearer", provider.ServerConfig{Secret: provider.NewSecret("k"), Options: map[string]string{"bearer": "yes"}}},
		{"options.bearer", provider.ServerConfig{Options: map[string]string{"bearer": "true"}, Secrets: map[string]provider.Secret{"session_token": provider.NewSecret("t")}}},
		{"options.session_token", provider.ServerConfig{Secret: provider.NewSecret("k"), Options: map[string]string{"session_token": "t"}}},
		{"secrets.session_token", provider.ServerConfig{Secrets: map[string]provider.Secret{"session_token": provider.NewSecret("a b")}}},
		{"options.client_header", provider.ServerConfig{Secret: provider.NewSecret("k"), Options: map[string]string{"client_header": "a b"}}},
		{"options.order_window_hours", provider.ServerConfig{Secret: provider.NewSecret("k"), Options: map[string]string{"order_window_hours": "-1"}}},
		{"options.order_window_hours", provider.ServerConfig{Secret: provider.NewSecret("k"), Options: map[string]string{"order_window_hours": "9999999999"}}},
		{"options.payment", provider.ServerConfig{Secret: provider.NewSecret("k"), Options: map[string]string{"payment": "mollie"}}},
		{"options.mandate", provider.ServerConfig{Secret: provider.NewSecret("k"), Options: map[string]string{"mandate": "m"}}},
		{"options.max_renewal", provider.ServerConfig{Secret: provider.NewSecret("k"), Options: map[string]string{"max_renewal": "6,00"}}},
		{"options.max_upgrade", provider.ServerConfig{Secret: provider.NewSecret("k"), Options: map[string]string{"max_upgrade": "-6"}}},
	} {
		test.cfg.Kind = elizon.Kind
		_, err := drivers.Open(test.cfg)
		require.ErrorIs(t, err, provider.ErrInvalid, "%+v", test.cfg)
		assert.Contains(t, fieldsOf(err), test.field, "%v", err)
	}
	p, err = drivers.Open(provider.ServerConfig{Kind: elizon.Kind, Secret: provider.NewSecret("k")})
	require.NoError(t, err)
	assert.Contains(t, fmt.Sprint(p.(*elizon.Provider).Client()), elizon.DefaultBaseURL)
	_, err = drivers.Open(provider.ServerConfig{Kind: elizon.Kind, Secrets: map[string]provider.Secret{"session_token": provider.NewSecret("t")}})
	require.NoError(t, err)
	var refused *provider.Error
	_, err = elizon.New(srv.URL, provider.NewSecret("k"), elizon.WithSpending(elizon.Spending{Payment: elizon.PaySEPA}), elizon.WithOrderWindow(-time.Hour))
	require.True(t, errors.As(err, &refused))
	assert.Len(t, refused.Fields, 2)
}
