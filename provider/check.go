package provider

import "time"

// CheckState is the result of one step of a Check.
type CheckState string

// The states of a step.
const (
	CheckOK CheckState = "ok"
	// CheckFailed: this step failed; the steps after it were not reached.
	CheckFailed CheckState = "failed"
	// CheckWarning: it works, but somebody should have a look.
	CheckWarning CheckState = "warning"
	// CheckSkipped: it does not apply (TLS on plain HTTP), could not be observed (a custom
	// transport), or an earlier step failed.
	CheckSkipped CheckState = "skipped"
)

// Names of the steps that every adapter has, in order. An adapter may add its own after them.
const (
	CheckDNS         = "dns"
	CheckTCP         = "tcp"
	CheckTLS         = "tls"
	CheckAPI         = "api"
	CheckCredentials = "credentials"
	CheckRights      = "rights"
	CheckVersion     = "version"
)

// Names of the steps that come last, whatever failed, if there is something to say. They never fail.
const (
	// CheckClock compares the clock of the server with that of this machine: it is a warning if they
	// are more than a minute apart. It is missing if no answer had a date.
	CheckClock = "clock"
	// CheckProxy names the proxy of WithProxy, or is a warning that the environment names one that is
	// not used.
	CheckProxy = "proxy"
	// CheckMarkers is a warning that markers are not signed (WithMarkerKeys).
	CheckMarkers = "markers"
	// CheckLedger is a warning that a system that sells has no ledger (WithLedger), or one that does not
	// answer.
	CheckLedger = "ledger"
)

// CheckStep is one step of a connection test.
type CheckStep struct {
	Name  string
	State CheckState
	// Detail is what was found, for people: an address, a fingerprint, a version.
	Detail string
	// Took is how long the step took; 0 if it was not measured.
	Took time.Duration
	// Err is why the step failed.
	Err error
}

// CheckReport is the result of Provider.Check.
type CheckReport struct {
	Steps []CheckStep
	// Version of the system; "" if it did not report it.
	Version string
	// Latency of one authorized call.
	Latency time.Duration
}

// OK reports whether no step failed.
func (r *CheckReport) OK() bool { return r.Failed() == nil }

// Failed returns the first step that failed, or nil.
func (r *CheckReport) Failed() *CheckStep {
	for i := range r.Steps {
		if r.Steps[i].State == CheckFailed {
			return &r.Steps[i]
		}
	}
	return nil
}

// Step returns the step of that name, or nil.
func (r *CheckReport) Step(name string) *CheckStep {
	for i := range r.Steps {
		if r.Steps[i].Name == name {
			return &r.Steps[i]
		}
	}
	return nil
}
