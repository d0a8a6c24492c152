package hestia_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

// TestImpossibleFigures: megabytes that no int64 holds in bytes are unknown as a limit, and an error as a figure of
// what is used, beside its account only.
func TestImpossibleFigures(t *testing.T) {
	for _, huge := range []string{"9223372036854775807", "99999999999999"} {
		for field, metric := range map[string]string{
			"DISK_QUOTA": provider.MetricDisk, "BANDWIDTH": provider.MetricTraffic, "U_DISK": provider.MetricDisk, "U_BANDWIDTH": provider.MetricTraffic,
		} {
			reads := make(map[string]*provider.UsageReport)
			var odd error
			p := hestia.NewProvider(withKey(t, withOdd(userRow("odd", field+"="+huge))))
			for report, err := range p.FleetUsage(t.Context()) {
				require.NotNil(t, report, "%v", err)
				if err != nil {
					require.Equal(t, "odd", report.AccountID)
					odd = err
				}
				reads[report.AccountID] = report
			}
			require.Len(t, reads, 3)
			report, err := p.Usage(t.Context(), "odd")
			if field[:2] == "U_" {
				for _, err := range []error{odd, err} {
					require.ErrorIs(t, err, provider.ErrProtocol, field)
					require.ErrorContains(t, err, metric+` of account "odd"`)
					require.NotContains(t, err.Error(), huge)
				}
				require.Empty(t, reads["odd"].Values)
				continue
			}
			require.NoError(t, odd)
			require.NoError(t, err)
			for _, r := range []*provider.UsageReport{report, reads["odd"]} {
				u, ok := r.Value(metric)
				require.True(t, ok)
				require.Equal(t, provider.Usage{Metric: metric, Unit: provider.UnitBytes, Used: u.Used, LimitUnknown: true}, u)
				require.Positive(t, u.Used)
			}
		}
	}
}
