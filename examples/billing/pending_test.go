package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/providertest"
)

// TestPending: work that takes time is waited for, even across a kill, and events that arrive for
// the service meanwhile are carried out after it.
func TestPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(&providertest.MemoryOptions{Pending: 10 * time.Minute}))
		asked := time.Now()
		w.send(order("evt-1", "1001"))
		synctest.Wait()
		service, _ := w.app.state.service("1001")
		require.Equal(t, w.only().ID, service.Pending)
		require.False(t, service.Made)

		time.Sleep(3 * time.Minute)
		w.crash()
		w.open()
		time.Sleep(time.Minute)
		w.send(event("evt-2", InvoiceOverdue, "1001", 1))
		// A service that waits occupies no worker, and there are two.
		for _, id := range []string{"1002", "1003"} {
			other := order("evt-"+id, id)
			other.Order.Domain = id + ".example.org"
			w.send(other)
		}
		require.Equal(t, []string{"suspend: active -> suspended"}, w.settled("evt-2").Changes)
		require.Less(t, time.Since(asked), 11*time.Minute)
		require.Equal(t, Superseded, w.settled("evt-1").Status)
		require.Equal(t, Done, w.settled("evt-1002").Status)
		require.Equal(t, Done, w.settled("evt-1003").Status)
		require.Less(t, time.Since(asked), 16*time.Minute)
		require.Len(t, w.panel.Accounts(), 3)
	})
}

// TestPendingVerb: a server that takes time to suspend is waited for as well.
func TestPendingVerb(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.server = &slow{Memory: w.panel}
		w.crash()
		w.open()
		w.send(order("evt-1", "1001"))
		w.settled("evt-1")
		w.send(event("evt-2", InvoiceOverdue, "1001", 1))
		synctest.Wait()
		service, _ := w.app.state.service("1001")
		require.Equal(t, w.only().ID, service.Pending)
		require.Equal(t, Done, w.settled("evt-2").Status)
		require.True(t, w.only().Suspended)
	})
}

// slow accepts suspensions and carries them out later.
type slow struct {
	*providertest.Memory
	looks int
}

func (s *slow) Suspend(context.Context, string) (provider.Outcome, error) {
	return provider.OutcomePending, nil
}

func (s *slow) Poll(ctx context.Context, handle string) (*provider.Progress, error) {
	if s.looks++; s.looks < 3 {
		return &provider.Progress{}, nil
	}
	_, err := s.Memory.Suspend(ctx, handle)
	return &provider.Progress{Done: true}, err
}

// TestHandle: an order that takes time and shows no account yet is continued by its handle, even by
// the next instance.
func TestHandle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		f := &factory{Memory: w.panel, ready: time.Now().Add(time.Hour)}
		w.server = f
		w.crash()
		w.open()
		w.send(order("evt-1", "1001"))
		synctest.Wait()
		w.crash()
		w.open()
		require.Equal(t, Done, w.settled("evt-1").Status)
		require.Equal(t, []string{"", "order-77"}, f.handles)
		require.True(t, w.only().Complete)
	})
}

// factory takes a while until there is an account.
type factory struct {
	*providertest.Memory
	ready   time.Time
	handles []string
}

func (f *factory) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	f.handles = append(f.handles, req.Handle)
	if time.Now().Before(f.ready) {
		return &provider.Creation{Outcome: provider.OutcomePending, Handle: "order-77"}, nil
	}
	order := *req
	order.Handle = ""
	return f.Memory.Create(ctx, &order)
}

func (f *factory) Poll(context.Context, string) (*provider.Progress, error) {
	return &provider.Progress{Done: !time.Now().Before(f.ready)}, nil
}
