package order_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
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
		{underWay, order.Deploying, nil, order.Ready},
		{accepted, order.Ready, nil, order.Ready},
		{lostAfter, order.Ready, nil, order.Ready},
		{leftBehind, order.Unclear, provider.ErrOutcomeUnknown, order.Ready},
		{lostBefore, order.Unclear, provider.ErrOutcomeUnknown, order.Unclear},
	} {
		t.Run(string(test.answer), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := &vendor{answer: test.answer, things: []thing{{mark: "other"}, {}}}
				first := buy(v, newDesk(nil), "order-1", "")
				state, err := first.desk.Place(t.Context(), first)
				assert.Equal(t, test.state, state)
				assert.ErrorIs(t, err, test.err)
				assert.True(t, first.Placed)

				again := buy(v, newDesk(nil), "order-1", first.Handle())
				state, err = again.desk.Place(t.Context(), again)
				require.NoError(t, err)
				assert.Equal(t, test.then, state)
				assert.False(t, again.Placed)
				assert.Equal(t, 1, v.sends)
				if test.then == order.Ready {
					checkBought(t, v, "other", "", "order-1")
				}
				if test.answer == underWay {
					assert.Equal(t, 2*(2+2), v.steps, "look, send; and then follow, mark")
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
		first := buy(v, newDesk(nil), "order-1", "")
		_, err := first.desk.Place(t.Context(), first)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		handle := first.Handle()
		for range 2 {
			p := buy(v, newDesk(nil), "order-1", handle)
			state, err := p.desk.Place(t.Context(), p)
			require.NoError(t, err)
			assert.Equal(t, order.Unclear, state)
			assert.Contains(t, p.Why, p.SentAt.Add(settles).Format(time.RFC3339))
			assert.Equal(t, handle, p.Handle(), "the time counts from the order, not from the last look")
			state, err = p.desk.Poll(t.Context(), p)
			require.NoError(t, err)
			assert.Equal(t, order.Unclear, state)
			time.Sleep(59 * time.Second)
		}
		assert.Equal(t, 1, v.sends)
		time.Sleep(2 * time.Second)
		p := buy(v, newDesk(nil), "order-1", handle)
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
		first := buy(v, newDesk(nil), "order-1", "")
		_, err := first.desk.Place(t.Context(), first)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		v.things = append(v.things, thing{})
		p := buy(v, newDesk(nil), "order-1", first.Handle())
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
		p := buy(v, newDesk(nil), "order-1", "")
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
			p = buy(v, newDesk(nil), "order-1", p.Handle())
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
			p := buy(v, newDesk(nil), "order-1", "")
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
				p := buy(v, newDesk(nil), "order-1", "")
				state, err := p.desk.Place(t.Context(), p)
				assert.Equal(t, test.state, state)
				assert.ErrorIs(t, err, test.want)
				assert.NotErrorIs(t, err, provider.ErrUnavailable)

				again := buy(v, newDesk(nil), "order-1", p.Handle())
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
		p := buy(v, newDesk(nil), "order-1", "order-1 0 1700000000 0 true")
		for _, place := range []func(context.Context, order.Order) (order.State, error){p.desk.Place, p.desk.Poll} {
			state, err := place(t.Context(), p)
			require.NoError(t, err)
			assert.Equal(t, order.Deploying, state)
		}
		assert.Zero(t, v.sends)
	})
}

// TestRefusal: nothing was bought, so the order is forgotten, unless the vendor's refusals are
// not to be trusted.
func TestRefusal(t *testing.T) {
	for _, keep := range []bool{false, true} {
		t.Run(fmt.Sprintf("kept %v", keep), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v, l := &vendor{answer: refused, things: []thing{{}}}, ledger.NewMemory()
				p := buy(v, newDesk(l), "order-1", "")
				p.KeepRefused = keep
				state, err := p.desk.Place(t.Context(), p)
				require.ErrorIs(t, err, provider.ErrQuota)
				assert.Empty(t, state)
				assert.Equal(t, keep, p.Sent())
				v.answer = named
				p = buy(v, newDesk(l), "order-1", "")
				state, err = p.desk.Place(t.Context(), p)
				require.NoError(t, err)
				if keep {
					assert.Equal(t, order.Unclear, state, "it might have been bought all the same")
					assert.Equal(t, 1, v.sends)
					time.Sleep(settles)
					state, err = p.desk.Place(t.Context(), p)
					require.NoError(t, err)
				}
				assert.Equal(t, order.Ready, state)
				assert.Equal(t, 2, v.sends)
				checkBought(t, v, "", "order-1")
			})
		})
	}
}

// TestAstray: a handle that leads to what belongs to another order is forgotten, and the order is looked for
// anew, once.
func TestAstray(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: named, things: []thing{{mark: "order-2"}, {mark: "order-1"}}}
		p := buy(v, newDesk(nil), "order-1", "order-1 0 900000000 1 false")
		state, err := p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		assert.Equal(t, []int{1, 2, 0}, []int{p.forgotten, p.thing, v.sends})

		v.things[1].mark = "" // it has settled long ago, so that nothing came of it
		p = buy(v, newDesk(nil), "order-1", "order-1 5 900000000 1 false")
		state, err = p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		checkBought(t, v, "order-2", "", "order-1")
	})
}

// TestAstrayWhileUnderWay: what was known of an order is wrong, and its handle does not say when it was sent. The
// ledger does, and nothing is sent before that has settled.
func TestAstrayWhileUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, book := &vendor{answer: named, things: []thing{{mark: "order-2"}}}, ledger.NewMemory()
		require.NoError(t, book.Put(t.Context(), &provider.LedgerEntry{
			LedgerKey: provider.LedgerKey{Account: "shop", Verb: "create", Subject: "order-1"},
			State:     provider.LedgerPlaced, Handle: "order-1 1 0 1 false", SentAt: time.Now(),
		}, 0))
		for _, want := range []order.State{order.Unclear, order.Unclear, order.Ready} {
			p := buy(v, newDesk(book), "order-1", "")
			state, err := p.desk.Place(t.Context(), p)
			require.NoError(t, err)
			require.Equal(t, want, state)
			time.Sleep(settles * 2 / 3)
		}
		checkBought(t, v, "order-2", "order-1")
	})
}

// ended is a purchase whose thing has ended, and of which another program learns something meanwhile.
type ended struct {
	*purchase
	meanwhile func()
}

func (p ended) Follow(context.Context) (order.State, error) {
	p.meanwhile()
	return "", order.Gone("thing %d has ended", p.thing)
}

// TestSentAgainMeanwhile: what a program has learnt of an order does not remove from the ledger that another one
// has sent it again.
func TestSentAgainMeanwhile(t *testing.T) {
	v, book := new(vendor), ledger.NewMemory()
	entry := &provider.LedgerEntry{
		LedgerKey: provider.LedgerKey{Account: "shop", Verb: "create", Subject: "order-1"}, State: provider.LedgerPlaced, Handle: "order-1 0 0 1 false",
	}
	require.NoError(t, book.Put(t.Context(), entry, 0))
	p := ended{buy(v, newDesk(book), "order-1", entry.Handle), func() {
		entry.State, entry.SentAt = provider.LedgerSent, time.Now()
		require.NoError(t, book.Put(t.Context(), entry, 0))
	}}
	_, err := p.desk.Poll(t.Context(), p)
	require.ErrorIs(t, err, provider.ErrNotFound)
	kept, err := book.Entry(t.Context(), entry.LedgerKey)
	require.NoError(t, err)
	require.Equal(t, entry.Revision, kept.Revision)
}

// TestFollow: how far an order is, and its mark, which is set as soon as its thing is there.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: named, state: order.Unpaid}
		p := buy(v, newDesk(nil), "order-1", "")
		state, err := p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Unpaid, state)
		checkBought(t, v, "")

		v.state, v.followFails = order.Deploying, errDown
		p = buy(v, newDesk(nil), "order-1", p.Handle())
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
		v, desk := &vendor{answer: named, lookFails: missing}, newDesk(nil)
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

// TestRememberedOrders: all programs with one ledger know its orders without their handles, and whose their
// things are.
func TestRememberedOrders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, l := &vendor{answer: named, state: order.Deploying}, ledger.NewMemory()
		first := buy(v, newDesk(l), "order-1", "")
		_, err := first.desk.Place(t.Context(), first)
		require.NoError(t, err)
		again := buy(v, newDesk(l), "order-1", "")
		_, err = again.desk.Place(t.Context(), again)
		require.NoError(t, err)
		assert.Equal(t, first.Handle(), again.Handle())
		owners, err := again.desk.Owners(t.Context())
		require.NoError(t, err)
		assert.Equal(t, map[string]string{"1": "order-1"}, owners)

		// An order that is lost right then is not taken for the first one's thing.
		v.answer = lostBefore
		other := buy(v, newDesk(l), "order-2", "order-2 0 "+fmt.Sprint(time.Now().Unix())+" 0 false")
		state, err := other.desk.Place(t.Context(), other)
		require.NoError(t, err)
		assert.Equal(t, order.Unclear, state)
		assert.Zero(t, other.thing)

		v.state = ""
		marked := buy(v, newDesk(l), "order-1", first.Handle())
		state, err = marked.desk.Poll(t.Context(), marked)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)

		// Somebody takes the mark away: the ledger knows all the same.
		v.things[0].mark = ""
		last := buy(v, newDesk(l), "order-1", "")
		state, err = last.desk.Place(t.Context(), last)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		assert.Equal(t, 1, v.sends)
		checkBought(t, v, "order-1")

		// It has ended: the reference gets another one.
		v.followFails = order.Gone("the thing has ended")
		v.things[0].mark, v.steps = "ended", 0
		v.kill = func(step int) bool {
			if step == 4 { // after a look and a follow
				v.followFails = nil
			}
			return false
		}
		v.answer = named
		next := buy(v, newDesk(l), "order-1", "")
		state, err = next.desk.Place(t.Context(), next)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		checkBought(t, v, "ended", "order-1")
	})
}

// TestOneAtATime: one order at a time is looked for or sent, among all programs with one ledger; those that
// are located need not wait.
func TestOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, l := &vendor{answer: named, things: []thing{{mark: "order-3"}}}, ledger.NewMemory()
		token, err := l.Acquire(t.Context(), "shop", time.Hour)
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		p := buy(v, newDesk(l), "order-1", "")
		state, err := p.desk.Place(ctx, p)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "not sent")
		assert.Empty(t, state)
		p = buy(v, newDesk(l), "order-1", "order-1 0 1 0 false")
		_, err = p.desk.Poll(ctx, p)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Zero(t, v.steps)

		p = buy(v, newDesk(l), "order-3", "order-3 0 1 1 false")
		state, err = p.desk.Poll(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)

		require.NoError(t, l.Release(t.Context(), "shop", token))
		var held []bool
		v.steps, v.kill = 0, func(int) bool {
			token, err := l.Acquire(t.Context(), "shop", time.Hour)
			if held = append(held, err != nil); err == nil {
				_ = l.Release(t.Context(), "shop", token)
			}
			return false
		}
		p = buy(v, newDesk(l), "order-1", "")
		_, err = p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, []bool{true, true, true, true, false, false, false, false}, held, "while it looks and sends, and not while it follows")
		assert.Equal(t, 1, v.sends)
	})
}

// TestRetryAfterPayment: only a call that has bought something is patient.
func TestRetryAfterPayment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: named, markFails: 3}
		p := buy(v, newDesk(nil), "order-1", "")
		start := time.Now()
		state, err := p.desk.Place(t.Context(), p)
		require.NoError(t, err)
		assert.Equal(t, order.Ready, state)
		assert.Equal(t, 7*time.Second, time.Since(start))

		v.things[0].mark, v.markFails = "", 1
		p = buy(v, newDesk(nil), "order-1", p.Handle())
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
// answer. The next one goes on from the ledger: each order is bought once.
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
					store := ledger.NewMemory()
					p := buy(v, newDesk(ledgertest.Dying(ctx, store)), "order-1", "")
					_, _ = p.desk.Place(ctx, p)
					reached, v.kill = ctx.Err() != nil, nil
					v.answer = named
					for range 4 {
						p := buy(v, newDesk(store), "order-1", "")
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
