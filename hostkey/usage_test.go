package hostkey_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// TestImpossibleLimit: terabytes that no int64 holds in bytes are an unknown limit.
func TestImpossibleLimit(t *testing.T) {
	for limit, want := range map[string]provider.Usage{
		"3": {Limit: 3e12}, "1e300": {LimitUnknown: true}, "9223372036854775807": {LimitUnknown: true}, "-1": {Unlimited: true},
	} {
		client := clientOver(t, tapping(func(_ context.Context, sent clienttest.Request) clienttest.Reply {
			if sent.Form().Get("action") == "show" {
				return ok(`{"result":"OK","server_data":{"id":17,"Condition_Component":"rent","limit_traffic":` + limit + `}}`)
			}
			return ok(`{"result":"OK","data":{"traffic_out":7}}`)
		}))
		report, err := hostkey.NewProvider(client).Usage(t.Context(), "17")
		require.NoError(t, err, limit)
		want.Metric, want.Unit, want.Used = provider.MetricTraffic, provider.UnitBytes, 7
		require.Equal(t, []provider.Usage{want}, report.Values, limit)
	}
}

// TestTraffic: what cannot be a number of bytes is none.
func TestTraffic(t *testing.T) {
	for answer, want := range map[string]*int64{
		`"out":7`: new(int64(7)), `"traffic_out":"7"`: new(int64(7)), `"data":{"bytes_out":7.0}`: new(int64(7)), `"traffic":{"outgoing":0}`: new(int64(0)),
		`"out":-1`: nil, `"out":1e300`: nil, `"out":"much"`: nil, `"out":{}`: nil, `"sent":7`: nil,
	} {
		got, err := clientOver(t, always(ok(`{"result":"OK",`+answer+`}`))).Servers.Traffic(t.Context(), 17, nil)
		require.NoError(t, err, answer)
		require.Equal(t, want, got.Out, answer)
		require.Nil(t, got.In, answer)
	}
}
