package elizontest

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Cents is an amount of money in euro cents.
type Cents int64

// String returns the amount in euros, such as "4.99".
func (c Cents) String() string {
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	text := strconv.FormatInt(int64(c), 10)
	for len(text) < 3 {
		text = "0" + text
	}
	return sign + text[:len(text)-2] + "." + text[len(text)-2:]
}

// euro returns an amount as answers have it: a JSON number of euros, without trailing zeros.
func (c Cents) euro() json.Number {
	text := c.String()
	text = strings.TrimRight(text, "0")
	return json.Number(strings.TrimSuffix(text, "."))
}

// parseEuro parses an amount of euros with at most two decimals and without an exponent.
func parseEuro(text string) (Cents, bool) {
	whole, part, _ := strings.Cut(text, ".")
	if len(part) > 2 || len(whole) == 0 || len(whole) > 9 {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+(part + "00")[:2], 10, 62)
	if err != nil {
		return 0, false
	}
	return Cents(n), true
}

// share returns amount*num/den, rounded half up, or 0 if that is not positive. den must be
// positive.
func share(amount Cents, num, den int64) Cents {
	if amount <= 0 || num <= 0 {
		return 0
	}
	return Cents((2*int64(amount)*num + den) / (2 * den))
}
