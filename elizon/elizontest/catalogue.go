package elizontest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Category is a group of products.
type Category struct {
	ID, Key, Name string
	// ProviderID, ProviderType and ProviderName are the system that runs the services.
	ProviderID, ProviderType, ProviderName string
	// UpgradeMode is disabled, packagesOnly or freeWithinLimits.
	UpgradeMode string
	// Resources are the prices of additions to a product.
	Resources []Resource
	// IPv4 and IPv6 are the monthly prices of an additional address.
	IPv4, IPv6 Cents
}

// Resource is something that a service can have in addition to what its product includes.
type Resource struct {
	Name string // as in customization: vcores, memory, storage, bandwidth
	// Price is per Step units and month.
	Price          Cents
	Min, Max, Step int64
	AllowDowngrade bool
}

// Product is a package of the catalogue.
type Product struct {
	ID, Slug, Name, CategoryKey string
	// Monthly is the price of 30 days without tax, Yearly that of 365 days; a Yearly of 0 is
	// derived from Monthly.
	Monthly, Yearly, SetupFee Cents
	// MemoryMB, StorageGB and BandwidthGB are in the units of services.
	VCores, MemoryMB, StorageGB, BandwidthGB int64
	Cycles                                   []int64
	// Stock is how many are left; a negative number is unlimited.
	Stock int64
	// TextPrice sends prices as strings instead of numbers; both occur.
	TextPrice bool
}

// Location is where services are placed.
type Location struct{ ID, Name, City, Country string }

// Template is an operating system.
type Template struct {
	ID                int64
	Name, DisplayName string
	CloudInit         bool
}

// Coupon reduces the price of an order.
type Coupon struct {
	Code, Text string
	Percent    int64
	Amount     Cents // of the order, before tax
}

type priceRise struct {
	product string
	monthly Cents
}

func (st *state) category(key string) *Category {
	for _, cat := range st.categories {
		if cat.Key == key || cat.ID == key {
			return cat
		}
	}
	return nil
}

func (st *state) categoryOf(p *Product) *Category { return st.category(p.CategoryKey) }

// coupon finds a coupon, ignoring case; nil if there is none.
func (st *state) coupon(code string) *Coupon {
	for i := range st.coupons {
		if strings.EqualFold(st.coupons[i].Code, code) {
			return &st.coupons[i]
		}
	}
	return nil
}

func (st *state) template(id int64) *Template {
	for i := range st.templates {
		if st.templates[i].ID == id {
			return &st.templates[i]
		}
	}
	return nil
}

func (st *state) hasLocation(id string) bool {
	return slices.ContainsFunc(st.locations, func(l Location) bool { return l.ID == id })
}

// price returns an amount as a number or as a string, as TextPrice says.
func (p *Product) price(amount Cents) any {
	if p.TextPrice {
		return amount.String()
	}
	return amount.euro()
}

func (c *call) productRow(p *Product) row {
	var yearly any
	if p.Yearly > 0 {
		yearly = p.price(p.Yearly)
	}
	return row{
		"id": p.ID, "slug": p.Slug, "name": p.Name, "priceMonthly": p.price(p.Monthly), "priceYearly": yearly,
		"setupFee": p.SetupFee.euro(), "vcores": p.VCores, "memory": p.MemoryMB, "storage": p.StorageGB, "bandwidth": p.BandwidthGB,
		"soldOut": p.Stock == 0, "allowedBillingCycles": p.Cycles, "billingDiscountPerMonth": 0, "contractTerms": []int{},
		"provider": providerRow(c.st.categoryOf(p)), "pterodactylEggs": []row{},
	}
}

func providerRow(cat *Category) row {
	return row{"id": cat.ProviderID, "type": cat.ProviderType, "name": cat.ProviderName}
}

func (c *call) categoryRow(cat *Category) row {
	own := c.st.products.Where(func(p *Product) bool { return p.CategoryKey == cat.Key })
	return row{
		"id": cat.ID, "key": cat.Key, "name": cat.Name, "products": rows(own, c.productRow), "children": []row{},
		"provider": providerRow(cat), "configuratorEnabled": len(cat.Resources) > 0,
	}
}

func listProducts(c *call) reply {
	return ok(row{
		"categories":      rows(c.st.categories, c.categoryRow),
		"businessPricing": nil, "defaultTaxName": countries[0].TaxName,
	})
}

func getCategory(c *call) reply {
	cat := c.st.category(c.r.PathValue("category"))
	if cat == nil {
		return notFound(codeNoCategory, "Category")
	}
	return ok(row{"category": c.categoryRow(cat)})
}

func getProduct(c *call) reply {
	cat := c.st.category(c.r.PathValue("category"))
	if cat == nil {
		return notFound(codeNoCategory, "Category")
	}
	return c.product(c.r.PathValue("product"), cat.Key)
}

func productBySlug(c *call) reply {
	return c.product(c.r.PathValue("slug"), c.r.URL.Query().Get("category"))
}

func (c *call) product(slug, category string) reply {
	found := c.st.products.Find(func(p *Product) bool {
		return p.Slug == slug && (category == "" || p.CategoryKey == category)
	})
	if found == nil {
		return notFound(codeNoProduct, "Product")
	}
	return ok(row{"product": c.productRow(found), "category": c.categoryRow(c.st.categoryOf(found))})
}

func productLocations(c *call) reply {
	return ok(row{"locations": rows(c.st.locations, func(l Location) row {
		return row{"id": l.ID, "name": l.Name, "city": l.City, "country": l.Country}
	})})
}

func productTemplates(c *call) reply {
	if c.st.products.Get(c.r.URL.Query().Get("productId")) == nil {
		return notFound(codeNoProduct, "Product")
	}
	return ok(row{"templates": rows(c.st.templates, templateRow)})
}

func templateRow(t Template) row {
	r := row{"templateId": t.ID, "name": t.Name, "displayName": t.DisplayName, "cloudInitSupport": t.CloudInit}
	if t.CloudInit {
		r["cloudInitUsername"] = "root"
	}
	return r
}

func upgradeConfig(c *call) reply {
	cat := c.st.category(c.r.PathValue("id"))
	if cat == nil {
		return notFound(codeNoCategory, "Category")
	}
	prices := row{}
	for _, res := range cat.Resources {
		prices[res.Name] = row{
			"upgradePrice": res.Price.euro(), "allowDowngrade": res.AllowDowngrade, "min": res.Min, "max": res.Max, "step": res.Step,
		}
	}
	return ok(row{"config": row{
		"upgradeMode": cat.UpgradeMode, "allowPrePurchaseUpgrade": cat.UpgradeMode == upgradeFree,
		"configuratorEnabled": len(cat.Resources) > 0, "resourcePricing": prices, "additionalIpsPricePerMonth": cat.IPv4.euro(),
		"additionalIPv6PricePerMonth": cat.IPv6.euro(), "ipv4OptOutDiscount": json.Number(strconv.Itoa(0)),
	}})
}
