package wire_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/wire"
)

// walked returns the members of an object, or the elements of a list, as name=value.
func walked(o wire.Options, data string) (all []string, err error) {
	err = o.Walk([]byte(data), func(name, value []byte) error {
		text, _ := wire.Text(name)
		all = append(all, text+"="+string(value))
		return nil
	})
	return all, err
}

func TestWalk(t *testing.T) {
	for data, want := range map[string][]string{
		`{}`: nil, ` [ ] `: nil, `{"a": 1, "a": {"b": [2]}, "\u0062": "x"}`: {"a=1", `a={"b": [2]}`, `b="x"`}, `[1, null]`: {"=1", "=null"},
	} {
		all, err := walked(wire.Options{}, data)
		require.NoError(t, err, data)
		require.Equal(t, want, all, data)
	}
	for _, data := range []string{
		``, `null`, `"x"`, `1`, `{"a": 1`, `{"a": 1} x`, `[1,]`, "[\"a\tb\"]", `["\d"]`, `["\u12"]`, `{"a" 1}`, `{1: 2}`, strings.Repeat("[", 1e5),
	} {
		_, err := walked(wire.Options{}, data)
		require.Error(t, err, data)
	}
	halt := errors.New("halt")
	require.ErrorIs(t, wire.Options{}.Walk([]byte(`[1, x`), func(_, _ []byte) error { return halt }), halt)
}

// Bash escapes nothing, and so do the scripts that print JSON with it.
func TestUnescaped(t *testing.T) {
	o := wire.Options{Unescaped: true}
	for data, want := range map[string]string{
		`{"a": "b\d C:\x"}`:              `b\d C:\x`,
		"{\"a\": \"b\tc\x01\"}":          "b\tc\x01",
		"{\"a\": \"b\nc\", }":            "b\nc",
		`{"a": "\u12 \u0041 \uxyz1"}`:    `\u12 A \uxyz1`,
		`{"a": "\u"}`:                    `\u`,
		`{"a": "\\\"\/\b"}`:              "\\\"/\b",
		"{\"a\": \"\\\xc3\xbc \\\xff\"}": "\\\u00fc \\\ufffd",
	} {
		require.NoError(t, o.Walk([]byte(data), func(_, value []byte) error {
			text, _, ok := wire.Scalar(value)
			require.True(t, ok)
			require.Equal(t, want, text)
			return nil
		}), data)
	}
	for _, beyond := range []string{`{"a": "say "hi""}`, "{", `{"a"`, "<html>", `"\`, `{,}`, `[1,,]`, `{"a": "\"}`} {
		_, err := walked(o, beyond)
		require.Error(t, err, beyond)
	}
}

func TestText(t *testing.T) {
	for raw, want := range map[string]string{`abc`: "abc", `\u00fc`: "\u00fc", "\u00fc": "\u00fc", "M\xfcller": "M\ufffdller", `\ud800`: "\ufffd"} {
		text, exact := wire.Text([]byte(raw))
		require.Equal(t, want, text)
		require.Equal(t, !strings.Contains(want, "\ufffd"), exact, raw)
	}
}

// FuzzUnescaped: what is JSON reads as encoding/json reads it, also where a script may have printed it.
func FuzzUnescaped(f *testing.F) {
	for _, data := range []string{`{"a": "\u0041"}`, "[\"a\tb\\d\",]", `{"a": [1, {"b": null}]}`} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		all, err := walked(wire.Options{Unescaped: true}, data)
		var want []json.RawMessage
		if json.Unmarshal([]byte(data), &want) == nil && want != nil && !strings.Contains(data, strings.Repeat("[", 400)) {
			require.NoError(t, err)
			require.Len(t, all, len(want))
			for i := range want {
				require.Equal(t, "="+string(want[i]), all[i])
			}
		}
	})
}
