package order_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
)

func unix(seconds int64) time.Time { return time.Unix(seconds, 0) }

// TestAnswers: whatever becomes of the answer, an order is sent once in a call, and a lost one
// is found or waited for.
func TestAnswers(t *testing.T) {
	for _, test := range []struct {
		answer answer
		state  order.State
		err    error
		// then is the state in a new program that has the handle, a moment later.
		then order.State
	}{
		{named, order.Ready, nil, order.Ready},
		{accepted, order.Ready, nil, order.Ready},
		{lostAfter, order.Ready, nil, order.Ready},
		{leftBehind, order.Unclear, provider.ErrOutcomeUnknown, order.Ready},
		{lostBefore, order.Unclear, provider.ErrOutcomeUnknown, order.Unclear},
	} {
		t.Run(string(test.answer), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := &vendor{answer: test.answer, things: []thing{{mark: "other"}, {}}}
				first := buy(v, new(order.Desk), "order-1", "")
				state, err := first.desk.Place(t.Context(), first)
				assert.Equal(t, test.state, state)
				assert.ErrorIs(t, err, test.err)
				assert.True(t, first.Placed)

				again := buy(v, new(order.Desk), "order-1", first.Handle())
				state, err = again.desk.Place(t.Context(), again)
				require.NoError(t, err)
				assert.Equal(t, test.then, state)
				assert.False(t, again.Placed)
				assert.Equal(t, 1, v.sends)
				if test.then == order.Ready {
					checkBought(t, v, "other", "", "order-1")
				}
				if test.answer == named {
					assert.Equal(t, 2*(4+1), v.steps, "look, send, follow, mark; and then follow")
				}
			})
		})
	}
}

// TestSettles: an order of which nothing is to be seen is not sent again before it has settled.
func TestSettles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: lostBefore}
		first := buy(v, new(order.Desk), "order-1", "")
		_, err := first.desk.Place(t.Context(), first)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		handle := first.Handle()
		for range 2 {
			p := buy(v, new(order.Desk), "order-1", handle)
			state, err := p.desk.Place(t.Context(), p)
			require.NoError(t, err)
			assert.Equal(t, order.Unclear, state)
			assert.Contains(t, p.Why, p.SentAt.Add(order.Settles).Format(time.RFC3339))
			assert.Equal(t, handle, p.Handle(), "the time counts from the order, not from the last look")
			state, err = p.desk.Poll(t.Context(), p)
			require.NoError(t, err)
			assert.Equal(t, order.Unclear, state)
			time.Sleep(59 * time.Second)
		}
		assert.Equal(t, 1, v.sends)
		time.Sleep(2 * time.Second)
		p := buy(v, new(order.Desk), "order-1", handle)
		state, err := p.desk.Poll(t.Context(), p)
		require.ErrorIs(t, err, provider.ErrNotFound)
		assert.Empty(t, state)
		v.answer = lostAfter
		state, err = p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		assert.True(t, p.Resent)
		assert.Equal(t, 2, v.sends)
		checkBought(t, v, "order-1")
	})
}

// TestLateOrder: the vendor carries an order out after a look that found nothing.
func TestLateOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: lostBefore, things: []thing{{}}}
		first := buy(v, new(order.Desk), "order-1", "")
		_, err := first.desk.Place(t.Context(), first)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		v.things = append(v.things, thing{})
		p := buy(v, new(order.Desk), "order-1", first.Handle())
		state, err := p.desk.Poll(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		checkBought(t, v, "", "order-1")
	})
}

// TestUnclear: of two newcomers nobody can tell which one is the order's. Nothing is bought,
// however long that takes.
func TestUnclear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: lostAfter}
		v.things = []thing{}
		p := buy(v, new(order.Desk), "order-1", "")
		p.v = v
		other := thing{}
		v.kill = func(step int) bool {
			if step == 2 { // somebody orders by hand, right then
				v.things = append(v.things, other)
			}
			return false
		}
		state, err := p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Unclear, state)
		assert.Equal(t, "one of [1 2]", p.Why)
		for range 2 {
			time.Sleep(time.Hour)
			p = buy(v, new(order.Desk), "order-1", p.Handle())
			state, err = p.desk.Place(t.Context(), p)
			require.NoError(t, err)
			assert.Equal(t, order.Unclear, state)
			state, err = p.desk.Poll(t.Context(), p)
			require.NoError(t, err)
			assert.Equal(t, order.Unclear, state)
		}
		assert.Equal(t, 1, v.sends)
		v.things[1].mark = "order-1" // a person has told
		state, err = p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		assert.Equal(t, 1, v.sends)
	})
}

// TestNotSent: what a look says against an order.
func TestNotSent(t *testing.T) {
	for name, test := range map[string]struct {
		vendor vendor
		state  order.State
		want   error
	}{
		"somebody has the name": {vendor{refusal: provider.ErrAlreadyExists}, "", provider.ErrAlreadyExists},
		"two carry the mark":    {vendor{conflict: provider.ErrConflict}, order.Unclear, provider.ErrConflict},
		"the look fails":        {vendor{lookFails: errDown}, "", provider.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			v := &test.vendor
			v.answer = named
			p := buy(v, new(order.Desk), "order-1", "")
			p.OnHandle = func(handle string) error { return fmt.Errorf("handle %q of nothing", handle) }
			state, err := p.desk.Place(t.Context(), p)
			require.ErrorIs(t, err, test.want)
			assert.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
			assert.Equal(t, test.state, state)
			assert.False(t, p.Placed)
			assert.Zero(t, v.sends)
		})
	}
}

// TestLookFails: once an order was sent, a look that fails leaves open whether it was bought.
func TestLookFails(t *testing.T) {
	for _, test := range []struct {
		answer answer
		state  order.State
		want   error
	}{
		{lostAfter, order.Unclear, provider.ErrOutcomeUnknown},
		{accepted, order.Deploying, nil}, // it is placed, and will be found
	} {
		t.Run(string(test.answer), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := &vendor{answer: test.answer}
				v.kill = func(step int) bool {
					if step == 2 {
						v.lookFails = errDown
					}
					return false
				}
				p := buy(v, new(order.Desk), "order-1", "")
				state, err := p.desk.Place(t.Context(), p)
				assert.Equal(t, test.state, state)
				assert.ErrorIs(t, err, test.want)
				assert.NotErrorIs(t, err, provider.ErrUnavailable)

				again := buy(v, new(order.Desk), "order-1", p.Handle())
				time.Sleep(time.Hour)
				state, err = again.desk.Place(t.Context(), again)
				assert.Equal(t, order.Unclear, state)
				assert.ErrorIs(t, err, provider.ErrOutcomeUnknown)
				var e *provider.Error
				require.ErrorAs(t, err, &e)
				assert.Empty(t, e.Provider+e.Op+e.Action, "the reader asked for an order")
				state, err = again.desk.Poll(t.Context(), again)
				assert.Equal(t, order.Unclear, state)
				assert.ErrorIs(t, err, provider.ErrUnavailable, "polling may simply be repeated")

				v.lookFails = nil
				state, err = again.desk.Place(t.Context(), again)
				require.NoError(t, err)
				assert.Equal(t, order.Ready, state)
				assert.Equal(t, 1, v.sends)
			})
		})
	}
}

// TestAcceptedIsNeverSentAgain: the vendor took the order, so nothing being seen of it proves
// nothing, however long that lasts.
func TestAcceptedIsNeverSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: named}
		p := buy(v, new(order.Desk), "order-1", "order-1 0 1700000000 0 true")
		for _, place := range []func(context.Context, order.Order) (order.State, error){p.desk.Place, p.desk.Poll} {
			state, err := place(t.Context(), p)
			require.NoError(t, err)
			assert.Equal(t, order.Deploying, state)
		}
		assert.Zero(t, v.sends)

		// The caller knows before anything else is done.
		v.answer = accepted
		p = buy(v, new(order.Desk), "order-2", "")
		var told []string
		p.OnHandle = func(handle string) error { told = append(told, handle); return nil }
		v.steps, v.kill = 0, func(step int) bool {
			if step == 4 {
				assert.Contains(t, told[len(told)-1], "true")
			}
			return false
		}
		_, err := p.desk.Place(t.Context(), p)
		require.NoError(t, err)
	})
}

// TestRefusal: nothing was bought, so the order is forgotten, unless the vendor's refusals are
// not to be trusted.
func TestRefusal(t *testing.T) {
	for _, keep := range []bool{false, true} {
		t.Run(fmt.Sprintf("kept %v", keep), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := &vendor{answer: refused, things: []thing{{}}}
				var told []string
				p := buy(v, new(order.Desk), "order-1", "")
				p.KeepRefused = keep
				p.OnHandle = func(handle string) error { told = append(told, handle); return nil }
				state, err := p.desk.Place(t.Context(), p)
				require.ErrorIs(t, err, provider.ErrQuota)
				assert.Empty(t, state)
				assert.Equal(t, keep, p.Sent())
				v.answer = named
				p = buy(v, p.desk, "order-1", told[len(told)-1])
				state, err = p.desk.Place(t.Context(), p)
				require.NoError(t, err)
				if keep {
					assert.Len(t, told, 1)
					assert.Equal(t, order.Unclear, state, "it might have been bought all the same")
					assert.Equal(t, 1, v.sends)
					return
				}
				assert.Equal(t, []string{told[0], ""}, told, "forget it")
				assert.Equal(t, order.Ready, state)
				checkBought(t, v, "", "order-1")
			})
		})
	}
}

// TestIntentFirst: the handle is out of the house before the order is.
func TestIntentFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: named}
		var told []string
		var sends []int
		p := buy(v, new(order.Desk), "order-1", "")
		p.OnHandle = func(handle string) error {
			told, sends = append(told, handle), append(sends, v.sends)
			return nil
		}
		_, err := p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, []int{0, 1}, sends, "once before, and once when more is known")
		assert.Equal(t, p.Handle(), told[1])

		// What was found is known before it is paid.
		v = &vendor{answer: lostAfter}
		p = buy(v, new(order.Desk), "order-1", "")
		p.OnHandle = func(handle string) error { told = append(told, handle); return nil }
		v.kill = func(step int) bool {
			if step == 6 {
				assert.True(t, p.Located())
				assert.Equal(t, p.Handle(), told[len(told)-1])
			}
			return false
		}
		_, err = p.desk.Place(t.Context(), p)
		require.NoError(t, err)

		// If it cannot be kept, nothing is sent and nothing is remembered.
		full := errors.New("disk full")
		p = buy(v, new(order.Desk), "order-2", "")
		p.OnHandle = func(string) error { return full }
		state, err := p.desk.Place(t.Context(), p)
		require.ErrorIs(t, err, full)
		require.ErrorContains(t, err, "not sent")
		assert.Empty(t, state)
		assert.False(t, p.Sent())
		assert.Equal(t, 1, v.sends)
		again := buy(v, p.desk, "order-2", "")
		_, err = again.desk.Place(t.Context(), again)
		require.NoError(t, err)
		assert.Zero(t, again.resumed)
		checkBought(t, v, "order-1", "order-2")
	})
}

// TestFollow: how far an order is, and its mark, which is set as soon as its thing is there.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: named, state: order.Unpaid}
		p := buy(v, new(order.Desk), "order-1", "")
		state, err := p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Unpaid, state)
		checkBought(t, v, "")

		v.state, v.followFails = order.Deploying, errDown
		p = buy(v, new(order.Desk), "order-1", p.Handle())
		for _, place := range []func(context.Context, order.Order) (order.State, error){p.desk.Place, p.desk.Poll} {
			state, err = place(t.Context(), p)
			require.ErrorIs(t, err, provider.ErrUnavailable)
			assert.Equal(t, order.Deploying, state)
		}
		v.state, v.followFails, v.markFails = "", nil, 1
		state, err = p.desk.Poll(t.Context(), p)
		require.ErrorIs(t, err, provider.ErrUnavailable)
		assert.Equal(t, order.Ready, state, "it is there, whether it can be marked or not")
		state, err = p.desk.Poll(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		checkBought(t, v, "order-1")
	})
}

// TestNotFoundNeedsProof: only Desk itself, and a vendor that has proof, may say that an order is
// gone. What ended with proof is not remembered.
func TestNotFoundNeedsProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		missing := &provider.Error{Kind: provider.ErrNotFound, StatusCode: 404, Message: "not found"}
		v, desk := &vendor{answer: named, lookFails: missing}, new(order.Desk)
		sent, located := "order-1 0 1 0 false", "order-1 0 1 1 false"
		for _, handle := range []string{"", sent} {
			for _, place := range []func(context.Context, order.Order) (order.State, error){desk.Place, desk.Poll} {
				_, err := place(t.Context(), buy(v, desk, "order-1", handle))
				require.ErrorContains(t, err, "not found")
				assert.NotErrorIs(t, err, provider.ErrNotFound)
			}
		}
		v.lookFails, v.things, v.followFails = nil, []thing{{}}, missing
		for _, place := range []func(context.Context, order.Order) (order.State, error){desk.Place, desk.Poll} {
			_, err := place(t.Context(), buy(v, desk, "order-1", located))
			require.ErrorIs(t, err, provider.ErrForbidden)
			assert.NotErrorIs(t, err, provider.ErrNotFound)
		}
		v.followFails, v.markFails, v.markError = nil, 1, missing
		_, err := desk.Poll(t.Context(), buy(v, desk, "order-1", located))
		require.ErrorIs(t, err, provider.ErrForbidden)
		assert.NotErrorIs(t, err, provider.ErrNotFound)

		v.followFails = order.Gone("the thing has ended")
		_, err = desk.Poll(t.Context(), buy(v, desk, "order-1", located))
		require.ErrorIs(t, err, provider.ErrNotFound)
		v.followFails, v.things = nil, nil
		again := buy(v, desk, "order-1", "")
		state, err := desk.Place(t.Context(), again)
		require.NoError(t, err)
		assert.Zero(t, again.resumed)
		assert.Equal(t, order.Ready, state)
		checkBought(t, v, "order-1")
	})
}

// TestRememberedOrders: a client knows its orders without their handles until they are marked,
// and whose their things are.
func TestRememberedOrders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, desk := &vendor{answer: named, state: order.Deploying}, new(order.Desk)
		first := buy(v, desk, "order-1", "")
		_, err := desk.Place(t.Context(), first)
		require.NoError(t, err)
		located := buy(v, desk, "order-1", first.Handle())
		_, err = desk.Place(t.Context(), located)
		require.NoError(t, err)
		assert.Zero(t, located.resumed, "its caller's handle says as much")
		again := buy(v, desk, "order-1", "")
		_, err = desk.Place(t.Context(), again)
		require.NoError(t, err)
		assert.Equal(t, 1, again.resumed)
		assert.Equal(t, first.Handle(), again.Handle())
		assert.Equal(t, "order-1", desk.Owner("1"))

		// An order that is lost right then is not taken for the first one's thing.
		v.answer = lostBefore
		other := buy(v, desk, "order-2", "order-2 0 "+fmt.Sprint(time.Now().Unix())+" 0 false")
		state, err := desk.Place(t.Context(), other)
		require.NoError(t, err)
		assert.Equal(t, order.Unclear, state)
		assert.Zero(t, other.thing)

		v.state = ""
		marked := buy(v, desk, "order-1", "")
		marked.read(first.Handle())
		state, err = desk.Poll(t.Context(), marked)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		last := buy(v, desk, "order-1", "")
		_, err = desk.Place(t.Context(), last)
		require.NoError(t, err)
		assert.Zero(t, last.resumed, "the mark tells from now on")
		assert.Equal(t, 1, v.sends)
	})
}

// TestOneAtATime: orders wait for each other while one is looked for or sent; those that are
// located need not.
func TestOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, desk := &vendor{answer: named}, new(order.Desk)
		release, err := desk.Turn.Take(t.Context())
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		state, err := desk.Place(ctx, buy(v, desk, "order-1", ""))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "not sent")
		assert.Empty(t, state)
		_, err = desk.Poll(ctx, buy(v, desk, "order-1", "order-1 0 1 0 false"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Zero(t, v.steps)

		v.things = []thing{{mark: "order-3"}}
		state, err = desk.Poll(t.Context(), buy(v, desk, "order-3", "order-3 0 1 1 false"))
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		release()
		v.steps, v.kill = 0, func(step int) bool {
			if step == 2 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, err := desk.Turn.Take(ctx)
				assert.Error(t, err, "the order has the turn")
			}
			return false
		}
		_, err = desk.Place(t.Context(), buy(v, desk, "order-1", ""))
		require.NoError(t, err)
		assert.Equal(t, 1, v.sends)
	})
}

// TestRetryAfterPayment: only a call that has bought something is patient.
func TestRetryAfterPayment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: named, markFails: 3}
		p := buy(v, new(order.Desk), "order-1", "")
		start := time.Now()
		state, err := p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		assert.Equal(t, 7*time.Second, time.Since(start))

		v.things[0].mark, v.markFails = "", 1
		p = buy(v, new(order.Desk), "order-1", p.Handle())
		_, err = p.desk.Place(t.Context(), p)
		require.ErrorIs(t, err, provider.ErrUnavailable)

		// What one attempt left open the refusal of a later one does not settle.
		p.Placed = true
		answers := []error{errLost, errRefused, errRefused, errRefused, nil}
		err = p.RetryAfterPayment(t.Context(), func() error {
			err := answers[0]
			answers = answers[1:]
			return err
		})
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		assert.Len(t, answers, 1)
	})
}

// TestCrashes kills the program at each step, before and after it was carried out, whatever the
// answer. The next one goes on from the handle that the first one has given out: each order is
// bought once.
func TestCrashes(t *testing.T) {
	points := 0
	for _, answer := range []answer{named, accepted, leftBehind, lostAfter, lostBefore} {
		for at, reached := 0, true; reached; at++ {
			t.Run(fmt.Sprintf("%s, %d", answer, at), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					v := &vendor{answer: answer, things: []thing{{}}}
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					v.kill = func(step int) bool {
						if step == at {
							cancel()
						}
						return ctx.Err() != nil
					}
					handle := ""
					p := buy(v, new(order.Desk), "order-1", "")
					p.OnHandle = func(h string) error {
						if ctx.Err() == nil {
							handle = h
						}
						return nil
					}
					_, _ = p.desk.Place(ctx, p)
					reached, v.kill = ctx.Err() != nil, nil
					v.answer = named
					for range 4 {
						p := buy(v, new(order.Desk), "order-1", handle)
						p.OnHandle = func(h string) error { handle = h; return nil }
						if state, err := p.desk.Place(t.Context(), p); err == nil && state == order.Ready {
							break
						}
						time.Sleep(time.Minute)
					}
					checkBought(t, v, "", "order-1")
				})
			})
			points++
		}
	}
	t.Logf("%d crash points", points)
	require.Greater(t, points, 30)
}
