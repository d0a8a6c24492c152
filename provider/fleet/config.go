package fleet

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/provkit/provkit/provider"
)

// Config is a fleet as it is configured in a file.
type Config struct {
	Servers []ServerEntry `json:"servers"`
	// MarkerKeys sign the markers of accounts on all servers that have none of their own: references
	// to the current key and the old ones. "unsigned" among the old ones stands for markers without a
	// signature. See provider.WithMarkerKeys.
	MarkerKeys []string `json:"marker_keys,omitempty"`
}

// unsigned stands for the zero key of provider.WithMarkerKeys.
const unsigned = "unsigned"

// ServerEntry is one server. Secret, and the options that are secret, must be references:
// "env:NAME" or "file:PATH" (the file's content, without white space around it). A secret in the
// configuration itself is refused.
type ServerEntry struct {
	// Name is what your records call the server. Required, and unique.
	Name string `json:"name"`
	// Kind selects the driver: "keyhelp". Required.
	Kind string `json:"kind"`
	URL  string `json:"url,omitempty"`
	// Username may be a reference, too.
	Username string `json:"username,omitempty"`
	Secret   string `json:"secret,omitempty"`
	// Options are named by the driver's Config, those that are secret included.
	Options map[string]string `json:"options,omitempty"`
	// MarkerKeys are the server's own, instead of Config.MarkerKeys.
	MarkerKeys []string `json:"marker_keys,omitempty"`

	// Plans that the server takes new accounts on, by the names that PlaceRequest.Plan has. None
	// means all.
	Plans []string `json:"plans,omitempty"`
	// Capacity is how many accounts the server takes; 0 is no limit.
	Capacity int `json:"capacity,omitempty"`
	// Closed servers get no new accounts.
	Closed bool `json:"closed,omitempty"`
}

// maxConfig is the longest configuration that is read, in bytes.
const maxConfig = 16 << 20

// Load reads a configuration from a file.
func Load(path string) (*Config, error) {
	file, err := os.Open(path) //nolint:gosec // the caller names the file
	if err != nil {
		return nil, fmt.Errorf("fleet: %w", err)
	}
	defer func() { _ = file.Close() }()
	config, err := Parse(file)
	if err != nil {
		return nil, fmt.Errorf("fleet: %s: %w", path, err)
	}
	return config, nil
}

// Parse reads a configuration. An unknown field is an error: a misspelled "capacity" must not pass
// for none.
func Parse(r io.Reader) (*Config, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxConfig+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxConfig:
		return nil, errors.New("the configuration is too long")
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	var c Config
	if err := d.Decode(&c); err != nil {
		return nil, where(text, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the configuration does not end after its object")
	}
	return &c, nil
}

// where adds the line number to an error of encoding/json, which counts bytes.
func where(text []byte, err error) error {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	at := int64(-1)
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &wrong):
		at = wrong.Offset
	}
	if at < 0 || at > int64(len(text)) {
		return err
	}
	return fmt.Errorf("line %d: %w", 1+strings.Count(string(text[:at]), "\n"), err)
}

// Sources is where secrets come from. Fields that are nil are the environment and the files of this
// machine.
type Sources struct {
	Getenv   func(name string) string
	ReadFile func(path string) ([]byte, error)
}

// maxSecret is the longest secret that is read, in bytes.
const maxSecret = 64 << 10

func readSecret(path string) ([]byte, error) {
	file, err := os.Open(path) //nolint:gosec // the configuration names the file, as its author wants
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, maxSecret+1))
	if err == nil && len(content) > maxSecret {
		err = fmt.Errorf("%s is too long for a secret", path)
	}
	return content, err
}

// Open opens all servers of the configuration. It does no I/O but to read secrets. If anything is
// wrong it opens none, and the error (ErrInvalid) names every mistake: "servers.web1.url". It shows no
// value of a reference, whatever the driver said. The options apply to all servers.
func (c *Config) Open(drivers provider.Drivers, sources *Sources, opts ...provider.Option) (*Fleet, error) {
	o := &opening{drivers: drivers, opts: opts, markerKeys: c.MarkerKeys, problems: make(provider.Problems)}
	if sources != nil {
		o.sources = *sources
	}
	if o.sources.Getenv == nil {
		o.sources.Getenv = os.Getenv
	}
	if o.sources.ReadFile == nil {
		o.sources.ReadFile = readSecret
	}
	if len(c.Servers) == 0 {
		o.problems.Add("servers", "none")
	}
	f := &Fleet{byName: make(map[string]*Server)}
	for i := range c.Servers {
		config := &c.Servers[i]
		at := fmt.Sprintf("servers[%d]", i)
		switch {
		case config.Name == "":
			o.problems.Add(at+".name", "required")
		case f.byName[config.Name] != nil:
			o.problems.Add(at+".name", "%q is the name of another server", config.Name)
		default:
			at = "servers." + config.Name
		}
		if config.Capacity < 0 {
			o.problems.Add(at+".capacity", "negative")
		}
		server := &Server{Name: config.Name, Config: *config, Provider: o.open(at, config)}
		f.byName[config.Name] = server
		f.servers = append(f.servers, server)
	}
	if err := o.problems.Err("fleet", "Open", "open servers"); err != nil {
		return nil, err
	}
	return f, nil
}

// opening collects the mistakes of a configuration.
type opening struct {
	drivers    provider.Drivers
	sources    Sources
	opts       []provider.Option
	markerKeys []string
	problems   provider.Problems
}

func (o *opening) open(at string, c *ServerEntry) provider.Provider {
	var driver provider.Driver
	for _, d := range o.drivers {
		if d.Kind() == c.Kind {
			driver = d
		}
	}
	if driver == nil {
		_, err := o.drivers.Open(provider.ServerConfig{Kind: c.Kind})
		for field, problem := range complaints(at, err) {
			o.problems.Add(field, "%s", problem)
		}
		return nil
	}
	before := len(o.problems)
	server := o.config(at, driver, c, o.resolve)
	p, err := driver.Open(server, o.opts...)
	said := complaints(at, err)
	complete := len(o.problems) == before
	if complete && len(said) == 0 {
		return p
	}
	for field, problem := range o.withoutValues(at, driver, c, said) {
		// It also complains about what could not be resolved, which is noted already.
		if field != at || complete {
			o.problems.Add(field, "%s", problem)
		}
	}
	return nil
}

// config returns what the driver is given, with each reference replaced by its value.
func (o *opening) config(at string, driver provider.Driver, c *ServerEntry, value func(field, reference string) provider.Secret) provider.ServerConfig {
	server := provider.ServerConfig{Kind: c.Kind, URL: c.URL, Username: c.Username, Options: make(map[string]string, len(c.Options))}
	if isReference(c.Username) {
		server.Username = value(at+".username", c.Username).Reveal()
	}
	if c.Secret != "" {
		server.Secret = value(at+".secret", c.Secret)
	}
	keys, field := c.MarkerKeys, at+".marker_keys"
	if len(keys) == 0 {
		keys, field = o.markerKeys, "marker_keys"
	}
	for i, text := range keys {
		var key provider.Secret
		if i == 0 || text != unsigned {
			key = value(fmt.Sprintf("%s[%d]", field, i), text)
		}
		server.MarkerKeys = append(server.MarkerKeys, key)
	}
	for name, text := range c.Options {
		field := at + ".options." + name
		switch {
		case slices.ContainsFunc(driver.Config(), func(s provider.OptionSpec) bool { return s.Name == name && s.Secret }):
			if server.Secrets == nil {
				server.Secrets = make(map[string]provider.Secret)
			}
			server.Secrets[name] = value(field, text)
		case isReference(text):
			server.Options[name] = value(field, text).Reveal()
		default:
			server.Options[name] = text
		}
	}
	return server
}

// complaints returns what a driver complained about, by field.
func complaints(at string, err error) map[string]string {
	if err == nil {
		return nil
	}
	var e *provider.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return map[string]string{at: err.Error()}
	}
	fields := make(map[string]string, len(e.Fields))
	for field, problem := range e.Fields {
		// In the file, secret options are references among the others.
		if name, secret := strings.CutPrefix(field, "secrets."); secret {
			field = "options." + name
		}
		fields[at+"."+field] = problem
	}
	return fields
}

// standIns are values of no meaning, which drivers refuse for different reasons.
var standIns = []provider.Secret{provider.NewSecret("stand-in"), provider.NewSecret("a stand-in"), provider.NewSecret("http://stand-in.invalid")}

// withoutValues replaces the complaints that may quote the value of a reference: all but those that
// a driver has about a stand-in, too, and that so cannot depend on the value.
func (o *opening) withoutValues(at string, driver provider.Driver, c *ServerEntry, said map[string]string) map[string]string {
	references := make(map[string]string)
	o.config(at, driver, c, func(field, reference string) (none provider.Secret) {
		references[field] = reference
		return none
	})
	if len(references) == 0 {
		return said
	}
	safe := make(map[string]string, len(said))
	for _, standIn := range standIns {
		_, err := driver.Open(o.config(at, driver, c, func(string, string) provider.Secret { return standIn }), o.opts...)
		for field, problem := range complaints(at, err) {
			if said[field] == problem {
				safe[field] = problem
			}
		}
	}
	for field := range said {
		switch reference, referred := references[field]; {
		case safe[field] != "":
		case referred && isReference(reference):
			safe[field] = "the driver refuses the value of " + reference
		default: // the name of the field may be a value, too
			safe[at] = "the driver refuses it for a reason that may show the value of a reference"
		}
	}
	return safe
}

func isReference(s string) bool { return strings.HasPrefix(s, "env:") || strings.HasPrefix(s, "file:") }

// resolve reads a secret. It does not show text that is no reference: it may be the secret.
func (o *opening) resolve(field, reference string) provider.Secret {
	kind, name, _ := strings.Cut(reference, ":")
	switch {
	case !isReference(reference):
		o.problems.Add(field, `must be "env:NAME" or "file:PATH": the configuration itself must not contain secrets`)
	case name == "":
		o.problems.Add(field, "has nothing after %q", kind+":")
	case kind == "env":
		if value := o.sources.Getenv(name); value != "" {
			return provider.NewSecret(value)
		}
		o.problems.Add(field, "the environment variable %s is not set or empty", name)
	default:
		content, err := o.sources.ReadFile(name)
		if err != nil {
			o.problems.Add(field, "%v", err)
			break
		}
		if value := strings.TrimSpace(string(content)); value != "" {
			return provider.NewSecret(value)
		}
		o.problems.Add(field, "%s is empty", name)
	}
	return provider.Secret{}
}
