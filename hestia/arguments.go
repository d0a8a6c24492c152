package hestia

import (
	"fmt"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/provkit/provkit/provider"
)

// argument is a Go value as the panel reads it.
type argument struct {
	text    string
	zero    bool // counts as not given if the argument is optional
	secret  bool
	problem string
}

// argumentOf spells a value. Pointers are for arguments whose zero value means something: then only
// nil counts as not given.
func argumentOf(value any) argument {
	switch v := value.(type) {
	case nil:
		return argument{zero: true}
	case string:
		return argument{text: v, zero: v == ""}
	case provider.Secret:
		return argument{text: v.Reveal(), zero: v.IsZero(), secret: true}
	case bool:
		return argument{text: yesNo(v), zero: !v}
	case int:
		return argument{text: strconv.Itoa(v), zero: v == 0}
	case int64:
		return argument{text: strconv.FormatInt(v, 10), zero: v == 0}
	case []string:
		return listArgument(v)
	case Limit:
		return argument{text: v.String(), zero: v == Limit{}, problem: v.problem()}
	case netip.Addr:
		return addressArgument(v)
	case time.Time:
		if v.IsZero() {
			return argument{zero: true}
		}
		return argument{text: v.Format(time.DateOnly)}
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return argument{zero: true}
		}
		a := argumentOf(v.Elem().Interface())
		a.zero = false
		return a
	case reflect.String:
		return argument{text: v.String(), zero: v.Len() == 0}
	default:
		panic(fmt.Sprintf("hestia: a %T cannot be an argument", value))
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func listArgument(list []string) argument {
	for _, element := range list {
		if element == "" || strings.Contains(element, ",") {
			return argument{problem: "has an element that is empty or contains a comma, which separates elements"}
		}
	}
	return argument{text: strings.Join(list, ","), zero: len(list) == 0}
}

func addressArgument(a netip.Addr) argument {
	if !a.IsValid() {
		return argument{zero: true}
	}
	return argument{text: a.String()}
}

// trimmed are the characters that the panel cuts off both ends of an argument.
const trimmed = " \t\n\r\x00\x0b"

// altered says why a text would not arrive as it is; "" if it would.
func altered(text string, breaks bool) string {
	switch {
	case strings.Trim(text, trimmed) != text:
		return "begins or ends with white space, which the panel cuts off"
	case strings.ContainsRune(text, 0):
		return "contains a NUL, which no argument can"
	case !breaks && strings.ContainsAny(text, "\r\n"):
		return "contains a line break, at which the panel would cut it off"
	case !utf8.ValidString(text):
		return "is not UTF-8"
	}
	return ""
}

func (p *parameter) check(problems *provider.Problems, text string) {
	problems.Note(p.name, altered(text, p.text))
	// Scripts take such a password for the name of a file that contains the password.
	if p.secret && !p.text && strings.HasPrefix(text, "/tmp/") {
		problems.Add(p.name, "begins with /tmp/, which the panel takes for the name of a file: Run sends it")
	}
	// The panel sets such a password, and nobody can sign in with it. Keys may begin like that.
	if p.secret && strings.Contains(p.name, "pass") && strings.HasPrefix(text, "-") {
		problems.Add(p.name, "begins with -, which the panel accepts and then never recognises: Run sends it")
	}
}

// maxCommandLine is how many bytes Linux accepts as one word of a command line: the panel runs
// commands through a shell.
const maxCommandLine = 128 << 10

// shellWord is how many bytes surround the arguments on that line: sudo, the path of the command,
// redirections.
const shellWord = 128

func (r *request) checkSize(problems *provider.Problems) {
	if len(r.args) > maxArguments {
		problems.Add("arguments", "are %d; the panel takes %d and ignores the others", len(r.args), maxArguments)
	}
	if r.command.content {
		return
	}
	size := shellWord + len(r.name)
	for _, arg := range r.args {
		size += len(arg) + len(" ''") + strings.Count(arg, "'")*len(`'\'`)
	}
	if size >= maxCommandLine {
		problems.Add("arguments", "are too long: the panel cannot start a command with more than 128 KiB of them")
	}
}

func quoted(text string) string {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return text
	}
	return strconv.Quote(text)
}
