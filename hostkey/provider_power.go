package hostkey

import (
	"context"
	"errors"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Power switches a server. PowerReset cuts the power and switches on again.
func (p *Provider) Power(ctx context.Context, id string, action provider.PowerAction) (provider.Outcome, error) {
	verb := "switch power of account"
	switch action {
	case provider.PowerOn:
		return p.change(ctx, id, verb, isOn, func(ctx context.Context, id int64) (*Ack, error) { return p.client.Servers.On(ctx, id, nil) })
	case provider.PowerOff:
		return p.change(ctx, id, verb, isOff, func(ctx context.Context, id int64) (*Ack, error) { return p.client.Servers.Off(ctx, id, nil) })
	case provider.PowerReset:
		outcome, err := p.change(ctx, id, verb, isOff, func(ctx context.Context, id int64) (*Ack, error) { return p.client.Servers.HardOff(ctx, id, nil) })
		if err != nil || outcome == provider.OutcomePending {
			return outcome, err
		}
		return p.Power(ctx, id, provider.PowerOn)
	case provider.PowerReboot:
		return p.reboot(ctx, id)
	}
	problems := make(provider.Problems)
	problems.Add("action", "%q is not an action", action)
	return "", problems.Err(Kind, "", verb+" "+adapter.Shorten(id))
}

func isOn(s *Server) bool {
	on, known := s.PoweredOn()
	return on && known
}

func isOff(s *Server) bool {
	on, known := s.PoweredOn()
	return !on && known
}

// reboot leaves nothing to read back: a lost answer is ErrOutcomeUnknown.
func (p *Provider) reboot(ctx context.Context, id string) (provider.Outcome, error) {
	const verb = "reboot account"
	n, err := accountID(id, verb)
	if err != nil {
		return "", err
	}
	action := verb + " " + id
	ack, err := p.client.Servers.Reboot(ctx, n, nil)
	if err != nil {
		return "", adapter.InVerb(Kind, err, action)
	}
	if ack.Callback == "" {
		return provider.OutcomeChanged, nil
	}
	running, err := p.waitTask(ctx, ack.Callback)
	switch {
	case err != nil:
		return "", adapter.InVerb(Kind, provider.Unresolved(nil, err), action)
	case running:
		p.works.Begin(n, work{key: ack.Callback})
		return provider.OutcomePending, nil
	}
	return provider.OutcomeChanged, nil
}

// Reinstall wipes the server's disk and installs a system on it: Image is the ID or the
// name of one, as OS.List has it, Password that of root. Options are "software",
// "ssh_key" and "post_install_script". It takes 10 to 30 minutes: the outcome is
// OutcomePending, and Wait takes the ID.
//
// A lost answer is ErrOutcomeUnknown: calling again while the first installation is
// under way is refused or waits for it.
func (p *Provider) Reinstall(ctx context.Context, req *provider.ReinstallRequest) (provider.Outcome, error) {
	const verb = "reinstall account"
	if req == nil {
		return "", provider.Problems{"request": "nil"}.Err(Kind, "", verb)
	}
	n, err := accountID(req.AccountID, verb)
	if err != nil {
		return "", err
	}
	action := verb + " " + req.AccountID
	problems := make(provider.Problems)
	if req.Image == "" {
		problems.Add("Image", "required: the ID or the name of an operating system")
	}
	adapter.Add(&problems, "Password", passwordPolicy.Problem(req.Password))
	provider.CheckOptions(&problems, "Options.", reinstallOptions, req.Options)
	if err := problems.Err(Kind, "", action); err != nil {
		return "", err
	}
	server, err := p.client.Servers.Show(ctx, n)
	if err != nil {
		return "", adapter.InVerb(Kind, err, action)
	}
	key := p.works.Get(n).key
	if key != "" || installing(server) {
		return provider.OutcomePending, nil // never a second one while the first is open
	}
	if _, err := p.client.Servers.UpdateServers(ctx); err != nil { // the vendor's own client does that first
		return "", adapter.InVerb(Kind, err, action)
	}
	values := provider.OptionValues(req.Options)
	again := &ReinstallRequest{ID: n, Install: Install{
		RootPassword: req.Password, Hostname: server.Hostname(), SSHKey: values.String(optSSHKey), PostInstallScript: provider.Secret(values.String(optScript)),
	}}
	again.OSID, again.OSName = byIDOrName(req.Image)
	again.SoftID, again.SoftName = byIDOrName(values.String(optSoftware))
	order, err := p.client.Servers.ReinstallInstance(ctx, again)
	if errors.Is(err, provider.ErrOutcomeUnknown) && ctx.Err() == nil {
		if server, lookErr := p.client.Servers.Show(ctx, n); lookErr == nil && installing(server) {
			return provider.OutcomePending, nil
		}
	}
	if err != nil {
		return "", adapter.InVerb(Kind, err, action)
	}
	if order.Callback == "" {
		return provider.OutcomeChanged, nil
	}
	p.works.Begin(n, work{key: order.Callback})
	return provider.OutcomePending, nil
}

var reinstallOptions = []provider.OptionSpec{
	{Name: optSoftware, Type: provider.OptionString}, {Name: optSSHKey, Type: provider.OptionString},
	{Name: optScript, Type: provider.OptionString, Secret: true},
}

// SignOn opens the vendor's panel for one server, with a new key that reaches nothing
// else (SignOnSession, the default), or its console (SignOnConsole). With ClientIP either
// is good for that address only.
//
// The key of a sign-on is good until the next sign-on to that server, which removes it.
func (p *Provider) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	const verb = "sign on to account"
	if req == nil {
		return nil, provider.Problems{"request": "nil"}.Err(Kind, "", verb)
	}
	n, err := accountID(req.AccountID, verb)
	if err != nil {
		return nil, err
	}
	action := verb + " " + req.AccountID
	var in *provider.SignOn
	switch req.Kind {
	case "", provider.SignOnSession:
		in, err = p.session(ctx, n, req)
	case provider.SignOnConsole:
		in, err = p.console(ctx, n, req)
	default:
		err = &provider.Error{Kind: provider.ErrUnsupported, Message: "there is a session in the panel and a console"}
	}
	if err != nil {
		var e *provider.Error
		if errors.As(err, &e) && e.Provider == "" {
			e.Provider = Kind
		}
		return nil, adapter.InVerb(Kind, err, action)
	}
	in.BoundTo = req.ClientIP
	return in, nil
}
