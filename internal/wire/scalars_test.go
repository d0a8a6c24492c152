package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNumbers(t *testing.T) {
	for sent, want := range map[string]int64{
		`17`: 17, `-3`: -3, `17.0`: 17, ` 17.00 `: 17, `0`: 0, `9223372036854775807`: 1<<63 - 1, ``: 0, ` `: 0, `false`: 0,
	} {
		got, err := Integer(sent)
		require.NoError(t, err, sent)
		require.Equal(t, want, got, sent)
	}
	for _, sent := range []string{`1.5`, `1e3`, `abc`, `.0`, `true`, `9223372036854775808`, `∞`} {
		got, err := Integer(sent)
		require.EqualError(t, err, "not a whole number", "what the server sent may be a secret")
		require.Zero(t, got, sent)
	}
	for sent, want := range map[string]float64{`1.5`: 1.5, ` 1e3`: 1000, `-2`: -2, ``: 0, `false`: 0} {
		got, err := Float(sent)
		require.NoError(t, err, sent)
		require.Equal(t, want, got, sent)
	}
	for _, sent := range []string{`NaN`, `Inf`, `1e999`, `abc`, `true`} {
		got, err := Float(sent)
		require.EqualError(t, err, "not a number")
		require.Zero(t, got, sent)
	}
}

func TestFlag(t *testing.T) {
	for sent, want := range map[string]bool{
		`true`: true, `1`: true, `yes`: true, `on`: true, ` On `: true, `TRUE`: true, `enabled`: true,
		`false`: false, `0`: false, `no`: false, `off`: false, ``: false, ` `: false, `Disabled`: false,
	} {
		got, err := Flag(sent)
		require.NoError(t, err, sent)
		require.Equal(t, want, got, sent)
	}
	for _, sent := range []string{`2`, `-1`, `ja`, `null`, `1.0`} {
		got, err := Flag(sent)
		require.EqualError(t, err, "neither yes nor no", sent)
		require.False(t, got, sent)
	}
}

func timeOf(text string) time.Time {
	t, _ := parseTime(text)
	return t
}

func TestTime(t *testing.T) {
	second := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for sent, want := range map[string]time.Time{
		`2026-03-04T05:06:07Z`:          second,
		`2026-03-04T05:06:07.000Z`:      second,
		`2026-03-04T07:06:07+02:00`:     second,
		`2026-03-04T07:06:07+0200`:      second,
		`2026-03-04T05:06:07`:           second,
		`2026-03-04 05:06:07`:           second,
		`2026-03-04 07:06:07+02:00`:     second,
		`2026-03-04 07:06:07+0200`:      second,
		`Wed, 04 Mar 2026 05:06:07 UTC`: second,
		`1772600767`:                    second,
		`1772600767000`:                 second,
		`2026-03-04`:                    day,
		`04/03/2026`:                    day,
		``:                              {}, `null`: {}, `soon`: {}, `0000-00-00`: {}, `2026-02-30`: {}, `true`: {},
		`0`: {}, `1`: {}, `20260304`: {}, `-1772600767`: {}, `99999999999999999999`: {}, `1772600767.5`: {},
	} {
		require.True(t, timeOf(sent).Equal(want), "%s: %v", sent, timeOf(sent))
	}
}

// TestEnd: the end of something that is told as a date is the end of that day.
func TestEnd(t *testing.T) {
	for sent, want := range map[string]time.Time{
		`2026-03-04`:           time.Date(2026, 3, 4, 23, 59, 59, 0, time.UTC),
		`04/03/2026`:           time.Date(2026, 3, 4, 23, 59, 59, 0, time.UTC),
		`2026-03-04 00:00:00`:  time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC),
		`2026-03-04T00:00:00Z`: time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC),
		`1772600767`:           time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		``:                     {}, `soon`: {}, `0000-00-00`: {},
	} {
		require.True(t, parseEnd(sent).Equal(want), "%s: %v", sent, parseEnd(sent))
	}
	for sent, want := range map[string]bool{
		``: true, ` `: true, `0000-00-00`: true, `0000-00-00 00:00:00`: true, `0`: true, `Never`: true,
		`soon`: false, `2026-02-30`: false, `2026-03-04`: false, `1`: false,
	} {
		require.Equal(t, want, noTime(sent), sent)
	}
}

// FuzzScalars: any text gives a value or none, and what is JSON in its plain spelling is read as
// encoding/json reads it.
func FuzzScalars(f *testing.F) {
	for _, sent := range []string{`17`, `1.0`, `true`, `2026-03-04`, `1e400`, ``, `2026-03-04T05:06:07Z`} {
		f.Add(sent)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		scalar := strings.TrimSpace(sent) == sent && sent != "null"
		var number int64
		if got, err := Integer(sent); scalar && json.Unmarshal([]byte(sent), &number) == nil && (err != nil || got != number) {
			t.Fatalf("%q was read as %d, %v", sent, got, err)
		}
		var flag bool
		if got, err := Flag(sent); scalar && json.Unmarshal([]byte(sent), &flag) == nil && (err != nil || got != flag) {
			t.Fatalf("%q was read as %v", sent, got)
		}
		if want, err := time.Parse(time.RFC3339, sent); err == nil && !timeOf(sent).Equal(want) {
			t.Fatalf("%q was read as %v", sent, timeOf(sent))
		}
	})
}
