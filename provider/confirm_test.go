package provider_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// TestConfirm plays every order of answers that a change and the look for it can give.
func TestConfirm(t *testing.T) {
	lost := &provider.Error{Provider: "p", Op: "X.Create", Action: "create x", Kind: provider.ErrOutcomeUnknown, MaybeExecuted: true, Message: "dropped"}
	refused := &provider.Error{Kind: provider.ErrInvalid, Message: "no"}
	down := &provider.Error{Kind: provider.ErrUnavailable, Message: "down"}
	type look struct {
		done bool
		err  error
	}
	for _, test := range []struct {
		name            string
		run             func(context.Context, func(context.Context) error, func(context.Context) (bool, error)) error
		does            []error
		looks           []look
		want            error // nil: no error
		wantDos, wantLs int
	}{
		{"made and seen", provider.Confirm, []error{nil}, []look{{true, nil}}, nil, 1, 1},
		{"made and not seen", provider.Confirm, []error{nil}, []look{{false, nil}}, provider.ErrConflict, 1, 1},
		{"made, looking fails", provider.Confirm, []error{nil}, []look{{false, down}}, provider.ErrOutcomeUnknown, 1, 1},
		{"refused", provider.Confirm, []error{refused}, nil, provider.ErrInvalid, 1, 0},
		{"lost and seen", provider.Confirm, []error{lost}, []look{{true, nil}}, nil, 1, 1},
		{"lost, not seen, made", provider.Confirm, []error{lost, nil}, []look{{false, nil}, {true, nil}}, nil, 2, 2},
		{"lost, not seen, refused", provider.Confirm, []error{lost, refused}, []look{{false, nil}}, provider.ErrInvalid, 2, 1},
		{"lost, not seen, refused, and maybe made", provider.Confirm, []error{lost, refused}, []look{{false, nil}}, provider.ErrOutcomeUnknown, 2, 1},
		{"lost, not seen, not sent", provider.Confirm, []error{lost, context.Canceled}, []look{{false, nil}}, provider.ErrOutcomeUnknown, 2, 1},
		{"made and not seen, and maybe made", provider.Confirm, []error{nil}, []look{{false, nil}}, provider.ErrOutcomeUnknown, 1, 1},
		{"lost twice, not seen", provider.Confirm, []error{lost, lost}, []look{{false, nil}, {false, nil}}, provider.ErrOutcomeUnknown, 2, 2},
		{"lost, looking fails", provider.Confirm, []error{lost}, []look{{false, down}}, provider.ErrOutcomeUnknown, 1, 1},
		{"an answer proves itself", provider.Resolve, []error{nil}, nil, nil, 1, 0},
		{"recovered", provider.Resolve, []error{lost}, []look{{true, nil}}, nil, 1, 1},
		{"recovered by repeating", provider.Resolve, []error{lost, nil}, []look{{false, nil}}, nil, 2, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			dos, looks := 0, 0
			err := test.run(t.Context(),
				func(context.Context) error { dos++; return test.does[dos-1] },
				func(context.Context) (bool, error) { looks++; return test.looks[looks-1].done, test.looks[looks-1].err })
			require.Equal(t, [2]int{test.wantDos, test.wantLs}, [2]int{dos, looks})
			if test.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, test.want)
		})
	}
}

// TestConfirmKeepsEverythingSaid: both what the change and what the look said is told, and who said
// it.
func TestConfirmKeepsEverythingSaid(t *testing.T) {
	lost := &provider.Error{Provider: "p", Op: "X.Create", Action: "create x", Kind: provider.ErrOutcomeUnknown, MaybeExecuted: true, Message: "dropped"}
	down := &provider.Error{Provider: "p", Action: "get x", Kind: provider.ErrUnavailable, Message: "down", StatusCode: 503}
	err := provider.Confirm(t.Context(),
		func(context.Context) error { return lost },
		func(context.Context) (bool, error) { return false, down })
	require.EqualError(t, err, "p: create x: dropped, and looking for it failed too: down; the change may have been applied")
	require.NotErrorIs(t, err, provider.ErrUnavailable, "that was the look")

	gone := &provider.Error{Kind: provider.ErrNotFound, Message: "no such thing", Err: context.Canceled}
	err = provider.Unresolved(nil, gone)
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, provider.ErrNotFound)
	require.ErrorContains(t, err, "no such thing")
}

// TestConfirmDoesNotLookAfterTheDeadline: when the caller's time is over nobody looks.
func TestConfirmDoesNotLookAfterTheDeadline(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := provider.Confirm(ctx,
		func(context.Context) error {
			cancel()
			return &provider.Error{Kind: provider.ErrOutcomeUnknown, MaybeExecuted: true, Err: ctx.Err()}
		},
		func(context.Context) (bool, error) { t.Error("looked"); return false, errors.New("looked") })
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.ErrorIs(t, err, context.Canceled)
}
