package lenient_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/lenient"
)

func TestText(t *testing.T) {
	for sent, want := range map[string]string{
		`"a"`: "a", `""`: "", `"\u00e9\n"`: "é\n", `"é"`: "é", "\"\xff\"": "\ufffd", `"null"`: "null", `"\""`: `"`,
		`17`: "17", `1.50`: "1.50", `true`: "true", `false`: "false",
		`null`: "", `{}`: "", `{"a":1}`: "", `[]`: "", `["a"]`: "",
	} {
		var got struct{ A lenient.Text }
		got.A = "before"
		require.NoError(t, json.Unmarshal([]byte(`{"a":`+sent+`}`), &got), sent)
		require.Equal(t, want, string(got.A), sent)
	}
}

func TestNumber(t *testing.T) {
	for sent, want := range map[string]int64{
		`17`: 17, `-3`: -3, `"17"`: 17, `17.0`: 17, `"17.00"`: 17, `""`: 0, `null`: 0, `0`: 0, `9223372036854775807`: 1<<63 - 1,
	} {
		var got lenient.Number
		require.NoError(t, json.Unmarshal([]byte(sent), &got), sent)
		require.EqualValues(t, want, got, sent)
	}
	for _, sent := range []string{`1.5`, `"1.5"`, `1e3`, `"abc"`, `" 17"`, `".0"`, `true`, `{}`, `[]`, `[17]`, `9223372036854775808`} {
		got := lenient.Number(1)
		err := json.Unmarshal([]byte(sent), &got)
		var wrong *json.UnmarshalTypeError
		require.ErrorAs(t, err, &wrong, sent)
		require.NotContains(t, err.Error(), "abc", "what the server said may be a secret")
		require.Zero(t, got, sent)
	}
}

func TestTime(t *testing.T) {
	second := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for sent, want := range map[string]time.Time{
		`"2026-03-04T05:06:07Z"`:          second,
		`"2026-03-04T05:06:07.000Z"`:      second,
		`"2026-03-04T07:06:07+02:00"`:     second,
		`"2026-03-04T07:06:07+0200"`:      second,
		`"2026-03-04T05:06:07"`:           second,
		`"2026-03-04 05:06:07"`:           second,
		`"2026-03-04 07:06:07+02:00"`:     second,
		`"2026-03-04 07:06:07+0200"`:      second,
		`"Wed, 04 Mar 2026 05:06:07 UTC"`: second,
		`"2026-03-04"`:                    day,
		`""`:                              {}, `null`: {}, `"soon"`: {}, `"0000-00-00"`: {}, `"2026-02-30"`: {}, `1772600767`: {}, `{}`: {}, `["2026-03-04"]`: {}, `true`: {},
	} {
		got := lenient.Time{Time: time.Now()}
		require.NoError(t, got.UnmarshalJSON([]byte(sent)), sent)
		require.True(t, got.Equal(want), "%s: %v", sent, got)
	}
}

// FuzzLenient: any JSON gives a value or an error, and what is told in the plain spelling
// is read as encoding/json reads it.
func FuzzLenient(f *testing.F) {
	for _, sent := range []string{`17`, `"17"`, `1.0`, `"a\u0000"`, "\"\xff\"", `null`, `{}`, `[1]`, `true`, `"2026-03-04"`, `1e400`, `""`, `"\ud800"`} {
		f.Add([]byte(sent))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		var all struct {
			Text   lenient.Text
			Number lenient.Number
			Time   lenient.Time
		}
		for _, name := range []string{"text", "time", "number"} {
			err := json.Unmarshal([]byte(`{"`+name+`":`+string(sent)+`}`), &all)
			if !json.Valid(sent) {
				continue
			}
			var wrong *json.UnmarshalTypeError
			if err != nil && (name != "number" || !errors.As(err, &wrong)) {
				t.Fatalf("%s %q: %v", name, sent, err)
			}
		}
		var text string
		if json.Valid(sent) && string(sent) != "null" && json.Unmarshal(sent, &text) == nil && string(all.Text) != text {
			t.Fatalf("%q was read as %q", sent, all.Text)
		}
		var number int64
		if json.Valid(sent) && json.Unmarshal(sent, &number) == nil && int64(all.Number) != number {
			t.Fatalf("%q was read as %d", sent, all.Number)
		}
	})
}
