package hestia

import (
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Defaults of options, for Hestia.
const (
	// DefaultSlowTimeout is as long as the panel's own web server waits.
	DefaultSlowTimeout = 600 * time.Second
	// DefaultMaxListing limits the length of a listing, in bytes: about 35,000 users. provider.WithMaxBody replaces it
	// together with the limit of all other answers.
	DefaultMaxListing = 64 << 20
	// DefaultConnections leaves half of the panel's four workers to its users.
	DefaultConnections = 2
)

// settings are the options that only Hestia has.
type settings struct {
	returnCodes *bool
	slow        time.Duration
	location    *time.Location
	listing     int64 // the longest listing; 0 is that of any answer
}

// WithReturnCodes sets whether commands that print nothing are sent with returncode=yes, which
// makes the panel answer with the bare exit code. It is on by default for API keys and passwords,
// whose engine otherwise says "OK" to failures, too. It is off for access keys, whose engine
// returns the code anyway, and would lose the text of errors.
//
// If it is set to true, it applies to Run as well, which then returns no output.
func WithReturnCodes(on bool) provider.Option {
	return provider.VendorOption(Kind, "WithReturnCodes", on)
}

// WithSlowTimeout limits one attempt of all changes, of listings of users, domains and the like, and of reads that may
// take minutes (the default is DefaultSlowTimeout; WithTimeout applies if it is longer). A loaded panel takes longer than
// the 30 seconds of other calls even to add a cron job. A command that has timed out keeps running on the server, so it
// is not sent again.
func WithSlowTimeout(d time.Duration) provider.Option {
	return provider.VendorOption(Kind, "WithSlowTimeout", d)
}

// WithLocation sets the server's time zone, since the panel prints dates and times without one. The
// default is UTC. System.GetTimezone asks the server.
func WithLocation(l *time.Location) provider.Option {
	return provider.VendorOption(Kind, "WithLocation", l)
}

func readSettings(options *provider.Options, problems *provider.Problems) settings {
	s := settings{slow: DefaultSlowTimeout, location: time.UTC}
	if options.MaxBody == provider.DefaultMaxBody {
		s.listing = DefaultMaxListing
	}
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
