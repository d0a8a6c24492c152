package hostkey

import (
	"context"
	"iter"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// With a customer's token the server often answers "invalid request". A live client found that it reads the
// filters from the query only; the vendor's Terraform provider sends them in a form.
var trafficPlansList = act("traffic_plans", "list", "TrafficPlans.List", "list traffic plans", ClassRead).public().byGet()

// TrafficPlansService lists traffic plans. It needs no token.
type TrafficPlansService struct{ c *Client }

// TrafficPlanListOptions filter traffic plans. The zero value lists all.
type TrafficPlanListOptions struct {
	// ServerID and PresetID select what fits a server or a preset.
	ServerID int64 `url:"id,omitempty"`
	PresetID int64 `url:"instance,omitempty"`
	// Location is a code such as "NL".
	Location string `url:"location,omitempty"`
	// Extra fields: vm, traffic_plans, all_tags, exclude_list and email are undocumented except for
	// their names. They are sent in the URL, so they must not be secret.
	Extra map[string]any `url:"-"`
}

// Unlimited is the TrafficPlan.LimitIn or LimitOut of a plan without a limit.
const Unlimited = -1

// TrafficPlan limits the traffic of a server and its speed.
type TrafficPlan struct {
	// ID is what an order takes as TrafficPlan.
	ID        int64    `wire:"id,positive"`
	Name      string   `wire:"name"`
	Active    bool     `wire:"active,loose"`
	Locations []string `wire:"locations|location,commas"`
	// LimitIn and LimitOut are the traffic in TB; Unlimited is no limit.
	LimitIn  float64 `wire:"limit_in,loose,limit"`
	LimitOut float64 `wire:"limit_out,loose,limit"`
	// RateIn, RateOut and Bandwidth are in Mbit/s.
	RateIn    float64 `wire:"rate_in,loose"`
	RateOut   float64 `wire:"rate_out,loose"`
	Bandwidth float64 `wire:"bandwidth,loose"`
	// CurrencyID of Price: 0 is EUR or USD, 1 is RUB.
	CurrencyID int64  `wire:"currency_id"`
	Price      Amount `wire:"price,loose"`
	// WebPlan and MainPlan are undocumented except for their names.
	WebPlan     bool   `wire:"web_plan,loose"`
	MainPlan    bool   `wire:"main_plan,loose"`
	BillingPlan string `wire:"billing_plan,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// List lists the traffic plans that fit a server, a preset or a location: GET /traffic_plans.php
// with action list in the query. opts may be nil.
func (s *TrafficPlansService) List(ctx context.Context, opts *TrafficPlanListOptions) iter.Seq2[*TrafficPlan, error] {
	if opts == nil {
		opts = new(TrafficPlanListOptions)
	}
	call, _, err := formOf(trafficPlansList, checkFilter(opts.ServerID, opts.PresetID, opts.Location), "", opts, opts.Extra)
	if err != nil {
		return rest.Failed[TrafficPlan](err)
	}
	return elements[TrafficPlan](ctx, s.c, trafficPlansList, call, "traffic_plans")
}
