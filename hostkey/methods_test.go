package hostkey_test

import (
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/provider"
)

// vendor describes this client to the checks of clienttest.
func vendor(t testing.TB) *clienttest.Vendor {
	t.Helper()
	rows, _ := inventory(t)
	beside := map[string]string{"Tasks.Wait": "looks until the task is done"}
	for orders, i := reflect.TypeFor[*hostkey.OrdersService](), 0; i < orders.NumMethod(); i++ {
		beside["Orders."+orders.Method(i).Name] = "made of calls of several modules"
	}
	return &clienttest.Vendor{
		Kind: hostkey.Kind, Base: serverURL,
		Dial: func(t testing.TB, transport http.RoundTripper, opts ...provider.Option) any {
			return clientOver(t, transport, opts...)
		},
		Samples: func() []any { return append(samples(), moreSamples()...) },
		Args: map[string]any{
			"Tasks.Check 1": task, "Tasks.Wait 1": task, "EQCallback.Reinstall 1": task,
		},
		Names:  []string{"id", "params[id]", "invoice_id", "key", "params[zone]", "ip", "params[name]"},
		Beside: beside, Rows: rows, Exchanges: exchanges(t), Canaries: []string{canaryKey, canaryToken, canarySecret, canaryAnswer},
	}
}

// inventory returns the rows of testdata/hostkey/operations.tsv, and their lines.
func inventory(t testing.TB) (rows []clienttest.Row, lines map[string]map[string]string) {
	t.Helper()
	lines = make(map[string]map[string]string)
	for _, line := range clienttest.Table(t, "../testdata/hostkey/operations.tsv", "module\taction\tparams\tsync\tclass\tsource\torigin\toperation") {
		row := clienttest.Row{
			Method: http.MethodPost, Path: "/" + line["module"] + ".php", Form: map[string]string{"action": line["action"]},
			Reads: line["class"] == "read", Operations: strings.Split(line["operation"], ","),
		}
		switch {
		case line["module"] == "traffic_plans": // read in the query
			row.Method, row.Form = http.MethodGet, nil
		case line["operation"] == "Auth.Login", line["operation"] == "Auth.WHMCSLogin":
			row.Reads = true // a second token changes nothing
		}
		lines[row.String()] = line
		rows = append(rows, row)
	}
	require.Len(t, rows, 211)
	return rows, lines
}

// exchanges returns all exchanges of testdata/hostkey.
func exchanges(t testing.TB) []fixture.Exchange {
	t.Helper()
	files, err := filepath.Glob("../testdata/hostkey/*.jsonl")
	require.NoError(t, err)
	var all []fixture.Exchange
	for _, file := range files {
		some, err := fixture.Load(file)
		require.NoError(t, err)
		all = append(all, some...)
	}
	return all
}

// canarySecret is the secret in all samples. It contains characters that are escaped in JSON, URLs
// and Go.
const canarySecret = `canary"Key\w0rd<&>/+=7`

// canaryPassword follows the rules for root passwords, canaryPIN those for PINs.
const (
	canaryPassword = "canary-Root_8c1d"
	canaryPIN      = "c4n4ry"
)

// samples are valid arguments of every type.
func samples() []any {
	secret := provider.NewSecret(canarySecret)
	install := hostkey.Install{OSID: 240, RootPassword: provider.NewSecret(canaryPassword), Hostname: "web1", PostInstallScript: secret}
	return []any{
		secret, map[string]any{"note": "x", "secret": secret}, time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC), []int64{17, 18}, []string{"192.0.2.1"}, hostkey.BootPXE,
		&hostkey.AuthLoginRequest{Key: secret, TTL: time.Hour}, &hostkey.AuthWHMCSLoginRequest{User: "a@example.com", Password: secret},
		&hostkey.TaskCheckRequest{Key: task}, (*hostkey.TaskWaitOptions)(nil),
		&hostkey.ServerListOptions{Full: true, Extra: map[string]any{"note": secret}},
		&hostkey.ServerOrderRequest{Preset: "vm.pico", Location: "NL", Install: install}, &hostkey.ServerReinstallRequest{ID: 17, Install: install},
		&hostkey.ServerPowerOptions{PIN: provider.NewSecret(canaryPIN)}, &hostkey.ServerNoVNCOptions{PIN: provider.NewSecret(canaryPIN)},
		&hostkey.ServerCreatePXERequest{ID: 17, OSID: 240, RootPassword: provider.NewSecret(canaryPassword), Hostname: "web1", PostInstallScript: secret},
		&hostkey.ServerAddIPMIUserRequest{ID: 17, AdminUser: "admin", AdminPassword: secret},
		&hostkey.APIKeyAddRequest{Name: "panel"}, &hostkey.APIKeyEditRequest{Name: "panel", Notify: hostkey.NotifyNone},
		&hostkey.AssistanceRequest{ServerID: 17, Reason: "moving"}, &hostkey.RemoteHandsAddRequest{Type: hostkey.RemoteHandsTypeKVM, ServerID: 17},
		&hostkey.RemoteHandsListOptions{Location: "NL"}, &hostkey.SSHKeyAddRequest{Name: "k", Key: "ssh-ed25519 AAAA"},
	}
}

// plainSamples are those that the fixtures use.
func plainSamples() []any {
	return append([]any{provider.NewSecret("placeholder-user-token"), map[string]any{"note": "x"}, &hostkey.ServerPowerOptions{PIN: provider.NewSecret("pin-1"), Extra: map[string]any{"note": "x"}}},
		append(samples(), moreSamples()...)...)
}
