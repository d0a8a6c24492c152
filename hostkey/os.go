package hostkey

import (
	"context"
	"encoding/json"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

var osList = act("os", "list", "OS.List", "list operating systems", ClassRead).public()

// OSService lists operating systems. It needs no token.
type OSService struct{ c *Client }

// OSListOptions filter operating systems. The zero value lists all.
type OSListOptions struct {
	// ServerID and PresetID leave what runs there.
	ServerID int64 `url:"id,omitempty"`
	PresetID int64 `url:"instance_id,omitempty"`
	// Location is a code such as "NL".
	Location string `url:"location,omitempty"`
	// UserLocation and BillPeriod are known by their names only.
	UserLocation string `url:"user_location,omitempty"`
	BillPeriod   string `url:"bill_period,omitempty"`
	// Extra fields without a name of their own, sent as they are.
	Extra map[string]any `url:"-"`
}

// OSList is what can be installed, and what cannot.
type OSList struct {
	Systems  []OperatingSystem
	Excluded []ExcludedOS
}

// OperatingSystem can be installed.
type OperatingSystem struct {
	// ID is what an order takes as OSID.
	ID     int64
	Name   string
	Alias  string
	Active bool
	Tags   []string
	// PriceEUR and PriceRUB are what the licence costs, "" if the server does not tell
	// it.
	PriceEUR, PriceRUB Amount
	// BillingPlan is a name, or instead of it BillingPrices by currency and period:
	// hourly, daily, monthly.
	BillingPlan   string
	BillingPrices map[string]map[string]Amount
	Location      string
	// Extra holds what the server told beside that, the least hardware among it.
	More map[string]provider.Payload
}

// ExcludedOS does not fit the server or the preset that was asked about.
type ExcludedOS struct {
	ID        int64
	Name      string
	ForemanID int64
}

// List reads the operating systems that fit a server or a preset: POST /os.php, action
// list. That there are none is an error of the server, provider.ErrNotFound. opts may be
// nil.
func (s *OSService) List(ctx context.Context, opts *OSListOptions) (*OSList, error) {
	if opts == nil {
		opts = new(OSListOptions)
	}
	call, _, err := formOf(osList, checkFilter(opts.ServerID, opts.PresetID, opts.Location), "", opts, opts.Extra)
	if err != nil {
		return nil, err
	}
	return fetch[OSList, osListWire](ctx, s.c, osList, call)
}

// checkFilter is about the fields that the catalogues filter by.
func checkFilter(serverID, presetID int64, location string) provider.Problems {
	var problems provider.Problems
	problems.NotNegative("ServerID", serverID)
	problems.NotNegative("PresetID", presetID)
	checkLocation(&problems, "Location", location)
	return problems
}

type osListWire struct {
	Systems  list[osWire]         `json:"os_list"`
	Excluded list[excludedOSWire] `json:"os_excluded"`
}

type osWire struct {
	ID          number      `json:"id"`
	Name        text        `json:"name"`
	Alias       text        `json:"alias"`
	Active      flag        `json:"active"`
	Tags        codes       `json:"tags"`
	PriceEUR    price       `json:"price_EUR"`
	PriceRUB    price       `json:"price_RUB"`
	BillingPlan billingPlan `json:"billing_plan"`
	Location    text        `json:"location"`
	extra       map[string]provider.Payload
}

func (w *osWire) UnmarshalJSON(data []byte) error {
	type plain osWire
	if err := json.Unmarshal(data, (*plain)(w)); err != nil {
		return err
	}
	var err error
	w.extra, err = rest.Extras[provider.Payload](data, "id", "name", "alias", "active", "tags", "price_EUR", "price_RUB", "billing_plan", "location")
	return err
}

func (w *osWire) model() *OperatingSystem {
	return &OperatingSystem{
		ID: int64(w.ID), Name: string(w.Name), Alias: string(w.Alias), Active: bool(w.Active), Tags: w.Tags, PriceEUR: Amount(w.PriceEUR),
		PriceRUB: Amount(w.PriceRUB), BillingPlan: w.BillingPlan.name, BillingPrices: w.BillingPlan.prices, Location: string(w.Location), More: w.extra,
	}
}

type excludedOSWire struct {
	ID        number `json:"os_id"`
	Name      text   `json:"name"`
	ForemanID number `json:"foreman_id"`
}

func (w *excludedOSWire) model() *ExcludedOS {
	return &ExcludedOS{ID: int64(w.ID), Name: string(w.Name), ForemanID: int64(w.ForemanID)}
}

func (w *osListWire) Missing() string {
	if !w.Systems.found {
		return "os_list"
	}
	for i := range w.Systems.all {
		if w.Systems.all[i].ID <= 0 {
			return "os_list.id"
		}
	}
	return ""
}

func (w *osListWire) model() *OSList {
	return &OSList{Systems: models[OperatingSystem](w.Systems), Excluded: models[ExcludedOS](w.Excluded)}
}
