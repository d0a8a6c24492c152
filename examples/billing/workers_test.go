package main

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/providertest"
)

// TestLife: each event brings the account into the state that it asks for.
func TestLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		require.Equal(t, 202, w.send(order("evt-1", "1001")))
		require.Equal(t, Done, w.settled("evt-1").Status)
		made := w.only()
		require.Equal(t, "1001", made.Reference)
		require.Equal(t, "small", made.Plan)
		require.Equal(t, []string{"example.com"}, made.Domains)

		require.Equal(t, 202, w.send(event("evt-2", InvoiceOverdue, "1001", 1)))
		require.Equal(t, []string{"suspend: active -> suspended"}, w.settled("evt-2").Changes)
		require.True(t, w.only().Suspended)

		require.Equal(t, 202, w.send(event("evt-3", InvoicePaid, "1001", 3)))
		require.Equal(t, []string{"unsuspend: suspended -> active"}, w.settled("evt-3").Changes)
		require.Equal(t, made, w.only(), "the account is not as it was")

		require.Equal(t, 202, w.send(event("evt-late", InvoiceOverdue, "1001", 2)))
		require.Equal(t, Superseded, w.settled("evt-late").Status)

		require.Equal(t, 202, w.send(event("evt-4", Cancelled, "1001", 4)))
		require.Equal(t, []string{"terminate: active -> absent"}, w.settled("evt-4").Changes)
		require.Empty(t, w.panel.Accounts())

		require.Equal(t, 202, w.send(event("evt-5", InvoicePaid, "1001", 5)))
		require.Equal(t, Dead, w.settled("evt-5").Status)
		require.Empty(t, w.panel.Accounts(), "a late payment brought the account back")
	})
}

// TestKilledAnywhere kills the instance at every single request to the server, before and after the
// server has carried it out. The next instance ends with the same account.
func TestKilledAnywhere(t *testing.T) {
	for _, after := range []bool{false, true} {
		for n := 0; ; n++ {
			reached := false
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, providertest.NewMemory(nil))
				w.panel.Faults().At(n, faults.Fault{Kind: faults.Delay, After: after, Delay: time.Hour})
				sent := map[string]int{"evt-1": w.send(order("evt-1", "1001"))}
				synctest.Wait()
				if r, _ := w.app.state.record("evt-1"); r.Status == Done {
					sent["evt-2"] = w.send(event("evt-2", InvoiceOverdue, "1001", 1))
					synctest.Wait()
				}
				reached = w.panel.Faults().Count() > n
				w.crash()
				w.open()
				for id, status := range sent {
					require.Equal(t, 202, status)
					require.Equal(t, Done, w.settled(id).Status, "killed at request %d, after=%t", n, after)
				}
				account := w.only()
				require.True(t, account.Complete)
				require.Equal(t, len(sent) == 2, account.Suspended)
			})
			if !reached {
				require.Greater(t, n, 8, "the day has more requests than that")
				break
			}
		}
	}
}

// TestPlacedBeforeMade: the file contains server and name before the server is asked to create the
// account.
func TestPlacedBeforeMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		var kept string
		w.panel.Faults().When(func(r *http.Request) bool {
			if r.Method == http.MethodPost && kept == "" {
				text, err := os.ReadFile(w.path)
				require.NoError(t, err)
				kept = string(text)
			}
			return false
		}, 0, faults.Fault{})
		w.send(order("evt-1", "1001"))
		w.settled("evt-1")
		require.Contains(t, kept, `"server":"web1","username":"`+w.only().Username+`"`)
	})
}

// TestDown: a server that is down is tried again with growing pauses, for about a day. Then the
// event is dead, and an operator can retry it.
func TestDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.send(order("evt-1", "1001"))
		w.settled("evt-1")
		w.panel.Faults().When(nil, 0, faults.Fault{Kind: faults.Status, StatusCode: 503})
		failing := time.Now()
		w.send(event("evt-2", InvoiceOverdue, "1001", 1))
		for _, step := range []struct {
			attempts int
			longest  time.Duration
		}{{1, 5 * time.Second}, {4, 40 * time.Second}, {20, time.Hour}} {
			r := w.failed("evt-2", step.attempts)
			require.Equal(t, step.attempts, r.Attempts)
			require.LessOrEqual(t, time.Until(r.Next), step.longest)
			require.GreaterOrEqual(t, time.Until(r.Next), step.longest*3/4)
			require.Contains(t, r.Error, "503")
		}

		r := w.settled("evt-2")
		require.Equal(t, Dead, r.Status)
		require.Equal(t, patient.Attempts, r.Attempts)
		require.InDelta(t, 20*time.Hour, time.Since(failing), float64(6*time.Hour))
		require.False(t, w.only().Suspended)

		w.panel.Faults().Clear()
		require.Equal(t, 202, w.retry("evt-2"))
		r = w.settled("evt-2")
		require.Equal(t, Done, r.Status)
		require.True(t, w.only().Suspended)

		require.Equal(t, 409, w.retry("evt-2"), "it is not dead")
		require.Equal(t, 404, w.retry("evt-3"))
	})
}

func (w *world) retry(id string) int {
	req, err := http.NewRequest(http.MethodPost, "/events/"+id+"/retry", nil)
	require.NoError(w, err)
	req.Header.Set("Authorization", "Bearer "+token)
	return w.do(req).Code
}

// TestNotBeforeItsTime: neither a restart nor anything else makes a failed event run earlier, or by
// two timers.
func TestNotBeforeItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.send(order("evt-1", "1001"))
		w.settled("evt-1")
		w.panel.Faults().When(nil, 0, faults.Fault{Kind: faults.Status, StatusCode: 503})
		w.send(event("evt-2", InvoiceOverdue, "1001", 1))
		next := w.failed("evt-2", 12).Next
		requests := w.panel.Faults().Count()
		for range 3 {
			w.app.queue.push("1001")
			time.Sleep(time.Minute)
		}
		w.crash()
		w.open()
		w.app.queue.push("1001")
		synctest.Wait()
		require.Equal(t, requests, w.panel.Faults().Count(), "tried too early")
		require.Greater(t, time.Until(next), time.Minute)
		require.Equal(t, next.Unix(), w.failed("evt-2", 12).Next.Unix())
		w.failed("evt-2", 13)
		require.InDelta(t, 0, time.Since(next), float64(time.Minute)) // allows for the client's own retries
		w.panel.Faults().Clear()
		require.Equal(t, Done, w.settled("evt-2").Status)
	})
}

// TestOutdatedIsNotRevived: a dead event must not undo what a newer one has done.
func TestOutdatedIsNotRevived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.send(order("evt-1", "1001"))
		w.settled("evt-1")
		w.panel.Faults().When(nil, 0, faults.Fault{Kind: faults.Refuse})
		w.send(event("evt-2", InvoiceOverdue, "1001", 1))
		require.Equal(t, Dead, w.settled("evt-2").Status)
		w.panel.Faults().Clear()
		w.send(event("evt-3", InvoicePaid, "1001", 2))
		w.settled("evt-3")
		require.Equal(t, 409, w.retry("evt-2"))
	})
}

// TestNewerEventGoesFirst: an overdue invoice is paid while its event waits for a server that is
// down. The customer is never suspended.
func TestNewerEventGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.send(order("evt-1", "1001"))
		w.settled("evt-1")
		w.panel.Faults().When(nil, 0, faults.Fault{Kind: faults.Refuse})
		w.send(event("evt-2", InvoiceOverdue, "1001", 1))
		w.failed("evt-2", 1)
		w.panel.Faults().Clear()
		w.send(event("evt-3", InvoicePaid, "1001", 2))
		require.Equal(t, Done, w.settled("evt-3").Status)
		require.Equal(t, Superseded, w.settled("evt-2").Status)
		require.Empty(t, w.settled("evt-3").Changes)
		for _, r := range w.panel.Faults().Requests() {
			require.NotContains(t, string(r.Body), "suspend")
			require.NotContains(t, r.Path, "suspend")
		}
	})
}

// TestOutOfOrder: the event of an invoice overtakes that of its order.
func TestOutOfOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.send(event("evt-2", InvoiceOverdue, "1001", 1))
		synctest.Wait()
		r, _ := w.app.state.record("evt-2")
		require.Equal(t, errNoOrder.Error(), r.Error)
		require.Equal(t, 202, w.send(order("evt-1", "1001")))
		require.Equal(t, Done, w.settled("evt-2").Status)
		require.Equal(t, Superseded, w.settled("evt-1").Status)
		require.True(t, w.only().Suspended)
	})
}

// TestForeignAccount: an account that another program created is not changed.
func TestForeignAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.panel.AddForeign(w.panel.Describe().Username.Username("example.com", "1001"))
		before := w.panel.Accounts()
		w.send(order("evt-1", "1001"))
		r := w.settled("evt-1")
		require.Equal(t, Dead, r.Status)
		require.Equal(t, 1, r.Attempts, "it was tried again in vain")
		w.send(event("evt-2", Cancelled, "1001", 1))
		require.Equal(t, Dead, w.settled("evt-2").Status)
		require.Equal(t, before, w.panel.Accounts())
	})
}

// TestCancelledNeedsProof: a key that lost its rights sees no account, which does not prove that
// there is none.
func TestCancelledNeedsProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.send(order("evt-1", "1001"))
		w.settled("evt-1")
		w.panel.HideAccounts(true)
		w.send(event("evt-2", Cancelled, "1001", 1))
		synctest.Wait()
		r, _ := w.app.state.record("evt-2")
		require.NotEqual(t, Done, r.Status)
		w.panel.HideAccounts(false)
		if r.Status == Dead {
			require.Equal(t, 202, w.retry("evt-2"))
		}
		require.Equal(t, Done, w.settled("evt-2").Status)
		require.Empty(t, w.panel.Accounts())
	})
}

// TestNoSecretInTheLog: the logs of a day, at the most verbose level, contain no password.
func TestNoSecretInTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.send(order("evt-1", "1001"))
		w.settled("evt-1")
		require.Contains(t, w.logs.String(), "event done")
		require.NotContains(t, w.logs.String(), w.only().Password)
		require.False(t, strings.Contains(w.logs.String(), "signature="))
	})
}

// clerk records what is ordered from a server.
type clerk struct {
	*providertest.Memory
	orders []provider.CreateRequest
}

func (c *clerk) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	c.orders = append(c.orders, *req)
	return c.Memory.Create(ctx, req)
}

// TestOwnersChangesStay: once the order is fulfilled, its domain and plan are not asked for again,
// since the owner may have changed them.
func TestOwnersChangesStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		c := &clerk{Memory: w.panel}
		w.server = c
		w.crash()
		w.open()
		w.send(order("evt-1", "1001"))
		w.settled("evt-1")
		w.send(event("evt-2", InvoicePaid, "1001", 1))
		w.settled("evt-2")
		require.Len(t, c.orders, 2)
		require.Equal(t, "example.com", c.orders[0].Domain)
		require.Equal(t, "small", c.orders[0].Plan)
		require.Empty(t, c.orders[1].Domain)
		require.Empty(t, c.orders[1].Plan)
		require.Equal(t, c.orders[0].Password, c.orders[1].Password)
		require.Equal(t, "1001", c.orders[1].Reference)
	})
}

// TestCancelledMeanwhile: a cancellation arrives while the account is being created.
func TestCancelledMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.panel.Faults().When(func(r *http.Request) bool { return r.Method == http.MethodPost }, 1, faults.Fault{Kind: faults.Delay, Delay: 20 * time.Second})
		w.send(order("evt-1", "1001"))
		synctest.Wait()
		w.send(event("evt-2", Cancelled, "1001", 1))
		require.Equal(t, []string{"terminate: active -> absent"}, w.settled("evt-2").Changes)
		require.Equal(t, Done, w.settled("evt-1").Status)
		require.Empty(t, w.panel.Accounts())
		w.send(event("evt-3", InvoicePaid, "1001", 2))
		require.Contains(t, w.settled("evt-3").Error, "the service is cancelled")
	})
}

// TestOrderThatWasNeverBegun: it is cancelled without asking any server.
func TestOrderThatWasNeverBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.app.stopWork()
		<-w.app.worked
		w.send(order("evt-1", "1001"))
		w.send(event("evt-2", Cancelled, "1001", 1))
		w.crash()
		w.open()
		require.Equal(t, Done, w.settled("evt-2").Status)
		require.Equal(t, Superseded, w.settled("evt-1").Status)
		require.Zero(t, w.panel.Faults().Count())
	})
}
