package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

// Check reads the version and the accounts. There is no network to test.
func (m *Memory) Check(ctx context.Context) (*provider.CheckReport, error) {
	report := &provider.CheckReport{}
	add := func(name string, state provider.CheckState, detail string, err error) {
		report.Steps = append(report.Steps, provider.CheckStep{Name: name, State: state, Detail: detail, Err: err})
	}
	for _, name := range []string{provider.CheckDNS, provider.CheckTCP, provider.CheckTLS} {
		add(name, provider.CheckSkipped, "no network in between", nil)
	}
	var version memoryVersion
	start := time.Now()
	err := m.do(ctx, memoryCall{action: "check connection", method: http.MethodGet, path: "/version", out: &version})
	rest := []string{provider.CheckRights, provider.CheckVersion}
	switch {
	case errors.Is(err, provider.ErrUnauthorized):
		add(provider.CheckAPI, provider.CheckOK, "", nil)
		add(provider.CheckCredentials, provider.CheckFailed, "", err)
	case err != nil:
		add(provider.CheckAPI, provider.CheckFailed, "", err)
		rest = append([]string{provider.CheckCredentials}, rest...)
	default:
		add(provider.CheckAPI, provider.CheckOK, "", nil)
		add(provider.CheckCredentials, provider.CheckOK, "", nil)
		report.Version, report.Latency = version.Version, time.Since(start)
		if _, err = m.page(ctx, "check connection", 0, 1); err != nil {
			add(provider.CheckRights, provider.CheckFailed, "", err)
			rest = []string{provider.CheckVersion}
			break
		}
		add(provider.CheckRights, provider.CheckOK, "", nil)
		add(provider.CheckVersion, provider.CheckOK, version.Version, nil)
		rest = nil
	}
	for _, name := range rest {
		add(name, provider.CheckSkipped, "", nil)
	}
	return report, err
}

// Get reads one account.
func (m *Memory) Get(ctx context.Context, id string) (*provider.Account, error) {
	if err := m.checkID("get account", id); err != nil {
		return nil, err
	}
	a, err := m.read(ctx, "get account "+id, id)
	if err != nil {
		return nil, err
	}
	return m.account(a), nil
}

// Find looks through all accounts.
func (m *Memory) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	if q.IsZero() {
		var problems provider.Problems
		problems.Add("Query", "empty")
		return nil, problems.Err(memoryKind, "", "find account")
	}
	all, err := m.page(ctx, "find account", 0, 0)
	if err != nil {
		return nil, err
	}
	var claimed *provider.Account
	all = slices.DeleteFunc(all, func(a *memoryAccount) bool {
		account := m.account(a)
		if account.Marker.Claim(q.Reference) {
			claimed = account
		}
		hasDomain := slices.ContainsFunc(a.Domains, func(d string) bool { return strings.EqualFold(d, q.Domain) })
		return q.Username != "" && !strings.EqualFold(q.Username, a.Username) || q.Domain != "" && !hasDomain ||
			q.Reference != "" && q.Reference != account.Reference || q.Email != "" && q.Email != a.Email
	})
	switch len(all) {
	case 0:
		if claimed != nil {
			return nil, tampered("find account", claimed)
		}
		return nil, &provider.Error{Provider: memoryKind, Action: "find account", Kind: provider.ErrNotFound}
	case 1:
		return m.account(all[0]), nil
	}
	return nil, &provider.Error{
		Provider: memoryKind, Action: "find account", Kind: provider.ErrConflict,
		Message: fmt.Sprintf("%d accounts match", len(all)),
	}
}

// put brings an account into a state: it reads, changes, and reads back.
func (m *Memory) put(ctx context.Context, action, id string, is func(*memoryAccount) bool, patch memoryPatch) (provider.Outcome, error) {
	if err := m.checkID(action, id); err != nil {
		return "", err
	}
	action += " " + id
	a, err := m.read(ctx, action, id)
	if err != nil {
		return "", err
	}
	if is(a) {
		return provider.OutcomeAlready, nil
	}
	return m.change(ctx, id, is, memoryCall{action: action, method: http.MethodPatch, path: accountPath(id), in: patch})
}

// change makes a change, and reads whether it was made.
func (m *Memory) change(ctx context.Context, id string, is func(*memoryAccount) bool, call memoryCall) (provider.Outcome, error) {
	call.out, call.id = new(memoryAccount), id
	err := m.do(ctx, call)
	if err != nil && !lost(ctx, err) {
		return "", err
	}
	now, lookErr := sees(ctx, func() (*memoryAccount, error) { return m.read(ctx, call.action, id) }, is)
	switch {
	case lookErr != nil:
		return "", unknown(lookErr)
	case is(now):
		return provider.OutcomeChanged, nil
	case err != nil:
		return "", settled(err)
	}
	return "", &provider.Error{
		Provider: memoryKind, Action: call.action, Kind: provider.ErrConflict,
		Message: "the server accepted the change and did not make it",
	}
}

// Suspend takes an account out of service.
func (m *Memory) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	yes := true
	return m.put(ctx, "suspend account", id, func(a *memoryAccount) bool { return a.Suspended }, memoryPatch{Suspended: &yes})
}

// Unsuspend puts an account back into service.
func (m *Memory) Unsuspend(ctx context.Context, id string) (provider.Outcome, error) {
	no := false
	return m.put(ctx, "unsuspend account", id, func(a *memoryAccount) bool { return !a.Suspended }, memoryPatch{Suspended: &no})
}

// Terminate removes an account. A list without it is the proof that it is gone.
func (m *Memory) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	if err := m.checkID("terminate account", id); err != nil {
		return "", err
	}
	action := "terminate account " + id
	_, err := m.read(ctx, action, id)
	if errors.Is(err, provider.ErrNotFound) {
		err = m.missing(ctx, action, id)
	}
	if err != nil {
		return "", err
	}
	return m.remove(ctx, action, id)
}

// missing returns the error for an account that cannot be read: it is only "not found" if the list
// lacks the account, too.
func (m *Memory) missing(ctx context.Context, action, id string) error {
	there, err := m.there(ctx, action, id)
	switch {
	case err != nil:
		return err
	case there:
		return &provider.Error{
			Provider: memoryKind, Action: action, Kind: provider.ErrConflict, Message: "the account was not found, but it is listed",
		}
	}
	return &provider.Error{Provider: memoryKind, Action: action, Kind: provider.ErrNotFound, Message: "no such account"}
}

func (m *Memory) remove(ctx context.Context, action, id string) (provider.Outcome, error) {
	err := m.do(ctx, memoryCall{action: action, method: http.MethodDelete, path: accountPath(id)})
	gone := errors.Is(err, provider.ErrNotFound)
	if err != nil && !gone && !lost(ctx, err) {
		return "", err
	}
	there, lookErr := m.there(ctx, action, id)
	switch {
	case lookErr != nil:
		return "", unknown(lookErr)
	case !there && gone:
		return provider.OutcomeAlready, nil
	case !there:
		return provider.OutcomeChanged, nil
	case err != nil:
		return "", settled(err)
	}
	return "", &provider.Error{
		Provider: memoryKind, Action: action, Kind: provider.ErrConflict, Message: "the server did not remove it",
	}
}

// there reports whether the list contains an account.
func (m *Memory) there(ctx context.Context, action, id string) (bool, error) {
	all, err := m.page(ctx, action, 0, 0)
	return slices.ContainsFunc(all, func(a *memoryAccount) bool { return a.ID == id }), err
}

// SignOn requests a link.
func (m *Memory) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	if req == nil {
		var problems provider.Problems
		problems.Add("Request", "required")
		return nil, problems.Err(memoryKind, "", "sign on to account")
	}
	if err := m.checkID("sign on to account", req.AccountID); err != nil {
		return nil, err
	}
	action := "sign on to account " + req.AccountID
	if req.Kind != "" && req.Kind != provider.SignOnSession {
		var problems provider.Problems
		problems.Add("Kind", "%q is not offered here, only %q", req.Kind, provider.SignOnSession)
		return nil, problems.Err(memoryKind, "", action)
	}
	var link memoryLink
	err := m.do(ctx, memoryCall{action: action, method: http.MethodPost, path: accountPath(req.AccountID) + "/sign-on", out: &link})
	if err != nil {
		return nil, err
	}
	return &provider.SignOn{Kind: provider.SignOnSession, URL: provider.NewSecret(link.URL), Method: http.MethodGet}, nil
}
