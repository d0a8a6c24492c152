package hostkey

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

var (
	presetsList   = act("presets", "list", "Presets.List", "list presets", ClassRead).public()
	presetsInfo   = act("presets", "info", "Presets.Info", "list presets with prices", ClassRead).public()
	presetsGroups = act("presets", "groups", "Presets.Groups", "list groups of presets", ClassRead).public()
	presetsSearch = act("presets", "search", "Presets.Search", "search servers of preset", ClassRead)
	presetsShow   = act("presets", "show", "Presets.Show", "get preset", ClassRead)
)

// PresetsService lists what can be ordered. List, Info and Groups need no token.
type PresetsService struct{ c *Client }

// PresetListOptions filter presets. The zero value lists all.
type PresetListOptions struct {
	// Location is a code such as "NL".
	Location string `url:"location,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// PresetInfoOptions select the currencies of prices. The zero value leaves them to the server.
type PresetInfoOptions struct {
	// Currencies are codes with commas between them, such as "EUR,USD". Sources disagree what "" is: EUR and
	// USD, or EUR.
	Currencies string `url:"currencies,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// PresetSearchRequest searches for servers of a preset.
type PresetSearchRequest struct {
	// Name of the preset, and Location, a code such as "NL". Required.
	Name     string `url:"name"`
	Location string `url:"location"`
	// Scope is "free" or "all"; "" is the server's default.
	Scope string `url:"scope,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// PresetShowRequest selects a preset. Either ID or Name is required.
type PresetShowRequest struct {
	ID   int64  `url:"id,omitempty"`
	Name string `url:"name,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// Preset is a server configuration that can be ordered.
type Preset struct {
	ID int64 `wire:"id,positive"`
	// Name, such as "vm.pico", is what an order takes. It begins with vm, vds, bm, gpu or vgpu.
	Name        string `wire:"name,required"`
	Active      bool   `wire:"active,loose"`
	Description string `wire:"description"`
	CPU         int64  `wire:"cpu,loose"`
	// RAM is in GB; one example in the vendor's documents has MB.
	RAM float64 `wire:"ram,loose"`
	// HDD describes the disks: "2x960", or a size in GB.
	HDD string `wire:"hdd"`
	GPU string `wire:"gpu"`
	// Virtual is set for virtual servers, not for dedicated ones.
	Virtual    bool   `wire:"virtual,loose"`
	ServerType string `wire:"server_type"`
	// Locations are codes: "NL", "US".
	Locations []string `wire:"locations|location,commas"`
	// Monthly is the base price per month, by currency: EUR, USD, RUB.
	Monthly map[string]Amount `wire:"price,loose"`
	// LocationPrices are the prices per month by location and currency. -1 means the base price:
	// Price handles that. Presets.Info has these only, where sources agree least: one has base prices.
	LocationPrices map[string]map[string]Amount `wire:"price,loose"`
	// OS and Software that run on the preset, from Presets.Info only.
	OS       []PresetOption `wire:"OS"`
	Software []PresetOption `wire:"soft"`
	// TrafficPlans of the preset by location, from Presets.Info only.
	TrafficPlans map[string][]PresetOption `wire:"traffic_plans"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// PresetOption is what can be ordered with a preset: an operating system, software or a traffic plan.
type PresetOption struct {
	ID   int64  `wire:"id"`
	Name string `wire:"name"`
	// Prices per month by currency. Some answers have Price instead, in a currency that they do not tell.
	Prices map[string]Amount `wire:"price,loose"`
	Price  Amount            `wire:"price,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// PresetGroup is a group of presets.
type PresetGroup struct {
	ID   int64  `wire:"id"`
	Name string `wire:"name,required"`
	// Count of presets, and Description: each is in some answers only.
	Count       int64  `wire:"count,loose"`
	Description string `wire:"description,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// PresetStock is what Presets.Search finds. Its shape is undocumented: Servers are read where other
// answers have such a list, and everything else is in More.
type PresetStock struct {
	Servers []StockServer `wire:"servers|data,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// Price returns the price per month in a location ("" for the base price), and whether it is known.
// It is the location's price, or the base price if the location has none or -1. Price does not
// check that the preset is available there.
func (p *Preset) Price(location, currency string) (Amount, bool) {
	if special := p.LocationPrices[location][currency]; special != "" && special.Cmp("-1") != 0 {
		return special, true
	}
	base := p.Monthly[currency]
	return base, base != ""
}

// List lists what can be ordered: POST /presets.php, action list. opts may be nil.
func (s *PresetsService) List(ctx context.Context, opts *PresetListOptions) iter.Seq2[*Preset, error] {
	if opts == nil {
		opts = new(PresetListOptions)
	}
	var problems provider.Problems
	checkLocation(&problems, "Location", opts.Location)
	call, _, err := formOf(presetsList, problems, "", opts, opts.Extra)
	if err != nil {
		return rest.Failed[Preset](err)
	}
	return elements[Preset](ctx, s.c, presetsList, call, "presets")
}

// Info lists what can be ordered, with prices, operating systems, software and traffic plans: POST
// /presets.php, action info. opts may be nil.
func (s *PresetsService) Info(ctx context.Context, opts *PresetInfoOptions) iter.Seq2[*Preset, error] {
	if opts == nil {
		opts = new(PresetInfoOptions)
	}
	call, _, err := formOf(presetsInfo, nil, "", opts, opts.Extra)
	if err != nil {
		return rest.Failed[Preset](err)
	}
	return elements[Preset](ctx, s.c, presetsInfo, call, "presets")
}

// Groups lists the groups of presets: POST /presets.php, action groups.
func (s *PresetsService) Groups(ctx context.Context) iter.Seq2[*PresetGroup, error] {
	return elements[PresetGroup](ctx, s.c, presetsGroups, new(rest.Call), "groups", "data")
}

// Search finds servers of a preset in a location: POST /presets.php, action search. The answer is
// undocumented; see PresetStock.
func (s *PresetsService) Search(ctx context.Context, req *PresetSearchRequest) (*PresetStock, error) {
	if req == nil {
		return nil, presetsSearch.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Name", req.Name)
	problems.Required("Location", req.Location)
	checkLocation(&problems, "Location", req.Location)
	provider.OneOf(&problems, "Scope", req.Scope, "free", "all")
	call, _, err := formOf(presetsSearch, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	return guess[PresetStock](ctx, s.c, presetsSearch, call)
}

// Show reads one preset: POST /presets.php, action show.
func (s *PresetsService) Show(ctx context.Context, req *PresetShowRequest) (*Preset, error) {
	if req == nil {
		return nil, presetsShow.RefuseNil()
	}
	var problems provider.Problems
	problems.NotNegative("ID", req.ID)
	if (req.ID == 0) == (req.Name == "") {
		problems.Add("ID", "either ID or Name is required, not both")
	}
	call, _, err := formOf(presetsShow, problems, about(req.ID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	// It is alone or in a list: the vendor's Terraform provider looks for it in both.
	for preset, err := range elements[Preset](ctx, s.c, presetsShow, call, "preset", "presets") {
		if err != nil {
			return nil, err
		}
		if preset.ID == req.ID || req.ID == 0 && strings.EqualFold(preset.Name, req.Name) {
			return preset, nil
		}
	}
	return nil, presetsShow.OddRow(http.StatusOK, "the answer contains no such preset", nil)
}

// An option is an object, or only its ID.
var _ = wire.Read(func(raw []byte, o *PresetOption) error {
	if raw[0] != '{' {
		return wire.Unmarshal(raw, &o.ID)
	}
	return wire.Fill(raw, o)
})

// Where "price" has no base prices, they are in fields of their own.
var _ = wire.Read(func(raw []byte, p *Preset) error {
	var base struct {
		EUR Amount `wire:"monthly_com,loose"`
		USD Amount `wire:"monthly_usd,loose"`
		RUB Amount `wire:"monthly_ru,loose"`
	}
	if err := cmp.Or(wire.Options{Envelope: beside}.Fill(raw, p), wire.Unmarshal(raw, &base)); err != nil {
		return err
	}
	for currency, amount := range map[string]Amount{"EUR": base.EUR, "USD": base.USD, "RUB": base.RUB} {
		if _, told := p.Monthly[currency]; !told && amount != "" {
			put(&p.Monthly, currency, amount)
		}
	}
	for _, name := range []string{"monthly_com", "monthly_usd", "monthly_ru"} {
		if delete(p.More, name); len(p.More) == 0 {
			p.More = nil
		}
	}
	return nil
})
