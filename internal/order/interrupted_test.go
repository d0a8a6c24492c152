package order_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/touched"
	"github.com/provkit/provkit/provider"
)

// cut is a purchase whose caller's context ends as soon as the server has accepted the order, or just
// before.
type cut struct {
	*purchase
	cancel context.CancelFunc
	bought bool
}

func (c cut) Send(ctx context.Context) (order.State, error) {
	defer c.cancel()
	if !c.bought {
		return "", &provider.Error{Message: "not sent", Err: context.Canceled}
	}
	touched.Note(ctx) // as internal/rest does
	return c.purchase.Send(ctx)
}

// TestInterrupted: what is bought when the context ends in a look is not "not bought", and nothing is
// "maybe bought" that was not sent.
func TestInterrupted(t *testing.T) {
	for _, bought := range []bool{true, false} {
		ctx, cancel := context.WithCancel(t.Context())
		v := &vendor{answer: named, followFails: &provider.Error{Op: "Things.List", Err: context.Canceled}}
		o := cut{buy(v, newDesk(nil), "order-1", ""), cancel, bought}
		_, err := o.desk.Place(ctx, o)
		require.ErrorIs(t, err, context.Canceled)
		if bought {
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
			require.Equal(t, 1, v.sends)
		} else {
			require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
			require.Zero(t, v.sends)
		}
	}
}
