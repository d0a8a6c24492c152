package elizon_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/provider"
)

// everything has a field of each kind that the decoder knows.
type everything struct {
	ID    string             `elizon:"id,required"`
	Text  string             `elizon:"text"`
	Old   string             `elizon:"new|old"`
	Flag  bool               `elizon:"flag"`
	Count int64              `elizon:"count"`
	Ratio float64            `elizon:"ratio"`
	At    time.Time          `elizon:"at"`
	Set   bool               `elizon:"at,set"`
	Price elizon.EUR         `elizon:"price"`
	Fee   elizon.Cents       `elizon:"fee"`
	Key   provider.Secret    `elizon:"key"`
	Any   payload            `elizon:"any"`
	Maybe *int64             `elizon:"maybe"`
	Inner *nested            `elizon:"inner"`
	List  []nested           `elizon:"list"`
	Names map[string]int64   `elizon:"names"`
	Loose nested             `elizon:"loose,loose"`
	More  map[string]payload `elizon:",extra"`
	Free  string
}

type nested struct {
	N int64 `elizon:"n,required"`
}

func TestDecode(t *testing.T) {
	for text, want := range map[string]everything{
		`{"id":"a"}`: {ID: "a"},
		`{"id":17,"text":1.50,"flag":"true","count":"12","ratio":"0.5","fee":1999.0,"key":"k","Free":"x"}`: {
			ID: "17", Text: "1.50", Flag: true, Count: 12, Ratio: 0.5, Fee: 1999, Key: "k", More: map[string]payload{"Free": raw(`"x"`)},
		},
		`{"id":"a","new":"n","old":"o"}`:                       {ID: "a", Old: "n"},
		`{"id":"a","new":null,"old":"o"}`:                      {ID: "a", Old: "o"},
		`{"id":"a","at":"2026-07-01T00:00:00.000Z"}`:           {ID: "a", At: at("2026-07-01T00:00:00Z"), Set: true},
		`{"id":"a","at":"2026-07-01"}`:                         {ID: "a", At: at("2026-07-01T00:00:00Z"), Set: true},
		`{"id":"a","at":1782864000000}`:                        {ID: "a", At: at("2026-07-01T00:00:00Z"), Set: true},
		`{"id":"a","at":"tomorrow"}`:                           {ID: "a", Set: true},
		`{"id":"a","at":{}}`:                                   {ID: "a", Set: true},
		`{"id":"a","at":""}`:                                   {ID: "a"},
		`{"id":"a","price":4.99}`:                              {ID: "a", Price: "4.99"},
		`{"id":"a","price":"-0.10"}`:                           {ID: "a", Price: "-0.10"},
		`{"id":"a","price":1.5e3}`:                             {ID: "a", Price: "1500"},
		`{"id":"a","price":5E-3}`:                              {ID: "a", Price: "0.005"},
		`{"id":"a","any":{"x":[1]},"maybe":0,"inner":{"n":1}}`: {ID: "a", Any: raw(`{"x":[1]}`), Maybe: new(int64(0)), Inner: &nested{1}},
		`{"id":"a","any":null,"maybe":null,"inner":null,"list":null,"names":null,"text":null,"flag":null,"count":null,"price":null}`: {ID: "a"},
		`{"id":"a","list":[{"n":1},{"n":"2"}],"names":{"x":1}}`:                                                                      {ID: "a", List: []nested{{1}, {2}}, Names: map[string]int64{"x": 1}},
		`{"id":"a","loose":"text"}`:  {ID: "a"},
		`{"id":"a","loose":{"n":3}}`: {ID: "a", Loose: nested{3}},
	} {
		var got everything
		require.NoError(t, elizon.Decode([]byte(text), &got), text)
		require.Equal(t, want, got, text)
	}
	for text, problem := range map[string]string{
		`{}`:                      `lacks "id"`,
		`{"id":null}`:             `lacks "id"`,
		`{"id":""}`:               `lacks "id"`,
		`{"id":"a","inner":{}}`:   `lacks "inner.n"`,
		`{"id":"a","list":[{}]}`:  `lacks "list.n"`,
		`{"id":{}}`:               "id",
		`{"id":"a","text":[]}`:    "text",
		`{"id":"a","flag":"yes"}`: "flag",
		`{"id":"a","flag":1}`:     "flag",
		`{"id":"a","count":1.5}`:  "count",
		`{"id":"a","count":99999999999999999999}`: "count",
		`{"id":"a","ratio":"NaN"}`:                "ratio",
		`{"id":"a","ratio":1e999}`:                "ratio",
		`{"id":"a","price":"1,50"}`:               "price",
		`{"id":"a","price":1e999999999}`:          "price",
		`{"id":"a","price":true}`:                 "price",
		`{"id":"a","list":{}}`:                    "list",
		`{"id":"a","list":[null]}`:                "list",
		`{"id":"a","names":[]}`:                   "names",
		`{"id":"a","names":{"x":"y"}}`:            "names.*",
		`{"id":"a","inner":7}`:                    "inner",
		`[]`:                                      "",
	} {
		err := elizon.Decode([]byte(text), new(everything))
		require.Error(t, err, text)
		require.ErrorContains(t, err, problem, text)
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

func TestPayload(t *testing.T) {
	var n int
	require.NoError(t, payload("17").Decode(&n))
	require.Equal(t, 17, n)
	require.ErrorContains(t, payload(nil).Decode(&n), "no body")
	encoded, err := json.Marshal(map[string]payload{"x": payload(`"secret"`)})
	require.NoError(t, err)
	require.JSONEq(t, `{"x":"[8 bytes of JSON]"}`, string(encoded))
}

// Any JSON: no panic, and an amount that was read is one that can be sent.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{`{"id":"a","price":1e3}`, `{"id":"a","price":"0.1e-2","at":1e3,"list":[{"n":1}]}`, `[]`, `{"id":1,"names":{"":0}}`, `{"id":"a","price":-0e0}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			return
		}
		var got everything
		if elizon.Decode(data, &got) != nil {
			return
		}
		require.NotEmpty(t, got.ID)
		require.True(t, got.Price == "" || got.Price.Valid(), got.Price)
		if got.Price != "" {
			require.True(t, json.Valid([]byte(got.Price)) || strings.HasPrefix(strings.TrimPrefix(string(got.Price), "-"), "0"), got.Price)
		}
	})
}
