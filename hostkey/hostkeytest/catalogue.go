package hostkeytest

import (
	"slices"
	"strconv"
)

// Catalogue contains what the vendor sells.
type Catalogue struct {
	Presets      []Preset
	OS           []OS
	Software     []Software
	TrafficPlans []TrafficPlan
	Stocks       []Stock
}

// Preset is a kind of server.
type Preset struct {
	ID          int64
	Name        string
	Description string
	CPU, RAM    int // cores, GB
	HDD         string
	GPU         string
	// Dedicated is set for bare metal servers, not for virtual machines.
	Dedicated bool
	// Locations are codes such as NL.
	Locations []string
	// Monthly is its price in EUR, such as "4.00".
	Monthly string
	// Retired presets are listed as inactive, and cannot be ordered.
	Retired bool
}

// OS is an operating system.
type OS struct {
	ID   int64
	Name string
	// Monthly is its price in EUR; "" is free.
	Monthly string
	// DedicatedOnly systems are not compatible with virtual machines.
	DedicatedOnly bool
}

// Software is a program that can be installed with an operating system.
type Software struct {
	ID      int64
	Name    string
	Monthly string // EUR; "" is free
}

// TrafficPlan is a plan for a server's traffic.
type TrafficPlan struct {
	ID        int64
	Name      string
	Locations []string
	LimitTB   int // -1 is unlimited
	RateMbit  int
	Monthly   string // EUR; "" is free
	Dedicated bool   // for bare metal presets
}

// Stock is a server that is available at once.
type Stock struct {
	ID       int64
	Name     string
	Location string
	Group    string // one of 1CPU, 2CPU, GPU, AMD, AMD-MODERN, INTEL
	CPU      string
	RAM      int
	Disk     string
	Monthly  string // EUR
}

// DefaultCatalogue returns what a server sells unless WithCatalogue replaces it.
func DefaultCatalogue() Catalogue {
	return Catalogue{
		Presets: []Preset{
			{ID: 108, Name: "vm.pico", Description: "Virtual server", CPU: 1, RAM: 1, HDD: "20", Locations: []string{"NL", "US"}, Monthly: "4.00"},
			{ID: 111, Name: "vm.nano", Description: "Virtual server", CPU: 2, RAM: 2, HDD: "40", Locations: []string{"NL", "US", "DE"}, Monthly: "8.50"},
			{ID: 117, Name: "vm.old", Description: "Virtual server", CPU: 1, RAM: 1, HDD: "15", Locations: []string{"NL"}, Monthly: "3.00", Retired: true},
			{ID: 214, Name: "bm.v1-8", Description: "Dedicated server", CPU: 8, RAM: 64, HDD: "2x960", Dedicated: true, Locations: []string{"NL", "DE"}, Monthly: "95.00"},
		},
		OS: []OS{
			{ID: 240, Name: "Debian 12"}, {ID: 243, Name: "Ubuntu 24.04"}, {ID: 251, Name: "Windows Server 2025", Monthly: "21.00"},
			{ID: 259, Name: "VMware ESXi 8", DedicatedOnly: true},
		},
		Software: []Software{{ID: 10, Name: "Docker"}, {ID: 13, Name: "Panel Pro", Monthly: "9.90"}},
		TrafficPlans: []TrafficPlan{
			{ID: 32, Name: "3 TB / 1 Gbps VM", Locations: []string{"NL", "US", "DE"}, LimitTB: 3, RateMbit: 1000},
			{ID: 35, Name: "Unmetered / 1 Gbps", Locations: []string{"NL", "DE"}, LimitTB: -1, RateMbit: 1000, Monthly: "20.00", Dedicated: true},
		},
		Stocks: []Stock{
			{ID: 33071, Name: "AMD Ryzen 9", Location: "NL", Group: "AMD-MODERN", CPU: "Ryzen 9 7950X", RAM: 128, Disk: "2x1000", Monthly: "149.00"},
			{ID: 33074, Name: "Xeon E3", Location: "DE", Group: "1CPU", CPU: "Xeon E3-1230", RAM: 32, Disk: "2x480", Monthly: "49.00"},
		},
	}
}

func (k Catalogue) clone() Catalogue {
	k.Presets = slices.Clone(k.Presets)
	for i := range k.Presets {
		k.Presets[i].Locations = slices.Clone(k.Presets[i].Locations)
	}
	k.TrafficPlans = slices.Clone(k.TrafficPlans)
	for i := range k.TrafficPlans {
		k.TrafficPlans[i].Locations = slices.Clone(k.TrafficPlans[i].Locations)
	}
	k.OS, k.Software, k.Stocks = slices.Clone(k.OS), slices.Clone(k.Software), slices.Clone(k.Stocks)
	return k
}

// check panics on invalid prices: a catalogue is written by the author of a test.
func (k Catalogue) check() {
	for _, p := range k.Presets {
		mustAmount(p.Monthly)
	}
	for _, o := range k.OS {
		optionalAmount(o.Monthly)
	}
	for _, s := range k.Software {
		optionalAmount(s.Monthly)
	}
	for _, t := range k.TrafficPlans {
		optionalAmount(t.Monthly)
	}
	for _, s := range k.Stocks {
		optionalAmount(s.Monthly)
	}
}

func optionalAmount(text string) int64 {
	if text == "" {
		return 0
	}
	return mustAmount(text)
}

// preset returns a preset by ID or name, or nil.
func (k *Catalogue) preset(name string) *Preset {
	for i := range k.Presets {
		if p := &k.Presets[i]; p.Name == name || strconv.FormatInt(p.ID, 10) == name {
			return p
		}
	}
	return nil
}

// os returns a system by ID, or by name if the ID is 0; nil if there is none.
func (k *Catalogue) os(id int64, name string) *OS {
	for i := range k.OS {
		if o := &k.OS[i]; (id != 0 && o.ID == id) || (id == 0 && name != "" && o.Name == name) {
			return o
		}
	}
	return nil
}

func (k *Catalogue) software(id int64, name string) *Software {
	for i := range k.Software {
		if s := &k.Software[i]; (id != 0 && s.ID == id) || (id == 0 && name != "" && s.Name == name) {
			return s
		}
	}
	return nil
}

func (k *Catalogue) trafficPlan(id int64) *TrafficPlan {
	for i := range k.TrafficPlans {
		if t := &k.TrafficPlans[i]; t.ID == id {
			return t
		}
	}
	return nil
}

// runs reports whether a system is compatible with a preset.
func (o *OS) runs(p *Preset) bool { return !o.DedicatedOnly || p.Dedicated }

// fits reports whether a plan is for a preset.
func (t *TrafficPlan) fits(p *Preset) bool { return t.Dedicated == p.Dedicated }
