package hostkey

import (
	"encoding/json"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// formOf is the call of an action with the fields of a request and what the caller
// gave beyond them, after the problems of both. subject names the thing concerned.
func formOf(a action, problems provider.Problems, subject string, req any, extra map[string]any) (*rest.Call, url.Values, error) {
	if err := a.Refuse("", problems); err != nil {
		return nil, nil, err
	}
	form, err := encode(a, req, extra)
	if err != nil {
		return nil, nil, err
	}
	return &rest.Call{Body: form, Subject: subject, Secrets: secretsIn(extra)}, form, nil
}

// paramsOf is formOf for the modules whose fields stand in params[...], also those that
// the caller gave.
func paramsOf(a action, problems provider.Problems, subject string, req any, extra map[string]any) (*rest.Call, url.Values, error) {
	if len(extra) > 0 {
		extra = map[string]any{"params": extra}
	}
	call, form, err := formOf(a, problems, subject, nil, extra)
	if err != nil || req == nil {
		return call, form, err
	}
	fields, err := encode(a, req, nil)
	if err != nil {
		return nil, nil, err
	}
	for name, values := range fields {
		plain, list := strings.CutSuffix(name, "[]")
		name = "params[" + plain + "]"
		if form.Has(name) || form.Has(name+"[]") {
			return nil, nil, a.Refuse("", provider.Problems{"Extra": strconv.Quote(plain) + " is given already"})
		}
		if list {
			name += "[]"
		}
		form[name] = values
	}
	return call, form, nil
}

// about names a thing by its ID in errors; 0 is none.
func about(id int64) string {
	if id == 0 {
		return ""
	}
	return idText(id)
}

// putAddr sets an address unless there is none.
func putAddr(form url.Values, name string, addr netip.Addr) {
	if addr.IsValid() {
		form.Set(name, addr.String())
	}
}

func checkAddr(problems *provider.Problems, field string, addr netip.Addr) {
	if !addr.IsValid() {
		problems.Add(field, "required: an IP address")
	}
}

// checkIPv4 refuses what is given and no IPv4 address.
func checkIPv4(problems *provider.Problems, field string, addr netip.Addr) {
	if addr.IsValid() && !addr.Is4() {
		problems.Add(field, "must be an IPv4 address, got %s", addr)
	}
}

// checkMoney refuses what is no amount above 0.
func checkMoney(problems *provider.Problems, field string, amount Amount) {
	switch {
	case amount == "":
		problems.Add(field, "required")
	case !amount.Valid():
		problems.Add(field, `must be a decimal number such as "6.47"`)
	case amount.Sign() <= 0:
		problems.Add(field, "must be above 0")
	}
}

// codes reads a list of short texts: a real list, or text with commas, also one that
// ends in a comma.
type codes []string

func (c *codes) UnmarshalJSON(data []byte) error {
	*c = nil
	var l list[text]
	if err := l.UnmarshalJSON(data); err != nil {
		return err
	}
	for _, t := range l.all {
		for part := range strings.SplitSeq(string(t), ",") {
			if part = strings.TrimSpace(part); part != "" {
				*c = append(*c, part)
			}
		}
	}
	return nil
}

// price reads an amount, where one that cannot be read is none: a catalogue must not
// become unreadable by one odd price.
type price Amount

func (p *price) UnmarshalJSON(data []byte) error {
	var a Amount
	if a.UnmarshalJSON(data) != nil {
		a = ""
	}
	*p = price(a)
	return nil
}

// amounts are prices by name as the public types hold them.
func amounts(prices dict[price]) map[string]Amount {
	var out map[string]Amount
	for name, p := range prices {
		if p != "" {
			put(&out, name, Amount(p))
		}
	}
	return out
}

// put sets an element of a map that may not be there yet.
func put[V any](m *map[string]V, name string, value V) {
	if *m == nil {
		*m = make(map[string]V)
	}
	(*m)[name] = value
}

// billingPlan is a text, or prices by currency and period.
type billingPlan struct {
	name   string
	prices map[string]map[string]Amount
}

func (b *billingPlan) UnmarshalJSON(data []byte) error {
	*b = billingPlan{}
	if data[0] != '{' {
		var t text
		err := t.UnmarshalJSON(data)
		b.name = string(t)
		return err
	}
	var plan dict[json.RawMessage]
	if err := plan.UnmarshalJSON(data); err != nil {
		return err
	}
	for currency, value := range plan {
		var periods dict[price]
		if value[0] != '{' {
			continue
		}
		if err := periods.UnmarshalJSON(value); err != nil {
			return err
		}
		put(&b.prices, currency, amounts(periods))
	}
	return nil
}
