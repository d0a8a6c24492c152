package words_test

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/internal/wordstest"
)

// secrets look like what panels, people and programs make, and like escapings.
var secrets = []string{
	"tOkEn-0123456789", `kEy-"c\a/n<a>r&y%+ü`, `pÄ$$ "w\ord"/<&%+'x`, `\\\\"""'`, "a/b c+d%25", "日本語テキスト", "😀😀", "tab\tnew\nline",
	`a\u0041b\n"c`, "&amp;lt;&#65;x", "50%off&more=\"yes\"", `C:\new\table\u00e9`, "=3D=41=x", "https://panel.test/login?token=a%2Fb&c=d",
	"-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\nggSjAgEAAoIBAQC7\n-----END KEY-----",
}

func TestEverySpellingThatIsPromised(t *testing.T) {
	for _, secret := range secrets {
		c := words.NewCleaner("another secret", secret)
		for _, spelling := range wordstest.Spellings() {
			spelled := spelling.Spell(secret)
			if !spelling.Promised {
				continue
			}
			for _, around := range [][2]string{{"before ", " after"}, {`{"x":"`, `"}`}, {"before ", ""}} {
				got := c.Line(around[0]+spelled+around[1], 5000)
				if spelling.Neighbours {
					assert.Regexp(t, "^"+regexp.QuoteMeta(around[0])+`\w{0,7}\[redacted\]\w{0,7}=*`+regexp.QuoteMeta(around[1])+"$", got, "%q as %s: %q", secret, spelling.Name, spelled)
				} else {
					assert.Equal(t, around[0]+words.Redacted+around[1], got, "%q as %s: %q", secret, spelling.Name, spelled)
				}
			}
		}
	}
}

func TestSecretsAtTheEdges(t *testing.T) {
	for _, test := range []struct {
		text, want string
		secrets    []string
	}{
		{"x abcd1234 y", "x [redacted] y", []string{"abcd", "abcd1234"}},                 // no rest remains
		{"redactedacte", "[redacted]", []string{"redacted", "acte", "dact"}},             // they overlap
		{"redacted+acte", "[redacted]+[redacted]", []string{"redacted", "acte", "dact"}}, // what stands in place is not searched
		{"the secre", "the [redacted]", []string{"secret-key"}},                          // the end of the text cuts it off
		{`the s\u0065cret-\u00`, "the [redacted]", []string{"secret-key"}},               // in the middle of an escape
		{"the secret&quo", "the [redacted]", []string{`secret"key`}},                     //
		{"the sec", "the sec", []string{"secret-key"}},                                   // too little
		{"a b abc", "a b abc", []string{"", "a", "abc"}},                                 // too short to hide
		{"data for you", "data for you", []string{"data&for", `data\`, "data%"}},         // not a part of one that looks escaped
		{"pass word", "[redacted]", []string{"password"}},                                //
		{"x=AF-20=\r\n25-K3y&b=1", "x=[redacted]&b=1", []string{"AF-2025-K3y"}},          // "=AF" is no escape
		{"to ken", "to ken", []string{"token"}},                                          // too short to be wrapped
		{"p%C4ssw%F6rd p\\xc4ssw\\xf6rd", "[redacted] [redacted]", []string{"pÄsswörd"}}, // ISO 8859-1
		{strings.Repeat("x", 4000) + "secret-key", strings.Repeat("x", 497) + "...", []string{"secret-key"}},
		{"secret-key" + strings.Repeat(" secret-key", 200), "[redacted] [redacted] [redacted]...", []string{"secret-key"}},
	} {
		got := words.NewCleaner(test.secrets...).Line(test.text, 500)
		if prefix, cut := strings.CutSuffix(test.want, "..."); cut {
			assert.True(t, strings.HasPrefix(got, prefix[:10]) && strings.HasSuffix(got, "..."), got)
			assert.NotContains(t, got, "secret")
			assert.LessOrEqual(t, len(got), 500)
			continue
		}
		assert.Equal(t, test.want, got, "%q", test.text)
	}
}

// hostile are texts that a server could send to whoever reads an error in a terminal.
var hostile = []string{
	"a\r\nlevel=INFO msg=forged", "\x1b]52;c;aGVsbG8=\x07", "\x1b[2J\x1b[31mred", "\u009b31m", "\u202egnp.exe", "\u2066x\u2069", "a\u200bb\ufeffc\u00ad",
	"\u2028\u2029\u0085", "\xff\xfe\x80", "a\x00b\x7f", "\U000e0041\U000e0042", "\ufe0f\u034f\u115f\u3164", strings.Repeat("long ", 240_000),
}

func TestHostileTexts(t *testing.T) {
	for _, c := range []*words.Cleaner{nil, words.NewCleaner("some secret")} {
		for _, text := range hostile {
			for _, n := range []int{10, words.MaxCode, words.MaxText} {
				got := c.Line(text, n)
				assert.True(t, visibleIn(got), "%q", got)
				assert.LessOrEqual(t, len(got), n)
				assert.True(t, visibleIn(strings.NewReplacer("\n", "", "\t", "").Replace(c.Lines(text, n))), "%q", c.Lines(text, n))
			}
		}
		fields := map[string]string{}
		for i := range 1000 {
			fields[fmt.Sprintf("field\x1b%04d%s", i, strings.Repeat("x", 1000))] = strings.Repeat("y", 1000)
		}
		kept := c.Fields(fields)
		assert.Len(t, kept, words.MaxFields+1)
		assert.Equal(t, "and 980 others", kept["..."])
		for name, text := range kept {
			assert.True(t, visibleIn(name) && len(name) <= words.MaxCode && len(text) <= words.MaxText, "%q: %q", name, text)
		}
	}
}

// TestHugeTextsCostLittle: what is shown is bounded, so what is looked at is, too.
func TestHugeTextsCostLittle(t *testing.T) {
	c := words.NewCleaner(secrets...)
	for _, piece := range []string{"x", `\`, `\u0041`, "%25", "&amp;", "&#37;", `%\&=`, "=3D", "6", "tOkEn", `\u005c`, "%5c", "&bsol;", "\u200b", " "} {
		text := strings.Repeat(piece, 1<<22/len(piece))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		started := time.Now()
		c.Text(text)
		assert.Less(t, time.Since(started), time.Second, piece)
		runtime.ReadMemStats(&after)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20), piece)
	}
}

func TestCleanerDoesNotPrintSecrets(t *testing.T) {
	c := words.NewCleaner("tOkEn-0123456789")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		assert.NotContains(t, fmt.Sprintf(verb, c), "tOkEn")
	}
}

func FuzzCleaner(f *testing.F) {
	for _, secret := range secrets {
		f.Add("before ", " after", secret, uint8(7))
	}
	f.Add(`\\\\\\\\\u0041%25&amp;=`, `\u{1`, `\u\x%&`, uint8(50))
	spellings := wordstest.Spellings()
	f.Fuzz(func(t *testing.T, before, after, secret string, choice uint8) {
		if !visibleIn(secret) || len(secret) < 8 || len(secret) > 64 || len(before) > 500 || len(after) > 500 {
			return
		}
		spelling := spellings[int(choice)%len(spellings)]
		c := words.NewCleaner(secret)
		text := before + " " + spelling.Spell(secret) + " " + after
		got := c.Line(text, 8000)
		if !visibleIn(got) || len(got) > 8000 {
			t.Errorf("%q", got)
		}
		if spelling.Name == "plain" && strings.Contains(got, secret) && !strings.Contains(before+after+words.Redacted, secret[:2]) {
			t.Errorf("%q is left in %q", secret, got)
		}
	})
}

func visibleIn(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r != ' ' && words.Unseen(r)
	})
}

// Quotes finds what Line would hide, but not what a cut text could go on with.
func TestQuotes(t *testing.T) {
	c := words.NewCleaner("<Canary>&7", "abc")
	for text, want := range map[string]bool{
		"a <Canary>&7 b": true, `{"a":"\u003cCanary\u003e\u00267"}`: true, "PENhbmFyeT4mNw==": true,
		"a <Canary>&": false, "abc": false, "": false,
	} {
		if c.Quotes(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
	if (*words.Cleaner)(nil).Quotes("a") {
		t.Error("nil knows none")
	}
}
