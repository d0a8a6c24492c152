package doctest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program is a complete program of a page and what it is said to print.
type program struct {
	block  block
	output string
}

func programs(pages []*page) (all []program, problems []string) {
	for _, page := range pages {
		open := false
		for _, b := range page.blocks {
			switch {
			case b.lang == "go" && isProgram.MatchString(b.code):
				all, open = append(all, program{block: b}), true
			case b.note != "output":
			case !open:
				problems = append(problems, b.String()+": the output of no program")
			default:
				all[len(all)-1].output, open = b.code, false
			}
		}
	}
	return all, problems
}

var isProgram = regexp.MustCompile(`(?m)\A(//.*\n|\n)*package main$`)

// TestPrograms copies each program as it is printed into an empty folder, makes a module
// of that with a replacement by this one, and runs it. It prints what the page says.
func TestPrograms(t *testing.T) {
	all, problems := programs(documents(t))
	require.Empty(t, problems)
	require.NotEmpty(t, all)
	here, err := filepath.Abs(root)
	require.NoError(t, err)
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	for _, p := range all {
		t.Run(p.block.String(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			module := fmt.Sprintf("module x\n\ngo 1.25.0\n\nrequire %[1]s v0.0.0\n\nreplace %[1]s => %[2]s\n", module, here)
			for name, text := range map[string]string{"go.mod": module, "go.sum": string(sums), "main.go": p.block.code} {
				require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
			}
			// What the programs need is in the cache, since this module needs it too.
			out := run(t, dir, []string{"GOFLAGS=-mod=mod", "GOPROXY=off"}, "go", slices.Concat([]string{"run"}, buildFlags, []string{"."})...)
			assert.Equal(t, p.output, out, "what %s prints", p.block)
		})
	}
}

// TestProgramsFind: the right output belongs to the right program.
func TestProgramsFind(t *testing.T) {
	text := "```go\npackage main\n```\n```text\nnot this\n```\n<!-- output -->\n```text\nthis\n```\n" +
		"```go\n// A comment.\npackage main\n```\n```go\npackage other\n```\n<!-- output -->\n```text\nthat\n```\n<!-- output -->\n```text\ntoo much\n```\n"
	p, found := parse("page.md", text)
	require.Empty(t, found)
	all, problems := programs([]*page{p})
	require.Len(t, all, 2)
	assert.Equal(t, []string{"this\n", "that\n"}, []string{all[0].output, all[1].output})
	assert.Equal(t, []string{"page.md:24: the output of no program"}, problems)
}
