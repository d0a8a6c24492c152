package adapter_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

func TestChange(t *testing.T) {
	gone := &provider.Error{Kind: provider.ErrNotFound}
	for name, test := range map[string]struct {
		reads    []any // a bool that the thing is, or an error
		do, made any
		want     provider.Outcome
		wantErr  error
		sent     int
	}{
		"already":                 {reads: []any{true}, want: provider.OutcomeAlready},
		"changed":                 {reads: []any{false, true}, want: provider.OutcomeChanged, sent: 1},
		"said done, did not":      {reads: []any{false, false}, wantErr: provider.ErrConflict, sent: 1},
		"other proof":             {reads: []any{false, false}, made: false, want: provider.OutcomeChanged, sent: 1},
		"not there":               {reads: []any{gone}, wantErr: provider.ErrNotFound},
		"refused":                 {reads: []any{false}, do: refused, wantErr: provider.ErrInvalid, sent: 1},
		"lost and made":           {reads: []any{false, true}, do: lost, want: provider.OutcomeChanged, sent: 1},
		"lost and cannot look":    {reads: []any{false, errStuck}, do: lost, wantErr: provider.ErrOutcomeUnknown, sent: 1},
		"lost twice, and no more": {reads: []any{false, false, false}, do: lost, wantErr: provider.ErrOutcomeUnknown, sent: 2},
	} {
		t.Run(name, func(t *testing.T) {
			reads, sent := test.reads, 0
			c := adapter.Change[bool]{
				Read: func(context.Context) (*bool, error) {
					next := reads[0]
					reads = reads[1:]
					if err, failed := next.(error); failed {
						return nil, err
					}
					is := next.(bool)
					return &is, nil
				},
				Already: func(is *bool) bool { return *is },
				Do: func(context.Context) error {
					sent++
					err, _ := test.do.(error)
					return err
				},
			}
			if want, other := test.made.(bool); other {
				c.Made = func(is *bool) bool { return *is == want }
			}
			outcome, err := c.Run(t.Context())
			require.Equal(t, test.want, outcome)
			require.ErrorIs(t, err, test.wantErr)
			require.Equal(t, test.wantErr == nil, err == nil)
			require.Equal(t, test.sent, sent)
			require.Empty(t, reads)
		})
	}
}

// What was read already is not read again.
func TestChangeFromNow(t *testing.T) {
	now, read := false, 0
	outcome, err := adapter.Change[bool]{
		Now:     &now,
		Read:    func(context.Context) (*bool, error) { read++; return &now, nil },
		Already: func(is *bool) bool { return *is },
		Do:      func(context.Context) error { now = true; return nil },
	}.Run(t.Context())
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeChanged, outcome)
	require.Equal(t, 1, read)
}

func TestRemoval(t *testing.T) {
	gone := &provider.Error{Kind: provider.ErrNotFound}
	unproven := adapter.Unproven("panel", "client", "the list is empty", nil)
	for name, test := range map[string]struct {
		reads   []error
		do      error
		proof   error
		wantErr error
		sent    int
		proofs  int
	}{
		"removed":               {reads: []error{nil, gone}, sent: 1, proofs: 1},
		"somebody was faster":   {reads: []error{nil, gone}, do: gone, sent: 1, proofs: 1},
		"was not there":         {reads: []error{gone}, wantErr: provider.ErrNotFound, proofs: 1},
		"cannot be seen":        {reads: []error{gone}, proof: unproven, wantErr: provider.ErrForbidden, proofs: 1},
		"cannot be read":        {reads: []error{errStuck}, wantErr: errStuck},
		"removed, but unproven": {reads: []error{nil, gone}, proof: unproven, wantErr: provider.ErrOutcomeUnknown, sent: 1, proofs: 1},
		"refused":               {reads: []error{nil}, do: refused, wantErr: provider.ErrInvalid, sent: 1},
		"did nothing":           {reads: []error{nil, nil}, wantErr: provider.ErrConflict, sent: 1},
		"lost and gone":         {reads: []error{nil, gone}, do: lost, sent: 1, proofs: 1},
	} {
		t.Run(name, func(t *testing.T) {
			reads, sent, proofs := test.reads, 0, 0
			err := adapter.Removal{
				Read:  func(context.Context) error { next := reads[0]; reads = reads[1:]; return next },
				Do:    func(context.Context) error { sent++; return test.do },
				Prove: func(context.Context) error { proofs++; return test.proof },
			}.Run(t.Context())
			require.ErrorIs(t, err, test.wantErr)
			require.Equal(t, test.wantErr == nil, err == nil)
			require.Equal(t, []int{test.sent, test.proofs}, []int{sent, proofs})
			require.Empty(t, reads)
		})
	}
}
