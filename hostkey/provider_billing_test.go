package hostkey_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/provider/faults"
)

// TestRenewByAnotherBilling: one read of a renewal is answered with what is known of another server, which
// is paid ahead and has an open invoice. Nothing is taken for paid that is not, and nothing else is paid.
func TestRenewByAnotherBilling(t *testing.T) {
	for _, test := range []struct{ action, field string }{{"get_billing_data", "id"}, {"get_product_invoice", "product"}} {
		for nth := range 3 {
			bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
				asked, other := srv.AddMachine(hostkeytest.Machine{Hostname: "web1"}), srv.AddMachine(hostkeytest.Machine{Hostname: "web2"})
				p := adapterOver(t, srv)
				id, otherID := strconv.FormatInt(asked.ID, 10), strconv.FormatInt(other.ID, 10)
				for range 2 { // another one than id's in all that follows
					_, err := p.Renew(t.Context(), otherID)
					require.NoError(t, err)
				}
				_, err := p.Client().WHMCS.GenerateDueInvoice(t.Context(), other.ID)
				require.NoError(t, err)
				swap := map[string]string{id: otherID, strconv.FormatInt(asked.ServiceID, 10): strconv.FormatInt(other.ServiceID, 10)}
				n := 0
				srv.Faults.When(func(r *http.Request) bool {
					if r.PostFormValue("action") != test.action || swap[r.PostFormValue(test.field)] == "" {
						return false
					}
					n++
					return n-1 == nth
				}, 0, faults.Fault{Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
					body, err := io.ReadAll(r.Body)
					require.NoError(t, err)
					text := string(body)
					for from, to := range swap {
						text = strings.ReplaceAll(text, test.field+"="+from, test.field+"="+to)
					}
					r.Body = io.NopCloser(strings.NewReader(text))
					next.ServeHTTP(w, r)
				}})
				for range 2 {
					if _, err = p.Renew(t.Context(), id); err == nil {
						break
					}
					require.ErrorContains(t, err, "try again")
				}
				require.NoError(t, err)
				now, _ := srv.Machine(asked.ID)
				require.Equal(t, 2, now.PaidPeriods, "%s %d", test.action, nth)
				now, _ = srv.Machine(other.ID)
				require.Equal(t, 2, now.PaidPeriods, "%s %d", test.action, nth)
			})
		}
	}
}
