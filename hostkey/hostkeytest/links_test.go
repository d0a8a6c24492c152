package hostkeytest_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
)

// open returns the page that a browser sees at an address of the server.
func (s *server) open(address string) string {
	s.t.Helper()
	path, ours := strings.CutPrefix(address, s.URL)
	require.True(s.t, ours, address)
	_, page := s.send("GET", path, "")
	return page
}

// TestLinks: what is handed out for a browser leads to a page that does it and says so.
func TestLinks(t *testing.T) {
	s := signedIn(t, hostkeytest.WithUnpaidOrders(), hostkeytest.WithMachines(2))
	order := s.call("eq/order_instance", buy("web1")...)
	invoice := text(id(order["invoice"]))
	link := order["redirect"].(string)
	require.Contains(t, s.open(link), "Invoice "+invoice+" over 4.00 EUR is Paid.")
	require.True(t, s.Orders()[0].Paid)
	require.Contains(t, s.open(link), "This link has been used.")
	require.Equal(t, "1000.00", s.Credit(), "paid by card")

	funds := text(id(s.call("whmcs/create_addfunds", "amount", "5")["invoice"]))
	form := s.call("whmcs/getpaymentgw", "invoice_id", funds)["call"].(string)
	parts := regexp.MustCompile(`action="([^"]+)".*name="token" value="([^"]+)"`).FindStringSubmatch(form)
	require.Len(t, parts, 3, form)
	require.Contains(t, s.open(parts[1]+"?token="+parts[2]), "is Paid.")
	require.Equal(t, "1005.00", s.Credit())

	m, other := s.Machines()[0], s.Machines()[1]
	console := s.wait(s.call("eq/novnc", "id", text(m.ID)))["scope"].(string)
	late := s.wait(s.call("eq/novnc", "id", text(other.ID)))["scope"].(string)
	require.Contains(t, s.open(console), "Console of server "+text(m.ID)+" (seed1).")
	require.True(t, s.RemoveMachine(other.ID))
	require.Contains(t, s.open(late), "What this link led to is gone.")

	key := s.AddKey(hostkeytest.Key{Name: "one", ServerID: m.ID})
	for range 2 {
		require.Contains(t, s.open(s.URL+"/controlpanel.html?key="+key), "Signed in to server "+text(m.ID)+" (seed1).")
	}
	require.Contains(t, s.open(s.URL+"/controlpanel.html?key="+s.Key), "Signed in to the account account@customers.test.")
	s.DisableKey(key, true)
	require.Contains(t, s.open(s.URL+"/controlpanel.html?key="+key), "does not sign in")
}
