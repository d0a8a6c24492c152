package hostkey_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/provider"
)

// invoiceServer has invoices 1 to n and decides how many it returns at once.
func invoiceServer(n, limit int64, total string) *wiretap {
	return tapping(func(_ context.Context, r sentRequest) reply {
		start, _ := strconv.ParseInt(r.Form().Get("limitstart"), 10, 64)
		count, _ := strconv.ParseInt(r.Form().Get("limitnum"), 10, 64)
		var rows []string
		for id := start + 1; id <= min(n, start+min(count, limit)); id++ {
			rows = append(rows, fmt.Sprintf(`{"id": "%d", "status": "Paid", "total": 6.10}`, id))
		}
		list := `{"invoice": [` + strings.Join(rows, ",") + `]}`
		switch len(rows) {
		case 0:
			list = `[]`
		case 1:
			list = `{"invoice": ` + rows[0] + `}`
		}
		return ok(`{"result": "success", ` + total + `"invoices": ` + list + `}`)
	})
}

func invoiceIDs(t *testing.T, tap *wiretap, opts *hostkey.InvoiceListOptions) (ids []int64) {
	t.Helper()
	for invoice, err := range clientOver(t, tap).WHMCS.Invoices(t.Context(), opts) {
		require.NoError(t, err)
		require.Equal(t, hostkey.Amount("6.10"), invoice.Total, "as the server wrote it")
		ids = append(ids, invoice.ID)
	}
	return ids
}

func TestInvoicePages(t *testing.T) {
	for name, test := range map[string]struct {
		tap      *wiretap
		opts     *hostkey.InvoiceListOptions
		want     []int64
		requests int
	}{
		"one page":                  {invoiceServer(3, 100, `"totalresults": 3, `), nil, []int64{1, 2, 3}, 1},
		"full pages":                {invoiceServer(4, 100, `"totalresults": "4", `), &hostkey.InvoiceListOptions{PageSize: 2}, []int64{1, 2, 3, 4}, 2},
		"server sends fewer":        {invoiceServer(5, 2, `"totalresults": 5, `), nil, []int64{1, 2, 3, 4, 5}, 3},
		"server sends one":          {invoiceServer(2, 1, `"totalresults": 2, `), nil, []int64{1, 2}, 2},
		"no total":                  {invoiceServer(5, 2, ``), nil, []int64{1, 2, 3, 4, 5}, 4},
		"none, no total":            {invoiceServer(0, 2, ``), nil, nil, 1},
		"start":                     {invoiceServer(5, 100, `"totalresults": 5, `), &hostkey.InvoiceListOptions{Start: 3}, []int64{4, 5}, 1},
		"total that is never there": {invoiceServer(2, 100, `"totalresults": 99, `), nil, []int64{1, 2}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, invoiceIDs(t, test.tap, test.opts))
			require.Len(t, test.tap.Requests(), test.requests)
		})
	}
}

// A server without paging sends the same page again.
func TestInvoicePagesRepeat(t *testing.T) {
	tap := always(ok(`{"result": "success", "totalresults": 99, "invoices": {"invoice": [{"id": 1, "status": "Paid", "total": "6.10"}]}}`))
	require.Equal(t, []int64{1}, invoiceIDs(t, tap, nil))
	require.Len(t, tap.Requests(), 2)
}

// A list that breaks off reports it and stops.
func TestInvoicePagesBreakOff(t *testing.T) {
	good := invoiceServer(9, 2, ``)
	count := 0
	tap := tapping(func(ctx context.Context, r sentRequest) reply {
		if count++; count > 1 {
			return reply{Status: http.StatusBadGateway, Body: "<html>"}
		}
		return good.Answer(ctx, r)
	})
	seen, failures := 0, 0
	for _, err := range clientOver(t, tap).WHMCS.Invoices(t.Context(), nil) {
		if err == nil {
			seen++
			continue
		}
		failures++
		require.ErrorIs(t, err, provider.ErrUnavailable)
	}
	require.Equal(t, []int{2, 1}, []int{seen, failures})

	tap = invoiceServer(9, 2, ``)
	for range clientOver(t, tap).WHMCS.Invoices(t.Context(), nil) {
		break
	}
	require.Len(t, tap.Requests(), 1, "the loop stopped at the first page")
}

func TestPresetPrice(t *testing.T) {
	preset := &hostkey.Preset{
		Monthly: map[string]hostkey.Amount{"EUR": "4.0", "USD": "4.5"},
		LocationPrices: map[string]map[string]hostkey.Amount{
			"NL": {"EUR": "-1", "USD": "-1.00"}, "US": {"EUR": "5.00"}, "DE": {"EUR": "0"}, "FI": {"RUB": "-1"},
		},
	}
	for _, test := range []struct {
		location, currency string
		want               hostkey.Amount
		told               bool
	}{
		{"NL", "EUR", "4.0", true}, {"NL", "USD", "4.5", true}, {"US", "EUR", "5.00", true}, {"US", "USD", "4.5", true},
		{"DE", "EUR", "0", true}, {"", "EUR", "4.0", true}, {"IS", "EUR", "4.0", true}, {"FI", "RUB", "", false}, {"NL", "GBP", "", false},
	} {
		got, told := preset.Price(test.location, test.currency)
		require.Equal(t, test.want, got, "%s %s", test.location, test.currency)
		require.Equal(t, test.told, told, "%s %s", test.location, test.currency)
	}
	got, told := new(hostkey.Preset).Price("NL", "EUR")
	require.Empty(t, got)
	require.False(t, told)
}

// One odd price or size does not make a catalogue unreadable; an odd amount that is owed does.
func TestOddPrices(t *testing.T) {
	c := clientOver(t, always(ok(`{"result": "OK", "presets": [
		{"id": 1, "name": "vm.odd", "cpu": "many", "ram": null, "monthly_com": "on request", "price": {"NL": {"EUR": {}}, "USD": "?"}, "locations": null}
	]}`)))
	count := 0
	for preset, err := range c.Presets.List(t.Context(), nil) {
		require.NoError(t, err)
		_, told := preset.Price("NL", "EUR")
		require.False(t, told)
		require.Empty(t, preset.Locations)
		count++
	}
	require.Equal(t, 1, count)

	c = clientOver(t, always(ok(`{"result": "OK", "invoiceid": 1, "status": "Unpaid", "total": "six"}`)))
	_, err := c.WHMCS.Invoice(t.Context(), &hostkey.InvoiceGetRequest{ID: 1})
	require.ErrorIs(t, err, provider.ErrProtocol)
}

func TestTaskSnapshots(t *testing.T) {
	before := hostkey.Snapshot{
		Name: "before-upgrade", CreatedAt: at("2026-01-01 10:00:00"), Size: 1073741824, OpenStackID: "o-1",
	}
	for scope, want := range map[string][]hostkey.Snapshot{
		`"{\"snapshots\":[{\"name\":\"before-upgrade\",\"date\":\"2026-01-01 10:00:00\",\"total_size\":1073741824,\"openstack_image_id\":\"o-1\"}]}"`: {before},
		`{"snapshots":{"name":"before-upgrade","created_at":"2026-01-01 10:00:00","size":"1073741824","openstack_image_id":"o-1"}}`:                   {before},
		`{"snapshots":[{"name":"a","state":"ok"}]}`: {{Name: "a", More: map[string]payload{"state": rawValue(`"ok"`)}}},
		`{"snapshots":[]}`:                          nil,
		`"{\"snapshots\":null}"`:                    nil,
	} {
		got, err := (&hostkey.TaskState{Scope: rawValue(scope)}).Snapshots()
		require.NoError(t, err, scope)
		require.Equal(t, want, got, scope)
	}
	for _, scope := range []string{``, `""`, `"VM is up now"`, `{}`, `[]`, `null`, `17`, `"{\"snapshots\":"`, `{"snapshots":"x"}`, `{"snapshots":[{}]}`, `{"snapshots":[null]}`, `{"snapshots":[1]}`} {
		got, err := (&hostkey.TaskState{Scope: rawValue(scope)}).Snapshots()
		require.ErrorIs(t, err, provider.ErrProtocol, scope)
		require.Nil(t, got, scope)
	}
}

// What costs money is sent once. A success that names nothing of the order is an unknown outcome,
// and so is a failure that does name something.
func TestOrdersOfModules(t *testing.T) {
	add := func(c *client) error {
		_, err := c.Net.AddIPv4(t.Context(), &hostkey.IPv4AddRequest{ServerID: 55054, Port: "1", Amount: 1})
		return err
	}
	pay := func(c *client) error { _, err := c.WHMCS.ApplyCredit(t.Context(), 603548, "6.47"); return err }
	fund := func(c *client) error {
		_, err := c.WHMCS.CreateAddFunds(t.Context(), &hostkey.FundsAddRequest{Amount: "10.00"})
		return err
	}
	store := func(c *client) error {
		_, err := c.S3.CreateAccount(t.Context(), &hostkey.S3AccountCreateRequest{PlanID: 2, BucketName: "b"})
		return err
	}
	bare := ok(`{"result": "OK"}`)
	for name, test := range map[string]struct {
		answer  reply
		call    func(*client) error
		want    error
		unknown bool
	}{
		"addresses, bare":        {bare, add, provider.ErrProtocol, true},
		"addresses, not any":     {ok(`{"result": "OK", "id": 55054, "ips": [], "keys": []}`), add, provider.ErrProtocol, true},
		"addresses, no address":  {ok(`{"result": "OK", "id": 55054, "ips": ["x"]}`), add, provider.ErrProtocol, true},
		"addresses, refused":     {ok(`{"result": -1, "error": "IPv4 amount must be specified"}`), add, provider.ErrInvalid, false},
		"addresses, key refused": {ok(`{"result": -1, "error": "broken", "callback": "` + taskKey + `"}`), add, provider.ErrOutcomeUnknown, true},
		"credit, bare":           {ok(`{"result": "success"}`), pay, provider.ErrProtocol, true},
		"credit, refused":        {ok(`{"result": "error", "message": "not enough funds"}`), pay, provider.ErrQuota, false},
		"credit, lost":           {reply{Status: http.StatusGatewayTimeout}, pay, provider.ErrOutcomeUnknown, true},
		"funds, bare":            {bare, fund, provider.ErrProtocol, true},
		"funds, no number":       {ok(`{"result": "OK", "invoice": "soon"}`), fund, provider.ErrProtocol, true},
		"storage, bare":          {bare, store, provider.ErrProtocol, true},
	} {
		t.Run(name, func(t *testing.T) {
			tap := always(test.answer)
			err := test.call(clientOver(t, tap, provider.WithRetry(provider.Retry{Attempts: 3, MinWait: 1, MaxWait: 1})))
			require.ErrorIs(t, err, test.want)
			require.Equal(t, test.unknown, asError(t, err).MaybeExecuted)
			require.Len(t, tap.Requests(), 1)
		})
	}
}

// Public catalogues are read without signing in.
func TestPublicWithoutSignIn(t *testing.T) {
	tap := tapping(func(_ context.Context, r sentRequest) reply {
		return ok(`{"result": "OK", "presets": [], "os_list": [], "software": [], "traffic_plans": [], "servers": [], "server_data": {"id": 1}, "ip": "192.0.2.1"}`)
	})
	v := vendor(t)
	c := bareClient(t, tap)
	for _, err := range c.TrafficPlans.List(t.Context(), &hostkey.TrafficPlanListOptions{PresetID: 108}) {
		require.NoError(t, err)
	}
	for _, err := range c.Presets.List(t.Context(), nil) {
		require.NoError(t, err)
	}
	for _, err := range c.Software.List(t.Context(), nil) {
		require.NoError(t, err)
	}
	for _, err := range c.Stocks.List(t.Context(), nil) {
		require.NoError(t, err)
	}
	_, err := c.OS.List(t.Context(), nil)
	require.NoError(t, err)
	_, err = c.IP.ClientIP(t.Context())
	require.NoError(t, err)
	_, err = c.Jenkins.Tasks(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{
		"GET /traffic_plans.php", "POST /presets.php", "POST /software.php", "POST /stocks.php", "POST /os.php", "POST /ip.php", "POST /jenkins.php",
	}, tap.Lines())
	for _, r := range tap.Requests() {
		require.NotNil(t, v.RowOf(r))
		require.False(t, r.Form().Has("token") || r.Query.Has("token"))
	}
}
