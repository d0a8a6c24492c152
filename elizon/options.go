package elizon

import (
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// DefaultOrderWindow is the age below which Provider.Create without a ledger takes an unmarked service for
// a possible lost order, unless WithOrderWindow sets another.
const DefaultOrderWindow = 24 * time.Hour

// settings are the options of the adapter.
type settings struct {
	orderWindow time.Duration
	spending    Spending
}

// WithBearer sends the API key as "Authorization: Bearer", as the vendor's SDK does, instead of in
// x-api-key, as the reference says.
func WithBearer() provider.Option { return provider.VendorOption(Kind, "WithBearer", true) }

// WithSessionToken sets the token of a session, as Auth.Login returns it. Endpoints that refuse API
// keys need one. If there is no API key, it is used for all other endpoints too.
func WithSessionToken(token provider.Secret) provider.Option {
	return provider.VendorOption(Kind, "WithSessionToken", token)
}

// WithoutKey allows a client without credentials: it reaches public endpoints only, those for
// signing in among them.
func WithoutKey() provider.Option { return provider.VendorOption(Kind, "WithoutKey", true) }

// WithClientHeader sets X-Elizon-Client for every call: "api", "desktop" and "mobile" are known, ""
// omits it. Without it calls send DefaultClientHeader, or CheckoutClientHeader where the vendor demands
// that. Whoever is refused there has the error CodeClientPlatformNotAllowed.
func WithClientHeader(value string) provider.Option {
	return provider.VendorOption(Kind, "WithClientHeader", value)
}

// Spending allows Provider.Renew and Provider.ChangePlan to spend money. Their calls cannot carry a
// limit, so it is set here. An amount of "" leaves its verb unsupported.
type Spending struct {
	// Payment is PayBalance, which is the default, PayInvoice, PayBusinessFund or PayMollieSaved.
	Payment PaymentMethod
	// SavedMandateID is for PayMollieSaved; "" takes the account's default.
	SavedMandateID string
	// MaxRenewal is the most that one renewal may cost, with tax.
	MaxRenewal EUR
	// MaxUpgrade is the most that one change of plan may cost, with tax. A change to a cheaper plan
	// costs nothing, but needs MaxUpgrade too.
	MaxUpgrade EUR
}

// WithSpending lets the adapter renew and change plans. See Spending.
func WithSpending(s Spending) provider.Option {
	return provider.VendorOption(Kind, "WithSpending", s)
}

// WithOrderWindow is for clients without a ledger. It sets how long an unmarked service may be an order whose
// handle was lost, counted from the beginning of its current period (which a renewal may move). While the
// account has one of the wanted product, Provider.Create buys nothing without a handle; see there. 0 switches
// that off: then an order whose handle was lost may be bought twice. A ledger knows all orders, so that with
// one a service that somebody has just bought by hand stops nothing.
//
// With a ledger and without, a service that appears within that time after an order whose answer was lost, and
// after it should have settled, is provider.ErrConflict: it may be the order's.
func WithOrderWindow(d time.Duration) provider.Option {
	return provider.VendorOption(Kind, "WithOrderWindow", d)
}

// unattended returns the payment methods that work without a person.
func unattended() []string {
	return []string{string(PayBalance), string(PayInvoice), string(PayBusinessFund), string(PayMollieSaved)}
}

func readSettings(options *provider.Options, problems *provider.Problems) settings {
	s := settings{orderWindow: DefaultOrderWindow}
	if window, given := rest.VendorOption(options, Kind, "WithOrderWindow").(time.Duration); given {
		s.orderWindow = window
	}
	problems.NotNegative("WithOrderWindow", int64(s.orderWindow))
	s.spending, _ = rest.VendorOption(options, Kind, "WithSpending").(Spending)
	switch {
	case s.spending.Payment == "":
		s.spending.Payment = PayBalance
	case !slices.Contains(unattended(), string(s.spending.Payment)):
		problems.Add("WithSpending.Payment", "must be one of %s", strings.Join(unattended(), ", "))
	}
	if s.spending.SavedMandateID != "" && s.spending.Payment != PayMollieSaved {
		problems.Add("WithSpending.SavedMandateID", "only with %s", PayMollieSaved)
	}
	for field, amount := range map[string]EUR{"MaxRenewal": s.spending.MaxRenewal, "MaxUpgrade": s.spending.MaxUpgrade} {
		if amount != "" {
			problems.Note("WithSpending."+field, limitProblem(string(amount)))
		}
	}
	return s
}

// limitProblem returns why a text is not an upper limit in euro, or "".
func limitProblem(text string) string {
	switch e := EUR(text); {
	case text == "":
		return "required: the maximum price in euro, with tax, such as 12.99"
	case !e.Valid():
		return "must be an amount in euro, such as 12.99"
	case e.Sign() < 0:
		return "negative"
	}
	return ""
}
