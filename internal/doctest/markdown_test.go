package doctest

import (
	"fmt"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the module's folder.
const root = "../.."

// page is one document, or the doc comments of one file, taken apart.
type page struct {
	name   string // relative to the module
	blocks []block
	// prose are the lines outside of code blocks, the others being empty.
	prose []string
	// of is the package of comments, hidden what it does not export, and parameters are
	// those of the functions in this file.
	of                 *types.Package
	hidden, parameters map[string]bool
}

// block is a fenced or an indented block of code.
type block struct {
	page, lang string
	line       int // of its first line of code, from 1
	code       string
	note       string // what the comment above it holds
}

func (b block) String() string { return fmt.Sprintf("%s:%d", b.page, b.line) }

// documents are the pages that the tests read.
func documents(t *testing.T) []*page {
	t.Helper()
	names := []string{"README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
	err := fs.WalkDir(os.DirFS(root), "docs", func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, ".md") {
			names = append(names, name)
		}
		return err
	})
	require.NoError(t, err)
	pages := make([]*page, len(names))
	for i, name := range names {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		var problems []string
		pages[i], problems = parse(name, string(text))
		require.Empty(t, problems)
	}
	return pages
}

var (
	fence       = regexp.MustCompile("^( *)(```+|~~~+) *([^`]*)$")
	htmlComment = regexp.MustCompile(`^<!-- *(.*?) *-->$`)
)

// parse takes a document apart. Problems are fences that are not closed or name no
// language.
func parse(name, text string) (*page, []string) {
	p := &page{name: name}
	var problems []string
	var open *block
	var indent, mark, note string
	blank, indented := true, false
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		prose := ""
		m := fence.FindStringSubmatch(line)
		switch {
		case open != nil && m != nil && m[2][0] == mark[0] && len(m[2]) >= len(mark) && m[3] == "":
			p.blocks = append(p.blocks, *open)
			open, note = nil, ""
		case open != nil:
			open.code += strings.TrimPrefix(line, indent) + "\n"
		case m != nil:
			indent, mark = m[1], m[2]
			open = &block{page: name, lang: strings.TrimSpace(m[3]), line: i + 2, note: note}
			if open.lang == "" {
				problems = append(problems, fmt.Sprintf("%s:%d: the fence names no language", name, i+1))
			}
		case strings.HasPrefix(line, "    ") && (blank || indented):
			if !indented {
				p.blocks = append(p.blocks, block{page: name, line: i + 1})
			}
			p.blocks[len(p.blocks)-1].code += strings.TrimPrefix(line, "    ") + "\n"
			indented = true
		default:
			indented = indented && line == ""
			prose = line
			if c := htmlComment.FindStringSubmatch(line); c != nil {
				note = c[1]
			} else if line != "" {
				note = ""
			}
		}
		blank = strings.TrimSpace(line) == ""
		p.prose = append(p.prose, prose)
	}
	if open != nil {
		problems = append(problems, fmt.Sprintf("%s:%d: the fence is not closed", name, open.line-1))
	}
	return p, problems
}

// anchors are the fragments that the headings of a page can be linked by, as GitHub
// makes them.
func (p *page) anchors() []string {
	var all []string
	for _, line := range p.prose {
		text, found := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if !found || !strings.HasPrefix(line, "#") {
			continue
		}
		anchor := slug(text)
		for n, base := 1, anchor; slices.Contains(all, anchor); n++ {
			anchor = fmt.Sprintf("%s-%d", base, n)
		}
		all = append(all, anchor)
	}
	return all
}

func slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r > 127:
			return r
		}
		return -1
	}, strings.ToLower(strings.TrimSpace(heading)))
}

var (
	inlineCode = regexp.MustCompile("`([^`]+)`")
	inlineLink = regexp.MustCompile(`\]\(<?([^)\s>]+)>?(?: +"[^"]*")?\)`)
	linkTarget = regexp.MustCompile(`^ {0,3}\[[^\]]+\]: *<?([^\s>]+)`)
)

// spot is something in the prose of a page.
type spot struct {
	page *page
	line int
	text string
}

func (s spot) String() string { return fmt.Sprintf("%s:%d: %s", s.page.name, s.line, s.text) }

// links are the targets of all links.
func (p *page) links() []spot {
	var all []spot
	for i, line := range p.prose {
		line = inlineCode.ReplaceAllString(line, "code")
		for _, m := range append(inlineLink.FindAllStringSubmatch(line, -1), linkTarget.FindAllStringSubmatch(line, -1)...) {
			all = append(all, spot{p, i + 1, m[1]})
		}
	}
	return all
}

// code are the texts between backquotes in the prose.
func (p *page) code() []spot {
	var all []spot
	for i, line := range p.prose {
		for _, m := range inlineCode.FindAllStringSubmatch(line, -1) {
			all = append(all, spot{p, i + 1, m[1]})
		}
	}
	return all
}
