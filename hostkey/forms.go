package hostkey

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// formOf returns the call of an action with the fields of a request and the caller's extra fields,
// unless there are problems. subject is the ID of what the call is about.
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

// paramsOf is formOf for modules whose fields, extra fields included, are in params[...].
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
			return nil, nil, a.Refuse("", provider.Problems{"Extra": strconv.Quote(plain) + " is already set"})
		}
		if list {
			name += "[]"
		}
		form[name] = values
	}
	return call, form, nil
}

// about returns how errors name an ID; 0 is none.
func about(id int64) string {
	if id == 0 {
		return ""
	}
	return idText(id)
}

// putAddr sets an address if there is one.
func putAddr(form url.Values, name string, addr netip.Addr) {
	if addr.IsValid() {
		form.Set(name, addr.String())
	}
}

func checkAddr(problems *provider.Problems, field string, addr netip.Addr) {
	if !addr.IsValid() {
		problems.Add(field, "must be an IP address")
	}
}

// checkIPv4 refuses a valid address that is not IPv4.
func checkIPv4(problems *provider.Problems, field string, addr netip.Addr) {
	if addr.IsValid() && !addr.Is4() {
		problems.Add(field, "must be an IPv4 address, got %s", addr)
	}
}

// checkMoney refuses amounts that are missing, malformed or not above 0.
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

// Prices are listed by currency, by period and currency, or as {LOCATION: {CURRENCY: price}}, and
// some lists mix these: each type takes what fits. One odd price must not make a catalogue
// unreadable.
var (
	_ = wire.Read(func(raw []byte, prices *map[string]Amount) error {
		return eachOf(raw, func(name string, value []byte) {
			var amount Amount
			if amount.UnmarshalJSON(value) == nil && amount != "" {
				put(prices, name, amount)
			}
		})
	})
	_ = wire.Read(func(raw []byte, prices *map[string]map[string]Amount) error {
		return eachOf(raw, func(name string, value []byte) {
			var inner map[string]Amount
			if value[0] == '{' && wire.Unmarshal(value, &inner) == nil && inner != nil {
				put(prices, name, inner)
			}
		})
	})
)

// eachOf calls each for the fields of an object; anything else counts as empty.
func eachOf(raw []byte, each func(name string, value []byte)) error {
	for name, value := range openEnvelope(raw) {
		each(name, value)
	}
	return nil
}

// put sets an element of a map that may be nil.
func put[V any](m *map[string]V, name string, value V) {
	if *m == nil {
		*m = make(map[string]V)
	}
	(*m)[name] = value
}
