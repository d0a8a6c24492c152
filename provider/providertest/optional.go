package providertest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/provkit/provkit/provider"
)

var optionalChecks = []check{
	{name: "sign-on", run: optionalSignOn},
	{name: "renew", run: optionalRenew},
	{name: "cancel", run: optionalCancel},
	{name: "power", run: optionalPower},
	{name: "reinstall", run: optionalReinstall},
}

func optionalSignOn(c *probe) {
	if !c.has(provider.CapSignOn) {
		return
	}
	a := c.create(0)
	before := c.w.Accounts()
	var minted []string
	for range 2 {
		if c.w.Faults != nil {
			c.w.Faults.Forget()
		}
		in, err := c.p.SignOn(c.context(), &provider.SignOnRequest{AccountID: a.ID})
		c.ok(err, "SignOn")
		if problem := opens(in); problem != "" {
			c.Fatalf("SignOn: %s", problem)
		}
		secret := in.URL.Reveal() + in.Token.Reveal()
		// A login page is the same for everybody, and no secret.
		if in.Kind == provider.SignOnPlain {
			continue
		}
		if c.w.Faults != nil && c.w.Faults.Count() == 0 {
			c.Errorf("SignOn sent no request: it must be minted at the click")
		}
		if printed := fmt.Sprintf("%v %+v %#v", *in, in, *in); strings.Contains(printed, secret) {
			c.Errorf("a SignOn prints its secret")
		}
		minted = append(minted, secret)
	}
	if len(minted) == 2 && minted[0] == minted[1] {
		c.Logf("two sign-ons gave the same secret")
	}
	c.logged(minted)
	c.unchanged(before, "after SignOn")
}

// logged fails if the log contains one of the secrets.
func (c *probe) logged(secrets []string) {
	c.Helper()
	if c.w.Logs == nil {
		return
	}
	for _, secret := range secrets {
		if strings.Contains(c.w.Logs(), secret) {
			c.Errorf("the log contains a sign-on")
		}
	}
}

// opens returns what is wrong with a SignOn; "" if nothing is.
func opens(in *provider.SignOn) string {
	switch {
	case in == nil:
		return "neither a SignOn nor an error"
	case in.Kind == "":
		return "no kind"
	case in.Kind == provider.SignOnToken && in.Token.IsZero():
		return "a token without a token"
	case in.Kind != provider.SignOnToken && in.URL.IsZero():
		return "no URL"
	case in.Kind != provider.SignOnToken && in.Method != http.MethodGet && in.Method != http.MethodPost:
		return fmt.Sprintf("method %q", in.Method)
	case in.Method == http.MethodGet && len(in.Form) > 0:
		return "a form to GET"
	}
	return ""
}

func optionalRenew(c *probe) {
	if !c.has(provider.CapRenew) {
		return
	}
	renewer := optional[provider.Renewer](c.p)
	a, other := c.create(0), c.create(1)
	outcome, err := renewer.Renew(c.context(), a.ID)
	c.outcome(outcome, err, a.ID, "Renew", provider.OutcomeChanged)
	outcome, err = renewer.Renew(c.context(), a.ID)
	c.outcome(outcome, err, a.ID, "Renew of a period that is paid for", provider.OutcomeAlready)
	if now := c.truth(a.ID); now.Paid > a.Paid+1 || (a.Paid > 0 && now.Paid == a.Paid) {
		c.Errorf("two Renews in one period paid %d times", now.Paid-a.Paid)
	}
	c.unchanged([]Truth{other, c.truth(a.ID)}, "after Renew")
}

func optionalCancel(c *probe) {
	if !c.has(provider.CapCancel) {
		return
	}
	canceler := optional[provider.Canceler](c.p)
	a, other := c.create(0), c.create(1)
	for _, step := range []struct {
		cancel bool
		want   provider.Outcome
	}{
		{true, provider.OutcomeChanged}, {true, provider.OutcomeAlready},
		{false, provider.OutcomeChanged}, {false, provider.OutcomeAlready},
	} {
		verb, name := canceler.UndoCancel, "UndoCancel"
		if step.cancel {
			verb, name = canceler.Cancel, "Cancel"
		}
		outcome, err := verb(c.context(), a.ID)
		c.outcome(outcome, err, a.ID, name, step.want)
		if c.truth(a.ID).Canceled != step.cancel {
			c.Errorf("%s has no effect on the server", name)
		}
	}
	c.unchanged([]Truth{other, a}, "after Cancel and UndoCancel")
}

func optionalPower(c *probe) {
	if !c.has(provider.CapPower) {
		return
	}
	power := optional[provider.PowerController](c.p)
	a, other := c.create(0), c.create(1)
	for _, action := range []provider.PowerAction{provider.PowerOff, provider.PowerOn, provider.PowerReboot, provider.PowerReset} {
		outcome, err := power.Power(c.context(), a.ID, action)
		c.outcome(outcome, err, a.ID, "Power "+string(action), provider.OutcomeChanged, provider.OutcomeAlready)
		if c.truth(a.ID).PoweredOff != (action == provider.PowerOff) {
			c.Errorf("after Power %q the machine is not in that state", action)
		}
	}
	c.unchanged([]Truth{other, a}, "after Power")
}

func optionalReinstall(c *probe) {
	if !c.has(provider.CapReinstall) || c.w.Image == "" {
		return
	}
	a, other := c.create(0), c.create(1)
	outcome, err := optional[provider.Reinstaller](c.p).Reinstall(c.context(), c.reinstall(a.ID))
	c.outcome(outcome, err, a.ID, "Reinstall", provider.OutcomeChanged)
	if now := c.truth(a.ID); now.Username != a.Username || now.Reference != a.Reference || now.Paid != a.Paid {
		c.Errorf("Reinstall changes the account to %+v", hidden(now))
	}
	c.unchanged([]Truth{other, c.truth(a.ID)}, "after Reinstall")
}
