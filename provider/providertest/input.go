package providertest

import (
	"errors"
	"strings"

	"github.com/provkit/provkit/provider"
)

var inputChecks = []check{
	{name: "bad orders", run: badOrders},
	{name: "nil requests", run: nilRequests},
	{name: "bad ids", run: badIDs},
	{name: "bad values", run: badValues},
	{name: "hostile ids", run: hostileIDs},
}

// refused fails unless err refuses the field before any request was sent.
func (c *probe) refused(err error, field, what string) {
	c.Helper()
	c.is(err, provider.ErrInvalid, "%s", what)
	var e *provider.Error
	if field != "" && errors.As(err, &e) {
		named := false
		for name := range e.Fields {
			named = named || strings.Contains(strings.ToLower(name), strings.ToLower(field))
		}
		if !named {
			c.Errorf("%s: Error.Fields does not name %q: %v", what, field, e.Fields)
		}
	}
	if c.w.Faults != nil && c.w.Faults.Count() > 0 {
		c.Errorf("%s: refused after %d requests, not before any", what, c.w.Faults.Count())
		c.w.Faults.Forget()
	}
}

func badOrders(c *probe) {
	type change struct {
		name, field string
		apply       func(*provider.CreateRequest)
	}
	changes := []change{
		{"no reference", "Reference", func(r *provider.CreateRequest) { r.Reference = "" }},
		{"a reference with spaces", "Reference", func(r *provider.CreateRequest) { r.Reference = "order 1" }},
		{"a reference of two lines", "Reference", func(r *provider.CreateRequest) { r.Reference = "order\n1" }},
		{"an overlong reference", "Reference", func(r *provider.CreateRequest) { r.Reference = strings.Repeat("r", 65) }},
		{"no user name", "Username", func(r *provider.CreateRequest) { r.Username = "" }},
		{"no e-mail address", "Email", func(r *provider.CreateRequest) { r.Email = "" }},
		{"a bad e-mail address", "Email", func(r *provider.CreateRequest) { r.Email = "nobody at example" }},
		{"an e-mail address of two lines", "Email", func(r *provider.CreateRequest) { r.Email = "a@example.com\nb@example.com" }},
		{"a name of two lines", "Name", func(r *provider.CreateRequest) { r.Name = "Max\r\nMuster" }},
		{"an unknown option", "no_such_option", func(r *provider.CreateRequest) {
			r.Options = map[string]string{"no_such_option": "1"}
		}},
	}
	for _, name := range badNames(c.d.Username) {
		changes = append(changes, change{"the user name " + name, "Username", func(r *provider.CreateRequest) { r.Username = name }})
	}
	if c.d.Password != nil {
		if !c.d.Password.Optional {
			changes = append(changes, change{"no password", "Password", func(r *provider.CreateRequest) { r.Password = provider.Secret{} }})
		}
		if c.d.Password.MinLength > 1 {
			changes = append(changes, change{"a short password", "Password", func(r *provider.CreateRequest) { r.Password = provider.NewSecret("x") }})
		}
	}
	for _, o := range c.d.Options {
		if o.Secret {
			changes = append(changes, change{"the secret option " + o.Name + " in Options", o.Name, func(r *provider.CreateRequest) {
				r.Options = map[string]string{o.Name: "1"}
			}})
		} else if o.Type != provider.OptionString {
			changes = append(changes, change{"a bad value of option " + o.Name, o.Name, func(r *provider.CreateRequest) {
				r.Options = map[string]string{o.Name: "not a value"}
			}})
		}
	}
	for _, change := range changes {
		req := c.w.Request(0)
		change.apply(req)
		_, err := c.p.Create(c.context(), req)
		c.refused(err, change.field, "Create with "+change.name)
	}
	c.unchanged(nil, "after refused orders")
}

// badNames returns names that a policy excludes.
func badNames(p provider.NamePolicy) []string {
	var bad []string
	for _, name := range append([]string{"a", "a b", "../etc", "ä", "x\ny", strings.Repeat("a", p.MaxLength+1)}, p.Reserved...) {
		if p.Problem(name) != "" {
			bad = append(bad, name)
		}
	}
	return bad
}

func nilRequests(c *probe) {
	_, err := c.p.Create(c.context(), nil)
	c.refused(err, "", "Create(nil)")
	if c.has(provider.CapSignOn) {
		_, err = c.p.SignOn(c.context(), nil)
		c.refused(err, "", "SignOn(nil)")
	}
	if c.has(provider.CapReinstall) {
		_, err = optional[provider.Reinstaller](c.p).Reinstall(c.context(), nil)
		c.refused(err, "", "Reinstall(nil)")
	}
}

func badIDs(c *probe) {
	for _, call := range c.calls() {
		field := "id"
		if call.name == "Poll" {
			field = "" // it takes handles too, and may call it one
		}
		for _, id := range []string{"", "../1", "a/b", ".", "..", strings.Repeat("1", 300)} {
			c.refused(call.run(c.context(), c.p, id), field, call.name+" of ID "+shown(id))
		}
	}
}

func shown(id string) string {
	if len(id) > 40 {
		return "of " + id[:5] + "... (overlong)"
	}
	return `"` + id + `"`
}

func badValues(c *probe) {
	id := "1"
	if c.w.MissingID != "" {
		id = c.w.MissingID
	}
	if c.has(provider.CapFind) {
		_, err := c.p.Find(c.context(), provider.Query{})
		c.refused(err, "", "Find of nothing")
	}
	if c.has(provider.CapList) {
		_, err := list(c.context(), c.p, &provider.ListOptions{PageSize: -1})
		c.refused(err, "PageSize", "List with a negative page size")
	}
	if c.has(provider.CapChangePassword) {
		_, err := optional[provider.PasswordChanger](c.p).ChangePassword(c.context(), id, provider.Secret{})
		c.refused(err, "Password", "ChangePassword to none")
	}
	if c.has(provider.CapChangePlan) {
		_, err := optional[provider.PlanChanger](c.p).ChangePlan(c.context(), id, "")
		c.refused(err, "Plan", "ChangePlan to none")
	}
	if c.has(provider.CapAdopt) {
		_, err := optional[provider.Adopter](c.p).Adopt(c.context(), id, "")
		c.refused(err, "Reference", "Adopt without a reference")
	}
	if c.has(provider.CapPower) {
		_, err := optional[provider.PowerController](c.p).Power(c.context(), id, "explode")
		c.refused(err, "Action", "Power with an unknown action")
	}
}

// hostileIDs: they must be refused or not found, and must never reach an account.
func hostileIDs(c *probe) {
	a := c.create(0)
	c.create(1)
	before := c.w.Accounts()
	for _, id := range []string{
		" " + a.ID, a.ID + " ", a.ID + "\n", a.ID + "?x=1", a.ID + "#x", a.ID + "/..", "./" + a.ID, a.ID + "%20", a.ID + ";" + a.ID,
		"%2e%2e/" + a.ID, a.ID + "\x00", "0" + a.ID, "+" + a.ID, "-1", "*", "%", "' OR '1'='1", "\u0661", "\xff",
	} {
		for _, call := range c.calls() {
			err := c.see(call.run(c.context(), c.p, id))
			if !errors.Is(err, provider.ErrInvalid) && !errors.Is(err, provider.ErrNotFound) {
				c.Errorf("%s of ID %q: got %v, want ErrInvalid or ErrNotFound", call.name, id, err)
			}
		}
	}
	c.unchanged(before, "after hostile IDs")
	if c.has(provider.CapFind) {
		for _, name := range []string{a.Username + "*", "%", "*", a.Username + "' --", a.Username + "\n"} {
			_, err := c.p.Find(c.context(), provider.Query{Username: name})
			if err = c.see(err); !errors.Is(err, provider.ErrInvalid) && !errors.Is(err, provider.ErrNotFound) {
				c.Errorf("Find of user name %q: got %v, want ErrInvalid or ErrNotFound", name, err)
			}
		}
	}
}
