package adapter_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

var (
	refused  = &provider.Error{Provider: "x", Action: "add domain", Kind: provider.ErrInvalid, Message: "bad domain"}
	lost     = &provider.Error{Provider: "x", Action: "add domain", Kind: provider.ErrOutcomeUnknown, MaybeExecuted: true}
	errStuck = errors.New("cannot remove it")
)

// TestInVerbCleans: adapters quote names that strangers chose.
func TestInVerbCleans(t *testing.T) {
	evil := "a\r\nb \x1b[31m\u202e" + strings.Repeat("long", 1000)
	failed := &provider.Error{Kind: provider.ErrConflict, Code: evil, Message: evil, Fields: map[string]string{evil: evil}}
	named, _ := errors.AsType[*provider.Error](adapter.InVerb("panel", failed, "suspend account 17"))
	clienttest.Visible(t, named.Message, 1000)
	clienttest.Visible(t, named.Code, 100)
	for field, problem := range named.Fields {
		clienttest.Visible(t, field, 100)
		clienttest.Visible(t, problem, 500)
	}
	require.Equal(t, evil, failed.Message, "the error of the call stays as it is")
}

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
		found       bool // the first step found what it may not have made
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
		{name: "found is not undone", policy: provider.OnFailureUndo, found: true, steps: []step{{changed, nil}, {"", refused}}, wantOutcome: changed, wantErrs: []error{provider.ErrInvalid}, wantUndone: []bool{false, false}},
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
					c.Certain = s.outcome == changed && !test.found
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
			require.Equal(t, test.policy == provider.OnFailureUndo && len(test.wantErrs) > 0 && c.Certain && !errors.Is(err, provider.ErrOutcomeUnknown), undone)
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

// TestReportSteps: no step is taken or noted behind one that failed, and what Check returns
// names it; the step keeps the client's own words.
func TestReportSteps(t *testing.T) {
	fine := []provider.CheckStep{{Name: provider.CheckTCP, State: provider.CheckOK}}
	broken := []provider.CheckStep{{Name: provider.CheckTCP, State: provider.CheckFailed, Err: down}}
	for name, test := range map[string]struct {
		steps    []provider.CheckStep
		answer   error
		step     error
		detail   string
		want     []string
		wantErr  error
		wantText string
	}{
		"all taken":       {steps: fine, detail: "good", want: []string{"tcp ok", "rights ok good", "version skipped none"}},
		"noted by itself": {steps: fine, want: []string{"tcp ok", "rights warning odd", "version skipped none"}},
		"by its step":     {steps: broken, want: []string{"tcp failed"}, wantErr: provider.ErrUnavailable, wantText: "panel: check connection: down (HTTP 503, retry after 1m0s)"},
		"no connection":   {steps: broken, answer: down, detail: "good", want: []string{"tcp failed"}, wantErr: provider.ErrUnavailable, wantText: "panel: check connection: down (HTTP 503, retry after 1m0s)"},
		"step fails":      {steps: fine, step: refused, detail: "good", want: []string{"tcp ok", "rights failed x: add domain: bad domain"}, wantErr: provider.ErrInvalid, wantText: "panel: check connection: bad domain"},
		"remarks": {
			steps:  []provider.CheckStep{fine[0], {Name: provider.CheckClock, State: provider.CheckWarning, Detail: "late"}, {Name: provider.CheckProxy, State: provider.CheckOK, Detail: "p"}},
			detail: "good", want: []string{"tcp ok", "rights ok good", "version skipped none", "clock warning late", "proxy ok p"},
		},
		"remarks on a failure": {
			steps: []provider.CheckStep{fine[0], {Name: provider.CheckClock, State: provider.CheckWarning, Detail: "late"}},
			step:  refused, detail: "good", want: []string{"tcp ok", "rights failed x: add domain: bad domain", "clock warning late"},
			wantErr: provider.ErrInvalid, wantText: "panel: check connection: bad domain",
		},
		"answer is kept": {steps: fine, answer: errStuck, detail: "good", want: []string{"tcp ok", "rights ok good", "version skipped none"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := adapter.Diagnosed(test.steps, time.Second, test.answer)
			require.Equal(t, test.answer, r.Answer)
			r.Step(provider.CheckRights, func() (string, error) {
				if test.detail == "" {
					r.Warn(provider.CheckRights, "odd")
				}
				return test.detail, test.step
			})
			r.Skip(provider.CheckVersion, "none")
			report, err := r.Result("panel")
			require.ErrorIs(t, err, test.wantErr)
			if test.wantErr != nil {
				require.EqualError(t, err, test.wantText)
			} else {
				require.NoError(t, err)
			}
			require.Equal(t, time.Second, report.Latency)
			var got []string
			for _, s := range report.Steps {
				got = append(got, strings.TrimSpace(s.Name+" "+string(s.State)+" "+s.Detail))
			}
			require.Equal(t, test.want, got)
		})
	}
}
