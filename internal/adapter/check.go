package adapter

import "github.com/provkit/provkit/provider"

// Report writes a connection test down, step by step.
type Report struct{ provider.CheckReport }

// OK notes a step that went well.
func (r *Report) OK(name, detail string) { r.add(name, provider.CheckOK, detail) }

// Warn notes a step that works, but that somebody should look at.
func (r *Report) Warn(name, detail string) { r.add(name, provider.CheckWarning, detail) }

// Skip notes a step that does not apply.
func (r *Report) Skip(name, why string) { r.add(name, provider.CheckSkipped, why) }

func (r *Report) add(name string, state provider.CheckState, detail string) {
	r.Steps = append(r.Steps, provider.CheckStep{Name: name, State: state, Detail: detail})
}

// Fail notes the step that failed, and is what Check returns then.
func (r *Report) Fail(name string, err error) (*provider.CheckReport, error) {
	r.Steps = append(r.Steps, provider.CheckStep{Name: name, State: provider.CheckFailed, Detail: err.Error(), Err: err})
	return &r.CheckReport, err
}

// Done is what Check returns when all steps were taken.
func (r *Report) Done() (*provider.CheckReport, error) { return &r.CheckReport, nil }

// Broken reports whether one of the steps so far failed, and the error of Check then.
func (r *Report) Broken(err error) error {
	failed := r.Failed()
	switch {
	case failed == nil:
		return nil
	case err != nil:
		return err
	}
	return failed.Err
}
