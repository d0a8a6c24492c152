package elizon

import (
	"context"
	"iter"
	"strings"

	"github.com/provkit/provkit/provider"
)

// ProductsService is about what can be ordered. All but UpgradeConfig is public.
type ProductsService struct{ c *Client }

// Catalogue is all that can be ordered.
type Catalogue struct {
	Categories []Category `wire:"categories,required"`
	// BusinessPricing is nil where it does not apply.
	BusinessPricing *BusinessPricing            `wire:"businessPricing"`
	DefaultTaxName  string                      `wire:"defaultTaxName"`
	More            map[string]provider.Payload `wire:",extra"`
}

// BusinessPricing is what business accounts pay more.
type BusinessPricing struct {
	UpchargePercent float64 `wire:"upchargePercent"`
	TaxRatePercent  float64 `wire:"taxRatePercent"`
}

// Category is a group of products.
type Category struct {
	Key                 string                      `wire:"key,required"`
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

// Product is something that can be ordered. Units of its resources are undocumented.
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
	// Of the following no document tells the fields.
	BillingDiscountPerMonth provider.Payload `wire:"billingDiscountPerMonth"`
	ContractTerms           provider.Payload `wire:"contractTerms"`
	PterodactylEggs         provider.Payload `wire:"pterodactylEggs"`
	Provider                *ProductProvider `wire:"provider,loose"`
	// More fields that the answer holds.
	More map[string]provider.Payload `wire:",extra"`
}

// ProductDetail is a product with its category.
type ProductDetail struct {
	Product  Product  `wire:"product,required"`
	Category Category `wire:"category"`
}

// Location is where a product can be had.
type Location struct {
	ID      string `wire:"id,required"`
	Name    string `wire:"name"`
	City    string `wire:"city"`
	Country string `wire:"country"`
	// Flag is a picture or a code of the country; PingURL measures the distance.
	Flag    string `wire:"flag"`
	PingURL string `wire:"pingUrl"`
}

// Template is an operating system that a product can be set up with.
type Template struct {
	ID                int64  `wire:"templateId,required"`
	Name              string `wire:"name"`
	DisplayName       string `wire:"displayName"`
	CloudInitSupport  bool   `wire:"cloudInitSupport"`
	CloudInitUsername string `wire:"cloudInitUsername"`
}

// UpgradeConfig are the rules of a category for upgrades.
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

// ResourcePricing is what a unit of a resource costs, and how much of it there can be.
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
	return fetch[Category](ctx, s.c.ask(productsCategory, category), "category")
}

// Get reads a product by the key of its category and its slug: GET
// /api/products/{category}/{product}.
func (s *ProductsService) Get(ctx context.Context, category, product string) (*ProductDetail, error) {
	return fetch[ProductDetail](ctx, s.c.ask(productsGet, category, product))
}

// BySlug reads a product by its slug: GET /api/products/by-slug/{slug} (method inferred).
// category narrows it down; "" is any. The answer is undocumented.
func (s *ProductsService) BySlug(ctx context.Context, slug, category string) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(productsBySlug, slug).arg("category", category))
}

// Locations yields where products can be had: GET /api/products/locations. How several
// products are named in one call is undocumented: they are separated by commas.
func (s *ProductsService) Locations(ctx context.Context, productIDs ...string) iter.Seq2[*Location, error] {
	return all[Location](ctx, s.c.ask(productsLocations).arg("productIds", strings.Join(productIDs, ",")), "locations")
}

// Templates yields what a product can be set up with: GET /api/products/templates.
func (s *ProductsService) Templates(ctx context.Context, productID string) iter.Seq2[*Template, error] {
	return all[Template](ctx, s.c.ask(productsTemplates).id("productId", "productID", productID), "templates")
}

// UpgradeConfig reads the rules of a category for upgrades: GET
// /api/categories/{id}/upgrade-config. It is nil, nil where there are none.
func (s *ProductsService) UpgradeConfig(ctx context.Context, categoryID string) (*UpgradeConfig, error) {
	return maybeFetch[UpgradeConfig](ctx, s.c.ask(productsConfig, categoryID), "config")
}

// CouponsService is about coupons.
type CouponsService struct{ c *Client }

// CouponPreviewRequest asks what a coupon takes off a cart.
type CouponPreviewRequest struct {
	// Code and Items are required. Only one coupon goes with an order.
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

// Preview checks a coupon against a cart: POST /api/coupons/preview. Wrong codes count
// against a limit of the platform's.
func (s *CouponsService) Preview(ctx context.Context, req *CouponPreviewRequest) (*CouponPreview, error) {
	r := s.c.ask(couponsPreview).with(req)
	if req != nil {
		checkLines(r, req.Items)
	}
	return fetch[CouponPreview](ctx, r)
}
