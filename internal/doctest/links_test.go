package doctest

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestLinks: every relative link leads to a file that is there, and every anchor to a
// heading.
func TestLinks(t *testing.T) {
	pages := documents(t)
	count := 0
	for _, page := range pages {
		for _, link := range page.links() {
			count++
			assert.Empty(t, linkProblem(link, pages), link)
		}
	}
	t.Logf("%d links", count)
	assert.NotZero(t, count)
}

func linkProblem(link spot, pages []*page) string {
	if strings.Contains(link.text, "://") || strings.HasPrefix(link.text, "mailto:") {
		return "" // the network is not asked
	}
	file, anchor, anchored := strings.Cut(link.text, "#")
	target := link.page.name
	if file != "" {
		target = path.Join(path.Dir(link.page.name), file)
	}
	if strings.HasPrefix(target, "..") || strings.HasPrefix(file, "/") {
		return "leads out of the repository"
	}
	if _, err := os.Stat(filepath.Join(root, target)); err != nil && target != link.page.name {
		return "no such file"
	}
	if !anchored {
		return ""
	}
	i := slices.IndexFunc(pages, func(p *page) bool { return p.name == target })
	switch {
	case i < 0:
		return "an anchor in what is no page"
	case !slices.Contains(pages[i].anchors(), anchor):
		return "no such heading"
	}
	return ""
}

// ourPath is what may be the name of a file or folder of the module.
var ourPath = regexp.MustCompile(`^(\./)?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*/?$`)

// TestPaths: files and folders that the prose names in backquotes are there. A name
// counts if it begins with a folder of the module.
func TestPaths(t *testing.T) {
	count := 0
	for _, page := range documents(t) {
		for _, name := range page.code() {
			if isOurs(name.text) {
				count++
				_, err := os.Stat(filepath.Join(root, name.text))
				assert.NoError(t, err, name)
			}
		}
	}
	t.Logf("%d paths", count)
}

func isOurs(name string) bool {
	first, _, nested := strings.Cut(strings.TrimPrefix(name, "./"), "/")
	if !nested || !ourPath.MatchString(name) {
		return false
	}
	info, err := os.Stat(filepath.Join(root, first))
	return err == nil && info.IsDir()
}

// TestLinksFail: broken links and paths are found.
func TestLinksFail(t *testing.T) {
	here, problems := parse("docs/here.md", "# Some `code`, here!\n\n## Twice\n## Twice\n\n[a](#x) `[b](#y)`\n[c]: d.md\n\n```text\n[e](f.md)\n```\n")
	assert.Empty(t, problems)
	assert.Equal(t, []string{"some-code-here", "twice", "twice-1"}, here.anchors())
	var found []string
	for _, link := range here.links() {
		found = append(found, link.String())
	}
	assert.Equal(t, []string{"docs/here.md:6: #x", "docs/here.md:7: d.md"}, found)
	readme, _ := parse("README.md", "# provkit\n")
	for target, want := range map[string]string{
		"#twice-1": "", "#three": "no such heading", "../README.md#provkit": "", "../README.md#nothing": "no such heading", "../README.md": "",
		"nothing.md": "no such file", "../provider": "", "../provider/nothing.go": "no such file", "../../x": "leads out of the repository",
		"/docs/here.md": "leads out of the repository", "../go.mod#x": "an anchor in what is no page", "https://example.com/nothing": "",
	} {
		assert.Equal(t, want, linkProblem(spot{here, 1, target}, []*page{here, readme}), target)
	}
	for name, want := range map[string]bool{
		"provider/nothing.go": true, "./keyhelp": false, "./keyhelp/doc.go": true, "<vendor>/driver.go": false, "application/json": false, "go.mod": false, "provider/faults/": true,
	} {
		assert.Equal(t, want, isOurs(name), name)
	}
	_, problems = parse("x.md", "```\ncode\n```\n\n```go\n")
	assert.Equal(t, []string{"x.md:1: the fence names no language", "x.md:5: the fence is not closed"}, problems)
}
