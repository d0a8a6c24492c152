package hostkey

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/provkit/provkit/internal/rest"
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
	// Extra fields without a name of their own, sent as they are.
	Extra map[string]any `url:"-"`
}

// PresetInfoOptions say in what currencies prices are wanted.
type PresetInfoOptions struct {
	// Currencies as the server wants them, which is undocumented; "" is EUR and USD.
	Currencies string `url:"currencies,omitempty"`
	// Extra fields without a name of their own, sent as they are.
	Extra map[string]any `url:"-"`
}

// PresetSearchRequest asks for servers of a preset.
type PresetSearchRequest struct {
	// Name of the preset, and Location, a code such as "NL". Required.
	Name     string `url:"name"`
	Location string `url:"location"`
	// Scope is "free" or "all"; "" is the server's default.
	Scope string `url:"scope,omitempty"`
	// Extra fields without a name of their own, sent as they are.
	Extra map[string]any `url:"-"`
}

// PresetShowRequest names a preset. One of ID and Name is required.
type PresetShowRequest struct {
	ID   int64  `url:"id,omitempty"`
	Name string `url:"name,omitempty"`
	// Extra fields without a name of their own, sent as they are.
	Extra map[string]any `url:"-"`
}

// Preset is a configuration of a server that can be ordered.
type Preset struct {
	ID int64
	// Name, such as "vm.pico", is what an order takes. It begins with vm, vds, bm, gpu
	// or vgpu.
	Name        string
	Active      bool
	Description string
	CPU         int64
	// RAM is in GB; one example in the vendor's documents has MB.
	RAM float64
	// HDD is the disks: "2x960", or a size in GB.
	HDD string
	GPU string
	// Virtual: a virtual server, else a dedicated one.
	Virtual    bool
	ServerType string
	// Locations are codes: "NL", "US".
	Locations []string
	// Monthly is the base price a month by currency: EUR, USD, RUB.
	Monthly map[string]Amount
	// LocationPrices are by location and currency. -1 means the base price: Price
	// takes care of that.
	LocationPrices map[string]map[string]Amount
	// OS and Software that fit are told by Presets.Info only, in a form that is
	// undocumented; nil if there are none.
	OS, Software provider.Payload
	// TrafficPlans that fit, by location, are told by Presets.Info only.
	TrafficPlans map[string][]PresetTrafficPlan
	// More fields that the answer contains.
	More map[string]provider.Payload
}

// PresetTrafficPlan is a traffic plan that fits a preset.
type PresetTrafficPlan struct {
	ID    int64
	Name  string
	Price Amount
}

// Price is what the preset costs a month in a location, or "" in general, and whether
// the server told it: the price of the location, or the base price where there is none
// or it is -1. It does not ask whether the preset can be had there.
func (p *Preset) Price(location, currency string) (Amount, bool) {
	if special := p.LocationPrices[location][currency]; special != "" && special.Cmp("-1") != 0 {
		return special, true
	}
	base := p.Monthly[currency]
	return base, base != ""
}

// List yields what can be ordered: POST /presets.php, action list. opts may be nil.
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
	return elements[Preset, presetWire](ctx, s.c, presetsList, call, "presets")
}

// Info yields what can be ordered with prices, operating systems, software and traffic
// plans: POST /presets.php, action info. opts may be nil.
func (s *PresetsService) Info(ctx context.Context, opts *PresetInfoOptions) iter.Seq2[*Preset, error] {
	if opts == nil {
		opts = new(PresetInfoOptions)
	}
	call, _, err := formOf(presetsInfo, nil, "", opts, opts.Extra)
	if err != nil {
		return rest.Failed[Preset](err)
	}
	return elements[Preset, presetWire](ctx, s.c, presetsInfo, call, "presets")
}

// Groups lists the groups of presets: POST /presets.php, action groups. They stand under
// "groups" or "data"; their fields are undocumented.
func (s *PresetsService) Groups(ctx context.Context) (provider.Payload, error) {
	return s.c.unknownFields(ctx, presetsGroups, nil)
}

// Search finds servers of a preset in a location: POST /presets.php, action search. The
// answer is undocumented.
func (s *PresetsService) Search(ctx context.Context, req *PresetSearchRequest) (provider.Payload, error) {
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
	return s.c.unknown(ctx, presetsSearch, call)
}

// Show reads one preset: POST /presets.php, action show. Where it stands in the answer is
// undocumented.
func (s *PresetsService) Show(ctx context.Context, req *PresetShowRequest) (provider.Payload, error) {
	if req == nil {
		return nil, presetsShow.RefuseNil()
	}
	var problems provider.Problems
	problems.NotNegative("ID", req.ID)
	if (req.ID == 0) == (req.Name == "") {
		problems.Add("ID", "required, or Name, and not both")
	}
	call, _, err := formOf(presetsShow, problems, about(req.ID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return s.c.unknown(ctx, presetsShow, call)
}

type presetWire struct {
	ID           number                            `json:"id"`
	Name         text                              `json:"name"`
	Active       flag                              `json:"active"`
	Description  text                              `json:"description"`
	CPU          float                             `json:"cpu"`
	RAM          float                             `json:"ram"`
	HDD          text                              `json:"hdd"`
	GPU          text                              `json:"gpu"`
	Virtual      flag                              `json:"virtual"`
	ServerType   text                              `json:"server_type"`
	Location     codes                             `json:"location"`
	Locations    codes                             `json:"locations"`
	MonthlyEUR   price                             `json:"monthly_com"`
	MonthlyUSD   price                             `json:"monthly_usd"`
	MonthlyRUB   price                             `json:"monthly_ru"`
	Price        presetPrices                      `json:"price"`
	OS           provider.Payload                  `json:"OS"`
	Software     provider.Payload                  `json:"soft"`
	TrafficPlans dict[list[presetTrafficPlanWire]] `json:"traffic_plans"`
	extra        map[string]provider.Payload
}

func (w *presetWire) UnmarshalJSON(data []byte) error {
	type plain presetWire
	if err := json.Unmarshal(data, (*plain)(w)); err != nil {
		return err
	}
	var err error
	w.extra, err = rest.Extras[provider.Payload](data, "id", "name", "active", "description", "cpu", "ram", "hdd", "gpu", "virtual", "server_type", "location", "locations",
		"monthly_com", "monthly_usd", "monthly_ru", "price", "OS", "soft", "traffic_plans")
	return err
}

func (w *presetWire) Missing() string {
	if w.Name == "" {
		return "name"
	}
	return missingID(w.ID, "id")
}

func (w *presetWire) model() *Preset {
	p := &Preset{
		ID: int64(w.ID), Name: string(w.Name), Active: bool(w.Active), Description: string(w.Description), CPU: int64(w.CPU), RAM: float64(w.RAM),
		HDD: string(w.HDD), GPU: string(w.GPU), Virtual: bool(w.Virtual), ServerType: string(w.ServerType), Locations: w.Locations,
		LocationPrices: w.Price.byLocation, OS: w.OS, Software: w.Software, More: w.extra,
	}
	if len(p.Locations) == 0 {
		p.Locations = w.Location
	}
	base := w.Price.base
	for currency, amount := range map[string]price{"EUR": w.MonthlyEUR, "USD": w.MonthlyUSD, "RUB": w.MonthlyRUB} {
		if _, told := base[currency]; !told && amount != "" {
			put(&base, currency, Amount(amount))
		}
	}
	p.Monthly = base
	for location, plans := range w.TrafficPlans {
		put(&p.TrafficPlans, location, models[PresetTrafficPlan](plans))
	}
	return p
}

// presetPrices are {LOCATION: {CURRENCY: price}}, or {CURRENCY: price} as Presets.Info
// has it.
type presetPrices struct {
	base       map[string]Amount
	byLocation map[string]map[string]Amount
}

func (p *presetPrices) UnmarshalJSON(data []byte) error {
	*p = presetPrices{}
	if data[0] != '{' { // [] for none
		return nil
	}
	members, _, err := membersOf(data)
	for _, m := range members {
		var byCurrency dict[price]
		if m.value[0] == '{' {
			if err := byCurrency.UnmarshalJSON(m.value); err != nil {
				return err
			}
			put(&p.byLocation, m.name, amounts(byCurrency))
			continue
		}
		var amount price
		if err := amount.UnmarshalJSON(m.value); err == nil && amount != "" {
			put(&p.base, m.name, Amount(amount))
		}
	}
	return err
}

type presetTrafficPlanWire struct {
	ID    number `json:"id"`
	Name  text   `json:"name"`
	Price price  `json:"price"`
}

func (w *presetTrafficPlanWire) model() *PresetTrafficPlan {
	return &PresetTrafficPlan{ID: int64(w.ID), Name: string(w.Name), Price: Amount(w.Price)}
}
