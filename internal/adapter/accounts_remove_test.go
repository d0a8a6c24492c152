package adapter_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

func isNotFound(err error) bool { return errors.Is(err, provider.ErrNotFound) }

// TestRemove: an account is gone when that is proven, and "not found" only then.
func TestRemove(t *testing.T) {
	const doubt = adapter.Doubt("neither are others")
	for name, test := range map[string]struct {
		reads   []any
		do      error
		proof   error
		wantErr error
		message string
		sent    int
		proofs  int
	}{
		"removed":             {reads: []any{off, gone}, sent: 1, proofs: 1},
		"somebody was faster": {reads: []any{off, gone}, do: gone, sent: 1, proofs: 1},
		"lost and gone":       {reads: []any{off, gone}, do: lost, sent: 1, proofs: 1},
		"was not there": {reads: []any{gone}, wantErr: provider.ErrNotFound, proofs: 1,
			message: "panel: terminate account 7: no such client (it lists others) (HTTP 404)"},
		"cannot be seen": {reads: []any{gone}, proof: doubt, wantErr: provider.ErrForbidden, proofs: 1,
			message: "panel: terminate account 7: the client was not found, but neither are others"},
		"listed": {reads: []any{gone}, proof: adapter.Listed, wantErr: provider.ErrConflict, proofs: 1,
			message: "panel: terminate account 7: the client was not found, but it is listed"},
		"everything is 404": {reads: []any{gone}, proof: gone, wantErr: provider.ErrForbidden, proofs: 1,
			message: "panel: terminate account 7: the client was not found, but looking for proof that it is gone failed: no (HTTP 404)"},
		"everything is 404 since it was read": {reads: []any{off, gone}, do: gone, proof: gone, wantErr: provider.ErrOutcomeUnknown, sent: 1, proofs: 1},
		"proof is forbidden":                  {reads: []any{gone}, proof: forbidden, wantErr: provider.ErrForbidden, proofs: 1},
		"proof is not to be had":              {reads: []any{gone}, proof: down, wantErr: provider.ErrUnavailable, proofs: 1},
		"cannot be read":                      {reads: []any{down}, wantErr: provider.ErrUnavailable},
		"removed, but unproven":               {reads: []any{off, gone}, proof: doubt, wantErr: provider.ErrOutcomeUnknown, sent: 1, proofs: 1},
		"refused":                             {reads: []any{off}, do: refused, wantErr: provider.ErrInvalid, sent: 1},
		"did nothing":                         {reads: []any{off}, wantErr: provider.ErrConflict, sent: 1},
		"lost twice":                          {reads: []any{off}, do: lost, wantErr: provider.ErrOutcomeUnknown, sent: 2},
	} {
		t.Run(name, func(t *testing.T) {
			p := &panel{reads: test.reads, evidence: "it lists others", proof: test.proof}
			outcome, err := p.accounts(0).Remove(t.Context(), "7", adapter.Removal[int64, record]{
				Do: func(context.Context, int64) error { p.sent++; return test.do },
			})
			require.ErrorIs(t, err, test.wantErr)
			if require.Equal(t, test.wantErr == nil, err == nil); err == nil {
				require.Equal(t, provider.OutcomeChanged, outcome)
			} else {
				require.Empty(t, outcome)
				require.ErrorContains(t, err, "panel: terminate account 7: ")
			}
			if test.message != "" {
				require.EqualError(t, err, test.message)
			}
			require.Equal(t, errors.Is(test.wantErr, provider.ErrNotFound), isNotFound(err))
			require.Equal(t, []int{test.sent, test.proofs}, []int{p.sent, p.proofs})
		})
	}
}

// TestRemovePends: where the system ends accounts later, an end that is under way is pending,
// and nothing is sent for one that is already.
func TestRemovePends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := &record{id: 7, on: true}
		ending := func(_ context.Context, _ int64, now *record) (bool, error) { return now.on, nil }
		for name, test := range map[string]struct {
			reads   []any
			do      error
			trusted bool
			ending  error
			want    provider.Outcome
			wantErr error
			sent    int
			took    time.Duration
			begun   bool
		}{
			"already":            {reads: []any{asked}, want: provider.OutcomePending},
			"already, trusted":   {reads: []any{asked}, trusted: true, want: provider.OutcomePending, begun: true},
			"asked":              {reads: []any{off, off, asked}, want: provider.OutcomePending, sent: 1, took: 100 * time.Millisecond},
			"asked and gone":     {reads: []any{off, off, gone}, want: provider.OutcomeChanged, sent: 1, took: 100 * time.Millisecond},
			"asked, not shown":   {reads: []any{off}, wantErr: provider.ErrConflict, sent: 1, took: 5 * time.Second},
			"asked, trusted":     {reads: []any{off}, trusted: true, want: provider.OutcomePending, sent: 1, begun: true},
			"lost, trusted":      {reads: []any{off}, do: lost, trusted: true, wantErr: provider.ErrOutcomeUnknown, sent: 2, took: 10 * time.Second},
			"lost, shown":        {reads: []any{off, asked}, do: lost, trusted: true, want: provider.OutcomePending, sent: 1, begun: true},
			"no word of its end": {reads: []any{off}, ending: gone, wantErr: provider.ErrForbidden},
		} {
			p, begun := &panel{reads: test.reads}, time.Now()
			a := p.accounts(5 * time.Second)
			outcome, err := a.Remove(t.Context(), "7", adapter.Removal[int64, record]{
				Do: func(context.Context, int64) error { p.sent++; return test.do }, Trusted: test.trusted,
				Ending: func(ctx context.Context, id int64, now *record) (bool, error) {
					if test.ending != nil {
						return false, test.ending
					}
					return ending(ctx, id, now)
				},
			})
			require.ErrorIs(t, err, test.wantErr, name)
			require.Equal(t, test.wantErr == nil, err == nil, "%s: %v", name, err)
			require.False(t, isNotFound(err), name)
			require.Equal(t, test.want, outcome, name)
			require.Equal(t, test.sent, p.sent, name)
			require.Equal(t, test.took, time.Since(begun), name)
			require.Equal(t, test.begun, a.Pending(7).Shows != nil, name)
			if test.begun {
				require.False(t, a.Pending(7).Shows(on), name)
			}
		}
	})
}

func TestEnd(t *testing.T) {
	p := &panel{reads: []any{gone}}
	a := p.accounts(0)
	a.Begin(7, adapter.Work[record]{Shows: isOn})
	outcome, err := a.End(t.Context(), 7, adapter.Removal[int64, record]{Do: func(context.Context, int64) error { p.sent++; return nil }})
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeChanged, outcome)
	require.Equal(t, []int{1, 2}, []int{p.sent, p.read}, "it does not read first, and twice after it")
	require.Nil(t, a.Pending(7).Shows)
}

func TestUnproven(t *testing.T) {
	missing := &provider.Error{Kind: provider.ErrNotFound, StatusCode: 404, Message: "no such list"}
	nested := &provider.Error{Kind: provider.ErrUnavailable, Message: "odd", Err: missing}
	kindless := &provider.Error{Message: "odd"}
	const failed = "the client was not found, but looking for proof that it is gone failed: "
	for name, test := range map[string]struct {
		cause   error
		kind    error
		status  int
		message string
		keeps   bool
	}{
		"doubt":           {adapter.Doubt("others are not either"), provider.ErrForbidden, 0, "the client was not found, but others are not either", true},
		"listed":          {adapter.Listed, provider.ErrConflict, 0, "the client was not found, but it is listed", true},
		"looking failed":  {down, provider.ErrUnavailable, 503, failed + "down", true},
		"not found":       {missing, provider.ErrForbidden, 404, failed + "no such list", false},
		"not found below": {nested, provider.ErrForbidden, 0, failed + "odd", false},
		"without a kind":  {kindless, provider.ErrForbidden, 0, failed + "odd", true},
		"something other": {errStuck, provider.ErrForbidden, 0, failed + "cannot remove it", true},
		"context ended":   {context.Canceled, provider.ErrForbidden, 0, failed + "context canceled", true},
	} {
		t.Run(name, func(t *testing.T) {
			err := adapter.Unproven("panel", "client", test.cause)
			var e *provider.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, test.kind, e.Kind)
			require.Equal(t, test.status, e.StatusCode)
			require.Equal(t, test.message, e.Message)
			require.NotErrorIs(t, err, provider.ErrNotFound)
			require.Equal(t, test.keeps, errors.Is(err, test.cause))
		})
	}
}
