package elizon_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// TestUnknownEndpoint: what the platform does not find need not be the service. It documents one code
// for that, and older servers send none.
func TestUnknownEndpoint(t *testing.T) {
	for verb, run := range map[string]func(context.Context, *elizon.Provider, string) error{
		"get": func(ctx context.Context, p *elizon.Provider, id string) error { _, err := p.Get(ctx, id); return err },
		"suspend": func(ctx context.Context, p *elizon.Provider, id string) error {
			_, err := p.Suspend(ctx, id)
			return err
		},
		"terminate": func(ctx context.Context, p *elizon.Provider, id string) error {
			_, err := p.Terminate(ctx, id)
			return err
		},
		"cancel": func(ctx context.Context, p *elizon.Provider, id string) error {
			_, err := p.Cancel(ctx, id)
			return err
		},
		"restart": func(ctx context.Context, p *elizon.Provider, id string) error {
			_, err := p.Power(ctx, id, provider.PowerReboot)
			return err
		},
		"sign-on": func(ctx context.Context, p *elizon.Provider, id string) error {
			_, err := p.SignOn(ctx, &provider.SignOnRequest{AccountID: id})
			return err
		},
	} {
		t.Run(verb, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := elizontest.NewServer(elizontest.InMemory())
				id := srv.AddService(elizontest.Service{}).ID
				for _, reads := range []bool{true, false} {
					srv.Faults.When(func(r *http.Request) bool {
						return strings.Contains(r.URL.Path, id) && (reads || r.Method == http.MethodPost || verb == "sign-on")
					}, 0, faults.Fault{
						Kind: faults.Status, StatusCode: http.StatusNotFound, Body: `{"success":false,"error":"Not found","errorCode":"some"}`,
					})
					err := run(t.Context(), serviceProvider(t, srv), id)
					require.NotErrorIs(t, err, provider.ErrNotFound)
					switch {
					case verb == "terminate" && reads:
						require.ErrorIs(t, err, provider.ErrConflict) // it is listed
					case verb == "terminate":
						require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
					case verb == "get" && !reads:
						require.NoError(t, err)
					default:
						require.ErrorIs(t, err, provider.ErrProtocol)
					}
					srv.Faults.Clear()
				}
				for _, older := range [][]elizontest.Option{nil, {elizontest.WithoutErrorCodes()}} {
					srv := elizontest.NewServer(append(older, elizontest.InMemory())...)
					require.ErrorIs(t, run(t.Context(), serviceProvider(t, srv), id), provider.ErrNotFound)
				}
			})
		})
	}
}

// TestActionAnsweredWithService: the answer to a read, which a cache has kept, does not say that a
// machine is being switched off.
func TestActionAnsweredWithService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		id := srv.AddService(elizontest.Service{}).ID
		p := serviceProvider(t, srv)
		cached := `{"success":true,"server":{"id":"` + id + `","status":"RUNNING"}}`
		answer := func(times int) {
			srv.Faults.When(func(r *http.Request) bool { return r.Method == http.MethodPost }, times, faults.Fault{Kind: faults.Garbage, Body: cached})
		}
		answer(1)
		outcome, err := p.Power(t.Context(), id, provider.PowerOff) // it is sent once more
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeChanged, outcome)
		answer(0)
		for name, run := range map[string]func() error{
			"power on": func() error { _, err := p.Power(t.Context(), id, provider.PowerOn); return err },
			"restart":  func() error { _, err := p.Power(t.Context(), id, provider.PowerReboot); return err },
			"reinstall": func() error {
				_, err := p.Reinstall(t.Context(), &provider.ReinstallRequest{AccountID: id, Image: "102"})
				return err
			},
		} {
			require.ErrorIs(t, run(), provider.ErrOutcomeUnknown, name)
		}
	})
}
