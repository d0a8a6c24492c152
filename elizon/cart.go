package elizon

import (
	"context"
	"fmt"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// CartService prices and checks orders. The platform stores no cart: each call sends all lines.
type CartService struct{ c *Client }

// Kinds of cart lines.
const (
	ItemNew     = "new"
	ItemRenewal = "renewal"
	ItemUpgrade = "upgrade"
	ItemDomain  = "domain"
)

// CartLine is a line of an order. The first six fields are required.
type CartLine struct {
	// LineID is chosen by the caller, to distinguish the lines.
	LineID      string `wire:"lineId,due"`
	ProductID   string `wire:"productId,due"`
	ProductName string `wire:"productName,due"`
	Quantity    int64  `wire:"quantity,due"`
	// BillingCycle is in days, see BillingCycles.
	BillingCycle int64 `wire:"billingCycle,due"`
	// ItemType is ItemNew or another. A domain must be the only line.
	ItemType string `wire:"itemType,due"`

	// ServiceID is the service that a renewal or an upgrade is for.
	ServiceID string `wire:"serviceId"`
	// SubscriptionID and DaysExtension are for renewals.
	SubscriptionID string `wire:"subscriptionId"`
	DaysExtension  int64  `wire:"daysExtension"`

	LocationID     string `wire:"locationId"`
	TemplateID     int64  `wire:"templateId"`
	AdditionalIPv4 int64  `wire:"additionalIPv4"`
	AdditionalIPv6 int64  `wire:"additionalIPv6"`
	// IncludeIPv4 and IncludeIPv6: false leaves the address out, nil takes the product's default.
	IncludeIPv4 *bool    `wire:"includeIPv4"`
	IncludeIPv6 *bool    `wire:"includeIPv6"`
	SSHKeyIDs   []string `wire:"sshKeyIds"`

	// The following are for game servers. The types of EggID and NestID are undocumented: a number
	// or a text.
	EggID             any            `wire:"eggId"`
	NestID            any            `wire:"nestId"`
	DockerImage       string         `wire:"dockerImage"`
	Environment       map[string]any `wire:"environment"`
	ProviderVariables map[string]any `wire:"providerVariables"`

	// Customization adds to the product's base; it does not contain totals.
	Customization *Customization `wire:"customization"`
	// CustomizationPrices, ConfiguredSpecs and BillingOptions have no documented fields.
	CustomizationPrices map[string]any `wire:"customizationPrices"`
	ConfiguredSpecs     map[string]any `wire:"configuredSpecs"`
	// ResourceSpecsUnit is an open set; "mb" is known.
	ResourceSpecsUnit string         `wire:"resourceSpecsUnit"`
	BillingOptions    map[string]any `wire:"billingOptions"`
	SetupFee          EUR            `wire:"setupFee"`
	// BillingMode is PREPAID or CONTRACT.
	BillingMode        string `wire:"billingMode"`
	ContractTermMonths int64  `wire:"contractTermMonths"`

	// For domains.
	DomainName            string `wire:"domainName"`
	DomainYears           int64  `wire:"domainYears"`
	DomainOrderID         string `wire:"domainOrderId"`
	RenewalPrice          EUR    `wire:"renewalPrice"`
	WhoisPrivacyEnabled   *bool  `wire:"whoisPrivacyEnabled"`
	DomainRegistrantPhone string `wire:"domainRegistrantPhone"`

	// Extra fields, sent as they are. A line from Cart.Upgrade has its other fields here.
	Extra map[string]any `wire:",extra"`
}

// Customization is what a line adds to the base of its product, in the product's units.
type Customization struct {
	VCores                int64  `wire:"vcores"`
	Memory                int64  `wire:"memory"`
	Storage               int64  `wire:"storage"`
	Bandwidth             int64  `wire:"bandwidth"`
	SpeedGbit             int64  `wire:"speedGbit"`
	MaxDomains            int64  `wire:"maxDomains"`
	MaxMailboxesPerDomain int64  `wire:"maxMailboxesPerDomain"`
	StoragePerMailboxGB   int64  `wire:"storagePerMailboxGb"`
	MaxAliasesPerDomain   int64  `wire:"maxAliasesPerDomain"`
	StoragePerDomainGB    int64  `wire:"storagePerDomainGb"`
	DNSManagement         *bool  `wire:"dnsManagement"`
	Domain                string `wire:"domain"`
	Location              string `wire:"location"`
	AppType               string `wire:"appType"`
	// DomainMode is "owned" or "external".
	DomainMode string `wire:"domainMode"`
	StorageGB  int64  `wire:"storageGb"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// UnavailableLine is a line that cannot be ordered now.
type UnavailableLine struct {
	LineID      string `wire:"lineId"`
	ProductName string `wire:"productName"`
}

// CartCalculateRequest asks for the price of a cart.
type CartCalculateRequest struct {
	// Items are required.
	Items []CartLine `wire:"items,required"`
	// CountryCode has two letters. It determines the tax.
	CountryCode string `wire:"countryCode"`
	HasVATID    *bool  `wire:"hasVatId"`
	VATNumber   string `wire:"vatNumber"`
	CouponCode  string `wire:"couponCode"`
	Lang        string `wire:"lang"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// Calculation is the price of a cart.
type Calculation struct {
	Items    []CalculatedLine `wire:"items"`
	Subtotal EUR              `wire:"subtotal"`
	Tax      EUR              `wire:"tax"`
	// Total is the amount to pay, tax included.
	Total            EUR     `wire:"total,required"`
	FirstMonthAmount EUR     `wire:"firstMonthAmount"`
	TaxName          string  `wire:"taxName"`
	TaxRatePercent   float64 `wire:"taxRatePercent"`
	VATFree          bool    `wire:"isVatFree"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// CalculatedLine is the price of a line.
type CalculatedLine struct {
	ProductID   string                      `wire:"productId"`
	ProductName string                      `wire:"productName"`
	Total       EUR                         `wire:"total"`
	Quantity    int64                       `wire:"quantity"`
	More        map[string]provider.Payload `wire:",extra"`
}

// CartUpgradeRequest asks for the price of changing a service's resources.
type CartUpgradeRequest struct {
	// ServiceID and ResourceChanges are required, as the platform's error texts suggest; the fields
	// of the latter are undocumented.
	ServiceID       string         `wire:"serviceId,required"`
	ResourceChanges map[string]any `wire:"resourceChanges,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// UpgradeQuote is the price of an upgrade as a line that can be ordered.
type UpgradeQuote struct {
	// Line is nil if no line was recognised in the answer.
	Line *CartLine
	// Answer is the whole answer.
	Answer provider.Payload
}

// Validate returns the lines that cannot be ordered now, none if all can: POST /api/cart/validate.
func (s *CartService) Validate(ctx context.Context, items []CartLine) ([]UnavailableLine, error) {
	cart := &validateRequest{Items: items}
	r := s.c.ask(cartValidate).with(cart)
	checkLines(r, items)
	answer, err := fetch[validateAnswer](ctx, r)
	if err != nil {
		return nil, err
	}
	return answer.Unavailable, nil
}

type validateRequest struct {
	Items []CartLine `wire:"items,required"`
}

type validateAnswer struct {
	Unavailable []UnavailableLine `wire:"unavailable"`
}

// Calculate prices a cart with taxes and discounts: POST /api/cart/calculate.
func (s *CartService) Calculate(ctx context.Context, req *CartCalculateRequest) (*Calculation, error) {
	r := s.c.ask(cartCalculate).with(req)
	if req != nil {
		checkLines(r, req.Items)
	}
	return fetch[Calculation](ctx, r)
}

// Upgrade prices an upgrade or downgrade of a service: POST /api/cart/upgrade (method inferred).
// The reference says that the answer contains a cart line, but not under which name: the first
// object with a "productId" is used.
func (s *CartService) Upgrade(ctx context.Context, req *CartUpgradeRequest) (*UpgradeQuote, error) {
	answer, err := unknown(ctx, s.c.ask(cartUpgrade).with(req))
	if err != nil {
		return nil, err
	}
	return &UpgradeQuote{Line: findLine(answer), Answer: answer}, nil
}

// findLine returns the first line in an answer: the answer itself, or one of its fields.
func findLine(answer provider.Payload) *CartLine {
	var found *CartLine
	try := func(_, candidate []byte) error {
		var line CartLine
		if found == nil && decode(candidate, &line) == nil && line.ProductID != "" {
			delete(line.Extra, envelope)
			found = &line
		}
		return nil
	}
	whole := []byte(answer.Reveal())
	_ = try(nil, whole)
	_ = wire.Options{}.Walk(whole, try) // what cannot be read has no line
	return found
}

// checkLines refuses carts that the platform cannot accept.
func checkLines(r *request, items []CartLine) {
	for i := range items {
		line, at := &items[i], fmt.Sprintf("Items[%d].", i)
		for name, value := range map[string]int64{
			"Quantity": line.Quantity, "BillingCycle": line.BillingCycle, "DaysExtension": line.DaysExtension, "TemplateID": line.TemplateID,
			"AdditionalIPv4": line.AdditionalIPv4, "AdditionalIPv6": line.AdditionalIPv6, "ContractTermMonths": line.ContractTermMonths,
			"DomainYears": line.DomainYears,
		} {
			r.problems.NotNegative(at+name, value)
		}
		switch line.ItemType {
		case ItemRenewal, ItemUpgrade:
			r.require(at+"ServiceID", line.ServiceID)
		case ItemDomain:
			if len(items) > 1 {
				r.problem(at+"ItemType", "a domain must be the only line")
			}
		}
	}
}
