package faults_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider/faults"
)

// TestObserve: each request is seen once, when it is over, with its status and fault, over TCP and in
// memory.
func TestObserve(t *testing.T) {
	for _, over := range []string{"TCP", "memory"} {
		var in faults.Injector
		seen := make(chan faults.Request, 10)
		in.Observe(func(r faults.Request) { seen <- r })
		answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) })
		client, address := &http.Client{Transport: in.Transport(answer)}, "https://emulator.test"
		if over == "TCP" {
			client, address = overTCP(t, &in, answer)
		}
		in.At(1, faults.Fault{Kind: faults.Drop, After: true})
		resp, err := client.Post(address+"/a?b=c", "text/plain", strings.NewReader("sent"))
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		first := <-seen
		require.Equal(t, []any{"POST", "/a", "b=c", "sent", 202}, []any{first.Method, first.Path, first.Query, string(first.Body), first.Status})
		require.Nil(t, first.Fault)
		_, err = client.Get(address + "/d")
		require.Error(t, err)
		second := <-seen
		require.Equal(t, "/d", second.Path)
		require.Zero(t, second.Status)
		require.Equal(t, "drop after", second.Fault.String())
		in.Observe(nil)
		resp, err = client.Get(address)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Empty(t, seen)
	}
}

// TestKeep: the log forgets the oldest requests first, and faults count on.
func TestKeep(t *testing.T) {
	var in faults.Injector
	client := &http.Client{Transport: in.Transport(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))}
	paths := func() (all []string) {
		for _, r := range in.Requests() {
			all = append(all, r.Path)
		}
		return all
	}
	get := func(path string) int {
		resp, err := client.Get("https://emulator.test" + path)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.StatusCode
	}
	get("/1")
	get("/2")
	get("/3")
	in.At(2, faults.Fault{Kind: faults.Status, StatusCode: 503})
	in.Keep(2)
	require.Equal(t, []string{"/2", "/3"}, paths())
	require.Equal(t, []int{200, 200, 503}, []int{get("/4"), get("/5"), get("/6")})
	require.Equal(t, []string{"/5", "/6"}, paths())
	in.Keep(0)
	get("/7")
	require.Len(t, paths(), 3)
}
