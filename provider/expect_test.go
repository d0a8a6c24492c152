package provider_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/providertest"
)

// byID are all verbs on one account.
func byID(p provider.Provider, id string) map[string]func(context.Context) error {
	verbs := map[string]func(context.Context) error{
		"get":       func(ctx context.Context) error { _, err := p.Get(ctx, id); return err },
		"suspend":   func(ctx context.Context) error { _, err := p.Suspend(ctx, id); return err },
		"unsuspend": func(ctx context.Context) error { _, err := p.Unsuspend(ctx, id); return err },
		"terminate": func(ctx context.Context) error { _, err := p.Terminate(ctx, id); return err },
		"sign on": func(ctx context.Context) error {
			_, err := p.SignOn(ctx, &provider.SignOnRequest{AccountID: id})
			return err
		},
	}
	optional(verbs, "plan", p, func(ctx context.Context, p provider.PlanChanger) error {
		_, err := p.ChangePlan(ctx, id, "large")
		return err
	})
	optional(verbs, "password", p, func(ctx context.Context, p provider.PasswordChanger) error {
		_, err := p.ChangePassword(ctx, id, provider.NewSecret("Canary+Passw0rd/2"))
		return err
	})
	optional(verbs, "renew", p, func(ctx context.Context, p provider.Renewer) error { _, err := p.Renew(ctx, id); return err })
	optional(verbs, "cancel", p, func(ctx context.Context, p provider.Canceler) error { _, err := p.Cancel(ctx, id); return err })
	optional(verbs, "undo cancel", p, func(ctx context.Context, p provider.Canceler) error { _, err := p.UndoCancel(ctx, id); return err })
	optional(verbs, "usage", p, func(ctx context.Context, p provider.UsageReader) error { _, err := p.Usage(ctx, id); return err })
	optional(verbs, "power", p, func(ctx context.Context, p provider.PowerController) error {
		_, err := p.Power(ctx, id, provider.PowerOff)
		return err
	})
	optional(verbs, "reinstall", p, func(ctx context.Context, p provider.Reinstaller) error {
		_, err := p.Reinstall(ctx, &provider.ReinstallRequest{AccountID: id, Image: "debian", Password: provider.NewSecret("Canary+Passw0rd/3")})
		return err
	})
	optional(verbs, "adopt", p, func(ctx context.Context, p provider.Adopter) error { _, err := p.Adopt(ctx, id, "order-1"); return err })
	optional(verbs, "poll", p, func(ctx context.Context, p provider.Poller) error { _, err := p.Poll(ctx, id); return err })
	return verbs
}

func optional[I any](verbs map[string]func(context.Context) error, name string, p provider.Provider, verb func(context.Context, I) error) {
	if i, ok := provider.As[I](p); ok {
		verbs[name] = func(ctx context.Context) error { return verb(ctx, i) }
	}
}

// After a restore an ID is another customer's: nothing is sent to his account, by no verb.
func TestExpectRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		marker provider.Marker
		want   provider.Expected
		kind   error
		says   string
	}{
		"another reference":   {want: provider.Expected{Reference: "order-9", Username: "customer1"}, kind: provider.ErrAlreadyExists, says: `refused: it carries the reference "order-1", not "order-9"`},
		"tampered, no name":   {provider.Marker{Tampered: "x"}, provider.Expected{Reference: "order-1"}, provider.ErrConflict, "give Expected.Username too"},
		"tampered, another":   {provider.Marker{Tampered: "x"}, provider.Expected{Reference: "order-1", Username: "bob"}, provider.ErrConflict, `is called "customer1", not "bob"`},
		"nothing is expected": {want: provider.Expected{Username: "customer1"}, kind: provider.ErrInvalid, says: "Expected.Reference: required"},
	} {
		t.Run(name, func(t *testing.T) {
			memory := providertest.NewMemory(nil)
			req := order()
			req.Username = "customer1"
			created, err := memory.Create(t.Context(), req)
			require.NoError(t, err)
			before, sent := memory.Accounts(), len(memory.Faults().Requests())
			verbs := byID(provider.Expect(marked{memory, c.marker}, c.want), created.Account.ID)
			require.Len(t, verbs, 15)
			for verb, do := range verbs {
				err := do(t.Context())
				require.ErrorIs(t, err, c.kind, verb)
				require.ErrorContains(t, err, c.says, verb)
			}
			require.Equal(t, before, memory.Accounts())
			for _, r := range memory.Faults().Requests()[sent:] {
				require.Equal(t, http.MethodGet, r.Method)
			}
		})
	}
}

// Every verb works on the expected account, also on one whose marker the customer has damaged.
func TestExpectPasses(t *testing.T) {
	for _, marker := range []provider.Marker{{}, {Tampered: "it has several markers"}} {
		for verb := range byID(providertest.NewMemory(nil), "") {
			memory := providertest.NewMemory(nil)
			req := order()
			req.Username = "customer1"
			created, err := memory.Create(t.Context(), req)
			require.NoError(t, err)
			p := provider.Expect(marked{memory, marker}, provider.Expected{Reference: req.Reference, Username: "Customer1"})
			require.NoError(t, byID(p, created.Account.ID)[verb](t.Context()), verb)
		}
	}
}

// A stray "not found" of the read does not let a stranger's account be removed.
func TestExpectNeedsProof(t *testing.T) {
	memory := providertest.NewMemory(nil)
	created, err := memory.Create(t.Context(), order())
	require.NoError(t, err)
	p := provider.Expect(memory, provider.Expected{Reference: "order-9"})
	memory.Faults().At(0, faults.Fault{Kind: faults.Status, StatusCode: http.StatusNotFound})
	_, err = p.Terminate(t.Context(), created.Account.ID)
	require.ErrorIs(t, err, provider.ErrAlreadyExists)
	require.Len(t, memory.Accounts(), 1)

	_, err = memory.Terminate(t.Context(), created.Account.ID)
	require.NoError(t, err)
	_, err = p.Terminate(t.Context(), created.Account.ID)
	require.ErrorIs(t, err, provider.ErrNotFound)
}

// Expect promises no more than what it wraps.
func TestExpectOptional(t *testing.T) {
	memory := providertest.NewMemory(nil)
	_, ok := provider.As[provider.Renewer](provider.Expect(unmarkable{memory}, provider.Expected{Reference: "order-1"}))
	require.False(t, ok)
	_, ok = provider.As[provider.Lister](provider.Expect(memory, provider.Expected{Reference: "order-1"}))
	require.True(t, ok)
}
