package emulate

import (
	"fmt"
	"io"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider/faults"
)

// requestLog writes a line for each request. It shows the names of parameters, and the values of those
// that name what is done: nothing else is known not to be a secret.
type requestLog struct{ out io.Writer }

// told are the parameters whose values name what is done: Hestia's command and HOSTKEY's action.
var told = []string{"cmd", "action"}

// plain is what names look like.
var plain = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,50}$`)

func (l *requestLog) add(s *system, r faults.Request) {
	path := r.Path
	if p := s.kind.secretPath; p != "" && strings.HasPrefix(path, p) {
		path = p + words.Redacted
	}
	line := fmt.Sprintf("%s %s %s %s", s.now().UTC().Format(time.TimeOnly), s.name, r.Method, path)
	if shown := parametersOf(r); shown != "" {
		line += " " + shown
	}
	line += fmt.Sprintf(" -> %d", r.Status)
	if r.Fault != nil {
		line += " (fault: " + r.Fault.String() + ")"
	}
	_, _ = fmt.Fprintln(l.out, words.Line(line, 1000))
}

// parametersOf returns the parameters of a request's query and form.
func parametersOf(r faults.Request) string {
	all, _ := url.ParseQuery(r.Query)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form, _ := url.ParseQuery(string(r.Body))
		maps.Copy(all, form)
	}
	var shown []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		value := all.Get(name)
		switch {
		case value == "" || !plain.MatchString(name): // a body that is no form, or a secret that lost its name
		case slices.Contains(told, name) && plain.MatchString(value):
			shown = append(shown, name+"="+value)
		default:
			shown = append(shown, name)
		}
	}
	return strings.Join(shown, "&")
}
