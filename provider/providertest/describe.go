package providertest

import (
	"reflect"
	"slices"
	"strings"

	"github.com/provkit/provkit/provider"
)

// interfaces reports for each optional capability whether a provider has the interface.
var interfaces = map[provider.Capability]func(provider.Provider) bool{
	provider.CapList:           offers[provider.Lister],
	provider.CapPlans:          offers[provider.PlanLister],
	provider.CapChangePlan:     offers[provider.PlanChanger],
	provider.CapChangePassword: offers[provider.PasswordChanger],
	provider.CapUsage:          offers[provider.UsageReader],
	provider.CapFleetUsage:     offers[provider.FleetUsageReader],
	provider.CapAdopt:          offers[provider.Adopter],
	provider.CapRenew:          offers[provider.Renewer],
	provider.CapCancel:         offers[provider.Canceler],
	provider.CapPower:          offers[provider.PowerController],
	provider.CapReinstall:      offers[provider.Reinstaller],
}

func offers[T any](p provider.Provider) bool {
	_, ok := provider.As[T](p)
	return ok
}

var describeChecks = []check{
	{name: "static", run: describeStatic},
	{name: "capabilities", run: describeCapabilities},
	{name: "declared is offered", run: declaredIsOffered},
	{name: "undeclared is refused", run: undeclaredIsRefused},
	{name: "native is tried", run: nativeIsTried},
	{name: "evidence", run: evidenceIsThatOfTheRequests, applies: needEvidence},
	{name: "options", run: describeOptions},
	{name: "names", run: describeNames},
	{name: "names are accepted", run: namesAreAccepted},
	{name: "passwords are accepted", run: passwordsAreAccepted},
}

func describeStatic(c *probe) {
	again, other := c.p.Describe(), c.w.Reopen().Describe()
	if !reflect.DeepEqual(c.d, again) || !reflect.DeepEqual(c.d, other) {
		c.Errorf("Describe returns different values")
	}
	if c.d.Kind == "" || c.d.Kind != strings.ToLower(c.d.Kind) || c.d.Name == "" || c.d.Service == "" {
		c.Errorf("Describe needs Kind (in lower case), Name and Service: %q, %q, %q", c.d.Kind, c.d.Name, c.d.Service)
	}
	if c.w.Faults != nil && c.w.Faults.Count() > 0 {
		c.Errorf("Describe sent %d requests", c.w.Faults.Count())
	}
}

func describeCapabilities(c *probe) {
	levels := []provider.Level{provider.Native, provider.Emulated, provider.Partial, provider.Unverified, provider.Unsupported}
	for name, support := range c.d.Capabilities {
		switch {
		case !slices.Contains(provider.AllCapabilities(), name):
			c.Errorf("%q is no capability of the contract", name)
		case !slices.Contains(levels, support.Level):
			c.Errorf("%q: %q is no level", name, support.Level)
		case support.Note == "" && support.Level != provider.Native && support.Level != provider.Unsupported:
			c.Errorf("%q is %s: the note must say how", name, support.Level)
		}
	}
	// A system without these can neither be used nor tested.
	for _, name := range []provider.Capability{provider.CapGet, provider.CapCreate} {
		if !c.d.Capabilities.Has(name) {
			c.Errorf("%q must be supported", name)
		}
	}
}

func declaredIsOffered(c *probe) {
	for _, name := range provider.AllCapabilities() {
		if offered, optional := interfaces[name]; optional && c.d.Capabilities.Has(name) && !offered(c.p) {
			c.Errorf("%q is declared, but As does not find its interface", name)
		}
	}
	a := c.create(0)
	for _, call := range slices.Concat(c.reads(), c.calls()) {
		id := a.ID
		if call.cap == provider.CapTerminate {
			id = c.create(1).ID
		}
		switch err := c.see(call.run(c.context(), c.p, id)); {
		case err == nil:
		case call.cap == provider.CapAdopt:
			c.is(err, provider.ErrAlreadyExists, "Adopt of another reference's account")
		default:
			c.Errorf("%q is declared, but %s fails: %v", call.cap, call.name, err)
		}
	}
}

func undeclaredIsRefused(c *probe) {
	for _, name := range provider.AllCapabilities() {
		if offered, optional := interfaces[name]; optional && !c.d.Capabilities.Has(name) && offered(c.p) {
			c.undeclared(name)
		}
	}
	core := map[provider.Capability]func() error{
		provider.CapCheck:     func() error { _, err := c.p.Check(c.context()); return err },
		provider.CapFind:      func() error { _, err := c.p.Find(c.context(), provider.Query{Username: "x"}); return err },
		provider.CapSuspend:   func() error { _, err := c.p.Suspend(c.context(), "1"); return err },
		provider.CapUnsuspend: func() error { _, err := c.p.Unsuspend(c.context(), "1"); return err },
		provider.CapTerminate: func() error { _, err := c.p.Terminate(c.context(), "1"); return err },
		provider.CapSignOn: func() error {
			_, err := c.p.SignOn(c.context(), &provider.SignOnRequest{AccountID: "1"})
			return err
		},
	}
	for name, run := range core {
		if !c.d.Capabilities.Has(name) {
			c.is(run(), provider.ErrUnsupported, "%q is not declared", name)
		}
	}
}

// undeclared calls an optional interface whose capability is not declared.
func (c *probe) undeclared(name provider.Capability) {
	c.Helper()
	var err error
	ctx, id := c.context(), "1"
	switch name {
	case provider.CapList:
		_, err = list(ctx, c.p, nil)
	case provider.CapPlans:
		_, err = optional[provider.PlanLister](c.p).Plans(ctx)
	case provider.CapChangePlan:
		_, err = optional[provider.PlanChanger](c.p).ChangePlan(ctx, id, "1")
	case provider.CapChangePassword:
		_, err = optional[provider.PasswordChanger](c.p).ChangePassword(ctx, id, c.w.Request(0).Password)
	case provider.CapUsage:
		_, err = optional[provider.UsageReader](c.p).Usage(ctx, id)
	case provider.CapFleetUsage:
		_, err = fleetUsage(ctx, c.p)
	case provider.CapAdopt:
		_, err = optional[provider.Adopter](c.p).Adopt(ctx, id, c.w.Request(0).Reference)
	case provider.CapRenew:
		_, err = optional[provider.Renewer](c.p).Renew(ctx, id)
	case provider.CapCancel:
		_, err = optional[provider.Canceler](c.p).Cancel(ctx, id)
	case provider.CapPower:
		_, err = optional[provider.PowerController](c.p).Power(ctx, id, provider.PowerOn)
	case provider.CapReinstall:
		_, err = optional[provider.Reinstaller](c.p).Reinstall(ctx, c.reinstall(id))
	case provider.CapCheck, provider.CapGet, provider.CapFind, provider.CapCreate, provider.CapSuspend,
		provider.CapUnsuspend, provider.CapTerminate, provider.CapSignOn: // methods of Provider itself
	}
	c.is(err, provider.ErrUnsupported, "%q is not declared", name)
}

func describeOptions(c *probe) {
	types := []provider.OptionType{
		provider.OptionString, provider.OptionBool, provider.OptionInt, provider.OptionDate, provider.OptionEnum,
	}
	seen := map[string]bool{}
	for _, o := range c.d.Options {
		switch {
		case o.Name == "" || seen[o.Name]:
			c.Errorf("option %q: the name is empty or appears twice", o.Name)
		case o.Label == "":
			c.Errorf("option %q has no label", o.Name)
		case !slices.Contains(types, o.Type):
			c.Errorf("option %q: %q is no type", o.Name, o.Type)
		case (o.Type == provider.OptionEnum) != (len(o.Allowed) > 0):
			c.Errorf("option %q: Allowed belongs to enums, and they need it", o.Name)
		case o.Secret && o.Default != "":
			c.Errorf("option %q: a secret has no default", o.Name)
		}
		seen[o.Name] = true
		if o.Default != "" {
			var problems provider.Problems
			req := &provider.CreateRequest{Options: map[string]string{o.Name: o.Default}}
			req.CheckOptions(&problems, []provider.OptionSpec{o})
			if len(problems) > 0 {
				c.Errorf("option %q does not accept its own default: %v", o.Name, problems)
			}
		}
	}
}

func describeNames(c *probe) {
	for n := range 5 {
		req := c.w.Request(n)
		if problem := c.d.Username.Problem(req.Username); problem != "" {
			c.Errorf("the name policy refuses the name of request %d: %s", n, problem)
		}
		if c.d.Password == nil {
			continue
		}
		if problem := c.d.Password.Problem(req.Password); problem != "" {
			c.Errorf("the password policy refuses the password of request %d: %s", n, problem)
		}
	}
}

func namesAreAccepted(c *probe) {
	seeds := []string{"www.example.com", "münchen-bräu.example", "0815.example", "", "admin", strings.Repeat("long", 40) + ".example"}
	for i, seed := range seeds {
		req := c.w.Request(i)
		req.Username = c.d.Username.Username(seed, req.Reference)
		made, err := c.p.Create(c.context(), req)
		if c.see(err) != nil {
			c.Errorf("Create refuses the name %q, made from %q: %v", req.Username, seed, err)
			continue
		}
		if made.Outcome == provider.OutcomePending {
			c.ok(c.settle(c.p, made.Handle), "wait for %q", req.Username)
		}
		c.only(req)
	}
}

func passwordsAreAccepted(c *probe) {
	if c.d.Password == nil {
		return
	}
	for n := range 5 {
		req := c.w.Request(n)
		req.Password = c.d.Password.Generate()
		made, err := c.p.Create(c.context(), req)
		c.ok(err, "create with a generated password")
		if made.Outcome == provider.OutcomePending {
			c.ok(c.settle(c.p, made.Handle), "wait for %q", req.Username)
		}
		if a := c.only(req); a.Password != "" && a.Password != req.Password.Reveal() {
			c.Errorf("the server has another password than the generated one")
		}
	}
}
