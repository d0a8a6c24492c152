package elizon_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
)

// wares are ways in which the platform may behave.
func wares() []shop {
	return append(goods(),
		shop{name: "runs at once", options: []elizontest.Option{elizontest.WithProvisioning(0)}},
		shop{name: "an hour to set up", options: []elizontest.Option{elizontest.WithProvisioning(time.Hour)}},
		shop{name: "old list", options: []elizontest.Option{elizontest.WithListKeys("services")}},
		shop{name: "service late, old", options: []elizontest.Option{elizontest.WithServiceDelay(10 * time.Minute), elizontest.WithoutErrorCodes(), elizontest.WithStatus200()}},
		shop{name: "signed markers", client: []provider.Option{provider.WithMarkerKeys(provider.NewSecret("the marker key of this test"))}},
	)
}

// trouble is what happens in a world.
type trouble struct {
	shop     shop
	programs int
	file     bool    // a ledger in a file
	late     float64 // the share of checkouts that are carried out minutes later
	stale    float64 // the share of reads that show what was up to 30 s ago
	wrong    float64 // the share of lives in which two reads show what was before
	jumps    float64 // the share of requests at which the ledger's clock is set
	pages    float64 // the share of checkouts for which a person has to pay on a page
	dear     bool    // prices rise above the limit and fall again
	person   float64 // the share of checkouts beside which a person orders much the same
	handles  bool    // programs keep the handles, too
}

// maxPaid is what orderOf allows.
const maxPaid = elizontest.Cents(6_00)

func troubleOf(seed uint64) trouble {
	all, random := wares(), rand.New(rand.NewPCG(seed, 21))
	some := func(share float64) float64 { return share * float64(random.IntN(3)) / 2 }
	t := trouble{
		shop: all[seed%uint64(len(all))], programs: []int{1, 2, 8}[random.IntN(3)],
		late: some(0.3), stale: some(0.4), wrong: some(0.6), jumps: some(0.04), pages: some(0.06), person: some(0.4), handles: random.IntN(2) == 0,
	}
	if t.programs == 1 && random.IntN(2) == 0 {
		t.dear, t.late = true, 0 // what is late costs what it costs by then
	}
	if t.file = seed%16 == 7; t.file {
		t.jumps = 0 // its clock is the machine's
	}
	return t
}

// tally is what became of the orders of many worlds.
type tally struct {
	orders, lives, kills, requests, disturbed, late, old, jumps, beside, refused, decisions, twice, lost, stuck atomic.Int64
}

func (t *tally) cells() []int64 {
	var all []int64
	for _, n := range []*atomic.Int64{&t.orders, &t.lives, &t.kills, &t.requests, &t.disturbed, &t.late, &t.old, &t.jumps, &t.beside, &t.refused, &t.decisions, &t.twice, &t.lost, &t.stuck} {
		all = append(all, n.Load())
	}
	return all
}

// TestCampaign places orders in many worlds: a third of all requests fail in some way, programs die, two or
// eight of them share a ledger and some orders, orders are carried out minutes after they were sent, reads
// show what was, the ledger's clock jumps, prices rise, some orders a person has to pay for, and a person
// orders beside them. Each order is bought once, each period and each upgrade is paid once.
func TestCampaign(t *testing.T) {
	const each = 8
	orders := testsize.Pick(96, 5_000)
	if testsize.All() {
		orders = 10_000
	}
	kinds := wares()
	rows := make([]tally, len(kinds))
	t.Run("worlds", func(t *testing.T) {
		for n := range orders / each {
			seed := testsize.Seed()*1_000_000 + uint64(n)
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				row := &rows[seed%uint64(len(kinds))]
				path := filepath.Join(t.TempDir(), "orders")
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, seed, row, path)
					w.place(each)
					time.Sleep(time.Hour) // what is late has come
					w.check(each)
					w.extend(w.srv.Charges()[0].ServiceIDs[0], w.srv.Charges()[1].ServiceIDs[0])
					if t.Failed() {
						story := w.story.String()
						t.Logf("the end of the story of world %d, %+v:\n%s", seed, w.trouble, story[max(0, len(story)-40_000):])
					}
				})
			})
		}
	})
	var table strings.Builder
	line := "%-28s" + strings.Repeat(" %9v", 14) + "\n"
	fmt.Fprintf(&table, line, "shop", "orders", "lives", "kills", "requests", "disturbed", "late", "old reads", "jumps", "beside", "refused", "decisions", "twice", "lost", "stuck")
	sum := make([]int64, 14)
	for i := range kinds {
		cells := []any{kinds[i].name}
		for k, n := range rows[i].cells() {
			sum[k] += n
			cells = append(cells, n)
		}
		fmt.Fprintf(&table, line, cells...)
	}
	cells := []any{"all"}
	for _, n := range sum {
		cells = append(cells, n)
	}
	fmt.Fprintf(&table, line, cells...)
	t.Logf("campaign:\n%s", table.String())
	require.Equal(t, []int64{0, 0, 0}, sum[11:])
	require.NotContains(t, sum[:11], int64(0), "something did not happen")
}
