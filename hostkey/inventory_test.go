package hostkey_test

import (
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// Every action of every module is reached by the methods that the inventory names, with the token
// where it is required and without it elsewhere, and no method reaches anything else.
func TestInventory(t *testing.T) {
	_, lines := inventory(t)
	seed, extra := 0, 0
	for _, line := range lines {
		switch line["origin"] {
		case "seed":
			seed++
		case "extra":
			extra++
		}
	}
	require.Equal(t, []int{175, 36}, []int{seed, extra})
	vendor(t).CheckInventory(t, func(u clienttest.Use) {
		line := lines[u.Row.String()]
		fields := u.Sent.Form()
		if u.Sent.Method == http.MethodGet {
			fields = u.Sent.Query
		}
		require.Equal(t, line["action"], fields.Get("action"), u.Op)
		want := serverToken
		for param := range strings.SplitSeq(line["params"], ",") {
			if param == "token:none:none" || param == "token:string:opt" {
				want = ""
			}
		}
		require.Equal(t, want, fields.Get("token"), "%s: token", u.Op)
		require.NotContains(t, u.Sent.Query, "token", u.Op)
		require.Empty(t, u.Sent.Header["Cookie"], u.Op)
	})
}

// The fixtures contain a successful exchange of every action.
func TestFixturesCoverInventory(t *testing.T) { vendor(t).CheckExchanges(t) }

// harmless are changes that may be sent twice.
var harmless = strings.Fields(`
	APIKeys.Delete APIKeys.Edit Auth.Logout Servers.On Servers.Off Servers.HardOff Servers.Suspend Servers.Unsuspend Servers.Rename Servers.ClearPXE Servers.StopNoVNC SSHKeys.Delete
` + moreHarmless)

// An order is sent once, even if the server cannot have seen it, and so is what loses data. Reads
// are repeated, changes only if that does no harm.
func TestRepeats(t *testing.T) {
	_, lines := inventory(t)
	v := vendor(t)
	retry := provider.WithRetry(provider.Retry{Attempts: 2, MinWait: 1, MaxWait: 1})
	var repeated []string
	for _, u := range v.Uses(t) {
		class := lines[u.Row.String()]["class"]
		tap := always(reply{Status: http.StatusServiceUnavailable})
		require.Error(t, v.Method(t, tap, u.Op, retry).Run(t).Err)
		switch again := len(tap.Requests()) == 2; {
		case u.Row.Reads:
			require.True(t, again, u.Op)
		case again:
			require.NotEqual(t, "order", class, u.Op)
			repeated = append(repeated, u.Op)
		}
		refused := always(reply{Err: &net.OpError{Op: "dial", Err: errors.New("refused")}})
		require.Error(t, v.Method(t, refused, u.Op, retry).Run(t).Err)
		want := 2
		if class == "order" || class == "destroy" && !slices.Contains(harmless, u.Op) {
			want = 1
		}
		require.Len(t, refused.Requests(), want, "%s is of class %s", u.Op, class)
	}
	require.ElementsMatch(t, harmless, repeated)
}
