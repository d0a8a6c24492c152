package fleet

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/provkit/provkit/provider"
)

// Config is a fleet as it is configured in a file.
type Config struct {
	Servers []ServerEntry `json:"servers"`
}

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
	// Options are named by the driver's Config.
	Options map[string]string `json:"options,omitempty"`

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
// wrong it opens none, and the error (ErrInvalid) names every mistake: "servers.web1.url". The
// options apply to all servers.
func (c *Config) Open(drivers provider.Drivers, sources *Sources, opts ...provider.Option) (*Fleet, error) {
	o := &opening{drivers: drivers, opts: opts, problems: make(provider.Problems)}
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
	drivers  provider.Drivers
	sources  Sources
	opts     []provider.Option
	problems provider.Problems
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
		o.add(at, err)
		return nil
	}
	before := len(o.problems)
	server := provider.ServerConfig{Kind: c.Kind, URL: c.URL, Options: make(map[string]string, len(c.Options))}
	if isReference(c.Username) {
		server.Username = o.resolve(at+".username", c.Username).Reveal()
	} else {
		server.Username = c.Username
	}
	if c.Secret != "" {
		server.Secret = o.resolve(at+".secret", c.Secret)
	}
	for name, value := range c.Options {
		secret := false
		for _, spec := range driver.Config() {
			secret = secret || spec.Name == name && spec.Secret
		}
		if secret || isReference(value) {
			value = o.resolve(at+"."+name, value).Reveal()
		}
		server.Options[name] = value
	}
	if len(o.problems) == before {
		p, err := driver.Open(server, o.opts...)
		o.add(at, err)
		return p
	}
	// The driver also complains about what could not be resolved, which is noted already. Only its
	// other complaints are added.
	_, err := driver.Open(server, o.opts...)
	if e, ok := errors.AsType[*provider.Error](err); ok {
		for _, spec := range driver.Config() {
			if problem, wrong := e.Fields[spec.Name]; wrong && o.problems[at+"."+spec.Name] == "" {
				o.problems.Add(at+"."+spec.Name, "%s", problem)
			}
		}
	}
	return nil
}

// add notes what a driver complained about, field by field.
func (o *opening) add(at string, err error) {
	if err == nil {
		return
	}
	var e *provider.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		o.problems.Add(at, "%v", err)
		return
	}
	for field, problem := range e.Fields {
		o.problems.Add(at+"."+field, "%s", problem)
	}
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
