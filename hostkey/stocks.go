package hostkey

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

var (
	stocksList = act("stocks", "list", "Stocks.List", "list servers in stock", ClassRead).public()
	stocksShow = act("stocks", "show", "Stocks.Show", "get server in stock", ClassRead).public()
)

// StocksService lists the dedicated servers in stock. It needs no token.
type StocksService struct{ c *Client }

// StockGroup is a group of servers in stock.
type StockGroup string

// The groups to filter by.
const (
	StockAll       StockGroup = "ALL"
	Stock1CPU      StockGroup = "1CPU"
	Stock2CPU      StockGroup = "2CPU"
	StockGPU       StockGroup = "GPU"
	StockAMD       StockGroup = "AMD"
	StockAMDModern StockGroup = "AMD-MODERN"
	StockIntel     StockGroup = "INTEL"
)

// StockListOptions filter servers in stock. The zero value is the server's default.
type StockListOptions struct {
	// Location is a code such as "NL".
	Location string `url:"location,omitempty"`
	// Group is one of the Stock constants.
	Group StockGroup `url:"group,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// StockServer is a server in stock.
type StockServer struct {
	ID       int64  `wire:"id,positive"`
	Name     string `wire:"name"`
	Location string `wire:"location"`
	Group    string `wire:"group|server_group"`
	Status   string `wire:"status"`
	// Price has the keys that the server uses, usually currencies.
	Price map[string]Amount `wire:"price,loose"`
	// CPU, RAM, GPU and Config are in the server's words. Some answers have Disks, others Disk,
	// which is in the server's words too.
	CPU    string       `wire:"hardware.cpu_name|specs.cpu|hardware.cpu"`
	RAM    string       `wire:"hardware.ram|specs.ram"`
	GPU    string       `wire:"hardware.gpu_name|specs.gpu_name"`
	Config string       `wire:"hardware.config|specs.config"`
	Disk   string       `wire:"specs.disk|hardware.disk"`
	Disks  []StockDisks `wire:"hardware.hdd_groups"`
	// BillingPrices are by currency and period, such as "hourly".
	BillingPrices map[string]map[string]Amount `wire:"billing_plan,loose"`
	Tags          []string                     `wire:"tags,commas"`
	// DeploymentETA is in the server's words.
	DeploymentETA string    `wire:"deployment_eta"`
	CreatedAt     time.Time `wire:"created_at"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// StockDisks are disks of one size.
type StockDisks struct {
	Count int64 `wire:"count"`
	// Size is in the server's words.
	Size string `wire:"size"`
}

// List lists servers in stock: POST /stocks.php, action list. opts may be nil.
func (s *StocksService) List(ctx context.Context, opts *StockListOptions) iter.Seq2[*StockServer, error] {
	if opts == nil {
		opts = new(StockListOptions)
	}
	var problems provider.Problems
	checkLocation(&problems, "Location", opts.Location)
	provider.OneOf(&problems, "Group", opts.Group, StockAll, Stock1CPU, Stock2CPU, StockGPU, StockAMD, StockAMDModern, StockIntel)
	call, _, err := formOf(stocksList, problems, "", opts, opts.Extra)
	if err != nil {
		return rest.Failed[StockServer](err)
	}
	return elements[StockServer](ctx, s.c, stocksList, call, "servers")
}

// Show reads one server in stock: POST /stocks.php, action show.
func (s *StocksService) Show(ctx context.Context, id int64) (*StockServer, error) {
	call, err := byID(stocksShow, id, nil)
	if err != nil {
		return nil, err
	}
	one, err := fetch[struct {
		ID     int64        `wire:"server_data.id,identity"`
		Server *StockServer `wire:"server_data,required"`
	}](ctx, s.c, stocksShow, call)
	if err != nil {
		return nil, err
	}
	return one.Server, nil
}
