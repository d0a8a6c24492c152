package provider

import (
	"fmt"
	"slices"
	"strings"
)

// ServerConfig is one server as a billing system keeps it in a table: plain text,
// from which a Driver opens a Provider.
type ServerConfig struct {
	// Kind selects the driver: "keyhelp".
	Kind string
	// URL of the system. Drivers of services with one address fill it in.
	URL string
	// Username or key ID, where signing in takes a pair.
	Username string
	// Secret is the API key, the secret half of a pair, or the password.
	Secret Secret
	// Options by the names of Driver.Config.
	Options map[string]string
}

// Driver opens a Provider from plain configuration.
type Driver interface {
	// Kind is the name in ServerConfig.Kind.
	Kind() string
	// Config specifies the fields of ServerConfig and the options that Open
	// takes: "url", "username" and "secret" stand for the fields.
	Config() []OptionSpec
	// Open validates the configuration and makes a Provider, without I/O.
	Open(cfg ServerConfig, opts ...Option) (Provider, error)
}

// Drivers is the list of the drivers that a program uses. It is written out, not
// registered by init, so that a program links only what it names:
//
//	drivers := provider.Drivers{keyhelp.Driver, hestia.Driver}
type Drivers []Driver

// Open opens a Provider with the driver of the configured kind.
func (d Drivers) Open(cfg ServerConfig, opts ...Option) (Provider, error) {
	kinds := make([]string, 0, len(d))
	for _, driver := range d {
		if driver.Kind() == cfg.Kind {
			return driver.Open(cfg, opts...)
		}
		kinds = append(kinds, driver.Kind())
	}
	slices.Sort(kinds)
	var p Problems
	p.Add("kind", "no driver %q (known: %s)", cfg.Kind, strings.Join(kinds, ", "))
	return nil, p.Err("", "", "open server")
}

// CheckOptions is for authors of adapters: it holds values against their
// specification and notes every problem (unknown name, missing, wrong type) under
// prefix + name.
func CheckOptions(problems *Problems, prefix string, specs []OptionSpec, values map[string]string) {
	for name := range values {
		if !slices.ContainsFunc(specs, func(s OptionSpec) bool { return s.Name == name }) {
			problems.Add(prefix+name, "unknown option (known: %s)", specNames(specs))
		}
	}
	for _, spec := range specs {
		value, given := values[spec.Name]
		if !given {
			if spec.Required {
				problems.Add(prefix+spec.Name, "required")
			}
			continue
		}
		if problem := spec.check(value); problem != "" {
			problems.Add(prefix+spec.Name, "%s", problem)
		}
	}
}

func specNames(specs []OptionSpec) string {
	if len(specs) == 0 {
		return "none"
	}
	names := make([]string, len(specs))
	for i, s := range specs {
		names[i] = s.Name
	}
	return strings.Join(names, ", ")
}

func (s OptionSpec) check(value string) string {
	shown := fmt.Sprintf("%q", value)
	if s.Secret {
		shown = "the value"
	}
	switch s.Type {
	case OptionBool:
		if value != "true" && value != "false" {
			return shown + ` is neither "true" nor "false"`
		}
	case OptionInt:
		if _, err := parseInt(value); err != nil {
			return shown + " is not a whole number"
		}
	case OptionDate:
		if _, err := parseDate(value); err != nil {
			return shown + " is not a date like 2006-01-02"
		}
	case OptionEnum:
		if !slices.Contains(s.Allowed, value) {
			return shown + " is not one of " + strings.Join(s.Allowed, ", ")
		}
	case OptionString:
	}
	return ""
}
