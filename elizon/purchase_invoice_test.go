package elizon_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/internal/ordertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
)

// byPage has a person pay on a page.
func byPage(w http.ResponseWriter, r *http.Request, next http.Handler) {
	ordertest.PayByPage(r)
	next.ServeHTTP(w, r)
}

// TestPaidOnAPage: an order that a person has to pay for says so, in every program and however often it is
// asked, and buys nothing else meanwhile. It goes on by itself once it is paid.
func TestPaidOnAPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithServiceDelay(40*time.Second))
		srv.Faults.When(isCheckout, 1, faults.Fault{Kind: faults.Custom, Answer: byPage})
		book, req := provider.WithLedger(ledger.NewMemory()), orderOf(1)
		made, err := serviceProvider(t, srv, book).Create(t.Context(), req)
		invoice := srv.Invoices()[0].ID
		says := func(err error) {
			t.Helper()
			require.ErrorIs(t, err, provider.ErrConflict)
			require.ErrorContains(t, err, invoice)
		}
		says(err)
		require.NotNil(t, made)
		for range 3 {
			_, err := serviceProvider(t, srv, book).Create(t.Context(), req)
			says(err)
			_, err = provider.Wait(t.Context(), serviceProvider(t, srv, book), made.Handle, nil)
			says(err)
			kept := orderOf(1)
			kept.Handle = made.Handle
			_, err = serviceProvider(t, srv).Create(t.Context(), kept)
			says(err)
			time.Sleep(time.Hour)
		}

		// Another order does not wait for that, and an order that is lost does not take what a person has paid for.
		_, err = serviceProvider(t, srv, book).Create(t.Context(), orderOf(2))
		require.NoError(t, err)
		time.Sleep(time.Minute)
		_, err = serviceProvider(t, srv, book).Create(t.Context(), orderOf(2))
		require.NoError(t, err)
		lost(srv, false)
		_, err = serviceProvider(t, srv, book).Create(t.Context(), orderOf(3))
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.True(t, srv.CompletePayment(invoice))
		paid := srv.Charges()[1].ServiceIDs[0]
		time.Sleep(50 * time.Second)
		_, err = serviceProvider(t, srv, book).Create(t.Context(), orderOf(3))
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.NotContains(t, err.Error(), paid)

		progress, err := provider.Wait(t.Context(), serviceProvider(t, srv, book), made.Handle, nil)
		require.NoError(t, err)
		assert.Equal(t, paid, progress.Account.ID)
		assert.Equal(t, req.Reference, progress.Account.Reference)
		made, err = serviceProvider(t, srv, book).Create(t.Context(), req)
		require.NoError(t, err)
		assert.Equal(t, provider.OutcomeAlready, made.Outcome)
		assert.Equal(t, 1, srv.ChargesFor(req.Reference))
	})
}

// TestCancelledInvoice: an order whose invoice nobody is going to pay is placed again.
func TestCancelledInvoice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		srv.Faults.When(isCheckout, 1, faults.Fault{Kind: faults.Custom, Answer: byPage})
		p, req := serviceProvider(t, srv, provider.WithLedger(ledger.NewMemory())), orderOf(1)
		made, err := p.Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrConflict)
		require.True(t, srv.UpdateInvoice(srv.Invoices()[0].ID, func(i *elizontest.Invoice) { i.Status = "CANCELLED" }))
		poll := func() error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			_, err := provider.Wait(ctx, p, made.Handle, nil)
			return err
		}
		require.ErrorIs(t, poll(), provider.ErrNotFound)
		made, err = p.Create(t.Context(), req)
		require.NoError(t, err)
		require.NoError(t, poll())
		assert.Len(t, srv.Charges(), 1)
	})
}

// TestRefundedInvoice: an order was paid on a page and paid back before any call saw its service. As long as that is
// there it is the order's, and nothing else is bought.
func TestRefundedInvoice(t *testing.T) {
	for _, there := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			srv := elizontest.NewServer(elizontest.InMemory())
			srv.Faults.When(isCheckout, 1, faults.Fault{Kind: faults.Custom, Answer: byPage})
			p, req := serviceProvider(t, srv, provider.WithLedger(ledger.NewMemory())), orderOf(1)
			_, err := p.Create(t.Context(), req)
			require.ErrorIs(t, err, provider.ErrConflict)
			invoice := srv.Invoices()[0].ID
			require.True(t, srv.CompletePayment(invoice))
			time.Sleep(time.Hour)
			if !there {
				require.True(t, srv.RemoveService(srv.Services()[0].ID))
			}
			require.True(t, srv.UpdateInvoice(invoice, func(i *elizontest.Invoice) { i.Status = "REFUNDED" }))
			for range 2 {
				_, err = p.Create(t.Context(), req)
				require.NoError(t, err)
			}
			require.Len(t, srv.Services(), 1)
			require.Equal(t, map[bool]int{true: 1, false: 2}[there], srv.ChargesFor(req.Reference))
		})
	}
}
