package hostkeytest

import (
	"slices"
	"strconv"
	"strings"
)

var catalogueActions = []action{
	{"presets", "groups", read, open, "", presetGroups},
	{"presets", "info", read, open, "currencies?", presetInfo},
	{"presets", "list", read, open, "location?", presetList},
	{"presets", "search", read, withToken, "name location scope=free|all?", presetSearch},
	{"presets", "show", read, withToken, "id:int? name?", presetShow},
	{"os", "list", read, open, "id:int? instance_id:int? location?", osList},
	{"software", "list", read, open, "id:int? instance_id:int? location?", softwareList},
	{"stocks", "list", read, open, "location? group=ALL|1CPU|2CPU|GPU|AMD|AMD-MODERN|INTEL?", stockList},
	{"stocks", "show", read, open, "id:int", stockShow},
	{"traffic_plans", "list", read, open, "", trafficPlanList},
	{"jenkins", "get_tasks", read, open, "", jenkinsTasks},
	{"jenkins", "call", write, withToken, "id:server task", jenkinsCall},
}

func presetGroups(c *call) reply {
	return ok(row{"groups": []row{{"id": 1, "name": groupVirtual}, {"id": 2, "name": groupDedicated}}})
}

func presetRow(p *Preset) row {
	kind, virtual, active := groupVirtual, 1, 1
	if p.Dedicated {
		kind, virtual = groupDedicated, 0
	}
	if p.Retired {
		active = 0
	}
	price := make(row)
	for _, location := range p.Locations {
		price[location] = row{"EUR": -1, "USD": -1} // -1: the base price
	}
	return row{
		"id": p.ID, "name": p.Name, "active": active, "description": p.Description, "cpu": p.CPU, "ram": p.RAM, "hdd": p.HDD,
		"gpu": p.GPU, "virtual": virtual, "server_type": kind, "locations": strings.Join(p.Locations, ",") + ",",
		"monthly_com": number(p.Monthly), "monthly_usd": number(p.Monthly), "price": price,
	}
}

// presets returns the presets of a location; "" means all.
func (c *call) presets(location string) []*Preset {
	var found []*Preset
	for i := range c.st.sold.Presets {
		if p := &c.st.sold.Presets[i]; location == "" || slices.Contains(p.Locations, location) {
			found = append(found, p)
		}
	}
	return found
}

func presetList(c *call) reply {
	return c.ok(row{"presets": rows(c.presets(c.text("location")), presetRow)})
}

// prices are in which currencies: those that the caller asks for, or both.
func (c *call) prices(monthly string) row {
	price := make(row)
	for _, currency := range []string{"EUR", "USD"} {
		if !c.has("currencies") || slices.Contains(strings.Split(c.text("currencies"), ","), currency) {
			price[currency] = number(monthly)
		}
	}
	return price
}

func presetInfo(c *call) reply {
	price := func(monthly string) any { return c.prices(monthly) }
	if c.cfg.shapes[ShapePlainPrices] {
		price = func(monthly string) any { return number(monthly) }
	}
	return c.ok(row{"presets": rows(c.presets(""), func(p *Preset) row {
		fields := presetRow(p)
		plans, byLocation := make(map[string][]row), make(row)
		for _, location := range p.Locations {
			byLocation[location] = c.prices(p.Monthly)
			plans[location] = rows(c.st.plans(p, location), func(t *TrafficPlan) row {
				return row{"id": t.ID, "name": t.Name, "price": price(t.Monthly)}
			})
		}
		fields["traffic_plans"], fields["price"] = plans, byLocation
		if c.cfg.shapes[ShapePlainPrices] {
			fields["price"] = c.prices(p.Monthly)
		}
		fields["OS"] = rows(c.st.systems(p), func(o *OS) row {
			return row{"id": o.ID, "name": o.Name, "price": price(o.Monthly)}
		})
		fields["soft"] = rows(c.st.sold.Software, func(s Software) row {
			return row{"id": s.ID, "name": s.Name, "price": price(s.Monthly)}
		})
		return fields
	})})
}

func presetSearch(c *call) reply {
	p := c.st.sold.preset(c.text("name"))
	if p == nil {
		return fail(textNoPreset)
	}
	free := 0
	if !p.Retired && slices.Contains(p.Locations, c.text("location")) {
		free = freeServers
	}
	return c.ok(row{"name": p.Name, "location": c.text("location"), "free": free})
}

func presetShow(c *call) reply {
	name := c.text("name")
	if c.has("id") {
		name = c.text("id")
	}
	p := c.st.sold.preset(name)
	if p == nil {
		return fail(textNoPreset)
	}
	return c.ok(row{"preset": presetRow(p)})
}

func osRow(o *OS) row {
	return row{
		"id": o.ID, "name": o.Name, "active": 1, "price_EUR": number(o.Monthly), "price_RUB": 0, "tags": []row{},
	}
}

// systems returns what runs on a preset; nil means any.
func (st *state) systems(p *Preset) []*OS {
	var found []*OS
	for i := range st.sold.OS {
		if o := &st.sold.OS[i]; p == nil || o.runs(p) {
			found = append(found, o)
		}
	}
	return found
}

func (st *state) plans(p *Preset, location string) []*TrafficPlan {
	var found []*TrafficPlan
	for i := range st.sold.TrafficPlans {
		t := &st.sold.TrafficPlans[i]
		if (p == nil || t.fits(p)) && (location == "" || slices.Contains(t.Locations, location)) {
			found = append(found, t)
		}
	}
	return found
}

// chosen returns the preset that a filter of a catalogue names, by instance_id or by the ID of a
// server: nil without a filter, false if the filter matches nothing.
func (c *call) chosen(instance string) (*Preset, bool) {
	if instance == "" {
		instance = c.text("instance_id")
	}
	if id, there := c.number("id"); there && instance == "" {
		m := c.machine(id)
		if m == nil {
			return nil, false
		}
		instance = m.Preset
	}
	if instance == "" {
		return nil, true
	}
	p := c.st.sold.preset(instance)
	return p, p != nil
}

func osList(c *call) reply {
	p, found := c.chosen("")
	if !found {
		return fail("os/list: no OS found")
	}
	excluded := []row{}
	for _, o := range c.st.sold.OS {
		if p != nil && !o.runs(p) {
			excluded = append(excluded, row{"os_id": o.ID, "name": o.Name, "foreman_id": o.ID})
		}
	}
	return c.ok(row{"os_list": rows(c.st.systems(p), osRow), "os_excluded": excluded})
}

func softwareRow(s Software) row {
	return row{"id": s.ID, "name": s.Name, "active": 1, "price": number(s.Monthly), "tags": []row{}}
}

func softwareList(c *call) reply {
	if _, found := c.chosen(""); !found {
		return fail("soft/list: no software found")
	}
	return c.ok(row{"software": rows(c.st.sold.Software, softwareRow), "debug": "", "debug_licensed_soft": ""})
}

// trafficPlanList refuses a customer's token.
func trafficPlanList(c *call) reply {
	if c.token != nil {
		return message("invalid request")
	}
	p, found := c.chosen(c.text("instance"))
	if !found {
		return c.ok(row{"traffic_plans": []row{}})
	}
	return c.ok(row{"traffic_plans": rows(c.st.plans(p, c.text("location")), func(t *TrafficPlan) row {
		return row{
			"id": t.ID, "name": t.Name, "active": 1, "locations": strings.Join(t.Locations, ","), "limit_out": t.LimitTB,
			"rate_out": t.RateMbit, "currency_id": 0, "price": number(t.Monthly), "main_plan": 1,
		}
	})})
}

func stockRow(s Stock) row {
	return row{
		"id": s.ID, "name": s.Name, "location": s.Location, "group": s.Group, "status": "free",
		"price": row{"EUR": number(s.Monthly)}, "specs": row{"cpu": s.CPU, "ram": s.RAM, "disk": s.Disk},
	}
}

func stockList(c *call) reply {
	location, group := c.text("location"), c.text("group")
	list := []row{}
	for _, s := range c.st.sold.Stocks {
		if (location == "" || s.Location == location) && (group == "" || group == "ALL" || s.Group == group) {
			list = append(list, stockRow(s))
		}
	}
	return c.ok(row{"servers": list})
}

func stockShow(c *call) reply {
	id, _ := c.number("id")
	for _, s := range c.st.sold.Stocks {
		if s.ID == id {
			return c.ok(row{"server_data": stockRow(s)})
		}
	}
	return c.noServer()
}

// jenkinsTasks lists the post-install tasks.
func jenkinsTasks(c *call) reply {
	return c.ok(row{"tasks": rows(installs, func(name string) row {
		return row{"id": 1 + slices.Index(installs, name), "name": name, "tags": []string{"vm", "bm"}}
	})})
}

func jenkinsCall(c *call) reply {
	name := c.text("task")
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(installs) {
		name = installs[n-1]
	}
	if !slices.Contains(installs, name) {
		return fail("jenkins/call: no such task")
	}
	return c.accepted(c.start(c.m, taskTime, name, nil))
}
