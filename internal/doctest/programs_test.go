package doctest

import (
	"bytes"
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

// TestPrograms copies each program as it is printed into an empty module with the
// requirements of this one and a replacement by this one, and runs it. It prints what the
// page says.
func TestPrograms(t *testing.T) {
	all, problems := programs(documents(t))
	require.Empty(t, problems)
	require.NotEmpty(t, all)
	dir := outside(t, all)
	for i, p := range all {
		out, err := run(dir, nil, filepath.Join(dir, "bin", fmt.Sprint(i)))
		require.NoError(t, err, p.block)
		assert.Equal(t, p.output, out, "what %s prints", p.block)
	}
}

// outside builds programs in an empty module, and returns the folder that has them by number under bin.
func outside(t *testing.T, all []program) (dir string) {
	t.Helper()
	here, err := filepath.Abs(root)
	require.NoError(t, err)
	dir = t.TempDir()
	replacement := fmt.Sprintf("\nrequire %[1]s v0.0.0\n\nreplace %[1]s => %[2]s\n", module, here)
	for name, more := range map[string]string{"go.mod": replacement, "go.sum": ""} {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		text = bytes.Replace(text, []byte("module "+module+"\n"), []byte("module outside\n"), 1)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), append(text, more...), 0o600))
	}
	for i, p := range all {
		folder := filepath.Join(dir, fmt.Sprint(i))
		require.NoError(t, os.Mkdir(folder, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(folder, "main.go"), []byte(p.block.code), 0o600))
	}
	args := []string{"-mod=readonly", "-o", "bin/", "./..."}
	_, err = run(dir, []string{"GOPROXY=off", "GOWORK=off"}, "go", slices.Concat(building(), args)...)
	require.NoError(t, err)
	return dir
}

// building begins a command that builds programs. What they need is in the cache, since this module
// needs it too. Half the work on themselves is optimising them and writing for debuggers, which nobody
// needs.
func building() []string {
	return slices.Concat([]string{"build", "-gcflags=-N -l -dwarf=false", "-ldflags=-s -w"}, buildFlags)
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
