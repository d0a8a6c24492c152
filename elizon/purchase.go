package elizon

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// orderSettles is how long the platform may work on an order before its effect shows.
const orderSettles = 2 * time.Minute

// purchase is an order of one service while a call works on it. The platform has nothing
// that tells a repeated order from a new one, and nothing of an order comes back that its
// caller has chosen. So an order is recognised by what the account had before it, until
// its service carries the mark of its reference.
type purchase struct {
	reference, username, product string
	wants                        *wants // nil in Poll, which buys nothing

	// before are the fingerprints of the product's unmarked subscriptions when it was
	// sent, at sentAt; that is zero if nothing was.
	before map[string]bool
	sentAt time.Time
	// accepted tells that the platform took the order without naming its subscription.
	accepted bool
	// What is known of it.
	subscription, service string

	// What this call did, and saw.
	placed, renamed, named bool
	detail                 *ServiceDetail
}

func (b *purchase) sent() bool { return !b.sentAt.IsZero() }

// located tells that something is known that belongs to the order and to no other.
func (b *purchase) located() bool { return b.subscription != "" || b.service != "" }

// unsettled tells that the order was sent so lately that seeing nothing proves nothing.
func (b *purchase) unsettled() bool { return b.sent() && time.Since(b.sentAt) < orderSettles }

// orders is what a client knows of the orders that it is working on.
type orders struct {
	// One at a time: two that begin at once could not be told apart.
	turn chan struct{}
	// products are those of the catalogue, for whoever has the turn.
	products map[string]knownProduct

	mu sync.Mutex
	// owner tells by subscription whose order it is, until the service is marked.
	owner map[string]string
	// open are the handles of the orders that are not marked yet, by reference.
	open map[string]string
	// spent is when a renewal or an upgrade was sent whose effect was not seen.
	spent map[string]time.Time
}

func newOrders() *orders {
	return &orders{
		turn: make(chan struct{}, 1), products: make(map[string]knownProduct),
		owner: make(map[string]string), open: make(map[string]string), spent: make(map[string]time.Time),
	}
}

// take waits for the turn. The caller gives it back.
func (o *orders) take(ctx context.Context) (release func(), err error) {
	select {
	case o.turn <- struct{}{}:
		return func() { <-o.turn }, nil
	case <-ctx.Done():
		return nil, &provider.Error{Provider: Kind, Message: "not sent: " + ctx.Err().Error(), Err: ctx.Err()}
	}
}

func (o *orders) ownerOf(subscription string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.owner[subscription]
}

func (o *orders) handleOf(reference string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.open[reference]
}

func (o *orders) spentAt(key string) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.spent[key]
}

// setSpent notes when something was paid for; the zero time forgets it.
func (o *orders) setSpent(key string, at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at.IsZero() {
		delete(o.spent, key)
	} else {
		o.spent[key] = at
	}
}

// note remembers how far an order is, and gives its handle to whoever keeps it.
func (c *Client) note(b *purchase) error {
	handle := b.handle()
	c.orders.mu.Lock()
	known := c.orders.open[b.reference]
	switch {
	case b.named, handle == "":
		delete(c.orders.open, b.reference)
		delete(c.orders.owner, b.subscription)
	default:
		c.orders.open[b.reference] = handle
		if b.subscription != "" {
			c.orders.owner[b.subscription] = b.reference
		}
	}
	c.orders.mu.Unlock()
	if c.settings.keepHandle == nil || handle == known || b.wants == nil || !b.sent() && known == "" {
		return nil
	}
	return c.settings.keepHandle(b.reference, handle)
}

// buy brings an order to the point where its service carries its mark, as far as it goes
// in one call. It sends the order unless it was sent before: once, whatever becomes of the
// answer. What is known stands in the purchase, also beside an error.
func (c *Client) buy(ctx context.Context, b *purchase) error {
	if b.located() {
		return c.follow(ctx, b)
	}
	seen, err := c.look(ctx, b)
	if err != nil {
		return err
	}
	switch err := c.claim(b, seen); {
	case err != nil:
		return err
	case b.located():
		return c.follow(ctx, b)
	case b.accepted:
		return nil // it has no subscription yet
	case b.unsettled():
		return unclear("nothing of the order is to be seen, but the platform may still be working on it: try again after %s", b.sentAt.Add(orderSettles).Format(time.RFC3339))
	case seen.taken != "":
		return &provider.Error{Kind: provider.ErrAlreadyExists, Message: seen.taken, Fields: map[string]string{"Username": "taken"}}
	case !b.sent() && len(seen.young) > 0:
		return &provider.Error{
			Kind: provider.ErrConflict,
			Message: fmt.Sprintf("nothing was bought, because %s of the same product carries no mark and is younger than %s: it may be this very order, whose handle was lost; "+
				"give the handle, or Adopt the service if it is this order's, or wait", listed(seen.young), c.settings.orderWindow),
		}
	}
	if b.product != b.wants.product {
		// What was sent for another product has settled, and was not carried out.
		return c.buy(ctx, &purchase{reference: b.reference, username: b.username, product: b.wants.product, wants: b.wants})
	}
	return c.send(ctx, b, seen)
}

// send orders, once.
func (c *Client) send(ctx context.Context, b *purchase, seen *sighting) error {
	order, err := c.quote(ctx, b)
	if err != nil {
		return err
	}
	earlier := *b
	b.before, b.sentAt = seen.unmarked, time.Now().Truncate(time.Second)
	if err := c.note(b); err != nil {
		*b = earlier
		_ = c.note(b)
		return &provider.Error{Message: "not sent: the handle could not be kept: " + err.Error(), Kind: provider.ErrConflict, Err: err}
	}
	answer, err := c.Checkout.Order(ctx, order)
	b.placed = true
	switch {
	case err == nil && len(answer.SubscriptionIDs) == 1:
		b.subscription = answer.SubscriptionIDs[0]
	case err == nil && answer.says():
		b.accepted = true
	case err == nil:
		err = unclear("the platform accepted the order with an answer that names nothing")
	case inProgress(err) && earlier.sent():
		// Whose checkout that is cannot be told: it may be the one that was sent before.
		b.placed = false
		return unclear("the platform is working on a checkout, which may be this order: %s", err.Error())
	case !errors.Is(err, provider.ErrOutcomeUnknown):
		*b = earlier
		b.before, b.sentAt = nil, time.Time{} // and the earlier one did not happen: it has settled
		_ = c.note(b)
		return err
	}
	_ = c.note(b) // what is bought is bought, whether that can be written down or not
	if err == nil && b.accepted && answer.RedirectURL != "" {
		return &provider.Error{
			Kind: provider.ErrConflict, Message: fmt.Sprintf("the order is placed, but the platform wants a person to pay invoice %q on a web page", answer.InvoiceID),
		}
	}
	if b.located() {
		return c.follow(ctx, b)
	}
	if ctx.Err() != nil {
		return err
	}
	after, lookErr := c.look(ctx, b)
	if lookErr != nil {
		if err == nil {
			return nil // it is placed, and will be found
		}
		return provider.Unresolved(err, lookErr)
	}
	if claimErr := c.claim(b, after); claimErr != nil {
		return claimErr
	}
	if b.located() {
		return c.follow(ctx, b)
	}
	return err
}

// says tells that a checkout's answer names an order in any way.
func (r *CheckoutResult) says() bool {
	return len(r.SubscriptionIDs) > 0 || r.InvoiceID != "" || r.OrderID != "" || r.Processing || r.RedirectURL != "" || r.SEPADetails != nil
}

func inProgress(err error) bool {
	var e *provider.Error
	return errors.As(err, &e) && e.Code == CodeCheckoutInProgress
}

// unclear is the error when nobody knows whether something was bought.
func unclear(format string, args ...any) *provider.Error {
	return &provider.Error{Kind: provider.ErrOutcomeUnknown, MaybeExecuted: true, Message: fmt.Sprintf(format, args...)}
}

// insist repeats what has to be done after this call has bought something, also when it
// was refused: money is spent, and an order that is left without its mark needs a person.
// What one attempt left open the refusal of a later one does not settle.
func (b *purchase) retryAfterPayment(ctx context.Context, do func() error) error {
	var open error
	for wait := time.Second; ; wait *= 2 {
		err := do()
		switch {
		case err == nil:
			return nil
		case errors.Is(err, provider.ErrOutcomeUnknown):
			open = err
		case open != nil:
			err = provider.Unresolved(open, err)
		}
		if !b.placed || wait > 4*time.Second || ctx.Err() != nil || adapter.Pause(ctx, wait) != nil {
			return err
		}
	}
}
