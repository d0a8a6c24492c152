package providertest

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// combined returns rows for what is made of several verbs: Ensure, and Poll of what is done.
func (c *probe) combined() []verb {
	var rows []verb
	if c.has(provider.CapGet) && offers[provider.Poller](c.p) {
		v := look("poll", func(ctx context.Context, p provider.Provider, k *trial) (func([]Truth) string, error) {
			progress, err := optional[provider.Poller](p).Poll(ctx, k.id)
			return func(after []Truth) string {
				if progress == nil {
					return "neither progress nor an error"
				}
				if progress.Account == nil {
					return ""
				}
				if progress.Account.Status == provider.StatusUnknown { // which is no claim
					return unless(progress.Account.ID == k.id, "another account")
				}
				return k.isTarget(progress.Account)(after)
			}, err
		})
		v.capability, v.method = provider.CapGet, "Poll"
		rows = append(rows, v)
	}
	if !needEnsure(c) {
		return rows
	}
	ensure := func(name string, of verb, byID bool, status provider.Status) {
		of.name, of.method = "ensure "+name, ""
		of.run = func(ctx context.Context, p provider.Provider, k *trial) result {
			want := provider.Desired{Status: status, Create: k.world.Request(k.order)}
			if byID {
				want.ID, want.Create = k.id, nil
			}
			got, err := provider.Ensure(ctx, p, want)
			r := result{err: err}
			if err == nil {
				r.outcome = got.Outcome()
			}
			return r
		}
		rows = append(rows, of)
	}
	ends, suspends := verbTerminate(), verbSuspend()
	ends.capability, suspends.capability = provider.CapTerminate, provider.CapSuspend
	ensure("absent by ID", ends, true, provider.StatusAbsent)
	ensure("absent by order", ends, false, provider.StatusAbsent)
	ensure("suspended", suspends, true, provider.StatusSuspended)
	return rows
}
