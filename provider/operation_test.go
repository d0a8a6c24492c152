package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/providertest"
)

func TestOperationFromContext(t *testing.T) {
	_, ok := provider.OperationFromContext(t.Context())
	require.False(t, ok)
	_, ok = provider.OperationFromContext(provider.ContextWithOperation(t.Context(), nil))
	require.False(t, ok)
	op := provider.Operation{Provider: "keyhelp", Name: "Clients.Get", Method: "GET", Route: "/clients/{id}"}
	got, ok := provider.OperationFromContext(provider.ContextWithOperation(t.Context(), &op))
	require.True(t, ok)
	require.Equal(t, op, got)
	require.Equal(t, "keyhelp.Clients.Get", got.String())
}

func TestCapturedResponse(t *testing.T) {
	require.Nil(t, provider.CaptureFromContext(t.Context()))
	var raw provider.RawResponse
	require.Same(t, &raw, provider.CaptureFromContext(provider.CaptureResponse(t.Context(), &raw)))

	raw = provider.NewRawResponse(200, http.Header{"Set-Cookie": {hush}}, []byte(hush))
	require.Equal(t, hush, raw.Header().Get("Set-Cookie"))
	require.Equal(t, hush, string(raw.Body()))
	require.Equal(t, "HTTP 200, 1 header fields, 12 bytes", raw.String())
	encoded, err := json.Marshal(raw)
	require.NoError(t, err)
	require.JSONEq(t, `{"StatusCode":200}`, string(encoded))
	var none *provider.RawResponse
	require.NotPanics(t, func() { _ = fmt.Sprint(none) })
}

// wrapper is a middleware that passes everything on.
type wrapper struct{ provider.Provider }

func (w wrapper) Unwrap() provider.Provider { return w.Provider }

// counting wants to see the calls of one optional interface.
type counting struct {
	wrapper
	calls *int
}

func (c counting) ChangePlan(ctx context.Context, id, plan string) (provider.Outcome, error) {
	*c.calls++
	inner, _ := provider.As[provider.PlanChanger](c.Unwrap())
	return inner.ChangePlan(ctx, id, plan)
}

// opaque is a middleware without Unwrap.
type opaque struct{ provider.Provider }

// hollow is a middleware around nothing.
type hollow struct{ provider.Provider }

func (hollow) Unwrap() provider.Provider { return nil }

func TestAs(t *testing.T) {
	m := providertest.NewMemory(nil)
	_, ok := provider.As[provider.PlanChanger](m)
	require.True(t, ok)
	lister, ok := provider.As[provider.Lister](wrapper{wrapper{m}})
	require.True(t, ok)
	require.Same(t, m, lister)
	_, ok = provider.As[provider.Lister](wrapper{opaque{m}})
	require.False(t, ok)
	_, ok = provider.As[provider.Lister](hollow{m})
	require.False(t, ok)
	_, ok = provider.As[provider.Lister](nil)
	require.False(t, ok)
	core, ok := provider.As[provider.Provider](wrapper{m})
	require.True(t, ok)
	require.Equal(t, wrapper{m}, core)
}

func TestAsFindsTheOutermost(t *testing.T) {
	var inner, outer int
	m := providertest.NewMemory(nil)
	id := m.AddForeign("somebody")
	p := wrapper{counting{wrapper{counting{wrapper{m}, &inner}}, &outer}}
	changer, ok := provider.As[provider.PlanChanger](p)
	require.True(t, ok)
	outcome, err := changer.ChangePlan(t.Context(), id, "large")
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeChanged, outcome)
	require.Equal(t, []int{1, 1}, []int{outer, inner})
}
