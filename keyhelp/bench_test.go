package keyhelp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// handClient is what a program that calls the API by hand would declare: the public fields of
// keyhelp.ClientAccount under the names of the live dialect.
type handClient struct {
	ID            int64                    `json:"id"`
	LoginName     string                   `json:"username"`
	Email         string                   `json:"email"`
	DisplayName   string                   `json:"display_name"`
	Locked        bool                     `json:"is_suspended"`
	HostingPlanID int64                    `json:"id_hosting_plan"`
	CreatedAt     time.Time                `json:"created_at"`
	UpdatedAt     time.Time                `json:"updated_at"`
	Language      string                   `json:"language"`
	Notes         string                   `json:"notes"`
	SuspendOn     *time.Time               `json:"suspend_on"`
	DeleteOn      *time.Time               `json:"delete_on"`
	Contact       handContact              `json:"contact_data"`
	Limits        *keyhelp.PlanResources   `json:"resource_limits"`
	Permissions   *keyhelp.PlanPermissions `json:"permissions"`
}

type handContact struct {
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Company   string `json:"company"`
	Telephone string `json:"telephone"`
	Address   string `json:"address"`
	City      string `json:"city"`
	ZIP       string `json:"zip"`
	State     string `json:"state"`
	Country   string `json:"country"`
	ClientID  string `json:"client_id"`
}

// clientJSON returns a client of a live panel of about size bytes.
func clientJSON(id, size int) string {
	client := fmt.Sprintf(`{"id": %d, "username": "customer%04d", "language": "de", "email": "customer%04d@shop.example", "is_suspended": false, `+
		`"suspend_on": null, "delete_on": null, "created_at": "2025-03-04T08:15:00+01:00", "id_hosting_plan": 2, "contact_data": {"first_name": "Erika", `+
		`"last_name": "Mustermann", "company": "Shop GmbH", "telephone": "+49 3641 1", "address": "Weg 1", "city": "Jena", "zip": "07743", `+
		`"state": "", "country": "DE", "client_id": "1204"}, "notes": "`, id, id, id)
	const end = `"}`
	return client + strings.Repeat("n", max(0, size-len(client)-len(end))) + end
}

// benchPanel answers from memory and counts its connections.
func benchPanel(tb testing.TB) (url string, connections *atomic.Int64, stop func()) {
	tb.Helper()
	one := []byte(clientJSON(17, 1024))
	rows := make([]string, 100)
	for i := range rows {
		rows[i] = clientJSON(i+1, 512)
	}
	all := []byte("[" + strings.Join(rows, ",") + "]")
	connections = new(atomic.Int64)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/clients") {
			_, _ = w.Write(all)
		} else {
			_, _ = w.Write(one)
		}
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	tb.Cleanup(server.Close)
	return server.URL, connections, server.Close
}

// benchClient has every feature on: a rate limit that never waits, retries, and a logger that
// discards records below its level.
func benchClient(tb testing.TB, url string) *keyhelp.Client {
	tb.Helper()
	client, err := keyhelp.New(url, provider.NewSecret(panelKey), keyhelp.WithDialect(keyhelp.DialectLive), provider.WithRateLimit(1e9, 1e6),
		provider.WithRetry(provider.Retry{Attempts: 4}), provider.WithLogger(slog.New(slog.NewJSONHandler(io.Discard, nil))))
	require.NoError(tb, err)
	return client
}

// byHand performs one call with net/http and encoding/json.
func byHand(ctx context.Context, client *http.Client, url string, stream bool, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("X-API-Key", panelKey)
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	if stream {
		return json.NewDecoder(resp.Body).Decode(out)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, out)
}

func handHTTPClient() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
}

// handNames are the two ways to decode by hand: io.ReadAll with json.Unmarshal, and json.Decoder.
var handNames = map[bool]string{false: "readall", true: "decoder"}

// BenchmarkGet reads one client of 1 KB: provkit against hand-written code.
func BenchmarkGet(b *testing.B) {
	url, _, _ := benchPanel(b)
	b.Run("provkit", func(b *testing.B) {
		client := benchClient(b, url)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := client.Clients.Get(b.Context(), 17); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, stream := range []bool{false, true} {
		b.Run(handNames[stream], func(b *testing.B) {
			client := handHTTPClient()
			b.ReportAllocs()
			for b.Loop() {
				if err := byHand(b.Context(), client, url+"/api/v2/clients/17", stream, new(handClient)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkList reads a list of 100 clients, 50 KB.
func BenchmarkList(b *testing.B) {
	url, _, _ := benchPanel(b)
	b.Run("provkit", func(b *testing.B) {
		client := benchClient(b, url)
		b.ReportAllocs()
		for b.Loop() {
			count := 0
			for _, err := range client.Clients.List(b.Context(), nil) {
				if err != nil {
					b.Fatal(err)
				}
				count++
			}
			if count != 100 {
				b.Fatal(count)
			}
		}
	})
	for _, stream := range []bool{false, true} {
		b.Run(handNames[stream], func(b *testing.B) {
			client := handHTTPClient()
			b.ReportAllocs()
			for b.Loop() {
				var all []*handClient
				if err := byHand(b.Context(), client, url+"/api/v2/clients", stream, &all); err != nil || len(all) != 100 {
					b.Fatal(len(all), err)
				}
			}
		})
	}
}

// BenchmarkLongList reads a list of 10,000 clients, 5 MB.
func BenchmarkLongList(b *testing.B) {
	rows := make([]string, 10_000)
	for i := range rows {
		rows[i] = clientJSON(i+1, 512)
	}
	all := []byte("[" + strings.Join(rows, ",") + "]")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(all)
	}))
	defer server.Close()
	client := benchClient(b, server.URL)
	b.ReportAllocs()
	for b.Loop() {
		count := 0
		for _, err := range client.Clients.List(b.Context(), nil) {
			if err != nil {
				b.Fatal(err)
			}
			count++
		}
		if count != len(rows) {
			b.Fatal(count)
		}
	}
}

// BenchmarkParallel reads 2,000 clients with 64 goroutines.
func BenchmarkParallel(b *testing.B) {
	for b.Loop() {
		b.ReportMetric(float64(bulk(b)), "connections")
	}
}

// bulk reads 2,000 clients with 64 goroutines and returns how many connections that took.
func bulk(tb testing.TB) int64 {
	tb.Helper()
	url, connections, stop := benchPanel(tb)
	defer stop() // many iterations would otherwise run out of files
	client := benchClient(tb, url)
	var next atomic.Int64
	var group sync.WaitGroup
	for range 64 {
		group.Go(func() {
			for next.Add(1) <= 2000 {
				if _, err := client.Clients.Get(tb.Context(), 17); err != nil {
					tb.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	return connections.Load()
}

// Bulk work reuses its connections: there are not more than goroutines, but for a few that net/http
// closes when the context of an attempt ends at the moment at which its answer does.
func TestBulkKeepsConnections(t *testing.T) {
	require.LessOrEqual(t, bulk(t), int64(64+8))
}

// The hand-written side of the benchmark fills the same fields as ours, or the comparison would be
// meaningless.
func TestBenchmarkComparesLikeWithLike(t *testing.T) {
	url, _, _ := benchPanel(t)
	ours, err := benchClient(t, url).Clients.Get(t.Context(), 17)
	require.NoError(t, err)
	var theirs handClient
	require.NoError(t, byHand(t.Context(), handHTTPClient(), url+"/api/v2/clients/17", false, &theirs))
	require.True(t, ours.CreatedAt.Equal(theirs.CreatedAt))
	require.Equal(t, keyhelp.ClientAccount{
		ID: theirs.ID, LoginName: theirs.LoginName, Email: theirs.Email, DisplayName: "Erika Mustermann", HostingPlanID: theirs.HostingPlanID,
		CreatedAt: ours.CreatedAt, Language: theirs.Language, Notes: theirs.Notes, Contact: keyhelp.ContactData(theirs.Contact),
	}, *ours)
	require.Equal(t, 1024, len(clientJSON(17, 1024)))
	require.True(t, json.Valid(bytes.TrimSpace([]byte(clientJSON(17, 1024)))))
}
