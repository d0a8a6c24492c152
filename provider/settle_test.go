package provider_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// change is a change on a server that plays a script.
type change struct {
	answers []error // of the sendings, in their order
	made    bool    // what looking finds
	blind   error   // why looking fails
	sent    int
	looked  int
	after   func()
}

func (c *change) do(context.Context) error {
	err := c.answers[min(c.sent, len(c.answers)-1)]
	c.sent++
	if c.after != nil {
		c.after()
	}
	return err
}

func (c *change) look(context.Context) (bool, error) {
	c.looked++
	return c.made && c.blind == nil, c.blind
}

var (
	errLost    = &provider.Error{Kind: provider.ErrUnavailable, MaybeExecuted: true, Message: "no answer"}
	errRefused = &provider.Error{Kind: provider.ErrInvalid, Message: "bad plan"}
	errDown    = &provider.Error{Kind: provider.ErrUnavailable, Message: "down", Provider: "keyhelp", StatusCode: 503}
)

func TestSettle(t *testing.T) {
	for name, tc := range map[string]struct {
		change       change
		want         []error
		not          error
		sent, looked int
		recovered    bool // Recover does not look behind a good answer
	}{
		"made":                       {change: change{answers: []error{nil}, made: true}, sent: 1, looked: 1, recovered: true},
		"accepted and not made":      {change: change{answers: []error{nil}}, want: []error{provider.ErrConflict}, not: provider.ErrOutcomeUnknown, sent: 1, looked: 1, recovered: true},
		"accepted, and blind":        {change: change{answers: []error{nil}, blind: errDown}, want: []error{provider.ErrOutcomeUnknown, provider.ErrUnavailable}, sent: 1, looked: 1, recovered: true},
		"refused":                    {change: change{answers: []error{errRefused}, made: true}, want: []error{provider.ErrInvalid}, not: provider.ErrOutcomeUnknown, sent: 1},
		"lost and made":              {change: change{answers: []error{errLost}, made: true}, sent: 1, looked: 1},
		"lost, and blind":            {change: change{answers: []error{errLost}, blind: errDown}, want: []error{provider.ErrOutcomeUnknown}, sent: 1, looked: 1},
		"lost, not made, then done":  {change: change{answers: []error{errLost, errRefused}}, want: []error{provider.ErrInvalid}, not: provider.ErrOutcomeUnknown, sent: 2, looked: 1},
		"lost twice and never found": {change: change{answers: []error{errLost}}, want: []error{provider.ErrOutcomeUnknown}, sent: 2, looked: 2},
	} {
		for verb, settle := range map[string]func(context.Context, func(context.Context) error, func(context.Context) (bool, error)) error{
			"Settle": provider.Settle, "Recover": provider.Recover,
		} {
			c := tc.change
			err := settle(t.Context(), c.do, c.look)
			if verb == "Recover" && tc.recovered {
				require.NoError(t, err, name)
				require.Zero(t, c.looked, name)
				continue
			}
			require.Equal(t, len(tc.want) > 0, err != nil, "%s %s: %v", verb, name, err)
			for _, want := range tc.want {
				require.ErrorIs(t, err, want, "%s %s", verb, name)
			}
			if tc.not != nil {
				require.NotErrorIs(t, err, tc.not, "%s %s", verb, name)
			}
			require.Equal(t, []int{tc.sent, tc.looked}, []int{c.sent, c.looked}, "%s %s", verb, name)
		}
	}
}

func TestSettleDoesNotLookWhenTheTimeIsOver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := change{answers: []error{&provider.Error{Kind: provider.ErrOutcomeUnknown, MaybeExecuted: true, Err: context.Canceled}}, made: true, after: cancel}
	err := provider.Settle(ctx, c.do, c.look)
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, c.looked)
}

func TestSettleTellsBothReasons(t *testing.T) {
	c := change{answers: []error{errLost}, blind: errDown}
	err := provider.Settle(t.Context(), c.do, c.look)
	require.ErrorContains(t, err, "no answer, and looking failed too: down")
	c = change{answers: []error{nil}, blind: errors.New("plain")}
	err = provider.Settle(t.Context(), c.do, c.look)
	require.ErrorContains(t, err, "looking for it failed: plain")
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
}
