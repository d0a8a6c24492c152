package elizon

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// CartService prices and checks what is to be ordered. Nothing is kept by the platform:
// each call is given all lines.
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
	// LineID is the caller's choice, to tell lines apart.
	LineID      string `elizon:"lineId,due"`
	ProductID   string `elizon:"productId,due"`
	ProductName string `elizon:"productName,due"`
	Quantity    int64  `elizon:"quantity,due"`
	// BillingCycle in days, see BillingCycles.
	BillingCycle int64 `elizon:"billingCycle,due"`
	// ItemType is ItemNew or another. A domain must be the only line.
	ItemType string `elizon:"itemType,due"`

	// ServiceID is what a renewal or an upgrade is for.
	ServiceID string `elizon:"serviceId"`
	// SubscriptionID and DaysExtension are for renewals.
	SubscriptionID string `elizon:"subscriptionId"`
	DaysExtension  int64  `elizon:"daysExtension"`

	LocationID     string `elizon:"locationId"`
	TemplateID     int64  `elizon:"templateId"`
	AdditionalIPv4 int64  `elizon:"additionalIPv4"`
	AdditionalIPv6 int64  `elizon:"additionalIPv6"`
	// IncludeIPv4 and IncludeIPv6: false leaves the address out, nil takes what the
	// product has.
	IncludeIPv4 *bool    `elizon:"includeIPv4"`
	IncludeIPv6 *bool    `elizon:"includeIPv6"`
	SSHKeyIDs   []string `elizon:"sshKeyIds"`

	// For game servers. The types of EggID and NestID are undocumented: a number or a
	// text.
	EggID             any            `elizon:"eggId"`
	NestID            any            `elizon:"nestId"`
	DockerImage       string         `elizon:"dockerImage"`
	Environment       map[string]any `elizon:"environment"`
	ProviderVariables map[string]any `elizon:"providerVariables"`

	// Customization adds to the product's base; it does not hold totals.
	Customization *Customization `elizon:"customization"`
	// CustomizationPrices, ConfiguredSpecs and BillingOptions have no documented fields.
	CustomizationPrices map[string]any `elizon:"customizationPrices"`
	ConfiguredSpecs     map[string]any `elizon:"configuredSpecs"`
	// ResourceSpecsUnit "mb" is known.
	ResourceSpecsUnit string         `elizon:"resourceSpecsUnit"`
	BillingOptions    map[string]any `elizon:"billingOptions"`
	SetupFee          EUR            `elizon:"setupFee"`
	// BillingMode is PREPAID or CONTRACT.
	BillingMode        string `elizon:"billingMode"`
	ContractTermMonths int64  `elizon:"contractTermMonths"`

	// For domains.
	DomainName            string `elizon:"domainName"`
	DomainYears           int64  `elizon:"domainYears"`
	DomainOrderID         string `elizon:"domainOrderId"`
	RenewalPrice          EUR    `elizon:"renewalPrice"`
	WhoisPrivacyEnabled   *bool  `elizon:"whoisPrivacyEnabled"`
	DomainRegistrantPhone string `elizon:"domainRegistrantPhone"`

	// Extra fields, sent as they are. Of a line that Cart.Upgrade made: its other fields.
	Extra map[string]any `elizon:",extra"`
}

// Customization is what a line adds to the base of its product, in the product's units.
type Customization struct {
	VCores                int64  `elizon:"vcores"`
	Memory                int64  `elizon:"memory"`
	Storage               int64  `elizon:"storage"`
	Bandwidth             int64  `elizon:"bandwidth"`
	SpeedGbit             int64  `elizon:"speedGbit"`
	MaxDomains            int64  `elizon:"maxDomains"`
	MaxMailboxesPerDomain int64  `elizon:"maxMailboxesPerDomain"`
	StoragePerMailboxGB   int64  `elizon:"storagePerMailboxGb"`
	MaxAliasesPerDomain   int64  `elizon:"maxAliasesPerDomain"`
	StoragePerDomainGB    int64  `elizon:"storagePerDomainGb"`
	DNSManagement         *bool  `elizon:"dnsManagement"`
	Domain                string `elizon:"domain"`
	Location              string `elizon:"location"`
	AppType               string `elizon:"appType"`
	// DomainMode is "owned" or "external".
	DomainMode string `elizon:"domainMode"`
	StorageGB  int64  `elizon:"storageGb"`
	// Extra fields, sent as they are.
	Extra map[string]any `elizon:",extra"`
}

// UnavailableLine is a line that cannot be ordered now.
type UnavailableLine struct {
	LineID      string `elizon:"lineId"`
	ProductName string `elizon:"productName"`
}

// CalculateRequest asks what a cart costs.
type CalculateRequest struct {
	// Items are required.
	Items []CartLine `elizon:"items,required"`
	// CountryCode has two letters. It decides on the tax.
	CountryCode string `elizon:"countryCode"`
	HasVATID    *bool  `elizon:"hasVatId"`
	VATNumber   string `elizon:"vatNumber"`
	CouponCode  string `elizon:"couponCode"`
	Lang        string `elizon:"lang"`
	// Extra fields, sent as they are.
	Extra map[string]any `elizon:",extra"`
}

// Calculation is what a cart costs.
type Calculation struct {
	Items    []CalculatedLine `elizon:"items"`
	Subtotal EUR              `elizon:"subtotal"`
	Tax      EUR              `elizon:"tax"`
	// Total is what is to be paid, tax included.
	Total            EUR     `elizon:"total,required"`
	FirstMonthAmount EUR     `elizon:"firstMonthAmount"`
	TaxName          string  `elizon:"taxName"`
	TaxRatePercent   float64 `elizon:"taxRatePercent"`
	VATFree          bool    `elizon:"isVatFree"`
	// More fields that the answer holds.
	More map[string]Payload `elizon:",extra"`
}

// CalculatedLine is what a line costs.
type CalculatedLine struct {
	ProductID   string             `elizon:"productId"`
	ProductName string             `elizon:"productName"`
	Total       EUR                `elizon:"total"`
	Quantity    int64              `elizon:"quantity"`
	More        map[string]Payload `elizon:",extra"`
}

// UpgradeRequest asks what it costs to change a service's resources.
type UpgradeRequest struct {
	// ServiceID and ResourceChanges are required, as error texts of the platform hint; the
	// fields of the latter are undocumented.
	ServiceID       string         `elizon:"serviceId,required"`
	ResourceChanges map[string]any `elizon:"resourceChanges,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `elizon:",extra"`
}

// UpgradeQuote is the price of an upgrade as a line to be ordered.
type UpgradeQuote struct {
	// Line is nil where the answer holds no line that is understood.
	Line *CartLine
	// Answer is all of it.
	Answer Payload
}

// Validate asks which lines cannot be ordered now: POST /api/cart/validate. None is the
// good case.
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
	Items []CartLine `elizon:"items,required"`
}

type validateAnswer struct {
	Unavailable []UnavailableLine `elizon:"unavailable"`
}

// Calculate prices a cart with taxes and discounts: POST /api/cart/calculate.
func (s *CartService) Calculate(ctx context.Context, req *CalculateRequest) (*Calculation, error) {
	r := s.c.ask(cartCalculate).with(req)
	if req != nil {
		checkLines(r, req.Items)
	}
	return fetch[Calculation](ctx, r)
}

// Upgrade prices an upgrade or downgrade of a service: POST /api/cart/upgrade (method
// inferred). The reference says that it answers with a cart line, but not under which
// name: the one with a "productId" is taken.
func (s *CartService) Upgrade(ctx context.Context, req *UpgradeRequest) (*UpgradeQuote, error) {
	answer, err := unknown(ctx, s.c.ask(cartUpgrade).with(req))
	if err != nil {
		return nil, err
	}
	return &UpgradeQuote{Line: findLine(answer), Answer: answer}, nil
}

func findLine(answer Payload) *CartLine {
	var whole object
	if answer.Decode(&whole) != nil {
		return nil
	}
	candidates := []json.RawMessage{json.RawMessage(answer)}
	for _, name := range slices.Sorted(maps.Keys(whole)) {
		candidates = append(candidates, whole[name])
	}
	for _, candidate := range candidates {
		var line CartLine
		if decode(candidate, &line) == nil && line.ProductID != "" {
			delete(line.Extra, "success")
			return &line
		}
	}
	return nil
}

// checkLines refuses carts that the platform cannot take.
func checkLines(r *request, items []CartLine) {
	for i := range items {
		line, at := &items[i], fmt.Sprintf("Items[%d].", i)
		for name, value := range map[string]int64{
			"Quantity": line.Quantity, "BillingCycle": line.BillingCycle, "DaysExtension": line.DaysExtension, "TemplateID": line.TemplateID,
			"AdditionalIPv4": line.AdditionalIPv4, "AdditionalIPv6": line.AdditionalIPv6, "ContractTermMonths": line.ContractTermMonths,
			"DomainYears": line.DomainYears,
		} {
			if value < 0 {
				r.problem(at+name, "negative")
			}
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
