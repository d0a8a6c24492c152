package adapter

import (
	"cmp"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Report is a connection test in progress.
type Report struct {
	provider.CheckReport
	// Answer is what the call that tested the connection failed with when the connection
	// itself is fine: refused credentials, say.
	Answer error

	failed error
	// remarks are steps that come last, whatever failed.
	remarks []provider.CheckStep
}

// Diagnosed begins a report with what rest.Client.Diagnose returns.
func Diagnosed(steps []provider.CheckStep, latency time.Duration, err error) *Report {
	r := &Report{Answer: err}
	r.Latency = latency
	for _, step := range steps {
		switch step.Name {
		case provider.CheckClock, provider.CheckProxy, provider.CheckMarkers:
			r.remarks = append(r.remarks, step)
		default:
			r.Steps = append(r.Steps, step)
		}
	}
	if failed := r.Failed(); failed != nil {
		r.failed = cmp.Or(err, failed.Err)
	}
	return r
}

// Step takes one step, unless one before it failed. The step's detail is what was found; one
// that returns "" has noted its result itself, by Warn or Skip.
func (r *Report) Step(name string, run func() (detail string, err error)) {
	if r.failed != nil {
		return
	}
	detail, err := run()
	switch {
	case err != nil:
		r.Steps = append(r.Steps, provider.CheckStep{Name: name, State: provider.CheckFailed, Detail: err.Error(), Err: err})
		r.failed = err
	case detail != "":
		r.OK(name, detail)
	}
}

// OK notes a step that went well. detail may quote the server.
func (r *Report) OK(name, detail string) { r.add(name, provider.CheckOK, detail) }

// Warn notes a step that works, but that somebody should look at.
func (r *Report) Warn(name, detail string) { r.add(name, provider.CheckWarning, detail) }

// Skip notes a step that does not apply.
func (r *Report) Skip(name, why string) { r.add(name, provider.CheckSkipped, why) }

func (r *Report) add(name string, state provider.CheckState, detail string) {
	if r.failed != nil {
		return // steps behind one that failed were not taken
	}
	r.Steps = append(r.Steps, provider.CheckStep{Name: name, State: state, Detail: words.Line(detail, words.MaxText)})
}

// Remark adds a step that comes last, whatever failed.
func (r *Report) Remark(step provider.CheckStep) { r.remarks = append(r.remarks, step) }

// Result is what Check returns.
func (r *Report) Result(kind string) (*provider.CheckReport, error) {
	r.Steps = append(r.Steps, r.remarks...)
	r.Version = words.Line(r.Version, words.MaxCode)
	return &r.CheckReport, InVerb(kind, r.failed, "check connection")
}
