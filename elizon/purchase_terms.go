package elizon

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
)

// terms is what an order set, and what the account had when it was sent. A holding that appeared since
// is the order's only if it is as ordered.
type terms struct {
	product string
	// before has the fingerprints of the product's unmarked subscriptions.
	before map[string]bool
	// cycle is the billing cycle in days; 0 in handles of earlier versions.
	cycle int64
	// location and template are those that the order chose, if it chose any.
	location string
	template int64
	// monthly is the product's price in the catalogue.
	monthly EUR
	// asked is when the order was sent by the platform's own clock, in whole seconds; zero if its
	// answers have no date.
	asked time.Time
}

// write notes in a handle what has to be known to recognise the order.
func (t *terms) write(q url.Values) {
	note := func(letter, text string, is bool) {
		if is {
			q.Set(letter, text)
		}
	}
	note("c", strconv.FormatInt(t.asked.Unix(), 10), !t.asked.IsZero())
	note("d", strconv.FormatInt(t.cycle, 10), t.cycle > 0)
	note("l", t.location, t.location != "")
	note("m", string(t.monthly), t.monthly != "")
	note("o", strconv.FormatInt(t.template, 10), t.template > 0)
}

// read is the opposite of write. What earlier versions did not write is missing.
func (t *terms) read(q *order.Fields) {
	number := func(letter string) (n int64) {
		q.Text(letter, func(text string) (valid bool) {
			var err error
			n, err = strconv.ParseInt(text, 10, 64)
			return err == nil && n > 0 && n <= 1<<40
		})
		return n
	}
	if seconds := number("c"); seconds > 0 {
		t.asked = time.Unix(seconds, 0)
	}
	t.cycle, t.template = number("d"), number("o")
	t.location = q.Text("l", isID)
	t.monthly = EUR(q.Text("m", func(text string) bool { return EUR(text).Valid() }))
}

// likeness is whether a holding is as ordered.
type likeness int

const (
	different likeness = iota // it is not the order's
	waiting                   // its service is not there yet
	doubtful                  // it may be the order's, or somebody else's
	alike                     // everything that the order set is so
)

// judge says which of the holdings that appeared since the order was sent is the order's: the one that is
// as ordered, if no other may be it.
func (p *purchase) judge(ctx context.Context, seen *order.Sighting, fresh []*holding) error {
	var candidates []*holding
	var why []string
	least := alike
	for _, h := range fresh {
		var is likeness
		var doubt string
		err := p.RetryAfterPayment(ctx, func() (err error) {
			is, doubt, err = p.compare(ctx, h)
			return err
		})
		if err != nil {
			return err
		}
		if is == different {
			continue
		}
		candidates, least = append(candidates, h), min(least, is)
		if doubt != "" {
			why = append(why, doubt)
		}
	}
	const decide = "find out whose it is, and Adopt the service that is this order's"
	switch {
	case len(candidates) == 0, least == waiting && p.Accepted:
		// Nothing came of it yet.
	case least == waiting:
		seen.Unclear = fmt.Sprintf("%s may be the order's, and has no service yet", listed(candidates))
	case len(candidates) > 1:
		seen.Conflict = p.conflict("the order is one of %s, which carry no valid marker: %s", listed(candidates), decide)
	case least == doubtful:
		seen.Conflict = p.conflict("%s may be the order's or somebody else's, since %s: %s", listed(candidates), strings.Join(why, ", "), decide)
	default:
		p.found(seen, candidates[0])
	}
	return nil
}

// compare says whether a holding is as ordered, and what is doubtful.
func (p *purchase) compare(ctx context.Context, h *holding) (is likeness, doubt string, err error) {
	is, doubt = p.began(h)
	switch {
	case is == different, p.cycle > 0 && h.cycle > 0 && h.cycle != p.cycle:
		return different, "", nil
	case h.service == "":
		return waiting, "", nil
	}
	detail, err := p.c.Services.Get(ctx, h.service)
	if err != nil {
		return 0, "", err
	}
	// The list may be older than this.
	switch _, reference, _ := p.c.core.Markers().Read(detail.shownName(), detail.ID); reference {
	case "":
	case p.Reference:
		return alike, "", nil
	default:
		return different, "", nil
	}
	if other := detail.Product.ID; other != "" && other != p.product {
		return different, "", nil
	}
	switch another, err := p.anothers(ctx, h.service); {
	case err != nil:
		return 0, "", err
	case another:
		return different, "", nil
	}
	for _, look := range []func(context.Context, *ServiceDetail) (likeness, string, error){p.placed, p.installed} {
		now, why, err := look(ctx, detail)
		if err != nil || now == different {
			return now, "", err
		}
		if now == doubtful {
			is, doubt = now, why
		}
	}
	switch monthly := detail.Billing.MonthlyPrice; {
	case h.named || detail.UserDisplayName != "":
		return doubtful, "somebody has given it a name", nil
	case len(h.marker.Claims) > 0:
		return doubtful, h.marker.Tampered, nil
	case h.product == "" && detail.Product.ID == "":
		return doubtful, "its product is not shown", nil
	case p.cycle == 0 || h.cycle == 0 && detail.Billing.BillingCycleDays != p.cycle:
		return doubtful, "its billing cycle cannot be compared", nil
	case monthly != "" && monthly.Cmp(p.monthly) != 0:
		// How discounts and taxes show in it is undocumented, so that it may be the order's all the same.
		return doubtful, fmt.Sprintf("it costs %s EUR a month and not %s", monthly, p.monthly), nil
	}
	return is, doubt, nil
}

// dayOff is how much the start of a period may be rounded down: its precision is undocumented.
const dayOff = 24 * time.Hour

// began compares when a holding began with when the order was sent, both by the platform's clock. The
// platform carries out an order within p.c.core.SettleTime(), or later than anybody expects.
func (p *purchase) began(h *holding) (is likeness, doubt string) {
	if p.asked.IsZero() || h.began.IsZero() {
		return doubtful, "when it began cannot be compared with the order"
	}
	switch after := h.began.Sub(p.asked); {
	case after < -dayOff, after > max(p.c.settings.orderWindow, p.c.core.SettleTime()):
		return different, ""
	case after < 0:
		return doubtful, fmt.Sprintf("it began %s before the order was sent", (-after).Round(time.Second))
	case after > p.c.core.SettleTime():
		return doubtful, fmt.Sprintf("it began %s after the order was sent", after.Round(time.Second))
	}
	return alike, ""
}

// placed compares the location with the ordered one. Whether the platform shows its ID, its name or its
// city is undocumented.
func (p *purchase) placed(ctx context.Context, d *ServiceDetail) (likeness, string, error) {
	return sameChoice(p.location, d.Location, "location", p.c.Products.Locations(ctx, p.product), func(l *Location) []string {
		return []string{l.ID, l.Name, l.City}
	})
}

// installed compares the operating system with the ordered template.
func (p *purchase) installed(ctx context.Context, d *ServiceDetail) (likeness, string, error) {
	chosen := ""
	if p.template > 0 {
		chosen = strconv.FormatInt(p.template, 10)
	}
	shown := cmp.Or(d.System.Template, d.OS)
	return sameChoice(chosen, shown, "operating system", p.c.Products.Templates(ctx, p.product), func(t *Template) []string {
		return []string{strconv.FormatInt(t.ID, 10), t.Name, t.DisplayName}
	})
}

// sameChoice says whether what a service shows is what the order chose, by what the catalogue calls each
// choice, its ID first.
func sameChoice[T any](chosen, shown, what string, catalogue iter.Seq2[*T, error], called func(*T) []string) (likeness, string, error) {
	if chosen == "" || strings.EqualFold(chosen, shown) {
		return alike, "", nil
	}
	var meant []string
	for choice, err := range adapter.Legible(catalogue) {
		if err != nil {
			return 0, "", err
		}
		names := called(choice)
		if shown != "" && slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, shown) }) {
			meant = append(meant, names[0])
		}
	}
	switch {
	case len(meant) == 1 && meant[0] == chosen:
		return alike, "", nil
	case len(meant) > 0 && !slices.Contains(meant, chosen):
		return different, "", nil
	}
	return doubtful, "its " + what + " cannot be compared", nil
}
