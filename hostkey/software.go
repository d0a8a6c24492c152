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

// Software can be installed with a server.
type Software struct {
	// ID is what an order takes as SoftID.
	ID     int64  `wire:"id,positive"`
	Name   string `wire:"name"`
	Active bool   `wire:"active,loose"`
	// Price is "" if the server does not tell it. In what currency is undocumented;
	// USDRate is told beside it.
	Price   Amount   `wire:"price,loose"`
	USDRate Amount   `wire:"USD_rate,loose"`
	Tags    []string `wire:"tags,commas"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// List yields the software that fits a server or a preset: POST /software.php, action
// list. That there is none is an error of the server, provider.ErrNotFound. opts may be
// nil.
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
