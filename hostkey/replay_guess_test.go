package hostkey_test

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// is a replay of a call without further arguments.
func is[T any](want *T, call func(context.Context, *client) (*T, error)) replay {
	return clienttest.Equal(want, call)
}

// beside is what nothing reads.
func beside(name, value string) map[string]payload { return map[string]payload{name: rawValue(value)} }

// Answers of documented.jsonl of which a part is told or guessed.
func toldReplays() map[string]replay {
	login := func(want hostkey.PasswordSession) replay {
		return is(&want, func(ctx context.Context, c *client) (*hostkey.PasswordSession, error) {
			return c.Auth.WHMCSLogin(ctx, &hostkey.AuthWHMCSLoginRequest{
				User: "a@example.com", Password: provider.NewSecret("placeholder-password"), TTL: 600e9, FixIP: new(true), Extra: note,
			})
		})
	}
	session := provider.NewSecret("placeholder-session")
	backups := func(want *hostkey.BackupList) replay {
		return is(want, func(ctx context.Context, c *client) (*hostkey.BackupList, error) {
			return c.Servers.Backups(ctx, 17, note)
		})
	}
	traffic := func(want *hostkey.Traffic) replay {
		return is(want, func(ctx context.Context, c *client) (*hostkey.Traffic, error) {
			return c.Servers.Traffic(ctx, 17, note)
		})
	}
	return map[string]replay{
		"APIKeys.View": is(&hostkey.APIKey{ID: 17, Name: "panel", More: beside("ip", `"192.0.2.1"`)},
			func(ctx context.Context, c *client) (*hostkey.APIKey, error) { return c.APIKeys.View(ctx, 17) }),
		"Auth.WHMCSLogin": login(hostkey.PasswordSession{
			Token: session, Expires: day("2026-01-01"), TwoFactor: true, Currency: "EUR", WHMCSLocation: "whmcs_com", More: beside("note", `"x"`),
		}),
		"Auth.WHMCSLogin, twofa": login(hostkey.PasswordSession{Token: session}),
		"Auth.GitHubInit": is(&hostkey.GitHubPage{ClientID: "c-1", RedirectURI: "https://example.com/back", More: beside("note", `"x"`)},
			func(ctx context.Context, c *client) (*hostkey.GitHubPage, error) { return c.Auth.GitHubInit(ctx, note) }),
		"Auth.VKInit": is(&hostkey.VKPage{CodeChallenge: "c-1", State: provider.NewSecret("placeholder-state")},
			func(ctx context.Context, c *client) (*hostkey.VKPage, error) { return c.Auth.VKInit(ctx, note) }),
		"Servers.Backups": backups(&hostkey.BackupList{
			Backups: []hostkey.Backup{{Name: "monday", CreatedAt: at("2026-01-01 10:00:00"), Size: 1024, More: beside("kind", `"full"`)}, {Name: "tuesday"}},
			More:    beside("quota", "2"),
		}),
		"Servers.Backups, of another shape": backups(&hostkey.BackupList{Callback: task, More: beside("list", "[1]")}),
		"Servers.DeleteBackup": started(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.Servers.DeleteBackup(ctx, 17, "monday", note)
		}),
		"Servers.Traffic": traffic(&hostkey.Traffic{In: new(int64(10)), Out: new(int64(1.5e12)), More: map[string]payload{
			"data": rawValue(`{"incoming": "10", "outgoing": 1500000000000.0}`), "period": rawValue(`"month"`),
		}}),
		"Servers.Traffic, of another shape": traffic(&hostkey.Traffic{More: beside("anything", "[1]")}),
		"Servers.AddTraffic": is(&hostkey.NewInvoice{InvoiceID: 603549, More: beside("note", `"x"`)},
			func(ctx context.Context, c *client) (*hostkey.NewInvoice, error) {
				return c.Servers.AddTraffic(ctx, 17, note)
			}),
	}
}

// Answers of documented_more.jsonl of which a part is told or guessed.
func guessedReplays() map[string]replay {
	ip := addr("192.0.2.10")
	info := func(want *hostkey.Preset) replay {
		return clienttest.Listed([]*hostkey.Preset{want}, func(ctx context.Context, c *client) iter.Seq2[*hostkey.Preset, error] {
			return c.Presets.Info(ctx, &hostkey.PresetInfoOptions{Currencies: "EUR"})
		})
	}
	groups := func(want ...*hostkey.PresetGroup) replay {
		return clienttest.Listed(want, func(ctx context.Context, c *client) iter.Seq2[*hostkey.PresetGroup, error] {
			return c.Presets.Groups(ctx)
		})
	}
	preset := func(req *hostkey.PresetShowRequest, want *hostkey.Preset) replay {
		return is(want, func(ctx context.Context, c *client) (*hostkey.Preset, error) { return c.Presets.Show(ctx, req) })
	}
	ports := func(want *hostkey.NetStatus) replay {
		return is(want, func(ctx context.Context, c *client) (*hostkey.NetStatus, error) {
			return c.Net.Status(ctx, &hostkey.PortStatusRequest{ServerID: 55054, Port: "1"})
		})
	}
	related := func(want *hostkey.Invoice) replay {
		return clienttest.Listed([]*hostkey.Invoice{want}, func(ctx context.Context, c *client) iter.Seq2[*hostkey.Invoice, error] {
			return c.WHMCS.RelatedInvoices(ctx, 55054)
		})
	}
	file := func(want *hostkey.InvoiceFile) replay {
		return is(want, func(ctx context.Context, c *client) (*hostkey.InvoiceFile, error) {
			return c.WHMCS.DownloadInvoice(ctx, &hostkey.InvoiceDownloadRequest{ID: 603548, ViewPDF: true})
		})
	}
	return map[string]replay{
		"IP.PTR": is(&hostkey.ReverseName{IP: ip, Names: []string{"a.example.com", "b.example.com"}, More: beside("ptr", `"a.example.com\nb.example.com"`)},
			func(ctx context.Context, c *client) (*hostkey.ReverseName, error) { return c.IP.PTR(ctx, 55054, ip) }),
		"IP.Traffic": is(&hostkey.Traffic{In: new(int64(1)), Out: new(int64(2)), More: beside("traffic", `{"in": 1, "out": 2}`)},
			func(ctx context.Context, c *client) (*hostkey.Traffic, error) { return c.IP.Traffic(ctx, note) }),
		"Net.Status": ports(&hostkey.NetStatus{
			Ports: []hostkey.PortStatus{{Port: "1", Switch: "sw1", VLAN: 100, Speed: "1000", MAC: "00:00:5e:00:53:01", Status: "up"}},
			More: map[string]payload{
				"port": rawValue(`"1"`), "switch": rawValue(`"sw1"`), "vlan": rawValue(`"100"`), "speed": rawValue("1000"), "mac": rawValue(`"00:00:5e:00:53:01"`),
				"status": rawValue(`"up"`), "graph": rawValue(`"x"`),
			},
		}),
		"Net.Status, several": ports(&hostkey.NetStatus{Ports: []hostkey.PortStatus{{Port: "1", Status: "up", More: beside("duplex", `"full"`)}, {Port: "2"}}}),
		"Presets.Info": info(&hostkey.Preset{
			ID: 108, Name: "vm.pico", Active: true, Virtual: true, Locations: []string{"NL", "US"}, Monthly: map[string]hostkey.Amount{"EUR": "4.10", "USD": "4.6"},
			OS: []hostkey.PresetOption{{ID: 240}}, Software: []hostkey.PresetOption{{ID: 10}},
			TrafficPlans: map[string][]hostkey.PresetOption{"NL": {{ID: 32, Name: "3 TB / 1 Gbps VM", Price: "0"}}, "US": {}},
		}),
		"Presets.Info, by location": info(&hostkey.Preset{
			ID: 108, Name: "vm.pico", Active: true, Virtual: true, Locations: []string{"NL", "US"},
			LocationPrices: map[string]map[string]hostkey.Amount{"NL": {"EUR": "4.10", "USD": "4.6"}, "US": {"EUR": "5"}},
			OS: []hostkey.PresetOption{
				{ID: 240, Name: "Debian 12", Prices: map[string]hostkey.Amount{"EUR": "0", "USD": "0"}},
				{ID: 251, Name: "Windows", Prices: map[string]hostkey.Amount{"EUR": "21.00"}, More: beside("family", `"w"`)},
			},
			Software:     []hostkey.PresetOption{{ID: 10, Name: "Docker"}},
			TrafficPlans: map[string][]hostkey.PresetOption{"NL": {{ID: 32, Name: "3 TB", Prices: map[string]hostkey.Amount{"EUR": "9.9"}}}},
		}),
		"Presets.Groups": groups(&hostkey.PresetGroup{ID: 1, Name: "vm", Count: 12},
			&hostkey.PresetGroup{ID: 2, Name: "gpu", Description: "with a card", More: beside("icon", `"g"`)}),
		"Presets.Groups, in data": groups(&hostkey.PresetGroup{ID: 1, Name: "vm"}),
		"Presets.Search": is(&hostkey.PresetStock{Servers: []hostkey.StockServer{{ID: 700, Name: "srv"}}, More: beside("free", "1")},
			func(ctx context.Context, c *client) (*hostkey.PresetStock, error) {
				return c.Presets.Search(ctx, &hostkey.PresetSearchRequest{Name: "vm.pico", Location: "NL", Scope: "free"})
			}),
		"Presets.Show":            preset(&hostkey.PresetShowRequest{Name: "vm.pico"}, &hostkey.Preset{ID: 108, Name: "vm.pico", Active: true, Locations: []string{"NL"}}),
		"Presets.Show, in a list": preset(&hostkey.PresetShowRequest{ID: 108}, &hostkey.Preset{ID: 108, Name: "vm.pico"}),
		"ISO.List": clienttest.Listed([]*hostkey.ISO{{ID: 7, Name: "Rescue", ShortName: "rescue", ISOName: "rescue.iso"}, {ID: 8, Name: "Other", Private: true}},
			func(ctx context.Context, c *client) iter.Seq2[*hostkey.ISO, error] {
				return c.ISO.List(ctx, &hostkey.ISOListRequest{ServerID: 55054})
			}),
		"Jenkins.Tasks": is(&hostkey.PostInstallTasks{
			Tasks: []hostkey.PostInstallTask{{ID: 3, Name: "drivers", Tags: []string{"gpu", "bm"}, More: beside("role", `"x"`)}}, More: beside("total", "1"),
		}, func(ctx context.Context, c *client) (*hostkey.PostInstallTasks, error) { return c.Jenkins.Tasks(ctx) }),
		"Tags.UserSearch": is(&hostkey.TaggedServers{IDs: []int64{55054, 55060}, More: beside("total", "2")},
			func(ctx context.Context, c *client) (*hostkey.TaggedServers, error) {
				return c.Tags.UserSearch(ctx, "prod")
			}),
		"DNS.ListZones": is(&hostkey.ZoneList{
			Zones: []hostkey.ListedZone{{ID: "example.com.", Name: "example.com", Kind: "Master", More: beside("serial", "1")}}, More: beside("total", "1"),
		}, func(ctx context.Context, c *client) (*hostkey.ZoneList, error) { return c.DNS.ListZones(ctx) }),
		"DNS.ListSubdomains": is(&hostkey.SubdomainList{
			Subdomains: []hostkey.Subdomain{{ID: 4, Name: "web", DomainID: 3, ServerID: 55054, More: beside("ttl", "60")}}, More: beside("total", "1"),
		}, func(ctx context.Context, c *client) (*hostkey.SubdomainList, error) {
			return c.DNS.ListSubdomains(ctx, 55054)
		}),
		"DNS.AddSubdomain": is(&hostkey.AddedSubdomain{ID: 4, More: beside("ttl", "60")},
			func(ctx context.Context, c *client) (*hostkey.AddedSubdomain, error) {
				return c.DNS.AddSubdomain(ctx, &hostkey.SubdomainAddRequest{ServerID: 55054, DomainID: 3, Name: "web"})
			}),
		"DNS.AddDNS, renamed": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.DNS.AddDNS(ctx, &hostkey.DNSAddRequest{Zone: "example.com", Name: "www", OldName: "old", Type: "A", Contents: []string{"192.0.2.10"}})
		}),
		"WHMCS.RelatedInvoices":         related(&hostkey.Invoice{ID: 603548, Status: hostkey.InvoiceUnpaid, Total: "6.47"}),
		"WHMCS.RelatedInvoices, nested": related(&hostkey.Invoice{ID: 603548, Status: hostkey.InvoicePaid}),
		"WHMCS.DownloadInvoice": file(&hostkey.InvoiceFile{
			PDF: provider.NewSecret("%PDF-1.4 x"), More: map[string]payload{"file": rawValue(`"JVBERi0xLjQgeA=="`), "name": rawValue(`"a.pdf"`)},
		}),
		"WHMCS.DownloadInvoice, of another shape": file(&hostkey.InvoiceFile{More: beside("hash", `"aGFzaA=="`)}),
		"WHMCS.GenerateDueInvoice": is(&hostkey.NewInvoice{InvoiceID: 603549},
			func(ctx context.Context, c *client) (*hostkey.NewInvoice, error) {
				return c.WHMCS.GenerateDueInvoice(ctx, 55054)
			}),
		"WHMCS.MassPay": is(&hostkey.NewInvoice{InvoiceID: 603550, More: beside("note", `"x"`)},
			func(ctx context.Context, c *client) (*hostkey.NewInvoice, error) {
				return c.WHMCS.MassPay(ctx, []int64{603548, 603549})
			}),
	}
}

func bucketReplays() map[string]replay {
	byUID, byID := hostkey.S3Ref{UID: "u-1"}, hostkey.S3Ref{AccountID: 3}
	bucket := hostkey.S3BucketRequest{Bucket: "b", S3Ref: byUID, Extra: note}
	return map[string]replay{
		"S3.CreateOrder": is(&hostkey.S3Order{UID: "u-1", InvoiceID: 603549, More: beside("note", `"x"`)},
			func(ctx context.Context, c *client) (*hostkey.S3Order, error) {
				return c.S3.CreateOrder(ctx, &hostkey.S3OrderCreateRequest{PlanID: 2, Location: "NL", Extra: note})
			}),
		"S3.DeleteAccount": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.S3.DeleteAccount(ctx, &hostkey.S3AccountRequest{S3Ref: hostkey.S3Ref{UID: "u-1", AccountID: 3}, Extra: note})
		}),
		"S3.DeletePaymentAccount": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.S3.DeletePaymentAccount(ctx, &hostkey.S3AccountRequest{S3Ref: byUID})
		}),
		"S3.CancelPaymentAccountDeletion": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.S3.CancelPaymentAccountDeletion(ctx, &hostkey.S3AccountRequest{S3Ref: byUID})
		}),
		"S3.UpdateTrafficInfo": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.S3.UpdateTrafficInfo(ctx, &hostkey.S3AccountRequest{S3Ref: byID})
		}),
		"S3.ListPlans": is(&hostkey.S3PlanList{
			Plans: []hostkey.S3Plan{{ID: 2, Name: "free", Location: "NL", More: beside("price", "0")}}, More: beside("total", "1"),
		}, func(ctx context.Context, c *client) (*hostkey.S3PlanList, error) {
			return c.S3.ListPlans(ctx, &hostkey.S3PlanListOptions{Location: "NL"})
		}),
		"S3.Users": is(&hostkey.S3UserList{
			Users: []hostkey.S3User{{ID: 3, UID: "u-1", Plan: "free", Email: "a@example.com", Billing: "whmcs_com", Location: "NL", More: beside("traffic", "7")}},
			More:  beside("total", "1"),
		}, func(ctx context.Context, c *client) (*hostkey.S3UserList, error) {
			return c.S3.Users(ctx, &hostkey.S3UserListOptions{Plan: "free", Email: "a@example.com", Billing: "whmcs_com", UID: "u-1", Location: "NL"})
		}),
		"S3.AvailableLocations": is(&hostkey.S3Locations{Locations: []string{"NL", "US"}},
			func(ctx context.Context, c *client) (*hostkey.S3Locations, error) {
				return c.S3.AvailableLocations(ctx)
			}),
		"S3.CreateBucket": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.S3.CreateBucket(ctx, &bucket) }),
		"S3.DeleteBucket": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.S3.DeleteBucket(ctx, &hostkey.S3BucketRequest{Bucket: "b", S3Ref: byID, Extra: note})
		}),
		"S3.ShowKey": is(&hostkey.S3Key{Key: provider.NewSecret("placeholder-s3-key"), More: beside("note", `"x"`)},
			func(ctx context.Context, c *client) (*hostkey.S3Key, error) {
				return c.S3.ShowKey(ctx, &hostkey.S3KeyRequest{Type: hostkey.S3SecretKey, S3Ref: byUID, Extra: note})
			}),
		"S3.GetBuckets": is(&hostkey.S3BucketList{Buckets: []hostkey.S3Bucket{{Name: "b", More: beside("size", "7")}}, More: beside("note", `"x"`)},
			func(ctx context.Context, c *client) (*hostkey.S3BucketList, error) { return c.S3.GetBuckets(ctx, nil) }),
		"S3.GetBucketsRMQ": is(&hostkey.S3BucketList{Callback: task},
			func(ctx context.Context, c *client) (*hostkey.S3BucketList, error) {
				return c.S3.GetBucketsRMQ(ctx, &hostkey.S3BucketListRequest{S3Ref: byID, Extra: note})
			}),
		"S3.Files": is(&hostkey.S3FileList{Files: []hostkey.S3File{{Name: "x.txt", Size: 7, More: beside("etag", `"e"`)}}, More: beside("pages", "3")},
			func(ctx context.Context, c *client) (*hostkey.S3FileList, error) {
				return c.S3.Files(ctx, &hostkey.S3FileListRequest{Bucket: "b", Page: 2, Limit: 10, Search: "x", S3Ref: byID, Extra: note})
			}),
		"S3.DeleteFile": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.S3.DeleteFile(ctx, &hostkey.S3FileRequest{Bucket: "b", File: "x.txt", S3Ref: byUID, Extra: note})
		}),
	}
}

// A list in which the preset that was asked for is not is no answer.
func TestAnotherPreset(t *testing.T) {
	c := clientOver(t, always(ok(`{"result":"OK","module":"presets","action":"show","preset":{"id":107,"name":"vm.other"}}`)))
	for _, req := range []*hostkey.PresetShowRequest{{ID: 108}, {Name: "vm.pico"}} {
		_, err := c.Presets.Show(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrProtocol)
		require.ErrorContains(t, err, "no such preset")
	}
}
