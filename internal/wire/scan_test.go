package wire

import (
	"math/rand/v2"
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
