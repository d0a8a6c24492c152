package hostkey

import (
	"cmp"
	"context"
	"encoding/json"
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

// The groups that can be asked for.
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
	// Extra fields without a name of their own, sent as they are.
	Extra map[string]any `url:"-"`
}

// StockServer is a server in stock.
type StockServer struct {
	ID       int64
	Name     string
	Location string
	Group    string
	Status   string
	// Price by what the server names it by, as a rule the currency.
	Price map[string]Amount
	// CPU, RAM, GPU and Config are in the server's words; Disks are its groups of disks,
	// or Disk in its words.
	CPU, RAM, GPU, Config, Disk string
	Disks                       []StockDisks
	// BillingPrices are by currency and period: hourly.
	BillingPrices map[string]map[string]Amount
	Tags          []string
	// DeploymentETA is in the server's words.
	DeploymentETA string
	CreatedAt     time.Time
	// More fields that the answer contains.
	More map[string]provider.Payload
}

// StockDisks are disks of one size.
type StockDisks struct {
	Count int64
	// Size as the server tells it.
	Size string
}

// List yields servers in stock: POST /stocks.php, action list. opts may be nil.
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
	return elements[StockServer, stockWire](ctx, s.c, stocksList, call, "servers")
}

// Show reads one server in stock: POST /stocks.php, action show.
func (s *StocksService) Show(ctx context.Context, id int64) (*StockServer, error) {
	call, err := byID(stocksShow, id, nil)
	if err != nil {
		return nil, err
	}
	return fetch[StockServer, oneStockWire](ctx, s.c, stocksShow, call)
}

type stockWire struct {
	ID            number            `json:"id"`
	Name          text              `json:"name"`
	Location      text              `json:"location"`
	Group         text              `json:"group"`
	ServerGroup   text              `json:"server_group"`
	Status        text              `json:"status"`
	Price         presetPrices      `json:"price"`
	Specs         object[specsWire] `json:"specs"`
	Hardware      object[specsWire] `json:"hardware"`
	BillingPlan   billingPlan       `json:"billing_plan"`
	Tags          codes             `json:"tags"`
	DeploymentETA text              `json:"deployment_eta"`
	CreatedAt     instant           `json:"created_at"`
	extra         map[string]provider.Payload
}

// specsWire are specs{cpu, ram, disk} and hardware{cpu_name, ram, ...} alike.
type specsWire struct {
	CPU     text `json:"cpu"`
	CPUName text `json:"cpu_name"`
	RAM     text `json:"ram"`
	Disk    text `json:"disk"`
	GPU     text `json:"gpu_name"`
	Config  text `json:"config"`
	Disks   list[struct {
		Size  text   `json:"size"`
		Count number `json:"count"`
	}] `json:"hdd_groups"`
}

func (w *stockWire) UnmarshalJSON(data []byte) error {
	type plain stockWire
	if err := json.Unmarshal(data, (*plain)(w)); err != nil {
		return err
	}
	var err error
	w.extra, err = rest.Extras[provider.Payload](data, "id", "name", "location", "group", "server_group", "status", "price", "specs", "hardware", "billing_plan", "tags",
		"deployment_eta", "created_at")
	return err
}

func (w *stockWire) Missing() string { return missingID(w.ID, "id") }

func (w *stockWire) model() *StockServer {
	s := &StockServer{
		ID: int64(w.ID), Name: string(w.Name), Location: string(w.Location), Group: or(w.Group, w.ServerGroup), Status: string(w.Status),
		Price: w.Price.base, BillingPrices: w.BillingPlan.prices, Tags: w.Tags, DeploymentETA: string(w.DeploymentETA), CreatedAt: w.CreatedAt.Time,
		More: w.extra,
	}
	specs, hardware := &w.Specs.value, &w.Hardware.value
	s.CPU = or(hardware.CPUName, specs.CPU, hardware.CPU)
	s.RAM, s.Disk = or(hardware.RAM, specs.RAM), or(specs.Disk, hardware.Disk)
	s.GPU, s.Config = or(hardware.GPU, specs.GPU), or(hardware.Config, specs.Config)
	for _, d := range hardware.Disks.all {
		s.Disks = append(s.Disks, StockDisks{Count: int64(d.Count), Size: string(d.Size)})
	}
	return s
}

func or(texts ...text) string { return string(cmp.Or(texts...)) }

type oneStockWire struct {
	Server object[stockWire] `json:"server_data"`
}

func (w *oneStockWire) Missing() string { return missingID(w.Server.value.ID, "server_data.id") }

func (w *oneStockWire) model() *StockServer { return w.Server.value.model() }
