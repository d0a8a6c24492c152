package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/fleet"
)

// action is what is planned for a line.
type action string

const (
	toSuspend action = "suspend"
	suspended action = "suspended already"
	doneThen  action = "done by an earlier run"
	repeated  action = "as an earlier line"
	notDue    action = "not due yet"
	unknown   action = "cannot be done" // planned.problem says why
)

// planned is a line of the list and what will be done about it.
type planned struct {
	line
	action   action
	id, name string
	// before is set if the account was suspended when it was looked up.
	before  bool
	problem string
}

// target says whose the account must be, if the list does. The list's name counts where a customer has
// removed the reference; one who is listed by his ID is then left to a person.
func (p planned) target() bulk.Target {
	t := bulk.Target{Server: p.Server, ID: p.id}
	if p.Reference != "" {
		t.Want.Create = &provider.CreateRequest{Reference: p.Reference}
		if strings.EqualFold(p.Account, p.name) {
			t.Want.Create.Username = p.name
		}
	}
	return t
}

// makePlan looks up every account. It changes nothing.
func makePlan(ctx context.Context, lines []line, servers *fleet.Fleet, done map[bulk.Key]bulk.Entry, today time.Time) ([]planned, error) {
	plan := make([]planned, len(lines))
	books := make(map[string]*book)
	seen, orders := make(map[bulk.Key]bool), make(orders)
	for i, l := range lines {
		p := planned{line: l}
		if books[l.Server] == nil {
			books[l.Server] = openBook(ctx, servers, l.Server)
		}
		account, err := books[l.Server].find(ctx, l.Account)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			p.action, p.problem = unknown, err.Error()
			plan[i] = p
			continue
		}
		p.id, p.name, p.before = account.ID, account.Username, account.Status == provider.StatusSuspended
		key := p.target().Key()
		switch p.problem = orders.problem(p, account); {
		case p.problem != "":
			p.action = unknown
		case !l.Due.Before(today):
			p.action = notDue
		case seen[key]:
			p.action = repeated
		case done[key].Outcome != "":
			p.action = doneThen // the customer may have paid since, so it is not done again
		case p.before:
			p.action = suspended
		default:
			p.action = toSuspend
		}
		seen[key] = seen[key] || p.action != notDue
		plan[i] = p
	}
	return plan, nil
}

// orders are the references of the list, and the accounts that have them.
type orders map[string]string

// problem returns why a reference does not fit the account or the lines before. What the server's list does
// not show is compared before the account is suspended.
func (o orders) problem(p planned, account *provider.Account) string {
	if p.Reference == "" {
		return ""
	}
	if account.Reference != "" && account.Reference != p.Reference {
		return fmt.Sprintf("account %q carries the reference %q, not %q", p.id, account.Reference, p.Reference)
	}
	byAccount, byOrder := p.Server+"\x00id\x00"+p.id, p.Server+"\x00reference\x00"+p.Reference
	if known := o[byAccount]; known != "" && known != p.Reference {
		return fmt.Sprintf("an earlier line gives account %q the reference %q, not %q", p.id, known, p.Reference)
	}
	if known := o[byOrder]; known != "" && known != p.id {
		return fmt.Sprintf("an earlier line gives the reference %q to account %q, not %q", p.Reference, known, p.id)
	}
	o[byAccount], o[byOrder] = p.Reference, p.id
	return ""
}

// book contains the accounts of a server by everything that a list may call them.
type book struct {
	provider provider.Provider
	byID     map[string]*provider.Account
	byName   map[string][]*provider.Account // two, if the system has let them
	err      error
}

// openBook reads a server's accounts with one call for all lines, if the server can list them.
func openBook(ctx context.Context, servers *fleet.Fleet, server string) *book {
	b := &book{}
	if b.provider, b.err = servers.Provider(server); b.err != nil {
		return b
	}
	lister, ok := provider.As[provider.Lister](b.provider)
	if !ok {
		return b
	}
	b.byID, b.byName = make(map[string]*provider.Account), make(map[string][]*provider.Account)
	for account, err := range lister.List(ctx, nil) {
		if err != nil {
			b.err = err
			break
		}
		if b.byID[account.ID] == nil { // pages of a list that changes meanwhile may overlap
			name := strings.ToLower(account.Username)
			b.byName[name] = append(b.byName[name], account)
		}
		b.byID[account.ID] = account
	}
	return b
}

var (
	errMissing   = errors.New("no such account")
	errAmbiguous = errors.New("more than one account is meant")
)

// find returns the account with that ID or user name.
func (b *book) find(ctx context.Context, name string) (*provider.Account, error) {
	if b.err != nil {
		return nil, b.err
	}
	byID, byName := b.byID[name], b.byName[strings.ToLower(name)]
	if b.byID == nil { // the server cannot list accounts
		var found *provider.Account
		var errID, errName error
		byID, errID = b.provider.Get(ctx, name)
		found, errName = b.provider.Find(ctx, provider.Query{Username: name})
		if found != nil {
			byName = append(byName, found)
		}
		for _, err := range []error{errID, errName} {
			if err != nil && !errors.Is(err, provider.ErrNotFound) && !errors.Is(err, provider.ErrInvalid) {
				return nil, err
			}
		}
	}
	// Of two accounts, both are named: a person decides, and writes an ID into the list.
	switch {
	case byID == nil && len(byName) == 0:
		return nil, errMissing
	case byID == nil && len(byName) == 1:
		return byName[0], nil
	case byID == nil:
		return nil, fmt.Errorf("%w: it is the user name of accounts %q and %q; write an ID", errAmbiguous, byName[0].ID, byName[1].ID)
	}
	for _, other := range byName {
		if other.ID != byID.ID {
			return nil, fmt.Errorf("%w: it is the ID of account %q and the user name of account %q; write the user name or the ID of one",
				errAmbiguous, byID.ID, other.ID)
		}
	}
	return byID, nil
}

const planRow = "%-8s %-8s %-16s %-10s %-10s %s\n"

// show prints the plan.
func show(out io.Writer, plan []planned) {
	fmt.Fprintf(out, planRow, "SERVER", "ID", "ACCOUNT", "INVOICE", "DUE", "PLAN")
	counts := make(map[action]int)
	for _, p := range plan {
		counts[p.action]++
		what := string(p.action)
		if p.problem != "" {
			what += ": " + p.problem
		}
		name := p.name
		if name == "" {
			name = p.Account
		}
		cells := []any{p.Server, p.id, name, p.Invoice, p.Due.Format(time.DateOnly), what}
		for i := range cells {
			cells[i] = words.Line(cells[i].(string), words.MaxText)
		}
		fmt.Fprintf(out, planRow, cells...)
	}
	var parts []string
	for _, a := range []action{toSuspend, suspended, doneThen, repeated, notDue, unknown} {
		if counts[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[a], a))
		}
	}
	fmt.Fprintf(out, "\nIn the list: %d. Of these: %s.\n", len(plan), strings.Join(parts, ", "))
}
