package provider

import (
	"fmt"
	"slices"
	"strings"
)

// ServerConfig is one server as a billing system stores it: plain text from which a Driver opens a
// Provider.
type ServerConfig struct {
	// Kind selects the driver: "keyhelp".
	Kind string
	// URL of the system. A driver for a service with a single address does not need it.
	URL string
	// Username or key ID, where the system needs one beside the secret.
	Username string
	// Secret is the API key, the secret part of a pair, or the password.
	Secret Secret
	// Options are named by Driver.Config.
	Options map[string]string
}

// Driver opens a Provider from plain configuration.
type Driver interface {
	// Kind is the name in ServerConfig.Kind.
	Kind() string
	// Config specifies the options that Open takes, and as "url", "username" and "secret" the
	// fields of ServerConfig.
	Config() []OptionSpec
	// Open validates the configuration and makes a Provider, without I/O.
	Open(cfg ServerConfig, opts ...Option) (Provider, error)
}

// Drivers are the drivers that a program uses. They are listed and not registered by init
// functions, so that a program links only what it names:
//
//	drivers := provider.Drivers{keyhelp.Driver, hestia.Driver}
type Drivers []Driver

// Open opens a Provider with the driver for the configured kind.
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

// CheckOptions is for authors of adapters: it compares values with their specification, and notes
// every problem (unknown, missing, of the wrong type) under prefix + name.
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
