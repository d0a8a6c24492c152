package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/wire"
)

type allowance struct {
	Told    int64   `wire:"n,limit"`
	Maybe   *int64  `wire:"n,limit"`
	Decimal float64 `wire:"n,limit"`
}

// A limit is a number, -1 for none, or not told; it is never a number that nobody sent.
func TestLimits(t *testing.T) {
	n := func(v int64) *int64 { return &v }
	for sent, want := range map[string]allowance{
		`17`: {17, n(17), 17}, `"17"`: {17, n(17), 17}, `17.0`: {17, n(17), 17}, `0`: {0, n(0), 0}, `"0"`: {0, n(0), 0},
		`-1`: {-1, n(-1), -1}, `"-1"`: {-1, n(-1), -1}, `-1048576`: {-1, n(-1), -1}, `"unlimited"`: {-1, n(-1), -1}, `"Unlimited"`: {-1, n(-1), -1},
		`" UNLIMITED "`: {-1, n(-1), -1}, `"∞"`: {-1, n(-1), -1}, `"\u221e"`: {-1, n(-1), -1},
		`null`: {}, `""`: {}, `" "`: {}, `false`: {},
	} {
		var got allowance
		require.NoError(t, wire.Unmarshal([]byte(`{"n":`+sent+`}`), &got), sent)
		require.Equal(t, want, got, sent)
	}
	for _, sent := range []string{`"many"`, `true`, `[]`, `{"n":1}`, `[1]`, `"NaN"`, `"inf"`, `17.5`} {
		require.Error(t, wire.Unmarshal([]byte(`{"n":`+sent+`}`), new(allowance)), sent)
	}
}

// A required number is not 0 because the server said false, "" or nothing.
func TestRequiredNumbers(t *testing.T) {
	type count struct {
		N int64 `wire:"n,required"`
	}
	for _, sent := range []string{`null`, `false`, `""`} {
		require.EqualError(t, wire.Unmarshal([]byte(`{"n":`+sent+`}`), new(count)), `lacks "n"`, sent)
	}
	for sent, want := range map[string]int64{`0`: 0, `"0"`: 0, `17`: 17, `"17"`: 17, `1234.0`: 1234} {
		var got count
		require.NoError(t, wire.Unmarshal([]byte(`{"n":`+sent+`}`), &got), sent)
		require.Equal(t, want, got.N)
	}
}

// A strict list or map has its own form, even if it is empty: something else does not prove that it is.
func TestStrictLists(t *testing.T) {
	type proof struct {
		IDs  []int64          `wire:"ids,required,strict"`
		Keys map[int64]string `wire:"keys,strict"`
	}
	for _, sent := range []string{`{"ids":[]}`, `{"ids":[1],"keys":[]}`, `{"ids":{"0":1},"keys":{}}`, `{"ids":[],"keys":{"7":"x"}}`} {
		require.NoError(t, wire.Unmarshal([]byte(sent), new(proof)), sent)
	}
	for _, sent := range []string{
		`{}`, `{"ids":null}`, `{"ids":false}`, `{"ids":""}`, `{"ids":{}}`, `{"ids":7}`, `{"ids":[],"keys":false}`, `{"ids":[],"keys":""}`, `{"ids":[],"keys":{"x":"y"}}`,
		`{"ids":["x"]}`,
	} {
		require.Error(t, wire.Unmarshal([]byte(sent), new(proof)), sent)
	}
}

// reading is a number whose reader tells one that says nothing.
type reading struct{ N int64 }

var _ = wire.Read(func(raw []byte, r *reading) error {
	var n *int64
	if err := wire.Unmarshal(raw, &n); err != nil {
		return err
	}
	if n == nil {
		return wire.Untold
	}
	r.N = *n
	return nil
})

// A pointer is nil if its value says nothing, also where that is for its own reader to say.
func TestUntold(t *testing.T) {
	for sent, want := range map[string]*reading{`7`: {7}, `"0"`: {0}, `""`: nil, `false`: nil, `null`: nil} {
		var got struct {
			R    *reading `wire:"r"`
			Next int64    `wire:"next"`
		}
		require.NoError(t, wire.Unmarshal([]byte(`{"r": `+sent+`, "next": 3}`), &got), sent)
		require.Equal(t, want, got.R, sent)
		require.EqualValues(t, 3, got.Next, sent)
	}
}
