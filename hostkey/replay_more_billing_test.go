package hostkey_test

import (
	"context"
	"iter"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

func dnsReplays() map[string]replay {
	add := func(req *hostkey.DNSAddRequest) replay {
		return done(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.DNS.AddDNS(ctx, req) })
	}
	remove := func(req *hostkey.DNSDeleteRequest) replay {
		return done(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.DNS.DeleteDNS(ctx, req) })
	}
	domain := &hostkey.Domain{ID: 5, Name: "example.com"}
	domains := func(ctx context.Context, c *client) iter.Seq2[*hostkey.Domain, error] { return c.DNS.ListDomains(ctx) }
	zone := func(ctx context.Context, c *client) (*hostkey.Zone, error) {
		return c.DNS.ViewZone(ctx, "example.com")
	}
	return map[string]replay{
		"DNS.ListDomains":      clienttest.Listed([]*hostkey.Domain{domain, {ID: 6, Name: "example.net"}}, domains),
		"DNS.ListDomains, one": clienttest.Listed([]*hostkey.Domain{domain}, domains),
		"DNS.AddDomain": clienttest.Equal(int64(5), func(ctx context.Context, c *client) (int64, error) {
			return c.DNS.AddDomain(ctx, &hostkey.DomainAddRequest{Name: "example.com", ServerID: 55054})
		}),
		"DNS.DeleteDomain": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.DNS.DeleteDomain(ctx, 5, "example.com")
		}),
		"DNS.ViewZone": clienttest.Equal(&hostkey.Zone{ID: 5, Name: "example.com", Records: []hostkey.DNSRecord{
			{ID: 9, Name: "www", Type: "A", Content: "192.0.2.10", TTL: 3600}, {ID: 10, Type: "MX", Content: "mail.example.com", TTL: 60, Priority: 10},
		}}, zone),
		"DNS.ViewZone, empty": clienttest.Equal(&hostkey.Zone{ID: 5, Name: "example.com", Records: []hostkey.DNSRecord{}}, zone),
		"DNS.AddZone": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.DNS.AddZone(ctx, &hostkey.ZoneAddRequest{
				Name: "example.com", Kind: "Master", DNSSec: new(false), Nameservers: []string{"ns1.example.com", "ns2.example.com"},
			})
		}),
		"DNS.DeleteZone": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.DNS.DeleteZone(ctx, "example.com", nil)
		}),
		"DNS.CallbackURL": tells(func(ctx context.Context, c *client) (payload, error) { return c.DNS.CallbackURL(ctx, note) }),
		"DNS.AddDNS": add(&hostkey.DNSAddRequest{
			Zone: "example.com", Name: "www", Type: "A", Contents: []string{"192.0.2.10", "192.0.2.11"}, TTL: 3600,
		}),
		"DNS.AddDNS, MX": add(&hostkey.DNSAddRequest{
			Zone: "example.com", Name: "@", Type: "MX", Contents: []string{"mail.example.com"}, Priority: new(int64(0)),
		}),
		"DNS.AddDNS, TXT": add(&hostkey.DNSAddRequest{Zone: "example.com", Name: "_acme-challenge", Type: "TXT", Contents: []string{"a b"}, Extra: note}),
		"DNS.AddDNS, SOA": add(&hostkey.DNSAddRequest{Zone: "example.com", Name: "@", Type: "SOA", Contents: []string{"x"}, SOA: &hostkey.SOA{
			MName: "ns1.example.com", RName: "admin.example.com", Serial: 1, Refresh: 2, Retry: 3, Expire: 4, Minimum: 5, IncreaseSerial: true,
		}}),
		"DNS.DeleteDNS": remove(&hostkey.DNSDeleteRequest{Zone: "example.com", Name: "www", Type: "A", Contents: []string{"192.0.2.10"}}),
		"DNS.DeleteDNS, MX": remove(&hostkey.DNSDeleteRequest{
			Zone: "example.com", Type: "MX", Contents: []string{"mail.example.com"}, Priority: new(int64(0)),
		}),
		"DNS.EditSubdomain": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.DNS.EditSubdomain(ctx, &hostkey.SubdomainEditRequest{ID: 4, ServerID: 55054, Extra: map[string]any{"name": "web2"}})
		}),
		"DNS.DeleteSubdomain": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.DNS.DeleteSubdomain(ctx, 55054, 4)
		}),
	}
}

func storageReplays() map[string]replay {
	return map[string]replay{
		"S3.CreateAccount": clienttest.Equal(&hostkey.S3Account{UID: "u-1"}, func(ctx context.Context, c *client) (*hostkey.S3Account, error) {
			return c.S3.CreateAccount(ctx, &hostkey.S3AccountCreateRequest{PlanID: 2, BucketName: "b", Location: "NL"})
		}),
		"S3.History": tells(func(ctx context.Context, c *client) (payload, error) { return c.S3.History(ctx, note) }),
	}
}

func customerReplays() map[string]replay {
	data := func(extra map[string]payload) replay {
		return clienttest.Equal(&hostkey.BillingData{
			Hostname: "web1", ClientID: 1001, OrderID: 7001, Name: "vm.pico", Status: hostkey.BillingActive, Cycle: "Monthly", SetupFee: "0.00",
			Recurring: "4.00", Registered: day("2026-01-01"), NextDue: endOf("2026-02-01"), More: extra,
		}, func(ctx context.Context, c *client) (*hostkey.BillingData, error) {
			return c.WHMCS.BillingData(ctx, 55054)
		})
	}
	return map[string]replay{
		"WHMCS.Client": clienttest.Equal(&hostkey.BillingClient{
			ID: 1001, Credit: "150.50", Currency: "EUR", Email: "a@example.com", Location: "whmcs_com", More: map[string]payload{"city": rawValue(`"Amsterdam"`)},
		}, func(ctx context.Context, c *client) (*hostkey.BillingClient, error) {
			return c.WHMCS.Client(ctx, &hostkey.BillingClientGetRequest{Full: true})
		}),
		"WHMCS.ClientGroups": tells(func(ctx context.Context, c *client) (payload, error) { return c.WHMCS.ClientGroups(ctx, note) }),
		"WHMCS.UpdateClient": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.WHMCS.UpdateClient(ctx, &hostkey.BillingClientUpdateRequest{FirstName: new(""), Email: new("b@example.com"), Extra: note})
		}),
		"WHMCS.ResetPassword": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.WHMCS.ResetPassword(ctx, &hostkey.PasswordResetRequest{Email: "a@example.com", ResetToken: provider.NewSecret("placeholder-reset")})
		}),
		"WHMCS.Contacts":   tells(func(ctx context.Context, c *client) (payload, error) { return c.WHMCS.Contacts(ctx) }),
		"WHMCS.AddContact": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.WHMCS.AddContact(ctx, note) }),
		"WHMCS.UpdateContact": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.WHMCS.UpdateContact(ctx, &hostkey.ContactUpdateRequest{
				ContactID: 8, Email: "c@example.com", Password: provider.NewSecret("placeholder-password"), Phone: new(""),
			})
		}),
		"WHMCS.DeleteContact":              done(func(ctx context.Context, c *client) (*hostkey.Ack, error) { return c.WHMCS.DeleteContact(ctx, 8) }),
		"WHMCS.BillingData":                data(nil),
		"WHMCS.BillingData, with a result": data(map[string]payload{"currencysuffix": rawValue(`"EUR"`)}),
		"WHMCS.RequestCancellation": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.WHMCS.RequestCancellation(ctx, &hostkey.ServerCancelRequest{
				ServerID: 55054, Type: hostkey.CancelNow, Reason: "other", CustomReason: "moved", PIN: provider.NewSecret("1234"),
			})
		}),
		"WHMCS.RequestCancellation, period end": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.WHMCS.RequestCancellation(ctx, &hostkey.ServerCancelRequest{ServerID: 55054, PIN: provider.NewSecret("not_set")})
		}),
		"WHMCS.CancellationRequests": tells(func(ctx context.Context, c *client) (payload, error) {
			return c.WHMCS.CancellationRequests(ctx, &hostkey.CancellationListRequest{ServerID: 55054})
		}),
		"WHMCS.DeleteCancellationRequest": done(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.WHMCS.DeleteCancellationRequest(ctx, 55054)
		}),
		"WHMCS.RequestSubscriptionCancellation": noted(func(ctx context.Context, c *client) (*hostkey.Ack, error) {
			return c.WHMCS.RequestSubscriptionCancellation(ctx, 55054, note)
		}),
	}
}

func invoiceReplays() map[string]replay {
	invoices := func(opts *hostkey.InvoiceListOptions, want ...*hostkey.Invoice) replay {
		return clienttest.Listed(want, func(ctx context.Context, c *client) iter.Seq2[*hostkey.Invoice, error] {
			return c.WHMCS.Invoices(ctx, opts)
		})
	}
	invoice := func(req *hostkey.InvoiceGetRequest, item hostkey.InvoiceItem) replay {
		return clienttest.Equal(&hostkey.Invoice{
			ID: 603548, Status: hostkey.InvoicePaid, Total: "6.47", Balance: "0.00", Currency: "EUR", ClientID: 1001, Items: []hostkey.InvoiceItem{item},
		}, func(ctx context.Context, c *client) (*hostkey.Invoice, error) { return c.WHMCS.Invoice(ctx, req) })
	}
	credits := func(req *hostkey.CreditListRequest, want hostkey.Credits) replay {
		return clienttest.Equal(&want, func(ctx context.Context, c *client) (*hostkey.Credits, error) { return c.WHMCS.Credits(ctx, req) })
	}
	funds := func(req *hostkey.FundsAddRequest, want hostkey.AddFundsInvoice) replay {
		return clienttest.Equal(&want, func(ctx context.Context, c *client) (*hostkey.AddFundsInvoice, error) {
			return c.WHMCS.CreateAddFunds(ctx, req)
		})
	}
	return map[string]replay{
		"WHMCS.Invoices": invoices(nil, &hostkey.Invoice{
			ID: 603548, Status: hostkey.InvoiceUnpaid, Total: "6.47", Date: day("2026-01-01"), DueDate: endOf("2026-01-08"),
		}),
		"WHMCS.Invoices, one": invoices(&hostkey.InvoiceListOptions{PageSize: 25, Start: 3},
			&hostkey.Invoice{ID: 603548, Status: hostkey.InvoiceUnpaid, Total: "6.47"}),
		"WHMCS.Invoices, none":    invoices(nil),
		"WHMCS.Invoices, in data": invoices(nil, &hostkey.Invoice{ID: 603548, Status: hostkey.InvoicePaid, Total: "6.47"}),
		"WHMCS.Invoice": invoice(&hostkey.InvoiceGetRequest{ID: 603548, Location: "whmcs_com"},
			hostkey.InvoiceItem{Type: "Hosting", RelatedID: 90001, ServerID: 55054, Description: "vm.pico"}),
		"WHMCS.Invoice, in data": invoice(&hostkey.InvoiceGetRequest{ID: 603548}, hostkey.InvoiceItem{Type: "AddFunds", Description: "Credit"}),
		"WHMCS.ProductInvoices": clienttest.Listed([]*hostkey.Invoice{{ID: 603548, Status: hostkey.InvoiceUnpaid, Total: "6.47"}},
			func(ctx context.Context, c *client) iter.Seq2[*hostkey.Invoice, error] {
				return c.WHMCS.ProductInvoices(ctx, 90001, "whmcs_com")
			}),
		"WHMCS.ApplyCredit": clienttest.Equal(&hostkey.AppliedCredit{Amount: "6.47"}, func(ctx context.Context, c *client) (*hostkey.AppliedCredit, error) {
			return c.WHMCS.ApplyCredit(ctx, 603548, "6.47")
		}),
		"WHMCS.CreateAddFunds": funds(&hostkey.FundsAddRequest{Amount: "10.00"}, hostkey.AddFundsInvoice{InvoiceID: 603549}),
		"WHMCS.CreateAddFunds, object": funds(&hostkey.FundsAddRequest{Amount: "10.00", Subscribe: true, Description: "credit"}, hostkey.AddFundsInvoice{
			InvoiceID: 603549, Status: hostkey.InvoiceUnpaid, Amount: "10", Currency: "EUR", PaymentHTML: provider.NewSecret("<form>pay</form>"),
		}),
		"WHMCS.Credits":         credits(&hostkey.CreditListRequest{ID: 1}, hostkey.Credits{ClientID: 1001, Total: 1, Credits: []hostkey.Credit{{ID: 1, Amount: "-6.47"}}}),
		"WHMCS.Credits, none":   credits(nil, hostkey.Credits{ClientID: 1001}),
		"WHMCS.Credits, number": credits(nil, hostkey.Credits{Number: "150.5"}),
		"WHMCS.PaymentGateways": clienttest.Equal(provider.NewSecret("<form>pay</form>"), func(ctx context.Context, c *client) (provider.Secret, error) {
			return c.WHMCS.PaymentGateways(ctx, 603548)
		}),
		"WHMCS.Transactions": clienttest.Listed([]*hostkey.Transaction{{
			ID: 1, Date: day("2026-01-01"), Description: "Payment", AmountIn: "10.00", More: map[string]payload{"gateway": rawValue(`"x"`)},
		}}, func(ctx context.Context, c *client) iter.Seq2[*hostkey.Transaction, error] {
			return c.WHMCS.Transactions(ctx, &hostkey.TransactionListRequest{InvoiceID: 603548})
		}),
	}
}
