package providertest

import (
	"context"
	"fmt"
	"time"

	"github.com/provkit/provkit/provider"
)

// verbs returns the rows of the fault matrix for the adapter's capabilities.
func (c *probe) verbs() []verb {
	var rows []verb
	add := func(of provider.Capability, method string, v verb) {
		if c.has(of) {
			v.capability, v.method = of, method
			rows = append(rows, v)
		}
	}
	add(provider.CapCreate, "Create", verbCreate("create", provider.OnFailureKeep))
	add(provider.CapCreate, "Create", verbCreate("create, undo", provider.OnFailureUndo))
	add(provider.CapCreate, "Create", verbResume("resume", provider.OnFailureKeep))
	add(provider.CapCreate, "Create", verbResume("resume, undo", provider.OnFailureUndo))
	add(provider.CapTerminate, "Terminate", verbTerminate())
	add(provider.CapSuspend, "Suspend", verbSuspend())
	add(provider.CapUnsuspend, "Unsuspend", verbUnsuspend())
	if c.w.OtherPlan != "" {
		add(provider.CapChangePlan, "ChangePlan", verbChangePlan())
	}
	add(provider.CapChangePassword, "ChangePassword", verbChangePassword())
	if c.w.AddForeign != nil {
		add(provider.CapAdopt, "Adopt", verbAdopt())
	}
	add(provider.CapRenew, "Renew", verbRenew())
	add(provider.CapCancel, "Cancel", verbCancel())
	add(provider.CapCancel, "UndoCancel", verbUndoCancel())
	add(provider.CapPower, "Power", verbPower())
	if c.w.Image != "" {
		add(provider.CapReinstall, "Reinstall", verbReinstall())
	}
	add(provider.CapSignOn, "SignOn", verbSignOn())
	add(provider.CapCheck, "Check", verbCheck())
	add(provider.CapGet, "Get", verbGet())
	add(provider.CapFind, "Find", verbFind())
	add(provider.CapList, "List", verbList())
	add(provider.CapPlans, "Plans", verbPlans())
	add(provider.CapUsage, "Usage", verbUsage())
	add(provider.CapFleetUsage, "FleetUsage", verbFleetUsage())
	return rows
}

func verbCreate(name string, policy provider.FailurePolicy) verb {
	return verb{
		name: name, pairs: true, creates: true,
		run: func(ctx context.Context, p provider.Provider, k *trial) result {
			req := k.world.Request(k.order)
			req.OnFailure, req.Handle = policy, k.handle
			made, err := p.Create(ctx, req)
			r := result{err: err, made: made}
			if err != nil {
				return r
			}
			if made == nil {
				r.wrong = func([]Truth) string { return "neither Creation nor error" }
				return r
			}
			r.outcome = made.Outcome
			r.wrong = func(after []Truth) string { return untruthOf(made, after) }
			return r
		},
		done: func(k *trial, after []Truth) string {
			found := ours(after, k.req)
			if len(found) != 1 {
				return fmt.Sprintf("there are %d accounts of it", len(found))
			}
			return wanted(found[0], k.req)
		},
	}
}

// verbResume is Create of an account that an earlier Create left half made. Where Create has only
// one step, it is Create of an account that exists.
func verbResume(name string, policy provider.FailurePolicy) verb {
	v := verbCreate(name, policy)
	v.prepare = func(c *probe, k *trial) {
		for i := 0; len(ours(c.w.Accounts(), k.req)) == 0; i++ {
			c.w.Faults.At(i, c.refusal())
			_, err := c.p.Create(c.context(), k.req)
			c.see(err)
			c.w.Faults.Clear()
			if err == nil {
				time.Sleep(time.Minute) // a refused order may count as sent for a while
			}
			if i > 100 {
				c.Fatalf("Create never makes the account, after a refusal of each of its requests")
			}
		}
		k.id = ours(c.w.Accounts(), k.req)[0].ID
	}
	return v
}

// untruthOf returns what is untrue in the Creation of a Create that succeeded.
func untruthOf(made *provider.Creation, after []Truth) string {
	if problem := problemOf(made); problem != "" {
		return problem
	}
	if made.Account == nil {
		return ""
	}
	a, there := find(after, made.Account.ID)
	if !there {
		return "account " + made.Account.ID + " does not exist"
	}
	if made.Outcome == provider.OutcomePending {
		return "" // it was not ready then, and is now
	}
	return shows(made.Account, a)
}

// target makes the account to call a verb on.
func target(c *probe, k *trial) { k.id = c.create(k.order).ID }

// change returns the row of a verb that brings the target into a state.
func change(
	name string, run func(context.Context, provider.Provider, *trial) (provider.Outcome, error), done func(k *trial, a Truth) string,
) verb {
	return verb{
		name: name, prepare: target,
		run: func(ctx context.Context, p provider.Provider, k *trial) result {
			outcome, err := run(ctx, p, k)
			r := result{err: err, outcome: outcome}
			if err == nil && outcome == "" {
				r.wrong = func([]Truth) string { return "neither an outcome nor an error" }
			}
			return r
		},
		done: func(k *trial, after []Truth) string {
			a, there := find(after, k.id)
			if !there {
				return "the account is gone"
			}
			return done(k, a)
		},
	}
}

func unless(ok bool, problem string) string {
	if ok {
		return ""
	}
	return problem
}

// was returns the target as it was before the verb.
func (k *trial) was() Truth {
	a, _ := find(k.before, k.id)
	return a
}

func verbTerminate() verb {
	v := change("terminate", func(ctx context.Context, p provider.Provider, k *trial) (provider.Outcome, error) {
		return p.Terminate(ctx, k.id)
	}, nil)
	v.pairs, v.ends = true, true
	v.done = func(k *trial, after []Truth) string {
		_, there := find(after, k.id)
		return unless(!there, "the account is there")
	}
	return v
}

func verbSuspend() verb {
	return change("suspend", func(ctx context.Context, p provider.Provider, k *trial) (provider.Outcome, error) {
		return p.Suspend(ctx, k.id)
	}, func(k *trial, a Truth) string {
		want := k.was()
		want.Suspended = true
		return unless(same(a, want), "the account is not suspended, or not only that")
	})
}

func verbUnsuspend() verb {
	v := change("unsuspend", func(ctx context.Context, p provider.Provider, k *trial) (provider.Outcome, error) {
		return p.Unsuspend(ctx, k.id)
	}, func(k *trial, a Truth) string {
		want := k.was()
		want.Suspended = false
		return unless(same(a, want), "the account is not active, or not only that")
	})
	v.prepare = func(c *probe, k *trial) {
		target(c, k)
		c.undo("Unsuspend", k.id)
	}
	return v
}

func verbChangePlan() verb {
	return change("change plan", func(ctx context.Context, p provider.Provider, k *trial) (provider.Outcome, error) {
		return optional[provider.PlanChanger](p).ChangePlan(ctx, k.id, k.world.OtherPlan)
	}, func(k *trial, a Truth) string {
		want := k.was()
		if want.Plan != "" {
			want.Plan = k.world.OtherPlan
		}
		return unless(same(a, want), "the account is not on the plan, or not only that")
	})
}

func verbChangePassword() verb {
	return change("change password", func(ctx context.Context, p provider.Provider, k *trial) (provider.Outcome, error) {
		return optional[provider.PasswordChanger](p).ChangePassword(ctx, k.id, k.world.Request(2).Password)
	}, func(k *trial, a Truth) string {
		want := k.was()
		if want.Password != "" {
			want.Password = k.world.Request(2).Password.Reveal()
		}
		return unless(same(a, want), "the account has another password, or not only that")
	})
}

func verbAdopt() verb {
	v := change("adopt", func(ctx context.Context, p provider.Provider, k *trial) (provider.Outcome, error) {
		return optional[provider.Adopter](p).Adopt(ctx, k.id, k.req.Reference)
	}, func(k *trial, a Truth) string {
		want := k.was()
		if a.Reference != "" {
			want.Reference = k.req.Reference
		}
		return unless(same(a, want), "the account is not marked, or not only that")
	})
	v.prepare = func(c *probe, k *trial) {
		k.req = c.w.Request(adoptable - k.order)
		k.id = c.w.AddForeign(k.req.Username)
	}
	return v
}

func verbRenew() verb {
	return change("renew", func(ctx context.Context, p provider.Provider, k *trial) (provider.Outcome, error) {
		return optional[provider.Renewer](p).Renew(ctx, k.id)
	}, func(k *trial, a Truth) string {
		want := k.was()
		if want.Paid > 0 {
			want.Paid++
		}
		return unless(same(a, want), fmt.Sprintf("%d periods are paid for, not %d", a.Paid, want.Paid))
	})
}

func verbCancel() verb {
	return change("cancel", func(ctx context.Context, p provider.Provider, k *trial) (provider.Outcome, error) {
		return optional[provider.Canceler](p).Cancel(ctx, k.id)
	}, func(k *trial, a Truth) string {
		want := k.was()
		want.Canceled = true
		return unless(same(a, want), "the account is not canceled, or not only that")
	})
}

func verbUndoCancel() verb {
	v := change("undo cancel", func(ctx context.Context, p provider.Provider, k *trial) (provider.Outcome, error) {
		return optional[provider.Canceler](p).UndoCancel(ctx, k.id)
	}, func(k *trial, a Truth) string {
		want := k.was()
		want.Canceled = false
		return unless(same(a, want), "the account is canceled, or not only that")
	})
	v.prepare = func(c *probe, k *trial) {
		target(c, k)
		c.undo("UndoCancel", k.id)
	}
	return v
}

func verbPower() verb {
	return change("power off", func(ctx context.Context, p provider.Provider, k *trial) (provider.Outcome, error) {
		return optional[provider.PowerController](p).Power(ctx, k.id, provider.PowerOff)
	}, func(k *trial, a Truth) string {
		want := k.was()
		want.PoweredOff = true
		return unless(same(a, want), "the machine is not off, or not only that")
	})
}

func verbReinstall() verb {
	v := change("reinstall", func(ctx context.Context, p provider.Provider, k *trial) (provider.Outcome, error) {
		return optional[provider.Reinstaller](p).Reinstall(ctx, &provider.ReinstallRequest{
			AccountID: k.id, Image: k.world.Image, Password: k.world.Request(3).Password,
		})
	}, func(k *trial, a Truth) string {
		was := k.was()
		same := a.Username == was.Username && a.Reference == was.Reference && a.Paid == was.Paid && a.Plan == was.Plan
		return unless(same, "the account is another one")
	})
	return v
}
