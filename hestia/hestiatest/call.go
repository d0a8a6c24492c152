package hestiatest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The exit codes, under the panel's own names.
const (
	eArgs        = 1
	eInvalid     = 2
	eNotExist    = 3
	eExists      = 4
	eSuspended   = 5
	eUnsuspended = 6
	eInUse       = 7
	eLimit       = 8
	ePassword    = 9
	eForbidden   = 10
	eDisabled    = 11
	eParsing     = 12
	eConnect     = 15
	eUpdate      = 19
	eRestart     = 20
	eAPIDisabled = 21
)

// call is one run of a script: it prints lines and ends with an exit code. Scripts run one another.
type call struct {
	server *Server
	st     *state
	now    time.Time
	owner  string // the user whose credentials started it
	depth  int

	cmd   *command
	args  []string
	v     map[string]string // the arguments by name
	user  *account          // the one that "has user" found
	print []string
}

// lines returns what was printed.
func (c *call) lines() []string { return c.print }

// text returns what was printed, without the prefix of errors.
func (c *call) text() string {
	return strings.TrimPrefix(strings.Join(c.print, "\n"), "Error: ")
}

// say prints. A line break in a value breaks the line, as it would on a terminal.
func (c *call) say(format string, args ...any) {
	c.print = append(c.print, strings.Split(fmt.Sprintf(format, args...), "\n")...)
}

// fail prints an error and returns the exit code.
func (c *call) fail(code int, format string, args ...any) int {
	c.say("Error: "+format, args...)
	return code
}

// run runs a script: arguments, checks, effect. Its output goes to that of c.
func (c *call) run(name string, args ...string) int {
	cmd := commands[name]
	if cmd == nil || c.depth > maxDepth {
		return eArgs // sudo does not know it, and its error is not read
	}
	sub := &call{
		server: c.server, st: c.st, now: c.now, owner: c.owner, depth: c.depth + 1,
		cmd: cmd, args: args,
	}
	code := sub.launch()
	c.print = append(c.print, sub.print...)
	return code
}

// silently discards the output of do.
func (c *call) silently(do func() int) int {
	kept := len(c.print)
	code := do()
	c.print = c.print[:kept]
	return code
}

// launch executes a script, or returns the answer that was injected for it. Scripts that other
// scripts run get no injected answers.
func (c *call) launch() int {
	if c.depth > 1 {
		return c.execute()
	}
	injected, there := c.server.injection(c.cmd.name)
	if !there {
		return c.execute()
	}
	if injected.Applied {
		c.silently(c.execute)
	}
	if injected.Output != "" {
		c.say("%s", injected.Output)
	}
	return injected.Code
}

func (c *call) execute() int {
	cmd := c.cmd
	if len(c.args) < cmd.least {
		c.say("Usage: %s %s", cmd.name, cmd.usage)
		return eArgs
	}
	c.v = cmd.bind(c.args)
	c.user = c.st.user(c.st.root()) // the scripts' library starts with the root user
	if given, ok := c.v["user"]; ok {
		c.user = c.st.user(given)
	}
	if code, done := c.check(); done {
		return code
	}
	if c.server.hidden && c.depth == 1 && slices.Contains(userReads, cmd.name) {
		return c.fail(eNotExist, "user %s doesn't exist", c.v["user"])
	}
	effect := c.server.effects[cmd.name]
	if effect == nil {
		c.say(notModelledText, cmd.name)
		return NotModelled
	}
	if cmd.name != "v-add-user" { // which shows what it does
		c.pause(c.server.scripts.takes[cmd.name])
	}
	return effect(c)
}

// arg returns the argument at a position, counted from one; "" if there is none.
func (c *call) arg(position int) string {
	if position > len(c.args) {
		return ""
	}
	return c.args[position-1]
}

// given reports whether an argument was sent, even an empty one.
func (c *call) given(position int) bool { return position <= len(c.args) }

// stamp sets the time in a row, split as the panel splits it.
func (c *call) stamp(r row) row {
	r["TIME"], r["DATE"] = clockTime(c.now), clockDate(c.now)
	return r
}

func clockTime(t time.Time) string { return t.Format("15:04:05") }
func clockDate(t time.Time) string { return t.Format("2006-01-02") }

// userReads are the commands that HideUsers hides users from.
var userReads = []string{"v-list-user", "v-list-users", "v-list-sys-users", "v-get-user-value"}
