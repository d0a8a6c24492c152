package hestia

import "strconv"

// Limit is a number that may be unlimited.
type Limit struct {
	// N is the limit if neither Unlimited nor Unknown is set.
	N         int64
	Unlimited bool
	// Unknown is set if the panel did not say: the field is absent from its answer, or empty. Such a limit cannot
	// be sent.
	Unknown bool
}

// NoLimit returns an unlimited Limit.
func NoLimit() Limit { return Limit{Unlimited: true} }

// LimitOf returns a limit of n.
func LimitOf(n int64) Limit { return Limit{N: n} }

// String returns the panel's spelling: the number, or "unlimited"; "" if it is unknown.
func (l Limit) String() string {
	switch {
	case l.Unknown:
		return ""
	case l.Unlimited:
		return "unlimited"
	}
	return strconv.FormatInt(l.N, 10)
}

// agrees reports whether two limits are the same, as far as both are known.
func (l Limit) agrees(other Limit) bool {
	return l.Unknown || other.Unknown || l.Unlimited && other.Unlimited || l == other
}

func (l Limit) problem() string {
	switch {
	case l.Unknown:
		return "unknown"
	case !l.Unlimited && l.N < 0:
		return "negative"
	}
	return ""
}

// Restart says what happens to the affected services after a change.
type Restart string

const (
	// RestartReload reloads them at once. This is the default.
	RestartReload Restart = ""
	// RestartFull stops and starts them at once.
	RestartFull Restart = "yes"
	// RestartLater queues the reload; the panel empties its queue every two minutes.
	RestartLater Restart = "scheduled"
	// RestartNone leaves them as they are. Use it for bulk work, with one restart at the end
	// (Services.RestartWeb and similar methods).
	RestartNone Restart = "no"
	// RestartSSL and RestartUpdateSSL are for changes of certificates.
	RestartSSL       Restart = "ssl"
	RestartUpdateSSL Restart = "updatessl"
)

// RestartOptions are the options of the many commands that have no others. nil is the zero value.
type RestartOptions struct {
	Restart Restart
}

func (o *RestartOptions) restart() Restart {
	if o == nil {
		return RestartReload
	}
	return o.Restart
}
