package order_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// vendor is a scripted vendor: it charges for every order that reaches it, and nothing that it
// shows of one was chosen by whoever ordered, until it is marked.
type vendor struct {
	things []thing
	sends  int

	// answer is how the next orders are answered.
	answer answer
	// lookFails and followFails are the errors of the next calls, markFails of so many.
	lookFails, followFails error
	markFails              int
	// markError is errDown if it is nil.
	markError error
	// state is how far things are that somebody follows.
	state order.State
	// refusal and conflict are what a look sees.
	refusal, conflict error

	// meanwhile, if set, is what another program does while one follows its thing.
	meanwhile func()
	// slow, if set, is what happens before an order is answered.
	slow func(context.Context) error
	// kill, if set, is asked at each step whether the program dies there.
	kill  func(step int) bool
	steps int
}

type thing struct{ mark string }

type answer string

const (
	named      answer = "named"       // the answer names the thing
	underWay   answer = "under way"   // and says that nothing is left to do now
	accepted   answer = "accepted"    // it names nothing
	swallowed  answer = "swallowed"   // accepted, and never carried out
	leftBehind answer = "left behind" // an error names the thing
	lostAfter  answer = "lost after"  // carried out, and nobody hears of it
	lostBefore answer = "lost before" // not carried out, and nobody hears of it
	refused    answer = "refused"
)

var (
	errLost    = &provider.Error{Kind: provider.ErrOutcomeUnknown, MaybeExecuted: true, Message: "the answer was lost"}
	errRefused = &provider.Error{Kind: provider.ErrQuota, StatusCode: 402, Message: "not enough credit"}
	errDown    = &provider.Error{Provider: "shop", Op: "Things.List", Action: "list things", Kind: provider.ErrUnavailable, Message: "down"}
	errKilled  = errors.New("killed")
)

// step runs one call; a program that dies there does so before or after it was carried out.
func (v *vendor) step(do func()) error {
	v.steps += 2
	if v.kill != nil && v.kill(v.steps-2) {
		return errKilled
	}
	do()
	if v.kill != nil && v.kill(v.steps-1) {
		return errKilled
	}
	return nil
}

// purchase is an order at the vendor. Its handle is "reference before sent thing accepted".
type purchase struct {
	order.Record
	v             *vendor
	desk          *order.Desk
	before, thing int // thing counts from 1
	newest        int
	resumed       int
	forgotten     int
}

// newDesk returns the desk of a program that has a ledger; nil is a new one.
func newDesk(l provider.Ledger) *order.Desk {
	if l == nil {
		l = ledger.NewMemory()
	}
	return order.NewDesk(provider.NewOptions(provider.WithLedger(l), provider.WithSettleTime(settles)), "shop", nil)
}

// settles is for how long orders may be carried out.
const settles = 2 * time.Minute

func buy(v *vendor, desk *order.Desk, reference, handle string) *purchase {
	p := &purchase{v: v, desk: desk, Record: order.Record{Reference: reference}}
	if handle != "" {
		p.read(handle)
	}
	return p
}

func (p *purchase) read(handle string) {
	var seconds int64
	if _, err := fmt.Sscan(handle, &p.Reference, &p.before, &seconds, &p.thing, &p.Accepted); err != nil {
		panic(err)
	}
	if seconds != 0 {
		p.SentAt = unix(seconds)
	}
}

func (p *purchase) Handle() string {
	if !p.Sent() && !p.Located() {
		return ""
	}
	seconds := int64(0)
	if p.Sent() {
		seconds = p.SentAt.Unix()
	}
	return fmt.Sprint(p.Reference, " ", p.before, " ", seconds, " ", p.thing, " ", p.Accepted)
}

func (p *purchase) Resume(handle string) error {
	p.resumed++
	p.read(handle)
	return nil
}

func (p *purchase) Forget() {
	p.forgotten++
	p.thing = 0
}

func (p *purchase) Asked() map[string]string { return map[string]string{"plan": "small"} }

func (p *purchase) Thing() string { return p.Trace() }

func (p *purchase) Trace() string {
	if p.thing == 0 {
		return ""
	}
	return fmt.Sprint(p.thing)
}

func (p *purchase) Located() bool { return p.thing != 0 }

func (p *purchase) Look(ctx context.Context) (*order.Sighting, error) {
	owners, err := p.desk.Owners(ctx)
	if err != nil {
		return nil, err
	}
	seen := &order.Sighting{Refusal: p.v.refusal, Conflict: p.v.conflict}
	var fresh []int
	err = p.v.step(func() {
		p.newest = len(p.v.things)
		for i, t := range p.v.things {
			switch owner := owners[fmt.Sprint(i+1)]; {
			case t.mark == p.Reference, owner == p.Reference:
				p.thing = i + 1
			case t.mark == "" && owner == "" && p.Sent() && i >= p.before:
				fresh = append(fresh, i+1)
			}
		}
	})
	switch {
	case err != nil:
		return nil, err
	case p.v.lookFails != nil:
		return nil, p.v.lookFails
	case len(fresh) == 1 && p.thing == 0:
		p.thing = fresh[0]
	case len(fresh) > 1:
		seen.Unclear = fmt.Sprintf("one of %v", fresh)
	}
	return seen, nil
}

func (p *purchase) Begin(context.Context) (func(), error) {
	before := p.before
	p.before = p.newest
	return func() { p.before = before }, nil
}

func (p *purchase) Send(ctx context.Context) (order.State, error) {
	p.v.sends++
	if p.v.slow != nil {
		if err := p.v.slow(ctx); err != nil {
			return "", err
		}
	}
	answer := p.v.answer
	carriedOut := answer != refused && answer != lostBefore && answer != swallowed
	err := p.v.step(func() {
		if carriedOut {
			p.v.things = append(p.v.things, thing{})
		}
	})
	if err != nil {
		return "", errors.Join(errLost, err)
	}
	switch answer {
	case named:
		p.thing = len(p.v.things)
	case underWay:
		p.thing = len(p.v.things)
		return order.Deploying, nil
	case accepted, swallowed:
		p.Accepted = true
	case leftBehind:
		p.thing = len(p.v.things)
		return order.Unclear, errLost
	case refused:
		return "", errRefused
	default:
		return "", errLost
	}
	return "", nil
}

func (p *purchase) Follow(context.Context) (order.State, error) {
	if err := p.v.step(func() {}); err != nil {
		return order.Deploying, err
	}
	if do := p.v.meanwhile; do != nil {
		p.v.meanwhile = nil
		failed := p.v.followFails
		do()
		if failed != nil { // it is what was seen before
			return "", failed
		}
	}
	if p.v.followFails != nil || p.v.state != "" {
		return p.v.state, p.v.followFails
	}
	switch mark := p.v.things[p.thing-1].mark; {
	case mark == p.Reference:
		p.Marked = true
		return order.Ready, nil
	case mark != "":
		return order.Unclear, order.Astray("thing %d is that of %s", p.thing, mark)
	}
	return order.Unmarked, nil
}

func (p *purchase) Mark(ctx context.Context) (order.State, error) {
	err := p.RetryAfterPayment(ctx, func() error {
		if p.v.markFails > 0 {
			p.v.markFails--
			return cmp.Or(p.v.markError, error(errDown))
		}
		return p.v.step(func() { p.v.things[p.thing-1].mark = p.Reference })
	})
	p.Marked = err == nil
	return order.Ready, err
}

// checkBought wants one thing for each reference, and nothing else.
func checkBought(t *testing.T, v *vendor, references ...string) {
	t.Helper()
	var marks []string
	for _, thing := range v.things {
		marks = append(marks, thing.mark)
	}
	if got, want := strings.Join(marks, " "), strings.Join(references, " "); got != want {
		t.Errorf("bought %q, want %q", got, want)
	}
}
