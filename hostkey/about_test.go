package hostkey_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// No method takes an answer that is about another server, task, invoice, zone, address or key than what
// was asked, if the answer tells: these do. The others answer with "OK" or with facts, and no name.
func TestAboutWhatWasAsked(t *testing.T) {
	compared, _ := vendor(t).CheckAbout(t, nil)
	require.Equal(t, []string{
		"APIKeys.View", "DNS.ViewZone", "EQCallback.Check", "IP.Get", "IP.PTR", "ISO.Add", "Net.AddIPv4", "SSHKeys.Add", "Servers.ReinstallInstance", "Servers.Show",
		"Stocks.Show", "Tags.Add", "Tags.List", "Tasks.Check", "WHMCS.Invoice",
	}, compared)
}

// An answer that repeats another module or action is not this call's, although it says OK.
func TestAnotherCallsAnswer(t *testing.T) {
	for body, want := range map[string]bool{
		`{"result":"OK","module":"eq","action":"suspend"}`:          true,
		`{"result":"OK","action":"suspend"}`:                        true,
		`{"result":"OK"}`:                                           true,
		`{"result":"OK","module":"eq","action":"unsuspend"}`:        false,
		`{"result":"OK","module":"tags","action":"suspend"}`:        false,
		`{"result":"OK","module":"eq","action":"list","servers":1}`: false,
	} {
		_, err := clientOver(t, always(ok(body))).Servers.Suspend(t.Context(), 17, nil)
		if want {
			require.NoError(t, err, body)
			continue
		}
		require.ErrorIs(t, err, provider.ErrProtocol, body)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown, body)
		require.ErrorContains(t, err, "it is the answer to the")
	}
}
