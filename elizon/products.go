package elizon

import (
	"context"
	"iter"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// ProductsService reads what can be ordered. All methods but UpgradeConfig are public.
type ProductsService struct{ c *Client }

// Catalogue is everything that can be ordered.
type Catalogue struct {
	Categories []Category `wire:"categories,required"`
	// BusinessPricing is nil if it does not apply.
	BusinessPricing *BusinessPricing            `wire:"businessPricing"`
	DefaultTaxName  string                      `wire:"defaultTaxName"`
	More            map[string]provider.Payload `wire:",extra"`
}

// BusinessPricing is the surcharge for business accounts.
type BusinessPricing struct {
	UpchargePercent float64 `wire:"upchargePercent"`
	TaxRatePercent  float64 `wire:"taxRatePercent"`
}

// Category is a group of products.
type Category struct {
	Key                 string                      `wire:"key,required,name"`
	ID                  string                      `wire:"id"`
	Name                string                      `wire:"name"`
	Products            []Product                   `wire:"products"`
	Children            []Category                  `wire:"children"`
	Provider            *ProductProvider            `wire:"provider"`
	ConfiguratorEnabled bool                        `wire:"configuratorEnabled"`
	More                map[string]provider.Payload `wire:",extra"`
}

// ProductProvider is the system behind a product; see Service.ProviderType.
type ProductProvider struct {
	ID   string `wire:"id"`
	Type string `wire:"type"`
	Name string `wire:"name"`
}

// Product is something that can be ordered. The units of its resources are undocumented.
type Product struct {
	ID           string `wire:"id,required"`
	Slug         string `wire:"slug"`
	Name         string `wire:"name"`
	PriceMonthly EUR    `wire:"priceMonthly"`
	// PriceYearly is "" if there is none.
	PriceYearly          EUR     `wire:"priceYearly"`
	SetupFee             EUR     `wire:"setupFee"`
	VCores               float64 `wire:"vcores,loose"`
	Memory               float64 `wire:"memory,loose"`
	Storage              float64 `wire:"storage,loose"`
	Bandwidth            float64 `wire:"bandwidth,loose"`
	SoldOut              bool    `wire:"soldOut"`
	AllowedBillingCycles []int64 `wire:"allowedBillingCycles,loose"`
	// BillingDiscountPerMonth is what each month of a longer cycle takes off, in percent.
	BillingDiscountPerMonth float64 `wire:"billingDiscountPerMonth,loose"`
	// ContractTerms are the contracts that it can be ordered with.
	ContractTerms []ContractTerm `wire:"contractTerms,loose"`
	// Eggs are what a game server can run.
	Eggs     []ProductEgg     `wire:"pterodactylEggs,loose"`
	Provider *ProductProvider `wire:"provider,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// ContractTerm is a contract and what it takes off.
type ContractTerm struct {
	Months          int64   `wire:"termMonths"`
	DiscountPercent float64 `wire:"discountPercent"`
}

// ProductEgg is something that a game server can run.
type ProductEgg struct {
	ID                 int64         `wire:"eggId"`
	NestID             int64         `wire:"nestId"`
	Name               string        `wire:"name"`
	DisplayName        string        `wire:"displayName"`
	Description        string        `wire:"description"`
	DockerImages       []string      `wire:"dockerImages"`
	DefaultDockerImage string        `wire:"defaultDockerImage"`
	Variables          []EggVariable `wire:"variables"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// EggVariable is a variable of a game server.
type EggVariable struct {
	EnvVariable  string `wire:"envVariable"`
	Name         string `wire:"name"`
	Description  string `wire:"description"`
	Default      string `wire:"defaultValue"`
	UserViewable bool   `wire:"userViewable"`
	UserEditable bool   `wire:"userEditable"`
	// Rules are those of the panel, as it writes them.
	Rules string `wire:"rules"`
}

// ProductDetail is a product with its category.
type ProductDetail struct {
	Product  Product  `wire:"product,required"`
	Category Category `wire:"category"`
}

// Location is a place where a product is available.
type Location struct {
	ID      string `wire:"id,required"`
	Name    string `wire:"name"`
	City    string `wire:"city"`
	Country string `wire:"country"`
	// Flag is a picture or a code of the country; PingURL is for measuring the distance.
	Flag    string `wire:"flag"`
	PingURL string `wire:"pingUrl"`
}

// Template is an operating system that a product can be installed with.
type Template struct {
	ID                int64  `wire:"templateId,required"`
	Name              string `wire:"name"`
	DisplayName       string `wire:"displayName"`
	CloudInitSupport  bool   `wire:"cloudInitSupport"`
	CloudInitUsername string `wire:"cloudInitUsername"`
}

// UpgradeConfig has the rules of a category for upgrades.
type UpgradeConfig struct {
	// Mode is disabled, packagesOnly or freeWithinLimits.
	Mode                        string                      `wire:"upgradeMode"`
	AllowPrePurchaseUpgrade     bool                        `wire:"allowPrePurchaseUpgrade"`
	ConfiguratorEnabled         bool                        `wire:"configuratorEnabled"`
	ResourcePricing             map[string]ResourcePricing  `wire:"resourcePricing"`
	AdditionalIPv4PricePerMonth EUR                         `wire:"additionalIpsPricePerMonth"`
	AdditionalIPv6PricePerMonth EUR                         `wire:"additionalIPv6PricePerMonth"`
	IPv4OptOutDiscount          EUR                         `wire:"ipv4OptOutDiscount"`
	More                        map[string]provider.Payload `wire:",extra"`
}

// ResourcePricing is the price and the limits of a resource.
type ResourcePricing struct {
	UpgradePrice   EUR     `wire:"upgradePrice"`
	AllowDowngrade bool    `wire:"allowDowngrade"`
	Min            float64 `wire:"min"`
	Max            float64 `wire:"max"`
	Step           float64 `wire:"step"`
}

// List reads the catalogue: GET /api/products. lang is a language such as "de"; "" is the
// platform's default. Filters and pages exist, but their names are undocumented.
func (s *ProductsService) List(ctx context.Context, lang string) (*Catalogue, error) {
	return fetch[Catalogue](ctx, s.c.ask(productsList).arg("lang", lang))
}

// Category reads a category: GET /api/products/{category}.
func (s *ProductsService) Category(ctx context.Context, category string) (*Category, error) {
	r := s.c.ask(productsCategory, category)
	r.call.About = rest.Identity{Name: category}
	return fetch[Category](ctx, r, "category")
}

// Get reads a product by the key of its category and its slug: GET
// /api/products/{category}/{product}.
func (s *ProductsService) Get(ctx context.Context, category, product string) (*ProductDetail, error) {
	r := s.c.ask(productsGet, category, product)
	r.call.About = rest.Identity{Name: product}
	answer, err := fetch[struct {
		Slug string `wire:"product.slug,name"`
		ProductDetail
	}](ctx, r)
	if err != nil {
		return nil, err
	}
	return &answer.ProductDetail, nil
}

// FoundProduct is a product that was found by its slug. Either field may be nil.
type FoundProduct struct {
	Product  *Product  `wire:"product"`
	Category *Category `wire:"category"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// BySlug reads a product by its slug: GET /api/products/by-slug/{slug} (method inferred). category
// narrows the search; "" searches all. The answer is undocumented: that it is like that of Get is assumed.
func (s *ProductsService) BySlug(ctx context.Context, slug, category string) (*FoundProduct, error) {
	r := s.c.ask(productsBySlug, slug).arg("category", category)
	r.call.About = rest.Identity{Name: slug}
	answer, err := fetch[struct {
		Slug string `wire:"product.slug,name"`
		FoundProduct
	}](ctx, r)
	if err != nil {
		return nil, err
	}
	return &answer.FoundProduct, nil
}

// Locations yields where products are available: GET /api/products/locations. How to name several
// products in one call is undocumented: they are sent separated by commas.
func (s *ProductsService) Locations(ctx context.Context, productIDs ...string) iter.Seq2[*Location, error] {
	return all[Location](ctx, s.c.ask(productsLocations).arg("productIds", strings.Join(productIDs, ",")), "locations")
}

// Templates yields what a product can be installed with: GET /api/products/templates.
func (s *ProductsService) Templates(ctx context.Context, productID string) iter.Seq2[*Template, error] {
	return all[Template](ctx, s.c.ask(productsTemplates).id("productId", "productID", productID), "templates")
}

// UpgradeConfig reads the rules of a category for upgrades: GET
// /api/categories/{id}/upgrade-config. It returns nil, nil if there are none.
func (s *ProductsService) UpgradeConfig(ctx context.Context, categoryID string) (*UpgradeConfig, error) {
	return maybeFetch[UpgradeConfig](ctx, s.c.ask(productsConfig, categoryID), "config")
}

// CouponsService checks coupons.
type CouponsService struct{ c *Client }

// CouponPreviewRequest asks what a coupon takes off a cart.
type CouponPreviewRequest struct {
	// Code and Items are required. An order can have one coupon.
	Code        string     `wire:"code,required"`
	Items       []CartLine `wire:"items,required"`
	CountryCode string     `wire:"countryCode"`
	Lang        string     `wire:"lang"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// CouponPreview is what a coupon takes off a cart.
type CouponPreview struct {
	Coupon   Coupon         `wire:"coupon,required"`
	Discount CouponDiscount `wire:"discount"`
}

// Coupon is a coupon.
type Coupon struct {
	Code        string                      `wire:"code,required"`
	DisplayText string                      `wire:"displayText"`
	More        map[string]provider.Payload `wire:",extra"`
}

// CouponDiscount is how much a coupon takes off.
type CouponDiscount struct {
	Amount EUR                         `wire:"amount"`
	More   map[string]provider.Payload `wire:",extra"`
}

// Preview checks a coupon against a cart: POST /api/coupons/preview. Wrong codes count towards a
// limit of the platform.
func (s *CouponsService) Preview(ctx context.Context, req *CouponPreviewRequest) (*CouponPreview, error) {
	r := s.c.ask(couponsPreview).with(req)
	if req != nil {
		checkLines(r, req.Items)
	}
	return fetch[CouponPreview](ctx, r)
}
