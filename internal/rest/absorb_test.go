package rest

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func TestAbsorb(t *testing.T) {
	broken := errors.New("broken")
	for _, size := range []int{0, 1, 511, 512, 513, 4000, 100_000, maxPooled + 1} {
		for _, space := range []int{0, 600, 200_000} {
			text := strings.Repeat("0123456789", size/10+1)[:size]
			for _, end := range []error{nil, broken, io.ErrUnexpectedEOF} {
				from := io.Reader(strings.NewReader(text))
				if end != nil {
					from = io.MultiReader(from, iotest.ErrReader(end))
				}
				for _, from := range []io.Reader{from, iotest.DataErrReader(strings.NewReader(text))} {
					b := bytes.NewBuffer(make([]byte, 0, space))
					err := absorb(b, from)
					require.Equal(t, text, b.String(), "what has arrived is there, whatever the end")
					require.Contains(t, []error{nil, end}, err)
				}
			}
		}
	}
}

// A long answer does not take four times its size, and a very long one no room for the next.
func TestAbsorbTakesLittle(t *testing.T) {
	for size, most := range map[int]float64{1 << 19: 2.75, 1 << 22: 2.4} {
		text := strings.Repeat("x", size)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		require.NoError(t, absorb(new(bytes.Buffer), strings.NewReader(text)))
		runtime.ReadMemStats(&after)
		require.Less(t, float64(after.TotalAlloc-before.TotalAlloc)/float64(size), most)
	}
}
