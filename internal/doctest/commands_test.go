package doctest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// command is a line that runs the go command on packages.
var command = regexp.MustCompile(`^(?:\$ +)?(?:[A-Z_]+=\S* +)*go (test|run|vet|build|generate) (.*)$`)

// commands are those of a page: in code blocks of every language, and between backquotes.
func (p *page) commands() []spot {
	all := p.code()
	for _, b := range p.blocks {
		for i, line := range strings.Split(strings.ReplaceAll(b.code, "\\\n", " "), "\n") {
			// In Go code, the comments that tell how to run something.
			line = strings.TrimPrefix(strings.TrimSpace(line), "// ")
			all = append(all, spot{p, b.line + i, strings.TrimSpace(line)})
		}
	}
	commands := all[:0]
	for _, s := range all {
		if command.MatchString(s.text) {
			commands = append(commands, s)
		}
	}
	return commands
}

// TestCommands: every command of the go tool names packages that are there, and the
// tests that it chooses are in them.
func TestCommands(t *testing.T) {
	count := 0
	for _, page := range slices.Concat(newCompiler(t).comments, documents(t)) {
		for _, c := range page.commands() {
			count++
			assert.Empty(t, commandProblem(c.text), c)
		}
	}
	t.Logf("%d commands", count)
	assert.NotZero(t, count)
}

func commandProblem(line string) string {
	m := command.FindStringSubmatch(line)
	verb, words := m[1], fields(m[2])
	var folders []string
	choice := make(map[string]string) // of tests, by their first letters
	for i := 0; i < len(words); i++ {
		word := words[i]
		name, value, joined := strings.Cut(strings.TrimLeft(word, "-"), "=")
		switch {
		case strings.HasPrefix(word, "-"):
			if takesValue[name] && !joined && i+1 < len(words) {
				i++
				value = words[i]
			}
			choice[name] = value
		case strings.HasPrefix(word, "#") || word == "|" || word == ">" || word == "&&":
			i = len(words)
		case strings.Contains(word, "@"):
			return "" // a program of somebody else's
		default:
			folders = append(folders, word)
			if verb == "run" {
				i = len(words) // the rest is the program's
			}
		}
	}
	if len(folders) == 0 {
		folders = []string{"."}
	}
	var functions []string
	for _, folder := range folders {
		of, problem := read(folder, verb == "run")
		if problem != "" {
			return problem
		}
		functions = append(functions, of...)
	}
	for flag, prefix := range map[string]string{"run": "^(Test|Example|Fuzz)", "bench": "^Benchmark", "fuzz": "^Fuzz"} {
		if problem := noSuchTest(choice[flag], prefix, functions); problem != "" {
			return problem
		}
	}
	return ""
}

var takesValue = map[string]bool{
	"run": true, "bench": true, "benchtime": true, "fuzz": true, "fuzztime": true, "count": true, "timeout": true, "tags": true, "cpu": true, "skip": true, "o": true,
}

// fields splits like a shell, as far as documentation goes: 'A|B' and "A|B" are one word.
func fields(line string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`'([^']*)'|"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		all = append(all, m[1]+m[2]+m[3])
	}
	return all
}

// read names the functions of a package, or of all below it, and tells if there is none.
func read(name string, program bool) (functions []string, problem string) {
	folder, all := strings.CutSuffix(name, "...")
	if folder != "." && !strings.HasPrefix(folder, "./") {
		return nil, name + " is no package of this module: it begins with ./"
	}
	found, isProgram := false, false
	_ = filepath.WalkDir(filepath.Join(root, folder), func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // the folder itself: nothing is found
		}
		if entry.IsDir() {
			if !all && path != filepath.Join(root, folder) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		found = true
		text, _ := os.ReadFile(path)
		for line := range strings.Lines(string(text)) {
			if function, ok := strings.CutPrefix(line, "func "); ok {
				function, _, _ = strings.Cut(function, "(")
				functions = append(functions, function)
			}
			isProgram = isProgram || line == "package main\n"
		}
		return nil
	})
	switch {
	case !found:
		problem = "there is no package " + name
	case program && !isProgram:
		problem = name + " is no program"
	}
	return functions, problem
}

// noSuchTest names a part of a choice like "A|B/c" that chooses nothing.
func noSuchTest(choice, prefix string, functions []string) string {
	kind := regexp.MustCompile(prefix)
	open := 0
	parts := strings.FieldsFunc(choice, func(r rune) bool { // those in parentheses belong together
		switch r {
		case '(':
			open++
		case ')':
			open--
		}
		return r == '|' && open == 0
	})
	for _, part := range parts {
		part, _, _ = strings.Cut(part, "/") // below are subtests
		if part == "" || part == "^$" {
			continue
		}
		chosen, err := regexp.Compile(part)
		if err != nil || !slices.ContainsFunc(functions, func(f string) bool { return kind.MatchString(f) && chosen.MatchString(f) }) {
			return "no test is called " + part
		}
	}
	return ""
}

// TestCommandsFail: commands that cannot work are found.
func TestCommandsFail(t *testing.T) {
	p, _ := parse("page.md", "Run `go test ./a` or\n\n    go test ./b\n\n```sh\n$ X=1 go run \\\n  ./c\nls\n```\n\nnot go test ./d\n")
	var found []string
	for _, c := range p.commands() {
		found = append(found, c.text)
	}
	assert.Equal(t, []string{"go test ./a", "go test ./b", "$ X=1 go run    ./c"}, found)
	for line, want := range map[string]string{
		"go test ./...":                                 "",
		"go test -race ./internal/doctest":              "",
		"go test -run 'Commands|Links' ./internal/...":  "",
		"go test -run Conformance -v ./keyhelp":         "",
		"go test -run=TestConformance$/live ./keyhelp":  "",
		"go test -run 'Conformance//(a|b)' ./keyhelp":   "",
		"go test -run '(Confo|x)rmance' ./keyhelp":      "",
		"go run ./examples/quickstart -provider x":      "",
		"go run example.com/tool@v1.0.0 ./nothing":      "",
		"go test -bench . -run '^$' ./keyhelp":          "",
		"go test ./nothing":                             "there is no package ./nothing",
		"go test ./keyhelp ./nothing/...":               "there is no package ./nothing/...",
		"go test ./docs":                                "there is no package ./docs",
		"go test keyhelp":                               "keyhelp is no package of this module: it begins with ./",
		"go run ./keyhelp":                              "./keyhelp is no program",
		"go test -run 'Conformance|NoSuch' ./keyhelp":   "no test is called NoSuch",
		"go test -run '(No|Other)Such/(a|b)' ./keyhelp": "no test is called (No|Other)Such",
		"go test -run TestConform$ ./keyhelp":           "no test is called TestConform$",
		"go test -bench NoSuch ./keyhelp":               "no test is called NoSuch",
	} {
		assert.Equal(t, want, commandProblem(line), line)
	}
}
