package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

// life is an account from its order to its end. It uses only the portable contract, so the same
// code runs on every vendor.
type life struct {
	provider         provider.Provider
	wire             *wire
	out              io.Writer
	username, domain string
	// options are those that the system's Create needs.
	options map[string]string

	password provider.Secret
	plans    []provider.Plan
	account  *provider.Account
	failed   int
	steps    int
}

const row = "%-16s %-9s %-52s %s\n"

// errSkipped is the result of a step that the provider does not offer.
var errSkipped = errors.New("not offered by this system")

func (l *life) run(ctx context.Context) error {
	steps := []struct {
		name string
		do   func(context.Context) (result, detail string, err error)
	}{
		{"check", l.check},
		{"plans", l.listPlans},
		{"create", l.create},
		{"create again", l.createAgain},
		{"sign on", l.signOn},
		{"usage", l.usage},
		{"suspend", l.suspend},
		{"unsuspend", l.unsuspend},
		{"change plan", l.changePlan},
		{"change password", l.changePassword},
		{"terminate", l.terminate},
		{"refused input", l.refused},
	}
	fmt.Fprintf(l.out, row, "STEP", "RESULT", "WHAT CAME OF IT", "ON THE WIRE")
	for _, step := range steps {
		if l.account == nil && needsAccount[step.name] {
			continue // create failed and said so
		}
		l.wire.forget()
		l.steps++
		result, detail, err := step.do(ctx)
		if err != nil && !errors.Is(err, errSkipped) {
			l.failed++
			result, detail = "FAILED", err.Error()
		}
		fmt.Fprintf(l.out, row, step.name, result, detail, l.wire.summary())
	}
	fmt.Fprintln(l.out)
	if l.failed > 0 {
		return fmt.Errorf("%d of %d steps did not go as expected", l.failed, l.steps)
	}
	fmt.Fprintf(l.out, "%d of %d steps as expected, no account left behind.\n", l.steps, l.steps)
	return nil
}

var needsAccount = map[string]bool{
	"create again": true, "sign on": true, "usage": true, "suspend": true, "unsuspend": true,
	"change plan": true, "change password": true, "terminate": true,
}

func (l *life) check(ctx context.Context) (string, string, error) {
	report, err := l.provider.Check(ctx)
	if err != nil {
		return "", "", err
	}
	version := "unknown version"
	if report.Version != "" {
		version = "version " + report.Version
	}
	return "ok", fmt.Sprintf("%s, %d checks", version, len(report.Steps)), nil
}

func (l *life) listPlans(ctx context.Context) (string, string, error) {
	lister, ok := provider.As[provider.PlanLister](l.provider)
	if !ok {
		return "skipped", "", errSkipped
	}
	plans, err := lister.Plans(ctx)
	if err != nil {
		return "", "", err
	}
	l.plans = plans
	names := make([]string, len(plans))
	for i, plan := range plans {
		names[i] = plan.Name
	}
	return fmt.Sprint(len(plans)), strings.Join(names, ", "), nil
}

func (l *life) order() *provider.CreateRequest {
	system := l.provider.Describe()
	if system.Password != nil && l.password.IsZero() { // the same at each call, as in a billing system
		l.password = system.Password.Generate()
	}
	req := &provider.CreateRequest{
		Reference: "order-" + l.username,
		Username:  l.username,
		Password:  l.password,
		Email:     "max@example.com",
		Name:      "Max Mustermann",
		Options:   l.options,
	}
	if system.Service == provider.ServiceHosting {
		req.Domain = l.domain
	}
	if len(l.plans) > 0 {
		req.Plan = l.plans[0].ID
	}
	return req
}

func (l *life) create(ctx context.Context) (string, string, error) {
	created, err := l.provider.Create(ctx, l.order())
	if created != nil {
		l.account = created.Account // must be removed again, even after an error
	}
	if err == nil && created.Outcome == provider.OutcomePending {
		created, err = l.wait(ctx, created)
	}
	if err != nil {
		return "", "", err
	}
	return expect(created.Outcome, provider.OutcomeChanged, fmt.Sprintf("account %s, %s", l.account.ID, cmp.Or(l.account.Domain, l.account.Username)))
}

// wait is what a program does with work that takes time. The handle would survive a restart.
func (l *life) wait(ctx context.Context, created *provider.Creation) (*provider.Creation, error) {
	progress, err := provider.Wait(ctx, l.provider, created.Handle, &provider.WaitOptions{Interval: 50 * time.Millisecond})
	if err != nil {
		return created, err
	}
	l.account = progress.Account
	return &provider.Creation{Account: progress.Account, Outcome: provider.OutcomeChanged}, nil
}

func (l *life) createAgain(ctx context.Context) (string, string, error) {
	created, err := l.provider.Create(ctx, l.order())
	if err != nil {
		return "", "", err
	}
	if created.Account.ID != l.account.ID {
		return "", "", fmt.Errorf("a second account: %s besides %s", created.Account.ID, l.account.ID)
	}
	return expect(created.Outcome, provider.OutcomeAlready, "the same account "+created.Account.ID)
}

func (l *life) signOn(ctx context.Context) (string, string, error) {
	link, err := l.provider.SignOn(ctx, &provider.SignOnRequest{AccountID: l.account.ID})
	if err != nil {
		return "", "", err
	}
	until := "unknown expiry"
	if !link.ExpiresAt.IsZero() {
		until = "until " + link.ExpiresAt.Format("15:04 MST")
	}
	return string(link.Kind), fmt.Sprintf("%s, %s", cmp.Or(link.URL, link.Token), until), nil
}

func (l *life) usage(ctx context.Context) (string, string, error) {
	reader, ok := provider.As[provider.UsageReader](l.provider)
	if !ok {
		return "skipped", "", errSkipped
	}
	report, err := reader.Usage(ctx, l.account.ID)
	if err != nil {
		return "", "", err
	}
	var shown []string
	for _, u := range report.Values[:min(2, len(report.Values))] {
		shown = append(shown, u.Metric+" "+figures(u))
	}
	return "ok", strings.Join(shown, ", "), nil
}

func figures(u provider.Usage) string {
	number := func(n int64) string {
		if u.Unit == provider.UnitBytes {
			return fmt.Sprintf("%d MiB", n>>20)
		}
		return fmt.Sprint(n)
	}
	switch {
	case u.Unlimited:
		return number(u.Used) + " of any"
	case u.LimitUnknown:
		return number(u.Used)
	}
	return number(u.Used) + " of " + number(u.Limit)
}

func (l *life) suspend(ctx context.Context) (string, string, error) {
	outcome, err := l.provider.Suspend(ctx, l.account.ID)
	return l.state(ctx, outcome, err, provider.StatusSuspended)
}

func (l *life) unsuspend(ctx context.Context) (string, string, error) {
	outcome, err := l.provider.Unsuspend(ctx, l.account.ID)
	return l.state(ctx, outcome, err, provider.StatusActive)
}

// state reads the account again, since a verb's answer alone proves nothing.
func (l *life) state(ctx context.Context, outcome provider.Outcome, err error, want provider.Status) (string, string, error) {
	if err != nil {
		return "", "", err
	}
	account, err := l.provider.Get(ctx, l.account.ID)
	if err != nil {
		return "", "", err
	}
	if account.Status != want {
		return "", "", fmt.Errorf("the account is %s, not %s", account.Status, want)
	}
	return expect(outcome, provider.OutcomeChanged, "the account is "+string(account.Status))
}

func (l *life) changePlan(ctx context.Context) (string, string, error) {
	changer, ok := provider.As[provider.PlanChanger](l.provider)
	if !ok || len(l.plans) < 2 {
		return "skipped", "", errSkipped
	}
	outcome, err := changer.ChangePlan(ctx, l.account.ID, l.plans[1].ID)
	if err != nil {
		return "", "", err
	}
	return expect(outcome, provider.OutcomeChanged, l.plans[0].Name+" to "+l.plans[1].Name)
}

func (l *life) changePassword(ctx context.Context) (string, string, error) {
	changer, ok := provider.As[provider.PasswordChanger](l.provider)
	if !ok {
		return "skipped", "", errSkipped
	}
	fresh := l.provider.Describe().Password.Generate()
	outcome, err := changer.ChangePassword(ctx, l.account.ID, fresh)
	if err != nil {
		return "", "", err
	}
	return expect(outcome, provider.OutcomeChanged, "to a generated one: "+fresh.String())
}

// terminate removes the account even if the run was interrupted, since this is the user's panel.
func (l *life) terminate(ctx context.Context) (string, string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	outcome, err := l.provider.Terminate(ctx, l.account.ID)
	if err == nil && outcome == provider.OutcomePending {
		outcome = provider.OutcomeChanged
		_, err = provider.Wait(ctx, l.provider, l.account.ID, &provider.WaitOptions{Interval: 50 * time.Millisecond})
		if errors.Is(err, provider.ErrNotFound) {
			err = nil // that is the end of it
		}
	}
	if err != nil {
		return "", "", err
	}
	return expect(outcome, provider.OutcomeChanged, "account "+l.account.ID+" is gone")
}

// refused shows that bad input is never sent.
func (l *life) refused(ctx context.Context) (string, string, error) {
	order := l.order()
	order.Email = "not an address"
	_, err := l.provider.Create(ctx, order)
	var e *provider.Error
	switch {
	case !errors.Is(err, provider.ErrInvalid), !errors.As(err, &e):
		return "", "", fmt.Errorf("want a refusal, got %w", err)
	case l.wire.count() > 0:
		return "", "", errors.New("the bad order was sent")
	}
	return "refused", "Email: " + e.Fields["Email"], nil
}

func expect(got, want provider.Outcome, detail string) (string, string, error) {
	if got != want {
		return "", "", fmt.Errorf("outcome %q instead of %q", got, want)
	}
	return string(got), detail, nil
}
