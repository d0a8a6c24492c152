package hestiatest

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

//go:embed listings.tsv
var listingTable string

// listing says which fields a list prints in each format.
type listing struct {
	key              string
	json, plain, csv []printed
}

// printed is one field: its name, and the key of the row that it comes from.
type printed struct {
	name, from string
	quoted     bool
	unnamed    bool // missing in the heading
}

var listings = readListings()

func readListings() map[string]listing {
	all := make(map[string]listing, 50)
	for line := range strings.Lines(listingTable) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		column := strings.Split(line, "\t")
		all[column[0]] = listing{
			key: column[1], json: readPrinted(column[2]), plain: readPrinted(column[3]), csv: readPrinted(column[4]),
		}
	}
	return all
}

func readPrinted(text string) []printed {
	var fields []printed
	for word := range strings.FieldsSeq(text) {
		word, unnamed := strings.CutPrefix(word, "-")
		bare := strings.Trim(word, `"`)
		name, from, renamed := strings.Cut(bare, "=")
		if !renamed {
			from = name
		}
		fields = append(fields, printed{name: name, from: from, quoted: bare != word, unnamed: unnamed})
	}
	return fields
}

// list prints rows as the command does, in the requested format. It prints nothing in an unknown
// format.
func (c *call) list(rows []row) int {
	shape := listings[c.cmd.name]
	switch c.v["format"] {
	case "json":
		c.printJSON(shape, rows)
	case "plain":
		for _, r := range rows {
			c.say("%s", values(shape.plain, r, "\t"))
		}
	case "csv":
		c.say("%s", names(shape.csv, ","))
		for _, r := range rows {
			c.say("%s", values(shape.csv, r, ","))
		}
	case "shell":
		lines := [][]string{strings.Fields(names(shape.plain, " ")), dashes(names(shape.plain, " "))}
		for _, r := range rows {
			lines = append(lines, strings.Split(values(shape.plain, r, "\t"), "\t"))
		}
		c.table(lines)
	}
	return 0
}

// printJSON prints an object of objects. Values are not escaped: a quote in one breaks the text, as
// it does in the panel. A row that lacks a key prints the value of the row before it.
func (c *call) printJSON(shape listing, rows []row) {
	c.say("{")
	last := row{}
	for i, r := range rows {
		c.say("    \"%s\": {", r[shape.key])
		for j, field := range shape.json {
			value, there := r[field.from]
			if !there {
				value = last[field.from]
			}
			last[field.from] = value
			comma := ","
			if j == len(shape.json)-1 {
				comma = ""
			}
			c.say("        \"%s\": \"%s\"%s", field.name, value, comma)
		}
		if i < len(rows)-1 {
			c.say("    },")
		} else {
			c.say("    }")
		}
	}
	c.say("}")
}

func names(fields []printed, separator string) string {
	var all []string
	for _, f := range fields {
		if !f.unnamed {
			all = append(all, f.name)
		}
	}
	return strings.Join(all, separator)
}

func values(fields []printed, r row, separator string) string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = r[f.from]
		if f.quoted {
			all[i] = `"` + all[i] + `"`
		}
	}
	return strings.Join(all, separator)
}

// dashes underlines the words of a heading.
func dashes(heading string) []string {
	words := strings.Fields(heading)
	for i, word := range words {
		words[i] = strings.Repeat("-", len(word))
	}
	return words
}

// table prints columns side by side, two spaces apart, without trailing spaces.
func (c *call) table(lines [][]string) {
	var width []int
	for _, line := range lines {
		for i, word := range line {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(word))
		}
	}
	for _, line := range lines {
		var b strings.Builder
		for i, word := range line {
			b.WriteString(word)
			if i < len(line)-1 {
				b.WriteString(strings.Repeat(" ", width[i]-utf8.RuneCountInString(word)+2))
			}
		}
		c.say("%s", b.String())
	}
}

// words prints a plain list of words: an array in JSON.
func (c *call) words(heading string, list []string) int {
	switch c.v["format"] {
	case "json":
		c.say("[")
		for i, word := range list {
			if i < len(list)-1 {
				word += `",`
			} else {
				word += `"`
			}
			c.say("\t\"%s", word)
		}
		c.say("]")
	case "shell":
		c.say("%s", heading)
		c.say("%s", strings.Repeat("-", len(heading)))
		c.plainWords(list)
	case "csv":
		c.say("%s", heading)
		c.plainWords(list)
	case "plain":
		c.plainWords(list)
	}
	return 0
}

func (c *call) plainWords(list []string) {
	for _, word := range list {
		c.say("%s", word)
	}
}

// fingerprint returns OpenSSH's fingerprint of a key.
func fingerprint(encoded string) string {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		raw = []byte(encoded)
	}
	sum := sha256.Sum256(raw)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}
