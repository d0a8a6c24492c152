package elizontest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// Kinds of cart lines.
const (
	lineNew     = "new"
	lineRenewal = "renewal"
	lineUpgrade = "upgrade"
	lineDomain  = "domain"
)

// line is a checked line of a cart.
type line struct {
	id, kind   string
	product    *Product
	service    *Service // of a renewal or an upgrade
	quantity   int64
	days       int64
	location   string
	template   int64
	additions  map[string]int64
	ipv4, ipv6 int64
	domain     string
	contract   bool
	months     int64 // of the contract

	monthly Cents // price of one for 30 days, without tax
	total   Cents // price of the whole line, without tax
}

// lines reads the items of a body, and records what is wrong with them.
func (c *call) lines() []*line {
	items, there := c.body.Objects("items")
	if !there || len(items) > maxLines {
		if there {
			c.blame("items holds more than " + strconv.Itoa(maxLines) + " lines")
		}
		return nil
	}
	all := make([]*line, 0, len(items))
	for i, item := range items {
		before := len(c.problems)
		l := c.line("items."+strconv.Itoa(i), item)
		if l.kind == lineDomain && len(items) > 1 {
			c.blame("a domain must be the only line")
		}
		if len(c.problems) == before && len(c.body.Wrong()) == 0 {
			c.priceLine(l)
		}
		all = append(all, l)
	}
	return all
}

func (c *call) line(at string, item *emulator.Object) *line {
	l := &line{kind: lineNew, quantity: 1}
	l.id, _ = item.String("lineId")
	if kind, there := item.String("itemType"); there {
		l.kind = kind
	}
	if !slices.Contains([]string{lineNew, lineRenewal, lineUpgrade, lineDomain}, l.kind) {
		c.blame(at + ".itemType is invalid")
		return l
	}
	if n, there := item.Int("quantity"); there {
		if l.quantity = n; n < 1 || n > maxQuantity || (n > 1 && l.kind != lineNew) {
			c.blame(at + ".quantity is invalid")
		}
	}
	id, _ := item.String("productId")
	l.product = c.st.products.Get(id)
	if l.kind == lineRenewal || l.kind == lineUpgrade {
		c.existing(at, l, item)
	}
	if l.product == nil {
		c.blame(at + ".productId is unknown")
		return l
	}
	l.days, _ = item.Int("billingCycle")
	if n, there := item.Int("daysExtension"); there && l.kind == lineRenewal {
		l.days = n
	}
	if l.kind == lineRenewal && (l.days < 1 || l.days > maxRunTimeDays) {
		c.blame(at + ".daysExtension is invalid")
	}
	if l.kind == lineNew && !slices.Contains(l.product.Cycles, l.days) {
		c.blame(at + ".billingCycle is not allowed")
	}
	c.configuration(at, l, item)
	if l.kind == lineDomain {
		l.domain, _ = item.String("domainName")
		years, there := item.Int("domainYears")
		if !there {
			years = 1
		}
		l.days = 365 * years
		if !strings.Contains(l.domain, ".") || years < 1 || years > 10 {
			c.blame(at + ".domainName or domainYears is invalid")
		}
	}
	return l
}

// existing finds the service of a renewal or an upgrade by its ID or its subscription's ID.
func (c *call) existing(at string, l *line, item *emulator.Object) {
	id, _ := item.String("serviceId")
	if sub, there := item.String("subscriptionId"); there && id == "" {
		if s := c.st.subscriptions.Get(sub); s != nil {
			id = s.ServiceID
		}
	}
	if l.service = c.st.services.Get(id); l.service == nil || l.service.SharedBy != "" {
		l.service = nil
		c.blame(at + ".serviceId is unknown")
		return
	}
	if l.product == nil || l.kind == lineRenewal {
		l.product = c.st.products.Get(l.service.ProductID)
	}
}

// configuration reads what a customer can choose for a product.
func (c *call) configuration(at string, l *line, item *emulator.Object) {
	if l.location, _ = item.String("locationId"); l.location != "" && !c.st.hasLocation(l.location) {
		c.blame(at + ".locationId is unknown")
	}
	if id, there := item.Int("templateId"); there {
		if l.template = id; c.st.template(id) == nil {
			c.blame(at + ".templateId is unknown")
		}
	}
	l.ipv4, _ = item.Int("additionalIPv4")
	l.ipv6, _ = item.Int("additionalIPv6")
	if l.ipv4 < 0 || l.ipv4 > maxIPv4-1 || l.ipv6 < 0 || l.ipv6 > maxIPv6-1 {
		c.blame(at + " has too many addresses")
	}
	if mode, _ := item.String("billingMode"); mode == modeContract {
		l.contract = true
		if l.months, _ = item.Int("contractTermMonths"); l.months < 1 || l.months > 36 {
			c.blame(at + ".contractTermMonths is invalid")
		}
	}
	if changes, there := item.Object("customization"); there {
		l.additions = c.additions(at+".customization", c.st.categoryOf(l.product), changes, l.kind == lineUpgrade)
	}
}

// additions reads resources that a category sells. Others, such as a domain's name, are ignored.
func (c *call) additions(at string, cat *Category, changes *emulator.Object, negative bool) map[string]int64 {
	found := make(map[string]int64)
	for _, res := range cat.Resources {
		n, there := changes.Int(res.Name)
		if !there || n == 0 {
			continue
		}
		if n%res.Step != 0 || n > res.Max || n < -res.Max || (n < 0 && !negative) {
			c.blame(at + "." + res.Name + " is out of range")
			continue
		}
		found[res.Name] = n
	}
	return found
}

// extras returns the price of additions for 30 days.
func (st *state) extras(cat *Category, additions map[string]int64) Cents {
	var sum Cents
	for _, res := range cat.Resources {
		sum += res.Price * Cents(additions[res.Name]/res.Step)
	}
	return sum
}

func (c *call) priceLine(l *line) {
	cat := c.st.categoryOf(l.product)
	extras := c.st.extras(cat, l.additions) + cat.IPv4*Cents(l.ipv4) + cat.IPv6*Cents(l.ipv6)
	switch l.kind {
	case lineUpgrade:
		c.priceUpgrade(l, extras)
	case lineRenewal:
		sub := c.st.subscriptions.Get(l.service.SubscriptionID)
		l.monthly = sub.Monthly
		l.total = sub.price(l.days)
	case lineDomain:
		l.monthly = l.product.Monthly
		l.total = period(l.product, 365) * Cents(l.days/365)
	default:
		l.monthly = l.product.Monthly + extras
		l.total = Cents(l.quantity) * (period(l.product, l.days) + share(extras, l.days, 30) + l.product.SetupFee)
	}
}

// priceUpgrade sets the prorated price: the difference of the monthly prices, for the rest of the
// period.
func (c *call) priceUpgrade(l *line, extras Cents) {
	sub := c.st.subscriptions.Get(l.service.SubscriptionID)
	before := sub.Monthly
	if l.product.ID != l.service.ProductID { // another package; additions to the old one stay
		before = c.st.products.Get(l.service.ProductID).Monthly
		l.monthly = sub.Monthly - before + l.product.Monthly + extras
	} else {
		l.monthly = before + extras
	}
	left := max(0, sub.PeriodEnd.Sub(c.now))
	l.total = share(l.monthly-sub.Monthly, int64(left/time.Second), 30*24*60*60)
}

// period returns the price of a product for some days, without setup.
func period(p *Product, days int64) Cents {
	if days == 365 && p.Yearly > 0 {
		return p.Yearly
	}
	return share(p.Monthly, days, 30)
}

// quote is a priced cart.
type quote struct {
	net, discount, tax, total Cents
	country                   country
	vatFree                   bool
}

func newQuote(lines []*line, coupon *Coupon, in country, vatFree bool) quote {
	q := quote{country: in, vatFree: vatFree && in != countries[0]}
	for _, l := range lines {
		q.net += l.total
	}
	if coupon != nil {
		q.discount = min(q.net, share(q.net, coupon.Percent, 100)+coupon.Amount)
	}
	q.net -= q.discount
	q.tax = share(q.net, q.percent(), 100)
	q.total = q.net + q.tax
	return q
}

func (q quote) percent() int64 {
	if q.vatFree {
		return 0
	}
	return q.country.Percent
}
