package words_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/words"
)

func TestShorten(t *testing.T) {
	for _, test := range []struct {
		text string
		n    int
		want string
	}{
		{"", 0, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "abc..."},
		{"abcd", 0, "..."},
		{"aüc", 2, "a..."},
		{"日本語", 4, "日..."},
		{"😀", 3, "..."},
	} {
		require.Equal(t, test.want, words.Shorten(test.text, test.n), "%q to %d", test.text, test.n)
	}
}

func TestLine(t *testing.T) {
	for _, test := range []struct {
		text string
		n    int
		want string
	}{
		{"", 9, ""},
		{" a\r\n\tb\u00a0c ", 9, "a b c"},
		{"a\x00b\x1b[31mc", 99, "a b [31mc"},
		{"a\xff\xfeb", 9, "ab"},
		{"a b c", 3, "..."}, {"a b c d", 6, "a b..."}, {"äöü", 5, "ä..."},
		{"a\u200bb\u202ec\u2028d\ufe0f", 99, "abc d"},
	} {
		require.Equal(t, test.want, words.Line(test.text, test.n), "%q to %d", test.text, test.n)
	}
}

func TestEscape(t *testing.T) {
	for _, plain := range []string{`{"a":"b c"}`, `"日本語 ü"`, ""} {
		require.Equal(t, plain, string(words.Escape([]byte(plain))))
	}
	for text, want := range map[string]string{
		"a\u202eb": `"a\u202eb"`, "\U000e0041x": `"\udb40\udc41x"`, "\u009b\u200b": `"\u009b\u200b"`, "\x7f\ufeff": `"\u007f\ufeff"`, "b\xff": `"b\ufffd"`,
	} {
		encoded, err := json.Marshal(text)
		require.NoError(t, err)
		got := words.Escape(encoded)
		require.Equal(t, want, string(got))
		var back string
		require.NoError(t, json.Unmarshal(got, &back))
		require.Equal(t, strings.ToValidUTF8(text, "\ufffd"), back)
	}
}

func FuzzShorten(f *testing.F) {
	f.Add("日本語 and more", uint8(7))
	f.Add("\xff\x80\x80\x80", uint8(2))
	f.Fuzz(func(t *testing.T, s string, limit uint8) {
		n := int(limit)
		short := words.Cut(s, n)
		if len(short) > n || s[:len(short)] != short {
			t.Errorf("Cut(%q, %d) = %q", s, n, short)
		}
		if utf8.ValidString(s) && !utf8.ValidString(short) {
			t.Errorf("Cut(%q, %d) breaks a character", s, n)
		}
	})
}

func TestSay(t *testing.T) {
	long := strings.Repeat("long", 1000)
	type name string
	c := words.NewCleaner("s3cret-key")
	said := c.Say("%q of %s is %d and %v", "a\n\x1b[31m"+long, name(long), 7, errors.New("no s3cret-key\n"+long))
	require.LessOrEqual(t, len(said), words.MaxSaid)
	require.Contains(t, said, ` is 7 and no [redacted] long`)
	require.NotContains(t, said, "\n")
	require.True(t, strings.HasPrefix(said, `"a [31mlong`), said)
	require.Equal(t, `1m0s of <nil>`, words.Say("%v of %v", time.Minute, nil))
}

// TestPlain: what is taken as it is would come out the same.
func TestPlain(t *testing.T) {
	alphabet := []rune("a~ \n\t\x01\x7fü")
	none := words.NewCleaner()
	for i := range 8 * 8 * 8 * 8 {
		s := string([]rune{alphabet[i%8], alphabet[i/8%8], alphabet[i/64%8], alphabet[i/512%8]})
		// The control character is not plain, and nothing is shown of it.
		require.Equal(t, words.Line(s+"\x01", 100), words.Line(s, 100), "%q", s)
		require.Equal(t, none.Lines(s+"\x01", 100), none.Lines(s, 100), "%q", s)
	}
}
