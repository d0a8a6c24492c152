package licenseserver_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// TestProgramsWithOneList: several programs work through one list of orders at once, without a fault,
// and without the panel's search. Each order is carried out exactly once: a marker that was registered
// later yields, whatever the programs remember of licenses that the others have removed since.
func TestProgramsWithOneList(t *testing.T) {
	const orders = 60
	gaveWay := 0
	seeds := testsize.Pick(4, 20)
	for seed := range uint64(seeds) {
		programs := 2 + int(seed%2)
		synctest.Test(t, func(t *testing.T) {
			srv := newServer()
			slowly(srv, seed)
			var group sync.WaitGroup
			made := make([][orders]string, programs)
			for n := range programs {
				p := providerOn(t, srv, licenseserver.WithScan(licenseserver.Scan{From: testScan.From, Gap: 8}))
				list := rand.New(rand.NewPCG(seed, uint64(n))).Perm(orders)
				if seed%4 < 2 { // nearly the same order, so that they meet more often
					for i := range list {
						list[i] = i
					}
				}
				group.Go(func() {
					for _, i := range list {
						var created *provider.Creation
						var err error
						for range 10 {
							if created, err = p.Create(t.Context(), orderOf(i)); !errors.Is(err, provider.ErrConflict) {
								break // else another program yields at this moment: the queue tries again
							}
						}
						if err == nil {
							made[n][i] = created.Account.ID
						} else {
							made[n][i] = err.Error()
						}
					}
				})
			}
			group.Wait()
			for i := range orders {
				ids := marked(srv, orderOf(i).Reference)
				if len(ids) != 1 {
					t.Errorf("seed %d: order %d has the licenses %v", seed, i, ids)
					continue
				}
				for n := range programs {
					if made[n][i] != ids[0] {
						t.Errorf("seed %d: program %d was told %s for order %d, which has license %s", seed, n, made[n][i], i, ids[0])
					}
				}
			}
			for _, r := range srv.Faults.Requests() {
				if r.Path == "/api/licenses/bulk-delete" {
					gaveWay++
				}
			}
			if len(srv.Licenses()) != orders {
				t.Errorf("seed %d: %d licenses for %d orders", seed, len(srv.Licenses()), orders)
			}
		})
	}
	t.Logf("%d licenses gave way", gaveWay)
	require.Greater(t, gaveWay, 5*seeds, "the programs collided")
}
