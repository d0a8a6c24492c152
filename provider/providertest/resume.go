package providertest

import (
	"errors"
	"net/http"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// Promise 2: a Create that stopped half-way is finished by the next one, and undoing
// takes back only what this very call made.
var resumeChecks = []check{
	{name: "finishes", applies: needFaults, run: resumeFinishes},
	{name: "undo spares what was there", applies: needFaults, run: undoSpares},
	{name: "undo takes back", applies: needFaults, run: undoTakesBack},
}

// refusal is an answer that leaves nothing open: the request was not carried out.
var refusal = faults.Fault{Kind: faults.Status, StatusCode: http.StatusUnprocessableEntity, Body: `{"error":"injected refusal"}`}

// requests counts what a Create of the n-th request takes in the world as it is.
func (c *probe) requests(n int) int {
	c.Helper()
	c.w.Faults.Forget()
	_, err := c.p.Create(c.context(), c.w.Request(n))
	c.ok(err, "Create")
	return c.w.Faults.Count()
}

// halfway opens worlds in which a Create was refused at each of its requests, and
// hands over those in which something is left.
func (c *probe) halfway(run func(half *probe, at int, made *provider.Creation)) {
	c.Helper()
	for i := range c.requests(0) {
		half := c.another()
		half.w.Faults.At(i, refusal)
		made, err := half.p.Create(half.context(), half.w.Request(0))
		half.see(err)
		half.w.Faults.Clear()
		if left := ours(half.w.Accounts(), half.w.Request(0)); err != nil && len(left) == 1 && !left[0].Complete {
			run(half, i, made)
		}
	}
}

// another is the same check in a fresh world.
func (c *probe) another() *probe {
	w := c.open()
	return &probe{tb: c.tb, t: c.t, open: c.open, w: w, p: w.Provider, d: w.Provider.Describe()}
}

func resumeFinishes(c *probe) {
	c.halfway(func(half *probe, at int, made *provider.Creation) {
		left := ours(half.w.Accounts(), half.w.Request(0))[0]
		if made == nil || len(made.Steps) == 0 {
			c.Errorf("Create was refused at request %d and left an account, but no Creation tells", at)
			return
		}
		failed := false
		for _, s := range made.Steps {
			failed = failed || s.Err != nil
		}
		if !failed {
			c.Errorf("Create was refused at request %d, but no step tells why: %+v", at, made.Steps)
		}
		finished := half.make(half.w.Reopen(), half.w.Request(0), provider.OutcomeChanged, provider.OutcomeAlready)
		if finished.ID != left.ID {
			c.Errorf("Create was refused at request %d and then made account %s beside %s", at, finished.ID, left.ID)
		}
	})
}

// undoSpares: the account was made by an earlier call, so that a later one has no
// right to remove it.
func undoSpares(c *probe) {
	c.halfway(func(half *probe, at int, _ *provider.Creation) {
		before := half.w.Accounts()
		req := half.w.Request(0)
		req.OnFailure = provider.OnFailureUndo
		for i := range 20 {
			half.w.Faults.Forget()
			half.w.Faults.At(i, refusal)
			_, err := half.p.Create(half.context(), req)
			reached := half.w.Faults.Count() > i
			half.w.Faults.Clear()
			if err == nil || !reached {
				break
			}
			half.see(err)
			if diff := difference(before, half.w.Accounts(), ""); diff != "" {
				c.Errorf("half made at request %d, then refused at %d with OnFailureUndo: %s", at, i, diff)
				return
			}
		}
	})
}

func undoTakesBack(c *probe) {
	req := c.w.Request(0)
	req.OnFailure = provider.OnFailureUndo
	for i := range c.requests(0) {
		other := c.another()
		bystander := other.create(1)
		other.w.Faults.At(i, refusal)
		made, err := other.p.Create(other.context(), req)
		other.see(err)
		other.w.Faults.Clear()
		left := ours(other.w.Accounts(), req)
		if err == nil && made.Outcome == provider.OutcomePending {
			c.ok(other.settle(other.p, made.Handle), "wait")
			left = ours(other.w.Accounts(), req)
		}
		if err == nil {
			// The adapter found a way around, or it did not notice.
			if len(left) != 1 || !left[0].Complete {
				c.Errorf("refused at request %d: success, but the account is not complete", i)
			}
			continue
		}
		// Where the outcome of a step is unknown nothing is undone, and the error tells.
		unknown := errors.Is(err, provider.ErrOutcomeUnknown) && made != nil
		if len(left) > 0 && !tells(made, false) && !unknown {
			c.Errorf("refused at request %d with OnFailureUndo: an account is left, and no step tells", i)
		}
		if len(left) == 0 && tells(made, false) {
			c.Errorf("refused at request %d with OnFailureUndo: the steps tell of something that is not there", i)
		}
		if diff := difference([]Truth{bystander}, other.w.Accounts(), firstID(left)); diff != "" {
			c.Errorf("refused at request %d with OnFailureUndo: %s", i, diff)
		}
	}
}

// tells reports whether the steps of a Creation tell of something that this call made
// and that is (undone: false) or is no longer there.
func tells(made *provider.Creation, undone bool) bool {
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
