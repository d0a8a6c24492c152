package hostkey

import (
	"context"

	"github.com/provkit/provkit/provider"
)

var osList = act("os", "list", "OS.List", "list operating systems", ClassRead).public()

// OSService lists operating systems. It needs no token.
type OSService struct{ c *Client }

// OSListOptions filter operating systems. The zero value lists all.
type OSListOptions struct {
	// ServerID and PresetID select what runs on a server or a preset.
	ServerID int64 `url:"id,omitempty"`
	PresetID int64 `url:"instance_id,omitempty"`
	// Location is a code such as "NL".
	Location string `url:"location,omitempty"`
	// UserLocation and BillPeriod are undocumented except for their names.
	UserLocation string `url:"user_location,omitempty"`
	BillPeriod   string `url:"bill_period,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// OSList contains what can be installed, and what cannot.
type OSList struct {
	Systems  []OperatingSystem `wire:"os_list,required"`
	Excluded []ExcludedOS      `wire:"os_excluded"`
}

// OperatingSystem is an operating system that can be installed.
type OperatingSystem struct {
	// ID is what an order takes as OSID.
	ID     int64    `wire:"id,positive"`
	Name   string   `wire:"name"`
	Alias  string   `wire:"alias"`
	Active bool     `wire:"active,loose"`
	Tags   []string `wire:"tags,commas"`
	// PriceEUR and PriceRUB are the price of the license, "" if unknown.
	PriceEUR Amount `wire:"price_EUR,loose"`
	PriceRUB Amount `wire:"price_RUB,loose"`
	// BillingPlan is a name. Some answers have BillingPrices instead, by currency and period:
	// hourly, daily, monthly.
	BillingPlan   string                       `wire:"billing_plan,loose"`
	BillingPrices map[string]map[string]Amount `wire:"billing_plan,loose"`
	Location      string                       `wire:"location"`
	// More fields that the answer contains, such as the minimum hardware.
	More map[string]provider.Payload `wire:",extra"`
}

// ExcludedOS is an operating system that does not run on the selected server or preset.
type ExcludedOS struct {
	ID        int64  `wire:"os_id"`
	Name      string `wire:"name"`
	ForemanID int64  `wire:"foreman_id"`
}

// List returns the operating systems that run on a server or a preset: POST /os.php, action list.
// If there are none, the server returns an error that matches provider.ErrNotFound. opts may be
// nil.
func (s *OSService) List(ctx context.Context, opts *OSListOptions) (*OSList, error) {
	if opts == nil {
		opts = new(OSListOptions)
	}
	call, _, err := formOf(osList, checkFilter(opts.ServerID, opts.PresetID, opts.Location), "", opts, opts.Extra)
	if err != nil {
		return nil, err
	}
	return fetch[OSList](ctx, s.c, osList, call)
}

// checkFilter checks the filters that the catalogues share.
func checkFilter(serverID, presetID int64, location string) provider.Problems {
	var problems provider.Problems
	problems.NotNegative("ServerID", serverID)
	problems.NotNegative("PresetID", presetID)
	checkLocation(&problems, "Location", location)
	return problems
}
