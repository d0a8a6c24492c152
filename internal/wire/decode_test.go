package wire_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

type payload = provider.Payload

type word string

// everything has a field of each kind that the decoder knows.
type everything struct {
	ID      string             `wire:"id,required"`
	Text    word               `wire:"text"`
	Old     string             `wire:"new|old"`
	Name    string             `wire:"name,strict"`
	Flag    bool               `wire:"flag"`
	Off     bool               `wire:"off|!on"`
	Count   int64              `wire:"count"`
	Ratio   float64            `wire:"ratio"`
	At      time.Time          `wire:"at"`
	Set     bool               `wire:"at,set"`
	Key     provider.Secret    `wire:"key"`
	Any     payload            `wire:"any"`
	Open    map[string]any     `wire:"open"`
	Maybe   *int64             `wire:"maybe"`
	Inner   *nested            `wire:"inner"`
	Plain   nested2            `wire:"plain"`
	List    []nested           `wire:"list"`
	Links   []*nested          `wire:"links"`
	Numbers []int64            `wire:"numbers"`
	Addrs   []netip.Addr       `wire:"addrs"`
	Addr    netip.Addr         `wire:"addr"`
	Names   map[word]int64     `wire:"names"`
	Loose   nested             `wire:"loose,loose"`
	Deep    string             `wire:"far.away.text"`
	Version string             `wire:"version|far.version"`
	Odd     odd                `wire:"odd"`
	More    map[string]payload `wire:",extra"`
	embedded
	Free string
}

type embedded struct {
	Within string `wire:"within"`
}

type nested struct {
	N int64 `wire:"n,required"`
}

type nested2 struct {
	N int64 `wire:"n"`
}

// odd is a number, or an object with one.
type odd struct {
	N int64 `wire:"n"`
}

var _ = wire.Read(func(raw []byte, o *odd) error {
	if raw[0] == '{' {
		return wire.Fill(raw, o)
	}
	return wire.Unmarshal(raw, &o.N)
})

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestUnmarshal(t *testing.T) {
	for text, want := range map[string]everything{
		`{"id":"a"}`:             {ID: "a"},
		" {\t\"id\" :\n\"a\" } ": {ID: "a"},
		`{"id":17,"text":1.50,"flag":"true","count":"12","ratio":"0.5","key":1999.0,"Free":"x"}`: {
			ID: "17", Text: "1.50", Flag: true, Count: 12, Ratio: 0.5, Key: provider.NewSecret("1999.0"), More: map[string]payload{"Free": provider.NewPayload(`"x"`)},
		},
		`{"ID":"a","Count":3}`:                                 {ID: "a", Count: 3},
		`{"\u0069d":"a"}`:                                      {ID: "a"},
		`{"id":"a","new":"n","old":"o"}`:                       {ID: "a", Old: "n"},
		`{"old":"o","id":"a","new":"n"}`:                       {ID: "a", Old: "n"},
		`{"id":"a","new":null,"old":3}`:                        {ID: "a", Old: "3"},
		`{"id":"a","new":"","old":"o"}`:                        {ID: "a", Old: "o"},
		`{"id":"a","name":"n"}`:                                {ID: "a", Name: "n"},
		`{"id":"a","flag":1,"off":0}`:                          {ID: "a", Flag: true},
		`{"id":"a","flag":"1","on":""}`:                        {ID: "a", Flag: true, Off: true},
		`{"id":"a","on":false}`:                                {ID: "a", Off: true},
		`{"id":"a","on":true}`:                                 {ID: "a"},
		`{"id":"a","count":" 17.0 "}`:                          {ID: "a", Count: 17},
		`{"id":"a","count":"","ratio":""}`:                     {ID: "a"},
		`{"id":"a","text":[],"old":{}}`:                        {ID: "a"},
		`{"id":"a","at":"2026-07-01T00:00:00.000Z"}`:           {ID: "a", At: at("2026-07-01T00:00:00Z"), Set: true},
		`{"id":"a","at":"2026-07-01"}`:                         {ID: "a", At: at("2026-07-01T00:00:00Z"), Set: true},
		`{"id":"a","at":1782864000000}`:                        {ID: "a", At: at("2026-07-01T00:00:00Z"), Set: true},
		`{"id":"a","at":"1782864000"}`:                         {ID: "a", At: at("2026-07-01T00:00:00Z"), Set: true},
		`{"id":"a","at":"tomorrow"}`:                           {ID: "a", Set: true},
		`{"id":"a","at":{"x":1}}`:                              {ID: "a", Set: true},
		`{"id":"a","at":""}`:                                   {ID: "a"},
		`{"id":"a","any":{"x":[1]},"maybe":0,"inner":{"n":1}}`: {ID: "a", Any: provider.NewPayload(`{"x":[1]}`), Maybe: new(int64(0)), Inner: &nested{1}},
		`{"id":"a","maybe":""}`:                                {ID: "a"},
		`{"id":"a","maybe":false}`:                             {ID: "a"},
		`{"id":"a","maybe":"7.0"}`:                             {ID: "a", Maybe: new(int64(7))},
		`{"id":"a","open":{"x": 1e2}}`:                         {ID: "a", Open: map[string]any{"x": provider.NewPayload("1e2")}},
		`{"id":"a","any":null,"maybe":null,"inner":null,"list":null,"names":null,"text":null,"flag":null,"count":null,"addr":null,"odd":null,"far":null}`: {ID: "a"},
		`{"id":"a","plain":[],"inner":[],"names":[],"far":[],"open":false}`:                                                                               {ID: "a"},
		`{"id":"a","list":[{"n":1},{"n":"2"}],"links":[{"n":3}],"names":{"x":1},"numbers":[1,"2",null]}`: {
			ID: "a", List: []nested{{1}, {2}}, Links: []*nested{{3}}, Names: map[word]int64{"x": 1}, Numbers: []int64{1, 2, 0},
		},
		`{"id":"a","list":[],"links":{}}`:                               {ID: "a", List: []nested{}},
		`{"id":"a","list":{"10":{"n":2},"9":{"n":1}}}`:                  {ID: "a", List: []nested{{1}, {2}}},
		`{"id":"a","list":{"n":1}}`:                                     {ID: "a", List: []nested{{1}}},
		`{"id":"a","numbers":7}`:                                        {ID: "a", Numbers: []int64{7}},
		`{"id":"a","numbers":{"0":7}}`:                                  {ID: "a", Numbers: []int64{7}},
		`{"id":"a","addr":"192.0.2.1","addrs":["x","2001:db8::1"]}`:     {ID: "a", Addr: netip.MustParseAddr("192.0.2.1"), Addrs: []netip.Addr{netip.MustParseAddr("2001:db8::1")}},
		`{"id":"a","loose":"text"}`:                                     {ID: "a"},
		`{"id":"a","loose":{"n":{"deep":[[1]]}},"count":1}`:             {ID: "a", Count: 1},
		`{"id":"a","loose":{"n":3}}`:                                    {ID: "a", Loose: nested{3}},
		`{"id":"a","far":{"x":1,"away":{"text":"t"},"version":7}}`:      {ID: "a", Deep: "t", Version: "7"},
		`{"id":"a","far":7,"text":"t"}`:                                 {ID: "a", Text: "t"},
		`{"id":"a","far":[{"version":7}],"inner":[{"n":1}]}`:            {ID: "a", Version: "7", Inner: &nested{1}},
		`{"id":"a","Text":"x","text":"t","tEXT":"y"}`:                   {ID: "a", Text: "t", More: map[string]payload{"Text": provider.NewPayload(`"x"`), "tEXT": provider.NewPayload(`"y"`)}},
		`{"id":"a","odd":5,"within":"w"}`:                               {ID: "a", Odd: odd{5}, embedded: embedded{"w"}},
		`{"id":"a","odd":{"n":5}}`:                                      {ID: "a", Odd: odd{5}},
		`{"id":"\u00fc\/\ud83d\ude00","text":"\ud800\n` + "\xff" + `"}`: {ID: "ü/😀", Text: "\ufffd\n\ufffd"},
	} {
		var got everything
		require.NoError(t, wire.Unmarshal([]byte(text), &got), text)
		require.Equal(t, want, got, text)
	}
}

// spelled has fields of the kinds whose values could be merged.
type spelled struct {
	Count  int64              `wire:"count"`
	Names  []string           `wire:"names"`
	Inner  pair               `wire:"inner"`
	Given  bool               `wire:"given,set"`
	Host   string             `wire:"meta.host"`
	Port   int64              `wire:"meta.port"`
	Either []string           `wire:"x|y"`
	Words  map[string]string  `wire:"words|vocabulary"`
	ID     int64              `wire:"account.id,positive"`
	More   map[string]payload `wire:",extra"`
}

type pair struct {
	A int64    `wire:"a"`
	B []string `wire:"b"`
}

// What is spelled exactly replaces the other spelling, in either order, and nothing is merged.
func TestSpellings(t *testing.T) {
	for _, test := range []struct {
		first, second string
		want          spelled
	}{
		{`"Names":["a"]`, `"names":["b"]`, spelled{Names: []string{"b"}, More: map[string]payload{"Names": provider.NewPayload(`["a"]`)}}},
		{`"Count":5`, `"count":null`, spelled{More: map[string]payload{"Count": provider.NewPayload("5")}}},
		{`"Count":{"x":1}`, `"count":5`, spelled{Count: 5, More: map[string]payload{"Count": provider.NewPayload(`{"x":1}`)}}},
		{`"Given":"x"`, `"given":null`, spelled{More: map[string]payload{"Given": provider.NewPayload(`"x"`)}}},
		{
			`"Inner":{"a":1,"b":["p"]}`, `"inner":{"b":["q"]}`,
			spelled{Inner: pair{B: []string{"q"}}, More: map[string]payload{"Inner": provider.NewPayload(`{"a":1,"b":["p"]}`)}},
		},
		{
			`"Meta":{"host":"h","port":1}`, `"meta":{"port":2}`,
			spelled{Port: 2, More: map[string]payload{"Meta": provider.NewPayload(`{"host":"h","port":1}`)}},
		},
		{`"Meta":{"host":"h"}`, `"meta":[]`, spelled{More: map[string]payload{"Meta": provider.NewPayload(`{"host":"h"}`)}}},
		{`"meta":{"Host":"h"}`, `"Names":["a"]`, spelled{Host: "h", Names: []string{"a"}}},
		{`"X":["v"]`, `"x":null`, spelled{More: map[string]payload{"X": provider.NewPayload(`["v"]`)}}},
		{`"x":[]`, `"y":["v"]`, spelled{Either: []string{"v"}}},
		{`"x":["w"]`, `"y":["v"]`, spelled{Either: []string{"w"}}},
		{`"x":[]`, `"y":null`, spelled{Either: []string{}}},
		{`"words":{}`, `"vocabulary":{"a":"b"}`, spelled{Words: map[string]string{"a": "b"}}},
	} {
		test.want.ID = 1
		for _, text := range []string{
			`{"account":{"id":1},` + test.first + "," + test.second + "}", `{` + test.second + "," + test.first + `,"account":{"id":1}}`,
		} {
			var got spelled
			require.NoError(t, wire.Unmarshal([]byte(text), &got), text)
			require.Equal(t, test.want, got, text)
		}
	}
	for text, problem := range map[string]string{
		`"meta":[],"meta":{"host":"h"}`:      `field "meta" occurs twice`,
		`"meta":null,"meta":{"host":"h"}`:    `field "meta" occurs twice`,
		`"COUNT":1,"Count":2`:                `field "count" occurs twice`,
		`"Account":{"id":2}`:                 `field "account" occurs twice`,
		`"Meta":{"host":"h"},"META":{}`:      `field "meta" occurs twice`,
		`"meta":{"host":"h","host":"h"}`:     `field "meta.host" occurs twice`,
		`"Count":{"x":1}`:                    "count",
		`"Meta":{"HOST":{"x":1},"port":"1"}`: "meta.host",
	} {
		for _, object := range []string{`{"account":{"id":1},` + text + `}`, `{` + text + `,"account":{"id":1}}`} {
			require.ErrorContains(t, wire.Unmarshal([]byte(object), new(spelled)), problem, object)
		}
	}
}

func TestWrongAnswers(t *testing.T) {
	for text, problem := range map[string]string{
		`{}`:                                         `lacks "id"`,
		`{"id":null}`:                                `lacks "id"`,
		`{"id":""}`:                                  `lacks "id"`,
		`{"id":[]}`:                                  `lacks "id"`,
		`{"id":"a","inner":{}}`:                      `lacks "inner.n"`,
		`{"id":"a","list":[{}]}`:                     `lacks "list.n"`,
		`{"id":"a","id":"a"}`:                        `field "id" occurs twice`,
		`{"id":"a","ID":"b"}`:                        `field "id" occurs twice`,
		`{"id":"a","NAME":"x","name":"y"}`:           `field "name" occurs twice`,
		`{"id":"a","inner":{"n":1,"n":1}}`:           `field "inner.n" occurs twice`,
		`{"id":{"x":1}}`:                             "id",
		`{"id":"a","text":[1]}`:                      "text",
		`{"id":"a","name":5}`:                        "name",
		`{"id":"a","flag":"maybe"}`:                  "flag",
		`{"id":"a","flag":2}`:                        "flag",
		`{"id":"a","on":"maybe"}`:                    "on",
		`{"id":"a","flag":{}}`:                       "flag",
		`{"id":"a","count":[]}`:                      "count",
		`{"id":"a","ratio":{}}`:                      "ratio",
		`{"id":"a","count":1.5}`:                     "count",
		`{"id":"a","count":true}`:                    "count",
		`{"id":"a","count":99999999999999999999}`:    "count",
		`{"id":"a","ratio":"NaN"}`:                   "ratio",
		`{"id":"a","ratio":1e999}`:                   "ratio",
		`{"id":"a","list":[null]}`:                   "list",
		`{"id":"a","links":[null]}`:                  "links",
		`{"id":"a","list":7}`:                        "list",
		`{"id":"a","list":{"0":{"n":1},"1":{}}}`:     "list.n",
		`{"id":"a","names":[1]}`:                     "names",
		`{"id":"a","names":{"x":"y"}}`:               "names.*",
		`{"id":"a","inner":[{"n":1},{"n":2}]}`:       "inner",
		`{"id":"a","inner":7}`:                       "inner",
		`{"id":"a","far":{"away":{"text":{"x":1}}}}`: "far.away.text",
		`{"id":"a","far":{"version":{"x":1}}}`:       "far.version",
		`{"id":"a","odd":"x"}`:                       "odd",
		`[]`:                                         "",
		`null`:                                       "",
		`"a"`:                                        "",
		``:                                           "",
		`{"id":"a"} x`:                               "",
		`{"id":"a",}`:                                "",
		`{"id":"a"`:                                  "",
	} {
		err := wire.Unmarshal([]byte(text), new(everything))
		require.Error(t, err, text)
		require.ErrorContains(t, err, problem, text)
		require.NotContains(t, err.Error(), "maybe", "values may be secrets")
	}
}

// kept is like an entry of a catalogue.
type kept struct {
	Tags  []string                    `wire:"tags,commas"`
	Tasks map[int64]string            `wire:"tasks"`
	More  map[string]provider.Payload `wire:"data,extra"`
	Name  string                      `wire:"data.name"`
}

func TestCatalogues(t *testing.T) {
	for text, want := range map[string]kept{
		`{"tags":"a, b,","x":1,"data":{"name":"n","x":2}}`: {Tags: []string{"a", "b"}, Name: "n", More: map[string]payload{"x": provider.NewPayload("2")}},
		`{"tags":["a,b","c",4],"tasks":{"7":"t","x":"u"}}`: {Tags: []string{"a", "b", "c", "4"}, Tasks: map[int64]string{7: "t"}},
		`{"tags":null,"tasks":[]}`:                         {},
	} {
		var got kept
		require.NoError(t, wire.Unmarshal([]byte(text), &got), text)
		require.Equal(t, want, got, text)
	}
	require.ErrorContains(t, wire.Unmarshal([]byte(`{"tags":[{"x":1}]}`), new(kept)), "tags")
	var rows []*nested
	require.NoError(t, wire.Options{Lenient: true}.Unmarshal([]byte(`{"1":{"n":2},"0":{"n":1}}`), &rows))
	require.Equal(t, []*nested{{1}, {2}}, rows)
}

// panel has fields that servers must send.
type panel struct {
	ID   int64  `wire:"id,positive"`
	Name string `wire:"name,required"`
	Host string `wire:"meta.host,holder"`
}

func TestDemands(t *testing.T) {
	for text, problem := range map[string]string{
		`{"id":0,"name":"n","meta":{}}`: `lacks "id"`, `{"id":-1,"name":"n","meta":{}}`: `lacks "id"`,
		`{"id":1,"meta":{}}`:  `lacks "name"`,
		`{"id":1,"name":"n"}`: `lacks "meta"`, `{"id":1,"name":"n","meta":null}`: `lacks "meta"`, `{"id":1,"name":"n","meta":[]}`: `lacks "meta"`,
		`{"id":1,"name":"n","meta":{}}`: "",
	} {
		err := wire.Unmarshal([]byte(text), new(panel))
		if problem == "" {
			require.NoError(t, err, text)
			continue
		}
		require.EqualError(t, err, problem, text)
	}
	partial := wire.Options{Partial: true}
	require.NoError(t, partial.Unmarshal([]byte(`{"id":1,"meta":{}}`), new(panel)))
	require.ErrorContains(t, partial.Unmarshal([]byte(`{"name":"n","meta":{}}`), new(panel)), `lacks "id"`)
}

func TestEnvelope(t *testing.T) {
	var got everything
	require.NoError(t, wire.Options{Envelope: []string{"success"}}.Unmarshal([]byte(`{"success":true,"id":"a","x":1}`), &got))
	require.Equal(t, map[string]payload{"x": provider.NewPayload("1")}, got.More)
}

// null at the top level is an error, even for a type with its own reader.
func TestNullOnTop(t *testing.T) {
	require.EqualError(t, wire.Unmarshal([]byte(`null`), new(odd)), "not an object")
	require.EqualError(t, wire.Unmarshal([]byte(`null`), new([]odd)), "not a list")
	rows, problems, err := listOf[odd](`[1,null,{"n":2}]`)
	require.NoError(t, err)
	require.Equal(t, []*odd{{1}, {}, {2}}, rows)
	require.Len(t, problems, 1)
	var maybe *nested
	require.NoError(t, wire.Unmarshal([]byte(`null`), &maybe))
	require.Nil(t, maybe)
}

func TestSyntaxErrorsAreTheStandardLibrarys(t *testing.T) {
	var wrong *json.SyntaxError
	require.True(t, errors.As(wire.Unmarshal([]byte(`{"id":tru}`), new(everything)), &wrong))
}

// FuzzUnmarshal: any input gives a value or an error, everything accepted is JSON, and required
// fields are set.
func FuzzUnmarshal(f *testing.F) {
	for _, text := range []string{
		`{"id":"a","count":1e3}`, `{"id":"a","at":1e3,"list":[{"n":1}]}`, `[]`, `{"id":1,"names":{"":0}}`, `{"id":"a","list":{"0":{"n":1}}}`,
		`{"id":"\ud83d\ude00\u00e9","far":{"away":{"text":[]}},"x":{"y":[1,2,{"z":null}]}}`, `{"id":"a","loose":{"n":[1,{"a":"}"}]}}`, "{\"id\":\"\xff\\u0000\"}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got everything
		err := wire.Unmarshal(data, &got)
		if err == nil && (!json.Valid(data) || got.ID == "") {
			t.Fatalf("%q was taken: %+v", data, got)
		}
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) && json.Valid(data) {
			t.Fatalf("%q is JSON: %v", data, err)
		}
		rows, _, err := listOf[everything](string(data))
		if (err != nil || !json.Valid(data)) && rows != nil {
			t.Fatalf("%q was taken for a list", data)
		}
	})
}

// FuzzText: texts are read as encoding/json reads them, and the same input is valid JSON.
func FuzzText(f *testing.F) {
	for _, text := range []string{`"a"`, `"\ud83d\ude00"`, `"\ud83d\u0041"`, `"\ud83d"`, "\"\xff\xc3\"", `"\/\b\f\n\r\t\"\\"`, `"\u00E9"`, `"\x"`, `"`, "\"\n\"", `"\u12"`, `"é"`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, want string
		if len(data) == 0 || data[0] != '"' {
			var raw payload
			if err := wire.Unmarshal(data, &raw); (err == nil) != json.Valid(data) && len(data) < 500 {
				t.Fatalf("%q: %v", data, err)
			}
			return
		}
		gotErr, wantErr := wire.Unmarshal(data, &got), json.Unmarshal(data, &want)
		if (gotErr == nil) != (wantErr == nil) || gotErr == nil && got != want {
			t.Fatalf("%q: %q %v, want %q %v", data, got, gotErr, want, wantErr)
		}
	})
}
