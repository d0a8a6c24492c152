package emulator_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/emulator"
)

func post(body string) *http.Request {
	return httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
}

func TestReadJSON(t *testing.T) {
	type target struct {
		Name  string `json:"name"`
		Inner struct {
			Count int  `json:"count"`
			On    bool `json:"on"`
		} `json:"inner"`
		List  []string `json:"list"`
		Share float64  `json:"share"`
	}
	for body, want := range map[string]*emulator.BodyError{
		`{"name":"x","unknown":1,"inner":{"count":3}} `: nil,
		"":                               {Problem: emulator.BodyEmpty},
		" \n":                            {Problem: emulator.BodyEmpty},
		"{":                              {Problem: emulator.BodyNotJSON},
		"name=x":                         {Problem: emulator.BodyNotJSON},
		`{"name":"x"} {}`:                {Problem: emulator.BodyNotJSON},
		`{"name":1}`:                     {Problem: emulator.BodyWrongType, Field: "name", Want: "string"},
		`{"inner":{"count":"3"}}`:        {Problem: emulator.BodyWrongType, Field: "inner.count", Want: "integer"},
		`{"inner":{"on":1}}`:             {Problem: emulator.BodyWrongType, Field: "inner.on", Want: "boolean"},
		`{"inner":[]}`:                   {Problem: emulator.BodyWrongType, Field: "inner", Want: "object"},
		`{"list":{}}`:                    {Problem: emulator.BodyWrongType, Field: "list", Want: "array"},
		`{"share":""}`:                   {Problem: emulator.BodyWrongType, Field: "share", Want: "number"},
		`[]`:                             {Problem: emulator.BodyWrongType, Want: "object"},
		strings.Repeat(" ", 1<<20+1):     {Problem: emulator.BodyTooLarge},
		`"` + strings.Repeat("x", 1<<20): {Problem: emulator.BodyTooLarge},
	} {
		var got target
		err := emulator.ReadJSON(post(body), &got)
		if want == nil {
			require.NoError(t, err)
			require.Equal(t, "x", got.Name)
			require.Equal(t, 3, got.Inner.Count)
			continue
		}
		require.Equal(t, want, err, body[:min(len(body), 40)])
	}
	var s string
	require.NoError(t, emulator.ReadJSON(post(`"`+strings.Repeat("x", 1<<20-2)+`"`), &s), "exactly the limit")
}

func TestReadBody(t *testing.T) {
	r := post("")
	r.Body = io.NopCloser(failing{})
	_, err := emulator.ReadBody(r)
	require.Equal(t, &emulator.BodyError{Problem: emulator.BodyUnreadable}, err)
	r.Body = nil
	data, err := emulator.ReadBody(r)
	require.NoError(t, err)
	require.Empty(t, data)
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("cut") }

func TestBodyErrorReads(t *testing.T) {
	require.EqualError(t, &emulator.BodyError{Problem: emulator.BodyNotJSON}, "the body is not JSON")
	require.EqualError(t, &emulator.BodyError{Problem: emulator.BodyWrongType, Field: "a.b", Want: "string"},
		"the body has a value of the wrong type: a.b (want string)")
}

func TestWriteJSON(t *testing.T) {
	w := httptest.NewRecorder()
	emulator.WriteJSON(w, 201, map[string]any{"url": "http://x/?a=1&b=<2>"})
	require.Equal(t, 201, w.Code)
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	require.Equal(t, `{"url":"http://x/?a=1&b=<2>"}`, w.Body.String())
	require.Panics(t, func() { emulator.WriteJSON(w, 200, make(chan int)) })
}

func TestObject(t *testing.T) {
	o, err := emulator.ReadObject(post(`{"s":"text","i":-7,"b":true,"n":null,"l":["a","b"],"e":[],
		"o":{"i":"12","t":34,"deep":{"x":1}},"os":[{"i":1},{"i":"x"}],"bad":["a",1],"f":1.5,"big":99999999999999999999}`))
	require.NoError(t, err)
	s, ok := o.String("s")
	require.True(t, ok)
	require.Equal(t, "text", s)
	i, ok := o.Int("i")
	require.True(t, ok)
	require.EqualValues(t, -7, i)
	b, ok := o.Bool("b")
	require.True(t, ok)
	require.True(t, b)
	l, ok := o.Strings("l")
	require.True(t, ok)
	require.Equal(t, []string{"a", "b"}, l)
	l, ok = o.Strings("e")
	require.True(t, ok)
	require.NotNil(t, l)
	inner, ok := o.Object("o")
	require.True(t, ok)
	i, ok = inner.IntOrText("i")
	require.True(t, ok)
	require.EqualValues(t, 12, i)
	text, ok := inner.Text("t")
	require.True(t, ok)
	require.Equal(t, "34", text)
	text, ok = o.Text("s")
	require.True(t, ok)
	require.Equal(t, "text", text)
	rows, ok := o.Objects("os")
	require.True(t, ok)
	require.Len(t, rows, 2)
	require.Empty(t, o.Wrong())

	require.True(t, o.Has("n"))
	require.True(t, o.IsNull("n"))
	require.False(t, o.IsNull("s"))
	require.False(t, o.Has("absent"))
	_, ok = o.String("n")
	require.False(t, ok)
	_, ok = o.Bool("absent")
	require.False(t, ok)
	require.Empty(t, o.Wrong(), "null and absent are not wrong")

	deep, ok := inner.Object("deep")
	require.True(t, ok)
	wrong := func(read func()) emulator.BodyError {
		read()
		all := o.Wrong()
		return all[len(all)-1]
	}
	for want, read := range map[string]func(){
		"i string":        func() { o.String("i") },
		"s integer":       func() { o.Int("s") },
		"f integer":       func() { o.Int("f") },
		"big integer":     func() { o.Int("big") },
		"s boolean":       func() { o.Bool("s") },
		"s array":         func() { o.Strings("s") },
		"bad.1 string":    func() { o.Strings("bad") },
		"l object":        func() { o.Object("l") },
		"l.0 object":      func() { o.Objects("l") },
		"o array":         func() { o.Objects("o") },
		"s integer 2":     func() { o.IntOrText("s") },
		"b string":        func() { o.Text("b") },
		"o.deep.x string": func() { deep.String("x") },
		"os.1.i integer":  func() { rows[1].Int("i") },
	} {
		parts := strings.Fields(want)
		require.Equal(t, emulator.BodyError{Problem: emulator.BodyWrongType, Field: parts[0], Want: parts[1]}, wrong(read))
	}
	require.Len(t, o.Wrong(), 14)
}

func TestObjectRefusesOtherJSON(t *testing.T) {
	for _, body := range []string{"null", "[]", "1", `"x"`} {
		_, err := emulator.ReadObject(post(body))
		require.Equal(t, &emulator.BodyError{Problem: emulator.BodyWrongType, Want: "object"}, err, body)
	}
	empty := emulator.EmptyObject()
	_, ok := empty.String("x")
	require.False(t, ok)
	require.Empty(t, empty.Wrong())
}

func FuzzObject(f *testing.F) {
	f.Add([]byte(`{"x":"a"}`))
	f.Add([]byte(`{"x":[1,"a",{}]}`))
	f.Add([]byte(`{"x":"\ud800"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := emulator.ReadObject(post(string(data)))
		if err != nil {
			var bad *emulator.BodyError
			require.ErrorAs(t, err, &bad)
			return
		}
		o.String("x")
		o.Int("x")
		o.IntOrText("x")
		o.Text("x")
		o.Bool("x")
		o.Strings("x")
		o.Object("x")
		o.Objects("x")
		require.LessOrEqual(t, len(o.Wrong()), 8)
	})
}
