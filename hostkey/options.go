package hostkey

import (
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// settings are the options that only HOSTKEY has.
type settings struct {
	tokenTTL       time.Duration
	fixIP          *bool
	suspendByPower bool
	port           string
}

// WithTokenTTL asks for tokens with a lifetime other than DefaultTokenTTL, at least a minute. The
// server may grant less; the client uses what it grants.
func WithTokenTTL(ttl time.Duration) provider.Option {
	return provider.VendorOption(Kind, "WithTokenTTL", ttl)
}

// WithTokenBoundToIP decides whether a token works only from the address that signed in. Without
// this option the server decides. Use false if your program's address changes.
func WithTokenBoundToIP(bound bool) provider.Option {
	return provider.VendorOption(Kind, "WithTokenBoundToIP", bound)
}

// WithSuspendByPower makes the portable adapter suspend servers without eq/suspend, whose fields
// are undocumented and which may be forbidden for customers' keys. The adapter marks the server
// with a tag, powers it off, and switches off its network port if port names one ("" leaves the
// port on). The customer can power the server on again in the vendor's panel.
func WithSuspendByPower(port string) provider.Option {
	return provider.VendorOption(Kind, "WithSuspendByPower", port)
}

func readSettings(options *provider.Options, problems *provider.Problems) settings {
	s := settings{tokenTTL: DefaultTokenTTL}
	if ttl, given := rest.VendorOption(options, Kind, "WithTokenTTL").(time.Duration); given {
		if s.tokenTTL = ttl; ttl < time.Minute {
			problems.Add("WithTokenTTL", "must be at least a minute")
		}
	}
	if fixed, given := rest.VendorOption(options, Kind, "WithTokenBoundToIP").(bool); given {
		s.fixIP = &fixed
	}
	s.port, s.suspendByPower = rest.VendorOption(options, Kind, "WithSuspendByPower").(string)
	return s
}
