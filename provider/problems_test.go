package provider_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

func TestProblems(t *testing.T) {
	var p provider.Problems
	require.NoError(t, p.Err("keyhelp", "Clients.Create", "create client"))
	p.Add("name", "longer than %d", 5)
	p.Add("name", "second")
	p.Add("email", "100%% wrong")
	err := p.Err("keyhelp", "Clients.Create", "create client")
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.EqualError(t, err, "keyhelp: create client: refused before sending: email: 100% wrong; name: longer than 5")
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, map[string]string{"name": "longer than 5", "email": "100% wrong"}, e.Fields)
	require.Equal(t, "Clients.Create", e.Op)
}

// TestChecks: what each check says of a value, "" for nothing.
func TestChecks(t *testing.T) {
	type check struct {
		name string
		do   func(p *provider.Problems)
		want string
	}
	text := func(s string) *string { return &s }
	const blank, notWord = "required", "contains white space, control or invisible characters"
	var checks []check
	add := func(want, name string, do func(p *provider.Problems)) { checks = append(checks, check{name, do, want}) }
	for value, want := range map[string]string{"": blank, " \t\r\n": blank, "x": "", " x ": ""} {
		add(want, "Required "+value, func(p *provider.Problems) { p.Required("f", value) })
	}
	for value, want := range map[*string]string{nil: "", text(""): "empty", text(" "): "", text("x"): ""} {
		add(want, "NotEmpty", func(p *provider.Problems) { p.NotEmpty("f", value) })
	}
	for n, want := range map[int64]string{-1: "must be positive, got -1", 0: "must be positive, got 0", 1: ""} {
		add(want, "Positive", func(p *provider.Problems) { p.Positive("f", n) })
	}
	for n, want := range map[int64]string{-1: "negative", 0: "", 1: ""} {
		add(want, "NotNegative", func(p *provider.Problems) { p.NotNegative("f", n) })
	}
	for n, want := range map[int64]string{0: "must be 1 to 5, got 0", 1: "", 5: "", 6: "must be 1 to 5, got 6"} {
		add(want, "Between", func(p *provider.Problems) { p.Between("f", n, 1, 5) })
	}
	for n, want := range map[int]string{0: blank, 1: ""} {
		add(want, "Some", func(p *provider.Problems) { p.Some("f", n) })
	}
	for want, ids := range map[string][]int64{blank: nil, "": {3, 1, 2}, "names 2 twice": {2, 1, 2}, "must be positive, got 0": {1, 0, 0}} {
		add(want, "IDs", func(p *provider.Problems) { p.IDs("f", ids) })
	}
	type period string
	for value, want := range map[period]string{"": "", "day": "", "Day": `must be one of day, week, got "Day"`} {
		add(want, "OneOf "+string(value), func(p *provider.Problems) { provider.OneOf(p, "f", value, "day", "week") })
	}
	add(`must be one of day, got "`+strings.Repeat("x", 40)+`..."`, "OneOf, long", func(p *provider.Problems) {
		provider.OneOf(p, "f", strings.Repeat("x", 100), "day")
	})
	for value, want := range map[string]string{"": "", "a b": "", "a\nb": "contains a line break", "a\r": "contains a line break"} {
		add(want, "OneLine", func(p *provider.Problems) { p.OneLine("f", value) })
	}
	for value, want := range map[string]string{"": "", "äöü": "", "abcd": "must have 3 characters at most, has 4"} {
		add(want, "MaxLength", func(p *provider.Problems) { p.MaxLength("f", value, 3) })
	}
	for value, want := range map[string]string{
		"": blank, "max@example.com": "", "max": `"max" is not an e-mail address`,
		"Max <max@example.com>": `"Max <max@example.com>" is not an e-mail address`,
		"max@example.com\n":     `"max@example.com\n" is not an e-mail address`,
	} {
		add(want, "Email "+value, func(p *provider.Problems) { p.Email("f", value) })
	}
	for value, want := range map[string]string{"": blank, " ": blank, "a b": notWord, "a\x00": notWord, "a\u00a0": notWord, "\ufeffa": notWord, "a\u200b": notWord, "a\u00ad": notWord, "a\u3164": notWord, "a\u2800": notWord, "a\ufe0f": notWord, "a\u202e": notWord, "a\xff": notWord, "\u0065\u0301": "", "a-ü/.": ""} {
		add(want, "Word "+value, func(p *provider.Problems) { p.Word("f", value) })
		if want == notWord {
			want += ": was more than the value copied?"
		}
		add(want, "Credential "+value, func(p *provider.Problems) { p.Credential("f", provider.NewSecret(value)) })
	}
	for _, c := range checks {
		var p provider.Problems
		c.do(&p)
		require.Equal(t, c.want, p["f"], c.name)
		require.Equal(t, c.want == "", p == nil, c.name)
	}
}

func TestNotes(t *testing.T) {
	var p provider.Problems
	p.Note("a", "")
	p.NoteAll("part", nil)
	require.Nil(t, p)
	p.Note("a", "100% wrong")
	p.Note("a", "and more")
	p.NoteAll("part", map[string]string{"b": "bad"})
	p.NoteAll("", provider.Problems{"c": "worse"})
	require.Equal(t, provider.Problems{"a": "100% wrong", "part.b": "bad", "c": "worse"}, p)
}
