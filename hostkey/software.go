package hostkey

import (
	"context"
	"iter"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

var softwareList = act("software", "list", "Software.List", "list software", ClassRead).public()

// SoftwareService lists software that can be installed with a server. It needs no token.
type SoftwareService struct{ c *Client }

// SoftwareListOptions filter software. The zero value lists all.
type SoftwareListOptions struct {
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

// Software is a program that can be installed with a server.
type Software struct {
	// ID is what an order takes as SoftID.
	ID     int64  `wire:"id,positive"`
	Name   string `wire:"name"`
	Active bool   `wire:"active,loose"`
	// Price is "" if unknown. Its currency is undocumented; USDRate comes with it.
	Price   Amount   `wire:"price,loose"`
	USDRate Amount   `wire:"USD_rate,loose"`
	Tags    []string `wire:"tags,commas"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// List lists the software that runs on a server or a preset: POST /software.php, action list. If
// there is none, the server returns an error that matches provider.ErrNotFound. opts may be nil.
func (s *SoftwareService) List(ctx context.Context, opts *SoftwareListOptions) iter.Seq2[*Software, error] {
	if opts == nil {
		opts = new(SoftwareListOptions)
	}
	call, _, err := formOf(softwareList, checkFilter(opts.ServerID, opts.PresetID, opts.Location), "", opts, opts.Extra)
	if err != nil {
		return rest.Failed[Software](err)
	}
	return elements[Software](ctx, s.c, softwareList, call, "software")
}
