package keyhelptest

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestToUnicode(t *testing.T) {
	for ascii, want := range map[string]string{
		"example.com":                  "example.com",
		"xn--mnchen-3ya.de":            "münchen.de",
		"www.xn--bcher-kva.example":    "www.bücher.example",
		"xn--n3h.net":                  "☃.net",
		"xn--fiqs8s":                   "中国",
		"xn--egbpdaj6bu4bxfgehfvwxn":   "ليهمابتكلموشعربي؟",
		"xn--ihqwcrb4cv8a8dqg056pqjye": "他们为什么不说中文",
		"xn--":                         "xn--",
		"xn--!":                        "xn--!",
		"xn--99999999":                 "xn--99999999",
		"":                             "",
	} {
		require.Equal(t, want, toUnicode(ascii))
	}
	require.Equal(t, "info@bücher.example", addressToUnicode("info@xn--bcher-kva.example"))
	require.Equal(t, "nothing", addressToUnicode("nothing"))
}

func FuzzToUnicode(f *testing.F) {
	f.Add("xn--bcher-kva")
	f.Add("xn---")
	f.Fuzz(func(t *testing.T, s string) {
		if utf8.ValidString(s) && !utf8.ValidString(toUnicode(s)) {
			t.Fatalf("%q", s)
		}
	})
}
