package hostkey

import (
	"context"
	"errors"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Power switches a server. PowerReset cuts the power and switches it on again. A reboot leaves
// nothing to read back, so a lost answer is ErrOutcomeUnknown.
func (p *Provider) Power(ctx context.Context, id string, action provider.PowerAction) (provider.Outcome, error) {
	const verb = "switch power of account"
	servers := p.client.Servers
	switch action {
	case provider.PowerOn:
		return p.accounts.Change(ctx, id, p.change(verb, isOn, with(servers.On)))
	case provider.PowerOff:
		return p.accounts.Change(ctx, id, p.change(verb, isOff, with(servers.Off)))
	case provider.PowerReset:
		outcome, err := p.accounts.Change(ctx, id, p.change(verb, isOff, with(servers.HardOff)))
		if err != nil || outcome == provider.OutcomePending {
			return outcome, err
		}
		return p.Power(ctx, id, provider.PowerOn)
	case provider.PowerReboot:
		return adapter.Verb(ctx, p.accounts, verb, id, nil, p.reboot)
	}
	var problems provider.Problems
	problems.Add("action", "%q is not an action", action)
	return adapter.Verb(ctx, p.accounts, verb, id, problems, p.reboot)
}

func isOn(s *Server) bool {
	on, known := s.PoweredOn()
	return on && known
}

func isOff(s *Server) bool {
	on, known := s.PoweredOn()
	return !on && known
}

func (p *Provider) reboot(ctx context.Context, id int64) (provider.Outcome, error) {
	ack, err := p.client.Servers.Reboot(ctx, id, nil)
	if err != nil {
		return "", err
	}
	task := p.task(ack.Callback)
	over, err := adapter.Until(ctx, patience, task)
	switch {
	case err != nil:
		return "", provider.Unresolved(nil, err)
	case !over:
		p.accounts.Begin(id, adapter.Work[Server]{Task: task})
		return provider.OutcomePending, nil
	}
	return provider.OutcomeChanged, nil
}

// Reinstall wipes the server's disk and installs an operating system. Image is its ID or name, as
// OS.List returns it; Password is root's. Options are "software" and "ssh_key";
// "post_install_script" is one of Secrets. It takes 10 to 30 minutes: the outcome is OutcomePending, and Wait takes
// the ID.
//
// A lost answer is ErrOutcomeUnknown. A second call during the installation is refused, or is
// OutcomePending.
func (p *Provider) Reinstall(ctx context.Context, req *provider.ReinstallRequest) (provider.Outcome, error) {
	const verb = "reinstall account"
	if req == nil {
		return "", adapter.NilRequest(Kind, verb)
	}
	var problems provider.Problems
	problems.Required("Image", req.Image)
	problems.Note("Password", passwordPolicy.Problem(req.Password))
	req.CheckOptions(&problems, reinstallOptions)
	return adapter.Verb(ctx, p.accounts, verb, req.AccountID, problems, func(ctx context.Context, n int64) (provider.Outcome, error) {
		return p.reinstall(ctx, n, req)
	})
}

func (p *Provider) reinstall(ctx context.Context, id int64, req *provider.ReinstallRequest) (provider.Outcome, error) {
	server, err := p.read(ctx, id)
	if err != nil {
		return "", err
	}
	if p.accounts.Pending(id).Task != nil || installing(server) {
		return provider.OutcomePending, nil // never a second one during the first
	}
	if _, err := p.client.Servers.UpdateServers(ctx); err != nil { // the vendor's own client does this first
		return "", err
	}
	values := provider.OptionValues(req.Options)
	again := &ServerReinstallRequest{ID: id, Install: Install{
		RootPassword: req.Password, Hostname: server.Hostname(), SSHKey: values.String(optSSHKey), PostInstallScript: req.Secrets[optScript],
	}}
	again.OSID, again.OSName = byIDOrName(req.Image)
	again.SoftID, again.SoftName = byIDOrName(values.String(optSoftware))
	answer, err := p.client.Servers.ReinstallInstance(ctx, again)
	if errors.Is(err, provider.ErrOutcomeUnknown) && ctx.Err() == nil {
		if server, lookErr := p.read(ctx, id); lookErr == nil && installing(server) {
			return provider.OutcomePending, nil
		}
	}
	switch {
	case err != nil:
		return "", err
	case answer.Callback.IsZero():
		return provider.OutcomeChanged, nil
	}
	p.accounts.Begin(id, adapter.Work[Server]{Task: p.task(answer.Callback)})
	return provider.OutcomePending, nil
}

var reinstallOptions = []provider.OptionSpec{
	{Name: optSoftware, Type: provider.OptionString}, {Name: optSSHKey, Type: provider.OptionString},
	{Name: optScript, Type: provider.OptionString, Secret: true},
}
