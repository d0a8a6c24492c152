package elizon_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// oneService is a platform with one service: part of its record, and its live state.
func oneService(t *testing.T, services, status string) *elizon.Client {
	t.Helper()
	client, _ := tapped(t, func(_ context.Context, sent clienttest.Request) clienttest.Reply {
		switch {
		case strings.HasSuffix(sent.Path, "/services"):
			return clienttest.OK(`{"success": true, "services": ` + services + `}`)
		case strings.HasSuffix(sent.Path, "/s1"):
			return clienttest.OK(`{"success": true, "server": {"id": "s1", "name": "w"}}`)
		}
		return clienttest.OK(`{"success": true, "statuses": {"s1": {"status": ` + status + `}}}`)
	})
	return client
}

// TestSpellings: one value may be spelled in several ways, and a caller gets one.
func TestSpellings(t *testing.T) {
	for want, spellings := range map[bool][]string{
		true: {`1`, `"1"`, `true`, `"true"`, `"yes"`, `1 `}, false: {`0`, `"0"`, `""`, `false`, `"false"`, `null`},
	} {
		for _, spelled := range spellings {
			service := `{"id": "s1", "name": "w", "terminationPending": ` + spelled + `}`
			for _, list := range []string{`[` + service + `]`, `{"0": ` + service + `}`, `{"7": ` + service + `}`} {
				var names []string
				for s, err := range oneService(t, list, `{}`).Services.List(t.Context(), nil) {
					require.NoError(t, err, list)
					require.Equal(t, want, s.TerminationPending, list)
					names = append(names, s.Name)
				}
				require.Equal(t, []string{"w"}, names, list)
			}
		}
	}
}

// TestSpellingsOfUsage: a figure that is not told is not reported, instead of 0.
func TestSpellingsOfUsage(t *testing.T) {
	const unreported = -1
	for spelled, want := range map[string]int64{
		`{"monthlyTotalBytes": 1234}`: 1234, `{"monthlyTotalBytes": 1234.0}`: 1234, `{"monthlyTotalBytes": "1234"}`: 1234,
		`{"monthlyTotalBytes": 0}`: 0, `{"monthlyTotalBytes": "0"}`: 0,
		`{"monthlyTotalBytes": null}`: unreported, `{"monthlyTotalBytes": ""}`: unreported, `{"monthlyTotalBytes": false}`: unreported,
		`{"monthlyTotalBytes": "∞"}`: unreported, `{}`: unreported, `[]`: unreported, `null`: unreported,
	} {
		report, err := elizon.NewProvider(oneService(t, `[]`, `{"status": "RUNNING", "bandwidthUsage": `+spelled+`}`)).Usage(t.Context(), "s1")
		require.NoError(t, err, spelled)
		traffic, reported := report.Value(provider.MetricTraffic)
		require.Equal(t, want != unreported, reported, spelled)
		require.Equal(t, max(want, 0), traffic.Used, spelled)
	}
}

// TestSpellingsOfLimits: a limit is a number, none, or 0 where it is not told.
func TestSpellingsOfLimits(t *testing.T) {
	for spelled, want := range map[string]int64{
		`5`: 5, `"5"`: 5, `5.0`: 5, `-1`: -1, `-1048576`: -1, `"unlimited"`: -1, `"∞"`: -1, `""`: 0, `null`: 0, `false`: 0,
	} {
		client, _ := tapped(t, clienttest.Always(clienttest.OK(`{"success": true, "sshKeys": [], "limitUsed": "2", "limitMax": `+spelled+`}`)))
		keys, err := client.SSHKeys.List(t.Context())
		require.NoError(t, err, spelled)
		require.Equal(t, []int64{2, want}, []int64{keys.Used, keys.Max}, spelled)
	}
}
