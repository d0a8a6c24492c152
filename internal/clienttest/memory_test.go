package clienttest_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// answering answers every request with the same body, except for HOSTKEY's sign-in.
type answering struct {
	status int
	body   string
}

func (a answering) RoundTrip(req *http.Request) (*http.Response, error) {
	status, body := a.status, a.body
	if strings.HasSuffix(req.URL.Path, "/auth.php") {
		status, body = http.StatusOK, `{"result":"OK","token":"example-token","role":"Customer","token_expire":4102444800,"servers":[55054]}`
	}
	return &http.Response{
		StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1, Request: req,
	}, nil
}

// reading is one call of a client that calls each for every record of a list.
type reading func(ctx context.Context, each func())

// listing goes through a list and keeps nothing.
func listing[T any](records func(context.Context) iter.Seq2[*T, error]) reading {
	return func(ctx context.Context, each func()) {
		for range records(ctx) {
			each()
		}
	}
}

// getting is a call whose result does not matter.
func getting[T any](call func(context.Context) (T, error)) reading {
	return func(ctx context.Context, _ func()) { _, _ = call(ctx) }
}

// readings returns calls of all clients.
func readings(t *testing.T, transport http.RoundTripper) map[string]reading {
	const base = "https://panel.example"
	key := provider.NewSecret("AF-2026-0123456789abcdef0123456789abcdef")
	options := []provider.Option{provider.WithHTTPClient(&http.Client{Transport: transport}), provider.WithRetry(provider.Retry{Attempts: 1})}
	k, err := keyhelp.New(base, key, append(options, keyhelp.WithDialect(keyhelp.DialectLive))...)
	require.NoError(t, err)
	h, err := hostkey.New(base, key, options...)
	require.NoError(t, err)
	_, err = h.SignIn(t.Context())
	require.NoError(t, err)
	e, err := elizon.New(base, key, options...)
	require.NoError(t, err)
	l, err := licenseserver.New(base, key, options...)
	require.NoError(t, err)
	return map[string]reading{
		"keyhelp Clients.List": listing(func(ctx context.Context) iter.Seq2[*keyhelp.ClientAccount, error] { return k.Clients.List(ctx, nil) }),
		"keyhelp Clients.Get":  getting(func(ctx context.Context) (*keyhelp.ClientAccount, error) { return k.Clients.Get(ctx, 17) }),
		"hostkey Servers.List": listing(func(ctx context.Context) iter.Seq2[*hostkey.ListedServer, error] { return h.Servers.List(ctx, nil) }),
		"hostkey Presets.List": listing(func(ctx context.Context) iter.Seq2[*hostkey.Preset, error] { return h.Presets.List(ctx, nil) }),
		"hostkey Servers.Show": getting(func(ctx context.Context) (*hostkey.Server, error) { return h.Servers.Show(ctx, 17) }),
		"elizon Services.List": listing(func(ctx context.Context) iter.Seq2[*elizon.Service, error] { return e.Services.List(ctx, nil) }),
		"elizon Services.Get":  getting(func(ctx context.Context) (*elizon.ServiceDetail, error) { return e.Services.Get(ctx, "srv_1") }),
		"elizon Products.List": getting(func(ctx context.Context) (*elizon.Catalogue, error) { return e.Products.List(ctx, "") }),
		"license Devices.List": listing(func(ctx context.Context) iter.Seq2[*licenseserver.Device, error] { return l.Devices.List(ctx, 17) }),
		"license Dashboard":    getting(l.Monitoring.Dashboard),
	}
}

// filled repeats a text until it is about size bytes long.
func filled(front, unit, between, end string, size int) string {
	n := (size - len(front) - len(end)) / (len(unit) + len(between))
	return front + strings.Repeat(unit+between, n-1) + unit + end
}

// members is filled with a number in each unit.
func members(front, unit, end string, size int) string {
	var b strings.Builder
	b.WriteString(front)
	for i := 0; b.Len() < size; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, unit, i)
	}
	b.WriteString(end)
	return b.String()
}

// hostileSize is how long the hostile answers are.
const hostileSize = 512 << 10

// hostileAnswers claim to be what each of the vendors sends.
func hostileAnswers() map[string]answering {
	const size = hostileSize
	const record = `{"result":"OK","success":true,"id":17,"username":"u","server_data":{"id":17},"server":{"id":"srv_1"},"service":{"id":"srv_1"},"metrics":{"total_licenses":1},`
	lists := func(elements string) string {
		return `{"result":"OK","success":true,"servers":[` + elements + `],"presets":[` + elements + `],"devices":[` + elements + `]}`
	}
	return map[string]answering{
		"list of {}":          {200, filled("[", "{}", ",", "]", size)},
		"list of numbers":     {200, members("[", "%d", "]", size)},
		"lists of {}":         {200, lists(filled("", "{}", ",", "", size/3))},
		"lists of null":       {200, lists(filled("", "null", ",", "", size/3))},
		"lists of records":    {200, lists(members("", `{"id":%d}`, "", size/3))},
		"record of lists":     {200, filled(record+`"IP":[`, "{}", ",", `],"tags":[],"alerts":[]}`, size/2) + ""},
		"record of alerts":    {200, filled(record+`"alerts":[`, "{}", ",", `],"tags":[{},{},{}],"interfaces":[{},{}]}`, size)},
		"record of tags":      {200, filled(record+`"tags":[`, `{}`, ",", `]}`, size)},
		"names of {}":         {200, members(record, `"a%d":{}`, "}", size)},
		"long text":           {200, filled(record+`"notes":"`, `\u0000é`, "", `"}`, size)},
		"nested lists":        {200, filled("", "[", "", "", size/2) + filled("", "]", "", "", size/2)},
		"lists of nests":      {200, filled("[", strings.Repeat("[", 400)+strings.Repeat("]", 400), ",", "]", size)},
		"error with names":    {400, members(`{"error":"e","code":"x","message":"m","result":-1,"details":{`, `"a%d":{}`, "}}", size)},
		"error of nests":      {400, filled(`{"error":"e","details":[`, strings.Repeat(`{"a":`, 100)+"1"+strings.Repeat("}", 100), ",", "]}", size)},
		"error with one text": {400, filled(`{"error":"`, "x", "", `"}`, size)},
	}
}

// No answer takes more than eight times its size, and 1 MiB, of memory at any time.
func TestMemory(t *testing.T) {
	var table strings.Builder
	for name, answer := range hostileAnswers() {
		worst, by := uint64(0), ""
		for call, read := range readings(t, answer) {
			peak := peakOf(t.Context(), read)
			assert.LessOrEqual(t, peak, uint64(instrumented*(8*len(answer.body)+1<<20)), "%s: %s", name, call)
			if peak >= worst {
				worst, by = peak, call
			}
		}
		fmt.Fprintf(&table, "\n%-20s %4d KiB, peak %4d KiB (%s)", name, len(answer.body)>>10, worst>>10, by)
	}
	t.Log(table.String())
}

// peakOf returns how much memory a call needs at most. Until the first record that is all that was
// allocated, and afterwards what is alive now and then: both do not depend on when the collector
// runs, and so on how busy the machine is.
func peakOf(ctx context.Context, read reading) uint64 {
	runtime.GC()
	var start, now runtime.MemStats
	runtime.ReadMemStats(&start)
	peak, n := uint64(0), 0
	read(ctx, func() {
		n++
		switch {
		case n == 1:
			runtime.ReadMemStats(&now)
			peak = now.TotalAlloc - start.TotalAlloc
		case n&(n-1) == 0: // 2, 4, 8...
			runtime.GC()
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc-min(now.HeapAlloc, start.HeapAlloc))
		}
	})
	if n == 0 {
		runtime.ReadMemStats(&now)
		peak = now.TotalAlloc - start.TotalAlloc
	}
	return peak
}
