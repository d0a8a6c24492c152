package wire_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

var things = &rest.Endpoint{Provider: "shop", Op: "Things.List", Verb: "list things"}

// listOf reads a list: its rows, and what is wrong with them by number.
func listOf[T any](body string, names ...string) (rows []*T, problems map[int]string, err error) {
	return readRows(&wire.Rows[T]{Names: names}, body)
}

func readRows[T any](r *wire.Rows[T], body string) (rows []*T, problems map[int]string, err error) {
	if err := r.DecodeAnswer(&rest.Answer{Endpoint: things, Status: 200, Body: []byte(body)}); err != nil {
		return nil, nil, err
	}
	problems = make(map[int]string)
	for row, err := range r.All() {
		rows = append(rows, row)
		if err != nil {
			problems[len(rows)] = err.Error()
		}
	}
	return rows, problems, nil
}

func TestList(t *testing.T) {
	rows, problems, err := listOf[nested](` [{"n":1},{"n":2}] `)
	require.NoError(t, err)
	require.Equal(t, []*nested{{1}, {2}}, rows)
	require.Empty(t, problems)
	for _, text := range []string{`{}`, `null`, `false`, `""`, `17`, `{"n":1}`, `{"0":{"n":1},"x":{"n":2}}`, `[{"n":1}`, `[{"n":1},`, `[]]`, `[{"n":1}] x`, ``} {
		rows, _, err := listOf[nested](text)
		require.Error(t, err, text)
		require.Empty(t, rows, "half a list is not a list")
	}
	for text, want := range map[string][]*nested{`[]`: nil, `{"0":{"n":1}}`: {{1}}, `{"3":{"n":1},"5":{"n":2}}`: {{1}, {2}}} {
		rows, problems, err := listOf[nested](text)
		require.NoError(t, err, text)
		require.Equal(t, want, rows, text)
		require.Empty(t, problems)
	}
}

// Only a list under one of its names shows that there is nothing in it; where nothing depends on it,
// PHP's other spellings of a list are read too.
func TestListUnderNames(t *testing.T) {
	for text, problem := range map[string]string{
		`{"things":[]}`: "", `{"x":1,"items":[{"n":1}]}`: "", `{"things":null,"items":[]}`: "", `{"in":{"list":[]}}`: "", `{"things":{"0":{"n":1}}}`: "",
		`{}`: `lacks "things"`, `{"x":[]}`: `lacks "things"`, `{"things":null}`: `lacks "things"`, `{"in":{}}`: `lacks "things"`, `{"in":[]}`: "", `{"in":false}`: `lacks "things"`,
		`{"things":false}`: "not a list", `{"things":""}`: "not a list", `{"things":{}}`: "not a list", `{"things":17}`: "not a list", `{"things":{"n":1}}`: "",
		`[]`: "not an object", `null`: "not an object", `{"things":[],"things":[{"n":1}]}`: `field "things" occurs twice`, `{"things":[],`: "unexpected",
	} {
		_, _, err := listOf[nested](text, "things", "items", "in.list")
		if problem == "" {
			require.NoError(t, err, text)
			continue
		}
		require.ErrorContains(t, err, problem, text)
	}
	for text, want := range map[string][]*nested{
		`{"things":false}`: nil, `{"things":""}`: nil, `{"things":{}}`: nil, `{"things":null}`: nil, `{"things":{"n":1}}`: {{1}}, `{"in":[]}`: nil, `{"in":{"list":{}}}`: nil,
	} {
		rows, problems, err := readRows(&wire.Rows[nested]{Names: []string{"things", "in.list"}, Bare: true}, text)
		require.NoError(t, err, text)
		require.Equal(t, want, rows, text)
		require.Empty(t, problems, text)
	}
	_, _, err := readRows(&wire.Rows[nested]{Names: []string{"things"}, Bare: true}, `{}`)
	require.EqualError(t, err, `lacks "things"`)
}

type account struct {
	ID      int64     `wire:"id,positive"`
	Name    string    `wire:"name,required"`
	Disk    int64     `wire:"disk"`
	Money   money     `wire:"price"`
	Tags    []nested  `wire:"tags"`
	Created time.Time `wire:"created"`
	Contact struct {
		Mail string `wire:"mail"`
		Age  int64  `wire:"age"`
	} `wire:"contact"`
	On   bool                        `wire:"flags.on"`
	Last string                      `wire:"last"`
	More map[string]provider.Payload `wire:",extra"`
}

// money is read by a function of its own, and strictly.
type money string

var _ = wire.Read(func(raw []byte, m *money) error {
	if string(raw) == `"odd"` {
		return errors.New("quotes odd")
	}
	*m = money(raw)
	return nil
})

// An element that cannot be read comes with an error that names it and its field but no value, and
// with all other fields. The elements around it are as they would be without it.
func TestOddRows(t *testing.T) {
	good := `{"id":1,"name":"a","last":"z"}`
	for _, test := range []struct {
		row, problem string
		hides        bool
		want         account
	}{
		{`{"id":2,"name":"b","disk":"secret","last":"z"}`, `field "disk" has the wrong type`, false, account{ID: 2, Name: "b", Last: "z"}},
		{`{"id":2,"name":"b","disk":{"x":["secret"]},"last":"z"}`, `field "disk" has the wrong type`, false, account{ID: 2, Name: "b", Last: "z"}},
		{`{"id":2,"name":"b","price":"odd","last":"z"}`, `a value cannot be read`, false, account{ID: 2, Name: "b", Last: "z"}},
		{`{"id":2,"name":"b","flags":{"on":"secret"},"last":"z"}`, `field "flags.on" has the wrong type`, false, account{ID: 2, Name: "b", Last: "z"}},
		{`{"id":2,"name":"b","contact":{"age":"secret","mail":"m"},"last":"z"}`, `field "contact.age" has the wrong type`, false, contact(account{ID: 2, Name: "b", Last: "z"}, "m")},
		{`{"id":2,"name":"b","contact":"secret","last":"z"}`, `field "contact" has the wrong type`, true, account{ID: 2, Name: "b", Last: "z"}},
		{`{"id":2,"name":"b","tags":[{"n":1},{"n":"secret"}],"last":"z"}`, `field "tags.n" has the wrong type`, true, account{ID: 2, Name: "b", Last: "z"}},
		{`{"id":2,"name":["secret"],"last":"z"}`, `field "name" has the wrong type`, true, account{ID: 2, Last: "z"}},
		{`{"id":2,"last":"z"}`, `lacks "name"`, true, account{ID: 2, Last: "z"}},
		{`{"id":null,"name":"b","last":"z"}`, `lacks "id"`, true, account{Name: "b", Last: "z"}},
		{`{"id":-3,"name":"b","last":"z"}`, `lacks "id"`, true, account{ID: -3, Name: "b", Last: "z"}},
		{`{"id":2,"id":99,"name":"b","last":"z"}`, `field "id" occurs twice`, true, account{Name: "b", Last: "z"}},
		{`{"id":2,"ID":99,"name":"b","last":"z"}`, `field "id" occurs twice`, true, account{Name: "b", Last: "z"}},
		{`null`, `it has the wrong type`, true, account{}},
		{`"secret"`, `it has the wrong type`, true, account{}},
		{`[[[]]]`, `it has the wrong type`, true, account{}},
	} {
		r := &wire.Rows[account]{}
		require.NoError(t, r.DecodeAnswer(&rest.Answer{Endpoint: things, Status: 200, Body: []byte(`[` + good + `,` + test.row + `,` + good + `]`)}))
		require.Equal(t, 3, r.Len)
		number := 0
		for row, err := range r.All() {
			if number++; number != 2 {
				require.NoError(t, err, test.row)
				require.Equal(t, &account{ID: 1, Name: "a", Last: "z"}, row)
				continue
			}
			require.Equal(t, &test.want, row, test.row)
			require.EqualError(t, err, "shop: list things: row 2 of the list cannot be read: "+test.problem+" (HTTP 200)")
			require.ErrorIs(t, err, provider.ErrProtocol)
			odd, ok := errors.AsType[*wire.OddRow](err)
			require.True(t, ok)
			require.Equal(t, test.hides, odd.HidesText(), test.row)
		}
		require.Equal(t, 3, number, test.row)
	}
}

func contact(a account, mail string) account {
	a.Contact.Mail = mail
	return a
}

// A loop may stop at any element and begin again; the memory of the answer may be used again meanwhile.
func TestRowsAgain(t *testing.T) {
	body := []byte(`[{"n":1},{"n":2}]`)
	r := new(wire.Rows[nested])
	require.NoError(t, r.DecodeAnswer(&rest.Answer{Endpoint: things, Body: body}))
	clear(body)
	for range 2 {
		for row, err := range r.All() {
			require.NoError(t, err)
			require.Equal(t, nested{1}, *row)
			break
		}
	}
}

// Whatever a list is, reading it agrees with encoding/json about its elements.
func FuzzRows(f *testing.F) {
	for _, text := range []string{`[{"id":1,"name":"a"},{"id":"x"},null]`, `{"0":{"id":1}}`, `[{"id":1,"tags":[{"n":[]}]},[]]`, `[{"a":{"b":[1,{"c":"}"}]}}]`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, _, err := listOf[account](string(data))
		var want []json.RawMessage
		if json.Unmarshal(data, &want) == nil && want != nil && (err != nil || len(rows) != len(want)) && len(data) < 500 {
			t.Fatalf("%q: %d rows, %v; want %d", data, len(rows), err, len(want))
		}
		if err == nil && !json.Valid(data) {
			t.Fatalf("%q was taken", data)
		}
	})
}

// TestRowsEndWithContext: a list that is in memory already ends with the context of its call.
func TestRowsEndWithContext(t *testing.T) {
	transport := roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`[{"n":1},{"n":2},{"n":3}]`))}, nil
	})
	c, err := rest.New(
		rest.Config{Provider: "shop", BaseURL: "https://shop.test", Genuine: func(*rest.Answer) bool { return true }},
		provider.WithHTTPClient(&http.Client{Transport: transport}),
	)
	require.NoError(t, err)
	list := &rest.Endpoint{Provider: "shop", Op: "Things.List", Verb: "list things", Method: http.MethodGet, Route: "/things", Effect: rest.Read}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var rows wire.Rows[nested]
	require.NoError(t, c.Do(ctx, &rest.Call{Endpoint: list, Out: &rows}))
	var seen []*nested
	var last error
	for row, err := range rows.All() {
		seen, last = append(seen, row), err
		if len(seen) == 2 {
			cancel(errors.New("enough"))
		}
	}
	require.Equal(t, []*nested{{1}, {2}, nil}, seen)
	require.ErrorIs(t, last, context.Canceled)
	require.EqualError(t, last, "shop: list things: the rest of the list was not read: context canceled: enough")
}

type roundTrip func(*http.Request) (*http.Response, error)

func (r roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return r(req) }
