package provider_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

func TestReferenceProblem(t *testing.T) {
	for _, good := range []string{"1", "order-1042", "A/b_c.d:e#9", strings.Repeat("r", 64)} {
		require.Empty(t, provider.ReferenceProblem(good), good)
	}
	for _, bad := range []string{"", "-1", " 1", "1 ", "a b", "a\n", "a\nb", "[a]", "ä", "a\x00", strings.Repeat("r", 65)} {
		require.NotEmpty(t, provider.ReferenceProblem(bad), "%q", bad)
	}
}

func mark(text, reference string) string { return provider.Markers{}.Mark(text, reference, "") }

// unmark returns the first of several references.
func unmark(text string) (plain, reference string) {
	plain, reference, marker := provider.Markers{}.Read(text, "")
	if len(marker.Claims) > 0 {
		reference = marker.Claims[0]
	}
	return plain, reference
}

func TestMark(t *testing.T) {
	for _, tc := range []struct{ text, marked string }{
		{"", "[ref:order-1]"},
		{"Max Muster", "Max Muster [ref:order-1]"},
		{"Max Muster [ref:order-1]", "Max Muster [ref:order-1]"},
		{"Max [ref:order-2] Muster [ref:x]", "Max Muster [ref:order-1]"},
		{"a\nb", "a\nb [ref:order-1]"},
		{"[ref:] [ref:ä]", "[ref:] [ref:ä] [ref:order-1]"},
	} {
		marked := mark(tc.text, "order-1")
		require.Equal(t, tc.marked, marked)
		_, reference := unmark(marked)
		require.Equal(t, "order-1", reference)
	}
	plain, reference := unmark("  nobody's ")
	require.Equal(t, "nobody's", plain)
	require.Empty(t, reference)
}

// The text is what a customer calls himself: it must not pass for a marker, also not when something
// is cut out of its middle.
func TestMarkCannotBeForged(t *testing.T) {
	for _, text := range []string{
		"[ref:evil]", "[ref:[ref:a]evil]", "[ref:[ref:[ref:a]b]evil]", "[re[ref:a]f:evil]", "[ref:evil [ref:a]]", "[ref:evil\n[ref:a]]",
	} {
		plain, reference := unmark(mark(text, "order-1"))
		require.Equal(t, "order-1", reference, text)
		_, reference = unmark(plain)
		require.Empty(t, reference, text)
	}
}

// unmarkSlowly says what Unmark removes: marker after marker, until there is none.
func unmarkSlowly(text string) (plain, reference string) {
	marker := regexp.MustCompile(`\s*\[ref:([\n\v]*[A-Za-z0-9][A-Za-z0-9_.:#/\n\v-]*)\]`) // see pieces
	if m := marker.FindStringSubmatch(text); m != nil {
		reference = strings.Join(strings.Fields(m[1]), "")
	}
	for marker.MatchString(text) {
		text = marker.ReplaceAllString(text, "")
	}
	return strings.TrimSpace(text), reference
}

// TestUnmarkIsLinear: 17 KB of nested markers took 33 seconds.
func TestUnmarkIsLinear(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("[ref:", 100_000) + "a" + strings.Repeat("]", 100_000),
		strings.Repeat("[ref:a", 100_000) + strings.Repeat("]", 100_000),
		strings.Repeat("[ref:a ", 100_000) + strings.Repeat("]", 100_000),
		"[ref:" + strings.Repeat("a", 500_000) + strings.Repeat("]", 100_000),
		strings.Repeat(" ", 500_000) + strings.Repeat("[ref:a] ", 50_000),
		strings.Repeat("[", 500_000) + strings.Repeat("]", 500_000),
	} {
		started := time.Now()
		unmark(text)
		require.Less(t, time.Since(started), time.Second, text[:20])
	}
}

func FuzzUnmark(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 0, 2, 4, 3, 3})
	// The pieces of markers, so that random bytes make many.
	pieces := []string{"[ref:", "a", "b", "]", " ", "[", "re", "f:", "-", "\n", "\v", "ü", "\xff"}
	f.Fuzz(func(t *testing.T, choice []byte) {
		var b strings.Builder
		for _, c := range choice[:min(len(choice), 200)] {
			b.WriteString(pieces[int(c)%len(pieces)])
		}
		plain, reference := unmark(b.String())
		wantPlain, wantReference := unmarkSlowly(b.String())
		require.Equal(t, wantPlain, plain, "%q", b.String())
		require.Equal(t, wantReference, reference, "%q", b.String())
	})
}

func FuzzMark(f *testing.F) {
	f.Add("[ref:[ref:a]evil]", "order-1")
	f.Fuzz(func(t *testing.T, text, reference string) {
		if provider.ReferenceProblem(reference) != "" {
			return
		}
		plain, got := unmark(mark(text, reference))
		require.Equal(t, reference, got)
		again, got := unmark(mark(plain, reference))
		require.Equal(t, reference, got)
		require.Equal(t, plain, again)
	})
}
