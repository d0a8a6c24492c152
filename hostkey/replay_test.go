package hostkey_test

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/provider"
)

type (
	client = hostkey.Client
	replay = func(t *testing.T, c *client)
)

// Each exchange of testdata/hostkey/documented.jsonl, by value. If the fields of an answer are
// undocumented, its payload is the answer itself.
func TestReplay(t *testing.T) {
	exchanges, err := fixture.Load("../testdata/hostkey/documented.jsonl")
	require.NoError(t, err)
	all := replays()
	v := vendor(t)
	v.Samples = plainSamples
	for _, e := range exchanges {
		t.Run(e.Name, func(t *testing.T) {
			transport := fixture.Client(t, serverURL, e).Transport
			if play, have := all[e.Name]; have {
				delete(all, e.Name)
				play(t, clientOver(t, transport))
				return
			}
			out := v.Method(t, transport, e.Name).Run(t)
			require.NoError(t, out.Err)
			require.Len(t, out.Values, 1, "nothing replays this exchange")
			switch value := out.Values[0].(type) {
			case payload:
				require.JSONEq(t, string(e.Response.Bytes()), value.Reveal())
			case *hostkey.Ack:
				requireAck(t, value, e.Response.Bytes())
			default:
				require.Failf(t, "nothing replays this exchange", "%T", value)
			}
		})
	}
	require.Empty(t, all, "no such exchanges")
}

// requireAck compares an Ack with the whole answer.
func requireAck(t *testing.T, got *hostkey.Ack, answer []byte) {
	t.Helper()
	var told map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(answer, &told))
	want := &hostkey.Ack{}
	for name, value := range told {
		switch name {
		case "result", "module", "action":
		case "callback":
			require.NoError(t, json.Unmarshal(value, &want.Callback))
		default:
			if want.More == nil {
				want.More = make(map[string]payload)
			}
			want.More[name] = rawValue(string(value))
		}
	}
	require.Equal(t, want, got)
}

func replays() map[string]replay {
	all := map[string]replay{}
	for _, some := range []map[string]replay{keyReplays(), authReplays(), serverReplays(), orderReplays(), taskReplays(), staffReplays(), toldReplays()} {
		maps.Copy(all, some)
	}
	return all
}

func keyReplays() map[string]replay {
	sshKey := func(standard bool) *hostkey.SSHKey {
		return &hostkey.SSHKey{ID: 4, CustomerID: 2001, Name: "k", Key: "ssh-ed25519 AAAA", Default: standard, Created: day("2026-01-01")}
	}
	return map[string]replay{
		"APIKeys.Add": clienttest.Equal(&hostkey.NewAPIKey{Key: provider.NewSecret("placeholder-new-key"), ID: 3, More: map[string]payload{"note": rawValue(`"n"`)}},
			func(ctx context.Context, c *client) (*hostkey.NewAPIKey, error) {
				return c.APIKeys.Add(ctx, &hostkey.APIKeyAddRequest{
					Name: "panel", ServerID: 55054, IP: "192.0.2.1", Active: new(true), Notify: hostkey.NotifyWebhook,
					NotifyAddress: "https://example.com/hook", Extra: map[string]any{"note": "x"},
				})
			}),
		"APIKeys.Delete": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.APIKeys.Delete(ctx, 17) }),
		"APIKeys.Edit": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.APIKeys.Edit(ctx, 17, &hostkey.APIKeyEditRequest{Name: "panel", Notify: hostkey.NotifyNone})
		}),
		"APIKeys.List": clienttest.Listed([]*hostkey.APIKey{{ID: 3, Name: "panel"}, {ID: 4, Name: "second", More: map[string]payload{"active": rawValue(`1`)}}},
			func(ctx context.Context, c *client) iter.Seq2[*hostkey.APIKey, error] { return c.APIKeys.List(ctx) }),
		"APIKeys.ListForServer": clienttest.Listed([]*hostkey.APIKey{{ID: 3, Name: "panel"}},
			func(ctx context.Context, c *client) iter.Seq2[*hostkey.APIKey, error] {
				return c.APIKeys.ListForServer(ctx, 17)
			}),
		"SSHKeys.List": clienttest.Listed([]*hostkey.SSHKey{sshKey(false)},
			func(ctx context.Context, c *client) iter.Seq2[*hostkey.SSHKey, error] { return c.SSHKeys.List(ctx) }),
		"SSHKeys.Add": clienttest.Equal(sshKey(true), func(ctx context.Context, c *client) (*hostkey.SSHKey, error) {
			return c.SSHKeys.Add(ctx, &hostkey.SSHKeyAddRequest{
				Name: "k", Key: "ssh-ed25519 AAAA", Default: new(true), Extra: map[string]any{"note": "x"},
			})
		}),
		"SSHKeys.Delete": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.SSHKeys.Delete(ctx, 17) }),
	}
}

func authReplays() map[string]replay {
	login := func(want hostkey.Session) replay {
		return clienttest.Equal(&want, func(ctx context.Context, c *client) (*hostkey.Session, error) {
			return c.Auth.Login(ctx, &hostkey.AuthLoginRequest{Key: provider.NewSecret("placeholder-other"), TTL: 10 * time.Minute, FixIP: new(false)})
		})
	}
	session := hostkey.Session{
		Token: provider.NewSecret("placeholder-session"), Expires: day("2026-01-01"), Role: "Customer", RoleType: "Customer", Portal: "invapi.hostkey.com",
		Servers: []int64{55054, 55060}, WHMCSID: 1001, CustomerID: 2001, WHMCSLocation: "whmcs_com", Permissions: []string{"pdns/view", "pdns/edit"},
	}
	info := session
	info.RoleName, info.Email, info.Verified, info.DeployKeys = "Customer", "a@example.com", true, map[int64]provider.Secret{}
	info.More = map[string]payload{
		"default_lang": rawValue(`"en"`), "billing_options": rawValue(`{"location": "whmcs_com"}`), "private_ranges": rawValue(`[]`), "billing_servers": rawValue(`[]`),
	}
	return map[string]replay{
		"Auth.Login": login(session),
		"Auth.Login, flat": login(hostkey.Session{
			Token: provider.NewSecret("placeholder-session"), Expires: day("2026-01-01"), Role: "Customer", Portal: "https://invapi.hostkey.com/", Servers: []int64{55054},
		}),
		"Auth.Login, under scope": login(hostkey.Session{
			Token: provider.NewSecret("placeholder-session"), Expires: day("2026-01-01"), RoleType: "server 55054", Servers: []int64{55054},
		}),
		"Auth.Info": clienttest.Equal(&info, func(ctx context.Context, c *client) (*hostkey.Session, error) { return c.Auth.Info(ctx) }),
		"Auth.Info, flat": clienttest.Equal(&hostkey.Session{WHMCSID: 1001, CustomerID: 2001, DeployKeys: map[int64]provider.Secret{603548: task}},
			func(ctx context.Context, c *client) (*hostkey.Session, error) { return c.Auth.Info(ctx) }),
		"Auth.Logout": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.Auth.Logout(ctx) }),
	}
}

func serverReplays() map[string]replay {
	list := func(opts *hostkey.ServerListOptions, want ...*hostkey.ListedServer) replay {
		return clienttest.Listed(want, func(ctx context.Context, c *client) iter.Seq2[*hostkey.ListedServer, error] {
			return c.Servers.List(ctx, opts)
		})
	}
	show := func(want *hostkey.Server) replay {
		return clienttest.Equal(want, func(ctx context.Context, c *client) (*hostkey.Server, error) { return c.Servers.Show(ctx, 55054) })
	}
	update := func(want *hostkey.ServersUpdate) replay {
		return clienttest.Equal(want, func(ctx context.Context, c *client) (*hostkey.ServersUpdate, error) {
			return c.Servers.UpdateServers(ctx)
		})
	}
	return map[string]replay{
		"Servers.List": list(nil, &hostkey.ListedServer{ID: 55054}, &hostkey.ListedServer{ID: 55060}),
		"Servers.List, full": list(
			&hostkey.ServerListOptions{
				Full: true, Location: "NL", Status: hostkey.StatusRent, IP: "192.0.2.10", MAC: "00:00:5e:00:53:01", Group: "g", Extra: map[string]any{"note": "x"},
			},
			&hostkey.ListedServer{
				ID: 55054, Status: hostkey.StatusRent, Hostname: "web1", Name: "vm.pico", Type: "VPS", IP: addr("192.0.2.10"), DueDate: endOf("2026-02-01"),
				DaysLeft: 20, PriceEUR: "4.00", PriceUSD: "4.5", Location: "NL", LocationName: "Amsterdam",
			},
			&hostkey.ListedServer{
				ID: 55060, Status: hostkey.StatusPowerOff, Prebilled: true, PrebillServiceID: 7, PrebillRate: "0.006", PrebillPeriod: "hourly", Location: "DE",
			},
			&hostkey.ListedServer{ID: 55061, Location: "US"},
		),
		"Servers.List, none":         list(&hostkey.ServerListOptions{}),
		"Servers.List, in a message": list(nil, &hostkey.ListedServer{ID: 55054}, &hostkey.ListedServer{ID: 55060}),
		"Servers.Show": show(&hostkey.Server{
			ID: 55054, Status: hostkey.StatusRent, Table: "VPS", AccountID: 90001, Billing: "whmcs_com", TrafficLimit: 3, BandwidthLimit: 1000, Power: "on",
			OS: "Debian 12", Preset: "vm.pico", Location: "NL", ManagementModel: "openstack",
			IPs:        []hostkey.ServerIP{{IP: addr("192.0.2.10"), Main: true, MAC: "00:00:5e:00:53:01", VLAN: 100}},
			Interfaces: []hostkey.ServerInterface{{MAC: "00:00:5e:00:53:01", Main: true}},
			Tags:       []hostkey.Tag{{ID: 1, Name: "hostname", Value: "web1", Component: "eq", ComponentID: 55054}},
		}),
		"Servers.Show, spelt differently": show(&hostkey.Server{
			ID: 55054, Status: hostkey.StatusPowerOff, Type: "bm", AccountID: 90001, Billing: "whmcs_com", TrafficLimit: 0.5, Power: "stopped", State: hostkey.StatusPowerOff, Location: "NL",
			RootPassword: provider.NewSecret("placeholder-root"), IPs: []hostkey.ServerIP{{IP: addr("192.0.2.10"), VLAN: 100}}, HardwareConfig: rawValue(`"1x"`),
			Hardware: rawValue(`{"cpu": "x"}`), Tags: []hostkey.Tag{{Name: "password", Secret: provider.NewSecret("placeholder-tag"), Internal: true}},
			Interfaces: []hostkey.ServerInterface{}, More: map[string]payload{"rack": rawValue(`"r1"`)},
		}),
		"Servers.UpdateServers": update(&hostkey.ServersUpdate{
			Servers: []int64{10, 55054}, DeployKeys: map[int64]provider.Secret{603548: task},
			Billing: []hostkey.BillingServer{{ID: 55054, Name: "vm.pico", Status: "Active", Config: rawValue(`{"a": 1}`)}},
		}),
		"Servers.UpdateServers, nothing under way": update(&hostkey.ServersUpdate{Servers: []int64{10}, Billing: []hostkey.BillingServer{}}),
		"Servers.AddIPMIUser": clienttest.Equal(&hostkey.Ack{More: beside("anything", `[1, {"x": null}]`)},
			func(ctx context.Context, c *client) (*hostkey.Ack, error) {
				return c.Servers.AddIPMIUser(ctx, &hostkey.ServerAddIPMIUserRequest{
					ID: 17, AdminUser: "admin", AdminPassword: provider.NewSecret("placeholder-admin"), Extra: map[string]any{"note": "x"},
				})
			}),
		"Servers.CreatePXE": clienttest.Equal(&hostkey.Ack{Callback: task}, func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.Servers.CreatePXE(ctx, &hostkey.ServerCreatePXERequest{
				ID: 17, OSID: 240, RootPassword: provider.NewSecret("Placeholder-1"), Hostname: "web1", SSHKey: "ssh-ed25519 AAAA", PostInstallCallback: "https://example.com/done",
				PostInstallScript: provider.NewSecret("#!/bin/sh\necho"), ReinstallKey: task, Extra: map[string]any{"note": "x"},
			})
		}),
		"Servers.NoVNC": clienttest.Equal(&hostkey.Ack{Callback: task}, func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.Servers.NoVNC(ctx, 17, &hostkey.ServerNoVNCOptions{PIN: provider.NewSecret("pin-1"), WhiteIP: addr("192.0.2.1"), Extra: map[string]any{"note": "x"}})
		}),
	}
}

func orderReplays() map[string]replay {
	ordered := func(req *hostkey.ServerOrderRequest, want hostkey.Order) replay {
		return clienttest.Equal(&want, func(ctx context.Context, c *client) (*hostkey.Order, error) { return c.Servers.OrderInstance(ctx, req) })
	}
	least := &hostkey.ServerOrderRequest{Preset: "108", Location: "NL", Install: hostkey.Install{OSName: "Debian 12", RootPassword: provider.NewSecret("Placeholder-1")}}
	return map[string]replay{
		"Servers.OrderInstance": ordered(&hostkey.ServerOrderRequest{
			Preset: "vm.pico", Location: "NL",
			Install: hostkey.Install{
				OSID: 240, SoftID: 10, RootPassword: provider.NewSecret("Placeholder-1"), Hostname: "web1", SSHKey: "ssh-ed25519 AAAA", PostInstallScript: provider.NewSecret("#!/bin/sh\necho"),
				PostInstallCallback: "https://example.com/done?service=1", RootSize: 50, DiskMirror: hostkey.MirrorRAID1, NoLVM: new(false),
				OSTemplate: "t", DeployOptions: "o",
			},
			TrafficPlan: 32, Period: hostkey.PeriodSemiAnnually, Notify: new(true), Email: "a@example.com", Currency: "EUR", IPv4: 1, IPv6: true,
			VLAN: 100, PrivateVLAN: 200, CustomDomain: "d", PromoCode: "p", Extra: map[string]any{"note": "x"},
		}, hostkey.Order{ServerID: 55054, InvoiceID: 603548, Status: "Paid", DeployStatus: "started", Callback: task, OSName: "Debian 12"}),
		"Servers.OrderInstance, unpaid": ordered(least, hostkey.Order{
			InvoiceID: 603548, Status: "Unpaid", DeployStatus: "awaiting_payment", Redirect: provider.NewSecret("https://example.com/pay"),
		}),
		"Servers.OrderInstance, invoiceid":  ordered(least, hostkey.Order{InvoiceID: 603548}),
		"Servers.OrderInstance, invoice_id": ordered(least, hostkey.Order{InvoiceID: 603548, Status: "Pending"}),
		"Servers.OrderInstance, under data": ordered(least, hostkey.Order{
			ServerID: 55054, InvoiceID: 603548, Status: "Paid", Callback: task, More: map[string]payload{"more": rawValue(`1`), "note": rawValue(`2`)},
		}),
		"Servers.OrderInstance, id alone": ordered(least, hostkey.Order{ServerID: 55054}),
		"Servers.ReinstallInstance": clienttest.Equal(&hostkey.Order{ServerID: 17, Callback: task}, func(ctx context.Context, c *client) (*hostkey.Order, error) {
			return c.Servers.ReinstallInstance(ctx, &hostkey.ServerReinstallRequest{ID: 17, Install: hostkey.Install{OwnOS: true, RootPassword: provider.NewSecret("Placeholder-1")}})
		}),
	}
}

func taskReplays() map[string]replay {
	on := &hostkey.TaskState{
		Key: task, State: hostkey.TaskDone, Result: "OK", Scope: rawValue(`"Post is on"`), Context: hostkey.TaskContext{Action: "on", ServerID: 55054},
		Debug: "Chassis Power Control: Up/On",
	}
	return map[string]replay{
		"EQCallback.Check": clienttest.Equal(on, func(ctx context.Context, c *client) (*hostkey.TaskState, error) {
			return c.EQCallback.Check(ctx, &hostkey.TaskCheckRequest{Key: task, Status: "s", Stage: "t", ID: 17, Extra: map[string]any{"note": "x"}})
		}),
		"Tasks.Check": clienttest.Equal(&hostkey.TaskState{
			Key: task, State: hostkey.TaskDone, Result: "OK",
			Scope: rawValue(`{"id": "55054", "location": "NL", "preset": "vm.pico", "ip": "192.0.2.10", "os": "Debian 12", "status": "deploy_done"}`),
			Context: hostkey.TaskContext{
				Action: "deploy", ServerID: 55054, IP: addr("192.0.2.10"), Location: "NL", User: "root", Password: provider.NewSecret("censored"),
				More: map[string]payload{"ip_ipmi": rawValue(`""`), "interface_id": rawValue(`1`), "sw_id": rawValue(`1`), "port": rawValue(`"1"`)},
			},
		}, func(ctx context.Context, c *client) (*hostkey.TaskState, error) { return c.Tasks.Check(ctx, task) }),
		"Tasks.Wait": clienttest.Equal(on, func(ctx context.Context, c *client) (*hostkey.TaskState, error) {
			return c.Tasks.Wait(ctx, task, nil)
		}),
	}
}

func staffReplays() map[string]replay {
	ticket := &hostkey.JiraTicket{Issue: "CS-1001", URL: "https://example.com/CS-1001"}
	about := func(call func(s *hostkey.JiraService, ctx context.Context, id int64) (*hostkey.JiraTicket, error)) replay {
		return clienttest.Equal(ticket, func(ctx context.Context, c *client) (*hostkey.JiraTicket, error) { return call(c.Jira, ctx, 17) })
	}
	return map[string]replay{
		"Jira.RequestPXEBoot":  about((*hostkey.JiraService).RequestPXEBoot),
		"Jira.RequestCheck":    about((*hostkey.JiraService).RequestCheck),
		"Jira.RequestKVM":      about((*hostkey.JiraService).RequestKVM),
		"Jira.RequestPowerOff": about((*hostkey.JiraService).RequestPowerOff),
		"Jira.RequestPowerOn":  about((*hostkey.JiraService).RequestPowerOn),
		"Jira.RequestReboot":   about((*hostkey.JiraService).RequestReboot),
		"Jira.RequestAssistance": clienttest.Equal(ticket, func(ctx context.Context, c *client) (*hostkey.JiraTicket, error) {
			return c.Jira.RequestAssistance(ctx, &hostkey.AssistanceRequest{
				ServerID: 17, Reason: "moving", AtOnce: new(false), CancellationReason: "r", MoveToProvider: "m", Reboot: "b", Contact: "c",
				Extra: map[string]any{"note": "x"},
			})
		}),
		"RemoteHands.Add": clienttest.Equal(&hostkey.Ack{More: map[string]payload{"id": rawValue(`5`)}}, func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.RemoteHands.Add(ctx, &hostkey.RemoteHandsAddRequest{
				Type: hostkey.RemoteHandsTypeKVM, ServerID: 17, Origin: "o", OrderData: map[string]int{"a": 1}, Extra: map[string]any{"note": "x"},
			})
		}),
		"RemoteHands.Chat": clienttest.Equal([]payload{rawValue(`{"m": 1}`), rawValue(`{"m": 2}`)}, func(ctx context.Context, c *client) ([]payload, error) {
			return c.RemoteHands.Chat(ctx, 17, "name.example")
		}),
		"RemoteHands.List": clienttest.Listed([]*hostkey.RemoteHandsRequest{{
			ID: 5, ServerID: 17, Type: hostkey.RemoteHandsTypeKVM, Status: "PENDING", Origin: "o", Priority: "1", CreatedAt: at("2026-01-01 10:00:00"),
			UpdatedAt: day("2026-01-01"), Location: "NL", ServerName: "web1", Request: "r", Ticket: "CS-1",
		}}, func(ctx context.Context, c *client) iter.Seq2[*hostkey.RemoteHandsRequest, error] {
			return c.RemoteHands.List(ctx, &hostkey.RemoteHandsListOptions{Location: "NL", Status: "PENDING", Extra: map[string]any{"note": "x"}})
		}),
	}
}

// Do calls actions without a method, with nested fields in PHP's form.
func TestDo(t *testing.T) {
	tap := always(ok(`{"result": "OK", "answer": "42"}`))
	var out struct{ Answer string }
	require.NoError(t, clientOver(t, tap).Do(t.Context(), &hostkey.Request{
		Module: "eq", Action: "ask", Class: hostkey.ClassRead,
		Params: map[string]any{
			"id": 17, "yes": true, "no": false, "ratio": 0.5, "none": nil, "key": provider.NewSecret(canarySecret), "ids": []int{1, 2},
			"params": map[string]any{"name": "n", "content": []string{"a", "b"}}, "rows": []any{map[string]any{"a": 1}}, "pointer": new("p"),
			"when": day("2026-01-01"), "u": uint8(3),
		},
	}, &out))
	require.Equal(t, "42", out.Answer)
	require.Equal(t, []string{"POST /eq.php"}, tap.Lines())
	require.Equal(t, map[string][]string{
		"action": {"ask"}, "token": {serverToken}, "id": {"17"}, "yes": {"1"}, "no": {"0"}, "ratio": {"0.5"}, "none": {""}, "key": {canarySecret},
		"ids[]": {"1", "2"}, "params[name]": {"n"}, "params[content][]": {"a", "b"}, "rows[0][a]": {"1"}, "pointer": {"p"}, "when": {"1767225600"}, "u": {"3"},
	}, map[string][]string(tap.Requests()[0].Form()))
}

// The class of a call decides how often it is sent; one that was forgotten is an order.
func TestDoClasses(t *testing.T) {
	for class, want := range map[hostkey.Class]int{hostkey.ClassRead: 2, hostkey.ClassWrite: 1, hostkey.ClassDestroy: 1, hostkey.ClassOrder: 1} {
		tap := always(reply{Status: http.StatusBadGateway})
		c := clientOver(t, tap, provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1}))
		err := c.Do(t.Context(), &hostkey.Request{Module: "eq", Action: "x", Class: class}, nil)
		require.Error(t, err)
		require.Len(t, tap.Requests(), want, class.String())
		require.Equal(t, class != hostkey.ClassRead, asError(t, err).MaybeExecuted, class.String())
	}
	require.Equal(t, hostkey.ClassOrder, hostkey.Request{}.Class)
	for class, name := range []string{"order", "destroy", "write", "read", "unknown class"} {
		require.Equal(t, name, hostkey.Class(class).String())
	}
}

// A public call has no token, and needs no sign-in.
func TestDoPublic(t *testing.T) {
	tap := always(ok(`{"os_list":[]}`))
	require.NoError(t, bareClient(t, tap).Do(t.Context(), &hostkey.Request{Module: "os", Action: "list", Public: true, Class: hostkey.ClassRead}, nil))
	require.Equal(t, "action=list", tap.Requests()[0].Body)
}
