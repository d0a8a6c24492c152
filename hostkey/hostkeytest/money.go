package hostkeytest

import (
	"fmt"
	"strconv"
	"strings"
)

// Amounts are whole cents in this package, and decimal strings on the wire.

// money formats an amount.
func money(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

// cents parses an amount that is not negative: "6", "6.4" or "6.47".
func cents(text string) (int64, bool) {
	whole, fraction, dotted := strings.Cut(text, ".")
	if len(whole) == 0 || len(whole) > maxAmountDigits || len(fraction) > 2 || (dotted && fraction == "") {
		return 0, false
	}
	fraction += "00"[len(fraction):]
	n, err := strconv.ParseUint(whole+fraction, 10, 63)
	return int64(n), err == nil
}

// maxAmountDigits keeps sums of amounts far from overflowing an int64.
const maxAmountDigits = 9

func mustAmount(text string) int64 {
	n, ok := cents(text)
	if !ok {
		panic("hostkeytest: invalid amount " + strconv.Quote(text))
	}
	return n
}
