package licenseserver

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// What is known of an order between the generation of a key and the marking of its license is on its page
// of the ledger. Before the key is asked for, that is when, the highest ID of a license (IDs rise), and how the
// server generates them. Then it is the key, sealed, as the page's handle, and when the license is marked its ID alone.
//
// Without a ledger of the caller's the page is in memory, and is forgotten as soon as the license is marked.
const (
	askedUsername = "username"
	askedPlan     = "plan"
	learntHighest = "highest"
	learntForm    = "form"
	learntAccount = "account"
)

func (o *request) asked() map[string]string {
	return map[string]string{askedUsername: o.Username, askedPlan: o.Plan}
}

// highestBefore returns the highest ID of a license before a key was asked for. It is known only if the
// panel's search found all licenses.
func highestBefore(page *order.Page) (id int64, known bool) {
	id, err := strconv.ParseInt(page.Learnt[learntHighest], 10, 64)
	return id, err == nil
}

// formBefore returns how the server generated licenses before a key was asked for, nil if that is unknown.
func formBefore(page *order.Page) *form {
	f := new(form)
	if json.Unmarshal([]byte(page.Learnt[learntForm]), f) != nil {
		return nil
	}
	return f
}

func (p *Provider) setBefore(page *order.Page, licenses map[int64]provider.Secret) {
	highest := slices.Max(append(slices.Collect(maps.Keys(licenses)), 0))
	page.Learnt = map[string]string{learntHighest: idText(highest)}
	if p.usual != nil {
		text, _ := json.Marshal(p.usual) // never fails
		page.Learnt[learntForm] = string(text)
	}
}

// openOrders returns the keys, sealed, that other orders have and have not marked yet, and how many orders
// have lost an answer about when this one did.
func (p *Provider) openOrders(ctx context.Context, page *order.Page) (taken map[string]bool, lost int, err error) {
	others, err := page.Others(ctx)
	taken, lost = make(map[string]bool), 1
	for _, e := range others {
		switch {
		case e.Handle != "":
			taken[e.Handle] = true
		case e.SentAt.Sub(page.SentAt).Abs() <= 48*time.Hour: // the date of a license tells no more
			lost++
		}
	}
	return taken, lost, err
}

// generated notes the key of an order.
func (p *Provider) generated(ctx context.Context, page *order.Page, key provider.Secret) {
	page.State, page.Handle = provider.LedgerPlaced, p.client.sealer.Seal(key)
	page.Note(ctx)
}

// named notes the license of an order, for people and for what comes after.
func (p *Provider) named(ctx context.Context, page *order.Page, license int64) {
	if page.Learnt[learntAccount] == idText(license) {
		return
	}
	learnt := maps.Clone(page.Learnt)
	if learnt == nil {
		learnt = make(map[string]string)
	}
	learnt[learntAccount] = idText(license)
	page.Learnt = learnt
	page.Note(ctx)
}

// sold notes that an order has its license, which anybody can see from now on.
func (p *Provider) sold(ctx context.Context, o *request, page *order.Page, license int64) {
	switch {
	case !p.client.lasting:
		page.Forget(ctx)
	case page.State != provider.LedgerDone || page.Learnt[learntAccount] != idText(license):
		page.State, page.Asked, page.Handle, page.Learnt = provider.LedgerDone, o.asked(), "", map[string]string{learntAccount: idText(license)}
		page.Note(ctx)
	}
}

// soldAs reports whether the ledger knows a license as that of an order under its name, whatever name the
// customer has given to the marker since.
func soldAs(page *order.Page, o *request, license int64) bool {
	return page.State == provider.LedgerDone && page.Learnt[learntAccount] == idText(license) &&
		strings.EqualFold(page.Asked[askedUsername], o.Username)
}

// confirmSold reads the license that the ledger knows as an order's, so that the search for it cannot miss
// it, and marks it anew if it has lost its marker, but not over one that proves nothing. Nothing is wrong if it does not exist any more, or the
// panel was restored and has given its ID to another order: the search will find nothing.
func (p *Provider) confirmSold(ctx context.Context, o *request, page *order.Page) error {
	if page.State != provider.LedgerDone {
		return nil
	}
	id, err := strconv.ParseInt(page.Learnt[learntAccount], 10, 64)
	if err != nil {
		return nil //nolint:nilerr // not from us: the search decides
	}
	m, err := p.read(ctx, id)
	switch {
	case m == nil:
		return p.absent(ctx, id, err)
	case m.plate.marker != 0:
		return nil
	case m.plate.state.Tampered != "": // a person decides, or the old key that it was made with is named
		return adapter.Tampered(Kind, p.accounts.Noun, p.account(m))
	case m.license == nil || page.SentAt.IsZero() || !p.madeWhen(page.SentAt, m.license):
		return page.Undecided(&provider.Error{
			Provider: Kind, Op: devicesList.Op, Kind: provider.ErrConflict, Fields: map[string]string{"Reference": "in use"},
			Message: words.Say("by the ledger license %d was made for that reference, and its marker is not listed any more: adopt the license again if it is that order's", id),
		})
	}
	_, err = p.mark(ctx, id, m.license.Key, page.Asked[askedUsername], o.Reference, madeByAdopt)
	return err
}
