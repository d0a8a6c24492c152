package elizon_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
)

// priced has amounts; package wire tests everything else.
type priced struct {
	Price elizon.EUR   `wire:"price"`
	Fee   elizon.Cents `wire:"fee"`
}

func TestAmounts(t *testing.T) {
	for text, want := range map[string]priced{
		`{"price":4.99}`:             {Price: "4.99"},
		`{"price":"-0.10"}`:          {Price: "-0.10"},
		`{"price":1.5e3}`:            {Price: "1500"},
		`{"price":5E-3}`:             {Price: "0.005"},
		`{"price":"","fee":1999.0}`:  {Fee: 1999},
		`{"price":null,"success":1}`: {},
	} {
		var got priced
		require.NoError(t, elizon.Decode([]byte(text), &got), text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{`{"price":"1,50"}`, `{"price":1e999999999}`, `{"price":true}`, `{"price":[1]}`} {
		require.ErrorContains(t, elizon.Decode([]byte(text), new(priced)), "price", text)
	}
}

func TestMoney(t *testing.T) {
	for _, amount := range []elizon.EUR{"0", "12.99", "-3", "0.005", "00.10"} {
		require.True(t, amount.Valid(), amount)
	}
	for _, amount := range []elizon.EUR{"", "-", ".5", "5.", "1e3", "1,5", " 1", "--1", "+1", "0x10", "1/3", "NaN", "1.2.3", elizon.EUR("1" + strings.Repeat("0", 100))} {
		require.False(t, amount.Valid(), amount)
		require.True(t, amount.IsZero(), amount)
	}
	require.Equal(t, 1, elizon.EUR("10").Cmp("9.99"))
	require.Equal(t, 0, elizon.EUR("5.90").Cmp("5.9"))
	require.Equal(t, -1, elizon.EUR("-1").Cmp("0"))
	require.Equal(t, 1, elizon.EUR("0.30").Cmp("0.29999999999999999999"))
	require.Equal(t, -1, elizon.EUR("-0.01").Sign())
	require.Equal(t, big.NewRat(1299, 100), elizon.EUR("12.99").Rat())
	require.Equal(t, elizon.EUR("0.05"), elizon.Cents(5).EUR())
	require.Equal(t, elizon.EUR("-12.34"), elizon.EURFromCents(-1234))
}

// No JSON causes a panic, and any amount that was decoded can be sent.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{`{"price":1e3}`, `{"price":"0.1e-2"}`, `[]`, `{"price":-0e0}`, `{"price":"00.1"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got priced
		if elizon.Decode(data, &got) != nil {
			return
		}
		require.True(t, got.Price == "" || got.Price.Valid(), got.Price)
		if got.Price != "" {
			require.True(t, json.Valid([]byte(got.Price)) || strings.HasPrefix(strings.TrimPrefix(string(got.Price), "-"), "0"), got.Price)
		}
	})
}
