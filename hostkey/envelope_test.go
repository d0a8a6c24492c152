package hostkey_test

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/provider"
)

// Every form of a success.
func TestSuccessEnvelopes(t *testing.T) {
	for _, body := range []string{
		`{"result":"OK","module":"eq","action":"show","id":1}`,
		`{"result":"OK","module":"pdns","action":"view_zone","data":{"id":5}}`,
		`{"result":"success","client":{"id":1001,"credit":"150.50"},"billing_location":"whmcs_com"}`,
		`{"result":"Success"}`, `{"result":"ok"}`,
		`{"result":"OK","message":{"result":"success","totalresults":1,"clientid":1001}}`,
		`{"result":"OK","message":17}`,
		`{"result":"OK","message":"done"}`,
		`{"result":"success","message":"done","code":200}`,
		`{"result":{"token":"placeholder-session"}}`,
		`{"IP":"web1","client_id":1001,"billing_status":"Active"}`,
		`{"groups":[]}`, `{"ip":"192.0.2.99"}`,
		`{"result":1,"a":1}`, `{"result":0,"a":1}`, `{"result":"1"}`, `{"result":true}`,
		`{"result":"OK","action":"on","callback":"` + taskKey + `"}`,
		`{"result":"OK","code":200}`, `{"code":200,"message":"fine"}`, `{"code":"200"}`,
		`{"message":{"result":"success"}}`, `{"message":"no code beside it"}`,
		`{"error":"","data":1}`, `{"error":null}`, `{"error":[]}`, `{"result":null,"data":1}`,
		"\xef\xbb\xbf {\"result\":\"OK\"}\r\n",
	} {
		for _, class := range []hostkey.Class{hostkey.ClassRead, hostkey.ClassWrite, hostkey.ClassOrder} {
			var out map[string]json.RawMessage
			require.NoError(t, clientOver(t, always(ok(body))).Do(t.Context(), &hostkey.Request{Module: "m", Action: "a", Class: class}, &out), body)
			require.NotEmpty(t, out)
		}
	}
}

// Every form of an error, and what it means. A nil cause is none of this package's errors.
func TestErrorEnvelopes(t *testing.T) {
	const silent = "the server refused without saying why"
	for _, test := range []struct {
		status        int
		body          string
		kind, cause   error
		code, message string
	}{
		{200, `{"result":-1,"error":"text"}`, provider.ErrConflict, nil, "-1", "text"},
		{200, `{"result":"-1","error":"text"}`, provider.ErrConflict, nil, "-1", "text"},
		{200, `{"result":-1,"error":"No appropriate servers found","code":"NO_APPROPRIATE_SERVERS"}`, provider.ErrForbidden, hostkey.ErrNoServers, "NO_APPROPRIATE_SERVERS", "No appropriate servers found"},
		{200, `{"result":-1,"error":"There is one: CS-1001","code":"ASSISTANCE_TICKET_EXISTS"}`, provider.ErrAlreadyExists, nil, "ASSISTANCE_TICKET_EXISTS", "There is one: CS-1001"},
		{200, `{"code":-1,"message":"text","description":"more","key":"k"}`, provider.ErrConflict, nil, "-1", "text"},
		{200, `{"code":-1,"description":"more"}`, provider.ErrConflict, nil, "-1", "more"},
		{200, `{"code":"-1","message":"text"}`, provider.ErrConflict, nil, "-1", "text"},
		{200, `{"result":-2,"error":"text"}`, provider.ErrConflict, nil, "-2", "text"},
		{200, `{"code":-2,"message":"Permission denied"}`, provider.ErrForbidden, nil, "-2", "Permission denied"},
		{200, `{"code":-2,"message":"Access denied"}`, provider.ErrForbidden, nil, "-2", "Access denied"},
		{200, `{"result":"error","message":"Authorization required"}`, provider.ErrForbidden, nil, "", "Authorization required"},
		{200, `{"code":400,"message":"text"}`, provider.ErrInvalid, nil, "400", "text"},
		{200, `{"code":404,"message":"text"}`, provider.ErrNotFound, nil, "404", "text"},
		{200, `{"result":"ERROR","code":-1,"message":"not enough funds on the balance"}`, provider.ErrQuota, nil, "-1", "not enough funds on the balance"},
		{200, `{"result":"Fail","message":"text"}`, provider.ErrConflict, nil, "", "text"},
		{200, `{"result":"Error","message":"text"}`, provider.ErrConflict, nil, "", "text"},
		{200, `{"result":"error"}`, provider.ErrConflict, nil, "", silent},
		{200, `{"result":"banana"}`, provider.ErrConflict, nil, "", silent},
		{200, `{"result":"Not ready","key":"k"}`, provider.ErrConflict, nil, "", silent}, // a state of tasks only
		{200, `{"result":2}`, provider.ErrConflict, nil, "", silent},
		{200, `{"result":false}`, provider.ErrConflict, nil, "", silent},
		{200, `{"code":1,"error":"text"}`, provider.ErrConflict, nil, "1", "text"},
		{200, `{"code":"SOME_NAME"}`, provider.ErrConflict, nil, "SOME_NAME", silent},
		{200, `{"error":{"why":1}}`, provider.ErrConflict, nil, "", silent},
		{200, `{"result":{},"error":"text"}`, provider.ErrConflict, nil, "", "text"},
		{200, `{"result":null,"code":3,"message":"text"}`, provider.ErrConflict, nil, "3", "text"},
		{200, `{"code":-1,"message":{"a":1}}`, provider.ErrConflict, nil, "-1", silent},
		// Wordings.
		{200, `{"code":-1,"message":"EQ/list: invalid server id"}`, provider.ErrNotFound, nil, "-1", "EQ/list: invalid server id"},
		{200, `{"code":-1,"message":"NAT/add_static_nat: invalid server id"}`, provider.ErrNotFound, nil, "-1", "NAT/add_static_nat: invalid server id"},
		{200, `{"code":-1,"message":"os/list: no OS found"}`, provider.ErrNotFound, nil, "-1", "os/list: no OS found"},
		{200, `{"code":-1,"message":"soft/list: no software found"}`, provider.ErrNotFound, nil, "-1", "soft/list: no software found"},
		{200, `{"result":-1,"error":"Domain not found"}`, provider.ErrNotFound, nil, "-1", "Domain not found"},
		{200, `{"result":-1,"error":"no such record"}`, provider.ErrNotFound, nil, "-1", "no such record"},
		{200, `{"result":-1,"error":"unknown server"}`, provider.ErrNotFound, nil, "-1", "unknown server"},
		{200, `{"result":-1,"error":"server not exist"}`, provider.ErrNotFound, nil, "-1", "server not exist"},
		{200, `{"result":-1,"error":"it does not exist"}`, provider.ErrNotFound, nil, "-1", "it does not exist"},
		{200, `{"result":-1,"error":"OS 5 is not compatible with server eq:12345"}`, provider.ErrInvalid, nil, "-1", "OS 5 is not compatible with server eq:12345"},
		{200, `{"result":-1,"error":"IPv4 amount must be specified"}`, provider.ErrInvalid, nil, "-1", "IPv4 amount must be specified"},
		{200, `{"result":-1,"error":"invalid instance name"}`, provider.ErrInvalid, nil, "-1", "invalid instance name"},
		{200, `{"code":-1,"message":"tag/add: invalid token data, too long"}`, provider.ErrInvalid, nil, "-1", "tag/add: invalid token data, too long"},
		{200, `{"code":-1,"message":"failed to request snapshot creation for 17"}`, provider.ErrConflict, nil, "-1", "failed to request snapshot creation for 17"},
		{200, `{"code":-1,"message":"malformed IP=192.0.2.1 for token x"}`, provider.ErrInvalid, nil, "-1", "malformed IP=192.0.2.1 for token x"},
		{200, `{"code":-1,"message":"presets: action required"}`, provider.ErrInvalid, nil, "-1", "presets: action required"},
		{200, `{"code":-1,"message":"invalid argument iso_name"}`, provider.ErrInvalid, nil, "-1", "invalid argument iso_name"},
		{200, `{"code":-1,"message":"Missing required keys: key"}`, provider.ErrInvalid, nil, "-1", "Missing required keys: key"},
		{200, `{"code":-1,"message":"There is already an open assistance request for this server: CS-1001"}`, provider.ErrAlreadyExists, nil, "-1", "There is already an open assistance request for this server: CS-1001"},
		// Tokens.
		{200, `{"code":-2,"message":"Invalid token"}`, provider.ErrUnauthorized, hostkey.ErrTokenRejected, "-2", "Invalid token"},
		{200, `{"result":-2,"error":"Invalid token"}`, provider.ErrUnauthorized, hostkey.ErrTokenRejected, "-2", "Invalid token"},
		{200, `{"code":-2,"message":"Session expired"}`, provider.ErrUnauthorized, hostkey.ErrTokenRejected, "-2", "Session expired"},
		{200, `{"code":-2,"message":"stocks/list: invalid token, logout"}`, provider.ErrUnauthorized, hostkey.ErrTokenRejected, "-2", "stocks/list: invalid token, logout"},
		{200, `{"result":-1,"error":"Invalid hash"}`, provider.ErrUnauthorized, hostkey.ErrTokenRejected, "-1", "Invalid hash"},
		{200, `{"result":-1,"error":"authentication required"}`, provider.ErrUnauthorized, hostkey.ErrTokenRejected, "-1", "authentication required"},
		{200, `{"result":-1,"error":"Unauthorized"}`, provider.ErrUnauthorized, hostkey.ErrTokenRejected, "-1", "Unauthorized"},
		{200, `{"result":-1,"error":"token expired"}`, provider.ErrUnauthorized, hostkey.ErrTokenRejected, "-1", "token expired"},
		{200, `{"result":-1,"error":"Your token is invalid"}`, provider.ErrUnauthorized, hostkey.ErrTokenRejected, "-1", "Your token is invalid"},
		{200, `{"result":-1,"error":"Not authorized"}`, provider.ErrUnauthorized, hostkey.ErrTokenRejected, "-1", "Not authorized"},
		{200, `{"result":-1,"error":"Authentication failed"}`, provider.ErrUnauthorized, hostkey.ErrTokenRejected, "-1", "Authentication failed"},
		{401, `{"code":-2,"message":"Permission denied"}`, provider.ErrUnauthorized, hostkey.ErrTokenRejected, "-2", "Permission denied"},
		// Statuses.
		{403, `{"code":-2,"message":"text"}`, provider.ErrForbidden, nil, "-2", "text"},
		{404, `{"result":-1,"error":"text"}`, provider.ErrNotFound, nil, "-1", "text"},
		{422, `{"result":"Error","error":"text"}`, provider.ErrInvalid, nil, "", "text"},
	} {
		c := clientOver(t, always(reply{Status: test.status, Body: test.body}))
		err := c.Do(t.Context(), &hostkey.Request{Module: "m", Action: "a", Class: hostkey.ClassWrite}, nil)
		e := asError(t, err)
		require.ErrorIs(t, err, test.kind, test.body)
		require.Equal(t, []any{test.code, test.message, test.status, false}, []any{e.Code, e.Message, e.StatusCode, e.MaybeExecuted}, test.body)
		for _, cause := range []error{hostkey.ErrNoServers, hostkey.ErrTokenRejected, hostkey.ErrKeyInvalid, hostkey.ErrKeyDisabled, hostkey.ErrTaskGone, hostkey.ErrTaskFailed} {
			require.Equal(t, errors.Is(test.cause, cause), errors.Is(err, cause), "%s: %v", test.body, cause)
		}
	}
}

// If a call that costs money fails and names a server, an invoice or a task, the outcome of the
// order is unknown.
func TestFailedOrderWithReference(t *testing.T) {
	request := &hostkey.ServerOrderRequest{Preset: "vm.pico", Location: "NL", Install: hostkey.Install{OSID: 240, RootPassword: provider.NewSecret("Placeholder-1")}}
	for body, want := range map[string]*hostkey.UnfinishedOrder{
		`{"result":-1,"error":"deploy failed","id":"55054"}`:                           {ServerID: 55054},
		`{"result":"ERROR","code":-1,"message":"not enough funds","invoice":603548}`:   {InvoiceID: 603548},
		`{"result":-1,"error":"x","invoiceid":"603548"}`:                               {InvoiceID: 603548},
		`{"result":-1,"error":"x","invoice_id":603548}`:                                {InvoiceID: 603548},
		`{"result":-1,"error":"x","invoice":{"id":603548}}`:                            {InvoiceID: 603548},
		`{"result":"Fail","callback":"` + taskKey + `"}`:                               {Callback: task},
		`{"result":-1,"error":"x","data":{"id":55054,"invoice":"603548"}}`:             {ServerID: 55054, InvoiceID: 603548},
		`{"result":"ERROR","code":-1,"message":"not enough funds"}`:                    nil,
		`{"result":-1,"error":"x","id":null,"invoice":0,"callback":"","data":[]}`:      nil,
		`{"result":-1,"error":"x","id":-5,"invoice":"abc","callback":{},"data":"abc"}`: nil,
	} {
		tap := always(ok(body))
		order, err := clientOver(t, tap).Servers.OrderInstance(t.Context(), request)
		require.Nil(t, order)
		require.Error(t, err)
		require.Len(t, tap.Requests(), 1)
		require.Equal(t, want != nil, errors.Is(err, provider.ErrOutcomeUnknown), body)
		require.Equal(t, want != nil, asError(t, err).MaybeExecuted, body)
		var got *hostkey.UnfinishedOrder
		require.Equal(t, want != nil, errors.As(err, &got), body)
		require.Equal(t, want, got)
		if want != nil {
			require.NotEmpty(t, got.Error())
		}
	}
	// So does a success that names none of them.
	for _, body := range []string{`{"result":"OK"}`, `{"result":"OK","status":"Paid","data":{}}`, `{"result":"OK","id":""}`} {
		_, err := clientOver(t, always(ok(body))).Servers.OrderInstance(t.Context(), request)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown, body)
		require.ErrorIs(t, err, provider.ErrProtocol, body)
	}
}

// Numbers and other values as the modules spell them.
func TestSpellings(t *testing.T) {
	show := func(data string) *hostkey.Server {
		server, err := clientOver(t, always(ok(`{"result":"OK","server_data":`+data+`}`))).Servers.Show(t.Context(), 17)
		require.NoError(t, err)
		return server
	}
	for _, id := range []string{`17`, `"17"`, `" 17 "`, `17.0`, `"17.00"`} {
		require.Equal(t, int64(17), show(`{"id":`+id+`}`).ID)
	}
	for power, want := range map[string][2]bool{
		`"on"`: {true, true}, `"off"`: {false, true}, `"power_off"`: {false, true}, `"PowerOff"`: {false, true}, `"stopped"`: {false, true},
		`"rebooting"`: {true, true}, `""`: {false, false}, `null`: {false, false},
	} {
		on, known := show(`{"id":17,"power_status":` + power + `}`).PoweredOn()
		require.Equal(t, want, [2]bool{on, known}, power)
		if want[1] { // without power_status, status tells it, but not the state that every server has
			on, known = show(`{"id":17,"Condition_Component":"rent","status":` + power + `}`).PoweredOn()
			require.Equal(t, want, [2]bool{on, known}, power)
		}
	}
	on, known := show(`{"id":17,"Condition_Component":"power_off"}`).PoweredOn()
	require.Equal(t, [2]bool{}, [2]bool{on, known})
	for _, data := range []string{`{"id":17.5}`, `{"id":"x"}`, `{"id":{}}`, `{"id":[17]}`, `{}`, `[]`, `null`, `"17"`, `[{"id":17},{"id":18}]`, `{"id":99999999999999999999}`} {
		_, err := clientOver(t, always(ok(`{"result":"OK","server_data":`+data+`}`))).Servers.Show(t.Context(), 17)
		require.ErrorIs(t, err, provider.ErrProtocol, data)
	}
	server := show(`{"id":17}`)
	require.Empty(t, server.Hostname())
	require.False(t, server.MainIP().IsValid())
	server.IPs = []hostkey.ServerIP{{IP: addr("192.0.2.1")}, {IP: addr("192.0.2.2"), Main: true}}
	require.Equal(t, addr("192.0.2.2"), server.MainIP())
	require.Equal(t, addr("192.0.2.1"), (&hostkey.Server{IPs: server.IPs[:1]}).MainIP())
	server.Tags = []hostkey.Tag{{Name: "hostname", Value: "web1"}}
	require.Equal(t, "web1", server.Hostname())
}

func TestAmount(t *testing.T) {
	for _, text := range []string{"", "0", "0.00", "-0"} {
		require.True(t, hostkey.Amount(text).IsZero(), text)
	}
	for text, sign := range map[hostkey.Amount]int{"6.47": 1, "-6.47": -1, "0": 0, "x": 0} {
		require.Equal(t, sign, text.Sign())
	}
	require.Zero(t, hostkey.Amount("4").Cmp("4.00"))
	require.Negative(t, hostkey.Amount("9.99").Cmp("10"))
	require.Positive(t, hostkey.Amount("0.3").Cmp("0.29999999999999999"))
	require.Equal(t, "6.470", hostkey.Amount("6.470").String())
	for text, valid := range map[hostkey.Amount]bool{"1": true, "-1.5": true, "": false, "1,5": false, "1e5": false, ".5": false, "1.": false, "NaN": false, "+1": false} {
		require.Equal(t, valid, text.Valid(), text)
	}
	for data, want := range map[string]hostkey.Amount{`"6.47"`: "6.47", `6.470`: "6.470", `-1`: "-1", `null`: "", `""`: "", `false`: ""} {
		var a hostkey.Amount
		require.NoError(t, json.Unmarshal([]byte(data), &a), data)
		require.Equal(t, want, a)
	}
	for _, data := range []string{`{}`, `[]`, `"x"`, `1e5`, `true`, `"` + strings.Repeat("9", 100) + `"`} {
		var a hostkey.Amount
		require.Error(t, json.Unmarshal([]byte(data), &a), data)
		require.Empty(t, a)
	}
}

// Any answer: no panic, no success if the server reports a failure, and errors that explain.
func FuzzEnvelope(f *testing.F) {
	for _, e := range exchanges(f) {
		f.Add(200, e.Response.Bytes())
	}
	for _, body := range []string{
		``, `{}`, `[]`, `null`, `{"result":-1,"error":"text","id":17}`, `{"result":"-1"}`, `{"code":"NAME","data":{"invoice":1}}`, `{"result":1e999}`,
		`{"result":"OK","result":-1}`, `{"message":{},"code":-1}`, `{"result":"Stage","scope":"x"}`, `{"error":[[{}]]}`, `{"code":-2,"message":"Invalid token"}`,
		`{"servers":{"1":17}}`, `{"result":{"token":"x","token_expire":1e99}}`, `{"scope":"{\"status\":\"failed\"}","context":[],"result":"OK"}`,
	} {
		f.Add(200, []byte(body))
		f.Add(401, []byte(body))
	}
	tap := always(ok(""))
	c := clientOver(f, tap)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		// 429 makes all calls of a client wait, which is tested elsewhere.
		if status = 200 + int(uint(status)%400); status == 429 {
			status = 428
		}
		tap.Answer = func(context.Context, sentRequest) reply { return reply{Status: status, Body: string(body)} }
		tap.Forget()
		var told map[string]any
		object := json.Unmarshal([]byte(strings.TrimPrefix(string(body), "\xef\xbb\xbf")), &told) == nil && told != nil
		for _, class := range []hostkey.Class{hostkey.ClassOrder, hostkey.ClassWrite, hostkey.ClassRead} {
			err := c.Do(t.Context(), &hostkey.Request{Module: "m", Action: "a", Class: class}, new(json.RawMessage))
			if _, signInErr := c.SignIn(t.Context()); signInErr != nil {
				t.Fatal(signInErr)
			}
			if err == nil {
				if status/100 != 2 || negative(told["result"]) || told["result"] == nil && negative(told["code"]) {
					t.Fatalf("%d %q is not an error", status, body)
				}
				continue
			}
			var e *provider.Error
			if !errors.As(err, &e) || e.Kind == nil || len(err.Error()) > 2000 {
				t.Fatalf("%d %q: %#v", status, body, err)
			}
			if class == hostkey.ClassRead && e.MaybeExecuted {
				t.Fatalf("a read that was executed: %d %q", status, body)
			}
			if id, named := told["invoice"].(float64); named && object && id >= 1 && id < 1e9 && id == float64(int64(id)) && class == hostkey.ClassOrder && status/100 != 3 &&
				!errors.Is(err, provider.ErrOutcomeUnknown) {
				t.Fatalf("a failed order with an invoice: %d %q: %v", status, body, err)
			}
		}
		for _, m := range vendorOf(c) {
			out := m(t.Context())
			var e *provider.Error
			if out != nil && (!errors.As(out, &e) || e.Kind == nil) {
				t.Fatalf("%d %q: %#v", status, body, out)
			}
		}
	})
}

// vendorOf are calls that decode what the fuzzer sends.
func vendorOf(c *client) []func(context.Context) error {
	return []func(context.Context) error{
		func(ctx context.Context) error { _, err := c.Servers.Show(ctx, 17); return err },
		func(ctx context.Context) error { _, err := c.Servers.UpdateServers(ctx); return err },
		func(ctx context.Context) error { _, err := c.Tasks.Check(ctx, task); return err },
		func(ctx context.Context) error { _, err := c.Auth.Info(ctx); return err },
		func(ctx context.Context) error { _, err := c.Servers.On(ctx, 17, nil); return err },
		func(ctx context.Context) error {
			for _, err := range c.Servers.List(ctx, nil) {
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func negative(v any) bool {
	switch v := v.(type) {
	case float64:
		return v < 0
	case string:
		n, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return err == nil && n < 0
	}
	return false
}
