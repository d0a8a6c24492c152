// Matrix writes the table of what each system can do into README.md, from the Describe methods of
// the adapters:
//
//	go generate ./tools/matrix
package main

//go:generate go run . ../../README.md

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: matrix README.md")
		os.Exit(2)
	}
	if err := update(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "matrix:", err)
		os.Exit(1)
	}
}

func update(path string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	systems, err := open()
	if err != nil {
		return err
	}
	text, err := replace(string(old), table(systems))
	if err != nil || text == string(old) {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// The table is between these two lines.
const (
	begin = "<!-- matrix:begin -->"
	end   = "<!-- matrix:end -->"
)

// replace returns a text with its table replaced.
func replace(text, table string) (string, error) {
	if strings.Count(text, begin) != 1 || strings.Count(text, end) != 1 {
		return "", errors.New("there must be one line " + begin + " and one line " + end)
	}
	head, rest, _ := strings.Cut(text, begin)
	_, tail, found := strings.Cut(rest, end)
	if !found {
		return "", errors.New(end + " comes before " + begin)
	}
	return head + begin + "\n" + table + end + tail, nil
}
