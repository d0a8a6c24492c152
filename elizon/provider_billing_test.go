package elizon_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

var someSpending = elizon.WithSpending(elizon.Spending{MaxRenewal: "6", MaxUpgrade: "6"})

func TestWithoutSpending(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory())
	id := srv.AddService(elizontest.Service{}).ID
	for _, test := range []struct {
		opts          []provider.Option
		renew, change bool
	}{
		{nil, false, false},
		{[]provider.Option{elizon.WithSpending(elizon.Spending{MaxRenewal: "6"})}, true, false},
		{[]provider.Option{elizon.WithSpending(elizon.Spending{MaxUpgrade: "6"})}, false, true},
	} {
		p := serviceProvider(t, srv, test.opts...)
		able := p.Describe().Capabilities
		assert.Equal(t, test.renew, able.Has(provider.CapRenew))
		assert.Equal(t, test.change, able.Has(provider.CapChangePlan))
		srv.Faults.Forget()
		if !test.renew {
			_, err := p.Renew(t.Context(), id)
			require.ErrorIs(t, err, provider.ErrUnsupported)
			assert.ErrorContains(t, err, "WithSpending")
		}
		if !test.change {
			_, err := p.ChangePlan(t.Context(), id, "prod-vps-m")
			require.ErrorIs(t, err, provider.ErrUnsupported)
			assert.ErrorContains(t, err, "WithSpending")
		}
		assert.Zero(t, srv.Faults.Count())
	}
}

func TestRenew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		s := srv.AddService(elizontest.Service{})
		dear := srv.AddService(elizontest.Service{ProductID: "prod-vps-m"})
		p := serviceProvider(t, srv, someSpending)
		_, err := p.Renew(t.Context(), dear.ID)
		require.ErrorIs(t, err, provider.ErrQuota)
		require.Zero(t, checkouts(srv))

		end := srv.Truths()[0].PeriodEnd
		for _, want := range []provider.Outcome{provider.OutcomeChanged, provider.OutcomeAlready, provider.OutcomeAlready} {
			outcome, err := p.Renew(t.Context(), s.ID)
			require.NoError(t, err)
			assert.Equal(t, want, outcome)
		}
		assert.Equal(t, end.AddDate(0, 0, 30), srv.Truths()[0].PeriodEnd)
		assert.Len(t, srv.Charges(), 1)
	})
}

// TestLostPayment: the answer to an order that renews or upgrades is lost. If it was carried out,
// the effect is found; if not, it is not sent again before it has settled.
func TestLostPayment(t *testing.T) {
	verbs := map[string]func(*testing.T, *elizon.Provider, string) (provider.Outcome, error){
		"renew": func(t *testing.T, p *elizon.Provider, id string) (provider.Outcome, error) {
			return p.Renew(t.Context(), id)
		},
		"upgrade": func(t *testing.T, p *elizon.Provider, id string) (provider.Outcome, error) {
			return p.ChangePlan(t.Context(), id, "prod-vps-m")
		},
	}
	for name, verb := range verbs {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := elizontest.NewServer(elizontest.InMemory())
				done, open := srv.AddService(elizontest.Service{}).ID, srv.AddService(elizontest.Service{}).ID
				p := serviceProvider(t, srv, someSpending)
				lost(srv, true)
				outcome, err := verb(t, p, done)
				require.NoError(t, err)
				assert.Equal(t, provider.OutcomeChanged, outcome)
				require.Len(t, srv.Charges(), 1)

				lost(srv, false)
				for range 3 {
					_, err = verb(t, p, open)
					require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
				}
				assert.Equal(t, 2, checkouts(srv))
				time.Sleep(2 * time.Minute)
				outcome, err = verb(t, p, open)
				require.NoError(t, err)
				assert.Equal(t, provider.OutcomeChanged, outcome)
				assert.Len(t, srv.Charges(), 2)
			})
		})
	}
}

// TestPaidOnce: a platform, or something in front of it, that carries out each order and answers 429
// was paid four times. One call sends one order, and the look finds what it did.
func TestPaidOnce(t *testing.T) {
	for name, body := range map[string]string{"own": `{"success":false,"error":"Too many requests","retryAfter":1}`, "foreign": "<html>Slow down</html>"} {
		limited := faults.Fault{Kind: faults.Status, StatusCode: http.StatusTooManyRequests, After: true, Body: body}
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := elizontest.NewServer(elizontest.InMemory())
				id, other := srv.AddService(elizontest.Service{}).ID, srv.AddService(elizontest.Service{}).ID
				p := serviceProvider(t, srv, someSpending)
				srv.Faults.When(isCheckout, 0, limited)
				_, err := p.Renew(t.Context(), id)
				require.NoError(t, err)
				require.Equal(t, []int{1, 1}, []int{checkouts(srv), len(srv.Charges())})
				_, err = p.ChangePlan(t.Context(), other, "prod-vps-m")
				require.NoError(t, err)
				require.Equal(t, []int{2, 2}, []int{checkouts(srv), len(srv.Charges())})

				srv = elizontest.NewServer(elizontest.InMemory())
				srv.Faults.When(isCheckout, 0, limited)
				_, err = serviceProvider(t, srv).Create(t.Context(), orderOf(1))
				require.NoError(t, err)
				require.Equal(t, []int{1, 1}, []int{checkouts(srv), len(srv.Charges())})
			})
		})
	}
}

func TestChangePlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		id := srv.AddService(elizontest.Service{ProductID: "prod-vps-m"}).ID
		p := serviceProvider(t, srv, someSpending)
		plan := func() string { return srv.Truths()[0].ProductID }

		_, err := p.ChangePlan(t.Context(), id, "prod-vps-l")
		require.ErrorIs(t, err, provider.ErrQuota, "9.00 and tax are above 6")
		require.Equal(t, "prod-vps-m", plan())

		end := srv.Truths()[0].PeriodEnd
		outcome, err := p.ChangePlan(t.Context(), id, "prod-vps-s")
		require.NoError(t, err)
		assert.Equal(t, provider.OutcomeChanged, outcome)
		assert.Equal(t, "prod-vps-s", plan())
		assert.True(t, srv.Truths()[0].PeriodEnd.After(end), "a downgrade makes the period longer")
		assert.Empty(t, srv.Charges(), "and costs nothing")

		for _, want := range []provider.Outcome{provider.OutcomeChanged, provider.OutcomeAlready} {
			p = serviceProvider(t, srv, elizon.WithSpending(elizon.Spending{MaxUpgrade: "20"}))
			outcome, err = p.ChangePlan(t.Context(), id, "prod-vps-m")
			require.NoError(t, err)
			assert.Equal(t, want, outcome)
		}
		assert.Len(t, srv.Charges(), 1)
		for _, other := range []string{"prod-game-s", "prod-none"} {
			_, err = p.ChangePlan(t.Context(), id, other)
			require.Error(t, err, "%s", other)
			assert.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
		}
		assert.Len(t, srv.Charges(), 1)
	})
}
