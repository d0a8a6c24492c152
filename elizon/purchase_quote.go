package elizon

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// wants is what to order, from the options of Create.
type wants struct {
	product          string
	maxPrice         EUR
	payment          PaymentMethod
	mandate          string
	cycle            int64 // 0 is 30 days, or the product's shortest
	location         string
	template         int64
	coupon           string
	billingAddressID string
	sshKeys          []string
}

// defaultCycle is the billing cycle in days of an order that does not choose one.
const defaultCycle = 30

// quote builds the order and checks its price against the limit, immediately before it is sent.
func (c *Client) quote(ctx context.Context, p *purchase) (*CheckoutOrderRequest, error) {
	product, err := c.product(ctx, p.product)
	if err != nil {
		return nil, err
	}
	cycle, problem := product.cycle(p.wants.cycle)
	if problem != "" {
		return nil, &provider.Error{Kind: provider.ErrInvalid, Message: "refused before ordering", Fields: map[string]string{"Options." + optCycle: c.core.Clean(problem)}}
	}
	w := p.wants
	p.monthly = product.PriceMonthly
	items := []CartLine{{
		LineID: p.Reference, ProductID: product.ID, ProductName: cmp.Or(product.Name, product.ID), Quantity: 1, BillingCycle: cycle, ItemType: ItemNew,
		LocationID: w.location, TemplateID: w.template, SSHKeyIDs: w.sshKeys,
	}}
	unavailable, err := c.Cart.Validate(ctx, items)
	switch {
	case err != nil:
		return nil, err
	case len(unavailable) > 0:
		return nil, &provider.Error{Kind: provider.ErrConflict, Message: c.core.Say("nothing was bought: %q cannot be ordered now", items[0].ProductName)}
	}
	country := ""
	if w.billingAddressID != "" {
		if country, err = c.countryOf(ctx, w.billingAddressID); err != nil {
			return nil, err
		}
	}
	if err := c.affordable(ctx, &CartCalculateRequest{Items: items, CouponCode: w.coupon, CountryCode: country}, w.maxPrice, "option "+optMaxPrice); err != nil {
		return nil, err
	}
	return &CheckoutOrderRequest{
		Items: items, PaymentMethod: w.payment, SavedMandateID: w.mandate, CouponCode: w.coupon, BillingAddressID: w.billingAddressID,
	}, nil
}

// productTime is how long a product's name and billing cycles are cached: the catalogue is long,
// and the platform checks them with every order.
const productTime = 10 * time.Minute

type knownProduct struct {
	*Product
	at time.Time
}

// product looks a product up in the catalogue. The caller must have the desk's turn.
func (c *Client) product(ctx context.Context, id string) (*Product, error) {
	if known := c.orders.products[id]; time.Since(known.at) < productTime {
		return known.Product, nil
	}
	catalogue, err := c.Products.List(ctx, "")
	if err != nil {
		return nil, err
	}
	now := time.Now()
	for product := range catalogue.all() {
		c.orders.products[product.ID] = knownProduct{product, now}
	}
	if known := c.orders.products[id]; known.at.Equal(now) {
		return known.Product, nil
	}
	return nil, &provider.Error{Kind: provider.ErrInvalid, Message: "no such product", Fields: map[string]string{"Plan": "no product has this ID"}}
}

// affordable prices a cart and refuses it above the limit.
func (c *Client) affordable(ctx context.Context, cart *CartCalculateRequest, limit EUR, name string) error {
	price, err := c.Cart.Calculate(ctx, cart)
	switch {
	case err != nil:
		return err
	case !price.Total.Valid() || price.Total.Sign() < 0:
		return &provider.Error{Kind: provider.ErrProtocol, Message: "nothing was bought: the platform returned no price"}
	case price.Total.Cmp(limit) > 0:
		return tooExpensive(price.Total, limit, name)
	}
	return nil
}

func tooExpensive(price, limit EUR, name string) error {
	return &provider.Error{
		Kind: provider.ErrQuota, Message: words.Say("nothing was bought: it costs %s EUR, but at most %s EUR is allowed (%s)", price, limit, name),
	}
}

// countryOf returns the country of an address, which determines the tax.
func (c *Client) countryOf(ctx context.Context, addressID string) (string, error) {
	for address, err := range c.Addresses.List(ctx) {
		if err != nil {
			return "", err
		}
		if address.ID == addressID {
			return address.CountryCode, nil
		}
	}
	return "", &provider.Error{
		Kind: provider.ErrInvalid, Message: "refused before ordering", Fields: map[string]string{"Options." + optBillingAddress: "the account has no such address"},
	}
}

// find looks a product up in all categories; nil if there is none.
func (c *Catalogue) find(id string) *Product {
	for product := range c.all() {
		if product.ID == id {
			return product
		}
	}
	return nil
}

// all yields the products of all categories, each once.
func (c *Catalogue) all() func(yield func(*Product) bool) {
	return func(yield func(*Product) bool) {
		seen := make(map[string]bool)
		var walk func([]Category) bool
		walk = func(categories []Category) bool {
			for i := range categories {
				for k := range categories[i].Products {
					product := &categories[i].Products[k]
					if seen[product.ID] {
						continue
					}
					seen[product.ID] = true
					if !yield(product) {
						return false
					}
				}
				if !walk(categories[i].Children) {
					return false
				}
			}
			return true
		}
		walk(c.Categories)
	}
}

// cycle returns the billing cycle, or why the wanted one is not available.
func (p *Product) cycle(wanted int64) (days int64, problem string) {
	allowed := p.AllowedBillingCycles
	switch {
	case len(allowed) == 0:
		return cmp.Or(wanted, defaultCycle), ""
	case wanted == 0 && slices.Contains(allowed, defaultCycle):
		return defaultCycle, ""
	case wanted == 0:
		return slices.Min(allowed), ""
	case !slices.Contains(allowed, wanted):
		return 0, fmt.Sprintf("the product has cycles of %v days", allowed)
	}
	return wanted, ""
}
