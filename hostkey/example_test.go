package hostkey_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/provider"
)

// exampleServer answers the calls of the examples.
func exampleServer() *httptest.Server {
	answers := map[string]string{
		"/auth.php login":           `{"result":{"token":"placeholder-token","token_expire":4102444800,"role_type":"Customer","servers":[55054]}}`,
		"/eq.php show":              `{"result":"OK","server_data":{"id":55054,"Condition_Component":"rent","power_status":"on","preset":"vm.pico"},"tags":[{"tag":"hostname","value":"web1"}]}`,
		"/eq.php reboot":            `{"result":"OK","action":"reboot","callback":"a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"}`,
		"/eq_callback.php check":    `{"result":"OK","scope":"VM is up now","context":{"action":"reboot","id":"55054"}}`,
		"/eq.php order_instance":    `{"result":"ERROR","code":-1,"message":"not enough funds on the balance"}`,
		"/eq.php history":           `{"result":"OK","events":[{"name":"monday"}]}`,
		"/eq.php something_unheard": `{"result":"OK","answer":42}`,
	}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answers[r.URL.Path+" "+r.FormValue("action")])
	}))
}

// Show and reboot a server; the reboot runs in the background.
func ExampleNew() {
	server := exampleServer()
	defer server.Close()
	ctx := context.Background()

	client, err := hostkey.New(server.URL, provider.NewSecret("placeholder-key")) // hostkey.RegionCOM
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := client.Servers.Show(ctx, 55054)
	if err != nil {
		fmt.Println(err)
		return
	}
	on, _ := s.PoweredOn()
	fmt.Println(s.Hostname(), s.Preset, s.Status, on)
	ack, err := client.Servers.Reboot(ctx, s.ID, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	task, err := client.Tasks.Wait(ctx, ack.Callback, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(task.State, task.Scope.Text())
	// Output:
	// web1 vm.pico rent true
	// done VM is up now
}

// An order is sent once. Its error decides whether a second one is safe.
func ExampleServersService_OrderInstance() {
	server := exampleServer()
	defer server.Close()

	client, err := hostkey.New(server.URL, provider.NewSecret("placeholder-key"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Servers.OrderInstance(context.Background(), &hostkey.ServerOrderRequest{
		Preset: "vm.pico", Location: "NL", Period: hostkey.PeriodMonthly,
		Install: hostkey.Install{OSID: 240, RootPassword: provider.NewSecret("Placeholder-1"), Hostname: "order-1042"},
	})
	switch {
	case errors.Is(err, provider.ErrOutcomeUnknown):
		fmt.Println("look for the order before another one")
	case errors.Is(err, provider.ErrQuota):
		fmt.Println(err)
	}
	// Output:
	// hostkey: order server order-1042: not enough funds on the balance (HTTP 200, code -1)
}

// An undocumented answer is decoded by the caller.
func ExamplePayload_Decode() {
	server := exampleServer()
	defer server.Close()

	client, err := hostkey.New(server.URL, provider.NewSecret("placeholder-key"))
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := client.Servers.History(context.Background(), 55054, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var list struct {
		Events []struct{ Name string }
	}
	if err := answer.Decode(&list); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer, list.Events[0].Name)
	// Output:
	// [44 bytes of JSON] monday
}

// Do reaches actions that have no method.
func ExampleClient_Do() {
	server := exampleServer()
	defer server.Close()

	client, err := hostkey.New(server.URL, provider.NewSecret("placeholder-key"))
	if err != nil {
		fmt.Println(err)
		return
	}
	var out struct{ Answer int }
	err = client.Do(context.Background(), &hostkey.Request{
		Module: "eq", Action: "something_unheard", Class: hostkey.ClassRead,
		Params: map[string]any{"id": 55054, "params": map[string]any{"tags": []string{"a", "b"}}},
	}, &out)
	fmt.Println(out.Answer, err)
	// Output:
	// 42 <nil>
}
