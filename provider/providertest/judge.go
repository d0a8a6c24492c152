package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// verb is a row of the fault matrix.
type verb struct {
	name string
	// capability that the verb is of, and its method; "" for a function of package provider.
	capability provider.Capability
	method     string
	// pairs says to try two faults, too.
	pairs bool
	// reads says that the verb changes nothing.
	reads bool
	// creates is set for Create: it may stop half-way.
	creates bool
	// ends is set for Terminate: calling it again may say ErrNotFound.
	ends bool
	// free is set for verbs that may be repeated without harm and whose effect the emulator does
	// not show: their outcome may be unknown.
	free bool
	// prepare brings the world into the state in which the verb starts.
	prepare func(c *probe, k *trial)
	run     func(ctx context.Context, p provider.Provider, k *trial) result
	// done returns what the verb should have brought about and did not.
	done func(k *trial, after []Truth) string
}

// trial is one run of a verb in a world.
type trial struct {
	verb     verb
	id       string
	req      *provider.CreateRequest
	world    *World
	before   []Truth
	requests []faults.Request
	// handle of an earlier call, "" for none.
	handle string
	// order is the number of the request that the verb is about.
	order int
}

// result is what a verb said.
type result struct {
	err     error
	outcome provider.Outcome
	made    *provider.Creation
	// wrong returns what is untrue in the returned values.
	wrong func(after []Truth) string
}

// verdict collects what must not happen.
type verdict struct {
	fail func(kind, what string)
}

func (v *verdict) duplicate(format string, args ...any) {
	v.fail(isDuplicate, fmt.Sprintf(format, args...))
}
func (v *verdict) lost(format string, args ...any)  { v.fail(isLost, fmt.Sprintf(format, args...)) }
func (v *verdict) wrong(format string, args ...any) { v.fail(isWrong, fmt.Sprintf(format, args...)) }

// The orders of a trial: its own, and others that it must leave alone.
const (
	theOne    = 0
	bystander = 1
	adoptable = 5
	stranger  = 6
)

// prepare fills a world with one of our accounts and a foreign one, which nobody may touch, and
// with what the verb needs. For reads it does so once, and then only makes a new client for each
// trial.
func (c *probe) prepare(v verb) *trial {
	c.Helper()
	if c.kept != nil {
		k := *c.kept
		c.p = c.w.Reopen()
		return &k
	}
	k := &trial{verb: v, world: c.w, req: c.w.Request(c.about), order: c.about}
	if k.order != bystander {
		c.create(bystander)
	}
	if c.w.AddForeign != nil {
		c.w.AddForeign(c.w.Request(stranger).Username)
	}
	if v.prepare != nil {
		v.prepare(c, k)
	}
	k.before = c.w.Accounts()
	if v.reads {
		kept := *k
		c.kept = &kept
	}
	return k
}

// judge compares what a call said with the server's state after it.
func (k *trial) judge(r result, after []Truth, v *verdict) {
	k.invariants(after, v)
	switch {
	case r.err == nil:
		k.judgeSuccess(r, after, v)
	case errors.Is(r.err, provider.ErrOutcomeUnknown):
		k.judgeUnknown(after, v)
	default:
		k.judgeFailure(r, after, v)
	}
	if _, there := find(after, k.id); there && errors.Is(r.err, provider.ErrNotFound) {
		v.wrong("it said not found, but it is there")
	}
	if r.err != nil && r.outcome != "" {
		v.wrong("outcome %q beside an error", r.outcome)
	}
	if problem := names(k.verb.method, r.err); k.verb.method != "" && problem != "" {
		v.wrong("%s", problem)
	}
}

// invariants must hold whatever was said.
func (k *trial) invariants(after []Truth, v *verdict) {
	for _, b := range k.before {
		a, there := find(after, b.ID)
		switch {
		case b.ID == k.id && k.id != "":
			if !there && !k.verb.ends {
				v.lost("account %s (%s) is gone", b.ID, b.Username)
			}
		case !there:
			v.lost("account %s (%s), which the verb is not about, is gone", b.ID, b.Username)
		case !same(a, b):
			v.wrong("account %s (%s), which the verb is not about, is changed", b.ID, b.Username)
		}
	}
	if n := len(ours(after, k.req)); n > 1 {
		v.duplicate("%d accounts of one request", n)
	}
	if n := len(after) - len(k.before); n > 1 || (n > 0 && !k.verb.creates) {
		v.duplicate("%d new accounts", n)
	}
}

func (k *trial) judgeSuccess(r result, after []Truth, v *verdict) {
	if problem := k.verb.done(k, after); problem != "" {
		v.wrong("it said done, but %s", problem)
	}
	if r.wrong != nil {
		if problem := r.wrong(after); problem != "" {
			v.wrong("it returned something untrue: %s", problem)
		}
	}
}

// judgeUnknown: the target is as it was, or as it should be, or (Create) half made.
func (k *trial) judgeUnknown(after []Truth, v *verdict) {
	if k.verb.reads && !k.verb.free {
		v.wrong("it said unknown, but it changes nothing")
	}
	writes := 0
	for _, r := range k.requests {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			writes++
		}
	}
	if len(k.requests) > 0 && writes == 0 {
		v.wrong("it said unknown, but it sent nothing but reads")
	}
	if !k.verb.creates && difference(k.before, after, "") != "" && k.verb.done(k, after) != "" {
		v.wrong("it said unknown, and the account is neither as it was nor as it should be")
	}
}

func (k *trial) judgeFailure(r result, after []Truth, v *verdict) {
	if k.verb.creates {
		k.judgeFailedCreate(r, after, v)
		return
	}
	if diff := difference(k.before, after, ""); diff != "" {
		v.wrong("it said not done, but %s", diff)
	}
}

// judgeFailedCreate: the Creation must report what is left, and with OnFailureUndo a step must
// report what this call made and did not undo.
func (k *trial) judgeFailedCreate(r result, after []Truth, v *verdict) {
	left := ours(after, k.req)
	was := ours(k.before, k.req)
	had := len(was) > 0
	switch {
	case errors.Is(r.err, provider.ErrAlreadyExists) && !had:
		v.wrong("it said that the name is taken, but nobody else has it")
	case len(left) == 1 && left[0].Complete && (!had || !was[0].Complete && k.world.Advance == nil): // what pends completes itself
		v.wrong("it said not done, but the account is complete")
	case len(left) > 0 && !had && (r.made == nil || len(r.made.Steps) == 0):
		v.wrong("an account is left, but no Creation reports it")
	case len(left) > 0 && !had && !claims(r.made, false):
		v.wrong("an account is left, but no step reports it: %+v", r.made.Steps)
	case len(left) == 0 && claims(r.made, false):
		v.wrong("the steps report something that does not exist: %+v", r.made.Steps)
	case len(left) > 0 && !had && claims(r.made, true) && !claims(r.made, false):
		v.wrong("the steps say undone, but it is there: %+v", r.made.Steps)
	}
	if r.made == nil {
		return
	}
	if r.made.Account != nil {
		if _, there := find(after, r.made.Account.ID); !there {
			v.wrong("the Creation with the error has account %s, which does not exist", r.made.Account.ID)
		}
	}
	failed := false
	for _, s := range r.made.Steps {
		failed = failed || s.Err != nil
	}
	if len(r.made.Steps) > 0 && !failed {
		v.wrong("a Creation beside an error, but no step says why: %+v", r.made.Steps)
	}
}

// healed judges the second call: now everything must be as wanted.
func (k *trial) healed(first, again result, after []Truth, v *verdict) bool {
	failed := false
	strict := &verdict{fail: func(kind, what string) {
		failed = true
		v.fail(kind, what)
	}}
	k.invariants(after, strict)
	gone := k.verb.ends && errors.Is(again.err, provider.ErrNotFound)
	if again.err != nil && !gone {
		strict.wrong("it fails: %v", again.err)
		return false
	}
	if problem := k.verb.done(k, after); problem != "" {
		strict.wrong("%s", problem)
	}
	if again.wrong != nil && again.err == nil {
		if problem := again.wrong(after); problem != "" {
			strict.wrong("it returned something untrue: %s", problem)
		}
	}
	if k.verb.ends && first.err == nil && first.outcome != provider.OutcomePending && !gone &&
		(k.verb.method != "" || again.outcome != provider.OutcomeAlready) {
		strict.wrong("what was removed is removed again")
	}
	if k.verb.creates && first.err == nil && first.outcome != provider.OutcomePending && again.outcome != provider.OutcomeAlready {
		strict.wrong("the account was there, and the outcome is %q", again.outcome)
	}
	had, has := ours(k.before, k.req), ours(after, k.req)
	if k.verb.creates && len(had) == 1 && len(has) == 1 && has[0].ID != had[0].ID {
		strict.lost("account %s was replaced by another", had[0].ID)
	}
	return !failed
}
