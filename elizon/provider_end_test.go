package elizon_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// TestSubscriptionOfAnother: a proxy answers with another service's subscription, which is in the state
// that the verb is to bring about. It does not name its service.
func TestSubscriptionOfAnother(t *testing.T) {
	for name, verb := range map[string]func(provider.Provider, context.Context, string) (provider.Outcome, error){
		"renew": func(p provider.Provider, ctx context.Context, id string) (provider.Outcome, error) {
			return p.(provider.Renewer).Renew(ctx, id)
		},
		"cancel": func(p provider.Provider, ctx context.Context, id string) (provider.Outcome, error) {
			return p.(provider.Canceler).Cancel(ctx, id)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := elizontest.NewServer(elizontest.InMemory())
				asked, other := srv.AddService(elizontest.Service{}).ID, srv.AddService(elizontest.Service{}).ID
				p := serviceProvider(t, srv, someSpending)
				_, err := verb(p, t.Context(), other)
				require.NoError(t, err)
				before := srv.Truths()
				srv.Faults.When(func(r *http.Request) bool { return strings.Contains(r.URL.Path, asked) }, 1, faults.Fault{
					Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
						r.URL.Path = strings.ReplaceAll(r.URL.Path, asked, other)
						next.ServeHTTP(w, r)
					},
				})
				_, err = verb(p, t.Context(), asked)
				require.ErrorIs(t, err, provider.ErrProtocol)
				require.Equal(t, before, srv.Truths())
				outcome, err := verb(p, t.Context(), asked)
				require.NoError(t, err)
				require.Equal(t, provider.OutcomeChanged, outcome)
			})
		})
	}
}
