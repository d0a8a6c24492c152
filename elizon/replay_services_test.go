package elizon_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

type object = map[string]any

func serviceReplays() map[string]replay {
	item := elizon.Service{
		ID: "srv_1", Name: "web", UserDisplayName: "Web server", Status: elizon.StatusRunning, IPv4: "192.0.2.10", Location: "Frankfurt", OS: "Debian 13",
		Hostname: "web.example.com", RAM: "4096", Disk: "40", Bandwidth: "unlimited", ProviderType: "PROXMOX", ProductName: "KVM S", CategoryName: "KVM",
		DNSRecords: elizon.DNSRecordSupport{A: true, AAAA: true, CNAME: true},
	}
	suspended := elizon.Service{
		ID: "srv_2", Name: "game", Status: elizon.StatusRunning, Suspended: true, SuspendedAt: at("2026-07-01T00:00:00Z"), SuspendReason: "Payment overdue",
		TerminationPending: true, PleskStats: &elizon.PleskStats{UsedDomains: 2, MaxDomains: 5, AvgStorageUsedGB: 1.5, StoragePerDomainGB: 10, UsedMailboxes: 3, MaxMailboxesPerDomain: 20, LocationLabel: "FRA"},
		Throttled: true, ThrottledUntil: at("2026-07-02T00:00:00Z"), PoolKey: "pool-1", ForecastTB: new(1.5),
	}
	detail := &elizon.ServiceDetail{
		Service: item,
		Network: elizon.ServiceNetwork{PrimaryIPv4: "192.0.2.10", Hostname: "web.example.com", SecondaryIPs: []elizon.ServiceIPAddress{{Address: "192.0.2.11", Version: 4}}},
		Specs:   elizon.ServiceSpecs{CPU: 2, RAMMB: 4096, DiskGB: 40},
		System:  elizon.ServiceSystem{Template: "debian-13"},
		Access:  elizon.ServiceAccess{IsOwner: true, CanManageBilling: true, CanEditDetails: true},
		Billing: elizon.ServiceBilling{MonthlyPrice: "4.99", PeriodPrice: "14.97", BillingCycleDays: 90},
		Product: elizon.ServiceProduct{ID: "prd_1", Name: "KVM S", CategoryID: "cat_1", CategoryName: elizon.ServiceCategoryName{Name: "KVM"}},
		More:    map[string]payload{"node": raw(`"fra-1"`)},
	}
	detail.OS = ""
	getFails := func(want provider.Error) replay {
		want.Op, want.Action = "Services.Get", `get service "srv_1"`
		return fails(want, func(ctx context.Context, c *client) error { _, err := c.Services.Get(ctx, "srv_1"); return err })
	}
	get := func(ctx context.Context, c *client) (*elizon.ServiceDetail, error) {
		return c.Services.Get(ctx, "srv_1")
	}
	list := func(o *elizon.ServiceListOptions) func(ctx context.Context, c *client) iter.Seq2[*elizon.Service, error] {
		return func(ctx context.Context, c *client) iter.Seq2[*elizon.Service, error] { return c.Services.List(ctx, o) }
	}
	status := func(ctx context.Context, c *client) (*elizon.LiveStatus, error) {
		return c.Services.Status(ctx, "srv_1")
	}
	return map[string]replay{
		"Services.List":                          clienttest.Listed([]*elizon.Service{&item, &suspended}, list(&elizon.ServiceListOptions{View: "compact", PerPage: 10})),
		"Services.List, the reference's example": firstOf(&elizon.Service{ID: "abc123", Name: "My Server", Status: elizon.StatusRunning}, list(nil)),
		"Services.List, as the app reads it":     clienttest.Listed([]*elizon.Service{{ID: "srv_3", Name: "mail", Status: elizon.StatusActive}}, list(&elizon.ServiceListOptions{PerPage: 100})),
		"Services.List, too many requests": fails(provider.Error{
			Op: "Services.List", Action: "list services", Kind: provider.ErrRateLimited, StatusCode: 429, Message: "Rate limit exceeded", RetryAfter: time.Minute,
		}, func(ctx context.Context, c *client) error {
			for _, err := range c.Services.List(ctx, nil) {
				return err
			}
			return errors.New("no error")
		}),
		"Services.Get":                    clienttest.Equal(detail, get),
		"Services.Get, not there":         getFails(provider.Error{Kind: provider.ErrNotFound, StatusCode: 404, Code: elizon.CodeServiceNotFound, Message: "Service not found"}),
		"Services.Get, refused under 200": getFails(provider.Error{Kind: provider.ErrNotFound, StatusCode: 200, Code: elizon.CodeServiceNotFound, Message: "Dienst nicht gefunden"}),
		"Services.Get, no permission": func(t *testing.T, c *client) {
			_, err := c.Services.Get(t.Context(), "srv_1")
			require.ErrorIs(t, err, provider.ErrForbidden)
			var refusal *elizon.Refusal
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, "view", refusal.Param("permission"))
			require.Empty(t, refusal.Param("x"))
		},
		"Services.LegacyAction, while suspended": fails(provider.Error{
			Op: "Services.LegacyAction", Action: `act on service "srv_1"`, Kind: provider.ErrConflict, StatusCode: 400, Code: elizon.CodeServiceIsSuspended, Message: "Service is suspended",
		}, func(ctx context.Context, c *client) error {
			_, err := c.Services.LegacyAction(ctx, "srv_1", elizon.ActionRestart)
			return err
		}),
		"Services.BillingCycles": clienttest.Equal([]int64{30, 90, 365}, func(ctx context.Context, c *client) ([]int64, error) {
			return c.Services.BillingCycles(ctx, "srv_1")
		}),
		"Services.Status": func(t *testing.T, c *client) {
			got, err := status(t.Context(), c)
			require.NoError(t, err)
			require.JSONEq(t, `"live"`, `"`+got.Source+`"`)
			got.Raw = provider.Payload{}
			require.Equal(t, &elizon.LiveStatus{
				Status: "RUNNING", CPU: elizon.CPUUsage{Usage: 0.12}, Memory: elizon.Amount{Used: 1 << 30, Total: 4 << 30}, UptimeSeconds: 3600, Source: "live",
			}, got)
		},
		"Services.Status, without a wrapper": func(t *testing.T, c *client) {
			got, err := status(t.Context(), c)
			require.NoError(t, err)
			got.Raw = provider.Payload{}
			require.Equal(t, &elizon.LiveStatus{Status: "offline", CPU: elizon.CPUUsage{Usage: 7.5}}, got)
		},
		"Services.StatusBatch": clienttest.Equal(map[string]*elizon.LiveStatus{
			"srv_1": {
				Status: "RUNNING", CPU: elizon.CPUUsage{Usage: 12.5}, Memory: elizon.Amount{Used: 512, Total: 1024}, Disk: elizon.Amount{Used: 3, Total: 40},
				Network: elizon.NetworkUsage{In: 100, Out: 200}, UptimeSeconds: 86400, Bandwidth: elizon.BandwidthUsage{MonthlyTotalBytes: new(int64(5_000_000_000))}, Source: "cache",
				Raw: raw(`{"status": {"status": "RUNNING", "cpu": {"usage": 12.5}, "memory": {"used": 512, "total": 1024}, "disk": {"used": 3, "total": 40}, "network": {"in": 100, "out": 200}, "uptime": 86400, "bandwidthUsage": {"monthlyTotalBytes": 5000000000}}, "source": "cache"}`),
			},
			"srv_2": {Status: "STOPPED", Raw: raw(`{"status": "STOPPED"}`)},
		}, func(ctx context.Context, c *client) (map[string]*elizon.LiveStatus, error) {
			return c.Services.StatusBatch(ctx, "srv_1", "srv_2", "srv_3")
		}),
		"Services.Renew": clienttest.Equal(&elizon.RenewalPrice{
			Price: "14.97", CurrentPeriodEnd: at("2026-08-01T00:00:00Z"), NewPeriodEnd: at("2026-10-30T00:00:00Z"), MaxDate: at("2029-08-01T00:00:00Z"),
			SubscriptionID: "sub_1", PromotionSavingsMonthly: "0.5",
		}, func(ctx context.Context, c *client) (*elizon.RenewalPrice, error) {
			return c.Services.Renew(ctx, "srv_1", 90)
		}),
		"Services.MaintenanceNotifications": clienttest.Listed([]*elizon.MaintenanceNotice{
			{ID: "mnt_1", ServiceID: "srv_1", ServiceName: "web", Start: at("2026-08-01T02:00:00Z"), Title: "Kernel", Description: "Restart"},
		}, func(ctx context.Context, c *client) iter.Seq2[*elizon.MaintenanceNotice, error] {
			return c.Services.MaintenanceNotifications(ctx)
		}),
		"Services.Usage.TotalBandwidth": clienttest.Equal(&elizon.TotalBandwidth{TotalGB: 12.5, More: map[string]payload{"limitGb": raw("100")}},
			func(ctx context.Context, c *client) (*elizon.TotalBandwidth, error) {
				return c.Services.Usage.TotalBandwidth(ctx, at("2026-07-15T00:00:00Z"))
			}),
		"Services.Game.SetStartupVariables, the reference's error": fails(provider.Error{
			Op: "Services.Game.SetStartupVariables", Action: `set startup variables of service "srv_1"`, Kind: provider.ErrInvalid, StatusCode: 400,
			Message: "Validation failed for egg variables",
			Fields:  map[string]string{"validationErrors[0]": "Variable 'SERVER_PORT' is required", "validationErrors[1]": "Variable 'MAX_PLAYERS' must be a number"},
		}, func(ctx context.Context, c *client) error {
			_, err := c.Services.Game.SetStartupVariables(ctx, "srv_1", object{"MAX_PLAYERS": "x"})
			return err
		}),
		"Services.Subscription.Get": clienttest.Equal(&elizon.ServiceSubscription{
			ID: "sub_1", Status: elizon.SubscriptionActive, BillingCycleDays: 30, CurrentPeriodStart: at("2026-07-01T00:00:00Z"), CurrentPeriodEnd: at("2026-07-31T00:00:00Z"),
			CancelAtPeriodEnd: true, CanceledAt: at("2026-07-10T12:00:00Z"), NextBillingCycleDays: 90, PermanentDiscountPercent: 10, BillingMode: "CONTRACT",
			BindingEndsAt: at("2027-07-01T00:00:00Z"), EarlyTerminationFeePercent: 50, ContractNoticeDays: 30,
			Options:      &elizon.Autopay{AutoBilling: new(true), UseNetPointsFirst: new(false)},
			Extension:    &elizon.ExtendEligibility{BonusAvailable: true},
			Cancellation: &elizon.Cancellation{Source: "admin", Reason: "abuse", Locked: true, ScheduledAt: at("2026-07-31T00:00:00Z")},
			Preview: &elizon.BillingPreview{
				BilledCycleDays: 90, RegularRenewalGross: "14.97", NextRenewalGross: "13.47", CouponKind: "finite", CouponAppliesToNextRenewal: true,
				CouponCode: "SPRING", CouponRecurringMonths: 3, More: map[string]payload{"discountGross": raw("1.5")},
			},
		}, func(ctx context.Context, c *client) (*elizon.ServiceSubscription, error) {
			return c.Services.Subscription.Get(ctx, "srv_1")
		}),
		"Services.Subscription.Get, little": clienttest.Equal(&elizon.ServiceSubscription{ID: "sub_2", Status: elizon.SubscriptionCanceled},
			func(ctx context.Context, c *client) (*elizon.ServiceSubscription, error) {
				return c.Services.Subscription.Get(ctx, "srv_1")
			}),
		"Services.Subscription.SetAutopay": clienttest.Equal(&elizon.AutopayResult{
			ID: "sub_1", Options: elizon.Autopay{AutoBilling: new(false), UseNetPointsFirst: new(true)},
		}, func(ctx context.Context, c *client) (*elizon.AutopayResult, error) {
			return c.Services.Subscription.SetAutopay(ctx, "srv_1", &elizon.Autopay{AutoBilling: new(false)})
		}),
		"Services.Subscription.Cancel": clienttest.Equal(&elizon.CancelResult{Message: "cancelled", CurrentPeriodEnd: at("2026-07-31T00:00:00Z")},
			func(ctx context.Context, c *client) (*elizon.CancelResult, error) {
				return c.Services.Subscription.Cancel(ctx, "srv_1", &elizon.SubscriptionCancelRequest{})
			}),
		"Services.Subscription.Cancel, a contract": clienttest.Equal(&elizon.CancelResult{InvoiceID: "inv_9"},
			func(ctx context.Context, c *client) (*elizon.CancelResult, error) {
				return c.Services.Subscription.Cancel(ctx, "srv_1", &elizon.SubscriptionCancelRequest{Immediate: true, Mode: elizon.CancelSpecially, Reason: "moving abroad"})
			}),
		"Services.Subscription.Extend": clienttest.Equal(&elizon.ExtendResult{ExtensionDays: 7, NewPeriodEnd: at("2026-08-07T00:00:00Z")},
			func(ctx context.Context, c *client) (*elizon.ExtendResult, error) {
				return c.Services.Subscription.Extend(ctx, "srv_1", &elizon.SubscriptionExtendRequest{WithBonus: true})
			}),
		"Services.Subscription.SetInterval": clienttest.Equal(&elizon.IntervalResult{NextBillingCycleDays: 90, CurrentPeriodEnd: at("2026-07-31T00:00:00Z")},
			func(ctx context.Context, c *client) (*elizon.IntervalResult, error) {
				return c.Services.Subscription.SetInterval(ctx, "srv_1", 90)
			}),
		"Services.Subscription.Reactivate": clienttest.Equal(&elizon.CancelResult{Message: "reactivated", CurrentPeriodEnd: at("2026-07-31T00:00:00Z")},
			func(ctx context.Context, c *client) (*elizon.CancelResult, error) {
				return c.Services.Subscription.Reactivate(ctx, "srv_1")
			}),
		"Services.Console.Open": clienttest.Equal(&elizon.ConsoleAccess{
			Type: elizon.ConsoleVNC, WSPath: provider.NewSecret("/ws/placeholder"), VNCPassword: provider.NewSecret("placeholder-vnc"), Ticket: provider.NewSecret("placeholder-ticket"), ExpiresAt: at("2026-07-20T10:00:30Z"),
			More: map[string]payload{"node": raw(`"fra-1"`)},
		}, open),
		"Services.Console.Open, terminal": clienttest.Equal(&elizon.ConsoleAccess{
			Type: elizon.ConsoleTerminal, StreamURL: provider.NewSecret("/api/services/srv_1/console/stream"), CommandURL: provider.NewSecret("/api/services/srv_1/console/command"),
		}, open),
		"Services.Console.Open, web": clienttest.Equal(&elizon.ConsoleAccess{Type: elizon.ConsoleWeb, URL: provider.NewSecret("https://panel.example.com/?t=placeholder")}, open),
		"Services.Console.Embed": func(t *testing.T, c *client) {
			var page bytes.Buffer
			file, err := c.Services.Console.Embed(t.Context(), "srv_1", &page, 0)
			require.NoError(t, err)
			require.Equal(t, &elizon.Download{ContentType: "text/html; charset=utf-8", Bytes: int64(page.Len())}, file)
			require.Equal(t, "<!DOCTYPE html><iframe></iframe>", page.String())
		},
		"Services.Console.Stream": clienttest.Listed([]*elizon.ConsoleEvent{
			{Type: elizon.EventConnected, Data: provider.NewSecret("{}")}, {Type: elizon.EventOutput, ID: "7", Output: "[10:00:00] Done", Data: provider.NewSecret(`{"output":"[10:00:00] Done"}`)},
			{Type: "message", ID: "7", Data: provider.NewSecret("a\nb")}, {Type: elizon.EventDisconnected, ID: "7"},
		}, func(ctx context.Context, c *client) iter.Seq2[*elizon.ConsoleEvent, error] {
			return c.Services.Console.Stream(ctx, "srv_1")
		}),
		"Services.Console.StreamFrom":                follows(provider.NewSecret(serverURL + "/api/services/srv_1/console/stream?ticket=placeholder")),
		"Services.Console.StreamFrom, another place": follows(provider.NewSecret("/api/v2/stream/srv_1")),
	}
}

func open(ctx context.Context, c *client) (*elizon.ConsoleAccess, error) {
	return c.Services.Console.Open(ctx, "srv_1")
}

func follows(streamURL provider.Secret) replay {
	return clienttest.Listed([]*elizon.ConsoleEvent{{Type: elizon.EventConnected, Data: provider.NewSecret("{}")}}, func(ctx context.Context, c *client) iter.Seq2[*elizon.ConsoleEvent, error] {
		return c.Services.Console.StreamFrom(ctx, &elizon.ConsoleAccess{StreamURL: streamURL})
	})
}

// firstOf is a replay of a list whose loop ends after its first element.
func firstOf[T any](want *T, call func(ctx context.Context, c *client) iter.Seq2[*T, error]) replay {
	return func(t *testing.T, c *client) {
		for element, err := range call(t.Context(), c) {
			require.NoError(t, err)
			require.Equal(t, want, element)
			return
		}
		t.Fatal("nothing")
	}
}

// serviceGuesses are the replays of answers whose fields are known from elsewhere.
func serviceGuesses() map[string]replay {
	return map[string]replay{
		"Services.Update": clienttest.Equal(&elizon.Confirmation{Message: "updated"}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Services.Update(ctx, "srv_1", &elizon.ServiceUpdateRequest{Name: new("web 2"), Extra: object{"notes": "x"}})
		}),
		"Services.Firewall.Delete": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Services.Firewall.Delete(ctx, "srv_1", "fw_1")
		}),
		"Services.Backups.Restore": clienttest.Equal(&elizon.Confirmation{Message: "restoring"}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Services.Backups.Restore(ctx, "srv_1", "bak_1", nil)
		}),
		"Services.Console.Command": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Services.Console.Command(ctx, "srv_1", &elizon.ConsoleCommandRequest{Command: "say hi", Type: "command"})
		}),
		"Services.Console.CommandTo": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Services.Console.CommandTo(ctx, &elizon.ConsoleAccess{CommandURL: provider.NewSecret("/prefix/api/services/srv_1/console/command?ticket=placeholder")}, &elizon.ConsoleCommandRequest{Command: "stop"})
		}),
		"Services.Delete": clienttest.Equal(&elizon.Confirmation{Message: "Service deletion scheduled"}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Services.Delete(ctx, "srv_1")
		}),
		"Services.LegacyAction": clienttest.Equal(&elizon.ActionResult{Message: "started"}, func(ctx context.Context, c *client) (*elizon.ActionResult, error) {
			return c.Services.LegacyAction(ctx, "srv_1", elizon.ActionStart)
		}),
		"Services.Reinstall": clienttest.Equal(&elizon.ActionResult{Message: "reinstalling"}, func(ctx context.Context, c *client) (*elizon.ActionResult, error) {
			return c.Services.Reinstall(ctx, "srv_1", &elizon.ServiceReinstallRequest{TemplateID: 9000, Extra: object{"x": true}})
		}),
		"Services.Templates": clienttest.Equal(&elizon.ServiceTemplates{Templates: []elizon.Template{{ID: 9000}}}, func(ctx context.Context, c *client) (*elizon.ServiceTemplates, error) {
			return c.Services.Templates(ctx, "srv_1")
		}),
		"Services.ApplyDowngrade": clienttest.Equal(&elizon.Confirmation{More: map[string]payload{"newPeriodEnd": raw(`"2026-09-01"`)}}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Services.ApplyDowngrade(ctx, "srv_1", &elizon.ServiceDowngradeRequest{ResourceChanges: object{"memory": 2048}, Extra: object{"confirm": true}})
		}),
		"Services.Backups.Delete": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Services.Backups.Delete(ctx, "srv_1", "bak_1")
		}),
		"Services.Firewall.List": clienttest.Equal(&elizon.FirewallRules{Rules: []elizon.FirewallEntry{}}, func(ctx context.Context, c *client) (*elizon.FirewallRules, error) {
			return c.Services.Firewall.List(ctx, "srv_1")
		}),
		"Services.Firewall.Create": clienttest.Equal(&elizon.FirewallChange{Rule: &elizon.FirewallEntry{ID: "fw_1"}}, func(ctx context.Context, c *client) (*elizon.FirewallChange, error) {
			return c.Services.Firewall.Create(ctx, "srv_1", &elizon.FirewallRule{
				Direction: "in", Protocol: "tcp", Port: "22", Source: "192.0.2.0/24", Action: "accept", Extra: object{"comment": "ssh"},
			})
		}),
		"Services.Firewall.Update": clienttest.Equal(&elizon.FirewallChange{}, func(ctx context.Context, c *client) (*elizon.FirewallChange, error) {
			return c.Services.Firewall.Update(ctx, "srv_1", "fw_1", &elizon.FirewallUpdateRequest{Source: new("*"), Port: new("")})
		}),
		"Services.Usage.Bandwidth": clienttest.Equal(&elizon.ServiceBandwidth{TotalGB: new(1.5), Usage: raw(`{"totalGb": 1.5}`)}, func(ctx context.Context, c *client) (*elizon.ServiceBandwidth, error) {
			return c.Services.Usage.Bandwidth(ctx, "srv_1", "2026-07-01", "2026-07-31")
		}),
	}
}

// serviceUnknowns are the replays of undocumented answers.
func serviceUnknowns() map[string]replay {
	done := object{"success": true}
	said := func(what string) object { return object{"success": true, "message": what} }
	holds := func(name string, value any) object { return object{"success": true, name: value} }
	none := []any{}
	type call = func(ctx context.Context, c *client) (payload, error)
	all := map[string]struct {
		want object
		call call
	}{
		"Services.Create": {said("created"), func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Create(ctx, &elizon.ServiceCreateRequest{Name: "web", ProductID: "prd_1", ProviderID: "prv_1", Extra: object{"node": "fra-1"}})
		}},
		"Services.Notifications":  {holds("notifications", none), func(ctx context.Context, c *client) (payload, error) { return c.Services.Notifications(ctx, "srv_1") }},
		"Services.UpgradeOptions": {holds("options", object{}), func(ctx context.Context, c *client) (payload, error) { return c.Services.UpgradeOptions(ctx, "srv_1") }},
		"Services.Upgrade": {said("upgraded"), func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Upgrade(ctx, "srv_1", object{"memory": 8192})
		}},
		"Services.Backups.List": {holds("backups", none), func(ctx context.Context, c *client) (payload, error) { return c.Services.Backups.List(ctx, "srv_1") }},
		"Services.Backups.Create": {holds("backup", object{"id": "bak_1"}), func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Backups.Create(ctx, "srv_1", object{"name": "before"})
		}},
		"Services.Backups.DownloadURL": {holds("url", "https://node.example.com/placeholder"), func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Backups.DownloadURL(ctx, "srv_1", "bak_1")
		}},
		"Services.Console.Act": {said("done"), func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Console.Act(ctx, "srv_1", nil)
		}},
		"Services.Files.Read": {holds("files", none), func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Files.Read(ctx, "srv_1", url.Values{"action": {"list"}, "directory": {"/"}})
		}},
		"Services.Files.Act": {done, func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Files.Act(ctx, "srv_1", url.Values{"action": {"write"}}, object{"path": "/eula.txt", "content": "eula=true"})
		}},
		"Services.IPs.Cancel": {done, func(ctx context.Context, c *client) (payload, error) {
			return c.Services.IPs.Cancel(ctx, "srv_1", object{"ip": "192.0.2.11"})
		}},
		"Services.IPs.UndoCancel": {done, func(ctx context.Context, c *client) (payload, error) {
			return c.Services.IPs.UndoCancel(ctx, "srv_1", url.Values{"ip": {"192.0.2.11"}}, nil)
		}},
		"Services.Settings.Get": {holds("settings", object{"display": "serial"}), func(ctx context.Context, c *client) (payload, error) { return c.Services.Settings.Get(ctx, "srv_1") }},
		"Services.Settings.Act": {done, func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Settings.Act(ctx, "srv_1", object{"x": 1})
		}},
		"Services.Settings.Replace": {done, func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Settings.Replace(ctx, "srv_1", object{"x": 1})
		}},
		"Services.Settings.Update": {done, func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Settings.Update(ctx, "srv_1", object{"display": "standard"})
		}},
		"Services.SFTP.Get": {holds("host", "sftp.example.com"), func(ctx context.Context, c *client) (payload, error) { return c.Services.SFTP.Get(ctx, "srv_1") }},
		"Services.SFTP.EnsurePassword": {holds("password", "placeholder-password"), func(ctx context.Context, c *client) (payload, error) {
			return c.Services.SFTP.EnsurePassword(ctx, "srv_1", nil)
		}},
		"Services.SFTP.RotatePassword": {holds("password", "placeholder-password"), func(ctx context.Context, c *client) (payload, error) {
			return c.Services.SFTP.RotatePassword(ctx, "srv_1", nil)
		}},
		"Services.Game.Allocations": {holds("allocations", none), func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Game.Allocations(ctx, "srv_1")
		}},
		"Services.Game.Eggs": {holds("eggs", none), func(ctx context.Context, c *client) (payload, error) { return c.Services.Game.Eggs(ctx, "srv_1") }},
		"Services.Game.StartupVariables": {holds("variables", none), func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Game.StartupVariables(ctx, "srv_1")
		}},
		"Services.Game.SetStartupVariables": {done, func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Game.SetStartupVariables(ctx, "srv_1", object{"SERVER_PORT": "25565"})
		}},
		"Services.Usage.Disk":    {holds("filesystems", none), func(ctx context.Context, c *client) (payload, error) { return c.Services.Usage.Disk(ctx, "srv_1") }},
		"Services.Usage.Metrics": {holds("metrics", object{}), func(ctx context.Context, c *client) (payload, error) { return c.Services.Usage.Metrics(ctx, "srv_1") }},
		"Services.Usage.TopIPs":  {holds("ips", none), func(ctx context.Context, c *client) (payload, error) { return c.Services.Usage.TopIPs(ctx, "srv_1") }},
		"Services.Usage.Traffic": {holds("data", none), func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Usage.Traffic(ctx, "srv_1", elizon.TrafficWeek)
		}},
		"Services.Subscription.SetBillingAddress": {done, func(ctx context.Context, c *client) (payload, error) {
			return c.Services.Subscription.SetBillingAddress(ctx, "srv_1", object{"addressId": "adr_1"})
		}},
	}
	replays := make(map[string]replay, len(all))
	for name, one := range all {
		replays[name] = clienttest.Decoded(one.want, one.call)
	}
	return replays
}
