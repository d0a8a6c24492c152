package providertest

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"testing"
	"time"

	"github.com/provkit/provkit/provider"
)

// variant is a Memory with one mistake that real adapters make.
type variant struct {
	name    string
	harness func() Harness
	// want maps the checks that must fail to a part of what they say.
	want map[string]string
}

func brokenWorld(wrap func(*Memory) provider.Provider) func(testing.TB) *World {
	return func(testing.TB) *World { return wrapped(NewMemory(nil), wrap) }
}

func wrapped(m *Memory, wrap func(*Memory) provider.Provider) *World {
	w := m.World()
	w.Provider = wrap(m)
	w.Reopen = func() provider.Provider { return wrap(m.Reopen()) }
	w.BadKey = func() provider.Provider { return wrap(m.BadKey()) }
	return w
}

func broken(wrap func(*Memory) provider.Provider) func() Harness {
	return func() Harness { return Harness{Name: "broken", Open: brokenWorld(wrap)} }
}

func opened(open func() *World) func() Harness {
	return func() Harness { return Harness{Name: "broken", Open: func(testing.TB) *World { return open() }} }
}

type wants map[string]string

var variants = []variant{
	{"believes what customers write", opened(func() *World {
		m := NewMemory(nil)
		w := m.World()
		w.Signed = func(provider.Secret, ...provider.Secret) provider.Provider { return m.Reopen() }
		return w
	}), wants{"forge/with a key": "which only claims to be it", "forge/rotation": "is not by a known key", "forge/from unsigned to signed": "is not by a known key"}},
	{"forgets the keys before", opened(func() *World {
		m := NewMemory(nil)
		w := m.World()
		w.Signed = func(current provider.Secret, _ ...provider.Secret) provider.Provider { return m.Signed(current) }
		return w
	}), wants{"forge/rotation": "whose marker is by the key before", "forge/from unsigned to signed": "whose marker is by the key before"}},
	{"finds tampered accounts", opened(func() *World {
		m := NewMemory(nil)
		w := m.World()
		w.Signed = func(current provider.Secret, old ...provider.Secret) provider.Provider {
			return claimer{m.Signed(current, old...)}
		}
		return w
	}), wants{"forge/with a key": "which only claims to be it", "forge/rotation": "is not by a known key", "forge/from unsigned to signed": "is not by a known key"}},
	{"repeats a lost order", opened(func() *World {
		m := NewMemory(nil)
		m.server.twins = true
		m.wire = resend{m.wire}
		return m.World()
	}), wants{"faults/create": "2 accounts of one request"}},
	{"looks, and does not lock", opened(func() *World {
		m := NewMemory(nil)
		m.server.twins = true
		return m.World()
	}), wants{"concurrent/the same order": "made 8 accounts"}},
	{"never looks", opened(func() *World {
		m := NewMemory(nil)
		m.server.twins = true
		return wrapped(m, func(m *Memory) provider.Provider { return blind{m} })
	}), wants{"create/again": "accounts of request", "create/after a restart": "accounts of request", "faults/create": "accounts of one request"}},
	{"swallows a step", broken(func(m *Memory) provider.Provider { return swallower{m} }),
		wants{"faults/create": "is not complete"}},
	{"hides what is left", broken(func(m *Memory) provider.Provider { return silent{m} }),
		wants{"faults/create": "no Creation reports it", "resume/finishes": "no Creation reports it"}},
	{"undoes what was there", broken(func(m *Memory) provider.Provider { return destroyer{m} }),
		wants{"resume/undo spares what was there": "is lost", "faults/resume, undo": "is gone"}},
	{"undoes what it found", broken(func(m *Memory) provider.Provider { return finder{m} }),
		wants{"resume/undo spares what was there": "lost at 0 and refused at 2 with OnFailureUndo"}},
	{"does not read the suspension back", broken(func(m *Memory) provider.Provider { return trusting{m} }),
		wants{"state/ignored suspension": "Suspend on a server that ignores it", "junk/suspend": "it said done, but the account is not suspended",
			"junk/ensure suspended": "it said done"}},
	{"looks once", opened(func() *World {
		w := NewMemory(nil).World()
		w.Reads = func(r *http.Request) bool { return r.Method == http.MethodGet }
		return w
	}), wants{
		"lag/state": `outcome "already", and the server has it otherwise`, "lag/two at once": "the earlier one has the last word",
		"lag/created": "Get right after Create", "lag/terminated": "Get of a removed account", "lag/longer than anybody looks": "the opposite says",
	}},
	{"always says changed", broken(func(m *Memory) provider.Provider { return eager{m} }),
		wants{"state/suspend and unsuspend": `outcome "changed"`}},
	{"believes a 404", broken(func(m *Memory) provider.Provider { return believer{m} }),
		wants{
			"terminate/hidden account":        "without proof",
			"denied/everything is 404":        "Terminate believes a server",
			"denied/listed, but not readable": "want an error that matches \"conflict\"",
		}},
	{"believes a 404 of the list", broken(func(m *Memory) provider.Provider { return credulous{m} }),
		wants{"denied/everything is 404": "Ensure absent by order", "terminate/hidden account": "Ensure absent by order"}},
	{"believes a 404 of pending work", opened(func() *World {
		return wrapped(NewMemory(&MemoryOptions{Pending: time.Minute}), func(m *Memory) provider.Provider { return gullible{m} })
	}), wants{"denied/pending work is 404": "Poll of a pending Creation believes", "denied/everything is 404": "Poll believes"}},
	{"takes a 404 for an empty list", broken(func(m *Memory) provider.Provider { return hollow{m} }),
		wants{"denied/everything is 404": "List succeeds"}},
	{"takes every denial for a 404", broken(func(m *Memory) provider.Provider { return deaf{m} }),
		wants{"denied/everything is 403": "Get on a server that forbids everything"}},
	{"does not name the verb", broken(func(m *Memory) provider.Provider { return nameless{m} }),
		wants{"voice/errors name the verb": "Suspend of no ID", "faults/suspend": `want "suspend account"`}},
	{"has an error of its own for a kind of sign-on", broken(func(m *Memory) provider.Provider { return aloof{m} }),
		wants{"voice/sign-on kinds": `SignOn of kind "console": got memory`}},
	{"opens what it has", broken(func(m *Memory) provider.Provider { return anyDoor{m} }),
		wants{"voice/sign-on kinds": `SignOn of kind "console" opens a "session"`}},
	{"takes missing for done", broken(func(m *Memory) provider.Provider { return goner{m} }),
		wants{"missing/not found on every verb": "Terminate", "terminate/again": "want an error", "terminate/hidden account": ""}},
	{"forgets that it removed it itself", broken(func(m *Memory) provider.Provider { return forgetful{m} }),
		wants{"faults/terminate": "is lost"}},
	{"puts the password into an error", broken(func(m *Memory) provider.Provider { return gossip{m} }),
		wants{"secrets/echoed by the server": "[SECRET]", "create/foreign account": "[SECRET]", "faults/create": "[SECRET]"}},
	{"logs the password", opened(func() *World {
		w := NewMemory(nil).World()
		w.Logs = func() string { return "POST " + w.Request(0).Password.Reveal() }
		return w
	}), wants{"create/new": "the log contains secret", "faults/create": "the log contains secret"}},
	{"adopts a foreign account", broken(func(m *Memory) provider.Provider { return thief{m} }),
		wants{"create/foreign account": "is changed", "ensure/foreign account": ""}},
	{"calls lost changes failed", broken(func(m *Memory) provider.Provider { return optimist{m} }),
		wants{"faults/suspend": "it said not done, but", "faults/change password": "it said not done, but"}},
	{"calls everything unknown", broken(func(m *Memory) provider.Provider { return pessimist{m} }),
		wants{
			"faults/get": "it changes nothing", "faults/suspend": "nothing but reads", "context/ended before": "may have happened",
			"denied/everything is 403": "says that something may have happened",
		}},
	{"looks after the deadline", broken(func(m *Memory) provider.Provider { return tireless{m} }),
		wants{"faults/suspend": "after the deadline", "context/cancelled during": "requests after it was cancelled"}},
	{"believes anybody's 404", broken(func(m *Memory) provider.Provider { return misled{m} }),
		wants{"junk/get": "it said not found, but it is there"}},
	{"believes anybody's 403", broken(func(m *Memory) provider.Provider { return intimidated{m} }),
		wants{"junk/change password": "it said not done, but account"}},
	{"believes anybody's 200", broken(func(m *Memory) provider.Provider { return sanguine{m} }),
		wants{"junk/change password": "it said done, but the account has another password"}},
	{"takes the record that it gets", broken(func(m *Memory) provider.Provider { return anybody{m} }),
		wants{
			"junk/get": "it returned something untrue: ID", "junk/ensure absent by ID": "which the verb is not about, is gone",
		}},
	{"asks before it checks", broken(func(m *Memory) provider.Provider { return careless{m} }),
		wants{"input/bad ids": "Get of ID", "input/hostile ids": "Get of ID"}},
	{"declares what it lacks", broken(func(m *Memory) provider.Provider { return core{m} }),
		wants{"describe/declared is offered": "As does not find"}},
	{"has what it does not declare", broken(func(m *Memory) provider.Provider { return undescribed{m, provider.CapList} }),
		wants{"describe/undeclared is refused": `"list" is not declared`}},
	{"lists the first page", broken(func(m *Memory) provider.Provider { return impatient{m} }),
		wants{"read/list in pages": "is missing", "read/list": "is missing"}},
	{"takes wrong keys for an outage", broken(func(m *Memory) provider.Provider { return vague{m} }),
		wants{"credentials/refused on every verb": "Get with wrong credentials"}},
	{"forgets the handle", func() Harness {
		return Harness{Name: "broken", Open: func(testing.TB) *World {
			return wrapped(NewMemory(&MemoryOptions{Pending: time.Minute}), func(m *Memory) provider.Provider { return handless{m} })
		}}
	}, wants{"pending/create": "want pending and a handle", "pending/ensure": "want pending and a handle"}},
}

// resend repeats whatever got no answer.
type resend struct{ http.RoundTripper }

func (r resend) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.RoundTripper.RoundTrip(req)
	if err != nil && req.GetBody != nil {
		req.Body, _ = req.GetBody()
		return r.RoundTripper.RoundTrip(req)
	}
	return resp, err
}

type blind struct{ *Memory }

func (b blind) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	if err := b.checkCreate(req); err != nil {
		return nil, err
	}
	c := &provider.Creation{Outcome: provider.OutcomeAlready}
	a, err := b.makeAccount(ctx, "create", req, nil, c)
	if err == nil && req.Domain != "" {
		a, err = b.makeDomain(ctx, "create", req, a, c)
	}
	if a != nil {
		c.Account = b.account(a)
	}
	return c, err
}

type swallower struct{ *Memory }

func (s swallower) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	made, err := s.Memory.Create(ctx, req)
	if err != nil && made != nil && made.Account != nil {
		err, made.Outcome = nil, provider.OutcomeChanged
	}
	return made, err
}

type silent struct{ *Memory }

func (s silent) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	made, err := s.Memory.Create(ctx, req)
	if err != nil {
		made = nil
	}
	return made, err
}

type destroyer struct{ *Memory }

func (d destroyer) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	made, err := d.Memory.Create(ctx, req)
	if err != nil && made != nil && made.Account != nil && req.OnFailure == provider.OnFailureUndo {
		_, _ = d.Terminate(ctx, made.Account.ID)
	}
	return made, err
}

// finder takes what it finds after a lost answer for its own.
type finder struct{ *Memory }

func (f finder) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	made, err := blind(f).Create(ctx, req)
	if err != nil && made != nil && req.OnFailure == provider.OnFailureUndo && !errors.Is(err, provider.ErrOutcomeUnknown) {
		err = f.undo(ctx, "create", made, err)
	}
	return made, err
}

type trusting struct{ *Memory }

func (t trusting) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	outcome, err := t.Memory.Suspend(ctx, id)
	if errors.Is(err, provider.ErrConflict) {
		return provider.OutcomeChanged, nil
	}
	return outcome, err
}

type eager struct{ *Memory }

func (e eager) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	outcome, err := e.Memory.Suspend(ctx, id)
	if err == nil {
		outcome = provider.OutcomeChanged
	}
	return outcome, err
}

type believer struct{ *Memory }

func (b believer) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	if _, err := b.Get(ctx, id); errors.Is(err, provider.ErrNotFound) {
		return "", altered(err, func(e *provider.Error) { e.Action = "terminate account " + id })
	}
	return b.Memory.Terminate(ctx, id)
}

// credulous passes on what a list that is missing says.
type credulous struct{ *Memory }

func (c credulous) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	a, err := c.Memory.Find(ctx, q)
	return a, altered(err, func(e *provider.Error) {
		if e.StatusCode == http.StatusNotFound {
			e.Kind = provider.ErrNotFound
		}
	})
}

type gullible struct{ *Memory }

func (g gullible) Poll(ctx context.Context, handle string) (*provider.Progress, error) {
	progress, err := g.Memory.Poll(ctx, handle)
	return progress, altered(err, func(e *provider.Error) {
		if e.StatusCode == http.StatusNotFound {
			e.Kind = provider.ErrNotFound
		}
	})
}

type hollow struct{ *Memory }

func (h hollow) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		for a, err := range h.Memory.List(ctx, opts) {
			var e *provider.Error
			if errors.As(err, &e) && e.StatusCode == http.StatusNotFound || !yield(a, err) {
				return
			}
		}
	}
}

type deaf struct{ *Memory }

func (d deaf) Get(ctx context.Context, id string) (*provider.Account, error) {
	a, err := d.Memory.Get(ctx, id)
	return a, altered(err, func(e *provider.Error) { e.Kind = provider.ErrNotFound })
}

type nameless struct{ *Memory }

func (n nameless) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	outcome, err := n.Memory.Suspend(ctx, id)
	return outcome, altered(err, func(e *provider.Error) { e.Action = "change account " + id })
}

type aloof struct{ *Memory }

func (a aloof) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	in, err := a.Memory.SignOn(ctx, req)
	return in, altered(err, func(e *provider.Error) { e.Kind = provider.ErrUnsupported })
}

type anyDoor struct{ *Memory }

func (a anyDoor) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	if req == nil {
		return a.Memory.SignOn(ctx, nil)
	}
	whatever := *req
	whatever.Kind = ""
	return a.Memory.SignOn(ctx, &whatever)
}

type goner struct{ *Memory }

func (g goner) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	if _, err := g.Get(ctx, id); errors.Is(err, provider.ErrNotFound) {
		return provider.OutcomeAlready, nil
	}
	return g.Memory.Terminate(ctx, id)
}

type forgetful struct{ *Memory }

func (f forgetful) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	if err := f.checkID("terminate", id); err != nil {
		return "", err
	}
	err := f.do(ctx, memoryCall{method: http.MethodDelete, path: accountPath(id)})
	if lost(ctx, err) {
		err = f.do(ctx, memoryCall{method: http.MethodDelete, path: accountPath(id)})
	}
	if err != nil {
		return "", err
	}
	return provider.OutcomeChanged, nil
}

type gossip struct{ *Memory }

func (g gossip) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	made, err := g.Memory.Create(ctx, req)
	var e *provider.Error
	if errors.As(err, &e) && req != nil {
		e.Message += " with password " + req.Password.Reveal()
	}
	return made, err
}

type thief struct{ *Memory }

func (t thief) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	if err := t.checkCreate(req); err != nil {
		return nil, err
	}
	if a, _ := t.byName(ctx, "create", req.Username); a != nil && a.Reference == "" {
		_, _ = t.Adopt(ctx, a.ID, req.Reference)
	}
	return t.Memory.Create(ctx, req)
}

func (t thief) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	a, err := t.Memory.Find(ctx, q)
	if a != nil && a.Reference == "" {
		a.Reference = "order-1000"
	}
	return a, err
}

// altered changes every error of the two most telling verbs.
func altered(err error, alter func(*provider.Error)) error {
	if e, ok := errors.AsType[*provider.Error](err); ok {
		alter(e)
	}
	return err
}

type optimist struct{ *Memory }

func failedOnly(e *provider.Error) { e.Kind, e.MaybeExecuted = provider.ErrUnavailable, false }

func (o optimist) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	outcome, err := o.Memory.Suspend(ctx, id)
	return outcome, altered(err, failedOnly)
}

func (o optimist) ChangePassword(ctx context.Context, id string, password provider.Secret) (provider.Outcome, error) {
	outcome, err := o.Memory.ChangePassword(ctx, id, password)
	return outcome, altered(err, failedOnly)
}

type pessimist struct{ *Memory }

func maybe(e *provider.Error) { e.MaybeExecuted = true }

func (p pessimist) Get(ctx context.Context, id string) (*provider.Account, error) {
	a, err := p.Memory.Get(ctx, id)
	return a, altered(err, maybe)
}

func (p pessimist) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	outcome, err := p.Memory.Suspend(ctx, id)
	return outcome, altered(err, maybe)
}

// misled takes a page with the status 404 for the system's own answer.
type misled struct{ *Memory }

func (m misled) Get(ctx context.Context, id string) (*provider.Account, error) {
	a, err := m.Memory.Get(ctx, id)
	return a, altered(err, func(e *provider.Error) {
		if e.StatusCode == http.StatusNotFound {
			e.Kind = provider.ErrNotFound
		}
	})
}

// intimidated takes a page with the status 403 for the system's refusal.
type intimidated struct{ *Memory }

func (i intimidated) ChangePassword(ctx context.Context, id string, password provider.Secret) (provider.Outcome, error) {
	outcome, err := i.Memory.ChangePassword(ctx, id, password)
	return outcome, altered(err, func(e *provider.Error) {
		if e.StatusCode == http.StatusForbidden {
			e.Kind, e.MaybeExecuted = provider.ErrForbidden, false
		}
	})
}

// sanguine takes the status 200 for success, whatever is in the answer.
type sanguine struct{ *Memory }

func (s sanguine) ChangePassword(ctx context.Context, id string, password provider.Secret) (provider.Outcome, error) {
	outcome, err := s.Memory.ChangePassword(ctx, id, password)
	if e, ok := errors.AsType[*provider.Error](err); ok && e.StatusCode == http.StatusOK {
		return provider.OutcomeChanged, nil
	}
	return outcome, err
}

// anybody does not compare the ID of what it reads.
type anybody struct{ *Memory }

func (a anybody) Get(ctx context.Context, id string) (*provider.Account, error) {
	if err := a.checkID("get account", id); err != nil {
		return nil, err
	}
	record := new(memoryAccount)
	if err := a.do(ctx, memoryCall{action: "get account " + id, method: http.MethodGet, path: accountPath(id), out: record}); err != nil {
		return nil, err
	}
	return a.account(record), nil
}

type tireless struct{ *Memory }

func (t tireless) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	outcome, err := t.Memory.Suspend(ctx, id)
	if isContext(err) {
		_, _ = t.Get(context.WithoutCancel(ctx), id)
	}
	return outcome, err
}

type careless struct{ *Memory }

func (c careless) Get(ctx context.Context, id string) (*provider.Account, error) {
	a := new(memoryAccount)
	if err := c.do(ctx, memoryCall{method: http.MethodGet, path: "/accounts/" + id, out: a}); err != nil {
		return nil, err
	}
	return c.account(a), nil
}

// core has nothing but the core.
type core struct{ provider.Provider }

// undescribed does not declare one of its capabilities.
type undescribed struct {
	*Memory
	cap provider.Capability
}

func (u undescribed) Describe() *provider.Description {
	d := u.Memory.Describe()
	delete(d.Capabilities, u.cap)
	return d
}

type impatient struct{ *Memory }

func (i impatient) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		for a, err := range i.Memory.List(ctx, opts) {
			yield(a, err)
			return
		}
	}
}

type vague struct{ *Memory }

func (v vague) Get(ctx context.Context, id string) (*provider.Account, error) {
	a, err := v.Memory.Get(ctx, id)
	return a, altered(err, func(e *provider.Error) { e.Kind = provider.ErrUnavailable })
}

type handless struct{ *Memory }

func (h handless) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	made, err := h.Memory.Create(ctx, req)
	if made != nil {
		made.Handle = ""
	}
	return made, err
}

// claimer believes a tampered marker if nobody else has the reference.
type claimer struct{ *Memory }

func (c claimer) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	found, err := c.Memory.Find(ctx, q)
	if errors.Is(err, provider.ErrConflict) {
		for a := range c.List(ctx, nil) {
			if a != nil && a.Marker.Claim(q.Reference) {
				return a, nil
			}
		}
	}
	return found, err
}
