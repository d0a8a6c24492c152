package doctest

import (
	"fmt"
	"go/doc/comment"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// brackets tells which links of a comment, such as [Name] or [pkg.Type.Method], lead to
// nothing. go doc prints them with their brackets, or links to a page without the name.
func (c *compiler) brackets(p *page, lines []int, content []comment.Block) (problems []string) {
	complain := func(name, what string) {
		i := max(0, slices.IndexFunc(lines, func(n int) bool { return strings.Contains(p.prose[n-1], "["+name+"]") }))
		problems = append(problems, fmt.Sprintf("%s:%d: [%s] %s", p.name, lines[i], name, what))
	}
	for _, text := range texts(content) {
		switch text := text.(type) {
		case comment.Plain: // what the parser has not taken for a link
			for _, m := range bracketed.FindAllStringSubmatchIndex(string(text), -1) {
				if !joined.MatchString(string(text[:m[0]])) && !goesOn.MatchString(string(text[m[1]:])) {
					complain(string(text[m[2]:m[3]]), "leads nowhere")
				}
			}
		case *comment.DocLink: // with an import path, it was not looked for
			of, name := p.of, text.Name
			if text.Recv != "" {
				name = text.Recv + "." + name
			}
			if text.ImportPath != "" {
				var err error
				if of, err = c.from.Import(text.ImportPath); err != nil {
					continue // a package of Go that this module does not use
				}
			}
			if name != "" && !exists(of, name) {
				complain(plain(text.Text), "does not exist")
			}
		}
	}
	return problems
}

var (
	bracketed = regexp.MustCompile(`\[(\*?(?:[a-z]\w*\.)*[A-Z]\w*[a-z]\w*(?:\.\w+)*)\]`)
	joined    = regexp.MustCompile(`[\w\])}"]$`) // as in params[Name] and map[Name]bool
	goesOn    = regexp.MustCompile(`^[\w\[({]`)
)

// texts are the pieces of a comment without its code.
func texts(content []comment.Block) (all []comment.Text) {
	for _, block := range content {
		switch block := block.(type) {
		case *comment.Heading:
			all = append(all, block.Text...)
		case *comment.Paragraph:
			all = append(all, block.Text...)
		case *comment.List:
			for _, item := range block.Items {
				all = append(all, texts(item.Content)...)
			}
		}
	}
	return all
}

func plain(text []comment.Text) string {
	var all strings.Builder
	for _, piece := range text {
		if piece, ok := piece.(comment.Plain); ok {
			all.WriteString(string(piece))
		}
	}
	return all.String()
}

// TestDocLinks: what comments put between brackets exists.
func TestDocLinks(t *testing.T) { assert.Empty(t, newCompiler(t).problems) }

// TestDocLinksFail: links to nothing are found, at their line.
func TestDocLinksFail(t *testing.T) {
	text := `package hostkey

import "github.com/provkit/provkit/provider"

// Client is [Client], [*Client], [Client.Do], [Client.Orders] and [provider.Provider], and [net/http.Client].
// It is [REDACTED], "[redacted]", params[Name], map[Name]any and [Name]any.
//
//   - But it is no [Client.Nothing] and
//     no [provider.Nothing], [provider.Secret.Nothing].
//
// # Nor [Nothing]
//
// Nor [keyhelp.Client], which is not imported, [net/http.Nothing], [Nothing1] [Nothing2].
type Client struct{ Orders provider.Provider }

func (*Client) Do() {}
`
	_, problems, err := newCompiler(t).read(module+"/hostkey", map[string]string{"hostkey/made.go": text})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"hostkey/made.go:8: [Client.Nothing] leads nowhere",
		"hostkey/made.go:9: [provider.Nothing] does not exist",
		"hostkey/made.go:9: [provider.Secret.Nothing] does not exist",
		"hostkey/made.go:11: [Nothing] leads nowhere",
		"hostkey/made.go:13: [keyhelp.Client] leads nowhere",
		"hostkey/made.go:13: [net/http.Nothing] does not exist",
		"hostkey/made.go:13: [Nothing1] leads nowhere",
		"hostkey/made.go:13: [Nothing2] leads nowhere",
	}, problems)
}
