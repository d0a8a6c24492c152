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

// access is whether an action asks for a token.
type access int

const (
	withToken access = iota
	open
)

// action is a row of the API's inventory.
type action struct {
	module, name string
	class        class
	access       access
	// params are the parameters that are checked, as "name:kind"; a question mark ends those that may be absent.
	// Kinds are int, money, server (the ID of a server of the account), service (also of one that is gone), list, and
	// "=a|b" for a choice; none is text.
	params  string
	handler handler // nil: no state is kept for it
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
				panic("hostkeytest: action " + a.module + "/" + a.name + " is there twice")
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
	token  *session // nil without a good one
	m      *machine // of the parameter of kind server or service
}

// check refuses what is missing, of the wrong type, or a server that is not there.
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
			return fail(textNoServer(c.action.module, c.action.name)), true
		}
	}
	return reply{}, false
}

// machine finds a server that the token reaches. Public actions reach any.
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

// inner is the name inside params[...].
func inner(name string) string {
	if _, in, nested := strings.Cut(name, "["); nested {
		return strings.TrimRight(in, "[]")
	}
	return name
}

// text returns a parameter, "" if it is absent.
func (c *call) text(name string) string { return c.form.Get(name) }

// has tells whether a parameter is there and not empty. A list may be there as name[] or name[0].
func (c *call) has(name string) bool { return c.text(name) != "" || len(c.values(name)) > 0 }

// number returns a whole number; false if it is absent or none.
func (c *call) number(name string) (int64, bool) {
	n, err := strconv.ParseInt(c.text(name), 10, 64)
	return n, err == nil
}

func (c *call) flag(name string) bool {
	text := c.text(name)
	return text == "1" || text == "true"
}

// values returns a list in any of the ways of PHP: name[]=a&name[]=b, name[0]=a&name[1]=b, or name=a.
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
