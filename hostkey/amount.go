package hostkey

import (
	"encoding/json"
	"math/big"
	"reflect"
	"regexp"

	"github.com/provkit/provkit/internal/wire"
)

// Amount is a price or a sum of money as a decimal number in text, "6.47". It is never
// a float. The zero value is no amount and counts as 0.
type Amount string

// decimal bounds the length as well: a text of megabytes is no price.
var decimal = regexp.MustCompile(`^-?[0-9]{1,18}(\.[0-9]{1,18})?$`)

// Valid reports whether the amount is a decimal number.
func (a Amount) Valid() bool { return decimal.MatchString(string(a)) }

// String returns the amount as the server wrote it.
func (a Amount) String() string { return string(a) }

// IsZero reports whether the amount is 0, however it is written, or none.
func (a Amount) IsZero() bool { return a.rat().Sign() == 0 }

// Sign is -1, 0 or 1.
func (a Amount) Sign() int { return a.rat().Sign() }

// Cmp compares by value: "4" is "4.00". What is not Valid counts as 0.
func (a Amount) Cmp(b Amount) int { return a.rat().Cmp(b.rat()) }

func (a Amount) rat() *big.Rat {
	r := new(big.Rat)
	if a.Valid() {
		r.SetString(string(a))
	}
	return r
}

// UnmarshalJSON reads a number or a text; null, "" and false are no amount. Anything
// else is an error: money must not be misread.
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
