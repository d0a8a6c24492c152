package adapter

import (
	"math"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Scaled returns n times a unit, such as megabytes in bytes. ok is false for what no figure can be: below
// zero, or more than an int64 holds.
func Scaled[N int64 | float64](n, unit N) (scaled int64, ok bool) {
	const most = 1 << 62 // far enough from the end for the rounding of floats
	total := float64(n) * float64(unit)
	if total < 0 || total >= most || math.IsNaN(total) {
		return 0, false
	}
	return int64(n * unit), true
}

// Impossible is the error of a figure that Scaled refuses. A limit that it refuses is unknown.
func Impossible(account, metric string) error {
	return &provider.Error{
		Kind: provider.ErrProtocol, Message: words.Say("the server's figure for %s of account %q cannot be: it is below zero or too large", metric, account),
	}
}
