package hestia

import (
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Defaults that only Hestia has.
const (
	// DefaultSlowTimeout is as long as the panel's own web server waits.
	DefaultSlowTimeout = 600 * time.Second
	// DefaultConnections leaves half of the panel's four workers to its users.
	DefaultConnections = 2
)

// settings are the options that only Hestia has.
type settings struct {
	returnCodes *bool
	slow        time.Duration
	location    *time.Location
}

// WithReturnCodes says whether commands that print nothing are sent with
// returncode=yes, which makes the panel answer the bare exit code. The default is
// yes for API keys and passwords, whose engine else says "OK" to failures too, and
// no for access keys, which tell the code anyway and with the mode lose the text.
//
// Given true, it covers Run as well, which then returns no output.
func WithReturnCodes(on bool) provider.Option {
	return provider.VendorOption(Kind, "WithReturnCodes", on)
}

// WithSlowTimeout limits one attempt of commands that may take minutes: deleting
// and suspending users, certificates, backups, rebuilds and the like
// (DefaultSlowTimeout if not given; WithTimeout counts if it is longer). What has
// timed out keeps running on the server.
func WithSlowTimeout(d time.Duration) provider.Option {
	return provider.VendorOption(Kind, "WithSlowTimeout", d)
}

// WithLocation gives the server's time zone: the panel writes dates and times
// without one. The default is UTC. System.GetTimezone asks the server.
func WithLocation(l *time.Location) provider.Option {
	return provider.VendorOption(Kind, "WithLocation", l)
}

func readSettings(options *provider.Options, problems *provider.Problems) settings {
	s := settings{slow: DefaultSlowTimeout, location: time.UTC}
	if on, given := rest.VendorOption(options, Kind, "WithReturnCodes").(bool); given {
		s.returnCodes = &on
	}
	if slow, given := rest.VendorOption(options, Kind, "WithSlowTimeout").(time.Duration); given {
		if s.slow = slow; slow <= 0 {
			problems.Add("WithSlowTimeout", "must be positive")
		}
	}
	if location, given := rest.VendorOption(options, Kind, "WithLocation").(*time.Location); given {
		if s.location = location; location == nil {
			problems.Add("WithLocation", "nil")
		}
	}
	return s
}
