package elizon

import (
	"context"
	"iter"
	"strings"
)

// ProductsService is about what can be ordered. All but UpgradeConfig is public.
type ProductsService struct{ c *Client }

// Catalogue is all that can be ordered.
type Catalogue struct {
	Categories []Category `elizon:"categories,required"`
	// BusinessPricing is nil where it does not apply.
	BusinessPricing *BusinessPricing   `elizon:"businessPricing"`
	DefaultTaxName  string             `elizon:"defaultTaxName"`
	More            map[string]Payload `elizon:",extra"`
}

// BusinessPricing is what business accounts pay more.
type BusinessPricing struct {
	UpchargePercent float64 `elizon:"upchargePercent"`
	TaxRatePercent  float64 `elizon:"taxRatePercent"`
}

// Category is a group of products.
type Category struct {
	Key                 string             `elizon:"key,required"`
	ID                  string             `elizon:"id"`
	Name                string             `elizon:"name"`
	Products            []Product          `elizon:"products"`
	Children            []Category         `elizon:"children"`
	Provider            *ProductProvider   `elizon:"provider"`
	ConfiguratorEnabled bool               `elizon:"configuratorEnabled"`
	More                map[string]Payload `elizon:",extra"`
}

// ProductProvider is the system behind a product; see Service.ProviderType.
type ProductProvider struct {
	ID   string `elizon:"id"`
	Type string `elizon:"type"`
	Name string `elizon:"name"`
}

// Product is something that can be ordered. Units of its resources are undocumented.
type Product struct {
	ID           string `elizon:"id,required"`
	Slug         string `elizon:"slug"`
	Name         string `elizon:"name"`
	PriceMonthly EUR    `elizon:"priceMonthly"`
	// PriceYearly is "" if there is none.
	PriceYearly          EUR     `elizon:"priceYearly"`
	SetupFee             EUR     `elizon:"setupFee"`
	VCores               float64 `elizon:"vcores,loose"`
	Memory               float64 `elizon:"memory,loose"`
	Storage              float64 `elizon:"storage,loose"`
	Bandwidth            float64 `elizon:"bandwidth,loose"`
	SoldOut              bool    `elizon:"soldOut"`
	AllowedBillingCycles []int64 `elizon:"allowedBillingCycles,loose"`
	// Of the following no document tells the fields.
	BillingDiscountPerMonth Payload          `elizon:"billingDiscountPerMonth"`
	ContractTerms           Payload          `elizon:"contractTerms"`
	PterodactylEggs         Payload          `elizon:"pterodactylEggs"`
	Provider                *ProductProvider `elizon:"provider,loose"`
	// More fields that the answer holds.
	More map[string]Payload `elizon:",extra"`
}

// ProductDetail is a product with its category.
type ProductDetail struct {
	Product  Product  `elizon:"product,required"`
	Category Category `elizon:"category"`
}

// Location is where a product can be had.
type Location struct {
	ID      string `elizon:"id,required"`
	Name    string `elizon:"name"`
	City    string `elizon:"city"`
	Country string `elizon:"country"`
	// Flag is a picture or a code of the country; PingURL measures the distance.
	Flag    string `elizon:"flag"`
	PingURL string `elizon:"pingUrl"`
}

// Template is an operating system that a product can be set up with.
type Template struct {
	ID                int64  `elizon:"templateId,required"`
	Name              string `elizon:"name"`
	DisplayName       string `elizon:"displayName"`
	CloudInitSupport  bool   `elizon:"cloudInitSupport"`
	CloudInitUsername string `elizon:"cloudInitUsername"`
}

// UpgradeConfig are the rules of a category for upgrades.
type UpgradeConfig struct {
	// Mode is disabled, packagesOnly or freeWithinLimits.
	Mode                        string                     `elizon:"upgradeMode"`
	AllowPrePurchaseUpgrade     bool                       `elizon:"allowPrePurchaseUpgrade"`
	ConfiguratorEnabled         bool                       `elizon:"configuratorEnabled"`
	ResourcePricing             map[string]ResourcePricing `elizon:"resourcePricing"`
	AdditionalIPv4PricePerMonth EUR                        `elizon:"additionalIpsPricePerMonth"`
	AdditionalIPv6PricePerMonth EUR                        `elizon:"additionalIPv6PricePerMonth"`
	IPv4OptOutDiscount          EUR                        `elizon:"ipv4OptOutDiscount"`
	More                        map[string]Payload         `elizon:",extra"`
}

// ResourcePricing is what a unit of a resource costs, and how much of it there can be.
type ResourcePricing struct {
	UpgradePrice   EUR     `elizon:"upgradePrice"`
	AllowDowngrade bool    `elizon:"allowDowngrade"`
	Min            float64 `elizon:"min"`
	Max            float64 `elizon:"max"`
	Step           float64 `elizon:"step"`
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
func (s *ProductsService) BySlug(ctx context.Context, slug, category string) (Payload, error) {
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

// CouponRequest asks what a coupon takes off a cart.
type CouponRequest struct {
	// Code and Items are required. Only one coupon goes with an order.
	Code        string     `elizon:"code,required"`
	Items       []CartLine `elizon:"items,required"`
	CountryCode string     `elizon:"countryCode"`
	Lang        string     `elizon:"lang"`
	// Extra fields, sent as they are.
	Extra map[string]any `elizon:",extra"`
}

// CouponPreview is what a coupon takes off a cart.
type CouponPreview struct {
	Coupon   Coupon         `elizon:"coupon,required"`
	Discount CouponDiscount `elizon:"discount"`
}

// Coupon is a coupon.
type Coupon struct {
	Code        string             `elizon:"code,required"`
	DisplayText string             `elizon:"displayText"`
	More        map[string]Payload `elizon:",extra"`
}

// CouponDiscount is how much a coupon takes off.
type CouponDiscount struct {
	Amount EUR                `elizon:"amount"`
	More   map[string]Payload `elizon:",extra"`
}

// Preview checks a coupon against a cart: POST /api/coupons/preview. Wrong codes count
// against a limit of the platform's.
func (s *CouponsService) Preview(ctx context.Context, req *CouponRequest) (*CouponPreview, error) {
	r := s.c.ask(couponsPreview).with(req)
	if req != nil {
		checkLines(r, req.Items)
	}
	return fetch[CouponPreview](ctx, r)
}
