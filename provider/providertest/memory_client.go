package providertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/provkit/provkit/provider"
)

const (
	memoryAttempts = 3
	memoryTimeout  = 30 * time.Second
)

// memoryCall is one call of the panel's API.
type memoryCall struct {
	action string // in words, for errors
	method string
	path   string
	in     any
	out    evidence // nil for an answer without a body
	// id and username are those of the account that the call is about, "" for none.
	id, username string
}

// evidence is an answer that can be checked: `{}` is no account, and another account's record is
// none either.
type evidence interface{ of(*memoryCall) bool }

func (a *memoryAccount) of(call *memoryCall) bool {
	return a.ID != "" && (call.id == "" || a.ID == call.id) && (call.username == "" || strings.EqualFold(a.Username, call.username))
}

type memoryList struct {
	Accounts []*memoryAccount `json:"accounts"`
}

func (l *memoryList) of(call *memoryCall) bool {
	return l.Accounts != nil && !slices.ContainsFunc(l.Accounts, func(a *memoryAccount) bool { return !a.of(call) })
}

type memoryPlans struct {
	Plans []provider.Plan `json:"plans"`
}

func (l *memoryPlans) of(*memoryCall) bool { return l.Plans != nil }

type memoryLink struct {
	URL string `json:"url"`
}

func (l *memoryLink) of(*memoryCall) bool { return l.URL != "" }

type memoryVersion struct {
	Version string `json:"version"`
}

func (v *memoryVersion) of(*memoryCall) bool { return v.Version != "" }

// do makes a call. It repeats reads, and changes that the server cannot have made. The error of a
// change whose answer was lost has MaybeExecuted.
func (m *Memory) do(ctx context.Context, call memoryCall) error {
	for attempt := 1; ; attempt++ {
		err := m.once(ctx, call)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			// Whatever went wrong, the caller's context has ended, and nobody looks.
			err.Err, err.Message = ctx.Err(), ctx.Err().Error()
			if err.Kind = nil; err.MaybeExecuted {
				err.Kind = provider.ErrOutcomeUnknown
			}
			return err
		}
		temporary := errors.Is(err, provider.ErrUnavailable) || errors.Is(err, provider.ErrRateLimited)
		if attempt == memoryAttempts || !temporary || err.MaybeExecuted {
			return err
		}
		timer := time.NewTimer(max(err.RetryAfter, time.Duration(attempt)*time.Second))
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
	}
}

func (m *Memory) once(ctx context.Context, call memoryCall) *provider.Error {
	change := call.method != http.MethodGet
	failed := &provider.Error{Provider: memoryKind, Op: call.method, Action: call.action}
	fail := func(kind error, maybe bool, format string, args ...any) *provider.Error {
		failed.Kind, failed.MaybeExecuted, failed.Message = kind, change && maybe, fmt.Sprintf(format, args...)
		return failed
	}
	body, err := json.Marshal(call.in)
	if err != nil {
		return fail(provider.ErrInvalid, false, "%v", err)
	}
	ctx, cancel := context.WithTimeout(ctx, memoryTimeout)
	defer cancel()
	var sent atomic.Bool
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	}), call.method, "http://memory.invalid"+call.path, bytes.NewReader(body))
	if err != nil {
		return fail(provider.ErrInvalid, false, "unusable path")
	}
	req.Header.Set("X-Key", m.key)
	resp, err := m.wire.RoundTrip(req)
	if err != nil {
		return fail(provider.ErrUnavailable, sent.Load(), "no answer")
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	failed.StatusCode = resp.StatusCode
	switch {
	case err != nil:
		return fail(provider.ErrUnavailable, true, "the answer broke off")
	case resp.StatusCode >= 500:
		return fail(provider.ErrUnavailable, true, "the server failed")
	case resp.StatusCode >= 300:
		if !m.refused(failed, resp, text) {
			return fail(provider.ErrProtocol, true, "the answer is not the system's")
		}
		return failed
	case call.out == nil && resp.StatusCode == http.StatusNoContent:
		return nil
	case call.out == nil || json.Unmarshal(text, call.out) != nil || !call.out.of(&call):
		return fail(provider.ErrProtocol, true, "an answer that cannot be understood")
	}
	return nil
}

// refused reads why the server refused a request. It reports false for an answer of somebody else.
func (m *Memory) refused(failed *provider.Error, resp *http.Response, text []byte) bool {
	var verdict struct{ Field, Problem, Error string }
	if json.Unmarshal(text, &verdict) != nil || verdict.Problem == "" && verdict.Error == "" {
		return false
	}
	failed.Message = verdict.Problem
	if verdict.Field != "" {
		failed.Fields = map[string]string{verdict.Field: verdict.Problem}
		failed.Message = "refused by the server"
	}
	kinds := map[int]error{
		400: provider.ErrInvalid, 401: provider.ErrUnauthorized, 403: provider.ErrForbidden,
		404: provider.ErrNotFound, 409: provider.ErrConflict, 422: provider.ErrInvalid, 429: provider.ErrRateLimited,
	}
	if failed.Kind = kinds[resp.StatusCode]; failed.Kind == nil {
		failed.Kind = provider.ErrProtocol
	}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		failed.RetryAfter = time.Duration(seconds) * time.Second
	}
	return true
}

// lost reports whether err leaves open what happened, and the caller's context allows a look.
func lost(ctx context.Context, err error) bool {
	return errors.Is(err, provider.ErrOutcomeUnknown) && ctx.Err() == nil
}

// settled turns the error of a lost change into a plain one: a look has shown that the change was
// not made.
func settled(err error) error {
	var e *provider.Error
	if !errors.As(err, &e) {
		return err
	}
	plain := *e
	plain.MaybeExecuted = false
	plain.Message += ", and the change was not applied"
	return &plain
}

// unknown returns the error of a look that should have shown whether a change was made.
func unknown(err error) error {
	var e *provider.Error
	if !errors.As(err, &e) || e.MaybeExecuted {
		return err
	}
	open := *e
	open.MaybeExecuted = true
	return &open
}

// sees looks for a change until it is seen, a few times: the first answer may be an old one.
func sees[T any](ctx context.Context, look func() (T, error), made func(T) bool) (found T, err error) {
	for range 3 {
		if found, err = look(); err != nil || made(found) {
			break
		}
		timer := time.NewTimer(10 * time.Millisecond)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
	}
	return found, err
}

func (m *Memory) read(ctx context.Context, action, id string) (*memoryAccount, error) {
	a := new(memoryAccount)
	if err := m.do(ctx, memoryCall{action: action, method: http.MethodGet, path: accountPath(id), out: a, id: id}); err != nil {
		return nil, err
	}
	return a, nil
}

// byName returns the account with a user name; nil if there is none.
func (m *Memory) byName(ctx context.Context, action, username string) (*memoryAccount, error) {
	found, err := m.list(ctx, action, username, url.Values{"username": {username}})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

func (m *Memory) page(ctx context.Context, action string, from, limit int) ([]*memoryAccount, error) {
	return m.list(ctx, action, "", url.Values{"from": {strconv.Itoa(from)}, "limit": {strconv.Itoa(limit)}})
}

// list reads the list of accounts. The list itself always exists: if it is "not found", the
// credentials may lack the right to see it, and nothing is known about any account. With a username,
// the list must contain nobody else.
func (m *Memory) list(ctx context.Context, action, username string, query url.Values) ([]*memoryAccount, error) {
	var found memoryList
	err := m.do(ctx, memoryCall{action: action, method: http.MethodGet, path: "/accounts?" + query.Encode(), out: &found, username: username})
	if errors.Is(err, provider.ErrNotFound) {
		return nil, &provider.Error{
			Provider: memoryKind, Action: action, Kind: provider.ErrForbidden, StatusCode: http.StatusNotFound,
			Message: "the list of accounts is not found: the credentials may lack the right to see it",
		}
	}
	return found.Accounts, err
}

func accountPath(id string) string { return "/accounts/" + url.PathEscape(id) }

// badID returns what is wrong with an ID. The panel's IDs are numbers.
func badID(id string) string {
	switch {
	case id == "":
		return "required"
	case len(id) > 18 || strings.Trim(id, provider.Digits) != "" || id[0] == '0':
		return "not an ID of this system"
	}
	return ""
}

func (m *Memory) checkID(action, id string) error {
	var problems provider.Problems
	if problem := badID(id); problem != "" {
		problems.Add("ID", "%s", problem)
	}
	return problems.Err(memoryKind, "", action)
}

func (m *Memory) account(a *memoryAccount) *provider.Account {
	out := &provider.Account{
		ID: a.ID, Username: a.Username, Name: a.Name, Email: a.Email,
		Plan: a.Plan, Status: provider.StatusActive, CreatedAt: a.CreatedAt,
	}
	// The reference is a text that customers can write, like a name: words in it are markers.
	out.Reference, out.Marker = m.markers.Prove(a.Username, strings.Fields(a.Reference)...)
	if len(a.Domains) > 0 {
		out.Domain = a.Domains[0]
	}
	switch {
	case a.Pending:
		out.Status = provider.StatusPending
	case a.Suspended:
		out.Status = provider.StatusSuspended
	}
	return out
}
