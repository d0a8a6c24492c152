package hestia

import "strconv"

// Limit is a number that may be unlimited.
type Limit struct {
	// N counts if Unlimited is false.
	N         int64
	Unlimited bool
}

// NoLimit is "unlimited".
func NoLimit() Limit { return Limit{Unlimited: true} }

// LimitOf is a limit of n.
func LimitOf(n int64) Limit { return Limit{N: n} }

// String is the panel's spelling: the number, or "unlimited".
func (l Limit) String() string {
	if l.Unlimited {
		return "unlimited"
	}
	return strconv.FormatInt(l.N, 10)
}

func (l Limit) problem() string {
	if !l.Unlimited && l.N < 0 {
		return "negative"
	}
	return ""
}

// Restart says what happens to the services concerned after a change.
type Restart string

const (
	// RestartReload reloads them at once, the default.
	RestartReload Restart = ""
	// RestartFull stops and starts them at once.
	RestartFull Restart = "yes"
	// RestartLater queues the reload; the panel empties its queue every two minutes.
	RestartLater Restart = "scheduled"
	// RestartNone leaves them as they are: for bulk work, with one restart at the end
	// (Services.RestartWeb and the like).
	RestartNone Restart = "no"
	// RestartSSL and RestartUpdateSSL are for changes of certificates.
	RestartSSL       Restart = "ssl"
	RestartUpdateSSL Restart = "updatessl"
)

// RestartOptions are those of the many commands that have no other. nil is the
// default.
type RestartOptions struct {
	Restart Restart
}

func (o *RestartOptions) restart() Restart {
	if o == nil {
		return RestartReload
	}
	return o.Restart
}
