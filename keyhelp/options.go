package keyhelp

import (
	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// settings are the options that only KeyHelp has.
type settings struct {
	dialect Dialect
	plans   []HostingPlan
	scan    Scan
}

// WithDialect sets the dialect of the panel. The default, DialectAuto, detects it at the first
// call.
func WithDialect(d Dialect) provider.Option {
	return provider.VendorOption(Kind, "WithDialect", d)
}

// WithPlans sets the plans of a panel that has no /hosting-plans (an endpoint of KeyHelp Pro), like
// the manual configuration of the reference module. They are used only when the panel answers that
// the endpoint does not exist.
func WithPlans(plans ...HostingPlan) provider.Option {
	return provider.VendorOption(Kind, "WithPlans", plans)
}

// WithScan limits the search through client and domain IDs, which replaces the look-up by name that
// the documented dialect lacks.
func WithScan(s Scan) provider.Option {
	return provider.VendorOption(Kind, "WithScan", s)
}

// Scan limits the search through IDs. The documented dialect can read a client or a domain by ID
// only; to find one by name the adapter reads IDs upwards, from where they begin and from the
// lowest one that it has seen.
type Scan struct {
	// ClientsFrom and DomainsFrom are where the panel's IDs begin, 1 by default. Give the lowest ID
	// in your own records: on a panel whose IDs begin high, nothing is found without it.
	ClientsFrom, DomainsFrom int64
	// Gap is how many missing IDs in a row end the search, 200 by default. It must exceed the
	// longest run of removed accounts on the panel.
	Gap int64
	// Max limits how many IDs are tried, 100,000 by default.
	Max int64
}

// from returns the search through the IDs from first upwards.
func (s Scan) from(first int64) adapter.Scan {
	return adapter.Scan{From: first, Gap: s.Gap, Max: s.Max}.OrDefaults(200)
}

func readSettings(options *provider.Options, problems *provider.Problems) settings {
	var s settings
	s.dialect, _ = rest.VendorOption(options, Kind, "WithDialect").(Dialect)
	if !s.dialect.known() {
		problems.Add("WithDialect", "%q is not a dialect", string(s.dialect))
	}
	scan, _ := rest.VendorOption(options, Kind, "WithScan").(Scan)
	problems.NotNegative("WithScan", min(scan.Gap, scan.Max, scan.ClientsFrom, scan.DomainsFrom))
	s.scan = scan
	s.plans, _ = rest.VendorOption(options, Kind, "WithPlans").([]HostingPlan)
	for _, plan := range s.plans {
		if plan.ID <= 0 || plan.Name == "" {
			problems.Add("WithPlans", "a plan needs an ID and a name")
		}
	}
	return s
}
