package licenseserver_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// vendor describes this client to the checks of clienttest.
func vendor(t testing.TB) *clienttest.Vendor {
	t.Helper()
	rows, _ := inventory(t)
	return &clienttest.Vendor{
		Kind: licenseserver.Kind, Base: serverURL,
		Dial: func(t testing.TB, transport http.RoundTripper, opts ...provider.Option) any {
			return clientOver(t, transport, opts...)
		},
		Samples: samples, Args: map[string]any{"Leads.Export 2": int64(16 << 10)},
		Names: []string{"name", "value", "hardware_hash", "license_key"},
		Rows:  rows, Exchanges: exchanges(t),
		Canaries: []string{canaryKey, canaryCookie, canaryBearer, canaryToken, canarySecret},
	}
}

// inventory reads testdata/licenseserver/operations.tsv, and the credentials that each row
// requires. The row without a path is the search, whose path is configured.
func inventory(t testing.TB) (rows []clienttest.Row, auth map[string]string) {
	t.Helper()
	auth = make(map[string]string)
	for _, line := range clienttest.Table(t, "../testdata/licenseserver/operations.tsv", "category\tmethod\tpath\tauth\tscope\tsummary\tstatus\tsource\toperation") {
		require.Contains(t, []string{"public", "key", "session"}, line["auth"])
		row := clienttest.Row{Method: line["method"], Path: line["path"], Operations: strings.Split(line["operation"], ",")}
		if row.Path == "-" {
			row.Path = "/api/search"
		}
		row.Reads = row.Method == http.MethodGet || row.Path == "/api/license/verify" || row.Path == "/api/version/check"
		auth[row.String()] = line["auth"]
		rows = append(rows, row)
	}
	require.Len(t, rows, 47)
	return rows, auth
}

func exchanges(t testing.TB) []fixture.Exchange {
	t.Helper()
	all, err := fixture.Load("../testdata/licenseserver/documented.jsonl")
	require.NoError(t, err)
	return all
}

// canarySecret is the license key or token in the samples. It contains characters that are escaped
// in JSON, URLs and Go.
const canarySecret = `canary"Key\w0rd<&>/+=7`

// samples are valid arguments of every type.
func samples() []any {
	when := time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC)
	key := provider.NewSecret(canarySecret)
	return []any{
		key, []int64{17, 18}, map[string]any{"note": "x"}, url.Values{"name": {"x"}},
		&licenseserver.LicenseActivateRequest{LicenseKey: key, HardwareHash: "hash", MachineName: "pc"},
		&licenseserver.LicenseVerifyRequest{LicenseKey: key, HardwareHash: "hash"},
		&licenseserver.LicenseQuickEditRequest{ValidUntil: &when, MaxUsers: new(int64(0))},
		&licenseserver.SessionStartRequest{LicenseKey: key, MachineID: "pc"},
		&licenseserver.DeviceRegisterRequest{HardwareHash: "hash"},
		&licenseserver.ResourceAllocateRequest{LicenseID: 17, ResourceIDs: []int64{1}},
		&licenseserver.SearchRequest{Query: canarySecret},
		&licenseserver.InstitutionListOptions{Search: "x"},
		&licenseserver.ContactDetailAddRequest{Type: "email", Value: "a@b.example"},
	}
}
