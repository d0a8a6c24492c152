package provider

import (
	"fmt"
	"slices"
	"strings"
	"time"
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
	// Secrets are those of Driver.Config's options that are secret. Options refuses them.
	Secrets map[string]Secret
	// MarkerKeys are the current key and the old ones, as WithMarkerKeys takes them.
	MarkerKeys []Secret
}

// ClientOptions is for authors of drivers: it returns the options that the configuration has for every
// kind of system.
func (c *ServerConfig) ClientOptions() []Option {
	var all []Option
	if lag, err := time.ParseDuration(c.Options[ReadLagOption.Name]); err == nil {
		all = append(all, WithReadLag(lag))
	}
	if len(c.MarkerKeys) == 0 {
		return all
	}
	return append(all, WithMarkerKeys(c.MarkerKeys[0], c.MarkerKeys[1:]...))
}

// ReadLagOption is an option that every driver has, as WithReadLag. ServerConfig.CheckOptions knows it.
var ReadLagOption = OptionSpec{
	Name: "read_lag", Label: "Read lag", Help: "how long what the server shows may trail a change, such as 5s; 0s: never look again",
	Type: OptionString, Default: DefaultReadLag.String(),
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

// CheckOptions is for authors of adapters: it compares Options and Secrets with their specification,
// and notes every problem (unknown, missing, of the wrong type, secret in Options) under
// "Options.<name>" or "Secrets.<name>".
func (r *CreateRequest) CheckOptions(problems *Problems, specs []OptionSpec) {
	checkOptions(problems, "Options.", r.Options, "Secrets.", r.Secrets, specs)
}

// CheckOptions does for a ReinstallRequest what CreateRequest.CheckOptions does.
func (r *ReinstallRequest) CheckOptions(problems *Problems, specs []OptionSpec) {
	checkOptions(problems, "Options.", r.Options, "Secrets.", r.Secrets, specs)
}

// CheckOptions is for authors of drivers: it does what CreateRequest.CheckOptions does, and notes
// problems under "options.<name>" or "secrets.<name>".
func (c *ServerConfig) CheckOptions(problems *Problems, specs []OptionSpec) {
	checkOptions(problems, "options.", c.Options, "secrets.", c.Secrets, append(slices.Clone(specs), ReadLagOption))
	if text, given := c.Options[ReadLagOption.Name]; given {
		if lag, err := time.ParseDuration(text); err != nil || lag < 0 {
			problems.Add("options."+ReadLagOption.Name, "%q is not a length of time like 5s", text)
		}
	}
}

// checkOptions never quotes a value of an option that is secret, wherever it was given.
func checkOptions(problems *Problems, inOptions string, options map[string]string, inSecrets string, secrets map[string]Secret, specs []OptionSpec) {
	names := func(secret bool) []OptionSpec {
		return slices.DeleteFunc(slices.Clone(specs), func(s OptionSpec) bool { return s.Secret != secret })
	}
	checkMap(problems, inOptions, options, names(false), names(true), "is secret: it belongs in Secrets, as a provider.Secret")
	checkMap(problems, inSecrets, secrets, names(true), names(false), "is not secret: it belongs in Options")
	for _, spec := range names(false) {
		if value, given := options[spec.Name]; given {
			problems.Note(inOptions+spec.Name, spec.check(value))
		}
	}
	for _, spec := range names(true) {
		if value, given := secrets[spec.Name]; given {
			problems.Note(inSecrets+spec.Name, spec.check(value.Reveal()))
		}
	}
}

// checkMap notes which names of a map are unknown or belong in the other map, and which are
// missing.
func checkMap[V any](problems *Problems, prefix string, values map[string]V, here, elsewhere []OptionSpec, misplaced string) {
	for name := range values {
		is := func(s OptionSpec) bool { return s.Name == name }
		switch {
		case slices.ContainsFunc(here, is):
		case slices.ContainsFunc(elsewhere, is):
			problems.Add(prefix+name, "%s", misplaced)
		default:
			problems.Add(prefix+name, "unknown option (known: %s)", specNames(here))
		}
	}
	for _, spec := range here {
		if _, given := values[spec.Name]; spec.Required && !given {
			problems.Add(prefix+spec.Name, "required")
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
