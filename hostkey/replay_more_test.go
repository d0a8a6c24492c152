package hostkey_test

import (
	"context"
	"iter"
	"maps"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/provider"
)

// tells is a replay of an undocumented answer, which is returned as it is.
func tells(call func(context.Context, *client) (payload, error)) replay {
	return func(t *testing.T, c *client) {
		var raw provider.RawResponse
		got, err := call(provider.CaptureResponse(t.Context(), &raw), c)
		require.NoError(t, err)
		require.JSONEq(t, string(raw.Body()), got.Reveal())
	}
}

// started and done are Acks with and without a task.
func started(call func(context.Context, *client) (*hostkey.Ack, error)) replay {
	return clienttest.Equal(&hostkey.Ack{Callback: task}, call)
}

func done(call func(context.Context, *client) (*hostkey.Ack, error)) replay {
	return clienttest.Equal(&hostkey.Ack{}, call)
}

// noted is an Ack of an answer with a field that nobody tells.
func noted(call func(context.Context, *client) (*hostkey.Ack, error)) replay {
	return clienttest.Equal(&hostkey.Ack{More: map[string]payload{"note": rawValue(`"undocumented"`)}}, call)
}

// Each exchange of testdata/hostkey/documented_more.jsonl, by value.
func TestReplayMore(t *testing.T) {
	exchanges, err := fixture.Load("../testdata/hostkey/documented_more.jsonl")
	require.NoError(t, err)
	all := make(map[string]replay)
	for _, some := range []map[string]replay{networkReplays(), catalogueReplays(), machineReplays(), dnsReplays(), storageReplays(), customerReplays(), invoiceReplays(), guessedReplays(), bucketReplays()} {
		maps.Copy(all, some)
	}
	var names []string
	for _, e := range exchanges {
		names = append(names, e.Name)
		t.Run(e.Name, func(t *testing.T) {
			require.NotNil(t, all[e.Name], "nothing replays this exchange")
			all[e.Name](t, clientOver(t, fixture.Client(t, serverURL, e).Transport))
		})
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(all)), names)
}

var note = map[string]any{"note": "x"}

// rawValue is a field of an answer as it was sent.
func rawValue(text string) payload { return provider.NewPayload(text) }

func networkReplays() map[string]replay {
	ip := addr("192.0.2.10")
	return map[string]replay{
		"IP.ClientIP":       clienttest.Equal(addr("192.0.2.99"), func(ctx context.Context, c *client) (netip.Addr, error) { return c.IP.ClientIP(ctx) }),
		"IP.ClientIP, flat": clienttest.Equal(addr("192.0.2.99"), func(ctx context.Context, c *client) (netip.Addr, error) { return c.IP.ClientIP(ctx) }),
		"IP.Get": clienttest.Equal(&hostkey.IPInfo{
			IP: ip, Network: addr("192.0.2.0"), Netmask: addr("255.255.255.0"), Location: "NL", Status: "used", More: map[string]payload{"vlan": rawValue("100")},
		}, func(ctx context.Context, c *client) (*hostkey.IPInfo, error) {
			return c.IP.Get(ctx, &hostkey.IPGetRequest{IP: ip, Full: true})
		}),
		"IP.ListFree": tells(func(ctx context.Context, c *client) (payload, error) { return c.IP.ListFree(ctx, note) }),
		"IP.SetMain":  done(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.IP.SetMain(ctx, 55054, ip) }),
		"IP.UpdatePTR": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.IP.UpdatePTR(ctx, 55054, addr("2001:db8::1"), []string{"a.example.com", "b.example.com"})
		}),
		"NAT.AddStatic": started(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.NAT.AddStatic(ctx, &hostkey.NATAddStaticRequest{ServerID: 55054, IPACL: "192.0.2.99", Hours: 4, Secured: new(true)})
		}),
		"NAT.RemoveStatic": started(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.NAT.RemoveStatic(ctx, &hostkey.NATRemoveStaticRequest{ServerID: 55054, WhiteIP: addr("192.0.2.50")})
		}),
		"NAT.ClearStatic": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.NAT.ClearStatic(ctx, addr("192.0.2.50"))
		}),
		"NAT.Drop": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.NAT.Drop(ctx, &hostkey.NATDropRequest{ID: 7, IP: addr("192.0.2.50")})
		}),
		"Net.AddIPv4": clienttest.Equal(&hostkey.AddedIPv4{ServerID: 55054, Addresses: []hostkey.AddedAddress{{IP: addr("192.0.2.11"), VLAN: 100}}, TaskKeys: []provider.Secret{}},
			func(ctx context.Context, c *client) (*hostkey.AddedIPv4, error) {
				return c.Net.AddIPv4(ctx, &hostkey.IPv4AddRequest{ServerID: 55054, Port: "1", Amount: 1, VLAN: 100})
			}),
		"Net.AddIPv4, texts": clienttest.Equal(&hostkey.AddedIPv4{ServerID: 55054, Addresses: []hostkey.AddedAddress{{IP: addr("192.0.2.11")}}, TaskKeys: []provider.Secret{task}},
			func(ctx context.Context, c *client) (*hostkey.AddedIPv4, error) {
				return c.Net.AddIPv4(ctx, &hostkey.IPv4AddRequest{
					ServerID: 55054, Port: "1", IP: addr("192.0.2.11"), IPs: []netip.Addr{addr("192.0.2.12"), addr("192.0.2.13")},
				})
			}),
		"Net.AddIPv4, one task": clienttest.Equal(&hostkey.AddedIPv4{ServerID: 55054, TaskKeys: []provider.Secret{task}},
			func(ctx context.Context, c *client) (*hostkey.AddedIPv4, error) {
				return c.Net.AddIPv4(ctx, &hostkey.IPv4AddRequest{ServerID: 55054, Amount: 1})
			}),
		"Net.BlockIP": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.Net.BlockIP(ctx, &hostkey.IPBlockRequest{ServerID: 55054, IP: ip, Description: "attack", FourHours: true})
		}),
		"Net.UnblockIP": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.Net.UnblockIP(ctx, 55054, ip) }),
		"Net.PortOff": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.Net.PortOff(ctx, &hostkey.PortOffRequest{ServerID: 55054, Port: "1", Reason: "unpaid"})
		}),
		"Net.PortOn": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.Net.PortOn(ctx, 55054, "1") }),
		"Net.RemoveIPv4": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.Net.RemoveIPv4(ctx, &hostkey.IPv4RemoveRequest{ServerID: 55054, IP: addr("192.0.2.11")})
		}),
		"Net.RemoveIPv4, all": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.Net.RemoveIPv4(ctx, &hostkey.IPv4RemoveRequest{ServerID: 55054, All: true})
		}),
		"Net.ShowCacti": tells(func(ctx context.Context, c *client) (payload, error) {
			return c.Net.ShowCacti(ctx, 55054, "1", hostkey.GraphMonth)
		}),
		"Net.ShowIPv4Free": tells(func(ctx context.Context, c *client) (payload, error) {
			return c.Net.ShowIPv4Free(ctx, &hostkey.IPv4ShowFreeRequest{ServerID: 55054, Port: "1", VLAN: 100, IP: addr("192.0.2.11"), ShowAll: true})
		}),
	}
}

func catalogueReplays() map[string]replay {
	return map[string]replay{
		"OS.List": clienttest.Equal(&hostkey.OSList{
			Systems: []hostkey.OperatingSystem{{
				ID: 240, Name: "Debian 12", Active: true, PriceEUR: "0", PriceRUB: "0", Tags: []string{"vm", "bm"}, Location: "NL",
				BillingPrices: map[string]map[string]hostkey.Amount{"EUR": {"hourly": "0.01", "monthly": "5"}},
				More:          map[string]payload{"min_ram": rawValue("1")},
			}, {ID: 241, Name: "Debian 13", Alias: "trixie", BillingPlan: "free"}},
			Excluded: []hostkey.ExcludedOS{{ID: 5, Name: "Windows", ForemanID: 1}},
		}, func(ctx context.Context, c *client) (*hostkey.OSList, error) {
			return c.OS.List(ctx, &hostkey.OSListOptions{ServerID: 55054, PresetID: 108, Location: "NL", UserLocation: "NL", BillPeriod: "monthly"})
		}),
		"OS.List, by number": clienttest.Equal(&hostkey.OSList{Systems: []hostkey.OperatingSystem{{ID: 240, Name: "Debian 12"}, {ID: 241, Name: "Debian 13"}}, Excluded: []hostkey.ExcludedOS{}},
			func(ctx context.Context, c *client) (*hostkey.OSList, error) { return c.OS.List(ctx, nil) }),
		"Software.List": clienttest.Listed([]*hostkey.Software{
			{ID: 10, Name: "Docker", Active: true, Price: "0", USDRate: "1.1"}, {ID: 11, Name: "cPanel", Active: true, Price: "15.50", Tags: []string{"panel"}},
		}, func(ctx context.Context, c *client) iter.Seq2[*hostkey.Software, error] {
			return c.Software.List(ctx, &hostkey.SoftwareListOptions{PresetID: 108, Location: "NL"})
		}),
		"TrafficPlans.List": clienttest.Listed([]*hostkey.TrafficPlan{{
			ID: 32, Name: "3 TB / 1 Gbps VM", Active: true, Locations: []string{"NL"}, LimitIn: hostkey.Unlimited, LimitOut: 3, RateIn: 1000, RateOut: 1000,
			Bandwidth: 1000, Price: "0", MainPlan: true, BillingPlan: "p",
		}, {ID: 33, Name: "50 TB", Locations: []string{"DE"}, LimitOut: 50, CurrencyID: 1, Price: "9.90"}},
			func(ctx context.Context, c *client) iter.Seq2[*hostkey.TrafficPlan, error] {
				return c.TrafficPlans.List(ctx, &hostkey.TrafficPlanListOptions{ServerID: 55054, PresetID: 108, Location: "NL"})
			}),
		"Stocks.List": clienttest.Listed([]*hostkey.StockServer{{
			ID: 700, Name: "srv", Location: "NL", Group: "GPU", Status: "free", Price: map[string]hostkey.Amount{"EUR": "100", "USD": "110"},
			CPU: "1x Xeon", RAM: "64", Disk: "2x960", BillingPrices: map[string]map[string]hostkey.Amount{"EUR": {"hourly": "0.2"}}, Tags: []string{"gpu"},
			DeploymentETA: "15 min", CreatedAt: at("2026-01-01 10:00:00"),
		}, {
			ID: 701, Name: "srv2", Group: "GPU", CPU: "Epyc", RAM: "128", GPU: "A4000", Config: "c", Disks: []hostkey.StockDisks{{Count: 2, Size: "960"}},
		}}, func(ctx context.Context, c *client) iter.Seq2[*hostkey.StockServer, error] {
			return c.Stocks.List(ctx, &hostkey.StockListOptions{Location: "NL", Group: hostkey.StockGPU})
		}),
		"Stocks.Show": clienttest.Equal(&hostkey.StockServer{ID: 700, Name: "srv", Location: "NL", CPU: "1x Xeon", RAM: "64", Disk: "2x960"},
			func(ctx context.Context, c *client) (*hostkey.StockServer, error) { return c.Stocks.Show(ctx, 700) }),
		"Presets.List": clienttest.Listed([]*hostkey.Preset{{
			ID: 108, Name: "vm.pico", Active: true, Description: "small", CPU: 1, RAM: 0.5, HDD: "20", Virtual: true, ServerType: "Virtual Private Server",
			Locations: []string{"NL", "US"}, Monthly: map[string]hostkey.Amount{"EUR": "4.0", "USD": "4.5", "RUB": "350"},
			LocationPrices: map[string]map[string]hostkey.Amount{"NL": {"EUR": "-1", "USD": "-1"}, "US": {"EUR": "5.00"}},
		}, {ID: 109, Name: "bm.v1", CPU: 4, RAM: 32, HDD: "2x960", Locations: []string{"DE"}, More: map[string]payload{"vat": rawValue(`"x"`)}}},
			func(ctx context.Context, c *client) iter.Seq2[*hostkey.Preset, error] {
				return c.Presets.List(ctx, &hostkey.PresetListOptions{Location: "NL"})
			}),
	}
}

func machineReplays() map[string]replay {
	snapshot := &hostkey.SnapshotRequest{ServerID: 55054, Name: "a", Type: "snapshot", OpenStackID: "o-1"}
	listing := &hostkey.SnapshotListing{Callback: task, MaxSnapshots: 2, Settings: rawValue(`{"num_max": "2"}`)}
	return map[string]replay{
		"ISO.Add": clienttest.Equal(&hostkey.ISO{ID: 7, Name: "Rescue", ShortName: "rescue", ISOName: "rescue.iso", AdminOnly: true, Status: "ok"},
			func(ctx context.Context, c *client) (*hostkey.ISO, error) {
				return c.ISO.Add(ctx, &hostkey.ISOAddRequest{Name: "Rescue", ShortName: "rescue", ISOName: "rescue.iso", AdminOnly: new(false), Extra: note})
			}),
		"ISO.Delete": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.ISO.Delete(ctx, 7) }),
		"ISO.Mount": started(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.ISO.Mount(ctx, &hostkey.ISOMountRequest{ServerID: 55054, ISOID: 7})
		}),
		"ISO.Unmount": started(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.ISO.Unmount(ctx, 55054) }),
		"ISO.Upload": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.ISO.Upload(ctx, &hostkey.ISOUploadRequest{URL: "https://files.example.com/a.iso", Name: "a"})
		}),
		"ISO.Uploaded": tells(func(ctx context.Context, c *client) (payload, error) { return c.ISO.Uploaded(ctx) }),
		"ISO.Del":      noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.ISO.Del(ctx, note) }),
		"ISO.History":  tells(func(ctx context.Context, c *client) (payload, error) { return c.ISO.History(ctx, note) }),
		"ISO.Update":   noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.ISO.Update(ctx, note) }),
		"Jenkins.Call": started(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.Jenkins.Call(ctx, &hostkey.JenkinsCallRequest{ServerID: 55054, Task: "3", Params: map[string]any{"user": "root", "list": []string{"a", "b"}}})
		}),
		"Tags.Add": clienttest.Equal(&hostkey.Tag{ID: 2, Name: "env", Value: "prod", Extra: "more", Component: "eq", ComponentID: 55054},
			func(ctx context.Context, c *client) (*hostkey.Tag, error) {
				return c.Tags.Add(ctx, &hostkey.TagAddRequest{
					ID: 55054, Name: "env", Value: "prod", Text: "more", Component: hostkey.ComponentServer, Internal: new(false), NoLog: true,
				})
			}),
		"Tags.Add, several": clienttest.Equal(&hostkey.Tag{}, func(ctx context.Context, c *client) (*hostkey.Tag, error) {
			return c.Tags.Add(ctx, &hostkey.TagAddRequest{IDs: []int64{55054, 55060}, Name: "env"})
		}),
		"Tags.List": clienttest.Listed([]*hostkey.Tag{
			{ID: 1, Name: "env", Value: "prod", Component: "eq", ComponentID: 55054},
			{ID: 2, Name: "password", Secret: provider.NewSecret("placeholder-password"), Internal: true, Component: "eq", ComponentID: 55054},
		}, func(ctx context.Context, c *client) iter.Seq2[*hostkey.Tag, error] {
			return c.Tags.List(ctx, &hostkey.TagListRequest{ID: 55054, Component: hostkey.ComponentServer, Internal: new(true)})
		}),
		"Tags.List, none": clienttest.Listed(nil, func(ctx context.Context, c *client) iter.Seq2[*hostkey.Tag, error] {
			return c.Tags.List(ctx, &hostkey.TagListRequest{ID: 55054})
		}),
		"Tags.Remove": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.Tags.Remove(ctx, &hostkey.TagRemoveRequest{ID: 55054, Name: "reinstall_start", Component: hostkey.ComponentServer, ComponentID: 55054})
		}),
		"Tags.Clear":      noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.Tags.Clear(ctx, note) }),
		"Tags.Get":        tells(func(ctx context.Context, c *client) (payload, error) { return c.Tags.Get(ctx, note) }),
		"Tags.Search":     tells(func(ctx context.Context, c *client) (payload, error) { return c.Tags.Search(ctx, note) }),
		"Tags.SearchUser": tells(func(ctx context.Context, c *client) (payload, error) { return c.Tags.SearchUser(ctx, note) }),
		"Tags.Show":       tells(func(ctx context.Context, c *client) (payload, error) { return c.Tags.Show(ctx, note) }),
		"VM.CreateSnapshot": started(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.VM.CreateSnapshot(ctx, &hostkey.SnapshotCreateRequest{ServerID: 55054, Name: "before-upgrade_1.0", Type: "snapshot", NumRotation: 2})
		}),
		"VM.Snapshots": clienttest.Equal(listing, func(ctx context.Context, c *client) (*hostkey.SnapshotListing, error) {
			return c.VM.Snapshots(ctx, &hostkey.SnapshotListRequest{ServerID: 55054, Type: "snapshot"})
		}),
		"VM.Snapshots, no settings": clienttest.Equal(&hostkey.SnapshotListing{Callback: task, Settings: rawValue(`[]`)},
			func(ctx context.Context, c *client) (*hostkey.SnapshotListing, error) {
				return c.VM.Snapshots(ctx, &hostkey.SnapshotListRequest{ServerID: 55054})
			}),
		"VM.RemoveSnapshot": started(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.VM.RemoveSnapshot(ctx, &hostkey.SnapshotRequest{ServerID: 55054, Name: "a"})
		}),
		"VM.RestoreSnapshot": started(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.VM.RestoreSnapshot(ctx, snapshot) }),
		"VM.UpdateRestoreSettings": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.VM.UpdateRestoreSettings(ctx, 55054, note)
		}),
		"VM.LoadStats": started(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.VM.LoadStats(ctx, 55054) }),
		"VM.Engine":    tells(func(ctx context.Context, c *client) (payload, error) { return c.VM.Engine(ctx) }),
	}
}
