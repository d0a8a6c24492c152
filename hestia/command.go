package hestia

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// command is what is known about one command of the panel, except for its Go types. Each resource's
// file begins with one line for each of its commands. The tests compare them with the inventory in
// testdata/hestia/operations.tsv.
//
// A signature is written as the panel prints it, with these marks:
//
//	USER            required
//	PASSWORD!       a secret
//	VALUE?          required, but may be empty
//	MESSAGE&        may contain line breaks
//	[NAME]          optional; sent as "" if a later argument is given
//	[TTL=60]        the same, but sent as 60, the script's default
//	[EXTENSIONS#]   optional, but required if a later argument is given
//	json            this very word
//	ARG...          any number
type command struct {
	endpoint  rest.Endpoint
	name      string
	signature string

	parse  sync.Once
	params []parameter

	// kinds are the codes that mean something different here than usual.
	kinds map[ExitCode]error
	// prints is set if the command prints something when it succeeds.
	prints bool
	// mayPrintNothing is set if no output can also mean an empty list, or that there is no such
	// thing.
	mayPrintNothing bool
	// slow commands get the long time limit.
	slow bool
	// concurrent commands change nothing that another command edits, and may take hours: others
	// need not wait for them.
	concurrent bool
	// content commands do not pass through a shell, whose limit is 128 KiB.
	content bool
	// unnamed commands print an object under a name of its own.
	unnamed bool
	// escapes is set for the few commands that escape what they print, so that it is JSON. The others print values as
	// they stand, except for double quotes.
	escapes bool
	// unknown is set for a command that only the caller of Run knows.
	unknown bool
}

// commands are all commands that have a method, by name.
var commands = make(map[string]*command, 600)

// variant defines a second use of a command, which is not found by the name.
func variant(op, signature string, effect rest.Effect) *command {
	name, signature, _ := strings.Cut(signature, " ")
	return &command{
		endpoint:  rest.Endpoint{Provider: Kind, Op: op, Verb: verbOf(name), Method: http.MethodPost, Route: "/", Effect: effect},
		name:      name,
		signature: signature,
	}
}

// verbOf returns in words what a command does: "add user".
func verbOf(name string) string {
	return strings.ReplaceAll(strings.TrimPrefix(name, "v-"), "-", " ")
}

func define(op, signature string, effect rest.Effect) *command {
	c := variant(op, signature, effect)
	if commands[c.name] != nil {
		panic("hestia: " + c.name + " is defined twice")
	}
	commands[c.name] = c
	return c
}

const (
	once       = rest.Once
	idempotent = rest.Idempotent
	read       = rest.Read
)

// reads defines a command that changes nothing and prints something.
func reads(op, signature string) *command {
	c := define(op, signature, read)
	c.prints = true
	return c
}

// checks defines a command that changes nothing and whose exit code is the answer.
func checks(op, signature string) *command { return define(op, signature, read) }

// adds defines a command that must not run twice, or whose second answer would not show what became
// of the first.
func adds(op, signature string) *command { return define(op, signature, once) }

// sets defines a command that leaves things the same, however often it runs.
func sets(op, signature string) *command { return define(op, signature, idempotent) }

// removes defines a command whose retry finds nothing any more.
func removes(op, signature string) *command {
	return sets(op, signature).doneIf(ExitNotExist)
}

// suspends defines a command whose retry finds the thing suspended.
func suspends(op, signature string) *command {
	return sets(op, signature).doneIf(ExitSuspended)
}

// resumes defines a command whose retry finds the thing not suspended.
func resumes(op, signature string) *command {
	return sets(op, signature).doneIf(ExitUnsuspended)
}

func (c *command) doneIf(code ExitCode) *command { c.endpoint.DoneIf = code; return c }
func (c *command) printing() *command            { c.prints = true; return c }
func (c *command) orNothing() *command           { c.mayPrintNothing = true; return c }
func (c *command) besides() *command             { c.concurrent = true; return c.slowly() }

// slowly marks a command that may take minutes. If its answer is lost, the command may still be
// running, and the panel locks nothing, so a setter is then not sent again.
func (c *command) slowly() *command {
	c.slow = true
	if c.changes() && c.endpoint.DoneIf == nil {
		c.endpoint.Effect = once
	}
	return c
}

// throughFile marks a command whose arguments do not pass through a shell.
func (c *command) throughFile() *command { c.content = true; return c }

// elsewise marks a command that prints its object under another name than that of what was asked for.
func (c *command) elsewise() *command { c.unnamed = true; return c }

// escaping marks a command that escapes backslashes and line breaks.
func (c *command) escaping() *command { c.escapes = true; return c }

// secretly marks a command whose answer contains a secret.
func (c *command) secretly() *command { c.endpoint.Sensitive = true; return c }

// meaning gives an exit code another meaning than usual.
func (c *command) meaning(code ExitCode, kind error) *command {
	if c.kinds == nil {
		c.kinds = make(map[ExitCode]error)
	}
	c.kinds[code] = kind
	return c
}

func (c *command) changes() bool { return c.endpoint.Effect != read }

// parameter is one argument of a signature.
type parameter struct {
	name     string // as problems call it
	word     string // a fixed word; the other fields are not used then
	gap      string // what is sent when it is left out
	optional bool
	secret   bool
	empty    bool // may be empty
	text     bool // may contain line breaks
	needed   bool // required if something follows
	many     bool
}

func (c *command) parameters() []parameter {
	c.parse.Do(func() {
		for field := range strings.FieldsSeq(c.signature) {
			c.params = append(c.params, parseParameter(field))
		}
	})
	return c.params
}

func parseParameter(field string) parameter {
	var p parameter
	if strings.ToLower(field) == field {
		return parameter{word: field}
	}
	if strings.HasPrefix(field, "[") {
		p.optional = true
		field = strings.Trim(field, "[]")
	}
	field, p.gap, _ = strings.Cut(field, "=")
	field, p.many = strings.CutSuffix(field, "...")
	name := strings.TrimRight(field, "!?&#")
	marks := field[len(name):]
	p.name = strings.ToLower(name)
	p.secret = strings.Contains(marks, "!")
	p.empty = strings.Contains(marks, "?")
	p.text = strings.Contains(marks, "&")
	p.needed = strings.Contains(marks, "#")
	return p
}

// request is one use of a command.
type request struct {
	command *command
	name    string
	subject string
	args    []string
	secrets []int // places in args
	// codes: with returncode=yes.
	codes bool
	// read receives what the command printed.
	read func(printed []byte) error
	// lists is set for listings, whose answers may be longer than others.
	lists bool
	// about is what the answer has to be about, and told what it is about.
	about rest.Identity
	told  string
	// literal is set where backslashes of the output are characters of the values.
	literal bool
	// strict is set where the panel says OK to commands that it does not know: then a command that
	// should print something and does not has failed.
	strict bool
}

// maxArguments is how many the panel takes: it ignores arg14.
const maxArguments = 13

// with makes a request from the values of the arguments, in the order of the signature and without
// the fixed words. Optional values count as left out if they are zero or nil. The error names each
// argument that would not arrive as it is.
func (c *command) with(values ...any) (*request, error) {
	r := &request{command: c, name: c.name, subject: c.subject(values), literal: c.printsJSON() && !c.escapes}
	var problems provider.Problems
	left := "" // the first argument that was left out and must not be
	pending := 0
	var gaps []string
	add := func(p *parameter, text string, secret bool) {
		if left != "" {
			problems.Add(left, "required, since %s is given", p.name)
		}
		r.args = append(r.args, gaps...)
		gaps = gaps[:0]
		if secret {
			r.secrets = append(r.secrets, len(r.args))
		}
		r.args = append(r.args, text)
	}
	for i := range c.parameters() {
		p := &c.params[i]
		if p.word != "" {
			add(&parameter{name: "format"}, p.word, false)
			continue
		}
		var value any
		if pending < len(values) {
			value = values[pending]
		}
		pending++
		if p.many {
			texts, _ := value.([]string)
			if len(texts) == 0 && !p.optional {
				problems.Add(p.name, "required")
			}
			for _, text := range texts {
				p.check(&problems, text)
				add(p, text, p.secret)
			}
			continue
		}
		a := argumentOf(value)
		switch {
		case a.problem != "":
			problems.Add(p.name, "%s", a.problem)
		case p.optional && a.zero:
			gaps = append(gaps, p.gap)
			if p.needed && left == "" {
				left = p.name
			}
			continue
		case !p.optional && a.text == "" && !p.empty:
			problems.Add(p.name, "required")
		default:
			p.check(&problems, a.text)
		}
		add(p, a.text, p.secret || a.secret)
	}
	if pending < len(values) {
		panic(fmt.Sprintf("hestia: %s takes %d arguments, got %d", c.name, pending, len(values)))
	}
	r.checkSize(&problems)
	return r, c.endpoint.Refuse(r.subject, problems)
}

// raw makes a request from texts as they are. It refuses only what would arrive altered.
func (c *command) raw(name string, args []string) (*request, error) {
	r := &request{command: c, name: name, args: args}
	var problems provider.Problems
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
		problems.Add("command", "must consist of letters, digits, - and _")
	}
	params := c.parameters()
	for i, arg := range args {
		if problem := altered(arg, true); problem != "" {
			problems.Add(fmt.Sprintf("arg%d", i+1), "%s", problem)
		}
		if c.unknown || i < len(params) && params[i].secret {
			r.secrets = append(r.secrets, i)
		}
	}
	r.checkSize(&problems)
	return r, c.endpoint.Refuse(r.subject, problems)
}

// printsJSON reports whether the command is asked for JSON.
func (c *command) printsJSON() bool {
	return slices.ContainsFunc(c.parameters(), func(p parameter) bool { return p.word == "json" })
}

// subject names what the command acts on: `"example.com" of "alice"`.
func (c *command) subject(values []any) string {
	var parts []string
	place := 0
	for i := range c.parameters() {
		p := &c.params[i]
		if p.word != "" || p.many {
			break
		}
		if place == len(values) || place == 2 || p.optional || p.secret || p.text {
			break
		}
		a := argumentOf(values[place])
		if a.secret || a.text == "" {
			break
		}
		parts = append(parts, quoted(a.text))
		place++
		if p.name != "user" {
			break
		}
	}
	if len(parts) == 2 {
		return parts[1] + " of " + parts[0]
	}
	return strings.Join(parts, "")
}

func (c *command) action(subject string) string {
	if subject == "" {
		return c.endpoint.Verb
	}
	return c.endpoint.Verb + " " + subject
}

// about returns what the answer of a command has to be about: the last argument that must be given. The panel looks
// names up with grep, where a dot is any character. User names differ in case; domains and mailboxes come back as the
// panel stores them.
func (c *command) about(values []any) (about rest.Identity) {
	if c.changes() || c.unnamed {
		return about
	}
	place := 0
	for i := range c.parameters() {
		p := &c.params[i]
		if p.word != "" {
			continue
		}
		if place < len(values) && !p.optional && !p.secret && !p.many {
			name := argumentOf(values[place]).text
			about = rest.Identity{ID: name}
			if p.name == "domain" || p.name == "account" {
				about = rest.Identity{Name: stored(name)}
			}
		}
		place++
	}
	return about
}

// stored returns how the panel stores the name of a domain or mailbox, in ASCII.
func stored(name string) string {
	return strings.TrimSuffix(strings.TrimPrefix(idnASCII(name), "www."), ".")
}

// oddRow returns the error for one row of a list. It names the row and the field, never the value.
func (c *Client) oddRow(cmd *command, row string, cause error) error {
	name := quoted(words.Shorten(c.rest.Clean(row), 80))
	err := cmd.endpoint.OddRow(http.StatusOK, fmt.Sprintf("%s cannot be read: %v", name, cause), cause)
	if e, ok := errors.AsType[*provider.Error](err); ok && errors.Is(cause, errUnfinished) {
		e.Kind, e.Message = provider.ErrUnavailable, e.Message+": "+unfinished
	}
	return err
}
