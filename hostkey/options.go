package hostkey

import (
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// settings are the options that only HOSTKEY has, and what becomes of handles.
type settings struct {
	tokenTTL       time.Duration
	fixIP          *bool
	suspendByPower bool
	port           string
	keepHandle     func(reference, handle string) error
}

// WithTokenTTL asks for tokens of another life than DefaultTokenTTL. The server may
// grant less; the client goes by what it grants.
func WithTokenTTL(ttl time.Duration) provider.Option {
	return provider.VendorOption(Kind, "WithTokenTTL", ttl)
}

// WithTokenBoundToIP says whether a token is good only from the address that signed in.
// Without this option it is the server's choice. Programs whose address changes want
// false.
func WithTokenBoundToIP(bound bool) provider.Option {
	return provider.VendorOption(Kind, "WithTokenBoundToIP", bound)
}

// WithSuspendByPower makes the portable adapter suspend servers without eq/suspend,
// whose fields are undocumented and which customers' keys may not be allowed: it marks
// the server with a tag, powers it off, and switches its network port off if the port's
// name is given ("" leaves it on). The customer's own panel can power it on again.
func WithSuspendByPower(port string) provider.Option {
	return provider.VendorOption(Kind, "WithSuspendByPower", port)
}

func readSettings(options *provider.Options, problems *provider.Problems) settings {
	s := settings{tokenTTL: DefaultTokenTTL, keepHandle: options.Handles}
	if ttl, given := rest.VendorOption(options, Kind, "WithTokenTTL").(time.Duration); given {
		if s.tokenTTL = ttl; ttl < time.Minute {
			problems.Add("WithTokenTTL", "must be a minute at least")
		}
	}
	if fixed, given := rest.VendorOption(options, Kind, "WithTokenBoundToIP").(bool); given {
		s.fixIP = &fixed
	}
	s.port, s.suspendByPower = rest.VendorOption(options, Kind, "WithSuspendByPower").(string)
	return s
}
