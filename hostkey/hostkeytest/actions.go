package hostkeytest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// class is what an action does to the account.
type class int

const (
	read    class = iota
	write         // changes something
	order         // creates a charge
	destroy       // loses data or service
)

// access is whether an action requires a token.
type access int

const (
	withToken access = iota
	open
)

// action is one action in the API's inventory.
type action struct {
	module, name string
	class        class
	access       access
	// params are the parameters that are checked, as "name:kind"; a question mark at the end marks
	// an optional one. Kinds are int, money, server (the ID of a server of the account), service
	// (the same, even if the server is gone), list, and "=a|b" for a choice; without a kind it is
	// text.
	params  string
	handler handler // nil if no state is kept for it
}

type handler func(*call) reply

// param is a parsed parameter.
type param struct {
	name, kind string
	oneOf      []string
	optional   bool
}

var (
	byModule = make(map[string]map[string]*action)
	parsed   = make(map[*action][]param)
)

func init() {
	for _, part := range [][]action{
		accessActions, eqActions, powerActions, orderActions, catalogueActions, networkActions, mediaActions, ticketActions,
		tagActions, zoneActions, snapshotActions, invoiceActions, billingActions, storageActions,
	} {
		for i := range part {
			a := &part[i]
			if byModule[a.module] == nil {
				byModule[a.module] = make(map[string]*action)
			}
			if byModule[a.module][a.name] != nil {
				panic("hostkeytest: action " + a.module + "/" + a.name + " is declared twice")
			}
			byModule[a.module][a.name] = a
			parsed[a] = parseParams(a.params)
		}
	}
}

func parseParams(text string) []param {
	var all []param
	for word := range strings.FieldsSeq(text) {
		p := param{}
		word, p.optional = strings.CutSuffix(word, "?")
		word, options, limited := strings.Cut(word, "=")
		if limited {
			p.oneOf = strings.Split(options, "|")
		}
		p.name, p.kind, _ = strings.Cut(word, ":")
		all = append(all, p)
	}
	return all
}

// Actions returns all actions as "module/action", sorted.
func Actions() []string {
	var all []string
	for module, actions := range byModule {
		for name := range actions {
			all = append(all, module+"/"+name)
		}
	}
	slices.Sort(all)
	return all
}

// call is one request of an action, under the server's lock.
type call struct {
	st     *state
	cfg    *config
	r      *http.Request
	action *action
	form   url.Values
	token  *session // nil if none is valid
	m      *machine // named by the parameter of kind server or service
}

// check refuses parameters that are missing or of the wrong type, and servers that do not exist.
func (c *call) check() (reply, bool) {
	params := parsed[c.action]
	var missing []string
	for _, p := range params {
		if !p.optional && !c.has(p.name) {
			missing = append(missing, inner(p.name))
		}
	}
	if len(missing) > 0 {
		return fail("Missing required keys: " + strings.Join(missing, ", ")), true
	}
	for _, p := range params {
		if c.has(p.name) && !c.fits(p) {
			return c.invalid(inner(p.name)), true
		}
	}
	for _, p := range params {
		if (p.kind != "server" && p.kind != "service") || !c.has(p.name) {
			continue
		}
		id, _ := c.number(p.name)
		if c.m = c.machine(id); c.m == nil && p.kind == "service" {
			c.m = c.st.all[id]
		}
		if c.m == nil {
			return c.noServer(), true
		}
	}
	return reply{}, false
}

// machine returns a server that the token reaches, or nil. Public actions reach any.
func (c *call) machine(id int64) *machine {
	if c.token != nil && c.token.server != 0 && c.token.server != id {
		return nil
	}
	if c.st.hidden && c.action.module != "whmcs" {
		return nil
	}
	return c.st.machines.Get(id)
}

func (c *call) fits(p param) bool {
	text := c.text(p.name)
	switch {
	case p.oneOf != nil:
		return slices.Contains(p.oneOf, text)
	case p.kind == "int", p.kind == "server", p.kind == "service":
		n, there := c.number(p.name)
		return there && n >= 0
	case p.kind == "money":
		_, ok := cents(text)
		return ok
	}
	return true
}

// inner returns the name inside params[...].
func inner(name string) string {
	if _, in, nested := strings.Cut(name, "["); nested {
		return strings.TrimRight(in, "[]")
	}
	return name
}

// text returns a parameter, "" if it is absent.
func (c *call) text(name string) string { return c.form.Get(name) }

// has reports whether a parameter is present and not empty. A list may come as name[] or name[0].
func (c *call) has(name string) bool { return c.text(name) != "" || len(c.values(name)) > 0 }

// number returns an integer parameter; false if it is absent or not an integer.
func (c *call) number(name string) (int64, bool) {
	n, err := strconv.ParseInt(c.text(name), 10, 64)
	return n, err == nil
}

func (c *call) flag(name string) bool {
	text := c.text(name)
	return text == "1" || text == "true"
}

// values returns a list in any of PHP's forms: name[]=a&name[]=b, name[0]=a&name[1]=b, or name=a.
func (c *call) values(name string) []string {
	if all := c.form[name+"[]"]; len(all) > 0 {
		return all
	}
	var all []string
	for i := 0; ; i++ {
		item, there := c.form[name+"["+strconv.Itoa(i)+"]"]
		if !there {
			break
		}
		all = append(all, item[0])
	}
	if len(all) == 0 && c.text(name) != "" {
		all = []string{c.text(name)}
	}
	return all
}
