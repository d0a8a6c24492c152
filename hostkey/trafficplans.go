package hostkey

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// With a customer's token the server often answers "invalid request", and it reads the
// filters from the query only.
var trafficPlansList = act("traffic_plans", "list", "TrafficPlans.List", "list traffic plans", ClassRead).public().byGet()

// TrafficPlansService lists traffic plans. It needs no token.
type TrafficPlansService struct{ c *Client }

// TrafficPlanListOptions filter traffic plans. The zero value lists all.
type TrafficPlanListOptions struct {
	// ServerID and PresetID leave what fits there.
	ServerID int64 `url:"id,omitempty"`
	PresetID int64 `url:"instance,omitempty"`
	// Location is a code such as "NL".
	Location string `url:"location,omitempty"`
	// Extra fields: vm, traffic_plans, all_tags, exclude_list and email are known by
	// their names only. They stand in the URL, so they must not be secret.
	Extra map[string]any `url:"-"`
}

// Unlimited is the TrafficPlan.LimitIn or LimitOut of a plan without a limit.
const Unlimited = -1

// TrafficPlan is how much traffic a server may have, and how fast.
type TrafficPlan struct {
	// ID is what an order takes as TrafficPlan.
	ID        int64
	Name      string
	Active    bool
	Locations []string
	// LimitIn and LimitOut are the traffic in TB; Unlimited is no limit.
	LimitIn, LimitOut float64
	// RateIn, RateOut and Bandwidth are in Mbit/s.
	RateIn, RateOut, Bandwidth float64
	// CurrencyID of Price: 0 is EUR or USD, 1 is RUB.
	CurrencyID int64
	Price      Amount
	// WebPlan and MainPlan are known by their names only.
	WebPlan, MainPlan bool
	BillingPlan       string
	// More fields that the answer contains.
	More map[string]provider.Payload
}

// List yields the traffic plans that fit a server, a preset or a location: GET
// /traffic_plans.php with action list in the query. opts may be nil.
func (s *TrafficPlansService) List(ctx context.Context, opts *TrafficPlanListOptions) iter.Seq2[*TrafficPlan, error] {
	if opts == nil {
		opts = new(TrafficPlanListOptions)
	}
	call, _, err := formOf(trafficPlansList, checkFilter(opts.ServerID, opts.PresetID, opts.Location), "", opts, opts.Extra)
	if err != nil {
		return rest.Failed[TrafficPlan](err)
	}
	return elements[TrafficPlan, trafficPlanWire](ctx, s.c, trafficPlansList, call, "traffic_plans")
}

type trafficPlanWire struct {
	ID          number      `json:"id"`
	Name        text        `json:"name"`
	Active      flag        `json:"active"`
	Location    codes       `json:"location"`
	Locations   codes       `json:"locations"`
	LimitIn     float       `json:"limit_in"`
	LimitOut    float       `json:"limit_out"`
	RateIn      float       `json:"rate_in"`
	RateOut     float       `json:"rate_out"`
	Bandwidth   float       `json:"bandwidth"`
	CurrencyID  number      `json:"currency_id"`
	Price       price       `json:"price"`
	WebPlan     flag        `json:"web_plan"`
	MainPlan    flag        `json:"main_plan"`
	BillingPlan billingPlan `json:"billing_plan"`
	extra       map[string]provider.Payload
}

func (w *trafficPlanWire) UnmarshalJSON(data []byte) error {
	type plain trafficPlanWire
	if err := json.Unmarshal(data, (*plain)(w)); err != nil {
		return err
	}
	var err error
	w.extra, err = rest.Extras[provider.Payload](data, "id", "name", "active", "location", "locations", "limit_in", "limit_out", "rate_in", "rate_out", "bandwidth",
		"currency_id", "price", "web_plan", "main_plan", "billing_plan")
	return err
}

func (w *trafficPlanWire) Missing() string { return missingID(w.ID, "id") }

func (w *trafficPlanWire) model() *TrafficPlan {
	p := &TrafficPlan{
		ID: int64(w.ID), Name: string(w.Name), Active: bool(w.Active), Locations: w.Locations, LimitIn: float64(w.LimitIn), LimitOut: float64(w.LimitOut),
		RateIn: float64(w.RateIn), RateOut: float64(w.RateOut), Bandwidth: float64(w.Bandwidth), CurrencyID: int64(w.CurrencyID), Price: Amount(w.Price),
		WebPlan: bool(w.WebPlan), MainPlan: bool(w.MainPlan), BillingPlan: w.BillingPlan.name, More: w.extra,
	}
	if len(p.Locations) == 0 {
		p.Locations = w.Location
	}
	return p
}
