package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/provkit/provkit/provider"
)

// table returns the matrix in Markdown: a row for each capability, a column for each system, and
// the notes below.
func table(systems []system) string {
	var b strings.Builder
	b.WriteString("| |")
	for _, s := range systems {
		fmt.Fprintf(&b, " %s |", escape(s.Name))
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(systems)) + "\n")
	var notes footnotes
	for _, capability := range provider.AllCapabilities() {
		fmt.Fprintf(&b, "| %s |", capability)
		for _, s := range systems {
			fmt.Fprintf(&b, " %s%s |", level(s.Description, capability), notes.mark(s.Name, s.note(capability)))
		}
		b.WriteString("\n")
	}
	if len(notes.lines) > 0 {
		b.WriteString("\n<details><summary>Notes</summary>\n\n")
		for i, line := range notes.lines {
			fmt.Fprintf(&b, "%d. %s\n", i+1, line)
		}
		b.WriteString("\n</details>\n")
	}
	return b.String()
}

// level returns the level that the adapter declares for a capability; unsupported if it declares
// none.
func level(d *provider.Description, capability provider.Capability) provider.Level {
	return cmp.Or(d.Capabilities[capability].Level, provider.Unsupported)
}

// note returns the note on a capability: how it works, what is missing, and what an option changes.
func (s *system) note(capability provider.Capability) string {
	own := s.Capabilities[capability]
	parts := []string{own.Note}
	for _, v := range s.variants {
		other := level(v.Description, capability)
		if other == level(s.Description, capability) {
			continue
		}
		text := fmt.Sprintf("With the option `%s`: %s", v.option, other)
		if note := v.Capabilities[capability].Note; note != "" && note != own.Note {
			text += ", " + note
		}
		parts = append(parts, text)
	}
	if parts[0] == "" {
		parts = parts[1:]
	}
	return strings.Join(parts, ". ")
}

// footnotes numbers notes in the order of first use.
type footnotes struct {
	lines  []string
	number map[string]int
}

// mark returns the number of a note, which several capabilities of a system may share.
func (f *footnotes) mark(system, note string) string {
	if note == "" {
		return ""
	}
	line := escape(system + ": " + note + ".")
	if f.number[line] == 0 {
		if f.number == nil {
			f.number = make(map[string]int)
		}
		f.lines = append(f.lines, line)
		f.number[line] = len(f.lines)
	}
	return fmt.Sprintf(" <sup>%d</sup>", f.number[line])
}

// escape keeps texts from ending a cell, and from being read as emphasis or HTML.
func escape(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "\n", " ").Replace(text)
}
