package clienttest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// shownText begins every hostile text, so that a check sees that it arrived in the error.
const shownText = "shown"

// HostileTexts are what a server may say to whoever reads errors in a terminal, a log or a ticket.
func HostileTexts() map[string]string {
	return map[string]string{
		"forged line": shownText + "\r\nlevel=ERROR msg=forged", "clipboard": shownText + " \x1b]52;c;aGVsbG8=\x07", "colour": shownText + " \x1b[2J\x1b[31mx",
		"C1": shownText + " \u009b31m", "direction": shownText + " \u202etxt.exe\u2066", "invisible": shownText + " a\u200bb\ufeff\u00ad\u2060",
		"separators": shownText + "\u2028\u2029\u0085x", "long": shownText + strings.Repeat(" long", 240_000),
	}
}

// Quoted returns a text as JSON, with the quotes.
func Quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// CheckTexts has a read refused in each hostile text, as the vendor words a refusal: its error is
// short, in one line, and all of it can be seen.
func (v *Vendor) CheckTexts(t testing.TB, refusal func(text string) Reply) {
	t.Helper()
	uses, good := v.Uses(t), v.Good()
	u := uses[slices.IndexFunc(uses, func(u Use) bool { return u.Row.Reads })]
	for _, name := range slices.Sorted(maps.Keys(HostileTexts())) {
		m := v.Method(t, v.Tap(v.insteadOf(&u.Op, refusal(HostileTexts()[name]), good)), u.Op)
		CheckText(t, run(t, m, name).Err)
	}
}

// CheckText checks the error of a refusal in a hostile text.
func CheckText(t testing.TB, err error) {
	t.Helper()
	require.ErrorContains(t, err, shownText)
	e := AsError(t, err)
	require.NotErrorIs(t, err, provider.ErrProtocol, "the refusal has the vendor's form")
	Visible(t, err.Error(), 2200)
	Visible(t, e.Message, words.MaxText)
	Visible(t, e.Code, words.MaxCode)
	require.LessOrEqual(t, len(e.Fields), words.MaxFields+1)
	for field, problem := range e.Fields {
		Visible(t, field, words.MaxCode)
		Visible(t, problem, words.MaxText)
	}
}

// Visible checks that a text is one line of at most n bytes, all of which can be seen.
func Visible(t testing.TB, text string, n int) {
	t.Helper()
	require.LessOrEqual(t, len(text), n)
	require.False(t, strings.ContainsFunc(text, func(r rune) bool { return r != ' ' && words.Unseen(r) }), "%q", text)
}
