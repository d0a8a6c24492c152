package elizon_test

import (
	"bytes"
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

func orderReplays() map[string]replay {
	full := line()
	full.LocationID, full.TemplateID, full.AdditionalIPv4, full.IncludeIPv6 = "loc_1", 9000, 1, new(false)
	full.SSHKeyIDs, full.EggID, full.Environment = []string{"key_1"}, 5, object{"PORT": "1"}
	full.Customization = &elizon.Customization{VCores: 2, Memory: 1024, DomainMode: "owned", Extra: object{"gpu": 1}}
	full.SetupFee, full.BillingMode, full.ResourceSpecsUnit, full.Extra = "2.50", "PREPAID", "mb", object{"note": "x"}

	validate := func(ctx context.Context, c *client) ([]elizon.UnavailableLine, error) {
		return c.Cart.Validate(ctx, []elizon.CartLine{line()})
	}
	upgrade := func(ctx context.Context, c *client) (*elizon.UpgradeQuote, error) {
		return c.Cart.Upgrade(ctx, &elizon.CartUpgradeRequest{ServiceID: "srv_1", ResourceChanges: object{"memory": 4096}})
	}
	product := elizon.Product{
		ID: "prd_1", Slug: "kvm-s", Name: "KVM S", PriceMonthly: "4.99", SetupFee: "0", VCores: 2, Memory: 4096, Storage: 40, AllowedBillingCycles: []int64{30, 90},
		BillingDiscountPerMonth: 1.5, ContractTerms: []elizon.ContractTerm{{Months: 12, DiscountPercent: 10}},
		Eggs: []elizon.ProductEgg{{
			ID: 3, NestID: 1, Name: "paper", DisplayName: "Paper", DockerImages: []string{"ghcr.io/java:21"}, DefaultDockerImage: "ghcr.io/java:21",
			Variables: []elizon.EggVariable{{EnvVariable: "VERSION", Name: "Version", Default: "latest", UserViewable: true, UserEditable: true, Rules: "required|string"}},
		}},
		Provider: &elizon.ProductProvider{ID: "prv_1", Type: "PROXMOX", Name: "fra"},
		More:     map[string]payload{"badge": raw(`"new"`)},
	}
	config := func(id string) func(ctx context.Context, c *client) (*elizon.UpgradeConfig, error) {
		return func(ctx context.Context, c *client) (*elizon.UpgradeConfig, error) {
			return c.Products.UpgradeConfig(ctx, id)
		}
	}
	return map[string]replay{
		"Cart.Validate":           clienttest.Equal([]elizon.UnavailableLine(nil), validate),
		"Cart.Validate, sold out": clienttest.Equal([]elizon.UnavailableLine{{LineID: "line-1", ProductName: "KVM S"}}, validate),
		"Cart.Calculate": clienttest.Equal(&elizon.Calculation{
			Items:    []elizon.CalculatedLine{{ProductID: "prd_1", ProductName: "KVM S", Total: "4.99", Quantity: 1, More: map[string]payload{"preorder": raw("false")}}},
			Subtotal: "4.99", Tax: "0.95", Total: "5.94", FirstMonthAmount: "5.94", TaxName: "MwSt.", TaxRatePercent: 19, More: map[string]payload{"currency": raw(`"EUR"`)},
		}, func(ctx context.Context, c *client) (*elizon.Calculation, error) {
			return c.Cart.Calculate(ctx, &elizon.CartCalculateRequest{
				Items: []elizon.CartLine{full}, CountryCode: "DE", HasVATID: new(false), CouponCode: "SPRING", Lang: "de",
			})
		}),
		"Cart.Upgrade": func(t *testing.T, c *client) {
			quote, err := upgrade(t.Context(), c)
			require.NoError(t, err)
			want := line()
			want.ItemType, want.ServiceID, want.Extra = elizon.ItemUpgrade, "srv_1", object{"proratedPrice": raw("1.2")}
			require.Equal(t, &want, quote.Line)
			require.NotEmpty(t, quote.Answer)
		},
		"Cart.Upgrade, another answer": clienttest.Equal(&elizon.UpgradeQuote{Answer: raw(`{"success": true, "price": 1}`)}, upgrade),
		"Checkout.Order": clienttest.Equal(&elizon.CheckoutResult{SubscriptionIDs: []string{"sub_1"}, InvoiceID: "inv_1", Processing: true, OrderID: "ord_1"},
			order(&elizon.CheckoutOrderRequest{
				Items: []elizon.CartLine{line()}, PaymentMethod: elizon.PayBalance, CouponCode: "SPRING", NetPointsRedeemEUR: "1.50",
				BillingAddress:  &elizon.BillingAddress{Street: "Examplestr. 1", Zip: "10115", City: "Berlin", CountryCode: "DE", Country: "Germany"},
				NewsletterOptIn: new(false), OfferToken: provider.NewSecret("placeholder-offer"), Lang: "de",
			})),
		"Checkout.Order, by transfer": clienttest.Equal(&elizon.CheckoutResult{
			InvoiceID: "inv_2", RedirectURL: provider.NewSecret("https://pay.example.com/placeholder"),
			SEPADetails: &elizon.SEPADetails{IBAN: "DE00000000000000000000", BIC: "PLACEHOLDER", BankName: "Bank", Amount: "5.94", Reference: "RE-2026-2"},
		}, order(&elizon.CheckoutOrderRequest{Items: []elizon.CartLine{line()}, PaymentMethod: elizon.PaySEPA, BillingAddressID: "adr_1"})),
		"Checkout.Order, too little balance": fails(provider.Error{
			Op: "Checkout.Order", Action: "order cart", Kind: provider.ErrQuota, StatusCode: 400, Code: elizon.CodeInsufficientBalance, Message: "Not enough balance",
		}, func(ctx context.Context, c *client) error { _, err := order(simple())(ctx, c); return err }),
		"Checkout.Order, failed": fails(provider.Error{
			Op: "Checkout.Order", Action: "order cart", Kind: provider.ErrOutcomeUnknown, StatusCode: 200, Code: elizon.CodeCheckoutFailed, Message: "Checkout failed", MaybeExecuted: true,
		}, func(ctx context.Context, c *client) error { _, err := order(simple())(ctx, c); return err }),
		"Checkout.Bootstrap": clienttest.Equal(&elizon.CheckoutData{
			Addresses: []elizon.Address{*address(true)}, Countries: []elizon.Country{{Code: "DE", Name: "Germany", TaxRate: 19, TaxName: "MwSt.", Default: true}},
			NetPoints: &elizon.NetPointsBalance{Points: 120, EURValue: "1.2"}, Business: &elizon.CheckoutBusiness{InvoiceEnabled: true},
			SavedPayment: &elizon.SavedPayment{HasValid: true, DefaultLabel: "Card 0000", DefaultMandateID: "mdt_1"},
		}, func(ctx context.Context, c *client) (*elizon.CheckoutData, error) { return c.Checkout.Bootstrap(ctx) }),
		"Subscriptions.List": clienttest.Listed([]*elizon.Subscription{
			{
				ID: "sub_1", Status: elizon.SubscriptionActive, BillingCycleDays: 30, CurrentPeriodStart: at("2026-07-01T00:00:00Z"), CurrentPeriodEnd: at("2026-07-31T00:00:00Z"),
				PermanentDiscountPercent: 5, Product: &elizon.SubscriptionProduct{ID: "prd_1", Name: "KVM S", PriceMonthly: "4.99"},
				Service: &elizon.SubscriptionTarget{ID: "srv_1", Name: "web", ProviderStatus: "RUNNING"},
			},
			{ID: "sub_2", Status: elizon.SubscriptionActive, More: map[string]payload{"orderId": raw(`"ord_2"`)}},
		}, func(ctx context.Context, c *client) iter.Seq2[*elizon.Subscription, error] {
			return c.Subscriptions.List(ctx)
		}),
		"Subscriptions.Create": clienttest.Decoded(object{"success": true}, func(ctx context.Context, c *client) (payload, error) {
			return c.Subscriptions.Create(ctx, &elizon.SubscriptionCreateRequest{ProductID: "prd_1", ProviderID: "prv_1", BillingCycleDays: 30})
		}),
		"Products.List": clienttest.Equal(&elizon.Catalogue{
			Categories: []elizon.Category{{
				Key: "kvm", ID: "cat_1", Name: "KVM", Products: []elizon.Product{product}, Children: []elizon.Category{{Key: "kvm-xl", Name: "KVM XL", Products: []elizon.Product{}}},
				Provider: &elizon.ProductProvider{ID: "prv_1", Type: "PROXMOX", Name: "fra"}, ConfiguratorEnabled: true,
			}},
			BusinessPricing: &elizon.BusinessPricing{UpchargePercent: 2.5, TaxRatePercent: 19}, DefaultTaxName: "MwSt.",
		}, func(ctx context.Context, c *client) (*elizon.Catalogue, error) { return c.Products.List(ctx, "de") }),
		"Products.Category": clienttest.Equal(&elizon.Category{Key: "kvm", Name: "KVM", Products: []elizon.Product{}},
			func(ctx context.Context, c *client) (*elizon.Category, error) { return c.Products.Category(ctx, "kvm") }),
		"Products.Get": clienttest.Equal(&elizon.ProductDetail{Product: product, Category: elizon.Category{Key: "kvm", Name: "KVM"}},
			func(ctx context.Context, c *client) (*elizon.ProductDetail, error) {
				return c.Products.Get(ctx, "kvm", "kvm-s")
			}),
		"Products.BySlug": clienttest.Equal(&elizon.FoundProduct{Product: &product}, func(ctx context.Context, c *client) (*elizon.FoundProduct, error) {
			return c.Products.BySlug(ctx, "kvm-s", "kvm")
		}),
		"Products.Locations": clienttest.Listed([]*elizon.Location{{ID: "loc_1", Name: "Frankfurt", City: "Frankfurt", Country: "DE", Flag: "de", PingURL: "https://ping.example.com"}},
			func(ctx context.Context, c *client) iter.Seq2[*elizon.Location, error] {
				return c.Products.Locations(ctx, "prd_1", "prd_2")
			}),
		"Products.Templates": clienttest.Listed([]*elizon.Template{{ID: 9000, Name: "debian-13", DisplayName: "Debian 13", CloudInitSupport: true, CloudInitUsername: "debian"}},
			func(ctx context.Context, c *client) iter.Seq2[*elizon.Template, error] {
				return c.Products.Templates(ctx, "prd_1")
			}),
		"Products.UpgradeConfig": clienttest.Equal(&elizon.UpgradeConfig{
			Mode: "freeWithinLimits", AllowPrePurchaseUpgrade: true, ConfiguratorEnabled: true,
			ResourcePricing:             map[string]elizon.ResourcePricing{"memory": {UpgradePrice: "0.99", AllowDowngrade: true, Min: 1024, Max: 65536, Step: 1024}},
			AdditionalIPv4PricePerMonth: "1.5", AdditionalIPv6PricePerMonth: "0", IPv4OptOutDiscount: "0.50",
		}, config("cat_1")),
		"Products.UpgradeConfig, none": clienttest.Equal((*elizon.UpgradeConfig)(nil), config("cat_2")),
		"Coupons.Preview": clienttest.Equal(&elizon.CouponPreview{Coupon: elizon.Coupon{Code: "SPRING", DisplayText: "10 %"}, Discount: elizon.CouponDiscount{Amount: "0.5"}},
			func(ctx context.Context, c *client) (*elizon.CouponPreview, error) {
				return c.Coupons.Preview(ctx, &elizon.CouponPreviewRequest{Code: "SPRING", Items: []elizon.CartLine{line()}, CountryCode: "DE"})
			}),
		"Coupons.Preview, refused": fails(provider.Error{
			Op: "Coupons.Preview", Action: "check coupon", Kind: provider.ErrInvalid, StatusCode: 200, Code: elizon.CodeCouponOneOnly, Message: "Only one coupon",
		}, func(ctx context.Context, c *client) error {
			_, err := c.Coupons.Preview(ctx, &elizon.CouponPreviewRequest{Code: "X", Items: []elizon.CartLine{line()}})
			return err
		}),
	}
}

func simple() *elizon.CheckoutOrderRequest {
	return &elizon.CheckoutOrderRequest{Items: []elizon.CartLine{line()}, PaymentMethod: elizon.PayBalance}
}

func order(req *elizon.CheckoutOrderRequest) func(ctx context.Context, c *client) (*elizon.CheckoutResult, error) {
	return func(ctx context.Context, c *client) (*elizon.CheckoutResult, error) {
		return c.Checkout.Order(ctx, req)
	}
}

func moneyReplays() map[string]replay {
	overdue := elizon.Invoice{
		ID: "inv_1", Number: "RE-2026-1", Status: elizon.InvoiceOverdue, Amount: "12.1", Total: "14.40", Currency: "EUR", IssuedAt: at("2026-07-01T00:00:00Z"),
		DueAt: at("2026-07-15T00:00:00Z"), ServiceIDs: []string{"srv_1"}, CanDispute: true, NetPointsRedeemed: 10,
	}
	rule := elizon.AutoTopUp{
		ID: "top_1", Active: true, Amount: "25", DayOfMonth: 1, NextChargeAt: at("2026-08-01T00:00:00Z"), MandateVerifiedAt: at("2026-07-01T00:00:00Z"),
	}
	redeeming := rule
	redeeming.AutoRedeemVoucher = true
	made := rule
	made.CreatedAt = at("2026-07-01T00:00:00Z")
	yes := new(true)
	return map[string]replay{
		"Invoices.List": clienttest.Listed([]*elizon.Invoice{&overdue, {ID: "inv_0", Number: "GS-1", Status: elizon.InvoiceCreditNote, CreditNote: true, DueAt: at("2026-07-15T23:59:59Z")}},
			func(ctx context.Context, c *client) iter.Seq2[*elizon.Invoice, error] {
				return c.Invoices.List(ctx, &elizon.InvoiceListOptions{Status: elizon.InvoiceOverdue, ServiceID: "srv_1", PerPage: 10})
			}),
		"Invoices.Get": clienttest.Equal(&elizon.InvoiceDetail{
			Invoice: overdue, Subtotal: "12.1", TaxAmount: "2.3", TaxName: "MwSt.", TaxRatePercent: 19,
			Items:       []elizon.InvoiceItem{{Description: "KVM S", Quantity: 1, UnitPrice: "12.1", Total: "12.1", ServiceID: "srv_1", ItemType: "renewal", ServiceType: "vm"}},
			HasDocument: true, PDFURL: provider.NewSecret("https://files.example.com/placeholder"), More: map[string]payload{"note": raw(`"n"`)},
		}, func(ctx context.Context, c *client) (*elizon.InvoiceDetail, error) {
			return c.Invoices.Get(ctx, "inv_1")
		}),
		"Invoices.Document": func(t *testing.T, c *client) {
			var pdf bytes.Buffer
			file, err := c.Invoices.Document(t.Context(), "inv_1", &pdf, 100)
			require.NoError(t, err)
			require.Equal(t, &elizon.Download{ContentType: "application/pdf", Name: "RE-2026-1.pdf", Bytes: 20}, file)
			require.Equal(t, "%PDF-1.7 placeholder", pdf.String())
		},
		"Invoices.Document, refused under 200": func(t *testing.T, c *client) {
			var pdf bytes.Buffer
			file, err := c.Invoices.Document(t.Context(), "inv_1", &pdf, 0)
			require.Nil(t, file)
			require.ErrorIs(t, err, provider.ErrNotFound)
			require.ErrorContains(t, err, "No document")
			require.Zero(t, pdf.Len())
		},
		"Invoices.DownloadAll": func(t *testing.T, c *client) {
			var archive bytes.Buffer
			file, err := c.Invoices.DownloadAll(t.Context(), &archive, 0)
			require.NoError(t, err)
			require.Equal(t, &elizon.Download{ContentType: "application/zip", Bytes: 14}, file)
			require.Equal(t, "PK placeholder", archive.String())
		},
		"Invoices.Pay": clienttest.Equal(&elizon.PayResult{PaymentID: "pay_1", CheckoutURL: provider.NewSecret("https://pay.example.com/placeholder"), Processing: true},
			pay(&elizon.InvoicePayRequest{PaymentMethod: elizon.PayMollieSaved, SavedMandateID: "mdt_1", AmountFromBalance: "2.00"})),
		"Invoices.Pay, paid before": clienttest.Equal(&elizon.PayResult{AlreadyPaid: true}, pay(&elizon.InvoicePayRequest{PaymentMethod: elizon.PayBalance})),
		"Balance.AutoTopUps": clienttest.Listed([]*elizon.AutoTopUp{&rule},
			func(ctx context.Context, c *client) iter.Seq2[*elizon.AutoTopUp, error] {
				return c.Balance.AutoTopUps(ctx)
			}),
		"Balance.CreateAutoTopUp": clienttest.Equal(&elizon.AutoTopUpResult{
			Rule: &redeeming, VerificationURL: provider.NewSecret("https://pay.example.com/placeholder"), VerificationRequired: true, DeferredFirstCharge: true, FirstChargeOn: at("2026-08-01T00:00:00Z"),
		}, func(ctx context.Context, c *client) (*elizon.AutoTopUpResult, error) {
			return c.Balance.CreateAutoTopUp(ctx, &elizon.AutoTopUpCreateRequest{
				Amount: "25", DayOfMonth: 1, AutoRedeemVoucher: yes, AcceptTerms: yes, AcceptPrivacy: yes, AcceptExpiry: yes,
			})
		}),
		"Balance.UpdateAutoTopUp": clienttest.Equal((*elizon.AutoTopUp)(nil), func(ctx context.Context, c *client) (*elizon.AutoTopUp, error) {
			return c.Balance.UpdateAutoTopUp(ctx, "top_1", &elizon.AutoTopUpUpdateRequest{Active: new(false)})
		}),
		"Balance.DeleteAutoTopUp": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.Balance.DeleteAutoTopUp(ctx, "top_1") }),
		"Balance.UpdateAutoTopUp, with the rule": clienttest.Equal(&made, func(ctx context.Context, c *client) (*elizon.AutoTopUp, error) {
			return c.Balance.UpdateAutoTopUp(ctx, "top_1", &elizon.AutoTopUpUpdateRequest{Amount: "25"})
		}),
		"Balance.SEPADetails": clienttest.Equal(&elizon.TransferDetails{IBAN: "DE00000000000000000000"},
			func(ctx context.Context, c *client) (*elizon.TransferDetails, error) {
				return c.Balance.SEPADetails(ctx)
			}),
		"Balance.TopUp": clienttest.Equal(&elizon.TopUp{CheckoutURL: provider.NewSecret("https://pay.example.com/placeholder")},
			func(ctx context.Context, c *client) (*elizon.TopUp, error) {
				return c.Balance.TopUp(ctx, &elizon.BalanceTopUpRequest{Amount: "50.50"})
			}),
	}
}

func pay(req *elizon.InvoicePayRequest) func(ctx context.Context, c *client) (*elizon.PayResult, error) {
	return func(ctx context.Context, c *client) (*elizon.PayResult, error) {
		return c.Invoices.Pay(ctx, "inv_1", req)
	}
}

func address(isDefault bool) *elizon.Address {
	return &elizon.Address{
		ID: "adr_1", Label: "Office", Default: isDefault, CompanyName: "Example GmbH", FirstName: "Ada", LastName: "Example", Street: "Examplestr. 1", Zip: "10115",
		City: "Berlin", CountryCode: "DE", Country: "Germany",
	}
}

func platformReplays() map[string]replay {
	holds := func(name string, value any) object { return object{"success": true, name: value} }
	none := []any{}
	text := func(s string) *string { return &s }
	created := &elizon.NewAPIKey{APIKey: elizon.APIKey{ID: "key_3", Name: "billing"}, Secret: provider.NewSecret("placeholder-new-key")}
	prefixed := *created
	prefixed.Prefix = "placeh"
	return map[string]replay{
		"Health.Ping": clienttest.Decoded(holds("message", "pong"), func(ctx context.Context, c *client) (payload, error) { return c.Health.Ping(ctx) }),
		"Health.Countries": clienttest.Listed([]*elizon.Country{{Code: "DE", Name: "Germany", TaxRate: 19, TaxName: "MwSt.", Default: true}, {Code: "AT", Name: "Austria", TaxRate: 20, TaxName: "USt."}},
			func(ctx context.Context, c *client) iter.Seq2[*elizon.Country, error] { return c.Health.Countries(ctx) }),
		"Health.Navigation": clienttest.Decoded(holds("items", none), func(ctx context.Context, c *client) (payload, error) { return c.Health.Navigation(ctx, "de") }),
		"Health.ProviderCatalog": clienttest.Decoded(object{"success": true, "templates": none, "nodes": none},
			func(ctx context.Context, c *client) (payload, error) { return c.Health.ProviderCatalog(ctx, "prv_1") }),
		"Health.RegistrationStatus": clienttest.Equal(&elizon.RegistrationStatus{Allowed: true, Business: true},
			func(ctx context.Context, c *client) (*elizon.RegistrationStatus, error) {
				return c.Health.RegistrationStatus(ctx)
			}),
		"Health.Reviews": clienttest.Decoded(holds("reviews", none), func(ctx context.Context, c *client) (payload, error) { return c.Health.Reviews(ctx) }),
		"Health.Status":  clienttest.Decoded(holds("status", "ok"), func(ctx context.Context, c *client) (payload, error) { return c.Health.Status(ctx) }),
		"Subdomains.List": clienttest.Equal(&elizon.SubdomainList{
			Records: []elizon.Subdomain{{
				ID: "sub_1", DomainID: "dom_1", Domain: "example.net", Name: "play", FQDN: "_minecraft._tcp.play.example.net", Type: elizon.RecordSRV, Value: "node.example.net",
				Port: 25565, ServiceID: "srv_1", ServiceName: "game", SRVService: "_minecraft", SRVProtocol: "tcp",
			}},
			Used: 1, Max: 5,
		}, func(ctx context.Context, c *client) (*elizon.SubdomainList, error) { return c.Subdomains.List(ctx) }),
		"Subdomains.Create": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Subdomains.Create(ctx, &elizon.SubdomainCreateRequest{
				DomainID: "dom_1", Name: "play", Type: elizon.RecordSRV, ServiceID: "srv_1", Port: 25565, Priority: new(int64(0)), Weight: new(int64(5)),
				TargetSubdomain: "node", Preset: "minecraft",
			})
		}),
		"Subdomains.Create, an alias": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.Subdomains.Create(ctx, &elizon.SubdomainCreateRequest{
				DomainID: "dom_1", Name: "www", Type: elizon.RecordCNAME, ServiceID: "srv_1", Value: "play.example.net", Comment: "alias",
			})
		}),
		"Subdomains.Update": clienttest.Equal(&elizon.Confirmation{}, func(ctx context.Context, c *client) (*elizon.Confirmation, error) {
			return c.Subdomains.Update(ctx, "sub_1", "")
		}),
		"Subdomains.Delete": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.Subdomains.Delete(ctx, "sub_1") }),
		"Subdomains.Domains": clienttest.Listed([]*elizon.SubdomainDomain{{ID: "dom_1", Domain: "example.net"}},
			func(ctx context.Context, c *client) iter.Seq2[*elizon.SubdomainDomain, error] {
				return c.Subdomains.Domains(ctx)
			}),
		"APIKeys.List": clienttest.Listed([]*elizon.APIKey{
			{ID: "key_1", Name: "billing", Prefix: "placeh", CreatedAt: at("2026-07-01T00:00:00Z"), ExpiresAt: at("2027-07-01T00:00:00Z")}, {ID: "key_2", Name: "old", Prefix: "placeh"},
		}, func(ctx context.Context, c *client) iter.Seq2[*elizon.APIKey, error] { return c.APIKeys.List(ctx, 50) }),
		"APIKeys.Create": clienttest.Equal(created, func(ctx context.Context, c *client) (*elizon.NewAPIKey, error) {
			return c.APIKeys.Create(ctx, &elizon.APIKeyCreateRequest{Name: "billing", Extra: object{"scopes": []string{"view"}}})
		}),
		"APIKeys.Create, as the SDK reads it": clienttest.Equal(&prefixed, func(ctx context.Context, c *client) (*elizon.NewAPIKey, error) {
			return c.APIKeys.Create(ctx, &elizon.APIKeyCreateRequest{Name: "billing"})
		}),
		"APIKeys.Delete": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.APIKeys.Delete(ctx, "key_1") }),
		"APIKeys.Usage":  clienttest.Decoded(holds("usage", none), func(ctx context.Context, c *client) (payload, error) { return c.APIKeys.Usage(ctx) }),
		"Addresses.List": clienttest.Listed([]*elizon.Address{address(true)},
			func(ctx context.Context, c *client) iter.Seq2[*elizon.Address, error] { return c.Addresses.List(ctx) }),
		"Addresses.Create": clienttest.Equal(address(true), func(ctx context.Context, c *client) (*elizon.Address, error) {
			return c.Addresses.Create(ctx, &elizon.AddressRequest{
				Label: text("Office"), Default: new(true), CompanyName: text("Example GmbH"), VATID: text(""), FirstName: text("Ada"), LastName: text("Example"),
				Street: text("Examplestr. 1"), Zip: text("10115"), City: text("Berlin"), CountryCode: text("DE"), Country: text("Germany"), Phone: text(""),
			})
		}),
		"Addresses.Update": clienttest.Equal(address(true), func(ctx context.Context, c *client) (*elizon.Address, error) {
			return c.Addresses.Update(ctx, "adr_1", &elizon.AddressRequest{Default: new(true)})
		}),
		"Addresses.Delete":  clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.Addresses.Delete(ctx, "adr_1") }),
		"Rewards.NetPoints": clienttest.Decoded(holds("points", 120.0), func(ctx context.Context, c *client) (payload, error) { return c.Rewards.NetPoints(ctx) }),
		"Rewards.Preview": clienttest.Equal(&elizon.NetPointsPreview{MaxEUR: "1.2", MaxPoints: 120, CurrentBalance: 150},
			func(ctx context.Context, c *client) (*elizon.NetPointsPreview, error) {
				return c.Rewards.Preview(ctx, "12.99")
			}),
	}
}
