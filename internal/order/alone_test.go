package order_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// twin is a purchase that can be told from no other one.
type twin struct{ *purchase }

func (twin) Alike(asked map[string]string) bool { return asked["plan"] == "small" }

// TestAlone: while nobody knows what became of an order, none is sent that could be taken for it, in whatever
// program.
func TestAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, book := &vendor{answer: lostBefore}, ledger.NewMemory()
		place := func(reference string) error {
			p := twin{buy(v, newDesk(book), reference, "")}
			_, err := p.desk.Place(t.Context(), p)
			return err
		}
		require.ErrorIs(t, place("order-1"), provider.ErrOutcomeUnknown)
		v.answer = named
		time.Sleep(settles - time.Second)
		err := place("order-2")
		require.ErrorIs(t, err, provider.ErrUnavailable)
		require.ErrorContains(t, err, `"order-1"`)
		var e *provider.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, time.Second, e.RetryAfter)
		assert.Equal(t, 1, v.sends)

		p := buy(v, newDesk(book), "order-3", "")
		_, err = p.desk.Place(t.Context(), p)
		require.NoError(t, err, "it can be told from others")
		time.Sleep(time.Second)
		require.NoError(t, place("order-2"), "order-1 has settled")
		require.NoError(t, place("order-1"))
		require.NoError(t, place("order-4"), "what became of all others is known")
		checkBought(t, v, "order-3", "order-2", "order-1", "order-4")
	})
}

// blind is a purchase that some looks do not show.
type blind struct {
	*purchase
	looks int
}

func (b *blind) Look(ctx context.Context) (*order.Sighting, error) {
	if b.looks--; b.looks >= 0 {
		return new(order.Sighting), nil
	}
	return b.purchase.Look(ctx)
}

// TestLookTwice: one answer that does not show an order is no reason to send it again, however long ago that
// was.
func TestLookTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, book := &vendor{answer: lostAfter, lookFails: errDown}, ledger.NewMemory()
		place := func(looks int) error {
			p := &blind{buy(v, newDesk(book), "order-1", ""), looks}
			_, err := p.desk.Place(t.Context(), p)
			return err
		}
		require.Error(t, place(1))
		v.lookFails = nil
		time.Sleep(2 * settles)
		p := &blind{buy(v, newDesk(book), "order-1", ""), 1}
		_, err := p.desk.Poll(t.Context(), p)
		require.NoError(t, err, "nor to say that it may be")
		require.NoError(t, place(1))
		checkBought(t, v, "order-1")
	})
}
