package adapter_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

var (
	refused  = &provider.Error{Provider: "x", Action: "add domain", Kind: provider.ErrInvalid, Message: "bad domain"}
	lost     = &provider.Error{Provider: "x", Action: "add domain", Kind: provider.ErrOutcomeUnknown, MaybeExecuted: true}
	errStuck = errors.New("cannot remove it")
)

// TestSteps: what is reported, and what is removed again, for every way in which the
// steps can end.
func TestSteps(t *testing.T) {
	const changed, already = provider.OutcomeChanged, provider.OutcomeAlready
	type step struct {
		outcome provider.Outcome
		err     error
	}
	for _, test := range []struct {
		name        string
		policy      provider.FailurePolicy
		steps       []step
		undoFails   error
		wantNil     bool
		wantOutcome provider.Outcome
		wantErrs    []error
		wantUndone  []bool
	}{
		{name: "all made", steps: []step{{changed, nil}, {changed, nil}}, wantOutcome: changed, wantUndone: []bool{false, false}},
		{name: "all there", steps: []step{{already, nil}, {already, nil}}, wantOutcome: already, wantUndone: []bool{false, false}},
		{name: "completed", steps: []step{{already, nil}, {changed, nil}}, wantOutcome: changed, wantUndone: []bool{false, false}},
		{name: "nothing made", steps: []step{{"", refused}}, wantNil: true, wantErrs: []error{provider.ErrInvalid}},
		{name: "perhaps made", steps: []step{{"", lost}}, wantErrs: []error{provider.ErrOutcomeUnknown}, wantUndone: []bool{false}},
		{name: "kept", steps: []step{{changed, nil}, {"", refused}}, wantOutcome: changed, wantErrs: []error{provider.ErrInvalid}, wantUndone: []bool{false, false}},
		{name: "undone", policy: provider.OnFailureUndo, steps: []step{{changed, nil}, {"", refused}}, wantErrs: []error{provider.ErrInvalid}, wantUndone: []bool{true, false}},
		{name: "not ours to undo", policy: provider.OnFailureUndo, steps: []step{{already, nil}, {"", refused}}, wantOutcome: already, wantErrs: []error{provider.ErrInvalid}, wantUndone: []bool{false, false}},
		{name: "unknown is not undone", policy: provider.OnFailureUndo, steps: []step{{changed, nil}, {"", lost}}, wantOutcome: changed, wantErrs: []error{provider.ErrOutcomeUnknown}, wantUndone: []bool{false, false}},
		{name: "undo fails", policy: provider.OnFailureUndo, undoFails: errStuck, steps: []step{{changed, nil}, {"", refused}}, wantOutcome: changed, wantErrs: []error{provider.ErrInvalid, errStuck}, wantUndone: []bool{false, false}},
	} {
		t.Run(test.name, func(t *testing.T) {
			undone := false
			c := &adapter.Steps{Kind: "panel", Action: "create account", Policy: test.policy, Undo: func(context.Context) error {
				undone = true
				return test.undoFails
			}}
			for i, s := range test.steps {
				if !c.Step(t.Context(), "step", func(context.Context) (provider.Outcome, error) { return s.outcome, s.err }) {
					break
				}
				if i == 0 {
					c.Made(&provider.Account{ID: "1"})
				}
			}
			made, err := c.Result(t.Context())
			for _, want := range test.wantErrs {
				require.ErrorIs(t, err, want)
				require.ErrorContains(t, err, "panel: create account: ")
			}
			if test.wantErrs == nil {
				require.NoError(t, err)
			}
			if test.wantNil {
				require.Nil(t, made)
				return
			}
			require.Equal(t, test.wantOutcome, made.Outcome)
			var flags []bool
			for _, s := range made.Steps {
				flags = append(flags, s.Undone)
			}
			require.Equal(t, test.wantUndone, flags)
			require.Equal(t, test.wantOutcome != "", made.Account != nil)
			require.Equal(t, test.policy == provider.OnFailureUndo && len(test.wantErrs) > 0 && test.steps[0].outcome == changed && !errors.Is(err, provider.ErrOutcomeUnknown), undone)
		})
	}
}

func TestInVerb(t *testing.T) {
	err := adapter.InVerb("panel", refused, "create account")
	require.EqualError(t, err, "panel: create account: bad domain")
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.Equal(t, "add domain", refused.Action, "the client's error is copied")
	require.Same(t, errStuck, adapter.InVerb("panel", errStuck, "create account"))
}

func TestReport(t *testing.T) {
	var r adapter.Report
	r.OK("one", "fine")
	require.NoError(t, r.Broken(nil))
	r.Warn("two", "odd")
	r.Skip("three", "no")
	report, err := r.Fail("four", errStuck)
	require.Same(t, errStuck, err)
	require.Equal(t, "four", report.Failed().Name)
	require.ErrorIs(t, r.Broken(nil), errStuck)
	require.ErrorIs(t, r.Broken(refused), refused)
}
