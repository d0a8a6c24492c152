package providertest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/provkit/provkit/provider"
)

// Field is a text of an account that its customer can write.
type Field struct {
	// Name of the field in the API, for messages: "display_name".
	Name string
	// Get and Set read and write the text in the server's state.
	Get func(id string) string
	Set func(id, text string)
	// Forge returns what the field of an order's account would hold if there were no marker key, in so
	// far as anybody can know that. nil is "[ref:<reference>]".
	Forge func(req *provider.CreateRequest) string
}

func (f Field) forged(req *provider.CreateRequest) string {
	if f.Forge == nil {
		return "[ref:" + req.Reference + "]"
	}
	return f.Forge(req)
}

// Customers write what they can: into a name, a host name, a device. With a marker key nobody becomes
// another's, and nobody gets out of reach of who has stored his ID.
var forgeChecks = []check{
	{name: "with a key", applies: needCustomers, run: func(c *probe) { c.forgeries(true) }},
	{name: "without a key", applies: needCustomers, run: func(c *probe) { c.forgeries(false) }},
	{name: "rotation", applies: needSigned, run: rotateKeys},
	{name: "from unsigned to signed", applies: needSigned, run: signMarkers},
}

func needCustomers(w *World) string {
	if len(w.Customer) == 0 {
		return "customers can write nothing where markers are"
	}
	return needSigned(w)
}

func needSigned(w *World) string {
	if w.Signed == nil {
		return "its markers cannot be signed"
	}
	return ""
}

var markerKey, newMarkerKey = provider.NewSecret("the marker key of the suite"), provider.NewSecret("the next marker key of the suite")

// The orders of the forgeries: the attacker's, another customer's, one to come, and the attacker's second.
const (
	theForgers = iota
	theVictims
	toCome
	theForgersSecond
)

// forgery is one thing that a customer writes.
type forgery struct {
	name string
	// account is the order whose account he writes into, about the order that it is about.
	account, about int
	text           func(c *probe, f Field, ids map[int]string) string
	// unsigned: somebody without a key can do it, too, so that only a key protects from it.
	unsigned bool
}

func (c *probe) replaced(f Field, ids map[int]string, to int) string {
	return strings.ReplaceAll(f.Get(ids[theForgers]), c.w.Request(theForgers).Reference, c.w.Request(to).Reference)
}

func forgeryKinds() []forgery {
	return []forgery{
		{"to come, plain", theForgers, toCome, func(c *probe, f Field, _ map[int]string) string { return f.forged(c.w.Request(toCome)) }, true},
		{"to come, his own changed", theForgers, toCome, func(c *probe, f Field, ids map[int]string) string { return c.replaced(f, ids, toCome) }, true},
		{"another's, plain", theForgers, theVictims, func(c *probe, f Field, _ map[int]string) string { return f.forged(c.w.Request(theVictims)) }, true},
		{"another's, copied", theForgers, theVictims, func(_ *probe, f Field, ids map[int]string) string { return f.Get(ids[theVictims]) }, true},
		{"his own, copied", theForgersSecond, theForgers, func(_ *probe, f Field, ids map[int]string) string { return f.Get(ids[theForgers]) }, true},
		{"removed", theForgers, theForgers, func(*probe, Field, map[int]string) string { return "" }, false},
		{"doubled", theForgers, theForgers, func(_ *probe, f Field, ids map[int]string) string {
			return f.Get(ids[theForgers]) + " " + f.Get(ids[theForgers])
		}, false},
		{"one more", theForgers, theForgers, func(c *probe, f Field, ids map[int]string) string {
			return f.Get(ids[theForgers]) + " " + f.forged(c.w.Request(toCome))
		}, true},
		{"broken", theForgers, theForgers, func(_ *probe, f Field, ids map[int]string) string {
			text := []rune(f.Get(ids[theForgers]))
			slices.Reverse(text)
			return string(text)
		}, true},
	}
}

func (c *probe) forgeries(signed bool) {
	var table strings.Builder
	for i := range c.w.Customer {
		for _, kind := range forgeryKinds() {
			w := c.another()
			if signed {
				w.p = w.w.Signed(markerKey)
			}
			said := w.forge(w.w.Customer[i], kind, signed)
			fmt.Fprintf(&table, "\n%-16s %-24s %s", w.w.Customer[i].Name, kind.name, said)
		}
	}
	c.Logf("what customers write:%s", table.String())
}

// forge lets a customer write, and looks at what every verb makes of it. It returns what was said.
func (c *probe) forge(f Field, kind forgery, signed bool) string {
	what := fmt.Sprintf("%s, %s", f.Name, kind.name)
	ids := make(map[int]string)
	for _, n := range []int{theForgers, theVictims, theForgersSecond} {
		ids[n] = c.create(n).ID
	}
	written := ids[kind.account]
	f.Set(written, kind.text(c, f, ids))
	before := c.w.Accounts()
	req := c.w.Request(kind.about)
	genuine := ids[kind.about] // "" of the order to come
	protected := signed || !kind.unsigned

	// Whoever it is about is found, or nobody is; never the one who wrote.
	found, err := c.p.Find(c.context(), provider.Query{Reference: req.Reference})
	c.see(err)
	switch {
	case err == nil && found.ID != genuine && protected:
		c.Errorf("%s: Find(%q) gives account %s, which only claims to be it", what, req.Reference, found.ID)
	case err != nil && !errors.Is(err, provider.ErrConflict) && (!errors.Is(err, provider.ErrNotFound) || protected && genuine != "" && genuine != written):
		c.Errorf("%s: Find(%q): %v", what, req.Reference, err)
	}
	said := "find " + answered(err, found != nil && found.ID == genuine, "the forger")

	if lister, ok := provider.As[provider.Lister](c.p); ok && protected {
		for account, err := range lister.List(c.context(), nil) {
			c.ok(err, "%s: list", what)
			if account.Reference == req.Reference && account.ID != genuine {
				c.Errorf("%s: List shows account %s with the reference %q", what, account.ID, req.Reference)
			}
		}
	}

	if protected {
		said += ", reconcile " + c.reconciled(what, ids, kind.about, written)
	}

	// The order is carried out once, and for nobody else.
	made, err := c.p.Create(c.context(), req)
	c.see(err)
	if made != nil && made.Outcome == provider.OutcomePending {
		err = c.settle(c.p, made.Handle)
	}
	if err != nil && !errors.Is(err, provider.ErrConflict) && !errors.Is(err, provider.ErrAlreadyExists) {
		c.Errorf("%s: Create(%q): %v", what, req.Reference, err)
	}
	if err == nil && protected && made.Account != nil && made.Account.ID == written && genuine != written {
		c.Errorf("%s: Create(%q) gives account %s, which only claims to be it", what, req.Reference, written)
	}
	said += ", create " + answered(err, made != nil && made.Outcome == provider.OutcomeAlready, "a new one")
	after := c.w.Accounts()
	added := len(after) - len(before)
	if allowed := genuine == "" && err == nil; added > 1 || added > 0 && !allowed || protected && allowed && added == 0 {
		c.Errorf("%s: Create(%q) made %d accounts (%s)", what, req.Reference, added, said)
	}
	for _, a := range before {
		if now, _ := find(after, a.ID); a.ID == genuine && now.Reference == req.Reference {
			a.Reference = now.Reference // its marker may be written anew
			if now.Username == req.Username {
				a.Username, a.Complete = now.Username, now.Complete // where the marker stands in a name
			}
		}
		if diff := difference([]Truth{a}, after, ""); strings.Contains(diff, "account "+a.ID+" ") {
			c.Errorf("%s: Create(%q): %s", what, req.Reference, diff)
		}
	}

	alone := func(id, verb string, do func()) {
		before := c.w.Accounts()
		do()
		if diff := difference(before, c.w.Accounts(), id); diff != "" {
			c.Errorf("%s: %s: %s", what, verb, diff)
		}
	}
	// Nor is one who was found kept from anything by another who has taken the name, or by a name of his own.
	if protected && needEnsure(c) && found != nil && found.ID == genuine {
		for _, state := range []provider.Status{provider.StatusSuspended, provider.StatusActive} {
			alone(genuine, "Ensure", func() {
				_, err := provider.Ensure(c.context(), c.p, provider.Desired{Status: state, Create: req})
				c.ok(err, "%s: Ensure %s of an account that Find finds by its reference", what, state)
			})
			if c.truth(genuine).Suspended != (state == provider.StatusSuspended) {
				c.Errorf("%s: Ensure %s did not make it", what, state)
			}
		}
	}

	// Who has stored the ID is not impressed.
	mine := c.w.Request(kind.account)
	if protected && needEnsure(c) {
		for _, state := range []provider.Status{provider.StatusSuspended, provider.StatusActive} {
			alone(written, "Ensure by ID", func() {
				_, err := provider.Ensure(c.context(), c.p, provider.Desired{Status: state, ID: written, Create: mine})
				c.ok(err, "%s: Ensure %s by ID", what, state)
			})
			if c.truth(written).Suspended != (state == provider.StatusSuspended) {
				c.Errorf("%s: Ensure %s by ID did not make it", what, state)
			}
		}
		if c.has(provider.CapAdopt) {
			now, err := c.p.Get(c.context(), written)
			c.ok(err, "%s: read it", what)
			if now.Reference != mine.Reference || now.Marker.Tampered != "" {
				c.Errorf("%s: Ensure by ID left the reference %q, and %q", what, now.Reference, now.Marker.Tampered)
			}
		}
	}
	if c.has(provider.CapSuspend) {
		alone(written, "Suspend by ID", func() {
			outcome, err := c.p.Suspend(c.context(), written)
			c.outcome(outcome, err, written, what+": Suspend by ID", provider.OutcomeChanged)
		})
	}
	if c.has(provider.CapTerminate) {
		alone(written, "Terminate by ID", func() { c.terminate(c.truth(written)) })
	}
	return said
}

func answered(err error, right bool, otherwise string) string {
	switch {
	case errors.Is(err, provider.ErrConflict):
		return "conflict"
	case errors.Is(err, provider.ErrAlreadyExists):
		return "taken"
	case errors.Is(err, provider.ErrNotFound):
		return "nobody"
	case err != nil:
		return "error"
	case right:
		return "the right one"
	}
	return otherwise
}

// rotateKeys: markers by the key before are found, and Ensure moves them to the current one.
func rotateKeys(c *probe) {
	c.p = c.w.Signed(markerKey)
	c.moves(newMarkerKey, markerKey)
}

// signMarkers: so are markers that were made without a key, if that is wanted.
func signMarkers(c *probe) { c.moves(newMarkerKey, provider.Secret{}) }

func (c *probe) moves(current, old provider.Secret) {
	req, a := c.w.Request(0), c.create(0)
	before := c.w.Accounts()

	strict := c.w.Signed(current)
	if found, err := strict.Find(c.context(), provider.Query{Reference: req.Reference}); err == nil {
		c.Errorf("Find gives account %s, whose marker is not by a known key", found.ID)
	} else if !errors.Is(c.see(err), provider.ErrConflict) && !errors.Is(err, provider.ErrNotFound) {
		c.Errorf("Find of an account whose marker is not by a known key: %v", err)
	}
	made, err := strict.Create(c.context(), req)
	if err == nil {
		c.Errorf("Create of an order whose account has a marker by no known key: outcome %q", made.Outcome)
	}
	c.see(err)
	c.unchanged(before, "Create of an order whose account has a marker by no known key")

	moving := c.w.Signed(current, old)
	found, err := moving.Find(c.context(), provider.Query{Reference: req.Reference})
	c.ok(err, "Find of an account whose marker is by the key before")
	if found.ID != a.ID || found.Reference != req.Reference || !found.Marker.Outdated {
		c.Errorf("Find of an account whose marker is by the key before: %+v", found)
	}
	made, err = moving.Create(c.context(), req)
	c.ok(err, "Create of an order whose account has a marker by the key before")
	if made.Outcome != provider.OutcomeAlready {
		c.Errorf("Create of an order whose account has a marker by the key before: outcome %q", made.Outcome)
	}
	if !c.has(provider.CapAdopt) || !needEnsure(c) {
		return
	}
	for _, changes := range []int{1, 0} {
		result, err := provider.Ensure(c.context(), moving, provider.Desired{Status: provider.StatusActive, Create: req})
		c.ok(err, "Ensure of an account whose marker is by the key before")
		if len(result.Changes) != changes || changes == 1 && result.Changes[0].Verb != provider.CapAdopt {
			c.Errorf("Ensure of an account whose marker is by the key before: %v, want %d changes", result.Changes, changes)
		}
	}
	found, err = strict.Find(c.context(), provider.Query{Reference: req.Reference})
	c.ok(err, "Find of an account whose marker was moved to the current key")
	if found.ID != a.ID || found.Marker.Outdated {
		c.Errorf("Find of an account whose marker was moved to the current key: %+v", found)
	}
	if n := len(c.w.Accounts()); n != len(before) {
		c.Errorf("%d accounts after the key was changed, want %d", n, len(before))
	}
}
