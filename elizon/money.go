package elizon

import (
	"encoding/json"
	"math/big"
	"reflect"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/wire"
)

// EUR is an amount in euro as a decimal: "12.99". Amounts are compared exactly, never as floating
// point. "" is no amount and compares as 0.
type EUR string

// EURFromCents returns an amount of whole cents.
func EURFromCents(cents Cents) EUR {
	return EUR(big.NewRat(int64(cents), 100).FloatString(2))
}

// maxAmount limits the length of an amount, so that an exponent cannot fill the memory.
const maxAmount = 40

// Answers may write an amount with an exponent; requests send it as a number.
var (
	_ = wire.Read(func(raw []byte, e *EUR) error {
		var text string
		err := wire.Unmarshal(raw, &text)
		if *e = plainDecimal(text); err == nil && *e == "" && text != "" {
			err = wire.Mistyped(reflect.TypeFor[EUR](), "")
		}
		return err
	})
	_ = wire.Write(func(e EUR) (any, string) {
		if !e.Valid() {
			return nil, `must be an amount such as "12.99"`
		}
		return json.Number(e), ""
	})
)

// Valid reports whether e is an amount in plain decimal notation, such as "12.99" or "-3".
func (e EUR) Valid() bool {
	text := strings.TrimPrefix(string(e), "-")
	whole, fraction, dot := strings.Cut(text, ".")
	return len(text) <= maxAmount && digits(whole) && (!dot || digits(fraction))
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Rat returns the amount as an exact number; 0 if it is not Valid.
func (e EUR) Rat() *big.Rat {
	r := new(big.Rat)
	if e.Valid() {
		r.SetString(string(e))
	}
	return r
}

// Cmp returns -1 if the amount is below the other, 0 if they are equal, and 1 if it is above.
func (e EUR) Cmp(other EUR) int { return e.Rat().Cmp(other.Rat()) }

// IsZero reports whether the amount is 0 or "".
func (e EUR) IsZero() bool { return e.Rat().Sign() == 0 }

// Sign returns -1, 0 or 1 for a negative, zero or positive amount.
func (e EUR) Sign() int { return e.Rat().Sign() }

// Cents is an amount in cents of a euro. A few endpoints use it instead of EUR.
type Cents int64

// EUR returns the same amount in euro.
func (c Cents) EUR() EUR { return EURFromCents(c) }

// plainDecimal returns a JSON number, which may have an exponent, without one; "" if it is not an
// amount.
func plainDecimal(text string) EUR {
	if e := EUR(text); e.Valid() {
		return e
	}
	mantissa, exponent, found := strings.Cut(strings.ToLower(text), "e")
	n, err := strconv.Atoi(exponent)
	if !found || err != nil || n < -maxAmount || n > maxAmount || !EUR(mantissa).Valid() {
		return ""
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return ""
	}
	plain := r.FloatString(2 * maxAmount)
	if e := EUR(strings.TrimRight(strings.TrimRight(plain, "0"), ".")); e.Valid() {
		return e
	}
	return ""
}
