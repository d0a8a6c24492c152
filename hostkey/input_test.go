package hostkey_test

import (
	"context"
	"iter"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// aboutID is a method that takes an ID.
func aboutID[R, T any](fields string, method func(*client) func(context.Context, int64, R) (T, error), id int64, request R) refusal {
	return refusal{fields, func(ctx context.Context, c *client) error {
		_, err := method(c)(ctx, id, request)
		return err
	}}
}

func TestBadInput(t *testing.T) {
	v := vendor(t)
	for _, some := range []map[string]refusal{orderRefusals(), serverRefusals(), accountRefusals()} {
		for name, test := range some {
			t.Run(name, func(t *testing.T) {
				tap := always(ok(`{"result": "OK", "id": 1}`))
				v.Refused(t, tap, test.call(t.Context(), clientOver(t, tap)), strings.Fields(test.fields)...)
			})
		}
	}
}

func orderRefusals() map[string]refusal {
	all := make(map[string]refusal)
	order := func(name, fields string, change func(r *hostkey.ServerOrderRequest)) {
		r := &hostkey.ServerOrderRequest{Preset: "vm.pico", Location: "NL", Install: hostkey.Install{OSID: 240, RootPassword: provider.NewSecret("Placeholder-1")}}
		change(r)
		all["order, "+name] = refuses(fields, func(c *client) func(context.Context, *hostkey.ServerOrderRequest) (*hostkey.Order, error) {
			return c.Servers.OrderInstance
		}, r)
	}
	order("nothing", "Preset Location OSID RootPassword", func(r *hostkey.ServerOrderRequest) { *r = hostkey.ServerOrderRequest{} })
	order("lower case", "Location", func(r *hostkey.ServerOrderRequest) { r.Location = "nl" })
	order("no system", "OSID", func(r *hostkey.ServerOrderRequest) { r.OSID = 0 })
	order("negative", "OSID SoftID TrafficPlan IPv4 VLAN PrivateVLAN RootSize", func(r *hostkey.ServerOrderRequest) {
		r.OSID, r.SoftID, r.TrafficPlan, r.IPv4, r.VLAN, r.PrivateVLAN, r.RootSize = -1, -1, -1, -1, -1, -1, -1
	})
	order("percentage", "RootSize", func(r *hostkey.ServerOrderRequest) { r.RootSize = 101 })
	order("enums", "Period DiskMirror", func(r *hostkey.ServerOrderRequest) { r.Period, r.DiskMirror = "yearly", "raid5" })
	order("addresses", "Email PostInstallCallback Currency", func(r *hostkey.ServerOrderRequest) {
		r.Email, r.PostInstallCallback, r.Currency = "nobody", "example.com/done", "eur"
	})
	order("script", "PostInstallScript", func(r *hostkey.ServerOrderRequest) {
		r.PostInstallScript = provider.NewSecret(strings.Repeat("x", 32<<10+1))
	})
	for name, hostname := range map[string]string{"space": "web 1", "hyphen": "-web", "empty label": "web..example", "long label": strings.Repeat("a", 64), "long": strings.Repeat("a.", 127) + "aa", "umlaut": "wéb"} {
		order("host name with "+name, "Hostname", func(r *hostkey.ServerOrderRequest) { r.Hostname = hostname })
	}
	for name, password := range map[string]provider.Secret{
		"none": provider.Secret{}, "short": provider.NewSecret("Plac-1x"), "long": provider.NewSecret("Placeholder-1" + strings.Repeat("x", 18)), "no upper": provider.NewSecret("placeholder-1"), "no lower": provider.NewSecret("PLACEHOLDER-1"),
		"no digit": provider.NewSecret("Placeholder-"), "no special": provider.NewSecret("Placeholder1"), "special first": provider.NewSecret("-Placeholder1"), "another special": provider.NewSecret("Placeholder-1!"), "space": provider.NewSecret("Placeholder- 1"),
		"umlaut": provider.NewSecret("Plåceholder-1"),
	} {
		order("password: "+name, "RootPassword", func(r *hostkey.ServerOrderRequest) { r.RootPassword = password })
	}
	order("extra token", "Extra", func(r *hostkey.ServerOrderRequest) { r.Extra = map[string]any{"token": "x"} })
	order("extra action", "Extra", func(r *hostkey.ServerOrderRequest) { r.Extra = map[string]any{"action": "x"} })
	order("extra struct", "Extra", func(r *hostkey.ServerOrderRequest) { r.Extra = map[string]any{"x": struct{}{}} })
	order("extra list", "Extra", func(r *hostkey.ServerOrderRequest) { r.Extra = map[string]any{"x": []any{func() {}}} })
	order("extra map", "Extra", func(r *hostkey.ServerOrderRequest) { r.Extra = map[string]any{"x": map[int]int{1: 1}} })
	order("extra in a map", "Extra", func(r *hostkey.ServerOrderRequest) {
		r.Extra = map[string]any{"x": map[string]any{"y": make(chan int)}}
	})
	all["reinstall"] = refuses("ID OSID RootPassword", func(c *client) func(context.Context, *hostkey.ServerReinstallRequest) (*hostkey.Order, error) {
		return c.Servers.ReinstallInstance
	},
		&hostkey.ServerReinstallRequest{ID: -1})
	return all
}

func serverRefusals() map[string]refusal {
	power := func(c *client) func(context.Context, int64, *hostkey.ServerPowerOptions) (*hostkey.Ack, error) {
		return c.Servers.Off
	}
	backup := func(c *client) func(context.Context, int64, map[string]any) (*hostkey.Ack, error) {
		return c.Servers.CreateBackup
	}
	wait := func(fields string, key provider.Secret, o *hostkey.TaskWaitOptions) refusal {
		return refusal{fields, func(ctx context.Context, c *client) error { _, err := c.Tasks.Wait(ctx, key, o); return err }}
	}
	return map[string]refusal{
		"list": refusesList("Location Status", func(c *client) func(context.Context, *hostkey.ServerListOptions) iter.Seq2[*hostkey.ListedServer, error] {
			return c.Servers.List
		},
			&hostkey.ServerListOptions{Location: "Amsterdam", Status: "presale"}),
		"PIN, short": aboutID("PIN", power, 17, &hostkey.ServerPowerOptions{PIN: provider.NewSecret("123")}),
		"PIN, long":  aboutID("PIN id", power, 0, &hostkey.ServerPowerOptions{PIN: provider.NewSecret("1234567")}),
		"second ID":  aboutID("Extra", backup, 17, map[string]any{"id": 18}),
		"console PIN": aboutID("PIN", func(c *client) func(context.Context, int64, *hostkey.ServerNoVNCOptions) (*hostkey.Ack, error) {
			return c.Servers.NoVNC
		}, 17, &hostkey.ServerNoVNCOptions{PIN: provider.NewSecret("1")}),
		"media": aboutID("media", func(c *client) func(context.Context, int64, hostkey.BootMedia) (*hostkey.Ack, error) {
			return c.Servers.BootDevice
		}, 17, "usb"),
		"host name": aboutID("hostname", func(c *client) func(context.Context, int64, string) (*hostkey.Ack, error) { return c.Servers.Rename }, 17, "a b"),
		"PXE host":  aboutID("hostname id", func(c *client) func(context.Context, int64, string) (*hostkey.Ack, error) { return c.Servers.ClearPXE }, 0, "a b"),
		"PXE": refuses("ID OSID RootPassword Hostname ReinstallKey", func(c *client) func(context.Context, *hostkey.ServerCreatePXERequest) (*hostkey.Ack, error) {
			return c.Servers.CreatePXE
		},
			&hostkey.ServerCreatePXERequest{ReinstallKey: provider.NewSecret("a b")}),
		"task": refuses("ID key", func(c *client) func(context.Context, *hostkey.TaskCheckRequest) (*hostkey.TaskState, error) {
			return c.EQCallback.Check
		}, &hostkey.TaskCheckRequest{ID: -1}),
		"task key": refuses("key", func(c *client) func(context.Context, provider.Secret) (*hostkey.TaskState, error) {
			return c.Tasks.Check
		}, provider.NewSecret("a\nb")),
		"wait, no task":  wait("key", provider.Secret{}, nil),
		"wait, negative": wait("Interval MaxInterval", task, &hostkey.TaskWaitOptions{Interval: -1, MaxInterval: -1}),
	}
}

func accountRefusals() map[string]refusal {
	addKey := func(c *client) func(context.Context, *hostkey.APIKeyAddRequest) (*hostkey.NewAPIKey, error) {
		return c.APIKeys.Add
	}
	edit := func(fields string, id int64, r *hostkey.APIKeyEditRequest) refusal {
		return refusal{fields, func(ctx context.Context, c *client) error { return c.APIKeys.Edit(ctx, id, r) }}
	}
	addSSH := func(c *client) func(context.Context, *hostkey.SSHKeyAddRequest) (*hostkey.SSHKey, error) {
		return c.SSHKeys.Add
	}
	addRHR := func(c *client) func(context.Context, *hostkey.RemoteHandsAddRequest) (*hostkey.Ack, error) {
		return c.RemoteHands.Add
	}
	do := func(fields string, r *hostkey.Request) refusal {
		return refusal{fields, func(ctx context.Context, c *client) error { return c.Do(ctx, r, nil) }}
	}
	return map[string]refusal{
		"login": refuses("Key TTL", func(c *client) func(context.Context, *hostkey.AuthLoginRequest) (*hostkey.Session, error) {
			return c.Auth.Login
		}, &hostkey.AuthLoginRequest{TTL: -1}),
		"password login": refuses("User Password TTL", func(c *client) func(context.Context, *hostkey.AuthWHMCSLoginRequest) (*hostkey.PasswordSession, error) {
			return c.Auth.WHMCSLogin
		}, &hostkey.AuthWHMCSLoginRequest{TTL: 1}),
		"key":              refuses("Name ServerID Notify", addKey, &hostkey.APIKeyAddRequest{ServerID: -1, Notify: "sms"}),
		"key, whom":        refuses("NotifyAddress", addKey, &hostkey.APIKeyAddRequest{Name: "n", Notify: hostkey.NotifyEmail}),
		"edit":             edit("id Name Notify", 0, &hostkey.APIKeyEditRequest{}),
		"edit, whom":       edit("NotifyAddress", 1, &hostkey.APIKeyEditRequest{Name: "n", Notify: hostkey.NotifyWebhook}),
		"SSH key":          refuses("Name Key", addSSH, &hostkey.SSHKeyAddRequest{}),
		"SSH key, private": refuses("Key", addSSH, &hostkey.SSHKeyAddRequest{Name: "n", Key: "-----BEGIN OPENSSH PRIVATE KEY-----"}),
		"SSH key, two":     refuses("Key", addSSH, &hostkey.SSHKeyAddRequest{Name: "n", Key: "ssh-rsa AAAA\nssh-rsa BBBB"}),
		"assistance": refuses("ServerID Reason", func(c *client) func(context.Context, *hostkey.AssistanceRequest) (*hostkey.JiraTicket, error) {
			return c.Jira.RequestAssistance
		}, &hostkey.AssistanceRequest{}),
		"remote hands":      refuses("ServerID Type", addRHR, &hostkey.RemoteHandsAddRequest{Type: "MOVE"}),
		"remote hands data": refuses("OrderData", addRHR, &hostkey.RemoteHandsAddRequest{Type: hostkey.RemoteHandsTypeKVM, ServerID: 1, OrderData: math.NaN()}),
		"period": {"to", func(ctx context.Context, c *client) error {
			_, err := c.APIKeys.History(ctx, 1, day("2026-01-02"), day("2026-01-01"))
			return err
		}},
		"Do, nil":   do("request", nil),
		"Do, empty": do("Module Action", &hostkey.Request{}),
		"Do, words": do("Module Action Class", &hostkey.Request{Module: "../eq", Action: "a&b", Class: 9}),
		"Do, token": do("Extra", &hostkey.Request{Module: "eq", Action: "a", Params: map[string]any{"token": "x"}}),
	}
}

// Every ID and every request of every method.
func TestBadArguments(t *testing.T) {
	count := vendor(t).CheckArguments(t, func(m clienttest.Method, _ int, want reflect.Type) []any {
		switch {
		case want.Kind() == reflect.Int64 && want.PkgPath() == "":
			return []any{int64(0), int64(-1), int64(math.MinInt64)}
		case want.Kind() == reflect.Pointer && strings.HasSuffix(want.Elem().Name(), "Request") && !slices.Contains(optionalRequests, m.Op):
			return []any{nil}
		case want == reflect.TypeFor[map[string]any]():
			return []any{map[string]any{"token": "x"}, map[string]any{"action": "x"}, map[string]any{"": "x"}, map[string]any{"x": time.After}}
		}
		return nil
	})
	require.Greater(t, count, 300)
}

// Where nil means all.
var optionalRequests = []string{
	"ISO.List", "S3.GetBuckets", "S3.GetBucketsRMQ", "WHMCS.CancellationRequests", "WHMCS.Client", "WHMCS.Credits", "WHMCS.Transactions",
}
