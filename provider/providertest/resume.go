package providertest

import (
	"errors"
	"net/http"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// Promise 2: the next Create finishes one that stopped half-way, and undoing removes only what this
// call made.
var resumeChecks = []check{
	{name: "finishes", applies: needFaults, run: resumeFinishes},
	{name: "undo spares what was there", applies: needFaults, run: undoSpares},
	{name: "undo takes back", applies: needFaults, run: undoTakesBack},
}

// refusal is an answer that leaves nothing open, if it has the form of the system: see
// World.Refusal.
var refusal = faults.Fault{Kind: faults.Status, StatusCode: http.StatusUnprocessableEntity, Body: `{"error":"injected refusal"}`}

func (c *probe) refusal() faults.Fault {
	if c.w.Refusal.Kind != "" {
		return c.w.Refusal
	}
	return refusal
}

// lostFirst cuts the connection before the request is carried out: whether it was, nobody can tell.
var lostFirst = faults.Fault{Kind: faults.Drop}

// requests returns how many requests a Create of the n-th order sends.
func (c *probe) requests(n int) int {
	c.Helper()
	c.w.Faults.Forget()
	_, err := c.p.Create(c.context(), c.w.Request(n))
	c.ok(err, "Create")
	return c.w.Faults.Count()
}

// halfway runs Create in new worlds, with a refusal at each of its requests, and calls run for the
// worlds in which a half-made account is left.
func (c *probe) halfway(run func(half *probe, at int, made *provider.Creation)) {
	c.Helper()
	for i := range c.requests(0) {
		if half, made, left := c.half(i); left {
			run(half, i, made)
		}
	}
}

// half runs Create in a new world, with a refusal at one of its requests, and reports whether a
// half-made account is left.
func (c *probe) half(at int) (half *probe, made *provider.Creation, left bool) {
	half = c.another()
	half.w.Faults.At(at, half.refusal())
	made, err := half.p.Create(half.context(), half.w.Request(0))
	half.see(err)
	half.w.Faults.Clear()
	all := ours(half.w.Accounts(), half.w.Request(0))
	return half, made, err != nil && len(all) == 1 && !all[0].Complete
}

// another returns the same check in a fresh world.
func (c *probe) another() *probe {
	w := c.open()
	return &probe{tb: c.tb, t: c.t, open: c.open, w: w, p: w.Provider, d: w.Provider.Describe()}
}

func resumeFinishes(c *probe) {
	c.halfway(func(half *probe, at int, made *provider.Creation) {
		left := ours(half.w.Accounts(), half.w.Request(0))[0]
		if made == nil || len(made.Steps) == 0 {
			c.Errorf("Create was refused at request %d and left an account, but no Creation reports it", at)
			return
		}
		failed := false
		for _, s := range made.Steps {
			failed = failed || s.Err != nil
		}
		if !failed {
			c.Errorf("Create was refused at request %d, but no step says why: %+v", at, made.Steps)
		}
		finished := half.make(half.w.Reopen(), half.w.Request(0), provider.OutcomeChanged, provider.OutcomeAlready)
		if finished.ID != left.ID {
			c.Errorf("Create was refused at request %d and then made account %s beside %s", at, finished.ID, left.ID)
		}
	})
}

// undoSpares: an earlier call made the account, so that a later one must not remove it, also if one
// of its answers is lost before the refusal.
func undoSpares(c *probe) {
	const most = 20
	c.halfway(func(half *probe, at int, _ *provider.Creation) {
		for lost, reached := -1, true; reached; lost++ {
			reached = false
			for i := lost + 1; i < most; i++ {
				before := half.w.Accounts()
				sent, err := half.undoing(lost, i)
				reached = reached || sent > max(lost, 0)
				unknown := errors.Is(err, provider.ErrOutcomeUnknown) // it may be complete, too
				if unknown && len(half.w.Accounts()) == len(before) {
					before = half.w.Accounts()
				}
				if diff := difference(before, half.w.Accounts(), ""); err != nil && diff != "" {
					c.Errorf("half made at request %d, then lost at %d and refused at %d with OnFailureUndo: %s", at, lost, i, diff)
					return
				}
				if err == nil || unknown { // it is complete
					half, _, _ = c.half(at)
				}
				if sent <= i {
					break
				}
			}
		}
	})
}

// undoing runs Create with OnFailureUndo, loses one of its requests (-1 is none) and refuses another.
// It returns how many were sent.
func (c *probe) undoing(lost, refused int) (sent int, err error) {
	req := c.w.Request(0)
	req.OnFailure = provider.OnFailureUndo
	c.w.Faults.Forget()
	if lost >= 0 {
		c.w.Faults.At(lost, lostFirst)
	}
	c.w.Faults.At(refused, c.refusal())
	_, err = c.p.Create(c.context(), req)
	sent = c.w.Faults.Count()
	c.w.Faults.Clear()
	c.see(err)
	return sent, err
}

func undoTakesBack(c *probe) {
	req := c.w.Request(0)
	req.OnFailure = provider.OnFailureUndo
	for i := range c.requests(0) {
		other := c.another()
		bystander := other.create(1)
		other.w.Faults.At(i, other.refusal())
		made, err := other.p.Create(other.context(), req)
		other.see(err)
		other.w.Faults.Clear()
		left := ours(other.w.Accounts(), req)
		if err == nil && made.Outcome == provider.OutcomePending {
			c.ok(other.settle(other.p, made.Handle), "wait")
			left = ours(other.w.Accounts(), req)
		}
		if err == nil {
			// The adapter found another way, or did not notice.
			if len(left) != 1 || !left[0].Complete {
				c.Errorf("refused at request %d: success, but the account is not complete", i)
			}
			continue
		}
		// Nothing is undone while the outcome of a step is unknown, and the error says so.
		unknown := errors.Is(err, provider.ErrOutcomeUnknown) && made != nil
		if len(left) > 0 && !claims(made, false) && !unknown {
			c.Errorf("refused at request %d with OnFailureUndo: an account is left, and no step reports it", i)
		}
		if len(left) == 0 && claims(made, false) {
			c.Errorf("refused at request %d with OnFailureUndo: the steps report something that does not exist", i)
		}
		if diff := difference([]Truth{bystander}, other.w.Accounts(), firstID(left)); diff != "" {
			c.Errorf("refused at request %d with OnFailureUndo: %s", i, diff)
		}
	}
}

// claims reports whether a step of a Creation says that this call made something, and that it was
// undone or not.
func claims(made *provider.Creation, undone bool) bool {
	if made == nil {
		return false
	}
	for _, s := range made.Steps {
		if s.Outcome == provider.OutcomeChanged && s.Undone == undone {
			return true
		}
	}
	return false
}

func firstID(all []Truth) string {
	if len(all) == 0 {
		return ""
	}
	return all[0].ID
}
