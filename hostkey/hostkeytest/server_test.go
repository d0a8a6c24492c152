package hostkeytest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
)

// TestOverTCP: the same server over a socket, below a prefix, and with TLS.
func TestOverTCP(t *testing.T) {
	srv := hostkeytest.NewServer(hostkeytest.WithTLS(), hostkeytest.WithPathPrefix("/api"))
	defer srv.Close()
	require.True(t, strings.HasPrefix(srv.URL, "https://127.0.0.1:"))
	require.True(t, strings.HasSuffix(srv.URL, "/api"))
	require.True(t, strings.HasPrefix(srv.Pin, "sha256/"))
	require.True(t, bytes.HasPrefix(srv.CertificatePEM, []byte("-----BEGIN CERTIFICATE-----")))

	plain := hostkeytest.NewServer()
	resp, err := http.PostForm(plain.URL+"/ip.php", map[string][]string{"action": {"get_client_ip"}})
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.JSONEq(t, `{"result":"OK","data":{"ip":"127.0.0.1"}}`, string(body))
	require.Equal(t, 1, plain.Faults.Count())
	plain.Close()
	_, err = plain.Client().Get(plain.URL + "/ip.php")
	require.True(t, errors.Is(err, syscall.ECONNREFUSED))
}

// TestRunsAreEqual: the same calls give the same answers, keys and IDs included.
func TestRunsAreEqual(t *testing.T) {
	run := func() (all []string) {
		s := signedIn(t, hostkeytest.WithMachines(3))
		for n := range 5 {
			_, body := s.post("eq/order_instance", buy("web"+strconv.Itoa(n))...)
			all = append(all, body)
		}
		s.Advance(time.Hour)
		_, body := s.post("eq/list", "full", "1")
		_, login := s.post("auth/info")
		return append(all, s.Key, body, login)
	}
	require.Equal(t, run(), run())
}

// TestBubble: the server uses the fake clock of a bubble, without one of its own.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{t: t, Server: hostkeytest.NewServer(hostkeytest.InMemory())}
		defer s.Close()
		s.signIn(s.Key)
		key := s.call("eq/order_instance", buy("web1")...)["callback"].(string)
		began := time.Now()
		for s.call("eq_callback/check", "key", key)["result"] != "OK" {
			time.Sleep(15 * time.Second)
		}
		require.Equal(t, hostkeytest.DeployTime, time.Since(began))
		require.Len(t, s.Machines(), 1)
	})
}

// TestConcurrentOrders under the race detector: every order is charged once, and each gets a server
// of its own.
func TestConcurrentOrders(t *testing.T) {
	s := signedIn(t)
	var group sync.WaitGroup
	for n := range 50 {
		group.Go(func() {
			s.call("eq/order_instance", buy("web"+strconv.Itoa(n))...)
			s.call("eq/update_servers")
			s.call("whmcs/get_invoices")
			s.Advance(time.Minute)
			s.call("eq/list", "full", "1")
			s.Orders()
		})
	}
	group.Wait()
	s.Advance(hostkeytest.DeployTime)
	require.Len(t, s.Machines(), 50)
	require.Len(t, s.PaidOrders(), 50)
	require.Equal(t, "800.00", s.Credit())
}

// TestReadsAreCopies: what a test reads from the state is a copy.
func TestReadsAreCopies(t *testing.T) {
	s := signedIn(t)
	m := s.machine("web1")
	got := s.Machines()[0]
	got.IPs[0], got.Tags[0].Value, got.PTR["x"] = "broken", "broken", "broken"
	require.Equal(t, m, s.get(m.ID))
}

// TestManyOrders: thousands of orders are all charged, deployed and listed.
func TestManyOrders(t *testing.T) {
	const n = 3000
	s := signedIn(t, hostkeytest.WithCredit("999999"))
	for i := range n {
		answer := s.call("eq/order_instance", buy("web"+strconv.Itoa(i))...)
		require.Equal(t, "Paid", answer["status"])
	}
	s.Advance(hostkeytest.DeployTime)
	require.Len(t, s.Machines(), n)
	require.Len(t, s.PaidOrders(), n)
	require.Len(t, s.call("eq/list")["servers"], n)
	require.Equal(t, []any{}, s.call("eq/update_servers")["deploy_keys"])
}

func BenchmarkOrder(b *testing.B) {
	srv := hostkeytest.NewServer(hostkeytest.InMemory(), hostkeytest.WithCredit("999999999"), hostkeytest.WithDeployTime(0))
	defer srv.Close()
	send := func(module, form string) []byte {
		resp, err := srv.Client().Post(srv.URL+"/"+module+".php", "application/x-www-form-urlencoded", strings.NewReader(form))
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(resp.Body)
		return body
	}
	var login struct {
		Result struct {
			Token string `json:"token"`
		} `json:"result"`
	}
	if err := json.Unmarshal(send("auth", "action=login&key="+srv.Key), &login); err != nil {
		b.Fatal(err)
	}
	form := "action=order_instance&token=" + login.Result.Token + "&preset=vm.pico&location_name=NL&os_id=240&root_pass=Root-Passw0rd&hostname=web"
	for n := 0; b.Loop(); n++ {
		if body := send("eq", form+strconv.Itoa(n)); !bytes.Contains(body, []byte(`"Paid"`)) {
			b.Fatal(string(body))
		}
	}
}
