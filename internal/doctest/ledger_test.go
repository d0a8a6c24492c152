package doctest

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider/faults"
)

// TestLedgerScript kills the script of docs/ledger.md at random moments, and starts it again: it buys one
// server.
func TestLedgerScript(t *testing.T) {
	all, _ := programs(documents(t))
	var script []program
	for _, p := range all {
		if strings.Contains(p.block.code, "// Command buy ") {
			script = append(script, p)
		}
	}
	require.Len(t, script, 1)
	assert.LessOrEqual(t, strings.Count(script[0].block.code, "\n"), 60, "lines")
	// A kill in the moment of the order leaves one that has to settle, by the clocks of the vendor and of the ledger.
	quick := strings.Replace(script[0].block.code, "provider.WithLedger(book)", "provider.WithLedger(book), provider.WithSettleTime(2500*time.Millisecond)", 1)
	require.NotEqual(t, script[0].block.code, quick)
	script[0].block.code = quick
	binary := filepath.Join(outside(t, script), "bin", "0")
	random := rand.New(rand.NewPCG(testsize.Seed(), 15))
	killed := 0
	for range testsize.Pick(4, 60) {
		portal := hostkeytest.NewServer(hostkeytest.InMemory(), hostkeytest.WithDeployTime(0))
		portal.Faults.When(nil, 0, faults.Fault{Kind: faults.Delay, Delay: 5 * time.Millisecond}) // so that there is time to be killed in
		var ahead atomic.Int64
		front := httptest.NewServer(&httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) {
				to, _ := url.Parse(portal.URL)
				r.SetURL(to)
			},
			Transport: portal.Client().Transport,
			ModifyResponse: func(r *http.Response) error {
				r.Header.Set("Date", time.Now().Add(time.Duration(ahead.Load())).UTC().Format(http.TimeFormat))
				return nil
			},
		})
		dir := t.TempDir()
		start := func(limit time.Duration) ([]byte, error) {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel() // which kills with SIGKILL
			cmd := exec.CommandContext(ctx, binary)
			cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOSTKEY_URL="+front.URL, "HOSTKEY_API_KEY="+portal.Key)
			return cmd.CombinedOutput()
		}
		if _, err := start(time.Duration(1+random.IntN(200)) * time.Millisecond); err != nil {
			killed++
		}
		ahead.Store(int64(20 * time.Minute)) // what was sent has settled by now
		out, err := start(time.Minute)
		require.NoError(t, err, "%s", out)
		assert.Equal(t, script[0].output, string(out))
		paid := 0
		for _, n := range portal.PaidOrders() {
			paid += n
		}
		assert.Equal(t, []int{1, 1}, []int{paid, len(portal.Machines())}, "orders paid, and servers")
		front.Close()
	}
	t.Logf("killed %d times", killed)
	assert.Positive(t, killed)
}
