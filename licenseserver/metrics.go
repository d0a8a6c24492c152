package licenseserver

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/provkit/provkit/internal/rest"
)

// Sample is one line of Prometheus metrics.
type Sample struct {
	// Name is the name of the series, including the suffix of histograms and summaries (_bucket,
	// _sum, _count).
	Name   string
	Labels map[string]string
	// Value may be NaN or infinite.
	Value float64
	// Timestamp is zero if the server reports none, which is usual.
	Timestamp time.Time
	// Type is the type of the family in an earlier "# TYPE" line: "counter", "gauge", "histogram",
	// "summary", "untyped"; "" if there was none.
	Type string
}

type metricsWire struct{ samples []Sample }

func (w *metricsWire) DecodeAnswer(a *rest.Answer) error {
	if len(strings.TrimSpace(string(a.Body))) == 0 {
		return errors.New("no body")
	}
	var err error
	w.samples, err = parseMetrics(string(a.Body))
	return err
}

// parseMetrics reads the text exposition format, version 0.0.4. Errors name the line number, but do
// not quote the line.
func parseMetrics(body string) ([]Sample, error) {
	if !utf8.ValidString(body) {
		return nil, errors.New("metrics are not UTF-8")
	}
	var samples []Sample
	types := make(map[string]string)
	n := 0
	for line := range strings.SplitSeq(body, "\n") {
		n++
		line = strings.Trim(line, " \t\r")
		switch {
		case line == "":
		case line[0] == '#':
			if words := strings.Fields(line[1:]); len(words) == 3 && words[0] == "TYPE" {
				types[words[1]] = words[2]
			}
		default:
			sample, err := parseSample(line)
			if err != nil {
				return nil, fmt.Errorf("line %d of the metrics: %w", n, err)
			}
			sample.Type = typeOf(types, sample.Name)
			samples = append(samples, sample)
		}
	}
	return samples, nil
}

// typeOf returns the type of a sample's family, whose name is that of the sample or lacks the
// suffix of histograms and summaries.
func typeOf(types map[string]string, name string) string {
	if t, ok := types[name]; ok {
		return t
	}
	for _, ending := range []string{"_bucket", "_sum", "_count"} {
		family, cut := strings.CutSuffix(name, ending)
		if t := types[family]; cut && (t == "histogram" || t == "summary") {
			return t
		}
	}
	return ""
}

// parseSample reads: name [ { labels } ] value [ milliseconds ].
func parseSample(line string) (s Sample, err error) {
	end := nameEnd(line, true)
	if end == 0 {
		return Sample{}, errors.New("no metric name")
	}
	s.Name, line = line[:end], strings.TrimLeft(line[end:], " \t")
	if strings.HasPrefix(line, "{") {
		if s.Labels, line, err = parseLabels(line[1:]); err != nil {
			return Sample{}, err
		}
	}
	words := strings.Fields(line)
	if len(words) < 1 || len(words) > 2 {
		return Sample{}, errors.New("neither a value nor a value and a time")
	}
	if s.Value, err = strconv.ParseFloat(words[0], 64); err != nil && !errors.Is(err, strconv.ErrRange) {
		return Sample{}, errors.New("the value is not a number")
	}
	if len(words) == 2 {
		ms, err := strconv.ParseInt(words[1], 10, 64)
		if err != nil {
			return Sample{}, errors.New("the time is not an integer")
		}
		s.Timestamp = time.UnixMilli(ms).UTC()
	}
	return s, nil
}

func parseLabels(line string) (map[string]string, string, error) {
	labels := make(map[string]string)
	for {
		line = strings.TrimLeft(line, " \t")
		if rest, closed := strings.CutPrefix(line, "}"); closed {
			return labels, rest, nil
		}
		end := nameEnd(line, false)
		if end == 0 {
			return nil, "", errors.New("no label name")
		}
		name := line[:end]
		line = strings.TrimLeft(line[end:], " \t")
		value, found := strings.CutPrefix(line, "=")
		if !found {
			return nil, "", errors.New("a label without a value")
		}
		text, rest, err := parseQuoted(strings.TrimLeft(value, " \t"))
		if err != nil {
			return nil, "", err
		}
		if _, twice := labels[name]; twice {
			return nil, "", errors.New("a label is repeated")
		}
		labels[name] = text
		line = strings.TrimLeft(rest, " \t")
		next, comma := strings.CutPrefix(line, ",")
		if !comma && !strings.HasPrefix(line, "}") {
			return nil, "", errors.New("labels are not closed")
		}
		line = next
	}
}

// parseQuoted reads a label's value; the only escapes are \\, \" and \n.
func parseQuoted(line string) (value, rest string, err error) {
	if !strings.HasPrefix(line, `"`) {
		return "", "", errors.New("a label's value is not quoted")
	}
	var b strings.Builder
	for i := 1; i < len(line); i++ {
		switch c := line[i]; c {
		case '"':
			return b.String(), line[i+1:], nil
		case '\\':
			i++
			switch {
			case i == len(line):
				return "", "", errors.New("a label's value is not closed")
			case line[i] == 'n':
				b.WriteByte('\n')
			case line[i] == '\\' || line[i] == '"':
				b.WriteByte(line[i])
			default:
				b.WriteByte('\\')
				b.WriteByte(line[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", "", errors.New("a label's value is not closed")
}

// nameEnd returns the length of the name at the beginning of a text. Names of metrics may contain
// colons.
func nameEnd(s string, colon bool) int {
	i := 0
	for i < len(s) {
		c := s[i]
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == ':' && colon
		if !letter && (i == 0 || c < '0' || c > '9') {
			break
		}
		i++
	}
	return i
}
