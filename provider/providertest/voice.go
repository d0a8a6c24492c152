package providertest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// All adapters use the same words: an error names the verb that failed in the same way for every
// vendor.
var voiceChecks = []check{
	{name: "errors name the verb", run: errorsNameTheVerb},
	{name: "sign-on kinds", run: signOnKinds},
}

// phrases are the beginnings of provider.Error.Action, by method.
var phrases = map[string]string{
	"Check":          "check connection",
	"Get":            "get account",
	"Find":           "find account",
	"Create":         "create account",
	"Suspend":        "suspend account",
	"Unsuspend":      "unsuspend account",
	"Terminate":      "terminate account",
	"SignOn":         "sign on to account",
	"List":           "list accounts",
	"Plans":          "list plans",
	"ChangePlan":     "change plan of account",
	"ChangePassword": "change password of account",
	"Usage":          "read usage of account",
	"FleetUsage":     "read usage of all accounts",
	"Adopt":          "adopt account",
	"Renew":          "renew account",
	"Cancel":         "cancel account",
	"UndoCancel":     "undo cancellation of account",
	"Power":          "switch power of account",
	"Reinstall":      "reinstall account",
	"Poll":           "poll account",
}

// Phrases returns the beginning of provider.Error.Action for each method of the contract, such as
// "suspend account" for Suspend. The account's ID or name may follow.
func Phrases() map[string]string { return maps.Clone(phrases) }

// names returns what is wrong with an error that should name its verb. The error of a context that
// ended need not.
func names(verb string, err error) string {
	var e *provider.Error
	if !errors.As(err, &e) || isContext(err) && e.Kind == nil {
		return ""
	}
	phrase := phrases[verb]
	if verb == "FleetUsage" && strings.HasPrefix(e.Action, phrases["Usage"]) {
		phrase = phrases["Usage"] // of one account only
	}
	if e.Action == phrase || strings.HasPrefix(e.Action, phrase+" ") {
		return ""
	}
	return fmt.Sprintf("the error's Action is %q, want %q", e.Action, phrase)
}

// errorsNameTheVerb: every error names its verb, whatever fails. The fault matrix checks every
// error that it meets, too.
func errorsNameTheVerb(c *probe) {
	a, missing := c.create(0), c.nobody()
	calls := c.everything()
	heard, wrong := map[string]bool{}, map[string]bool{}
	hear := func(call call, p provider.Provider, id, when string) {
		err := c.see(call.run(c.context(), p, id))
		if problem := names(call.name, err); problem != "" && !wrong[call.name] {
			wrong[call.name] = true // one complaint a verb will do
			c.Errorf("%s %s: %s: %v", call.name, when, problem, err)
		}
		heard[call.name] = heard[call.name] || err != nil
	}
	for _, call := range calls {
		if call.name != "Create" {
			hear(call, c.p, "", "of no ID")
			hear(call, c.p, missing, "of an account that does not exist")
		}
		hear(call, c.w.BadKey(), a.ID, "with wrong credentials")
	}
	if c.w.Faults != nil {
		for _, f := range []faults.Fault{c.refusal(), {Kind: faults.Refuse}, {Kind: faults.Garbage}} {
			c.w.Faults.When(nil, 0, f)
			for _, call := range calls {
				hear(call, c.p, a.ID, "when every request meets the fault "+f.String())
			}
			c.w.Faults.Clear()
		}
	}
	for _, call := range calls {
		if !heard[call.name] {
			c.Errorf("%s does not fail, whatever happens", call.name)
		}
	}
}

// signOnKinds: every adapter refuses a kind of sign-on that the system lacks in the same words,
// before any request.
func signOnKinds(c *probe) {
	if !c.has(provider.CapSignOn) {
		return
	}
	a := c.create(0)
	const bogus = provider.SignOnKind("teleport")
	for _, kind := range []provider.SignOnKind{
		provider.SignOnSession, provider.SignOnConsole, provider.SignOnToken, provider.SignOnPlain, provider.SignOnReset, bogus,
	} {
		if slices.Contains(c.w.OtherSignOns, kind) {
			continue
		}
		if c.w.Faults != nil {
			c.w.Faults.Forget()
		}
		in, err := c.p.SignOn(c.context(), &provider.SignOnRequest{AccountID: a.ID, Kind: kind})
		if err == nil && kind != bogus {
			if problem := opens(in); problem != "" {
				c.Errorf("SignOn of kind %q: %s", kind, problem)
			} else if in.Kind != kind {
				c.Errorf("SignOn of kind %q opens a %q", kind, in.Kind)
			}
			continue
		}
		c.refused(err, "Kind", fmt.Sprintf("SignOn of kind %q", kind))
		var e *provider.Error
		if want := fmt.Sprintf("%q is not offered here, only ", kind); errors.As(err, &e) && !strings.HasPrefix(e.Fields["Kind"], want) {
			c.Errorf("SignOn of kind %q: the field's problem is %q, want one that begins with %q", kind, e.Fields["Kind"], want)
		}
	}
}
