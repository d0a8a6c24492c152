package elizontest

import (
	"net/http"

	"github.com/provkit/provkit/internal/emulator"
)

func validateCart(c *call) reply {
	lines, a, over := c.cart(codeInvalidRequest)
	if over {
		return a
	}
	out := []row{}
	for _, l := range c.soldOut(lines) {
		out = append(out, row{"lineId": l.id, "productName": l.product.Name})
	}
	return ok(row{"unavailable": out})
}

// soldOut returns the lines for which there is not enough stock.
func (c *call) soldOut(lines []*line) []*line {
	wanted := make(map[string]int64)
	var out []*line
	for _, l := range lines {
		if l.kind != lineNew || l.product.Stock < 0 {
			continue
		}
		if wanted[l.product.ID] += l.quantity; wanted[l.product.ID] > l.product.Stock {
			out = append(out, l)
		}
	}
	return out
}

// cart reads the items and refuses an empty cart.
func (c *call) cart(code errorCode) ([]*line, reply, bool) {
	lines := c.lines()
	if a, refused := c.refusedAs(code); refused {
		return nil, a, true
	}
	if len(lines) == 0 {
		return nil, bad(codeCartEmpty, "The cart is empty"), true
	}
	return lines, reply{}, false
}

// discount reads a coupon's code from a field; nil if it has none.
func (c *call) discount(field string) (*Coupon, reply, bool) {
	code := c.text(field)
	if code == "" {
		return nil, reply{}, false
	}
	coupon := c.st.coupon(code)
	if coupon == nil {
		return nil, bad(codeNoCoupon, "The coupon code is invalid"), true
	}
	return coupon, reply{}, false
}

// country reads the buyer's country; the default is that of the default address.
func (c *call) country() country {
	code := c.text("countryCode")
	if code == "" {
		code = c.st.defaultCountry()
	}
	known, there := countryOf(code)
	if !there {
		c.blame("countryCode is unknown")
	}
	return known
}

func calculateCart(c *call) reply {
	in := c.country()
	lines, a, over := c.cart(codeInvalidRequest)
	if over {
		return a
	}
	coupon, a, over := c.discount("couponCode")
	if over {
		return a
	}
	vatFree := c.st.account.VATNumber != ""
	if said, there := c.body.Bool("hasVatId"); there {
		vatFree = said && c.text("vatNumber") != ""
	}
	if a, refused := c.refused(); refused {
		return a
	}
	q := newQuote(lines, coupon, in, vatFree)
	answer := ok(row{
		"items": rows(lines, func(l *line) row {
			return row{"productId": l.product.ID, "productName": l.product.Name, "total": l.total.euro(), "quantity": l.quantity}
		}),
		"subtotal": q.net.euro(), "tax": q.tax.euro(), "total": q.total.euro(), "firstMonthAmount": q.total.euro(),
		"taxName": q.country.TaxName, "taxRatePercent": q.percent(), "isVatFree": q.vatFree,
	})
	for _, rise := range c.st.priceRises {
		if p := c.st.products.Get(rise.product); p != nil {
			p.Monthly, p.Yearly = rise.monthly, 0
		}
	}
	c.st.priceRises = nil
	return answer
}

func previewCoupon(c *call) reply {
	c.required("code")
	in := c.country()
	lines, a, over := c.cart(codeInvalidRequest)
	if over {
		return a
	}
	coupon, a, over := c.discount("code")
	if over {
		return a
	}
	q := newQuote(lines, coupon, in, false)
	return ok(row{
		"coupon":   row{"code": coupon.Code, "displayText": coupon.Text},
		"discount": row{"amount": q.discount.euro()},
	})
}

// upgradeCart answers with the line that checkout accepts for an upgrade.
func upgradeCart(c *call) reply {
	id := c.required("serviceId")
	changes, there := c.body.Object("resourceChanges")
	if !there {
		c.blame("resourceChanges is required")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	s := c.st.services.Get(id)
	if s == nil {
		return noService()
	}
	if s.SharedBy != "" {
		return fail(http.StatusForbidden, codeNotOwned, "The service belongs to somebody else")
	}
	l, a, over := c.change(s, changes)
	if over {
		return a
	}
	l.days = c.st.subscriptions.Get(s.SubscriptionID).CycleDays
	c.priceLine(l)
	return ok(row{"item": row{
		"lineId": c.st.newID(), "productId": l.product.ID, "productName": l.product.Name, "quantity": 1,
		"billingCycle": l.days, "itemType": lineUpgrade, "serviceId": s.ID, "customization": l.additions,
		"price": l.total.euro(), "total": l.total.euro(),
	}})
}

// change reads resourceChanges: differences of resources, and perhaps another product of the same
// category, which may also be next to them.
func (c *call) change(s *Service, changes *emulator.Object) (*line, reply, bool) {
	l := &line{kind: lineUpgrade, service: s, quantity: 1, product: c.st.products.Get(s.ProductID)}
	target, there := changes.String("productId")
	if !there {
		target, there = c.body.String("productId")
	}
	if there && target != s.ProductID {
		p := c.st.products.Get(target)
		if p == nil {
			return nil, notFound(codeNoProduct, "Product"), true
		}
		if p.CategoryKey != l.product.CategoryKey {
			return nil, bad(codeNoChange, "The product is of another category"), true
		}
		l.product = p
	}
	cat := c.st.categoryOf(l.product)
	if cat.UpgradeMode == upgradeDisabled {
		return nil, bad(codeNoChange, "Services of this category cannot be changed"), true
	}
	l.additions = c.additions("resourceChanges", cat, changes, true)
	if len(l.additions) == 0 && l.product.ID == s.ProductID {
		c.blame("resourceChanges holds no change")
	}
	a, refused := c.refused()
	return l, a, refused
}
