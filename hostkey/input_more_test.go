package hostkey_test

import (
	"context"
	"iter"
	"net/netip"
	"strings"
	"testing"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/provider"
)

// refusal is a call with bad input, and the fields that its error names.
type refusal struct {
	fields string
	call   func(ctx context.Context, c *client) error
}

// refuses is a refusal by a method that returns a value.
func refuses[R, T any](fields string, method func(*client) func(context.Context, R) (T, error), request R) refusal {
	return refusal{fields, func(ctx context.Context, c *client) error {
		_, err := method(c)(ctx, request)
		return err
	}}
}

// refusesList is a refusal by a list.
func refusesList[R, T any](fields string, method func(*client) func(context.Context, R) iter.Seq2[*T, error], request R) refusal {
	return refusal{fields, func(ctx context.Context, c *client) error {
		for _, err := range method(c)(ctx, request) {
			return err
		}
		return nil
	}}
}

func TestBadInputMore(t *testing.T) {
	v := vendor(t)
	for _, some := range []map[string]refusal{networkRefusals(), catalogueRefusals(), dnsRefusals(), machineRefusals(), billingRefusals()} {
		for name, test := range some {
			t.Run(name, func(t *testing.T) {
				tap := always(ok(`{"result": "OK", "id": 1}`))
				v.Refused(t, tap, test.call(t.Context(), clientOver(t, tap)), strings.Fields(test.fields)...)
			})
		}
	}
}

func networkRefusals() map[string]refusal {
	ip, v6 := addr("192.0.2.10"), addr("2001:db8::1")
	addIPv4 := func(c *client) func(context.Context, *hostkey.IPv4AddRequest) (*hostkey.AddedIPv4, error) {
		return c.Net.AddIPv4
	}
	removeIPv4 := func(c *client) func(context.Context, *hostkey.IPv4RemoveRequest) (*hostkey.Ack, error) {
		return c.Net.RemoveIPv4
	}
	addNAT := func(c *client) func(context.Context, *hostkey.NATAddStaticRequest) (*hostkey.Ack, error) {
		return c.NAT.AddStatic
	}
	ptr := func(fields string, ip netip.Addr, names ...string) refusal {
		return refusal{fields, func(ctx context.Context, c *client) error { _, err := c.IP.UpdatePTR(ctx, 0, ip, names); return err }}
	}
	return map[string]refusal{
		"PTR":              ptr("serverID ip names", netip.Addr{}),
		"PTR, line break":  ptr("serverID names", ip, "a.example.com\nb.example.com"),
		"IPv4, nothing":    refuses("ServerID Amount", addIPv4, &hostkey.IPv4AddRequest{}),
		"IPv4, below zero": refuses("Amount VLAN", addIPv4, &hostkey.IPv4AddRequest{ServerID: 1, Port: "1", Amount: -1, VLAN: -1}),
		"IPv4, IPv6":       refuses("IP IPs", addIPv4, &hostkey.IPv4AddRequest{ServerID: 1, Port: "1", IP: v6, IPs: []netip.Addr{ip, v6}}),
		"IPv4, no address": refuses("IPs", addIPv4, &hostkey.IPv4AddRequest{ServerID: 1, Port: "1", IPs: []netip.Addr{{}}}),
		"IPv4, own action": refuses("Extra", addIPv4, &hostkey.IPv4AddRequest{ServerID: 1, Port: "1", Amount: 1, Extra: map[string]any{"action": "x"}}),
		// Both together would remove every address although one was meant.
		"remove, neither": refuses("IP", removeIPv4, &hostkey.IPv4RemoveRequest{ServerID: 1}),
		"remove, both":    refuses("IP", removeIPv4, &hostkey.IPv4RemoveRequest{ServerID: 1, IP: ip, All: true}),
		"block": refuses("ServerID IP Description", func(c *client) func(context.Context, *hostkey.IPBlockRequest) (*hostkey.Ack, error) {
			return c.Net.BlockIP
		},
			&hostkey.IPBlockRequest{}),
		"port off": refuses("ServerID Port", func(c *client) func(context.Context, *hostkey.PortOffRequest) (*hostkey.Ack, error) {
			return c.Net.PortOff
		},
			&hostkey.PortOffRequest{Reason: "x"}),
		"graph": {"graph", func(ctx context.Context, c *client) error { _, err := c.Net.ShowCacti(ctx, 1, "1", 4); return err }},
		"free": refuses("ServerID VLAN IP", func(c *client) func(context.Context, *hostkey.IPv4ShowFreeRequest) (payload, error) {
			return c.Net.ShowIPv4Free
		},
			&hostkey.IPv4ShowFreeRequest{VLAN: -1, IP: v6}),
		"NAT, too long":   refuses("Hours", addNAT, &hostkey.NATAddStaticRequest{ServerID: 1, Hours: 25}),
		"NAT, below zero": refuses("ServerID Hours", addNAT, &hostkey.NATAddStaticRequest{Hours: -1}),
		"NAT, neither": refuses("ServerID", func(c *client) func(context.Context, *hostkey.NATRemoveStaticRequest) (*hostkey.Ack, error) {
			return c.NAT.RemoveStatic
		}, &hostkey.NATRemoveStaticRequest{}),
		"drop, neither": refuses("ID", func(c *client) func(context.Context, *hostkey.NATDropRequest) (*hostkey.Ack, error) {
			return c.NAT.Drop
		},
			&hostkey.NATDropRequest{Extra: map[string]any{"x": 1}}),
	}
}

func catalogueRefusals() map[string]refusal {
	show := func(c *client) func(context.Context, *hostkey.PresetShowRequest) (*hostkey.Preset, error) {
		return c.Presets.Show
	}
	return map[string]refusal{
		"presets": refusesList("Location", func(c *client) func(context.Context, *hostkey.PresetListOptions) iter.Seq2[*hostkey.Preset, error] {
			return c.Presets.List
		}, &hostkey.PresetListOptions{Location: "nl"}),
		"preset search": refuses("Name Location Scope", func(c *client) func(context.Context, *hostkey.PresetSearchRequest) (*hostkey.PresetStock, error) {
			return c.Presets.Search
		},
			&hostkey.PresetSearchRequest{Scope: "some"}),
		"preset, neither": refuses("ID", show, &hostkey.PresetShowRequest{}),
		"preset, both":    refuses("ID", show, &hostkey.PresetShowRequest{ID: 1, Name: "vm.pico"}),
		"systems": refuses("ServerID PresetID Location", func(c *client) func(context.Context, *hostkey.OSListOptions) (*hostkey.OSList, error) {
			return c.OS.List
		},
			&hostkey.OSListOptions{ServerID: -1, PresetID: -1, Location: "Amsterdam"}),
		"software": refusesList("PresetID", func(c *client) func(context.Context, *hostkey.SoftwareListOptions) iter.Seq2[*hostkey.Software, error] {
			return c.Software.List
		}, &hostkey.SoftwareListOptions{PresetID: -1}),
		"traffic plans": refusesList("ServerID", func(c *client) func(context.Context, *hostkey.TrafficPlanListOptions) iter.Seq2[*hostkey.TrafficPlan, error] {
			return c.TrafficPlans.List
		}, &hostkey.TrafficPlanListOptions{ServerID: -1}),
		// A token in a query would end up in logs.
		"traffic plans, token": refusesList("Extra", func(c *client) func(context.Context, *hostkey.TrafficPlanListOptions) iter.Seq2[*hostkey.TrafficPlan, error] {
			return c.TrafficPlans.List
		}, &hostkey.TrafficPlanListOptions{Extra: map[string]any{"token": "x"}}),
		"stock": refusesList("Location Group", func(c *client) func(context.Context, *hostkey.StockListOptions) iter.Seq2[*hostkey.StockServer, error] {
			return c.Stocks.List
		}, &hostkey.StockListOptions{Location: "N", Group: "gpu"}),
	}
}

func dnsRefusals() map[string]refusal {
	add := func(c *client) func(context.Context, *hostkey.DNSAddRequest) (*hostkey.Ack, error) {
		return c.DNS.AddDNS
	}
	remove := func(c *client) func(context.Context, *hostkey.DNSDeleteRequest) (*hostkey.Ack, error) {
		return c.DNS.DeleteDNS
	}
	return map[string]refusal{
		"record": refuses("Zone Name Type Contents", add, &hostkey.DNSAddRequest{}),
		"record, several texts": refuses("Contents", add, &hostkey.DNSAddRequest{
			Zone: "example.com", Name: "www", Type: "TXT", Contents: []string{"a", "b"},
		}),
		"record, below zero": refuses("TTL Priority SOA", add, &hostkey.DNSAddRequest{
			Zone: "example.com", Name: "www", Type: "A", Contents: []string{"192.0.2.1"}, TTL: -1, Priority: new(int64(-1)), SOA: &hostkey.SOA{Retry: -1},
		}),
		"record, given twice": refuses("Extra", add, &hostkey.DNSAddRequest{
			Zone: "example.com", Name: "www", Type: "A", Contents: []string{"192.0.2.1"}, Extra: map[string]any{"zone": "other.example"},
		}),
		// Without contents the server removes every record of the name and type.
		"removal without contents": refuses("Contents", remove, &hostkey.DNSDeleteRequest{Zone: "example.com", Name: "www", Type: "A"}),
		"removal, empty content":   refuses("Contents", remove, &hostkey.DNSDeleteRequest{Zone: "example.com", Name: "www", Type: "A", Contents: []string{" "}}),
		"removal without priority": refuses("Priority", remove, &hostkey.DNSDeleteRequest{Zone: "example.com", Type: "mx", Contents: []string{"mail.example.com"}}),
		"removal without anything": refuses("Zone Type Contents", remove, &hostkey.DNSDeleteRequest{}),
		"removal, contents twice": refuses("Extra", remove, &hostkey.DNSDeleteRequest{
			Zone: "example.com", Type: "A", Contents: []string{"192.0.2.1"}, Extra: map[string]any{"content": ""},
		}),
		"removal, contents by side": refuses("Contents", remove, &hostkey.DNSDeleteRequest{Zone: "a", Type: "A", Extra: map[string]any{"content": "x"}}),
		"domain": refuses("Name ServerID", func(c *client) func(context.Context, *hostkey.DomainAddRequest) (int64, error) {
			return c.DNS.AddDomain
		},
			&hostkey.DomainAddRequest{ServerID: -1}),
		"zone": refuses("request", func(c *client) func(context.Context, *hostkey.ZoneAddRequest) (*hostkey.Ack, error) {
			return c.DNS.AddZone
		}, &hostkey.ZoneAddRequest{}),
		"subdomain": refuses("ServerID DomainID Name", func(c *client) func(context.Context, *hostkey.SubdomainAddRequest) (*hostkey.AddedSubdomain, error) {
			return c.DNS.AddSubdomain
		}, &hostkey.SubdomainAddRequest{}),
		"subdomain, none": refuses("ID", func(c *client) func(context.Context, *hostkey.SubdomainEditRequest) (*hostkey.Ack, error) {
			return c.DNS.EditSubdomain
		},
			&hostkey.SubdomainEditRequest{}),
	}
}

func machineRefusals() map[string]refusal {
	tag := func(c *client) func(context.Context, *hostkey.TagAddRequest) (*hostkey.Tag, error) { return c.Tags.Add }
	snapshot := func(c *client) func(context.Context, *hostkey.SnapshotCreateRequest) (*hostkey.Ack, error) {
		return c.VM.CreateSnapshot
	}
	upload := func(c *client) func(context.Context, *hostkey.ISOUploadRequest) (*hostkey.Ack, error) {
		return c.ISO.Upload
	}
	return map[string]refusal{
		"tag":             refuses("ID Name", tag, &hostkey.TagAddRequest{}),
		"tag, characters": refuses("Name", tag, &hostkey.TagAddRequest{ID: 1, Name: "a_b"}),
		"tag, too long": refuses("Name Value Text", tag, &hostkey.TagAddRequest{
			ID: 1, Name: strings.Repeat("a", 33), Value: strings.Repeat("ä", 257), Text: strings.Repeat("x", 16385),
		}),
		"tag, both":  refuses("IDs", tag, &hostkey.TagAddRequest{ID: 1, IDs: []int64{2}, Name: "a"}),
		"tag, twice": refuses("IDs", tag, &hostkey.TagAddRequest{IDs: []int64{2, 2}, Name: "a"}),
		"tag removal": refuses("ID Name ComponentID", func(c *client) func(context.Context, *hostkey.TagRemoveRequest) (*hostkey.Ack, error) {
			return c.Tags.Remove
		},
			&hostkey.TagRemoveRequest{ComponentID: -1}),
		"snapshot":              refuses("ServerID Name NumRotation", snapshot, &hostkey.SnapshotCreateRequest{NumRotation: -1}),
		"snapshot, white space": refuses("Name", snapshot, &hostkey.SnapshotCreateRequest{ServerID: 1, Name: "a b"}),
		"snapshot, path": refuses("Name", func(c *client) func(context.Context, *hostkey.SnapshotRequest) (*hostkey.Ack, error) {
			return c.VM.RestoreSnapshot
		},
			&hostkey.SnapshotRequest{ServerID: 1, Name: "a/b"}),
		"image": refuses("Name ShortName ISOName", func(c *client) func(context.Context, *hostkey.ISOAddRequest) (*hostkey.ISO, error) { return c.ISO.Add },
			&hostkey.ISOAddRequest{}),
		"mount": refuses("ServerID ISOID", func(c *client) func(context.Context, *hostkey.ISOMountRequest) (*hostkey.Ack, error) {
			return c.ISO.Mount
		},
			&hostkey.ISOMountRequest{}),
		"upload":       refuses("URL", upload, &hostkey.ISOUploadRequest{URL: "/a.iso"}),
		"upload, none": refuses("URL CustomerID", upload, &hostkey.ISOUploadRequest{CustomerID: -1}),
		"task": refuses("ServerID Task", func(c *client) func(context.Context, *hostkey.JenkinsCallRequest) (*hostkey.Ack, error) {
			return c.Jenkins.Call
		},
			&hostkey.JenkinsCallRequest{}),
		"task, parameter": refuses("Params", func(c *client) func(context.Context, *hostkey.JenkinsCallRequest) (*hostkey.Ack, error) {
			return c.Jenkins.Call
		},
			&hostkey.JenkinsCallRequest{ServerID: 1, Task: "3", Params: map[string]any{"x": func() {}}}),
		"storage": refuses("PlanID BucketName Location", func(c *client) func(context.Context, *hostkey.S3AccountCreateRequest) (*hostkey.S3Account, error) {
			return c.S3.CreateAccount
		}, &hostkey.S3AccountCreateRequest{Location: "nl"}),
		"storage, nothing": refuses("request", func(c *client) func(context.Context, *hostkey.S3OrderCreateRequest) (*hostkey.S3Order, error) {
			return c.S3.CreateOrder
		},
			&hostkey.S3OrderCreateRequest{}),
		"storage, nobody's": refuses("UID", func(c *client) func(context.Context, *hostkey.S3AccountRequest) (*hostkey.Ack, error) {
			return c.S3.DeleteAccount
		}, &hostkey.S3AccountRequest{}),
		"bucket": refuses("Bucket AccountID", func(c *client) func(context.Context, *hostkey.S3BucketRequest) (*hostkey.Ack, error) {
			return c.S3.DeleteBucket
		}, &hostkey.S3BucketRequest{S3Ref: hostkey.S3Ref{AccountID: -1}}),
		"files": refuses("Bucket Page Limit", func(c *client) func(context.Context, *hostkey.S3FileListRequest) (*hostkey.S3FileList, error) {
			return c.S3.Files
		}, &hostkey.S3FileListRequest{Page: -1, Limit: -1}),
		"file": refuses("Bucket File", func(c *client) func(context.Context, *hostkey.S3FileRequest) (*hostkey.Ack, error) {
			return c.S3.DeleteFile
		}, &hostkey.S3FileRequest{}),
		"key": refuses("Type", func(c *client) func(context.Context, *hostkey.S3KeyRequest) (*hostkey.S3Key, error) {
			return c.S3.ShowKey
		}, &hostkey.S3KeyRequest{Type: "both"}),
	}
}

func billingRefusals() map[string]refusal {
	credit := func(fields string, id int64, amount hostkey.Amount) refusal {
		return refusal{fields, func(ctx context.Context, c *client) error { _, err := c.WHMCS.ApplyCredit(ctx, id, amount); return err }}
	}
	cancel := func(c *client) func(context.Context, *hostkey.ServerCancelRequest) (*hostkey.Ack, error) {
		return c.WHMCS.RequestCancellation
	}
	massPay := func(c *client) func(context.Context, []int64) (*hostkey.NewInvoice, error) { return c.WHMCS.MassPay }
	return map[string]refusal{
		"credit":             credit("invoiceID amount", 0, ""),
		"credit, nothing":    credit("amount", 1, "0.00"),
		"credit, below zero": credit("amount", 1, "-6.47"),
		"credit, comma":      credit("amount", 1, "6,47"),
		"credit, exponent":   credit("amount", 1, "1e3"),
		"credit, text":       credit("amount", 1, "6.47 EUR"),
		"funds": refuses("Amount", func(c *client) func(context.Context, *hostkey.FundsAddRequest) (*hostkey.AddFundsInvoice, error) {
			return c.WHMCS.CreateAddFunds
		}, &hostkey.FundsAddRequest{}),
		"mass pay, none":  refuses("invoiceIDs", massPay, nil),
		"mass pay, twice": refuses("invoiceIDs", massPay, []int64{1, 1}),
		"invoices": refusesList("PageSize Start", func(c *client) func(context.Context, *hostkey.InvoiceListOptions) iter.Seq2[*hostkey.Invoice, error] {
			return c.WHMCS.Invoices
		}, &hostkey.InvoiceListOptions{PageSize: -1, Start: -1}),
		"transactions": refusesList("InvoiceID TransactionID", func(c *client) func(context.Context, *hostkey.TransactionListRequest) iter.Seq2[*hostkey.Transaction, error] {
			return c.WHMCS.Transactions
		}, &hostkey.TransactionListRequest{InvoiceID: -1, TransactionID: -1}),
		"cancel":           refuses("ServerID Type PIN", cancel, &hostkey.ServerCancelRequest{Type: 2, PIN: provider.NewSecret("123")}),
		"cancel, below":    refuses("Type", cancel, &hostkey.ServerCancelRequest{ServerID: 1, Type: -1}),
		"cancel, long PIN": refuses("PIN", cancel, &hostkey.ServerCancelRequest{ServerID: 1, PIN: provider.NewSecret("1234567")}),
		"customer, nothing": refuses("request", func(c *client) func(context.Context, *hostkey.BillingClientUpdateRequest) (*hostkey.Ack, error) {
			return c.WHMCS.UpdateClient
		}, &hostkey.BillingClientUpdateRequest{}),
		"contact": refuses("ContactID Email", func(c *client) func(context.Context, *hostkey.ContactUpdateRequest) (*hostkey.Ack, error) {
			return c.WHMCS.UpdateContact
		},
			&hostkey.ContactUpdateRequest{}),
		"reset": refuses("Email", func(c *client) func(context.Context, *hostkey.PasswordResetRequest) (*hostkey.Ack, error) {
			return c.WHMCS.ResetPassword
		},
			&hostkey.PasswordResetRequest{}),
	}
}
