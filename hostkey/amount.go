package hostkey

import (
	"encoding/json"
	"math/big"
	"reflect"
	"regexp"

	"github.com/provkit/provkit/internal/wire"
)

// Amount is a price or a sum of money as decimal text, such as "6.47", so that it is never a float.
// The zero value means that there is no amount, and counts as 0.
type Amount string

// decimal bounds the length too, since big.Rat would parse megabytes of digits.
var decimal = regexp.MustCompile(`^-?[0-9]{1,18}(\.[0-9]{1,18})?$`)

// Valid reports whether the amount is a decimal number.
func (a Amount) Valid() bool { return decimal.MatchString(string(a)) }

// String returns the amount as the server wrote it.
func (a Amount) String() string { return string(a) }

// IsZero reports whether the amount is missing, not Valid, or 0 in any notation.
func (a Amount) IsZero() bool { return a.rat().Sign() == 0 }

// Sign returns -1, 0 or 1. An amount that is not Valid counts as 0.
func (a Amount) Sign() int { return a.rat().Sign() }

// Cmp compares two amounts by value and returns -1, 0 or 1: "4" equals "4.00". An amount that is
// not Valid counts as 0.
func (a Amount) Cmp(b Amount) int { return a.rat().Cmp(b.rat()) }

func (a Amount) rat() *big.Rat {
	r := new(big.Rat)
	if a.Valid() {
		r.SetString(string(a))
	}
	return r
}

// UnmarshalJSON reads a number or a string; null, "" and false are no amount. Anything else is an
// error, since money must not be misread.
func (a *Amount) UnmarshalJSON(data []byte) error {
	*a = ""
	var t string
	if err := wire.Unmarshal(data, &t); err != nil {
		return err
	}
	if t == "" && data[0] != '{' && data[0] != '[' || t == "false" {
		return nil
	}
	if !Amount(t).Valid() {
		return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[Amount](), Field: "amount"}
	}
	*a = Amount(t)
	return nil
}

var _ = wire.Read(func(raw []byte, a *Amount) error { return a.UnmarshalJSON(raw) })
