package wire

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPlainEnd: eight bytes at once end where bytes one by one do.
func TestPlainEnd(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	odd := []byte("\x00\x1f\"\\\x7f\x80\xff !#[]")
	for range 20_000 {
		data := make([]byte, random.IntN(40))
		for i := range data {
			if data[i] = 'a'; random.IntN(8) == 0 {
				data[i] = odd[random.IntN(len(odd))]
			}
		}
		for from := range data {
			want := from
			for want < len(data) && plainText[data[want]] {
				want++
			}
			require.Equal(t, want, plainEnd(data, from), "%q from %d", data, from)
		}
	}
}

// TestNamesInAnyOrder: where the last object had a name is a hint and nothing else.
func TestNamesInAnyOrder(t *testing.T) {
	var rows []struct {
		A int64 `wire:"a"`
		B int64 `wire:"b"`
		C int64 `wire:"in.a"`
	}
	require.NoError(t, Unmarshal([]byte(`[{"a":1,"b":2,"in":{"a":3}},{"b":2,"in":{"b":9,"a":3},"a":1},{"x":7,"in":{"a":3},"a":1,"b":2},{"b":2}]`), &rows))
	for i, row := range rows[:3] {
		require.Equal(t, []int64{1, 2, 3}, []int64{row.A, row.B, row.C}, i)
	}
	require.Equal(t, []int64{0, 2, 0}, []int64{rows[3].A, rows[3].B, rows[3].C})
}

// TestNamesInAnySpelling: a name that is not spelled like that of the object before it is the same name.
func TestNamesInAnySpelling(t *testing.T) {
	type row struct {
		A   int64  `wire:"a"`
		ABC string `wire:"abc"`
	}
	for _, text := range []string{`{"a":1,"abc":"x"}`, "{\"a\" :1,\"abc\"\t: \"x\"}", `{"a": 1, "\u0061bc":"x"}`, `{"A":1,"aBC":"x"}`, `{"abc":"x","a":1}`} {
		var rows []row
		require.NoError(t, Unmarshal([]byte(`[{"a":1,"abc":"x"},`+text+`]`), &rows))
		require.Equal(t, []row{{1, "x"}, {1, "x"}}, rows, text)
	}
	for _, text := range []string{`{"a":`, `{"a"`, `{"a":1,"abc":`, `{"a":1,"abc":"`, `{"a":1 "abc":"x"}`, `{"a"1}`} {
		require.Error(t, Unmarshal([]byte(`[{"a":1,"abc":"x"},`+text), new([]row)), text)
	}
}

// TestTwiceIsNothing: of a name that occurs twice no value counts, and those of other names for its field do.
func TestTwiceIsNothing(t *testing.T) {
	for text, want := range map[string]string{
		`{"n":"a","n":"b"}`: "", `{"n":"a","n":"b","m":"c"}`: "c", `{"m":"a","m":"b"}`: "", `{"n":"a","m":"b","m":"c"}`: "a", `{"M":"a","m":"b","m":"c"}`: "",
	} {
		var got struct {
			N string `wire:"n|m"`
		}
		require.ErrorContains(t, Unmarshal([]byte(text), &got), "occurs twice", text)
		require.Equal(t, want, got.N, text)
	}
}

// TestSkip: what is skipped is JSON, and ends where it ends.
func TestSkip(t *testing.T) {
	const text = ` {"a" : [1,-2.5e+3, "x\u00e9\\", {}, [ ], [[{"b":{"":null}} ,true]]],"c":{"d": "a long text, longer than eight bytes","e":[false]}} `
	const odd = "\x00\x1f\"\\\x80 {}[]:,0-.eEtn"
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 5000 {
		data := []byte(text)
		for range i % 4 {
			switch at := random.IntN(len(data)); random.IntN(3) {
			case 0:
				data[at] = odd[random.IntN(len(odd))]
			case 1:
				data = slices.Delete(data, at, at+1)
			default:
				data = slices.Insert(data, at, odd[random.IntN(len(odd))])
			}
		}
		s := newScanner(data, Options{})
		require.Equal(t, json.Valid(data), s.whole(s.skip) == nil, "%q", data)
	}
	for text, ok := range map[string]bool{`[[1,],{"a":1, },]`: true, `[[1,,]]`: false, `[{,}]`: false, `[{1:2}]`: false, `{null:1}`: false, `{[]:1}`: false, `[[1,`: false, `[{"a":1,`: false} {
		s := newScanner([]byte(text), Options{Unescaped: true})
		require.Equal(t, ok, s.whole(s.skip) == nil, text)
	}
	deep := func(n int) error {
		s := newScanner([]byte(strings.Repeat(`[{"a":`, n)+"1"+strings.Repeat("}]", n)), Options{})
		return s.whole(s.skip)
	}
	require.NoError(t, deep(maxDepth/2))
	require.ErrorIs(t, deep(maxDepth/2+1), errSyntax)
}
