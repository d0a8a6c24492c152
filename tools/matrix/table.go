package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/provkit/provkit/provider"
)

// table returns the matrix in Markdown: a row for each capability, a column for each system. What the
// notes of Describe say stands on the system's page.
func table(systems []system) string {
	var b strings.Builder
	b.WriteString("| |")
	for _, s := range systems {
		fmt.Fprintf(&b, " [%s](docs/%s.md) |", escape(s.Name), s.Kind)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(systems)) + "\n")
	for _, capability := range provider.AllCapabilities() {
		fmt.Fprintf(&b, "| %s |", capability)
		for _, s := range systems {
			cell := "–"
			if s.Capabilities.Has(capability) {
				of := s.Capabilities[capability]
				cell = string(of.Level) + ", " + string(cmp.Or(of.Evidence, provider.EvidenceAssumed))
			}
			b.WriteString(" " + cell + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// escape keeps texts from ending a cell, and from being read as emphasis or HTML.
func escape(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "\n", " ").Replace(text)
}
