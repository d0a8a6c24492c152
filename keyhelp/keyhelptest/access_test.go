package keyhelptest_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp/keyhelptest"
)

func TestAddAndRemove(t *testing.T) {
	p := newPanel(t, keyhelptest.Live)
	plan := p.Plans()[1]
	client := p.AddClient(keyhelptest.Client{Username: "Upper", PlanID: plan.ID, Suspended: true, Notes: "not ours"})
	got := p.Clients()[0]
	require.Equal(t, plan.Resources, got.Limits)
	require.Equal(t, start, got.CreatedAt)
	require.Equal(t, "not ours", p.get("/clients/name/upper")["notes"])
	p.want(400, liveError(400, "username: This value is already in use."), "POST", "/clients", `{"username":"upper","email":"a@b.example"}`)

	domain := p.AddDomain(keyhelptest.Domain{ClientID: client, Name: "a.example", Status: 2})
	require.EqualValues(t, 2, p.get(path("/domains/%d", domain))["status"])
	require.EqualValues(t, 90000, p.AddDomain(keyhelptest.Domain{ID: 90000, ClientID: client, Name: "b.example"}))
	require.Greater(t, p.AddDomain(keyhelptest.Domain{ClientID: client, Name: "c.example"}), int64(90000))

	require.Panics(t, func() { p.AddClient(keyhelptest.Client{Username: "uPPER"}) })
	require.Panics(t, func() { p.AddClient(keyhelptest.Client{Username: "keyhelp"}) })
	require.Panics(t, func() { p.AddClient(keyhelptest.Client{ID: client, Username: "x"}) })
	require.Panics(t, func() { p.AddDomain(keyhelptest.Domain{ClientID: client, Name: "A.example"}) })
	require.Panics(t, func() { p.AddDomain(keyhelptest.Domain{ClientID: 1, Name: "x.example"}) })

	p.Clients()[0].Permissions["ssh"] = false
	p.Plans()[1].PHP["memory_limit"] = "1M"
	require.True(t, p.Clients()[0].Permissions["ssh"], "copies")
	require.Equal(t, "256M", p.Plans()[1].PHP["memory_limit"])

	require.True(t, p.RemoveClient(client))
	require.False(t, p.RemoveClient(client))
	require.Empty(t, p.Clients())
	require.Empty(t, p.Domains())
}

func TestIDsHaveGaps(t *testing.T) {
	p := newPanel(t, keyhelptest.Documented, keyhelptest.WithSeedClients(30))
	clients := p.Clients()
	require.Len(t, clients, 30)
	require.Equal(t, "seed0030", clients[29].Username)
	for i := 1; i < len(clients); i++ {
		require.Contains(t, []int64{2, 3, 4}, clients[i].ID-clients[i-1].ID)
	}
	require.Equal(t, clients, newPanel(t, keyhelptest.Documented, keyhelptest.WithSeedClients(30)).Clients(), "the same in every run")
}

// TestConcurrentCalls creates the same names from many goroutines: each name may be created once.
func TestConcurrentCalls(t *testing.T) {
	p := newPanel(t, keyhelptest.Documented)
	var wg sync.WaitGroup
	statuses := make(chan int, 400)
	for range 8 {
		wg.Go(func() {
			for i := range 50 {
				body := fmt.Sprintf(`{"login_name":"name%d","password":"x","email":"a@b.example"}`, i)
				req, err := http.NewRequest(http.MethodPost, p.URL+"/api/v2/clients", strings.NewReader(body))
				if err != nil {
					panic(err)
				}
				req.Header.Set("X-API-Key", p.Key)
				resp, err := p.Client().Do(req)
				if err != nil {
					panic(err)
				}
				_ = resp.Body.Close()
				statuses <- resp.StatusCode
				p.Clients()
			}
		})
	}
	wg.Wait()
	close(statuses)
	count := map[int]int{}
	for s := range statuses {
		count[s]++
	}
	require.Equal(t, map[int]int{201: 50, 400: 350}, count)
	require.Len(t, p.Clients(), 50)
}
