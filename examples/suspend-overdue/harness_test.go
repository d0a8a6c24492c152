package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/fleet"
	"github.com/provkit/provkit/provider/providertest"
)

// desk is an operator's workplace: a directory with lists, and a server with accounts in memory, so
// that it works in a testing/synctest bubble.
type desk struct {
	*testing.T
	panel   *providertest.Memory
	servers *fleet.Fleet
	dir     string
	out     bytes.Buffer
	s       settings
}

func newDesk(t *testing.T, accounts int) *desk {
	d := &desk{T: t, panel: providertest.NewMemory(nil), dir: t.TempDir()}
	for n := range accounts {
		_, err := d.panel.Create(t.Context(), d.panel.World().Request(n))
		require.NoError(t, err)
	}
	d.panel.Faults().Forget()
	d.serve(d.panel)
	d.s = settings{yes: true, perServer: 1, maxShare: bulk.DefaultMaxShare, result: filepath.Join(d.dir, "result.csv")}
	return d
}

func (d *desk) serve(p provider.Provider) {
	var err error
	d.servers, err = fleet.New(&fleet.Server{Name: "web1", Provider: p})
	require.NoError(d, err)
}

// list writes a list. Each line is an account with an overdue invoice, or a line with all columns.
func (d *desk) list(lines ...string) {
	text := "server,account,invoice,due\n"
	for _, l := range lines {
		if !strings.Contains(l, ",") {
			l = "web1," + l + ",INV-1,1999-12-01" // a bubble's clock begins in 2000
		}
		text += l + "\n"
	}
	d.s.list = filepath.Join(d.dir, "overdue.csv")
	require.NoError(d, os.WriteFile(d.s.list, []byte(text), 0o600))
}

// run calls the program once.
func (d *desk) run(ctx context.Context, answer string) (int, error) {
	d.out.Reset()
	return suspend(ctx, d.s, d.servers, terminal{in: strings.NewReader(answer), out: &d.out})
}

func (d *desk) result() string {
	d.Helper()
	text, err := os.ReadFile(d.s.result)
	require.NoError(d, err)
	return string(text)
}

// id returns the ID of the n-th account.
func (d *desk) id(n int) string { return d.panel.Accounts()[n].ID }

func (d *desk) name(n int) string { return d.panel.Accounts()[n].Username }

func (d *desk) suspended() (ids []string) {
	for _, a := range d.panel.Accounts() {
		if a.Suspended {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// writes counts the requests that change something, by path.
func (d *desk) writes() map[string]int {
	counts := make(map[string]int)
	for _, r := range d.panel.Faults().Requests() {
		if r.Method != http.MethodGet {
			counts[r.Path]++
		}
	}
	return counts
}
