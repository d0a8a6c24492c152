package hostkey_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/provider"
)

// TestEveryShape: the life of a server, however the portal words its answers: with each form that an order's
// answer has, and with each other form that any source tells.
func TestEveryShape(t *testing.T) {
	worlds := map[string]hostkeytest.Option{"all shapes": hostkeytest.WithShapes(hostkeytest.ShapeTextIDs, hostkeytest.ShapeSingleObject,
		hostkeytest.ShapeServerDataList, hostkeytest.ShapeInvoiceUnderData, hostkeytest.ShapeLoginFlat, hostkeytest.ShapeReinstallNotReady,
		hostkeytest.ShapeNoStatus, hostkeytest.ShapeBillingSuccess, hostkeytest.ShapeInvalidServerID)}
	for _, answer := range hostkeytest.OrderAnswers() {
		worlds["order: "+string(answer)] = hostkeytest.WithOrderAnswer(answer)
	}
	for _, shape := range hostkeytest.Shapes() {
		worlds[string(shape)] = hostkeytest.WithShapes(shape)
	}
	for name, world := range worlds {
		t.Run(name, func(t *testing.T) { bubble(t, lifeOfAServer, world) })
	}
}

func lifeOfAServer(t *testing.T, srv *hostkeytest.Server) {
	p := adapterOver(t, srv)
	plans, err := p.Plans(t.Context())
	require.NoError(t, err)
	require.Len(t, plans, 3)
	// Some answers to the order leave it unclear whether there was one. Another call finds it.
	made, err := p.Create(t.Context(), anOrder(1))
	for made == nil || made.Account == nil || err != nil {
		if err != nil {
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		}
		time.Sleep(5 * time.Minute)
		made, err = p.Create(t.Context(), anOrder(1))
	}
	require.Equal(t, map[string]int{srv.Machines()[0].Hostname: 1}, srv.PaidOrders())
	id := made.Account.ID
	verb := func(want provider.Outcome, outcome provider.Outcome, err error) {
		t.Helper()
		require.NoError(t, err)
		require.Equal(t, want, outcome)
	}
	over := func(outcome provider.Outcome, err error) {
		t.Helper()
		verb(provider.OutcomePending, outcome, err)
		_, err = provider.Wait(t.Context(), p, id, nil)
		require.NoError(t, err)
	}
	for _, action := range []provider.PowerAction{provider.PowerOff, provider.PowerOn} {
		outcome, err := p.Power(t.Context(), id, action)
		verb(provider.OutcomeChanged, outcome, err)
		outcome, err = p.Power(t.Context(), id, action)
		verb(provider.OutcomeAlready, outcome, err)
	}
	require.True(t, srv.Machines()[0].PoweredOn)
	over(p.Reinstall(t.Context(), &provider.ReinstallRequest{AccountID: id, Image: "Ubuntu 24.04", Password: provider.NewSecret("New-Passw0rd")}))
	require.Equal(t, "Ubuntu 24.04", srv.Machines()[0].OS)
	outcome, err := p.Renew(t.Context(), id)
	verb(provider.OutcomeChanged, outcome, err)
	require.Equal(t, 2, srv.Machines()[0].PaidPeriods)
	_, err = p.Usage(t.Context(), id)
	require.NoError(t, err)
	outcome, err = p.Suspend(t.Context(), id)
	verb(provider.OutcomeChanged, outcome, err)
	outcome, err = p.Unsuspend(t.Context(), id)
	verb(provider.OutcomeChanged, outcome, err)
	outcome, err = p.Terminate(t.Context(), id)
	verb(provider.OutcomePending, outcome, err)
	time.Sleep(hostkeytest.CancelDelay)
	require.Empty(t, srv.Machines())
	_, err = p.Get(t.Context(), id)
	require.ErrorIs(t, err, provider.ErrNotFound)
}
