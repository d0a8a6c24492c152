package rest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

var deep = strings.Repeat(`[`, 100_000)

// TestUnderstanding checks what is accepted as an answer and what is not.
func TestUnderstanding(t *testing.T) {
	for name, row := range map[string]struct {
		body string
		ok   bool
	}{
		"object":             {`{"id":1,"name":"x"}`, true},
		"white space":        {" \r\n\t{\"id\":1}\n ", true},
		"byte order mark":    {"\xef\xbb\xbf{\"id\":1}", true},
		"unknown fields":     {`{"id":1,"new":{"a":[1]}}`, true},
		"invalid UTF-8":      {"{\"id\":1,\"name\":\"\xff\"}", true},
		"empty":              {"", false},
		"blank":              {" \n", false},
		"only a mark":        {"\xef\xbb\xbf", false},
		"nothing":            {"{}", false},
		"null":               {"null", false},
		"list":               {`[{"id":1}]`, false},
		"text":               {`"x"`, false},
		"HTML":               {"<html>", false},
		"half":               {`{"id":1`, false},
		"half a string":      {`{"id":1,"name":"x`, false},
		"text behind":        {`{"id":1} Notice`, false},
		"text before":        {`Notice {"id":1}`, false},
		"two":                {`{"id":1}{"id":2}`, false},
		"wrong type":         {`{"id":"one"}`, false},
		"too large a number": {`{"id":1e400}`, false},
		"too deep":           {`{"id":1,"x":` + deep + strings.Repeat("]", 100_000) + `}`, false},
		"deep and broken":    {deep, false},
		"NUL":                {"\x00", false},
		"non-breaking space": {"\u00a0{\"id\":1}", false},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := inMemory(t, answer(200, row.body))
			var out thing
			err := c.Do(t.Context(), callOf(Read, &out))
			if row.ok {
				require.NoError(t, err)
				assert.EqualValues(t, 1, out.ID)
				return
			}
			require.ErrorIs(t, err, provider.ErrProtocol)
			assert.Equal(t, 200, asError(t, err).StatusCode)
			assert.Less(t, len(err.Error()), 500, "an excerpt, not the body")
		})
	}
}

// TestAbout checks that an answer about something else is no answer, and that a change that gets one
// may have been made.
func TestAbout(t *testing.T) {
	for name, row := range map[string]struct {
		asked Identity
		body  string
		want  string // the error; "" for none
	}{
		"nothing asked":     {Identity{}, `{"id":99,"name":"x"}`, ""},
		"the ID":            {Identity{ID: "17"}, `{"id":17,"name":"x"}`, ""},
		"another ID":        {Identity{ID: "17"}, `{"id":99,"name":"x"}`, "the answer is about 99, not 17"},
		"longer ID":         {Identity{ID: "17"}, `{"id":170}`, "the answer is about 170, not 17"},
		"the name":          {Identity{Name: "example.com"}, `{"id":1,"name":"Example.COM"}`, ""},
		"no name":           {Identity{Name: "example.com"}, `{"id":1}`, ""},
		"another name":      {Identity{Name: "example.com"}, `{"id":1,"name":"example.net"}`, `the answer is about "example.net", not "example.com"`},
		"ID, but not name":  {Identity{ID: "1", Name: "a"}, `{"id":1,"name":"b"}`, `the answer is about "b", not "a"`},
		"name, but not ID":  {Identity{ID: "1", Name: "a"}, `{"id":2,"name":"a"}`, "the answer is about 2, not 1"},
		"a long name":       {Identity{Name: "a"}, `{"id":1,"name":"` + strings.Repeat("x", 5000) + `"}`, "the answer is about"},
		"a name that kills": {Identity{Name: "a"}, `{"id":1,"name":"\u001b]52;c;\n"}`, "the answer is about"},
	} {
		for _, effect := range []Effect{Read, Idempotent, Once} {
			t.Run(name+", "+effect.String(), func(t *testing.T) {
				c, _ := inMemory(t, answer(200, row.body))
				call := callOf(effect, new(thing))
				call.About = row.asked
				err := c.Do(t.Context(), call)
				if row.want == "" {
					require.NoError(t, err)
					return
				}
				require.ErrorIs(t, err, provider.ErrProtocol)
				require.ErrorContains(t, err, row.want)
				require.Less(t, len(err.Error()), 300)
				require.NotContains(t, err.Error(), "\x1b")
				failed := asError(t, err)
				require.Equal(t, 200, failed.StatusCode)
				require.Equal(t, effect != Read, failed.MaybeExecuted)
				require.Equal(t, effect != Read, errors.Is(err, provider.ErrOutcomeUnknown))
			})
		}
	}
}

func TestNothingExpected(t *testing.T) {
	for body, ok := range map[string]bool{"": true, "{}": true, "null": true, "[1]": true, "OK": false, "<html>": false, "{": false} {
		c, _ := inMemory(t, answer(200, body))
		err := c.Do(t.Context(), &Call{Endpoint: createThing})
		assert.Equal(t, ok, err == nil, body)
		if !ok {
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		}
	}
	c, _ := inMemory(t, answer(204, ""))
	require.NoError(t, c.Do(t.Context(), &Call{Endpoint: createThing, Out: new(thing), EmptyOK: true}))
}

// TestNull: null is an error if an object is expected, and a value if anything is accepted.
func TestNull(t *testing.T) {
	c, _ := inMemory(t, answer(200, "null"))
	var object struct{ A int }
	var raw json.RawMessage
	var anything any
	var list []int
	require.ErrorIs(t, c.Do(t.Context(), &Call{Endpoint: listThings, Out: &object}), provider.ErrProtocol)
	for _, out := range []any{&raw, &anything, &list} {
		require.NoError(t, c.Do(t.Context(), &Call{Endpoint: listThings, Out: out}))
	}
	assert.Equal(t, "null", string(raw))
}

type decoder func(*Answer) error

func (d decoder) DecodeAnswer(a *Answer) error { return d(a) }

func TestAnswerDecoder(t *testing.T) {
	c, _ := inMemory(t, answer(201, "exit code 4", "Hestia-Exit-Code", "4"))
	var seen Answer
	require.NoError(t, c.Do(t.Context(), &Call{Endpoint: createThing, Out: decoder(func(a *Answer) error {
		seen = *a
		seen.Body = bytes.Clone(a.Body)
		return nil
	})}))
	assert.Equal(t, Answer{Endpoint: createThing, Status: 201, Header: seen.Header, Body: []byte("exit code 4"), ctx: t.Context()}, seen)
	assert.Equal(t, "4", seen.Header.Get("Hestia-Exit-Code"))

	shared := &provider.Error{Kind: provider.ErrAlreadyExists, Message: "taken, says " + canaryKey}
	err := c.Do(t.Context(), &Call{Endpoint: createThing, Out: decoder(func(*Answer) error { return shared })})
	require.ErrorIs(t, err, provider.ErrAlreadyExists)
	require.NotErrorIs(t, err, provider.ErrOutcomeUnknown, "the vendor read a clear verdict")
	assert.Equal(t, 201, asError(t, err).StatusCode)
	assert.NotContains(t, err.Error(), canaryKey)
	assert.Empty(t, shared.Op, "copied, not changed")

	err = c.Do(t.Context(), &Call{Endpoint: createThing, Out: decoder(func(*Answer) error { return io.ErrUnexpectedEOF })})
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.ErrorIs(t, err, provider.ErrProtocol)
}

// TestTooLong: an answer above the limit is not read, and one below it costs no more memory than
// necessary. The test counts memory, since a limit that does not save any is useless.
func TestTooLong(t *testing.T) {
	const mib = 1 << 20
	endless := func(declare bool) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if declare {
				w.Header().Set("Content-Length", "268435456")
			}
			chunk := bytes.Repeat([]byte(" "), mib)
			for range 256 {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}
	}
	var member bytes.Buffer // gzip streams may be concatenated
	z := gzip.NewWriter(&member)
	_, err := z.Write(bytes.Repeat([]byte(" "), mib))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	bomb := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		for range 256 {
			if _, err := w.Write(member.Bytes()); err != nil {
				return
			}
		}
	}
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		memory  int
	}{
		"declared":  {endless(true), 4 * mib},
		"endless":   {endless(false), 160 * mib},
		"gzip bomb": {bomb, 160 * mib},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := over(t, row.handler)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := c.Do(t.Context(), callOf(Read, new(thing)))
			runtime.ReadMemStats(&after)
			require.ErrorIs(t, err, provider.ErrProtocol)
			assert.Contains(t, err.Error(), "longer than 16777216 bytes")
			// This counts everything that was allocated, also while the buffer grew and by the
			// server. Reading everything takes 512 MiB or more.
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(row.memory))
		})
	}

	exact := `{"id":1,"name":"` + strings.Repeat("x", 100-18) + `"}`
	require.Len(t, exact, 100)
	for limit, ok := range map[int64]bool{99: false, 100: true, 101: true, 1<<63 - 1: true} {
		for _, length := range []string{"100", ""} {
			c, _ := over(t, func(w http.ResponseWriter, _ *http.Request) {
				if length != "" {
					w.Header().Set("Content-Length", length)
				}
				_, _ = io.WriteString(w, exact[:50])
				_ = http.NewResponseController(w).Flush()
				_, _ = io.WriteString(w, exact[50:])
			}, provider.WithMaxBody(limit))
			assert.Equal(t, ok, c.Do(t.Context(), callOf(Read, new(thing))) == nil, "limit %d, length %q", limit, length)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range []string{"", "{}", "null", `{"id":1}`, `[{"id":1}]`, "<html>", "\xef\xbb\xbf{}", `{"id":1,}`, deep[:2000], `{"id":1e5}`} {
		f.Add([]byte(body))
	}
	var body []byte
	c, _ := inMemory(f, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	f.Fuzz(func(t *testing.T, data []byte) {
		body = data
		var got, want thing
		err := c.Do(t.Context(), callOf(Read, &got))
		if err != nil {
			require.ErrorIs(t, err, provider.ErrProtocol)
			return
		}
		require.NoError(t, json.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &want))
		assert.Equal(t, want, got)
	})
}

func TestReasonsDoNotQuote(t *testing.T) {
	x := &exchange{client: newClient(t, "https://a.test"), call: &Call{Endpoint: signOn}}
	assert.Equal(t, "a value cannot be read", x.reasonOf(errors.New("parsing time \"secret\"")))
	assert.Equal(t, "not JSON", x.reasonOf(json.Unmarshal([]byte("secret"), new(any))))
	assert.Equal(t, "JSON breaks off", x.reasonOf(io.ErrUnexpectedEOF))
}
