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
	// capability that the verb is of, and its method.
	capability provider.Capability
	method     string
	// pairs tells to try two faults as well.
	pairs bool
	// reads tells that the verb changes nothing.
	reads bool
	// creates is set for Create: it may stop half-way.
	creates bool
	// ends is set for Terminate: calling it again may say ErrNotFound.
	ends bool
	// free is set for what may be done twice without harm and leaves no trace that
	// the emulator could tell: its outcome may be unknown.
	free bool
	// prepare brings the world into the state from which the verb starts.
	prepare func(c *probe, k *kase)
	run     func(ctx context.Context, p provider.Provider, k *kase) result
	// done tells what is missing from what the verb should bring about.
	done func(k *kase, after []Truth) string
}

// kase is one run of a verb in a world of its own.
type kase struct {
	verb     verb
	id       string
	req      *provider.CreateRequest
	world    *World
	before   []Truth
	requests []faults.Request
	// handle of an earlier call, "" for none.
	handle string
}

// result is what a verb said.
type result struct {
	err     error
	outcome provider.Outcome
	made    *provider.Creation
	// wrong tells what of the returned values is not true.
	wrong func(after []Truth) string
}

// verdict collects what must not be.
type verdict struct {
	fail func(kind, what string)
}

func (v *verdict) duplicate(format string, args ...any) {
	v.fail(isDuplicate, fmt.Sprintf(format, args...))
}
func (v *verdict) lost(format string, args ...any)  { v.fail(isLost, fmt.Sprintf(format, args...)) }
func (v *verdict) wrong(format string, args ...any) { v.fail(isWrong, fmt.Sprintf(format, args...)) }

// bystanders, orders that the cases leave alone.
const (
	theOne    = 0
	bystander = 1
	adoptable = 5
	stranger  = 6
)

// prepare fills a world: an account of ours and a foreign one that nobody may touch,
// and what the verb needs. For a read it does so once; each further case has a new client.
func (c *probe) prepare(v verb) *kase {
	c.Helper()
	if c.kept != nil {
		k := *c.kept
		c.p = c.w.Reopen()
		return &k
	}
	k := &kase{verb: v, world: c.w, req: c.w.Request(theOne)}
	c.create(bystander)
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

// judge holds what a call said against what the server holds after it.
func (k *kase) judge(r result, after []Truth, v *verdict) {
	k.invariants(after, v)
	switch {
	case r.err == nil:
		k.judgeSuccess(r, after, v)
	case errors.Is(r.err, provider.ErrOutcomeUnknown):
		k.judgeUnknown(after, v)
	default:
		k.judgeFailure(r, after, v)
	}
	if r.err != nil && r.outcome != "" {
		v.wrong("outcome %q beside an error", r.outcome)
	}
	if problem := names(k.verb.method, r.err); problem != "" {
		v.wrong("%s", problem)
	}
}

// invariants hold whatever was said.
func (k *kase) invariants(after []Truth, v *verdict) {
	for _, b := range k.before {
		a, there := find(after, b.ID)
		switch {
		case b.ID == k.id && k.id != "":
			if !there && !k.verb.ends {
				v.lost("account %s (%s) is gone", b.ID, b.Username)
			}
		case !there:
			v.lost("account %s (%s), which nobody talked of, is gone", b.ID, b.Username)
		case !same(a, b):
			v.wrong("account %s (%s), which nobody talked of, is changed", b.ID, b.Username)
		}
	}
	if n := len(ours(after, k.req)); n > 1 {
		v.duplicate("%d accounts of one request", n)
	}
	if n := len(after) - len(k.before); n > 1 || (n > 0 && !k.verb.creates) {
		v.duplicate("%d new accounts", n)
	}
}

func (k *kase) judgeSuccess(r result, after []Truth, v *verdict) {
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
func (k *kase) judgeUnknown(after []Truth, v *verdict) {
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

func (k *kase) judgeFailure(r result, after []Truth, v *verdict) {
	if k.verb.creates {
		k.judgeFailedCreate(r, after, v)
		return
	}
	if diff := difference(k.before, after, ""); diff != "" {
		v.wrong("it said not done, but %s", diff)
	}
	if _, there := find(after, k.id); there && errors.Is(r.err, provider.ErrNotFound) {
		v.wrong("it said not found, but it is there")
	}
}

// judgeFailedCreate: what is left must be told, and with OnFailureUndo nothing that
// this call made may be left without a step that says so.
func (k *kase) judgeFailedCreate(r result, after []Truth, v *verdict) {
	left := ours(after, k.req)
	was := ours(k.before, k.req)
	had := len(was) > 0
	switch {
	case errors.Is(r.err, provider.ErrAlreadyExists) && !had:
		v.wrong("it said that the name is taken, but nobody else has it")
	case len(left) == 1 && left[0].Complete && (!had || !was[0].Complete && k.world.Advance == nil): // what pends completes itself
		v.wrong("it said not done, but the account is complete")
	case len(left) > 0 && !had && (r.made == nil || len(r.made.Steps) == 0):
		v.wrong("an account is left, but no Creation tells")
	case len(left) > 0 && !had && !tells(r.made, false):
		v.wrong("an account is left, but no step tells: %+v", r.made.Steps)
	case len(left) == 0 && tells(r.made, false):
		v.wrong("the steps tell of something that is not there: %+v", r.made.Steps)
	case len(left) > 0 && !had && tells(r.made, true) && !tells(r.made, false):
		v.wrong("the steps say undone, but it is there: %+v", r.made.Steps)
	}
	if r.made == nil {
		return
	}
	if r.made.Account != nil {
		if _, there := find(after, r.made.Account.ID); !there {
			v.wrong("the Creation beside the error holds account %s, which is not there", r.made.Account.ID)
		}
	}
	failed := false
	for _, s := range r.made.Steps {
		failed = failed || s.Err != nil
	}
	if len(r.made.Steps) > 0 && !failed {
		v.wrong("a Creation beside an error, but no step tells why: %+v", r.made.Steps)
	}
}

// healed judges the second call: now all must be as wanted.
func (k *kase) healed(first, again result, after []Truth, v *verdict) bool {
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
	if k.verb.ends && first.err == nil && first.outcome != provider.OutcomePending && !gone {
		strict.wrong("what was removed is removed again")
	}
	if k.verb.creates && first.err == nil && first.outcome != provider.OutcomePending && again.outcome != provider.OutcomeAlready {
		strict.wrong("the account was there, and the outcome is %q", again.outcome)
	}
	if left := ours(k.before, k.req); k.verb.creates && len(left) == 1 && len(ours(after, k.req)) == 1 && ours(after, k.req)[0].ID != left[0].ID {
		strict.lost("account %s was replaced by another", left[0].ID)
	}
	return !failed
}
