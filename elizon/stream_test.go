package elizon_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

const gibibyte = 1 << 30

// generated is a file of any length that is never in memory as a whole. It records the peak heap
// while it is read.
type generated struct {
	left int64
	read int64
	peak uint64
}

func (g *generated) Read(p []byte) (int, error) {
	if g.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), g.left))
	before := g.read
	g.left, g.read = g.left-int64(n), g.read+int64(n)
	if before>>24 != g.read>>24 { // every 16 MiB
		g.peak = max(g.peak, heap())
	}
	return n, nil
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// A file of 1 GiB passes in either direction with less than 8 MiB of extra heap.
func TestStreamsInLittleMemory(t *testing.T) {
	const most = 8 << 20
	check := func(name string, base uint64, file *generated) {
		extra := int64(file.peak) - int64(base)
		t.Logf("%s: %d MiB, %d KiB of extra heap at most", name, file.read>>20, max(extra, 0)>>10)
		require.EqualValues(t, gibibyte, file.read)
		require.NotZero(t, file.peak)
		require.Less(t, extra, int64(most), name)
	}

	file := &generated{left: gibibyte}
	c := clientOver(t, roundTripper(func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/zip"}}, Body: io.NopCloser(file), ContentLength: -1, Request: req}, nil
	}))
	runtime.GC()
	base := heap()
	got, err := c.Invoices.DownloadAll(t.Context(), io.Discard, gibibyte)
	require.NoError(t, err)
	require.EqualValues(t, gibibyte, got.Bytes)
	check("download", base, file)

	file = &generated{left: gibibyte}
	var sent int64
	c = clientOver(t, roundTripper(func(req *http.Request) (*http.Response, error) {
		var err error
		sent, err = io.Copy(io.Discard, req.Body)
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"success":true}`)), Request: req}, err
	}))
	runtime.GC()
	base = heap()
	_, err = c.Storage.Upload(t.Context(), map[string]string{"folder": "/"}, elizon.Upload{Name: "image.iso", Body: file})
	require.NoError(t, err)
	require.Greater(t, sent, int64(gibibyte))
	check("upload", base, file)
}

// failing is a writer that fails after a number of bytes.
type failing struct{ left int }

var errFull = errors.New("disk full")

func (f *failing) Write(p []byte) (int, error) {
	if len(p) > f.left {
		return 0, errFull
	}
	f.left -= len(p)
	return len(p), nil
}

func TestDownloads(t *testing.T) {
	pdf := func(body string) clienttest.Reply {
		return clienttest.Reply{Status: 200, Body: body, Header: http.Header{"Content-Type": {"application/pdf"}, "Content-Disposition": {`attachment; filename="../x.pdf"`}}}
	}
	json := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	for name, test := range map[string]struct {
		reply clienttest.Reply
		limit int64
		kind  error
		says  string
	}{
		"as long as the limit":   {pdf("12345678"), 8, nil, ""},
		"one byte more":          {pdf("123456789"), 8, provider.ErrProtocol, "longer than 8 bytes"},
		"empty":                  {pdf(""), 0, provider.ErrProtocol, "empty file"},
		"web page":               {clienttest.HTML(clienttest.WebPage), 0, provider.ErrProtocol, "web page"},
		"JSON":                   {clienttest.OK(`{"success":true,"url":"x"}`), 0, provider.ErrProtocol, "JSON"},
		"refusal":                {clienttest.Reply{Status: 200, Header: json, Body: `{"success":false,"errorCode":"accessDenied","error":"not yours"}`}, 0, provider.ErrForbidden, "not yours"},
		"refusal without a code": {clienttest.Reply{Status: 200, Header: json, Body: `{"success":false,"error":"no","status":404}`}, 0, provider.ErrNotFound, "no"},
		"half a refusal":         {clienttest.Reply{Status: 200, Header: json, Body: `{"success":false,"err`}, 0, provider.ErrProtocol, "JSON"},
		"long JSON":              {clienttest.Reply{Status: 200, Header: json, Body: `"` + strings.Repeat("x", 200_000) + `"`}, 0, provider.ErrProtocol, "JSON"},
		"error":                  {clienttest.Reply{Status: 404, Body: `{"success":false,"errorCode":"invoiceNotFound"}`}, 0, provider.ErrNotFound, "invoiceNotFound"},
	} {
		c, _ := tapped(t, clienttest.Always(test.reply))
		var w bytes.Buffer
		file, err := c.Invoices.Document(t.Context(), "inv_1", &w, test.limit)
		if test.kind == nil {
			require.NoError(t, err, name)
			require.Equal(t, &elizon.Download{ContentType: "application/pdf", Name: "../x.pdf", Bytes: 8}, file)
			require.Equal(t, test.reply.Body, w.String())
			continue
		}
		require.ErrorIs(t, err, test.kind, name)
		require.ErrorContains(t, err, test.says, name)
		require.Nil(t, file)
		e := clienttest.AsError(t, err)
		require.Equal(t, []any{elizon.Kind, "Invoices.Document", test.reply.Status}, []any{e.Provider, e.Op, e.StatusCode}, name)
		require.False(t, e.MaybeExecuted)
	}
	c, tap := tapped(t, clienttest.Always(pdf(strings.Repeat("x", 100))), provider.WithRetry(provider.Retry{Attempts: 3, MinWait: 1, MaxWait: 1}))
	_, err := c.Invoices.Document(t.Context(), "inv_1", &failing{left: 10}, 0)
	require.ErrorIs(t, err, errFull)
	require.Len(t, tap.Requests(), 1, "what was written cannot be taken back")
}

// A form contains what was given, whatever the names.
func TestUploadForm(t *testing.T) {
	c, tap := tapped(t, clienttest.Always(clienttest.OK(`{"success":true}`)))
	name := "a\"b\\c\r\nX-Evil: 1.txt"
	_, err := c.Storage.Upload(t.Context(), nil, elizon.Upload{Field: "f\"1", Name: name, ContentType: "text/plain", Body: strings.NewReader("content")})
	require.NoError(t, err)
	sent := tap.Requests()[0]
	require.NotContains(t, sent.Body, "\nX-Evil")
	require.Contains(t, sent.Body, fmt.Sprintf(`Content-Disposition: form-data; name="f\"1"; filename="a\"b\\c%s"`, "%0D%0AX-Evil: 1.txt"))
	require.Contains(t, sent.Body, "Content-Type: text/plain\r\n\r\ncontent\r\n--")
}
