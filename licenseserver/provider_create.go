package licenseserver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
)

// maxRivals limits how often a Create yields to another one.
const maxRivals = 3

// Create generates a key, marks its license, and sets limits and resources. Each step looks before
// it repeats anything, and a second call with the same request finishes what the first one left
// undone. Creates of one Client, and of all programs with its ledger, run one after the other; if programs
// without it create the same order at once, the first marker wins and the others remove their licenses.
func (p *Provider) Create(ctx context.Context, req *provider.CreateRequest) (created *provider.Creation, err error) {
	o, err := p.request(req)
	if err != nil {
		return nil, err
	}
	err = p.client.desk.Under(ctx, o.Reference, func(ctx context.Context, page *order.Page) (err error) {
		extent := likely // what that misses is found before the license is ready
		for range maxRivals {
			var gaveWay bool
			if created, gaveWay, err = p.create(ctx, o, page, extent); !gaveWay {
				return err
			}
			extent = whole
		}
		return &provider.Error{
			Provider: Kind, Action: o.action, Kind: provider.ErrConflict, Message: "other programs keep creating the same account",
		}
	})
	if e, ok := errors.AsType[*provider.Error](err); ok && e.Provider == "" {
		err = adapter.InVerb(Kind, err, o.action)
	}
	return created, err
}

func (p *Provider) create(ctx context.Context, o *request, page *order.Page, extent extent) (created *provider.Creation, gaveWay bool, err error) {
	creation := &adapter.Steps{Kind: Kind, Action: o.action, Policy: o.OnFailure}
	var m *made
	added := false
	step := func(name string, do func(context.Context) (provider.Outcome, error)) bool {
		done := creation.Step(ctx, name, do)
		if m != nil {
			account := p.account(m)
			creation.Made(account)
			if creation.Certain {
				p.accounts.Made(m.plate.license, account)
				p.whole.Made(m.plate.license, account)
			}
		}
		return done
	}
	done := step("license", func(ctx context.Context) (outcome provider.Outcome, err error) {
		m, outcome, err = p.ensureLicense(ctx, o, page, extent, &creation.Certain)
		added = outcome == provider.OutcomeChanged
		return outcome, err
	})
	if !done || !m.plate.unfinished && !m.plate.on {
		created, err = creation.Result(ctx)
		return created, false, err
	}
	creation.Undo = func(ctx context.Context) error { return p.remove(ctx, m.plate.license) }
	if m.plate.unfinished && o.limits != (limits{}) {
		done = step("limits", func(ctx context.Context) (provider.Outcome, error) {
			wanted, latest := o.limits, m
			if !added {
				wanted = o.limitsOf(m.license)
			}
			change := p.limit(wanted)
			change.Made = func(now *made) bool { latest = now; return wanted.met(now) }
			outcome, err := p.whole.Apply(ctx, m.plate.license, m, change)
			m = latest
			return outcome, err
		})
	}
	if done && m.plate.unfinished && len(o.resources) > 0 {
		done = step("resources", func(ctx context.Context) (provider.Outcome, error) {
			return p.allocate(ctx, m.plate.license, o.resources)
		})
	}
	if done {
		step("ready", func(ctx context.Context) (outcome provider.Outcome, err error) {
			if gaveWay, err = p.yieldTo(ctx, o, m.plate); gaveWay || err != nil {
				return "", err
			}
			return provider.OutcomeChanged, p.release(ctx, m.plate)
		})
	}
	if gaveWay {
		return nil, true, nil
	}
	created, err = creation.Result(ctx)
	return created, false, err
}

// request is a checked CreateRequest.
type request struct {
	*provider.CreateRequest
	limits    limits
	months    int // the end date is that of a plan, which counts from the day of the order
	resources []int64
	action    string
}

// limits are the wanted end date and limits; a zero field stays as it is.
type limits struct {
	until              time.Time
	activations, users int64
}

func (p *Provider) request(req *provider.CreateRequest) (*request, error) {
	if req == nil {
		return nil, adapter.NilRequest(Kind, "create account")
	}
	o := &request{CreateRequest: req, action: adapter.CreateAction(req)}
	problems := adapter.CheckOrder(req, p.description)
	adapter.NoHandle(&problems, req)
	if req.Domain != "" {
		problems.Add("Domain", "licenses have no domains")
	}
	if !req.Password.IsZero() {
		problems.Add("Password", "licenses have no password")
	}
	if req.Plan != "" {
		plan, problem := p.plan(req.Plan)
		problems.Note("Plan", problem)
		o.limits.activations, o.limits.users = plan.MaxActivations, plan.MaxUsers
		if plan.Months > 0 {
			o.limits.until, o.months = dateOf(time.Now().AddDate(0, plan.Months, 0)), plan.Months
		}
	}
	values := provider.OptionValues(req.Options)
	if until, given := values.Date(optUntil); given {
		o.limits.until, o.months = until, 0
	}
	for name, limit := range map[string]*int64{optActivations: &o.limits.activations, optUsers: &o.limits.users} {
		if n, given := values.Int(name); given {
			if n < 1 {
				problems.Add("Options."+name, "must be at least 1")
			}
			*limit = n
		}
	}
	var problem string
	o.resources, problem = resourceIDs(values.String(optResources))
	problems.Note("Options."+optResources, problem)
	return o, problems.Err(Kind, "", o.action)
}

// limitsOf returns the limits for a license that may have them from an earlier call. Its end is not moved
// to a later day then: it may be the customer who has activated the marker once more.
func (o *request) limitsOf(l *License) limits {
	wanted := o.limits
	if full := l.ValidFrom.AddDate(0, o.months, 0); o.months > 0 && !l.ValidFrom.IsZero() && l.ValidUntil.After(full) {
		if rest := (limits{activations: wanted.activations, users: wanted.users}); rest.met(&made{license: l}) {
			return rest
		}
	}
	return wanted
}

// rivals reports whether a license has the order's user name or reference, or claims it. A marker that is
// not valid and claims nothing takes no name.
func (o *request) rivals(n *nameplate) bool {
	return n.reference == o.Reference || n.state.Claim(o.Reference) ||
		n.state.Tampered == "" && n.username != "" && strings.EqualFold(n.username, o.Username)
}

func dateOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// resourceIDs parses IDs such as "789,790".
func resourceIDs(text string) (ids []int64, problem string) {
	if strings.TrimSpace(text) == "" {
		return nil, ""
	}
	for field := range strings.SplitSeq(text, ",") {
		id, err := strconv.ParseInt(strings.TrimSpace(field), 10, 64)
		if err != nil || id <= 0 {
			return nil, fmt.Sprintf("%q is not the ID of a resource (a positive number)", adapter.Shorten(strings.TrimSpace(field)))
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, ""
}

// ensureLicense creates a license unless the order has one.
func (p *Provider) ensureLicense(
	ctx context.Context, o *request, page *order.Page, extent extent, certain *bool,
) (*made, provider.Outcome, error) {
	if err := p.confirmSold(ctx, o, page); err != nil {
		return nil, "", err
	}
	found, err := p.find(ctx, extent, o.rivals)
	if err != nil {
		return nil, "", err
	}
	var mine *made
	for _, m := range found {
		switch n := m.plate; {
		case n.marker == 0 || n.reference != o.Reference:
		case mine == nil:
			mine = m
		case !n.yields(mine.plate):
			return nil, "", adapter.BothMatch(Kind, "", "licenses", mine.plate.license, n.license)
		}
	}
	switch {
	case mine != nil && (mine.plate.ours(o.Username, o.Reference) || soldAs(page, o, mine.plate.license)):
		p.sold(ctx, o, page, mine.plate.license)
		return mine, provider.OutcomeAlready, nil
	case mine != nil:
		return nil, "", p.taken(mine, o)
	case len(found) > 0:
		return nil, "", p.taken(found[0], o)
	}
	m, err := p.newLicense(ctx, o, page, certain)
	if err != nil {
		return nil, "", err
	}
	return m, provider.OutcomeChanged, nil
}

// taken returns the error for another account that has the order's user name or reference.
func (p *Provider) taken(m *made, o *request) error {
	n := m.plate
	if n.state.Tampered != "" {
		return adapter.Tampered(Kind, p.accounts.Noun, p.account(m))
	}
	err := &provider.Error{Provider: Kind, Op: licensesGenerateKey.Op, Kind: provider.ErrAlreadyExists, Fields: map[string]string{"Username": "taken"}}
	switch n.reference {
	case "":
		err.Message = p.client.license.Say("license %d has that name and carries no reference", n.license)
	case o.Reference:
		err.Kind, err.Fields = provider.ErrConflict, map[string]string{"Reference": "in use"}
		err.Message = p.client.license.Say("license %d was made for that reference, under the name %q", n.license, n.username)
	default:
		err.Message = p.client.license.Say("license %d has that name and belongs to the reference %q", n.license, n.reference)
	}
	return err
}

// yieldTo removes the license of an unfinished Create if another license with the same user name or
// reference was marked before it. The program that registers the later marker sees the earlier one.
func (p *Provider) yieldTo(ctx context.Context, o *request, mine *nameplate) (bool, error) {
	if !mine.unfinished {
		return false, nil
	}
	for n, err := range p.plates(ctx, 0, whole) {
		if err != nil {
			return false, err
		}
		if n.license == mine.license || !o.rivals(n) {
			continue
		}
		rival, err := p.look(ctx, n.license) // it may come from memory
		if err == nil && rival.marker != 0 {
			var m *made
			if m, err = p.fill(ctx, rival); m != nil {
				rival, err = m.plate, nil
			}
		}
		if err != nil {
			if err := p.absent(ctx, n.license, err); err != nil {
				return false, err
			}
			continue // removed meanwhile
		}
		// A license that is ready or claimed was not made by a Create that will find this one.
		first := rival.marker != 0 && (rival.marker < mine.marker || !rival.unfinished)
		if o.rivals(rival) && (first || rival.state.Claim(o.Reference)) {
			return true, p.remove(ctx, mine.license)
		}
	}
	return false, nil
}

// limit sets a license's end date and limits unless it has them.
func (p *Provider) limit(want limits) change {
	return change{Concerns: "plan", Already: want.met, Do: func(ctx context.Context, n int64, now *made) error {
		_, err := p.client.Licenses.QuickEdit(ctx, n, want.edit(now.license))
		return err
	}}
}

func (w limits) met(m *made) bool {
	l := m.license
	return (w.until.IsZero() || dateOf(l.ValidUntil).Equal(w.until)) &&
		(w.activations == 0 || l.MaxActivations == w.activations) && (w.users == 0 || l.MaxUsers == w.users)
}

// edit sends all fields, as the documented example does: whether the server accepts only some of
// them is undocumented. A license without an end date does not get one.
func (w limits) edit(l *License) *LicenseQuickEditRequest {
	edit := &LicenseQuickEditRequest{MaxActivations: &l.MaxActivations, MaxUsers: &l.MaxUsers}
	if w.activations != 0 {
		edit.MaxActivations = &w.activations
	}
	if w.users != 0 {
		edit.MaxUsers = &w.users
	}
	if w.until.IsZero() {
		w.until = l.ValidUntil
	}
	if !w.until.IsZero() {
		edit.ValidUntil = &w.until
	}
	return edit
}

// allocate allocates the resources that a license does not have yet.
func (p *Provider) allocate(ctx context.Context, license int64, wanted []int64) (provider.Outcome, error) {
	var missing []int64
	look := func(ctx context.Context) (bool, error) {
		missing = slices.Clone(wanted)
		for r, err := range p.client.Resources.List(ctx, license) {
			if r == nil || r.ID <= 0 {
				return false, err
			}
			missing = slices.DeleteFunc(missing, func(id int64) bool { return id == r.ID })
		}
		return len(missing) == 0, nil
	}
	if held, err := look(ctx); err != nil {
		return "", err
	} else if held {
		return provider.OutcomeAlready, nil
	}
	err := p.accounts.Confirm(ctx, func(ctx context.Context) error {
		_, err := p.client.Resources.Allocate(ctx, &ResourceAllocateRequest{LicenseID: license, ResourceIDs: missing})
		return err
	}, look)
	if err != nil {
		return "", err
	}
	return provider.OutcomeChanged, nil
}
