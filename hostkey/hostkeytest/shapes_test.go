package hostkeytest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
)

// Other forms of an answer than those of the default, where no other test has them.
func TestShapes(t *testing.T) {
	s := signedIn(t, hostkeytest.WithMachines(1), hostkeytest.WithShapes(
		hostkeytest.ShapeReinstallNotReady, hostkeytest.ShapeNoStatus, hostkeytest.ShapeBillingInServerData,
		hostkeytest.ShapeBillingSuccess, hostkeytest.ShapeInvalidServerID,
	))
	m := s.Machines()[0]
	show := s.call("eq/show", "id", text(m.ID))
	require.NotContains(t, show, "account_id")
	require.NotContains(t, show, "type_billing")
	require.NotContains(t, show["server_data"], "status")
	require.Equal(t, float64(m.ServiceID), field(show, "server_data", "account_id"))
	again := s.call("eq/order_instance", "id", text(m.ID), "os_id", "243", "root_pass", "New-Passw0rd")
	require.Equal(t, "Not ready", s.call("eq_callback/check", "key", again["callback"].(string))["result"])
	s.want(`{"result":"success"}`, "whmcs/request_cancellation", "id", text(m.ID))
	s.fails("EQ/show: invalid server id", "eq/show", "id", "1")

	s = signedIn(t, hostkeytest.WithMachines(1), hostkeytest.WithShapes(hostkeytest.ShapeNoPowerStatus))
	show = s.call("eq/show", "id", text(s.Machines()[0].ID))
	require.NotContains(t, show["server_data"], "power_status")
	require.Equal(t, "rent", field(show, "server_data", "status"))
}
